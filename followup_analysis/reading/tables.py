"""Joined rows -> the tables of the log, in the types of the data dictionary.

The convention owned here: of several rows of one application, the first that says something is
believed. Applications keep the file, the sheet and the line of their first row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..log import APPLICATION_COLUMNS, EVENT_COLUMNS, RATING_COLUMNS
from .cells import Cells
from .extras import (
    application_extras,
    are_rows_of_their_own,
    event_extras,
    first_texts,
    first_values,
)
from .joining import Joined
from .labels import NO_NUMBER, Labels, chosen, none_of, taken
from .occurrences import DAYS, FAR, NOT_A_DAY, Events, earliest
from .tidy import lines_told, provenance
from .typed import Typed
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
    unknown = np.isnat(out[apps[rows]])
    rows = rows if unknown.all() else rows[unknown]
    of = apps[rows]
    is_own = (np.diff(of) > 0).all()
    out[of] = day[rows] if is_own else earliest(of, day[rows], len(out))[of]


def _after(day: np.ndarray, as_of: pd.Timestamp | None) -> np.ndarray:
    if as_of is None:
        return np.zeros(len(day), dtype=bool)
    return day > np.datetime64(as_of, "D")


def referrals(tables: list[Table], joined: Joined, cells: Cells) -> np.ndarray:
    """Return which applications came by a referral: 1 and 0, -1 where it is not said."""
    said = [
        (cells.yes_or_no(table, column), apps)
        for table, apps in zip(tables, joined.rows, strict=True)
        if (column := table.column("referral")) is not None
    ]
    return first_values(said, len(joined.ids))


def applications_table(
    tables: list[Table],
    joined: Joined,
    applied: np.ndarray,
    referral: np.ndarray,
    events: Events,
    labels: Labels,
) -> pd.DataFrame:
    """Return one row per application."""
    n, typed = len(joined.ids), Typed(labels)
    texts: dict[str, object] = {"application_id": joined.ids}
    for name in _TEXTS:
        said = [
            (table.said(name, column), apps)
            for table, apps in zip(tables, joined.rows, strict=True)
            if (column := table.column(name)) is not None
        ]
        texts[name] = first_texts(said, n) if said else typed.column(none_of(n), "str")
    others = {"applied_on": applied, "referral": referral}
    kept = {
        name: texts[name] if name in texts else typed.column(others[name], dtype)
        for name, dtype in APPLICATION_COLUMNS.items()
    }
    places = _places(tables, joined, typed)
    extras = application_extras(tables, joined, events, {*kept, *places}, labels)
    return pd.DataFrame(kept | extras | places, index=pd.RangeIndex(n), copy=False)


def _places(tables: list[Table], joined: Joined, typed: Typed) -> dict[str, object]:
    """Return where each application stands in the source; the tidy form says it itself."""
    told = [_places_of_rows(table, typed.labels) for table in tables]
    out = {}
    for name, dtype in {"file": "str", "sheet": "str", "line": "Int64"}.items():
        said = [(each[name], apps) for each, apps in zip(told, joined.rows, strict=True)]
        out[name] = typed.column(_of_first_rows(said, len(joined.ids)), dtype)
    return out


def _places_of_rows(table: Table, labels: Labels) -> dict[str, np.ndarray]:
    """Return file, sheet and line of each row."""
    n_rows, lines = len(table.sheet), lines_told(table)
    out = {"line": table.sheet.lines if lines is None else lines}
    for name, text in (("file", table.sheet.file), ("sheet", table.sheet.name or None)):
        column = provenance(table, name)
        out[name] = (
            np.broadcast_to(np.int32(labels.code(text)), n_rows)
            if column is None
            else column.spread(labels.codes(column.words), -1, np.int32)
        )
    return out


def _of_first_rows(said: list[tuple[np.ndarray, np.ndarray]], n: int) -> np.ndarray:
    """Return what the first row of each application says: values and applications of rows."""
    if are_rows_of_their_own(said, n):
        return said[0][0]
    out = np.full(n, NO_NUMBER)
    for values, apps in reversed(said):
        rows = np.flatnonzero(apps >= 0)[::-1]  # so that the first row is written last
        out[apps[rows]] = chosen(values, rows)
    return out


def events_table(
    events: Events, joined: Joined, tables: list[Table], labels: Labels
) -> pd.DataFrame:
    """Return one row per event, by application and day; those without a day stand last.

    The events are let go as their columns are made.
    """
    for name in events.keys() - {"app", "row", "origin", *EVENT_COLUMNS}:
        del events[name]  # was of use while reading
    order, typed = _order(events), Typed(labels)
    kept = {"application_id": taken(joined.ids, events.pop("app")[order])}
    for name, dtype in EVENT_COLUMNS.items():
        if name != "application_id":
            # Together they are as large as the table.
            values = events[name] if name == "kind" else events.pop(name)
            kept[name] = typed.column(chosen(values, order), dtype)
    places = {name: events[name][order] for name in ("row", "origin", "kind")}
    extras = event_extras(places, tables, {*kept}, labels)
    return pd.DataFrame(kept | extras, index=pd.RangeIndex(len(order)), copy=False)


def _order(events: Events) -> np.ndarray:
    late = np.where(np.isnat(events["date"]), FAR, events["date"])
    return np.argsort(events["app"] * DAYS + late.astype(np.int64), kind="stable")


def ratings_table(
    ratings: list[dict[str, np.ndarray]], joined: Joined, labels: Labels
) -> pd.DataFrame:
    """Return one row per rating."""
    nothing = {"app": np.empty(0, int), "date": np.empty(0, "datetime64[D]")}
    empty = nothing | dict.fromkeys(("stress", "control"), np.empty(0, np.int64))
    values = {name: np.concatenate([each[name] for each in (empty, *ratings)]) for name in empty}
    order = np.lexsort((values["date"], values["app"]))
    table = {"application_id": taken(joined.ids, values["app"][order])}
    for name in ("date", "stress", "control"):
        table[name] = Typed(labels).column(values[name][order], RATING_COLUMNS[name])
    return pd.DataFrame(table)
