"""Rows that each tell of one event -> events.

The convention owned here: the row's own word says what happened; a word that is not known makes
no event, and is reported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from .cells import SCALES, Cells
from .labels import chosen, filled_in
from .occurrences import NOT_A_DAY, Occurrences
from .problems import VALUE_ASIDE, Findings
from .sheets import Column
from .tidy import lines_told, provenance
from .understood import Table
from .vocabulary import Vocabulary
from .words import Sense, plain

_NO_EVENT = ("applied", "saved", "nothing", "rating", "elsewhere")
_EVENTS = {"planned": "follow_up", "booked": "interview"}
# What keepers write between the rows of a sheet, and below them.
_HEADING = re.compile(
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?:,? \d{4})?"
    r"|(?:week|wk|kw) ?\d{1,2}|week of .*"
    r"|(?:grand |sub)?totals?(?: (?:applications|applied|interviews|offers|rejections))?"
    r"(?: ?: ?\d*)?|(?:count|average|avg|sum)(?: ?: ?[\d.]*)?"
    r"|(?:response|interview|offer|rejection|success|conversion) rate(?: ?: ?.*)?"
    r"|legend|(?:legend|key) ?: ?.*"
)
_NUMBER = re.compile(r"\d{1,4}(?:[.,]\d+)? ?%?")
_PLANS = ("planned", "plan", "due", "next")


def set_aside_elsewhere(
    table: Table, here: np.ndarray, vocabulary: Vocabulary, findings: Findings
) -> np.ndarray:
    """Set aside the rows that tell of no application: networking, a workshop, a total."""
    if table.role != "events":
        return _set_aside_headings(table, here, findings)
    column = table.column("kind")
    if column is None:
        return np.zeros(len(table.sheet), dtype=bool)
    senses = [vocabulary.sense(word) for word in column.words]
    gone = here & column.are(bool(s and s.kind == "elsewhere") for s in senses)
    findings.records(table.sheet, np.flatnonzero(gone), "not_an_application", column)
    return gone


def _set_aside_headings(table: Table, here: np.ndarray, findings: Findings) -> np.ndarray:
    """Set aside months, weeks, totals and legends: nothing but numbers stands beside them."""
    column = None if table.tidy else table.column("company")
    gone = np.zeros(len(table.sheet), dtype=bool)
    if column is None:
        return gone
    gone = here & column.are(bool(_HEADING.fullmatch(word.casefold())) for word in column.words)
    for other in table.sheet.columns if gone.any() else []:
        if other is not column:
            gone &= ~other.are(not _NUMBER.fullmatch(word) for word in other.words)
    findings.records(table.sheet, np.flatnonzero(gone), "not_an_application", column)
    return gone


@dataclass(eq=False)
class Long:
    """Reads a table with one row per event."""

    table: Table
    apps: np.ndarray  # the application of each row; -1 where the row is set aside
    cells: Cells
    events: Occurrences

    def read(self) -> np.ndarray:
        """Add the events of all rows; return the day of application where a row tells of it."""
        table, cells = self.table, self.cells
        self.here = self.apps >= 0
        column = table.fields["kind"][0]
        day, clock, dated = self._days()
        told = {
            "clock": clock,
            "content": cells.listed(table, table.column("content"), "content"),
            "rated_on": cells.day_of(table, table.column("rated_on")),
            "stated_deadline": cells.day_of(table, table.column("stated_deadline")),
            "went_well": cells.numbers(table, table.column("went_well"), *SCALES["went_well"]),
            "n_finalists": cells.numbers(
                table, table.column("n_finalists"), *SCALES["n_finalists"]
            ),
        }
        if table.tidy and (arm := table.column("arm")) is not None:
            told |= {
                "arm": cells.texts_of_rows(arm, arm.words),
                "block": cells.numbers(table, table.column("block"), *SCALES["block"]),
                "drawn_on": cells.day_of(table, table.column("drawn_on")),
            }
        planned = self._planned()
        told |= self._provenance()
        rules = cells.texts_of_rows(column, [f"{column.header} {word!r}" for word in column.words])
        applied = np.full(len(self.here), NOT_A_DAY)
        for depth, senses in enumerate(self._senses(column)):
            details = cells.texts_of_rows(column, [sense.detail for sense in senses])
            for kind in sorted({sense.kind for sense in senses} - {*_NO_EVENT}):
                these = column.are(sense.kind == kind for sense in senses) & self.here
                rows = np.flatnonzero(these)
                event = _EVENTS.get(kind, kind)
                detail = self._details(event, details, these)
                rule = rules[rows] if depth else cells.labels.joined(rules[rows], dated[rows])
                self.events.add(
                    table.sheet, self.apps, rows, column,
                    # Of two events in one word, the date is that of the first.
                    kind=event, date=NOT_A_DAY if depth else day[rows], detail=detail[rows],
                    planned=planned[rows] | (kind == "planned"), booked=kind == "booked",
                    **{"rule": rule}
                    | {name: chosen(value, rows) for name, value in told.items() if not depth},
                )  # fmt: skip
                if not depth:
                    self._add_second(column, event, rows[~planned[rows]])
            said = column.are(sense.kind == "applied" for sense in senses)
            applied = np.where(said & self.here & ~planned, day, applied)
        return applied

    def _senses(self, column: Column) -> list[list[Sense]]:
        """Return what each word says to have happened; the further events of compounds last."""
        findings, sheet = self.cells.findings, self.table.sheet
        silent = ~column.filled & self.here & ~self._are_rated()
        findings.values(sheet, np.flatnonzero(silent), column, "no_kind", "read as no event")
        return self.cells.senses(self.table, column, self.here, VALUE_ASIDE)

    def _provenance(self) -> dict[str, np.ndarray]:
        """Return where each event came from first, which only the tidy form says."""
        said = {name: provenance(self.table, name) for name in ("file", "sheet", "column", "rule")}
        told = {
            name: self.cells.texts_of_rows(column, column.words)
            for name, column in said.items()
            if column is not None
        }
        lines = lines_told(self.table)
        return told if lines is None else told | {"line": lines}

    def _are_rated(self) -> np.ndarray:
        rated = np.zeros(len(self.here), dtype=bool)
        for name in ("stress", "control"):
            if (column := self.table.column(name)) is not None:
                rated |= column.filled
        return rated

    def _add_second(self, column: Column, kind: str, rows: np.ndarray) -> None:
        """Add the event of the second date in a cell; what else the row says is of the first."""
        day_column = self.table.column("date")
        second = self.cells.days(self.table, day_column).second if day_column else None
        if day_column is None or second is None:
            return
        rows = rows[~np.isnat(second[rows])]
        rule = f"{day_column.header}: the second date in the cell"
        self.events.add(
            self.table.sheet, self.apps, rows, column, kind=kind, date=second[rows], rule=rule
        )

    def _days(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the day and the time of each row, and how the day was read."""
        labels = self.cells.labels
        clock = self.cells.clocks(self.table, self.table.column("clock"))
        column = self.table.column("date")
        completed = self.table.column("completed_on")
        if column is None:
            nothing = np.full(len(self.here), labels.code(""))
            return np.full(len(self.here), NOT_A_DAY), clock, nothing
        days = self.cells.days(self.table, column)
        clock = filled_in(days.clock, clock)
        rules = labels.changed(days.rule, _further)
        if completed is None:
            return days.day, clock, rules
        # What is done on a day may be down for another; an interview is on the day of its start.
        done = self.cells.days(self.table, completed, must_have_day=True)
        late = done.happened & (np.isnat(days.day) | ~self._are_interviews())
        day = np.where(late, done.day, days.day)
        rules = np.where(late, labels.changed(done.rule, _further), rules)
        return day, np.where(late, done.clock, clock), rules

    def _are_interviews(self) -> np.ndarray:
        column = self.table.fields["kind"][0]
        return column.are(sense.kind == "interview" for sense in self._senses(column)[0])

    def _planned(self) -> np.ndarray:
        planned = np.zeros(len(self.here), dtype=bool)
        if (column := self.table.column("planned")) is not None:
            planned |= column.are(plain(word) in _PLANS for word in column.words)
            left = column.without([plain(word) in (*_PLANS, "done") for word in column.words])
            planned |= self.cells.yes_or_no(self.table, left) == 1
        if (column := self.table.column("done")) is not None:
            planned |= self.cells.yes_or_no(self.table, column) == 0
        return planned

    def _details(self, event: str, details: np.ndarray, these: np.ndarray) -> np.ndarray:
        """Return the stage, the channel, or accepted or declined, for the rows of one kind."""
        own, other = {"interview": ("stage", "stage"), "follow_up": ("channel", "channel")}.get(
            event, ("", "")
        )
        for name in (own, "detail"):
            column = self.table.column(name)
            if column is None:
                continue
            if other and not self.table.tidy:
                said = self.cells.listed(self.table, column, other, these)
            elif event == "offer" and not self.table.tidy:
                said = self._answers(column)
            else:
                said = self.cells.texts_of_rows(column, column.words)
            details = filled_in(said, details)
        return details

    def _answers(self, column: Column) -> np.ndarray:
        senses = [self.cells.vocabulary.sense(word) for word in column.words]
        return self.cells.texts_of_rows(column, [s.detail if s else None for s in senses])


def _further(rule: str) -> str:
    """Return how a date was read, as it stands behind how the word was read."""
    return rule and f"; {rule}"
