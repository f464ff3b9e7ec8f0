"""Delimited text -> rows of cells, one per record, each with the line on which it begins.

The convention owned here: where a record ends. A quote that opens a cell and never rightly closes
it is no quote: its line is read as it is, so that it swallows no other record.
"""

from __future__ import annotations

import csv
import io
from itertools import islice


def split_records(
    text: str, delimiter: str, first_line: int = 1
) -> tuple[list[list[str]], list[int], list[str]]:
    """Split text into rows; return them, the line on which each begins, and notes."""
    usual = csv.field_size_limit(max(len(text), 1))
    source = list(io.StringIO(text, newline=""))
    rows: list[list[str]] = []
    lines: list[int] = []
    notes: list[str] = []
    begins = 1
    try:
        while begins <= len(source):
            stray = _read_rows(source, delimiter, begins, rows, lines)
            if stray is None:
                break
            # A quote that opens a cell and never rightly closes it would swallow other records.
            literal = csv.reader([source[stray - 1]], delimiter=delimiter, quoting=csv.QUOTE_NONE)
            rows += literal
            lines.append(stray)
            line = stray + first_line - 1
            notes.append(f"line {line}: a quote is never closed; the line was read as it is.")
            begins = stray + 1
    finally:
        csv.field_size_limit(usual)
    return rows, [line + first_line - 1 for line in lines], notes


def _read_rows(
    source: list[str], delimiter: str, begins: int, rows: list[list[str]], lines: list[int]
) -> int | None:
    """Read rows from a line on; return the line of a quote that is never rightly closed."""
    offset = begins - 1
    reader = csv.reader(islice(source, offset, None), delimiter=delimiter)
    for row in reader:
        behind = offset + reader.line_num
        if behind > begins and not is_closed(source[begins - 1 : behind], delimiter):
            return begins
        rows.append(row)
        lines.append(begins)
        begins = behind + 1
    return None


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
