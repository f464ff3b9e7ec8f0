"""Rows of all tables -> the applications that they belong to.

The convention owned here: each row of a table of applications is an application of its own; any
other row belongs to the application with its id, else with its person, company and role. Where
several fit, none is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

import numpy as np
import pandas as pd

from .labels import Texts, numbered, texts_of
from .problems import Findings
from .sheets import Column
from .understood import Table

NAMES = ("person", "company", "role")


@dataclass(eq=False)
class Joined:
    """The applications, and which of them each row belongs to; -1 where the row is set aside."""

    ids: Texts
    rows: list[np.ndarray]  # one array per table


@dataclass(eq=False)
class _Keys:
    """What names the application of each row of one table, as numbers; -1 where it is not said."""

    table: Table
    ids: np.ndarray
    names: dict[str, np.ndarray]


def join(tables: list[Table], excluded: list[np.ndarray], findings: Findings) -> Joined:
    """Find the application of each row.

    Parameters
    ----------
    tables : list of Table
        Tables of applications stand first.
    excluded : list of numpy.ndarray
        Per table, the rows that are set aside already.
    findings : Findings
        Where rows without an application are reported.

    Returns
    -------
    Joined
    """
    keys, id_texts = _all_keys(tables)
    known = _Known(id_texts)
    joined = []
    for key, gone in zip(keys, excluded, strict=True):
        apps = np.full(len(gone), -1, dtype=np.int32)
        rows = _named(key, np.flatnonzero(~gone), findings)
        if key.table.role == "applications":
            apps[rows] = known.add(key, rows, _own_ids(key, rows, known, findings))
        else:
            _assign(key, rows, apps, known, findings)
        joined.append(apps)
    return Joined(known.texts(), joined)


def _all_keys(tables: list[Table]) -> tuple[list[_Keys], Sequence[str]]:
    names: dict[str, list[np.ndarray]] = {}
    people: Sequence[str] = []
    for name in NAMES:
        names[name], texts = _numbers(name, tables, [table.column(name) for table in tables])
        people = texts if name == "person" else people
    columns = []
    for place, table in enumerate(tables):
        # A number in front of an empty line is no application.
        named = (names["company"][place] >= 0) | (names["role"][place] >= 0)
        column = table.column("application_id")
        columns.append(_counter(table, named) if column is None else column)
    ids, texts = _numbers("application_id", tables, columns)
    keys = [
        _Keys(table, ids[place], {name: numbers[place] for name, numbers in names.items()})
        for place, table in enumerate(tables)
    ]
    return keys, _by_person(keys, people, texts) if _numbered_by_person(keys) else texts


def _numbers(
    name: str, tables: list[Table], columns: list[Column | None]
) -> tuple[list[np.ndarray], Sequence[str]]:
    """Number the texts of a column of each table, those alike that differ in case and blanks.

    Returns the number of each row, and the first text of each number.
    """
    held = [column for column in columns if column is not None]
    if len(held) == 1:
        codes, texts = numbered(held[0].words, distinct=held[0].distinct)
    else:
        codes, texts = numbered([*chain.from_iterable(column.words for column in held)])
    out, start = [], 0
    for table, column in zip(tables, columns, strict=True):
        if column is None:
            out.append(np.full(len(table.sheet), -1, dtype=np.int32))
            continue
        end = start + len(column.words)
        out.append(table.said(name, column).spread(codes[start:end], -1, np.int32))
        start = end
    return out, texts


def _by_person(keys: list[_Keys], people: Sequence[str], texts: Sequence[str]) -> Sequence[str]:
    """Make each id that of a person and their own number; return the texts of the new ids."""
    n = np.int64(len(texts))
    scoped = np.concatenate([key.names["person"] * n + key.ids for key in keys])
    known = np.concatenate([(key.ids >= 0) & (key.names["person"] >= 0) for key in keys])
    ids = np.full(len(scoped), -1)
    ids[known], pairs = pd.factorize(scoped[known])
    ends = np.cumsum([len(key.ids) for key in keys])
    for key, own in zip(keys, np.split(ids, ends[:-1]), strict=True):
        key.ids = own
    pairs = [divmod(pair, len(texts)) for pair in pairs.tolist()]
    return [f"{people[person]}/{texts[number]}" for person, number in pairs]


def _counter(table: Table, named: np.ndarray) -> Column | None:
    """Return the column that numbers the rows, if it gives each application another number."""
    counter = table.column("counter")
    if counter is None:
        return None
    used = counter.codes[named]
    if (used < 0).any() or len(np.unique(used)) < len(used):
        table.leave(counter, "does not number each application: kept as an extra column")
        return None
    return replace(counter, codes=np.where(named, counter.codes, -1))


def _numbered_by_person(keys: list[_Keys]) -> bool:
    """Return whether the same id stands for applications of different people."""
    with_ids = [key for key in keys if (key.ids >= 0).any()]
    if not with_ids or any((key.names["person"][key.ids >= 0] < 0).any() for key in with_ids):
        return False
    pairs = pd.DataFrame(
        {
            "id": np.concatenate([key.ids for key in with_ids]),
            "person": np.concatenate([key.names["person"] for key in with_ids]),
        }
    )
    pairs = pairs[pairs["id"] >= 0].drop_duplicates()
    return bool(pairs["id"].duplicated().any())


def _named(key: _Keys, rows: np.ndarray, findings: Findings) -> np.ndarray:
    """Set aside the rows that have neither a company nor an id; return the others."""
    nameless = (key.ids[rows] < 0) & (key.names["company"][rows] < 0)
    findings.records(key.table.sheet, rows[nameless], "no_application", key.table.column("company"))
    return rows[~nameless]


def _own_ids(key: _Keys, rows: np.ndarray, known: _Known, findings: Findings) -> np.ndarray:
    """Return the id of each new application; -1 where another one has it already."""
    ids = key.ids[rows].copy()
    again = pd.Series(ids).duplicated().to_numpy() & (ids >= 0)
    if len(known.ids):
        again |= np.isin(ids, known.ids) & (ids >= 0)
    findings.values(
        key.table.sheet, rows[again], key.table.column("application_id"), "duplicate_id",
        "kept as another application, under a new id",
    )  # fmt: skip
    ids[again] = -1
    return ids


def _assign(
    key: _Keys, rows: np.ndarray, apps: np.ndarray, known: _Known, findings: Findings
) -> None:
    """Join rows to the applications that are known; what remains makes new ones."""
    sheet, company = key.table.sheet, key.names["company"]
    stands_alone = len(known.ids) == 0
    known.look_up(key, rows, apps)
    if not stands_alone:
        lost = rows[(apps[rows] == -1) & (company[rows] < 0)]
        findings.records(sheet, lost, "no_such_application", key.table.column("application_id"))
        rows = np.setdiff1d(rows, lost)
    # Rows that say most make the new applications; those that say less then find them.
    for said in (key.ids >= 0, key.names["role"] >= 0, company >= 0):
        new = rows[(apps[rows] == -1) & said[rows]]
        if len(new):
            known.make(key, new, apps)
            known.look_up(key, rows[apps[rows] == -1], apps)
    several = rows[apps[rows] == _SEVERAL]
    findings.records(sheet, several, "ambiguous_join", key.table.column("company"))
    apps[several] = -1


_SEVERAL = -2


class _Known:
    """The applications found so far."""

    def __init__(self, id_texts: Sequence[str]) -> None:
        self.id_texts = id_texts
        self.ids = np.empty(0, dtype=np.int32)
        self.names = {name: np.empty(0, dtype=np.int32) for name in NAMES}

    def add(self, key: _Keys, rows: np.ndarray, ids: np.ndarray) -> np.ndarray:
        """Add one application per row; return their numbers."""
        numbers = np.arange(len(self.ids), len(self.ids) + len(rows))
        self.ids = np.concatenate([self.ids, ids])
        for name in NAMES:
            self.names[name] = np.concatenate([self.names[name], key.names[name][rows]])
        return numbers

    def make(self, key: _Keys, rows: np.ndarray, apps: np.ndarray) -> None:
        """Add one application per id, or else per name, of some rows."""
        names = [np.where(key.ids[rows] >= 0, -1, key.names[name][rows]) for name in NAMES]
        group, first = _first_of(_combine([key.ids[rows], *names]))
        apps[rows] = self.add(key, rows[first], key.ids[rows[first]])[group]
        for name in NAMES:  # a later row may name what the first one did not
            said = rows[key.names[name][rows] >= 0][::-1]
            self.names[name][apps[said]] = key.names[name][said]

    def look_up(self, key: _Keys, rows: np.ndarray, apps: np.ndarray) -> None:
        """Fill in the application of each row that has one."""
        rows = rows[apps[rows] == -1]
        apps[rows] = self._by_id(key.ids[rows])
        person = ["person"] if key.table.column("person") is not None else []
        roleless = self.names["role"] < 0
        everyone = np.ones(len(self.ids), dtype=bool)
        for names, among, of in (
            ([*person, "company", "role"], everyone, key.names["role"] >= 0),
            ([*person, "company"], roleless, key.names["role"] >= 0),
            ([*person, "company"], everyone, key.names["role"] < 0),
        ):
            for has_id in (False, True):  # an id that is not known is no application's with an id
                fits = among & (self.ids < 0) if has_id else among
                left = rows[(apps[rows] == -1) & of[rows] & (key.names["company"][rows] >= 0)]
                left = left[(key.ids[left] >= 0) == has_id]
                apps[left] = self._by_names(key, left, names, fits)

    def _by_id(self, ids: np.ndarray) -> np.ndarray:
        place = np.full(len(self.id_texts) + 1, -1)
        owned = np.flatnonzero(self.ids >= 0)
        place[self.ids[owned]] = owned
        return place[ids]

    def _by_names(
        self, key: _Keys, rows: np.ndarray, names: list[str], among: np.ndarray
    ) -> np.ndarray:
        fits = np.flatnonzero(among)
        n = len(fits)
        if not n or not len(rows):
            return np.full(len(rows), -1)
        codes = [np.concatenate([self.names[m][fits], key.names[m][rows]]) for m in names]
        combined = _combine(codes)
        place = np.full(int(combined.max()) + 1, -1)
        place[combined[:n]] = fits
        place[np.bincount(combined[:n], minlength=len(place)) > 1] = _SEVERAL
        return place[combined[n:]]

    def texts(self) -> Texts:
        """Return the id of each application; those without get the next free number."""
        ids, words, without = self.ids, self.id_texts, np.flatnonzero(self.ids < 0)
        if len(without):
            taken = set(np.array([*words, None], dtype=object)[ids[ids >= 0]])
            free = (str(number) for number in range(1, len(ids) + len(taken) + 1))
            words = [*words, *islice((text for text in free if text not in taken), len(without))]
            ids[without] = np.arange(len(self.id_texts), len(words))
        return texts_of(words, ids)


def _combine(codes: list[np.ndarray]) -> np.ndarray:
    """Return one number per distinct combination."""
    combined = np.zeros(len(codes[0]), dtype=np.int64)
    for more in codes:
        combined = pd.factorize(combined * (int(more.max(initial=0)) + 2) + more + 1)[0]
    return combined


def _first_of(groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each row's group, in order of appearance, and the first row of each group."""
    group, distinct = pd.factorize(groups)
    first = np.full(len(distinct), len(groups))
    np.minimum.at(first, group, np.arange(len(groups)))
    return group, first
