"""The columns that are no field of a log -> extra columns of its tables, under their own headers.

The convention owned here: nothing that was written down is thrown away. What stands in a row of
its own application goes to the application; what stands beside an event goes to the event.
"""

from __future__ import annotations

import numpy as np

from .joining import Joined
from .occurrences import Events
from .problems import typed
from .sheets import Column
from .understood import Table

# Fields that no table of the log has, or has only once per application.
_UNHELD = ("status_date", "saved_on", "completed_on", "as_of")
_ONCE = ("notes", "status", "contact", "source")

Said = list[tuple[np.ndarray, np.ndarray]]


def first_values(said: Said, n: int) -> np.ndarray:
    """Return the first value that is said of each application: values and applications of rows."""
    out = np.full(n, None, dtype=object)
    for values, apps in reversed(said):
        rows = np.flatnonzero((apps >= 0) & (values != None))[::-1]  # noqa: E711
        out[apps[rows]] = values[rows]
    return out


def application_extras(
    tables: list[Table], joined: Joined, events: Events, taken: set[str]
) -> dict[str, object]:
    """Return the extra columns of applications; of other rows, those that tell of no event."""
    said: dict[str, Said] = {}
    for table, apps in zip(tables, joined.rows, strict=True):
        stays = np.ones(len(apps), dtype=bool)
        if table.role != "applications":
            stays[events["row"][events["origin"] == table.sheet]] = False
        for name, column in _named(_kept_as_is(table, _ways(table, events)), taken):
            texts = column.texts()
            texts[~stays] = None
            if table.role == "applications" or (texts != None).any():  # noqa: E711
                said.setdefault(name, []).append((texts, apps))
    n = len(joined.ids)
    return {name: typed(first_values(pairs, n), "str") for name, pairs in said.items()}


def event_extras(events: Events, tables: list[Table], taken: set[str]) -> dict[str, object]:
    """Return the extra columns of sheets with one row per event."""
    out: dict[str, np.ndarray] = {}
    for table in tables:
        if table.role == "applications":
            continue
        here = np.flatnonzero(events["origin"] == table.sheet)
        once = [column for name in _ONCE for column in table.fields.get(name, [])]
        once += _ways(table, events)
        for name, column in _named(_kept_as_is(table, once), taken) if len(here) else ():
            values = out.setdefault(name, np.full(len(events["row"]), None, dtype=object))
            values[here] = column.texts()[events["row"][here]]
    return {name: typed(values, "str") for name, values in out.items()}


def _kept_as_is(table: Table, more: list[Column] | None = None) -> list[Column]:
    """Return the extra columns, and those of which only a part is in a field."""
    further = [column for columns in table.fields.values() for column in columns[1:]]
    further += [column for name in _UNHELD for column in table.fields.get(name, [])]
    parts = [part for group in table.groups for part in group.parts.items()]
    further += [column for name, column in parts if name in ("notes", "interview_result")]
    kept = {id(column) for column in (*table.extras, *further, *(more or []))}
    return [column for column in table.sheet.columns if id(column) in kept]


def _ways(table: Table, events: Events) -> list[Column]:
    """Return the column of channels if it tells of more than follow-ups: no field has that."""
    column = table.column("channel")
    if table.role != "events" or table.tidy or column is None:
        return []
    sent = (events["origin"] == table.sheet) & (events["kind"] == "follow_up")
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
