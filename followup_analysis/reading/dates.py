"""The words of a column -> days: the order of day and month is found from all of them.

The convention owned here: a word that reads both ways (day or month first) is decided by the other
words of its column, else it stays undecided, and is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from .days import Day, read_day

NO_DAY = int(np.iinfo(np.int64).min)  # what numpy calls NaT


@dataclass(eq=False)
class Dates:
    """What the words of one column say; one entry per word."""

    words: list[str]
    readings: list[Day]

    @property
    def undecided(self) -> list[int]:
        """Return the words that read both ways."""
        return [at for at, reading in enumerate(self.readings) if reading.is_undecided()]

    def days(self) -> list[int]:
        """Return the day of each word."""
        return [NO_DAY if r.day is None else r.day for r in self.readings]

    def decide(self, dayfirst: bool, why: str) -> None:
        """Read every undecided word in the one order."""
        self.readings = [reading.settled(dayfirst, why) for reading in self.readings]

    def days_if(self, dayfirst: bool) -> list[int]:
        """Return the day of each word if undecided ones were read in the one order."""
        return Dates(self.words, [r.settled(dayfirst, "") for r in self.readings]).days()


def read_dates(words: Sequence[str], dayfirst: bool | None = None) -> Dates:
    """Read the words of a column of dates.

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


def look_like_dates(words: Iterable[str]) -> bool:
    """Return whether most of the words of a column are dates."""
    said = [reading for word in words if (reading := read_day(word)).state != "missing"]
    n_dates = sum(r.state in ("day", "either", "yearless") or r.code == "no_day" for r in said)
    return len(said) > 0 and n_dates >= 0.5 * len(said)


def _decide_by_words(dates: Dates) -> None:
    shown = {
        reading.days_first: word
        for reading, word in zip(dates.readings, dates.words, strict=True)
        if reading.days_first is not None
    }
    if len(shown) == 1:
        order, word = next(iter(shown.items()))
        dates.decide(order, f"like {word!r}")
