"""Clusters -> themselves where they are few, or their buckets: the same on every engine.

The convention owned here: a bucket is told by the name of the cluster alone, never by an engine's
own hash, which another engine or version would not share.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from hashlib import md5
from typing import Any

import numpy as np
import pandas as pd

from .errors import FollowupError
from .sources import TEXT, quoted

MOST_CLUSTERS, BUCKETS = 1000, 200  # more clusters than this share so many buckets
_FACTOR, _LOW_31, _LOW_32 = 2654435761, (1 << 31) - 1, (1 << 32) - 1  # Knuth's hash, in bits
_WHOLE = re.compile(r"u?(tiny|small|big|huge)?int(eger)?", re.IGNORECASE)
_FLOORED = re.compile(r"float|double|decimal.*", re.IGNORECASE)  # engines write them differently
# What an engine and pandas write differently, too, and nobody counts by.
_NO_NAME = re.compile(r"(blob|binary|bytes|date|time|duration|interval|period).*", re.IGNORECASE)
# Bits up to which a number stays exact on its way here: of longer ones several would be one.
_EXACT = {
    **dict.fromkeys(("FLOAT", "DOUBLE", "DECIMAL", "HUGEINT", "UHUGEINT"), 53), "UBIGINT": 63
}  # fmt: skip
_CLUSTERS = "SELECT DISTINCT {cluster} AS cluster FROM {source} LIMIT {most}"
_FIRST_ROWS = "(SELECT {cluster} FROM {source} LIMIT 10000)"


def bucket_of(cluster: pd.Series) -> np.ndarray:
    """Bucket of each cluster by its name alone: the same in every engine, run and version."""
    codes, names = pd.factorize(cluster)
    if codes.min(initial=0) < 0:
        raise FollowupError(
            f"{(codes < 0).sum():,} of the episodes have no cluster: fill the column, each with a "
            "value of its own if they are independent."
        )
    names = pd.Index(np.asarray(names)).infer_objects()  # of a category, what it is of
    kind = pd.api.types.infer_dtype(names)
    _refuse_no_name(str(cluster.name), kind)
    if names.dtype.kind == "f" and not (np.abs(names.to_numpy()) < 1 << _EXACT["DOUBLE"]).all():
        raise too_long(str(cluster.name))
    if names.dtype.kind in "iuf":
        number = np.floor(names.to_numpy()).astype(np.int64)
    elif kind == "decimal":
        number = np.array([math.floor(name) & _LOW_31 for name in names])
    else:
        number = np.array([int(md5(str(name).encode()).hexdigest()[:8], 16) for name in names])
    return ((((number & _LOW_31) * _FACTOR) & _LOW_32) * BUCKETS >> 32)[codes]


def _refuse_no_name(name: str, kind: str) -> None:
    if _NO_NAME.match(kind):
        raise FollowupError(
            f"{name} holds values of the type {kind.lower()}; more than {MOST_CLUSTERS:,} clusters "
            "are told apart by numbers or texts: turn it into text."
        )


def bucket_in_sql(
    name: str, kind: str, quote: str, source: str, run: Callable[[str], list]
) -> str | None:
    """Write the buckets of a column as SQL; None where its clusters are few enough without."""
    cluster = quoted(name, quote)
    refuse_rounded(name, kind, quote, source, run)
    if not _are_many(cluster, source, run):
        return None
    _refuse_no_name(name, kind)
    return _bucket_in_sql(cluster, kind)


def refuse_rounded(
    name: str, kind: str, quote: str, source: str, run: Callable[[str], list]
) -> None:
    """Refuse long numbers that are rounded on their way: several would be one."""
    bits = _EXACT.get(kind.upper().partition("(")[0])
    if bits and run(
        f"SELECT 1 FROM {source} WHERE abs({quoted(name, quote)}) >= {1 << bits} LIMIT 1"
    ):
        raise too_long(name)


def too_long(name: str) -> FollowupError:
    """What to say of a column of such numbers."""
    return FollowupError(
        f"{name} holds numbers too long to be told apart: put a letter before each of them."
    )


def _are_many(cluster: str, source: str, run: Callable[[str], list]) -> bool:
    """Tell whether buckets are needed; often the first rows are enough to know."""
    first = _FIRST_ROWS.format(cluster=cluster, source=source)
    return any(
        len(run(_CLUSTERS.format(cluster=cluster, source=rows, most=MOST_CLUSTERS + 1)))
        > MOST_CLUSTERS
        for rows in (first, source)
    )


def _bucket_in_sql(cluster: str, kind: str) -> str:
    if _WHOLE.fullmatch(kind):
        number = f"CAST({cluster} AS BIGINT)"
    elif _FLOORED.fullmatch(kind):
        number = f"CAST(floor({cluster}) AS BIGINT)"
    else:
        number = f"followup_number_of_text(CAST({cluster} AS {TEXT}))"
    bucket = f"(((({number} & {_LOW_31}) * {_FACTOR}) & {_LOW_32}) * {BUCKETS}) >> 32"
    return f"followup_within_buckets({bucket})"


def cluster_in_polars(clusters: Any) -> Any:
    """Clusters, or their buckets, of a lazy frame of one column."""
    import polars as pl

    (name, kind), *_ = clusters.collect_schema().items()
    bucket = pl.col(name)
    if all(
        part.unique().head(MOST_CLUSTERS + 1).collect().height <= MOST_CLUSTERS
        for part in (clusters.head(100_000), clusters)
    ):
        return bucket
    _refuse_no_name(name, str(kind))
    if kind.is_numeric():
        bucket = bucket if kind.is_integer() else bucket.floor()
        number = (bucket.cast(pl.Int64) & _LOW_31) * _FACTOR
        return (number & _LOW_32) * BUCKETS // (_LOW_32 + 1)
    # There is no md5 in Polars: the names, of which there are fewer than rows, are looked up.
    names = clusters.drop_nulls().unique().collect()[name]
    buckets = pl.Series(bucket_of(pd.Series(names.to_list())))
    return bucket.replace_strict(names, buckets, default=None)
