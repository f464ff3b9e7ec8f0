"""Episodes -> counts of alike episodes, and from these who was at risk on each day.

The convention owned here, once for every estimator: an episode is at risk on day d if it is open
when the day begins (day 0 included, so d = 0 .. exit day). Within a day the answer comes first and
the follow-up second, so day d counts as followed up when the follow-up day is before d.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
import pandas as pd

from .episodes import episodes
from .errors import ColumnError, FollowupError
from .history import ENDINGS
from .log import JobSearchLog

NEVER, UNDATED = -1, -2
_MOST_BUCKETS = 1000  # more clusters share buckets: the tally must not grow with the log
_SPARSE = 1 << 22  # more possible cells than this are sorted rather than laid out
_ROWS_AT_ONCE = 1 << 16  # few enough for their keys to stay in the cache


@dataclass(frozen=True, eq=False)
class Tally:
    """Counts of episodes that are alike in everything the estimators look at.

    Parameters
    ----------
    patterns : pandas.DataFrame
        One row per combination of the `by` columns that occurs; no columns without `by`.
    pattern : numpy.ndarray of shape (cells,)
        Row of `patterns`.
    follow_up_day : numpy.ndarray of shape (cells,)
        Day of the first follow-up if it came before the answer; -1 for never (before the answer),
        -2 for a follow-up on an unknown day.
    exit_day : numpy.ndarray of shape (cells,)
        Day of the answer, or the last day of the log.
    ending : numpy.ndarray of shape (cells,)
        Position in ``ENDINGS``: open, yes, no, withdrawn.
    n : numpy.ndarray of shape (cells,)
        How many episodes.
    undated : dict of str to int
        Answers without a date, by ending; they are in no cell.
    notes : tuple of str
        What every result from this tally repeats.
    earliest : Tally, optional
        The same with each answer that is known only from the next interview dated as early as the
        log allows.
    cluster : numpy.ndarray of shape (cells,), optional
        Which people or companies, in so many buckets: what a bootstrap draws together.
    """

    patterns: pd.DataFrame
    pattern: np.ndarray
    follow_up_day: np.ndarray
    exit_day: np.ndarray
    ending: np.ndarray
    n: np.ndarray
    undated: dict[str, int]
    notes: tuple[str, ...] = ()
    earliest: Tally | None = None
    cluster: np.ndarray | None = None

    @cached_property
    def cells(self) -> pd.DataFrame:
        """One row per cell: the `by` columns, follow_up_day, exit_day, ending and n."""
        days = pd.Series(self.follow_up_day).astype("Int64")
        out = self.patterns.take(self.pattern).reset_index(drop=True)
        out["follow_up_day"] = days.mask(days < 0)
        out["follow_up_undated"] = self.follow_up_day == UNDATED
        out["exit_day"] = self.exit_day
        out["ending"] = pd.Categorical.from_codes(self.ending, list(ENDINGS))
        out["n"] = self.n
        return out

    @property
    def n_episodes(self) -> int:
        """Episodes behind the counts."""
        return int(self.n.sum())

    def only(self, chosen: np.ndarray | slice) -> Tally:
        """Return the chosen cells, with the patterns of all."""
        names = ("pattern", "follow_up_day", "exit_day", "ending", "n", "cluster")
        columns = {name: getattr(self, name) for name in names}
        kept: dict[str, Any] = {
            name: None if part is None else part[chosen] for name, part in columns.items()
        }
        return replace(self, **kept)

    def __repr__(self) -> str:
        by = f" by {', '.join(self.patterns)}" if len(self.patterns.columns) else ""
        head = f"Tally of {self.n_episodes:,} episodes in {len(self.n):,} cells{by}."
        return "\n".join([head, *(f"- {note}" for note in self.notes)])


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


def tally(
    source: JobSearchLog | pd.DataFrame | Tally,
    *,
    by: str | Sequence[str] | None = None,
    cluster: str | None = None,
) -> Tally:
    """Count alike episodes.

    Parameters
    ----------
    source : JobSearchLog, pandas.DataFrame or Tally
        A log; or a table of episodes with ``exit_day`` (whole days), ``ending`` (open, yes, no,
        withdrawn) and, if there were follow-ups, ``follow_up_day`` (missing for never).
    by : str or sequence of str, optional
        Columns known when the episode started, to keep apart.
    cluster : str, optional
        Column whose episodes are not independent of each other, such as "company" or "person".

    Returns
    -------
    Tally
        A tally given is returned summed over what `by` does not name.

    Raises
    ------
    ColumnError
        When a column of `by`, or one that is needed, is not there.
    FollowupError
        When a day is negative or not whole, or an ending is not one of the four.

    Examples
    --------
    >>> import pandas as pd
    >>> tally(pd.DataFrame({"exit_day": [3, 3, 9], "ending": ["yes", "yes", "open"]}))
    Tally of 3 episodes in 2 cells.
    """
    names = [by] if isinstance(by, str) else list(by or [])
    if isinstance(source, Tally):
        return _regroup(source, names)
    frame = episodes(source) if isinstance(source, JobSearchLog) else source
    notes = (*frame.attrs.get("notes", ()), *_episode_notes(frame))
    return _count(frame, names, notes, cluster)


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
    if horizon < 0:
        raise FollowupError(f"horizon is a number of days since the interview, not {horizon!r}.")
    return int(horizon)


def _count(
    frame: pd.DataFrame, names: list[str], notes: tuple[str, ...], cluster: str | None
) -> Tally:
    for name in ("exit_day", "ending", *names, *([cluster] if cluster else [])):
        if name not in frame:
            raise ColumnError(name, frame.columns)
    if "quarantine" in frame:
        frame = frame[frame["quarantine"] == ""]
    ending = _ending_codes(frame["ending"])
    undated: dict[str, int] = {}
    missing = _missing(frame["exit_day"])
    if missing is not None:
        lost = np.bincount(ending[missing], minlength=4)
        undated = {ENDINGS[code]: int(lost[code]) for code in (1, 2, 3) if lost[code]}
        frame, ending = frame[~missing], ending[~missing]

    exit_day = _whole_days(frame["exit_day"], "exit_day")
    wrote = _follow_up_days(frame, exit_day, ending)
    columns = {"follow_up_day": wrote, "exit_day": exit_day, "ending": ending}
    if cluster:
        columns["cluster"] = _buckets(frame[cluster])
    earliest = None
    if "implied" in frame and frame["implied"].any():
        sooner = frame.assign(exit_day=frame["earliest_exit_day"]).drop(columns="implied")
        earliest = _count(sooner, names, (), cluster)
    cells = _cells(frame, names, columns)
    return Tally(**cells, undated=undated, notes=notes, earliest=earliest)


def _regroup(counts: Tally, names: list[str]) -> Tally:
    for name in names:
        if name not in counts.patterns:
            raise ColumnError(name, counts.patterns.columns)
    if names == list(counts.patterns):
        return counts
    frame = counts.patterns.take(counts.pattern)
    columns = {name: getattr(counts, name) for name in ("follow_up_day", "exit_day", "ending")}
    if counts.cluster is not None:
        columns["cluster"] = counts.cluster
    earliest = counts.earliest and _regroup(counts.earliest, names)
    return replace(counts, **_cells(frame, names, columns, counts.n), earliest=earliest)


def _cells(
    frame: pd.DataFrame,
    names: list[str],
    columns: dict[str, np.ndarray],
    weights: np.ndarray | None = None,
) -> dict[str, Any]:
    """Count the distinct rows, as fields of a Tally; the patterns come in sorted order."""
    coded = [_codes(frame[name]) for name in names]
    parts, n = _distinct([*(code for code, _ in coded), *columns.values()], weights)
    by, cells = parts[: len(names)], dict(zip(columns, parts[len(names) :], strict=True))
    cells["n"] = n
    if not by:
        return {"patterns": pd.DataFrame(index=[0]), "pattern": np.zeros_like(n), **cells}
    first = np.ones(len(n), dtype=bool)  # of its pattern: the cells come sorted by it
    first[1:] = np.any([codes[1:] != codes[:-1] for codes in by], axis=0)
    values = (words.take(codes[first]) for codes, (_, words) in zip(by, coded, strict=True))
    patterns = pd.DataFrame(dict(zip(names, values, strict=True)))
    return {"patterns": patterns, "pattern": first.cumsum() - 1, **cells}


def _buckets(cluster: pd.Series) -> np.ndarray:
    """Number the clusters, at most so many; a missing one is a cluster of its own."""
    codes, _ = pd.factorize(cluster)
    alone = codes < 0
    codes[alone] = codes.max(initial=-1) + 1 + np.arange(alone.sum())
    return codes % _MOST_BUCKETS


def _distinct(
    columns: list[np.ndarray], weights: np.ndarray | None = None
) -> tuple[list[np.ndarray], np.ndarray]:
    """Count the distinct rows of whole-number columns through one integer key."""
    if not len(columns[0]):
        return columns, np.zeros(0, dtype=np.int64)
    lows = [min(0, int(column.min())) for column in columns]  # NEVER and UNDATED are below 0
    sizes = [int(column.max()) - low + 1 for column, low in zip(columns, lows, strict=True)]
    if prod(sizes) <= _SPARSE:
        counts = _count_keys(columns, lows, sizes, weights)
        found = np.flatnonzero(counts)
        n = counts[found]
    else:
        found, where = np.unique(_key(columns, lows, sizes), return_inverse=True)
        found, n = found.astype(np.int64), np.bincount(where, weights)
    parts = []
    for low, size in zip(reversed(lows), reversed(sizes), strict=True):
        found, part = np.divmod(found, size)
        parts.append(part + low)
    return parts[::-1], n.round().astype(np.int64)


def _count_keys(
    columns: list[np.ndarray], lows: list[int], sizes: list[int], weights: np.ndarray | None
) -> np.ndarray:
    """How often each possible row occurs."""
    cells = prod(sizes)
    counts = np.zeros(cells, dtype=np.int64 if weights is None else float)
    step = max(_ROWS_AT_ONCE, 4 * cells)
    for start in range(0, len(columns[0]), step):
        rows = slice(start, start + step)
        key = _key([column[rows] for column in columns], lows, sizes)
        counts += np.bincount(key, None if weights is None else weights[rows], minlength=cells)
    return counts


def _key(columns: list[np.ndarray], lows: list[int], sizes: list[int]) -> np.ndarray:
    """Number the possible rows, in the smallest type that can: memory is what takes the time."""
    cells = prod(sizes)
    if cells >= 1 << 62:
        raise FollowupError(
            "the columns of by have too many values to be kept apart; bin those that are measured."
        )
    key = None
    for column, low, size in zip(columns, lows, sizes, strict=True):
        if size == 1:
            continue
        if key is None:
            key = column.astype(np.min_scalar_type(~cells))
        else:
            key *= size
            key += column
        if low:
            key -= low
    return np.zeros(len(columns[0]), dtype=np.int8) if key is None else key


def _codes(values: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """Whole-number codes of a column and its distinct values in order."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, words = values.array.codes, values.array.categories
        if codes.min(initial=0) >= 0:  # none is missing
            return codes, words
    codes, words = pd.factorize(values, sort=True, use_na_sentinel=False)
    return codes, pd.Index(words)


def _ending_codes(ending: pd.Series) -> np.ndarray:
    codes, words = _codes(ending)
    for word in words:
        if word not in ENDINGS:
            raise FollowupError(f"ending is one of {', '.join(ENDINGS)}, not {word!r}.")
    order = np.array([ENDINGS.index(word) for word in words], dtype=np.int64)
    return codes if np.array_equal(order, np.arange(4)) else order[codes]


def _missing(values: pd.Series) -> np.ndarray | None:
    """Which are missing; None where none is, or none can be."""
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "iu":
        return None
    missing = values.isna().to_numpy()
    return missing if missing.any() else None


def _whole_days(days: pd.Series, name: str) -> np.ndarray:
    """Days that are all there, in the smallest type that holds them."""
    out = days.to_numpy()
    if out.dtype.kind not in "iu":
        numbers = days.to_numpy(dtype=float)
        out = numbers.astype(np.int64)
        if not np.array_equal(out, numbers):
            wrong = days[out != numbers].iloc[0]
            raise FollowupError(f"{name} counts whole days; it holds {wrong!r}.")
    if not len(out):
        return out
    highest = int(out.view(f"u{out.itemsize}").max())  # one pass: below 0 reads as very high
    if highest > np.iinfo(out.dtype).max:
        row = int(np.argmin(out))
        raise FollowupError(
            f"{name} holds {out[row]} in row {row}: a day before the interview. "
            "Mend the row or leave it out."
        )
    return out.astype(np.min_scalar_type(~highest))


def _follow_up_days(frame: pd.DataFrame, exit_day: np.ndarray, ending: np.ndarray) -> np.ndarray:
    """Day of the follow-up where it came before the answer; one that came later is no exposure."""
    wrote = np.full(len(frame), NEVER, dtype=np.int8)
    if "follow_up_day" in frame:
        some = frame["follow_up_day"].notna().to_numpy()
        known = _whole_days(frame["follow_up_day"][some], "follow_up_day")
        wrote = wrote.astype(known.dtype)
        wrote[some] = known
        wrote[(ending > 0) & (wrote >= exit_day)] = NEVER
    if "follow_up_undated" in frame:
        wrote[frame["follow_up_undated"].to_numpy(dtype=bool)] = UNDATED
    return wrote


def _episode_notes(frame: pd.DataFrame) -> tuple[str, ...]:
    """What the reader of a result must know of the episodes behind it."""
    notes = []
    if "quarantine" in frame:
        for why, n in frame.loc[frame["quarantine"] != "", "quarantine"].value_counts().items():
            notes.append(f"{n} of the interviews left out: {why}.")
    missing = _missing(frame["exit_day"])
    if missing is not None:
        undated = frame.loc[missing, "ending"]
        words = ", ".join(f"{n} {word}" for word, n in undated.value_counts().items() if n)
        notes.append(
            f"{len(undated)} answered on an unknown day ({words}): in no estimate of time."
        )
    for column, text in {
        "follow_up_undated": "followed up on an unknown day: left out where that day matters.",
        "rated_late": "rated after the answer was known: that rating is not used.",
        "implied": "known to be a yes only from the next interview, and dated on its day.",
    }.items():
        if column in frame and (n := int(frame[column].sum())):
            notes.append(f"{n} of the interviews {text}")
    if "follow_up_day" in frame:
        late = (frame["follow_up_day"] >= frame["exit_day"]) & (frame["ending"] != "open")
        if n := int(late.fillna(False).sum()):
            notes.append(
                f"{n} followed up on the day of the answer or later: not a follow-up before it."
            )
    return tuple(notes)
