"""Many distinct texts, held by pyarrow where it is installed -> what is asked of all of them.

The convention owned here: an answer for all texts at once is given only where it is surely what
Python says of each; else they are asked one by one, as a list of texts is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING, Any, overload

import numpy as np

if TYPE_CHECKING:
    import pyarrow

_BLANK_OR_WIDE = bytes([*range(9, 14), *range(28, 33), *range(128, 256)])


def has_arrow() -> bool:
    """Return whether pyarrow can be used."""
    try:
        return find_spec("pyarrow") is not None
    except ValueError:  # it is kept from being imported
        return False


def release_unused() -> None:
    """Give back the memory that Arrow keeps for what it may be asked next."""
    if has_arrow():
        import pyarrow

        pyarrow.default_memory_pool().release_unused()


class ArrowWords(Sequence[str]):
    """Distinct texts, a large_string of Arrow: no Python objects until each is asked for."""

    def __init__(self, array: pyarrow.Array) -> None:
        self.array = array

    def __len__(self) -> int:
        return len(self.array)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: Any) -> Any:
        return self.array[at].to_pylist() if isinstance(at, slice) else self.array[int(at)].as_py()

    def __iter__(self) -> Iterator[str]:
        return iter(self.array.to_pylist())

    def __contains__(self, word: object) -> bool:
        return self.index(word) >= 0

    def index(self, word: Any, *_: Any) -> int:
        """Return the place of a word, -1 if it is not there."""
        from pyarrow import compute

        return compute.index(self.array, word).as_py()

    def are_plain(self) -> bool:
        """Return whether all are of ASCII characters without any blank."""
        return not self._have(_BLANK_OR_WIDE)

    def are_of_one_case(self) -> bool:
        """Return whether all are plain, and differ in more than case."""
        have_both = all(map(self._have, (ascii_lowercase.encode(), ascii_uppercase.encode())))
        return self.are_plain() and not have_both

    def that_begin_otherwise(self, letters: set[str]) -> np.ndarray:
        """Return the places of the words that begin with none of some ASCII letters."""
        known = np.zeros(257, dtype=bool)
        known[[ord(letter) for letter in letters]] = True
        starts, ends = self._offsets[:-1], self._offsets[1:]
        first = np.frombuffer(self._bytes + b"\0", np.uint8)[starts].astype(np.int16)
        first[starts == ends] = 256  # an empty word begins with nothing
        return np.flatnonzero(~known[first])

    @property
    def _offsets(self) -> np.ndarray:
        return np.frombuffer(self.array.buffers()[1], np.int64)[: len(self) + 1]

    @property
    def _bytes(self) -> bytes:
        return bytes(memoryview(self.array.buffers()[2] or b"")[: self._offsets[-1]])

    def _have(self, characters: bytes) -> bool:
        said = self._bytes
        return len(said.translate(None, characters)) < len(said)
