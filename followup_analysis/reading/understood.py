"""A sheet whose columns are understood: which column is which field, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .sheets import Column, Sheet
from .words import are_missing

_NAMES = ("person", "company", "contact")


@dataclass(eq=False)
class Group:
    """The columns of one interview, or of one follow-up, of the application in the row."""

    kind: str
    key: str
    detail: str | None = None
    parts: dict[str, Column] = field(default_factory=dict)


@dataclass(eq=False)
class Table:
    """A sheet whose columns are understood."""

    sheet: Sheet
    role: str
    fields: dict[str, list[Column]] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    extras: list[Column] = field(default_factory=list)
    reasons: dict[int, tuple[str | None, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    tidy: bool = False  # the project's own form: nothing is to be found out
    dayfirst: bool | None = None  # known of the tracker that exported it
    words: Mapping[str, str] = field(default_factory=dict)  # what they mean in that tracker
    responses: Column | None = None  # its days may be those of answers, or of first responses
    _said: dict[tuple[int, bool], tuple[Column, Column]] = field(default_factory=dict)

    def said(self, name: str, column: Column) -> Column:
        """Return the column of a field without the words that say that there is nothing."""
        asked = id(column), name in _NAMES
        if asked not in self._said:
            if self.tidy:
                gone = [not word for word in column.words]
            else:
                gone = are_missing(column.words, names=asked[1])
            self._said[asked] = column, column.without(gone)
        return self._said[asked][1]

    def column(self, name: str) -> Column | None:
        """Return the column that gives a field, if there is one."""
        columns = self.fields.get(name)
        return columns[0] if columns else None

    def mapping(self) -> list[tuple[str, str | None, str, str | None, str]]:
        """Return file, sheet, header, field and reason of each column."""
        sheet = self.sheet
        return [
            (sheet.file, sheet.name or None, column.header, *self.reasons[id(column)])
            for column in sheet.columns
        ]

    def leave(self, column: Column, reason: str) -> None:
        """Keep a column as it is."""
        self.extras.append(column)
        self.reasons[id(column)] = (None, reason)
