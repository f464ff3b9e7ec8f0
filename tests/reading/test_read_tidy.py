"""The project's own form comes back as it was."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from followup_analysis.reading import read_log

UNTIDY = """\
Company,Role,Applied,Interview 1 date,Interview 1 type,Went well,Follow-up sent,Follow-up channel,\
Follow-up due,Rejected,Status,Stress,Salary,Notes
None,Other,2026-01-05,2026-01-12 14:30,Panel with the owner,4,2026-01-13,Call,2026-02-01,,\
Interviewing,8,0012,"followed up 2026-01-20, ""again"" "
Acme,NA,2026-01-06,yes,,,,,,2026-01-32,Rejected,,,
Böhm,,,,,,,,,,Ghosted,,,
"""


@pytest.fixture
def log():
    return read_log(io.StringIO(UNTIDY))


def write(log, folder):
    folder.mkdir()
    for name in ("applications", "events", "ratings"):
        getattr(log, name).to_csv(folder / f"{name}.csv", index=False)
    return folder


def assert_same(log, again):
    for name in ("applications", "events", "ratings"):
        assert_frame_equal(getattr(log, name), getattr(again, name))
    assert len(again.problems) == len(again.set_aside) == 0
    assert again.as_of == log.as_of


def test_there_is_something_to_lose(log):
    assert len(log.problems) > 1
    assert len(log.ratings) == 1
    assert log.applications["Salary"].tolist()[0] == "0012"
    assert log.events["clock"].notna().any()
    assert log.events["rule"].str.startswith("note").any()


def test_folder_comes_back(log, tmp_path):
    folder = write(log, tmp_path / "log")
    assert_same(log, read_log(folder))
    paths = [folder / f"{name}.csv" for name in ("events", "ratings", "applications")]
    assert_same(log, read_log(paths))


def test_workbook_comes_back(log, tmp_path):
    with pd.ExcelWriter(tmp_path / "log.xlsx") as book:
        for name in ("applications", "events", "ratings"):
            getattr(log, name).to_excel(book, sheet_name=name, index=False)
    assert_same(log, read_log(tmp_path / "log.xlsx"))


def test_tables_come_back(log):
    assert_same(log, read_log([log.applications, log.events, log.ratings]))


def test_sample_comes_back(tmp_path):
    from followup_analysis.samples import load_sample

    log = load_sample("career_centre")
    again = read_log(write(log, tmp_path / "log"), as_of=log.as_of)
    assert_same(log, again)


def test_a_word_that_is_no_kind_is_read_like_any_sheet(log, tmp_path):
    folder = write(log, tmp_path / "log")
    text = (folder / "events.csv").read_text(encoding="utf-8")
    (folder / "events.csv").write_text(text.replace(",interview,", ",intrview,"), encoding="utf-8")
    again = read_log(folder)
    assert any("taken for 'interview'" in note for note in again.notes)
    assert len(again.applications) == 3
