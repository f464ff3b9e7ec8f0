"""One row per application, interview or event: what it tells, and where that stands."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from followup_analysis import ColumnError, LogError
from followup_analysis.reading import read_log


def read(text, **options):
    return read_log(io.StringIO(text), **options)


def told(log, *columns):
    columns = columns or ("application_id", "date", "kind", "detail")
    out = log.events[list(columns)].copy()
    for name in out.select_dtypes("datetime"):
        out[name] = out[name].dt.strftime("%m-%d")
    return [tuple(None if pd.isna(v) else v for v in row) for row in out.to_numpy(dtype=object)]


APPLICATIONS = """\
company,role,applied,response date,interview 1 date,interview 1 type,interview 1 went well,\
interview 1 deadline,interview 1 finalists,interview 2 date,follow-up 1 date,follow-up 1 channel,\
follow-up 1 content,follow-up due,offer date,rejection date,status,status date
Acme,Engineer,2026-01-05,2026-01-08,2026-01-12,Phone screen,4,2026-01-19,3,2026-01-20,\
2026-01-13,Thank-you card,answered a concern,2026-01-27,,,Withdrew,2026-01-30
Bolt,Analyst,2026-01-06,,2026-01-14,,,,,,,,,2026-01-21,2026-01-23,,Accepted!,
Corp,Clerk,2026-01-07,,2026-01-15,,,,,,yes,phone,,,,2026-01-25,❌ Rejected ,
"""


def test_one_row_per_application():
    log = read(APPLICATIONS)
    assert told(log) == [
        ("1", "01-08", "response", None),
        ("1", "01-12", "interview", "screen"),
        ("1", "01-13", "follow_up", "note"),
        ("1", "01-20", "interview", None),
        ("1", "01-27", "follow_up", None),
        ("1", "01-30", "withdrawal", None),
        ("2", "01-14", "interview", None),
        ("2", "01-21", "follow_up", None),
        ("2", "01-23", "offer", "accepted"),
        ("3", "01-15", "interview", None),
        ("3", "01-25", "rejection", None),
        ("3", None, "follow_up", "call"),
    ]
    first = log.events.iloc[1]
    assert (first["went_well"], first["n_finalists"]) == (4, 3)
    assert first["stated_deadline"] == pd.Timestamp("2026-01-19")
    assert log.events["content"].dropna().tolist() == ["concern"]
    assert log.events["planned"].sum() == 2
    assert log.applications["status"].tolist() == ["Withdrew", "Accepted!", "❌ Rejected"]
    assert log.problems[["line", "column", "value", "code"]].to_numpy().tolist() == [
        [4, "follow-up 1 date", "yes", "no_date"]
    ]


def test_events_cite_their_cells():
    log = read(APPLICATIONS)
    assert told(log, "line", "column", "rule")[:2] == [
        (2, "response date", "response date: ISO date"),
        (2, "interview 1 date", "interview 1 date: ISO date"),
    ]
    assert told(log, "line", "column", "rule")[5] == (2, "status", "status 'Withdrew'")
    assert log.applications["line"].tolist() == [2, 3, 4]


def test_one_row_per_interview():
    log = read(
        "company,role,interview date,round,went well,outcome\n"
        "Acme,Engineer,2026-01-12,phone,4,\n"
        "Bolt,Engineer,2026-01-13,final,2,rejected\n"
        "ACME,engineer,2026-01-20,onsite,5,offer\n"
    )
    assert told(log) == [
        ("1", "01-12", "interview", "screen"),
        ("1", "01-20", "interview", "onsite"),
        ("1", None, "offer", None),
        ("2", "01-13", "interview", "final"),
        ("2", None, "rejection", None),
    ]
    assert log.n_records == 3
    assert log.applications["company"].tolist() == ["Acme", "Bolt"]


def test_application_in_several_rows_is_one_application():
    log = read(
        "company,role,applied,interview\n"
        "Acme,Engineer,2026-01-05,2026-01-12\n"
        "Acme,Engineer,2026-01-05,2026-01-20\n"
        "Acme,Engineer,2026-02-05,2026-02-12\n"
    )
    assert told(log, "application_id", "date")[:2] == [("1", "01-12"), ("1", "01-20")]


EVENTS = """\
id,company,date,event,detail,content,planned,went_well,stress,control
7,Acme,2026-01-05,applied,,,,,,
7,,2026-01-12,Interview,final,,,5,,
7,,2026-01-13,follow-up,e-mail,generic,,,,
7,,2026-01-20,follow-up,call,,yes,,,
7,,2026-01-14,rating,,,,,8,2
7,,2026-01-22,rejected,,,,,,
9,Bolt,2026-01-06,applied,,,,,,
9,Bolt,,ghosted,,,,,,
9,Bolt,2026-02-01,sang a song,,,,,,
,,2026-02-01,interview,,,,,,
"""


def test_one_row_per_event():
    log = read(EVENTS)
    assert log.applications["application_id"].tolist() == ["7", "9"]
    assert log.applications["company"].tolist() == ["Acme", "Bolt"]
    assert log.applications["applied_on"].dt.day.tolist() == [5, 6]
    assert told(log, "application_id", "date", "kind", "detail", "content", "planned") == [
        ("7", "01-12", "interview", "final", None, False),
        ("7", "01-13", "follow_up", "email", "generic", False),
        ("7", "01-20", "follow_up", "call", None, True),
        ("7", "01-22", "rejection", None, None, False),
        ("9", None, "ghosted", None, None, False),
    ]
    assert log.ratings[["application_id", "stress", "control"]].to_numpy().tolist() == [["7", 8, 2]]
    assert log.problems[["line", "code"]].to_numpy().tolist() == [
        [10, "unknown_word"],
        [11, "no_application"],
    ]
    assert log.set_aside["line"].tolist() == [11]


def test_status_tells_only_what_no_date_tells():
    log = read(
        "company,applied,interview,status,status date\n"
        "Acme,2026-01-05,,Interviewing,2026-01-09\n"
        "Bolt,2026-01-05,,Rejected,2026-01-09\n"
        "Corp,2026-01-05,,Ghosted,\n"
        "Dorn,2026-01-05,,On hold,2026-01-09\n"
        "Eden,2026-01-05,,Position filled,\n"
        "Fern,2026-01-05,,saved,\n"
    )
    assert told(log) == [
        ("1", None, "interview", None),  # the day of the status is not that of the interview
        ("2", "01-09", "rejection", None),
        ("3", None, "ghosted", None),
        ("5", None, "closed", None),
    ]
    assert log.problems[["line", "code"]].to_numpy().tolist() == [
        [2, "no_date"],
        [7, "not_applied"],
    ]
    assert log.applications["applied_on"].isna().tolist() == [False] * 5 + [True]
    assert (log.interviews()["ending"] == "open").all()


def test_people_are_kept_apart():
    log = read(
        "person,id,company,applied\nAda,1,Acme,2026-01-05\nAda,2,Bolt,2026-01-06\nBo,1,Acme,2026-01-07\n"
    )
    assert log.applications["application_id"].tolist() == ["Ada/1", "Ada/2", "Bo/1"]
    assert len(log.problems) == 0


def test_unknown_columns_are_kept():
    log = read("Company,Salary,Applied,Line\nAcme,12000,2026-01-05,red\n")
    assert log.applications["Salary"].tolist() == ["12000"]
    assert log.applications["Line"].tolist() == ["red"]
    told_why = log.mapping.set_index("column")["reason"].to_dict()
    assert told_why["Salary"] == "unknown header: kept as an extra column"


@pytest.mark.parametrize(
    ("when", "before", "after"),
    [
        ("Date", "Old status", "New status"),
        ("Changed at", "From", "To"),
        ("Status changed on", "Previous stage", "Stage"),
        ("Date", "Comment", "New status"),
        ("Transition day", "Before", "After"),
        ("Datum", "Alter Status", "Neuer Status"),
    ],
)
def test_one_row_per_change_of_status(when, before, after):
    log = read(
        f"""{when},Company,{before},{after}
2026-01-05,Acme,,Applied
2026-01-12,Acme,Applied,Interview
2026-01-15,Acme,Interview,Followed up
2026-01-20,Acme,Followed up,Rejected
2026-01-06,Bolt,,Applied
2026-01-13,Bolt,Applied,Interview
"""
    )
    assert told(log, "application_id", "date", "kind") == [
        ("1", "01-12", "interview"),
        ("1", "01-15", "follow_up"),
        ("1", "01-20", "rejection"),
        ("2", "01-13", "interview"),
    ]
    assert log.applications["applied_on"].dt.day.tolist() == [5, 6]
    assert "lists changes of status" in log.notes[0]


def test_from_and_to_of_messages_are_no_status():
    log = read("Date,Company,From,To\n2026-01-05,Acme,hr@acme.example,me@home.example\n")
    assert log.events.empty
    assert not any("changes of status" in note for note in log.notes)


@pytest.mark.parametrize(
    "text",
    [
        "Date,Company,Status,From\n2026-01-05,Acme,Interview,Ad\n2026-01-06,Acme,Rejected,Ad",
        "Company,Applied,Rejected,Status,Old status\nAcme,2026-01-02,2026-01-20,Rejected,Applied",
        "Company,Applied,Interview,New status\nAcme,2026-01-02,2026-01-12,Rejected",
        "Company,Date applied,Old stage,Stage,Updated\nAcme,2026-01-02,Applied,Offer,2026-01-19",
        "Date,Company,Previous status,Status\n2026-01-12,Acme,Applied,Interview",
    ],
)
def test_a_sheet_of_applications_is_no_list_of_changes(text):
    assert not any("changes of status" in note for note in read(text + "\n").notes)


def test_dates_that_were_not_used_are_told():
    log = read(
        "Company,Applied,Touched base,Salary\n"
        "Acme,2026-01-05,2026-01-14,45000\nBolt,2026-01-06,,46000\n"
    )
    assert "The dates of 'Touched base' were not used" in " ".join(log.notes)
    assert "Salary" not in " ".join(log.notes)
    log = read(
        "Company,Applied,Touched base\nAcme,2026-01-05,2026-01-14\n",
        columns={"Touched base": "follow_up_on"},
    )
    assert told(log, "date", "kind") == [("01-14", "follow_up")]
    assert "not used" not in " ".join(log.notes)


def test_columns_can_be_named():
    text = "Firm's name,Sent,Spoke,Where,Date\nAcme,2026-01-05,2026-01-12,web,2026-03-01\n"
    log = read(
        text,
        columns={
            "Firm's name": "company", "Sent": "applied_on", "Spoke": "interview_on", "Date": None,
        },
    )  # fmt: skip
    assert log.applications["applied_on"].dt.day.tolist() == [5]
    assert told(log, "date", "kind") == [("01-12", "interview")]
    assert log.applications["Date"].tolist() == ["2026-03-01"]
    with pytest.raises(ColumnError, match="Did you mean 'Sent'"):
        read(text, columns={"Snt": "applied_on"})
    with pytest.raises(LogError, match="Did you mean 'applied_on'"):
        read(text, columns={"Sent": "aplied_on"})


def test_words_can_be_named():
    text = "company,applied,status\nAcme,2026-01-05,Nope!\nBolt,2026-01-06,Mañana\n"
    log = read(text, vocabulary={"nope": "rejected", "mañana": None})
    assert told(log, "application_id", "kind") == [("1", "rejection")]
    assert len(log.problems) == 0
    with pytest.raises(LogError, match="Did you mean 'rejected'"):
        read(text, vocabulary={"nope": "rejcted"})


def test_same_id_twice_is_reported_and_kept():
    log = read("id,company,applied\n1,Acme,2026-01-05\n1,Bolt,2026-01-06\n")
    assert log.applications["application_id"].tolist() == ["1", "2"]
    assert log.problems[["line", "code"]].to_numpy().tolist() == [[3, "duplicate_id"]]


def test_nothing_that_was_written_down_is_thrown_away():
    text = (
        "#,company,applied,Details,time,content,interview 1 date,interview 1 notes,"
        "interview 1 result,interview 1 done,status,status date,outcome,Firm,when\n"
        "7,Acme,2026-01-05,a,14:30,c,2026-01-12,d,e,no,applied,2026-01-06,waiting,f,2026-01-07\n"
    )
    log = read(text)
    kept = log.applications.iloc[0].astype(str).tolist() + log.events.iloc[0].astype(str).tolist()
    for word in ("a", "c", "d", "e", "f", "2026-01-06", "waiting", "2026-01-07", "14:30", "7"):
        assert word in kept, word
    assert log.events[["kind", "planned"]].to_numpy().tolist() == [["interview", True]]
    fields = log.mapping.set_index("column")["field"].dropna().to_dict()
    assert set(fields) == {
        "#", "company", "applied", "time", "interview 1 date", "interview 1 notes",
        "interview 1 result", "interview 1 done", "status", "status date", "outcome",
    }  # fmt: skip


def test_tick_without_a_date_is_an_interview_of_an_unknown_day():
    log = read("company,applied,interview done\nAcme,2026-01-05,yes\nBolt,2026-01-05,no\n")
    assert told(log) == [("1", None, "interview", None)]
    assert log.problems["code"].tolist() == ["no_date"]


def test_status_in_a_list_of_interviews_is_that_of_the_interview():
    log = read(
        "company,interview date,round,status\n"
        "Acme,2026-01-12,phone,Passed\n"
        "Acme,2026-01-20,onsite,Completed\n"
        "Bolt,2026-01-12,phone,Passed\n"
        "Corp,2026-01-12,phone,Cancelled\n"
        "Corp,2026-01-14,phone,Completed\n"
        "Corp,2026-03-14,final,Scheduled\n",
        as_of="2026-02-01",
    )
    assert told(log, "application_id", "date", "kind", "planned") == [
        ("1", "01-12", "interview", False),
        ("1", "01-20", "interview", False),  # that the first was passed is known from this one
        ("2", "01-12", "interview", False),
        ("2", None, "advance", False),
        ("3", "01-12", "interview", True),
        ("3", "01-14", "interview", False),
        ("3", "03-14", "interview", True),
    ]
    assert len(log.problems) == 0


def test_result_of_a_numbered_interview_is_that_of_the_interview():
    log = read_log(
        io.StringIO(
            "company,applied,interview 1 date,interview 1 result,round 2 date,round 2 result\n"
            "Acme,2026-01-05,2026-01-12,passed,2026-01-20,rejected\n"
            "Bolt,2026-01-05,2026-01-12,passed,,\n"
            "Corp,2026-01-05,2026-01-12,no show,,\n"
            "Dorn,2026-01-05,2026-01-12,banana,2026-01-20,completed\n"
        )
    )
    answers = log.events[log.events["kind"] != "interview"]
    assert answers[["application_id", "kind", "column"]].to_numpy().tolist() == [
        ["1", "rejection", "round 2 result"],  # that the first was passed, the second tells
        ["2", "advance", "interview 1 result"],
    ]
    assert log.events.set_index("application_id")["planned"]["3"]
    assert log.problems[["line", "value", "code"]].to_numpy().tolist() == [
        [5, "banana", "unknown_word"]
    ]
    assert log.applications["interview 1 result"].tolist() == [
        "passed", "passed", "no show", "banana",
    ]  # fmt: skip


def test_day_of_an_answer_goes_before_the_result_of_an_interview():
    log = read_log(
        io.StringIO(
            "company,interview 1 date,interview 1 result,status,status date\n"
            "Acme,2026-01-12,failed,Rejected,2026-01-20\n"
        )
    )
    answer = log.events[log.events["kind"] == "rejection"]
    assert answer["date"].dt.day.tolist() == [20]


def test_no_field_is_proposed_for_dates_that_were_not_used():
    log = read("Company,Applied,1. Gespräch\nAcme,2026-01-05,2026-01-12\n")
    (note,) = [note for note in log.notes if "were not used" in note]
    assert "(interview_on, follow_up_on, rejected_on, ...): columns={'1. Gespräch': '...'}" in note
    with pytest.raises(LogError, match="which is no field of a log. The fields are"):
        read(
            "Company,Applied,1. Gespräch\nA,2026-01-05,2026-01-12\n", columns={"1. Gespräch": "..."}
        )


def test_dates_among_ticks_that_were_not_used_are_told():
    cells = ["2026-01-13", "2026-01-14", "ja", "nee", "later", "vergeten", "", "ooit"]
    rows = "".join(f"C{at},2026-01-05,{cell}\n" for at, cell in enumerate(cells))
    log = read("Company,Applied,Bedankmail verstuurd\n" + rows)
    assert "The dates of 'Bedankmail verstuurd' were not used" in " ".join(log.notes)


@pytest.mark.parametrize(
    ("header", "one", "two"),
    [("Where it stands", "Rejected", "Offer"), ("Réponse finale", "Refusé", "Accepté")],
)
def test_answers_under_an_unknown_header_are_told(header, one, two):
    text = f"Company,Applied,Interview,{header}\nA,1/5/2026,1/20/2026,{one}\nB,1/6/2026,,{two}\n"
    log = read(text)
    (note,) = [note for note in log.notes if "holds words such as" in note]
    assert f"columns={{{header!r}: 'status'}}" in note
    assert "rejection" in read(text, columns={header: "status"}).events["kind"].tolist()


def test_words_that_are_no_answers_or_stand_beside_a_status_are_not_told():
    text = "Company,Applied,{},Where it stands\nA,2026-01-05,Rejected,{}\n"
    for header, word in (("Status", "Rejected"), ("City", "Interview"), ("City", "Paris")):
        log = read(text.format(header, word))
        assert not any("'Where it stands' holds" in note for note in log.notes)


@pytest.mark.parametrize("header", ["Final decision", "Decision", "Situação"])
def test_more_headers_of_the_status(header):
    log = read(f"Company,Applied,{header}\nA,2026-01-05,Reprovado\nB,2026-01-06,Rejected\n")
    assert log.events["kind"].tolist() == ["rejection", "rejection"]


def test_thank_you_notes_that_are_dates_are_follow_ups_and_texts_are_notes():
    text = "Company,Applied,Interview,Thank-you notes\nA,2026-01-05,2026-01-12,{}\n"
    assert told(read(text.format("2026-01-13")), "kind", "detail")[-1] == ("follow_up", "note")
    assert "follow_up" not in read(text.format("on nice paper")).events["kind"].tolist()


def test_result_of_an_interview_may_be_yes_no_or_the_next_round():
    text = (
        "Company,Interview 1,Interview 1 result\nAlder,2026-01-12,no\nBirch,2026-01-13,yes\n"
        "Cedar,2026-01-14,Second round\nDogwood,2026-01-14,Final interview\n"
        "Elm,2026-01-14,pending\nFir,2026-01-14,Interviewed\nGum,2026-01-14,Assessment\n"
        "Hazel,2026-01-14,failed\n"
    )
    log = read_log(io.StringIO(text))
    told = log.events[log.events["kind"] != "interview"]
    assert told[["application_id", "kind"]].to_numpy().tolist() == [
        ["1", "rejection"], ["2", "advance"], ["3", "advance"], ["4", "advance"],
        ["8", "rejection"],
    ]  # fmt: skip
    assert log.problems[["value", "code"]].to_numpy().tolist() == [["Assessment", "unknown_word"]]
    own = read_log(io.StringIO(text), vocabulary={"no": None, "Assessment": None})
    assert len(own.problems) == 0
    assert "1" not in set(own.events.loc[own.events["kind"] != "interview", "application_id"])


@pytest.mark.parametrize(
    ("cell", "is_planned"),
    [
        ("cancelled 2026-01-12", True),
        ("1/13/2026 (no show)", True),
        ("TBD 1/20/2026", True),
        ("scheduled 2026-01-20", True),
        ("2026-01-12 with Ann", False),
    ],
)
@pytest.mark.parametrize("header", ["Interview date", "Thank you sent"])
def test_date_beside_which_nothing_was_done_is_no_day_of_a_deed(cell, is_planned, header):
    log = read_log(io.StringIO(f"Company,Applied,{header}\nAcme,2026-01-05,{cell}\n"))
    assert log.events["planned"].tolist() == [is_planned]
    assert log.problems[["value", "code"]].to_numpy().tolist() == [[cell, "more_than_a_date"]]


def test_interview_that_was_not_completed_is_a_plan():
    for header, yes, no in (("Completed", "Yes", "No"), ("Done", "x", "no")):
        text = f"Company,Interview date,{header}\nAlder,2026-01-12,{yes}\nAlder,2026-01-26,{no}\n"
        log = read_log(io.StringIO(text))
        assert log.events["planned"].tolist() == [False, True]
        assert log.as_of == pd.Timestamp("2026-01-12")


def test_no_beside_the_day_of_a_follow_up_makes_it_a_plan():
    text = "Company,Interview date,Follow up,Follow up date\nBirch,2026-01-13,No,2026-01-30\n"
    log = read_log(io.StringIO(text))
    assert log.events.query("kind == 'follow_up'")["planned"].tolist() == [True]


def test_tick_and_day_of_a_thank_you_are_one_follow_up():
    text = "Company,Interview date,Thank you,Thank you date\nAlder,2026-01-12,Y,2026-01-13\n"
    log = read_log(io.StringIO(text))
    sent = log.events.query("kind == 'follow_up'")
    assert sent["date"].tolist() == [pd.Timestamp("2026-01-13")]
    assert log.problems.empty


def test_numbered_follow_ups_are_of_one_kind():
    for first, second in (
        ("Follow up date", "Second follow up date"),
        ("Date followed up", "2nd follow up"),
    ):
        text = f"Company,Interview date,{first},{second}\nAlder,2026-01-12,2026-01-19,2026-01-26\n"
        log = read_log(io.StringIO(text))
        assert not log.events["planned"].any()


def test_plan_because_of_another_column_is_told():
    header = "Company,Interview date,Thank you sent,Follow up date\n"
    text = f"{header}Alder,2026-01-12,2026-01-13,2026-01-19\n"
    log = read_log(io.StringIO(text))
    assert log.events["planned"].sum() == 1
    assert any("columns={'Follow up date': 'follow_up_on'}" in note for note in log.notes)


def test_headings_and_totals_between_the_rows_go_aside():
    lines = [
        "Company,Title,Applied,Interview,Outcome",
        "JANUARY 2026,,,,",
        "Alder,Clerk,2026-01-05,,Rejected",
        "Week 2,,,,",
        "May,Clerk,2026-01-06,,",
        "Total: 1,,,,",
        "Response rate,,,50%,",
        "TOTAL,2,2,0,",
        "Legend: green = offer,,,,",
        "Total,Clerk,,,Applied",
        "Birch,,,,",
    ]
    log = read_log(io.StringIO("\n".join(lines)))
    assert log.applications["company"].tolist() == ["Alder", "May", "Total", "Birch"]
    assert log.set_aside["line"].tolist() == [2, 4, 6, 7, 8, 9]
    assert set(log.problems["code"]) == {"not_an_application"}
