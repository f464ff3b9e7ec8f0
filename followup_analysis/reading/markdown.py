"""Markdown -> the pipe tables in it.

The convention owned here: a table is named after the heading above it; its lines are those of the
file.
"""

from __future__ import annotations

import re

from .sheets import Sheet
from .text import sheet_of_rows

_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*")
_PLAN = re.compile(r"^[\s*+-]*next\s+#(\w+):?\s+(\d[\d/.-]*\d)\s*$")  # "next #42 2026-07-10"
_CELL_END = re.compile(r"(?<!\\)\|")


def read_markdown(text: str, file: str) -> list[Sheet]:
    """Return the tables of a Markdown text; none if it is no Markdown."""
    lines = text.splitlines()
    rules = [at for at in range(1, len(lines)) if "|" in lines[at - 1] and _is_rule(lines[at])]
    sheets = [_read_table(lines, at, file) for at in rules]
    plans = [(at, match) for at, line in enumerate(lines, start=1) if (match := _PLAN.search(line))]
    if plans:
        rows = [["application id", "follow-up due"], *(list(match.groups()) for _, match in plans)]
        sheets.append(sheet_of_rows(file, "next", rows, [0, *(at for at, _ in plans)], 0, " "))
    return sheets


def _is_rule(line: str) -> bool:
    return "-" in line and "|" in line and _RULE.fullmatch(line) is not None


def _read_table(lines: list[str], rule_at: int, file: str) -> Sheet:
    end = rule_at + 1
    while end < len(lines) and "|" in lines[end]:
        end += 1
    numbers = [rule_at - 1, *range(rule_at + 1, end)]
    rows = [_cells(lines[at]) for at in numbers]
    name = next((m[1] for at in range(rule_at - 2, -1, -1) if (m := _heading(lines[at]))), "")
    return sheet_of_rows(file, name.strip(), rows, [at + 1 for at in numbers], 0, " | ")


def _heading(line: str) -> re.Match[str] | None:
    return re.fullmatch(r"\s*#{1,6}\s+(.*?)\s*#*\s*", line)


def _cells(line: str) -> list[str]:
    text = line.strip()
    text = text[1:] if text.startswith("|") else text
    text = text[:-1] if text.endswith("|") and not text.endswith("\\|") else text
    cells = [cell.strip().replace("\\|", "|") for cell in _CELL_END.split(text)]
    return [
        re.sub(r"\[([^\[\]]*)\]\([^()]*\)|[*`]{1,2}([^*`]+)[*`]{1,2}", r"\1\2", cell)
        for cell in cells
    ]
