"""Dated events -> what became of each interview, still in dates.

The convention owned here: an event belongs to the latest interview of its application that was
held on or before its day, and the first answer that follows an interview is the answer to it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

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

_LAST_DAY = 10**7  # a day number beyond every date: where undated answers are filed


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
    answers = ANSWERS if answers is None else answers
    starts = starts.reset_index(drop=True)
    spells, events = _assign(starts, events)
    events["ending"] = events["kind"].map(answers)
    _move_same_day_invitations(events, spells)

    out = starts.copy()
    _add_answers(out, events, spells)
    _add_follow_ups(out, events)
    return out


def spell_of(starts: pd.DataFrame, events: pd.DataFrame) -> np.ndarray:
    """Return for each event the row of the start that it belongs to; -1 where there is none."""
    return _assign(starts, events)[1]["spell"].to_numpy()


def _assign(starts: pd.DataFrame, events: pd.DataFrame) -> tuple[_Spells, pd.DataFrame]:
    codes, _ = pd.factorize(pd.concat([starts["application_id"], events["application_id"]]))
    spells = _Spells(codes[: len(starts)], _days(starts["date"]))
    events = events.assign(code=codes[len(starts) :], day=_days(events["date"]))
    events["spell"] = spells.of(events["code"].to_numpy(), events["day"].to_numpy())
    return spells, events


class _Spells:
    """The stretch from each start to the next start of the same application."""

    def __init__(self, codes: np.ndarray, days: np.ndarray) -> None:
        self.order = np.lexsort((days, codes))
        self.codes, self.days = codes[self.order], days[self.order]
        self.keys = self.codes * np.int64(4 * _LAST_DAY) + self.days

    def of(self, codes: np.ndarray, days: np.ndarray, *, strictly: bool = False) -> np.ndarray:
        """Row of the latest start on or (`strictly`) before each day; -1 where there is none."""
        if not len(self.keys):
            return np.full(len(codes), -1)
        # Keys are whole numbers: "before this day" is "up to the day before".
        keys = codes * np.int64(4 * _LAST_DAY) + days - int(strictly)
        at = np.searchsorted(self.keys, keys, side="right") - 1
        found = (at >= 0) & (self.codes[at] == codes)
        return np.where(found, self.order[at], -1)

    def next_start(self) -> np.ndarray:
        """Day of the next start of the same application, per row; ``_LAST_DAY`` if none."""
        days = np.full(len(self.days), _LAST_DAY, dtype=np.int64)
        follows = self.codes[1:] == self.codes[:-1]
        days[:-1][follows] = self.days[1:][follows]
        out = np.empty_like(days)
        out[self.order] = days
        return out


def _days(dates: pd.Series) -> np.ndarray:
    """Whole days since 1970; a missing date is filed after every other."""
    days = dates.to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(days), _LAST_DAY, days.astype(np.int64))


def _move_same_day_invitations(events: pd.DataFrame, spells: _Spells) -> None:
    """An invitation on the day of an interview answers the one before, if that still waits."""
    invited = (events["kind"] == "advance") & events["date"].notna()
    before = spells.of(events["code"].to_numpy(), events["day"].to_numpy(), strictly=True)
    answered = events[events["ending"].notna() & (events["spell"] >= 0)]
    first = answered.groupby("spell")["day"].min()
    waits = pd.Series(before).map(first).fillna(_LAST_DAY).to_numpy() >= events["day"].to_numpy()
    move = invited.to_numpy() & (before >= 0) & waits
    events.loc[move, "spell"] = before[move]


def _add_answers(out: pd.DataFrame, events: pd.DataFrame, spells: _Spells) -> None:
    given = events[events["ending"].notna()].sort_values(["spell", "day"], kind="stable")
    after = given[given["spell"] >= 0]
    first = after.drop_duplicates("spell").set_index("spell")
    day = first["day"].reindex(out.index).fillna(_LAST_DAY + 1).to_numpy()
    ending = first["ending"].reindex(out.index)

    next_start = spells.next_start() if len(out) else np.empty(0, dtype=np.int64)
    implied = (next_start < _LAST_DAY) & (next_start < day)
    out["ending"] = ending.mask(implied, "yes").fillna("open").astype("str")
    out["implied"] = implied

    ended = pd.Series(np.where(implied, next_start, day), index=out.index)
    out["ended_on"] = _dates(ended.where(ended < _LAST_DAY))

    on_that_day = after[after["day"] == after["spell"].map(first["day"])]
    n_kinds = on_that_day.groupby("spell")["ending"].nunique().reindex(out.index).fillna(0)
    out["contradiction"] = (n_kinds > 1) & ~implied

    early = given.loc[(given["spell"] < 0) & (given["kind"] != "advance"), "code"]
    codes = pd.Series(spells.codes, index=spells.order).reindex(out.index)
    out["answered_before"] = codes.isin(early) & (out["ending"] == "open")
    out["_answer_clock"] = first["clock"].reindex(out.index)

    signs = events[(events["spell"] >= 0) & (events["day"] < _LAST_DAY)]
    signs = signs[signs["day"] < ended.reindex(signs["spell"]).to_numpy()]
    out["last_sign"] = _dates(signs.groupby("spell")["day"].max().reindex(out.index))
    out["last_sign"] = out["last_sign"].fillna(out["date"])


def _add_follow_ups(out: pd.DataFrame, events: pd.DataFrame) -> None:
    sent = events[(events["kind"] == "follow_up") & (events["spell"] >= 0)]
    sent = sent.sort_values(["spell", "day", "clock"], kind="stable")
    first = sent.drop_duplicates("spell").set_index("spell").reindex(out.index)
    dated = first["day"].notna() & (first["day"] < _LAST_DAY)
    out["followed_up_on"] = _dates(first["day"].where(dated))
    out["channel"] = first["detail"]
    out["content"] = first["content"]
    out["follow_up_undated"] = first["day"].notna() & ~dated
    out["n_follow_ups"] = sent.groupby("spell").size().reindex(out.index).fillna(0).astype("int64")
    same_day = out["followed_up_on"].notna() & (out["followed_up_on"] == out["ended_on"])
    # Missing times compare as false, so without both clock times nothing is proved.
    earlier = (first["clock"] < out.pop("_answer_clock")).fillna(False).astype(bool)
    out["wrote_first"] = same_day & earlier


def _dates(days: pd.Series) -> pd.Series:
    return pd.to_datetime(days, unit="D").astype("datetime64[us]")
