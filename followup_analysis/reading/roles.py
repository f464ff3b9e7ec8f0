"""A sheet -> what one of its rows stands for.

The convention owned here: the roles of sheets, and the least that a sheet must hold to be part of
a log: something that names the application, and a date, a status or an event of it.
"""

from __future__ import annotations

from .headers import Meaning, normalise
from .labels import repeated
from .sheets import Column, Sheet
from .words import SENSES, is_missing, plain

ROLES = {
    "applications": "one row per application",
    "interviews": "one row per interview",
    "follow_ups": "one row per follow-up",
    "events": "one row per event",
    "ratings": "one row per rating",
    "saved": "one row per job that was saved",
}
_SAMPLE = 200  # distinct words looked at to see what a column holds
_TELLING = {
    "status", "applied_on", "date", "stage", "interview_on", "rejected_on", "offer_on", "offer",
    "first_response_on", "follow_up_on", "follow_up_due", "accepted_on", "withdrawn_on",
}  # fmt: skip
_COMMON = {"date", "counter", "notes", "type", "name", "application_id", "stage", "channel", "how"}

Meanings = list[Meaning | None]


def find_role(sheet: Sheet, meanings: Meanings, beside_events: bool = False) -> str | None:
    """Say what one row of a sheet stands for; nothing where the sheet is no part of a log.

    With `beside_events`, another sheet tells what happened: names and ids are enough here.
    """
    has = {meaning.field for meaning in meanings if meaning}
    if not has & {"company", "application_id", "role", "counter", "name", "title"}:
        return None
    if not has & {"company", "role", "name", "title"} and has & {"follow_up_on", "follow_up_due"}:
        return "follow_ups"
    if "kind" in has and ("date" in has or "status" not in has):
        return "events"
    if "date" in has and has & {"stress", "control"} and not has & {"status", "interview_on"}:
        return "ratings" if "applied_on" not in has else "applications"
    if "applied_on" in has:
        repeats = _repeats_applications(sheet, meanings)
        return "interviews" if repeats else _applications(has)
    if "date" in has and _tells_events(sheet, meanings):
        return "events"
    if {"saved_on", "company"} <= has and not has & {"status", "stage"}:
        return "saved"
    if beside_events and {"application_id", "company"} <= has:
        return "applications"
    about = normalise(f"{sheet.file.rsplit('/', 1)[-1].rsplit('.', 1)[0]} {sheet.name}")
    return _part_of_an_application(sheet, has, meanings, about) or _applications(has)


def _part_of_an_application(
    sheet: Sheet, has: set[str], meanings: Meanings, about: str
) -> str | None:
    """Return the role of a sheet whose rows are interviews or follow-ups."""
    dated = "date" in has
    if dated and "follow" in about:
        return "follow_ups"
    if dated and ("interview" in about or _names_rounds(sheet, has)):
        return "interviews"
    if {m.key for m in meanings if m and m.field == "interview_on"} == {""} and not dated:
        return "interviews"
    if dated and has & {"channel", "content"} and not has & {"status", "interview_on", "source"}:
        return "follow_ups"
    return None


def _names_rounds(sheet: Sheet, has: set[str]) -> bool:
    headers = {normalise(header) for header in sheet.headers}
    rounds = headers & {"round", "interview type", "interview stage", "interview round"}
    return bool(rounds) and not has & {"status", "interview_on"}


def _applications(has: set[str]) -> str | None:
    named = "company" in has or ("name" in has and has & {"status", "applied_on"})
    known = named or len(has - _COMMON) > 1
    return "applications" if known and has & _TELLING else None


def _tells_events(sheet: Sheet, meanings: Meanings) -> bool:
    """Return whether a column "type" holds words such as applied, interview, follow-up."""
    for column, meaning in zip(sheet.columns, meanings, strict=True):
        if meaning and meaning.field == "type":
            words = [plain(word) for word in column.words[:_SAMPLE] if not is_missing(word)]
            kinds = {SENSES[word].kind for word in words if word in SENSES}
            if len(kinds) > 1 and sum(word in SENSES for word in words) >= 0.6 * len(words):
                return True
    return False


def _repeats_applications(sheet: Sheet, meanings: Meanings) -> bool:
    """Return whether an application stands in several rows, each with another interview."""
    columns: dict[str, Column] = {}
    for column, meaning in zip(sheet.columns, meanings, strict=True):
        if meaning and meaning.key == "":
            columns.setdefault(meaning.field, column)
    if not {"interview_on", "company"} <= columns.keys():
        return False
    key = [f for f in ("application_id", "person", "company", "role", "applied_on") if f in columns]
    known = columns["company"].filled & columns["applied_on"].filled
    again = repeated([columns[name].codes for name in key], with_first=True) & known
    dates = columns["interview_on"].codes[again]
    return len(dates) > 0 and (dates >= 0).all() and len(set(dates)) > 1
