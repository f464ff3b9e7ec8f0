"""JobSearchLog -> a lane per interview: when you wrote, what came of it, what is still open.

The convention owned here: a lane ends with its answer, or goes on to the last day of the log;
contacts after the answer are kept, since they happened.
"""

from __future__ import annotations

import pandas as pd

from .episodes import episodes
from .history import spell_of
from .log import JobSearchLog, check_log, count
from .result import Result
from .tally import tally


def timeline(log: JobSearchLog) -> Result:
    """Show every interview as a lane in days: follow-ups by channel, the answer, or still open.

    Parameters
    ----------
    log : JobSearchLog
        The log.

    Returns
    -------
    Result
        One row per mark: ``lane`` (0 is the longest wait), ``label`` (company and stage),
        ``day`` since the interview, ``mark`` (ending, follow_up or planned) and ``detail`` (which
        ending, or which channel). Interviews with an answer on an unknown day have no lane.

    Examples
    --------
    >>> import pandas as pd
    >>> log = JobSearchLog(
    ...     pd.DataFrame({"application_id": ["a"], "company": ["Quillmoor"]}),
    ...     pd.DataFrame({
    ...         "application_id": "a", "detail": ["final", "call", None],
    ...         "kind": ["interview", "follow_up", "offer"],
    ...         "date": ["2026-03-02", "2026-03-04", "2026-03-10"],
    ...     }),
    ... )
    >>> timeline(log).table.values.tolist()
    [[0, 'Quillmoor, final', 2, 'follow_up', 'call'], [0, 'Quillmoor, final', 8, 'ending', 'yes']]
    """
    check_log(log)
    found = episodes(log)
    lanes = found[found["exit_day"].notna() & (found["quarantine"] == "")]
    lanes = lanes.sort_values("exit_day", ascending=False, kind="stable").reset_index(drop=True)
    lanes = lanes.assign(lane=lanes.index, label=_labels(lanes))
    detail = lanes["ending"].astype("str")
    endings = lanes.assign(day=lanes["exit_day"], mark="ending", detail=detail)
    marks = pd.concat([_contacts(log, lanes), endings[_COLUMNS]], ignore_index=True)
    table = marks.sort_values(["lane", "day"], kind="stable", ignore_index=True)
    return Result(
        _sentence(lanes),
        table.astype({"day": "int64"}),
        tally(log).notes,
        chart="timeline",
        alt="A horizontal lane for each interview, with a mark for each follow-up and for the "
        "answer; lanes without an answer end in an arrow.",
    )


_COLUMNS = ["lane", "label", "day", "mark", "detail"]


def _contacts(log: JobSearchLog, lanes: pd.DataFrame) -> pd.DataFrame:
    events = log.events
    contacts = events[(events["kind"] == "follow_up") & events["date"].notna()]
    starts = lanes.rename(columns={"started_on": "date"})[["application_id", "date"]]
    contacts = contacts.assign(lane=spell_of(starts, contacts))
    contacts = contacts[contacts["lane"] >= 0]
    start = lanes["started_on"].reindex(contacts["lane"]).to_numpy()
    ahead = contacts["planned"] | (contacts["date"] > log.as_of)
    return pd.DataFrame(
        {
            "lane": contacts["lane"],
            "label": lanes["label"].reindex(contacts["lane"]).to_numpy(),
            "day": (contacts["date"] - start).dt.days,
            "mark": ahead.map({True: "planned", False: "follow_up"}),
            "detail": contacts["detail"].fillna("not recorded"),
        },
        columns=_COLUMNS,
    )


def _labels(lanes: pd.DataFrame) -> pd.Series:
    company = lanes["company"].fillna(lanes["application_id"])
    return company + ", " + lanes["stage"].fillna("interview")


def _sentence(lanes: pd.DataFrame) -> str:
    n = len(lanes)
    if not n:
        return "There is no interview with a known day in the log."
    wrote = int(lanes["n_follow_ups"].gt(0).sum())
    before = lanes["follow_up_day"].notna() & (
        (lanes["follow_up_day"] < lanes["exit_day"]) | (lanes["ending"] == "open")
    )
    ended = lanes["ending"].value_counts()
    return (
        f"{count(n, 'interview')}: you followed up after {wrote:,}, "
        f"{count(int(before.sum()), 'time')} before there was an answer; {ended['yes']:,} yes, "
        f"{ended['no']:,} no, {ended['withdrawn']:,} withdrawn, {ended['open']:,} still open."
    )
