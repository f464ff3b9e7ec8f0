"""A header that is not known, but may be meant for a field -> a note, never a field.

The convention owned here: how far a header may be from a known one. Each of its words is known, or
nearly one word of the known headers; and in a column of days there are days. What is left over and
holds dates, or the words of an answer that no column gives, is named.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from .days import read_day
from .headers import FIELDS, WORDS, Meaning, normalise, understand
from .settling import SEVERAL, are_days
from .sheets import Column
from .understood import Table
from .vocabulary import ENDINGS
from .words import SENSES, is_missing, plain

UNKNOWN = "unknown header: kept as an extra column"
_SHORTEST, _LONGEST = 5, 60  # letters of a word, and of a header
_SAMPLE = 200  # distinct words looked at to see what a column holds
_CLOSE = 0.83  # "postion", "aplied", "statsu"
_OTHERS = ("contract", "interviewer", "interviewers")  # words of their own, with other meanings


def notes_of_slips(table: Table) -> list[str]:
    """Say which columns that are kept as they are may be meant for a field of the log."""
    notes, unused = [], []
    for column in table.extras:
        header, meaning = column.header, near(column.header)
        if meaning is None or not _is_free(table, meaning) or not _may_hold(column, meaning):
            if table.reasons[id(column)] == (None, UNKNOWN):
                unused += [repr(header)] if _holds_written_days(column) else []
                notes += _note_of_answers(table, column)
            continue
        name = f"{meaning.field} {meaning.key}" if meaning.key.isdecimal() else meaning.field
        notes.append(
            f"{table.sheet.where()}: {header!r} is kept as it is, but it is spelt almost like a "
            f"header for {name}. If it is one: columns={{{header!r}: {name!r}}}."
        )
    if unused:
        notes.append(
            f"The dates of {', '.join(unused)} were not used, since no field is named so. If they "
            "matter, say what they are (interview_on, follow_up_on, rejected_on, ...): "
            f"columns={{{unused[0]}: '...'}}."
        )
    return notes


def first_slip(headers: Iterable[str]) -> tuple[str, str] | None:
    """Return the first header that is nearly a known one, and its field."""
    found = ((header, near(header)) for header in headers)
    return next(((header, meaning.field) for header, meaning in found if meaning), None)


def near(header: str) -> Meaning | None:
    """Return what a header that is not known would mean without its slip.

    Examples
    --------
    >>> near("Postion")
    Meaning(field='role', group='', key='', detail=None, usual=True)
    >>> near("Salary") is None
    True
    """
    if len(header) > _LONGEST or understand(header):
        return None
    meaning = understand(" ".join(_known_word(word) for word in normalise(header).split()))
    return meaning if meaning and meaning.field in FIELDS else None


def _known_word(word: str) -> str:
    if word in WORDS or word in _OTHERS or len(word) < _SHORTEST:
        return word
    return next(iter(get_close_matches(word, WORDS, n=1, cutoff=_CLOSE)), word)


def _is_free(table: Table, meaning: Meaning) -> bool:
    """Return whether no other column is read as the field."""
    if meaning.group:
        groups = [g for g in table.groups if (g.kind, g.key) == (meaning.group, meaning.key)]
        return not any(meaning.field in group.parts for group in groups)
    return meaning.field not in table.fields or meaning.field in SEVERAL


def _holds_written_days(column: Column) -> bool:
    """Return whether a column holds dates, be it among ticks; bare numbers may be a salary."""
    written = [word for word in column.words[:_SAMPLE] if word and not word.isdecimal()]
    reads = [read_day(word) for word in written]
    n_days = sum(read.state in ("day", "either") and not read.code for read in reads)
    return bool(written) and (are_days(column) or n_days > 1)


def _note_of_answers(table: Table, column: Column) -> list[str]:
    """Say that a column holds words for what came of applications, where no other tells it."""
    words = [word for word in column.words[:_SAMPLE] if not is_missing(word)]
    senses = {word: SENSES[plain(word)] for word in words if plain(word) in SENSES}
    answers = [word for word, sense in senses.items() if sense.kind in ENDINGS]
    if table.fields.keys() & {"status", "kind"} or not answers or len(senses) < len(words) / 2:
        return []
    return [
        f"{table.sheet.where()}: {column.header!r} holds words such as {answers[0]!r}. If that is "
        f"what came of the application: columns={{{column.header!r}: 'status'}}."
    ]


def _may_hold(column: Column, meaning: Meaning) -> bool:
    """Return whether what stands in a column may be the field."""
    is_day = meaning.field.endswith("_on") or meaning.field in ("status_date", "follow_up_due")
    return are_days(column) == is_day if column.filled.any() else True
