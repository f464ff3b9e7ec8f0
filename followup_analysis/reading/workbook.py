"""A workbook (XLSX, XLS, ODS) -> its sheets as text.

The convention owned here: a cell that the workbook knows to be a date is written as an ISO date,
so that it can be read in one way only.
"""

from __future__ import annotations

import io

from ..errors import LogError
from ..stored import ABOUT, XML_MARK, is_panic
from .extent import check_extent, check_room
from .headed import Recognise
from .old_workbook import room_of_old
from .sheets import Sheet, show_cell
from .text import sheets_of_rows

# The name of what is inside an encrypted workbook, as its container writes it.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read_workbook(data: bytes, file: str, recognise: Recognise) -> list[Sheet]:
    """Return the sheets of a workbook that are not empty."""
    try:
        from python_calamine import CalamineError, CalamineWorkbook, PasswordError
    except ImportError:
        raise LogError(
            f"{file} is a workbook. To read it: pip install 'followup_analysis[excel]', "
            "or save it as CSV."
        ) from None
    if _ENCRYPTED in data:
        raise LogError(_protected(file))
    if data.startswith(b"PK"):
        check_extent(data, file)
    else:
        _check_old(data, file)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        read = [_read(book.get_sheet_by_name(n), n, file, recognise) for n in book.sheet_names]
    except PasswordError:
        raise LogError(_protected(file)) from None
    except LogError:
        raise
    except (CalamineError, ValueError, OSError) as error:
        raise LogError(_unreadable(file, error)) from None
    except BaseException as error:
        if not is_panic(error):
            raise
        raise LogError(_unreadable(file, error)) from None
    filled = [sheet for sheets in read for sheet in sheets]
    if not filled:
        raise LogError(f"{file} is a workbook in which every sheet is empty.")
    return filled


def _check_old(data: bytes, file: str) -> None:
    try:
        room = room_of_old(data)
    except ValueError as error:
        raise LogError(_unreadable(file, error)) from None
    if room is None:
        raise LogError(_protected(file))
    check_room(*room, file)


def _protected(file: str) -> str:
    return (
        f"{file} is protected by a password. Open it, take the password off (in Excel: File, Info, "
        "Protect Workbook, Encrypt with Password, and empty the field), and save it; or save the "
        "sheet as CSV."
    )


def _unreadable(file: str, error: BaseException) -> str:
    return (
        f"{file} is damaged, or not whole: it cannot be read as a workbook ({error}). Open it in "
        "the program that wrote it and save it again, or copy it anew."
    )


def _read(sheet, name: str, file: str, recognise: Recognise) -> list[Sheet]:  # type: ignore
    rows = [[show_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    if not rows or _is_about(name, rows):
        return []
    _fill_merged(rows, sheet.merged_cell_ranges or [], file)
    return sheets_of_rows(file, name, rows, range(1, len(rows) + 1), recognise, " | ")


def _is_about(name: str, rows: list[list[str]]) -> bool:
    """Return whether a sheet holds what a log that we have written says beside its tables."""
    return name == ABOUT and rows[0][:1] in ([XML_MARK], ["followup_analysis"])


def _fill_merged(rows: list[list[str]], ranges, file: str) -> None:  # type: ignore[no-untyped-def]
    """Write the text of merged cells that lie below each other in each row of them."""
    n_left = sum(map(len, rows))
    for (top, left), (bottom, _) in ranges:
        last = min(bottom + 1, len(rows))
        n_left -= max(last - top, 0)
        if n_left < 0:
            raise LogError(f"{file} is damaged: it has merged cells that overlap.")
        for row in range(top + 1, last):
            if left < len(rows[row]) and not rows[row][left]:
                rows[row][left] = rows[top][left]
