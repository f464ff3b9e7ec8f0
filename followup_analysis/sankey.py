"""JobSearchLog -> how many applications went which way, from round to round to how they ended.

The convention owned here: each application takes one way, and ends once. An offer is its end
whatever came after; else the latest answer that its last interview did not outlive is.
"""

from __future__ import annotations

import pandas as pd

from .history import ANSWERS
from .log import JobSearchLog, check_log, count
from .result import Result

_START = "Applications"
_OFFER, _AHEAD, _WITHDRAWN, _REJECTED, _SILENT = _ENDS = (
    "Offer",
    "Interview ahead",
    "Withdrawn",
    "Rejected",
    "No answer",
)
_END_OF = {
    "advance": _AHEAD,
    "offer": _OFFER,
    "rejection": _REJECTED,
    "closed": _REJECTED,
    "withdrawal": _WITHDRAWN,
}
_STRENGTH = {"advance": 0, "offer": 2}  # of the other answers, the latest counts


def sankey(log: JobSearchLog) -> Result:
    """Count the ways of the applications: interview after interview, and how they ended.

    Parameters
    ----------
    log : JobSearchLog
        The log.

    Returns
    -------
    Result
        One row per step: ``source``, ``target`` and ``n``. What comes to a round of interviews
        also leaves it, and all applications are found again in the ends: Offer, Interview ahead
        (invited, not held yet), Withdrawn, Rejected and No answer.

    Examples
    --------
    >>> import pandas as pd
    >>> log = JobSearchLog(
    ...     pd.DataFrame({"application_id": ["a", "b"]}),
    ...     pd.DataFrame({
    ...         "application_id": "a",
    ...         "kind": ["interview", "offer"],
    ...         "date": ["2026-03-02", "2026-03-10"],
    ...     }),
    ... )
    >>> sankey(log).table.values.tolist()
    [['Applications', '1st interview', 1], ['Applications', 'No answer', 1], \
['1st interview', 'Offer', 1]]
    """
    check_log(log)
    rounds = _rounds(log)
    ends = _ends(log, rounds)
    table = _steps(rounds, ends)
    return Result(
        _sentence(log, rounds, ends),
        table,
        _notes(log),
        chart="sankey",
        alt="Ribbons, as wide as their counts, lead from all applications through the rounds of "
        "interviews to how they ended.",
    )


def sankey_text(log: JobSearchLog) -> str:
    """Write the ways of the applications in the notation of SankeyMATIC.

    Parameters
    ----------
    log : JobSearchLog
        The log.

    Returns
    -------
    str
        One line per step of `sankey`. Nothing in it comes from the log but the counts.

    Examples
    --------
    >>> import followup_analysis as fa
    >>> print(fa.sankey_text(fa.simulate_log(60, seed=1)))
    Applications [60] 1st interview
    1st interview [20] Offer
    1st interview [27] Rejected
    1st interview [13] No answer
    """
    steps = sankey(log).table.itertuples(index=False)
    return "\n".join(f"{step.source} [{step.n}] {step.target}" for step in steps)


def _rounds(log: JobSearchLog) -> pd.DataFrame:
    """Return per application how many rounds of interviews there were, and the last known day."""
    done = log.done
    held = done[done["kind"] == "interview"]
    # Interviews of one day are one round; without a day, their stages tell them apart.
    stage = held["detail"].where(held["date"].isna())
    held = held.assign(stage=stage).drop_duplicates(["application_id", "date", "stage"])
    found = held.groupby("application_id")["date"].agg(["size", "max"])
    found = found.set_axis(["n", "last"], axis=1).reindex(log.applications["application_id"])
    return found.assign(n=found["n"].fillna(0).astype("int64"))


def _ends(log: JobSearchLog, rounds: pd.DataFrame) -> pd.Series:
    """Return per application how it ended."""
    done = log.done
    given = done[done["kind"].isin(list(ANSWERS))].join(rounds, on="application_id")
    invited, offered = given["kind"] == "advance", given["kind"] == "offer"
    never, later = given["n"] == 0, given["date"] > given["last"]
    # An invitation without a day may be the one to an interview that was held.
    holds = ~invited & ~(given["date"] < given["last"])
    given = given[never | later | offered | holds]
    given = given.assign(strength=given["kind"].map(_STRENGTH).fillna(1))
    given = given.sort_values(["strength", "date"], kind="stable", na_position="last")
    kind = given.groupby("application_id")["kind"].last().reindex(rounds.index)
    booked = log.events[(log.events["kind"] == "interview") & (log.events["date"] > log.as_of)]
    ahead = kind.isna() & rounds.index.isin(booked["application_id"])
    return kind.map(_END_OF).mask(ahead, _AHEAD).fillna(_SILENT)


def _steps(rounds: pd.DataFrame, ends: pd.Series) -> pd.DataFrame:
    n_rounds = rounds["n"].to_numpy()
    steps = []
    for k in range(n_rounds.max(initial=-1) + 1):
        steps.append((_stop(k), _stop(k + 1), int((n_rounds > k).sum())))
        here = ends[n_rounds == k].value_counts()
        steps += [(_stop(k), end, int(here.get(end, 0))) for end in _ENDS]
    table = pd.DataFrame(steps, columns=["source", "target", "n"])
    table = table.astype({"source": "str", "target": "str", "n": "int64"})
    return table[table["n"] > 0].reset_index(drop=True)


def _stop(k: int) -> str:
    """Name a place on the way: the applications, then the rounds of interviews."""
    if k == 0:
        return _START
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(k % 10 if k % 100 not in (11, 12, 13) else 0, "th")
    return f"{k}{suffix} interview"


def _sentence(log: JobSearchLog, rounds: pd.DataFrame, ends: pd.Series) -> str:
    n = len(rounds)
    if not n:
        return "There is no application in the log."
    met = int((rounds["n"] > 0).sum())
    number = ends.value_counts().reindex(list(_ENDS), fill_value=0)
    ahead = f", {number[_AHEAD]} to an interview that is still ahead" if number[_AHEAD] else ""
    gone = f", {number[_WITHDRAWN]} withdrawn" if number[_WITHDRAWN] else ""
    day = "" if pd.isna(log.as_of) else f" by {log.as_of:%Y-%m-%d}"
    return (
        f"{count(n, 'application')}: {met:,} led to an interview, {number[_OFFER]:,} to an offer"
        f"{ahead}; {number[_REJECTED]:,} rejected{gone}, "
        f"{number[_SILENT]:,} without an answer{day}."
    )


def _notes(log: JobSearchLog) -> tuple[str, ...]:
    undated = int(log.applications["applied_on"].isna().sum())
    saved = (
        f"{count(undated, 'application')} without a day of application: jobs that were only saved "
        "would be counted too."
        if undated
        else None
    )
    return tuple(filter(None, [log.set_aside_note(), saved, *log.notes]))
