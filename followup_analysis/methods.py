"""One log -> the naive comparisons and the honest ones, side by side on one axis.

The convention owned here: "naive" is a method that compares those who wrote with those who did not
as if the day of writing had been known from the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from .clones import clone_censor_weight
from .covariates import tally_for_model
from .effect import follow_up_effect
from .incidence import aalen_johansen
from .intervals import newcombe, normal_quantile
from .landmark import landmark
from .log import JobSearchLog
from .result import Result
from .risk import person_days
from .survival import Source
from .tally import Tally
from .trials import sequential_trials
from .waning import doubts, with_doubt
from .wording import points_and_limits, points_in_100


def compare_methods(
    source: Source,
    *,
    by_day: int = 2,
    horizon: int = 30,
    adjust: Sequence[str] | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> Result:
    """Set the naive comparisons of a log beside the honest ones.

    Parameters
    ----------
    source : JobSearchLog, pandas.DataFrame or Tally
        As for `follow_up_effect`.
    by_day : int, days since the interview
        The last day of writing, and the landmark.
    horizon : int, days since the interview
        Answers up to this day count.
    adjust : sequence of str, optional
        As for `follow_up_effect`.
    level : float
        Probability inside the intervals.
    seed : int
        Seed of draws and bootstraps.

    Returns
    -------
    Result
        One row per ``method``: ``kind`` (naive or honest), the difference in the chance of a yes
        as ``estimate``, ``std_error``, ``conf_low``, ``conf_high``, ``level``; missing where the
        method has no estimate (the notes say why); and ``truth`` where the log is simulated.

    Raises
    ------
    ColumnError, FollowupError
        As `follow_up_effect`.

    Examples
    --------
    >>> import followup_analysis as fa
    >>> compare_methods(fa.simulate_log(60, seed=1)).table["kind"].tolist()
    ['naive', 'naive', 'naive', 'honest', 'honest', 'honest', 'honest']
    """
    counts = tally_for_model(source, adjust)
    options: dict[str, Any] = {"horizon": horizon, "level": level, "seed": seed}
    headline = follow_up_effect(counts, by_day=by_day, **options)
    still_open = landmark(counts, days=(by_day,), **options)
    trials = sequential_trials(counts, **options)
    clones = clone_censor_weight(counts, by_day=by_day, **options)
    rows = [
        ("ever written against never", "naive", *_naive(counts, horizon, level)),
        ("the same, answered only", "naive", *_answered_only(counts, horizon, level)),
        ("the same, made alike", "naive", *_made_alike(counts, horizon, level)),
        (f"open on day {by_day}, weighted", "honest", *_landmark(still_open)),
        ("trials on each day", "honest", *_row(trials)),
        ("clones with weights", "honest", *_row(clones)),
        ("day-to-day model", "honest", *_row(headline)),
    ]
    columns = ["method", "kind", "estimate", "std_error", "conf_low", "conf_high"]
    table = pd.DataFrame(rows, columns=columns).assign(level=level)
    truth = source.true_effect if isinstance(source, JobSearchLog) else None
    if truth and by_day == 2 and horizon == 30:
        table["truth"] = truth["risk_difference"]
    worn = doubts(headline.notes)
    return Result(
        with_doubt(_sentence(table), worn),
        table,
        (
            "Naive rows compare people who had time to write with people who had not: read them "
            "as a warning. Honest rows rest on nothing else having decided both whether you wrote "
            "and what the employer said; each answers a slightly different question.",
            *worn,
            *(note for note in still_open.notes if note.startswith(_WHY_NONE)),
            *(each.sentence for each in (trials, clones, headline) if np.isnan(_row(each)[0])),
            *counts.notes,
        ),
        chart="compare_methods",
        alt="Dots with intervals on one axis, naive comparisons above, honest ones below.",
    )


_WHY_NONE = ("No estimate for day", "No weighted estimate for day", "No interval for day")
Row = tuple[float, float, float, float]
_NONE: Row = (np.nan, np.nan, np.nan, np.nan)


def _row(result: Result) -> Row:
    rows = result.table.set_index("quantity")
    if "difference_yes" not in rows.index:
        return _NONE
    return tuple(rows.loc["difference_yes", ["estimate", "std_error", "conf_low", "conf_high"]])


def _landmark(result: Result) -> Row:
    table = result.table
    table = table[table["method"] == "weighted"] if "method" in table else table
    if table.empty:
        return _NONE
    return tuple(table.iloc[0][["estimate", "std_error", "conf_low", "conf_high"]])


def _naive(counts: Tally, horizon: int, level: float) -> Row:
    wrote = counts.follow_up_day >= 0
    shares, sizes = zip(*(_yes_by(counts, part, horizon) for part in (wrote, ~wrote)), strict=True)
    return _difference(shares, sizes, level)


def _answered_only(counts: Tally, horizon: int, level: float) -> Row:
    """Drop what is open: the commonest mistake."""
    answered = (counts.ending > 0) & (counts.exit_day <= horizon)
    wrote = counts.follow_up_day >= 0
    yes = counts.ending == 1
    sizes = [counts.n[answered & part].sum() for part in (wrote, ~wrote)]
    if not all(sizes):
        return _NONE
    shares = [
        counts.n[answered & yes & part].sum() / size
        for part, size in zip((wrote, ~wrote), sizes, strict=True)
    ]
    return _difference(shares, sizes, level)


def _made_alike(counts: Tally, horizon: int, level: float) -> Row:
    """Average the naive difference over the patterns: adjusting makes immortal time no better."""
    wrote = counts.follow_up_day >= 0
    total, estimate, variance = 0.0, 0.0, 0.0
    for row in range(len(counts.patterns)):
        own = counts.pattern == row
        (one, n_one), (zero, n_zero) = (
            _yes_by(counts, own & part, horizon) for part in (wrote, ~wrote)
        )
        if n_one and n_zero and np.isfinite(one + zero):
            weight = counts.n[own].sum()
            total += weight
            estimate += weight * (one - zero)
            variance += weight**2 * (_spread(one, n_one) + _spread(zero, n_zero))
    if not total:
        return _NONE
    found, std_error = estimate / total, float(np.sqrt(variance) / total)
    reach = normal_quantile(level) * std_error
    return found, std_error, max(-1.0, found - reach), min(1.0, found + reach)


def _spread(share: float, n: float) -> float:
    """Variance of a share, with a yes and a no more (Agresti and Caffo 2000): a few alike vary."""
    drawn_in = (share * n + 1) / (n + 2)
    return drawn_in * (1 - drawn_in) / (n + 2)


def _yes_by(counts: Tally, chosen: np.ndarray, horizon: int) -> tuple[float, float]:
    risk = person_days(counts, chosen, horizon)
    incidence, variance, left, _ = aalen_johansen(risk.n_risk, risk.n_event)
    share, spread = incidence[0, -1], variance[0, -1]
    if not risk.n_risk[0] or (not risk.n_risk[-1] and left[-1] > 1e-12):
        return np.nan, 0.0
    n = share * (1 - share) / spread if spread > 0 else float(risk.n_risk[0])
    return float(share), float(n)


def _difference(shares: Sequence[float], sizes: Sequence[float], level: float) -> Row:
    (one, zero), (n_one, n_zero) = shares, sizes
    if not (n_one and n_zero) or not np.isfinite(one + zero):
        return _NONE
    low, high = newcombe(one * n_one, n_one, zero * n_zero, n_zero, level)
    spread = np.sqrt(one * (1 - one) / n_one + zero * (1 - zero) / n_zero)
    return float(one - zero), float(spread), float(low), float(high)


def _sentence(table: pd.DataFrame) -> str:
    naive, honest = table.iloc[1], table.iloc[-1]
    if np.isnan(honest["estimate"]) or np.isnan(naive["estimate"]):
        return "The methods cannot be compared: the log needs interviews with and without writing."

    text = (
        f"Yes in 100, written against not: the usual count of answered interviews, naive, says "
        f"{points_and_limits(naive)}; the day-to-day model says {points_and_limits(honest)}"
    )
    if "truth" in table:
        truth = points_in_100({**honest, "estimate": honest["truth"]})
        text += f"; the truth behind this simulated log is {truth}"
    return text + "."
