"""JobSearchLog -> files: a folder of tables, or one workbook.

The conventions owned here: what is there already is never written over unasked, and a file is
either written whole or not at all.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any
from uuid import uuid4

import pandas as pd

from .errors import FollowupError
from .log import JobSearchLog, check_log, count
from .stored import ABOUT, ABOUT_FILE, TABLES, XML_MARK, describe, plain_tables, spell

_OTHER_FILES = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".md", ".ods", ".xls", ".xlsm", ".zip")
_ENDINGS = (".csv", ".parquet")
_OUR_FILES = {ABOUT_FILE, *(f"{name}{ending}" for name in TABLES for ending in _ENDINGS)}
_LONGEST_CELL, _MOST_ROWS, _MOST_COLUMNS = 32_767, 1_048_576, 16_384  # of a workbook
_FIRST_DAY = pd.Timestamp("1900-03-01")  # before it, workbooks count days differently
_MOST_EXACT = 2**53  # numbers in a workbook are floating-point
# What XML cannot hold is written as _x0007_, and what looks like that is kept from being read so.
_NOT_XML = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f]|\A[ \n]|[ \n]\Z")
_NO_CHARACTER = re.compile(r"[\ufffe\uffff\ud800-\udfff]")

_Tables = dict[str, pd.DataFrame]


def write_log(log: JobSearchLog, path: str | PathLike, *, overwrite: bool = False) -> Path:
    """Write a log to files from which `read_log` makes the same log again.

    Parameters
    ----------
    log : JobSearchLog
        The log.
    path : str or path
        Where to. Its ending says what is written: a workbook (``.xlsx``), a folder of Parquet
        files (``.parquet``), or else a folder of CSV files.
    overwrite : bool
        Replace a log that is there already.

    Returns
    -------
    pathlib.Path
        Where it was written.

    Raises
    ------
    FollowupError
        When something is there already, when a library is missing, or when a workbook cannot
        hold the log.

    Notes
    -----
    The tables are those of ``data/README.md``: applications, events and ratings. A fourth sheet
    (in a folder, the file ``log.meta``) holds the rest: the last day, the notes, the problems,
    what was set aside and the mapping. Columns of other types than text, numbers, yes/no and
    dates become text, and an empty text becomes a missing one.

    No text of the log is ever a formula. In a CSV file, a text that a spreadsheet could take for
    one (it begins with ``=``, ``+``, ``-`` or ``@``, be it after blanks, or with a tab or the end
    of a line) gets an apostrophe in front. So does a text that begins with an apostrophe, so that
    taking one off is always right. In a workbook texts are marked as texts, as they are.

    Examples
    --------
    >>> import tempfile
    >>> import followup_analysis as fa
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = fa.write_log(fa.simulate_log(20, seed=1), folder + "/my_log")
    ...     sorted(file.name for file in path.iterdir())
    ['applications.csv', 'events.csv', 'log.meta', 'ratings.csv']
    """
    check_log(log)
    path = Path(path).expanduser().resolve()
    write = _writer(path)
    _check_target(path, is_folder=write is not _write_workbook, overwrite=overwrite)
    tables = plain_tables(log)
    about = json.dumps(describe(log, tables), indent=1)
    with _in_place_of(path) as temporary:
        write(temporary, tables, about)
    return path


def _writer(path: Path) -> Callable[[Path, _Tables, str], None]:
    ending = path.suffix.lower()
    if ending in _OTHER_FILES:
        raise FollowupError(
            f"A log is more than one table, and {path.name!r} can hold one only: name a folder "
            f"({path.stem!r}), or a workbook ('{path.stem}.xlsx')."
        )
    return {".xlsx": _write_workbook, ".parquet": _write_parquet}.get(ending, _write_csv)


def _check_target(path: Path, *, is_folder: bool, overwrite: bool) -> None:
    if not path.parent.is_dir():
        raise FollowupError(f"There is no folder {str(path.parent)!r}: make it first.")
    if not path.exists():
        return
    if path.is_dir() != is_folder:
        what = "a folder" if path.is_dir() else "a file"
        raise FollowupError(f"{str(path)!r} is {what} already: choose another path.")
    others = {file.name for file in path.iterdir()} - _OUR_FILES if is_folder else set()
    if others:
        raise FollowupError(
            f"The folder {str(path)!r} holds other things, such as {min(others)!r}: choose a path "
            "of its own for the log."
        )
    if not overwrite and (any(path.iterdir()) if is_folder else path.stat().st_size):
        raise FollowupError(
            f"{str(path)!r} is there already: choose another path, or say overwrite=True."
        )


@contextmanager
def _in_place_of(path: Path) -> Iterator[Path]:
    """Yield a path beside the target, and move what is written there into its place."""
    temporary, old = (path.with_name(f".{path.name}.{uuid4().hex[:12]}") for _ in range(2))
    try:
        yield temporary
        if temporary.is_dir() and path.exists():
            path.rename(old)
        temporary.replace(path)
    except OSError as error:
        if old.exists():
            old.rename(path)
        raise FollowupError(f"{str(path)!r} cannot be written: {error}.") from None
    finally:
        for left in (temporary, old):
            if left.is_dir():
                shutil.rmtree(left)
            left.unlink(missing_ok=True)


def _write_csv(folder: Path, tables: _Tables, about: str) -> None:
    folder.mkdir()
    for name, table in tables.items():
        spelt = table.apply(lambda column: spell(column) if column.dtype == "str" else column)
        spelt.columns = pd.Index(spell(pd.Series(table.columns, dtype="str")))
        # With its mark, without which Excel takes the file for something else than UTF-8; and
        # with ends of lines that make the csv module quote both of their characters.
        spelt.to_csv(
            folder / f"{name}.csv",
            index=False,
            encoding="utf-8-sig",
            errors="surrogatepass",
            lineterminator="\r\n",
        )
    (folder / ABOUT_FILE).write_text(about + "\n", encoding="utf-8")


def _write_parquet(folder: Path, tables: _Tables, about: str) -> None:
    _require("pyarrow", "Parquet files", "scale")
    folder.mkdir()
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", engine="pyarrow", index=False)
    (folder / ABOUT_FILE).write_text(about + "\n", encoding="utf-8")


def _write_workbook(path: Path, tables: _Tables, about: str) -> None:
    _require("openpyxl", "a workbook", "excel")
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    for name, table in tables.items():
        _check_fits(name, table)
    book = Workbook(write_only=True)

    def text_cell(sheet: Any, text: str) -> Any:
        cell = WriteOnlyCell(sheet, _in_xml(text))
        cell.data_type, cell.quotePrefix = "s", True  # never a formula, an error or a number
        return cell

    for name, table in tables.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        sheet.append([text_cell(sheet, column) for column in table])
        for row in table.astype(object).itertuples(index=False, name=None):
            cells = map(_workbook_value, row)
            sheet.append([text_cell(sheet, c) if isinstance(c, str) else c for c in cells])
    sheet = book.create_sheet(ABOUT)
    sheet.append([XML_MARK])
    for line in about.splitlines():
        # JSON has no ends of lines within a text: it may be broken anywhere, and joined again.
        for start in range(0, len(line), 5_000):
            sheet.append([text_cell(sheet, line[start : start + 5_000])])
    book.save(path)


def _workbook_value(value: Any) -> Any:
    """Return a value as a workbook can hold it without loss, else as text."""
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        is_day = value.tz is None and value >= _FIRST_DAY and value == value.normalize()
        return value.date() if is_day else value.isoformat()
    if isinstance(value, (bool, str)):
        return value
    # openpyxl writes numbers with 16 digits.
    exact = abs(value) <= _MOST_EXACT and float(f"{value:.16g}") == value
    return value if exact else str(value)


def _in_xml(text: str) -> str:
    return _NOT_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _check_fits(name: str, table: pd.DataFrame) -> None:
    texts = [table[column].dropna() for column in table if table[column].dtype == "str"]
    longest = max(
        (int(each.map(_in_xml).str.len().max()) for each in texts if len(each)), default=0
    )
    odd = any(bool(_NO_CHARACTER.search(text)) for each in texts for text in each.unique())
    limits = {
        count(len(table), "row"): len(table) >= _MOST_ROWS,
        count(table.shape[1], "column"): table.shape[1] > _MOST_COLUMNS,
        f"a text of {count(longest, 'character')}": longest > _LONGEST_CELL,
        "a text that is not all characters": odd,
    }
    for what, is_too_much in limits.items():
        if is_too_much:
            raise FollowupError(f"A workbook cannot hold {name} with {what}: write a folder.")


def _require(library: str, what: str, extra: str) -> None:
    from importlib.util import find_spec

    if find_spec(library) is None:
        raise FollowupError(
            f'To write {what}: pip install "followup-analysis[{extra}]". A folder of CSV files '
            "needs nothing more: give a path without an ending."
        )
