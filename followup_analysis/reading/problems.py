"""What could not be read, line by line, with what was done about it and what would mend it.

The convention owned here: the codes of problems. Nothing is left out of a log without a line here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..errors import LogError
from ..log import PROBLEM_COLUMNS, SET_ASIDE_COLUMNS
from .sheets import Column, Sheet

VALUE_ASIDE = "value set aside"
RECORD_ASIDE = "record set aside"
SHEET_ASIDE = "sheet set aside"
UNDATED = "kept without its date"

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
    "unknown_word": "Say what it means: vocabulary={{{value!r}: 'rejected'}}, or any other word.",
    "unknown_channel": "Say what it means: vocabulary={{{value!r}: 'email'}}, or call, letter, ...",
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
    _problems: list[dict[str, np.ndarray]] = field(default_factory=list)
    _aside: list[tuple[Sheet, int]] = field(default_factory=list)

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
        texts = column.rows(rows).texts() if column else np.full(len(rows), None, dtype=object)
        remedies = {text: REMEDIES[code].format(value=text, bounds=bounds) for text in set(texts)}
        told = {
            "file": sheet.file, "sheet": sheet.name or None, "line": sheet.lines[rows],
            "column": column.header if column else None, "value": texts, "code": code,
            "done": done, "remedy": np.array([remedies[text] for text in texts], dtype=object),
        }  # fmt: skip
        self._problems.append(_block(told, len(rows)))

    def events(self, events: dict[str, np.ndarray], code: str, done: str) -> None:
        """Report the dates of events that are read already."""
        told: dict[str, object] = {n: events[n] for n in ("file", "sheet", "line", "column")}
        told["value"] = events["date"].astype(str).astype(object)
        told |= {"code": code, "done": done, "remedy": REMEDIES[code]}
        self._problems.append(_block(told, len(events["date"])))

    def records(
        self, sheet: Sheet, rows: np.ndarray, code: str, column: Column | None = None
    ) -> None:
        """Set whole rows aside, and report each."""
        self.values(sheet, rows, column, code, RECORD_ASIDE)
        self._aside += [(sheet, int(row)) for row in rows]

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
            self._aside += [(sheet, row) for row in range(len(sheet))]

    def problems(self) -> pd.DataFrame:
        """Return one row per problem, in the order of the source."""
        columns = {
            name: np.concatenate([np.empty(0, object), *(block[name] for block in self._problems)])
            for name in PROBLEM_COLUMNS
        }
        of = {(s.file, s.name or None): place for place, s in enumerate(self.sheets)}
        places = [of[place] for place in zip(columns["file"], columns["sheet"], strict=True)]
        order = np.lexsort((columns["line"].astype(np.int64), np.array(places, dtype=np.int64)))
        # Of a record that is set aside, nothing else matters.
        gone = {(of[s.file, s.name or None], int(s.lines[row])) for s, row in self._aside}
        stays = [
            done in (RECORD_ASIDE, SHEET_ASIDE) or (place, line) not in gone
            for place, line, done in zip(places, columns["line"], columns["done"], strict=True)
        ]
        order = order[np.array(stays, dtype=bool)[order]]
        columns = {name: values[order] for name, values in columns.items()}
        return typed_table(columns, PROBLEM_COLUMNS)

    def set_aside(self) -> pd.DataFrame:
        """Return one row per record that is not in the log."""
        places = {id(sheet): place for place, sheet in enumerate(self.sheets)}
        rows = [
            (s.file, s.name or None, int(s.lines[row]), s.text(row))
            for s, row in sorted(self._aside, key=lambda each: (places[id(each[0])], each[1]))
        ]
        columns = zip(*rows, strict=True) if rows else [()] * len(SET_ASIDE_COLUMNS)
        table = dict(zip(SET_ASIDE_COLUMNS, columns, strict=True))
        return typed_table(table, SET_ASIDE_COLUMNS)


def raise_all(problems: pd.DataFrame) -> None:
    """Raise one error that lists every problem, if there is any."""
    if problems.empty:
        return
    told = [_told(row) for row in problems.itertuples(index=False)]
    raise LogError(
        f"{len(told)} problem{'s' if len(told) > 1 else ''} in the log:\n" + "\n".join(told),
        problems,
    )


def _told(row: tuple) -> str:
    file, sheet, line, column, value, code, done, remedy = row
    place = ", ".join(
        text
        for text in (
            str(file),
            f"sheet {sheet}" if isinstance(sheet, str) else "",
            f"line {line}",
            f"column {column!r}" if isinstance(column, str) else "",
        )
        if text
    )
    shown = f" {value!r}" if isinstance(value, str) else ""
    return f"{place}:{shown} {code}, {done}. {remedy}"


def _block(told: dict[str, object], n_rows: int) -> dict[str, np.ndarray]:
    block = {}
    for name, value in told.items():
        block[name] = np.empty(n_rows, dtype=object)
        block[name][:] = value
    return block


def typed_table(columns: Mapping[str, object], types: Mapping[str, str]) -> pd.DataFrame:
    """Return columns as a table in the types of the data dictionary."""
    return pd.DataFrame({name: typed(columns[name], dtype) for name, dtype in types.items()})


def typed(values: object, dtype: str) -> object:
    """Return values in a type of the data dictionary."""
    if dtype == "datetime64[us]":
        return np.asarray(values, dtype=dtype)
    if dtype == "bool":
        return np.asarray(values, dtype=bool)
    return pd.array(np.asarray(values, dtype=object), dtype=dtype)
