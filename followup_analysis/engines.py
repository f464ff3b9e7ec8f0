"""Episodes wherever they are -> their alike rows and how many there are of each.

The convention owned here: the counting happens where the data are, by one SQL text; what comes back
is as long as the tally, never as long as the data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import md5
from typing import Any
from uuid import uuid4

import numpy as np
import pandas as pd

from .errors import ColumnError, FollowupError
from .sources import READ_FIRST, engine_of, import_engine, quoted, relation_of, uncountable

MOST_CLUSTERS, BUCKETS = 1000, 200  # more clusters than this share so many buckets
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
    out = {
        name: quoted(origin, quote) if origin else f"days_between(started_on, {_DATES[name]})"
        for name, origin in columns.items()
    }
    parts = {name: f"{expression} AS {quoted(name, quote)}" for name, expression in out.items()}
    if bucket:
        parts["cluster of rows"] = f"{bucket} AS {quoted('cluster of rows', quote)}"
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
        relation = relation_of(source, DUCKDB)

        def run(sql: str) -> Any:
            return relation.query(view, sql)

        columns = _columns(relation.columns, by, cluster)
        bucket = None
        if cluster:
            bucket = quoted(cluster, '"')
            if _are_many(bucket, view, lambda sql: run(sql).fetchall()):
                whole = "INT" in str(relation.types[relation.columns.index(cluster)])
                bucket = _bucket_in_sql(bucket, whole)
        return _table(run(_statement(columns, bucket, view, '"')).fetchnumpy())
    except duckdb.Error as error:
        raise uncountable(error) from None
    finally:
        if engine_of(source):  # a connection of our own goes with all that is on it
            with suppress(duckdb.Error):
                source.query(view, f"DROP VIEW IF EXISTS {view}")


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
            bucket = quoted(cluster, "`")
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
