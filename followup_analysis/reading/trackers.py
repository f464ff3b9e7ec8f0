"""The exports of known trackers -> what their columns are, where the headers alone mislead.

The convention owned here: a tracker is recognised by the headers of its export. Only what differs
from the general rules stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .headers import normalise
from .sheets import Sheet


@dataclass(frozen=True)
class Tracker:
    """What is known of one sheet of an export."""

    name: str
    headers: str  # those by which it is recognised
    role: str
    fields: Mapping[str, str | None] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    dayfirst: bool | None = None

    def knows(self, headers: set[str]) -> bool:
        """Return whether a sheet with these headers is such an export."""
        return {" ".join(header.split()) for header in self.headers.split("|")} <= headers


TRACKERS = (
    Tracker(
        "LinkedIn",
        "application date | contact email | company name | job title | job url | resume name",
        "applications",
        dayfirst=False,
    ),
    Tracker("LinkedIn", "saved date | job url | job title | company name", "saved", dayfirst=False),
    Tracker(
        "Huntr",
        "id | created at | completed | completed at | start at | job id | activity category name",
        "events",
        {
            "id": None,
            "created at": None,
            "title": None,
            "completed at": "completed_on",
            "start at": "date",
        },
    ),
    Tracker(
        "career-ops",
        "num | date | from | to | source | note",
        "events",
        {"num": "application_id", "to": "kind", "from": None, "source": None},
        # A new status is not yet the interview: that has a list of its own.
        {"interview": "invited"},
    ),
    Tracker(
        "JustAJobApp",
        "company name | application status | received at | subject | sender",
        "events",
        {"application status": "kind", "received at": "date"},
    ),
    Tracker(
        "work-search record",
        "date of activity | work search activity | company name | contact method",
        "events",
        {"follow up date": "follow_up_due", "week starting": None},
    ),
)


def find_tracker(sheet: Sheet) -> Tracker | None:
    """Return the tracker that a sheet was exported by, if it is known."""
    headers = {normalise(header) for header in sheet.headers}
    return next((tracker for tracker in TRACKERS if tracker.knows(headers)), None)
