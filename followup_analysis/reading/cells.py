"""The cells of a column -> days, whole numbers, yes or no; what cannot be read is reported.

The convention owned here: a bad cell costs its own value, never the record. What happened on a
day that cannot be read has still happened: it stays, without its date.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..errors import LogError
from .dates import NO_DAY, Dates, read_dates
from .days import Day, show
from .deciding import decide_orders, decide_years, infer_years, last_day, latest
from .labels import NO_NUMBER, Labels, none_of
from .occurrences import NOT_A_DAY
from .problems import UNDATED, VALUE_ASIDE, Findings
from .sheets import Column
from .understood import Table
from .vocabulary import NOTHING, Vocabulary
from .words import Sense, is_missing, is_no, is_yes, plain

SCALES = {"stress": (0, 10), "control": (0, 10), "went_well": (1, 5), "n_finalists": (0, 10_000)}
SCALES |= {"block": (1, 1_000_000)}

_DAY_FIELDS = ("date", "rated_on", "stated_deadline", "status_date", "follow_up_due")
_NUMBER = re.compile(r"(\d+)(?:\.0+)?(?:\s*(?:/|of|out of)\s*(\d+))?")


@dataclass(eq=False)
class Days:
    """The cells of a column of dates, one entry per row; texts are numbers of labels."""

    happened: np.ndarray  # the cell says that it happened, be it on an unknown day
    day: np.ndarray
    clock: np.ndarray
    rule: np.ndarray
    second: np.ndarray | None  # another day in the same cell
    ticked: np.ndarray  # a tick stands behind the date


@dataclass(eq=False)
class Cells:
    """Reads the cells of tables; keeps what it could not read."""

    findings: Findings
    vocabulary: Vocabulary
    dates: Mapping[int, Dates]
    last_day: int  # since 1970
    _days: dict[tuple[int, bool], Days] = field(default_factory=dict)

    @property
    def labels(self) -> Labels:
        """Return the texts of events and problems."""
        return self.findings.labels

    def days(self, table: Table, column: Column, *, must_have_day: bool = False) -> Days:
        """Read a column of dates.

        With `must_have_day`, a cell without a day says nothing: it is no event.
        """
        asked = id(column), must_have_day
        if asked not in self._days:  # what cannot be read is reported once
            self._days[asked] = self._read_days(table, column, must_have_day)
        return self._days[asked]

    def _read_days(self, table: Table, column: Column, must_have_day: bool) -> Days:
        readings = self.dates[id(column)].readings
        self._report_days(table, column, must_have_day)
        has_day = ["day"] if must_have_day else ["day", "yes", "attempt", "yearless"]
        clocks = [reading.clock for reading in readings]
        if len(clocks) > 2 and len(set(clocks)) == 1:
            clocks = [None] * len(clocks)  # the same time in each row only fills the cell
        rules = [f"{column.header}: {r.rule or r.code or r.state}" for r in readings]
        second = [reading.second for reading in readings]
        return Days(
            column.are(r.state in has_day for r in readings),
            _days_of_rows(column, readings),
            self.texts_of_rows(column, clocks),
            column.spread(self.labels.codes(rules), self.labels.code(""), np.int32),
            _days_of_rows(column, second) if any(s is not None for s in second) else None,
            column.are(r.ticked for r in readings),
        )

    def _report_days(self, table: Table, column: Column, must_have_day: bool) -> None:
        readings = self.dates[id(column)].readings
        undated = VALUE_ASIDE if must_have_day else UNDATED
        codes = [_code(r) for r in readings]
        for code in sorted({*codes} - {""}):
            for said, done in (
                (("attempt", "yearless", "yes"), undated),
                (("words",), VALUE_ASIDE),
                (("day",), "the date is read, the rest is not"),
            ):
                these = [
                    each == code and r.state in said
                    for each, r in zip(codes, readings, strict=True)
                ]
                rows = np.flatnonzero(column.are(these))
                self.findings.values(table.sheet, rows, column, code, done)
        if must_have_day:
            two = column.are(r.second is not None for r in readings)
            done = "the first date is read"
            self.findings.values(table.sheet, np.flatnonzero(two), column, "two_dates", done)

    def day_of(self, table: Table, column: Column | None) -> np.ndarray:
        """Read a column of dates that only matters where it has a day."""
        if column is None:
            return np.broadcast_to(NOT_A_DAY, len(table.sheet))
        return self.days(table, column, must_have_day=True).day

    def numbers(self, table: Table, column: Column | None, low: int, high: int) -> np.ndarray:
        """Read a column of whole numbers from `low` to `high`."""
        if column is None:
            return np.broadcast_to(NO_NUMBER, len(table.sheet))
        read = [_number(word, high) for word in column.words]
        codes = [_number_code(value, low, high) for value in read]
        self._report(table, column, codes, bounds=(low, high))
        kept = [
            NO_NUMBER if code or value is None else value
            for value, code in zip(read, codes, strict=True)
        ]
        return column.spread(kept, NO_NUMBER, np.int64)

    def yes_or_no(self, table: Table, column: Column | None) -> np.ndarray:
        """Read a column of ticks and words for yes and no: 1 and 0, -1 where neither stands."""
        if column is None:
            return none_of(len(table.sheet))
        read = [1 if is_yes(w) else 0 if is_no(w) else -1 for w in column.words]
        codes = [
            "not_yes_or_no" if value < 0 and not is_missing(word) else ""
            for value, word in zip(read, column.words, strict=True)
        ]
        self._report(table, column, codes)
        return column.spread(read, -1, np.int32)

    def senses(
        self, table: Table, column: Column, where: np.ndarray, done: str, yes: Sense | None = None
    ) -> list[list[Sense]]:
        """Read a column of statuses or kinds of events.

        The first list has a meaning for each word; the others the further ones of compounds.
        With `yes`, a tick means that.
        """
        read = self.meanings(table, column, yes)
        unknown = column.are(not senses for senses in read)
        self.findings.values(
            table.sheet, np.flatnonzero(unknown & where), column, "unknown_word", done
        )
        depth = max((len(senses) for senses in read), default=0)
        return [
            [senses[at] if at < len(senses) else NOTHING for senses in read]
            for at in range(max(depth, 1))
        ]

    def meanings(
        self, table: Table, column: Column, yes: Sense | None = None
    ) -> list[tuple[Sense, ...]]:
        """Return what each word of a column of statuses means; nothing if it is not known."""
        read = []
        for word in column.words:
            known = table.words.get(plain(word), word)
            senses = (NOTHING,) if is_missing(word) else self.vocabulary.senses(known)
            if yes and not senses:
                senses = (yes,) if is_yes(word) else (NOTHING,) if is_no(word) else ()
            read.append(senses)
        return read

    def listed(
        self, table: Table, column: Column | None, kind: str, where: np.ndarray | None = None
    ) -> np.ndarray:
        """Read a column of channels, contents or stages; an unknown stage stays as it is."""
        if column is None:
            return none_of(len(table.sheet))
        read = [self.vocabulary.of(kind, word) for word in column.words]
        unknown = [
            value is None and not is_missing(word) and not self.vocabulary.is_dismissed(word)
            for value, word in zip(read, column.words, strict=True)
        ]
        if kind == "stage":
            read = [
                word.casefold() if new else value
                for word, value, new in zip(column.words, read, unknown, strict=True)
            ]
        else:
            codes = [f"unknown_{kind}" if new else "" for new in unknown]
            self._report(table, column, codes, where)
        return self.texts_of_rows(column, read)

    def clocks(self, table: Table, column: Column | None) -> np.ndarray:
        """Read a column of times of the day."""
        if column is None:
            return none_of(len(table.sheet))
        return self.texts_of_rows(column, [_clock(word) for word in column.words])

    def texts_of_rows(self, column: Column, texts: Sequence[str | None]) -> np.ndarray:
        """Return the number of a text per row, from one text per word."""
        if not any(texts):
            return none_of(len(column))
        return column.spread(self.labels.codes(texts), -1, np.int32)

    def _report(
        self,
        table: Table,
        column: Column,
        codes: list[str],
        where: np.ndarray | None = None,
        bounds: tuple[int, int] | None = None,
    ) -> None:
        for code in sorted({*codes} - {""}):
            rows = column.are(each == code for each in codes)
            rows = np.flatnonzero(rows if where is None else rows & where)
            self.findings.values(table.sheet, rows, column, code, bounds=bounds)


def _code(reading: Day) -> str:
    return {"yes": "no_date", "yearless": "no_year"}.get(reading.state, reading.code)


def _days_of_rows(column: Column, readings: Sequence[Day | None]) -> np.ndarray:
    days = [NO_DAY if r is None or r.day is None else r.day for r in readings]
    return column.spread(days, NO_DAY, np.int64).view("datetime64[D]")


def date_columns(table: Table) -> list[tuple[str, Column]]:
    """Return the field and the column of every column of dates."""
    fields = [(name, column) for name, columns in table.fields.items() for column in columns]
    parts = [part for group in table.groups for part in group.parts.items()]
    return [
        (name, column)
        for name, column in (*fields, *parts)
        if name.endswith("_on") or name in _DAY_FIELDS
    ]


def read_date_columns(
    tables: list[Table], dayfirst: bool | None, as_of: pd.Timestamp | None
) -> tuple[dict[int, Dates], int, list[str]]:
    """Read every column of dates, by the identity of the column.

    Returns
    -------
    dates : dict
        What each column says.
    last_day : int
        The last day of the log, since 1970.
    notes : list of str
        What had to be decided.

    Raises
    ------
    LogError
        When a column reads both ways.
    """
    named = [date_columns(table) for table in tables]
    read = {
        id(column): read_dates(column.words, dayfirst if dayfirst is not None else table.dayfirst)
        for table, columns in zip(tables, named, strict=True)
        for _, column in columns
    }
    notes, asked = [], []
    for table, columns in zip(tables, named, strict=True):
        if dayfirst is None and table.dayfirst is None and not table.tidy:
            notes += decide_years(table, columns, read, as_of)
        notes += decide_orders(table, columns, read, as_of)
        asked += [(table, c, read[id(c)]) for _, c in columns if read[id(c)].undecided]
        notes += [
            _zone_note(table, c) for _, c in columns if any(r.zone for r in read[id(c)].readings)
        ]
    if asked:
        raise LogError(_question(asked))
    notes += infer_years(tables, named, read, as_of)
    return read, int(last_day(named, read, as_of)), notes


def last_done(tables: list[Table], dates: Mapping[int, Dates]) -> int:
    """Return the latest day, since 1970, of what cannot lie ahead: no plan, no interview."""
    named = [date_columns(table) for table in tables]
    return int(latest(named, dates, ("follow_up_due", "stated_deadline", "interview_on")))


def _zone_note(table: Table, column: Column) -> str:
    return (
        f"{table.sheet.where()}: the times in {column.header!r} carry a time zone; "
        "each day is the one that is written there."
    )


def _question(asked: list[tuple[Table, Column, Dates]]) -> str:
    """Ask once for all columns, with examples of the first."""
    headers: dict[str, list[str]] = {}
    for table, column, _ in asked:
        headers.setdefault(table.sheet.where(), []).append(repr(column.header))
    listed = "; ".join(f"{where}: {', '.join(names)}" for where, names in headers.items())
    dates = asked[0][2]
    shown = [f"{dates.words[at]!r} is {_both(dates.readings[at])}" for at in dates.undecided[:2]]
    return (
        f"The dates in {'this column' if len(asked) == 1 else 'these columns'} can be read both "
        f"ways: {listed}. {'; '.join(shown)}. Say which: dayfirst=True if the day stands first, "
        "dayfirst=False if the month does."
    )


def _both(reading: Day) -> str:
    if reading.day is not None and reading.other is not None:
        return f"{show(reading.day)} or {show(reading.other)}"
    pairs = [pair for pair in (reading.month_day, reading.other_month_day) if pair]
    return " or ".join(f"day {day} of month {month}" for month, day in pairs)


def _number(word: str, high: int) -> int | str | None:
    match = _NUMBER.fullmatch(word)
    if match and match[2] in (None, str(high)):
        return int(match[1])
    return None if is_missing(word) else word


def _number_code(value: int | str | None, low: int, high: int) -> str:
    if isinstance(value, str):
        return "not_a_number"
    return "" if value is None or low <= value <= high else "out_of_range"


def _clock(word: str) -> str | None:
    match = re.fullmatch(r"(\d{1,2})[:.h](\d{2})(?::\d{2})?\s*([ap])?\.?(?:m\.?)?", word.lower())
    if not match:
        return None
    hour, minute = int(match[1]), int(match[2])
    if match[3]:
        hour = hour % 12 + (12 if match[3] == "p" else 0)
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else None
