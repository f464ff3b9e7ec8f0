"""What a log says of itself -> the HTML by which a notebook shows it, and text for a terminal.

The convention owned here: whatever came from a file is escaped, of many lines the first are shown,
with the name of the table that holds the rest, and no line is cut short: a remedy must be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from shutil import get_terminal_size
from textwrap import fill

import pandas as pd

_SHOWN, _MANY, _LONGEST = 8, 15, 60  # rows, columns of a file, letters of a cell
_LISTED = 20  # problems, each told in full
_ALIKE = ["code", "done", "column"]  # problems of one kind
_WHERE = ["file", "sheet", "line"]
_TOLD = [*_WHERE, "column", "value", "code", "done", "remedy"]


class Problems(pd.DataFrame):  # type: ignore[misc]
    """What could not be read: a table to compute with, that shows itself as sentences."""

    @property
    def _constructor(self) -> type[Problems]:
        return Problems

    def __repr__(self) -> str:
        if not self._are_whole():
            return super().__repr__()
        if self.empty:
            return "No problems."
        width = get_terminal_size().columns
        told = [
            fill(f"- {text}", width, subsequent_indent="  ", break_on_hyphens=False)
            for text in tell_problems(self.head(_LISTED))
        ]
        return "\n".join(told + self._rest())

    def _repr_html_(self) -> str | None:
        if not self._are_whole():
            return super()._repr_html_()
        if self.empty:
            return "<p>No problems.</p>"
        table = self.head(_LISTED).dropna(axis="columns", how="all")
        return _to_html(table) + "".join(f"<p>{escape(rest)}</p>" for rest in self._rest())

    def _are_whole(self) -> bool:
        return set(_TOLD) <= set(self)

    def _rest(self) -> list[str]:
        more = len(self) > _LISTED
        return [f"({_LISTED} of {len(self):,}; the next: .iloc[{_LISTED}:])"] if more else []


def tell_problems(problems: pd.DataFrame) -> list[str]:
    """Say of each problem where it stands, what is wrong, what was done and what would mend it."""
    return [_told(row) for row in problems[_TOLD].itertuples(index=False, name=None)]


def _told(row: tuple) -> str:
    file, sheet, line, column, value, code, done, remedy = (
        None if pd.isna(each) else each for each in row
    )
    place = ", ".join(
        text
        for text, known in (
            (f"{file}", file),
            (f"sheet {sheet}", sheet),
            (f"line {line}", line),
            (f"column {column!r}", column),
        )
        if known
    )
    shown = f"{value!r} " if value is not None else ""
    said = f"{shown}{code}, {done}. {remedy or ''}".strip()
    return f"{place}: {said}" if place else said


def show_log(
    summary: str,
    remark: str | None,
    mapping: pd.DataFrame,
    problems: pd.DataFrame,
    set_aside: pd.DataFrame,
    notes: Iterable[str],
) -> str:
    """Return HTML that says what was read, as what, what was left out and why, and what to do."""
    parts = [f"<p><b>{escape(summary)}</b></p>"]
    parts += [_columns(mapping)] if len(mapping) else []
    parts += [f"<p>{escape(remark)}</p>"] if remark else []
    if len(problems):
        table = _digest(problems)
        parts.append(_to_html(table.head(_SHOWN)))
        parts.append(_more(len(table), "log.problems"))
    if len(set_aside):
        parts += ["<p>Left out, whole:</p>", _listed(_left_out(set_aside, problems))]
        parts.append(_more(len(set_aside), "log.set_aside"))
    told = _listed(notes)
    return "".join(parts) + (f"<p>Good to know:</p>{told}" if told else "")


def _to_html(table: pd.DataFrame) -> str:
    html = pd.DataFrame(table).to_html(index=False, escape=True, border=0)
    return re.sub("<(t[dh])>", r'<\1 style="text-align: left">', html)


def _columns(mapping: pd.DataFrame) -> str:
    """Say which column was read as what; where there are many, once it is asked for."""
    read = mapping["field"].notna()
    pairs = zip(mapping.loc[read, "column"], mapping.loc[read, "field"], strict=True)
    told = ", ".join(
        escape(column) + ("" if column.casefold() == field else f" &rarr; {escape(field)}")
        for column, field in dict.fromkeys(pairs)
    )
    kept = ", ".join(map(escape, dict.fromkeys(mapping.loc[~read, "column"])))
    kept = f" Kept as they are: {kept}." if kept else ""
    is_open = " open" if len(mapping) <= _MANY else ""
    return (
        f"<details{is_open}><summary>Which column was read as what</summary>"
        f"<p>{told}.{kept} Why: <code>log.mapping</code></p></details>"
    )


def _digest(problems: pd.DataFrame) -> pd.DataFrame:
    """Return one row per kind of problem: how often, where first, what was done, what to do."""
    alike = problems.groupby(_ALIKE, dropna=False, sort=False)
    first = problems.drop_duplicates(_ALIKE)
    seen = alike["value"].agg(lambda values: "; ".join(map(_short, values.dropna().unique()[:3])))
    table = pd.DataFrame(
        {
            "n": alike.size().array,
            "first in": [_place(row) for row in first[_WHERE].itertuples(False, None)],
            "column": first["column"].fillna("").array,
            "there stands": seen.array,
            "what is wrong": first["code"].str.replace("_", " ").array,
            "done": first["done"].array,
            "to mend it": first["remedy"].array,
        }
    )
    return table.sort_values("n", ascending=False, kind="stable")


def _left_out(set_aside: pd.DataFrame, problems: pd.DataFrame) -> list[str]:
    """Say what the first records are that are not in the log, and why."""
    why = problems.fillna({"sheet": ""}).drop_duplicates(_WHERE).set_index(_WHERE)["code"]
    shown = set_aside.head(_SHOWN).fillna({"sheet": ""})
    return [
        f"{_place(row)} ({why.get(row[:3], 'its sheet').replace('_', ' ')}): {_short(row[3])}"
        for row in shown[[*_WHERE, "text"]].itertuples(index=False, name=None)
    ]


def _place(row: tuple) -> str:
    file, sheet, line = row[:3]
    named = f", {sheet}" if isinstance(sheet, str) and sheet else ""
    return f"{file}{named}, line {line}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _listed(texts: Iterable[str]) -> str:
    lines = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<ul>{lines}</ul>" if lines else ""


def _more(n: int, where: str) -> str:
    return f"<p>{n - _SHOWN:,} more: <code>{where}</code></p>" if n > _SHOWN else ""
