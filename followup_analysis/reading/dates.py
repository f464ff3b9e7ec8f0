"""Words -> whole days: every way of writing a date that can be read in one way only.

The convention owned here: a date is read once per distinct word; one that reads both ways (day
or month first) is decided by the other words of its column, else it stays undecided and is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import numpy as np

from .words import is_missing, is_no, is_yes, plain

_EPOCH = date(1970, 1, 1).toordinal()
_YEARS = range(1990, 2100)
_NOT_A_DAY = np.iinfo(np.int64).min  # what numpy calls NaT
_SERIALS = range(36526, 62093)  # spreadsheet days from 2000 to 2069

_TIME = (
    r"(?P<h>\d{1,2})(?::(?P<min>\d{2})(?::\d{2}(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\.?)?"
    r"|\s*(?P<half2>[ap]\.?m\.?))\s*(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2}|[a-z]{3,4})?"
)
_WEEKDAY = r"(?:[^\W\d]{2,10}\.?,?\s+)?"
_PATTERNS = {
    "year first": r"(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})",
    "compact": r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})",
    "numbers": _WEEKDAY
    + r"(?P<a>\d{1,2})(?P<sep>[-/.])\s?(?P<b>\d{1,2})(?P=sep)\s?(?P<y>\d{4}|\d{2})",
    "day, month": _WEEKDAY
    + r"(?P<d>\d{1,2})(?:st|nd|rd|th|\.|º)?[\s-]*(?:of|de)?\s*"
    + r"(?P<name>[^\W\d]{3,10})\.?,?[\s-]*(?:de\s)?(?P<y>\d{4}|'?\d{2})",
    "month, day": _WEEKDAY
    + r"(?P<name>[^\W\d]{3,10})\.?[\s-]*(?P<d>\d{1,2})(?:st|nd|rd|th)?"
    + r"(?:,\s*|[\s-]+)(?P<y>\d{4}|'\d{2})",
    "month only": r"(?P<y>\d{4})[-/](?P<m>\d{1,2})",
    "month name only": r"(?P<name>[^\W\d]{3,10})\.?,?\s+(?P<y>\d{4})",
    "no year": r"(?P<a>\d{1,2})[/.-](?P<b>\d{1,2})\.?",
    "no year, day, month": r"(?P<d>\d{1,2})(?:st|nd|rd|th|\.)?[\s-]*(?P<name>[^\W\d]{3,10})\.?",
    "no year, month, day": r"(?P<name>[^\W\d]{3,10})\.?[\s-]*(?P<d>\d{1,2})(?:st|nd|rd|th)?",
}
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?"
)

_MONTHS = {
    name: number
    for number, names in enumerate(
        """jan january januar enero ene janvier gennaio gen janeiro janv jaen jan
        feb february februar febrero fevrier febbraio fevereiro fev fevr
        mar march marz marzo mars marco maerz mrz maart
        apr april abril avril aprile abr avr
        may mai mayo maggio maio mei mag
        jun june juni junio juin giugno junho giu
        jul july juli julio juillet luglio julho lug juil
        aug august agosto aout ago
        sep sept september septiembre septembre settembre setembro set
        oct october oktober octubre octobre ottobre outubro okt ott out
        nov november noviembre novembre novembro
        dec december dezember diciembre decembre dicembre dezembro dez dic""".split("\n"),
        start=1,
    )
    for name in names.split()
}


@dataclass(frozen=True)
class Day:
    """What one word says of a day."""

    state: str  # day, either, missing, yes, no, attempt (a date that cannot be), words
    day: int | None = None  # days since 1970
    other: int | None = None  # the same, month first, where both readings are possible
    clock: str | None = None
    rule: str = ""
    code: str = ""
    days_first: bool | None = None  # which order the word itself shows


@dataclass(eq=False)
class Dates:
    """What the distinct words of one column say; one entry per word."""

    words: list[str]
    readings: list[Day]
    notes: list[str] = field(default_factory=list)

    @property
    def undecided(self) -> list[int]:
        """Return the words that read both ways."""
        return [at for at, reading in enumerate(self.readings) if reading.state == "either"]

    def days(self) -> list[int]:
        """Return the day of each word."""
        return [_NOT_A_DAY if r.day is None else r.day for r in self.readings]

    def decide(self, dayfirst: bool, why: str) -> None:
        """Read every undecided word in the one order."""
        for at in self.undecided:
            self.readings[at] = _settled(self.readings[at], dayfirst, why)

    def candidate(self, dayfirst: bool) -> list[int]:
        """Return the day of each word if undecided ones were read in the one order."""
        chosen = [_settled(r, dayfirst, "") if r.state == "either" else r for r in self.readings]
        return Dates(self.words, chosen).days()


def read_dates(words: Sequence[str], dayfirst: bool | None = None) -> Dates:
    """Read the distinct words of a column of dates.

    Parameters
    ----------
    words : sequence of str
        Distinct texts.
    dayfirst : bool, optional
        Whether 3/4/2026 is 3 April; found from the words unless given.

    Returns
    -------
    Dates
        Where it could not be found, `undecided` is not empty.
    """
    dates = Dates(list(words), [read_day(word) for word in words])
    if dates.undecided:
        if dayfirst is not None:
            dates.decide(dayfirst, f"dayfirst={dayfirst}")
        else:
            _decide_by_words(dates)
    return dates


def _decide_by_words(dates: Dates) -> None:
    shown = {
        reading.days_first: word
        for reading, word in zip(dates.readings, dates.words, strict=True)
        if reading.days_first is not None
    }
    if len(shown) == 1:
        order, word = next(iter(shown.items()))
        dates.decide(order, f"like {word!r}")


def _settled(reading: Day, dayfirst: bool, why: str) -> Day:
    day = reading.day if dayfirst else reading.other
    first = "day" if dayfirst else "month"
    return Day("day", day, None, reading.clock, f"{first} first, {why}")


@cache
def read_day(word: str) -> Day:
    """Read one word.

    Examples
    --------
    >>> read_day("2026-01-28").day == read_day("28 Jan 2026").day
    True
    >>> read_day("3/4/2026").state
    'either'
    """
    match = _ISO.fullmatch(word)
    if match:
        return _iso(match)
    if is_missing(word):
        return Day("missing")
    for rule, pattern in _patterns():
        match = pattern.fullmatch(word)
        if match and (reading := _read_match(rule, match)):
            return reading
    if word.isdigit() and int(word) in _SERIALS:
        return Day("day", int(word) - 25569, rule="spreadsheet day number")
    if is_yes(word):
        return Day("yes")
    if is_no(word):
        return Day("no")
    tried = sum(char.isdigit() for char in word) >= 3
    return Day("attempt" if tried else "words", code="not_a_date")


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    return [
        (rule, re.compile(f"{pattern}(?:(?:,|T|\\s|\\s+at)\\s*{_TIME})?", re.IGNORECASE))
        for rule, pattern in _PATTERNS.items()
    ]


def _iso(match: re.Match[str]) -> Day:
    year, month, day, hour, minute, _ = match.groups()
    clock = f"{hour}:{minute}" if hour and (hour, minute) != ("00", "00") else None
    return _day(int(year), int(month), int(day), clock, "ISO date")


def _read_match(rule: str, match: re.Match[str]) -> Day | None:
    """Return what the groups of a pattern say; nothing where a word in it is no month."""
    found = match.groupdict()
    clock = _clock(found)
    if rule.startswith("no year"):
        known = "a" in found or plain(found["name"]) in _MONTHS
        return Day("attempt", code="no_year") if known else None
    if found.get("name") is not None:
        month = _MONTHS.get(plain(found["name"]))
        if month is None:
            return None
        if rule == "month name only":
            return Day("attempt", code="no_day")
        return _day(_year(found["y"]), month, int(found["d"]), clock, rule)
    if rule == "month only":
        return Day("attempt", code="no_day")
    if rule == "numbers":
        return _numbers(found, clock)
    return _day(int(found["y"]), int(found["m"]), int(found["d"]), clock, rule)


def _numbers(found: dict[str, str], clock: str | None) -> Day:
    a, b, year = int(found["a"]), int(found["b"]), _year(found["y"])
    day_first = _day(year, b, a, clock, "day first")
    if found["sep"] == ".":  # nobody writes month.day.year
        return day_first
    month_first = _day(year, a, b, clock, "month first")
    if a == b or day_first.state != "day":
        shows = month_first.state == "day" and a != b
        return Day(**{**month_first.__dict__, "days_first": False if shows else None})
    if month_first.state != "day":
        return Day(**{**day_first.__dict__, "days_first": True})
    return Day("either", day_first.day, month_first.day, clock)


def _day(year: int, month: int, day: int, clock: str | None, rule: str) -> Day:
    try:
        number = date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return Day("attempt", code="no_such_day")
    if year not in _YEARS:
        return Day("attempt", code="implausible_year")
    return Day("day", number, clock=clock, rule=rule)


def _year(text: str) -> int:
    digits = text.lstrip("'")
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _clock(found: dict[str, str | None]) -> str | None:
    if not found.get("h"):
        return None
    hour, minute = int(found["h"] or 0), int(found["min"] or 0)
    half = (found["half"] or found["half2"] or "").lower()[:1]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59 or (hour, minute) == (0, 0):
        return None
    return f"{hour:02d}:{minute:02d}"


def show(day: int) -> str:
    """Return a day since 1970 as it is written in a file."""
    return str(date(1970, 1, 1) + timedelta(days=int(day)))


def look_like_dates(words: Iterable[str]) -> bool:
    """Return whether most of the words of a column are dates."""
    said = [reading for word in words if (reading := read_day(word)).state != "missing"]
    n_dates = sum(r.state in ("day", "either") or r.code.startswith("no_") for r in said)
    return len(said) > 0 and n_dates >= 0.5 * len(said)
