"""What happened, gathered column by column.

The convention owned here: the provenance of an event. Each cites the file, sheet, line and column
of the cell that it came from, and the rule by which the cell was read. Texts are held as the
numbers of labels; a value that is the same in all rows is held once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..log import EVENT_COLUMNS
from .labels import NO_NUMBER, Labels, chosen, is_constant
from .sheets import Column, Sheet

NOT_A_DAY = np.datetime64("NaT", "D")
FAR = np.datetime64("9999-01-01", "D")
DAYS = np.int64(10**8)  # more than there are days since 1970

# What is needed of an event while it is read: the number of its application, its row and the
# number of its sheet, the column of its day where that is another one, and whether it is an
# interview that was booked, and may not have been held.
_TYPES: dict[str, Any] = {
    "number": np.int32,
    "str": np.int32,
    "datetime64[us]": "datetime64[D]",
    "Int64": np.int64,
    "bool": bool,
}
_EMPTY: dict[str, Any] = {
    "number": -1,
    "str": -1,
    "datetime64[us]": NOT_A_DAY,
    "Int64": NO_NUMBER,
    "bool": False,
}
_KINDS = {"app": "number", "row": "number", "booked": "bool", "origin": "number"}
_KINDS |= {"dated_by": "str"} | {
    name: dtype for name, dtype in EVENT_COLUMNS.items() if name != "application_id"
}
_WRITTEN = ("date", "planned", "booked")  # what is decided only when all events are known
_NO_DAYS = np.datetime64("0001-01-01", "D")

Events = dict[str, np.ndarray]


@dataclass(eq=False)
class Occurrences:
    """Events while they are gathered; `told` says which applications have a kind of event."""

    n_applications: int
    labels: Labels
    told: dict[str, np.ndarray] = field(default_factory=dict)
    _blocks: list[Events] = field(default_factory=list)
    _sizes: list[int] = field(default_factory=list)

    def add(
        self,
        sheet: Sheet,
        apps: np.ndarray,
        rows: np.ndarray,
        column: Column,
        /,
        kind: str,
        **values: object,
    ) -> None:
        """Add an event for each of some rows (numbers); values are one for all, or one per row."""
        if not len(rows):
            return
        told = {
            "app": apps[rows], "row": rows, "origin": sheet.number, "file": sheet.file,
            "sheet": sheet.name or None, "line": sheet.lines[rows], "column": column.header,
            "kind": kind,
        } | values  # fmt: skip
        block = {name: self._values(name, value, len(rows)) for name, value in told.items()}
        for name in _WRITTEN:
            block.setdefault(name, self._values(name, _EMPTY[_KINDS[name]], len(rows)))
            if not block[name].flags.writeable:
                block[name] = block[name].copy()
        self._blocks.append(block)
        self._sizes.append(len(rows))
        self.has(kind)[block["app"][~block["planned"]]] = True

    def _values(self, name: str, value: object, n_rows: int) -> np.ndarray:
        """Return one value per row."""
        if isinstance(value, np.ndarray):
            return value
        if value is None or isinstance(value, str):
            value = self.labels.code(value)
        return np.broadcast_to(np.array(value, _TYPES[_KINDS[name]]), n_rows)

    def has(self, kind: str) -> np.ndarray:
        """Return which applications have an event of a kind that is not a plan.

        The last entry is that of rows that belong to no application.
        """
        return self.told.setdefault(kind, np.zeros(self.n_applications + 1, dtype=bool))

    def dated(self, kind: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the applications and days of the dated events of a kind, plans left out."""
        apps, days = [np.empty(0, np.int64)], [np.empty(0, "datetime64[D]")]
        for block in self._of(kind):
            which = ~block["planned"] & ~np.isnat(block["date"])
            apps.append(block["app"][which])
            days.append(block["date"][which])
        return np.concatenate(apps), np.concatenate(days)

    def latest(self, kind: str) -> np.ndarray:
        """Return the latest day of a kind of event of each application, plans left out.

        The last entry is that of rows that belong to no application.
        """
        out = np.full(self.n_applications + 1, _NO_DAYS)
        np.maximum.at(out, *self.dated(kind))
        return out

    def book_last(self, apps: np.ndarray) -> None:
        """Mark the latest interview of some applications as booked: it may not have been held."""
        latest: dict[int, tuple[np.datetime64, np.ndarray, int]] = {}
        for block in self._of("interview") if len(apps) else []:
            for place in np.flatnonzero(np.isin(block["app"], apps)).tolist():
                app, day = int(block["app"][place]), block["date"][place]
                if app not in latest or np.isnat(latest[app][0]) or day > latest[app][0]:
                    latest[app] = (day, block["booked"], place)
        for _, booked, place in latest.values():
            booked[place] = True

    def _of(self, kind: str) -> list[Events]:
        code = self.labels.code(kind)
        return [block for block in self._blocks if block["kind"][0] == code]

    def gather(self) -> Events:
        """Return the columns of all events, in the order in which they were added."""
        return {name: self._column(name) for name in _KINDS}

    def _column(self, name: str) -> np.ndarray:
        """Return one column of all events, which the blocks no longer hold then."""
        dtype, empty = _TYPES[_KINDS[name]], np.array(_EMPTY[_KINDS[name]])
        parts = [
            block.pop(name, np.broadcast_to(empty, size))
            for block, size in zip(self._blocks, self._sizes, strict=True)
        ]
        n_rows = sum(self._sizes)
        same = parts and all(map(is_constant, parts)) and name not in _WRITTEN
        if same and len({int(part[0].astype(np.int64)) for part in parts}) == 1:
            return np.broadcast_to(parts[0][0].astype(dtype), n_rows)
        out = np.empty(n_rows, dtype)
        return np.concatenate(parts, out=out, casting="same_kind") if parts else out


def earliest(apps: np.ndarray, days: np.ndarray, n: int) -> np.ndarray:
    """Return the earliest of the days of each application, `FAR` where it has none."""
    out = np.full(n, FAR)
    if (np.diff(apps) > 0).all():  # each has one
        out[apps] = days
    else:
        np.minimum.at(out, apps, days)
    return out


def some(events: Events, which: np.ndarray) -> Events:
    """Return the events of a mask, or in an order."""
    return {name: chosen(values, which) for name, values in events.items()}
