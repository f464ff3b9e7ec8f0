"""Follow-ups that stand in the notes: dated, done or planned, one's own."""

from __future__ import annotations

import io

import pytest

from followup_analysis.reading import read_log


def read(note, more="", **options):
    header = "company;applied;interview;follow-up sent;notes"
    text = f"{header}\nAcme;2026-01-05;2026-01-12;{more};{note}\n"
    return read_log(io.StringIO(text), **options)


def told(log):
    events = log.events[log.events["kind"] == "follow_up"]
    days = events["date"].dt.strftime("%Y-%m-%d")
    return list(zip(days, events["detail"].fillna(""), events["planned"], strict=True))


@pytest.mark.parametrize(
    ("note", "found"),
    [
        ("followed up 2026-01-28", ("2026-01-28", "", False)),
        ("Nice people. Followed up by email on 2026-01-28!", ("2026-01-28", "email", False)),
        ("thank-you sent Jan 28 2026", ("2026-01-28", "", False)),
        ("Sent a thank-you note to Ann on 28 Jan 2026", ("2026-01-28", "note", False)),
        ("called back on 2026-01-28", ("2026-01-28", "call", False)),
        ("2026-01-28: followed up", ("2026-01-28", "", False)),
        ("recruiter emailed 2026-01-20, I emailed 2026-01-28", ("2026-01-28", "email", False)),
        ("need to follow up by 2026-02-03", ("2026-02-03", "", True)),
        ("follow up on 2026-02-03", ("2026-02-03", "", True)),
        ("messaged them 2026-01-28", ("2026-01-28", "message", False)),
        ("Reminder to call on 2026-02-03", ("2026-02-03", "call", True)),
        ("I'll email them 2026-02-03", ("2026-02-03", "email", True)),
        ("nachgefasst am 28.1.2026", ("2026-01-28", "", False)),
        ("Gutes Gespräch. Am 28.1.2026 telefonisch nachgefasst", ("2026-01-28", "call", False)),
        ("Dankesmail 28. Januar 2026", ("2026-01-28", "email", False)),
        ("nachfassen bis zum 3.2.2026", ("2026-02-03", "", True)),
        ("relancé par mail le 28/01/2026", ("2026-01-28", "email", False)),
        ("mail de remerciement envoyé le 28 janvier 2026", ("2026-01-28", "email", False)),
        ("à relancer le 13/02/2026", ("2026-02-13", "", True)),
        ("di seguimiento el 28/01/2026", ("2026-01-28", "", False)),
        ("Correo de agradecimiento el 28 de enero de 2026", ("2026-01-28", "email", False)),
        ("llamé al reclutador 28/1/2026", ("2026-01-28", "call", False)),
    ],
)
def test_dated_phrase_is_a_follow_up(note, found):
    log = read(note)
    assert told(log) == [found]
    event = log.events[log.events["kind"] == "follow_up"].iloc[0]
    assert event["column"] == "notes"
    assert event["rule"].removeprefix("note ").strip("'\"") in note
    assert len(log.problems) == 0
    assert told(read(note, mine_notes=False)) == []


@pytest.mark.parametrize(
    "note",
    [
        "they called back on 2026-01-28",
        "Recruiter followed up 2026-01-28",
        "Ann emailed 2026-01-28",
        "never followed up 2026-01-28",
        "called, nobody there",
        "salary talk 2026-01-28",
        "will hear back 2026-01-28",
        "Recruiter will call 2026-02-03",
        "Firma hat angerufen am 28.1.2026",
        "noch nicht nachgefasst 28.1.2026",
        "ils ont relancé le 28/01/2026",
        "pas encore relancé le 28/01/2026",
        "no di seguimiento el 28/01/2026",
        "me llamaron el 28/01/2026",
    ],
)
def test_what_others_did_is_no_follow_up(note):
    assert told(read(note)) == []


def test_several_in_one_note():
    assert told(read("1/28/2026 - sent thank you, 2/4/2026 - called")) == [
        ("2026-01-28", "", False), ("2026-02-04", "call", False),
    ]  # fmt: skip
    assert told(read("Followed up 2026-01-28 and 2026-02-03, to follow up 2026-02-10")) == [
        ("2026-01-28", "", False), ("2026-02-03", "", False), ("2026-02-10", "", True),
    ]  # fmt: skip


def test_what_a_column_tells_is_not_told_twice():
    assert told(read("followed up by phone 2026-01-28", more="2026-01-28")) == [
        ("2026-01-28", "", False)
    ]


def test_missing_year_and_order_come_from_the_row_or_the_note_is_reported():
    assert told(read("thank-you sent Jan 28", as_of="2026-03-01")) == [("2026-01-28", "", False)]
    assert told(read("called on 2/11", as_of="2026-03-01")) == [("2026-02-11", "call", False)]
    log = read("called on 2/3", as_of="2026-03-10")
    assert told(log) == []
    assert log.problems[["value", "code"]].to_numpy().tolist() == [
        ["called on 2/3", "unsure_mention"]
    ]


@pytest.mark.parametrize(
    "note",
    [
        "I was called 2026-01-20",
        "got called 2026-01-20",
        "headhunter called 2026-01-20",
        "the office called 2026-01-20 to ask about salary",
        "interviewer emailed 2026-01-20",
        "an assistant emailed 2026-01-20",
        "2026-01-20: emailed by recruiter",
        "2026-01-20: Called me with an offer",
        "They liked me and called 2026-01-20",
    ],
)
def test_what_may_be_of_others_is_no_follow_up(note):
    log = read(note)
    assert told(log) == []
    assert set(log.problems["code"]) <= {"unsure_mention"}


@pytest.mark.parametrize(
    "note",
    [
        "My wife called 2026-01-20",
        "called with the offer 2026-01-20",
        "called to schedule 2026-01-20",
        "2026-01-20 called, offer!",
        "Emailed 2026-01-20 saying they went with someone else",
        "Emailed 2026-01-20 asking for my salary",
    ],
)
def test_what_anyone_might_have_done_is_asked(note):
    log = read(note)
    assert told(log) == []
    assert log.problems[["value", "code"]].to_numpy().tolist() == [[note, "unsure_mention"]]
    day = note[note.index("2026") :][:10]
    known = read(note, more=day)
    assert told(known) == [(day, "", False)]
    assert len(known.problems) == 0


@pytest.mark.parametrize(
    "note",
    [
        "Nice talk! Called 2026-01-20",
        "Interview went well - called on 2026-01-20, no answer",
        "Thanked them and called 2026-01-20",
        "Interview 2026-01-12, called 2026-01-20",
        "I called with a question 2026-01-20",
        "Called 2026-01-20 asking for an update",
        "On 2026-01-20 called",
        "* 2026-01-20 - called. 2026-01-25 offer",
        "(called 2026-01-20)",
        "called by phone 2026-01-20. They made an offer",
        "Left a voicemail 2026-01-20",
    ],
)
def test_what_the_keeper_did_is_read(note):
    log = read(note)
    assert told(log) == [("2026-01-20", "call", False)]
    assert len(log.problems) == 0


@pytest.mark.parametrize(
    "note",
    [
        "They'd follow up by 2026-01-20",
        "They’ll follow up by 2026-01-20",
        "They'll call 2026-01-20",
        "Recruiter promised to follow up by 2026-01-20",
        "The recruiter said she would follow up by 2026-01-20",
        "forgot to follow up 2026-01-20",
        "I forgot to follow up 2026-01-20",
        "didn't get to follow up 2026-01-20",
        "I couldn’t call 2026-01-20",
    ],
)
def test_what_others_mean_to_do_or_nobody_did_is_no_plan(note):
    assert told(read(note)) == []


def test_what_was_tried_is_asked():
    log = read("tried to call 2026-01-20, voicemail")
    assert told(log) == []
    assert log.problems["code"].tolist() == ["unsure_mention"]


@pytest.mark.parametrize(
    "note",
    [
        "They said to follow up by 2026-02-03",
        "Recruiter was friendly, I need to follow up by 2026-02-03",
        "Not heard back, will follow up 2026-02-03",
        "Don't forget: follow up by 2026-02-03",
        "will try to follow up 2026-02-03",
    ],
)
def test_what_the_keeper_means_to_do_is_a_plan(note):
    log = read(note)
    assert told(log) == [("2026-02-03", "", True)]
    assert len(log.problems) == 0


@pytest.mark.parametrize(
    ("note", "channel"),
    [
        ("Thank-you note sent to Ann (Jan 20, 2026)", "note"),
        ("Thank you sent to Ann Smith 2026-01-20", ""),
        ("Emailed thank you to all 3 interviewers on 2026-01-20", "email"),
        ("Emailed Ann 2026-01-20", "email"),
        ("Texted Jim 2026-01-20", "message"),
        ("2026-01-20: texted Jim", "message"),
        ("2026-01-20 - called Ann Smith", "call"),
    ],
)
def test_who_was_written_to_may_be_named(note, channel):
    log = read(note)
    assert told(log) == [("2026-01-20", channel, False)]
    assert len(log.problems) == 0


@pytest.mark.parametrize(
    "note",
    [
        "Thank you: 2026-01-20",
        "Thank-you note 2026-01-20",
        "2026-01-20: thank you email",
        "Reached out to recruiter 2026-01-20",
        "2026-01-20: reached out to Ann",
        "emailed about my start date 2026-01-20",
        "Interview went well, follow-up 2026-01-20",
        "my sister emailed thank you 2026-01-20",
    ],
)
def test_what_may_be_a_follow_up_is_asked(note):
    log = read(note)
    assert told(log) == []
    assert log.problems[["value", "code"]].to_numpy().tolist() == [[note, "unsure_mention"]]


@pytest.mark.parametrize(
    "note", ["They texted me 2026-01-20", "Recruiter reached out 2026-01-20", "salary 2026-01-20"]
)
def test_what_is_clearly_of_others_is_not_asked(note):
    log = read(note)
    assert told(log) == []
    assert len(log.problems) == 0
