"""Events on an engine -> what is wrong with them, if anything, before episodes are made of them.

The convention owned here: what an engine would take for something else, or for nothing, is refused;
its own words come later, or never.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from .engines import no_value
from .errors import ColumnError, FollowupError
from .history import no_certain_day
from .log import EVENT_COLUMNS, KINDS, count

_NEEDED = ("application_id", "date", "kind")
_DATES = ("date", "rated_on", "stated_deadline")
_SURE = dict.fromkeys(_DATES, ("DATE", "TIMESTAMP")) | {"planned": ("BOOLEAN",)}
_MADE = (
    "started_on", "stage", "went_well", "n_finalists", "rated_late", "deadline_day", "exit_day",
    "follow_up_day", "earliest_exit_day", "follow_up_undated", "channel", "content",
    "n_follow_ups", "ending", "implied", "quarantine",
)  # fmt: skip
# Days are counted from the year 1 on; a date before it is a slip, too.
_ANCIENT = f"count(CASE WHEN try_cast(date AS DATE) < DATE '{date.min}' THEN 1 END)"
# By kind, of which there are few: a column of files that repeats itself is counted at once, where
# to ask each row takes ten times as long.
_WRONG = """
SELECT kind, count(*) - count(application_id) AS lost, {ancient} AS ancient{unread}
FROM {source} GROUP BY kind
HAVING kind IS NULL OR kind NOT IN ({kinds}) OR count(*) > count(application_id) OR {ancient} > 0
  {or_unread}
LIMIT 1
"""


def check_events(types: dict[str, str], source: str, run: Callable[[str], list]) -> None:
    """Refuse events of which no episodes can be made.

    Parameters
    ----------
    types : dict of str to str
        Columns, and their types on the engine.
    source : str
        The name of the events on the engine.
    run : callable
        Runs SQL there, and returns its rows.

    Raises
    ------
    ColumnError
        When a column is not there.
    FollowupError
        When one has a name or a time zone that it may not have, or a row is not to be read.
    """
    _check_columns(types)
    _check_rows(run(_wrong(source, types)), types)


def _check_columns(types: dict[str, str]) -> None:
    for name in _NEEDED:
        if name not in types:
            raise ColumnError(name, list(types))
    # To an engine, Stage and stage are one.
    taken = [name for name in types if name.lower() in _MADE and name not in EVENT_COLUMNS]
    if taken:
        raise FollowupError(
            f"the events have a column {taken[0]!r}, which is made here: rename it or leave it out."
        )
    for name in _DATES:
        if "TIME ZONE" in types.get(name, ""):
            raise no_certain_day(name)


def _wrong(source: str, types: dict[str, str]) -> str:
    unread = [no_value(name, _SURE[name][0]) for name in _not_sure(types)]
    return _WRONG.format(
        source=source,
        ancient=_ANCIENT,
        kinds=", ".join(f"'{kind}'" for kind in KINDS),
        unread="".join(f", {each}" for each in unread),
        or_unread="".join(f"OR {each} IS NOT NULL " for each in unread),
    )


def _not_sure(types: dict[str, str]) -> list[str]:
    """Columns whose type does not see to it that each value is one."""
    return [
        name
        for name, sure in _SURE.items()
        if name in types and not types[name].upper().startswith(sure)
    ]


def _check_rows(wrong: list[tuple], types: dict[str, str]) -> None:
    for kind, lost, ancient, *unread in wrong:
        if lost:
            raise FollowupError("there is an event without an application_id: fill it in.")
        if ancient:
            raise FollowupError(
                f"{count(ancient, 'event')} of the kind {kind!r} dated before the year 1: write "
                "the day as 2026-03-31."
            )
        if kind not in KINDS:
            raise FollowupError(f"unknown kind {kind!r}; the kinds are {', '.join(KINDS)}.")
        told = zip(_not_sure(types), unread, strict=True)
        name, word = next((name, word) for name, word in told if word is not None)
        meant = "day: write it as 2026-03-31" if name in _DATES else "truth: write true or false"
        raise FollowupError(f"{name} holds {word!r}, which is no {meant}.")
