"""Episodes -> counts of alike episodes: all that an estimator ever sees.

The convention owned here: what is counted. A follow-up on the day of the answer or later is none
before it; an answer without a date is in no cell, but is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from .buckets import MOST_CLUSTERS, bucket_of
from .counting import code, count_cells
from .days import NEVER, missing_in, true_in, whole_days, with_days
from .engines import CLUSTER, NUMBER, alike_rows
from .episodes import episodes
from .errors import ColumnError, FollowupError
from .history import ENDINGS
from .log import JobSearchLog, count
from .sources import READ_FIRST, is_elsewhere

UNDATED = -2
FEWEST_CLUSTERS = 10  # fewer, drawn whole, would feign an interval
_SEVERAL = {"company": "companies", "person": "people"}


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
        several = "" if self.cluster is None else f", in {len(np.unique(self.cluster)):,} clusters"
        head = f"Tally of {self.n_episodes:,} episodes in {len(self.n):,} cells{by}{several}."
        return "\n".join([head, *(f"- {note}" for note in self.notes)])


def tally(
    source: Any,
    *,
    by: str | Sequence[str] | None = None,
    cluster: str | None = None,
) -> Tally:
    """Count alike episodes.

    Parameters
    ----------
    source : JobSearchLog, pandas.DataFrame, Tally, or episodes elsewhere
        A log; or a table of episodes with ``exit_day`` (whole days), ``ending`` (open, yes, no,
        withdrawn) and, if there were follow-ups, ``follow_up_day`` (missing for never). The table
        may be of pandas or Polars, a DuckDB relation, a Spark DataFrame, or the path, glob or
        folder of Parquet or CSV files (the extra ``scale``); it may hold the dates ``started_on``,
        ``ended_on`` and ``followed_up_on`` instead of the days. It is counted where it is.
    by : str or sequence of str, optional
        Columns known when the episode started, to keep apart.
    cluster : str, optional
        Column whose episodes are not independent of each other, such as "company" or "person".
        More than 1 000 of them are put into 200 buckets by a hash of their names; fewer than ten
        are not used, and a note says so.

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
    names = _names(by, cluster)
    if isinstance(source, Tally):
        if cluster:
            raise FollowupError("a tally is counted already: name the cluster when it is made.")
        return _regroup(source, names)
    if is_elsewhere(source):
        rows = alike_rows(source, names, cluster)
        n = rows.pop(NUMBER).to_numpy()
        held_in = CLUSTER if cluster in rows else cluster  # it may be kept apart as well
        rows = rows.rename(columns={CLUSTER: held_in})
        return _count(rows, names, _episode_notes(rows, n), held_in, n)
    frame = episodes(source) if isinstance(source, JobSearchLog) else with_days(source)
    _check_episodes(frame)
    notes = (*frame.attrs.get("notes", ()), *_episode_notes(frame))
    return _count(frame, names, notes, cluster)


def _names(by: str | Sequence[str] | None, cluster: str | None) -> list[str]:
    if by is None or isinstance(by, str):
        by = [] if by is None else [by]
    names = list(by) if isinstance(by, Iterable) else [by]
    for name in names if cluster is None else [*names, cluster]:
        if not isinstance(name, str) or not name:
            raise FollowupError(f"by and cluster name columns, such as 'stage', not {name!r}.")
    return names


def _check_episodes(frame: pd.DataFrame) -> None:
    for name in ("exit_day", "ending"):
        if name not in frame:
            raise ColumnError(name, frame.columns, READ_FIRST)


def _count(
    frame: pd.DataFrame,
    names: list[str],
    notes: tuple[str, ...],
    cluster: str | None,
    n: np.ndarray | None = None,
) -> Tally:
    for name in (*names, *([cluster] if cluster else [])):
        if name not in frame:
            raise ColumnError(name, frame.columns)
    if cluster:
        frame = frame.assign(**{CLUSTER: _buckets(frame[cluster])})
    if "quarantine" in frame:
        sound = frame["quarantine"].fillna("").eq("").to_numpy()
        frame, n = frame[sound], None if n is None else n[sound]
    ending = _ending_codes(frame["ending"])
    undated: dict[str, int] = {}
    missing = missing_in(frame["exit_day"])
    if missing is not None:
        lost = np.bincount(ending[missing], None if n is None else n[missing], minlength=4)
        if lost[0]:
            raise FollowupError(
                f"{count(int(lost[0]), 'interview')} without an answer, and without exit_day (or "
                "ended_on): write the last day on which you looked for one."
            )
        undated = {ENDINGS[code]: int(lost[code]) for code in (1, 2, 3) if lost[code]}
        frame, ending = frame[~missing], ending[~missing]
        n = None if n is None else n[~missing]

    exit_day = whole_days(frame["exit_day"], "exit_day")
    wrote, late = _follow_up_days(frame, exit_day, ending)
    if n_late := int(len(late) if n is None else n[late].sum()):
        notes = (
            *notes,
            f"{n_late} followed up on the day of the answer or later: not a follow-up before it.",
        )
    columns = {"exit_day": exit_day, "ending": ending}
    if wrote is not None:
        columns = {"follow_up_day": wrote, **columns}
    if cluster:
        buckets = frame[CLUSTER].to_numpy()
        n_clusters = np.count_nonzero(np.bincount(buckets))
        if n_clusters >= min(FEWEST_CLUSTERS, len(frame) if n is None else n.sum()):
            columns["cluster"] = buckets
        else:
            notes = (
                *notes,
                f"Interviews count as independent of each other: {n_clusters} "
                f"{_SEVERAL.get(cluster, 'clusters')} are too few to tell how much they differ.",
            )
    earliest = None
    if {"implied", "earliest_exit_day"} <= set(frame) and true_in(frame["implied"]).any():
        sooner = frame.drop(columns="exit_day").rename(columns={"earliest_exit_day": "exit_day"})
        earliest = replace(_count(sooner, names, (), cluster and CLUSTER, n), notes=())
    cells = count_cells(frame, names, columns, n)
    cells.setdefault("follow_up_day", np.full(len(cells["n"]), NEVER, dtype=np.int64))
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
    return replace(counts, **count_cells(frame, names, columns, counts.n), earliest=earliest)


def _buckets(cluster: pd.Series) -> np.ndarray:
    """Number the clusters in order, or their buckets; a missing one is a cluster of its own."""
    try:
        codes, names = pd.factorize(cluster, sort=True)
    except TypeError:
        raise FollowupError(
            f"{cluster.name} holds what cannot be told apart, such as bytes: make it text first."
        ) from None
    if len(names) > MOST_CLUSTERS:
        buckets = bucket_of(cluster)
        return (np.bincount(buckets) > 0).cumsum()[buckets] - 1
    alone = codes < 0
    codes[alone] = len(names) + np.arange(alone.sum())
    return codes


def _ending_codes(ending: pd.Series) -> np.ndarray:
    codes, words = code(ending)
    unknown = [at for at, word in enumerate(words) if word not in ENDINGS]
    for at in unknown:
        if (codes == at).any():  # a category may be one that no row has
            word = "nothing" if pd.isna(words[at]) or words[at] == "" else repr(words[at])
            raise FollowupError(f"ending is one of {', '.join(ENDINGS)}, not {word}.")
    places = [0 if at in unknown else ENDINGS.index(word) for at, word in enumerate(words)]
    order = np.array(places, dtype=np.int64)
    return codes if np.array_equal(order, np.arange(4)) else order[codes]


def _follow_up_days(
    frame: pd.DataFrame, exit_day: np.ndarray, ending: np.ndarray
) -> tuple[np.ndarray | None, np.ndarray]:
    """Day of the follow-up where it came before the answer, and the rows where it came later."""
    wrote, late = None, np.zeros(0, dtype=np.int64)
    if "follow_up_day" in frame:
        wrote = whole_days(frame["follow_up_day"], "follow_up_day")
        late = np.flatnonzero((wrote >= exit_day) & (ending > 0))
        wrote[late] = NEVER
    if "follow_up_undated" in frame:
        wrote = np.full(len(frame), NEVER, dtype=np.int8) if wrote is None else wrote
        wrote[true_in(frame["follow_up_undated"])] = UNDATED
    return wrote, late


def _episode_notes(frame: pd.DataFrame, n: np.ndarray | None = None) -> tuple[str, ...]:
    """What the reader of a result must know of the episodes behind it."""

    def sums(words: pd.Series) -> pd.Series:
        """How many of each word, the most frequent first."""
        each = pd.Series(1 if n is None else n[words.index], words.index)
        return (
            each.groupby(words.astype("object")).sum().sort_values(ascending=False, kind="stable")
        )

    frame = frame.reset_index(drop=True)
    notes = []
    if "quarantine" in frame:
        for why, left_out in sums(frame["quarantine"].replace("", None)).items():
            notes.append(f"{left_out} of the interviews left out: {why}.")
    missing = missing_in(frame["exit_day"])
    if missing is not None:
        lost = sums(frame.loc[missing, "ending"])
        words = ", ".join(f"{answered} {word}" for word, answered in lost.items())
        notes.append(f"{lost.sum()} answered on an unknown day ({words}): in no estimate of time.")
    for column, text in {
        "follow_up_undated": "followed up on an unknown day: left out where that day matters.",
        "rated_late": "rated after the answer was known: that rating is not used.",
        "implied": "known to be a yes only from the next interview, and dated on its day.",
    }.items():
        if column not in frame:
            continue
        chosen = true_in(frame[column])
        if told := int(chosen.sum() if n is None else n[chosen].sum()):
            notes.append(f"{told} of the interviews {text}")
    return tuple(notes)
