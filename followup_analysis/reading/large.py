"""A long delimited text -> columns, by a fast parser where that is sure to lose nothing.

The convention owned here: when it is sure. Each line of a piece of the text is one record, none
with more cells than the header has; a piece of which that is not sure is split record by record.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from .arrow import ArrowWords, has_arrow, release_unused, rise
from .progress import Progress
from .sheets import Column, Sheet
from .splitting import fit, is_closed, split_records

LONG = 1_000_000  # bytes
PIECE = 1 << 24  # bytes that are read at once
MANY = 1 << 16  # words: so many are held by Arrow

Coded = tuple[np.ndarray, Sequence[str]]  # the place of each row's text among words; the words
# A part of a column: in Arrow's own form where that is installed, texts if each is another.
Piece = Any


@dataclass(eq=False)
class _Body:
    """The text below a header, and what is read of it so far."""

    data: bytes  # in UTF-8
    delimiter: str
    width: int  # cells of the header
    begins: int  # where the next record begins, and on which line
    line: int
    pieces: list[list[Piece]] = field(default_factory=list)
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
    with Progress(f"{file}, bytes", len(data)) as progress:
        while (begun := body.begins) < len(data):
            end = _end_of_piece(data, begun + PIECE)
            if not _read_fast(body, end):
                _read_slowly(body, end)
            progress.step(body.begins - begun)
    sheet = _sheet(body, header, file)
    release_unused()
    return sheet


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
    columns = _by_arrow(body, end, n_lines) if has_arrow() else None
    columns = _by_pandas(body, end, n_lines) if columns is None else columns
    if columns is None:
        return False
    _add(body, columns, np.arange(body.line, body.line + n_lines), end, n_lines)
    return True


def _add(body: _Body, columns: list[Piece], lines: np.ndarray, end: int, n_lines: int) -> None:
    body.pieces.append(columns)
    body.lines.append(lines)
    body.begins, body.line = end, body.line + n_lines


def _by_arrow(body: _Body, end: int, n_lines: int) -> list[Piece] | None:
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
                column_types=dict.fromkeys(names, pyarrow.large_string()),
                strings_can_be_null=False,
                null_values=[],
            ),
        ).columns
    except pyarrow.ArrowInvalid:
        return None
    if len(columns[0]) != n_lines:
        return None
    before = body.pieces[0] if body.pieces else columns
    for at, column in enumerate(columns):  # the texts of each are let go once they are numbered
        columns[at] = _numbered_by_arrow(column, before[at])
    return columns


def _numbered_by_arrow(column: Piece, before: Piece) -> Piece:
    """Return places and words, unless each cell is another, here or in the piece before."""
    import pyarrow

    if before is not column and not pyarrow.types.is_dictionary(before.type):
        return column
    coded = column.dictionary_encode()
    n_words = len(coded.chunk(0).dictionary) if coded.num_chunks else 0
    return column if n_words == len(column) else coded


def _by_pandas(body: _Body, end: int, n_lines: int) -> list[Piece] | None:
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
    return [_piece(frame[at].to_numpy()[1:]) for at in range(body.width)]


def _piece(cells: np.ndarray) -> Piece:
    if has_arrow():
        import pyarrow

        coded = pyarrow.array(cells, pyarrow.large_string()).dictionary_encode()
        return pyarrow.chunked_array([coded])
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
    columns = [_piece(np.array([*cells, None], object)[:-1]) for cells in zip(*rows, strict=True)]
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


def _column(name: str, pieces: list[Piece]) -> Column:
    """Return one column of its pieces."""
    join = _joined_by_arrow if has_arrow() else _joined
    return Column.of_codes(name, *(join(pieces) if pieces else (np.empty(0, np.int32), [])))


def _joined(pieces: list[Coded]) -> Coded:
    if len(pieces) == 1:
        return pieces[0]
    words = list(chain.from_iterable(words for _, words in pieces))
    places, distinct = pd.factorize(np.array([*words, None], object)[:-1])
    starts = np.cumsum([0, *(len(words) for _, words in pieces)])
    codes = [places[start + own] for start, (own, _) in zip(starts[:-1], pieces, strict=True)]
    return np.concatenate(codes), distinct.tolist()


def _joined_by_arrow(pieces: list[Piece]) -> Coded:
    import pyarrow

    kinds = {piece.type for piece in pieces}
    if len(kinds) > 1:
        pieces = [piece.cast(pyarrow.large_string()) for piece in pieces]
    column = pyarrow.chunked_array([chunk for piece in pieces for chunk in piece.chunks])
    if pyarrow.types.is_dictionary(column.type):
        coded = column.unify_dictionaries().combine_chunks()
    else:
        texts = column.combine_chunks()
        if rise(texts):
            return np.arange(len(texts), dtype=np.int32), ArrowWords(texts)
        coded = texts.dictionary_encode()
    words = coded.dictionary
    # A copy, for what Arrow holds cannot be written to.
    return np.array(coded.indices), ArrowWords(words) if len(words) > MANY else words.to_pylist()
