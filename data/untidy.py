"""Applications and interviews -> the sheet that somebody might have kept of them.

The convention owned here: one row per application, several columns of dates, and the slips of a
real sheet; each is made at a fixed place, so that a reader can be tested on it.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd

FIRST_NAMES = "Ottilie Barnaby Fenella Casimir Isolde Leopold Marigold Thaddeus Winifred Zebedee"
LAST_NAMES = "Brack Dovecote Fernsby Gullwing Hazelmoor Inkpen Larkham Mothersole Nettleship Quill"
# How the keeper of the sheet puts it: a word is drawn for each cell.
STATUSES = {
    "offer": ["Offer 🎉", "Offer received", "offer "],
    "rejection": [
        "Rejected",
        "Rejected ",
        "rejected",
        "Rejection 😞",
        "❌ Rejected",
        "Not selected",
    ],
    "withdrawal": ["Withdrew", "Withdrawn"],
    "given_up": ["Ghosted 👻", "ghosted", "No response", "no response "],
    "waiting": ["Interviewing", "interviewed", "Waiting", "Interview"],
    "applied": ["Applied", "applied ", "Applied", "Application sent", "", "N/A"],
}
STAGES = {
    "screen": ["Phone screen", "phone screen"],
    "first": ["First round", "First interview"],
    "technical": ["Technical", "technical"],
    "onsite": ["On-site", "Panel", "onsite"],
    "final": ["Final", "final round"],
}
CHANNELS = {
    "email": ["e-mail", "Email", "email "],
    "call": ["telephone call", "Phone call", "call"],
    "note": ["thank-you note", "Thank-you card"],
    "letter": ["letter", "Letter"],
}
REMARKS = (
    "they decide next week", "friendly panel", "salary range not given", "remote two days",
    "liked the case study", "long commute", "small team", "recruiter was vague", "met the team",
    "asked about travel", "second choice", "great product",
)  # fmt: skip
N_ROUNDS, N_CONTACTS = 3, 3


def write_sheet(
    path: Path,
    rng: np.random.Generator,
    applications: pd.DataFrame,
    interviews: pd.DataFrame,
    as_of: np.datetime64,
) -> None:
    """Write the sheet of one job seeker."""
    by_application = dict(list(interviews.groupby("application_id")))
    rows = [
        fill_row(rng, application, by_application.get(application["application_id"]), as_of)
        for _, application in applications.iterrows()
    ]
    slip(rows)
    path.write_text(as_text(rows, as_of), encoding="utf-8", newline="\n")


def fill_row(
    rng: np.random.Generator,
    application: pd.Series,
    interviews: pd.DataFrame | None,
    as_of: np.datetime64,
) -> dict[str, str]:
    """Fill one row of the sheet."""
    row = {
        "#": application["application_id"],
        "Company": application["company"],
        "Role": application["role"],
        "Role family": application["role_family"],
        "Date applied": as_date(rng, application["applied_on"]),
        "Source": application["source"],
        "Referral": "yes" if application["referral"] else rng.choice(["no", "no", "N/A", ""]),
        "Contact": contact(rng) if interviews is not None else "",
        "First response": as_date(rng, application["first_response_on"]),
    }
    if interviews is None:
        row |= dict.fromkeys(headers_of_interviews() + headers_of_contacts(), "")
        kind, ended_on = quiet_answer(rng, application, as_of)
        row["Follow-up due"] = ""
    else:
        row |= tell_interviews(rng, interviews) | tell_contacts(rng, interviews)
        row["Follow-up due"] = next_due(rng, interviews, as_of)
        kind, ended_on = last_answer(rng, interviews.iloc[-1], as_of)
    row["Status"] = rng.choice(STATUSES[kind])
    row["Status date"] = as_date(rng, ended_on)
    row["Notes"] = rng.choice(REMARKS) if rng.random() < 0.35 else ""
    return row


def tell_interviews(rng: np.random.Generator, interviews: pd.DataFrame) -> dict[str, str]:
    """Fill the columns of the rounds."""
    cells = dict.fromkeys(headers_of_interviews(), "")
    for number, (_, held) in enumerate(interviews.iterrows(), start=1):
        told = {
            "date": as_date(rng, held["date"]),
            "type": rng.choice(STAGES[held["stage"]]),
            "went well": as_number(held["went_well"], rng.choice(["", "N/A", "?"])),
            "deadline": as_date(rng, held["stated_deadline"]),
            "finalists": as_number(held["n_finalists"], rng.choice(["", "", "TBD"])),
        }
        cells |= {f"Interview {number} {what}": text for what, text in told.items()}
    return cells


def tell_contacts(rng: np.random.Generator, interviews: pd.DataFrame) -> dict[str, str]:
    """Fill the columns of the follow-ups: first contacts always, later ones where there is room."""
    first = interviews.loc[
        interviews["follow_up_on"].notna(), ["follow_up_on", "channel", "content"]
    ]
    again = pd.DataFrame({"follow_up_on": interviews["again_on"].dropna(), "channel": "email"})
    room = N_CONTACTS - len(first)
    told = pd.concat([first, again.iloc[:room]]).sort_values("follow_up_on", kind="stable")
    cells = dict.fromkeys(headers_of_contacts(), "")
    for number, (_, sent) in enumerate(told.iterrows(), start=1):
        cells[f"Follow-up {number} date"] = as_date(rng, sent["follow_up_on"])
        cells[f"Follow-up {number} channel"] = rng.choice(CHANNELS[sent["channel"]])
        cells[f"Follow-up {number} content"] = "" if pd.isna(sent["content"]) else sent["content"]
    return cells


def next_due(rng: np.random.Generator, interviews: pd.DataFrame, as_of: np.datetime64) -> str:
    """Return the plan for the latest interview: what is still open is often due in some days."""
    last = interviews.iloc[-1]
    recent = pd.Timestamp(as_of) - last["date"] <= pd.Timedelta(21, "D")
    if last["ending"] == "open" and recent and rng.random() < 0.9:
        return as_date(rng, pd.Timestamp(as_of) + pd.Timedelta(int(rng.integers(-1, 7)), "D"))
    return as_date(rng, last["due_on"])


def last_answer(
    rng: np.random.Generator, held: pd.Series, as_of: np.datetime64
) -> tuple[str, pd.Timestamp | None]:
    """Return the word for how the latest interview ended, and the day that is noted with it."""
    if held["ending"] != "open":
        return held["kind"], held["ended_on"]
    return silence(rng, held["date"], as_of, "waiting")


def quiet_answer(
    rng: np.random.Generator, application: pd.Series, as_of: np.datetime64
) -> tuple[str, pd.Timestamp | None]:
    """Return the same for an application that led to no interview."""
    if pd.notna(application["rejected_on"]):
        return "rejection", None if rng.random() < 0.08 else application["rejected_on"]
    return silence(rng, application["applied_on"], as_of, "applied")


def silence(
    rng: np.random.Generator, since: pd.Timestamp, as_of: np.datetime64, word: str
) -> tuple[str, pd.Timestamp | None]:
    """Return whether the keeper has given up, and the day of giving up where it is noted."""
    given_up = since + pd.Timedelta(int(rng.integers(30, 46)), "D")
    if given_up > as_of or rng.random() < 0.35:
        return word, None
    return "given_up", given_up if rng.random() < 0.5 else None


def slip(rows: list[dict[str, str]]) -> None:
    """Make the slips that a reader has to find: four values, and the days of two rejections."""
    quiet = [row for row in rows if not row["Interview 1 date"]]
    rated = [row for row in rows if row["Interview 1 went well"].isdigit()]
    quiet[5]["Date applied"] = "8/82025"
    quiet[30]["First response"] = "2026-02-30"
    rated[7]["Interview 1 went well"] = "great"
    rated[12]["Follow-up due"] = "next week?"
    refused = [row for row in rated if row["Status"] in STATUSES["rejection"]]
    refused[2]["Status date"] = refused[9]["Status date"] = ""


def as_text(rows: list[dict[str, str]], as_of: np.datetime64) -> str:
    """Write the rows below a title, with a loose comma and a line that is no application."""
    headers = list(rows[0])
    empty = "," * (len(headers) - 1)
    rows[46]["Notes"] = ""
    lines = [as_line(list(row.values())) for row in rows]
    lines[46] += "called, nobody there"
    lines.insert(69, f"{empty}two weeks off")
    title = [f"My job search{empty}", f"Exported {as_of}{empty}", empty]
    return "\n".join([*title, as_line(headers), *lines, empty, empty, ""])


def as_line(cells: list[str]) -> str:
    """Write one line of CSV, without its end."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def as_date(rng: np.random.Generator, day: pd.Timestamp | None) -> str:
    """Write a day in one of the ways that can be read in one way only."""
    way = rng.random()
    if day is None or pd.isna(day):
        return ""
    if way < 0.08 and day.day > 12:
        return f"{day.month}/{day.day}/{day.year}"
    if way < 0.18:
        return f"{day:%b} {day.day}, {day.year}"
    if way < 0.3:
        return f"{day.day} {day:%b} {day.year}"
    return f"{day:%Y-%m-%d}"


def as_number(value: int | None, missing: str) -> str:
    """Write a whole number, or what stands for its absence."""
    return missing if pd.isna(value) else str(value)


def contact(rng: np.random.Generator) -> str:
    """Make up somebody to write to."""
    first, last = rng.choice(FIRST_NAMES.split()), rng.choice(LAST_NAMES.split())
    return f"{first} {last} <{first.lower()}.{last.lower()}@example.com>"


def headers_of_interviews() -> list[str]:
    """Return the headers of the rounds, from left to right."""
    parts = ("date", "type", "went well", "deadline", "finalists")
    return [f"Interview {number} {part}" for number in range(1, N_ROUNDS + 1) for part in parts]


def headers_of_contacts() -> list[str]:
    """Return the headers of the follow-ups, from left to right."""
    parts = ("date", "channel", "content")
    return [f"Follow-up {number} {part}" for number in range(1, N_CONTACTS + 1) for part in parts]
