"""A log that was written by this package -> the same log.

The conventions owned here: how text is spelt in a file of commas, so that no spreadsheet takes it
for a formula, and what stands beside the three tables. What was changed by hand since is not
loaded here: it is read, and checked, like any other source.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from .errors import FollowupError
from .log import APPLICATION_COLUMNS, EVENT_COLUMNS, RATING_COLUMNS, JobSearchLog

TABLES = {
    "applications": APPLICATION_COLUMNS,
    "events": EVENT_COLUMNS,
    "ratings": RATING_COLUMNS,
}
ABOUT = "log"  # the sheet that holds what is in none of the three tables, as JSON
# In a folder, the file; its ending is that of no table, or it would be taken for one more.
ABOUT_FILE = "log.meta"
BESIDE = ("problems", "set_aside", "mapping")
XML_MARK = "followup_x005F_analysis"  # first cell of that sheet: does calamine decode it?
_MARK = "followup_analysis"
# What makes a formula in some spreadsheet or other, and the mark itself, so that it can be undone.
_RISKY = r"^(?:[\t\r\n']|\s*[=+\-@＝＋－＠])"

Check = Callable[[bytes, str], None]


def spell(texts: pd.Series) -> pd.Series:
    """Put an apostrophe before texts that a spreadsheet could take for a formula.

    Texts that begin with an apostrophe get one more, so that `unspell` undoes it without loss.

    Examples
    --------
    >>> spell(pd.Series(["=1+1", " -2", "'tis", "a=b"])).tolist()
    ["'=1+1", "' -2", "''tis", 'a=b']
    """
    return texts.mask(texts.str.contains(_RISKY, na=False), "'" + texts)


def unspell(texts: pd.Series) -> pd.Series:
    """Take off the apostrophe that `spell` put on.

    Examples
    --------
    >>> unspell(pd.Series(["'=1+1", "' -2", "''tis", "a=b"])).tolist()
    ['=1+1', ' -2', "'tis", 'a=b']
    """
    return texts.str.removeprefix("'")


def plain_tables(log: JobSearchLog) -> dict[str, pd.DataFrame]:
    """Return the three tables as they can be stored: each column text, numbers, yes/no or dates.

    Raises
    ------
    FollowupError
        When two columns of a table have one name.
    """
    return {name: _plain(getattr(log, name), name) for name in TABLES}


def describe(log: JobSearchLog, tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Return what a log holds beside its three tables, as JSON has it."""
    about = {
        "written_by": _MARK,
        "as_of": None if pd.isna(log.as_of) else f"{log.as_of:%Y-%m-%d}",
        "n_records": log.n_records,
        "notes": list(log.notes),
        "true_effect": log.true_effect,
        "types": {name: [str(t) for t in tables[name].dtypes] for name in TABLES},
        "fingerprint": _fingerprint(tables),
    }
    return about | {name: _rows(getattr(log, name)) for name in BESIDE}


def load_written(path: Path, check: Check | None = None) -> JobSearchLog | None:
    """Load a log that `write_log` has written.

    Parameters
    ----------
    path : pathlib.Path
        A folder or a workbook.
    check : callable, optional
        Raises an error for the content of a workbook that must not be opened.

    Returns
    -------
    JobSearchLog or None
        Nothing where the path holds anything else, or was changed since it was written.
    """
    try:
        found = _open_folder(path) if path.is_dir() else _open_workbook(path, check)
        return _log(*found) if found else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, ImportError, RecursionError):
        return None  # what is wrong with it is for the reader to say
    except BaseException as error:
        if not is_panic(error):
            raise
        return None


def is_panic(error: BaseException) -> bool:
    """Return whether the library of workbooks has died of a file: it is no usual exception."""
    return type(error).__name__ == "PanicException"


def _log(about: Mapping[str, Any], texts: Mapping[str, pd.DataFrame]) -> JobSearchLog | None:
    tables = {name: _typed(texts[name], about["types"][name]) for name in TABLES}
    beside = {name: pd.DataFrame(**about[name]) for name in BESIDE}
    notes = about["notes"]
    if about["as_of"] is None:  # then the log says so itself
        said = JobSearchLog(tables["applications"], tables["events"]).notes
        notes = [note for note in notes if note not in said]
    kept = {name: about[name] for name in ("as_of", "n_records", "true_effect")}
    log = JobSearchLog(**tables, **beside, **kept, notes=tuple(notes))
    loaded = {name: getattr(log, name) for name in TABLES}
    return log if _fingerprint(loaded) == about["fingerprint"] else None


def _plain(table: pd.DataFrame, name: str) -> pd.DataFrame:
    names = pd.Index([str(column) for column in table])
    if names.has_duplicates:
        twice = names[names.duplicated()][0]
        raise FollowupError(f"{name} has two columns {twice!r}: rename one of them.")
    columns = [_plain_column(table.iloc[:, at]) for at in range(len(names))]
    return pd.DataFrame(dict(zip(names, columns, strict=True)), table.index)


def _plain_column(values: pd.Series) -> pd.Series:
    if values.dtype.kind in "biufM":
        return values
    texts = values.astype("str")
    return texts.mask(texts == "")


def _fingerprint(tables: Mapping[str, pd.DataFrame]) -> str:
    """Return a digest of the three tables: it differs once anybody has changed a cell."""
    digest = sha256()
    for name in TABLES:
        text = tables[name].to_csv(index=False, lineterminator="\r\n")
        digest.update(text.encode(errors="surrogatepass"))
    return digest.hexdigest()


def _rows(table: pd.DataFrame) -> dict[str, list]:
    cells = table.astype(object).where(table.notna(), None)
    return {"columns": list(cells.columns), "data": cells.to_numpy().tolist()}


def _typed(texts: pd.DataFrame, types: list[str]) -> pd.DataFrame:
    """Return the columns in their types again."""
    columns = zip(texts.columns, types, strict=True)
    return pd.DataFrame({name: _cast(texts[name], dtype) for name, dtype in columns}, texts.index)


def _cast(values: pd.Series, dtype: str) -> pd.Series:
    if dtype == str(values.dtype):
        return values
    if dtype.startswith("datetime64"):
        days = pd.to_datetime(values, format="ISO8601", utc="," in dtype)
        return days.astype(dtype)
    if dtype in ("bool", "boolean"):
        return values.map({"True": True, "False": False}).astype(dtype)
    return values.astype(dtype)


def _open_folder(folder: Path) -> tuple[dict, dict[str, pd.DataFrame]] | None:
    path = folder / ABOUT_FILE
    about = json.loads(path.read_bytes()) if path.is_file() else None
    if not isinstance(about, dict) or about.get("written_by") != _MARK:
        return None
    ending = ".csv" if (folder / "applications.csv").is_file() else ".parquet"
    read = _read_csv if ending == ".csv" else _read_parquet
    return about, {name: read(folder / f"{name}{ending}") for name in TABLES}


def _read_csv(path: Path) -> pd.DataFrame:
    # The faster engine of older pandas ends a cell at a NUL.
    engine: Literal["python", "c"] = "python" if b"\0" in path.read_bytes() else "c"
    cells = pd.read_csv(
        path,
        engine=engine,
        header=None,
        dtype="str",
        keep_default_na=False,
        na_values=[""],
        encoding="utf-8-sig",
        encoding_errors="surrogatepass",
    )
    cells = cells.apply(unspell)
    return cells.iloc[1:].reset_index(drop=True).set_axis(list(cells.iloc[0].fillna("")), axis=1)


def _read_parquet(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path, engine="pyarrow")


def _open_workbook(path: Path, check: Check | None) -> tuple[dict, dict[str, pd.DataFrame]] | None:
    if path.suffix.lower() != ".xlsx" or not path.is_file():
        return None
    data = path.read_bytes()
    if check:
        check(data, path.name)
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        if not {ABOUT, *TABLES} <= set(book.sheet_names):
            return None
        cells = {name: book.get_sheet_by_name(name).to_python() for name in (ABOUT, *TABLES)}
    except CalamineError:
        return None
    mark, *lines = (row[0] for row in cells.pop(ABOUT))
    decode = _decode_xml if mark == XML_MARK else str
    about = json.loads("".join(decode(line) for line in lines))
    return about, {name: _table(rows, decode) for name, rows in cells.items()}


def _decode_xml(text: object) -> str:
    return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), str(text))


def _table(rows: list[list[object]], decode: Callable[[object], str]) -> pd.DataFrame:
    texts = [[_text(cell, decode) for cell in row] for row in rows[1:]]
    return pd.DataFrame(texts, columns=[decode(cell) for cell in rows[0]], dtype="str")


def _text(cell: object, decode: Callable[[object], str]) -> str | None:
    """Return a cell as the file of commas spells it."""
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return f"{cell:.0f}"
    return decode(cell) if cell != "" else None
