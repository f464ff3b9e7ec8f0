"""Any source -> the sheets in it: a path, an open file, a DataFrame, or several of these.

The convention owned here: the kind of a file is found from its content, not from its name. The
readers of kinds other than text are loaded when they are needed.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pandas as pd

from ..errors import LogError
from .headed import Recognise
from .large import LONG
from .sheets import Sheet, sheet_of_frame
from .text import decode, read_delimited, read_long

_ZIP, _OLD_WORKBOOK, _SQLITE, _PARQUET = (
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"SQLite format 3\0",
    b"PAR1",
)
_PACKED = (_ZIP, _OLD_WORKBOOK, _SQLITE, _PARQUET)
_MARK = b"\xef\xbb\xbf"  # of UTF-8
_BEGINNING = 400_000  # bytes in which what is no delimited text would show itself
_BLANK = b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"
_NOT_LOGS = {
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip archive",
    b"{\\rtf": "an RTF document",
    b"PK\x05\x06": "an empty archive",
}
_WEB_PAGE = (b"<!doctype html", b"<html", b"<table")  # some trackers call it .xls


def open_source(source: object, recognise: Recognise) -> list[Sheet]:
    """Return the sheets of a source.

    Parameters
    ----------
    source : str, path, open file, pandas.DataFrame, or list of these
        Where the log is.
    recognise : callable
        Whether a cell is a header that is known: the header line is found by it.

    Returns
    -------
    list of Sheet

    Raises
    ------
    LogError
        When there is nothing that can be read.
    """
    if isinstance(source, (list, tuple)):
        sheets = [sheet for each in source for sheet in open_source(each, recognise)]
        if not sheets:
            raise LogError("There is nothing to read: the list of sources is empty.")
        return sheets
    if isinstance(source, pd.DataFrame):
        return _unfold(sheet_of_frame(source))
    if isinstance(source, (str, os.PathLike)):
        return _open_path(Path(os.path.expanduser(source)), recognise)
    read = getattr(source, "read", None)
    if read is None:
        raise LogError(
            f"A log is a path, an open file, a DataFrame, or a list of these, not {type(source)}."
        )
    name = getattr(source, "name", "")
    return read_bytes(_content(read), Path(name).name if isinstance(name, str) else "", recognise)


def _open_path(path: Path, recognise: Recognise, name: str = "") -> list[Sheet]:
    try:
        is_folder = path.is_dir()
        if path.exists() and not (is_folder or path.is_file()):
            raise LogError(f"{str(path)!r} is no file: a pipe or a device has no end to wait for.")
        sheet = None if is_folder else _read_long_file(path, name or path.name, recognise)
        data = b"" if is_folder or sheet is not None else path.read_bytes()
    except FileNotFoundError:
        raise LogError(f"There is no file {str(path)!r}.{_hint(path)}") from None
    except PermissionError:
        told = f"You are not allowed to read {str(path)!r}: change its permissions, or copy it."
        raise LogError(told) from None
    except LogError:
        raise
    except (OSError, ValueError) as error:
        raise LogError(f"{str(path)!r} cannot be read: {error}.") from None
    if is_folder:
        return _open_folder(path, recognise)
    if sheet is not None:
        return _unfold(sheet)
    return read_bytes(data, name or path.name, recognise)


def _hint(path: Path) -> str:
    """Say which file of the folder has a name that is spelt alike, if there is one."""
    if path.parts[:1] in (("http:",), ("https:",)):
        return " It is an address in the web: download the file first, nothing is fetched."
    try:
        close = get_close_matches(path.name, os.listdir(path.parent), n=1)
    except OSError:
        return ""
    return f" Did you mean {str(path.with_name(close[0]))!r}?" if close else ""


def _read_long_file(path: Path, name: str, recognise: Recognise) -> Sheet | None:
    """Read long delimited text with a header that is known, without holding it as a whole."""
    if path.stat().st_size <= LONG:
        return None
    with path.open("rb") as file:
        beginning = file.read(_BEGINNING)
        file.seek(0)
        if beginning.startswith((*_PACKED, *_NOT_LOGS)) or (
            b"|" in beginning and b"--" in beginning
        ):
            return None
        return _read_long_text(file, name, recognise, least=2)


def _open_folder(folder: Path, recognise: Recognise) -> list[Sheet]:
    from .archives import files_of

    return _open_each(
        (partial(_open_path, path, recognise, path.relative_to(folder).as_posix()))
        for path in files_of(folder)
    )


def _open_each(readers: Iterable[Callable[[], list[Sheet]]]) -> list[Sheet]:
    """Return the sheets of files that lay together; what is unreadable among them is a note."""
    sheets: list[Sheet] = []
    failures: list[LogError] = []
    for read in readers:
        try:
            sheets += read()
        except LogError as error:
            failures.append(error)
    if not sheets and failures:
        raise failures[0]
    for sheet in sheets:
        sheet.optional = True
    sheets[0].notes += [f"Not read: {error}" for error in failures]
    return sheets


def _content(read: Callable[[], bytes | str]) -> bytes:
    try:
        data = read()
    except (OSError, ValueError) as error:
        raise LogError(f"The open file cannot be read: {error}.") from None
    if isinstance(data, str):
        return data.encode("utf-8", errors="surrogatepass")
    if not isinstance(data, (bytes, bytearray)):
        raise LogError(f"The open file gives {type(data).__name__}, neither text nor bytes.")
    return bytes(data)


def read_bytes(data: bytes, file: str, recognise: Recognise) -> list[Sheet]:
    """Return the sheets of the content of one file."""
    file = file or "open file"
    if not (data[:1000].strip(_BLANK) or data.strip(_BLANK)):
        raise LogError(f"{file} is empty.")
    for mark, what in _NOT_LOGS.items():
        if data.startswith(mark):
            raise LogError(f"{file} is {what}, not a job-search log.")
    if data[:1000].lstrip(_BLANK).lower().startswith(_WEB_PAGE):
        raise LogError(
            f"{file} is a web page, not a job-search log: open it in a spreadsheet, and save its "
            "table as CSV."
        )
    if data.startswith((_SQLITE, _PARQUET)):
        from .databases import read_parquet, read_sqlite

        return (read_sqlite if data.startswith(_SQLITE) else read_parquet)(data, file)
    if data.startswith((_OLD_WORKBOOK, _ZIP)):
        return _read_packed(data, file, recognise)
    return _read_text(data, file, recognise)


def _read_packed(data: bytes, file: str, recognise: Recognise) -> list[Sheet]:
    from .archives import is_workbook, members
    from .workbook import read_workbook

    if data.startswith(_OLD_WORKBOOK) or is_workbook(data):
        return read_workbook(data, file, recognise)
    inside = members(data, file)
    return _open_each(partial(read_bytes, c, f"{file}/{n}", recognise) for n, c in inside)


def _read_text(data: bytes, file: str, recognise: Recognise) -> list[Sheet]:
    is_long = len(data) > LONG and not (b"|" in data and b"--" in data)
    sheet = _read_long_text(io.BytesIO(data), file, recognise) if is_long else None
    if sheet is not None:
        return _unfold(sheet)
    text, note = decode(data, file)
    sheets: list[Sheet] = []
    if text.lstrip()[:1] in ("{", "["):
        from .records import read_json

        sheets = read_json(text, file) or []
    if not sheets and "|" in text and "--" in text:
        from .markdown import read_markdown

        sheets = read_markdown(text, file)
    if not sheets:
        sheets = [s for each in read_delimited(text, file, recognise) for s in _unfold(each)]
    sheets[0].notes += [note] if note else []
    return sheets


def _read_long_text(
    file: BinaryIO, name: str, recognise: Recognise, least: int = 0
) -> Sheet | None:
    """Read long delimited text without making a second copy of it, where it is plain UTF-8."""
    beginning = file.read(1000)
    start = beginning.decode(errors="ignore").removeprefix("\ufeff").lstrip()
    if start[:1] in ("", "{", "[") or "\0" in start:
        return None
    file.seek(len(_MARK) if beginning.startswith(_MARK) else 0)
    try:
        return read_long(file, name, recognise, least)
    except UnicodeDecodeError:
        return None


def _unfold(sheet: Sheet) -> list[Sheet]:
    """Return a sheet, and the lists of events that stand in its cells as text."""
    if not any(column.words and column.words[0].startswith("[") for column in sheet.columns):
        return [sheet]
    from .records import unfold

    return unfold(sheet)
