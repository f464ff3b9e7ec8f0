"""Any source -> the sheets in it: a path, an open file, a DataFrame, or several of these.

The convention owned here: the kind of a file is found from its content, not from its name.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import LogError
from .sheets import Column, Sheet, show_cell
from .text import Recognise, decode, read_delimited
from .workbook import read_workbook

_ZIP, _OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_TABLES = (".csv", ".tsv", ".txt", ".xlsx")
_NOT_LOGS = {
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip archive",
    b"{\\rtf": "an RTF document",
}


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
        return [sheet_of_frame(source)]
    if isinstance(source, (str, os.PathLike)):
        return _open_path(Path(source).expanduser(), recognise)
    read = getattr(source, "read", None)
    if read is None:
        raise LogError(
            f"A log is a path, an open file, a DataFrame, or a list of these, not {type(source)}."
        )
    name = getattr(source, "name", "")
    return read_bytes(_content(read), Path(name).name if isinstance(name, str) else "", recognise)


def _open_path(path: Path, recognise: Recognise) -> list[Sheet]:
    try:
        if path.is_dir():
            return _open_folder(path, recognise)
        data = path.read_bytes()
    except FileNotFoundError:
        raise LogError(f"There is no file {str(path)!r}.") from None
    except (OSError, ValueError) as error:
        raise LogError(f"{str(path)!r} cannot be read: {error}.") from None
    return read_bytes(data, path.name, recognise)


def _open_folder(folder: Path, recognise: Recognise) -> list[Sheet]:
    """Return the sheets of the files in a folder whose names say that they hold tables."""
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in _TABLES)
    if not files:
        raise LogError(f"The folder {str(folder)!r} holds no table ({', '.join(_TABLES)}).")
    return [sheet for path in files for sheet in _open_path(path, recognise)]


def _content(read: Callable[[], bytes | str]) -> bytes:
    try:
        data = read()
    except (OSError, ValueError) as error:
        raise LogError(f"The open file cannot be read: {error}.") from None
    return data.encode("utf-8", errors="surrogatepass") if isinstance(data, str) else data


def read_bytes(data: bytes, file: str, recognise: Recognise) -> list[Sheet]:
    """Return the sheets of the content of one file."""
    file = file or "open file"
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise LogError(f"{file} is empty.")
    for mark, what in _NOT_LOGS.items():
        if data.startswith(mark):
            raise LogError(f"{file} is {what}, not a job-search log.")
    if data.startswith((_ZIP, _OLD_WORKBOOK)):
        return read_workbook(data, file, recognise)
    text, note = decode(data, file)
    sheet = read_delimited(text, file, recognise)
    sheet.notes += [note] if note else []
    return [sheet]


def sheet_of_frame(frame: pd.DataFrame, file: str = "DataFrame") -> Sheet:
    """Return a DataFrame as a sheet; its lines are its rows, counted from 1."""
    columns = [
        _frame_column(str(header), frame.iloc[:, at]) for at, header in enumerate(frame.columns)
    ]
    sheet = Sheet(file, "", columns, np.arange(1, len(frame) + 1))
    return sheet.without_blank_rows()


def _frame_column(header: str, values: pd.Series) -> Column:
    codes, distinct = pd.factorize(values.array if values.dtype.kind == "M" else values)
    column = Column(header.strip(), codes, [show_cell(value).strip() for value in distinct])
    return column.without("".__eq__)
