"""JobSearchLog -> what was done and what came on each day: the search as a calendar.

The convention owned here: what is counted is done. Plans, interviews that are still ahead and
entries without a day are in no square.
"""

from __future__ import annotations

import pandas as pd

from .history import ANSWERS
from .log import JobSearchLog, check_log, count
from .result import Result

_KINDS = {"interview": "interviews", "follow_up": "follow_ups"}
_KINDS |= dict.fromkeys(ANSWERS, "answers")
_COUNTED = ["applications", "interviews", "follow_ups", "answers"]


def activity(log: JobSearchLog) -> Result:
    """Count for each day of the search what was done and what came.

    Parameters
    ----------
    log : JobSearchLog
        The log.

    Returns
    -------
    Result
        One row per day from the first entry to the last day of the log, quiet days among them:
        ``date``, ``week`` (0 is the first), ``weekday`` (0 is Monday), how many ``applications``,
        ``interviews``, ``follow_ups`` and ``answers``, and ``n``, all of them.

    Examples
    --------
    >>> import pandas as pd
    >>> log = JobSearchLog(
    ...     pd.DataFrame({"application_id": ["a"], "applied_on": ["2026-03-02"]}),
    ...     pd.DataFrame({
    ...         "application_id": "a",
    ...         "kind": ["interview", "follow_up"],
    ...         "date": ["2026-03-04", "2026-03-04"],
    ...     }),
    ... )
    >>> activity(log).table["n"].tolist()
    [1, 0, 2]
    """
    check_log(log)
    entries = _entries(log)
    table = _days(entries, log.as_of)
    return Result(
        _sentence(table),
        table,
        (*_undated(log), *filter(None, [log.set_aside_note()]), *log.notes),
        chart="activity",
        alt="A calendar with a square for each day, weeks side by side and Monday on top: the "
        "darker, the more happened; a dot marks the day of an interview.",
    )


def _entries(log: JobSearchLog) -> pd.DataFrame:
    """Return what has a day: its date, and the name of what it is."""
    done = log.done[["date", "kind"]]
    applied = log.applications["applied_on"].rename("date").to_frame().assign(what="applications")
    known = done.assign(what=done["kind"].map(_KINDS))[["date", "what"]]
    entries = pd.concat([applied, known], ignore_index=True).dropna()
    return entries[entries["date"] <= log.as_of]


def _days(entries: pd.DataFrame, as_of: pd.Timestamp | None) -> pd.DataFrame:
    counts = pd.crosstab(entries["date"], entries["what"]).reindex(columns=_COUNTED, fill_value=0)
    if len(counts):
        counts = counts.reindex(pd.date_range(counts.index.min(), as_of), fill_value=0)
    days = pd.DatetimeIndex(counts.index)
    start = days[:1] - pd.to_timedelta(days[:1].day_of_week, unit="D")
    week = (days - start[0]).days // 7 if len(days) else []
    table = pd.DataFrame({"date": days, "week": week, "weekday": days.day_of_week})
    table[_COUNTED] = counts.to_numpy()
    return table.assign(n=counts.sum(axis=1).to_numpy())


def _sentence(table: pd.DataFrame) -> str:
    busy = table[table["n"] > 0]
    if busy.empty:
        return "Nothing in the log has a day."
    total = table[_COUNTED].sum()
    pause = int(busy["date"].diff().dt.days.max()) - 1 if len(busy) > 1 else 0
    calm = f"; the longest pause was {count(pause, 'day')}" if pause > 0 else ""
    told = ", ".join(
        count(int(total[name]), word)
        for name, word in zip(
            _COUNTED, ("application", "interview", "follow-up", "answer"), strict=True
        )
    )
    first, last = table["date"].iloc[0], table["date"].iloc[-1]
    return (
        f"{first:%Y-%m-%d} to {last:%Y-%m-%d}: {told}, on {count(len(busy), 'day')} of "
        f"{len(table):,}{calm}."
    )


def _undated(log: JobSearchLog) -> tuple[str, ...]:
    lost = int(log.applications["applied_on"].isna().sum())
    lost += int((log.done["date"].isna() & log.done["kind"].isin(list(_KINDS))).sum())
    word = "entry" if lost == 1 else "entries"
    return (f"{lost:,} {word} without a day: in no square.",) if lost else ()
