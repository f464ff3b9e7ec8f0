"""What people write for what happened."""

from __future__ import annotations

import io

import pytest

from followup_analysis.reading import read_log

MEANINGS = {
    "": "saved | wishlist | bookmarked | interested | prospective | evaluated | draft | drafted"
    " | new"
    " | applied | submitted | sent | pending | waiting | awaiting response | under review"
    " | application filed | aplicado | on hold | hiring freeze | N/A | null | TBD | Other | —"
    " | Unknown"
    " | Not provided in the email.",
    "interview screen": "recruiter screen | phone screen | screening call | initial screen"
    " | hr call",
    "advance": "shortlisted | referred to hiring manager",
    "assessment": "coding challenge | codesignal | take home | take-home | online assessment | OA",
    "interview": "interview | interviewing | interviewed | interview1 | Interview 5 | entrevista",
    "interview technical": "technical",
    "interview onsite": "onsite | on-campus | panel",
    "interview final": "final round",
    "offer": "offer | offer received | offer extended",
    "offer accepted": "accepted | Accepted! | hired | offer_accepted | 🎉 Hired",
    "offer declined": "offer_declined | turned down",
    "rejection": "rejected | Rejected  | Rejection | Rejection :( | reeejected | not selected"
    " | not moving forward | not progressing | negative | Negative. | rechazado | ❌ REJECTED"
    " | Rejectd | rejceted",
    "withdrawal": "withdrawn | withdrew | not pursued | removed before submission | discarded",
    "ghosted": "ghosted | Ghosted 👻 | no response | unresponsive | stopped responding"
    " | application ignored | no feedback | suspected ghost job",
    "closed": "position closed | cancelled | filled | expired",
}
CASES = [(word, told) for told, words in MEANINGS.items() for word in words.split("|")]


@pytest.mark.parametrize(("word", "told"), CASES, ids=[case[0].strip() for case in CASES])
def test_word_of_a_status(word, told):
    log = read_log(io.StringIO(f"company;applied;status\nAcme;2026-01-05;{word}\n"))
    kinds = [" ".join(pair) for pair in log.events[["kind", "detail"]].fillna("").to_numpy()]
    assert [kind.strip() for kind in kinds] == ([told] if told else [])
    assert "unknown_word" not in set(log.problems["code"])


@pytest.mark.parametrize(
    ("word", "kinds"),
    [
        ("Inter + Rejec", {"interview", "rejection"}),
        ("Rejected after assessment", {"rejection", "assessment"}),
        ("Ghosted after assessment", {"ghosted", "assessment"}),
        ("Interviewing - Hiring freeze", {"interview"}),
        ("Phone screen, rejected", {"interview", "rejection"}),
    ],
)
def test_compound_is_two_events_and_the_ending_has_the_date(word, kinds):
    text = f"company;applied;status;status date\nAcme;2026-01-05;{word};2026-01-20\n"
    events = read_log(io.StringIO(text)).events
    assert set(events["kind"]) == kinds
    dated = events.set_index("kind")["date"].notna()
    assert dated.to_dict() == {k: k in ("rejection", "ghosted") for k in kinds}


@pytest.mark.parametrize("word", ["Rejected before interview", "Withdrew prior to interview"])
def test_what_was_not_reached_is_no_event(word):
    log = read_log(io.StringIO(f"company,applied,status\nAcme,2026-01-05,{word}\n"))
    assert log.events["kind"].isin(["rejection", "withdrawal"]).tolist() == [True]
    assert len(log.problems) == 0


@pytest.mark.parametrize("word", ["banana", "fired", "mailed", "interview or not", "🍌"])
def test_what_is_not_known_is_asked_not_guessed(word):
    log = read_log(io.StringIO(f"company,applied,status\nAcme,2026-01-05,{word}\n"))
    assert len(log.events) == 0
    assert log.problems[["value", "code"]].to_numpy().tolist() == [[word, "unknown_word"]]
    assert log.applications["status"].tolist() == [word]
    told = read_log(
        io.StringIO(f"company,applied,status\nAcme,2026-01-05,{word}\n"),
        vocabulary={word: "withdrew"},
    )
    assert told.events["kind"].tolist() == ["withdrawal"]


def test_slip_is_told():
    log = read_log(io.StringIO("company,applied,status\nAcme,2026-01-05,rejeccted\n"))
    assert "'rejeccted' was taken for 'rejected'." in log.notes


def test_columns_that_ask_a_question():
    log = read_log(
        io.StringIO(
            "company,applied,Selected for interview?,Job offer\n"
            "Acme,2026-01-05,yes,no\nBolt,2026-01-05,no,\nCorp,2026-01-05,Yes,Yes\n"
        )
    )
    assert log.events[["application_id", "kind"]].to_numpy().tolist() == [
        ["1", "advance"], ["3", "advance"], ["3", "offer"],
    ]  # fmt: skip
    assert len(log.problems) == 0


@pytest.mark.parametrize(
    ("word", "channel"),
    [
        ("E-mail", "email"), ("Thank-you card", "note"), ("phone call", "call"),
        ("letter", "letter"),
        ("LinkedIn", "message"), ("in person", "in_person"), ("📞 Call", "call"),
    ],
)  # fmt: skip
def test_channels(word, channel):
    text = f"company,applied,follow-up sent,follow-up channel\nAcme,2026-01-05,2026-01-09,{word}\n"
    assert read_log(io.StringIO(text)).events["detail"].tolist() == [channel]


@pytest.mark.parametrize(
    ("phrase", "channel"),
    [
        ("Thank-you email sent", "email"),
        ("Thank you note", "note"),
        ("Sent thank you card", "note"),
        ("Followed up by phone", "call"),
        ("Follow-up via LinkedIn", "message"),
        ("Called recruiter", "call"),
        ("Emailed the hiring manager.", "email"),
        ("2nd follow-up", None),
        ("Dankesmail geschickt", "email"),
        ("Relancé par téléphone", "call"),
        ("Carta de agradecimiento", "letter"),
    ],
)
def test_phrases_for_a_follow_up(phrase, channel):
    log = read_log(io.StringIO(f"company,date,event\nAcme,2026-01-13,{phrase}\n"))
    assert log.events["kind"].tolist() == ["follow_up"]
    assert log.events["detail"].fillna("").tolist() == [channel or ""]


@pytest.mark.parametrize(
    ("phrase", "channel"),
    [
        ("Reminder to follow up", ""),
        ("Will call recruiter", "call"),
        ("to do: email them", "email"),
        ("Nachfassen", ""),
    ],
)
def test_phrases_for_a_plan(phrase, channel):
    log = read_log(io.StringIO(f"company,date,event\nAcme,2026-01-13,{phrase}\n"))
    told = log.events[["kind", "detail", "planned"]].fillna("").to_numpy().tolist()
    assert told == [["follow_up", channel, True]]
    assert len(log.problems) == 0


def test_way_of_what_is_no_follow_up_is_kept():
    text = (
        "company,date,event,channel\nAcme,2026-01-05,applied,portal\n"
        "Acme,2026-01-12,interview,zoom\nAcme,2026-01-13,follow-up,email\n"
    )
    log = read_log(io.StringIO(text))
    assert log.events["channel"].tolist() == ["zoom", "email"]
    assert log.events["detail"].fillna("").tolist() == ["", "email"]
    assert log.applications["channel"].tolist() == ["portal"]


@pytest.mark.parametrize(
    "phrase", ["called with an offer", "called to interview", "emailed a rejection"]
)
def test_phrases_that_are_no_follow_up(phrase):
    log = read_log(io.StringIO(f"company,date,event\nAcme,2026-01-13,{phrase}\n"))
    assert log.events["kind"].tolist() == []
    assert log.problems["code"].tolist() == ["unknown_word"]


@pytest.mark.parametrize("header", ["how", "via", "method", "by"])
def test_how_it_was_sent_is_the_channel(header):
    log = read_log(
        io.StringIO(
            f"company,job title,date,event,{header}\n"
            "Acme,Analyst,2026-01-13,Thank-you email sent,email\n"
            "Acme,Analyst,2026-01-21,Follow up,phone\n"
        )
    )
    assert log.events["detail"].tolist() == ["email", "call"]
    assert len(log.problems) == 0


def test_how_that_names_no_channel_stays_an_extra_column():
    log = read_log(
        io.StringIO("company,date,event,how\nAcme,2026-01-13,Follow up,as they had asked\n")
    )
    assert log.events["how"].tolist() == ["as they had asked"]
    assert log.events["detail"].isna().all()


def test_german_status():
    text = (
        "Firma,Beworben am,Interview am,Status,Absage am\n"
        "Acme,2026-01-05,2026-01-12,Eingeladen,\n"
        "Bolt,2026-01-06,,offen,\n"
        "Core,2026-01-07,2026-01-13,,2026-02-01\n"
    )
    log = read_log(io.StringIO(text))
    kinds = log.events.groupby("application_id")["kind"].agg(list).to_dict()
    assert kinds == {"1": ["interview", "advance"], "3": ["interview", "rejection"]}
    assert len(log.problems) == 0
