"""Person-days -> daily chances of a yes, a no, a withdrawal and of writing, by pattern.

The convention owned here: how what was known at the start enters a model. `went_well` counts from
3; words become one term for each but the most frequent; what is missing is a level of its own;
`deadline_day` becomes "the stated deadline has passed", which changes from day to day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from .episodes import episodes
from .errors import FollowupError
from .hazard import Fit, fit_logistic
from .log import JobSearchLog
from .persondays import PersonDays
from .tally import Tally, tally

KNOWN_AT_START = ("went_well", "stage", "role_family", "deadline_day")

HABIT_DAYS = (0, 1, 2, 7, 14)  # people write the same day, the next, after one week or two
_SELDOM = 5  # levels with fewer episodes share one term
_WOBBLE = 0.5  # how far the chance of one day may stray from the smooth curve, in log-odds
_INTERCEPT = np.log(0.02 / 0.98)


@dataclass(frozen=True)
class Terms:
    """What was known at the start, as columns of a design.

    Parameters
    ----------
    names : tuple of str
        One for each column.
    values : numpy.ndarray of shape (patterns, days, terms)
        The columns.
    """

    names: tuple[str, ...]
    values: np.ndarray


def tally_for_model(
    source: JobSearchLog | pd.DataFrame | Tally,
    adjust: Sequence[str] | None = None,
    withdrawn: Literal["compete", "censor"] = "compete",
) -> Tally:
    """Count alike episodes, keeping apart what a model adjusts for.

    Parameters
    ----------
    source : JobSearchLog, pandas.DataFrame or Tally
        As for `tally`.
    adjust : sequence of str, optional
        Columns known at the start; unless given, those of ``KNOWN_AT_START`` that vary.
    withdrawn : {"compete", "censor"}
        A withdrawal is a third ending, or the end of what is known of the episode.

    Returns
    -------
    Tally

    Raises
    ------
    ColumnError
        When a column of `adjust` is not there.
    FollowupError
        When `withdrawn` is something else.
    """
    if withdrawn not in ("compete", "censor"):
        raise FollowupError(f"withdrawn is 'compete' or 'censor', not {withdrawn!r}.")
    if isinstance(source, JobSearchLog):
        source = episodes(source)
    if adjust is None:
        known = source.patterns if isinstance(source, Tally) else source
        found = [name for name in KNOWN_AT_START if name in known]
        adjust = [name for name in found if known[name].nunique(dropna=False) > 1]
    counts = tally(source, by=list(adjust))
    if withdrawn == "censor":
        counts = replace(counts, ending=np.where(counts.ending == 3, 0, counts.ending))
    return counts


def terms_of(patterns: pd.DataFrame, n_start: np.ndarray, days: int) -> Terms:
    """Code the patterns of a tally as columns of a design.

    Parameters
    ----------
    patterns : pandas.DataFrame
        The patterns of a tally.
    n_start : numpy.ndarray of shape (patterns,)
        Episodes of each, by which the most frequent level is found.
    days : int
        Number of days.

    Returns
    -------
    Terms
        Columns that do not vary are left out.
    """
    names: list[str] = []
    columns: list[np.ndarray] = []
    for name in patterns:
        coded = _coded(patterns[name], n_start, days)
        for label, column in coded.items():
            names.append(f"{name} {label}".strip())
            columns.append(np.broadcast_to(column, (len(patterns), days)))
    kept = [i for i, column in enumerate(columns) if np.ptp(column) > 0]
    values = (
        np.stack([columns[i] for i in kept], axis=-1)
        if kept
        else np.zeros((len(patterns), days, 0))
    )
    return Terms(tuple(names[i] for i in kept), values)


def _coded(values: pd.Series, n_start: np.ndarray, days: int) -> dict[str, np.ndarray]:
    missing = values.isna().to_numpy()
    absent = {"not recorded": missing[:, None].astype(float)}
    if values.name == "deadline_day":
        deadline = values.fillna(10**6).to_numpy(dtype=float)
        return {"passed": (np.arange(days) > deadline[:, None]).astype(float), **absent}
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        centre = 3.0 if values.name == "went_well" else float(values.median())
        return {"": (values.fillna(centre).to_numpy(dtype=float) - centre)[:, None], **absent}
    words = values.astype("str").mask(missing, "not recorded")
    sizes = pd.Series(n_start).groupby(words.to_numpy()).sum()
    words = words.where(words.map(sizes) >= _SELDOM, "other")
    sizes = pd.Series(n_start).groupby(words.to_numpy()).sum().sort_values(ascending=False)
    return {str(word): (words == word).to_numpy(dtype=float)[:, None] for word in sizes.index[1:]}


@dataclass(frozen=True)
class Chances:
    """Fitted models of the three answers and of writing.

    Parameters
    ----------
    terms : Terms
        What they adjust for.
    answers : tuple of Fit
        Yes, no and, where there are any, withdrawn. The last term is the follow-up.
    writing : Fit
        The habit of writing.
    days : int
        Number of days.
    """

    terms: Terms
    answers: tuple[Fit, ...]
    writing: Fit
    days: int
    firth: bool
    effect: bool


def fit_chances(
    person_days: PersonDays, terms: Terms, *, firth: bool = False, effect: bool = True
) -> Chances:
    """Fit the daily chances, with weak priors or with Firth's penalty.

    Parameters
    ----------
    person_days : PersonDays
        Counts, for all replicates.
    terms : Terms
        What to adjust for.
    firth : bool
        Firth's penalty instead of the priors.
    effect : bool
        Whether having written may change the chances.

    Returns
    -------
    Chances

    Notes
    -----
    Priors are normal with these standard deviations: 1 for the follow-up and for each unit of what
    was known at the start, 2.5 for the terms of the day and for the intercept, which is centred on
    a chance of 2 % a day. Each day may stray from the smooth curve by a term of its own (0.5): with
    the smooth curve alone the effect is overstated wherever the true chances have another shape,
    because early days and not having written yet go together.
    """
    design, mean, spread = _answer_design(terms, person_days.days, effect, wobble=not firth)
    rows = person_days.n_risk.reshape(len(design), -1)
    used = rows.sum(axis=1) > 0
    fits: list[Fit] = []
    for n_event in person_days.n_event:
        events = n_event.reshape(rows.shape)
        if not fits or len(fits) == 1 or events.any():
            fits.append(_fit(design[used], rows[used], events[used], mean, spread, firth))
    writing = _fit_writing(person_days, terms, firth)
    return Chances(terms, tuple(fits), writing, person_days.days, firth, effect)


def _fit_writing(person_days: PersonDays, terms: Terms, firth: bool) -> Fit:
    design, mean, spread = _writing_design(terms, person_days.days)
    rows = person_days.n_silent.reshape(len(design), -1)
    events = person_days.n_wrote.reshape(rows.shape)
    used = rows.sum(axis=1) > 0
    return _fit(design[used], rows[used], events[used], mean, spread, firth)


def _fit(
    design: np.ndarray,
    rows: np.ndarray,
    events: np.ndarray,
    mean: np.ndarray,
    spread: np.ndarray,
    firth: bool,
) -> Fit:
    if firth:
        return fit_logistic(design, rows, events)
    return fit_logistic(design, rows, events, prior_mean=mean, prior_sd=spread)


def answer_chances(chances: Chances, coefs: list[np.ndarray]) -> np.ndarray:
    """Daily chances of each answer from coefficients, drawn or fitted.

    Parameters
    ----------
    chances : Chances
        The models.
    coefs : list of numpy.ndarray of shape (draws, terms)
        Coefficients of each answer.

    Returns
    -------
    numpy.ndarray of shape (answers, draws, patterns, 2, days)
    """
    design, _, _ = _answer_design(
        chances.terms, chances.days, chances.effect, wobble=not chances.firth
    )
    shape = (-1, len(chances.terms.values), 2, chances.days)
    return np.stack([_expit(coef @ design.T).reshape(shape) for coef in coefs])


def writing_chances(chances: Chances, coef: np.ndarray) -> np.ndarray:
    """Daily chances of writing: (draws, patterns, days)."""
    design, _, _ = _writing_design(chances.terms, chances.days)
    return _expit(coef @ design.T).reshape(-1, len(chances.terms.values), chances.days)


def _answer_design(
    terms: Terms, days: int, effect: bool, wobble: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    patterns = len(terms.values)
    day = np.arange(days)
    time = np.stack([np.ones(days), np.log(day + 1), day / 10], axis=-1)
    wrote = np.arange(2.0)[None, :, None, None]
    if wobble:
        time = np.concatenate([time, np.eye(days)], axis=-1)
    parts = [
        np.broadcast_to(time, (patterns, 2, days, time.shape[1])),
        np.broadcast_to(terms.values[:, None], (patterns, 2, days, len(terms.names))),
    ]
    if effect:
        parts.append(np.broadcast_to(wrote, (patterns, 2, days, 1)))
    design = np.concatenate(parts, axis=-1).reshape(patterns * 2 * days, -1)
    mean, spread = _priors(design.shape[1])
    spread[3 : time.shape[1]] = _WOBBLE
    return design, mean, spread


def _writing_design(terms: Terms, days: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    patterns = len(terms.values)
    day = np.arange(days)
    habit = [(day == d).astype(float) for d in HABIT_DAYS if d < days - 1]
    time = np.stack([np.ones(days), np.log(day + 1), *habit], axis=-1)
    both = np.concatenate([np.broadcast_to(time, (patterns, *time.shape)), terms.values], axis=-1)
    design = both.reshape(patterns * days, -1)
    mean, spread = _priors(design.shape[1])
    spread[: time.shape[1]] = 2.5
    return design, mean, spread


def _priors(n_terms: int) -> tuple[np.ndarray, np.ndarray]:
    mean, spread = np.zeros(n_terms), np.ones(n_terms)
    mean[0], spread[:3] = _INTERCEPT, 2.5
    return mean, spread


def _expit(log_odds: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(log_odds, -700, 700)))
