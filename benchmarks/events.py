"""One row per event, and Spark: what is written by hand for this very data, beside what reads any.

The convention owned here: each simulated interview is an application of its own, so that what is
written by hand may take the first date of each kind; it checks nothing.
"""

from __future__ import annotations

from measure import Peer, Row, compare
from scale import CELLS, DUCKDB, OURS, TALLY, in_turn, many, written

import followup_analysis as fa

_AS_OF = "2026-03-31"
_EVENTS = """
WITH held AS (SELECT *, row_number() OVER () AS application_id,
    DATE '2024-01-01' + CAST(company % 600 AS INTEGER) AS day FROM read_parquet('{source}'))
SELECT application_id, day AS date, 'interview' AS kind, went_well FROM held
UNION ALL SELECT application_id, day + CAST(follow_up_day AS INTEGER), 'follow_up', NULL
  FROM held WHERE follow_up_day IS NOT NULL
UNION ALL SELECT application_id, day + CAST(exit_day AS INTEGER),
  CASE ending WHEN 'yes' THEN 'offer' ELSE 'rejection' END, NULL FROM held WHERE ending <> 'open'
ORDER BY date, hash(application_id)
"""
_BY_HAND = """
SELECT went_well, CASE WHEN wrote < ended OR ended IS NULL THEN wrote - held END AS follow_up_day,
  coalesce(ended, DATE '{as_of}') - held AS exit_day, ending, count(*)
FROM (SELECT application_id, max(went_well) AS went_well,
    min(date) FILTER (WHERE kind = 'interview') AS held,
    min(date) FILTER (WHERE kind = 'follow_up') AS wrote,
    min(date) FILTER (WHERE kind IN ('advance', 'offer', 'rejection', 'closed')) AS ended,
    max(CASE kind WHEN 'offer' THEN 1 WHEN 'advance' THEN 1 WHEN 'rejection' THEN 2
      WHEN 'closed' THEN 2 ELSE 0 END) AS ending
  FROM read_parquet('{path}') WHERE date <= DATE '{as_of}' GROUP BY application_id)
GROUP BY ALL
"""


def events(n: int = 10_000_000) -> list[Row]:
    """Measure events to tally, without and with a limit of 1 GB."""
    source = str(many(n) / "episodes-*.parquet")
    path = written(many(n) / "by_event" / "events.parquet", _EVENTS.format(source=source))
    hand = _BY_HAND.format(path=path, as_of=_AS_OF)
    theirs = (DUCKDB, f"cells = connection.execute({hand!r}).fetchall()", CELLS)
    call = f"""
source = connection.read_parquet({str(path)!r})
counts = fa.tally(fa.episodes(source, as_of={_AS_OF!r}), by='went_well')
"""
    what = f"events of {n:,} applications in Parquet to tally"
    limit = "connection.execute(\"SET memory_limit = '1GB'\")"
    return [
        in_turn(what, (f"{OURS}{DUCKDB}", call, TALLY), "DuckDB SQL by hand", theirs, 1.25),
        in_turn(
            f"{what}, within 1 GB",
            (f"{OURS}{DUCKDB}{limit}", call, TALLY),
            "DuckDB SQL by hand, within 1 GB",
            (f"{DUCKDB}{limit}", *theirs[1:]),
            1.25,
        ),
    ]


def spark(n: int = 100_000_000) -> list[Row]:
    """Measure the tally of a Spark DataFrame, on two cores of this machine, once it is warm."""
    from pyspark.sql import SparkSession

    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "2",
    }
    session = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    source = session.read.parquet(str(many(n) / "episodes-*.parquet"))
    source.createOrReplaceTempView("many")
    sql = "SELECT went_well, follow_up_day, exit_day, ending, count(*) FROM many GROUP BY ALL"
    peer = Peer("Spark SQL by hand", lambda: session.sql(sql).collect(), _same, times_its_time=1.25)
    rows = compare(
        f"tally of {n:,} in Spark", lambda: fa.tally(source, by="went_well"), [peer], rounds=5
    )
    session.stop()
    return rows


def _same(ours: fa.Tally, theirs: list) -> str:
    if sorted(ours.n) != sorted(row[-1] for row in theirs):
        raise ValueError("the counts of the cells differ.")
    return f"all {len(ours.n):,} counts equal"
