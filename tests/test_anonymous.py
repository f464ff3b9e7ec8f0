"""An anonymised log names nobody and gives the same numbers."""

from __future__ import annotations

import io
import zipfile
from functools import partial

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from seven import seven_applications

import followup_analysis as fa
from followup_analysis.stored import load_written

SHEET = """\
Ref,Candidate,Company,Role,Role family,Applied,Where found,Referred,Contact,Status,\
Interview 1 date,Interview 1 type,Went well,Interviewer,Follow-up sent,Rejected,Stress,\
Salary,Link,Notes
JOB-7731,Ada Quince,Brindlecote Ltd,Chief Astronomer,science,2026-01-05,via Tom Umber,yes,\
jo@brindle.example,Interviewing,2026-01-12 14:30,Panel with the owner,4,Ms Ivory,2026-01-13,,8,\
73111,https://brindle.example/jobs/1,"followed up 2026-01-20, asked Jo Verdant about the dog"
JOB-7732,Ada Quince,Osterwick Foods,Chief Astronomer,science,2026-01-06,job board,no,Sal Ochre,\
Rejected,2026-01-15,technical,5,,,2026-02-29,,,,
JOB-7733,Bo Saffron,Brindlecote Ltd,Court Jester,arts,2026-01-08,job board,no,,Ghsted,\
2026-01-19,final,soso,,2026-01-20,,,,,
,,,,,,,,,,,,,,,,,,,two weeks off with Kit Umber
"""
SECRETS = (
    "JOB-77 Quince Brindlecote brindle.example Osterwick Astronomer Jester Umber Verdant Ochre"
    " Saffron Ivory 73111 owner soso Ghsted sheet.csv Interviewing board 2026-02-29 Interviewer"
    " Candidate"
).split()


@pytest.fixture
def log():
    source = io.StringIO(SHEET)
    source.name = "sheet.csv"
    return fa.read_log(source)


def everything(log):
    """All text that a log holds, its names of columns and of rows among it."""
    tables = ("applications", "events", "ratings", "problems", "set_aside", "mapping")
    frames = [getattr(log, name) for name in tables]
    return repr(log.__dict__) + "".join(frame.to_csv() + repr(frame.attrs) for frame in frames)


def test_there_is_something_to_hide(log):
    text = everything(log)
    assert found_in(text) == SECRETS
    assert len(log.problems) > 1
    assert len(log.set_aside) == 1


def found_in(text):
    return [secret for secret in SECRETS if secret in text]


def test_no_name_survives_in_the_log(log):
    safe = fa.anonymise(log)
    assert found_in(everything(safe)) == []
    assert safe.applications["person"].tolist() == ["Person 1", "Person 1", "Person 2"]
    assert safe.applications["company"].tolist() == ["Company 1", "Company 2", "Company 1"]
    assert safe.applications["source"].tolist() == ["Source 1", "Source 2", "Source 2"]
    assert safe.applications["role_family"].tolist() == ["science", "science", "arts"]
    assert safe.applications["application_id"].tolist() == [f"Application {n}" for n in (1, 2, 3)]
    for gone in ("role", "contact", "status", "notes"):
        assert safe.applications[gone].isna().all()


@pytest.mark.parametrize("ending", ["", ".xlsx", ".parquet"])
def test_no_name_survives_in_a_file(log, tmp_path, ending):
    path = fa.write_log(fa.anonymise(log), tmp_path / f"safe{ending}")
    files = [path] if path.is_file() else list(path.iterdir())
    for file in files:
        content = file.read_bytes()
        if ending == ".xlsx":
            book = zipfile.ZipFile(file)
            content = b"".join(book.read(name) for name in book.namelist())
        assert found_in(content.decode("latin-1")) == []
    assert found_in(everything(load_written(path))) == []


def test_what_was_set_aside_is_still_counted(log):
    safe = fa.anonymise(log)
    assert safe.n_records == log.n_records
    assert safe.problems["code"].tolist() == log.problems["code"].tolist()
    assert len(safe.set_aside) == len(log.set_aside)
    assert safe.set_aside_note() == log.set_aside_note()
    assert repr(safe) == repr(log)
    assert "anonymised" in safe.notes[0]
    assert any("taken to be" in note for note in safe.notes)


def clients():
    """A simulated log of twenty people who had five interviews each."""
    log = fa.simulate_log(100, seed=1)
    people = [f"client {n % 20}" for n in range(len(log.applications))]
    return log.replace(applications=log.applications.assign(person=people))


@pytest.mark.parametrize("make", [fa.load_sample, clients])
def test_every_estimate_stays_the_same(make):
    log = make()
    safe = fa.anonymise(log, shift_dates=True, seed=3)
    by_role = partial(fa.cumulative_incidence, by="role_family")
    for analysis in (fa.cumulative_incidence, by_role, fa.timing):
        before, after = analysis(log), analysis(safe)
        assert_frame_equal(after.table, before.table, rtol=1e-12)  # sums run in order of the names
        assert after.sentence == before.sentence
    before, after = (fa.follow_up_effect(each).table.iloc[:7] for each in (log, safe))
    if make is fa.load_sample:
        assert_frame_equal(after, before, check_exact=True)
    # Draws run over people in the order of their names; the estimate is of no draw.
    assert after["estimate"].tolist() == pytest.approx(before["estimate"].tolist(), rel=1e-8)
    assert after["std_error"].tolist() == pytest.approx(before["std_error"].tolist(), rel=0.2)


def test_names_of_the_sample_are_gone():
    log = fa.load_sample()
    text = everything(fa.anonymise(log))
    for column in ("company", "contact", "role"):
        assert [name for name in log.applications[column].dropna().unique() if name in text] == []


def test_dates_move_as_one_by_whole_weeks():
    log = seven_applications()
    safe = fa.anonymise(log, shift_dates=True, seed=1)
    moved = safe.as_of - log.as_of
    assert moved.days % 7 == 0
    assert moved.days != 0
    assert abs(moved.days) <= 3650
    for name, column in [("events", "date"), ("applications", "applied_on")]:
        before, after = getattr(log, name)[column], getattr(safe, name)[column]
        assert set((after - before).dropna()) == {moved}
        assert (after.isna() == before.isna()).all()
    again = fa.anonymise(log, shift_dates=True, seed=1)
    assert again.as_of == safe.as_of
    assert len({fa.anonymise(log, shift_dates=True).as_of for _ in range(8)}) > 1
    assert fa.anonymise(log).as_of == log.as_of


def test_the_guessed_last_day_moves_and_stays_a_guess(log):
    safe = fa.anonymise(log, shift_dates=True, seed=2)
    assert f"{safe.as_of:%Y-%m-%d}" in " ".join(safe.notes)
    assert f"{log.as_of:%Y-%m-%d}" not in everything(safe)


def test_what_is_asked_for_is_kept(log):
    safe = fa.anonymise(log, keep=["role", "source", "Salary"])
    assert safe.applications["role"].tolist() == log.applications["role"].tolist()
    assert safe.applications["source"].tolist() == log.applications["source"].tolist()
    assert safe.applications["Salary"].tolist()[0] == "73111"
    assert "Link" not in safe.applications


def test_a_kept_date_moves_with_the_others():
    log = seven_applications()
    applications = log.applications.assign(called=pd.Timestamp("2026-03-02"))
    log = log.replace(applications=applications)
    safe = fa.anonymise(log, keep="called", shift_dates=True, seed=1)
    moved = safe.applications["called"] - log.applications["called"]
    assert set(moved) == {safe.as_of - log.as_of}


def test_words_of_the_keeper_become_labels_and_stay_apart():
    log = seven_applications()
    details = log.events["detail"].where(log.events["detail"] != "final", "with Kit Umber")
    safe = fa.anonymise(log.replace(events=log.events.assign(detail=details, clock="noon, Kit")))
    assert safe.events["detail"].dropna().tolist()[:3] == ["first", "email", "first"]
    assert safe.events.loc[details == "with Kit Umber", "detail"].tolist() == ["Detail 1"] * 2
    assert safe.events["clock"].isna().all()


def test_what_cannot_be_kept_is_said(log):
    with pytest.raises(fa.ColumnError, match="'Salery'. Did you mean 'Salary'"):
        fa.anonymise(log, keep=["Salery"])
    with pytest.raises(fa.FollowupError, match="'contact' is what anonymise takes out"):
        fa.anonymise(log, keep=["contact"])
