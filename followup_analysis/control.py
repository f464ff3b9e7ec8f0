"""Ratings of stress and control within a process -> what goes with having written.

The convention owned here: the wait, the answer and a return to the usual have terms of their own,
so that writing is credited with none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from . import charts
from .log import JobSearchLog, check_log, count
from .ratings import FEWEST, Model, fit_intercepts, permuted, ratings_by_process
from .result import Cases
from .tally import tally
from .trust import percent_of
from .wording import decimals, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RATINGS = {"stress": "stress", "control": "the sense of control"}
_FEW = 20
_AFTER = "after writing"
_NOTHING = (
    "Stress and the sense of control: no estimate, because there is no interview with a known day "
    "in the log."
)
_COLUMNS = ["rating", "term", "n_processes", "n_both", "n_ratings", "estimate", "std_error",
            "conf_low", "conf_high", "p_value", "level"]  # fmt: skip


@dataclass(frozen=True, repr=False, eq=False)
class Rated(Cases):
    """Estimates together with the ratings of each process, drawn over each other."""

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each process as a thin line and the estimates on top.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; new axes unless given.

        Returns
        -------
        matplotlib.axes.Axes
        """
        return charts.sense_of_control(self.table, self.cases, ax=ax)


def sense_of_control(
    log: JobSearchLog,
    *,
    horizon: int = 30,
    smallest: float = 0.5,
    level: float = 0.95,
    permutations: int = 1999,
    seed: int = 0,
) -> Rated:
    """Tell how stress and the sense of control go with having written, within each process.

    Parameters
    ----------
    log : JobSearchLog
        A log with ratings.
    horizon : int, days since the interview
        Ratings up to this day count.
    smallest : float
        The smallest change worth finding, in points of the scale from 0 to 10.
    level : float
        Probability inside the intervals.
    permutations : int
        How often the days of writing are drawn anew for the p values.
    seed : int
        Seed of these.

    Returns
    -------
    Rated
        One row per ``rating`` (stress, control) and ``term`` of its model, first "after writing":
        ``n_processes``, ``n_both`` (rated both before and after), ``n_ratings``, ``estimate`` in
        points, ``std_error``, ``conf_low``, ``conf_high``, ``p_value``, ``level``. Its ``cases``
        has a row per rating.

    Raises
    ------
    FollowupError
        When the library statsmodels is missing.

    Notes
    -----
    A linear model of each rating but the first of its process, with a random intercept per
    process and terms for the wait (the day and its logarithm), ratings after a yes and after a
    no, the rating before, and the first one. The rating before answers a return to the usual:
    whoever writes on a bad day feels better later, written or not. For the p value the day of
    writing is drawn anew among the days on which the process was open, from the first rating on.

    References
    ----------
    Laird and Ware (1982), Biometrics 38, 963-974; Wooldridge (2005), Journal of Applied
    Econometrics 20, 39-54 (the first rating among the terms).

    Examples
    --------
    >>> import followup_analysis as fa
    >>> log = fa.simulate_log(60, seed=1, rated=1, control_effect=1.0)
    >>> fa.sense_of_control(log).table[["rating", "n_both"]].drop_duplicates().values.tolist()
    [['stress', 35], ['control', 35]]
    """
    check_log(log)
    ratings = ratings_by_process(log, horizon)
    parts, said, fewest = [], [], 0
    for seeded, name in enumerate(RATINGS):
        model = Model.of(ratings, name)
        if model.enough:
            rng = np.random.default_rng([seed, seeded])
            table = _estimate(model, level, permutations, rng)
            said.append(_say(table.iloc[0], smallest))
            parts.append(table)
        else:
            fewest = max(fewest, model.n_both)
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_COLUMNS)
    return Rated(
        _sentence(table, said, ratings, fewest) if log.interviews().size else _NOTHING,
        table,
        (*_notes(table, log, ratings), *tally(log).notes),
        chart="sense_of_control",
        alt="Two panels, stress and the sense of control: each process a thin line by days before "
        "and after writing, and on top what goes with writing once the wait is taken out.",
        cases=_cases(ratings),
    )


def _estimate(
    model: Model, level: float, permutations: int, rng: np.random.Generator
) -> pd.DataFrame:
    from scipy.stats import t

    columns = model.others.copy()
    columns.insert(0, _AFTER, model.after)
    fit = fit_intercepts(model.values, columns.to_numpy(), model.process)
    # Processes rated on both sides carry the comparison: there are as many degrees of freedom.
    reach = t.ppf((1 + level) / 2, max(model.n_both - 1, 1)) * fit.std_error
    table = pd.DataFrame(
        {
            "rating": model.rating,
            "term": list(columns),
            "n_processes": len(model.spells),
            "n_both": model.n_both,
            "n_ratings": len(model.values),
            "estimate": fit.coef,
            "std_error": fit.std_error,
            "conf_low": fit.coef - reach,
            "conf_high": fit.coef + reach,
            "p_value": np.nan,
            "level": level,
        },
        columns=_COLUMNS,
    )
    table.loc[0, "p_value"] = permuted(model, permutations, rng)
    return table


def _cases(ratings: pd.DataFrame) -> pd.DataFrame:
    """One row per rating, and how far it is from the mean of its process before writing."""
    known = ["process", "company", "stage", "date", "day", "wrote"]
    rows = ratings.melt(known, list(RATINGS), var_name="rating", value_name="value").dropna(
        subset="value"
    )
    rows["from_writing"] = rows["day"] - rows["wrote"]
    rows["value"] = rows["value"].astype(float)
    before = rows[rows["from_writing"] <= 0].groupby(["process", "rating"])["value"].mean()
    level = pd.MultiIndex.from_frame(rows[["process", "rating"]])
    rows["change"] = rows["value"] - before.reindex(level).to_numpy()
    return rows.drop(columns="wrote").reset_index(drop=True)


def _say(row: pd.Series, smallest: float) -> str:
    """Say one estimate with its interval and its verdict."""
    low, high, estimate = row["conf_low"], row["conf_high"], row["estimate"]
    word = "higher" if estimate >= 0 else "lower"
    digits = decimals(low, high, 1)
    told = (
        f"{RATINGS[row['rating']]} is {abs(estimate):.{digits}f} {word} "
        f"({percent_of(row['level'])} {signed(low, digits)} to {signed(high, digits)}; "
        f"p = {row['p_value']:.2g})"
    )
    if -smallest < low and high < smallest:
        return f"{told}, and a change of {smallest:g} or more is ruled out"
    if (low > 0 or high < 0) and row["p_value"] < 1 - row["level"]:
        return f"{told}, more than chance would show"
    return f"{told}, and your log cannot tell"


def _sentence(table: pd.DataFrame, said: list[str], ratings: pd.DataFrame, fewest: int) -> str:
    if not said:
        n = len(ratings)
        have = (
            f"{count(n, 'rating')} of {count(ratings['process'].nunique(), 'interview')}"
            if n
            else "no rating"
        )
        both = f"{count(fewest, 'interview')} rated both before and after writing"
        lacks = f"and {FEWEST} are needed"
        if fewest >= FEWEST:
            lacks = "but too few ratings of each, or all alike, to hold the wait apart"
        return (
            f"Stress and the sense of control: no estimate. Your log holds {have}; {both}, "
            f"{lacks}. Rate both from 0 to 10 on the day of the interview and every "
            "few days until the answer, whether or not you write."
        )
    row = table.iloc[0]
    return (
        f"Once you have written, at the same day of the wait: {'; '.join(said)}. "
        f"{count(row['n_ratings'], 'rating')} of {count(row['n_processes'], 'interview')}, "
        f"{row['n_both']:,} of them "
        "rated both before and after."
    )


def _notes(table: pd.DataFrame, log: JobSearchLog, ratings: pd.DataFrame) -> list[str]:
    notes = [
        "What falls or rises with the wait of itself is taken out, as are ratings after an answer "
        "and a return to the usual after a bad day. It is not known whether you felt better "
        "because you wrote, or wrote because you felt up to it on that day.",
    ]
    known = {*table["rating"]}
    notes += [f"Too few ratings of {RATINGS[name]}." for name in RATINGS if name not in known]
    if len(table) and table["n_both"].min() < _FEW:
        notes.append(
            f"Fewer than {_FEW} interviews are rated both before and after: take the limits as "
            "rough."
        )
    if unused := len(log.ratings) - len(ratings):
        notes.append(
            f"{count(unused, 'rating')} not used: before an interview, long after it, twice on a "
            "day, or of an interview whose answer or follow-up has no date."
        )
    return notes
