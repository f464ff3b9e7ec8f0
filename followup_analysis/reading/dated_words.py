"""A status with a day behind it ("rejected on 1/20") -> the status, and a column of its days.

The convention owned here: which statuses are taken apart. Those that tell of one thing that
happened, in a sheet that has no other column for the day of a status.
"""

from __future__ import annotations

import re

from .days import read_day
from .sheets import Column
from .understood import Table
from .vocabulary import ENDINGS, Vocabulary
from .words import plain

_LONGEST = 60  # letters
_BEFORE_A_DAY = re.compile(r"[\s:,(–-]+(?:(?:on|am|el|le)\s+)?(?=\d|[^\W\d_])", re.IGNORECASE)
_DAYS = ("day", "either", "yearless")


def take_days_out(table: Table, vocabulary: Vocabulary) -> None:
    """Give a table a column of days where its statuses hold them."""
    column = table.column("status")
    if table.role != "applications" or column is None or "status_date" in table.fields:
        return
    parts = [_parts(word, vocabulary) for word in column.words]
    if not any(day for _, day in parts):
        return
    apart = {
        plain(word): status for word, (status, day) in zip(column.words, parts, strict=True) if day
    }
    table.words = {**apart, **table.words}
    codes = column.codes.copy()
    codes[[*table.sheet.broken, *table.sheet.loose]] = -1  # they may be put right yet
    days = Column(column.header, codes, [day for _, day in parts])
    table.fields["status_date"] = [days.without([not day for _, day in parts])]


def _parts(word: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """Return the status and the day behind it; no day where the word is no such pair."""
    if len(word) > _LONGEST or not any(map(str.isdecimal, word)) or vocabulary.senses(word):
        return word, ""
    for gap in _BEFORE_A_DAY.finditer(word):
        day = word[gap.end() :].rstrip(" ).!")
        if read_day(day).state in _DAYS:
            senses = vocabulary.senses(word[: gap.start()])
            happened = len(senses) == 1 and senses[0].kind in (*ENDINGS, "interview")
            return (word[: gap.start()], day) if happened else (word, "")
    return word, ""
