"""A sheet that lists changes of status -> which of its columns say what happened, and when.

The convention owned here: what was before stands beside what came after, both in words of a status,
and some application changes more than once. An e-mail has a "from" and a "to", but no such words;
a sheet of applications has days of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .headers import Meaning, normalise
from .labels import repeated
from .settling import are_days, are_statuses
from .sheets import Sheet
from .vocabulary import Vocabulary

_BEFORE = {
    "from", "old status", "previous status", "from status", "status from", "status before",
    "prior status", "old stage", "previous stage", "from stage", "stage from", "stage before",
    "before", "old", "old value", "alter status", "ancien statut", "estado anterior",
}  # fmt: skip
_AFTER = (
    "to", "new status", "to status", "status to", "status after", "new stage", "to stage",
    "stage to", "stage after", "after", "new", "new value", "neuer status", "nouveau statut",
    "nuevo estado", "status", "current status", "stage", "current stage",
)  # fmt: skip
_ONLY_AFTER = ("new status", "new stage", "status changed to", "stage changed to")
_CHANGED_ON = (
    "changed on", "changed at", "date changed", "change date", "date of change", "moved on",
    "moved at", "status changed on", "status date", "updated", "updated at", "updated on",
    "transition date",
)  # fmt: skip
_VALUES = {"new", "old"}  # as likely to stand in a row as above it
_HEADERS = {*_BEFORE, *_AFTER, *_ONLY_AFTER, *_CHANGED_ON} - _VALUES
# A sheet with a column for such a day tells of applications.
_OWN_DAYS = {"applied_on", "interview_on", "rejected_on", "offer_on", "withdrawn_on"}
NOTE = (
    "{where} lists changes of status: the day of a change to an interview was taken for the day "
    "of the interview."
)


def is_of_changes(header: str) -> bool:
    """Return whether a cell may be a header of such a list."""
    return len(header) < 60 and normalise(header) in _HEADERS


def fields_of_changes(
    sheet: Sheet, meanings: Sequence[Meaning | None], vocabulary: Vocabulary
) -> dict[str, str | None]:
    """Say which headers are the day and the kind of an event; none where it is no such list."""
    if any(meaning and meaning.field in _OWN_DAYS for meaning in meanings):
        return {}
    known = {normalise(column.header): column for column in sheet.columns}
    before = [known[name] for name in _BEFORE & known.keys()]
    names = _AFTER if before else _ONLY_AFTER
    after = [known[name] for name in names if name in known]
    told = [*before, *after[:1]]
    if not after or not all(are_statuses(column, vocabulary) for column in told):
        return {}
    if not _changes_more_than_once(sheet, meanings):
        return {}
    when = [known[name].header for name in _CHANGED_ON if name in known]
    if not when and not any(meaning and meaning.field == "date" for meaning in meanings):
        days = [column.header for column in sheet.columns if are_days(column)]
        when = days if len(days) == 1 else []
    return {**dict.fromkeys(when[:1], "date"), after[0].header: "kind"}


def _changes_more_than_once(sheet: Sheet, meanings: Sequence[Meaning | None]) -> bool:
    """Return whether some application stands in several rows."""
    named: dict[str, np.ndarray] = {}
    for column, meaning in zip(sheet.columns, meanings, strict=True):
        if meaning:
            named.setdefault(meaning.field, np.where(column.filled, column.codes, -1))
    names = [named[field] for field in ("person", "company", "role") if field in named]
    ids = [named["application_id"]] if "application_id" in named else []
    return any(
        (repeated(key, with_first=True) & (np.max(key, axis=0) >= 0)).any()
        for key in (ids, names)
        if key
    )
