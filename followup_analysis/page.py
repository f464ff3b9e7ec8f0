"""Questions with their answers -> one HTML file that reads without a network and runs nothing.

The convention owned here: whatever comes from a file is escaped where it is written, here; and the
page forbids itself scripts and addresses, whatever else it may hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from importlib.resources import files
from typing import Any

import pandas as pd

from .charts import Picture
from .result import Result

_MOST_ROWS = 40
_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
style-src 'unsafe-inline'">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
"""


@dataclass(frozen=True)
class Section:
    """A question, its answer, and the columns to list where the table is what one came for.

    Parameters
    ----------
    name : str
        Short name, of which there is one on the page.
    question : str
        The heading.
    result : Result
        The answer.
    columns : dict of str to str
        Column of the table -> its heading. Without them the table is folded away, whole.
    """

    name: str
    question: str
    result: Result
    columns: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def picture(self) -> Picture | None:
        """The picture, drawn once; None where there is nothing to draw."""
        return self.result.picture() if len(self.result.table) and self.result.chart else None

    def html(self, known: Iterable[str]) -> str:
        """Return the section, without the notes that are known from elsewhere."""
        table = self.result.table
        parts = [f'<section aria-labelledby="{self.name}">']
        parts += [f'<h2 id="{self.name}">{escape(self.question)}</h2>']
        parts += [f"<p>{escape(self.result.sentence)}</p>"]
        parts += [self.picture._repr_html_(caption=False)] if self.picture else []
        if self.columns:
            listed = table[list(self.columns)].rename(columns=self.columns)
            parts += [write_table(listed, self.question)]
        elif 0 < len(table) <= _MOST_ROWS:
            numbers = write_table(table, self.question)
            parts += [f"<details><summary>The numbers</summary>{numbers}</details>"]
        parts += [write_list(note for note in self.result.notes if note not in set(known))]
        return "\n".join([*filter(None, parts), "</section>"])


def write_page(title: str, body: str) -> str:
    """Return the file: the body in a page of its own, with its style."""
    style = files(__package__).joinpath("page.css").read_text("utf-8")
    head = _HEAD.format(title=escape(title), style=style)
    return f"{head}<main>\n{body}\n</main>\n</body>\n</html>\n"


def write_table(table: pd.DataFrame, label: str) -> str:
    """Return the first rows as a table that scrolls by itself on a narrow screen."""
    if table.empty:
        return ""
    shown = table.head(_MOST_ROWS)
    head = "".join(
        f'<th scope="col"{_side(shown[name])}>{escape(str(name).replace("_", " "))}</th>'
        for name in shown
    )
    rows = (
        "".join(
            f"<td{_side(shown[name])}>{_say(value)}</td>"
            for name, value in zip(shown, row, strict=True)
        )
        for row in shown.itertuples(index=False)
    )
    body = "\n".join(f"<tr>{row}</tr>" for row in rows)
    rest = len(table) - len(shown)
    more = f"<p>{rest:,} more rows are not shown.</p>" if rest else ""
    return (
        f'<div class="output" tabindex="0" role="group" aria-label="Table: {escape(label)}">'
        f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>{more}"
    )


def write_list(lines: Iterable[str]) -> str:
    """Return the lines as a list; nothing for none."""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<ul class="notes">{items}</ul>' if items else ""


def _side(column: pd.Series) -> str:
    return "" if pd.api.types.is_numeric_dtype(column) else ' class="text"'


def _say(value: Any) -> str:
    """Write a cell: dates as days, numbers with three digits, nothing for what is missing."""
    if pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return escape(str(value))
