"""Bytes of delimited text -> sheets: the encoding, the delimiter and the header are found.

The convention owned here: the delimiter is that under which the most headers of a job-search log
are recognised; a line number is that of the line where a record begins.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import BinaryIO

from ..errors import LogError
from .headed import Recognise, find_beside, find_header, find_tables, join_lines, n_known
from .large import LONG, read_long_body
from .sheets import Sheet
from .splitting import fit, split_records

DELIMITERS = ",;\t|"
_HEADER_WITHIN = 40  # lines
_BEGINNING = 100_000  # characters in which the header must be found
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


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


def read_delimited(text: str, file: str, recognise: Recognise) -> list[Sheet]:
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
    list of Sheet
    """
    if len(text) > LONG and (sheet := read_long(io.BytesIO(text.encode()), file, recognise)):
        return [sheet]
    delimiter = _find_delimiter(_first_lines(text), recognise)
    split = split_records(text, delimiter)
    sheets = sheets_of_rows(file, "", split.rows, split.lines, recognise, joint=delimiter)
    sheets[0].notes += [f"{file}, {note}" for note in split.notes]
    return sheets


def read_long(file: BinaryIO, name: str, recognise: Recognise, least: int = 0) -> Sheet | None:
    """Read a long delimited text in UTF-8, from where the file stands.

    Returns nothing where its beginning is not plain, or its header has fewer than `least` cells
    that are known.

    Raises
    ------
    UnicodeDecodeError
        When the text is not UTF-8.
    """
    begins, data = file.tell(), file.read(4 * _BEGINNING)
    head = data.decode(errors="ignore")[:_BEGINNING]
    delimiter = _find_delimiter(_first_lines(head), recognise)
    split = split_records(head[: head.rfind("\n") + 1], delimiter, is_all=False)
    rows, lines = split.rows, split.lines
    at = find_header(rows, recognise)
    if len(rows) <= _HEADER_WITHIN or head.count("\r") != head.count("\r\n"):
        return None
    if n_known(rows[at], recognise) < least:
        return None
    begins += sum(map(len, data.splitlines(keepends=True)[: lines[at + 1] - 1]))
    header = join_lines(rows, at, recognise)
    sheet = read_long_body(file, begins, lines[at + 1], header, name, delimiter)
    sheet.preamble = rows[:at]
    return sheet.without_blank_rows()


def sheets_of_rows(
    file: str,
    name: str,
    rows: list[list[str]],
    lines: Sequence[int],
    recognise: Recognise,
    joint: str,
) -> list[Sheet]:
    """Make a sheet of each of the tables that stand below or beside each other."""
    if not rows:
        return [sheet_of_rows(file, name, [], [], 0, joint)]
    sheets = []
    for start, at, end in find_tables(rows, recognise):
        headers = join_lines(rows, at, recognise)
        part = [*rows[start:at], headers, *rows[at + 1 : end]]
        for columns in find_beside(headers, rows[at + 1 : end]):
            own = [row[columns] for row in part]
            numbers = list(lines[start:end])
            sheets.append(sheet_of_rows(file, name, own, numbers, at - start, joint))
    if len(sheets) > 1:
        where = sheets[0].where()
        sheets[0].notes.append(f"{where}: {len(sheets)} tables were read, each by its own header.")
    return sheets


def sheet_of_rows(
    file: str, name: str, rows: list[list[str]], lines: list[int], header_at: int, joint: str
) -> Sheet:
    """Make a sheet of ragged rows, the one at `header_at` being the header."""
    header = [cell.strip() for cell in rows[header_at]] if rows else []
    body, body_lines = rows[header_at + 1 :], lines[header_at + 1 :]
    broken, loose = fit(body, len(header))
    sheet = Sheet.of(file, name, header, body, body_lines, joint=joint, broken=broken)
    sheet.loose = loose
    sheet.preamble = rows[:header_at]
    return sheet.without_blank_rows()


def _first_lines(text: str) -> str:
    start = io.StringIO(text[:_BEGINNING], newline="")
    return "".join(line for _, line in zip(range(_HEADER_WITHIN), start, strict=False))


def _find_delimiter(start: str, recognise: Recognise) -> str:
    def score(delimiter: str) -> tuple[int, int]:
        rows = split_records(start, delimiter).rows
        known = max((n_known(row, recognise) for row in rows), default=0)
        return known, sum(len(row) > 1 for row in rows)

    return max(DELIMITERS, key=score)
