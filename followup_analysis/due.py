"""JobSearchLog -> who is owed a follow-up on a day, by which rule, and a calendar of it.

The convention owned here: the rules of the cadence. The keeper's own plan goes before any rule, and
the clock is never asked: a list is for the last day of the log, or for the day that is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .calendars import write_calendar
from .episodes import episodes
from .errors import FollowupError
from .history import spell_of
from .log import JobSearchLog, check_log, count, the_day
from .plans import coming_and_held, list_plans
from .result import Result
from .tally import tally
from .waiting import waiting
from .wording import plain_name

_THEIR_WORD = ("response", "assessment")
_MOST_LANES = 50
_DAY = pd.Timedelta(days=1)
_COLUMNS = ["lane", "application_id", "company", "role", "stage", "interview_on", "day",
            "n_follow_ups", "last_contact_on", "stated_deadline", "status", "due_on", "until",
            "days_late", "rule", "still_waiting", "n_risk", "compared_with"]  # fmt: skip


@dataclass(frozen=True, repr=False, eq=False)
class Due(Result):
    """A list of follow-ups that can be put into a calendar.

    Parameters
    ----------
    sentence, table, notes, chart, alt
        As for `Result`.
    on : pandas.Timestamp
        The day that the list is for.
    """

    on: pd.Timestamp = pd.NaT

    def to_ics(self, path: str | PathLike, *, overwrite: bool = False) -> Path:
        """Write what is due or coming as a calendar file (RFC 5545), a whole day each.

        Parameters
        ----------
        path : str or path
            Where to; it ends in ``.ics``.
        overwrite : bool
            Replace a file that is there already.

        Returns
        -------
        pathlib.Path
            Where it was written.

        Raises
        ------
        FollowupError
            When something is there already, or the library icalendar is missing.

        Notes
        -----
        The same follow-up has the same identifier in every list, so that a calendar which has it
        already moves it instead of showing it twice. What is overdue stands on the day of the list.
        """
        rows = self.table[self.table["status"] != "rest"]
        return write_calendar(rows, path, on=self.on, overwrite=overwrite)


def due(
    log: JobSearchLog,
    *,
    on: str | pd.Timestamp | None = None,
    cadence: Sequence[int] = (1, 7, 7),
    horizon: int = 30,
) -> Due:
    """List after which interviews a follow-up is owed, by which rule, and how usual the silence is.

    Parameters
    ----------
    log : JobSearchLog
        The log.
    on : date-like, optional
        The day that the list is for; the last day of the log unless given.
    cadence : sequence of int, days
        The first follow-up is due so many days after the interview; each further one the day after
        the date that the employer stated, if you have not written since, or else after so many
        days without a word. As many follow-ups are due as there are numbers.
    horizon : int, days since the interview
        After so many days nothing more is due.

    Returns
    -------
    Due
        One row per interview that is open or booked, the most urgent first: ``lane`` (of the
        picture, which has fifty), ``application_id``, ``company``, ``role``, ``stage``,
        ``interview_on``, ``day`` (since the interview),
        ``n_follow_ups``, ``last_contact_on``, ``stated_deadline``, ``status`` (due, coming or
        rest), ``due_on``, ``until`` (last day of the plan), ``days_late`` (below 0: to come),
        ``rule``; and as in `waiting`, ``still_waiting``, ``n_risk``, ``compared_with``.
        ``to_ics(path)`` writes a calendar.

    Raises
    ------
    FollowupError
        When the day, the cadence or the horizon makes no sense.

    Notes
    -----
    A plan of your own that is not done yet goes before the cadence. On a later day than the last
    of the log it is taken that booked interviews were held and nothing has come since; on an
    earlier one, only what had happened by then counts.

    Examples
    --------
    >>> import pandas as pd
    >>> log = JobSearchLog(
    ...     pd.DataFrame({"application_id": ["a"], "company": ["Quillmoor"]}),
    ...     pd.DataFrame({"application_id": ["a"], "kind": ["interview"], "date": ["2026-03-02"]}),
    ...     as_of="2026-03-05",
    ... )
    >>> due(log).table[["status", "days_late", "rule"]].values.tolist()
    [['due', 2, 'first follow-up, 1 day after the interview']]
    """
    check_log(log)
    cadence = _checked(cadence, horizon)
    then = log if on is None else _as_on(log, _a_day(on))
    day = then.as_of
    if pd.isna(day):
        raise FollowupError("the log has no dated event: say for which day, as on='2026-03-31'.")
    rows = [_row(each, day, cadence, horizon) for each in _processes(then).itertuples()]
    table = pd.DataFrame(rows, columns=_COLUMNS[1:12] + ["until", "rule"])
    table = table.astype({"due_on": "datetime64[us]", "until": "datetime64[us]"})
    table["days_late"] = (day - table["due_on"]).dt.days.astype("Int64")
    usual = waiting(then).table.set_index("application_id")
    for name in ("still_waiting", "n_risk", "compared_with"):
        table[name] = table["application_id"].map(usual[name]).where(table["day"] >= 0)
    order = table.assign(rest=table["status"] == "rest").sort_values(
        ["rest", "due_on", "interview_on"], kind="stable"
    )
    table = order.reset_index(drop=True).rename_axis("lane").reset_index()[_COLUMNS]
    drawn = (table["status"] != "rest") & (table["lane"] < _MOST_LANES)
    table["lane"] = table["lane"].astype("Int64").where(drawn)
    return Due(
        _sentence(table, day, "" if len(then.interviews()) else _why_none(log)),
        table,
        (_cadence_note(cadence, horizon), *_day_note(log, day), *tally(then).notes),
        chart="due",
        alt="A lane for each follow-up that is due or coming, by days from the day of the list; "
        "beside it, how many in 100 other interviews were still open after as long.",
        on=day,
    )


def _checked(cadence: Sequence[int], horizon: int) -> tuple[int, ...]:
    days = tuple(cadence)
    if not days or any(not isinstance(gap, int | np.integer) or gap < 0 for gap in days):
        raise FollowupError(
            f"a cadence is a list of whole days, such as (1, 7, 7), not {cadence!r}."
        )
    if horizon < 1:
        raise FollowupError(f"horizon is a number of days since the interview, not {horizon!r}.")
    return days


def _a_day(on: str | pd.Timestamp) -> pd.Timestamp:
    try:
        return the_day(on)
    except FollowupError:
        raise FollowupError(f"on is a day such as '2026-03-31', not {on!r}.") from None


def _as_on(log: JobSearchLog, day: pd.Timestamp) -> JobSearchLog:
    """Return the log as of another day: what was not done by then goes, what was booked is held."""
    events, dates = log.events, log.events["date"]
    ahead = dates > log.as_of
    events = events[events["planned"] | ahead | ~(dates > day)]
    passed = ahead & (events["kind"] == "interview") & (dates <= day)
    planned = (events["planned"] | ahead) & ~passed
    return log.replace(events=events.assign(planned=planned[events.index]), as_of=day)


def _processes(log: JobSearchLog) -> pd.DataFrame:
    """One row per interview that is open or booked, with its contacts and its next plan."""
    interviews = coming_and_held(log)
    found = episodes(log)
    trusted = found[(found["quarantine"] == "") & (found["ending"] == "open")]
    keys = ["application_id", "date"]
    known = trusted.rename(columns={"started_on": "date"})[[*keys, "n_follow_ups"]]
    interviews = interviews.merge(known, on=keys, how="left", validate="one_to_one")
    interviews = interviews.merge(_deadlines(log), on=keys, how="left", validate="one_to_one")
    words = log.done[log.done["kind"].isin(["follow_up", *_THEIR_WORD, "ghosted"])]
    spell = spell_of(interviews, words)
    gave_up = interviews.index.isin(spell[words["kind"] == "ghosted"])
    contacts = words["date"].where(words["kind"] != "ghosted").groupby(spell).max()
    last = contacts.reindex(interviews.index)
    interviews["last_contact_on"] = last.where(last.notna(), interviews["date"])
    interviews["gave_up"] = gave_up
    plans = list_plans(log)
    plans = plans[plans["status"].isin(["not done", "ahead"])].sort_values("planned_on")
    plans = plans.drop_duplicates(["application_id", "interview_on"])
    plans = plans.rename(columns={"interview_on": "date"})[[*keys, "planned_on", "until", "arm"]]
    interviews = interviews.merge(plans, on=keys, how="left", validate="one_to_one")
    applications = log.applications[["application_id", "company", "role"]]
    interviews = interviews.merge(applications, on="application_id", how="left")
    return interviews[~interviews["held"] | interviews["n_follow_ups"].notna()]


def _deadlines(log: JobSearchLog) -> pd.DataFrame:
    events = log.events[(log.events["kind"] == "interview") & log.events["date"].notna()]
    stated = events[["application_id", "date", "stated_deadline"]]
    return stated.drop_duplicates(["application_id", "date"])


def _row(each: Any, day: pd.Timestamp, cadence: tuple[int, ...], horizon: int) -> tuple:
    """Say when the next follow-up after an interview is due, and why."""
    sent = int(each.n_follow_ups) if pd.notna(each.n_follow_ups) else 0
    waited = (day - each.date).days
    until: pd.Timestamp | Any = pd.NaT
    if each.gave_up:
        due_on, rule = pd.NaT, "you gave it up"
    elif waited > horizon:
        due_on, rule = pd.NaT, f"more than {horizon} days since the interview"
    elif pd.notna(each.planned_on):
        due_on, until = each.planned_on, each.until
        rule = f"the coin: day {each.arm}" if pd.notna(each.arm) else "your own plan"
    else:
        due_on, rule = _by_cadence(each, sent, cadence)
        if due_on > each.date + horizon * _DAY:
            due_on, rule = pd.NaT, f"the next would be after more than {horizon} days"
    status = "rest" if pd.isna(due_on) else "due" if due_on <= day else "coming"
    return (
        each.application_id, each.company, each.role, each.stage, each.date, waited, sent,
        each.last_contact_on, each.stated_deadline, status, due_on, until, rule,
    )  # fmt: skip


def _by_cadence(each: Any, sent: int, cadence: tuple[int, ...]) -> tuple[pd.Timestamp | Any, str]:
    if sent >= len(cadence):
        return pd.NaT, f"{count(sent, 'follow-up')} sent: enough by the cadence"
    gap = cadence[sent]
    if sent == 0:
        rule = f"first follow-up, {count(gap, 'day')} after the interview"
        return each.date + gap * _DAY, rule
    if each.stated_deadline >= each.last_contact_on:
        return each.stated_deadline + _DAY, "the day after the date that they stated"
    return each.last_contact_on + gap * _DAY, f"{count(gap, 'day')} without a word"


def _sentence(table: pd.DataFrame, day: pd.Timestamp, why_none: str) -> str:
    if table.empty and why_none:
        return f"On {day:%Y-%m-%d} nothing is due: {why_none}."
    n = table["status"].value_counts().reindex(["due", "coming", "rest"], fill_value=0)
    held = int((table["day"] >= 0).sum())
    rest = f"{n['coming']:,} more to come, {n['rest']:,} at rest"
    if not n["due"]:
        return (
            f"On {day:%Y-%m-%d} no follow-up is due after {count(held, 'open interview')}: {rest}."
        )
    first = table.iloc[0]
    late = int(first["days_late"])
    when = f"{count(late, 'day')} late" if late else "due that day"
    share = first["still_waiting"]
    usual = f"; {100 * share:.0f} in 100 others were still open after as long" * pd.notna(share)
    return (
        f"On {day:%Y-%m-%d} a follow-up is due after {n['due']:,} of "
        f"{count(held, 'open interview')}; {rest}. Longest due: {_name(first)}, {when} "
        f"({first['rule']}{usual})."
    )


def _why_none(log: JobSearchLog) -> str:
    first = log.interviews()["date"].min()
    if pd.isna(first):
        return "there is no interview with a known day in the log"
    return f"the first interview in the log is on {first:%Y-%m-%d}"


def _name(row: pd.Series) -> str:
    return plain_name(row["company"] if pd.notna(row["company"]) else row["application_id"])


def _cadence_note(cadence: tuple[int, ...], horizon: int) -> str:
    first, *more = cadence
    again = (
        "; another the day after the date that they stated, else after "
        f"{', then '.join(count(gap, 'day') for gap in more)} without a word"
        if more
        else ""
    )
    return (
        f"The rule: a first follow-up {count(first, 'day')} after the interview{again}; at most "
        f"{len(cadence)}, and none after {horizon} days. It is custom, no more: of 650 hiring "
        "managers (CareerBuilder 2005), 26 in 100 expected a note within two days and 36 within "
        "three to five. What employers say that they expect is no evidence that it helps."
    )


def _day_note(log: JobSearchLog, day: pd.Timestamp) -> tuple[str, ...]:
    if not day > log.as_of:
        return ()
    return (
        f"The log ends on {log.as_of:%Y-%m-%d}: it is taken that nothing has come since. Bring it "
        "up to date before you write.",
    )
