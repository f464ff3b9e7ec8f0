"""JobSearchLog -> each planned follow-up, the interview that it is for, and what became of it.

The convention owned here: when a plan is kept. A plan of the keeper's is for a day, give or take
a few; one that a coin decided is for days counted from the interview, whenever that is held.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from .errors import FollowupError
from .history import spell_of
from .intervals import jeffreys
from .log import JobSearchLog, check_log, count
from .result import Cases
from .tally import tally
from .trust import percent_of

STATUSES = ("kept", "late", "not done", "answered first", "not known", "ahead")
_DUE = ["kept", "late", "not done"]  # what could have been kept
_DAYS = (0, 1, 3, 7, 14)


def plan_kept(log: JobSearchLog, *, within: int = 2, level: float = 0.95) -> Cases:
    """Hold what was planned against what was done.

    Parameters
    ----------
    log : JobSearchLog
        The log.
    within : int, days
        A plan is kept by a follow-up at most so many days before or after its day.
    level : float
        Probability inside the intervals.

    Returns
    -------
    Cases
        One row per number of days ``late``: ``n_risk`` plans that could be that late and were not
        overtaken by the answer, ``n_event`` of them done by then, ``estimate``, ``conf_low``,
        ``conf_high``, ``level``. Its ``cases`` has a row per plan: see `list_plans`.

    Raises
    ------
    FollowupError
        When `within` is negative.

    References
    ----------
    Brown, Cai and DasGupta (2001), Statistical Science 16, 101-133 (Jeffreys' interval).

    Examples
    --------
    >>> import followup_analysis as fa
    >>> kept = fa.plan_kept(fa.load_sample())
    >>> int((kept.cases["status"] == "not done").sum())
    1
    """
    check_log(log)
    plans = list_plans(log, within=within)
    days = sorted({*_DAYS, within})
    rows = [(late, *_done_by(plans, late, log.as_of)) for late in days]
    table = pd.DataFrame(rows, columns=["late", "n_risk", "n_event"])
    low, high = jeffreys(table["n_event"], table["n_risk"], level)
    share = (table["n_event"] / table["n_risk"].where(table["n_risk"] > 0)).astype(float)
    limits = {"conf_low": low, "conf_high": high}
    table = table.assign(estimate=share, **limits, level=level)
    table.loc[table["n_risk"] == 0, list(limits)] = float("nan")
    return Cases(
        _sentence(plans, within, level),
        table,
        (
            f"A follow-up more than {count(within, 'day')} before the planned day counts as "
            "another one. Plans are taken as independent of each other.",
            *tally(log).notes,
        ),
        chart="plan_kept",
        alt="Dots with intervals: the share of plans that was done, by days after the planned day.",
        cases=plans,
    )


def list_plans(log: JobSearchLog, *, within: int = 2) -> pd.DataFrame:
    """List the planned follow-ups of interviews that were held or are booked.

    Parameters
    ----------
    log : JobSearchLog
        The log.
    within : int, days
        As for `plan_kept`.

    Returns
    -------
    pandas.DataFrame
        ``application_id``, ``company``, ``stage``, ``interview_on``, ``answered_on``,
        ``planned_on`` and ``until`` (first and last day), ``arm`` (where a coin decided),
        ``done_on``, ``days`` (from `planned_on`) and ``status``, one of ``STATUSES``.
    """
    if within < 0:
        raise FollowupError(f"within is a number of days, 0 or more, not {within!r}.")
    interviews = coming_and_held(log)
    events = log.events[(log.events["kind"] == "follow_up") & log.events["date"].notna()]
    plans = events[events["planned"] | (events["date"] > log.as_of)].reset_index(drop=True)
    spell = spell_of(interviews, plans)
    by_coin = has_arm(plans)
    spell[by_coin] = coin_spells(interviews, plans[by_coin])
    plans = _windows(plans.assign(spell=spell)[spell >= 0], interviews, within)
    done = log.done[(log.done["kind"] == "follow_up")]
    done = done.assign(spell=spell_of(interviews, done))
    ids = interviews["application_id"].to_numpy()
    plans = pd.DataFrame(_matched(plans, done, interviews, log.as_of), columns=_COLUMNS)
    days = [name for name in _COLUMNS if name.endswith("_on") or name == "until"]
    plans = plans.astype({**dict.fromkeys(days, "datetime64[us]"), "days": float, "arm": "str"})
    plans.insert(0, "application_id", pd.Series(ids[plans.pop("spell").astype(int)], dtype="str"))
    company = log.applications.set_index("application_id")["company"]
    plans.insert(1, "company", plans["application_id"].map(company))
    return plans


def coming_and_held(log: JobSearchLog) -> pd.DataFrame:
    """List the interviews that were held, and those that are booked for after the log's end."""
    events = log.events
    booked = events[(events["kind"] == "interview") & (events["date"] > log.as_of)]
    booked = booked.rename(columns={"detail": "stage"})[["application_id", "date", "stage"]]
    columns = ["application_id", "date", "stage", "ending", "ended_on"]
    held = log.interviews()[columns].assign(held=True)
    booked = booked.drop_duplicates(["application_id", "date"]).assign(held=False, ending="open")
    return pd.concat([held, booked], ignore_index=True).astype({"held": bool})


def coin_spells(interviews: pd.DataFrame, plans: pd.DataFrame) -> list[int]:
    """Return for each plan of a coin the row of its interview; -1 where there is none yet.

    It is the next one of the application after the draw, however its day may have moved.
    """
    spells = dict.fromkeys(plans.index, -1)
    taken: set[int] = set()
    by_application = interviews.sort_values("date").groupby("application_id").groups
    for at, plan in plans.sort_values(["drawn_on", "date"]).iterrows():
        for row in by_application.get(plan["application_id"], []):
            if interviews.at[row, "date"] > plan["drawn_on"] and row not in taken:
                taken.add(row)
                spells[at] = row
                break
    return [spells[at] for at in plans.index]


def has_arm(plans: pd.DataFrame) -> pd.Series:
    """Return which follow-ups a coin decided; an arm that cannot be read is none."""
    return plans["arm"].str.fullmatch(r"\d{1,3} to \d{1,3}", na=False)


def arm_days(arm: str) -> tuple[int, int]:
    """Return first and last day of an arm: "3 to 4" is (3, 4)."""
    first, _, last = arm.partition(" to ")
    return int(first), int(last)


_COLUMNS = ["spell", "stage", "interview_on", "answered_on", "planned_on", "until", "arm",
            "done_on", "days", "status"]  # fmt: skip


def _windows(plans: pd.DataFrame, interviews: pd.DataFrame, within: int) -> pd.DataFrame:
    """Add the first and the last day on which a plan is kept, and the day it is for."""
    held_on = interviews["date"].to_numpy()[plans["spell"]]
    plans = plans.assign(interview_on=held_on, planned_on=plans["date"])
    slack = pd.Timedelta(days=within)
    plans = plans.assign(since=plans["date"] - slack, until=plans["date"] + slack)
    by_coin = has_arm(plans)
    plans = plans.assign(arm=plans["arm"].where(by_coin))
    for place, name in enumerate(("since", "until")):
        days = plans.loc[by_coin, "arm"].map(lambda arm, at=place: arm_days(arm)[at])
        day = plans.loc[by_coin, "interview_on"] + pd.to_timedelta(days.astype(int), unit="D")
        plans.loc[by_coin, name] = day
    plans.loc[by_coin, "planned_on"] = plans.loc[by_coin, "since"]
    return plans.sort_values(["spell", "planned_on"], kind="stable")


def _matched(
    plans: pd.DataFrame,
    done: pd.DataFrame,
    interviews: pd.DataFrame,
    as_of: pd.Timestamp,
) -> list[tuple]:
    """Match each plan with one follow-up at most: the nearest in its days, else the next after."""
    dates = done.dropna(subset="date").groupby("spell")["date"].apply(sorted).to_dict()
    undated = {*done.loc[done["date"].isna(), "spell"]}
    rows = []
    for plan in plans.itertuples():
        left = dates.get(plan.spell, [])
        inside = [day for day in left if plan.since <= day <= plan.until]
        after = [day for day in left if day > plan.until]
        nearest = min(inside, key=lambda day: abs(day - plan.planned_on), default=None)
        sent = nearest if nearest is not None else min(after, default=None)
        if sent is not None:
            left.remove(sent)
        held = interviews.loc[plan.spell]
        status = _status(plan, sent, held, as_of, plan.spell in undated)
        known = sent if status in ("kept", "late") else pd.NaT
        rows.append((
            plan.spell, held["stage"], plan.interview_on, held["ended_on"], plan.planned_on,
            plan.until, plan.arm, known, (known - plan.planned_on).days, status,
        ))  # fmt: skip
    return rows


def _status(
    plan: Any, sent: pd.Timestamp | None, interview: pd.Series, as_of: pd.Timestamp, undated: bool
) -> str:
    if sent is not None and sent <= plan.until:
        return "kept"
    if interview["ending"] != "open" and not interview["ended_on"] > plan.until:
        return "answered first"  # an answer on an unknown day may have been
    if undated:
        return "not known"
    if plan.until > as_of:
        return "ahead"
    return "not done" if sent is None else "late"


def _done_by(plans: pd.DataFrame, late: int, as_of: pd.Timestamp) -> tuple[int, int]:
    """Plans that could be done by so many days after their day, and those that were."""
    due = plans[plans["status"].isin(_DUE)]
    day = due["planned_on"] + pd.Timedelta(days=late)
    done = due["days"] <= late
    could = (day <= as_of) & ~(due["answered_on"] <= day)
    return int((could | done).sum()), int(done.sum())


def _sentence(plans: pd.DataFrame, within: int, level: float) -> str:
    n = plans["status"].value_counts().reindex(STATUSES, fill_value=0)
    n_due = int(n[_DUE].sum())
    others = {
        "done later": n["late"],
        "not done": n["not done"],
        "overtaken by the answer": n["answered first"],
        "perhaps done, on a day that is not written down": n["not known"],
        "ahead": n["ahead"],
    }
    rest = ", ".join(f"{number} {what}" for what, number in others.items() if number)
    if not n_due:
        said = "No plan has come due yet that could be kept or missed"
        return f"{said} ({rest})." if rest else f"{said}: write down when you mean to follow up."
    low, high = (100 * float(limit) for limit in jeffreys(n["kept"], n_due, level))
    return (
        f"Of {count(n_due, 'plan')} that could be kept, {n['kept']} "
        f"{'was' if n['kept'] == 1 else 'were'}: {100 * n['kept'] / n_due:.0f} in 100 "
        f"({percent_of(level)} {low:.0f} to {high:.0f})" + (f"; {rest}." if rest else ".")
    )
