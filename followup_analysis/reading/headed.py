"""Rows of cells -> the tables in them: where each begins, and what its headers are.

The convention owned here: what a line of headers is. The one with the most headers that are known
is one; so is any other of which most are known and one names the company, as a keeper begins a new
table below the last.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from .headers import understand

Recognise = Callable[[str], bool]
Rows = Sequence[Sequence[str]]

_WITHIN = 40  # lines
_NAMES = ("company", "application_id", "name")
_DATED = re.compile(r"\d\d")
_FEWEST, _MOST_KNOWN = 3, 0.6  # headers of another table, and the share of them that is known


class Place(NamedTuple):
    """Where a table stands: its first row, its header, and the row after its last."""

    start: int
    header: int
    end: int


def find_header(rows: Rows, recognise: Recognise) -> int:
    """Return which row is the header: the one with the most headers that are known."""
    joined = (join_lines(rows, at, recognise) for at in range(min(len(rows), _WITHIN)))
    scores = [n_known(headers, recognise) for headers in joined]
    return scores.index(max(scores)) if scores else 0


def find_tables(rows: Rows, recognise: Recognise) -> list[Place]:
    """Return where the tables stand that are below each other, each with the title above it."""
    main = find_header(rows, recognise)
    lines = {at for at, row in enumerate(rows) if at == main or _is_header(row, recognise)}
    # Of headers in two lines only one begins a table.
    alone = [at for at in sorted(lines) if at == main or not lines & {at - 1, at + 1}]
    starts = [0, *(_title_of(rows, at) for at in alone[1:])]
    return [Place(*each) for each in zip(starts, alone, [*starts[1:], len(rows)], strict=True)]


def find_beside(headers: Sequence[str], body: Rows) -> list[slice]:
    """Return the columns of the tables that stand beside each other.

    Another begins where the header of the company stands once more over other companies: what is
    in a line there is of another application.
    """
    first: dict[str, int] = {}
    starts = [0]
    for place, header in enumerate(headers):
        meaning = understand(header)
        if meaning is None or meaning.field != "company":
            continue
        before = first.setdefault(header.strip().casefold(), place)
        pairs = ((_cell(row, before), _cell(row, place)) for row in body)
        if before < place and any(one and other and one != other for one, other in pairs):
            starts.append(place)
    return [slice(*ends) for ends in zip(starts, [*starts[1:], None], strict=True)]


def join_lines(rows: Rows, at: int, recognise: Recognise) -> list[str]:
    """Return the headers; one that stands twice is read with the name that stands over it.

    "Date" below "1st interview" is "1st interview Date": a name over several columns stands in the
    first of them.
    """
    headers = [cell.strip() for cell in rows[at]]
    named = [header for header in headers if header]
    above = [cell.strip() for cell in rows[at - 1]] if at else []
    if len(set(named)) == len(named) or sum(map(bool, above)) < 2:
        return headers
    over, joined = "", []
    for place, header in enumerate(headers):
        over = (above[place] if place < len(above) else "") or over
        both = f"{over} {header}".strip()
        joined.append(both if recognise(both) else header)
    return joined


def n_known(row: Sequence[str], recognise: Recognise) -> int:
    """Return how many known headers a row holds."""
    return len({cell.strip() for cell in row if cell.strip() and recognise(cell)})


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip().casefold() if place < len(row) else ""


def _is_header(row: Sequence[str], recognise: Recognise) -> bool:
    if _DATED.search(" ".join(row)):  # a quick look: most rows are none
        return False
    said = [cell.strip() for cell in row if cell.strip()]
    if n_known(said, recognise) < max(_FEWEST, _MOST_KNOWN * len(said)):
        return False
    # "Rejected" is a header and a status; no row but a header holds the word "company".
    meanings = (understand(cell) for cell in said)
    return any(meaning is not None and meaning.field in _NAMES for meaning in meanings)


def _title_of(rows: Rows, at: int) -> int:
    """Return the first of the lines above a header in which only one cell is filled."""
    while at and sum(bool(cell.strip()) for cell in rows[at - 1]) == 1:
        at -= 1
    return at
