"""Bytes of delimited text -> a sheet: the encoding, the delimiter and the header are found.

The convention owned here: the delimiter and the header line are those under which the most
headers of a job-search log are recognised; a line number is that of the line where a record
begins.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from itertools import islice

from ..errors import LogError
from .large import LONG, read_long_text
from .sheets import Sheet

DELIMITERS = ",;\t|"
_HEADER_WITHIN = 40  # lines
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)

Recognise = Callable[[str], bool]


def decode(data: bytes, file: str) -> tuple[str, str]:
    """Return the text of a file, and a note if its encoding had to be found out."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), ""
    if b"\x00" in data[:1000]:
        return _decode_wide(data, file)
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    _check_is_text(text, file)
    return text, f"{file} is not UTF-8: it was read as Windows text (cp1252)."


def _decode_wide(data: bytes, file: str) -> tuple[str, str]:
    """UTF-16 without a mark: every other byte of plain text is zero."""
    start = data[:1000]
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if start[first::2].count(0) > 0.4 * len(start[first::2]):
            text = data.decode(encoding, errors="replace")
            return text, f"{file} was read as UTF-16 without a byte order mark."
    raise LogError(f"{file} is not text, and no kind of file that can be read as a log.")


def _check_is_text(text: str, file: str) -> None:
    odd = sum(char < " " and char not in "\t\r\n\f" for char in text[:2000])
    if odd > 0.05 * len(text[:2000]):
        raise LogError(f"{file} is not text, and no kind of file that can be read as a log.")


def read_delimited(text: str, file: str, recognise: Recognise) -> Sheet:
    """Read delimited text.

    Parameters
    ----------
    text : str
        The whole text.
    file : str
        The name under which problems are reported.
    recognise : callable
        Whether a cell is a header that is known.

    Returns
    -------
    Sheet
    """
    start = _first_lines(text)
    delimiter = _find_delimiter(start, recognise)
    if len(text) > LONG:
        rows, lines, _ = _records(start, delimiter)
        at = find_header(rows, recognise)
        header = [cell.strip() for cell in rows[at]]
        sheet = read_long_text(text, delimiter, file, header, lines[at])
        if sheet is not None:
            sheet.preamble = rows[:at]
            return sheet.without_blank_rows()
    rows, lines, notes = _records(text, delimiter)
    at = find_header(rows, recognise)
    sheet = sheet_of_rows(file, "", rows, lines, at, joint=delimiter)
    sheet.notes += [f"{file}, {note}" for note in notes]
    return sheet


def find_header(rows: list[list[str]], recognise: Recognise) -> int:
    """Return which row is the header: the one with the most headers that are known."""
    scores = [_n_known(row, recognise) for row in rows[:_HEADER_WITHIN]]
    return scores.index(max(scores)) if scores else 0


def sheet_of_rows(
    file: str, name: str, rows: list[list[str]], lines: list[int], header_at: int, joint: str
) -> Sheet:
    """Make a sheet of ragged rows, the one at `header_at` being the header."""
    header = [cell.strip() for cell in rows[header_at]] if rows else []
    body, body_lines = rows[header_at + 1 :], lines[header_at + 1 :]
    broken: dict[int, list[str]] = {}
    loose: dict[int, list[str]] = {}
    width = len(header)
    for at, row in enumerate(body):
        if len(row) < width:
            body[at] = row + [""] * (width - len(row))
        elif len(row) > width:
            filled = any(cell.strip() for cell in row[width:])
            (broken if filled else loose)[at] = row
            body[at] = row[:width]
    sheet = Sheet.of(file, name, header, body, body_lines, joint=joint, broken=broken)
    sheet.loose = {at: row for at, row in loose.items() if any(map(str.strip, row))}
    sheet.preamble = rows[:header_at]
    return sheet.without_blank_rows()


def _n_known(row: list[str], recognise: Recognise) -> int:
    return len({cell.strip() for cell in row if cell.strip() and recognise(cell)})


def _first_lines(text: str) -> str:
    start = io.StringIO(text[:100_000], newline="")
    return "".join(line for _, line in zip(range(_HEADER_WITHIN), start, strict=False))


def _find_delimiter(start: str, recognise: Recognise) -> str:
    def score(delimiter: str) -> tuple[int, int]:
        rows, _, _ = _records(start, delimiter)
        known = max((_n_known(row, recognise) for row in rows), default=0)
        return known, sum(len(row) > 1 for row in rows)

    return max(DELIMITERS, key=score)


def _records(text: str, delimiter: str) -> tuple[list[list[str]], list[int], list[str]]:
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
            notes.append(f"line {stray}: a quote is never closed; the line was read as it is.")
            begins = stray + 1
    finally:
        csv.field_size_limit(usual)
    return rows, lines, notes


def _read_rows(
    source: list[str], delimiter: str, begins: int, rows: list[list[str]], lines: list[int]
) -> int | None:
    """Read rows from a line on; return the line of a quote that is never rightly closed."""
    offset = begins - 1
    reader = csv.reader(islice(source, offset, None), delimiter=delimiter)
    for row in reader:
        behind = offset + reader.line_num
        if behind > begins and not _is_closed(source[begins - 1 : behind], delimiter):
            return begins
        rows.append(row)
        lines.append(begins)
        begins = behind + 1
    return None


def _is_closed(record: list[str], delimiter: str) -> bool:
    """Return whether the quotes of a record of several lines are where quotes belong."""
    try:
        return len(list(csv.reader(record, delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False
