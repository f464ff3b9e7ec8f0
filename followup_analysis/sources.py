"""What is handed over in place of a log -> which engine it belongs to, and its columns.

The convention owned here: an engine is imported when something of it is asked for, and whoever
lacks it is told which extra to install.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from glob import escape, glob
from typing import Any
from uuid import uuid4

from .errors import FollowupError
from .history import DATES

READ_FIRST = (
    " Here a table of episodes is needed; a log is read first: log = fa.read_log('my_search.csv')."
)
TEXT = "VARCHAR(1000)"  # in the SQL of any engine
# Neither yes and no as truth values, nor 9:00 as a time: they are words, as in any other table.
_OF_A_CSV = ["NULL", "BIGINT", "DOUBLE", "DATE", "TIMESTAMP", "VARCHAR"]
_QUOTE = "'"
_ISO_ONLY = "dateformat='%Y-%m-%d'"
_MOST_MEMORY, _BYTES_PER_PLACE = 1 << 29, 9  # of the arrays in which DuckDB may count


def is_elsewhere(source: object) -> bool:
    """Tell whether a source is a file or belongs to an engine."""
    return isinstance(source, (str, os.PathLike)) or engine_of(source) != ""


def engine_of(source: object) -> str:
    """Name of the engine that a source belongs to; empty for none."""
    module = type(source).__module__.partition(".")[0]
    name = type(source).__name__
    known = {"polars": ("DataFrame", "LazyFrame"), "pyspark": ("DataFrame",)}
    if name in known.get(module, ()):
        return module
    return "duckdb" if name == "DuckDBPyRelation" else ""


def columns_of(source: Any) -> list[str]:
    """Names of the columns of a source; none where it is no source."""
    engine = engine_of(source)
    if not is_elsewhere(source):
        return []
    try:
        if engine == "polars":
            return source.lazy().collect_schema().names()
        return list(source.columns if engine else relation_of(source).columns)
    except errors_of(engine) as error:
        raise uncountable(error) from None


def relation_of(source: Any, prelude: Sequence[str] = ()) -> Any:
    """A relation of DuckDB, or files as one on a connection of its own, after the prelude."""
    if engine_of(source):
        # A relation does not tell its connection, but can query; one that is short is soon asked.
        view = f"prelude_{uuid4().hex}"
        short = source.query(view, "SELECT 1")
        for statement in (*prelude, f"DROP VIEW {view}"):
            short.query(view, statement)
        return source
    connection, reader, _ = _opened(source, prelude)
    return connection.sql(f"SELECT * FROM {reader}")


def asked(source: Any, prelude: Sequence[str]) -> tuple[str, dict[str, str], Callable[[str], Any]]:
    """What a source is called in SQL, its columns with their types, and what runs such SQL."""
    if not engine_of(source):
        connection, reader, types = _opened(source, prelude)
        return reader, types, connection.execute
    relation_of(source, prelude)
    view = f"episodes_{uuid4().hex}"  # hides nothing that the user has
    types = dict(zip(source.columns, map(str, source.types), strict=True))
    return view, types, lambda sql: source.query(view, sql)


def _opened(source: Any, prelude: Sequence[str]) -> tuple[Any, str, dict[str, str]]:
    """A connection for files, after the prelude, what reads them there, and their columns."""
    try:
        duckdb = import_engine("duckdb", "scale")
    except FollowupError as error:
        raise FollowupError(f"{error} A job-search log is read by fa.read_log.") from None
    connection = duckdb.connect()
    for statement in ("SET enable_progress_bar = false", *prelude):
        connection.execute(statement)
    reader = _reader(source)
    described = connection.execute(f"DESCRIBE SELECT * FROM {reader}").fetchall()
    types = {name: kind for name, kind, *_ in described}
    if reader.startswith("read_parquet"):
        _count_in_an_array(connection, reader)
    return connection, reader.replace(_ISO_ONLY, _as_counted(types, reader)), types


def _as_counted(types: dict[str, str], reader: str) -> str:
    """Types of the columns of a CSV: what stands further down than DuckDB looks may be no day.

    A date is cut out of a text, and a fraction rounded to a whole number, where the reader makes
    them; as texts and fractions they reach what refuses them.
    """
    kept = {name: kind for name, kind in types.items() if f"/{name}=" not in reader}
    counted = {
        name: {"DATE": "VARCHAR", "BIGINT": "DOUBLE" if name in DATES else kind}.get(kind, kind)
        for name, kind in kept.items()
    }
    return "types={" + ", ".join(f"{quoted(n, _QUOTE)}: '{k}'" for n, k in counted.items()) + "}"


def _count_in_an_array(connection: Any, reader: str) -> None:
    """Let DuckDB count in an array for each thread if these are neither large nor mostly empty.

    That takes about two thirds of the time of looking each row up among very many groups.
    """
    ((threads,),) = connection.execute("SELECT current_setting('threads')").fetchall()
    ((rows,),) = connection.execute(f"SELECT count(*) FROM {reader}").fetchall()  # without a look
    places = min(rows, _MOST_MEMORY // (_BYTES_PER_PLACE * threads))
    connection.execute(f"SET perfect_ht_threshold = {max(places, 1).bit_length() - 1}")


def _reader(source: str | os.PathLike) -> str:
    """The function of DuckDB that reads a path, a glob or a folder."""
    files = _files(source)
    kinds = {_kind(file): file for file in files}
    if "" in kinds:
        raise FollowupError(
            f"{kinds['']!r} is neither Parquet nor CSV. A log of another kind is read by "
            "fa.read_log."
        )
    if len(kinds) > 1:
        raise FollowupError(
            f"{str(source)!r} holds Parquet and CSV files: name those that are meant, as in "
            "'folder/*.parquet'."
        )
    names = ", ".join("'" + escape(file).replace("'", "''") + "'" for file in files)
    # What one of several files lacks is missing in its rows; which is written first says nothing.
    more = ", union_by_name=true" if len(files) > 1 else ""
    if "parquet" in kinds:
        return f"read_parquet([{names}]{more})"
    # What 03/04/2026 means is nobody's to guess: such a column stays text, which is no day.
    return f"read_csv([{names}], auto_type_candidates={_OF_A_CSV}, {_ISO_ONLY}{more})"


def _files(source: str | os.PathLike) -> list[str]:
    """The files of a path, a glob or a folder; none that are hidden, as what is unfinished is."""
    path = os.path.expanduser(source)
    if os.path.isdir(path):
        what = "Parquet or CSV file in"
        inside = glob(os.path.join(escape(path), "**", "*"), recursive=True)
        found = [file for file in inside if _kind(file) and not _is_aside(file, path)]
    else:
        what = "file"
        found = [path] if os.path.exists(path) else glob(path, recursive=True)
    files = sorted(file for file in found if os.path.isfile(file))
    if not files:
        raise FollowupError(f"there is no {what} {str(source)!r}.")
    return files


def _is_aside(file: str, folder: str) -> bool:
    """A text beside the data is about them; what begins with _ is an engine's own."""
    parts = os.path.relpath(file, folder).split(os.sep)
    return file.lower().endswith(".txt") or any(part.startswith("_") for part in parts)


def _kind(file: str) -> str:
    """What a file is by its name: parquet, csv, or empty for neither."""
    name = file.lower().removesuffix(".gz").removesuffix(".zst")
    if name.endswith((".parquet", ".pq")):
        return "parquet"
    return "csv" if name.endswith((".csv", ".tsv", ".txt")) else ""


def quoted(name: str, quote: str) -> str:
    """Name of a column as SQL has it, between the quotes of an engine."""
    return quote + name.replace(quote, 2 * quote) + quote


def import_engine(name: str, extra: str) -> Any:
    """Import an engine, or say what to install."""
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError:
        raise FollowupError(
            f"{name} is needed for this and is not installed: "
            f"pip install 'followup-analysis[{extra}]'."
        ) from None


def errors_of(engine: str) -> tuple[type[Exception], ...]:
    """What an engine raises of its own."""
    if engine == "polars":
        return (import_engine("polars", "scale").exceptions.PolarsError, OSError)
    if engine == "pyspark":
        return (
            import_engine("pyspark.errors", "spark").PySparkException,
            import_engine("py4j.protocol", "spark").Py4JError,
        )
    duckdb = sys.modules.get("duckdb")  # where it is not installed, that is told already
    return (duckdb.Error,) if duckdb else ()


def uncountable(error: Exception) -> FollowupError:
    """What to say where an engine cannot count."""
    wrong = first_line(error)
    of_a_date = "date field format" in str(error) or "to 'DATE'" in wrong
    remedy = " Write days as 2026-03-31." if of_a_date else ""
    return FollowupError(f"the episodes could not be counted: {wrong}{remedy}")


def first_line(error: Exception) -> str:
    """What an engine says is wrong, without its suggestions; of a CSV, in which line and column."""
    first, *others = str(error).strip().split("\n")
    if "CSV Error" in first:
        of_column = [line for line in others if line.startswith(("Error when", "Expected"))]
        first = " ".join([first, *of_column])
    return first.rstrip(". ") + "."
