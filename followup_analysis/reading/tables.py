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
from .extras import application_extras, event_extras, first_texts, first_values
from .joining import Joined
from .labels import NO_NUMBER, Labels, chosen, none_of
from .occurrences import DAYS, NOT_A_DAY, Events
from .problems import typed
from .tidy import lines_told, provenance
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
    texts: dict[str, object] = {"application_id": joined.ids}
    for name in _TEXTS:
        texts[name] = first_texts(
            [
                (table.said(name, column), apps)
                for table, apps in zip(tables, joined.rows, strict=True)
                if (column := table.column(name)) is not None
            ],
            n,
        )
    referral = first_values(
        [
            (cells.yes_or_no(table, table.column("referral")), apps)
            for table, apps in zip(tables, joined.rows, strict=True)
        ],
        n,
    )
    others = {"applied_on": applied, "referral": referral}
    kept = {
        name: texts[name] if name in texts else typed(others[name], dtype, cells.labels)
        for name, dtype in APPLICATION_COLUMNS.items()
    }
    places = _places(tables, joined, cells.labels)
    extras = application_extras(tables, joined, events, {*kept, *places}, cells.labels)
    return pd.DataFrame(kept | extras | places, index=pd.RangeIndex(n), copy=False)


def _places(tables: list[Table], joined: Joined, labels: Labels) -> dict[str, object]:
    """Return where each application stands in the source; the tidy form says it itself."""
    n = len(joined.ids)
    out = {"file": none_of(n).copy(), "sheet": none_of(n).copy(), "line": np.full(n, NO_NUMBER)}
    for table, apps in zip(reversed(tables), reversed(joined.rows), strict=True):
        rows = np.flatnonzero(apps >= 0)[::-1]  # so that the first row is written last
        own = {"file": table.sheet.file, "sheet": table.sheet.name or None}
        for name, text in own.items():
            told = provenance(table, name)
            codes = None if told is None else told.spread(labels.codes(told.words), -1, np.int32)
            out[name][apps[rows]] = labels.code(text) if codes is None else codes[rows]
        lines = lines_told(table)
        out["line"][apps[rows]] = (table.sheet.lines if lines is None else lines)[rows]
    types = {"file": "str", "sheet": "str", "line": "Int64"}
    return {name: typed(out[name], dtype, labels) for name, dtype in types.items()}


def events_table(
    events: Events, joined: Joined, tables: list[Table], labels: Labels
) -> pd.DataFrame:
    """Return one row per event, by application and day; those without a day stand last."""
    order = _order(events)
    kept = {"application_id": joined.ids.take(events.pop("app")[order])}
    for name, dtype in EVENT_COLUMNS.items():
        if name != "application_id":
            # Let go once it is in the table: together they are as large as that.
            values = events[name] if name == "kind" else events.pop(name)
            kept[name] = typed(chosen(values, order), dtype, labels)
    places = {name: events[name][order] for name in ("row", "origin", "kind")}
    extras = event_extras(places, tables, {*kept}, labels)
    return pd.DataFrame(kept | extras, copy=False)


def _order(events: Events) -> np.ndarray:
    late = np.where(np.isnat(events["date"]), np.datetime64("9999-01-01"), events["date"])
    return np.argsort(events["app"] * DAYS + late.astype(np.int64), kind="stable")


def ratings_table(
    ratings: list[dict[str, np.ndarray]], joined: Joined, labels: Labels
) -> pd.DataFrame:
    """Return one row per rating."""
    nothing = {"app": np.empty(0, int), "date": np.empty(0, "datetime64[D]")}
    empty = nothing | dict.fromkeys(("stress", "control"), np.empty(0, np.int64))
    values = {name: np.concatenate([each[name] for each in (empty, *ratings)]) for name in empty}
    order = np.lexsort((values["date"], values["app"]))
    table = {"application_id": joined.ids.take(values["app"][order])}
    for name in ("date", "stress", "control"):
        table[name] = typed(values[name][order], RATING_COLUMNS[name], labels)
    return pd.DataFrame(table)
