"""A header with several meanings -> the one that it has in its sheet.

The convention owned here: the role of the sheet decides, and then what stands in the column.
"""

from __future__ import annotations

from collections.abc import Callable

from .dates import look_like_dates
from .headers import Meaning, normalise, understand
from .sheets import Column
from .understood import Table
from .vocabulary import Vocabulary
from .words import is_missing, is_no, is_yes

SEVERAL = ("status", "notes")  # fields that more than one column may give
GROUP_FIELDS = {"stage": "interview", "interview_result": "interview", "channel": "follow_up"}
_SAMPLE = 200  # distinct words looked at to see what a column holds
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
_HOW = ("how", "how sent", "by", "via", "method")
_NOT_APPLIED_ON = ("created at", "timestamp", "received at", "completed at")

Settled = tuple[Meaning | None, str]  # what a column is, and why


def settle(table: Table, column: Column, meaning: Meaning, vocabulary: Vocabulary) -> Settled:
    """Decide what a header means in this sheet."""
    if meaning.field == "how" or normalise(column.header) in _HOW:
        settled = _settle_how(table, column, vocabulary)
        if settled is not None or meaning.field == "how":
            return settled or (None, "it does not say how a follow-up was sent")
    if normalise(column.header) == "person" and not column.filled.all():
        return Meaning("contact"), "not in each row, so it is nobody's search: a contact"
    if normalise(column.header) == "thank you notes" and are_days(column):
        return understand("thank you note"), "header, and it holds dates"
    if meaning.field == "date":
        return _settle_date(table, column)
    if meaning.field in _BY_ROLE:
        return _settle_by_role(table, column, meaning, vocabulary)
    if meaning.field in ("name", "title", "counter"):
        return _settle_identity(table, column, meaning)
    if meaning.field in ("offer", "response"):
        field_of_day = {"offer": "offer_on", "response": "first_response_on"}[meaning.field]
        if are_days(column):
            return Meaning(field_of_day), "header, and it holds dates"
        return Meaning("status"), "header, and it holds words"
    if meaning.field in ("interview_on", "offer_on", "rejected_on", "withdrawn_on"):
        if not are_days(column) and are_statuses(column, vocabulary):
            return Meaning("status"), "it holds the words of a status"
        if not meaning.usual and not are_days(column):
            return None, "it holds no dates: kept as an extra column"
    if meaning.group == "follow_up" and not meaning.usual:
        return _settle_follow_up(table, column, meaning)
    return meaning, "header"


def _settle_how(table: Table, column: Column, vocabulary: Vocabulary) -> Settled | None:
    """Settle "how", "by", "via": in a sheet of events or follow-ups, how they were sent."""
    channels = _share(column, lambda word: vocabulary.of("channel", word)) > 0.5
    if table.role not in ("events", "follow_ups") or not channels or "channel" in table.fields:
        return None
    group = "follow_up" if table.role == "follow_ups" else ""
    return Meaning("channel", group), "it holds the channels of follow-ups"


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
    if name is None or (name in table.fields and name not in SEVERAL):
        return None, f"not needed in a sheet of {role.replace('_', '-')}: kept as an extra column"
    group = GROUP_FIELDS.get(name, "") if role in ("interviews", "follow_ups") else ""
    group = "interview" if name == "went_well" and role == "interviews" else group
    return Meaning(name, group), f"header, in a sheet of {role.replace('_', '-')}"


def _settle_identity(table: Table, column: Column, meaning: Meaning) -> Settled:
    if meaning.field == "title":
        if "role" in table.fields:
            return None, "another column is read as role: kept as an extra column"
        return Meaning("role"), "header"
    if meaning.field == "name":
        if normalise(column.header) == "client" and "company" in table.fields:
            return Meaning("person"), "beside the company: whose search it is"
        if "company" in table.fields:
            return None, "kept as an extra column"
        return Meaning("company"), "the only name in the sheet"
    if table.role == "applications" and "application_id" not in table.fields:
        return Meaning("counter"), "numbers the rows"
    return None, "numbers the rows: kept as an extra column"


def _settle_follow_up(table: Table, column: Column, meaning: Meaning) -> Settled:
    """Settle "follow up" and "follow-up date", which stand for plans as well as for deeds."""
    if says_done(column) and _has_open_date(table):
        return meaning._replace(field="follow_up_on"), "it ticks the dates beside it"
    if not are_days(column):
        return None, "it does not say whether a follow-up was sent: rename it 'follow-up sent'"
    sent = [g.parts["follow_up_on"] for g in table.groups if "follow_up_on" in g.parts]
    # A tick beside the date says that what stands there was done.
    ticked = sum(says_done(each) for each in sent)
    numbered = _are_numbered(sent) and meaning.field == "follow_up_on"  # all are of one kind
    done = len(sent) > ticked and not numbered
    due = any(g.kind == "follow_up" and "follow_up_due" in g.parts for g in table.groups)
    name = meaning.field
    if done or due or ticked:
        name = "follow_up_due" if done else "follow_up_on"
    other = "follow_up_on" if name == "follow_up_due" else "follow_up_due"
    taken = "plans" if name == "follow_up_due" else "follow-ups that were done"
    not_taken = "follow-ups that were done" if name == "follow_up_due" else "plans"
    if done or not (due or ticked) or _are_open(sent):
        table.notes.append(
            f"The dates of {column.header!r} were taken for {taken}. If they are {not_taken}: "
            f"columns={{{column.header!r}: {other!r}}}."
        )
    return meaning._replace(field=name), f"header, taken for {taken}"


def _has_open_date(table: Table) -> bool:
    """Return whether a sheet has a column "follow-up date", which leaves open what was done."""
    return any(
        m and m.field == "follow_up_on" and m.group and not m.usual and are_days(column)
        for column in table.sheet.columns
        for m in [understand(column.header)]
    )


def _are_open(columns: list[Column]) -> bool:
    """Return whether a header leaves open whether a follow-up was sent."""
    meanings = [understand(column.header) for column in columns]
    return any(m.group == "follow_up" and not m.usual for m in meanings if m)


def _are_numbered(columns: list[Column]) -> bool:
    """Return whether all headers count: "second follow-up", "follow-up 2"."""
    meanings = [understand(column.header) for column in columns]
    return bool(columns) and all(m is not None and m.key.isdecimal() for m in meanings)


def _share(column: Column, test: Callable[[str], object]) -> float:
    words = [word for word in column.words[:_SAMPLE] if word and not is_missing(word)]
    return sum(bool(test(word)) for word in words) / len(words) if words else 0.0


def are_days(column: Column) -> bool:
    """Return whether most of a column are dates."""
    return look_like_dates(column.words[:_SAMPLE])


def are_statuses(column: Column, vocabulary: Vocabulary) -> bool:
    """Return whether most of a column are words of a status."""
    return _share(column, lambda w: vocabulary.senses(w) and not is_yes(w) and not is_no(w)) > 0.5


def says_done(column: Column) -> bool:
    """Return whether most of a column are ticks, or yes and no."""
    return _share(column, lambda word: is_yes(word) or is_no(word)) > 0.5
