"""Rows that say how stressed or in control somebody was -> ratings, each with its day.

The convention owned here: the day of a rating. That which the row gives for it, else the day of
the interview or the follow-up beside it.
"""

from __future__ import annotations

import numpy as np

from .cells import SCALES, Cells
from .labels import NO_NUMBER
from .sheets import Column
from .understood import Table

_RATED = ("stress", "control")


def read_ratings(
    tables: list[Table], rows: list[np.ndarray], cells: Cells
) -> list[dict[str, np.ndarray]]:
    """Return what was rated, and when; a sheet may hold ratings beside each interview."""
    out = []
    for table, apps in zip(tables, rows, strict=True):
        for parts, when in _rated(table):
            values = {n: cells.numbers(table, parts.get(n), *SCALES[n]) for n in _RATED}
            rated = (values["stress"] != NO_NUMBER) | (values["control"] != NO_NUMBER)
            kept = np.flatnonzero(rated & (apps >= 0))
            day = cells.day_of(table, when)
            told = {name: value[kept] for name, value in values.items()}
            out.append({"app": apps[kept], "date": day[kept]} | told)
    return out


def _rated(table: Table) -> list[tuple[dict[str, Column], Column | None]]:
    """Return the sets of columns that hold ratings, each with the column of its day."""
    loose = {name: columns[0] for name, columns in table.fields.items() if columns}
    sets = [(loose, loose.get("rated_on") or loose.get("date"))]
    for group in table.groups:
        days = [group.parts.get(name) for name in ("rated_on", "interview_on", "follow_up_on")]
        sets.append((group.parts, next((day for day in days if day), None)))
    return [(parts, when) for parts, when in sets if parts.keys() & {*_RATED}]
