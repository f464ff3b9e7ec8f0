"""The project's own form of a log -> its tables, as they are.

The convention owned here: how the tidy form is recognised, by its exact column names and kinds of
event. In it nothing is computed from a status or a note, and only an empty cell is missing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..log import APPLICATION_COLUMNS, EVENT_COLUMNS, KINDS, RATING_COLUMNS
from ..stored import spell, unspell
from .labels import NO_NUMBER
from .sheets import Column, Sheet
from .text import DELIMITERS
from .understood import Table

_COLUMNS = {
    "applications": {**APPLICATION_COLUMNS, "file": "str", "sheet": "str", "line": "Int64"},
    "events": EVENT_COLUMNS,
    "ratings": RATING_COLUMNS,
}
_LONGEST_LINE = 19  # digits: fewer always fit into 64 bits
_LEAST = {
    "events": {"application_id", "date", "kind"},
    "ratings": {"application_id", "date", "stress", "control"},
    "applications": {"application_id"},
}


def tidy_tables(sheets: list[Sheet]) -> list[Table] | None:
    """Return the sheets as tables if they are the tidy form; nothing if they are not."""
    roles = [_role(sheet) for sheet in sheets]
    if None in roles or roles.count("applications") != 1 or roles.count("events") != 1:
        return None
    for sheet in sheets:
        if sheet.joint in DELIMITERS:
            _unspell(sheet)
    return [_table(sheet, role) for sheet, role in zip(sheets, roles, strict=True) if role]


def provenance(table: Table, name: str) -> Column | None:
    """Return the column that says where each row stood in the first source, in the tidy form."""
    return table.column(name) if table.tidy else None


def lines_told(table: Table) -> np.ndarray | None:
    """Return the line of each row in the first source, if the tidy form says it."""
    column = provenance(table, "line")
    if column is None:
        return None
    is_line = [word.isdecimal() and len(word) < _LONGEST_LINE for word in column.words]
    lines = [int(w) if a else NO_NUMBER for w, a in zip(column.words, is_line, strict=True)]
    return column.spread(lines, NO_NUMBER, np.int64)


def _role(sheet: Sheet) -> str | None:
    headers = set(sheet.headers)
    for role, least in _LEAST.items():
        known = headers & _COLUMNS[role].keys()
        if least <= headers and len(known) > 1 and (role != "events" or _has_kinds_only(sheet)):
            return role
    return None


def _has_kinds_only(sheet: Sheet) -> bool:
    kinds = next(column for column in sheet.columns if column.header == "kind")
    return set(kinds.used_words) <= {*KINDS} and bool(kinds.filled.all())


def _unspell(sheet: Sheet) -> None:
    """Take off what keeps a text in a file of commas from being a formula."""
    for column in sheet.columns:
        column.words = _unspelled(column.words)
        column.header = _unspelled([column.header])[0]


def _unspelled(words: Sequence[str]) -> list[str]:
    texts = pd.Series(words, dtype="str")
    plain = unspell(texts)
    return plain.where(spell(plain) == texts, texts).tolist()


def _table(sheet: Sheet, role: str) -> Table:
    table = Table(sheet, role, tidy=True)
    for column in sheet.columns:
        if column.header in _COLUMNS[role] and column.header not in table.fields:
            table.fields[column.header] = [column]
            table.reasons[id(column)] = (column.header, "the tidy form")
        else:
            table.leave(column, "kept as an extra column")
    return table
