"""Records (JSON, rows of a database) -> a sheet; the events inside them -> another.

The convention owned here: what a record holds inside is part of it, under the names of both; a
list of events inside it belongs to its application, whatever that is called.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import LogError
from .headers import normalise, understand
from .sheets import Column, Sheet, show_cell

_DEEPEST = 6  # lists in lists: what is deeper is kept as text
_HOLDERS = ("dates", "timeline", "details", "info", "fields", "properties", "attributes", "job",
            "application")  # fmt: skip
_KIND_NAMES = (
    "status",
    "type",
    "stage",
    "name",
    "state",
    "event",
    "kind",
    "action",
    "activity",
    "to",
)

Record = Mapping[str, Any]


def read_json(text: str, file: str) -> list[Sheet] | None:
    """Return the lists of records in JSON or JSON Lines as sheets; nothing if it is no JSON."""
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return _read_lines(text, file)
    sheets = [
        sheet
        for name, records in _lists(parsed, "", 0)
        for sheet in sheets_of_records(file, name, records, range(1, len(records) + 1))
    ]
    if not sheets:
        raise LogError(f"{file} is JSON, but there is no list of records in it.")
    return sheets


def _read_lines(text: str, file: str) -> list[Sheet] | None:
    records: list[Record] = []
    lines: list[int] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            if not records:
                return None
            told = f"{file}, line {number}: this is no JSON, unlike the lines before it."
            raise LogError(told) from None
        if not isinstance(record, dict):
            return None
        records.append(record)
        lines.append(number)
    return sheets_of_records(file, "", records, lines) if records else None


def _lists(value: object, name: str, depth: int) -> list[tuple[str, list[Record]]]:
    """Find the lists of records, each with the name under which it stands."""
    if depth > _DEEPEST:
        return []
    if isinstance(value, list):
        if not any(isinstance(each, dict) for each in value):
            return []
        value = _cards(value) or value
        return [(name, [each if isinstance(each, dict) else {"value": each} for each in value])]
    if not isinstance(value, dict):
        return []
    if _is_record(value):
        return [(name, [value])]
    inner = list(value.values())
    if inner and all(isinstance(each, dict) for each in inner) and all(map(_is_record, inner)):
        return [(name, [{"id": key, **each} for key, each in value.items()])]
    return [found for key, each in value.items() for found in _lists(each, key, depth + 1)]


def _cards(lists: list[Any]) -> list[Record]:
    """Return the records on a board, each with the name of the list that it lies in."""
    out: list[Record] = []
    for each in lists:
        inner = [value for value in each.values() if value] if isinstance(each, dict) else []
        cards = [card for value in inner if isinstance(value, list) for card in value]
        if not isinstance(each, dict) or _is_record(each) or not _are_dicts(cards):
            return []
        named = {f"list {k}": v for k, v in each.items() if not isinstance(v, (list, dict))}
        out += [{**named, **card} for card in cards]
    return out if any(map(_is_record, out)) else []


def _are_dicts(values: list[Any]) -> bool:
    return all(isinstance(value, dict) for value in values)


def _is_record(value: Mapping[str, object]) -> bool:
    known = [name for name in value if understand(name) is not None]
    return len(known) > 1 and any(not isinstance(value[name], (dict, list)) for name in known)


def sheets_of_records(
    file: str, name: str, records: Sequence[Record], lines: Iterable[int]
) -> list[Sheet]:
    """Return records as a sheet, and the events inside them as another."""
    flat = [_flat(record) for record in records]
    headers = list(dict.fromkeys(header for record in flat for header in record))
    numbers = list(lines)
    columns = [
        Column.of(header, [show_cell(record.get(header)) for record in flat])
        for header in headers
        if not all(isinstance(record.get(header, []), list) for record in flat)
    ]
    sheet = Sheet(file, name, columns, np.asarray(numbers, dtype=np.int64))
    events = {
        header: [value if isinstance(value := record.get(header), list) else [] for record in flat]
        for header in headers
        if any(_holds_events(record.get(header)) for record in flat)
    }
    return with_events(sheet, events) if events else [sheet.without_blank_rows()]


def _flat(record: Record, before: str = "", depth: int = 0) -> dict[str, object]:
    """Return a record without records in it."""
    out: dict[str, object] = {}
    for name, value in record.items():
        full = f"{before} {name}".strip()
        if isinstance(value, dict) and depth < _DEEPEST:
            inner = _flat(value, full, depth + 1)
            taken = {**record, **out} if depth == 0 else inner
            out |= {_plainer(key, full, taken): each for key, each in inner.items()}
        elif isinstance(value, list) and not _holds_events(value):
            out[full] = "; ".join(show_cell(each) for each in value)
        else:
            out[full] = value
    return out


def _plainer(key: str, holder: str, taken: Mapping[str, object]) -> str:
    """Return a name without that of a mere holder: "dates applied" is "applied"."""
    plainer = key.removeprefix(f"{holder} ")
    is_free = plainer not in taken and understand(key) is None
    return plainer if is_free and normalise(holder) in _HOLDERS else key


def _holds_events(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)


def unfold(sheet: Sheet) -> list[Sheet]:
    """Return a sheet, and the lists of events that stand in its cells as text."""
    events = {}
    for column in sheet.columns:
        if column.words and all(word.startswith("[") for word in column.used_words):
            lists = [_parsed(word) for word in column.words]
            if any(_holds_events(each) for each in lists):
                events[column.header] = list(column.spread(lists, [], object))
    if not events:
        return [sheet]
    sheet.columns = [column for column in sheet.columns if column.header not in events]
    return with_events(sheet, events)


def _parsed(word: str) -> list[object]:
    for parse in (json.loads, ast.literal_eval):
        try:
            value = parse(word)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        return value if isinstance(value, list) else []
    return []


def with_events(sheet: Sheet, events: Mapping[str, list[list[Any]]]) -> list[Sheet]:
    """Return a sheet and one of the events of its rows, tied together by an id."""
    if not events:
        return [sheet]
    holds = [any(lists[row] for lists in events.values()) for row in range(len(sheet))]
    ids = _ids(sheet, holds)
    out = [sheet]
    for name, lists in events.items():
        rows = [(row, each) for row, listed in enumerate(lists) for each in listed]
        flat = [(row, _flat(each)) for row, each in rows if isinstance(each, dict)]
        headers = list(dict.fromkeys(header for _, record in flat for header in record))
        told = understand(name)  # "interviews", "followUps": then each is one
        kinds = () if told and told.group else _KIND_NAMES
        kind = next((h for k in kinds for h in headers if normalise(h) == k), None)
        columns = [Column.of("application_id", [ids[row] for row, _ in flat])]
        for header in headers:
            cells = [show_cell(record.get(header)) for _, record in flat]
            columns.append(Column.of(header, cells))
        lines = sheet.lines[[row for row, _ in flat]]
        name = f"{sheet.name} {name}".strip()
        out.append(Sheet(sheet.file, name, columns, lines, kinds=kind or ""))
    return out


def _ids(sheet: Sheet, told: list[bool]) -> list[str]:
    """Return the id of each row; without ids, rows with events are given their line for one."""
    for column in sheet.columns:
        meaning = understand(column.header)
        if meaning and meaning.field == "application_id" and column.filled.all():
            return column.texts()
    ids = [str(line) if has else "" for line, has in zip(sheet.lines, told, strict=True)]
    sheet.columns.insert(0, Column.of("application_id", ids))
    return ids
