"""Rows with several columns of dates -> events.

The convention owned here: what the status of a row adds to its dates. A status is the last thing
that is known, not a history: it tells of an event only where no date of the row tells of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..history import ANSWERS
from .cells import SCALES, Cells, Days
from .headers import normalise, understand
from .labels import NO_NUMBER, chosen, filled_in, none_of
from .occurrences import NOT_A_DAY, Occurrences
from .problems import UNDATED, VALUE_ASIDE
from .responses import are_answers, tell_responses
from .sheets import Column
from .understood import Group, Table
from .vocabulary import ENDINGS, NOTHING
from .words import Sense, plain

# Columns of dates of the application: field -> the event.
_DATED = {
    "first_response_on": Sense("response"),
    "advance_on": Sense("advance"),
    "assessment_on": Sense("assessment"),
    "offer_on": Sense("offer"),
    "accepted_on": Sense("offer", "accepted"),
    "declined_on": Sense("offer", "declined"),
    "rejected_on": Sense("rejection"),
    "withdrawn_on": Sense("withdrawal"),
    "closed_on": Sense("closed"),
    "ghosted_on": Sense("ghosted"),
}
_NO_EVENT = ("applied", "saved", "nothing", "rating", "elsewhere", "booked")
# What a tick means in a column that asks a question.
_TICKED = {
    "selected for interview": Sense("advance"),
    "offer": Sense("offer"),
    "job offer": Sense("offer"),
    "interview": Sense("interview"),
    "response": Sense("response"),
    "reply": Sense("response"),
}
# What came of one interview.
_RESULTS = {
    **dict.fromkeys(("no", "n"), "rejected"),
    **dict.fromkeys(("yes", "y"), "advanced"),
    **dict.fromkeys(
        ("second round", "2nd round", "third round", "3rd round", "final round", "next round",
         "second interview", "2nd interview", "third interview", "3rd interview", "next interview",
         "final interview"),
        "advanced",
    ),
}  # fmt: skip
_IS_THE_INTERVIEW = ("interview", "interviewed", "interview done", "interview held",
                     "interview completed")  # fmt: skip
# In a list of interviews this is said of the interview, not of the job.
_NOT_HELD = ("cancelled", "canceled", "rescheduled", "postponed", "no show", "not held", "missed")
# Said beside a date, in its cell: it is no day on which something was done.
_NOT_DONE = re.compile(
    rf"\b(?:{'|'.join(_NOT_HELD)}|tbd|tba|scheduled|planned|tentative|upcoming|booked)\b"
)
_NOT_READ = "kept as text, read as no event"


@dataclass(eq=False)
class Wide:
    """Reads a table of applications, interviews or follow-ups into events."""

    table: Table
    apps: np.ndarray  # the application of each row; -1 where the row is set aside
    cells: Cells
    events: Occurrences

    def __post_init__(self) -> None:
        self.here = self.apps >= 0
        self.of_interviews = self.table.role == "interviews"
        if self.of_interviews:
            self.table.words = {**dict.fromkeys(_NOT_HELD, "on hold"), **self.table.words}
        self.statuses = self._statuses()

    def read_dates(self) -> None:
        """Add the events of all columns of dates."""
        for group in self.table.groups:
            if group.kind == "interview":
                self._read_interview(group)
            else:
                self._read_follow_up(group)
        for name, sense in _DATED.items():
            for column in self.table.fields.get(name, []):
                if column is self.table.responses:
                    continue  # read with the statuses, which say what it is
                detail = sense.detail or self._offer_detail(sense)
                days = self.cells.days(self.table, column)
                self._add(column, days, days.happened, kind=sense.kind, detail=detail)

    def read_statuses(self) -> np.ndarray:
        """Add what the statuses tell beyond all dates; return the rows only saved."""
        saved = np.zeros(len(self.here), dtype=bool)
        said_on, answered_on = self._answered_on()
        for column, senses in self.statuses:
            saved |= self._read_status(column, senses, said_on, answered_on)
        for group in self.table.groups:
            if "interview_result" in group.parts:
                self._read_result(group)
        return saved & self.here

    def _add(
        self, column: Column, days: Days | None, which: np.ndarray, kind: str, **more: object
    ) -> None:
        """Add an event for each row of a mask; arrays hold one value for each row of the table."""
        rows = np.flatnonzero(which & self.here)
        values = {"date": days.day, "clock": days.clock, "rule": days.rule} if days else {}
        of_rows = {
            name: chosen(value, rows) if isinstance(value, np.ndarray) else value
            for name, value in (values | more).items()
        }
        self.events.add(self.table.sheet, self.apps, rows, column, kind=kind, **of_rows)
        if days is not None and days.second is not None:
            self._add_second(column, days.second, which & self.here, kind, more)

    def _add_second(
        self, column: Column, second: np.ndarray, which: np.ndarray, kind: str, more: dict
    ) -> None:
        """Add the event of the second date in a cell; what else the row says is of the first."""
        rows = np.flatnonzero(which & ~np.isnat(second))
        planned = more.get("planned", False)
        planned = planned[rows] if isinstance(planned, np.ndarray) else planned
        rule = f"{column.header}: the second date in the cell"
        self.events.add(
            self.table.sheet, self.apps, rows, column,
            kind=kind, date=second[rows], planned=planned, rule=rule,
        )  # fmt: skip

    def _read_interview(self, group: Group) -> None:
        table, cells, parts = self.table, self.cells, group.parts
        column = parts["interview_on"]
        days = cells.days(table, column)
        stage = cells.listed(table, parts.get("stage"), "stage")
        stage = filled_in(stage, cells.labels.code(group.detail))
        went_well = cells.numbers(table, parts.get("went_well"), *SCALES["went_well"])
        clock = cells.clocks(table, parts.get("clock"))
        written = np.zeros(len(self.here), dtype=bool)
        if "stage" in parts:
            written |= ~column.filled & parts["stage"].filled & (stage >= 0)
        if "went_well" in parts:
            written |= ~column.filled & parts["went_well"].filled & (went_well != NO_NUMBER)
        told = cells.labels.code(f"{column.header}: empty, but the rest is filled in")
        rule = np.where(written, told, days.rule) if written.any() else days.rule
        cells.findings.values(
            table.sheet, np.flatnonzero(written & self.here), column, "no_date", UNDATED
        )
        self._add(
            column, days, days.happened | written,
            kind="interview",
            detail=stage,
            went_well=went_well,
            rated_on=cells.day_of(table, parts.get("rated_on")),
            stated_deadline=cells.day_of(table, parts.get("stated_deadline")),
            n_finalists=cells.numbers(table, parts.get("n_finalists"), *SCALES["n_finalists"]),
            clock=filled_in(days.clock, clock),
            booked=self._are_booked(parts),
            planned=self._were_not_held(parts),
            rule=rule,
        )  # fmt: skip

    def _columns_about(self, parts: dict[str, Column], *names: str) -> list[Column]:
        """Return the columns that tell how an interview stands; in a list of them, the status."""
        columns = [parts[name] for name in names if name in parts]
        return columns + (self.table.fields.get("status", []) if self.of_interviews else [])

    def _are_booked(self, parts: dict[str, Column]) -> np.ndarray:
        """Return which rows say that the interview is booked."""
        booked = np.zeros(len(self.here), dtype=bool)
        for column in self._columns_about(parts, "stage", "interview_result"):
            senses = [self.cells.vocabulary.sense(word) for word in column.words]
            booked |= column.are(bool(s and s.kind == "booked") for s in senses)
        return booked

    def _were_not_held(self, parts: dict[str, Column]) -> np.ndarray:
        """Return which interviews stand there, but were not held."""
        off = self.cells.yes_or_no(self.table, parts.get("done")) == 0
        off |= self._say_not_done(parts["interview_on"])
        for column in self._columns_about(parts, "interview_result"):
            off |= column.are(plain(word) in _NOT_HELD for word in column.words)
        return off

    def _say_not_done(self, column: Column) -> np.ndarray:
        """Return which cells say beside their date that nothing was done on it."""
        readings = self.cells.dates[id(column)].readings
        return column.are(
            reading.code == "more_than_a_date" and bool(_NOT_DONE.search(plain(word)))
            for word, reading in zip(column.words, readings, strict=True)
        )

    def _read_follow_up(self, group: Group) -> None:
        """Add the follow-ups of one group of columns, done and planned."""
        table, cells, parts = self.table, self.cells, group.parts
        said = cells.listed(table, parts.get("channel"), "channel")
        channel: np.ndarray | None = filled_in(said, cells.labels.code(group.detail))
        content = cells.listed(table, parts.get("content"), "content")
        if "follow_up_on" in parts:
            days = cells.days(table, parts["follow_up_on"])
            not_done = self._not_done(parts) | self._say_not_done(parts["follow_up_on"])
            self._add(
                parts["follow_up_on"], days, days.happened, kind="follow_up",
                detail=channel, content=content, planned=not_done,
            )  # fmt: skip
            channel = None  # it is that of what was done
        if "follow_up_due" in parts:
            days = cells.days(table, parts["follow_up_due"], must_have_day=True)
            self._add(
                parts["follow_up_due"], days, days.happened, kind="follow_up",
                detail=channel, planned=True,
            )  # fmt: skip
            rule = cells.labels.changed(days.rule, lambda text: f"{text}, ticked")
            self._add(
                parts["follow_up_due"], replace(days, rule=rule), days.ticked, kind="follow_up",
                detail=channel,
            )  # fmt: skip

    def _not_done(self, parts: Mapping[str, Column]) -> np.ndarray:
        """Return where a tick beside the date says that nothing was sent yet.

        A box is ticked or empty: where the header of the date leaves it open, empty is not sent.
        """
        said = self.cells.yes_or_no(self.table, parts.get("done"))
        meaning = understand(parts["follow_up_on"].header)
        is_open = meaning is not None and not meaning.usual
        return said != 1 if is_open and "done" in parts and not (said == 0).any() else said == 0

    def _statuses(self) -> list[tuple[Column, list[Sense]]]:
        """Return what each word of each column of statuses means."""
        out = []
        for column in [] if self.table.tidy else self.table.fields.get("status", []):
            yes = self._ticked(column)
            for senses in self.cells.senses(self.table, column, self.here, _NOT_READ, yes):
                out.append((column, senses))
        return out

    def _ticked(self, column: Column) -> Sense | None:
        """Return what a tick in a column of statuses means."""
        if self.table.role in ("interviews", "follow_ups"):
            return NOTHING  # "completed" says what is known
        return _TICKED.get(normalise(column.header))

    def _offer_detail(self, sense: Sense) -> object:
        """Return accepted or declined where the status says so of a dated offer."""
        detail = none_of(len(self.here))
        for column, senses in self.statuses if sense.kind == "offer" else []:
            said = [s.detail if s.kind == "offer" else None for s in senses]
            detail = filled_in(detail, self.cells.texts_of_rows(column, said))
        return detail

    def _answered_on(self) -> tuple[Column | None, np.ndarray]:
        """Return the column of the days of answers, and the day of each row."""
        if self.table.responses is not None:
            return self.table.responses, self._read_responses(self.table.responses)
        said_on = self.table.column("status_date")
        day = self.cells.day_of(self.table, said_on)
        if said_on is not None:
            self._report_unused(said_on, day)
        return said_on, day

    def _read_responses(self, column: Column) -> np.ndarray:
        """Add the first responses of a column; return the days of the rest, which are answers."""
        days = self.cells.days(self.table, column)
        answers = np.zeros(len(self.here), dtype=bool)
        for status, senses in self.statuses:
            for kind in ANSWERS:
                said = status.are(sense.kind == kind for sense in senses) & self.here
                said &= ~self.events.has(kind)[self.apps]
                answers |= self._first_rows(said) & are_answers(
                    kind, days.day, self.apps, self.events
                )
        first = days.happened & self.here & ~answers
        self._add(column, days, first, kind="response")
        tell_responses(self.table, column, int(answers.sum()), int(first.sum()))
        return np.where(answers, days.day, NOT_A_DAY)

    def _report_unused(self, column: Column, day: np.ndarray) -> None:
        """Report the days beside a status that is not known."""
        unknown, used = np.zeros((2, len(day)), dtype=bool)
        for status in {id(status): status for status, _ in self.statuses}.values():
            read = self.cells.meanings(self.table, status, self._ticked(status))
            unknown |= status.are(not senses for senses in read)
            used |= status.are(any(s.kind in ENDINGS for s in senses) for senses in read)
        rows = np.flatnonzero(unknown & ~used & self.here & ~np.isnat(day))
        self.cells.findings.values(self.table.sheet, rows, column, "unused_date", _NOT_READ)

    def _read_status(
        self,
        column: Column,
        senses: list[Sense],
        said_on: Column | None,
        answered_on: np.ndarray,
    ) -> np.ndarray:
        """Add what a status tells beyond the dates of its row; return the rows only saved."""
        rule = self.cells.texts_of_rows(column, [f"status {word!r}" for word in column.words])
        detail = self.cells.texts_of_rows(column, [sense.detail for sense in senses])
        is_its_own = said_on is not None and said_on.header == column.header
        if not self.of_interviews:  # there, the row itself is the interview
            self._book(column, column.are(sense.kind == "booked" for sense in senses))
        kinds = sorted({sense.kind for sense in senses} - {*_NO_EVENT})
        numbers = {kind: number for number, kind in enumerate(kinds)}
        said = column.spread([numbers.get(sense.kind, -1) for sense in senses], -1, np.int8)
        for number, kind in enumerate(kinds):
            planned = kind == "planned"
            event = "follow_up" if planned else kind
            new = (said == number) & self.here
            if not planned and (told := self.events.has(event)).any():
                new &= ~told[self.apps]
            if self.of_interviews and kind == "advance":
                new &= self._are_last()  # a later interview tells of it already
            new = self._first_rows(new)
            dated = kind in ENDINGS or (is_its_own and kind == "interview")
            date = answered_on if dated else np.broadcast_to(NOT_A_DAY, len(new))
            self._add(
                column, None, new, kind=event, date=date, detail=detail, rule=rule,
                planned=planned, dated_by=said_on.header if dated and said_on else None,
            )  # fmt: skip
            if kind in ("interview", "follow_up"):
                undated = np.flatnonzero(new & np.isnat(date))
                self.cells.findings.values(self.table.sheet, undated, column, "no_date", UNDATED)
        return column.are(sense.kind == "saved" for sense in senses)

    def _read_result(self, group: Group) -> None:
        """Add what came of one interview, unless a date or a later interview tells of it."""
        column = group.parts["interview_result"]
        column = column.without([plain(word) in _NOT_HELD for word in column.words])
        last = self._are_last(group)
        own = self.cells.vocabulary.own
        results = {word: meant for word, meant in _RESULTS.items() if word not in own}
        table = replace(self.table, words={**results, **self.table.words})
        for senses in self.cells.senses(table, column, self.here, VALUE_ASIDE, NOTHING):
            self._report_no_results(column, senses)
            details = self.cells.texts_of_rows(column, [sense.detail for sense in senses])
            for kind in ENDINGS:
                said = column.are(sense.kind == kind for sense in senses)
                told = self.events.has(kind)[self.apps]
                new = self._first_rows(said & self.here & last & ~told)
                rule = f"{column.header}: what came of this interview"
                self._add(column, None, new, kind=kind, detail=details, rule=rule)

    def _report_no_results(self, column: Column, senses: list[Sense]) -> None:
        """Report what is known, but not as what came of an interview."""
        none = [
            sense.kind not in (*ENDINGS, *_NO_EVENT) and plain(word) not in _IS_THE_INTERVIEW
            for word, sense in zip(column.words, senses, strict=True)
        ]
        rows = np.flatnonzero(column.are(none) & self.here)
        self.cells.findings.values(self.table.sheet, rows, column, "unknown_word", VALUE_ASIDE)

    def _are_last(self, of: Group | None = None) -> np.ndarray:
        """Return which rows hold, in one group of columns, the last interview of an application."""
        day = np.full(len(self.here), NOT_A_DAY)
        for group in [of] if of else self.table.groups:
            if "interview_on" in group.parts:
                day = self.cells.day_of(self.table, group.parts["interview_on"])
        return ~(day < self.events.latest("interview")[self.apps])

    def _first_rows(self, which: np.ndarray) -> np.ndarray:
        """Return the first row of each application: others repeat its status."""
        rows = np.flatnonzero(which)
        if (np.diff(self.apps[rows]) > 0).all():
            return which
        out = np.zeros(len(which), dtype=bool)
        out[rows[~pd.Series(self.apps[rows]).duplicated().to_numpy()]] = True
        return out

    def _book(self, column: Column, booked: np.ndarray) -> None:
        """Add booked interviews; where an interview is written down, the latest one is booked."""
        booked = self._first_rows(booked & self.here)
        told = self.events.has("interview")[self.apps]
        self.events.book_last(self.apps[booked & told])
        rule = f"{column.header}: an interview is booked"
        self._add(column, None, booked & ~told, kind="interview", planned=True, rule=rule)
