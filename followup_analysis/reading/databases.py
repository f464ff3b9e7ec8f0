"""A database file (SQLite, Parquet) -> its tables.

The convention owned here: the file is read from memory and nothing in it is run.
"""

from __future__ import annotations

import io

import pandas as pd

from ..errors import LogError
from .records import sheets_of_records, unfold
from .sheets import Sheet, sheet_of_frame

_MOST_CELLS = 500_000_000


def read_sqlite(data: bytes, file: str) -> list[Sheet]:
    """Return the tables of an SQLite file; views are left alone."""
    import sqlite3

    if len(data) < _size(data):
        raise LogError(f"{file} is not whole: copy the database anew, with its program closed.")
    connection = sqlite3.connect(":memory:")
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    try:
        # Bytes 18 and 19 tell of a journal beside the file (WAL), which is not asked for here.
        connection.deserialize(data[:18] + b"\1\1" + data[20:])
        connection.execute("PRAGMA trusted_schema=OFF")
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            " AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY rowid"
        ).fetchall()
        sheets = [sheet for (name,) in names for sheet in _read_table(connection, name, file)]
    except sqlite3.Error as error:
        raise LogError(f"{file} cannot be read as an SQLite database: {error}.") from None
    finally:
        connection.close()
    if not sheets:
        raise LogError(f"{file} is a database without a filled table.")
    return sheets


def _size(data: bytes) -> int:
    """Return the bytes that a database says to have: the size of a page, times the pages."""
    size, pages = int.from_bytes(data[16:18], "big"), int.from_bytes(data[28:32], "big")
    return (65536 if size == 1 else size) * pages


def _read_table(connection, name: str, file: str) -> list[Sheet]:  # type: ignore[no-untyped-def]
    quoted = name.replace('"', '""')
    cursor = connection.execute(f'SELECT * FROM "{quoted}"')
    headers = [column[0] for column in cursor.description]
    records = [
        {h: v for h, v in zip(headers, row, strict=True) if not isinstance(v, bytes)}
        for row in cursor.fetchall()
    ]
    if not records:
        return []
    sheets = sheets_of_records(file, name, records, range(1, len(records) + 1))
    return [*unfold(sheets[0]), *sheets[1:]]


def read_parquet(data: bytes, file: str) -> list[Sheet]:
    """Return the table of a Parquet file."""
    try:
        _check_room(data, file)
        frame = pd.read_parquet(io.BytesIO(data))
    except ImportError:
        raise LogError(
            f"{file} is a Parquet file. To read it: pip install pyarrow, or save it as CSV."
        ) from None
    except LogError:
        raise
    except Exception as error:  # what a broken file raises is not written down
        raise LogError(f"{file} cannot be read as a Parquet file: {error}.") from None
    return [sheet_of_frame(frame, file)]


def _check_room(data: bytes, file: str) -> None:
    """Raise an error for a file whose few bytes stand for more cells than memory holds."""
    from pyarrow.parquet import read_metadata

    about = read_metadata(io.BytesIO(data))
    n_cells = about.num_rows * about.num_columns
    if n_cells > _MOST_CELLS:
        raise LogError(f"{file} holds {n_cells:,} cells: give the part of it that is the log.")
