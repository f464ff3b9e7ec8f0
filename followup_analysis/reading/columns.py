"""A sheet -> which of its columns is which field, and why.

The convention owned here: who has the last word. The user, then the tracker, then the header; of
two columns for one field the first. A column that is not understood is kept as an extra column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from ..errors import ColumnError, LogError
from .changes import NOTE, fields_of_changes
from .dated_words import take_days_out
from .headers import FIELDS, Meaning, normalise, understand
from .responses import find_responses
from .roles import find_role
from .settling import GROUP_FIELDS, SEVERAL, Settled, are_days, says_done, settle
from .sheets import Column, Sheet
from .slips import UNKNOWN, notes_of_slips
from .trackers import Tracker, find_tracker
from .understood import Group, Table
from .vocabulary import Vocabulary

_DAYS = {"interview_on", "follow_up_on", "follow_up_due"}
# Fields that are read in a sheet of any role, and those of a row that tells of one event.
_OF_APPLICATIONS = {
    "application_id", "counter", "person", "company", "role", "role_family", "applied_on", "source",
    "referral", "contact", "status", "status_date", "notes", "first_response_on", "advance_on",
    "assessment_on", "offer_on", "accepted_on", "declined_on", "rejected_on", "withdrawn_on",
    "closed_on", "ghosted_on", "stress", "control", "as_of", "saved_on",
}  # fmt: skip
_OF_EVENTS = {
    "kind", "date", "detail", "stage", "channel", "content", "planned", "done", "clock",
    "completed_on", "went_well", "rated_on", "stated_deadline", "n_finalists",
}  # fmt: skip
_ONE_EVENT = ("events", "ratings")  # roles in which a row tells of one event or rating


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
    meanings = [_meaning(column, given) for column in sheet.columns]
    changes = {} if tracker or sheet.kinds else fields_of_changes(sheet, meanings, vocabulary)
    given = {**changes, **given}
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
    if changes:
        table.notes.append(NOTE.format(where=sheet.where()))
    # Columns that are sure come first, so that an unsure one never takes their place.
    for column, meaning in sorted(pairs, key=lambda p: not _is_sure(p[0], p[1], given)):
        if column.header in overrides:
            settled: Settled = (meaning, "given in columns=")
        elif column.header in given:
            by = f"as {tracker.name} exports it" if tracker else "in a list of events"
            settled = (meaning, by)
        elif meaning is None:
            settled = (None, UNKNOWN)
        else:
            settled = settle(table, column, meaning, vocabulary)
        _place(table, column, *settled)
    _join_loose_parts(table)
    _leave_unused(table)
    take_days_out(table, vocabulary)
    table.responses = find_responses(table, given)
    table.notes += notes_of_slips(table)
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
            meant = understand(name)  # it may be a header that is known
            known = [meant.field] if meant and meant.field in FIELDS else []
            close = known or get_close_matches(name, FIELDS, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise LogError(
                f"columns: {header!r} is to be {name!r}, which is no field of a log.{hint} "
                f"The fields are: {', '.join(sorted(FIELDS))}."
            )


def _field_and_key(name: str) -> tuple[str, str]:
    stem, _, number = name.replace(" ", "_").rpartition("_")
    return (stem, number) if number.isdecimal() else (name, "")


def _meaning(column: Column, overrides: Mapping[str, str | None]) -> Meaning | None:
    if column.header not in overrides:
        return understand(column.header)
    name = overrides[column.header]
    if name is None:
        return None
    stem, key = _field_and_key(name)
    usual = understand(stem)
    group = usual.group if usual and usual.field == stem else GROUP_FIELDS.get(stem, "")
    return Meaning(stem, group, key)


def _is_sure(column: Column, meaning: Meaning | None, overrides: Mapping) -> bool:
    return column.header in overrides or bool(meaning and meaning.usual)


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
    if columns and name not in SEVERAL:
        if name.endswith("_on") and are_days(column) and not are_days(columns[0]):
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
        if says_done(column) and name.endswith("_on"):
            name = "done"
        elif says_done(group.parts[name]) and name.endswith("_on"):
            group.parts["done"] = group.parts.pop(name)
        elif name.endswith("_on"):  # another interview of the same application
            key = f"{key} {len(table.groups)}".strip()
            group = _group(table, meaning.group, key)
    if name in group.parts:
        table.leave(column, f"{group.parts[name].header!r} is read as {name}: kept as it is")
        return
    group.detail = group.detail or meaning.detail
    group.parts[name] = column
    table.reasons[id(column)] = (f"{name} {key}".strip() if key.isdecimal() else name, reason)


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


def _leave_unused(table: Table) -> None:
    """Keep the columns of fields that mean nothing in a sheet of this role as they are."""
    interviews = [group for group in table.groups if "interview_on" in group.parts]
    if table.role != "events" and len(interviews) == 1 and "clock" in table.fields:
        interviews[0].parts.setdefault("clock", table.fields.pop("clock")[0])
    _give_ticks(table)
    used = _OF_APPLICATIONS | (_OF_EVENTS if table.role == "events" else set())
    used |= {"date", "rated_on"} if table.role == "ratings" else set()
    if table.fields.keys() & {"stress", "control"}:
        used |= {"rated_on"}
    for name in [name for name in table.fields if name not in used]:
        why = f"nothing is known of {name} in a sheet of {table.role.replace('_', '-')}"
        for column in table.fields.pop(name):
            table.leave(column, why)


def _give_ticks(table: Table) -> None:
    """Give "completed" to the one interview or follow-up that a row tells of."""
    dated = [group for group in table.groups if group.parts.keys() & _DAYS]
    if table.role not in ("interviews", "follow_ups") or len(dated) != 1:
        return
    column = table.column("done")
    if column is not None and says_done(column) and "done" not in dated[0].parts:
        dated[0].parts["done"] = table.fields.pop("done")[0]


def _place_of(table: Table, group: Group) -> int:
    places = {id(column): place for place, column in enumerate(table.sheet.columns)}
    return min(places[id(column)] for column in group.parts.values())
