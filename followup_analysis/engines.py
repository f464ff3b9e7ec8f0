"""Episodes wherever they are -> their alike rows and how many there are of each.

The convention owned here: the counting happens where the data are, by one SQL text; what comes back
is as long as the tally, never as long as the data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd

from .buckets import BUCKETS, bucket_in_sql, cluster_in_polars, refuse_rounded, too_long
from .errors import ColumnError, FollowupError
from .history import DATES, ENDINGS, no_certain_day
from .sources import READ_FIRST, TEXT, asked, engine_of, errors_of, quoted, uncountable

_MOST_ROWS = 1_000_000  # of the answer: a tally must not grow with the data
_MOST_PER_CELL = 20  # so many times as many where each cell is split by clusters
NUMBER, CLUSTER = "followup_number_of_rows", "cluster of rows"  # columns of the answer

# What is the same on each engine under another name. The number of a text is the first eight digits
# of its md5, which DuckDB has as a number too, its bytes backwards: to turn them round takes less
# than to write the digits and read them.
_MD5 = "CAST(md5_number(a) & 4294967295 AS BIGINT)"
DUCKDB = (
    "CREATE OR REPLACE TEMP MACRO followup_days_between(a, b) AS "
    "date_diff('day', CAST(a AS DATE), CAST(b AS DATE))",
    "CREATE OR REPLACE TEMP MACRO followup_number_of_text(a) AS "
    f"(({_MD5} & 255) << 24) + (({_MD5} & 65280) << 8) + (({_MD5} >> 8) & 65280) + ({_MD5} >> 24)",
    # What is taken from a list is known to lie between its ends, so that DuckDB may count in an
    # array: of what is computed otherwise it knows nothing.
    "CREATE OR REPLACE TEMP MACRO followup_within_buckets(a) AS "
    f"list_extract({[*range(BUCKETS)]}, a + 1)",
)
SPARK = (
    "CREATE OR REPLACE TEMPORARY FUNCTION followup_days_between(a DATE, b DATE) RETURNS BIGINT "
    "RETURN datediff(b, a)",
    "CREATE OR REPLACE TEMPORARY FUNCTION followup_number_of_text(a STRING) RETURNS BIGINT "
    "RETURN CAST(conv(substr(md5(a), 1, 8), 16, 10) AS BIGINT)",
    "CREATE OR REPLACE TEMPORARY FUNCTION followup_within_buckets(a BIGINT) RETURNS BIGINT "
    "RETURN a",
)
# What a tally sets apart, dates otherwise or tells, where episodes have been made with care.
_FLAGS = ("follow_up_undated", "implied", "rated_late")
_IF_THERE = (*_FLAGS, "quarantine", "earliest_exit_day")
_COUNT_ALIKE = (
    f"SELECT {{columns}}, count(*) AS {NUMBER} FROM {{source}} GROUP BY {{places}} LIMIT {{most}}"
)
_ENDING = f"CAST(ending AS {TEXT})"  # counted as its place among ENDINGS, or just beyond
_OTHER_ENDING = (
    f"SELECT coalesce(max({_ENDING}), '') FROM {{source}} WHERE {_ENDING} NOT IN {ENDINGS}"
)


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
        The columns, those of ``NUMBER`` and, if any, of ``CLUSTER``.

    Raises
    ------
    ColumnError
        When a column is not there.
    FollowupError
        When the source cannot be read, or next to nothing is alike.
    """
    engine = engine_of(source)
    ways = {"polars": _count_in_polars, "pyspark": _count_in_spark}
    try:
        return _checked(ways.get(engine, _count_in_duckdb)(source, by, cluster))
    except errors_of(engine) as error:
        raise uncountable(error) from None
    except RuntimeError as error:  # what DuckDB makes of Ctrl-C
        if "interrupted" in str(error):
            raise KeyboardInterrupt from None
        raise


def _columns(names: Sequence[str], by: Sequence[str], cluster: str | None) -> dict[str, str]:
    """Name of each column of the answer -> the column it comes from, or two dates."""
    out = {name: name for name in by}
    for day, date in DATES.items():
        if day in names:
            out[day] = day
        elif {"started_on", date} <= set(names):
            out[day] = ""
    for name in ("ending", *(word for word in _IF_THERE if word in names)):
        out[name] = name
    for name in (*by, *out, *([cluster] if cluster else [])):
        if name not in names and not (name in DATES and name in out):
            raise ColumnError(name, list(names), READ_FIRST if name == "ending" else "")
    if "exit_day" not in out:
        raise ColumnError("exit_day", list(names), READ_FIRST)
    return out


def _packed(flags: Sequence[str], bucket: str | None) -> tuple[str, dict[str, int]]:
    """SQL of the one number that stands for several columns, and how many values each has.

    The ending is what is left of the number without the others: there are no gaps between such
    numbers, and looking one up takes less than looking up several.
    """
    terms, sizes, step = [], {}, 1
    if bucket:
        terms, sizes, step = [bucket], {CLUSTER: BUCKETS}, BUCKETS
    for name in flags:
        terms.append(f"CASE WHEN {name} THEN {step} ELSE 0 END")
        sizes[name], step = 2, 2 * step
    codes = " ".join(f"WHEN '{word}' THEN {step * code}" for code, word in enumerate(ENDINGS))
    terms.append(f"CASE {_ENDING} {codes} ELSE {step * len(ENDINGS)} END")
    return " + ".join(terms), sizes


def _select(columns: dict[str, str], quote: str) -> dict[str, str]:
    """Write the columns of the answer as SQL."""
    return {
        name: quoted(origin, quote)
        if origin
        else f"followup_days_between(started_on, {DATES[name]})"
        for name, origin in columns.items()
    }


def _refuse_zones(columns: dict[str, str], with_zone: Sequence[str]) -> None:
    for name in with_zone:
        if "" in columns.values() and name in ("started_on", *DATES.values()):
            raise no_certain_day(name)


def _counted(
    columns: dict[str, str],
    types: dict[str, str],
    by: Sequence[str],
    cluster: str | None,
    view: str,
    quote: str,
    run: Callable[[str], list],
) -> tuple[str, dict[str, int]]:
    """SQL of the answer, and what is packed into its endings."""
    bucket = bucket_in_sql(cluster, types[cluster], quote, view, run) if cluster else None
    flags = [name for name in _FLAGS if name in columns and name not in by]
    flags = [name for name in flags if types[name].upper() == "BOOLEAN"]
    parts = _select({name: columns[name] for name in columns if name not in flags}, quote)
    parts["ending"], sizes = _packed(flags, bucket)
    if cluster and not bucket:
        parts[CLUSTER] = quoted(cluster, quote)
    sql = _COUNT_ALIKE.format(
        columns=", ".join(f"{part} AS {quoted(name, quote)}" for name, part in parts.items()),
        source=view,
        places=", ".join(str(place) for place in range(1, len(parts) + 1)),
        most=_most_rows(cluster) + 1,
    )
    return sql, sizes


def _count_in_duckdb(source: Any, by: Sequence[str], cluster: str | None) -> pd.DataFrame:
    name, types, ask = asked(source, DUCKDB)

    def run(sql: str) -> list:
        return ask(sql).fetchall()

    try:
        columns = _columns(list(types), by, cluster)
        _refuse_zones(columns, [each for each, kind in types.items() if "TIME ZONE" in kind])
        for each in by:
            # Which are told apart as they stand, but for those that a CSV was read to.
            if types.get(each) not in ("FLOAT", "DOUBLE") or name.startswith("read_csv"):
                refuse_rounded(each, types.get(each, ""), '"', name, run)
        sql, packed = _counted(columns, types, by, cluster, name, '"', run)
        return _with_words(_table(ask(sql).fetchnumpy()), packed, name, run)
    finally:
        if engine_of(source):  # a connection of our own goes with all that is on it
            with suppress(*errors_of("")):
                source.query(name, f"DROP VIEW IF EXISTS {name}")


def _count_in_spark(source: Any, by: Sequence[str], cluster: str | None) -> pd.DataFrame:
    session = source.sparkSession
    view = f"episodes_{id(source)}"
    source.createOrReplaceTempView(view)

    def run(sql: str) -> list:
        return session.sql(sql).collect()

    try:
        for prelude in SPARK:
            session.sql(prelude)
        columns, types = _columns(source.columns, by, cluster), dict(source.dtypes)
        _refuse_no_days(columns, types, view, run)
        sql, packed = _counted(columns, types, by, cluster, view, "`", run)
        answer = session.sql(sql)
        return _with_words(_frame(answer.columns, answer.collect()), packed, view, run)
    finally:
        session.catalog.dropTempView(view)


def _refuse_no_days(
    columns: dict[str, str], types: dict[str, str], view: str, run: Callable[[str], list]
) -> None:
    """Refuse texts that are no dates: a session may be set to take them for missing."""
    used = [date for day, date in DATES.items() if columns.get(day) == ""]
    for name in ["started_on", *used] if used else []:
        if types[name] == "string":
            ((word,),) = run(f"SELECT {no_value(name, 'DATE')} FROM {view}")
            if word is not None:
                raise FollowupError(f"{name} holds {word!r}, which is no date: write 2026-03-31.")


def no_value(name: str, kind: str) -> str:
    """SQL for a text in a column that is no value of a type, if there is one."""
    text = f"CAST({name} AS {TEXT})"
    # Some engine takes 2026-03 for its first day.
    short = f" OR length(trim({text})) < {len('2026-3-1')}" if kind == "DATE" else ""
    return f"max(CASE WHEN try_cast({name} AS {kind}) IS NULL{short} THEN {text} END)"


def _count_in_polars(source: Any, by: Sequence[str], cluster: str | None) -> pd.DataFrame:
    import polars as pl

    lazy = source.lazy()
    schema = lazy.collect_schema()
    columns = _columns(schema.names(), by, cluster)
    _refuse_zones(columns, [name for name in schema if getattr(schema[name], "time_zone", None)])
    for name in [name for name in (*by, cluster) if schema.get(name) == pl.UInt64]:
        if lazy.filter(pl.col(name) >= 1 << 63).head(1).collect().height:
            raise too_long(str(name))
    keys = [
        pl.col(origin).alias(name)
        if origin
        else (_date_in_polars(schema, DATES[name]) - _date_in_polars(schema, "started_on"))
        .dt.total_days()
        .alias(name)
        for name, origin in columns.items()
    ]
    if cluster:
        keys.append(cluster_in_polars(lazy.select(cluster)).alias(CLUSTER))
    grouped = lazy.select(keys).group_by([key.meta.output_name() for key in keys])
    answer = grouped.len(NUMBER).limit(_most_rows(cluster) + 1)
    found = answer.collect(engine="streaming")
    return _frame(found.columns, found.rows())


def _date_in_polars(schema: Any, name: str) -> Any:
    """A column as dates; numbers are none, though Polars would take them for days since 1970."""
    import polars as pl

    kind, column = schema[name], pl.col(name)
    if kind == pl.String:
        day = column.str.strip_chars().str.replace(r"^(\d{4}-\d{1,2}-\d{1,2})[T ].*$", "${1}")
        return day.str.to_date("%Y-%m-%d")
    if not (kind.is_temporal() or kind == pl.Null):
        raise FollowupError(f"{name} holds {kind}, not dates: turn it into dates first.")
    return column.cast(pl.Date)


def _table(arrays: dict[str, np.ndarray]) -> pd.DataFrame:
    """Columns of DuckDB as a table; whole numbers stay whole where some are missing."""
    table = {}
    for name, values in arrays.items():
        missing, known = np.ma.getmaskarray(values), np.ma.getdata(values)
        if not missing.any():
            table[name] = pd.Series(known, copy=False)
        elif known.dtype.kind in "iu":
            table[name] = pd.Series(pd.arrays.IntegerArray(known, missing), copy=False)
        else:
            as_float = known.dtype.kind == "f"
            column = pd.Series(known, dtype=None if as_float else "object")
            table[name] = column.mask(missing, np.nan if as_float else None)
    return pd.DataFrame(table, copy=False)  # not put together into blocks: there may be millions


def _with_words(
    frame: pd.DataFrame, packed: dict[str, int], source: str, run: Callable[[str], list]
) -> pd.DataFrame:
    """Unpack what stands in the number of the ending; put words in place of what is left of it."""
    codes, words = frame["ending"], list(ENDINGS)
    for name, size in packed.items():
        frame[name] = codes % size
        codes = codes // size
    if CLUSTER in packed:
        codes = codes.fillna(0)  # of those without a cluster, which are refused
    if codes.max() == len(ENDINGS):
        words += [word for (word,) in run(_OTHER_ENDING.format(source=source))]
    endings = pd.Categorical.from_codes(codes, words)
    return frame.assign(ending=endings.reorder_categories(sorted(words)))  # as texts are sorted


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
    frame = frame.rename_axis("cell")
    if CLUSTER in frame and frame[CLUSTER].isna().any():
        lost = frame.loc[frame[CLUSTER].isna(), NUMBER].sum()
        raise FollowupError(
            f"{lost:,} of the episodes have no cluster: fill the column, each with a value of its "
            "own if they are independent."
        )
    most = _most_rows(CLUSTER in frame)
    if len(frame) <= most:
        return frame
    kept_apart = (name for name in frame if name not in (CLUSTER, NUMBER))
    worst = max(kept_apart, key=lambda name: frame[name].nunique())
    raise FollowupError(
        f"hardly any two episodes are alike: more than {most:,} cells. It is {worst} that has "
        "the most values; bin it, or leave it out of by."
    )


def _most_rows(cluster: object) -> int:
    return _MOST_ROWS * (_MOST_PER_CELL if cluster else 1)
