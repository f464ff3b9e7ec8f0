"""A workbook of before 2007 (XLS) -> whether it is locked, and how far apart its cells lie.

The convention owned here: as much of the two formats (MS-CFB, MS-XLS) as tells that. The cells
themselves are read by the library; what cannot be followed here is not given to it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_LOCKED = 0x2F
# Records that begin with the row and the column of a cell; in the last two, others follow it.
_CELLS = {0x6, 0xD6, 0xFD, 0x201, 0x203, 0x204, 0x205, 0x27E, 0xBD, 0xBE}
_RUNS = {0xBD, 0xBE}
_LAST_SECTOR = 0xFFFFFFFA
_ENTRY = 128  # bytes of the directory


def room_of_old(data: bytes) -> tuple[int, int] | None:
    """Return the places up to the last cell, and how many are written; nothing if it is locked.

    Raises
    ------
    ValueError
        When the file is not put together as such files are.
    """
    rows = columns = n_cells = 0
    for kind, record in _records(data):
        if kind == _LOCKED:
            return None
        if kind in _CELLS and len(record) >= 6:
            row, column = struct.unpack_from("<2H", record)
            if kind in _RUNS:
                (column,) = struct.unpack_from("<H", record, len(record) - 2)
            rows, columns, n_cells = max(rows, row + 1), max(columns, column + 1), n_cells + 1
    return rows * columns, n_cells


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    for stream in _streams(data):
        at = 0
        while at + 4 <= len(stream):
            kind, length = struct.unpack_from("<2H", stream, at)
            yield kind, stream[at + 4 : at + 4 + length]
            at += 4 + length


def _streams(data: bytes) -> list[bytes]:
    """Return what the file holds under the names of a workbook."""
    try:
        size = 1 << struct.unpack_from("<H", data, 30)[0]
        directory_at, smallest = struct.unpack_from("<I4xI", data, 48)
        sectors = [data[at : at + size] for at in range(size, len(data), size)]
        table = _table(data, sectors, size)
        directory = _follow(directory_at, sectors, table)
        found = []
        for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
            name = directory[at : at + 64].decode("utf-16-le", "replace").split("\0")[0]
            start, length = struct.unpack_from("<2I", directory, at + 116)
            if name.casefold() in ("workbook", "book"):
                if length < smallest:
                    raise ValueError("a workbook that is shorter than any")
                found.append(_follow(start, sectors, table))
    except (struct.error, IndexError, MemoryError, OverflowError) as error:
        raise ValueError(str(error)) from None
    if not found:
        raise ValueError("there is no workbook in it")
    return found


def _table(data: bytes, sectors: list[bytes], size: int) -> list[int]:
    """Return which sector follows each."""
    places = list(struct.unpack_from("<109I", data, 76))
    more, n_more = struct.unpack_from("<2I", data, 68)
    for _ in range(min(n_more, len(sectors))):
        *further, more = struct.unpack(f"<{size // 4}I", sectors[more])
        places += further
    used = [sectors[place] for place in places if place < _LAST_SECTOR]
    return [follower for part in used for follower in struct.unpack(f"<{size // 4}I", part)]


def _follow(sector: int, sectors: list[bytes], table: list[int]) -> bytes:
    """Return the content of a chain of sectors."""
    out: list[bytes] = []
    while sector < _LAST_SECTOR:
        if len(out) > len(table):
            raise ValueError("a chain without end")
        out.append(sectors[sector])
        sector = table[sector]
    return b"".join(out)
