"""What is written down twice."""

from __future__ import annotations

import io

import pandas as pd

from followup_analysis.reading import read_log


def read(text, **options):
    return read_log(io.StringIO(text), **options)


def test_line_that_repeats_another_goes_aside():
    log = read("#,company,applied\n1,Acme,2026-01-05\n2,Bolt,2026-01-05\n3,Acme ,2026-01-05\n")
    assert log.applications["company"].tolist() == ["Acme", "Bolt"]
    assert log.problems[["line", "code"]].to_numpy().tolist() == [[4, "duplicate_record"]]
    assert log.set_aside["line"].tolist() == [4]


def test_lines_that_say_little_may_be_alike():
    log = read("company,status\nAcme,Applied\nAcme,Applied\n")
    assert len(log.applications) == 2
    assert len(log.problems) == 0


def test_same_job_on_the_same_day_is_reported_and_kept():
    log = read(
        "company,role,applied,notes\nAcme,Clerk,2026-01-05,one\nacme,clerk,1/5/2026,two\n"
        "Acme,Buyer,2026-01-05,three\nBolt,,2026-01-05,\nBolt,,2026-01-05,x\nCorp,Clerk,13/1/2026,\n",
        dayfirst=False,
    )
    assert len(log.applications) == 6
    assert log.problems[["line", "code"]].to_numpy().tolist() == [[3, "alike"]]


def test_event_that_two_sheets_tell_of_is_one_event():
    jobs = pd.DataFrame(
        {"company": ["Acme"], "applied": ["2026-01-05"], "interview 1 date": ["2026-01-12"],
         "follow-up sent": ["2026-01-13"]}
    )  # fmt: skip
    interviews = pd.DataFrame(
        {
            "company": ["Acme"],
            "interview date": ["2026-01-12"],
            "went well": ["4"],
            "round": ["Final"],
        }
    )
    log = read_log([jobs, interviews])
    assert log.events[["kind", "detail"]].fillna("").to_numpy().tolist() == [
        ["interview", "final"], ["follow_up", ""],
    ]  # fmt: skip
    assert log.events["went_well"].tolist() == [4, pd.NA]
    assert len(log.problems) == 0


def test_two_days_for_one_interview_are_reported():
    jobs = pd.DataFrame({"company": ["Acme"], "applied": ["2026-01-05"], "final": ["2026-01-12"]})
    rounds = pd.DataFrame(
        {"company": ["Acme"], "interview date": ["2026-01-13"], "round": ["Final"]}
    )
    log = read_log([jobs, rounds])
    assert len(log.events) == 2
    assert log.problems[["value", "code"]].to_numpy().tolist() == [
        ["2026-01-12", "two_days"], ["2026-01-13", "two_days"],
    ]  # fmt: skip


def test_rating_from_after_the_answer_is_reported():
    log = read(
        "company,applied,interview,went well,rated on,rejected\n"
        "Acme,2026-01-05,2026-01-12,4,2026-01-12,2026-01-20\n"
        "Bolt,2026-01-05,2026-01-12,2,2026-01-21,2026-01-20\n"
        "Corp,2026-01-05,2026-01-12,2,2026-01-21,\n"
    )
    assert log.problems[["line", "code"]].to_numpy().tolist() == [[3, "rated_after_answer"]]
    assert log.events["went_well"].dropna().tolist() == [4, 2, 2]
