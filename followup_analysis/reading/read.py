"""Any source -> JobSearchLog: opened, understood, joined, read, checked.

The convention owned here: every record of the source is in the log or set aside; every value
cites its cell; what cannot be decided is asked.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import FollowupError, LogError
from ..log import MAPPING_COLUMNS, JobSearchLog, log_of_checked, the_day
from ..stored import load_written
from .cells import Cells, last_done, read_date_columns
from .changes import is_of_changes
from .checks import check_as_of, check_order, check_ratings, mark_booked
from .columns import check_overrides, understand_sheet
from .containers import open_source
from .extent import check_extent
from .headers import is_known
from .joining import Joined, join
from .long import Long, set_aside_elsewhere
from .mending import mend_rows
from .notes import read_notes
from .occurrences import Occurrences
from .problems import Findings, raise_all
from .progress import Progress
from .rated import read_ratings
from .repeats import merge_repeats, note_steps, report_alike, set_aside_repeats
from .sheets import Sheet
from .slips import first_slip
from .stamps import believe, find_stamp
from .tables import (
    Told,
    applications_table,
    days_of_application,
    events_table,
    ratings_table,
    referrals,
)
from .tidy import tidy_tables
from .understood import Table
from .vocabulary import Vocabulary
from .wide import Wide

_CUT_JSON = re.compile(r"\s*[\[{]\s*(?:[\[{\"]|$)")  # how it begins
_STEPS = 7  # opened, understood, dated, joined, told, checked, and put into tables


def read_source(
    source: object,
    *,
    columns: Mapping[str, str | None],
    vocabulary: Mapping[str, str | None] | None,
    dayfirst: bool | None,
    as_of: object,
    strict: bool,
    mine_notes: bool,
) -> JobSearchLog:
    """Read a log; see `read_log`, which is the same for everybody."""
    words = Vocabulary(vocabulary)
    last_day = _day(as_of)
    _check_order(dayfirst)
    asks_nothing = not columns and not vocabulary and dayfirst is None
    log = _written(source, last_day) if asks_nothing else None
    if log is None:
        log = _read_anew(source, columns, words, dayfirst, last_day, mine_notes)
    if strict:
        raise_all(log.problems)
    return log


def _written(source: object, as_of: pd.Timestamp | None) -> JobSearchLog | None:
    """Load a log that was written by this package and not changed since."""
    if not isinstance(source, (str, os.PathLike)):
        return None
    log = load_written(Path(os.path.expanduser(source)), check_extent)
    if log is None or as_of is None:
        return log
    assumed = JobSearchLog(log.applications, log.events).notes  # of the last day: now it is given
    return log.replace(as_of=as_of, notes=tuple(n for n in log.notes if n not in assumed))


def _read_anew(
    source: object,
    columns: Mapping[str, str | None],
    words: Vocabulary,
    dayfirst: bool | None,
    as_of: pd.Timestamp | None,
    mine_notes: bool,
) -> JobSearchLog:
    known = {header.strip() for header in columns}
    with Progress("reading the log", _STEPS) as progress:
        sheets = open_source(
            source, lambda cell: cell.strip() in known or is_known(cell) or is_of_changes(cell)
        )
        progress.step()
        _name_apart(sheets)
        check_overrides(columns, sheets)
        findings = Findings(sheets)
        tables = _understand(sheets, columns, words, findings)
        progress.step()
        return _read(sheets, tables, words, dayfirst, as_of, mine_notes, findings, progress)


def _day(as_of: object) -> pd.Timestamp | None:
    if as_of is None:
        return None
    try:
        return the_day(as_of)
    except FollowupError:
        raise LogError(f"as_of={as_of!r} is no date: write it as '2026-03-31'.") from None


def _check_order(dayfirst: object) -> None:
    if not (dayfirst is None or isinstance(dayfirst, (bool, np.bool_))):
        raise LogError(
            f"dayfirst={dayfirst!r} is no answer: True where 3/4/2026 is 3 April, False where it "
            "is March 4, None to find out."
        )


def _name_apart(sheets: list[Sheet]) -> None:
    """Give sheets of the same name another one, so that a line can be found again."""
    seen: dict[tuple[str, str], int] = {}
    for number, sheet in enumerate(sheets):
        count = seen[sheet.file, sheet.name] = seen.get((sheet.file, sheet.name), 0) + 1
        if count > 1:
            sheet.name = f"{sheet.name} {count}".strip()
        sheet.number = number


def _understand(
    sheets: list[Sheet], columns: Mapping, words: Vocabulary, findings: Findings
) -> list[Table]:
    """Return the sheets that hold a log, those of applications first."""
    tables = [] if columns else tidy_tables(sheets) or []
    if tables:
        return sorted(tables, key=lambda table: table.role != "applications")
    read = [understand_sheet(sheet, columns, words) for sheet in sheets]
    happened = any(table and table.role != "applications" for table in read)
    for sheet, alone in zip(sheets, read, strict=True):
        table = alone or understand_sheet(sheet, columns, words, beside_events=happened)
        if table is not None:
            tables.append(table)
        elif not sheet.optional:
            findings.sheet(sheet)
    if not tables:
        raise LogError(_no_log(sheets))
    for sheet in _left_alone(sheets, tables):
        tables[0].notes.append(f"Nothing of a log was found in {sheet.where()}.")
        sheets.remove(sheet)
    return sorted(tables, key=lambda table: table.role != "applications")


def _left_alone(sheets: list[Sheet], tables: list[Table]) -> list[Sheet]:
    """Return the sheets that only lay beside the log and hold nothing of it."""
    read = {id(table.sheet) for table in tables}
    return [sheet for sheet in sheets if sheet.optional and id(sheet) not in read]


def _no_log(sheets: list[Sheet]) -> str:
    slip = first_slip(header for sheet in sheets for header in sheet.headers)
    header, name = slip or ("their header", "company")
    seen = "; ".join(
        f"{sheet.where()} has the columns {', '.join(sheet.headers[:12]) or '(none)'}"
        for sheet in sheets
    )
    for sheet in sheets:
        if _CUT_JSON.match("".join([*sheet.preamble, sheet.headers][0][:1])):
            return f"{sheet.where()} looks like JSON that is damaged or cut off: export it again."
    return (
        "This is no job-search log: a column for the company (or an application_id) and one for "
        "a date, a status or an event were looked for, and not found together. "
        f"{seen}. If they are there under other names, rename them in the file, or say so: "
        f"columns={{{header!r}: {name!r}, ...}}."
    )


def _read(
    sheets: list[Sheet],
    tables: list[Table],
    words: Vocabulary,
    dayfirst: bool | None,
    as_of: pd.Timestamp | None,
    mine_notes: bool,
    findings: Findings,
    progress: Progress,
) -> JobSearchLog:
    for table in tables:
        mend_rows(table, words, findings)
    stamp, where = find_stamp(sheets, tables) if as_of is None else (None, "")
    dates, last_day, decisions = read_date_columns(tables, dayfirst, as_of or stamp)
    believed, stamp_notes = believe(stamp, where, last_done(tables, dates))
    as_of = stamp if believed else as_of
    decisions += stamp_notes
    cells = Cells(findings, words, dates, last_day)
    progress.step()
    excluded = [_excluded(table, words, findings) for table in tables]
    joined = join(tables, excluded, findings)
    gathered = Occurrences(len(joined.ids), findings.labels)
    progress.step()
    told = _read_tables(tables, joined, cells, gathered, mine_notes)
    progress.step()
    applied = days_of_application(tables, joined, told, cells, as_of)
    events = merge_repeats(gathered.gather(), findings)
    mark_booked(events, applied, as_of)
    events = check_as_of(events, as_of, findings)
    check_order(events, applied, findings)
    if not any(table.tidy for table in tables):
        check_ratings(events, findings)
    progress.step()
    ratings = ratings_table(read_ratings(tables, joined.rows, cells), joined, findings.labels)
    referral = referrals(tables, joined, cells)
    problems, set_aside = findings.problems(), findings.set_aside()
    del cells, told, gathered  # as large as the log itself
    labels = findings.labels
    told_of = events_table(events, joined, tables, labels)
    applications = applications_table(tables, joined, applied, referral, events, labels)
    del events, joined, applied, referral
    # Each event was given the id of its application, and each application another: see joining.
    return log_of_checked(
        applications=applications,
        events=told_of,
        ratings=ratings,
        as_of=as_of,
        problems=problems,
        set_aside=set_aside,
        mapping=_mapping(tables),
        n_records=sum(len(sheet) for sheet in sheets),
        notes=_notes(sheets, tables, decisions, words),
        true_effect=None,
    )


def _excluded(table: Table, words: Vocabulary, findings: Findings) -> np.ndarray:
    """Set aside the rows that cannot be, or need not be, part of the log."""
    gone = findings.broken(table.sheet)
    gone |= set_aside_elsewhere(table, ~gone, words, findings)
    return gone if table.tidy else gone | set_aside_repeats(table, ~gone, findings)


def _read_tables(
    tables: list[Table], joined: Joined, cells: Cells, gathered: Occurrences, mine_notes: bool
) -> list[Told]:
    """Read the events of all tables; return what they tell of the applications themselves."""
    told = [Told() for _ in tables]
    wide: dict[int, Wide] = {}
    for at, (table, apps) in enumerate(zip(tables, joined.rows, strict=True)):
        if table.role == "events":
            told[at].applied = Long(table, apps, cells, gathered).read()
        report_alike(table, apps, cells)
        note_steps(table)
        wide[at] = Wide(table, apps, cells, gathered)
        wide[at].read_dates()
    if not any(table.tidy for table in tables) and mine_notes:
        for table, apps in zip(tables, joined.rows, strict=True):
            read_notes(table, apps, cells, gathered)
    # A status tells only what no date of any table tells.
    for at, reader in wide.items():
        told[at].saved = reader.read_statuses()
    return told


def _mapping(tables: list[Table]) -> pd.DataFrame:
    rows = [row for table in tables for row in table.mapping()]
    columns = dict(zip(MAPPING_COLUMNS, zip(*rows, strict=True), strict=True))
    return pd.DataFrame(columns).astype(MAPPING_COLUMNS)


def _notes(
    sheets: list[Sheet], tables: list[Table], decisions: list[str], words: Vocabulary
) -> tuple[str, ...]:
    notes = [note for sheet in sheets for note in sheet.notes]
    notes += [note for table in tables for note in table.notes]
    notes += decisions
    notes += [f"{slip!r} was taken for {meant!r}." for slip, meant in words.slips.items()]
    return tuple(dict.fromkeys(notes))
