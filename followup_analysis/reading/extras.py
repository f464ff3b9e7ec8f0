"""The columns that are no field of a log -> extra columns of its tables, under their own headers.

The convention owned here: nothing that was written down is thrown away. What stands in a row of
its own application goes to the application; what stands beside an event goes to the event.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .joining import Joined
from .labels import Labels, Texts, texts_of
from .occurrences import Events
from .sheets import Column
from .understood import Table

# Fields that no table of the log has, or has only once per application.
_UNHELD = ("status_date", "saved_on", "completed_on", "as_of")
_ONCE = ("notes", "status", "contact", "source")


def first_values(said: list[tuple[np.ndarray, np.ndarray]], n: int) -> np.ndarray:
    """Return the first number that is said of each application: numbers and applications of rows.

    A number below 0 says nothing.
    """
    if are_rows_of_their_own(said, n):
        return said[0][0]
    out = np.full(n, -1, dtype=np.int32)
    for values, apps in reversed(said):
        rows = np.flatnonzero((apps >= 0) & (values >= 0))[::-1]  # the first is written last
        out[apps[rows]] = values[rows]
    return out


def are_rows_of_their_own(said: list[tuple[np.ndarray, np.ndarray]], n: int) -> bool:
    """Return whether one table says something, and each row of it is another application."""
    return len(said) == 1 and len(said[0][1]) == n and np.array_equal(said[0][1], np.arange(n))


def first_texts(said: list[tuple[Column, np.ndarray]], n: int) -> Texts:
    """Return the first text that is said of each application: columns and applications of rows."""
    words: Sequence[str] = []
    numbers = []
    for column, apps in said:
        shifted = np.where(column.filled, column.codes + len(words), -1) if words else column.codes
        numbers.append((shifted, apps))
        words = [*words, *column.words] if words else column.words
    return texts_of(words, first_values(numbers, n))


def application_extras(
    tables: list[Table], joined: Joined, events: Events, taken: set[str], labels: Labels
) -> dict[str, Texts]:
    """Return the extra columns of applications; of other rows, those that tell of no event."""
    said: dict[str, list[tuple[Column, np.ndarray]]] = {}
    for table, apps in zip(tables, joined.rows, strict=True):
        stays = np.ones(len(apps), dtype=bool)
        if table.role != "applications":
            stays[events["row"][events["origin"] == table.sheet.number]] = False
        for name, column in _named(_kept_as_is(table, _ways(table, events, labels)), taken):
            if table.role != "applications":
                column = Column(name, np.where(stays, column.codes, -1), column.words)
                if not column.filled.any():
                    continue
            said.setdefault(name, []).append((column, apps))
    return {name: first_texts(pairs, len(joined.ids)) for name, pairs in said.items()}


def event_extras(
    events: Events, tables: list[Table], taken: set[str], labels: Labels
) -> dict[str, Texts]:
    """Return the extra columns of sheets with one row per event."""
    out: dict[str, np.ndarray] = {}
    for table in tables:
        if table.role == "applications":
            continue
        here = np.flatnonzero(events["origin"] == table.sheet.number)
        once = [column for name in _ONCE for column in table.fields.get(name, [])]
        once += _ways(table, events, labels)
        for name, column in _named(_kept_as_is(table, once), taken) if len(here) else ():
            codes = out.setdefault(name, np.full(len(events["row"]), -1, dtype=np.int32))
            rows = column.rows(events["row"][here])
            codes[here] = rows.spread(labels.codes(column.words), -1, np.int32)
    return {name: labels.texts(codes) for name, codes in out.items()}


def _kept_as_is(table: Table, more: list[Column] | None = None) -> list[Column]:
    """Return the extra columns, and those of which only a part is in a field."""
    further = [column for columns in table.fields.values() for column in columns[1:]]
    further += [column for name in _UNHELD for column in table.fields.get(name, [])]
    parts = [part for group in table.groups for part in group.parts.items()]
    further += [column for name, column in parts if name in ("notes", "interview_result")]
    kept = {id(column) for column in (*table.extras, *further, *(more or []))}
    return [column for column in table.sheet.columns if id(column) in kept]


def _ways(table: Table, events: Events, labels: Labels) -> list[Column]:
    """Return the column of channels if it tells of more than follow-ups: no field has that."""
    column = table.column("channel")
    if table.role != "events" or table.tidy or column is None:
        return []
    sent = events["kind"] == labels.code("follow_up")
    sent &= events["origin"] == table.sheet.number
    return [column] if np.delete(column.filled, events["row"][sent]).any() else []


def _named(columns: list[Column], taken: set[str]) -> list[tuple[str, Column]]:
    """Return columns under their headers, or the next free name."""
    out: dict[str, Column] = {}
    for column in columns:
        number, name = 1, column.header
        while name in taken or name in out:
            number += 1
            name = f"{column.header} ({number})"
        out[name] = column
    return list(out.items())
