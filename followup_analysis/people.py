"""JobSearchLog of many people -> a row for each: whose search waits for an answer, and how long.

The convention owned here: nobody is named unless asked, and nobody is ranked by success: so few
interviews each would make that chance.
"""

from __future__ import annotations

import pandas as pd

from .due import due
from .episodes import episodes
from .history import ENDINGS
from .log import JobSearchLog, check_log, count
from .result import Result
from .tally import tally

_NOBODY = "not recorded"


def people(log: JobSearchLog, *, names: bool = False) -> Result:
    """Count for each person the interviews, what came of them and what is open.

    Parameters
    ----------
    log : JobSearchLog
        The log, with a column ``person``.
    names : bool
        Say who they are; otherwise they are numbered as they first occur in the log.

    Returns
    -------
    Result
        One row per person, those who owe most follow-ups first: ``person``, ``applications``,
        ``interviews``, ``followed_up`` (before there was an answer), ``yes``, ``no``,
        ``withdrawn``, ``open``, ``due`` (follow-ups owed on the last day of the log, as `due` has
        it), and ``longest_silence`` (days waited in an open interview; missing where none is).

    Examples
    --------
    >>> import followup_analysis as fa
    >>> centre = fa.people(fa.load_sample("career_centre"))
    >>> len(centre.table)
    300
    >>> centre.table["person"].str.split().str[0].unique().tolist()
    ['person']
    """
    check_log(log)
    table = _count(log)
    if not names:
        numbers = "person " + pd.Series(range(1, len(table) + 1)).astype("str")
        table = table.assign(person=numbers.where(table["person"] != _NOBODY, _NOBODY))
    urgent = ["due", "longest_silence"]
    table = table.sort_values(urgent, ascending=False, kind="stable", ignore_index=True)
    return Result(
        _sentence(table),
        table,
        (
            "Those who owe most follow-ups stand first. It is no ranking: with so few interviews "
            "each, who got more of a yes is mostly chance.",
            *tally(log).notes,
        ),
        chart="people",
        alt="A bar for each person, as long as their interviews, parted into yes, no, withdrawn "
        "and still open.",
    )


def _count(log: JobSearchLog) -> pd.DataFrame:
    """Return the counts in the order in which the people first occur; unnamed ones are together."""
    whose = log.applications.set_index("application_id")["person"].fillna(_NOBODY)
    found = episodes(log)
    found = found[found["quarantine"] == ""]
    found = found.assign(
        person=found["person"].fillna(_NOBODY),
        wrote=(found["follow_up_day"] < found["exit_day"]).fillna(False).astype(bool),
        silence=found["exit_day"].where(found["ending"] == "open"),
    )
    ended = pd.crosstab(found["person"], found["ending"])
    by_person = found.groupby("person")
    table = pd.DataFrame(
        {
            "applications": whose.value_counts(),
            "interviews": by_person.size(),
            "followed_up": by_person["wrote"].sum(),
            **{ending: ended.get(ending) for ending in (*ENDINGS[1:], "open")},
        }
    )
    table["due"] = _owed(log).map(whose).value_counts()
    table = table.reindex(whose.unique()).fillna(0).astype("int64")
    table["longest_silence"] = by_person["silence"].max().reindex(whose.unique()).astype("Int64")
    return table.rename_axis("person").reset_index()


def _owed(log: JobSearchLog) -> pd.Series:
    """Return the application of each follow-up that is due."""
    if pd.isna(log.as_of):
        return pd.Series(dtype="str")
    listed = due(log).table
    return listed.loc[listed["status"] == "due", "application_id"]


def _sentence(table: pd.DataFrame) -> str:
    n, held, n_wait = len(table), int(table["interviews"].sum()), int((table["open"] > 0).sum())
    owing = int((table["due"] > 0).sum())
    begin = f"{n:,} {'person' if n == 1 else 'people'}, {count(held, 'interview')}"
    if not n_wait:
        return f"{begin}; none is open."
    return (
        f"{begin}; {n_wait:,} {'waits' if n_wait == 1 else 'wait'} for an answer, the longest for "
        f"{count(int(table['longest_silence'].max()), 'day')}. {owing:,} "
        f"{'owes' if owing == 1 else 'owe'} a follow-up, {int(table['due'].sum()):,} in all."
    )
