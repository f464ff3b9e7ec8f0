"""The log itself: applications, dated events and ratings as tables, and what could not be read.

The convention owned here: the words. Every kind of event and every column of the tidy form is
named in this file and nowhere else; ``data/README.md`` explains them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace
from datetime import date

import numpy as np
import pandas as pd

from .errors import FollowupError, LogError
from .history import ANSWERS, trace
from .shown import Problems, show_log

# Kinds of event. What answers an interview is listed in history.ANSWERS.
KINDS = (
    "interview",  # detail: the stage
    "follow_up",  # contact made by the candidate; detail: the channel
    "response",  # contact made by the employer that decides nothing
    "assessment",  # a test or a task to do at home
    *ANSWERS,
    "ghosted",  # the keeper's own word for silence: never an ending
)
CHANNELS = ("call", "letter", "note", "email", "message", "in_person")
STAGES = ("screen", "first", "technical", "onsite", "final")
CONTENTS = ("generic", "specific", "concern", "strengths")

_TEXT, _DATE, _NUMBER, _YES_NO = "str", "datetime64[us]", "Int64", "boolean"
_PIECE = 1 << 18  # rows
_ISO_DAY = re.compile(r"\s*\d{4}-\d\d-\d\d(?:[T ].*)?\s*")

APPLICATION_COLUMNS = {
    "application_id": _TEXT,
    "person": _TEXT,
    "company": _TEXT,
    "role": _TEXT,
    "role_family": _TEXT,
    "applied_on": _DATE,
    "source": _TEXT,
    "referral": _YES_NO,
    "contact": _TEXT,
    "status": _TEXT,
    "notes": _TEXT,
}
EVENT_COLUMNS = {
    "application_id": _TEXT,
    "date": _DATE,
    "clock": _TEXT,
    "kind": _TEXT,
    "detail": _TEXT,
    "content": _TEXT,
    "planned": "bool",
    "went_well": _NUMBER,
    "rated_on": _DATE,
    "stated_deadline": _DATE,
    "n_finalists": _NUMBER,
    # What a coin decided of a planned follow-up: see experiment.
    "arm": _TEXT,
    "block": _NUMBER,
    "drawn_on": _DATE,
    # Where it stands in the source, and the rule by which it was read.
    "file": _TEXT,
    "sheet": _TEXT,
    "line": _NUMBER,
    "column": _TEXT,
    "rule": _TEXT,
}
RATING_COLUMNS = {
    "application_id": _TEXT,
    "date": _DATE,
    "stress": _NUMBER,
    "control": _NUMBER,
}
PROBLEM_COLUMNS = {
    "file": _TEXT,
    "sheet": _TEXT,
    "line": _NUMBER,
    "column": _TEXT,
    "value": _TEXT,
    "code": _TEXT,
    "done": _TEXT,
    "remedy": _TEXT,
}
SET_ASIDE_COLUMNS = {"file": _TEXT, "sheet": _TEXT, "line": _NUMBER, "text": _TEXT}
MAPPING_COLUMNS = {
    "file": _TEXT,
    "sheet": _TEXT,
    "column": _TEXT,
    "field": _TEXT,
    "reason": _TEXT,
}
_COLUMNS = {
    "applications": APPLICATION_COLUMNS,
    "events": EVENT_COLUMNS,
    "ratings": RATING_COLUMNS,
    "problems": PROBLEM_COLUMNS,
    "set_aside": SET_ASIDE_COLUMNS,
    "mapping": MAPPING_COLUMNS,
}
# What can be changed of a log without any key of its tables being another.
_BESIDE_KEYS = {"as_of", "problems", "set_aside", "mapping", "n_records", "notes", "true_effect"}


@dataclass(frozen=True, repr=False, eq=False)
class JobSearchLog:
    """A job search as tables: what was applied for, what happened when, and what it felt like.

    Parameters
    ----------
    applications : pandas.DataFrame
        One row per application; ``application_id`` is its key. Columns that are not in the data
        dictionary are kept as they are.
    events : pandas.DataFrame
        One row per event: ``application_id``, ``date``, ``kind`` and what belongs to the kind.
        A missing date means that the day is not known.
    ratings : pandas.DataFrame, optional
        Stress and sense of control (0 to 10) by application and day.
    as_of : date-like, optional
        The last day on which an answer would have been written down. Without it, the day of the
        latest done event, and a note that says so.
    problems, set_aside, mapping : pandas.DataFrame, optional
        What the reader could not read, the source lines that it set aside, and which column it
        read as what.
    n_records : int, optional
        Records in the source; the applications unless given.
    notes : tuple of str
        What every result computed from this log repeats.
    true_effect : dict, optional
        Set by `simulate_log` only: the true values behind a simulated log.

    Raises
    ------
    LogError
        When a column or a kind of event is missing or unknown.
    """

    applications: pd.DataFrame
    events: pd.DataFrame
    ratings: pd.DataFrame = field(default_factory=pd.DataFrame)
    as_of: pd.Timestamp | None = None
    problems: pd.DataFrame = field(default_factory=pd.DataFrame)
    set_aside: pd.DataFrame = field(default_factory=pd.DataFrame)
    mapping: pd.DataFrame = field(default_factory=pd.DataFrame)
    n_records: int | None = None
    notes: tuple[str, ...] = ()
    true_effect: dict[str, float] | None = None

    def __post_init__(self) -> None:
        self._settle()
        _check_keys(self.applications, self.events, self.ratings)

    def _settle(self) -> None:
        """Bring the tables into the types of the dictionary, and find the last day."""
        put = object.__setattr__
        for name, columns in _COLUMNS.items():
            put(self, name, _conform(getattr(self, name), columns, name))
        put(self, "problems", Problems(self.problems))
        if self.n_records is None:
            put(self, "n_records", len(self.applications))
        if self.as_of is None or pd.isna(self.as_of):
            put(self, "as_of", latest_done(self.events, self.applications))
            put(self, "notes", (*self.notes, _as_of_note(self.as_of)))
        else:
            put(self, "as_of", the_day(self.as_of))

    def replace(self, **changes: object) -> JobSearchLog:
        """Return a copy with some of the fields changed."""
        if changes.keys() <= _BESIDE_KEYS:
            kept = {each.name: getattr(self, each.name) for each in fields(self)}
            return log_of_checked(**kept | changes)
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def done(self) -> pd.DataFrame:
        """Events that have happened by `as_of`, those without a date among them."""
        events = self.events
        return events[~events["planned"] & ~(events["date"] > self.as_of)]

    def interviews(self) -> pd.DataFrame:
        """One row per interview that was held on a known day, and what became of it, in dates.

        Interviews of one application on one day are rounds of the same visit: one row.
        """
        done = self.done
        held = done[(done["kind"] == "interview") & done["date"].notna()]
        held = held.drop_duplicates(["application_id", "date"]).reset_index(drop=True)
        starts = held.rename(columns={"detail": "stage"})
        kept = ["application_id", "date", "stage", "went_well", "rated_on", "stated_deadline"]
        return trace(starts[[*kept, "n_finalists"]], done)

    def set_aside_note(self) -> str | None:
        """Say how many source lines and values could not be used, or nothing if all could."""
        n_lines, n_values = len(self.set_aside), len(self.problems)
        if n_lines:
            return f"{n_lines} of {count(self.n_records or 0, 'line')} set aside: see log.problems."
        if n_values:
            return f"{count(n_values, 'problem')} in the file: see log.problems."
        return None

    def __repr__(self) -> str:
        return "\n".join(filter(None, [self._summary(), self.set_aside_note()]))

    def _repr_html_(self) -> str:
        said = (self.mapping, self.problems, self.set_aside, self.notes)
        return show_log(self._summary(), self.set_aside_note(), *said)

    def _summary(self) -> str:
        held = self.interviews()
        sent = self.events["kind"] == "follow_up"
        planned = int((sent & ~self.events.index.isin(self.done.index)).sum())
        more = f" ({planned} more planned)" if planned else ""
        ended = held["ending"].value_counts()
        came = ", ".join(
            f"{ended.get(word, 0)} {word}"
            for word in ("yes", "no", "withdrawn", "open")
            if word != "withdrawn" or word in ended
        )
        people = self.applications["person"].nunique()
        whose = f" of {people} people" if people > 1 else ""
        day = "an unknown day" if pd.isna(self.as_of) else f"{self.as_of:%Y-%m-%d}"
        return (
            f"JobSearchLog: {count(len(self.applications), 'application')}{whose}, "
            f"{count(len(held), 'interview')}, "
            f"{count(int(sent.sum()) - planned, 'follow-up')}{more}; {came} as of {day}."
        )


def log_of_checked(**values: object) -> JobSearchLog:
    """Return a log of tables whose ids and kinds are known to fit; every field must be given."""
    log = object.__new__(JobSearchLog)
    for each in fields(JobSearchLog):
        object.__setattr__(log, each.name, values[each.name])
    log._settle()
    return log


def latest_done(events: pd.DataFrame, applications: pd.DataFrame) -> pd.Timestamp:
    """Return the day of the latest event that is done: plans and what is booked do not count."""
    planned = events["planned"].astype(bool)
    done = (events.loc[~planned, "date"] if planned.any() else events["date"]).max()
    applied = applications["applied_on"].max()
    return max((day for day in (done, applied) if not pd.isna(day)), default=pd.NaT)


def check_log(log: object) -> None:
    """Say what to do where something else than a log is handed over."""
    if not isinstance(log, JobSearchLog):
        raise FollowupError(
            f"a log is needed here, not a {type(log).__name__}: log = fa.read_log('my_search.csv') "
            "first; a table of pandas can be read in place of the file."
        )


def the_day(as_of: object) -> pd.Timestamp:
    """Return a day that is given as a date or as ISO text: 3/4/2026 is two days, 2026-03 none."""
    day = pd.NaT
    is_iso = isinstance(as_of, str) and _ISO_DAY.fullmatch(as_of)
    if is_iso or isinstance(as_of, (date, np.datetime64)):
        day = pd.to_datetime(as_of, errors="coerce")
    if pd.isna(day):
        raise FollowupError(f"as_of is a day, such as as_of='2026-03-31', not {as_of!r}.")
    return day.tz_localize(None).normalize()


def _as_of_note(as_of: pd.Timestamp | None) -> str:
    if as_of is None or pd.isna(as_of):
        return "The log has no dated event, so nothing can be said about time."
    return (
        f"The last day of the log is taken to be {as_of:%Y-%m-%d}, the day of its latest event. "
        "If you looked for answers later than that, say so: as_of=..."
    )


def _conform(table: pd.DataFrame, columns: dict[str, str], name: str) -> pd.DataFrame:
    """Return the table with the columns of the dictionary first, in their types."""
    out = table.reset_index(drop=True)  # what is changed of it is not changed in the table
    for column, dtype in columns.items():
        if column not in out:
            out[column] = False if dtype == "bool" else pd.Series(pd.NA, out.index, dtype="object")
        if out[column].dtype != dtype or (dtype == _DATE and _has_hours(out[column])):
            try:
                out[column] = _cast(out[column], dtype)
            except (TypeError, ValueError) as error:
                raise LogError(
                    f"{name}[{column!r}] cannot be turned into {dtype}: {error}. "
                    "Read files with fa.read_log, which sets such values aside one by one."
                ) from None
    ordered = [*columns, *(c for c in out if c not in columns)]
    return out if ordered == list(out) else out[ordered]


def _has_hours(dates: pd.Series) -> bool:
    times = dates.to_numpy("datetime64[us]")
    # Piece by piece: of a long log, all of them at once are among the largest things in memory.
    pieces = (times[start : start + _PIECE] for start in range(0, len(times), _PIECE))
    return any(
        bool((piece != piece.astype("datetime64[D]"))[~np.isnat(piece)].any()) for piece in pieces
    )


def _cast(values: pd.Series, dtype: str) -> pd.Series:
    if dtype == _DATE:
        dates = pd.to_datetime(values, format="ISO8601")
        if dates.dt.tz is not None:
            dates = dates.dt.tz_localize(None)
        return dates.dt.normalize().astype(dtype)
    if dtype == "bool":
        return values.fillna(False).astype(bool)
    return values.astype(dtype)


def _check_keys(applications: pd.DataFrame, events: pd.DataFrame, ratings: pd.DataFrame) -> None:
    tables = (applications, events, ratings)
    ids = pd.concat([table["application_id"] for table in tables], ignore_index=True)
    # Numbered in the order of appearance, ids that differ are 0, 1, 2, ...; one not there is -1.
    places = pd.Series(pd.factorize(ids)[0])
    n = len(applications)
    twice = ids[:n][places[:n] != places.index[:n]]
    if len(twice):
        twin = twice.iloc[0]
        raise LogError(f"application_id must be there and differ in each row; see {twin!r}.")
    lost = ids[(places < 0) | (places >= n)]
    of_events = lost[lost.index < n + len(events)]
    for name, own in (("events", of_events), ("ratings", lost)):
        if len(own):
            raise LogError(f"{name}: no application has the application_id {min(own, key=str)!r}.")
    unknown = events.loc[~events["kind"].isin(KINDS), "kind"]
    if len(unknown):
        raise LogError(
            f"events: unknown kind {unknown.iloc[0]!r}; the kinds are {', '.join(KINDS)}."
        )


def count(n: int, word: str) -> str:
    """Say how many of something: "1 line", "2 lines"."""
    return f"{n:,} {word}" + ("" if n == 1 else "s")
