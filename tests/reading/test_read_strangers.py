"""Logs as strangers keep them: what is read is what a person would read in them."""

from __future__ import annotations

import io
import json
from textwrap import dedent

import pytest

from followup_analysis import LogError
from followup_analysis.reading import read_log


def read(text, **options):
    return read_log(io.StringIO(dedent(text)), **options)


def told(log):
    days = log.events["date"].dt.strftime("%m-%d").fillna("")
    names = log.events["application_id"].map(
        log.applications.set_index("application_id")["company"]
    )
    details = log.events["detail"].fillna("")
    kinds = log.events["kind"].where(~log.events["planned"], "planned " + log.events["kind"])
    rows = zip(names, days, kinds, details, strict=True)
    return [" ".join(filter(None, row)) for row in rows]


def asked(log):
    return list(zip(log.problems["value"].fillna(""), log.problems["code"], strict=True))


def test_german():
    log = read("""\
        Bewerbungsübersicht 2026;;;;;;;
        ;;;;;;;
        Nr.;Firma;Stelle;Beworben am;Eingangsbestätigung;Vorstellungsgespräch;Status;Bemerkungen
        1;Muster;Sachbearbeiter;05.01.2026;07.01.2026;20.01.2026;Absage;Dankesmail am 21.01.2026
        2;Probe;Analyst;12.01.2026;13.01.2026;28.01.2026;Zusage;tel. nachgefasst 02.02.2026
        3;Nord;Planer;15.01.2026;;;Vorstellungsgespräch vereinbart;
        4;West;Planer;16.01.2026;;;in Bearbeitung;
        5;Ost;Planer;16.01.2026;;;keine Antwort;
        """)
    assert told(log) == [
        "Muster 01-20 interview", "Muster 01-21 follow_up email", "Muster rejection",
        "Probe 01-28 interview", "Probe 02-02 follow_up call", "Probe offer",
        "Nord planned interview", "Ost ghosted",
    ]  # fmt: skip
    assert asked(log) == []
    assert log.applications["Eingangsbestätigung"].notna().sum() == 2


def test_spanish():
    log = read("""\
        Empresa,Puesto,Fecha de solicitud,Fecha de entrevista,Estado,Notas
        Azul,Contable,05/01/2026,15/01/2026,Rechazado,di seguimiento el 20/01/2026
        Verde,Analista,07/01/2026,22/01/2026,Oferta recibida,
        Roja,Analista,08/01/2026,,En proceso,
        """)
    assert told(log) == [
        "Azul 01-15 interview", "Azul 01-20 follow_up", "Azul rejection",
        "Verde 01-22 interview", "Verde offer",
    ]  # fmt: skip
    assert asked(log) == []


def test_french():
    log = read("""\
        Entreprise;Poste;Date de candidature;Entretien le;Relancé le;Réponse
        Dupont;Comptable;05/01/2026;14/01/2026;21/01/2026;Refus
        Martin;Analyste;08/01/2026;19/01/2026;;En attente
        Lune;Analyste;30/01/2026;;;Sans réponse
        """)
    assert told(log) == [
        "Dupont 01-14 interview", "Dupont 01-21 follow_up", "Dupont rejection",
        "Martin 01-19 interview", "Lune ghosted",
    ]  # fmt: skip
    assert asked(log) == []


def test_pictures_for_words():
    log = read("""\
        Company|Date|📋 Status|💬
        Quillmoor|Jan 5 2026|✅ Applied|
        Candle|Jan 7 2026|👻|
        Brick|Jan 8 2026|❌|
        Fern|Jan 9 2026|🎉 Offer!!|fine
        Gull|Jan 10 2026|⏳|
        """)
    assert told(log) == ["Candle ghosted", "Fern offer"]
    assert asked(log) == [("❌", "unknown_word")]  # refused, or not applied for?
    assert log.applications["💬"].dropna().tolist() == ["fine"]


def test_day_behind_the_status():
    log = read(
        """\
        company,applied,phone screen,outcome
        Acme,11/3/2025,11/12/2025,rejected 12/1
        Bolt,2026-01-05,,Offer (1/20/2026)
        Core,2026-01-07,,Interview 1/15/2026
        Dorn,2026-01-07,,applied 1/7
        Eden,2026-01-08,,Rejected on Feb 3
        Fern,2026-01-08,,Interview 1
        """,
        as_of="2026-03-01",
    )
    assert told(log) == [
        "Acme 11-12 interview screen", "Acme 12-01 rejection", "Bolt 01-20 offer",
        "Core 01-15 interview", "Eden 02-03 rejection", "Fern interview",
    ]  # fmt: skip
    assert asked(log) == [("applied 1/7", "unknown_word"), ("Interview 1", "no_date")]
    assert log.applications["status"].tolist()[0] == "rejected 12/1"


def test_month_and_day_without_any_year():
    text = "company,applied,onsite\nAcme,11/23,12/20\nBolt,12/15,1/20\n"
    log = read(text)
    assert told(log) == ["Acme interview onsite", "Bolt interview onsite"]
    assert {code for _, code in asked(log)} == {"no_year"}
    assert log.applications["applied_on"].isna().all()


def test_ghosted_in_many_words():
    log = read("""\
        company,date applied,response?,result
        Acme,2026-01-05,no,ghosted after 2 weeks
        Bolt,2026-01-06,yes,Auto-rejected
        Core,2026-01-08,yes,Rejected (position filled internally)
        Dorn,2026-01-09,,still waiting...
        Eden,2026-01-09,,no response for 30+ days
        Fern,2026-01-09,,¯\\_(ツ)_/¯
        """)
    assert told(log) == [
        "Acme ghosted", "Bolt rejection", "Bolt response", "Core rejection", "Core closed",
        "Core response", "Eden ghosted",
    ]  # fmt: skip
    assert asked(log) == [("¯\\_(ツ)_/¯", "unknown_word")]


def test_headers_that_nobody_knows_are_named_in_the_question_and_can_be_told():
    text = """\
        Job hunt spring 2026
        Updated: 3/20/2026

        Where,What,Sent on,Talked on,Then?
        Alder,Teller,2/14/2026,2/27/2026,no
        """
    with pytest.raises(LogError, match="Where, What, Sent on, Talked on"):
        read(text)
    columns = {
        "Where": "company",
        "What": "role",
        "Sent on": "applied_on",
        "Talked on": "interview_on",
    }
    log = read(text, columns=columns)
    assert told(log) == ["Alder 02-27 interview"]
    assert log.applications["Then?"].tolist() == ["no"]


def test_board_of_lists_of_cards():
    talks = [{"date": "2026-01-15", "type": "phone"}, {"date": "2026-01-22", "type": "onsite"}]
    card = {"title": "Dev", "appliedAt": "2026-01-05T10:00:00Z"}
    lists = [
        {"name": "Rejected", "cards": [{"company": "Acme", **card}]},
        {"name": "Interview", "cards": [{"company": "Bolt", "interviews": talks, **card}]},
        {"name": "Wishlist", "cards": []},
    ]
    log = read(json.dumps({"board": {"lists": lists}}))
    assert told(log) == [
        "Acme rejection",
        "Bolt 01-15 interview screen",
        "Bolt 01-22 interview onsite",
    ]
    assert len(log.set_aside) == 0


def test_records_with_a_record_of_dates():
    dates = {"applied": "2026-01-05", "interview": "2026-01-15", "rejected": "2026-01-20"}
    sent = [{"date": "2026-01-16", "method": "email"}]
    acme = {"employer": "Acme", "dates": dates, "followUps": sent}
    bolt = {"employer": "Bolt", "dates": {"applied": "2026-01-06"}, "applied": "by post"}
    log = read(json.dumps({"jobs": {"a": acme, "b": bolt}}))
    assert told(log) == [
        "Acme 01-15 interview", "Acme 01-16 follow_up email", "Acme 01-20 rejection",
    ]  # fmt: skip
    # Where two would have one name, each keeps its own.
    assert asked(log) == [("by post", "not_a_date")]
    assert "2026-01-06" in log.applications.loc[1].astype(str).tolist()


def test_record_of_contacts_with_the_office():
    log = read("""\
        Week of,Employer,Contact Type,Date of contact,Person,Result
        1/4/2026,Acme,Online application,1/5/2026,,
        1/11/2026,Acme,Phone,1/14/2026,Bob,
        1/11/2026,Acme,Interview,1/16/2026,Bob,
        1/18/2026,Bolt,Online application,1/19/2026,,Not hired
        """)
    assert log.applications["company"].tolist() == ["Acme", "Bolt"]
    assert told(log) == ["Acme 01-16 interview", "Bolt rejection"]
    assert asked(log) == [("Phone", "unknown_word")]
    assert log.applications["contact"].tolist()[0] == "Bob"  # nobody else's search
    assert log.applications["person"].isna().all()


def test_column_for_each_stage():
    log = read("""\
        Company,Applied,Recruiter call,Tech interview,Final,Offer,Rejected,Followed up?
        Acme,2026-01-05,2026-01-09,2026-01-16,2026-01-23,,2026-01-30,yes
        Core,2026-01-07,x,cancelled,,,,2026-01-14
        """)
    assert told(log) == [
        "Acme 01-09 interview screen", "Acme 01-16 interview technical",
        "Acme 01-23 interview final", "Acme 01-30 rejection", "Acme follow_up",
        "Core 01-14 follow_up", "Core interview screen",
    ]  # fmt: skip
    assert ("cancelled", "not_a_date") in asked(log)


def test_dates_of_a_notebook_in_the_cloud():
    log = read("""\
        Name,Company,Stage,Applied Date,Interview Date
        Manager,Acme,Rejected,"January 5, 2026","January 12, 2026 10:00 AM (GMT+1)"
        Analyst,Bolt,In Progress,"January 8, 2026","January 19, 2026 → January 20, 2026"
        """)
    assert told(log) == ["Acme 01-12 interview", "Acme rejection", "Bolt 01-19 interview"]
    assert log.events["clock"].dropna().tolist() == ["10:00"]
    assert [code for _, code in asked(log)] == ["more_than_a_date"]


def test_log_in_one_column_of_prose():
    log = read("""\
        company;status;log
        Acme;rejected;phone screen 1/12/2026, followed up 1/13/2026, rejected 1/20/2026
        """)
    assert "Acme 01-13 follow_up" in told(log)


def test_two_sheets_where_two_jobs_fit():
    jobs = "company,role,applied\nAcme,Clerk,2026-01-05\nAcme,Cook,2026-01-06\n"
    talks = "company,interview date\nAcme,2026-01-12\n"
    log = read_log([io.StringIO(jobs), io.StringIO(talks)])
    assert [code for _, code in asked(log)] == ["ambiguous_join"]
    assert log.set_aside["text"].tolist() == ["Acme,2026-01-12"]


def test_form_that_asks_in_whole_sentences():
    log = read("""\
        Timestamp,Company name,Date you applied,How did you apply?,Interview date (if any),Date thank you note sent,Outcome so far
        1/20/2026 9:15:22,Acme,1/5/2026,Indeed,1/12/2026,1/13/2026,Rejected
        1/21/2026 10:15:22,Bolt,1/16/2026,Referral,,,Waiting to hear
        """)  # noqa: E501
    assert told(log) == ["Acme 01-12 interview", "Acme 01-13 follow_up note", "Acme rejection"]
    assert log.applications["applied_on"].dt.day.tolist() == [5, 16]
    assert log.applications["source"].tolist() == ["Indeed", "Referral"]


def test_table_of_ticks_and_links():
    log = read("""\
        # Job search

        | 🏢 Company | 🗓 Applied | 💬 Interviews | ✉️ Follow-up | 🏁 Result |
        |---|---|---|---|---|
        | [Acme](https://acme.example) | 2026-01-05 | 2026-01-12, 2026-01-19 | ✅ 2026-01-20 | ❌ Rejected |
        | Bolt | 2026-01-06 | 2026-01-15 | ⬜ | ⏳ Waiting |
        """)  # noqa: E501
    assert told(log) == [
        "Acme 01-12 interview", "Acme 01-19 interview", "Acme 01-20 planned follow_up",
        "Acme 01-20 follow_up", "Acme rejection", "Bolt 01-15 interview",
    ]  # fmt: skip
    assert asked(log) == []


def test_spreadsheet_numbers_and_numbered_thanks():
    log = read("""\
        #,Employer,Applied,Interview #1,Thank-you sent? (Y/N),Interview #2,Decision,Decision date
        1,Acme,46027,46034,Y,46041,Offer - declined,46050
        2,Bolt,46028,46036,N,,No,46045
        """)
    assert told(log) == [
        "Acme 01-12 interview", "Acme 01-19 interview", "Acme 01-28 offer declined",
        "Acme follow_up", "Bolt 01-14 interview",
    ]  # fmt: skip
    assert asked(log) == [
        ("Y", "no_date"),
        ("No", "unknown_word"),
        ("46045", "unused_date"),
    ]


def test_dutch():
    log = read("""\
        Bedrijf;Functie;Sollicitatiedatum;Gesprek;Status
        Acme;Analist;05-01-2026;14-01-2026;Afgewezen
        Bolt;Analist;19-01-2026;;In afwachting
        """)
    assert told(log) == ["Acme 01-14 interview", "Acme rejection"]
    assert asked(log) == []


def test_italian():
    log = read("""\
        Azienda,Posizione,Data candidatura,Data colloquio,Esito,Note
        Rossi,Contabile,05/01/2026,14/01/2026,Rifiutato,email di ringraziamento 15/01/2026
        Bianchi,Analista,19/01/2026,,In attesa,
        """)
    assert told(log) == ["Rossi 01-14 interview", "Rossi 01-15 follow_up email", "Rossi rejection"]
    assert asked(log) == []


def test_clients_of_a_coach():
    log = read("""\
        Client,Employer,Job,Applied,Int. date,F/U date,F/U method,Result,Result date
        C01,Acme,Clerk,1/5/26,1/13/26,1/14/26,Email,Hired,1/30/26
        C02,Acme,Cook,1/6/26,1/14/26,,,Rejected,1/28/26
        """)
    assert log.applications["person"].tolist() == ["C01", "C02"]
    assert told(log) == [
        "Acme 01-13 interview", "Acme 01-14 follow_up email", "Acme 01-30 offer accepted",
        "Acme 01-14 interview", "Acme 01-28 rejection",
    ]  # fmt: skip
    assert any("'F/U date' were taken for follow-ups that were done" in note for note in log.notes)


def test_steps_of_one_application_are_asked_about():
    text = """\
        Company,Stage,Entered stage
        Acme,Applied,2026-01-05
        Acme,Phone screen,2026-01-12
        Acme,Onsite,2026-01-19
        Acme,Rejected,2026-01-30
        Bolt,Applied,2026-01-06
        """
    log = read(text)
    assert len(log.applications) == 5
    (note,) = [note for note in log.notes if "steps of one" in note]
    assert "3 rows name a job that stands there already" in note
    assert "columns={'Stage': 'kind', 'the header of their day': 'date'}" in note
    log = read(text.replace("Entered stage", "Date"))
    (note,) = [note for note in log.notes if "steps of one" in note]
    assert "columns={'Stage': 'kind', 'Date': 'date'}" in note
    log = read(text, columns={"Stage": "kind", "Entered stage": "date"})
    assert told(log) == [
        "Acme 01-12 interview screen", "Acme 01-19 interview onsite", "Acme 01-30 rejection",
    ]  # fmt: skip
    assert log.applications["applied_on"].dt.day.tolist() == [5, 6]
