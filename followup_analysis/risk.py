"""Tally -> who was at risk on each day, and what became of them.

The convention owned here, once for every estimator: an episode is at risk on day d if it is open
when the day begins (day 0 included, so d = 0 .. exit day). Within a day the answer comes first and
the follow-up second, so day d counts as followed up when the follow-up day is before d.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
import pandas as pd

from .days import check_day
from .history import ENDINGS
from .log import JobSearchLog
from .tally import UNDATED, Tally, tally


@dataclass(frozen=True)
class AtRisk:
    """Person-days of one group: at risk and answered, by day 0 .. horizon.

    Parameters
    ----------
    n_risk : numpy.ndarray of shape (days,)
        Episodes open when the day begins.
    n_event : numpy.ndarray of shape (3, days)
        Answers on that day: yes, no, withdrawn.
    """

    n_risk: np.ndarray
    n_event: np.ndarray


def at_risk(
    source: JobSearchLog | pd.DataFrame | Tally,
    *,
    by: str | Sequence[str] | None = None,
    horizon: int | None = 30,
) -> pd.DataFrame:
    """Tell how many were open on each day, followed up or not yet, and how many were answered.

    Parameters
    ----------
    source : JobSearchLog, pandas.DataFrame or Tally
        As for `tally`.
    by : str or sequence of str, optional
        Columns to keep apart.
    horizon : int or None
        Last day, in days since the interview; None for the last day seen.

    Returns
    -------
    pandas.DataFrame
        Per group, ``followed_up`` (before that day) and ``day``: ``n_risk``, ``n_yes``, ``n_no``,
        ``n_withdrawn``. Episodes whose follow-up has no date are left out.

    Examples
    --------
    >>> import pandas as pd
    >>> table = at_risk(pd.DataFrame({
    ...     "follow_up_day": [1, None], "exit_day": [2, 2], "ending": ["yes", "no"]}), horizon=2)
    >>> table[["followed_up", "day", "n_risk", "n_yes", "n_no"]].values.tolist()[2:]
    [[False, 2, 1, 0, 1], [True, 0, 0, 0, 0], [True, 1, 0, 0, 0], [True, 2, 1, 1, 0]]
    """
    counts = tally(source, by=by)
    last = last_day(counts, horizon)
    before, after = (by_group(counts, last, followed_up=answer) for answer in (False, True))
    n_event = np.stack([before.n_event, after.n_event], axis=1)
    return table_by_group(
        counts,
        {
            "followed_up": np.array([[False], [True]]),
            "day": np.arange(last + 1),
            "n_risk": np.stack([before.n_risk, after.n_risk], axis=1),
            **{f"n_{word}": n_event[:, :, i] for i, word in enumerate(ENDINGS[1:])},
        },
    )


def person_days(
    counts: Tally,
    chosen: np.ndarray | slice = slice(None),
    horizon: int = 30,
    *,
    followed_up: bool | None = None,
) -> AtRisk:
    """Sum the chosen cells to person-days, without ever writing them out.

    Parameters
    ----------
    counts : Tally
        The counts.
    chosen : numpy.ndarray of bool
        Which cells.
    horizon : int
        Last day.
    followed_up : bool, optional
        Only days after (True) or up to (False) the first follow-up, of episodes that do not hide
        the day of it; all days of all episodes unless given.

    Returns
    -------
    AtRisk
    """
    own = counts.only(chosen)
    own = replace(own, patterns=pd.DataFrame(index=[0]), pattern=np.zeros_like(own.pattern))
    risk = by_group(own, horizon, followed_up=followed_up)
    return AtRisk(risk.n_risk[0], risk.n_event[0])


def by_group(counts: Tally, last: int, *, followed_up: bool | None = None) -> AtRisk:
    """Person-days of each group: n_risk (groups, days), n_event (groups, 3, days)."""
    n_groups, ending, wrote, n = len(counts.patterns), counts.ending, counts.follow_up_day, counts.n
    if followed_up is not None:
        n = np.where(wrote == UNDATED, 0, n)
    beyond = last + 1
    exits = np.minimum(counts.exit_day, beyond)
    entered = np.minimum(np.where(wrote >= 0, wrote, beyond), beyond) + 1
    treated = entered <= exits  # some day of the episode comes after the follow-up

    def by_day(at: np.ndarray, which: np.ndarray) -> np.ndarray:
        key = (counts.pattern * (beyond + 2) + at)[which]
        sums = np.bincount(key, n[which], minlength=n_groups * (beyond + 2))
        return sums.reshape(n_groups, beyond + 2)[:, :-1].round().astype(np.int64)

    everyone = np.ones(len(n), dtype=bool)
    n_risk, which = by_day(exits, everyone)[:, ::-1].cumsum(axis=1)[:, ::-1], everyone
    if followed_up is not None:
        left = by_day(exits, treated)
        after = by_day(entered, treated).cumsum(axis=1) - (left.cumsum(axis=1) - left)
        n_risk, which = (after, treated) if followed_up else (n_risk - after, ~treated)
    answered = [by_day(exits, which & (ending == code)) for code in (1, 2, 3)]
    return AtRisk(n_risk[:, :-1], np.stack(answered, axis=1)[:, :, :-1])


def table_by_group(counts: Tally, columns: dict[str, Any]) -> pd.DataFrame:
    """Write arrays of shape (groups, ...) out, one row per entry, with the values of the group."""
    shape = np.broadcast_shapes(*(np.shape(values) for values in columns.values()))
    rows = np.arange(len(counts.patterns)).repeat(prod(shape[1:]))
    by = {name: values.array.take(rows) for name, values in counts.patterns.items()}
    return pd.DataFrame(
        {**by, **{name: np.broadcast_to(array, shape).ravel() for name, array in columns.items()}}
    )


def last_day(counts: Tally, horizon: int | None) -> int:
    """Return the horizon, or the last day seen where there is none."""
    if horizon is None:
        return int(counts.exit_day.max(initial=0))
    return check_day(horizon, "horizon")
