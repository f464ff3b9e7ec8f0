"""Columns -> their distinct rows and how often each occurs, through one whole-number key.

The convention owned here: a row of small whole numbers is one number in the smallest type that can
hold it, and is counted while it is still in the cache; this is what makes a tally fast in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np
import pandas as pd

from .errors import FollowupError

_SPARSE = 8  # rows are sorted, not laid out, if there are so many possible cells to each of them
_MOST_CELLS = 1 << 24  # that are laid out
_ROWS_AT_ONCE = 1 << 16  # few enough for their keys to stay in the cache
_SHORT = 1 << 10  # a column of whole numbers that spans less than this needs no looking up


def count_cells(
    frame: pd.DataFrame,
    names: list[str],
    columns: dict[str, np.ndarray],
    weights: np.ndarray | None = None,
) -> dict[str, Any]:
    """Count the distinct rows, as fields of a Tally; the patterns come in sorted order."""
    coded = [code(frame[name]) for name in names]
    parts, n = _distinct([*(codes for codes, _ in coded), *columns.values()], weights)
    by, cells = parts[: len(names)], dict(zip(columns, parts[len(names) :], strict=True))
    cells["n"] = n
    if not by:
        return {"patterns": pd.DataFrame(index=[0]), "pattern": np.zeros_like(n), **cells}
    first = np.ones(len(n), dtype=bool)  # of its pattern: the cells come sorted by it
    first[1:] = np.any([codes[1:] != codes[:-1] for codes in by], axis=0)
    values = (words.take(codes[first]) for codes, (_, words) in zip(by, coded, strict=True))
    patterns = pd.DataFrame(dict(zip(names, values, strict=True)))
    return {"patterns": patterns, "pattern": first.cumsum() - 1, **cells}


def _distinct(
    columns: list[np.ndarray], weights: np.ndarray | None = None
) -> tuple[list[np.ndarray], np.ndarray]:
    """Count the distinct rows of whole-number columns through one integer key."""
    if not len(columns[0]):
        return columns, np.zeros(0, dtype=np.int64)
    extents = [_extent(column) for column in columns]
    lows = [min(0, low) for low, _ in extents]  # NEVER and UNDATED are below 0
    sizes = [high - low + 1 for (_, high), low in zip(extents, lows, strict=True)]
    if weights is not None or prod(sizes) > min(_SPARSE * len(columns[0]), _MOST_CELLS):
        first, n = _sum_keys(_key(columns, lows, sizes), weights)
        return [column[first].astype(np.int64, copy=False) for column in columns], n
    counts = _count_keys(columns, lows, sizes)
    found = np.flatnonzero(counts)
    n, parts = counts[found], []
    for low, size in zip(reversed(lows), reversed(sizes), strict=True):
        found, part = np.divmod(found, size)
        parts.append(part + low)
    return parts[::-1], n


def _sum_keys(keys: np.ndarray, weights: np.ndarray | None) -> tuple[Any, np.ndarray]:
    """Places of one row of each key, the keys in order, and the sums of their weights."""
    if weights is not None and (keys[1:] > keys[:-1]).all():
        return slice(None), weights  # as an engine may well send them
    order = np.argsort(keys)
    keys = keys[order]
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    if weights is None:
        return order[first], np.diff(np.append(first, len(keys)))
    return order[first], np.add.reduceat(weights[order], first)


def _count_keys(columns: list[np.ndarray], lows: list[int], sizes: list[int]) -> np.ndarray:
    """How often each possible row occurs."""
    cells = prod(sizes)
    counts = np.zeros(cells, dtype=np.int64)
    step = max(_ROWS_AT_ONCE, 4 * cells)
    for start in range(0, len(columns[0]), step):
        key = _key([column[start : start + step] for column in columns], lows, sizes)
        counts += np.bincount(key, minlength=cells)
    return counts


def _key(columns: list[np.ndarray], lows: list[int], sizes: list[int]) -> np.ndarray:
    """Number the possible rows, in the smallest type that can: memory is what takes the time."""
    if prod(sizes) >= 1 << 62:
        raise FollowupError(
            "the columns of by have too many values to be kept apart; bin those that are measured."
        )
    key, cells = None, 1
    for column, low, size in zip(columns, lows, sizes, strict=True):
        if size == 1:
            continue
        cells *= size
        kind = np.min_scalar_type(~cells)
        if key is None:
            key = column.astype(kind)
        else:
            key = key.astype(kind, copy=False)
            key *= size
            key += column
        if low:
            key -= low
    return np.zeros(len(columns[0]), dtype=np.int8) if key is None else key


def pieces(values: Any) -> Iterator[Any]:
    """Pieces of an array that are short enough to stay in the cache."""
    for start in range(0, len(values), _ROWS_AT_ONCE):
        yield values[start : start + _ROWS_AT_ONCE]


def code(values: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """Whole-number codes of a column, and words in order, among them each value of the column."""
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "iu" and len(values):
        # One look at each piece: of a long column, fetching it takes longer than what is asked.
        parts = [_small(part) for part in pieces(values.to_numpy())]
        small = [part for part in parts if part is not None]
        if len(small) == len(parts):
            numbers = np.concatenate(small)
            low, high = _extent(numbers)
            low = 0 if low == 1 else low
            if high - low < _SHORT:
                codes = np.subtract(numbers, low, dtype=np.int32) if low else numbers
                return codes, pd.Index(np.arange(low, high + 1, dtype=values.dtype))
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, words = values.array.codes, values.array.categories
        if codes.min(initial=0) >= 0:  # none is missing
            return codes, words
    try:
        codes, words = pd.factorize(values, sort=True, use_na_sentinel=False)
    except TypeError:
        raise FollowupError(
            f"{values.name} holds what cannot be told apart, such as lists: make it text first."
        ) from None
    return codes, pd.Index(words)


def _small(numbers: np.ndarray) -> np.ndarray | None:
    """Whole numbers in the smallest type, None if that is not a small one."""
    low, high = int(numbers.min()), int(numbers.max())
    kind = np.min_scalar_type(~max(high, ~low))
    return numbers.astype(kind) if kind.itemsize <= 2 else None


def _extent(numbers: np.ndarray) -> tuple[int, int]:
    lows, highs = zip(*((part.min(), part.max()) for part in pieces(numbers)), strict=True)
    return int(min(lows)), int(max(highs))
