"""Notes -> the follow-ups that are told in them, with their dates.

The convention owned here: only what the keeper says to have done, with a day beside it, is a
follow-up; what they mean to do is a plan; what others did is neither.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from .cells import Cells
from .dates import NO_DAY
from .days import Day, day_number, read_day
from .deeds import BY_ANYONE, DONE, INTENDED, MAYBE, channel_of
from .occurrences import DAYS, Occurrences
from .sheets import Column
from .understood import Table

_HINT = re.compile(
    r"follow|thank|call|mail|phon|text|reach|wrote|write|check|nudg|ping|messag|remind|nach[gfh]|dank|angeruf"
    r"|seguim|agradec|llam|relanc|remerc|ringraz",
    re.IGNORECASE,
)

_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|ene|abr|ago|dic|fév|avr"
    r"|juin|juil|aoû|déc)[^\W\d]*"
)
_DATE = (
    r"(?P<date>\d{4}-\d{2}-\d{2}|\d{1,2}[/.]\d{1,2}(?:[/.](?:\d{4}|\d{2}))?(?!\d)"
    rf"|{_MONTH}\.?\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)?(?:\sde)?\s{_MONTH}\.?(?:,?\s(?:de\s)?\d{{4}})?)"
)
_PLAN = (
    rf"{INTENDED}|(?:next\s)?follow[\s-]up\s(?:due|by|planned)"
    r"|remind(?:er|\sme)(?:\sto\sfollow[\s-]up)?|^follow[\s-]up"
)
_WHEN = r"(?:\s*[:,(–-]\s*|\s+(?:(?:on|by|am|at|el|le|bis(?:\szum)?|avant\sle)\s)?)"
_PATTERNS = {
    "planned": rf"(?<!\w)(?P<deed>{_PLAN}){_WHEN}{_DATE}",
    "done": rf"(?<!\w)(?P<deed>{DONE}){_WHEN}{_DATE}",
    "dated": rf"(?<![\d/-]){_DATE}\s*[:,)–-]*\s+(?:I\s)?(?P<deed>{DONE})(?!\w)",
    "maybe": rf"(?<!\w)(?P<deed>{MAYBE}){_WHEN}{_DATE}",
    "dated, maybe": rf"(?<![\d/-]){_DATE}\s*[:,)–-]*\s+(?:I\s)?(?P<deed>{MAYBE})(?!\w)",
    "more": rf"\s*(?:,|&|and)\s+{_DATE}(?!\s*[:–-])",
    "diary": rf"\s*{_DATE}",
}
_SOMEONE = (
    r"(?:[Tt]hey|[Hh]e|[Ss]he|(?:recruit|interview|head\s?hunt|manag|employ)ers?|hr|company|team|who"
    r"|someone|agency|office|assistant)"
)
# Who or what stands before a deed that is not the keeper's, or was not done.
_OTHERS = (
    rf"\b(?:{_SOMEONE}|not|[Nn]ever|no|was|were|been|got"
    r"|didn'?t|hasn'?t|haven'?t|hat|haben|wurden?|nicht|nie|m'a|a|ont|pas|jamais|me|nos|nunca"
    r"|(?!(?:Then|And|Also|Just|So|Later|Finally|Again|Today|Habe|Dann|Heute|Und)\b)[A-Z]\w+)"
    r"(?:\s+|['’](?:(?:d|ll|s)\s+)?)(?:(?:has|have|had|just|also|then|encore|will|would|may|might|is|are"
    r"|promised|agreed|offered|plans?|planned|intends?|going)\s+)*$"
)
_NOT_DONE = re.compile(
    r"\b(?:forg[eo]t(?:ten)?|failed|unable|neglected|too\slate"
    r"|(?:do|did|does|could|has|have|had|was|would|wo|ca)n['’]?t|(?:did|could|do|have)\snot|never|cannot)\s+"
    r"(?:(?:get|got|able|manage|managed|around|have|had|time|the|a|chance|remember|need|to)\s+)*$",
    re.IGNORECASE,
)
_TRIED = re.compile(r"\b(?:tried|attempted)\s+$", re.IGNORECASE)
# Where a deed that anyone might have done is the keeper's: as the first words, or after these.
_BEGINS = re.compile(
    r"^\W*(?:(?:on|am|el|le)\s+)?$|\b(?:and|then|also|so|but|just|later|finally|again|today)\s+$"
    rf"|{_DATE}\W*$",
    re.IGNORECASE,
)
# What is told of an employer who called; the keeper calls for news.
_OF_AN_EMPLOYER = re.compile(
    r"\b(?:me|us|saying|offer|offering|reject\w*|invit\w*|to\s(?:schedule|set|arrange|say|tell|let"
    r"|inform|discuss)|by(?!\s(?:a\s|the\s)?(?:e-?mail|phone|call|letter|linkedin|text|note))"
    r"|(?:to\sask|asking)(?!.*\b(?:update|status|news|timeline|decision|feedback)))\b",
    re.IGNORECASE,
)
_CLAUSE_ENDS = re.compile(r"[.;:,!?\n(|•–—→+&]\s*|\s[-/]+\s+")
_DIGITS = str.maketrans("123456789", "000000000")
_LONGEST, _NEAR = 200, 60  # letters of a phrase, and of what is looked at around it
_FOUND, _OTHERS_DID = 1, 2
_NOT_READ = "kept as text, read as no event"


# Of the phrase and the date; channel, planned, sure.
Place = tuple[slice, slice, str | None, bool, bool]


class Mention(NamedTuple):
    """A follow-up that is told in a note."""

    phrase: str
    date: str
    channel: str | None
    planned: bool
    sure: bool  # else somebody else may have done it


def mentions(note: str) -> list[Mention]:
    """Find the follow-ups with a date in a note.

    Examples
    --------
    >>> [found] = mentions("Nice talk. Followed up by email on 2026-01-28, no answer")
    >>> found.date, found.channel, found.planned
    ('2026-01-28', 'email', False)
    >>> mentions("they called back on 2026-01-28")
    []
    """
    return [mention for _, mention in _told([note])]


@lru_cache(1 << 12)
def _find_mentions(note: str) -> list[Place]:
    """Return where the phrase and the date of each follow-up stand in a note."""
    if not _HINT.search(note):
        return []
    names = ["planned", "done", "dated"]
    if _compiled("diary").match(note):  # each date stands before its deed
        names = names[::-1]
    found: list[tuple[int, Place]] = []
    told = bytearray(len(note))  # which letters tell of a follow-up already, or of none
    for name in (*names, "maybe", "dated, maybe"):
        for match in _compiled(name).finditer(note):
            span = slice(*match.span())
            if _FOUND in told[span] or (name.endswith("maybe") and any(told[span])):
                continue
            of_others = _is_of_others(note, match)
            if not of_others:
                found += [(span.start, each) for each in _places(note, match, name)]
            told[span] = bytes([_OTHERS_DID if of_others else _FOUND]) * (span.stop - span.start)
    return [place for _, place in sorted(found, key=lambda each: each[0])]


@cache
def _compiled(name: str) -> re.Pattern[str]:
    return re.compile(_PATTERNS[name], re.IGNORECASE)


def _places(note: str, match: re.Match[str], name: str) -> list[Place]:
    """Return the place of the date of a match, and of each further one behind it."""
    sure = _is_sure(note, match, name)
    told = channel_of(match["deed"].lower()), name == "planned", sure
    out = [(slice(*match.span()), slice(*match.span("date")), *told)]
    end = match.end()
    while match.end("date") == match.end() and (more := _compiled("more").match(note, end)):
        begins = match.start() if more.end() - match.start() <= _LONGEST else end
        end = more.end()
        out.append((slice(begins, end), slice(*more.span("date")), *told))
    return out


def _is_of_others(note: str, match: re.Match[str]) -> bool:
    """Return whether somebody else did it, or nobody."""
    before = _clause_before(note, match.start("deed"))
    if _NOT_DONE.search(before):
        return True
    return not _says_i(before) and re.search(_OTHERS, before) is not None


def _is_sure(note: str, match: re.Match[str], name: str) -> bool:
    """Return whether the keeper did it, or means to, and it is a follow-up."""
    if name == "planned":
        return not _TRIED.search(_clause_before(note, match.start("deed")))
    return not name.endswith("maybe") and not _may_be_of_others(note, match)


def _may_be_of_others(note: str, match: re.Match[str]) -> bool:
    """Return whether nothing tells that the keeper did what anyone might have done."""
    if _says_i(_clause_before(note, match.start("deed"))):
        return False
    if not re.match(BY_ANYONE, match["deed"], re.IGNORECASE):
        return False
    before = _clause_before(note, min(match.start("deed"), match.start("date")))
    after = re.split(r"[.;\n\d]", note[match.end() : match.end() + _NEAR])[0]
    return (
        not _BEGINS.search(before)
        or re.search(rf"\b{_SOMEONE}\b", before) is not None
        or _OF_AN_EMPLOYER.search(match["deed"] + after) is not None
    )


def _clause_before(note: str, place: int) -> str:
    return _CLAUSE_ENDS.split(note[max(0, place - _NEAR) : place])[-1]


def _says_i(before: str) -> bool:
    return re.search(r"\bI\s+(?:have\s|just\s|also\s|then\s)*$", before) is not None


def read_notes(table: Table, apps: np.ndarray, cells: Cells, events: Occurrences) -> None:
    """Add the follow-ups told in the notes of a table, unless a column tells them already."""
    if table.role not in ("applications", "interviews"):
        return
    told = [(column, _told(column.words)) for column in _notes_of(table)]
    order = _find_order(table, cells, [mention for _, each in told for _, mention in each])
    reader = _Mentions(table, apps, cells, events, order)
    for column, each in told:
        if each:
            reader.add(column, each)


def _notes_of(table: Table) -> list[Column]:
    of_groups = [group.parts["notes"] for group in table.groups if "notes" in group.parts]
    return [*table.fields.get("notes", []), *of_groups]


def _told(words: Sequence[str]) -> list[tuple[int, Mention]]:
    """Return the follow-ups told in some notes, each with the place of its note."""
    # No pattern tells one digit from another: notes that differ in digits only are searched once.
    shapes = "\0".join(words).translate(_DIGITS).split("\0")
    if len(shapes) != len(words):
        shapes = [word.translate(_DIGITS) for word in words]
    return [
        (at, Mention(word[phrase].strip(), word[date], channel, planned, sure))
        for at, (word, shape) in enumerate(zip(words, shapes, strict=True))
        for phrase, date, channel, planned, sure in _find_mentions(shape)
    ]


def _find_order(table: Table, cells: Cells, told: list[Mention]) -> bool | None:
    """Return whether the day stands first in the dates of the sheet, if they all agree."""
    dates = [cells.dates.get(id(column)) for column in table.sheet.columns]
    orders = {
        reading.rule.startswith("day first")
        for each in dates
        if each is not None
        for reading in each.readings
        if reading.rule.startswith(("day first", "month first"))
    }
    shown = {read_day(mention.date).days_first for mention in told}
    orders |= {order for order in shown if order is not None}
    return orders.pop() if len(orders) == 1 else None


class _Mentions:
    """Dates the follow-ups told in the notes of one table."""

    def __init__(
        self, table: Table, apps: np.ndarray, cells: Cells, events: Occurrences, order: bool | None
    ) -> None:
        self.table, self.apps, self.cells, self.events = table, apps, cells, events
        self.order = order
        applied = cells.day_of(table, table.column("applied_on"))
        self.low = np.where(np.isnat(applied), NO_DAY, applied.astype(np.int64))
        self.known = _keys(*events.dated("follow_up"))

    def add(self, column: Column, told: list[tuple[int, Mention]]) -> None:
        """Add the mentions of a column; report those of which the day or the doer is not sure."""
        words = np.array([at for at, _ in told], dtype=np.int64)
        rows, numbers = _rows_of(column, words, self.apps >= 0)
        days = self._days([mention for _, mention in told], rows, numbers)
        sure = np.array([mention.sure for _, mention in told], dtype=bool)[numbers]
        dated = days != NO_DAY
        known = np.isin(_keys(self.apps[rows], days.view("datetime64[D]")), self.known)
        unsure = np.unique(rows[~dated | ~sure & ~known])
        self.cells.findings.values(self.table.sheet, unsure, column, "unsure_mention", _NOT_READ)
        kept = dated & sure
        self._add_sure(column, told, rows[kept], numbers[kept], days[kept])

    def _days(self, told: list[Mention], rows: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        """Return the day of each mention in each row; `NO_DAY` where it is not sure."""
        reads = [self._read(mention.date) for mention in told]
        sure = [each.day if each.state == "day" else None for each in reads]
        days = np.array([NO_DAY if day is None else day for day in sure], dtype=np.int64)[numbers]
        for place in np.flatnonzero(days == NO_DAY).tolist():
            number, low = numbers[place], int(self.low[rows[place]])
            planned = told[number].planned
            fits = _days_that_fit(reads[number], low, self.cells.last_day, planned)
            days[place] = fits[0] if len(fits) == 1 else NO_DAY
        return days

    def _read(self, date: str) -> Day:
        read = read_day(date)
        if read.is_undecided() and self.order is not None:
            read = read.settled(self.order, "like the other dates")
        return read

    def _add_sure(
        self,
        column: Column,
        told: list[tuple[int, Mention]],
        rows: np.ndarray,
        numbers: np.ndarray,
        days: np.ndarray,
    ) -> None:
        """Add the mentions but those of a follow-up that is known of already."""
        labels, mentioned = self.cells.labels, [mention for _, mention in told]
        planned = np.array([mention.planned for mention in mentioned], dtype=bool)[numbers]
        keys = _keys(self.apps[rows], days.view("datetime64[D]"))
        again = (pd.Series(keys).isin(self.known) | pd.Series(keys).duplicated()).to_numpy()
        self.known = np.concatenate([self.known, keys])
        kept = planned | ~again
        of_rows = numbers[kept]
        self.events.add(
            self.table.sheet, self.apps, rows[kept], column, kind="follow_up",
            date=days[kept].view("datetime64[D]"), planned=planned[kept],
            detail=labels.codes(mention.channel for mention in mentioned)[of_rows],
            rule=labels.codes(f"note {mention.phrase!r}" for mention in mentioned)[of_rows],
        )  # fmt: skip


def _rows_of(column: Column, words: np.ndarray, here: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows in which each of some words stands, and the places among those words."""
    asked = np.zeros(len(column.words) + 1, dtype=bool)
    asked[words] = True
    rows = np.flatnonzero(asked[column.codes] & here)
    rows = rows[np.argsort(column.codes[rows], kind="stable")]
    codes = column.codes[rows]
    start, end = (np.searchsorted(codes, words, side=side) for side in ("left", "right"))
    counts = end - start
    numbers = np.repeat(np.arange(len(words)), counts)
    within = np.arange(len(numbers)) - np.repeat(np.cumsum(counts) - counts, counts)
    return rows[np.repeat(start, counts) + within], numbers


def _keys(apps: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Return application and day as one number."""
    return apps * DAYS + days.astype(np.int64)


def _days_that_fit(read: Day, low: int, high: int, planned: bool) -> list[int]:
    """Return the days that a mention may stand for, between the application and the last day."""
    if read.state == "day" and read.day is not None:
        return [read.day]
    pairs = [pair for pair in (read.month_day, read.other_month_day) if pair]
    years = range(1970 + low // 366, 1971 + high // 365) if low != NO_DAY and high != NO_DAY else ()
    days = [day_number(year, *pair) for year in years for pair in pairs]
    days += [read.day, read.other] if read.state == "either" else []
    fits = {day for day in days if day is not None and low <= day}
    return sorted(day for day in fits if planned or high == NO_DAY or day <= high)
