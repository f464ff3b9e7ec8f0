"""Whole lines of delimited text -> parts of columns, by a fast parser; parts -> columns.

The convention owned here: when a fast parser is sure to lose nothing. Each line is one record, and
none has more cells than the header has.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from .arrow import ArrowWords, has_arrow
from .sheets import Column
from .splitting import is_closed

MANY = 1 << 16  # words: so many are held by Arrow

Coded = tuple[np.ndarray, Sequence[str]]  # the place of each row's text among words; the words
# A part of a column: places and words, or the texts of all rows where each is another; both in
# Arrow's own form where that is installed.
Part = Any


def read_piece(
    lines: bytes, width: int, delimiter: str, alone: Sequence[bool] | None = None
) -> tuple[list[Part], int] | None:
    """Read lines by a fast parser.

    Parameters
    ----------
    lines : bytes
        Text in UTF-8.
    width : int
        The cells of the header.
    delimiter : str
        What stands between cells.
    alone : sequence of bool, optional
        In which columns each cell was another so far: there, texts are not numbered.

    Returns
    -------
    tuple of list and int, or None
        A part of each column, and the number of lines; nothing where something may be lost.

    Raises
    ------
    UnicodeDecodeError
        When the text is not UTF-8.
    """
    has_odd_ends = b"\r" in lines and lines.count(b"\r") != lines.count(b"\r\n")
    last = lines[lines.rfind(b"\n", 0, len(lines) - 1) + 1 :].decode()
    if has_odd_ends or b"\0" in lines or not is_closed([last], delimiter):
        return None
    n_ends = np.count_nonzero(np.frombuffer(lines, np.uint8) == ord("\n"))
    n_lines = int(n_ends) + (not lines.endswith(b"\n"))
    columns = _by_arrow(lines, n_lines, width, delimiter) if has_arrow() else None
    columns = _by_pandas(lines, n_lines, width, delimiter) if columns is None else columns
    if columns is None:
        return None
    for at in range(width):  # the texts of each are let go once they are numbered
        if alone is None or not alone[at]:
            columns[at] = numbered(columns[at])
    return columns, n_lines


def _by_arrow(lines: bytes, n_lines: int, width: int, delimiter: str) -> list[Part] | None:
    import pyarrow
    from pyarrow import csv as parser

    names = [str(at) for at in range(width)]
    try:
        columns = parser.read_csv(
            pyarrow.BufferReader(pyarrow.py_buffer(lines)),
            parser.ReadOptions(column_names=names, use_threads=False),
            parser.ParseOptions(delimiter=delimiter, ignore_empty_lines=False),
            parser.ConvertOptions(
                column_types=dict.fromkeys(names, pyarrow.large_string()),
                strings_can_be_null=False,
                null_values=[],
            ),
        ).columns
    except pyarrow.ArrowInvalid:
        return None
    return columns if len(columns[0]) == n_lines else None


def _by_pandas(lines: bytes, n_lines: int, width: int, delimiter: str) -> list[Part] | None:
    # Of the first line more cells are accepted than there are names: it is one without any text.
    first = delimiter.encode() * (width - 1) + b"\n"
    try:
        frame = pd.read_csv(
            io.BytesIO(first + lines),
            sep=delimiter,
            header=None,
            names=range(width),
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
    return [part_of(frame[at].to_numpy()[1:]) for at in range(width)]


def part_of(cells: np.ndarray) -> Part:
    """Return the texts of some rows as a part of a column."""
    if not has_arrow():
        return cells
    import pyarrow

    return pyarrow.chunked_array([pyarrow.array(cells, pyarrow.large_string())])


def numbered(part: Part) -> Part:
    """Return places and words, unless each cell is another."""
    if isinstance(part, np.ndarray):
        codes, words = pd.factorize(part)
        return part if len(words) == len(part) else (codes.astype(np.int32), words.tolist())
    import pyarrow

    coded = part.dictionary_encode().combine_chunks()
    return part if len(coded.dictionary) == len(part) else pyarrow.chunked_array([coded])


def is_numbered(part: Part) -> bool:
    """Return whether a part is held as places and words."""
    if isinstance(part, (np.ndarray, tuple)):
        return isinstance(part, tuple)
    import pyarrow

    return pyarrow.types.is_dictionary(part.type)


def column_of(name: str, parts: list[Part]) -> Column:
    """Return a column of its parts."""
    join = _joined_by_arrow if has_arrow() else _joined
    return Column.of_codes(name, *(join(parts) if parts else (np.empty(0, np.int32), [])))


def _joined(parts: list[Part]) -> Coded:
    if not all(map(is_numbered, parts)):
        texts = np.concatenate([_cells(part) for part in parts])
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        if _rise(lengths, (texts[1:] > texts[:-1]).astype(bool)):
            return np.arange(len(texts), dtype=np.int32), texts.tolist()
        codes, distinct = pd.factorize(texts)
        return codes, distinct.tolist()
    words = list(chain.from_iterable(words for _, words in parts))
    places, distinct = pd.factorize(np.array([*words, None], object)[:-1])
    starts = np.cumsum([0, *(len(words) for _, words in parts)])
    codes = [places[start + own] for start, (own, _) in zip(starts[:-1], parts, strict=True)]
    return np.concatenate(codes), distinct.tolist()


def _cells(part: Part) -> np.ndarray:
    return part if isinstance(part, np.ndarray) else np.array([*part[1], None], object)[part[0]]


def _joined_by_arrow(parts: list[Part]) -> Coded:
    import pyarrow
    from pyarrow import compute

    if len({part.type for part in parts}) > 1:
        parts = [part.cast(pyarrow.large_string()) for part in parts]
    column = pyarrow.chunked_array([chunk for part in parts for chunk in part.chunks])
    if is_numbered(column):
        coded = column.unify_dictionaries().combine_chunks()
    else:
        texts = column.combine_chunks()
        lengths = compute.binary_length(texts).to_numpy()
        if _rise(lengths, compute.less(texts[:-1], texts[1:]).to_numpy(zero_copy_only=False)):
            return np.arange(len(texts), dtype=np.int32), ArrowWords(texts)
        coded = texts.dictionary_encode()
    words = coded.dictionary
    # A copy, for what Arrow holds cannot be written to.
    return np.array(coded.indices), ArrowWords(words) if len(words) > MANY else words.to_pylist()


def _rise(lengths: np.ndarray, come_after: np.ndarray) -> bool:
    """Return whether each text is longer than the one before it, or as long and comes after it.

    Running numbers do: then each is surely another, which is else costly to know.
    """
    return bool(((lengths[1:] > lengths[:-1]) | (come_after & (lengths[1:] == lengths[:-1]))).all())
