"""Bytes -> one part of the reader, and what must hold of whatever comes of it.

The convention owned here: a reader returns something whose every record and cell is accounted
for, or raises a LogError; all else is a finding.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from followup_analysis import LogError
from followup_analysis.log import KINDS
from followup_analysis.reading import dates, days, headers, notes, read, records, text, vocabulary
from followup_analysis.reading.words import LISTS, is_missing, plain

HEADERS = (
    "company", "applied", "status", "interview", "notes", "rejected", "role", "id", "date",
    "event", "follow-up sent", "follow-up due", "follow-up channel", "interview 2 date", "stage",
    "interview 2 type", "went well", "stress", "status date", "offer", "name", "type", "person",
    "#", "how", "first response", "salary", "rated on", "control", "done", "current date",
    "interview 1 result", "content", "deadline", "time", "completed at",
)  # fmt: skip
FOUND = Path(__file__).parent / "found"  # per target, the inputs that reach most of the reader
_DAYS = range(-750_000, 3_000_000)  # of the calendar, since 1970


def seeds(name: str) -> list[bytes]:
    """The inputs that are kept of a target."""
    path = FOUND / f"{name}.json"
    return [text.encode("latin-1") for text in json.loads(path.read_text("ascii"))]


def whole_file(data: bytes) -> None:
    """A file of any kind."""
    _check(io.BytesIO(data))


def sheet(data: bytes) -> None:
    """A table with headers that are known: options, a byte for each header, lines of cells."""
    options, _, rest = data.partition(b"\n")
    line, _, body = rest.partition(b"\n")
    header = [HEADERS[byte % len(HEADERS)] for byte in line[:12]] or ["company", "applied"]
    lines = body.decode("utf-8", errors="surrogateescape").split("\n")[:20]
    rows = [(row.split(";") + [""] * len(header))[: len(header)] for row in lines]
    frame = pd.DataFrame(rows, columns=pd.Index(header, dtype=object), dtype=object)
    flags = options[0] if options else 0
    _check(
        frame,
        dayfirst=(None, True, False, None)[flags & 3],
        as_of="2026-02-01" if flags & 4 else None,
        mine_notes=not flags & 8,
    )
    parts = [frame.iloc[:, : len(header) // 2 + 1], frame.iloc[:, len(header) // 2 :]]
    if flags & 16 and len(header) > 2:  # two sheets of one search
        _check(parts, dayfirst=True)


def delimited(data: bytes) -> None:
    """Delimited text, which the reader of long files must read in the same way."""
    try:
        content, _ = text.decode(data, "f")
    except LogError:
        return
    sheets = text.read_delimited(content, "f", headers.is_known)
    lines = content.count("\n") + content.count("\r") + 1
    for each in sheets:
        assert (np.diff(each.lines) > 0).all()
        assert each.lines.max(initial=0) <= lines
        assert all(len(column) == len(each) for column in each.columns)
        assert {*each.broken, *each.loose} <= set(range(len(each)))
    if len(sheets) > 1:  # in a long file no second table is looked for
        return
    (read_as,) = sheets
    usual, text.LONG = text.LONG, 0
    try:
        (long,) = text.read_delimited(content, "f", headers.is_known)
    finally:
        text.LONG = usual
    assert long.headers == read_as.headers
    assert long.lines.tolist() == read_as.lines.tolist()
    assert [c.texts() for c in long.columns] == [c.texts() for c in read_as.columns]
    assert long.broken == read_as.broken


def json_text(data: bytes) -> None:
    """JSON and JSON Lines."""
    try:
        sheets = records.read_json(data.decode("utf-8", errors="replace"), "f")
    except LogError:
        return
    for each in sheets or []:
        assert all(len(column) == len(each) for column in each.columns)


def dates_of_a_column(data: bytes) -> None:
    """The words of one column of dates, one a line."""
    words = data.decode("utf-8", errors="surrogateescape").split("\n")
    found = dates.read_dates(words)
    assert len(found.readings) == len(words)
    for order in (True, False):
        settled = [reading.settled(order, "asked") for reading in found.readings]
        for reading in settled:
            assert not reading.is_undecided()
            assert (reading.day is None) == (reading.state != "day")
            assert reading.day is None or (reading.day in _DAYS and reading.rule)
            assert reading.state not in ("attempt", "words") or reading.code


def cell_of_notes(data: bytes) -> None:
    """One cell of notes."""
    note = data.decode("utf-8", errors="surrogateescape")
    for mention in notes.mentions(note):
        assert mention.phrase in note
        assert mention.date in mention.phrase
        assert mention.channel in (None, *LISTS["channel"].values())
        assert days.read_day(mention.date).state != "missing"


_KNOWN = vocabulary.Vocabulary()


def words(data: bytes) -> None:
    """A status, a header, a channel, a stage."""
    word = data.decode("utf-8", errors="surrogateescape")
    _KNOWN.slips.clear()
    senses = _KNOWN.senses(word)
    kinds = {*KINDS, "applied", "saved", "nothing", "booked", "planned", "rating", "elsewhere"}
    assert {sense.kind for sense in senses} <= kinds
    assert plain(plain(word)) == plain(word)
    for kind, known in LISTS.items():
        assert _KNOWN.of(kind, word) in (None, *known.values())
    meaning = headers.understand(word)
    assert meaning is None or meaning.field
    is_missing(word)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "file": whole_file,
    "sheet": sheet,
    "delimited": delimited,
    "json": json_text,
    "dates": dates_of_a_column,
    "notes": cell_of_notes,
    "words": words,
}


def _check(source: object, **options: object) -> None:
    """Read a log; each record must be in it or set aside, each event must cite a cell."""
    seen: list = []
    join = read.join

    def watched(tables, excluded, findings):
        joined = join(tables, excluded, findings)
        seen.extend(zip(tables, joined.rows, strict=True))
        return joined

    read.join = watched
    try:
        log = read.read_source(source, **_ALL | options)
    except LogError as error:
        assert str(error)
        return
    finally:
        read.join = join
    if seen:  # else it was written by this package, and not changed since
        _check_records(log, seen)
        _check_cells(log, seen)


_ALL = {"columns": {}, "vocabulary": None, "dayfirst": None, "as_of": None, "strict": False,
        "mine_notes": True}  # fmt: skip


def _check_records(log, seen) -> None:
    n_inside = sum(int((apps >= 0).sum()) for _, apps in seen)
    assert n_inside + len(log.set_aside) == log.n_records
    assert len(log.applications) <= n_inside
    outside = {
        (table.sheet.file, table.sheet.name, int(line))
        for table, apps in seen
        for line in table.sheet.lines[apps < 0]
    }
    read = {(table.sheet.file, table.sheet.name) for table, _ in seen}
    assert outside == {place for place in _places(log.set_aside) if place[:2] in read}


def _check_cells(log, seen) -> None:
    if any(table.tidy for table, _ in seen):
        return  # it cites the file from which it was written
    lines = {(t.sheet.file, t.sheet.name): set(t.sheet.lines.tolist()) for t, _ in seen}
    columns = {(t.sheet.file, t.sheet.name): set(t.sheet.headers) for t, _ in seen}
    for (file, name, line), column in zip(_places(log.events), log.events["column"], strict=True):
        assert line in lines[file, name]
        assert column in columns[file, name]
    assert log.events["rule"].notna().all()
    assert log.problems["remedy"].notna().all()


def _places(table: pd.DataFrame):
    sheets = table["sheet"].fillna("")
    return zip(table["file"], sheets, table["line"].astype(int), strict=True)
