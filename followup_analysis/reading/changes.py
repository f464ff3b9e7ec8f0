"""A sheet that lists changes of status -> which of its columns say what happened, and when.

The convention owned here: what was before stands beside what came after, and what came after is
told in words that are known; an e-mail has a "from" and a "to", but no such words.
"""

from __future__ import annotations

from .headers import normalise
from .settling import are_statuses
from .sheets import Sheet
from .vocabulary import Vocabulary

_BEFORE = {
    "from", "old status", "previous status", "from status", "status before", "prior status",
    "old stage", "previous stage", "from stage", "stage before",
}  # fmt: skip
_AFTER = (
    "to", "new status", "to status", "status after", "new stage", "to stage", "stage after",
    "status", "current status", "stage", "current stage",
)  # fmt: skip
_ONLY_AFTER = ("new status", "new stage", "status changed to", "stage changed to")
_CHANGED_ON = (
    "changed on", "changed at", "date changed", "change date", "date of change", "moved on",
    "moved at", "status changed on", "status date",
)  # fmt: skip
_HEADERS = {*_BEFORE, *_AFTER, *_ONLY_AFTER, *_CHANGED_ON}
NOTE = (
    "{where} lists changes of status: the day of a change to an interview was taken for the day "
    "of the interview."
)


def is_of_changes(header: str) -> bool:
    """Return whether a cell may be a header of such a list."""
    return len(header) < 60 and normalise(header) in _HEADERS


def fields_of_changes(sheet: Sheet, vocabulary: Vocabulary) -> dict[str, str | None]:
    """Say which headers are the day and the kind of an event; none where it is no such list."""
    known = {normalise(column.header): column for column in sheet.columns}
    names = _AFTER if known.keys() & _BEFORE else _ONLY_AFTER
    after = [known[name] for name in names if name in known]
    if not after or not are_statuses(after[0], vocabulary):
        return {}
    when = [known[name].header for name in _CHANGED_ON if name in known]
    return {**dict.fromkeys(when[:1], "date"), after[0].header: "kind"}
