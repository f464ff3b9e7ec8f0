"""Follow-ups that are due -> a calendar file by RFC 5545.

The conventions owned here: how a follow-up is recognised again (its identifier), and that no text
of a log is anything but text in a calendar.
"""

from __future__ import annotations

import re
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from .errors import FollowupError

# Some calendars show descriptions as HTML; what could be a tag gets other brackets.
_INERT = str.maketrans({"<": "\u2039", ">": "\u203a"})
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def write_calendar(
    rows: pd.DataFrame, path: str | PathLike, *, on: pd.Timestamp, overwrite: bool = False
) -> Path:
    """Write each row as an event of whole days.

    Parameters
    ----------
    rows : pandas.DataFrame
        The rows of `due` that are due or coming.
    path : str or path
        Where to; it ends in ``.ics``.
    on : pandas.Timestamp
        The day of the list: what is overdue stands on it, and it stamps the file.
    overwrite : bool
        Replace a file that is there already.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    FollowupError
        When the path is no ``.ics``, holds something already or cannot be written, or when the
        library icalendar is missing.
    """
    path = Path(path).expanduser()
    if path.suffix.lower() != ".ics":
        raise FollowupError(f"a calendar file ends in .ics, not as {path.name!r} does.")
    if path.exists() and not overwrite:
        raise FollowupError(
            f"{str(path)!r} is there already: choose another path, or say overwrite=True."
        )
    content = _calendar(rows, on).to_ical()
    try:
        path.write_bytes(content)
    except OSError as error:
        raise FollowupError(f"{str(path)!r} cannot be written: {error}.") from None
    return path.resolve()


def _calendar(rows: pd.DataFrame, on: pd.Timestamp) -> Any:
    try:
        from icalendar import Calendar, Event
    except ImportError:
        raise FollowupError(
            'To write a calendar: pip install "followup-analysis[calendar]".'
        ) from None
    calendar = Calendar()
    calendar.add("prodid", "-//followup_analysis//due//EN")
    calendar.add("version", "2.0")
    for row in rows.itertuples():
        event = Event()
        for name, value in _properties(row, on).items():
            event.add(name, value)
        calendar.add_component(event)
    return calendar


def _properties(row: Any, on: pd.Timestamp) -> dict[str, Any]:
    first = max(row.due_on, on)
    by_coin = row.rule.startswith("the coin")
    last = max(first, row.until) if by_coin else first
    return {
        "uid": _identifier(row),
        "dtstamp": on.tz_localize("UTC").to_pydatetime(),
        "dtstart": first.date(),
        "dtend": (last + pd.Timedelta(days=1)).date(),  # the day after the last
        "summary": f"Follow up: {_inert(row.company, row.application_id)}",
        "description": _inert(
            f"{_inert(row.role, 'Interview')}, interview on {row.interview_on:%Y-%m-%d}. Why: "
            f"{row.rule}. Due on {row.due_on:%Y-%m-%d}."
        ),
        "transp": "TRANSPARENT",
    }


def _identifier(row: Any) -> str:
    """Name a follow-up by its interview and its number, whenever the list is made."""
    parts = (row.application_id, f"{row.interview_on:%Y-%m-%d}", row.n_follow_ups)
    key = "|".join(map(str, parts)).encode(errors="surrogatepass")
    return f"{sha256(key).hexdigest()[:32]}@followup-analysis"


def _inert(text: Any, otherwise: Any = "") -> str:
    """Return a text on one line, with nothing in it that could be a tag."""
    known = otherwise if pd.isna(text) else text
    return _UNSEEN.sub(" ", str(known)).translate(_INERT).strip()
