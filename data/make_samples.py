"""Remake the sample logs, byte for byte: ``python data/make_samples.py [FOLDER]``.

What employers answer and when somebody writes comes from the worlds of
``followup_analysis.samples``. All else is drawn without regard to that, and changes nothing.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from untidy import write_sheet

from followup_analysis.history import ENDINGS
from followup_analysis.samples import SAMPLES
from followup_analysis.world import World, play_out

NAMES = """Quillmoor Brindlecote Osterwick Fennimarsh Tallowgate Vexcombe Marrowby Thistlequay
    Hobbenfield Larkspindle Dunwhistle Pebblethorn Grimsandle Ivorstead Cobblewick Wrenhallow
    Sallowby Kettlemere Umberlock Nettlecombe Fardlethorpe Mossbridle Oxenholt Plumwhistle
    Ravelstoke Candlemarsh Yarrowgate Zephyrstead Bramblequay Elderspike"""
TRADES = "Freight Foods Analytics Health Insurance Textiles Media Robotics Energy Paper"
ROLES = {
    "sales": ["Account Executive", "Sales Development Representative", "Regional Sales Manager"],
    "customer success": ["Customer Success Manager", "Onboarding Specialist"],
    "operations": ["Operations Analyst", "Logistics Planner"],
    "marketing": ["Content Marketer", "Marketing Analyst"],
}
FAMILIES = {"sales": 0.35, "customer success": 0.2, "operations": 0.25, "marketing": 0.2}
SOURCES = {"job board": 0.45, "company site": 0.25, "recruiter": 0.15, "referral": 0.15}
STAGES = {1: ["screen", "first"], 2: ["technical", "onsite"], 3: ["final"]}
CHANNELS = {"email": 0.55, "call": 0.2, "note": 0.15, "letter": 0.1}
CONTENTS = {"generic": 0.45, "specific": 0.25, "strengths": 0.2, "concern": 0.1}
ANSWERS = {"yes": "offer", "no": "rejection", "withdrawn": "withdrawal"}
ABOUT_APPLICATIONS = ["application_id", "person", "company", "role", "role_family"]
ABOUT_APPLICATIONS += ["applied_on", "source", "referral"]
ABOUT_INTERVIEWS = ["went_well", "rated_on", "stated_deadline", "n_finalists"]
OFFERED = {1: 0.05, 2: 0.4, 3: 1.0}  # share of the yes of each round that is an offer at once
INVITED_WITHIN = 28  # days from a yes to the next interview, at most
GHOSTED_AFTER = 30  # days of silence until some keepers give up


def make_samples(folder: Path) -> None:
    """Write both samples into a folder."""
    rng, (applications, interviews, as_of) = np.random.default_rng(1), job_seeker()
    write(ratings(rng, interviews, as_of, share=0.7), folder / "sample_ratings.csv")
    write_sheet(folder / "sample_log.csv", rng, applications, interviews, as_of)

    rng, (applications, interviews, as_of) = np.random.default_rng(2), career_centre()
    tidy = folder / "career_centre"
    tidy.mkdir(parents=True, exist_ok=True)
    write(applications[ABOUT_APPLICATIONS], tidy / "applications.csv")
    write(list_events(rng, applications, interviews, as_of), tidy / "events.csv")
    write(ratings(rng, interviews, as_of, share=0.2), tidy / "ratings.csv")


def job_seeker(seed: int = 7, n_applications: int = 138) -> tuple[pd.DataFrame, ...]:
    """Live the search of one job seeker: applications, interviews and the last day."""
    rng = np.random.default_rng(seed)
    sample = SAMPLES["job_seeker"]
    world, as_of = World(**sample.world), np.datetime64(sample.as_of)
    dates = as_of - rng.integers(0, 270, 62)
    companies = rng.normal(0, world.frailty_sd, len(dates))
    lived = live(world, rng, np.zeros(len(dates), int), dates, companies, as_of)
    interviews = furnish(rng, gather(rng, lived), as_of)
    n_quiet = n_applications - interviews["key"].nunique()
    applications = list_applications(rng, interviews, np.zeros(n_quiet, int), as_of, span=290)
    applications["company"] = made_up_names(rng, n_applications)
    interviews["application_id"] = interviews["key"].map(applications["application_id"])
    return applications, interviews, as_of


def career_centre(seed: int = 300, n_people: int = 300) -> tuple[pd.DataFrame, ...]:
    """Live the searches of a career centre's clients."""
    rng = np.random.default_rng(seed)
    sample = SAMPLES["career_centre"]
    world, as_of = World(**sample.world), np.datetime64(sample.as_of)
    person = np.repeat(np.arange(n_people), 2 + rng.poisson(9, n_people))
    began = rng.integers(30, 540, n_people)[person]
    dates = as_of - began + rng.integers(0, 150, len(person))
    people = rng.normal(0, world.frailty_sd, n_people)[person]
    lived = live(world, rng, person, dates, people, as_of)
    interviews = furnish(rng, gather(rng, lived), as_of)
    quiet = rng.integers(0, n_people, 2000)
    applications = list_applications(rng, interviews, quiet, as_of, span=540)
    applications["company"] = rng.choice(made_up_names(rng, 300), len(applications))
    interviews["application_id"] = interviews["key"].map(applications["application_id"])
    applications["person"] = [f"P{number + 1:03d}" for number in applications["person"]]
    return applications, interviews, as_of


def live(
    world: World,
    rng: np.random.Generator,
    person: np.ndarray,
    dates: np.ndarray,
    frailty: np.ndarray,
    as_of: np.datetime64,
) -> pd.DataFrame:
    """Play interviews out to the last day of the log; one row each, by person and date."""
    dates = np.busday_offset(dates, 0, roll="forward")
    seen = dates <= as_of
    person, dates, frailty = person[seen], dates[seen], frailty[seen]
    went_well = rng.choice(np.arange(1, 6), len(dates), p=world.rating_shares)
    days_seen = (as_of - dates).astype(int)
    lived = play_out(world, rng, went_well=went_well, frailty=frailty, days_seen=days_seen)
    wrote, ending = lived["follow_up_day"], np.array(ENDINGS, dtype=object)[lived["ending"]]
    never = np.datetime64("NaT")
    interviews = pd.DataFrame(
        {
            "person": person,
            "date": dates,
            "went_well": pd.array(went_well, dtype="Int64"),
            "follow_up_on": np.where(wrote >= 0, dates + wrote, never),
            "ended_on": np.where(ending != "open", dates + lived["exit_day"], never),
            "ending": ending,
        }
    )
    return interviews.sort_values(["person", "date"], kind="stable", ignore_index=True)


def gather(rng: np.random.Generator, interviews: pd.DataFrame) -> pd.DataFrame:
    """Say which interviews were rounds of one application: `key`, `round`, and `kind` of answer.

    The next interview after a yes becomes the next round there. It would have taken place in any
    case, so that the rounds of an application are as independent as any other interviews.
    """
    key, rounds, kind = [], [], interviews["ending"].map(ANSWERS).to_list()
    invitations: list[int] = []  # rows that said yes
    ended_on, people = interviews["ended_on"].to_list(), interviews["person"].to_list()
    for row, date in enumerate(interviews["date"]):
        invitations = [
            said
            for said in invitations
            if people[said] == people[row] and (date - ended_on[said]).days <= INVITED_WITHIN
        ]
        known = next((said for said in invitations if ended_on[said] < date), None)
        if known is not None:
            invitations.remove(known)
            kind[known] = "advance"
        key.append(row if known is None else key[known])
        rounds.append(1 if known is None else rounds[known] + 1)
        if kind[row] == "offer" and rng.random() >= OFFERED[rounds[row]]:
            invitations.append(row)
    return interviews.assign(key=key, round=rounds, kind=kind)


def furnish(
    rng: np.random.Generator, interviews: pd.DataFrame, as_of: np.datetime64
) -> pd.DataFrame:
    """Add what the worlds know nothing of: stages, deadlines, channels, later contacts, plans."""
    out, n = interviews.copy(), len(interviews)
    out["stage"] = [rng.choice(STAGES[number]) for number in out["round"]]
    stated = out["date"] + pd.to_timedelta(rng.integers(4, 15, n), unit="D")
    out["stated_deadline"] = stated.where(rng.random(n) < 0.4)
    finalists = pd.Series(1 + rng.poisson(2.2, n), dtype="Int64")
    out["n_finalists"] = finalists.where(rng.random(n) < 0.55)
    out["rated_on"] = out["date"]
    late = (out["ended_on"] < as_of) & (rng.random(n) < 0.03)
    out["rated_on"] = out["rated_on"].mask(late, out["ended_on"] + pd.Timedelta(1, "D"))
    unrated = rng.random(n) < 0.06
    out["went_well"] = out["went_well"].mask(unrated)
    out["rated_on"] = out["rated_on"].mask(unrated)
    wrote = out["follow_up_on"].notna()
    out["channel"] = pd.Series(draw(rng, CHANNELS, n)).where(wrote)
    out["content"] = pd.Series(draw(rng, CONTENTS, n)).where(wrote & (rng.random(n) < 0.8))
    again = out["follow_up_on"] + pd.to_timedelta(rng.integers(6, 11, n), unit="D")
    before = again < out["ended_on"].fillna(pd.Timestamp(as_of))
    out["again_on"] = again.where(before & (rng.random(n) < 0.25))
    due = out["date"] + pd.to_timedelta(rng.integers(1, 8, n), unit="D")
    out["due_on"] = due.where(rng.random(n) < 0.25)
    return out


def list_applications(
    rng: np.random.Generator,
    interviews: pd.DataFrame,
    quiet: np.ndarray,
    as_of: np.datetime64,
    span: int,
) -> pd.DataFrame:
    """List those that led to interviews and those (one per person in `quiet`) that did not."""
    first = interviews.drop_duplicates("key").set_index("key")
    before = pd.to_timedelta(4 + rng.exponential(9, len(first)).astype(int), unit="D")
    led = pd.DataFrame({"person": first["person"], "applied_on": first["date"] - before})
    heard = (before.days.to_numpy() * rng.uniform(0.2, 0.8, len(first))).astype(int)
    led["first_response_on"] = led["applied_on"] + pd.to_timedelta(heard, unit="D")
    applied = as_of - rng.integers(1, span, len(quiet))
    heard = applied + 2 + rng.exponential(10, len(quiet)).astype(int)
    refused = (rng.random(len(quiet)) < 0.45) & (heard <= as_of)
    others = pd.DataFrame(
        {"person": quiet, "applied_on": applied}, index=-1 - np.arange(len(quiet))
    )
    others["rejected_on"] = np.where(refused, heard, np.datetime64("NaT"))
    out = pd.concat([led, others]).sort_values(["person", "applied_on"], kind="stable")
    out["application_id"] = [str(number) for number in range(1, len(out) + 1)]
    out["role_family"] = draw(rng, FAMILIES, len(out))
    out["role"] = [rng.choice(ROLES[family]) for family in out["role_family"]]
    out["source"] = draw(rng, SOURCES, len(out))
    out["referral"] = out["source"] == "referral"
    return out


def list_events(
    rng: np.random.Generator,
    applications: pd.DataFrame,
    interviews: pd.DataFrame,
    as_of: np.datetime64,
) -> pd.DataFrame:
    """List what happened and what was planned, by application and day."""
    n = len(interviews)
    given_up = interviews["date"] + pd.to_timedelta(
        GHOSTED_AFTER + rng.integers(0, 16, n), unit="D"
    )
    silent = (interviews["ending"] == "open") & (given_up <= as_of) & (rng.random(n) < 0.5)
    tables = [
        take(interviews, "date", "interview", detail="stage", about=ABOUT_INTERVIEWS),
        take(interviews, "follow_up_on", "follow_up", detail="channel", about=["content"]),
        take(interviews, "again_on", "follow_up", detail="channel"),
        take(interviews, "due_on", "follow_up").assign(planned=True),
        take(interviews, "ended_on", interviews["kind"]),
        take(interviews.assign(given_up=given_up.where(silent)), "given_up", "ghosted"),
        take(applications, "first_response_on", "response"),
        take(applications, "rejected_on", "rejection"),
    ]
    events = pd.concat(tables, ignore_index=True)
    events["planned"] = events["planned"].eq(True)
    order = np.lexsort((events["date"], events["application_id"].astype(int)))
    events = events.iloc[order]
    undated = (events["kind"] == "rejection") & (rng.random(len(events)) < 0.01)
    events["date"] = events["date"].mask(undated)
    first = ["application_id", "date", "kind", "detail", "content", "planned"]
    return events[[*first, *ABOUT_INTERVIEWS]]


def take(
    table: pd.DataFrame,
    date: str,
    kind: str | pd.Series,
    detail: str | None = None,
    about: list[str] | None = None,
) -> pd.DataFrame:
    """Turn a column of dates into events."""
    events = table[["application_id", date, *(about or [])]].rename(columns={date: "date"})
    events["kind"] = kind
    events["detail"] = table[detail] if detail else None
    return events[events["date"].notna()]


def ratings(
    rng: np.random.Generator, interviews: pd.DataFrame, as_of: np.datetime64, share: float
) -> pd.DataFrame:
    """Draw stress and control on mornings after an interview, for a share of the interviews.

    Stress falls by 0.12 a day of itself and by 0.5 once something was sent before that day; the
    sense of control falls by 0.04 a day and rises by 0.9 once something was sent.
    """
    last = interviews["ended_on"].fillna(pd.Timestamp(as_of))
    rows = []
    for row in np.flatnonzero(rng.random(len(interviews)) < share):
        own, steady = rng.normal(0, 0.8, 2)
        seen = interviews.loc[row]
        for day in (0, 1, 3, 6, 10, 15):
            date = seen["date"] + pd.Timedelta(day, "D")
            if date > last[row] or rng.random() < 0.15:
                continue
            sent = seen["follow_up_on"] < date
            stress = 6.2 - 0.12 * day - 0.5 * sent + own + rng.normal(0, 1.1)
            control = 4.4 - 0.04 * day + 0.9 * sent + steady + rng.normal(0, 1.1)
            scores = [int(np.clip(round(score), 0, 10)) for score in (stress, control)]
            rows.append((seen["application_id"], date, *scores))
    out = pd.DataFrame(rows, columns=["application_id", "date", "stress", "control"])
    return out.sort_values("date", kind="stable")


def made_up_names(rng: np.random.Generator, n: int) -> np.ndarray:
    """Return n different names of companies."""
    names = [f"{first} {second}" for first in NAMES.split() for second in TRADES.split()]
    return rng.permutation(names)[:n]


def draw(rng: np.random.Generator, shares: dict[str, float], n: int) -> np.ndarray:
    """Draw words by their shares."""
    return rng.choice(np.array(list(shares), dtype=object), n, p=list(shares.values()))


def write(table: pd.DataFrame, path: Path) -> None:
    """Write a table so that it is the same on every system."""
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


if __name__ == "__main__":
    make_samples(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
