"""A long delimited text -> columns, by a fast parser where that is sure to lose nothing.

The convention owned here: when it is sure. Each line of a piece of the text is one record, none
with more cells than the header has; a piece of which that is not sure is split record by record.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import chain

import numpy as np
import pandas as pd

from .progress import Progress
from .sheets import Column, Sheet
from .splitting import fit, is_closed, split_records

LONG = 1_000_000  # bytes
PIECE = 1 << 24  # bytes that are read at once

Coded = tuple[np.ndarray, list[str]]  # the place of each row's text among the words; the words


@dataclass(eq=False)
class _Body:
    """The text below a header, and what is read of it so far."""

    data: bytes  # in UTF-8
    delimiter: str
    width: int  # cells of the header
    begins: int  # where the next record begins, and on which line
    line: int
    pieces: list[list[Coded]] = field(default_factory=list)
    lines: list[np.ndarray] = field(default_factory=list)
    broken: dict[int, list[str]] = field(default_factory=dict)
    loose: dict[int, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read_long_body(
    data: bytes, begins: int, line: int, header: list[str], file: str, delimiter: str
) -> Sheet:
    """Return the sheet below a header.

    Parameters
    ----------
    data : bytes
        The whole text, in UTF-8.
    begins, line : int
        Where the first record below the header begins, and on which line.
    header : list of str
        The cells of the header.
    file, delimiter : str
        The name of the file, and what stands between its cells.

    Returns
    -------
    Sheet

    Raises
    ------
    UnicodeDecodeError
        When the text is not UTF-8.
    """
    body = _Body(data, delimiter, len(header), begins, line)
    size = len(data) if _has_arrow() else PIECE
    with Progress(f"{file}, bytes", len(data)) as progress:
        while (begun := body.begins) < len(data):
            end = _end_of_piece(data, begun + size)
            if not _read_fast(body, end):
                if size > PIECE:
                    size = PIECE  # so that what is odd in one place costs no time in another
                    continue
                _read_slowly(body, end)
            progress.step(body.begins - begun)
    return _sheet(body, header, file)


def _has_arrow() -> bool:
    try:
        return find_spec("pyarrow") is not None
    except ValueError:  # it is kept from being imported
        return False


def _end_of_piece(data: bytes, at: int) -> int:
    found = data.find(b"\n", at)
    return len(data) if found < 0 else found + 1


def _read_fast(body: _Body, end: int) -> bool:
    """Read a piece by a fast parser; return whether that was sure to lose nothing."""
    data, begins = body.data, body.begins
    has_odd_ends = data.find(b"\r", begins, end) >= 0 and (
        data.count(b"\r", begins, end) != data.count(b"\r\n", begins, end)
    )
    last = data[max(data.rfind(b"\n", begins, end - 1) + 1, begins) : end].decode()
    if has_odd_ends or data.find(b"\0", begins, end) >= 0 or not is_closed([last], body.delimiter):
        return False
    n_lines = data.count(b"\n", begins, end) + (not data.endswith(b"\n", begins, end))
    columns = _by_arrow(body, end, n_lines) if _has_arrow() else None
    columns = _by_pandas(body, end, n_lines) if columns is None else columns
    if columns is None:
        return False
    _add(body, columns, np.arange(body.line, body.line + n_lines), end, n_lines)
    return True


def _add(body: _Body, columns: list[Coded], lines: np.ndarray, end: int, n_lines: int) -> None:
    body.pieces.append(columns)
    body.lines.append(lines)
    body.begins, body.line = end, body.line + n_lines


def _by_arrow(body: _Body, end: int, n_lines: int) -> list[Coded] | None:
    import pyarrow
    from pyarrow import csv as parser

    names = [str(at) for at in range(body.width)]
    piece = pyarrow.py_buffer(memoryview(body.data)[body.begins : end])
    try:
        columns = parser.read_csv(
            pyarrow.BufferReader(piece),
            parser.ReadOptions(column_names=names),
            parser.ParseOptions(delimiter=body.delimiter, ignore_empty_lines=False),
            parser.ConvertOptions(
                column_types=dict.fromkeys(names, pyarrow.string()),
                strings_can_be_null=False,
                null_values=[],
            ),
        ).columns
        if len(columns[0]) != n_lines:
            return None
        out = []
        while columns:  # each is let go once it is read
            coded = columns.pop(0).dictionary_encode().combine_chunks()
            # A copy, for what Arrow holds cannot be written to.
            out.append((np.array(coded.indices), coded.dictionary.to_pylist()))
    except pyarrow.ArrowInvalid:
        return None
    return out


def _by_pandas(body: _Body, end: int, n_lines: int) -> list[Coded] | None:
    # Of the first line more cells are accepted than there are names: it is one without any text.
    first = body.delimiter.encode() * (body.width - 1) + b"\n"
    try:
        frame = pd.read_csv(
            io.BytesIO(first + memoryview(body.data)[body.begins : end]),
            sep=body.delimiter,
            header=None,
            names=range(body.width),
            index_col=False,
            dtype=object,
            keep_default_na=False,
            na_filter=False,
            skip_blank_lines=False,
            quoting=csv.QUOTE_MINIMAL,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError):
        return None
    if len(frame) != n_lines + 1:
        return None
    return [_coded(frame[at].to_numpy()[1:]) for at in range(body.width)]


def _coded(cells: np.ndarray) -> Coded:
    codes, words = pd.factorize(cells)
    return codes.astype(np.int32), words.tolist()


def _read_slowly(body: _Body, end: int) -> None:
    """Split a piece record by record; it is made longer until it ends with a record."""
    while True:
        text = body.data[body.begins : end].decode()
        rows, lines, notes = split_records(text, body.delimiter, body.line)
        source = list(io.StringIO(text, newline=""))
        last = source[lines[-1] - body.line :]
        if end == len(body.data) or (not notes and is_closed(last, body.delimiter)):
            break
        end = _end_of_piece(body.data, end + 2 * (end - body.begins))
    start = sum(map(len, body.lines))
    for kept, found in zip((body.broken, body.loose), fit(rows, body.width), strict=True):
        kept.update({start + at: row for at, row in found.items()})
    body.notes += notes
    columns = [_coded(np.array([*cells, None], object)[:-1]) for cells in zip(*rows, strict=True)]
    _add(body, columns, np.array(lines, dtype=np.int64), end, len(source))


def _sheet(body: _Body, header: list[str], file: str) -> Sheet:
    columns = [_column(name, [piece.pop(0) for piece in body.pieces]) for name in header]
    kept = [column for column in columns if column.header or column.filled.any()]
    for place, column in enumerate(columns, start=1):
        column.header = column.header or f"column {place}"
    lines = np.concatenate([np.empty(0, dtype=np.int64), *body.lines])
    sheet = Sheet(file, "", kept, lines, body.delimiter, width=body.width)
    sheet.broken, sheet.loose = body.broken, body.loose
    sheet.notes = [f"{file}, {note}" for note in body.notes]
    return sheet


def _column(name: str, pieces: list[Coded]) -> Column:
    """Return one column of its pieces."""
    if len(pieces) == 1:
        return Column.of_codes(name, *pieces[0])
    words = list(chain.from_iterable(words for _, words in pieces))
    places, distinct = pd.factorize(np.array([*words, None], object)[:-1])
    starts = np.cumsum([0, *(len(words) for _, words in pieces)])
    codes = [places[start + own] for start, (own, _) in zip(starts[:-1], pieces, strict=True)]
    return Column.of_codes(name, np.concatenate([np.empty(0, np.int32), *codes]), distinct.tolist())
