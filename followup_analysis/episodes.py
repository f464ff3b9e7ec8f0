"""JobSearchLog -> episodes: one row per interview (or application), in whole days since it.

The convention owned here: day 0 is the day of the interview; after this module there are days and
no dates. An open episode lasts to the last day of the log.
"""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd

from .errors import FollowupError
from .histories import episodes_elsewhere
from .history import ANSWERS, ENDINGS, QUARANTINE, trace
from .log import JobSearchLog
from .sources import is_elsewhere

# An application is answered with a yes by the interview that it leads to.
_APPLICATION_ANSWERS = {**ANSWERS, "interview": "yes"}
_NOT_CARRIED = ["contact", "status", "notes", "applied_on"]


def episodes(
    log: JobSearchLog | Any,
    *,
    since: Literal["interview", "application"] = "interview",
    as_of: str | pd.Timestamp | None = None,
) -> Any:
    """Turn a log into episodes: from each interview to its answer, or to the last day of the log.

    Parameters
    ----------
    log : JobSearchLog, or events elsewhere
        The log; or its events, one row each, as a DuckDB relation, a Spark DataFrame, or the path
        or glob of Parquet or CSV files (the extra ``scale``), with the columns of ``log.events``
        and any others. The others are taken from the interview's row.
    since : {"interview", "application"}
        What starts an episode. From the application on, the yes is an interview.
    as_of : date-like, optional
        With events elsewhere: the last day on which an answer would have been written down. A log
        has its own.

    Returns
    -------
    pandas.DataFrame, DuckDB relation or Spark DataFrame
        One row per episode: what was known when it started (``person``, ``company``, ``stage``,
        ``role_family``, ``went_well``, ``n_finalists``, ``deadline_day``, ...) and

        - ``follow_up_day`` : day of the candidate's first follow-up; missing if there was none or
          its day is not known (``follow_up_undated``). It may lie after the answer.
        - ``exit_day`` : day of the answer, or of the last day of the log; missing where an answer
          has no date.
        - ``earliest_exit_day`` : the same, except where the answer is known only from the next
          interview (``implied``): there the last day on which the episode was surely open.
        - ``ending`` : yes, no, withdrawn or open.
        - ``quarantine`` : why the row enters no estimate; empty if it does.

    Raises
    ------
    FollowupError
        When `since` is something else; when events elsewhere come without `as_of`, or hold a kind
        or a date that is none.
    ColumnError
        When a column of the events is not there.

    Notes
    -----
    Only the first follow-up is the exposure; ``n_follow_ups`` counts all. A follow-up on the day
    of the answer counts as not before it, unless both have a clock time that shows it was: then
    it is counted on the day before. "Ghosted" ends nothing. A rating written down after the
    answer is not used (``rated_late``).

    Events elsewhere become episodes there, which `tally` counts there; nothing is brought here.
    Rows of an engine have no order: of several events of one kind on one day, the one with the
    lowest ``line`` counts, and without that column the one whose words come first.

    Examples
    --------
    >>> import pandas as pd
    >>> log = JobSearchLog(
    ...     pd.DataFrame({"application_id": ["a"], "company": ["Quillmoor"]}),
    ...     pd.DataFrame({
    ...         "application_id": "a",
    ...         "kind": ["interview", "follow_up", "offer"],
    ...         "date": ["2026-03-02", "2026-03-04", "2026-03-10"],
    ...     }),
    ... )
    >>> episodes(log)[["follow_up_day", "exit_day", "ending"]].to_string(index=False).split()[-3:]
    ['2', '8', 'yes']
    """
    if is_elsewhere(log):
        if since != "interview":
            raise FollowupError("events elsewhere become episodes since the interview only.")
        return episodes_elsewhere(log, as_of)
    if not isinstance(log, JobSearchLog):
        raise FollowupError(f"episodes are made of a log, not of a {type(log).__name__}.")
    if as_of is not None:
        raise FollowupError("a log has its own last day: fa.episodes(log.replace(as_of=...)).")
    found = _started(log, since)
    days = _in_days(found, log.as_of)
    carried = log.applications.drop(columns=_NOT_CARRIED)
    out = carried.merge(days, on="application_id", how="right", validate="one_to_many")
    out = out.astype({"ending": pd.CategoricalDtype(list(ENDINGS))})
    out.attrs["notes"] = tuple(filter(None, [log.set_aside_note(), *log.notes]))
    return out


def _started(log: JobSearchLog, since: str) -> pd.DataFrame:
    if since == "interview":
        return log.interviews()
    if since != "application":
        raise FollowupError(f"since is 'interview' or 'application', not {since!r}.")
    applied = log.applications[["application_id", "applied_on"]]
    starts = applied.rename(columns={"applied_on": "date"}).dropna()
    return trace(starts[starts["date"] <= log.as_of], log.done, _APPLICATION_ANSWERS)


def _in_days(found: pd.DataFrame, as_of: pd.Timestamp | None) -> pd.DataFrame:
    start, is_open = found["date"], found["ending"] == "open"
    out = found[["application_id"]].copy()
    out["started_on"] = start
    for known in ("stage", "went_well", "n_finalists"):
        if known in found:
            out[known] = found[known]
    if "went_well" in found:
        out["rated_late"] = (found["rated_on"] > found["ended_on"]).astype(bool)
        out["went_well"] = out["went_well"].mask(out["rated_late"])
        out["deadline_day"] = _days_between(start, found["stated_deadline"])

    first = _days_between(start, found["followed_up_on"])
    out["exit_day"] = _days_between(start, found["ended_on"].mask(is_open, as_of))
    shown_before = found["wrote_first"] & (out["exit_day"] > 0)
    out["follow_up_day"] = first.mask(shown_before, out["exit_day"] - 1)
    last_sign = _days_between(start, found["last_sign"])
    out["earliest_exit_day"] = out["exit_day"].mask(found["implied"], last_sign)
    kept = ["follow_up_undated", "channel", "content", "n_follow_ups", "ending", "implied"]
    out[kept] = found[kept]
    out["quarantine"] = _quarantine(found)
    return out


def _quarantine(found: pd.DataFrame) -> pd.Series:
    """Say why a row cannot be trusted; nothing is dropped, only kept out of the estimates."""
    why = pd.Series("", found.index, dtype="str")
    for column, reason in QUARANTINE.items():
        why = why.mask(found[column], reason)
    return why


def _days_between(start: pd.Series, end: pd.Series) -> pd.Series:
    return (end - start).dt.days.astype("Int64")
