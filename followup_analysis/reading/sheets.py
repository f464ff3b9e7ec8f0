"""Any table, held as columns of text over their distinct values.

The convention owned here: whatever is read, judged or looked up is read once per distinct value
and then spread over the rows; row and line numbers are those of the source.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from .labels import are_trimmed


@dataclass(eq=False)
class Column:
    """The cells below one header."""

    header: str
    codes: np.ndarray  # row -> position in `words`; -1 where the cell is blank
    words: Sequence[str]  # texts without blanks at their ends
    distinct: bool = False  # whether no word is there twice

    def __post_init__(self) -> None:
        self.header = sound(self.header)

    @classmethod
    def of(cls, header: str, cells: Sequence[str]) -> Column:
        """Build a column from the text of each row."""
        codes, distinct = pd.factorize(_objects(cells))
        return cls.of_codes(header, codes, distinct.tolist())

    @classmethod
    def of_codes(cls, header: str, codes: np.ndarray, distinct: Sequence[str]) -> Column:
        """Build a column from distinct texts, and the place among them of that of each row.

        The places are written to where a text is a blank.
        """
        words = distinct if are_trimmed(distinct) else [word.strip() for word in distinct]
        if words is not distinct and len(set(words)) < len(words):
            merged, known = pd.factorize(_objects(words))
            codes, words = merged[codes], known.tolist()
        codes = codes.astype(np.int32, copy=False)
        if "" in words:
            codes[codes == words.index("")] = -1
        return cls(header, codes, words, distinct=True)

    def __len__(self) -> int:
        return len(self.codes)

    def without(self, gone: Sequence[bool]) -> Column:
        """Return the column with some of its words read as blanks; one answer per word."""
        if not any(gone):
            return self
        codes = np.where(self.are(gone), np.int32(-1), self.codes)
        return Column(self.header, codes, self.words, self.distinct)

    def spread(
        self, values: Iterable[object], missing: Any = None, dtype: Any = object
    ) -> np.ndarray:
        """Return one value per row from one value per word."""
        # The code of a blank is -1, which is the last place.
        if isinstance(values, np.ndarray):
            each = np.append(values, np.array(missing, dtype)).astype(dtype)
        else:
            each = np.fromiter(chain(values, [missing]), dtype, len(self.words) + 1)
        return each.take(self.codes, mode="wrap")

    def are(self, said: Iterable[bool]) -> np.ndarray:
        """Return which rows have a word of which something is true, from one answer per word."""
        listed = list(said)
        return self.spread(listed, False, bool) if any(listed) else np.zeros(len(self), dtype=bool)

    def texts(self) -> list[str]:
        """Return the text of each row."""
        place, distinct = pd.factorize(self.codes)
        said = ["" if code < 0 else self.words[code] for code in distinct.tolist()]
        return [said[at] for at in place.tolist()]

    @property
    def filled(self) -> np.ndarray:
        """Return which rows have something in this column."""
        return self.codes >= 0

    @property
    def used_words(self) -> list[str]:
        """Return the words that stand in at least one row."""
        used = np.zeros(len(self.words) + 1, dtype=bool)
        used[self.codes] = True
        return [word for word, is_used in zip(self.words, used[:-1], strict=True) if is_used]

    def write(self, row: int, cell: str) -> None:
        """Write another text into a row."""
        self.codes[row] = self.add(cell.strip()) if cell.strip() else -1

    def add(self, word: str) -> int:
        """Add a word, be it known already; return its place."""
        if not isinstance(self.words, list):
            self.words = list(self.words)
        self.words.append(word)
        self.distinct = False
        return len(self.words) - 1

    def rows(self, kept: np.ndarray) -> Column:
        """Return the column of some of the rows."""
        return Column(self.header, self.codes[kept], self.words, self.distinct)


@dataclass(eq=False)
class Sheet:
    """One table of a source: its columns, and where each row stands."""

    file: str
    name: str
    columns: list[Column]
    lines: np.ndarray
    joint: str = " | "  # what stands between the cells of a row when it is shown
    preamble: list[list[str]] = field(default_factory=list)
    broken: dict[int, list[str]] = field(default_factory=dict)  # rows with cells too many
    loose: dict[int, list[str]] = field(default_factory=dict)  # the same, but the last are blank
    width: int = 0  # cells of the header
    notes: list[str] = field(default_factory=list)
    kinds: str = ""  # the header of what happened, where it is known
    optional: bool = False  # it only lay beside the log: it need not hold one
    number: int = 0  # its place in the source

    def __post_init__(self) -> None:
        self.file, self.name = sound(self.file), sound(self.name)

    @classmethod
    def of(
        cls,
        file: str,
        name: str,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        lines: Sequence[int],
        **more: object,
    ) -> Sheet:
        """Build a sheet from rows of text that are all as long as the header."""
        cells = list(zip(*rows, strict=True)) if len(rows) else [()] * len(header)
        columns = [Column.of(name, cell) for name, cell in zip(header, cells, strict=True)]
        kept = [column for column in columns if column.header or column.filled.any()]
        for place, column in enumerate(columns, start=1):
            column.header = column.header or f"column {place}"
        sheet = cls(file, name, kept, np.asarray(lines, dtype=np.int64), **more)  # type: ignore
        sheet.width = len(header)
        return sheet

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def headers(self) -> list[str]:
        """Return the headers, from left to right."""
        return [column.header for column in self.columns]

    def where(self) -> str:
        """Say which sheet this is."""
        return f"{self.file}, sheet {self.name!r}" if self.name else self.file

    def without_blank_rows(self) -> Sheet:
        """Return the sheet without the rows in which nothing stands: they are no records."""
        filled = np.zeros(len(self), dtype=bool)
        filled[list(self.broken)] = True  # what stands in them may stand in the cells too many
        for column in self.columns:
            filled |= column.filled
        if filled.all():
            return self
        place = np.cumsum(filled) - 1
        columns = [column.rows(filled) for column in self.columns]
        broken, loose = (
            {int(place[row]): cells for row, cells in rows.items()}
            for rows in (self.broken, self.loose)
        )
        lines = self.lines[filled]
        return replace(self, columns=columns, lines=lines, broken=broken, loose=loose)

    def texts(self, rows: np.ndarray) -> list[str]:
        """Return rows as they can be shown to their keeper."""
        cells = [column.rows(rows).texts() for column in self.columns]
        return [
            self.joint.join(self.broken.get(row) or said)
            for row, *said in zip(rows.tolist(), *cells, strict=True)
        ]


def sheet_of_frame(frame: pd.DataFrame, file: str = "DataFrame") -> Sheet:
    """Return a DataFrame as a sheet; its lines are its rows, counted from 1."""
    columns = [
        _frame_column(str(header), frame.iloc[:, at]) for at, header in enumerate(frame.columns)
    ]
    sheet = Sheet(file, "", columns, np.arange(1, len(frame) + 1))
    return sheet.without_blank_rows()


def _frame_column(header: str, values: pd.Series) -> Column:
    try:
        codes, distinct = pd.factorize(values.array if values.dtype.kind == "M" else values)
    except TypeError:  # lists and the like have no place in a table of values
        return Column.of(header.strip(), [show_cell(value) for value in values])
    column = Column(header.strip(), codes, [show_cell(value).strip() for value in distinct])
    return column.without([not word for word in column.words])


def show_cell(value: object) -> str:
    """Return the text of a typed cell: dates in ISO form, whole numbers without a point."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, (datetime, np.datetime64)):
        stamp = pd.Timestamp(value)
        if stamp is pd.NaT:
            return ""
        midnight = stamp.time() == time(0)
        return f"{stamp:%Y-%m-%d}" if midnight else f"{stamp:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return sound(str(value))


def sound(text: str) -> str:
    """Return a text that can be written: half a character, as JSON may hold, becomes a "?"."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _objects(cells: Sequence[str]) -> np.ndarray:
    out = np.empty(len(cells), dtype=object)
    out[:] = cells
    return out
