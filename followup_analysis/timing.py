"""Tally -> outcome by the day of the follow-up: the chart that everybody draws, labelled naive.

The convention owned here: a bin is named by its first day; "never" are those with no follow-up
before their answer.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .errors import FollowupError
from .history import ENDINGS
from .intervals import jeffreys, pooled
from .result import Result
from .survival import Source, aalen_johansen
from .tally import NEVER, UNDATED, Tally, last_day, person_days, tally

_ENDINGS = (*ENDINGS[1:], "silent")


def timing(
    source: Source,
    *,
    bins: Sequence[int] = (0, 1, 2, 4, 8, 15),
    horizon: int = 30,
    level: float = 0.95,
) -> Result:
    """Chance of each ending by the horizon, by the day of the first follow-up: the naive chart.

    It does not tell what following up does. An early answer leaves no time for a late follow-up,
    so that late bins hold slow processes only, and "never" collects the fast ones.

    Parameters
    ----------
    source : JobSearchLog, pandas.DataFrame or Tally
        As for `tally`.
    bins : sequence of int
        First day of each bin of the follow-up day, rising from 0; the last ends at the horizon.
    horizon : int
        Days since the interview by which an answer counts.
    level : float
        Probability inside the intervals.

    Returns
    -------
    Result
        Per ``bin`` (from ``first_day`` to ``last_day``, missing for never) and ``ending``:
        ``n`` (episodes), ``n_event`` (seen by the horizon), ``raw`` (Aalen-Johansen within the
        bin, so that open episodes count), ``estimate``, ``conf_low``, ``conf_high`` (bins pulled
        together, see `pooled`), ``raw_low``, ``raw_high`` (Jeffreys), ``level``.

    Raises
    ------
    FollowupError
        When the bins do not rise from 0.

    Examples
    --------
    >>> import pandas as pd
    >>> result = timing(pd.DataFrame({
    ...     "follow_up_day": [1, 1, None, None], "exit_day": [9, 40, 2, 5],
    ...     "ending": ["yes", "open", "yes", "no"]}))
    >>> yes = result.table.query("ending == 'yes' and n > 0")
    >>> yes[["bin", "n", "raw"]].values.tolist()
    [['1', 2, 0.5], ['never', 2, 0.5]]
    """
    counts = tally(source)
    edges = _edges(bins, last_day(counts, horizon))
    undated = int(counts.n[counts.follow_up_day == UNDATED].sum())
    table = pd.concat(
        [_bin_table(counts, *edge, horizon, level) for edge in edges], ignore_index=True
    )
    table[["estimate", "conf_low", "conf_high"]] = np.nan  # stays so where a bin is empty
    for ending in _ENDINGS:
        _pool(table, (table["ending"] == ending) & (table["n"] > 0), level)
    notes = [
        "Naive: not the effect of following up. An answer that comes early leaves no time to "
        "write late, so late bins hold slow processes only; the slope would be there even if "
        "following up did nothing.",
        *counts.notes,
    ]
    if table["raw"].isna().any():
        unseen = ", ".join(table.loc[table["raw"].isna() & (table["n"] > 0), "bin"].unique())
        if unseen:
            notes.insert(1, f"Nobody was observed up to day {horizon} in: {unseen}.")
    if undated:
        notes.insert(1, f"{undated} with a follow-up on an unknown day are in no bin.")
    return Result(
        _sentence(table, horizon, level),
        table.drop(columns="known"),
        tuple(notes),
        chart="timing",
        alt="Dots with intervals: the share of interviews answered with yes, by the day of the "
        "first follow-up; a naive comparison.",
    )


def _edges(bins: Sequence[int], horizon: int) -> list[tuple[str, int, int]]:
    if not len(bins) or bins[0] != 0 or any(np.diff(bins) <= 0):
        raise FollowupError(
            "bins are the first days of the bins, rising from 0, such as (0, 1, 2, 4, 8, 15); "
            f"not {tuple(bins)!r}."
        )
    starts = [start for start in bins if start <= horizon]
    lasts = [*(start - 1 for start in starts[1:]), horizon]
    names = [f"{a}" if a == b else f"{a}-{b}" for a, b in zip(starts, lasts, strict=True)]
    return [*zip(names, starts, lasts, strict=True), ("never", NEVER, NEVER)]


def _bin_table(
    counts: Tally, name: str, first: int, last: int, horizon: int, level: float
) -> pd.DataFrame:
    wrote = counts.follow_up_day
    # Whoever wrote after the horizon had not written by then.
    chosen = (wrote >= first) & (wrote <= last) if first >= 0 else (wrote == NEVER) | (wrote > horizon)
    risk = person_days(counts, chosen, horizon)
    incidence, variance, left, left_variance = aalen_johansen(risk.n_risk, risk.n_event)
    raw = np.r_[incidence[:, -1], left[-1]]
    answered = risk.n_event.sum(axis=1)
    still_open = risk.n_risk[-1] - risk.n_event[:, -1].sum()
    known = _effective(raw, np.r_[variance[:, -1], left_variance[-1]], answered.sum() + still_open)
    if not risk.n_risk[-1] and left[-1] > 1e-12:
        known = np.zeros_like(known)
    low, high = jeffreys(raw * known, known, level)
    n = int(risk.n_risk[0])
    if not known.any():  # nobody of this bin was observed up to the horizon
        raw = np.full_like(raw, np.nan)
    return pd.DataFrame(
        {
            "bin": name,
            "first_day": pd.array([first if first >= 0 else None] * 4, dtype="Int64"),
            "last_day": pd.array([last if first >= 0 else None] * 4, dtype="Int64"),
            "ending": _ENDINGS,
            "n": n,
            "n_event": [*answered, still_open],
            "raw": raw,
            "raw_low": low,
            "raw_high": high,
            "level": level,
            "known": known,
        }
    )


def _effective(share: np.ndarray, variance: np.ndarray, known: float) -> np.ndarray:
    """How many fully observed episodes would be as informative (Dorey and Korn 1987)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        n = share * (1 - share) / variance
    return np.where(np.isfinite(n) & (variance > 0), n, known)


def _pool(table: pd.DataFrame, rows: pd.Series, level: float) -> None:
    if not rows.any():
        return
    raw, known = table.loc[rows, "raw"].fillna(0), table.loc[rows, "known"]
    estimate, low, high = pooled((raw * known).to_numpy(), known.to_numpy(), level)
    table.loc[rows, ["estimate", "conf_low", "conf_high"]] = np.stack([estimate, low, high], 1)


def _sentence(table: pd.DataFrame, horizon: int, level: float) -> str:
    yes = table[(table["ending"] == "yes") & (table["n"] > 0)]
    if yes.empty:
        return "Naive: there is no interview with a known day in the log."
    parts = [
        f"{_when(row.bin)} {round(100 * row.estimate)} in 100 "
        f"({100 * level:g} % {round(100 * row.conf_low)} to {round(100 * row.conf_high)}; "
        f"{row.n} interview{'s' if row.n != 1 else ''})"
        for row in yes.iloc[[0, -2, -1] if len(yes) > 2 else slice(None)].itertuples()
    ]
    return f"Naive, yes by day {horizon}: " + ", ".join(parts) + "."


def _when(name: str) -> str:
    if name == "never":
        return "never written"
    return f"written on day{'s' if '-' in name else ''} {name.replace('-', ' to ')}"
