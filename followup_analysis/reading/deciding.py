"""Dates that their own column leaves open -> dates, by the other dates of their rows and sheet.

The convention owned here: an order of day and month is taken where the other one contradicts the
rows or the last day of the log, else from columns that are written alike; a year only where no
other fits, and 26 in 26-01-05 is one only where 05 would scatter the days over years. Where such
grounds contradict each other nothing is taken. Each decision is a note.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from .dates import NO_DAY, Dates
from .days import day_number, read_day
from .sheets import Column
from .understood import Table

_PLANS = ("follow_up_due", "stated_deadline")
_ANSWERS = ("offer_on", "accepted_on", "declined_on", "rejected_on", "withdrawn_on", "closed_on")
_NEVER = np.int64(10**9)  # a day after every other
_NUMBERS = re.compile(r"(\d{1,2})([-/])\s?(\d{1,2})(?:[-/]\s?(\d{4}|\d{2})(?!\d))?")
_SHORT = re.compile(r"(?<!\d)(?=\d\d([-/.])\d\d?\1\d\d?(?!\d))")  # before 26-01-05
_OLDEST = 16436  # 2015: before it, the first of three numbers is a day
_SEARCH, _TIMES = 4 * 365, 8  # days that no search spans, and how much wider they are, to be sure

Named = list[tuple[str, Column]]


def decide_years(
    table: Table, columns: Named, dates: Mapping[int, Dates], as_of: pd.Timestamp | None
) -> list[str]:
    """Read 26-01-05 with the year first where else the days lie years apart; return notes."""
    reads = [dates[id(column)] for _, column in columns]
    places = [(read, at) for read in reads for at in range(len(read.words))]
    short = [(read, at) for read, at in places if _SHORT.search(read.words[at])]
    first = [read_day(_SHORT.sub("20", read.words[at])) for read, at in short]
    if len(short) < 2 or any(each.day is None or each.day < _OLDEST for each in first):
        return []
    others = [r.readings[at].day for r, at in places if not _SHORT.search(r.words[at])]
    others += [] if as_of is None else [int(_day_of(as_of))]
    wide = _span([*others, *(read.readings[at].day for read, at in short)])
    close = _span([*others, *(each.day for each in first)])
    example = short[0][0].words[short[0][1]]
    where = f"{table.sheet.where()}: dates such as {example!r} are read with the"
    if close >= min(wide, _SEARCH):
        return []
    told = f"day first. If the year does, write it in full: {_SHORT.sub('20', example)}."
    if len(short) + len(others) > 2 and wide > max(_SEARCH, _TIMES * close):
        for (read, at), each in zip(short, first, strict=True):
            read.readings[at] = replace(each, rule="year first, or the days lie years apart")
        told = "year first: else they lie years apart. If the day stands first: dayfirst=True."
    return [f"{where} {told}"]


def _span(days: list[int | None]) -> int:
    known = [day for day in days if day is not None]
    return max(known) - min(known) if known else 0


def decide_orders(
    table: Table, columns: Named, dates: Mapping[int, Dates], as_of: pd.Timestamp | None
) -> list[str]:
    """Decide the order of day and month by the rows, then by the sheet; return notes."""
    last = _day_of(as_of)
    notes = _decide_by_rows(table, columns, dates, last)
    for each in columns:
        read = dates[id(each[1])]
        order = _order_of_sheet([each], columns, dates) if read.undecided else None
        if order is None or _fitting_order([each], columns, dates, last) not in (None, order):
            continue
        read.decide(order, "like the other dates of the sheet")
        notes.append(
            f"{table.sheet.where()}: the dates in {each[1].header!r} are read with the "
            f"{'day' if order else 'month'} first, as other columns of the sheet are written."
        )
    return notes


def _order_of_sheet(asked: Named, columns: Named, dates: Mapping[int, Dates]) -> bool | None:
    """Return the one order that the dates of a sheet show, if some are written like those asked."""
    shown = {
        (_shape(word), reading.days_first)
        for _, column in columns
        for word, reading in zip(dates[id(column)].words, dates[id(column)].readings, strict=True)
        if reading.days_first is not None
    }
    if len({order for _, order in shown}) != 1:
        return None
    reads = [dates[id(column)] for _, column in asked]
    open_shapes = {_shape(read.words[at]) for read in reads for at in read.undecided}
    alike = all(any(_alike(one, other) for other, _ in shown) for one in open_shapes)
    return next(iter(shown))[1] if alike else None


def _shape(word: str) -> tuple[str, int, bool | None]:
    """Return the separator, the digits of the year, and whether 1 is written as 01, if it tells."""
    match = _NUMBERS.search(word)
    if match is None:
        return "", 0, None
    one, separator, two, year = match.groups()
    padded = True if "0" in (one[0], two[0]) else False if 1 in (len(one), len(two)) else None
    return separator, len(year or ""), padded


def _alike(one: tuple, other: tuple) -> bool:
    return one[:2] == other[:2] and (one[2] == other[2] or None in (one[2], other[2]))


def _decide_by_rows(
    table: Table, columns: Named, dates: Mapping[int, Dates], last: np.int64
) -> list[str]:
    """Decide the order where only one fits the rows, and the sheet shows no other."""
    notes = []
    for _ in columns:  # what is decided may decide the next
        open_ones = [each for each in columns if dates[id(each[1])].undecided]
        decided = False
        # One column at a time, and then all together: a keeper has one way of writing.
        for asked in [[each] for each in open_ones] + [open_ones] * (len(open_ones) > 1):
            order = _fitting_order(asked, columns, dates, last)
            if order is None or _order_of_sheet(asked, columns, dates) not in (None, order):
                continue
            decided = True
            for _, column in asked:
                dates[id(column)].decide(order, "to fit the other dates of the rows")
                notes.append(_order_note(table, column, order))
            break
        if not decided:
            break
    return notes


def _order_note(table: Table, column: Column, order: bool) -> str:
    first, other = ("day", "month") if order else ("month", "day")
    return (
        f"{table.sheet.where()}: the dates in {column.header!r} are read with the {first} first: "
        f"with the {other} first, rows would contradict their other dates."
    )


def _fitting_order(
    asked: Named, columns: Named, dates: Mapping[int, Dates], last: np.int64
) -> bool | None:
    """Return the one order in which no row contradicts itself, if the other does."""
    wrong = [_n_contradictions(asked, columns, dates, last, order) for order in (True, False)]
    if (wrong[0] == 0) == (wrong[1] == 0):
        return None
    return wrong[0] == 0


def _n_contradictions(
    asked: Named, columns: Named, dates: Mapping[int, Dates], last: np.int64, order: bool
) -> int:
    """Count the cells that an order would put before the application or after the last day."""
    days: dict[str, list[np.ndarray]] = {}
    mine: dict[str, list[np.ndarray]] = {}
    for name, column in columns:
        read = dates[id(column)]
        is_asked = any(column is each for _, each in asked)
        if read.undecided and not is_asked:
            continue
        day = _rows(column, read.days_if(order) if is_asked else read.days())
        days.setdefault(name, []).append(day)
        if is_asked:
            mine.setdefault(name, []).append(day)
    applied = _earliest(days.get("applied_on", []))
    held = _earliest(days.get("interview_on", []))
    wrong = 0
    for name, each in ((n, d) for n, listed in days.items() for d in listed):
        is_mine = any(each is one for one in mine.get(name, []))
        known = each != NO_DAY
        if name != "applied_on" and (is_mine or "applied_on" in mine) and len(applied):
            wrong += int((known & (each < applied) & (applied != _NEVER)).sum())
        if name in _ANSWERS and (is_mine or "interview_on" in mine) and len(held):
            wrong += int((known & (each < held) & (held != _NEVER)).sum())
        if is_mine and name not in _PLANS:
            wrong += int((known & (each > last)).sum())
    return wrong


def infer_years(
    tables: list[Table],
    columns: list[Named],
    dates: Mapping[int, Dates],
    as_of: pd.Timestamp | None,
) -> list[str]:
    """Give days without a year the only year that fits; return notes."""
    last = last_day(columns, dates, as_of)
    notes = []
    for table, named in zip(tables, columns, strict=True):
        if not any(r.state == "yearless" for _, c in named for r in dates[id(c)].readings):
            continue
        applied = _earliest(
            [_rows(c, dates[id(c)].days()) for name, c in named if name == "applied_on"]
        )
        for name, column in named:
            read = dates[id(column)]
            if name in _PLANS or not any(r.state == "yearless" for r in read.readings):
                continue
            if name == "applied_on" or not len(applied):
                low, high = _neighbours(column, read, last)
            else:  # answers come in no order, but each after its application
                low, high = np.where(applied == _NEVER, NO_DAY, applied), np.full(len(column), last)
            n_found = _fill_years(column, read, low, np.minimum(high, last))
            if n_found:
                notes.append(
                    f"{table.sheet.where()}: {n_found} dates in {column.header!r} have no year; "
                    "each was given the only one that fits its neighbours."
                )
    return notes


def last_day(
    columns: list[Named], dates: Mapping[int, Dates], as_of: pd.Timestamp | None
) -> np.int64:
    """Return the last day of the log: given, or the latest that is no plan."""
    return _day_of(as_of) if as_of is not None else latest(columns, dates, _PLANS)


def latest(columns: list[Named], dates: Mapping[int, Dates], without: tuple[str, ...]) -> np.int64:
    """Return the latest day of all columns but those of some fields."""
    ends = [
        _latest_of(column, dates[id(column)].days())
        for named in columns
        for name, column in named
        if name not in without
    ]
    return max(ends, default=np.int64(NO_DAY))


def _latest_of(column: Column, days: list[int]) -> np.int64:
    """Return the latest day that stands in a row; a word may stand in none."""
    each = np.array(days, dtype=np.int64)
    for word in np.argsort(each)[::-1]:
        if (column.codes == word).any():
            return each[word]
    return np.int64(NO_DAY)


def _neighbours(column: Column, read: Dates, last: np.int64) -> tuple[np.ndarray, np.ndarray]:
    """Return the known days before and after each row, if the column is in the order of time."""
    day = _rows(column, read.days())
    low, high = np.full(len(day), NO_DAY), np.full(len(day), last)
    at = np.flatnonzero(day != NO_DAY)
    steps = np.diff(day[at])
    if len(at) < 2 or not ((steps >= 0).all() or (steps <= 0).all()):
        return low, high
    before = np.searchsorted(at, np.arange(len(day)), side="left") - 1
    after = np.searchsorted(at, np.arange(len(day)), side="right")
    above = np.where(before >= 0, day[at[np.maximum(before, 0)]], NO_DAY)
    below = np.where(after < len(at), day[at[np.minimum(after, len(at) - 1)]], NO_DAY)
    if (steps <= 0).all() and (steps < 0).any():  # the newest stands first
        above, below = below, above
    return above, np.where(below == NO_DAY, last, below)


def _fill_years(column: Column, read: Dates, low: np.ndarray, high: np.ndarray) -> int:
    """Give each row whose word has no year a word of its own with the year that fits."""
    n_found = 0
    for at, reading in enumerate(list(read.readings)):
        if reading.state != "yearless" or reading.month_day is None:
            continue
        for row in np.flatnonzero((column.codes == at) & (low != NO_DAY) & (high >= low)):
            years = range(1970 + int(low[row] // 366), 1971 + int(high[row] // 365))
            days = [day_number(year, *reading.month_day) for year in years]
            fits = [day for day in days if day is not None and low[row] <= day <= high[row]]
            if len(fits) == 1:
                column.codes[row] = column.add(column.words[at])
                read.words.append(column.words[at])
                read.readings.append(
                    replace(reading, state="day", day=fits[0], rule="the only year that fits")
                )
                n_found += 1
    return n_found


def _rows(column: Column, days: list[int]) -> np.ndarray:
    return column.spread(days, NO_DAY, np.int64)


def _earliest(days: list[np.ndarray]) -> np.ndarray:
    """Return the earliest day of each row; `_NEVER` where there is none."""
    if not days:
        return np.empty(0, dtype=np.int64)
    return np.min([np.where(day == NO_DAY, _NEVER, day) for day in days], axis=0)


def _day_of(as_of: pd.Timestamp | None) -> np.int64:
    return _NEVER if as_of is None else np.datetime64(as_of, "D").astype(np.int64)
