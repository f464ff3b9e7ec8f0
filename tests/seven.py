"""Seven applications, small enough to work every number out by hand; see the comments."""

import pandas as pd

import followup_analysis as fa

APPLICATIONS = pd.DataFrame(
    {
        "application_id": list("ABCDEFG"),
        "company": ["Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gorse"],
        "role_family": ["sales", "sales", "other", "other", "sales", "other", "sales"],
        "applied_on": ["2026-02-20"] * 6 + ["2026-03-01"],
    }
)
_ROWS = [
    # A: written to on day 1, yes on day 4
    ("A", "2026-03-02", "interview", "first"),
    ("A", "2026-03-03", "follow_up", "email"),
    ("A", "2026-03-06", "offer", None),
    # B: written to on the day of the answer, no on day 2
    ("B", "2026-03-02", "interview", "first"),
    ("B", "2026-03-04", "rejection", None),
    ("B", "2026-03-04", "follow_up", "note"),
    # C: written to on day 1, next round on day 4; the second interview is given up on, so open
    ("C", "2026-03-05", "interview", "screen"),
    ("C", "2026-03-06", "follow_up", "letter"),
    ("C", "2026-03-09", "advance", None),
    ("C", "2026-03-16", "interview", "final"),
    ("C", "2026-03-25", "ghosted", None),
    # D: withdrawn on day 2
    ("D", "2026-03-10", "interview", "first"),
    ("D", "2026-03-12", "withdrawal", None),
    # E: written to on day 7, open for 11 days; another follow-up is only planned
    ("E", "2026-03-20", "interview", "first"),
    ("E", "2026-03-27", "follow_up", "call"),
    ("E", "2026-04-02", "follow_up", "email"),
    ("E", "2026-04-05", "interview", "final"),
    # F: a no on an unknown day
    ("F", "2026-03-01", "interview", "first"),
    ("F", None, "rejection", None),
    # G: never interviewed
    ("G", "2026-03-08", "rejection", None),
]
EVENTS = pd.DataFrame(_ROWS, columns=["application_id", "date", "kind", "detail"]).assign(
    planned=lambda rows: rows["date"] > "2026-03-31"
)


def seven_applications(**changes) -> fa.JobSearchLog:
    """Return the log; it ends on 2026-03-31."""
    return fa.JobSearchLog(
        **{"applications": APPLICATIONS, "events": EVENTS, "as_of": "2026-03-31", **changes}
    )
