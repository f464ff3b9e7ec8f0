"""JobSearchLog -> a log that says the same and names nobody.

The convention owned here: what is not known to be harmless goes. Names become labels, numbered as
they first appear, so that whatever is computed from counts stays the same.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from .errors import ColumnError, FollowupError
from .log import CHANNELS, CONTENTS, STAGES, JobSearchLog, check_log, count

_MOST_WEEKS = 520
_KEPT = {
    "applications": ["role_family", "applied_on", "referral"],
    "events": [
        *"date kind planned went_well rated_on stated_deadline n_finalists".split(),
        *"block drawn_on".split(),
    ],
    "ratings": ["date", "stress", "control"],
}
_LABELLED: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {
    "applications": {
        "application_id": ("Application", ()),
        "person": ("Person", ()),
        "company": ("Company", ()),
        "source": ("Source", ()),
    },
    # The words of the data dictionary stay; a keeper's own could say anything.
    "events": {"detail": ("Detail", STAGES + CHANNELS), "content": ("Content", CONTENTS)},
    "ratings": {},
}
_NEVER_KEPT = {"application_id", "person", "company", "contact", "notes"}
_NEVER_KEPT |= {"file", "sheet", "line", "column", "rule"}


def anonymise(
    log: JobSearchLog,
    *,
    keep: Iterable[str] = (),
    shift_dates: bool = False,
    seed: int | None = None,
) -> JobSearchLog:
    """Return a copy without names, from which the same numbers follow.

    Parameters
    ----------
    log : JobSearchLog
        The log.
    keep : iterable of str
        Columns to keep as they are that would go otherwise: "role", "source", "status", or extra
        columns of your own. Look through them first.
    shift_dates : bool
        Move all dates by the same number of whole weeks, at most ten years back or forth: days of
        the week and all intervals stay.
    seed : int, optional
        Gives the same shift each time. Keep it to yourself: whoever knows it can undo the shift.

    Returns
    -------
    JobSearchLog
        Applications, people, companies and sources have labels ("Company 7"). Role titles,
        contacts, statuses, notes, extra columns and all that tells where something stood in the
        source are gone. Of problems and set-aside records only their number and their codes
        are left.

    Raises
    ------
    ColumnError
        When there is no column of a name in `keep`.
    FollowupError
        When `keep` names what is always taken out.

    Notes
    -----
    `role_family` and the dates stay. Where few people had an interview on a day, or one role is
    rare, somebody who knows the case may still recognise it.

    Examples
    --------
    >>> import pandas as pd
    >>> log = JobSearchLog(
    ...     pd.DataFrame({"application_id": ["q7"], "company": ["Quillmoor"], "notes": ["Ask Jo"]}),
    ...     pd.DataFrame({"application_id": ["q7"], "date": ["2026-03-02"], "kind": ["interview"]}),
    ... )
    >>> anonymise(log).applications[["application_id", "company", "notes"]].values.tolist()
    [['Application 1', 'Company 1', nan]]
    """
    check_log(log)
    keep = _checked(keep, log)
    tables = {name: _without_names(log, name, keep) for name in _KEPT}
    notes = [_note(log)]
    as_of = log.as_of
    if shift_dates:
        shift = _shift(seed)
        tables = {name: _moved(table, shift) for name, table in tables.items()}
        as_of = as_of + shift
        notes.append("All of its dates were moved by the same number of weeks.")
    return JobSearchLog(
        **tables,
        as_of=None if _as_of_was_guessed(log) else as_of,
        problems=log.problems[["code", "done"]],
        set_aside=pd.DataFrame(index=log.set_aside.index),
        n_records=log.n_records,
        notes=tuple(notes),
        true_effect=log.true_effect,
    )


def _checked(keep: Iterable[str], log: JobSearchLog) -> set[str]:
    keep = {keep} if isinstance(keep, str) else set(keep)
    columns = dict.fromkeys(name for table in _KEPT for name in getattr(log, table))
    for name in sorted(keep - columns.keys()):
        raise ColumnError(name, [column for column in columns if column not in _NEVER_KEPT])
    for name in sorted(keep & _NEVER_KEPT):
        raise FollowupError(f"keep: {name!r} is what anonymise takes out: leave it away.")
    return keep


def _without_names(log: JobSearchLog, name: str, keep: set[str]) -> pd.DataFrame:
    """Return one of the tables with what is harmless in it, and labels for the rest."""
    table = getattr(log, name)
    kept = [column for column in table if column in keep or column in _KEPT[name]]
    out = table[kept].copy()
    out.attrs = {}
    for column, (word, known) in _LABELLED[name].items():
        if column not in out:
            out[column] = _labels(table[column], word, known)
    if name != "applications":
        ids = log.applications["application_id"]
        labels = _labels(ids, *_LABELLED["applications"]["application_id"])
        out["application_id"] = table["application_id"].map(labels.set_axis(ids))
    if name == "events":
        # A time of day settles what came first; any other text could say anything.
        clock = table["clock"]
        out["clock"] = clock.where(clock.str.fullmatch(r"\d\d?:\d\d(:\d\d)?", na=False))
        out["arm"] = table["arm"].where(table["arm"].str.fullmatch(r"\d+ to \d+", na=False))
    return out


def _labels(values: pd.Series, word: str, known: tuple[str, ...]) -> pd.Series:
    """Return "Word 1" for the first value that is not known, "Word 2" for the next."""
    codes, _ = pd.factorize(values.mask(values.isin(known)))
    numbers = pd.Series(codes + 1, values.index)
    return values.where(numbers == 0, word + " " + numbers.astype("str"))


def _note(log: JobSearchLog) -> str:
    gone = f"; {count(len(log.notes), 'note')} on the original too" if log.notes else ""
    return f"This log is anonymised: names are labels, and what could tell them is gone{gone}."


def _as_of_was_guessed(log: JobSearchLog) -> bool:
    return set(log.replace(as_of=None, notes=()).notes) <= set(log.notes)


def _moved(table: pd.DataFrame, shift: pd.Timedelta) -> pd.DataFrame:
    dates = [column for column in table if table[column].dtype.kind == "M"]
    return table.assign(**{column: table[column] + shift for column in dates})


def _shift(seed: int | None) -> pd.Timedelta:
    rng = np.random.default_rng(seed)
    weeks = int(rng.integers(1, _MOST_WEEKS + 1)) * int(rng.choice([-1, 1]))
    return pd.Timedelta(days=7 * weeks)
