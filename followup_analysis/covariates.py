"""What was known at the start -> patterns of a tally, and their columns of a design.

The convention owned here: how what was known at the start enters a model. `went_well` counts from
3; words become one term for each but the most frequent; what is measured finely becomes five groups
of about equal size; what is missing is a level of its own; people get a shrunken term each;
`deadline_day` becomes "the stated deadline has passed", which changes from day to day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from .episodes import episodes
from .errors import FollowupError
from .log import JobSearchLog
from .sources import columns_of
from .tally import Tally, tally

KNOWN_AT_START = ("went_well", "stage", "role_family", "deadline_day")
_MOST_VALUES = 10  # of a number, before it is cut into groups: each value is a pattern
_GROUPS = 5
_SELDOM = 5  # levels with fewer episodes share one term
_MOST_PEOPLE = 1000  # more of them are left to the spread of the clusters


@dataclass(frozen=True)
class Terms:
    """What was known at the start, as columns of a design.

    Parameters
    ----------
    names : tuple of str
        One for each column.
    values : numpy.ndarray of shape (patterns, days, terms)
        The columns.
    person : numpy.ndarray of shape (patterns,), optional
        Number of the person, where each has a shrunken term.
    """

    names: tuple[str, ...]
    values: np.ndarray
    person: np.ndarray | None = None

    @property
    def alike(self) -> tuple[str, ...]:
        """What interviews are made alike in, in words."""
        return self.names if self.person is None else (*self.names, "person")


def tally_for_model(
    source: JobSearchLog | pd.DataFrame | Tally,
    adjust: str | Sequence[str] | None = None,
    withdrawn: Literal["compete", "censor"] = "compete",
    *,
    companies: bool = True,
    people: bool = False,
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
    companies : bool
        Whether companies are kept apart, to be drawn whole, where the log is of one person; the
        people of a log of several always are.
    people : bool
        Whether people, if there are several but not too many, are to be made alike too.

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
    adjust = [adjust] if isinstance(adjust, str) else adjust
    if isinstance(source, JobSearchLog):
        source = episodes(source)
    cluster = cluster_of(source, companies=companies)
    if not isinstance(source, (pd.DataFrame, Tally)):
        known = columns_of(source)
        by = [name for name in KNOWN_AT_START if name in known] if adjust is None else list(adjust)
        source, cluster = tally(source, by=by, cluster=cluster), None
    if adjust is None:
        known = source.patterns if isinstance(source, Tally) else source
        found = [name for name in KNOWN_AT_START if name in known]
        adjust = [name for name in found if known[name].nunique(dropna=False) > 1]
    if isinstance(source, pd.DataFrame):
        source = _in_groups(source, adjust)
    if people and "person" not in adjust and 1 < _n_people(source) <= _MOST_PEOPLE:
        adjust = [*adjust, "person"]
    counts = tally(source, by=list(adjust), cluster=cluster)
    if withdrawn == "censor":
        counts = replace(counts, ending=np.where(counts.ending == 3, 0, counts.ending))
    return counts


def cluster_of(source: Any, *, companies: bool) -> str | None:
    """Column of those whose interviews may resemble each other: people, or else companies.

    Parameters
    ----------
    source : pandas.DataFrame, Tally, or episodes elsewhere
        A tally has its clusters, or none.
    companies : bool
        Whether companies are looked for where there are no people.

    Returns
    -------
    str or None
    """
    if isinstance(source, Tally):
        return None
    if isinstance(source, pd.DataFrame):
        names = [name for name in source if name != "person" or _n_people(source) > 1]
    else:
        names = columns_of(source)
    wanted = ("person", "company") if companies else ("person",)
    return next((name for name in wanted if name in names), None)


def tally_of_people(source: Any, by: Sequence[str] = ()) -> Tally:
    """Count alike episodes, those of each person together unless people are kept apart."""
    if isinstance(source, JobSearchLog):
        source = episodes(source)
    cluster = None if "person" in by else cluster_of(source, companies=False)
    return tally(source, by=by, cluster=cluster)


def _in_groups(frame: pd.DataFrame, adjust: Sequence[str]) -> pd.DataFrame:
    """Put the median of its group in the place of each number that is measured finely."""
    cut, notes = {}, []
    for name in adjust:
        values = frame.get(name)
        fine = values is not None and pd.api.types.is_numeric_dtype(values)
        if fine and name != "deadline_day" and values.nunique() > _MOST_VALUES:
            number = values.astype(float)
            groups, edges = pd.qcut(number, _GROUPS, retbins=True, labels=False, duplicates="drop")
            cut[name] = number.groupby(groups).transform("median")
            shown = ", ".join(f"{edge:.4g}" for edge in edges[1:-1])
            notes.append(f"{name} was cut into groups of about equal size, at {shown}.")
    if not cut:
        return frame
    out = frame.assign(**cut)
    out.attrs["notes"] = (*frame.attrs.get("notes", ()), *notes)
    return out


def _n_people(source: pd.DataFrame | Tally) -> int:
    known = source.patterns if isinstance(source, Tally) else source
    return known["person"].nunique() if "person" in known else 0


def terms_of(
    patterns: pd.DataFrame, n_start: np.ndarray, days: int, *, people: bool = False
) -> Terms:
    """Code the patterns of a tally as columns of a design.

    Parameters
    ----------
    patterns : pandas.DataFrame
        The patterns of a tally.
    n_start : numpy.ndarray of shape (patterns,)
        Episodes of each, by which the most frequent level is found.
    days : int
        Number of days.
    people : bool
        Whether each person gets a term that is shrunken more than others.

    Returns
    -------
    Terms
        Columns that do not vary are left out.
    """
    names: list[str] = []
    columns: list[np.ndarray] = []
    person = None
    for name in patterns:
        if people and name == "person":
            person, _ = pd.factorize(patterns[name], use_na_sentinel=False)
            continue
        coded = _coded(patterns[name], n_start, days)
        for label, column in coded.items():
            names.append(f"{name} {label}".strip())
            columns.append(np.broadcast_to(column, (len(patterns), days)))
    kept = [i for i, column in enumerate(columns) if column.size and np.ptp(column) > 0]
    values = (
        np.stack([columns[i] for i in kept], axis=-1)
        if kept
        else np.zeros((len(patterns), days, 0))
    )
    return Terms(tuple(names[i] for i in kept), values, person)


def _coded(values: pd.Series, n_start: np.ndarray, days: int) -> dict[str, np.ndarray]:
    missing = values.isna().to_numpy()
    if missing.all():  # in all of them alike
        return {}
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
