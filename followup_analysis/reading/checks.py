"""Dates that contradict each other, or the last day of the log -> problems, not numbers.

The convention owned here: what is done about a date that cannot be right. What happened stays in
the log where it can; only its date goes.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..history import ANSWERS
from .occurrences import DAYS, FAR, NOT_A_DAY, Events, earliest, some
from .problems import UNDATED, VALUE_ASIDE, Findings

_NO_APPLIED = "the day of the application is set aside"


def mark_booked(events: Events, applied: np.ndarray, as_of: pd.Timestamp | None) -> None:
    """Turn booked interviews that lie after the last day of the log into plans."""
    booked, day = events["booked"], events["date"]
    if not booked.any():
        return
    known = np.concatenate([day[~booked & ~events["planned"]], applied])
    known = known[~np.isnat(known)]
    last = known.max() if len(known) else NOT_A_DAY
    if as_of is not None:
        last = np.datetime64(as_of, "D")
    events["planned"] |= booked & ~(day <= last)


def check_as_of(events: Events, as_of: pd.Timestamp | None, findings: Findings) -> Events:
    """Report what is said to have been done after the last day; return the other events.

    An interview that lies ahead can only be booked: it becomes a plan.
    """
    if as_of is None:
        return events
    late = ~events["planned"] & (events["date"] > np.datetime64(as_of, "D"))
    booked = late & (events["kind"] == findings.labels.code("interview"))
    findings.events(some(events, booked), "after_as_of", "read as booked, not as held")
    findings.events(some(events, late & ~booked), "after_as_of", VALUE_ASIDE)
    events["planned"] |= booked
    return some(events, ~late | booked)


def check_ratings(events: Events, findings: Findings) -> None:
    """Report ratings of interviews that were written down after the answer was known."""
    labels = findings.labels
    answers = labels.are(events["kind"], ANSWERS) & ~np.isnat(events["date"])
    rated = (events["kind"] == labels.code("interview")) & ~np.isnat(events["date"])
    rated &= ~np.isnat(events["rated_on"])
    if not rated.any() or not answers.any():
        return
    known = np.sort(_keys(events, "date", answers))
    place = np.searchsorted(known, _keys(events, "date", rated))
    next_answer = np.append(known, np.int64(2**62))[place]
    written = _keys(events, "rated_on", rated)
    late = np.zeros(len(rated), dtype=bool)
    late[np.flatnonzero(rated)] = (written > next_answer) & (written // DAYS == next_answer // DAYS)
    findings.events(some(events, late), "rated_after_answer", "kept, with the day of the rating")


def _keys(events: Events, name: str, which: np.ndarray) -> np.ndarray:
    """Return application and day as one number."""
    return events["app"][which] * DAYS + events[name][which].astype(np.int64)


def check_order(events: Events, applied: np.ndarray, findings: Findings) -> None:
    """Report interviews before the application, and answers before either.

    The dates of the answers, and the days of application, are taken out of what is given.
    """
    app, day = events["app"], events["date"]
    done = ~events["planned"] & ~np.isnat(day)
    held = np.flatnonzero(done & findings.labels.are(events["kind"], ["interview"]))
    before = held[day[held] < applied[app[held]]]
    findings.events(some(events, before), "before_application", _NO_APPLIED)
    applied[app[before]] = NOT_A_DAY

    answers = np.flatnonzero(done & findings.labels.are(events["kind"], ANSWERS))
    early = day[answers] < applied[app[answers]]
    findings.events(some(events, answers[early]), "before_application", UNDATED)
    first = earliest(app[held], day[held], len(applied))
    final = findings.labels.are(events["kind"][answers], [a for a in ANSWERS if a != "advance"])
    met = first[app[answers]] < FAR
    unasked = final & met & (day[answers] < first[app[answers]]) & ~early
    findings.events(some(events, answers[unasked]), "before_interview", UNDATED)
    day[answers[early | unasked]] = NOT_A_DAY
