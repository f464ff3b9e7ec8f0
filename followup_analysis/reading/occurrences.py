"""What happened, gathered column by column.

The convention owned here: the provenance of an event. Each cites the file, sheet, line and column
of the cell that it came from, and the rule by which the cell was read.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..log import EVENT_COLUMNS
from .sheets import Column, Sheet

NOT_A_DAY = np.datetime64("NaT", "D")

# What is needed of an event while it is read: the number of its application, its row and sheet,
# and whether it is an interview that was booked, and may not have been held.
_INNER: dict[str, type | str] = {"app": np.int64, "row": np.int64, "booked": bool, "origin": object}
_TYPES: dict[str, type | str] = {"bool": bool, "datetime64[us]": "datetime64[D]"}
_COLUMNS = _INNER | {
    name: _TYPES.get(dtype, object)
    for name, dtype in EVENT_COLUMNS.items()
    if name != "application_id"
}
_EMPTY = {"date": NOT_A_DAY, "rated_on": NOT_A_DAY, "stated_deadline": NOT_A_DAY,
          "drawn_on": NOT_A_DAY, "planned": False, "booked": False}  # fmt: skip

Events = dict[str, np.ndarray]


@dataclass(eq=False)
class Occurrences:
    """Events while they are gathered; `told` says which applications have a kind of event."""

    n_applications: int
    told: dict[str, np.ndarray] = field(default_factory=dict)
    _blocks: list[Events] = field(default_factory=list)

    def add(
        self, sheet: Sheet, apps: np.ndarray, rows: np.ndarray, column: Column, /, **values: object
    ) -> None:
        """Add an event for each of some rows (numbers); values are one for all, or one per row."""
        if not len(rows):
            return
        told = {
            "app": apps[rows], "row": rows, "origin": sheet, "file": sheet.file,
            "sheet": sheet.name or None, "line": sheet.lines[rows], "column": column.header,
        } | values  # fmt: skip
        block = {
            name: _spread(told.get(name, _EMPTY.get(name)), len(rows), dtype)
            for name, dtype in _COLUMNS.items()
        }
        self._blocks.append(block)
        for kind in set(block["kind"]):
            self.has(kind)[block["app"][(block["kind"] == kind) & ~block["planned"]]] = True

    def has(self, kind: str) -> np.ndarray:
        """Return which applications have an event of a kind that is not a plan.

        The last entry is that of rows that belong to no application.
        """
        return self.told.setdefault(kind, np.zeros(self.n_applications + 1, dtype=bool))

    def days_of(self, kind: str) -> set[tuple[int, int]]:
        """Return the applications and days (since 1970) of the dated events of a kind."""
        found: set[tuple[int, int]] = set()
        for block in self._blocks:
            which = (block["kind"] == kind) & ~block["planned"] & ~np.isnat(block["date"])
            days = block["date"][which].astype(np.int64)
            found |= set(zip(block["app"][which].tolist(), days.tolist(), strict=True))
        return found

    def latest(self, kind: str) -> np.ndarray:
        """Return the latest day of a kind of event of each application, plans left out.

        The last entry is that of rows that belong to no application.
        """
        out = np.full(self.n_applications + 1, np.datetime64("0001-01-01", "D"))
        for block in self._blocks:
            which = (block["kind"] == kind) & ~block["planned"] & ~np.isnat(block["date"])
            np.maximum.at(out, block["app"][which], block["date"][which])
        return out

    def book_last(self, apps: np.ndarray) -> None:
        """Mark the latest interview of some applications as booked: it may not have been held."""
        latest: dict[int, tuple[np.datetime64, np.ndarray, int]] = {}
        for block in self._blocks if len(apps) else []:
            held = np.isin(block["app"], apps) & (block["kind"] == "interview")
            for place in np.flatnonzero(held).tolist():
                app, day = int(block["app"][place]), block["date"][place]
                if app not in latest or np.isnat(latest[app][0]) or day > latest[app][0]:
                    latest[app] = (day, block["booked"], place)
        for _, booked, place in latest.values():
            booked[place] = True

    def gather(self) -> Events:
        """Return the columns of all events, in the order in which they were added."""
        if not self._blocks:
            return {name: np.empty(0, dtype) for name, dtype in _COLUMNS.items()}
        return {name: np.concatenate([block[name] for block in self._blocks]) for name in _COLUMNS}


def some(events: Events, which: np.ndarray) -> Events:
    """Return the events of a mask, or in an order."""
    return {name: values[which] for name, values in events.items()}


def _spread(value: object, n_rows: int, dtype: type | str) -> np.ndarray:
    if isinstance(value, np.ndarray):
        return value.astype(dtype)
    out = np.empty(n_rows, dtype=dtype)
    out[:] = value
    return out
