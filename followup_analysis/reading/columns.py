"""A sheet -> which of its columns is which field, and why.

The convention owned here: what a header with several meanings is taken to mean, by the role of
the sheet and its values. A column that is not understood is kept as an extra column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from ..errors import ColumnError, LogError
from .dates import look_like_dates
from .headers import FIELDS, Meaning, normalise, understand
from .roles import find_role
from .sheets import Column, Sheet
from .trackers import Tracker, find_tracker
from .vocabulary import Vocabulary
from .words import is_missing, is_missing_name, is_no, is_yes

_SEVERAL = ("status", "notes")  # fields that more than one column may give
_NAMES = ("person", "company", "contact")
_SAMPLE = 200  # distinct words looked at to see what a column holds
_GROUP_FIELDS = {"stage": "interview", "channel": "follow_up"}
_BY_ROLE = {
    "date": {
        "applications": "applied_on",
        "interviews": "interview_on",
        "follow_ups": "follow_up_on",
        "events": "date",
        "ratings": "date",
        "saved": "date",
    },
    "type": {"interviews": "stage", "follow_ups": "channel", "events": "kind"},
    "stage": {"applications": "status", "interviews": "stage", "events": "detail"},
    "channel": {"applications": "source", "follow_ups": "channel", "events": "channel"},
    "rating": {"interviews": "went_well", "events": "went_well"},
}
_DAYS = {"interview_on", "follow_up_on", "follow_up_due"}
_ONE_EVENT = ("events", "ratings")  # roles in which a row tells of one event or rating
_NOT_APPLIED_ON = ("created at", "timestamp", "received at", "completed at")

Settled = tuple[Meaning | None, str]


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

    def is_missing(self, name: str, word: str) -> bool:
        """Return whether a word in the column of a field says that there is nothing."""
        if self.tidy:
            return not word
        return is_missing_name(word) if name in _NAMES else is_missing(word)

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


def understand_sheet(
    sheet: Sheet,
    overrides: Mapping[str, str | None],
    vocabulary: Vocabulary,
    beside_events: bool = False,
) -> Table | None:
    """Say what the columns of a sheet are.

    Parameters
    ----------
    sheet : Sheet
        A sheet.
    overrides : mapping
        Header -> field, or None for a column that is to be left alone.
    vocabulary : Vocabulary
        The words that are known.
    beside_events : bool
        Whether another sheet of the source tells what happened.

    Returns
    -------
    Table or None
        Nothing where the sheet holds no log.
    """
    tracker = find_tracker(sheet)
    given = {**_fields_of(tracker, sheet), **overrides}
    pairs = [(column, _meaning(column, given)) for column in sheet.columns]
    role = find_role(sheet, [meaning for _, meaning in pairs], beside_events)
    if tracker and not overrides.keys() & {*sheet.headers}:
        role = tracker.role
    if role is None:
        return None
    table = Table(sheet, role)
    if tracker:
        table.dayfirst, table.words = tracker.dayfirst, tracker.words
        table.notes.append(f"{sheet.where()} was read as an export of {tracker.name}.")
    # Columns that are sure come first, so that an unsure one never takes their place.
    for column, meaning in sorted(pairs, key=lambda p: not _is_sure(p[0], p[1], given)):
        if column.header in overrides:
            settled: Settled = (meaning, "given in columns=")
        elif column.header in given:
            by = f"as {tracker.name} exports it" if tracker else "in a list of events"
            settled = (meaning, by)
        elif meaning is None:
            settled = (None, "unknown header: kept as an extra column")
        else:
            settled = _settle(table, column, meaning, vocabulary)
        _place(table, column, *settled)
    _join_loose_parts(table)
    return table


def _fields_of(tracker: Tracker | None, sheet: Sheet) -> dict[str, str | None]:
    """Return what the headers of a sheet are, where the tracker or the file says it."""
    if tracker is None:
        return {sheet.kinds: "kind"} if sheet.kinds else {}
    known = {header: normalise(header) for header in sheet.headers}
    return {header: tracker.fields[n] for header, n in known.items() if n in tracker.fields}


def check_overrides(overrides: Mapping[str, str | None], sheets: Iterable[Sheet]) -> None:
    """Raise an error for a header that no sheet has, or a field that does not exist."""
    headers = [header for sheet in sheets for header in sheet.headers]
    for header, name in overrides.items():
        if header not in headers:
            raise ColumnError(header, dict.fromkeys(headers))
        if name is not None and _field_and_key(name)[0] not in FIELDS:
            close = get_close_matches(name, FIELDS, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise LogError(
                f"columns: {header!r} is to be {name!r}, which is no field of a log.{hint} "
                f"The fields are: {', '.join(sorted(FIELDS))}."
            )


def _field_and_key(name: str) -> tuple[str, str]:
    stem, _, number = name.replace(" ", "_").rpartition("_")
    return (stem, number) if number.isdigit() else (name, "")


def _meaning(column: Column, overrides: Mapping[str, str | None]) -> Meaning | None:
    if column.header not in overrides:
        return understand(column.header)
    name = overrides[column.header]
    if name is None:
        return None
    stem, key = _field_and_key(name)
    usual = understand(stem)
    group = usual.group if usual and usual.field == stem else _GROUP_FIELDS.get(stem, "")
    return Meaning(stem, group, key)


def _is_sure(column: Column, meaning: Meaning | None, overrides: Mapping) -> bool:
    return column.header in overrides or bool(meaning and meaning.usual)


def _settle(table: Table, column: Column, meaning: Meaning, vocabulary: Vocabulary) -> Settled:
    """Decide what a header means in this sheet."""
    if meaning.field == "date":
        return _settle_date(table, column)
    if meaning.field in _BY_ROLE:
        return _settle_by_role(table, column, meaning, vocabulary)
    if meaning.field in ("name", "title", "counter"):
        return _settle_identity(table, meaning)
    if meaning.field in ("offer", "response"):
        field_of_day = {"offer": "offer_on", "response": "first_response_on"}[meaning.field]
        if _are_days(column):
            return Meaning(field_of_day), "header, and it holds dates"
        return Meaning("status"), "header, and it holds words"
    if meaning.field in ("interview_on", "offer_on", "rejected_on", "withdrawn_on"):
        if not _are_days(column) and _are_statuses(column, vocabulary):
            return Meaning("status"), "it holds the words of a status"
        if not meaning.usual and not _are_days(column):
            return None, "it holds no dates: kept as an extra column"
    if meaning.group == "follow_up" and not meaning.usual:
        return _settle_follow_up(table, column, meaning)
    return meaning, "header"


def _settle_date(table: Table, column: Column) -> Settled:
    name = _BY_ROLE["date"][table.role]
    phrase = normalise(column.header)
    if table.role == "applications" and phrase in _NOT_APPLIED_ON:
        return None, "it may not be the day of the application: kept as an extra column"
    group = {"interview_on": "interview", "follow_up_on": "follow_up"}.get(name, "")
    taken = any(name in g.parts for g in table.groups) if group else name in table.fields
    if taken:
        return None, f"another column is read as {name}: kept as an extra column"
    return Meaning(name, group), f"header, in a sheet of {table.role.replace('_', '-')}"


def _settle_by_role(
    table: Table, column: Column, meaning: Meaning, vocabulary: Vocabulary
) -> Settled:
    """Settle "type", "stage", "channel", "platform", "rating"."""
    role = table.role
    name = _BY_ROLE[meaning.field].get(role)
    if meaning.field == "channel" and meaning.group:  # "follow-up channel"
        return meaning, "header"
    if meaning.field == "stage" and meaning.group:  # "interview type"
        return meaning, "header"
    if meaning.field == "channel" and role == "applications":
        follow_ups = [g for g in table.groups if "follow_up_on" in g.parts]
        if len(follow_ups) == 1 and _share(column, lambda w: vocabulary.of("channel", w)) > 0.5:
            return Meaning("channel", "follow_up"), "it holds the channels of follow-ups"
    if meaning.field == "type" and role == "events" and "kind" in table.fields:
        name = "detail"
    if name is None or (name in table.fields and name not in _SEVERAL):
        return None, f"not needed in a sheet of {role.replace('_', '-')}: kept as an extra column"
    group = _GROUP_FIELDS.get(name, "") if role in ("interviews", "follow_ups") else ""
    group = "interview" if name == "went_well" and role == "interviews" else group
    return Meaning(name, group), f"header, in a sheet of {role.replace('_', '-')}"


def _settle_identity(table: Table, meaning: Meaning) -> Settled:
    if meaning.field == "title":
        if "role" in table.fields:
            return None, "another column is read as role: kept as an extra column"
        return Meaning("role"), "header"
    if meaning.field == "name":
        if "company" in table.fields:
            return None, "kept as an extra column"
        return Meaning("company"), "the only name in the sheet"
    if table.role == "applications" and "application_id" not in table.fields:
        return Meaning("counter"), "numbers the rows"
    return None, "numbers the rows: kept as an extra column"


def _settle_follow_up(table: Table, column: Column, meaning: Meaning) -> Settled:
    """Settle "follow up" and "follow-up date", which stand for plans as well as for deeds."""
    if not _are_days(column):
        return None, "it does not say whether a follow-up was sent: rename it 'follow-up sent'"
    done = any(g.kind == "follow_up" and "follow_up_on" in g.parts for g in table.groups)
    due = any(g.kind == "follow_up" and "follow_up_due" in g.parts for g in table.groups)
    name = meaning.field
    if done or due:
        name = "follow_up_due" if done else "follow_up_on"
    other = "follow_up_on" if name == "follow_up_due" else "follow_up_due"
    taken = "plans" if name == "follow_up_due" else "follow-ups that were done"
    not_taken = "follow-ups that were done" if name == "follow_up_due" else "plans"
    if not (done or due):
        table.notes.append(
            f"The dates of {column.header!r} were taken for {taken}. If they are {not_taken}: "
            f"columns={{{column.header!r}: {other!r}}}."
        )
    return meaning._replace(field=name), f"header, taken for {taken}"


def _place(table: Table, column: Column, meaning: Meaning | None, reason: str) -> None:
    """Put a column in its place."""
    if meaning is None:
        table.leave(column, reason)
    elif meaning.group and (table.role not in _ONE_EVENT or meaning.field in _DAYS):
        _place_in_group(table, column, meaning, reason)
    else:
        _place_in_field(table, column, meaning.field, reason)


def _place_in_field(table: Table, column: Column, name: str, reason: str) -> None:
    columns = table.fields.setdefault(name, [])
    if columns and name not in _SEVERAL:
        if name.endswith("_on") and _are_days(column) and not _are_days(columns[0]):
            column, columns[0] = columns[0], column
            table.reasons[id(columns[0])] = (name, reason)
        table.leave(column, f"{columns[0].header!r} is read as {name}: kept as an extra column")
        return
    columns.append(column)
    table.reasons[id(column)] = (name, reason)


def _place_in_group(table: Table, column: Column, meaning: Meaning, reason: str) -> None:
    name, key = meaning.field, meaning.key
    group = _group(table, meaning.group, key)
    if name in group.parts:
        if _says_done(column) and name.endswith("_on"):
            name = "done"
        elif _says_done(group.parts[name]) and name.endswith("_on"):
            group.parts["done"] = group.parts.pop(name)
        elif name.endswith("_on"):  # another interview of the same application
            key = f"{key} {len(table.groups)}".strip()
            group = _group(table, meaning.group, key)
    if name in group.parts:
        table.leave(column, f"{group.parts[name].header!r} is read as {name}: kept as it is")
        return
    group.detail = group.detail or meaning.detail
    group.parts[name] = column
    table.reasons[id(column)] = (f"{name} {key}".strip() if key.isdigit() else name, reason)


def _group(table: Table, kind: str, key: str) -> Group:
    for group in table.groups:
        if (group.kind, group.key) == (kind, key):
            return group
    table.groups.append(Group(kind, key))
    return table.groups[-1]


def _join_loose_parts(table: Table) -> None:
    """Give parts that name no interview ("went well") to the interview, if there is only one."""
    for kind in ("interview", "follow_up"):
        groups = [group for group in table.groups if group.kind == kind]
        dated = [g for g in groups if g.parts.keys() & {"interview_on", "follow_up_on"}]
        for loose in [g for g in groups if not g.parts.keys() & _DAYS]:
            table.groups.remove(loose)
            alone = len(dated) == 1 and loose.key == ""
            if alone and not loose.parts.keys() & dated[0].parts.keys():
                dated[0].parts |= loose.parts
                continue
            why = "there are several" if dated else "there is no date"
            for column in loose.parts.values():
                table.leave(column, f"{why} of the {kind.replace('_', '-')} that it belongs to")
    table.groups.sort(key=lambda g: (g.kind != "interview", _place_of(table, g)))


def _place_of(table: Table, group: Group) -> int:
    places = {id(column): place for place, column in enumerate(table.sheet.columns)}
    return min(places[id(column)] for column in group.parts.values())


def _share(column: Column, test) -> float:  # type: ignore[no-untyped-def]
    words = [word for word in column.words[:_SAMPLE] if word and not is_missing(word)]
    return sum(bool(test(word)) for word in words) / len(words) if words else 0.0


def _are_days(column: Column) -> bool:
    return look_like_dates(column.words[:_SAMPLE])


def _are_statuses(column: Column, vocabulary: Vocabulary) -> bool:
    return _share(column, lambda w: vocabulary.senses(w) and not is_yes(w) and not is_no(w)) > 0.5


def _says_done(column: Column) -> bool:
    return _share(column, lambda word: is_yes(word) or is_no(word)) > 0.5
