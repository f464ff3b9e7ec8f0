"""Exports of other programs and of other languages: what is read is what a person would read."""

from __future__ import annotations

import io
from textwrap import dedent

import pytest

from followup_analysis import episodes
from followup_analysis.reading import read_log


def read(text, **options):
    return read_log(io.StringIO(dedent(text)), **options)


def told(log):
    names = log.applications.set_index("application_id")["company"]
    rows = zip(
        log.events["application_id"].map(names),
        log.events["date"].dt.strftime("%Y-%m-%d").fillna(""),
        log.events["kind"].where(~log.events["planned"], "planned " + log.events["kind"]),
        strict=True,
    )
    return [" ".join(filter(None, row)) for row in rows]


MONTHS = """
    january february march april may june july august september october november december
    jan feb mar apr may jun jul aug sept oct nov dec
    januar februar märz april mai juni juli august september oktober november dezember
    jän feb mrz apr mai jun jul aug sep okt nov dez
    janvier février mars avril mai juin juillet août septembre octobre novembre décembre
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
    janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
    januari februari maart april mei juni juli augustus september oktober november december
    januari februari mars april maj juni juli augusti september oktober november december
    """


@pytest.mark.parametrize("names", [line.split() for line in MONTHS.strip().splitlines()])
@pytest.mark.parametrize("cell", ["24 {} 2025", "24. {} 2025", "{} 24, 2025", "24-{}-2025"])
def test_each_month_is_read_by_its_name(names, cell):
    rows = "".join(f"A{n};{cell.format(name.title())}\n" for n, name in enumerate(names))
    log = read("company;applied\n" + rows)
    days = log.applications["applied_on"].dt.strftime("%Y-%m-%d").tolist()
    assert days == [f"2025-{month:02d}-24" for month in range(1, 13)]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("1er févr. 2026", "2026-02-01"),
        ("20/fev/2026", "2026-02-20"),
        ("12 januari 2026", "2026-01-12"),
        ("12 mrt 2026", "2026-03-12"),
        ("12 maj 2026", "2026-05-12"),
        ("24. desember 2025", "2025-12-24"),
        ("2026年1月12日", "2026-01-12"),
        ("2026년 1월 12일", "2026-01-12"),
        ("2026. 1. 12.", "2026-01-12"),
        ("2026. 01. 12", "2026-01-12"),
    ],
)
def test_dates_as_other_languages_write_them(cell, day):
    log = read(f"company;applied\nAcme;{cell}\n")
    assert log.applications["applied_on"].dt.strftime("%Y-%m-%d").tolist() == [day]
    assert len(log.problems) == 0


def test_months_of_languages_that_are_not_known_are_problems_and_no_guess():
    log = read(
        "company,applied\nAcme,12 listopada 2025\n"
    )  # of Polish November, of Croatian October
    assert log.applications["applied_on"].isna().all()
    assert log.problems["code"].tolist() == ["not_a_date"]


def test_french_sheet():
    log = read("""\
        Entreprise;Date de candidature;Date d'entretien;Relancé le;Statut;Date de réponse;Remarques
        Durand;12 janv. 2026;22 janv. 2026;24 janv. 2026;Refusé;3 févr. 2026;
        Sud;15 déc. 2025;7 janv. 2026;;Offre reçue;1er févr. 2026;très bon contact
        Lyon;20 janv. 2026;;;En attente;;
        Ateliers;2 févr. 2026;10 févr. 2026;;Entretien passé;;relance envoyée le 14/02/2026
        """)
    assert told(log) == [
        "Durand 2026-01-22 interview", "Durand 2026-01-24 follow_up", "Durand 2026-02-03 rejection",
        "Sud 2026-01-07 interview", "Sud 2026-02-01 offer",
        "Ateliers 2026-02-10 interview", "Ateliers 2026-02-14 follow_up",
    ]  # fmt: skip
    assert len(log.problems) == 0
    assert episodes(log)["exit_day"].tolist() == [12, 25, 4]


AIRTABLE = """\
    Employer,Status,Applied,Interview dates,Followed up?,Follow up date
    Acorn,✅ Hired!,1/5/2026,"1/14/2026 10:00am, 1/23/2026 2:00pm",checked,1/15/2026
    Birch,⏳ Waiting,1/7/2026,1/20/2026 9:00am,,1/30/2026
    """


def test_a_ticked_box_says_that_the_follow_up_was_done_and_an_empty_one_that_it_was_not():
    log = read(AIRTABLE)
    assert told(log) == [
        "Acorn 2026-01-14 interview", "Acorn 2026-01-15 follow_up", "Acorn 2026-01-23 interview",
        "Acorn offer", "Birch 2026-01-20 interview", "Birch 2026-01-30 planned follow_up",
    ]  # fmt: skip
    assert len(log.problems) == 0


def test_where_yes_and_no_are_written_an_empty_cell_says_neither():
    log = read(AIRTABLE.replace("checked", "no"))
    assert "Acorn 2026-01-15 planned follow_up" in told(log)
    assert "Birch 2026-01-30 follow_up" in told(log)


def test_a_date_of_sending_needs_no_tick():
    log = read(AIRTABLE.replace("Follow up date", "Follow-up sent on"))
    assert "Birch 2026-01-30 follow_up" in told(log)


STACKED = """\
    2025 search,,,,
    Company,Applied,Interview,Thank you sent,Rejected
    Ash,2025-03-03,2025-03-12,2025-03-13,2025-03-20
    Birch,2025-03-05,2025-03-19,,2025-04-02
    ,,,,
    2026 search,,,,
    Company,Interview,Applied,Mood,Offer date
    Cedar,2026-01-14,2026-01-05,good,2026-01-23
    Ash,2026-01-21,2026-01-07,fair,
    """


def test_tables_below_each_other_are_read_each_by_its_own_header():
    log = read(STACKED)
    assert told(log) == [
        "Ash 2025-03-12 interview", "Ash 2025-03-13 follow_up", "Ash 2025-03-20 rejection",
        "Birch 2025-03-19 interview", "Birch 2025-04-02 rejection",
        "Cedar 2026-01-14 interview", "Cedar 2026-01-23 offer", "Ash 2026-01-21 interview",
    ]  # fmt: skip
    assert log.applications["company"].tolist() == ["Ash", "Birch", "Cedar", "Ash"]
    assert log.applications["line"].tolist() == [3, 4, 8, 9]
    assert log.applications["applied_on"].dt.strftime("%m-%d").tolist()[2:] == ["01-05", "01-07"]
    assert len(log.problems) == len(log.set_aside) == 0
    assert log.n_records == 4
    assert "open file: 2 tables were read, each by its own header." in log.notes


def test_of_tables_below_each_other_the_one_with_more_headers_may_be_the_last():
    longer = STACKED.replace("Mood,Offer date", "Status,Offer date").replace("good", "Offer")
    log = read(longer.replace("Thank you sent,Rejected", "Mood,Rejected"))
    assert log.applications["company"].tolist() == ["Ash", "Birch", "Cedar", "Ash"]


def test_a_row_of_words_is_no_header():
    log = read("""\
        Company,Status,Notes,Applied
        Acme,Applied,Interview,
        Offer Up,Rejected,Phone,
        Bolt,Offer,Email,
        """)
    assert log.applications["company"].tolist() == ["Acme", "Offer Up", "Bolt"]


GROUPED = """\
    My search,,,,,,
    Application,,1st interview,,2nd interview,,Follow-up
    Company,Date,Date,Went well,Date,Went well,Sent on
    Adler,2026-01-05,2026-01-14,4,,,2026-01-16
    Berg,2026-01-06,2026-01-14,5,2026-01-29,3,2026-01-31
    """


def test_headers_in_two_lines_are_read_together():
    log = read(GROUPED)
    assert told(log) == [
        "Adler 2026-01-14 interview", "Adler 2026-01-16 follow_up",
        "Berg 2026-01-14 interview", "Berg 2026-01-29 interview", "Berg 2026-01-31 follow_up",
    ]  # fmt: skip
    rated = log.events.query("kind == 'interview'")["went_well"]
    assert rated.tolist() == [4, 5, 3]
    assert log.applications["applied_on"].dt.strftime("%m-%d").tolist() == ["01-05", "01-06"]
    assert list(log.mapping["column"][:3]) == ["Company", "Application Date", "1st interview Date"]


def test_a_line_above_headers_that_differ_is_a_title_as_before():
    log = read("Applied jobs,2026\nCompany,Applied\nAcme,2026-01-05\n")
    assert list(log.mapping["column"]) == ["Company", "Applied"]


def test_tables_beside_each_other_are_read_each_by_its_own_header():
    """The follow-ups stand in another order than the interviews, as a keeper jots them down."""
    log = read(
        "Company,Interview date,Result,Result date,,Company,Follow-up date\n"
        "Acme,2026-01-05,rejected,2026-01-20,,Bolt,2026-01-09\n"
        "Bolt,2026-01-07,offer,2026-01-21,,Acme,2026-01-12\n"
        "Dune,2026-01-09,,,,,\n"
    )
    company = log.applications.set_index("application_id")["company"]
    events = log.events.assign(company=log.events["application_id"].map(company))
    wrote = events[events["kind"] == "follow_up"].set_index("company")["date"]
    assert {name: f"{day:%d}" for name, day in wrote.items()} == {"Bolt": "09", "Acme": "12"}
    assert len(log.applications) == 3
    assert "open file: 2 tables were read, each by its own header." in log.notes


def test_a_company_written_twice_in_a_line_is_one_table():
    log = read(
        "Company,Interview date,Company,Follow-up date\n"
        "Acme,2026-01-05,Acme,2026-01-12\n"
        "Bolt,2026-01-07,,\n"
    )
    assert len(log.applications) == 2
    assert log.events["kind"].tolist().count("follow_up") == 1
