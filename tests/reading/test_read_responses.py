"""A response date is the day of the answer in some rows, and of the first response in others."""

from __future__ import annotations

import io

import pytest

from followup_analysis import LogError
from followup_analysis.reading import read_log

ROWS = """\
company,applied,interview,{header},outcome
Acme,2026-01-05,2026-01-12,2026-01-20,rejection
Bolt,2026-01-05,2026-01-12,2026-01-08,rejection
Corp,2026-01-05,2026-01-12,2026-01-12,offer
Dorn,2026-01-05,,2026-01-09,rejected
Echo,2026-01-05,2026-01-12,2026-01-21,ghosted
Fuse,2026-01-05,2026-01-12,2026-01-22,next round
Gold,2026-01-05,2026-01-12,2026-01-23,withdrew
Hall,2026-01-05,,2026-01-10,withdrew
Iris,2026-01-05,2026-01-12,2026-01-24,offer
Jade,2026-01-05,2026-01-32,2026-01-25,offer
"""
BY_ROW = [
    ("Acme", "rejection", "01-20"),
    ("Bolt", "response", "01-08"),
    ("Bolt", "rejection", None),
    ("Corp", "response", "01-12"),  # on the day of the interview: it may be either
    ("Corp", "offer", None),
    ("Dorn", "rejection", "01-09"),
    ("Echo", "response", "01-21"),
    ("Echo", "ghosted", None),
    ("Fuse", "advance", "01-22"),
    ("Gold", "withdrawal", "01-23"),
    ("Hall", "response", "01-10"),
    ("Hall", "withdrawal", None),
    ("Iris", "offer", "01-24"),
    ("Jade", "response", "01-25"),  # the day of the interview is not known
    ("Jade", "offer", None),
]


def read(text, **options):
    return read_log(io.StringIO(text), **options)


def told(log):
    """Return company, kind and day of what the employer or the keeper said."""
    names = log.applications.set_index("application_id")["company"]
    events = log.events[log.events["kind"] != "interview"]
    days = events["date"].dt.strftime("%m-%d").astype(object).where(events["date"].notna(), None)
    return list(zip(events["application_id"].map(names), events["kind"], days, strict=True))


@pytest.mark.parametrize(
    "header", ["Response date", "Date of response", "Reply date", "Response", "heard back on"]
)
def test_status_and_interview_say_which_response_is_dated(header):
    assert told(read(ROWS.format(header=header))) == BY_ROW


def test_it_is_told_with_the_remedy_for_both_meanings():
    log = read(ROWS.format(header="Response date"))
    mapping = log.mapping.set_index("column").loc["Response date"]
    assert mapping["field"] == "first_response_on"
    assert mapping["reason"] == "header; the day of the answer where the status of the row is one"
    [note] = [note for note in log.notes if "'Response date'" in note]
    assert "the day of the answer in 5 rows" in note
    assert "that of the first response in 5." in note
    assert "columns={'Response date': 'status_date'}" in note
    assert "columns={'Response date': 'first_response_on'}" in note


def test_the_keeper_has_the_last_word():
    text = ROWS.format(header="Response date")
    first = read(text, columns={"Response date": "first_response_on"})
    assert [day for _, kind, day in told(first) if kind == "response"] == [
        "01-20", "01-08", "01-12", "01-09", "01-21", "01-22", "01-23", "01-10", "01-24", "01-25",
    ]  # fmt: skip
    last = read(text, columns={"Response date": "status_date"})
    assert "response" not in set(last.events["kind"])
    assert ("Jade", "offer", "01-25") in told(last)
    for log in (first, last):
        assert not any("'Response date'" in note for note in log.notes)


@pytest.mark.parametrize(
    ("header", "value"),
    [("decision date", "2026-01-30"), ("rejected on", ""), ("Offer date", ""), ("status date", "")],
)
def test_another_column_for_the_day_of_the_answer_leaves_it_the_first_response(header, value):
    log = read(
        f"company,applied,interview,response date,outcome,{header}\n"
        f"Acme,2026-01-05,2026-01-12,2026-01-20,rejection,{value}\n"
    )
    assert told(log)[0] == ("Acme", "response", "01-20")
    assert not any("response date" in note for note in log.notes)


@pytest.mark.parametrize("header", ["First response", "Date of 1st response", "first_reply_on"])
def test_header_that_says_first_means_it(header):
    log = read(ROWS.format(header=header))
    assert len(log.events[log.events["kind"] == "response"]) == 10


def test_without_a_status_it_is_a_response():
    log = read("company,applied,interview,response date\nAcme,2026-01-05,2026-01-12,2026-01-20\n")
    assert told(log) == [("Acme", "response", "01-20")]


def test_last_interview_counts_wherever_it_is_written(tmp_path):
    (tmp_path / "applications.csv").write_text(
        "company,applied,response date,status\n"
        "Acme,2026-01-05,2026-01-20,Rejected\nBolt,2026-01-05,2026-01-20,Rejected\n"
    )
    (tmp_path / "interviews.csv").write_text(
        "company,interview date\nAcme,2026-01-12\nBolt,2026-01-12\nBolt,2026-01-22\n"
    )
    assert told(read_log(tmp_path)) == [
        ("Acme", "rejection", "01-20"),
        ("Bolt", "response", "01-20"),
        ("Bolt", "rejection", None),
    ]


def test_answer_that_is_dated_elsewhere_leaves_it_the_first_response(tmp_path):
    (tmp_path / "applications.csv").write_text(
        "company,applied,response date,status\nAcme,2026-01-05,2026-01-20,Rejected\n"
    )
    (tmp_path / "events.csv").write_text(
        "company,date,event\nAcme,2026-01-12,Interview\nAcme,2026-01-25,Rejected\n"
    )
    assert told(read_log(tmp_path)) == [
        ("Acme", "response", "01-20"),
        ("Acme", "rejection", "01-25"),
    ]


def test_problem_of_such_a_day_names_its_column():
    log = read(
        "company,applied,interview,response date,status\nAcme,2026-01-05,,2026-01-02,Rejected\n"
    )
    assert log.problems[["column", "value", "code"]].to_numpy().tolist() == [
        ["response date", "2026-01-02", "before_application"]
    ]


@pytest.mark.parametrize(
    "word", ["answered_on", "outcome_on", "answer_date", "decision_on", "decision_date"]
)
def test_words_for_the_day_of_the_answer_lead_to_its_field(word):
    with pytest.raises(LogError, match="Did you mean 'status_date'"):
        read(ROWS.format(header="Response date"), columns={"Response date": word})


@pytest.mark.parametrize(
    ("word", "name"), [("employer", "company"), ("applied_date", "applied_on"), ("roel", "role")]
)
def test_known_headers_and_slips_lead_to_their_field(word, name):
    with pytest.raises(LogError, match=f"Did you mean '{name}'"):
        read("company,applied,x\nAcme,2026-01-05,1\n", columns={"x": word})
