"""Dated events -> what became of each interview, still in dates.

The convention owned here: an event belongs to the latest interview of its application that was
held on or before its day, and the first answer that follows an interview is the answer to it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .errors import FollowupError

ENDINGS = ("open", "yes", "no", "withdrawn")

# Kinds of event that answer an interview. "ghosted" is absent on purpose: it is the keeper giving
# up, not the employer answering.
ANSWERS = {
    "advance": "yes",
    "offer": "yes",
    "rejection": "no",
    "closed": "no",
    "withdrawal": "withdrawn",
}

# Why a start enters no estimate, by the column of `trace` that says so.
QUARANTINE = {
    "contradiction": "two different answers on one day",
    "answered_before": "the only answer is dated before it",
}

# The day of what, counted from ``started_on`` to the date of what.
DATES = {"follow_up_day": "followed_up_on", "exit_day": "ended_on"}

LAST_DAY = 4 * 10**6  # a day number beyond every date: where undated answers are filed


def no_certain_day(name: object) -> FollowupError:
    """What to say of a column of times in a time zone."""
    return FollowupError(f"{name} has a time zone, so its day is not certain: turn it into a date.")


def trace(
    starts: pd.DataFrame, events: pd.DataFrame, answers: dict[str, str] | None = None
) -> pd.DataFrame:
    """Follow each start to the first answer that came after it.

    Parameters
    ----------
    starts : pandas.DataFrame
        One row per start: ``application_id`` and ``date``; no two alike.
    events : pandas.DataFrame
        Done events: ``application_id``, ``date`` (missing where unknown), ``kind``, ``detail``,
        ``content`` and ``clock``.
    answers : dict, optional
        Kind of event -> ending; ``ANSWERS`` unless given.

    Returns
    -------
    pandas.DataFrame
        The rows of `starts`, in their order, with ``ending`` (one of ``ENDINGS``), ``ended_on``
        (missing where open or undated), ``implied`` (the yes is known only from the next start),
        ``contradiction`` (two different answers on that day), ``answered_before`` (an answer
        stands before the first start and none after it), ``followed_up_on``, ``channel``,
        ``content``, ``follow_up_undated``, ``wrote_first`` (clock times show the follow-up of the
        last day before the answer), ``n_follow_ups`` and ``last_sign`` (the last day before the
        answer on which anything was written down).
    """
    starts = starts.reset_index(drop=True)
    found = _Events(starts, events, ANSWERS if answers is None else answers)
    found.move_same_day_invitations()
    return starts.assign(**_outcomes(starts, found))


def spell_of(starts: pd.DataFrame, events: pd.DataFrame) -> np.ndarray:
    """Return for each event the row of the start that it belongs to; -1 where there is none."""
    return _Events(starts.reset_index(drop=True), events, ANSWERS).spell


class _Events:
    """The events as arrays, each with the row of the start that it belongs to."""

    def __init__(self, starts: pd.DataFrame, events: pd.DataFrame, answers: dict[str, str]) -> None:
        codes, _ = pd.factorize(pd.concat([starts["application_id"], events["application_id"]]))
        self.n_starts, self.start_codes = len(starts), codes[: len(starts)]
        self.codes, self.day = codes[len(starts) :], _days(events["date"])
        self.spells = _Spells(self.start_codes, _days(starts["date"]))
        self.spell = self.spells.of(self.codes, self.day)
        kind, kinds = pd.factorize(events["kind"])
        endings = [ENDINGS.index(answers.get(word, "open")) for word in kinds]
        self.answer = np.array(endings, dtype=np.int64)[kind]
        self.invites, self.follows = (
            np.array([word == one for word in kinds], dtype=bool)[kind]
            for one in ("advance", "follow_up")
        )
        self.table = events

    def move_same_day_invitations(self) -> None:
        """An invitation on the day of an interview answers the one before, if that still waits."""
        before = self.spells.of(self.codes, self.day, strictly=True)
        given = np.flatnonzero((self.answer > 0) & (self.spell >= 0))
        first = self.extreme_day(given, np.minimum, LAST_DAY)
        waits = np.append(first, LAST_DAY)[before] >= self.day
        move = self.invites & (self.day < LAST_DAY) & (before >= 0) & waits
        self.spell[move] = before[move]

    def extreme_day(self, rows: np.ndarray, extreme: np.ufunc, otherwise: int) -> np.ndarray:
        """First or last day of those events for each start."""
        out = np.full(self.n_starts, otherwise)
        extreme.at(out, self.spell[rows], self.day[rows])
        return out

    def first(self, rows: np.ndarray, *, by_clock: bool = False) -> np.ndarray:
        """Row of the first of those events for each start; -1 for none."""
        keys = [self.day[rows], self.spell[rows]]
        if by_clock:
            times, _ = pd.factorize(self.table["clock"].array[rows], sort=True)
            keys.insert(0, np.where(times < 0, len(rows), times))
        rows = rows[np.lexsort(keys)]
        out = np.full(self.n_starts, -1)
        out[self.spell[rows][::-1]] = rows[::-1]  # what is written last stays
        return out

    def take(self, column: str, rows: np.ndarray) -> pd.Series:
        """Values of a column for those events, missing where there is none."""
        return pd.Series(self.table[column].array.take(rows, allow_fill=True))


class _Spells:
    """The stretch from each start to the next start of the same application."""

    def __init__(self, codes: np.ndarray, days: np.ndarray) -> None:
        self.order = np.lexsort((days, codes))
        self.codes, self.days = codes[self.order], days[self.order]
        self.keys = self.codes * np.int64(4 * LAST_DAY) + self.days

    def of(self, codes: np.ndarray, days: np.ndarray, *, strictly: bool = False) -> np.ndarray:
        """Row of the latest start on or (`strictly`) before each day; -1 where there is none."""
        if not len(self.keys):
            return np.full(len(codes), -1)
        # Keys are whole numbers: "before this day" is "up to the day before".
        keys = codes * np.int64(4 * LAST_DAY) + days - int(strictly)
        at = np.searchsorted(self.keys, keys, side="right") - 1
        found = (at >= 0) & (self.codes[at] == codes)
        return np.where(found, self.order[at], -1)

    def next_start(self) -> np.ndarray:
        """Day of the next start of the same application, per row; ``LAST_DAY`` if none."""
        days = np.full(len(self.days), LAST_DAY, dtype=np.int64)
        follows = self.codes[1:] == self.codes[:-1]
        days[:-1][follows] = self.days[1:][follows]
        out = np.empty_like(days)
        out[self.order] = days
        return out


def _days(dates: pd.Series) -> np.ndarray:
    """Whole days since 1970; a missing date is filed after every other."""
    days = dates.to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(days), LAST_DAY, days.astype(np.int64))


def _outcomes(starts: pd.DataFrame, events: _Events) -> dict[str, np.ndarray | pd.Series]:
    """Answers and follow-ups of each start, by the name of the column."""
    given = np.flatnonzero((events.answer > 0) & (events.spell >= 0))
    first = events.first(given)
    day, ending = np.append(events.day, LAST_DAY + 1)[first], np.append(events.answer, 0)[first]
    next_start = events.spells.next_start()
    implied = (next_start < LAST_DAY) & (next_start < day)
    ended = np.where(implied, next_start, day)

    spell = events.spell[given]
    other = (events.day[given] == day[spell]) & (events.answer[given] != ending[spell])
    contradiction = np.isin(np.arange(len(starts)), spell[other]) & ~implied
    ending = np.where(implied, ENDINGS.index("yes"), ending)
    early = events.codes[(events.answer > 0) & (events.spell < 0) & ~events.invites]

    signs = np.flatnonzero((events.spell >= 0) & (events.day < LAST_DAY))
    signs = signs[events.day[signs] < ended[events.spell[signs]]]
    last_sign = events.extreme_day(signs, np.maximum, -LAST_DAY)
    return {
        "ending": pd.Series(np.array(ENDINGS, dtype=object)[ending], dtype="str"),
        "implied": implied,
        "ended_on": _dates(ended),
        "contradiction": contradiction,
        "answered_before": np.isin(events.start_codes, early) & (ending == 0),
        "last_sign": np.where(last_sign > -LAST_DAY, _dates(last_sign), starts["date"]),
        **_follow_ups(events, ended, events.take("clock", first)),
    }


def _follow_ups(
    events: _Events, ended: np.ndarray, answer_clock: pd.Series
) -> dict[str, np.ndarray | pd.Series]:
    sent = np.flatnonzero(events.follows & (events.spell >= 0))
    first = events.first(sent, by_clock=True)
    day = np.append(events.day, LAST_DAY + 1)[first]
    # Missing times compare as false, so without both clock times nothing is proved.
    earlier = (events.take("clock", first) < answer_clock).fillna(False).to_numpy(dtype=bool)
    return {
        "followed_up_on": _dates(day),
        "channel": events.take("detail", first),
        "content": events.take("content", first),
        "follow_up_undated": day == LAST_DAY,
        "n_follow_ups": np.bincount(events.spell[sent], minlength=events.n_starts),
        "wrote_first": (day < LAST_DAY) & (day == ended) & earlier,
    }


def _dates(days: np.ndarray) -> np.ndarray:
    """Dates of day numbers; missing from ``LAST_DAY`` on."""
    dates = days.astype("datetime64[D]").astype("datetime64[us]")
    dates[days >= LAST_DAY] = np.datetime64("NaT")
    return dates
