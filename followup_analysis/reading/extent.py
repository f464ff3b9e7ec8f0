"""A workbook -> refused before it is opened, where opening it would fill the memory.

The convention owned here: how far apart cells may lie. Readers of workbooks make room for every
cell between the first and the last, so that a few bytes can ask for all the memory there is.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

from ..errors import LogError
from .archives import check_size

_ROOM = 10_000_000  # cells: no more than some seconds, and some hundred megabytes
_SPARSE = 20  # times: more room than that for each cell is not what anybody keeps
_PIECE, _OVERLAP = 1 << 20, 500  # bytes
_XLSX_CELL = re.compile(
    rb"""<(?:\w+:)?(?:c|row)\s(?:[^<]{0,300}?\s)?r\s*=\s*["']([A-Za-z]*)(\d*)"""
)
_ODS_PART = re.compile(rb"<table:(table-row|table-cell|covered-table-cell)\b([^>]*)>")
_REPEATED = re.compile(rb"""number-(?:rows|columns)-repeated\s*=\s*["'](\d{1,12})["']""")


def check_extent(data: bytes, file: str) -> None:
    """Raise an error for a workbook that unpacks to too much, or whose cells lie too far apart."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception:
        return  # a broken one: the reader of workbooks says so
    with archive:
        check_size(archive.infolist(), file)
        for info in archive.infolist():
            if info.filename == "xl/workbook.bin":
                raise LogError(f"{file} is a binary workbook: save it as XLSX.")
            try:
                room, n_cells = _room(archive, info)
            except Exception:  # what a broken archive raises is not written down
                raise LogError(
                    f"{file} is damaged: {info.filename!r} in it cannot be unpacked."
                ) from None
            check_room(room, n_cells, file)


def check_room(room: int, n_cells: int, file: str) -> None:
    """Raise an error where far more places than cells would have to be held."""
    if room > max(_ROOM, _SPARSE * n_cells):
        raise LogError(
            f"{file} has cells so far apart ({room:,} places for {n_cells:,} cells) that "
            "it cannot be opened: delete the lone ones, or save the sheet as CSV."
        )


def _room(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> tuple[int, int]:
    """Return the places up to the last cell of a sheet, and how many are written."""
    name = info.filename.lower()
    if name.startswith("xl/worksheets/") and name.endswith(".xml"):
        return _room_of_xlsx(_pieces(archive, info))
    if name == "content.xml":
        return _room_of_ods(archive.read(info))
    return 0, 0


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a file piece by piece; each begins with the end of the one before."""
    with archive.open(info) as file:
        end = b""
        while piece := file.read(_PIECE):
            yield end + piece
            end = piece[-_OVERLAP:]


def _room_of_xlsx(pieces: Iterator[bytes]) -> tuple[int, int]:
    columns: set[bytes] = set()
    last_row = n_cells = 0
    for piece in pieces:
        cells = _XLSX_CELL.findall(piece)
        n_cells += len(cells)
        columns |= {letters.upper() for letters, _ in cells}
        last_row = max([last_row, *map(_number, {row for _, row in cells})])
    return last_row * max(map(_number_of_column, columns), default=0), n_cells


def _number(digits: bytes) -> int:
    return int(digits[:20] or b"0")


def _number_of_column(letters: bytes) -> int:
    number = 0
    for letter in letters[:20]:
        number = 26 * number + letter - ord("@")
    return number


def _room_of_ods(content: bytes) -> tuple[int, int]:
    rows = width = widest = last_row = n_cells = repeated = 0
    for part, attributes in _ODS_PART.findall(content):
        times = int((_REPEATED.findall(attributes) or [b"1"])[0])
        if part == b"table-row":
            rows, width, repeated = rows + repeated, 0, times
            continue
        n_cells += 1
        width += times
        if b"office:value" in attributes:
            widest, last_row = max(widest, width), max(last_row, rows + repeated)
    return last_row * widest, n_cells
