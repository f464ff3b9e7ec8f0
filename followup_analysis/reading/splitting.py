"""Delimited text -> rows of cells, one per record, each with the line on which it begins.

The convention owned here: where a record ends. A quote that opens a cell and never rightly closes
it is no quote: its line is read as it is, so that it swallows no other record.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from itertools import islice


@dataclass(eq=False)
class Split:
    """Rows, the line on which each begins, and notes; how many lines the rows take."""

    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    n_lines: int = 0


def split_records(
    text: str,
    delimiter: str,
    first_line: int = 1,
    *,
    is_all: bool = True,
    only_first: bool = False,
) -> Split:
    """Split text into rows.

    Where the text is not all there is, only the rows are returned that stay what they are
    whatever follows.
    """
    usual = csv.field_size_limit(max(len(text), 1))
    source = list(io.StringIO(text, newline=""))
    out = Split()
    try:
        while _read_rows(source, delimiter, is_all, only_first, out):
            # A quote that opens a cell and never rightly closes it would swallow other records.
            stray = [source[out.n_lines]]
            out.rows += csv.reader(stray, delimiter=delimiter, quoting=csv.QUOTE_NONE)
            out.n_lines += 1
            out.lines.append(out.n_lines)
            line = out.n_lines + first_line - 1
            out.notes.append(f"line {line}: a quote is never closed; the line was read as it is.")
    finally:
        csv.field_size_limit(usual)
    out.lines = [line + first_line - 1 for line in out.lines]
    return out


def _read_rows(
    source: list[str], delimiter: str, is_all: bool, only_first: bool, out: Split
) -> bool:
    """Read further rows; return whether a quote on the next line is never rightly closed."""
    before = out.n_lines
    reader = csv.reader(islice(source, before, None), delimiter=delimiter)
    for row in () if only_first and out.rows else reader:
        behind = before + reader.line_num
        may_go_on = behind == len(source) and not is_all
        is_long = behind > out.n_lines + 1
        if (is_long or may_go_on) and not is_closed(source[out.n_lines : behind], delimiter):
            return not may_go_on
        out.lines.append(out.n_lines + 1)
        out.rows.append(row)
        out.n_lines = behind
        if only_first:
            break
    return False


def is_closed(record: list[str], delimiter: str) -> bool:
    """Return whether the quotes of one record are where quotes belong."""
    try:
        return len(list(csv.reader(record, delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False


def fit(rows: list[list[str]], width: int) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """Bring rows to one width, in place.

    Returns
    -------
    broken : dict
        The rows that had cells too many, by their place.
    loose : dict
        Those of which the cells too many are blank, and others are not.
    """
    broken: dict[int, list[str]] = {}
    loose: dict[int, list[str]] = {}
    for at, row in enumerate(rows):
        if len(row) < width:
            rows[at] = row + [""] * (width - len(row))
        elif len(row) > width:
            rows[at] = row[:width]
            if any(cell.strip() for cell in row[width:]):
                broken[at] = row
            elif any(map(str.strip, row)):
                loose[at] = row
    return broken, loose
