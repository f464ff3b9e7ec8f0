"""One word -> the day that it names, in every way of writing that can be read in one way only.

The convention owned here: what a word says of a day. A word with more in it than a date gives the
date and says so; one that names no exact day gives none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache

from .words import is_missing, is_no, is_yes, plain

_EPOCH = date(1970, 1, 1).toordinal()
_YEARS = range(1990, 2100)
_LONGEST = 80  # characters: what is longer is a note
_SERIALS = range(36526, 62093)  # spreadsheet days from 2000 to 2069

_TIME = (
    r"(?P<h>\d{1,2})(?::(?P<min>\d{2})(?::\d{2}(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\.?)?"
    r"|\s*(?P<half2>[ap]\.?m\.?))\s*(?P<zone>z|\(?(?:utc|gmt)(?:\s?[+-]\d{1,2}(?::?\d{2})?)?\)?|[+-]\d{2}:?\d{2}|[a-z]{3,4})?"
)
_WEEKDAY = r"(?:(?P<weekday>[^\W\d]{2,10})\.?,?\s+)?"
_ORDINAL = r"(?:st|nd|rd|th|er|\.|º)?"
_NAME = r"(?P<name>[^\W\d]{3,10})"
_PATTERNS = {
    "year first": r"(?P<y>\d{4})(?P<sep>[-/.])\s?(?P<m>\d{1,2})(?P=sep)\s?(?P<d>\d{1,2})\.?",
    "year, month, day": r"(?P<y>\d{4})[年년]\s?(?P<m>\d{1,2})[月월]\s?(?P<d>\d{1,2})[日일]",
    "compact": r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})",
    "numbers": r"(?P<a>\d{1,2})(?P<sep>[-/.])\s?(?P<b>\d{1,2})(?P=sep)\s?(?P<y>\d{4}|\d{2})",
    "day, month": rf"(?P<d>\d{{1,2}}){_ORDINAL}[\s/-]*(?:(?:of|de)\s+)?{_NAME}"
    r"\.?,?[\s/-]*(?:de\s)?(?P<y>\d{4}|'?\d{2})",
    "month, day": rf"{_NAME}\.?[\s-]*(?P<d>\d\d?){_ORDINAL}(?:,\s*|[\s-]+)(?P<y>\d{{4}}|'\d{{2}})",
    "month only": r"(?P<y>\d{4})[-/](?P<m>\d{1,2})",
    "month name only": _NAME + r"\.?,?\s+(?P<y>\d{4})",
    "no year, numbers": r"(?P<a>\d{1,2})(?P<sep>[/.-])(?P<b>\d{1,2})\.?",
    "no year, day, month": rf"(?P<d>\d{{1,2}}){_ORDINAL}[\s-]*{_NAME}\.?",
    "no year, month, day": _NAME + rf"\.?[\s-]*(?P<d>\d{{1,2}}){_ORDINAL}",
}
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?"
)
_NOT_EXACT = re.compile(
    r"(?:\w+\s+)?(?:(?:before|after|by|around|about|circa|ca|approx|early|mid|late|vor|nach)\b|[~≈<>])"
    r".*\d.*|.*\d.*\?",
    re.IGNORECASE,
)
# Without any of this a text is no date; a quick look spares long texts the slow one.
_LIKELY = re.compile(
    r"\d\s?[-/.]\s?\d|\d{5}|j[aä]e?n|ene|gen|fe[bv]|fév|m[aä][rae]|mr[tz]|ma[iygj]|mei|a[pbv]r|ju[nli]|giu|lug"
    r"|aug|ago|ao[uû]|se[pt]|o[ckt]t|out|nov|d[eiéè][csz]|年|년",
    re.IGNORECASE,
)
_COMMA = r",(?=\s*(?:\d{4}-|\d\d?[/.]\d\d?[/.]))"
_JOINED = re.compile(rf"\s*(?:&|\+|;|\n|\s(?:and|und|y|et|e)\s|{_COMMA})\s*", re.IGNORECASE)
_TICK = re.compile(
    r"^[✓✔✅☑🗸][\ufe0e\ufe0f]?\s*|\s*[\(\[]?\s*(?:[✓✔✅☑🗸][\ufe0e\ufe0f]?|done|sent|x)\s*[\)\]]?\s*$",
    re.IGNORECASE,
)

_MONTHS = {
    name: number
    for number, names in enumerate(
        """jan january januar enero ene janvier gennaio gen janeiro janv jaen januari
        feb february februar febrero fevrier febbraio fevereiro fev fevr februari
        mar march marz marzo mars marco maerz mrz maart mrt marts
        apr april abril avril aprile abr avr
        may mai mayo maggio maio mei mag maj
        jun june juni junio juin giugno junho giu
        jul july juli julio juillet luglio julho lug juil
        aug august agosto aout ago augustus augusti
        sep sept september septiembre septembre settembre setembro set
        oct october oktober octubre octobre ottobre outubro okt ott out
        nov november noviembre novembre novembro
        dec december dezember diciembre decembre dicembre dezembro dez dic desember des""".split(
            "\n"
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        """mon monday montag mo lunes lundi lunedi
        tue tues tuesday dienstag di martes mardi martedi
        wed weds wednesday mittwoch mi miercoles mercredi mercoledi
        thu thur thurs thursday donnerstag do jueves jeudi giovedi
        fri friday freitag fr viernes vendredi venerdi
        sat saturday samstag sa sabado samedi sabato
        sun sunday sonntag so domingo dimanche domenica""".split("\n")
    )
    for name in names.split()
}


@dataclass(frozen=True)
class Day:
    """What one word says of a day.

    ``state`` is ``day``; ``either`` (it reads both ways); ``yearless``; ``missing``, ``yes`` or
    ``no``; ``attempt`` (meant as a date, but it is none); ``words`` (no date at all).
    """

    state: str
    day: int | None = None  # days since 1970
    other: int | None = None  # the same, month first, where both orders are possible
    clock: str | None = None
    rule: str = ""
    code: str = ""
    days_first: bool | None = None  # which order the word itself shows
    month_day: tuple[int, int] | None = None  # of a day without its year
    other_month_day: tuple[int, int] | None = None
    second: Day | None = None  # another day in the same cell
    ticked: bool = False
    zone: bool = False

    def settled(self, dayfirst: bool, why: str) -> Day:
        """Return the day in one order, where both were possible."""
        second = self.second.settled(dayfirst, why) if self.second else None
        if self.state == "yearless" and self.other_month_day:
            pair = self.month_day if dayfirst else self.other_month_day
            return replace(self, month_day=pair, other_month_day=None)
        if self.state != "either":
            return replace(self, second=second)
        day = self.day if dayfirst else self.other
        rule = f"{'day' if dayfirst else 'month'} first, {why}"
        return replace(self, state="day", day=day, other=None, rule=rule, second=second)

    def is_undecided(self) -> bool:
        """Return whether the word reads both ways."""
        return (
            self.state == "either"
            or self.other_month_day is not None
            or (self.second is not None and self.second.is_undecided())
        )


@lru_cache(1 << 16)
def read_day(word: str) -> Day:
    """Read one word.

    Examples
    --------
    >>> read_day("2026-01-28").day == read_day("Wed, 28 Jan 2026").day
    True
    >>> read_day("3/4/2026").state
    'either'
    """
    exact = _exact(word)
    if exact is not None:
        return exact
    if is_missing(word):
        return Day("missing")
    if not any(char.isdigit() for char in word):
        return Day("yes") if is_yes(word) else Day("no") if is_no(word) else _no_date(word)
    likely = len(word) <= _LONGEST and _LIKELY.search(word)
    return (_with_more(word) if likely else None) or _no_date(word)


def day_number(year: int, month: int, day: int) -> int | None:
    """Return days since 1970; nothing where the calendar has no such day."""
    try:
        return date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return None


def show(day: int) -> str:
    """Return a day since 1970 as it is written in a file."""
    return str(date(1970, 1, 1) + timedelta(days=int(day)))


def _exact(word: str) -> Day | None:
    """Read a word that is one date and nothing else."""
    match = _ISO.fullmatch(word)
    if match:
        return _iso(match)
    if len(word) > _LONGEST or not _LIKELY.search(word):
        return None
    return _pattern(word) or _serial(word)


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    return [
        (
            rule,
            re.compile(
                rf"{_WEEKDAY}{pattern}(?:(?:,|T|\s|\s+at)\s*{_TIME})?(?:\s+\(?(?P<after>[^\W\d]+)\)?)?",
                re.IGNORECASE,
            ),
        )
        for rule, pattern in _PATTERNS.items()
    ]


def _iso(match: re.Match[str]) -> Day:
    year, month, day, hour, minute, zone = match.groups()
    clock = f"{hour}:{minute}" if hour and (hour, minute) != ("00", "00") else None
    read = _day(int(year), int(month), int(day), clock, "ISO date")
    return replace(read, zone=True) if zone and clock else read


def _pattern(word: str) -> Day | None:
    for rule, pattern in _patterns():
        match = pattern.fullmatch(word)
        if match:
            found = match.groupdict()
            after = found.pop("after")
            named = found["weekday"] or after
            if after and plain(after) not in _WEEKDAYS:
                continue
            read = _read(rule, found)
            if read is not None:
                return _on_weekday(read, _WEEKDAYS.get(plain(named))) if named else read
    return None


def _read(rule: str, found: dict[str, str | None]) -> Day | None:
    """Return what the groups of a pattern say; nothing where a word in it is no month."""
    text = {name: value or "" for name, value in found.items()}
    if text["weekday"] and plain(text["weekday"]) not in _WEEKDAYS:
        return None
    month = int(text["m"]) if text.get("m") else _MONTHS.get(plain(text.get("name", "")))
    if month is None and "a" not in found:
        return None
    clock = _clock(text)
    if rule.startswith("no year"):
        return _yearless(month, text, clock)
    if "only" in rule:
        return Day("attempt", code="no_day")
    if "a" in found:
        return _numbers(text, clock)
    return _day(_year(text["y"]), month or 0, int(text["d"]), clock, rule)


def _numbers(text: dict[str, str], clock: str | None) -> Day:
    a, b, year = int(text["a"]), int(text["b"]), _year(text["y"])
    day_first = _day(year, b, a, clock, "day first")
    if text["sep"] == ".":  # nobody writes month.day.year
        return replace(day_first, rule=day_first.rule and "day.month.year")
    month_first = _day(year, a, b, clock, "month first")
    if a == b or day_first.state != "day":
        shows = month_first.state == "day" and a != b
        return replace(month_first, days_first=False if shows else None)
    if month_first.state != "day":
        return replace(day_first, days_first=True)
    return Day("either", day_first.day, month_first.day, clock)


def _yearless(month: int | None, text: dict[str, str], clock: str | None) -> Day | None:
    """Return a month and a day; 2000 had every day that any year has."""
    if month is not None:
        pair = (month, int(text["d"]))
        return Day("yearless", month_day=pair, clock=clock) if day_number(2000, *pair) else None
    a, b = int(text["a"]), int(text["b"])
    day_first, month_first = day_number(2000, b, a), day_number(2000, a, b)
    if text["sep"] == "." or a == b or month_first is None:
        if day_first is None:
            return None
        shows = True if month_first is None and text["sep"] != "." else None
        return Day("yearless", month_day=(b, a), clock=clock, days_first=shows)
    if day_first is None:
        return Day("yearless", month_day=(a, b), clock=clock, days_first=False)
    return Day("yearless", month_day=(b, a), other_month_day=(a, b), clock=clock)


def _on_weekday(read: Day, weekday: int | None) -> Day:
    """Let the name of the day decide between two readings; it must fit."""
    if weekday is None or read.state not in ("day", "either"):
        return read
    fits = [
        day is not None and (date(1970, 1, 1) + timedelta(days=day)).weekday() == weekday
        for day in (read.day, read.other)
    ]
    if not any(fits):
        return Day("attempt", code="weekday_differs")
    if read.state == "day" or all(fits):
        return read
    return replace(read.settled(fits[0], "by its weekday"), days_first=fits[0])


def _day(year: int, month: int, day: int, clock: str | None, rule: str) -> Day:
    number = day_number(year, month, day)
    if number is None:
        return Day("attempt", code="no_such_day")
    if year not in _YEARS:
        return Day("attempt", code="implausible_year")
    return Day("day", number, clock=clock, rule=rule)


def _year(text: str) -> int:
    digits = text.lstrip("'")
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _clock(text: dict[str, str]) -> str | None:
    if not text.get("h"):
        return None
    hour, minute = int(text["h"]), int(text["min"] or 0)
    half = (text["half"] or text["half2"]).lower()[:1]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59 or (hour, minute) == (0, 0):
        return None
    return f"{hour:02d}:{minute:02d}"


def _serial(word: str) -> Day | None:
    number = word.split(".")[0]
    if re.fullmatch(r"\d{5}(\.\d+)?", word) and int(number) in _SERIALS:
        return Day("day", int(number) - 25569, rule="spreadsheet day number")
    return None


def _with_more(word: str) -> Day | None:
    """Read a date that is ticked, two dates, or a date with words behind it."""
    if _NOT_EXACT.fullmatch(word):
        return Day("attempt", code="not_exact")
    ticked = _exact(_TICK.sub("", word))
    if ticked and ticked.state in ("day", "either", "yearless"):
        return replace(ticked, ticked=True)
    split = _JOINED.split(word)
    parts = [read for part in split if (read := _exact(part))] if len(split) == 2 else []
    if len(parts) == 2 and all(part.state in ("day", "either") for part in parts):
        one, two = parts
        shows = one.days_first if one.days_first is not None else two.days_first
        return replace(one, second=two, days_first=shows)
    return _with_words(word)


def _with_words(word: str) -> Day | None:
    tries = [word[: gap.start()] for gap in re.finditer(r"[\s:,(\[–-]+(?=[^\W\d]|[(\[])", word)]
    tries += [start.strip() for start in word.split("→")[:-1]]  # from one day to another
    lead = re.fullmatch(r"[^\W\d]+(?:\s+on)?:?\s+(\d.*)", word)
    for text in [*tries, lead[1]] if lead else tries:
        read = _exact(text)
        if read and read.state in ("day", "either"):
            return replace(read, code="more_than_a_date")
    return None


def _no_date(word: str) -> Day:
    if is_yes(word) or is_no(word):  # 1 and 0
        return Day("yes" if is_yes(word) else "no")
    tried = sum(char.isdigit() for char in word) >= 3
    return Day("attempt" if tried else "words", code="not_a_date")
