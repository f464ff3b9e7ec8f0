"""A long delimited text -> columns, by the parser of pandas, where that is sure to lose nothing.

The convention owned here: when it is sure. Every line is a record, none has more cells than the
header; else the text is read record by record.
"""

from __future__ import annotations

import csv
import io
import warnings

import numpy as np
import pandas as pd

from .sheets import Column, Sheet

LONG = 1_000_000  # characters


def read_long_text(
    text: str, delimiter: str, file: str, header: list[str], header_line: int
) -> Sheet | None:
    """Return the sheet below a header; nothing where lines and records may differ."""
    body_at = _start_of_line(text, header_line + 1)
    if "\r" in text and text.count("\r") != text.count("\r\n"):
        return None
    n_lines = text.count("\n", body_at) + (not text.endswith("\n"))
    width = len(header)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # that cells would be lost
            frame = _parse(text[body_at:], delimiter, width + 1)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, pd.errors.ParserWarning):
        return None
    if len(frame) != n_lines or (frame[width] != "").any():
        return None
    columns = [_column(name, frame[at]) for at, name in enumerate(header)]
    kept = [column for column in columns if column.header or column.filled.any()]
    for place, column in enumerate(columns, start=1):
        column.header = column.header or f"column {place}"
    lines = np.arange(header_line + 1, header_line + 1 + n_lines)
    return Sheet(file, "", kept, lines, delimiter, width=width)


def _parse(body: str, delimiter: str, width: int) -> pd.DataFrame:
    """Parse lines; the header has one cell less, to see whether a line has too many."""
    return pd.read_csv(
        io.StringIO(body),
        sep=delimiter,
        header=None,
        names=range(width),
        index_col=False,
        dtype=object,
        keep_default_na=False,
        na_filter=False,
        skip_blank_lines=False,
        quoting=csv.QUOTE_MINIMAL,
        low_memory=False,
    )


def _column(header: str, cells: pd.Series) -> Column:
    return Column.of(header, cells.to_numpy())


def _start_of_line(text: str, number: int) -> int:
    at = 0
    for _ in range(number - 1):
        at = text.find("\n", at) + 1
        if at == 0:
            return len(text)
    return at
