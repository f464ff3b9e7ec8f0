"""Tally -> what became of those still open on a day, already written to or not yet.

The convention owned here: the groups are made at the end of the landmark day and nobody changes
afterwards. Whoever was answered by then is not in the comparison.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from statistics import NormalDist
from typing import Any, Literal

import numpy as np
import pandas as pd

from .covariates import Terms, tally_for_model, terms_of
from .cox import fit_cox
from .days import check_day
from .errors import FollowupError
from .hazard import fit_logistic
from .incidence import aalen_johansen
from .intervals import check_drawn, newcombe, normal_quantile
from .log import count
from .moving import log_rank
from .permutation import permutation_p
from .result import Result
from .still_open import StillOpen, count_open
from .survival import Source
from .trust import give_verdict, percent_of
from .wording import limits_in_100, more_in_100

_FEWEST = 5  # in either group, below which a difference is not worth a number
_FEW = 20  # in either group, of which a bootstrap knows too little
_UNLIKE = 0.1  # standard deviations between the groups, above which they count as unlike
_WIDE = 2.5  # prior in log-odds, for a drawn log that lacks a level and so has no other fit
_FIRST_CHOICE = 2  # the day that the sentence is about, where it has an estimate


def landmark(
    source: Source,
    *,
    days: Sequence[int] = (1, 2, 3, 7, 14),
    horizon: int = 30,
    adjust: Sequence[str] | None = None,
    withdrawn: Literal["compete", "censor"] = "compete",
    level: float = 0.95,
    replicates: int = 400,
    seed: int = 0,
) -> Result:
    """Compare, among interviews still open on a day, those already written to with those not yet.

    Parameters
    ----------
    source : JobSearchLog, pandas.DataFrame or Tally
        As for `tally`; a Tally must have been counted by the columns to adjust for.
    days : sequence of int, days since the interview
        Landmarks. Choose them before looking, and look at all of them.
    horizon : int, days since the interview
        Answers up to this day count.
    adjust : sequence of str, optional
        Columns known when the episode started, in which the groups are made alike by weights; as
        in `follow_up_effect`.
    withdrawn : {"compete", "censor"}
        A withdrawal is a third ending, or the end of what is known of the episode.
    level : float
        Probability inside the intervals.
    replicates : int
        Logs drawn for the intervals.
    seed : int
        Seed of the draws.

    Returns
    -------
    Result
        Per ``day`` and ``method`` (crude, and weighted where there is something to adjust for):
        ``n_followed_up`` and ``n_not_yet`` still open, ``yes_followed_up`` and ``yes_not_yet``
        (chance of a yes by the horizon), ``estimate`` (their difference), ``std_error``,
        ``conf_low``, ``conf_high``, ``prob_positive``, ``level``; ``largest_difference`` between
        the groups in what was known at the start, in standard deviations; ``writing_later``, the
        share of those not yet written to who are by the horizon; and, crude only, the
        ``log_hazard_ratio`` of a yes (Cox, ties as Efron) with ``log_hazard_ratio_se``, and
        ``chi2`` and ``p_value`` of the log-rank test; ``p_permutation`` of the log-rank statistic
        when who had written is dealt out anew among all, or, weighted, among those alike in what
        is adjusted for.

    Raises
    ------
    ColumnError
        When a column of `adjust` is not there.
    FollowupError
        When a landmark is not a day before the horizon.

    Notes
    -----
    Weights are one over the chance of being in the own group, from a logistic regression with
    Firth's penalty on what was known at the start. Intervals are percentiles of a Poisson
    bootstrap in which the regression is fitted anew (with a wide normal prior where a drawn log
    lacks a level altogether); clusters of the tally are drawn whole. With fewer than twenty in
    either group, or all of one alike, they are Newcombe's (1998), from as many as would say as much
    without weights. With fewer than five in either group there is no estimate.

    References
    ----------
    Anderson, Cain and Gelber (1983), Journal of Clinical Oncology 1, 710-719; van Houwelingen
    (2007), Scandinavian Journal of Statistics 34, 70-85.

    Examples
    --------
    >>> import followup_analysis as fa
    >>> result = landmark(fa.simulate_log(100, seed=1), days=[2], replicates=50)
    >>> result.table[["day", "method", "n_followed_up", "n_not_yet"]].values.tolist()
    [[2, 'crude', 52, 43], [2, 'weighted', 52, 43]]
    """
    check_drawn(level, replicates, "replicates")
    check_day(horizon, "horizon")
    for day in days:
        if not (isinstance(day, Integral) and 0 <= day < horizon):
            raise FollowupError(f"a landmark lies from day 0 to before {horizon}, not {day!r}.")
    counts = tally_for_model(source, adjust, withdrawn)
    n_start = np.bincount(counts.pattern, counts.n, minlength=len(counts.patterns))
    terms = terms_of(counts.patterns, n_start, horizon + 1)
    rows, notes = [], []
    for day in days:
        drawn = count_open(counts, int(day), horizon, replicates, seed)
        for method in ("crude", "weighted") if terms.names else ("crude",):
            row, why = _compare(drawn, terms, method, level)
            row["p_permutation"] = _permuted(drawn, method, seed)
            rows.append({**row, **(_hazards(drawn) if method == "crude" else {})})
            notes += [why] if why and why not in notes else []
    return Result(
        _sentence(rows, counts.n_episodes, horizon),
        pd.DataFrame(rows, columns=_COLUMNS),
        (*_assumptions(terms), *notes, *_still_unlike(rows), *counts.notes),
        chart="landmark",
        alt="Dots with intervals by landmark day: how much more often a yes follows where a "
        "follow-up had been sent, among interviews still open on that day.",
    )


_COLUMNS = (
    "day method n_followed_up n_not_yet yes_followed_up yes_not_yet estimate std_error conf_low "
    "conf_high prob_positive level largest_difference writing_later log_hazard_ratio "
    "log_hazard_ratio_se chi2 p_value p_permutation"
).split()


def _compare(
    drawn: StillOpen, terms: Terms, method: str, level: float
) -> tuple[dict[str, float | str], str]:
    """A row of the table, and why it has no estimate."""
    not_yet, followed_up = drawn.sizes[0].sum(axis=0)
    row = {
        "day": drawn.day,
        "method": method,
        "n_followed_up": int(followed_up),
        "n_not_yet": int(not_yet),
        "level": level,
        "writing_later": drawn.n_writing_later / not_yet if not_yet else np.nan,
    }
    if min(not_yet, followed_up) < _FEWEST:
        return row, (
            f"No estimate for day {drawn.day}: {followed_up:.0f} still open had been written to "
            f"and {not_yet:.0f} had not; at least {_FEWEST} of each are needed."
        )
    try:
        weight = _weights(drawn, terms) if method == "weighted" else np.ones_like(drawn.sizes)
    except FollowupError as error:
        return row, f"No weighted estimate for day {drawn.day}: {error}"
    share = _chance_of_yes(drawn.n, weight)
    row["largest_difference"] = _largest_difference(drawn, terms, weight[0])
    if np.isnan(share[0]).any():
        return row, (
            f"No estimate for day {drawn.day}: nobody in one of the groups was observed up to day "
            f"{drawn.horizon}. Choose a shorter horizon."
        )
    row |= {"yes_not_yet": share[0, 0], "yes_followed_up": share[0, 1]}
    row |= _interval(share, _effective(drawn, weight[0]), level)
    if "conf_low" not in row:
        return row, (
            f"No interval for day {drawn.day}: in too many of the drawn logs nobody in one of the "
            f"groups was observed up to day {drawn.horizon}."
        )
    return row, ""


def _weights(drawn: StillOpen, terms: Terms) -> np.ndarray:
    """One over the chance of the own group: (replicates, patterns, 2)."""
    sizes = drawn.sizes
    known = terms.values[:, drawn.day]
    used = sizes[0].sum(axis=-1) > 0
    varies = np.ptp(known[used], axis=0) > 0
    design = np.column_stack([np.ones(len(known)), known[:, varies]])
    of_group = sizes[:, used].transpose(2, 1, 0)
    design, n, n_wrote = design[used], of_group.sum(axis=0), of_group[1]
    fit = fit_logistic(design, n, n_wrote)
    coef, rest = fit.coef.copy(), ~fit.converged
    if rest.any():
        wide = np.full(design.shape[1], _WIDE)
        coef[rest] = fit_logistic(design, n[:, rest], n_wrote[:, rest], prior_sd=wide).coef
    log_odds = np.zeros(sizes.shape[:2])
    log_odds[:, used] = coef @ design.T
    return 1 + np.exp(np.stack([log_odds, -log_odds], axis=-1))


def _chance_of_yes(n: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Aalen-Johansen by the horizon: (replicates, 2); missing where nobody was seen so long."""
    left = np.einsum("bpgde,bpg->bgde", n, weight)
    n_risk = left.sum(axis=-1)[..., ::-1].cumsum(axis=-1)[..., :0:-1]
    n_event = left[..., :-1, 1:].swapaxes(-1, -2)
    incidence, _, silent, _ = aalen_johansen(n_risk, n_event)
    unseen = (n_risk[..., -1] == 0) & (silent[..., -1] > 1e-12)
    return np.where(unseen, np.nan, incidence[..., 0, -1])


def _effective(drawn: StillOpen, weight: np.ndarray) -> np.ndarray:
    """How many unweighted ones of each group would say as much (Kish 1965)."""
    n = drawn.sizes[0]
    return (n * weight).sum(axis=0) ** 2 / (n * weight**2).sum(axis=0)


def _interval(share: np.ndarray, n: np.ndarray, level: float) -> dict[str, float]:
    """Percentiles of the drawn logs; in small groups, which they know too little of, Newcombe's."""
    difference = share[:, 1] - share[:, 0]
    known = ~np.isnan(difference[1:])
    row = {"estimate": float(difference[0])}
    if known.mean() < 0.9 or not known.any():
        return row
    drawn = difference[1:][known]
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    up = (drawn > 0).mean() + (drawn == 0).mean() / 2
    std_error = drawn.std()
    if n.min() < _FEW or np.isin(share[0], (0, 1)).any():
        spread = share[1:][known].var(axis=0)
        p = share[0]
        told = np.divide(p * (1 - p), spread, out=n.copy(), where=spread > 0)
        n = np.minimum(n, np.maximum(told, 1))  # whoever was lost to sight tells less
        low, high = (float(end) for end in newcombe(p[1] * n[1], n[1], p[0] * n[0], n[0], level))
        std_error = (high - low) / 2 / normal_quantile(level)
        towards_0 = row["estimate"] - low if row["estimate"] > 0 else high - row["estimate"]
        up = NormalDist().cdf(row["estimate"] * normal_quantile(level) / towards_0)
    limits = {"conf_low": low, "conf_high": high, "prob_positive": up}
    return {**row, "std_error": std_error, **limits}


def _largest_difference(drawn: StillOpen, terms: Terms, weight: np.ndarray) -> float:
    """Largest distance of the groups' weighted means, in standard deviations without weights."""
    known, n = terms.values[:, drawn.day], drawn.sizes[0]

    def mean(values: np.ndarray, of: np.ndarray) -> np.ndarray:
        return (of / of.sum(axis=0)).T @ values

    spread = np.sqrt((mean(known**2, n) - mean(known, n) ** 2).clip(0).mean(axis=0))
    first, second = mean(known, n * weight)
    some = spread > 1e-9
    return float(np.abs((second - first)[some] / spread[some]).max(initial=0)) if len(some) else 0.0


def _still_unlike(rows: list[dict[str, Any]]) -> list[str]:
    weighted = [row for row in rows if row["method"] == "weighted"]
    unlike = [row for row in weighted if row.get("largest_difference", 0) > _UNLIKE]
    if not unlike:
        return []
    most = max(unlike, key=lambda row: row["largest_difference"])
    return [
        f"On day {most['day']} the groups still differ by {most['largest_difference']:.2f} "
        "standard deviations in something known at the start, weights notwithstanding."
    ]


def _hazards(drawn: StillOpen) -> dict[str, float]:
    """Cox's log hazard ratio of a yes and the log-rank test, without weights."""
    left = drawn.n[0].sum(axis=0)
    n_risk = left.sum(axis=-1)[:, ::-1].cumsum(axis=1)[:, :0:-1]
    n_event = left[:, :-1, 1]
    _, chi2, p_value = log_rank(n_risk, n_event)
    if np.isnan(chi2):
        return {}
    group = np.broadcast_to(np.arange(2.0)[:, None, None], (*n_risk.shape, 1))
    fit = fit_cox(group, n_risk, n_event, ties="efron")
    ratio = {"log_hazard_ratio": fit.coef[0], "log_hazard_ratio_se": fit.std_error[0]}
    return {**ratio, "chi2": chi2, "p_value": p_value}


def _permuted(drawn: StillOpen, method: str, seed: int) -> float:
    """P-value of a yes coming at another pace, by dealing out who had written."""
    left = drawn.n[0] if method == "weighted" else drawn.n[0].sum(axis=0, keepdims=True)
    rng = np.random.default_rng([seed, drawn.day])
    return permutation_p(left.sum(axis=-1), left[..., 1], rng)


def _sentence(rows: list[dict[str, Any]], n: int, horizon: int) -> str:
    method = rows[-1]["method"] if rows else "crude"  # weighted, where there is something to weight
    found = [row for row in rows if row["method"] == method and "conf_low" in row]
    if not found:
        return (
            f"No estimate from {count(n, 'interview')}: on none of the landmark days "
            "were there enough still open, both written to and not yet; see the notes."
        )
    row = next((row for row in found if row["day"] == _FIRST_CHOICE), found[0])
    points, more = more_in_100(row, "less").split()
    verdict = give_verdict(row["conf_low"], row["conf_high"], row["prob_positive"], smallest=0.0)
    still_open = count(row["n_followed_up"] + row["n_not_yet"], "interview")
    return (
        f"Among the {still_open} still open at the end of day {row['day']}, those you had already "
        f"written to went on to a yes {points} in 100 {more} often by day {horizon} "
        f"({percent_of(row['level'])} {limits_in_100(row)}): {verdict.text}."
    )


def _assumptions(terms: Terms) -> tuple[str, ...]:
    alike = ", ".join(terms.names) or "nothing: the log records nothing that was known before"
    return (
        f"The groups are made alike in: {alike}. The difference is due to the follow-up only if "
        "nothing else decided both whether you had written by that day and what came of it.",
        "It is that of interviews still open on the day: whoever was answered sooner is left out. "
        "Of those not yet written to many are later, which makes the groups more alike than "
        "writing and never writing.",
    )
