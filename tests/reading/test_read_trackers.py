"""The exports of trackers: files of exactly their columns, made for these tests."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from followup_analysis.reading import read_log

LOGS = Path(__file__).parent.parent / "logs"


def told(log, *columns):
    columns = columns or ("application_id", "date", "kind")
    out = log.events[list(columns)].copy()
    out["date"] = out["date"].dt.strftime("%m-%d")
    return [tuple(None if pd.isna(v) else v for v in row) for row in out.to_numpy(dtype=object)]


def applied(log):
    return log.applications["applied_on"].dt.strftime("%Y-%m-%d").fillna("").tolist()


def everything_is_somewhere(log, *names):
    n_lines = sum(len(pd.read_csv(LOGS / name, sep=None, engine="python")) for name in names)
    assert log.n_records == n_lines


def test_linkedin():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.write(LOGS / "linkedin_applications.csv", "Jobs/Job Applications.csv")
        packed.write(LOGS / "linkedin_saved.csv", "Jobs/Saved Jobs.csv")
        packed.writestr("Connections.csv", "First Name,Last Name,Company,Position\nAnn,Lee,A,B\n")
    log = read_log(io.BytesIO(file.getvalue()))
    assert applied(log) == ["2024-11-20", "2025-03-04", "2025-05-06", ""]
    assert log.applications["company"].tolist()[2:] == ["None", "Marrowby Insurance"]
    assert log.applications["Saved Date"].notna().tolist() == [False, True, False, True]
    assert len(log.events) == len(log.problems) == 0
    assert any("Connections.csv" in note for note in log.notes)
    everything_is_somewhere(log, "linkedin_applications.csv", "linkedin_saved.csv")


def test_huntr():
    log = read_log([LOGS / "huntr_activities.csv", LOGS / "huntr_jobs.csv"])
    assert applied(log) == ["2026-01-05", "", ""]
    assert told(log, "application_id", "date", "clock", "kind", "detail", "planned") == [
        ("5f01", "01-12", "14:30", "interview", "screen", False),
        ("5f01", "01-14", "08:10", "follow_up", None, False),
        ("5f01", "01-21", None, "rejection", None, False),
        ("5f01", "01-25", "09:00", "follow_up", None, True),
        ("5f02", "01-20", "11:00", "interview", "onsite", False),
    ]
    assert log.applications["role"].tolist() == ["Sales Planner", "Analyst", "Clerk"]
    assert log.events["title"].tolist()[:2] == ["First talk", "Thank them"]
    assert len(log.problems) == 0
    everything_is_somewhere(log, "huntr_activities.csv", "huntr_jobs.csv")


def test_huntr_board():
    log = read_log(LOGS / "huntr_board.csv")
    assert told(log) == [("1", "01-28", "follow_up"), ("1", None, "rejection")]
    assert log.applications["status"].tolist() == ["Rejected", "Wishlist"]


def test_simplify():
    log = read_log(LOGS / "simplify.csv")
    assert applied(log) == ["2026-01-05", "2026-01-06", "", "2026-01-07", "2026-01-08"]
    assert told(log) == [
        ("1", "01-21", "rejection"), ("2", None, "interview"), ("4", "01-30", "withdrawal"),
    ]  # fmt: skip
    assert log.problems["code"].tolist() == ["no_date"]
    assert log.applications["notes"].isna().tolist() == [True, True, True, False, True]


def test_teal():
    log = read_log(LOGS / "teal.csv")
    assert told(log) == [("2", None, "rejection")]
    assert log.applications["Salary"].tolist()[0] == "30000"


def test_jobsync():
    log = read_log(LOGS / "jobsync.csv")
    assert applied(log) == ["2026-01-05", "2026-01-06", ""]
    assert log.applications["source"].tolist() == ["Indeed", "LinkedIn", "Indeed"]
    assert told(log) == [("1", None, "rejection")]


def test_career_ops():
    log = read_log(LOGS / "career_ops")
    assert applied(log) == ["2026-06-20", "2026-06-22", ""]
    assert told(log, "application_id", "date", "kind", "detail", "planned") == [
        ("41", "06-30", "follow_up", "email", False),
        ("41", "07-04", "rejection", None, False),
        ("42", "06-27", "advance", None, False),
        ("42", "07-01", "interview", "screen", False),
        ("42", "07-02", "follow_up", "message", False),
        ("42", "07-10", "follow_up", None, True),
        ("42", "07-15", "interview", "onsite", True),
    ]
    assert log.as_of == pd.Timestamp("2026-07-04")
    assert log.problems[["file", "line", "code"]].to_numpy().tolist() == [
        ["applications.md", 7, "not_applied"]
    ]
    assert log.events.set_index("kind").loc["interview", "Interviewer"].tolist() == [
        "W. Quill", "B. Nettleship",
    ]  # fmt: skip


def test_ai_job_search():
    log = read_log(LOGS / "ai_job_search.csv")
    assert told(log) == [
        ("1", "01-28", "follow_up"), ("1", None, "rejection"), ("2", None, "ghosted"),
    ]  # fmt: skip
    assert log.applications["role_family"].tolist() == ["sales", "analytics"]
    assert log.applications["channel"].tolist() == ["portal", "email"]
    assert log.interviews().empty


def test_just_a_job_app():
    log = read_log(LOGS / "just_a_job_app.csv")
    assert applied(log) == ["2026-01-05", "2026-01-06"]
    assert told(log) == [("1", "01-10", "advance"), ("1", "01-21", "rejection")]
    assert log.set_aside["line"].tolist() == [6]
    everything_is_somewhere(log, "just_a_job_app.csv")


def test_work_search_record():
    log = read_log(LOGS / "work_search_record.csv")
    assert applied(log) == ["2026-01-05", "2026-01-13"]
    assert told(log, "application_id", "date", "kind", "detail", "planned") == [
        ("1", "01-12", "interview", None, False),
        ("1", "01-14", "follow_up", "email", False),
        ("1", "01-20", "follow_up", None, True),
        ("2", None, "rejection", None, False),
    ]
    assert log.set_aside["line"].tolist() == [5, 6]
    everything_is_somewhere(log, "work_search_record.csv")


def test_event_json():
    log = read_log(LOGS / "event_log.json")
    assert applied(log) == ["2026-01-05"]
    assert told(log, "date", "kind", "column") == [
        ("01-12", "interview", "status"), ("01-20", "offer", "status"),
    ]  # fmt: skip


@pytest.mark.parametrize("path", sorted(LOGS.rglob("*.*")), ids=lambda path: path.name)
def test_fixture_is_read_without_an_error(path):
    log = read_log(path, dayfirst=False)
    assert log.n_records > 0
