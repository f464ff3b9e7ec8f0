"""Headers that people use, in a sheet where they mean what they say."""

from __future__ import annotations

import io

import pytest

from followup_analysis.reading import read_log

DAY, WORD = "2026-01-12", "Acme"
# field -> value of the cell, what else is in the sheet, headers
APPLICATIONS = {
    "company": (WORD, "applied", "company | company name | employer | employer name | client name"
                " | organization | empresa | firma | Company Name: | COMPANY"),
    "role": ("Clerk", "company,applied", "role | role name | job title | jobtitle | position"
             " | position title | title | puesto | jobTitle | Job_Title"),
    "applied_on": (DAY, "company", "date applied | applied date | applied | applied on"
                   " | application date | date sent | date | datum | appliedat | appliedAt"
                   " | date of activity | Date Applied (UTC)"),
    "first_response_on": (DAY, "company,applied", "response date | date of 1st response"
                          " | date_init_resp | first_reply_on | call_back_date | response"),
    "interview_on": (DAY, "company,applied", "interview date | date of interview | screening date"
                     " | phone | onsite | on-campus | final | interview | scheduledat | startAt"
                     " | Interview am | Vorstellungsgespräch | Vorstellungsgespräch am"
                     " | Entrevista el | Fecha de entrevista | Fecha de la entrevista"
                     " | Date de l'entretien | Entretien le"),
    "interview_on 1": (DAY, "company,applied", "date_interview1 | interview 1 date | round_1"
                       " | first interview | 1st interview | interview1Date | Interview #1"),
    "interview_on 2": (DAY, "company,applied", "second interview | date_interview2 | round 2"),
    "follow_up_on": (DAY, "company,applied", "follow-up date | follow_up_date | thank you sent"
                     " | last contact | last action | followed up on | followUpSent"
                     " | follow-up sent | Thank-you note sent | Nachgefasst am"),
    "follow_up_due": (DAY, "company,applied", "next follow-up | follow-up due | reminder"
                      " | reminderdate | next deadline | follow up | next follow-up date"),
    "contact": ("Ann Lee", "company,applied", "contact | contact person | person contacted"
                " | recruiter | hr name | ansprechpartner"),
    "status": ("rejected", "company,applied", "status | stage | list | listname"
               " | application status | result | results | outcome | final_outcome | job offer"
               " | selected for interview?"),
    "status_date": (DAY, "company,applied,status", "status date | lastmovedat | last_updated"),
    "rejected_on": (DAY, "company,applied", "daterejected | rejection date | rejected"
                    " | Absage am | Abgelehnt am | Fecha de rechazo | Refus le"),
    "advance_on": (DAY, "company,applied", "Eingeladen am | invited on"),
    "offer_on": (DAY, "company,applied", "Angebot am | offer date"),
    "accepted_on": (DAY, "company,applied", "dateaccepted | accepted on"),
    "source": ("the web", "company,applied", "source | job source | application site | platform"
               " | provider | website | channel | via"),
    "notes": ("nice", "company,applied", "notes | note | notizen | feedback"),
    "counter": ("7", "company,applied", "# | num | index | s.no"),
    "application_id": ("7", "company,applied", "appnum | id | application_id"),
}  # fmt: skip
CASES = [
    (header.strip(), name, value, beside)
    for name, (value, beside, headers) in APPLICATIONS.items()
    for header in headers.split("|")
]
BESIDE = {"company": WORD, "applied": "2026-01-05", "status": "applied"}


def fields(header, value, beside, **options):
    others = beside.split(",")
    cells = [BESIDE[other] for other in others]
    text = f"{','.join(others)},{header}\n{','.join(cells)},{value}\n"
    log = read_log(io.StringIO(text), **options)
    return log.mapping.set_index("column")["field"].to_dict()


@pytest.mark.parametrize(("header", "name", "value", "beside"), CASES, ids=[c[0] for c in CASES])
def test_header_of_an_application(header, name, value, beside):
    assert fields(header, value, beside)[header] == name


def test_name_is_the_company_where_nothing_else_is():
    assert fields("name", WORD, "applied")["name"] == "company"
    found = fields("name", "Ann", "company,applied")
    assert (found["name"], found["company"]) != ("company", "company")
    assert found["company"] == "company"


@pytest.mark.parametrize(
    ("header", "name"),
    [("type", "stage"), ("round", "stage"), ("stage", "stage"), ("interview type", "stage")],
)
def test_header_in_a_sheet_of_interviews(header, name):
    text = f"company,interview date,{header}\nAcme,2026-01-12,Onsite\n"
    log = read_log(io.StringIO(text))
    assert log.mapping.set_index("column")["field"][header] == name
    assert log.events["detail"].tolist() == ["onsite"]


@pytest.mark.parametrize("header", ["channel", "platform", "contact method", "method", "type"])
def test_header_in_a_sheet_of_follow_ups(tmp_path, header):
    path = tmp_path / "follow-ups.csv"
    path.write_text(f"company,date sent,{header}\nAcme,2026-01-12,Call\n")
    log = read_log(path)
    assert log.mapping["field"].tolist() == ["company", "follow_up_on", "channel"]
    assert log.events["detail"].tolist() == ["call"]


def test_type_of_an_event():
    log = read_log(
        io.StringIO("company,date,type\nAcme,2026-01-12,Interview\nAcme,2026-01-14,Follow-up\n")
    )
    assert log.events["kind"].tolist() == ["interview", "follow_up"]


def test_channel_beside_a_follow_up_is_its_channel():
    log = read_log(
        io.StringIO("company,applied,follow-up sent,channel\nAcme,2026-01-05,2026-01-12,letter\n")
    )
    assert log.events["detail"].tolist() == ["letter"]


@pytest.mark.parametrize(
    ("header", "value"),
    [("phone", "+44 555 0100"), ("interviews", "3"), ("final", "yes please"), ("follow up", "yes")],
)
def test_values_can_say_that_a_header_means_something_else(header, value):
    assert not isinstance(fields(header, value, "company,applied")[header], str)


def test_dates_of_a_header_that_may_mean_two_things_are_told():
    log = read_log(io.StringIO("company,applied,Follow-up date\nAcme,2026-01-05,2026-01-12\n"))
    [note] = [note for note in log.notes if "Follow-up date" in note]
    assert "columns={'Follow-up date': 'follow_up_due'}" in note
    log = read_log(
        io.StringIO("company,applied,Follow-up date\nAcme,2026-01-05,2026-01-12\n"),
        columns={"Follow-up date": "follow_up_due"},
    )
    assert log.events["planned"].tolist() == [True]
