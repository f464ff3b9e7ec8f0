"""Episodes wherever they are -> their alike rows and how many there are of each.

The convention owned here: the counting happens where the data are, by one SQL text; what comes back
is as long as the tally, never as long as the data.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from glob import glob
from hashlib import md5
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pandas as pd

from .errors import ColumnError, FollowupError

MOST_CLUSTERS, BUCKETS = 1000, 200  # more clusters than this share so many buckets
READ_FIRST = (
    " Here a table of episodes is needed; a log is read first: log = fa.read_log('my_search.csv')."
)
_MOST_ROWS = 1_000_000  # of the answer: a tally must not grow with the data
_MOST_PER_CELL = 20  # so many times as many where each cell is split by clusters
_FACTOR, _LOW_31, _LOW_32 = 2654435761, (1 << 31) - 1, (1 << 32) - 1  # Knuth's hash, in bits
_TEXT = "VARCHAR(1000)"

# What is the same on each engine under another name.
DUCKDB = (
    "CREATE OR REPLACE TEMP MACRO days_between(a, b) AS "
    "date_diff('day', CAST(a AS DATE), CAST(b AS DATE))",
    "CREATE OR REPLACE TEMP MACRO number_of_text(a) AS "
    "CAST('0x' || substr(md5(a), 1, 8) AS BIGINT)",
)
SPARK = (
    "CREATE OR REPLACE TEMPORARY FUNCTION days_between(a DATE, b DATE) RETURNS BIGINT "
    "RETURN datediff(b, a)",
    "CREATE OR REPLACE TEMPORARY FUNCTION number_of_text(a STRING) RETURNS BIGINT "
    "RETURN CAST(conv(substr(md5(a), 1, 8), 16, 10) AS BIGINT)",
)
# What a tally sets apart, dates otherwise or tells, where episodes have been made with care.
_IF_THERE = ("follow_up_undated", "quarantine", "implied", "earliest_exit_day", "rated_late")
_COUNT_ALIKE = "SELECT {columns}, count(*) AS n FROM {source} GROUP BY {places} LIMIT {most}"
_CLUSTERS = "SELECT DISTINCT {cluster} AS cluster FROM {source} LIMIT {most}"
_FIRST_ROWS = "(SELECT {cluster} FROM {source} LIMIT 100000)"


def is_elsewhere(source: object) -> bool:
    """Tell whether a source is a file or belongs to an engine."""
    return isinstance(source, (str, os.PathLike)) or engine_of(source) != ""


def alike_rows(source: Any, by: Sequence[str], cluster: str | None) -> pd.DataFrame:
    """Count the alike episodes of a source where it is.

    Parameters
    ----------
    source : path, glob, DuckDB relation, Polars frame or Spark DataFrame
        Episodes: ``exit_day`` and ``follow_up_day`` in whole days, or the dates ``started_on``,
        ``ended_on`` and ``followed_up_on``; and ``ending``.
    by : sequence of str
        Columns to keep apart.
    cluster : str, optional
        Column of the clusters; if there are more than 1 000, they are put into 200 buckets.

    Returns
    -------
    pandas.DataFrame
        The columns, and ``n``.

    Raises
    ------
    ColumnError
        When a column is not there.
    FollowupError
        When the source cannot be read, or next to nothing is alike.
    """
    engine = engine_of(source)
    if engine == "polars":
        return _checked(_count_in_polars(source, by, cluster))
    if engine == "pyspark":
        return _checked(_count_in_spark(source, by, cluster))
    return _checked(_count_in_duckdb(source, by, cluster))


def columns_of(source: Any) -> list[str]:
    """Names of the columns of a source; none where it is no source."""
    engine = engine_of(source)
    if engine == "polars":
        return source.lazy().collect_schema().names()
    if not is_elsewhere(source):
        return []
    if engine:
        return list(source.columns)
    duckdb = import_engine("duckdb", "scale")
    try:
        return list(relation_of(source).columns)
    except duckdb.Error as error:
        raise _uncountable(error) from None


def bucket_of(cluster: pd.Series) -> np.ndarray:
    """Bucket of each cluster by its name alone: the same in every engine, run and version."""
    codes, names = pd.factorize(cluster)
    if codes.min(initial=0) < 0:
        raise FollowupError(
            f"{(codes < 0).sum():,} of the episodes have no cluster: fill the column, each with a "
            "value of its own if they are independent."
        )
    if pd.api.types.is_integer_dtype(cluster.dtype):
        number = np.asarray(names, dtype=np.int64)
    else:
        number = np.array([int(md5(str(name).encode()).hexdigest()[:8], 16) for name in names])
    return ((((number & _LOW_31) * _FACTOR) & _LOW_32) * BUCKETS >> 32)[codes]


def engine_of(source: object) -> str:
    """Name of the engine that a source belongs to; empty for none."""
    module = type(source).__module__.partition(".")[0]
    name = type(source).__name__
    known = {"polars": ("DataFrame", "LazyFrame"), "pyspark": ("DataFrame",)}
    if name in known.get(module, ()):
        return module
    return "duckdb" if name == "DuckDBPyRelation" else ""


def _columns(names: Sequence[str], by: Sequence[str], cluster: str | None) -> dict[str, str]:
    """Name of each column of the answer -> the column it comes from, or two dates."""
    out = {name: name for name in by}
    for day, dates in {
        "follow_up_day": ("started_on", "followed_up_on"),
        "exit_day": ("started_on", "ended_on"),
    }.items():
        if day in names:
            out[day] = day
        elif set(dates) <= set(names):
            out[day] = ""
    for name in ("ending", *(word for word in _IF_THERE if word in names)):
        out[name] = name
    for name in (*out, *([cluster] if cluster else [])):
        if name not in names and out.get(name) != "":
            raise ColumnError(name, list(names), READ_FIRST if name == "ending" else "")
    if "exit_day" not in out:
        raise ColumnError("exit_day", list(names), READ_FIRST)
    return out


_DATES = {"follow_up_day": "followed_up_on", "exit_day": "ended_on"}


def _select(columns: dict[str, str], bucket: str | None, quote: str) -> dict[str, str]:
    """Write the columns of the answer as SQL."""

    def quoted(name: str) -> str:
        return quote + name.replace(quote, 2 * quote) + quote

    out = {
        name: quoted(origin) if origin else f"days_between(started_on, {_DATES[name]})"
        for name, origin in columns.items()
    }
    parts = {name: f"{expression} AS {quoted(name)}" for name, expression in out.items()}
    if bucket:
        parts["cluster of rows"] = f"{bucket} AS {quoted('cluster of rows')}"
    return parts


def _bucket_in_sql(cluster: str, whole: bool) -> str:
    number = (
        f"CAST({cluster} AS BIGINT)" if whole else f"number_of_text(CAST({cluster} AS {_TEXT}))"
    )
    return f"(((({number} & {_LOW_31}) * {_FACTOR}) & {_LOW_32}) * {BUCKETS}) >> 32"


def _are_many(cluster: str, source: str, run: Callable[[str], list]) -> bool:
    """Tell whether buckets are needed; often the first rows are enough to know."""
    first = _FIRST_ROWS.format(cluster=cluster, source=source)
    return any(
        len(run(_CLUSTERS.format(cluster=cluster, source=rows, most=MOST_CLUSTERS + 1)))
        > MOST_CLUSTERS
        for rows in (first, source)
    )


def _statement(columns: dict[str, str], bucket: str | None, source: str, quote: str) -> str:
    parts = _select(columns, bucket, quote)
    places = ", ".join(str(place) for place in range(1, len(parts) + 1))
    return _COUNT_ALIKE.format(
        columns=", ".join(parts.values()), source=source, places=places, most=_most_rows(bucket) + 1
    )


def _count_in_duckdb(source: Any, by: Sequence[str], cluster: str | None) -> pd.DataFrame:
    duckdb = import_engine("duckdb", "scale")
    view = f"episodes_{uuid4().hex}"  # hides nothing that the user has
    try:
        relation = source if engine_of(source) else relation_of(source)

        def run(sql: str) -> Any:
            return relation.query(view, sql)

        for prelude in DUCKDB:
            run(prelude)
        columns = _columns(relation.columns, by, cluster)
        bucket = None
        if cluster:
            bucket = '"' + cluster.replace('"', '""') + '"'
            if _are_many(bucket, view, lambda sql: run(sql).fetchall()):
                whole = "INT" in str(relation.types[relation.columns.index(cluster)])
                bucket = _bucket_in_sql(bucket, whole)
        found = run(_statement(columns, bucket, view, '"')).fetchnumpy()
        run(f"DROP VIEW IF EXISTS {view}")
        return _table(found)
    except duckdb.Error as error:
        raise _uncountable(error) from None


def _uncountable(error: Exception) -> FollowupError:
    return FollowupError(f"the episodes could not be counted: {first_line(error)}")


def relation_of(source: str | os.PathLike) -> Any:
    """Files as a relation of DuckDB, on a connection of its own."""
    connection = import_engine("duckdb", "scale").connect()
    connection.execute("SET enable_progress_bar = false")
    return connection.sql(f"SELECT * FROM {_reader(source)}")


def _reader(source: str | os.PathLike) -> str:
    """The function of DuckDB that reads a path, a glob or a folder."""
    path = str(Path(source).expanduser())
    if os.path.isdir(path):
        path = str(Path(path) / "**" / "*.parquet")
    if not glob(path, recursive=True):
        raise FollowupError(f"there is no file {path!r}.")
    quoted = "'" + path.replace("'", "''") + "'"
    plain = path.removesuffix(".gz").removesuffix(".zst")
    if plain.endswith((".csv", ".tsv", ".txt")):
        return f"read_csv({quoted})"
    if plain.endswith((".parquet", ".pq", "*")):
        return f"read_parquet({quoted})"
    raise FollowupError(
        f"{path!r} is neither Parquet nor CSV. A log of another kind is read by fa.read_log."
    )


def _count_in_spark(source: Any, by: Sequence[str], cluster: str | None) -> pd.DataFrame:
    session = source.sparkSession
    view = f"episodes_{id(source)}"
    source.createOrReplaceTempView(view)
    try:
        for prelude in SPARK:
            session.sql(prelude)
        columns = _columns(source.columns, by, cluster)
        bucket = None
        if cluster:
            bucket = "`" + cluster.replace("`", "``") + "`"
            if _are_many(bucket, view, lambda sql: session.sql(sql).collect()):
                bucket = _bucket_in_sql(bucket, "int" in dict(source.dtypes)[cluster])
        answer = session.sql(_statement(columns, bucket, view, "`"))
        return _frame(answer.columns, answer.collect())
    finally:
        session.catalog.dropTempView(view)


def _count_in_polars(source: Any, by: Sequence[str], cluster: str | None) -> pd.DataFrame:
    import polars as pl

    lazy = source.lazy()
    columns = _columns(lazy.collect_schema().names(), by, cluster)
    keys = [
        pl.col(origin).alias(name)
        if origin
        else (pl.col(_DATES[name]).cast(pl.Date) - pl.col("started_on").cast(pl.Date))
        .dt.total_days()
        .alias(name)
        for name, origin in columns.items()
    ]
    if cluster:
        keys.append(_bucket_in_polars(lazy.select(cluster)).alias("cluster of rows"))
    grouped = lazy.select(keys).group_by([key.meta.output_name() for key in keys])
    answer = grouped.len("n").limit(_most_rows(cluster) + 1)
    found = answer.collect(engine="streaming")
    return _frame(found.columns, found.rows())


def _bucket_in_polars(clusters: Any) -> Any:
    import polars as pl

    (name, kind), *_ = clusters.collect_schema().items()
    bucket = pl.col(name)
    if all(
        part.unique().head(MOST_CLUSTERS + 1).collect().height <= MOST_CLUSTERS
        for part in (clusters.head(100_000), clusters)
    ):
        return bucket
    if kind.is_integer():
        number = (bucket.cast(pl.Int64) & _LOW_31) * _FACTOR
        return (number & _LOW_32) * BUCKETS // (_LOW_32 + 1)
    # There is no md5 in Polars: the names, of which there are fewer than rows, are looked up.
    names = clusters.unique().collect()[name]
    return bucket.replace_strict(names, pl.Series(bucket_of(pd.Series(names.to_list()))))


def _table(arrays: dict[str, np.ndarray]) -> pd.DataFrame:
    """Columns of DuckDB as a table; whole numbers stay whole where some are missing."""
    table = {}
    for name, values in arrays.items():
        missing = np.ma.getmaskarray(values)
        column = pd.Series(np.ma.getdata(values))
        if missing.any():
            whole = column.dtype.kind in "iu"
            column = column.astype("Int64" if whole else "object").mask(
                missing, pd.NA if whole else None
            )
        table[name] = column
    return pd.DataFrame(table)


def _frame(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """Rows of an engine as a table; whole numbers stay whole where some are missing."""
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    frame = {}
    for name, values in zip(names, columns, strict=True):
        kinds = {type(value) for value in values if value is not None}
        whole = kinds == {int}
        frame[name] = pd.Series(values, dtype="Int64" if whole else None)
        if whole and not frame[name].hasnans:
            frame[name] = frame[name].astype("int64")
    return pd.DataFrame(frame)


def _checked(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.rename(columns={"cluster of rows": "cluster"}).rename_axis("cell")
    if "cluster" in frame and frame["cluster"].isna().any():
        lost = frame.loc[frame["cluster"].isna(), "n"].sum()
        raise FollowupError(
            f"{lost:,} of the episodes have no cluster: fill the column, each with a value of its "
            "own if they are independent."
        )
    most = _most_rows("cluster" in frame)
    if len(frame) <= most:
        return frame
    kept_apart = (name for name in frame if name not in ("cluster", "n"))
    worst = max(kept_apart, key=lambda name: frame[name].nunique())
    raise FollowupError(
        f"hardly any two episodes are alike: more than {most:,} cells. It is {worst} that has "
        "the most values; bin it, or leave it out of by."
    )


def _most_rows(cluster: object) -> int:
    return _MOST_ROWS * (_MOST_PER_CELL if cluster else 1)


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


def first_line(error: Exception) -> str:
    """What an engine says is wrong, without its suggestions."""
    return str(error).strip().partition("\n")[0].rstrip(".") + "."
