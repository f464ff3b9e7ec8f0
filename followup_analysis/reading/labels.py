"""Texts of many rows -> numbers: each distinct text is held once, however many rows say it.

The convention owned here: the number of a text is its place among the known ones, the same in
every column; -1 stands for no text. A whole number that is not there is `NO_NUMBER`. A value that
is the same in all rows may be held once (`numpy.broadcast_to`): such arrays cannot be written to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from .arrow import ArrowWords, has_arrow

Texts: TypeAlias = pd.api.extensions.ExtensionArray

_PIECE = 1 << 16  # rows
_LARGEST = 1 << 62
_BLANKS = ("  ", " \n", *"\t\r\v\f\x1c\x1d\x1e\x1f")
NO_NUMBER = np.int64(np.iinfo(np.int64).min)


class _Codes(dict[str | None, int]):
    """The numbers of texts; one that is asked for the first time is added to the words."""

    def __init__(self, words: list[str]) -> None:
        super().__init__({None: -1})
        self.words = words

    def __missing__(self, text: str) -> int:
        code = self[text] = len(self.words)
        self.words.append(text)
        return code


class Labels:
    """Distinct texts, and their numbers."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._codes = _Codes(self.words)

    def code(self, text: str | None) -> int:
        """Return the number of a text."""
        return self._codes[text]

    def codes(self, texts: Iterable[str | None]) -> np.ndarray:
        """Return the number of each text."""
        return np.array([*map(self._codes.__getitem__, texts)], dtype=np.int32)

    def changed(self, codes: np.ndarray, change: Callable[[str], str]) -> np.ndarray:
        """Return the numbers of other texts, made of each distinct one."""
        place, distinct = pd.factorize(codes)
        return self.codes(None if c < 0 else change(self.words[c]) for c in distinct)[place]

    def joined(self, ones: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Return the numbers of the texts of two columns put together; each row has both."""
        n = len(self.words) + 1
        place, distinct = pd.factorize(ones.astype(np.int64) * n + others)
        pairs = [divmod(int(pair), n) for pair in distinct]
        return self.codes(self.words[one] + self.words[other] for one, other in pairs)[place]

    def are(self, codes: np.ndarray, texts: Iterable[str]) -> np.ndarray:
        """Return which numbers are those of some texts."""
        wanted = np.zeros(len(self.words) + 1, dtype=bool)
        wanted[[self._codes[text] for text in texts if text in self._codes]] = True
        return wanted.take(codes, mode="wrap")

    def texts(self, codes: np.ndarray) -> Texts:
        """Return the texts of numbers."""
        return texts_of(self.words, codes)


def texts_of(words: Sequence[str], codes: np.ndarray) -> Texts:
    """Return one text per row, from the place of each among the words; none at -1."""
    if len(codes) and (codes == codes[0]).all():
        return _repeated(words[codes[0]] if codes[0] >= 0 else None, len(codes))
    if has_arrow():
        return _texts_of_arrow(words, codes)
    known = pd.array([*words, None], dtype="str")
    return known.take(np.where(codes < 0, len(words), codes))


def taken(texts: Texts, places: np.ndarray) -> Texts:
    """Return some of the texts, in the order of their places."""
    if not has_arrow():
        return texts.take(places)
    import pyarrow

    held = pyarrow.array(texts)
    held = held.combine_chunks() if isinstance(held, pyarrow.ChunkedArray) else held
    return _texts_of_arrow(ArrowWords(held), places)


def _texts_of_arrow(words: Sequence[str], codes: np.ndarray) -> Texts:
    import pyarrow
    from pyarrow import compute

    kind = pyarrow.large_string()
    known = words.array if isinstance(words, ArrowWords) else pyarrow.array(words, kind)
    if (codes < 0).any():
        known = pyarrow.concat_arrays([known, pyarrow.nulls(1, kind)])
    elif len(codes) == len(words) and np.array_equal(codes, np.arange(len(codes))):
        return _as_texts(known)
    # Piece by piece, in memory that numpy has let go: so that little more is needed than stays.
    pool = pyarrow.system_memory_pool()
    pieces = []
    for some in np.split(codes, range(_PIECE, len(codes), _PIECE)):
        places = pyarrow.array(np.where(some < 0, len(words), some))
        pieces.append(compute.take(known, places, boundscheck=False, memory_pool=pool))
    return _as_texts(pyarrow.chunked_array(pieces))


def _as_texts(array: Any) -> Texts:
    """Return an array of Arrow, or one in pieces, as pandas holds texts."""
    return pd.StringDtype(na_value=np.nan).__from_arrow__(array)


def _repeated(text: str | None, n_rows: int) -> Texts:
    """Return one text for all rows, in blocks that can share their memory."""
    if has_arrow():
        return _repeated_by_arrow(text, n_rows)
    block = pd.Series([text] * min(n_rows, _PIECE), dtype="str")
    rest = [block[: n_rows % _PIECE]] if n_rows > _PIECE else []
    return pd.concat([block] * max(n_rows // _PIECE, 1) + rest, ignore_index=True).array


def _repeated_by_arrow(text: str | None, n_rows: int) -> Texts:
    import pyarrow

    block = pyarrow.repeat(pyarrow.scalar(text, pyarrow.large_string()), min(n_rows, _PIECE))
    rest = block[: n_rows % _PIECE] if n_rows > _PIECE else block[:0]
    return _as_texts(pyarrow.chunked_array([*[block] * max(n_rows // _PIECE, 1), rest]))


def are_trimmed(words: Sequence[str]) -> bool:
    """Return whether surely no text begins or ends with a blank: a quick look at all of them."""
    if isinstance(words, ArrowWords):
        return words.are_plain()
    return _are_trimmed("\n".join(["", *words, ""]), len(words))


def _are_trimmed(lines: str, n_words: int) -> bool:
    return _is_plain(lines) and lines.count("\n") == n_words + 1 and "\n " not in lines


def numbered(words: Sequence[str], *, distinct: bool = False) -> tuple[np.ndarray, Sequence[str]]:
    """Number texts, those alike that differ in case and blanks.

    Returns the number of each, and the first text of each number. Say if they are known to be
    `distinct`: those of a long sheet mostly are so but for case and blanks too.
    """
    if distinct and _differ_in_more_than_case(words):
        return np.arange(len(words)), words
    words = list(words)
    keys = _keys_of(words)
    if len(set(keys)) == len(keys):
        return np.arange(len(words)), words
    codes, known = pd.factorize(np.array([*keys, None], dtype=object)[:-1])
    first = np.empty(len(known), dtype=np.int64)
    first[codes[::-1]] = np.arange(len(words))[::-1]
    return codes, [words[place] for place in first.tolist()]


def _differ_in_more_than_case(words: Sequence[str]) -> bool:
    """Return whether surely no two of some distinct texts are equal but for case and blanks."""
    if isinstance(words, ArrowWords):
        return words.are_of_one_case()
    lines = "\n".join(["", *words, ""])
    return _are_trimmed(lines, len(words)) and lines in (lines.lower(), lines.upper())


def _keys_of(words: Sequence[str]) -> list[str]:
    """Return what is the same of texts that are equal but for case and blanks."""
    lines = "\n".join(words)
    keys = lines.casefold().split("\n")
    if len(keys) != len(words) or not _is_plain(lines):
        keys = [" ".join(word.split()).casefold() for word in words]
    return keys


def _is_plain(lines: str) -> bool:
    return lines.isascii() and not any(each in lines for each in _BLANKS)


def none_of(n_rows: int) -> np.ndarray:
    """Return the numbers of as many texts that are not there."""
    return np.broadcast_to(np.int32(-1), n_rows)


def filled_in(values: np.ndarray, others: np.ndarray | int) -> np.ndarray:
    """Return the numbers of texts, and others where there is none."""
    if is_constant(values):
        kept = values[0] if values[0] >= 0 else others
        return kept if isinstance(kept, np.ndarray) else np.broadcast_to(kept, len(values))
    return np.where(values < 0, others, values).astype(np.int32, copy=False)


def is_constant(values: np.ndarray) -> bool:
    """Return whether one value is held for all rows."""
    return len(values) > 0 and values.strides == (0,)


def chosen(values: np.ndarray, which: np.ndarray) -> np.ndarray:
    """Return the values of a mask, or in an order; one value for all rows is held once still."""
    if not is_constant(values):
        return values[which]
    n_rows = int(which.sum()) if which.dtype == bool else len(which)
    return np.broadcast_to(values[0], n_rows)


def repeated(columns: Sequence[np.ndarray], *, with_first: bool = False) -> np.ndarray:
    """Return which rows are in all columns as an earlier row is; `with_first`, as any other is."""
    out = np.zeros(len(columns[0]), dtype=bool)
    rows, group, n_groups = np.arange(len(out)), np.zeros(len(out), dtype=np.int64), 1
    # The column that tells most apart comes first: few rows are left then for the others.
    for codes in sorted(columns, key=lambda codes: -int(codes.max(initial=-1))):
        n = int(codes.max(initial=-1)) + 2
        if n_groups * n > _LARGEST:
            group, distinct = pd.factorize(group)
            n_groups = len(distinct)
        group, n_groups = group * n + codes[rows] + 1, n_groups * n
        if n_groups < len(rows):  # too few for most to be alone
            continue
        ordered = np.sort(group)
        again = ordered[1:][ordered[1:] == ordered[:-1]]
        if not len(again):
            return out
        alike = pd.Series(group).isin(again).to_numpy()
        rows, group = rows[alike], group[alike]
    out[rows] = pd.Series(group).duplicated(keep=False if with_first else "first").to_numpy()
    return out
