"""A stamp in the file -> the last day of the log.

The convention owned here: what a stamp is. A title that says when the file was exported, or a
column that repeats that day; one that lies before something done is old, and is not believed.
"""

from __future__ import annotations

import re

import pandas as pd

from .days import read_day, show
from .sheets import Sheet
from .understood import Table

_TITLE = re.compile(
    r"\b(?:export(?:ed)?|as[\s_]of|current\sdate|date\sexported|downloaded|generated|stand)\b"
    r"\s*(?:on|at|am|date|:)*\s*:?\s*(?P<date>.*\d.*)",
    re.IGNORECASE,
)

_LONGEST = 300  # letters of a title


def find_stamp(sheets: list[Sheet], tables: list[Table]) -> tuple[pd.Timestamp | None, str]:
    """Return the day of the latest stamp, and where it stands."""
    found = [*_titles(sheets), *_columns(tables)]
    if not found:
        return None, ""
    day, where = max(found)
    return pd.Timestamp(show(day)), where


def believe(stamp: pd.Timestamp | None, where: str, last_done: int) -> tuple[bool, list[str]]:
    """Return whether a stamp is the last day of the log, and a note about it."""
    if stamp is None:
        return False, []
    if f"{stamp:%Y-%m-%d}" < show(max(last_done, 0)):
        told = f"{where} says {stamp:%Y-%m-%d}, but there are later dates in the log: not used."
        return False, [told[:1].upper() + told[1:]]
    return True, [f"The last day of the log is {stamp:%Y-%m-%d}: it stands in {where}."]


def _titles(sheets: list[Sheet]) -> list[tuple[int, str]]:
    found = []
    for sheet in sheets:
        for row in sheet.preamble:
            title = " ".join(cell.strip() for cell in row if cell.strip())
            match = _TITLE.search(title[:_LONGEST])
            read = read_day(match["date"].strip()) if match else None
            if read is not None and read.state == "day" and read.day is not None:
                found.append((read.day, f"the title of {sheet.where()}"))
    return found


def _columns(tables: list[Table]) -> list[tuple[int, str]]:
    found = []
    for table in tables:
        for column in table.fields.get("as_of", []):
            days = [read_day(word) for word in column.used_words]
            known = [each.day for each in days if each.state == "day" and each.day is not None]
            if known:
                found.append((max(known), f"the column {column.header!r}"))
    return found
