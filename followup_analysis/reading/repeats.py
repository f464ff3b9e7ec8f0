"""What is written down twice -> once, where it is surely the same; else it is reported.

The convention owned here: what is surely the same. A row that repeats another in every cell; an
event of the same kind and day that two sheets tell of the same application.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .cells import Cells, date_columns
from .headers import understand
from .labels import NO_NUMBER, is_constant, numbered, repeated
from .occurrences import FAR, Events, some
from .problems import Findings
from .sheets import Column
from .understood import Table

_FILLED_IN = ("detail", "content", "clock", "went_well", "n_finalists", "arm", "block")
_DAYS_FILLED_IN = ("rated_on", "stated_deadline", "drawn_on")


def set_aside_repeats(table: Table, here: np.ndarray, findings: Findings) -> np.ndarray:
    """Set aside rows that repeat an earlier one in every cell; return them as a mask.

    Rows that say little, a company and a status, may be alike and still be two applications.
    """
    numbers = {id(column) for column in table.fields.get("counter", [])}
    columns = [column for column in table.sheet.columns if id(column) not in numbers]
    days = [column.filled for _, column in date_columns(table)]
    dated = np.logical_or.reduce(days) if days else np.zeros(len(here), dtype=bool)
    again = repeated([column.codes for column in columns]) & dated & here if columns else dated
    findings.records(table.sheet, np.flatnonzero(again), "duplicate_record")
    return again


def report_alike(table: Table, apps: np.ndarray, cells: Cells) -> None:
    """Report applications for the same job on the same day: one may be a slip of the keeper."""
    company, day = table.column("company"), table.column("applied_on")
    if table.role != "applications" or table.tidy or company is None or day is None:
        return
    said = table.said("company", company)
    days = cells.day_of(table, day)
    dated = ~np.isnat(days)
    since = days - days[dated].min(initial=FAR)
    keys = {"day": np.where(dated, since.astype(np.int64), -1)} | _names(table, said)
    known = said.filled & dated & (apps >= 0)
    if "role" in keys:
        known &= keys["role"] >= 0
    alike = repeated(list(keys.values())) & known
    done = "kept as another application"
    cells.findings.values(table.sheet, np.flatnonzero(alike), company, "alike", done)


def note_steps(table: Table) -> None:
    """Say that rows may be steps of one application: the same job in several, on bare dates."""
    company, status = table.column("company"), table.column("status")
    if table.role != "applications" or table.tidy or company is None or status is None:
        return
    day = table.column("applied_on")
    if "application_id" in table.fields or not (day is None or _is_any_day(day)):
        return
    said = table.said("company", company)
    n_again = int((repeated(list(_names(table, said).values())) & said.filled).sum())
    if n_again >= max(2, len(said) // 3):
        table.notes.append(
            f"{table.sheet.where()}: {n_again} rows name a job that stands there already; each was "
            "read as an application of its own. If they are the steps of one: "
            f"columns={{{status.header!r}: 'kind', "
            f"{day.header if day else 'the header of their day'!r}: 'date'}}."
        )


def _is_any_day(column: Column) -> bool:
    """Return whether a header leaves open what happened on the day."""
    meaning = understand(column.header)
    return meaning is not None and meaning.field == "date"


def _names(table: Table, company: Column) -> dict[str, np.ndarray]:
    """Return numbers for what names the job of each row."""
    columns = {name: table.column(name) for name in ("person", "company", "role")}
    columns["company"] = company
    return {
        name: column.spread(numbered(column.words, distinct=column.distinct)[0], -1, np.int32)
        for name, column in columns.items()
        if column is not None
    }


def merge_repeats(events: Events, findings: Findings) -> Events:
    """Merge events that two sheets tell of; report an interview to which they give two days."""
    if is_constant(events["origin"]) or len(events["origin"]) < 2:
        return events
    place = pd.factorize(events["origin"])[0]
    if not place.any():
        return events
    events = {name: np.array(values) for name, values in events.items()}
    table = pd.DataFrame({name: events[name] for name in ("app", "kind", "date", "planned")})
    table["place"] = place
    dated = ~np.isnat(events["date"])
    again = table.drop(columns="place").duplicated(keep=False).to_numpy() & dated
    gone = np.zeros(len(place), dtype=bool)
    firsts: dict[tuple, int] = {}
    for at in np.flatnonzero(again).tolist():
        key = tuple(table.iloc[at][["app", "kind", "date", "planned"]])
        first = firsts.setdefault(key, at)
        if place[first] != place[at] and _agree(events, first, at):
            _fill_in(events, first, at)
            gone[at] = True
    _report_two_days(events, place, gone, findings)
    return some(events, ~gone)


def _agree(events: Events, first: int, second: int) -> bool:
    a, b = events["detail"][first], events["detail"][second]
    return a < 0 or b < 0 or a == b


def _fill_in(events: Events, first: int, second: int) -> None:
    for name in _FILLED_IN:
        if events[name][first] in (-1, NO_NUMBER):
            events[name][first] = events[name][second]
    for name in _DAYS_FILLED_IN:
        if np.isnat(events[name][first]):
            events[name][first] = events[name][second]


def _report_two_days(
    events: Events, place: np.ndarray, gone: np.ndarray, findings: Findings
) -> None:
    """Report an interview of one stage that two sheets put on different days."""
    interview = findings.labels.code("interview")
    held = (events["kind"] == interview) & ~events["planned"] & ~np.isnat(events["date"])
    held &= ~gone & (events["detail"] >= 0)
    rows = np.flatnonzero(held)
    table = pd.DataFrame(
        {
            "app": events["app"][rows],
            "detail": events["detail"][rows],
            "place": place[rows],
        }
    )
    alone = ~table.duplicated(keep=False)  # one interview of the stage in each of the sheets
    per_stage = table[alone].groupby(["app", "detail"])["place"].transform("size")
    two = rows[table[alone].index[(per_stage > 1).to_numpy()]]
    which = np.zeros(len(gone), dtype=bool)
    which[two] = True
    findings.events(some(events, which), "two_days", "both days are kept")
