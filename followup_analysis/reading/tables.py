"""Joined rows -> the tables of the log, in the types of the data dictionary.

The convention owned here: of several rows of one application, the first that says something is
believed. Applications keep the file, the sheet and the line of their first row.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from ..log import APPLICATION_COLUMNS, EVENT_COLUMNS, RATING_COLUMNS
from .cells import Cells
from .extras import application_extras, event_extras, first_values
from .joining import Joined
from .occurrences import NOT_A_DAY, Events, some
from .problems import typed, typed_table
from .tidy import provenance
from .understood import Table

_TEXTS = ("person", "company", "role", "role_family", "source", "contact", "status", "notes")


@dataclass(eq=False)
class Told:
    """What the rows of a table tell of the application itself, beside its columns."""

    applied: np.ndarray | None = None  # the day of an event "applied"
    saved: np.ndarray | None = None  # the job was saved, not applied for


def days_of_application(
    tables: list[Table],
    joined: Joined,
    told: list[Told],
    cells: Cells,
    as_of: pd.Timestamp | None,
) -> np.ndarray:
    """Return the day of each application, by its column or by an event "applied"."""
    out = np.full(len(joined.ids), NOT_A_DAY)
    for table, apps, more in zip(tables, joined.rows, told, strict=True):
        column = table.column("applied_on")
        for day, cited in (
            (cells.day_of(table, column), column),
            (more.applied, table.column("date")),
        ):
            if day is None or cited is None:
                continue
            here = (apps >= 0) & ~np.isnat(day)
            saved = here & (more.saved if more.saved is not None else False)
            late = here & ~saved & _after(day, as_of)
            cells.findings.values(table.sheet, np.flatnonzero(saved), cited, "not_applied")
            cells.findings.values(table.sheet, np.flatnonzero(late), cited, "after_as_of")
            _fill_earliest(out, apps, day, here & ~saved & ~late)
    return out


def _fill_earliest(out: np.ndarray, apps: np.ndarray, day: np.ndarray, which: np.ndarray) -> None:
    """Write the earliest day of each application where none is known yet."""
    rows = np.flatnonzero(which)
    rows = rows[np.isnat(out[apps[rows]])]
    first = np.full(len(out), np.datetime64("9999-01-01", "D"))
    np.minimum.at(first, apps[rows], day[rows])
    out[apps[rows]] = first[apps[rows]]


def _after(day: np.ndarray, as_of: pd.Timestamp | None) -> np.ndarray:
    if as_of is None:
        return np.zeros(len(day), dtype=bool)
    return day > np.datetime64(as_of, "D")


def applications_table(
    tables: list[Table], joined: Joined, applied: np.ndarray, events: Events, cells: Cells
) -> pd.DataFrame:
    """Return one row per application."""
    n = len(joined.ids)
    out: dict[str, object] = {"application_id": joined.ids}
    for name in _TEXTS:
        out[name] = _first_texts(name, tables, joined)
    out["applied_on"] = applied
    out["referral"] = first_values(
        [(cells.yes_or_no(t, t.column("referral")), apps) for t, apps in _with(tables, joined)], n
    )
    kept = {name: typed(out[name], dtype) for name, dtype in APPLICATION_COLUMNS.items()}
    places = _places(tables, joined, n)
    extras = application_extras(tables, joined, events, {*kept, *places})
    return pd.DataFrame(kept | extras | places, index=pd.RangeIndex(n))


def _with(tables: list[Table], joined: Joined) -> list[tuple[Table, np.ndarray]]:
    return list(zip(tables, joined.rows, strict=True))


def _first_texts(name: str, tables: list[Table], joined: Joined) -> np.ndarray:
    said = [
        (column.without(partial(table.is_missing, name)).texts(), apps)
        for table, apps in _with(tables, joined)
        if (column := table.column(name)) is not None
    ]
    return first_values(said, len(joined.ids))


def _places(tables: list[Table], joined: Joined, n: int) -> dict[str, object]:
    """Return where each application stands in the source; the tidy form says it itself."""
    types = {"file": "str", "sheet": "str", "line": "Int64"}
    out = {name: np.full(n, None, dtype=object) for name in types}
    for table, apps in reversed(_with(tables, joined)):
        rows = np.flatnonzero(apps >= 0)[::-1]  # so that the first row is written last
        own = (table.sheet.file, table.sheet.name or None, table.sheet.lines)
        for name, value in zip(types, own, strict=True):
            told = provenance(table, name)
            told = value if told is None else told
            out[name][apps[rows]] = told[rows] if isinstance(told, np.ndarray) else told
    return {name: typed(out[name], dtype) for name, dtype in types.items()}


def events_table(events: Events, joined: Joined, tables: list[Table]) -> pd.DataFrame:
    """Return one row per event, by application and day; those without a day stand last."""
    late = np.where(np.isnat(events["date"]), np.datetime64("9999-01-01"), events["date"])
    events = some(events, np.lexsort((late, events["app"])))
    events["application_id"] = _ids(joined)[events["app"]]
    kept = {name: typed(events[name], dtype) for name, dtype in EVENT_COLUMNS.items()}
    return pd.DataFrame(kept | event_extras(events, tables, {*kept}))


def _ids(joined: Joined) -> np.ndarray:
    return np.array([*joined.ids, None], dtype=object)


def ratings_table(ratings: list[dict[str, np.ndarray]], joined: Joined) -> pd.DataFrame:
    """Return one row per rating."""
    nothing = {"app": np.empty(0, int), "date": np.empty(0, "datetime64[D]")}
    empty = nothing | dict.fromkeys(("stress", "control"), np.empty(0, object))
    values = {name: np.concatenate([each[name] for each in (empty, *ratings)]) for name in empty}
    order = np.lexsort((values["date"], values["app"]))
    values["application_id"] = _ids(joined)[values["app"]]
    return typed_table({name: values[name][order] for name in RATING_COLUMNS}, RATING_COLUMNS)
