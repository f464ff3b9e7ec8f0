"""Dates that their own cell does not settle: by the column, the row, the last day; else asked."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from followup_analysis import LogError
from followup_analysis.reading import read_log


def read(text, **options):
    return read_log(io.StringIO(text), **options)


def applied(log):
    return log.applications["applied_on"].dt.strftime("%Y-%m-%d").fillna("").tolist()


def told(log):
    days = log.events["date"].dt.strftime("%Y-%m-%d").fillna("")
    return list(zip(log.events["kind"], days, strict=True))


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2026-02", "no_day"),
        ("March 2026", "no_day"),
        ("8-Jul", "no_year"),
        ("Before 2025-01-24", "not_exact"),
        ("Applied ~2026-06-09", "not_exact"),
        ("2026-01-12?", "not_exact"),
        ("Mon, 28 Jan 2026", "weekday_differs"),
        ("8/82019", "not_a_date"),
    ],
)
def test_what_names_no_day_is_a_problem(cell, code):
    log = read(f"company;applied\nAcme;{cell}\n")
    assert applied(log) == [""]
    assert log.problems[["value", "code", "done"]].to_numpy().tolist() == [
        [cell, code, "value set aside"]
    ]


def test_interview_of_unknown_day_is_still_an_interview():
    log = read("company;applied;interview\nAcme;2026-01-05;2026-02\n")
    assert told(log) == [("interview", "")]
    assert log.problems["done"].tolist() == ["kept without its date"]


@pytest.mark.parametrize("cell", ["2026-01-12 left voicemail", "Sent: 2026-01-12"])
def test_words_around_a_date_are_reported(cell):
    log = read(f"company;applied\nAcme;{cell}\n")
    assert applied(log) == ["2026-01-12"]
    assert log.problems["code"].tolist() == ["more_than_a_date"]


@pytest.mark.parametrize("cell", ["Mon 2026-01-12", "2026-01-12 (Mon)", "Mon, 12 January 2026"])
def test_weekday_beside_a_date(cell):
    log = read(f"company;applied\nAcme;{cell}\n")
    assert applied(log) == ["2026-01-12"]
    assert len(log.problems) == 0


def test_weekday_settles_the_order():
    assert applied(read("company;applied\nAcme;Fri 3/4/2026\nBolt;5/6/2026\n")) == [
        "2026-04-03", "2026-06-05",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "cell", ["2026-01-12 & 2026-01-20", "1/12/2026 and 1/20/2026", "12 Jan 2026; 20 Jan 2026"]
)
def test_two_dates_are_two_interviews(cell):
    log = read(f"company|applied|interview|went well\nAcme|2026-01-05|{cell}|4\n")
    assert told(log) == [("interview", "2026-01-12"), ("interview", "2026-01-20")]
    assert log.events["went_well"].tolist() == [4, pd.NA]
    assert len(log.problems) == 0


def test_two_days_of_application_are_a_problem():
    log = read("company;applied\nAcme;2026-01-12 & 2026-01-20\n")
    assert applied(log) == ["2026-01-12"]
    assert log.problems["code"].tolist() == ["two_dates"]


def test_two_dates_in_a_row_of_an_event():
    log = read("company;date;event\nAcme;2026-01-12 and 2026-01-20;interview\n")
    assert told(log) == [("interview", "2026-01-12"), ("interview", "2026-01-20")]


def test_tick_behind_a_planned_date_says_that_it_was_done():
    log = read(
        "company,applied,follow-up due\nAcme,2026-01-05,2026-01-27 ✓\nBolt,2026-01-05,2026-01-28\n"
    )
    assert log.events[["application_id", "planned"]].to_numpy().tolist() == [
        ["1", True], ["1", False], ["2", True],
    ]  # fmt: skip
    assert log.events["date"].dt.day.tolist() == [27, 27, 28]
    assert "ticked" in log.events["rule"][1]


def test_times_are_kept_unless_they_only_fill_the_cell():
    rows = ["Acme,2026-01-05T13:00:00Z", "Bolt,2026-01-06T13:00:00Z", "Corp,2026-01-07T13:00:00Z"]
    log = read("\n".join(["company,interview", *rows]))
    assert log.events["clock"].isna().all()
    assert any("carry a time zone" in note for note in log.notes)
    log = read("\n".join(["company,interview", *rows, "Dorn,2026-01-08T23:30:00Z"]))
    assert log.events["clock"].tolist() == ["13:00", "13:00", "13:00", "23:30"]
    assert log.events["date"].dt.day.tolist() == [5, 6, 7, 8]


def test_rows_decide_the_order_where_only_one_fits():
    log = read("company,applied,rejected\nAcme,2026-04-01,3/4/2026\nBolt,2026-05-01,5/6/2026\n")
    assert told(log) == [("rejection", "2026-04-03"), ("rejection", "2026-06-05")]
    assert any("'rejected' are read with the day first" in note for note in log.notes)
    assert "day first, to fit the other dates" in log.events["rule"][0]


def test_last_day_decides_the_order_where_only_one_fits():
    text = "company,applied\nAcme,3/4/2026\nBolt,4/5/2026\n"
    assert applied(read(text, as_of="2026-04-10")) == ["2026-03-04", "2026-04-05"]
    with pytest.raises(LogError, match="both ways"):
        read(text, as_of="2026-12-10")


def test_columns_decide_each_other():
    # Month first, the rejection comes before the application.
    log = read("company,applied,rejected\nAcme,2/5/2026,1/6/2026\nBolt,2/5/2026,3/6/2026\n")
    assert applied(log) == ["2026-05-02", "2026-05-02"]
    assert told(log) == [("rejection", "2026-06-01"), ("rejection", "2026-06-03")]


def test_rows_that_fit_both_ways_are_asked():
    with pytest.raises(LogError, match="'applied'"):
        read("company,applied,rejected\nAcme,3/4/2026,2026-05-20\n")


def test_year_is_inferred_from_neighbours_in_the_order_of_time():
    log = read(
        "company,applied\nAcme,2025-11-20\nBolt,12-Dec\nCorp,3-Jan\nDorn,2026-01-20\nEden,2-Feb\n"
    )
    assert applied(log) == ["2025-11-20", "2025-12-12", "2026-01-03", "2026-01-20", ""]
    assert log.problems[["value", "code"]].to_numpy().tolist() == [["2-Feb", "no_year"]]
    assert any("2 dates in 'applied' have no year" in note for note in log.notes)
    newest_first = "company,applied\nA,2026-01-20\nB,3-Jan\nC,12-Dec\nD,2025-11-20\n"
    assert applied(read(newest_first))[1:3] == ["2026-01-03", "2025-12-12"]


def test_year_is_not_inferred_where_two_fit_or_the_column_is_in_no_order():
    log = read("company,applied\nAcme,2024-01-05\nBolt,7-Jul\nCorp,2026-01-05\n")
    assert applied(log)[1] == ""
    log = read("company,applied\nAcme,2026-01-05\nBolt,7-Jul\nCorp,2025-01-05\nDorn,2026-01-06\n")
    assert applied(log)[1] == ""


def test_year_of_an_event_lies_between_the_application_and_the_last_day():
    log = read("company,applied,interview\nAcme,2025-12-20,8-Jan\n", as_of="2026-02-01")
    assert told(log) == [("interview", "2026-01-08")]
    assert log.events["rule"][0] == "interview: the only year that fits"


def test_days_without_year_that_read_both_ways_are_asked():
    text = "company,applied\nAcme,2025-12-20\nBolt,1/2\nCorp,2026-03-05\n"
    with pytest.raises(LogError, match="'1/2' is day 1 of month 2 or day 2 of month 1"):
        read(text)
    assert applied(read(text, dayfirst=True))[1] == "2026-02-01"
    assert applied(read(text, dayfirst=False))[1] == "2026-01-02"


SHEET = """Employer,Title,Applied,Response,Phone Interview,Onsite,Thank you sent,Outcome
Acme,Engineer,1/5/2026,1/20/2026,1/25/2026,2/3/2026,2/4/2026,Offer!
Bolt,Engineer,1/6/2026,,,,,No response
Core,Engineer,1/16/2026,2/1/2026,2/5/2026,,,Rejected :(
"""


def test_other_columns_of_the_sheet_decide_the_order():
    log = read(SHEET)
    assert ("interview", "2026-02-03") in told(log)
    assert ("follow_up", "2026-02-04") in told(log)
    assert [note for note in log.notes if "'Onsite' are read with the month first" in note]
    day_first = SHEET.replace("1/16/2026", "16/1/2026").replace("1/20/", "20/1/")
    log = read(day_first.replace("1/25/", "25/1/"))
    assert ("interview", "2026-03-02") in told(log)


def test_columns_that_are_written_otherwise_decide_nothing():
    for cell in ("02/03/2026", "2/3/26", "2-3-2026"):
        with pytest.raises(LogError, match="both ways.*'Onsite'"):
            read(SHEET.replace("2/3/2026", cell))


def test_columns_that_contradict_each_other_are_asked():
    with pytest.raises(LogError, match="'Onsite', 'Thank you sent'"):
        read(SHEET.replace("1/20/2026", "20/1/2026"))
    rows = "company,applied,rejected\nAcme,1/16/2026,\nBolt,4/1/2026,3/4/2026\n"
    with pytest.raises(LogError, match="'rejected'"):  # month first, it is before the application
        read(rows)


def test_one_question_for_all_columns():
    with pytest.raises(LogError) as caught:
        read("company,applied,rejected\nAcme,3/4/2026,5/6/2026\nBolt,3/5/2026,5/7/2026\n")
    assert str(caught.value) == (
        "The dates in these columns can be read both ways: open file: 'applied', 'rejected'. "
        "'3/4/2026' is 2026-04-03 or 2026-03-04; '3/5/2026' is 2026-05-03 or 2026-03-05. "
        "Say which: dayfirst=True if the day stands first, dayfirst=False if the month does."
    )


def test_plan_without_a_year_is_a_problem_with_a_remedy():
    log = read("company,applied,follow-up due\nAcme,2025-12-20,Jan 20\n", as_of="2026-03-01")
    assert len(log.events) == 0
    assert log.problems[["value", "code", "remedy"]].to_numpy().tolist() == [
        ["Jan 20", "no_year", "Add the year, as in 2026-01-31."]
    ]


@pytest.mark.parametrize("between", ["-", ".", "/"])
def test_a_year_of_two_digits_stands_first_where_else_the_days_lie_years_apart(between):
    text = "company,applied,interview\nA,26-01-05,26-01-12 10:00\nB,26-01-12,26-02-13\n"
    text = text.replace("-", between)
    log = read_log(io.StringIO(text))
    assert log.applications["applied_on"].astype(str).tolist() == ["2026-01-05", "2026-01-12"]
    assert log.events["date"].astype(str).tolist() == ["2026-01-12", "2026-02-13"]
    assert "are read with the year first" in " ".join(log.notes)
    told = read_log(io.StringIO(text), dayfirst=True)
    assert told.applications["applied_on"].astype(str).tolist() == ["2005-01-26", "2012-01-26"]


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("25/12/15", "26/01/05", True),  # two days are too few
        ("26-01-25", "26-01-26", True),  # as plausible with the day first
        ("24/01/25", "26/01/25", False),
        ("05-01-26", "13-02-26", False),
    ],
)
def test_a_year_of_two_digits_stands_last_else_and_what_may_be_otherwise_is_told(
    first, second, told
):
    log = read_log(io.StringIO(f"company,applied,interview\nA,{first},{second}\n"))
    day, month, year = second.replace("/", "-").split("-")
    assert log.events["date"].astype(str).tolist() == [f"20{year}-{month}-{day}"]
    assert ("write it in full" in " ".join(log.notes)) == told
