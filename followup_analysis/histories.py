"""Dated events wherever they are -> episodes on the same engine, by the rules of `history`.

The convention owned here: rows of an engine have no order. What `history` decides by the order of
the rows is decided here by the column ``line``; without it, by what stands in the rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

from .engines import DUCKDB, SPARK
from .errors import FollowupError
from .history import ANSWERS, ENDINGS, LAST_DAY, QUARANTINE
from .log import EVENT_COLUMNS, the_day
from .refusals import check_events
from .sources import engine_of, errors_of, first_line, quoted, relation_of

_KNOWN_AT_START = {
    "started_on": "told_on",
    "stage": "detail",
    **{name: name for name in ("went_well", "n_finalists", "rated_on", "stated_deadline")},
}
_TYPES = {  # of a column that is not there
    **dict.fromkeys(("clock", "detail", "content"), "VARCHAR(1000)"),
    **dict.fromkeys(("went_well", "n_finalists", "line"), "BIGINT"),
    **dict.fromkeys(("rated_on", "stated_deadline"), "DATE"),
    "planned": "BOOLEAN",
}
_NOT_CARRIED = {*EVENT_COLUMNS, "applied_on", "contact", "status", "notes"}

# Days are numbers since the year 1; what has no date is filed on LAST_DAY. `role` says what a row
# is to its interview: 1 the interview itself, 2 a follow-up, 3 an answer. An application with one
# interview and nothing tangled about it, as most are, is told by one grouping: sorting is for the
# others alone.
#
# In that grouping the interviews and the answers are one sum, since the less is kept of each
# application, the sooner it is found among millions. An interview adds nine units, and its day
# below them; an answer two units, and between the two its day and what it says. Nine units are one
# interview alone and eleven one with an answer: there is no other way to either.
_DAY_0 = f"DATE '{date.min}'"
_DAY_BITS, _UNIT_BITS = 22, 49
_INTERVIEW, _ANSWER, _MANY = 9 << _UNIT_BITS, 2 << _UNIT_BITS, 16 << _UNIT_BITS
_EPISODES = """
WITH told AS {again} (
  SELECT application_id, kind, CAST({answer} AS SMALLINT) AS answer, date AS told_on, line, clock,
    detail, content, went_well, n_finalists, rated_on, stated_deadline, {carried_in}
    CAST(coalesce(followup_days_between({day_0}, date), {last_day}) AS INTEGER) AS day,
    CAST(CASE WHEN kind = 'interview' AND date IS NOT NULL THEN 1
      WHEN kind = 'follow_up' THEN 2 WHEN {answer} > 0 THEN 3 ELSE 0 END AS SMALLINT) AS role
  FROM (SELECT {columns} FROM {source})
  WHERE NOT coalesce(planned, FALSE) AND (date IS NULL OR date <= DATE '{as_of}')
),
applications AS (
  SELECT {outcome}, answered,
    (signs >> {unit_bits}) IN (9, 11) AND least(begun, wrote_day, answered >> 2) = begun
      AS is_plain
  FROM (
    SELECT *, CAST(signs & {low_day} AS INTEGER) AS begun,
      CAST(nullif((signs & {low_unit}) >> {day_bits}, 0) AS INTEGER) AS answered
    FROM (
      SELECT application_id, {known_once} {wrote_first} AS wrote_first,
        CAST(least(sum(CASE role WHEN 1 THEN {interview} + day
          WHEN 3 THEN {an_answer} + {above_day} * (4 * day + answer) END), {many}) AS BIGINT)
          AS signs,
        count(*) FILTER (WHERE role = 2) AS n_follow_ups,
        min(day) FILTER (WHERE role = 2) AS wrote_day,
        {channel} AS channel, {content} AS content
      FROM told GROUP BY application_id
    )
    WHERE signs >= {interview}
  )
),
placed AS (
  SELECT *,
    max(CASE WHEN role = 1 THEN day END) OVER so_far AS latest,
    max(CASE WHEN role = 1 THEN day END) OVER until_yesterday AS previous,
    max(CASE WHEN answer > 0 THEN day END) OVER until_yesterday AS answered
  FROM told WHERE application_id IN
    (SELECT application_id FROM applications WHERE NOT is_plain)
  WINDOW so_far AS (PARTITION BY application_id ORDER BY day
      RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
    until_yesterday AS (PARTITION BY application_id ORDER BY day
      RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
),
owned AS (
  -- An invitation on the day of an interview answers the one before, if that still waits.
  SELECT *, CASE WHEN kind = 'advance' AND day < {last_day} AND previous IS NOT NULL
      AND (answered IS NULL OR answered < previous) THEN previous ELSE latest END AS begun
  FROM placed
),
ranked AS (
  SELECT *, row_number() OVER in_order AS place, first_value(day) OVER in_order AS first_day,
    first_value(answer) OVER in_order AS first_answer
  FROM owned
  WINDOW in_order AS (PARTITION BY application_id, begun, role
    ORDER BY day, CASE WHEN role = 2 THEN clock END NULLS LAST, {tie_break})
),
visits AS (
  SELECT application_id, begun, {known_first}
    max(answer) FILTER (WHERE role = 3 AND place = 1) AS answer,
    max(day) FILTER (WHERE role = 3 AND place = 1) AS answer_day,
    max(clock) FILTER (WHERE role = 3 AND place = 1) AS answer_clock,
    max(day) FILTER (WHERE role = 2 AND place = 1) AS wrote_day,
    max(clock) FILTER (WHERE role = 2 AND place = 1) AS wrote_clock,
    nullif(max(detail) FILTER (WHERE role = 2 AND place = 1), '') AS channel,
    nullif(max(content) FILTER (WHERE role = 2 AND place = 1), '') AS content,
    count(*) FILTER (WHERE role = 2) AS n_follow_ups,
    max(CASE WHEN role = 3 AND day = first_day AND answer <> first_answer THEN 1 ELSE 0 END)
      AS contradiction,
    max(CASE WHEN role = 3 AND kind <> 'advance' THEN 1 ELSE 0 END) AS decided,
    max(day) FILTER (WHERE day < {last_day}) AS last_sign
  FROM ranked GROUP BY application_id, begun
),
chained AS (
  SELECT *, coalesce(wrote_clock < answer_clock, FALSE) AS wrote_first,
    lead(begun) OVER (PARTITION BY application_id ORDER BY begun NULLS FIRST) AS next_begun,
    max(CASE WHEN begun IS NULL THEN decided ELSE 0 END) OVER (PARTITION BY application_id)
      AS decided_before
  FROM visits
),
starts AS (
  SELECT {outcome}, answered >> 2 AS answer_day, CAST(answered & 3 AS SMALLINT) AS answer,
    NULL AS next_begun, NULL AS last_sign, 0 AS contradiction, 0 AS decided_before
  FROM applications WHERE is_plain
  UNION ALL
  SELECT {outcome}, answer_day, answer, next_begun, last_sign, contradiction, decided_before
  FROM chained WHERE begun IS NOT NULL
),
judged AS (
  SELECT *, next_begun IS NOT NULL AND answer_day IS NULL AS implied,
    CASE WHEN answer_day IS NULL THEN next_begun
      WHEN answer_day < {last_day} THEN answer_day END AS ended,
    CASE WHEN answer > 0 THEN answer WHEN next_begun IS NOT NULL THEN 1 ELSE 0 END AS came
  FROM starts
),
timed AS (
  SELECT *,
    CASE WHEN came = 0 THEN {seen_until} ELSE ended END - begun AS exit_day,
    CASE WHEN wrote_day < {last_day} THEN wrote_day - begun END AS wrote_on,
    {rated_late} AS rated_late
  FROM judged
)
SELECT application_id, {carried_out} started_on, stage,
  CASE WHEN NOT rated_late THEN went_well END AS went_well, n_finalists, rated_late,
  followup_days_between(started_on, stated_deadline) AS deadline_day, exit_day,
  -- Two clock times on the day of the answer can show that the candidate wrote first.
  CASE WHEN wrote_on = exit_day AND exit_day > 0 AND came > 0 AND wrote_first
    THEN exit_day - 1 ELSE wrote_on END AS follow_up_day,
  CASE WHEN implied THEN last_sign - begun ELSE exit_day END AS earliest_exit_day,
  coalesce(wrote_day = {last_day}, FALSE) AS follow_up_undated, channel, content, n_follow_ups,
  {ending} AS ending, implied,
  CASE WHEN decided_before = 1 AND came = 0 THEN '{answered_before}'
    WHEN contradiction = 1 THEN '{contradiction}' ELSE '' END AS quarantine
FROM timed
"""
_OUTCOME = (
    "application_id", "begun", "wrote_day", "wrote_first", "channel", "content", "n_follow_ups",
)  # fmt: skip


def episodes_elsewhere(events: Any, as_of: Any) -> Any:
    """Turn events into episodes where they are.

    Parameters
    ----------
    events : path, glob, DuckDB relation or Spark DataFrame
        One row per event.
    as_of : date-like
        The last day on which an answer would have been written down.

    Returns
    -------
    DuckDB relation or Spark DataFrame
        One row per interview.

    Raises
    ------
    ColumnError
        When a column is not there.
    FollowupError
        When the events cannot be read, or one is of no known kind.
    """
    if as_of is None:
        raise FollowupError(
            "say on which day you last looked for answers: as_of='2026-03-31', for example."
        )
    day = the_day(as_of)
    if engine_of(events) == "polars":
        raise FollowupError(
            "events become episodes in DuckDB or Spark; hand a Polars frame over as "
            "duckdb.from_arrow(frame.to_arrow())."
        )
    make = _in_spark if engine_of(events) == "pyspark" else _in_duckdb
    try:
        return make(events, f"{day:%Y-%m-%d}")
    except errors_of(engine_of(events)) as error:
        raise FollowupError(f"the events could not be read: {first_line(error)}") from None


def _in_duckdb(events: Any, as_of: str) -> Any:
    view = f"events_{uuid4().hex}"  # the answer looks it up when it is asked for
    relation = relation_of(events, DUCKDB)
    types = dict(zip(relation.columns, map(str, relation.types), strict=True))
    check_events(types, view, lambda sql: relation.query(view, sql).fetchall())
    return relation.query(view, _statement(types, view, as_of, '"', "NOT MATERIALIZED"))


def _in_spark(events: Any, as_of: str) -> Any:
    session = events.sparkSession
    view = f"events_{uuid4().hex}"
    events.createOrReplaceTempView(view)
    try:
        types = dict(events.dtypes)
        check_events(types, view, lambda sql: session.sql(sql).collect())
        for prelude in SPARK:
            session.sql(prelude)
        return session.sql(_statement(types, view, as_of, "`"))
    finally:
        session.catalog.dropTempView(view)


def _statement(types: dict[str, str], source: str, as_of: str, quote: str, again: str = "") -> str:
    carried = {f"carried_{n}": name for n, name in enumerate(_carried(types))}
    answers = " ".join(
        f"WHEN '{kind}' THEN {ENDINGS.index(word)}" for kind, word in ANSWERS.items()
    )
    endings = " ".join(f"WHEN {code} THEN '{word}'" for code, word in enumerate(ENDINGS))
    known = {**{short: short for short in carried}, **_KNOWN_AT_START}
    ties = ("line", "clock", "detail", "content", "went_well", "n_finalists", "rated_on")
    return _EPISODES.format(
        columns=", ".join(
            [
                *_read(types),
                *(f"{quoted(name, quote)} AS {short}" for short, name in carried.items()),
            ]
        ),
        source=source,
        again=again,  # reading the few tangled ones again costs less than keeping all of them
        as_of=as_of,
        seen_until=(date.fromisoformat(as_of) - date.min).days,
        last_day=LAST_DAY,
        day_0=_DAY_0,
        unit_bits=_UNIT_BITS,
        day_bits=_DAY_BITS,
        low_day=(1 << _DAY_BITS) - 1,
        low_unit=(1 << _UNIT_BITS) - 1,
        interview=f"CAST({_INTERVIEW} AS DOUBLE)",
        an_answer=f"CAST({_ANSWER} AS DOUBLE)",
        above_day=f"CAST({1 << _DAY_BITS} AS DOUBLE)",
        many=f"CAST({_MANY} AS DOUBLE)",
        answer=f"CASE kind {answers} ELSE 0 END",
        ending=f"CASE came {endings} END",
        carried_in="".join(f"{short}, " for short in carried),
        known_once=_each(known, types, "max({}) FILTER (WHERE role = 1)"),
        known_first=_each(known, types, "max({}) FILTER (WHERE role = 1 AND place = 1)"),
        carried_out="".join(
            f"{short} AS {quoted(name, quote)}, " for short, name in carried.items()
        ),
        outcome=", ".join([*_OUTCOME, *known]),
        tie_break=", ".join(f"{name} NULLS LAST" for name in (*ties, "stated_deadline")),
        **_texts(types),
        **QUARANTINE,
    )


def _each(known: dict[str, str], types: dict[str, str], expression: str) -> str:
    """What is known of an interview, each by an expression; what has no column costs nothing."""
    parts = {
        name: f"CAST(NULL AS {_TYPES[told]})"
        if told in _TYPES and told not in types
        else expression.format(told)
        for name, told in known.items()
    }
    return "".join(f"{part} AS {name}, " for name, part in parts.items())


def _texts(types: dict[str, str]) -> dict[str, str]:
    """What takes its time to tell, where there is a column for it."""
    in_order = f"(day, coalesce(clock, '~'), coalesce(line, {LAST_DAY**2}), coalesce({{0}}, ''))"
    first = f"nullif(min_by(coalesce({{0}}, ''), {in_order}) FILTER (WHERE role = 2), '')"
    earlier = f"coalesce({first} < max(clock) FILTER (WHERE role = 3), FALSE)"
    rated_late = f"coalesce(followup_days_between({_DAY_0}, rated_on) > ended, FALSE)"
    return {
        "wrote_first": earlier.format("clock") if "clock" in types else "FALSE",
        "channel": first.format("detail") if "detail" in types else "CAST(NULL AS VARCHAR(1000))",
        "content": first.format("content") if "content" in types else "CAST(NULL AS VARCHAR(1000))",
        "rated_late": rated_late if "rated_on" in types else "FALSE",
    }


def _carried(types: dict[str, str]) -> list[str]:
    """Columns that are not of the events: what was known of the application or the person."""
    return [name for name in types if name not in _NOT_CARRIED]


def _read(types: dict[str, str]) -> Iterator[str]:
    """The columns of an event in their types, NULL where one is not there."""
    yield from ("application_id", "CAST(date AS DATE) AS date", "kind")
    for name, kind in _TYPES.items():
        if name not in types:
            yield f"CAST(NULL AS {kind}) AS {name}"
        elif name in ("went_well", "n_finalists"):
            yield name
        else:
            yield f"CAST({name} AS {kind}) AS {name}"
