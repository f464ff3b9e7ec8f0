"""Counting alike episodes, in Parquet files and in memory, beside the same by hand.

The convention owned here: what is written by hand counts by went_well, follow-up day, exit day and
ending, and checks nothing.
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from measure import Peer, Row, compare

import followup_analysis as fa

_KEYS = ["went_well", "follow_up_day", "exit_day", "ending"]
_ENDINGS = ["open", "yes", "no", "withdrawn"]
_ROUNDS = 5


def tally_parquet(n: int = 10_000_000) -> list[Row]:
    """Measure the tally of files against SQL and Polars written by hand."""
    import duckdb
    import polars as pl

    with tempfile.TemporaryDirectory() as folder:
        files = str(fa.simulate_log(n, seed=1, out=Path(folder, "many")) / "*.parquet")
        names = ", ".join(_KEYS)
        connection = duckdb.connect()
        connection.execute("SET enable_progress_bar = false")
        sql = f"SELECT {names}, count(*) FROM read_parquet('{files}') GROUP BY ALL"
        grouped = pl.scan_parquet(files).group_by(_KEYS).len()
        peers = [
            Peer(
                "DuckDB SQL by hand",
                lambda: connection.execute(sql).fetchall(),
                _same_rows,
                times_its_time=1.25,
            ),
            Peer(
                "Polars by hand, streaming",
                lambda: grouped.collect(engine="streaming").rows(),
                _same_rows,
                times_its_time=1.25,
            ),
        ]
        ours = partial(fa.tally, files, by="went_well")
        return compare(f"tally of {n:,} episodes in Parquet", ours, peers, _ROUNDS)


def tally_in_memory(n: int = 10_000_000) -> list[Row]:
    """Measure the tally of a frame against pandas and against counting a ready key."""
    from followup_analysis.simulate import simulate_episodes

    parts = [simulate_episodes(n // 10, seed=seed) for seed in range(10)]
    frame = pd.concat(parts, ignore_index=True)[_KEYS]
    frame["ending"] = frame["ending"].astype(pd.CategoricalDtype(_ENDINGS))
    key = frame["went_well"].to_numpy() * 128 + frame["follow_up_day"].fillna(-1).to_numpy(int) + 1
    key = ((key * 128 + frame["exit_day"].to_numpy()) * 4 + frame["ending"].cat.codes).to_numpy()
    grouped = partial(_count_in_pandas, frame)
    peers = [
        Peer("pandas groupby.size", grouped, _same_rows, times_faster=10),
        Peer("numpy.bincount on a ready key", lambda: np.bincount(key), _same_n, times_its_time=3),
    ]
    ours = partial(fa.tally, frame, by="went_well")
    return compare(f"tally of {n:,} episodes in memory", ours, peers, _ROUNDS)


def _count_in_pandas(frame: pd.DataFrame) -> list[tuple]:
    sizes = frame.groupby(_KEYS, observed=True, dropna=False).size()
    return [(*key, n) for key, n in sizes.items()]


def _same_rows(ours: fa.Tally, theirs: list[tuple]) -> str:
    columns = ours.cells[[*_KEYS, "n"]]
    own = {tuple(None if pd.isna(v) else v for v in row) for row in columns.to_numpy(object)}
    other = {tuple(None if pd.isna(v) else v for v in row) for row in theirs}
    if own != other:
        raise ValueError(f"{len(own ^ other)} cells differ, such as {next(iter(own ^ other))}.")
    return f"all {len(own):,} cells equal"


def _same_n(ours: fa.Tally, theirs: np.ndarray) -> str:
    if sorted(ours.n) != sorted(theirs[theirs > 0]):
        raise ValueError("the counts of the cells differ.")
    return f"all {len(ours.n):,} counts equal"
