"""Rows that each tell of one event -> events.

The convention owned here: the row's own word says what happened; a word that is not known makes
no event, and is reported.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .cells import SCALES, Cells
from .columns import Table
from .occurrences import NOT_A_DAY, Occurrences
from .problems import Findings
from .sheets import Column
from .words import Sense, Vocabulary, is_missing, plain

_NO_EVENT = ("applied", "saved", "nothing", "rating", "elsewhere")
_EVENTS = {"planned": "follow_up", "booked": "interview"}
_PLANS = ("planned", "plan", "due", "next")
_NOTHING = Sense("nothing")


def are_elsewhere(table: Table, vocabulary: Vocabulary, findings: Findings) -> np.ndarray:
    """Set aside the rows that tell of no application: networking, a search, a workshop."""
    column = table.column("kind") if table.role == "events" else None
    if column is None:
        return np.zeros(len(table.sheet), dtype=bool)
    senses = [vocabulary.sense(word) for word in column.words]
    gone = column.spread([bool(s and s.kind == "elsewhere") for s in senses], False, bool)
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
        kinds, details, rules = self._kinds(column)
        day, clock, rules = self._days(rules)
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
        planned = self._planned()
        for kind in sorted({*kinds[self.here]} - {*_NO_EVENT}):
            these = (kinds == kind) & self.here
            rows = np.flatnonzero(these)
            event = _EVENTS.get(kind, kind)
            detail = self._details(event, details, these)
            self.events.add(
                table.sheet, self.apps, rows, column,
                kind=event, date=day[rows], detail=detail[rows], rule=rules[rows],
                planned=planned[rows] | (kind == "planned"), booked=kind == "booked",
                **{name: value[rows] for name, value in told.items()},
            )  # fmt: skip
        return np.where((kinds == "applied") & self.here & ~planned, day, NOT_A_DAY)

    def _kinds(self, column: Column) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return what happened in each row, the detail in the same word, and the rule."""
        findings, sheet = self.cells.findings, self.table.sheet
        senses = [
            _NOTHING if is_missing(word) else self.cells.vocabulary.sense(word)
            for word in column.words
        ]
        unknown = column.spread([sense is None for sense in senses], False, bool)
        findings.values(sheet, np.flatnonzero(unknown & self.here), column, "unknown_word")
        rated = self._are_rated()
        silent = ~column.filled & self.here & ~rated
        findings.values(sheet, np.flatnonzero(silent), column, "no_kind", "read as no event")
        kinds = column.spread([(sense or _NOTHING).kind for sense in senses], "nothing", object)
        details = column.spread([(sense or _NOTHING).detail for sense in senses], None, object)
        rules = column.spread([f"{column.header} {word!r}" for word in column.words], "", object)
        return kinds, details, rules

    def _are_rated(self) -> np.ndarray:
        rated = np.zeros(len(self.here), dtype=bool)
        for name in ("stress", "control"):
            if (column := self.table.column(name)) is not None:
                rated |= column.filled
        return rated

    def _days(self, rules: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        clock = self.cells.clocks(self.table, self.table.column("clock"))
        column = self.table.column("date")
        if column is None:
            return np.full(len(self.here), NOT_A_DAY), clock, rules
        days = self.cells.days(self.table, column)
        clock = np.where(days.clock == None, clock, days.clock)  # noqa: E711
        return days.day, clock, np.where(days.rule == "", rules, rules + "; " + days.rule)

    def _planned(self) -> np.ndarray:
        planned = np.zeros(len(self.here), dtype=bool)
        if (column := self.table.column("planned")) is not None:
            planned |= column.spread([plain(word) in _PLANS for word in column.words], False, bool)
            left = column.without(lambda word: plain(word) in (*_PLANS, "done"))
            planned |= self.cells.yes_or_no(self.table, left) == True  # noqa: E712
        if (column := self.table.column("done")) is not None:
            planned |= self.cells.yes_or_no(self.table, column) == False  # noqa: E712
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
            if other:
                said = self.cells.listed(self.table, column, other, these)
            else:
                said = self._answers(column) if event == "offer" else column.texts()
            details = np.where(said == None, details, said)  # noqa: E711
        return details

    def _answers(self, column: Column) -> np.ndarray:
        senses = [self.cells.vocabulary.sense(word) for word in column.words]
        return column.spread([s.detail if s else None for s in senses], None, object)
