"""Rows with a cell too many -> rows as they were meant, where only one way of joining cells fits.

The convention owned here: what fits. Each column of dates, statuses or numbers must hold such
things; of several ways, the one that joins prose ("called, nobody there") is meant.
"""

from __future__ import annotations

from collections.abc import Callable

from .cells import SCALES, date_columns
from .days import read_day
from .problems import Findings
from .sheets import Column
from .understood import Table
from .vocabulary import Vocabulary
from .words import is_missing, is_no, is_yes

Fits = Callable[[str], bool]


def mend_rows(table: Table, vocabulary: Vocabulary, findings: Findings) -> None:
    """Put the broken rows of a table right where that can be done in one way only."""
    sheet, columns = table.sheet, table.sheet.columns
    if not (sheet.broken or sheet.loose) or sheet.width != len(columns):
        return
    checks = _checks(table, vocabulary)
    for rows in (sheet.broken, sheet.loose):
        for row, cells in list(rows.items()):
            if rows is sheet.loose and _fits(cells[: len(columns)], columns, checks):
                continue  # it only ends in too many delimiters
            at = _place(cells, columns, checks, sheet.joint, only_prose=rows is sheet.loose)
            if at is None:
                continue
            way = _joined(cells, at, len(columns), sheet.joint)
            for column, cell in zip(columns, way, strict=True):
                column.write(row, cell)
            del rows[row]
            findings.mended(sheet, row, columns[at])


def _place(
    cells: list[str],
    columns: list[Column],
    checks: dict[int, Fits],
    joint: str,
    only_prose: bool,
) -> int | None:
    """Return where cells must be joined, if it can be in one place only."""
    width = len(columns)
    fitting = [
        at
        for at in range(width)
        if id(columns[at]) not in checks
        and _fits(_joined(cells, at, width, joint), columns, checks)
    ]
    prose = [at for at in fitting if _is_prose(cells, at, width)]
    chosen = prose if only_prose or len(fitting) > 1 else fitting
    return chosen[0] if checks and len(chosen) == 1 else None


def _joined(cells: list[str], at: int, width: int, joint: str) -> list[str]:
    """Return the cells with those joined at one place that are too many."""
    end = at + len(cells) - width + 1
    return [*cells[:at], joint.join(cells[at:end]), *cells[end:]]


def _is_prose(cells: list[str], at: int, width: int) -> bool:
    """Return whether a blank stands behind each delimiter: people write so, programs do not."""
    pieces = cells[at + 1 : at + len(cells) - width + 1]
    return bool(cells[at].strip()) and all(piece[:1] == " " and piece.strip() for piece in pieces)


def _fits(way: list[str], columns: list[Column], checks: dict[int, Fits]) -> bool:
    return all(
        checks[id(column)](cell.strip())
        for cell, column in zip(way, columns, strict=True)
        if id(column) in checks
    )


def _checks(table: Table, vocabulary: Vocabulary) -> dict[int, Fits]:
    """Return what a cell of each column that is not free text must be."""
    checks: dict[int, Fits] = {id(column): _is_date for _, column in date_columns(table)}
    named = [(name, column) for name, columns in table.fields.items() for column in columns]
    named += [part for group in table.groups for part in group.parts.items()]
    for name, column in named:
        if name in ("status", "kind"):
            checks[id(column)] = lambda cell: is_missing(cell) or bool(vocabulary.senses(cell))
        elif name in SCALES or name == "counter":
            checks[id(column)] = lambda cell: is_missing(cell) or cell.isdecimal()
        elif name in ("referral", "planned", "done"):
            checks[id(column)] = lambda cell: is_missing(cell) or is_yes(cell) or is_no(cell)
    return checks


def _is_date(cell: str) -> bool:
    return read_day(cell).state not in ("words", "attempt")
