"""A column "response date" -> the days of answers in some rows, of first responses in the others.

The convention owned here: which it is, where no other column dates the answers. The status of the
row is an answer, and the day is after its last interview; or there was none, and it is settled.
"""

from __future__ import annotations

from collections.abc import Container

import numpy as np

from .headers import understand
from .occurrences import Occurrences
from .sheets import Column
from .understood import Table

_DATE_ANSWERS = {
    "status_date", "advance_on", "offer_on", "accepted_on", "declined_on", "rejected_on",
    "withdrawn_on", "closed_on",
}  # fmt: skip
_SETTLED = ("offer", "rejection", "closed")  # the employer's last word, without an interview too


def find_responses(table: Table, given: Container[str]) -> Column | None:
    """Return the column whose header, and sheet, leave open which response is dated in it.

    Parameters
    ----------
    table : Table
        A sheet whose columns are understood.
    given : container of str
        The headers that somebody has said the meaning of.

    Returns
    -------
    Column or None
    """
    column = table.column("first_response_on")
    if table.role != "applications" or column is None or column.header in given:
        return None
    if "status" not in table.fields or table.fields.keys() & _DATE_ANSWERS:
        return None
    meaning = understand(column.header)
    return column if meaning and not meaning.usual else None


def are_answers(kind: str, day: np.ndarray, apps: np.ndarray, events: Occurrences) -> np.ndarray:
    """Return which days, one per row, can be those of an answer of a kind."""
    dated = np.zeros(events.n_applications + 1, dtype=bool)
    dated[events.dated("interview")[0]] = True
    fits = dated[apps] & (day > events.latest("interview")[apps])
    if kind in _SETTLED:
        fits |= ~events.has("interview")[apps]
    return fits & ~np.isnat(day)


def tell_responses(table: Table, column: Column, n_answers: int, n_first: int) -> None:
    """Say how a column was read, and what to write where that is wrong."""
    if not n_answers:
        return
    reason = "header; the day of the answer where the status of the row is one"
    table.reasons[id(column)] = ("first_response_on", reason)
    header, rows = column.header, "row" if n_answers == 1 else "rows"
    table.notes.append(
        f"{table.sheet.where()}: {header!r} was read as the day of the answer in {n_answers} "
        f"{rows}, where the status is an answer and no interview is later, and as that of the "
        f"first response in {n_first}. If it is always the day of the answer: "
        f"columns={{{header!r}: 'status_date'}}; if always that of the first response: "
        f"columns={{{header!r}: 'first_response_on'}}."
    )
