"""A long delimited text -> columns, piece by piece, some pieces at a time.

The convention owned here: where a piece ends. A fast parser reads whole lines; where it may lose
something, the piece is split record by record, and ends with a record.
"""

from __future__ import annotations

import io
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import BinaryIO

import numpy as np

from .arrow import has_arrow, release_unused
from .pieces import Part, column_of, is_numbered, numbered, part_of, read_piece
from .progress import Progress
from .sheets import Column, Sheet
from .splitting import fit, split_records

LONG = 1_000_000  # bytes
PIECE, LEAST = 1 << 24, 1 << 15  # bytes
_AT_ONCE = min(4, os.cpu_count() or 1)  # pieces, by a parser that does not hold up Python


@dataclass(eq=False)
class _Body:
    """The text below a header, and what is read of it so far."""

    file: BinaryIO  # a text in UTF-8
    size: int  # bytes of it
    delimiter: str
    width: int  # cells of the header
    begins: int  # where the next record begins, and on which line
    line: int
    pieces: list[list[Part]] = field(default_factory=list)
    lines: list[np.ndarray] = field(default_factory=list)
    broken: dict[int, list[str]] = field(default_factory=dict)
    loose: dict[int, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read_long_body(
    file: BinaryIO, begins: int, line: int, header: list[str], name: str, delimiter: str
) -> Sheet:
    """Return the sheet below a header.

    Parameters
    ----------
    file : file
        A text in UTF-8, which is never held as a whole.
    begins, line : int
        Where the first record below the header begins, and on which line.
    header : list of str
        The cells of the header.
    name, delimiter : str
        The name of the file, and what stands between its cells.

    Returns
    -------
    Sheet

    Raises
    ------
    UnicodeDecodeError
        When the text is not UTF-8.
    """
    size = file.seek(0, os.SEEK_END)
    body = _Body(file, size, delimiter, len(header), begins, line)
    with Progress(f"{name}, bytes", size) as progress, ThreadPoolExecutor(_AT_ONCE) as pool:
        ahead = _Ahead(body, pool)
        while (begun := body.begins) < size:
            end, read = ahead.next()
            if read is not None:
                columns, n_lines = read
                _add(body, columns, np.arange(body.line, body.line + n_lines), end, n_lines)
            elif not ahead.shorten():
                _read_slowly(body, ahead.n_odd)
            progress.step(body.begins - begun)
        each = pool.map if has_arrow() else map
        columns = list(each(partial(_column, body), range(body.width), header))
    release_unused()
    return _sheet(body, columns, name)


class _Ahead:
    """Reads the next pieces of a text while one is waited for, if the parser lets it."""

    def __init__(self, body: _Body, pool: ThreadPoolExecutor) -> None:
        self.body, self.waiting = body, deque[tuple[int, int, Future]]()
        self.submit: Callable[..., Future] = pool.submit if has_arrow() else _now
        self.n_more = _AT_ONCE if has_arrow() else 0
        self.size, self.n_odd = PIECE, LEAST  # bytes of the next piece, and of one to be split

    def next(self) -> tuple[int, tuple[list[Part], int] | None]:
        """Return where the next piece ends, and what is read of it by a fast parser."""
        body = self.body
        if self.waiting and self.waiting[0][0] != body.begins:
            self._forget()  # the piece before ended elsewhere
        at = self.waiting[-1][1] if self.waiting else body.begins
        while at < body.size and len(self.waiting) <= self.n_more:
            lines = _whole_lines(body.file, at, self.size)
            alone = [not is_numbered(part) for part in body.pieces[0]] if body.pieces else None
            task = self.submit(read_piece, lines, body.width, body.delimiter, alone)
            self.waiting.append((at, at + len(lines), task))
            at += len(lines)
        _, end, piece = self.waiting.popleft()
        read = piece.result()
        if read is not None:
            self.size, self.n_odd = min(2 * self.size, PIECE), max(self.n_odd // 2, LEAST)
        return end, read

    def shorten(self) -> bool:
        """Go on with smaller pieces, so that an odd place costs little; return if that is so.

        Where such places follow each other, more and more is split record by record.
        """
        self._forget()
        self.size, before = max(self.size // 8, LEAST), self.size
        if self.size == before:
            self.n_odd = min(2 * self.n_odd, PIECE)
        return self.size < before

    def _forget(self) -> None:
        while self.waiting:
            self.waiting.pop()[2].cancel()


def _now(task: Callable, *asked: object) -> Future:
    done: Future = Future()
    done.set_result(task(*asked))
    return done


def _whole_lines(file: BinaryIO, begins: int, size: int) -> bytes:
    """Return so many bytes, and what is behind them on the same line."""
    file.seek(begins)
    lines = file.read(size) + file.readline()
    if not lines:
        raise OSError("it became shorter while it was read")
    return lines


def _add(body: _Body, columns: list[Part], lines: np.ndarray, end: int, n_lines: int) -> None:
    body.pieces.append(columns)
    body.lines.append(lines)
    body.begins, body.line = end, body.line + n_lines


def _read_slowly(body: _Body, size: int) -> None:
    """Split a piece record by record; what may go on behind it is left for the next."""
    begins, only_first, is_all = body.begins, False, False
    while True:
        lines = _whole_lines(body.file, begins, size)
        text, end = lines.decode(), begins + len(lines)
        asked = {"is_all": is_all or end == body.size, "only_first": only_first}
        split = split_records(text, body.delimiter, body.line, **asked)
        if split.n_lines:
            break
        # The first record has a quote that is open: the next one behind the piece may close it.
        quote, only_first = _next_quote(body, end), True
        is_all = quote is None  # as far as quotes matter
        size = max(2 * len(lines), (quote or 0) - begins + 1)
    start = sum(map(len, body.lines))
    for kept, found in zip((body.broken, body.loose), fit(split.rows, body.width), strict=True):
        kept.update({start + at: row for at, row in found.items()})
    body.notes += split.notes
    cells = [np.array([*each, None], object)[:-1] for each in zip(*split.rows, strict=True)]
    columns = [numbered(part_of(each)) for each in cells]
    read = list(io.StringIO(text, newline=""))[: split.n_lines]
    behind = begins + len("".join(read).encode())
    _add(body, columns, np.array(split.lines, dtype=np.int64), behind, split.n_lines)


def _next_quote(body: _Body, at: int) -> int | None:
    """Return where the next quote stands."""
    while at < body.size:
        lines = _whole_lines(body.file, at, PIECE)
        found = lines.find(b'"')
        if found >= 0:
            return at + found
        at += len(lines)
    return None


def _column(body: _Body, place: int, name: str) -> Column:
    """Return a column of its parts, which the pieces no longer hold then."""
    parts = [piece[place] for piece in body.pieces]
    for piece in body.pieces:
        piece[place] = None
    return column_of(name, parts)


def _sheet(body: _Body, columns: list[Column], file: str) -> Sheet:
    kept = [column for column in columns if column.header or column.filled.any()]
    for place, column in enumerate(columns, start=1):
        column.header = column.header or f"column {place}"
    lines = np.concatenate([np.empty(0, dtype=np.int64), *body.lines])
    sheet = Sheet(file, "", kept, lines, body.delimiter, width=body.width)
    sheet.broken, sheet.loose = body.broken, body.loose
    sheet.notes = [f"{file}, {note}" for note in body.notes]
    return sheet
