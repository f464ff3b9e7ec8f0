"""What could not be read, line by line, with what was done about it and what would mend it.

The convention owned here: the codes of problems. Nothing is left out of a log without a line here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from ..errors import LogError
from ..log import CHANNELS, CONTENTS, PROBLEM_COLUMNS, SET_ASIDE_COLUMNS
from ..shown import tell_problems
from .labels import Labels, filled_in, none_of
from .sheets import Column, Sheet
from .typed import Typed
from .words import LISTS, SENSES, plain

VALUE_ASIDE = "value set aside"
RECORD_ASIDE = "record set aside"
SHEET_ASIDE = "sheet set aside"
UNDATED = "kept without its date"
_LINES = np.int64(10**10)  # more than a sheet has
_FEW = 200  # distinct words, each compared with all that are known
# Among fewer words that mean less, one may be further off and still be meant.
_KNOWN = {
    "unknown_word": (SENSES, 0.85),
    "unknown_channel": (LISTS["channel"], 0.8),
    "unknown_content": (LISTS["content"], 0.8),
}

Events = Mapping[str, np.ndarray]

REMEDIES = {
    "not_a_date": "Write the date as 2026-01-31.",
    "no_such_day": "Mend the date: the calendar has no such day.",
    "no_year": "Add the year, as in 2026-01-31.",
    "no_day": "Add the day, as in 2026-01-31.",
    "implausible_year": "Mend the year.",
    "unsure_mention": "Write the whole date of the follow-up, or give it a column.",
    "not_exact": "Write the day itself, as in 2026-01-31.",
    "weekday_differs": "Mend the date or the weekday: they do not fit.",
    "more_than_a_date": "Move the other words to a column of notes.",
    "two_dates": "Write one date, and the other in a column or a line of its own.",
    "no_date": "Add the date, as in 2026-01-31.",
    "unknown_word": "Say what it means: vocabulary={{{value!r}: '...'}}, with offer, rejected, "
    "withdrawn, interview, applied or another word for the dots; None if it means nothing.",
    "unknown_content": "Say what it is: vocabulary={{{value!r}: '...'}}, with one of "
    f"{', '.join(CONTENTS)} for the dots; None if it means nothing.",
    "unused_date": "Say what the status of the row means: without it, its date tells of nothing.",
    "unknown_channel": "Say how it was sent: vocabulary={{{value!r}: '...'}}, with one of "
    f"{', '.join(CHANNELS)} for the dots; None if it means nothing.",
    "not_a_number": "Write a whole number.",
    "out_of_range": "Write a whole number from {bounds[0]} to {bounds[1]}.",
    "not_yes_or_no": "Write yes or no.",
    "no_application": "Add the company or an application_id.",
    "no_such_application": "Add the company or mend the application_id.",
    "ambiguous_join": "Add the application_id or the role: several applications fit.",
    "not_an_application": "Nothing, unless it belongs to an application: then name its event.",
    "not_applied": "Nothing, or mend the status: a saved job has no day of application.",
    "broken_row": "Put the cell that holds the delimiter in quotes.",
    "after_as_of": "Mend the date, or give a later as_of=..., or write it in a column of plans.",
    "before_application": "Mend the date, or the day of the application.",
    "before_interview": "Mend the date, or the day of the interview.",
    "duplicate_record": "Nothing, or delete the line.",
    "alike": "Nothing, or delete the line: the same job stands there already, on the same day.",
    "two_days": "Mend one of the two: the sheets give one interview two days.",
    "rated_after_answer": "Nothing: a rating from after the answer is not used.",
    "duplicate_id": "Give each application an id of its own.",
    "not_a_log_sheet": "Nothing, unless it holds applications: then name columns={{...}}.",
    "no_kind": "Say what happened: applied, interview, follow-up, rejected, ...",
}


@dataclass(eq=False)
class Findings:
    """Problems and set-aside records, collected while the sheets of a log are read."""

    sheets: Sequence[Sheet]
    labels: Labels = field(default_factory=Labels)
    _problems: list[dict[str, np.ndarray]] = field(default_factory=list)
    _aside: list[tuple[Sheet, np.ndarray]] = field(default_factory=list)

    def values(
        self,
        sheet: Sheet,
        rows: np.ndarray,
        column: Column | None,
        code: str,
        done: str = VALUE_ASIDE,
        bounds: tuple[int, int] | None = None,
    ) -> None:
        """Report the cells of a column in some rows (numbers, not a mask)."""
        if not len(rows):
            return
        values = self._words(column, rows) if column else none_of(len(rows))
        told = {"file": sheet.file, "sheet": sheet.name or None, "origin": sheet.number,
                "column": column.header if column else None, "code": code, "done": done,
                "line": sheet.lines[rows], "value": values,
                "remedy": self._remedies(values, code, bounds)}  # fmt: skip
        self._add(told, len(rows))

    def _words(self, column: Column, rows: np.ndarray) -> np.ndarray:
        place, distinct = pd.factorize(column.codes[rows])
        return self.labels.codes(column.words[c] if c >= 0 else None for c in distinct)[place]

    def _remedies(self, values: np.ndarray, code: str, bounds: tuple[int, int] | None) -> object:
        remedy = REMEDIES[code]
        if "{value" not in remedy:
            return remedy.format(bounds=bounds)
        place, distinct = pd.factorize(values)
        texts = [self.labels.words[c] if c >= 0 else None for c in distinct]
        told = [remedy.format(value=text) for text in texts]
        if code in _KNOWN and len(texts) <= _FEW:
            told = [
                _hint(text, *_KNOWN[code]) + each for text, each in zip(texts, told, strict=True)
            ]
        return self.labels.codes(told)[place]

    def events(self, events: Events, code: str, done: str) -> None:
        """Report the dates of events that are read already."""
        days, distinct = pd.factorize(events["date"].astype(np.int64))
        told: dict[str, Any] = {name: events[name] for name in ("file", "sheet", "line", "origin")}
        told["column"] = filled_in(events["dated_by"], events["column"])
        value = self.labels.codes(distinct.astype("datetime64[D]").astype(str).tolist())[days]
        told |= {"value": value, "code": code, "done": done, "remedy": REMEDIES[code]}
        self._add(told, len(days))

    def _add(self, told: Mapping[str, Any], n_rows: int) -> None:
        block = {}
        for name, value in told.items():
            is_text = value is None or isinstance(value, str)
            block[name] = np.broadcast_to(self.labels.code(value) if is_text else value, n_rows)
        self._problems.append(block)

    def records(
        self, sheet: Sheet, rows: np.ndarray, code: str, column: Column | None = None
    ) -> None:
        """Set whole rows aside, and report each."""
        self.values(sheet, rows, column, code, RECORD_ASIDE)
        if len(rows):
            self._aside.append((sheet, rows))

    def mended(self, sheet: Sheet, row: int, column: Column) -> None:
        """Report a row with cells too many that could be put right."""
        done = "the cell was put together again"
        self.values(sheet, np.array([row]), column, "broken_row", done)

    def broken(self, sheet: Sheet) -> np.ndarray:
        """Set aside the rows whose cells cannot be told apart; return them as a mask."""
        rows = np.array(sorted(sheet.broken), dtype=np.int64)
        self.records(sheet, rows, "broken_row")
        gone = np.zeros(len(sheet), dtype=bool)
        gone[rows] = True
        return gone

    def sheet(self, sheet: Sheet) -> None:
        """Set a whole sheet aside: one problem, all of its rows."""
        if len(sheet):
            self.values(sheet, np.array([0]), None, "not_a_log_sheet", SHEET_ASIDE)
            self._aside.append((sheet, np.arange(len(sheet))))

    def problems(self) -> pd.DataFrame:
        """Return one row per problem, in the order of the source."""
        nothing = np.empty(0, dtype=np.int64)
        columns = {
            name: np.concatenate([nothing, *(block[name] for block in self._problems)])
            for name in (*PROBLEM_COLUMNS, "origin")
        }
        order = np.lexsort((columns["line"], columns["origin"]))
        # Of a record that is set aside, nothing else matters.
        aside = [_places(sheet.number, sheet.lines[rows]) for sheet, rows in self._aside]
        places = _places(columns["origin"], columns["line"])
        gone = np.isin(places, np.concatenate([nothing, *aside]))
        whole = [self.labels.code(done) for done in (RECORD_ASIDE, SHEET_ASIDE)]
        order = order[(~gone | np.isin(columns["done"], whole))[order]]
        sorted_columns = {name: columns[name][order] for name in PROBLEM_COLUMNS}
        return Typed(self.labels).table(sorted_columns, PROBLEM_COLUMNS)

    def set_aside(self) -> pd.DataFrame:
        """Return one row per record that is not in the log."""
        out: dict[str, list] = {name: [] for name in SET_ASIDE_COLUMNS}
        for sheet in sorted({id(s): s for s, _ in self._aside}.values(), key=lambda s: s.number):
            rows = np.sort(np.concatenate([rows for s, rows in self._aside if s is sheet]))
            out["file"] += [sheet.file] * len(rows)
            out["sheet"] += [sheet.name or None] * len(rows)
            out["line"] += sheet.lines[rows].tolist()
            out["text"] += sheet.texts(rows)
        codes = {name: self.labels.codes(out[name]) for name in ("file", "sheet", "text")}
        lines = np.array(out["line"], dtype=np.int64)
        return Typed(self.labels).table(codes | {"line": lines}, SET_ASIDE_COLUMNS)


def _hint(word: str | None, known: Iterable[str], cutoff: float) -> str:
    """Say which known word is spelt alike, if there is one."""
    for alike in get_close_matches(plain(word or ""), known, n=1, cutoff=cutoff):
        return f"If it is a slip for {alike!r}: vocabulary={{{word!r}: {alike!r}}}. "
    return ""


def _places(origin: np.ndarray | int, line: np.ndarray) -> np.ndarray:
    """Return the sheet and the line as one number."""
    return np.asarray(origin, dtype=np.int64) * _LINES + line


def raise_all(problems: pd.DataFrame) -> None:
    """Raise one error that lists every problem, if there is any."""
    if problems.empty:
        return
    told = tell_problems(problems)
    raise LogError(
        f"{len(told)} problem{'s' if len(told) > 1 else ''} in the log:\n" + "\n".join(told),
        problems,
    )
