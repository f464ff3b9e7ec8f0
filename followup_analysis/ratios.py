"""Tally -> days at risk before and after the follow-up, and one ratio fitted to all of them.

The convention owned here: the follow-up counts from the day after it was sent, and its coefficient
stands first. Columns of counts are fitted side by side: those of the log, and the naive ones.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Literal

import numpy as np

from .chances import answer_design
from .covariates import Terms
from .cox import Ties, fit_cox
from .errors import FollowupError
from .hazard import Fit, fit_logistic
from .persondays import bootstrap_of, count_person_days
from .tally import Tally

Model = Literal["person-day", "firth", "cox"]
Days = tuple[np.ndarray, ...]  # two: at risk and answered: (patterns, 2, days)


def count_days(
    counts: Tally, last: int, codes: list[int], n: np.ndarray | None = None
) -> tuple[Days, Days]:
    """Count the days by whether a follow-up had been sent, and by whether one ever was.

    The second counts as if whoever ever wrote had done so at the start: this is the mistake.
    """
    n = counts.n[:, None].astype(float) if n is None else n
    ever = (counts.follow_up_day >= 0)[:, None]
    honest, of_writers = (_at_risk(counts, last, codes, part) for part in (n, n * ever))
    naive = []
    for of_all, of_some in zip(honest, of_writers, strict=True):
        wrote = of_some.sum(axis=1)
        naive.append(np.stack([of_all.sum(axis=1) - wrote, wrote], axis=1))
    return honest, tuple(naive)


def _at_risk(counts: Tally, last: int, codes: list[int], n: np.ndarray) -> Days:
    days = count_person_days(counts, last, n)
    return days.n_risk, days.n_event[codes].sum(axis=0)


def with_people_drawn(
    fits: dict[str, np.ndarray],
    counts: Tally,
    last: int,
    codes: list[int],
    terms: Terms,
    model: Model,
    replicates: int,
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Put the spread over logs with other people in the place of the standard errors."""
    bootstrap = bootstrap_of(counts, last)
    both = count_days(bootstrap.counts, last, codes, bootstrap.weights(replicates, rng))
    out = {}
    for (method, fit), days in zip(fits.items(), both, strict=True):
        drawn = np.full((replicates, len(fit)), np.nan)
        for each in range(replicates):
            # A log in which nothing can be compared tells nothing of the spread.
            with suppress(FollowupError):
                part = tuple(counted[..., [each]] for counted in days)
                drawn[each] = fit_days(part, terms, model, "breslow")[0][0, : len(fit), 0]
        out[method] = np.column_stack([fit[:, 0], np.nanstd(drawn, axis=0, ddof=1)])
    return out


def check_comparable(days: Days, words: str, model: str) -> None:
    """Say what is missing, if anything, before a model stumbles over it."""
    n_risk, n_event = (part[..., 0].sum(axis=0) for part in days)
    if not n_risk[1].any():
        raise FollowupError("no interview was still open on the day after a follow-up")
    if not n_event.any():
        raise FollowupError(f"there was no {words}")
    if model == "cox" and not n_event[:, (n_risk > 0).all(axis=0)].any():
        raise FollowupError(
            f"there was no {words} on a day on which some interviews had been followed up and "
            "others had not"
        )


def fit_days(
    days: Days, terms: Terms, model: str, ties: Ties
) -> tuple[np.ndarray, np.ndarray | None]:
    """Fit to each column of counts.

    Returns the coefficients and their standard errors, the follow-up first: (columns, 1 + terms,
    2); and of the first column the chance of an answer on each day after a follow-up: (patterns,
    days). Only the person-day model has that.
    """
    n_risk, n_event = days
    patterns, _, n_days, columns = n_risk.shape
    if model == "person-day":
        n, events = n_risk.reshape(-1, columns), n_event.reshape(-1, columns)
        design = answer_design(terms, n_days, effect=True)
        fit = design.fit(n, events)
        chance = design.chances(fit.coef[:1]).reshape(patterns, 2, n_days)[:, 1]
        return _follow_up_first(fit, terms), chance
    shape = (patterns, 2, n_days, 1)
    values = np.concatenate(
        [
            np.broadcast_to(np.arange(2.0)[:, None, None], shape),
            np.broadcast_to(terms.values[:, None], (*shape[:3], len(terms.names))),
        ],
        axis=-1,
    )
    each = [(values, n_risk[..., k], n_event[..., k]) for k in range(columns)]
    if model == "cox":
        return np.stack([_fit_cox(*counted, ties) for counted in each]), None
    firth = [_follow_up_first(_fit_firth(*counted), terms) for counted in each]
    return np.concatenate(firth), None


def _fit_cox(values: np.ndarray, n_risk: np.ndarray, n_event: np.ndarray, ties: Ties) -> np.ndarray:
    flat = (-1, n_risk.shape[-1])
    by_day = values.reshape(-1, *values.shape[2:])
    cox = fit_cox(by_day, n_risk.reshape(flat), n_event.reshape(flat), ties=ties)
    return np.column_stack([cox.coef, cox.std_error])


def _fit_firth(values: np.ndarray, n_risk: np.ndarray, n_event: np.ndarray) -> Fit:
    day = np.arange(n_risk.shape[-1])
    smooth = np.stack([np.ones(len(day)), np.log(day + 1), day / 10], axis=-1)
    smooth = np.broadcast_to(smooth, (*n_risk.shape, smooth.shape[1]))
    design = np.concatenate([smooth, np.roll(values, -1, axis=-1)], axis=-1)
    used = n_risk > 0
    return fit_logistic(design[used], n_risk[used], n_event[used])


def _follow_up_first(fit: Fit, terms: Terms) -> np.ndarray:
    """What is of the follow-up, which stands last, and then of what was known at the start."""
    if not fit.converged.all():
        raise FollowupError("the fit did not come to an end")
    found = np.stack([fit.coef, fit.std_error], axis=-1)[:, -1 - len(terms.names) :]
    return np.roll(found, 1, axis=1)
