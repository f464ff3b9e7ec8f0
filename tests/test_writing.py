"""A log that is written comes back as it was, and nothing in it is ever a formula."""

from __future__ import annotations

import csv
import io
import os
import zipfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from seven import seven_applications

import followup_analysis as fa
from followup_analysis.stored import load_written

TABLES = ("applications", "events", "ratings", "problems", "set_aside", "mapping")
ENDINGS = ("", ".xlsx", ".parquet")
FORMULAS = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1"]
ODD = ["'quoted", "''", "'", "a\r\nb", "a\rb", 'say "hi", twice;', "NA", "None", "1e5", "0012",
       "TRUE", "#N/A", "_x000D_", "a\x07b\x00c", " blank ", "\u2028", "😀", "Böhm", "2026-01-31",
       "-", "[1] {2}", "\ufeffmark"]  # fmt: skip


def assert_same(log, again):
    for name in TABLES:
        assert_frame_equal(getattr(again, name), getattr(log, name), check_column_type=False)
    assert (again.as_of, again.n_records, again.notes, again.true_effect) == (
        log.as_of, log.n_records, log.notes, log.true_effect
    )  # fmt: skip


def log_of(texts, **extras):
    """A log in which each of the texts stands in every place for text."""
    ids = [f"J{n}" for n in range(len(texts))]
    applications = pd.DataFrame({"application_id": ids, "company": texts, "notes": texts} | extras)
    events = pd.DataFrame({"application_id": ids, "kind": "interview", "rule": texts})
    events["date"] = "2026-03-02"
    return fa.JobSearchLog(applications, events, as_of="2026-03-31", notes=tuple(texts))


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_sample_comes_back_with_all_that_the_reader_said_of_it(tmp_path, ending):
    log = fa.load_sample()
    assert len(log.problems) > 1
    assert len(log.set_aside) > 0
    path = fa.write_log(log, tmp_path / f"mine{ending}")
    assert path == tmp_path / f"mine{ending}"
    assert_same(log, fa.read_log(path))


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_tables_come_back_through_the_reader(tmp_path, ending):
    log = fa.load_sample("career_centre")
    again = fa.read_log(fa.write_log(log, tmp_path / f"mine{ending}"))
    for name in ("applications", "events", "ratings"):
        assert_frame_equal(getattr(again, name), getattr(log, name))


@pytest.mark.parametrize("ending", ENDINGS)
def test_odd_texts_and_formulas_come_back(tmp_path, ending):
    log = log_of(FORMULAS + ODD)
    assert_same(log, fa.read_log(fa.write_log(log, tmp_path / f"odd{ending}")))


@pytest.mark.parametrize("ending", ENDINGS)
def test_extra_columns_come_back_in_their_types(tmp_path, ending):
    extras = {
        "=evil()": ["a", None, "=b"],
        "whole": [1, -(2**62), 3],
        "share": [0.1 + 0.2, -0.0, float("inf")],
        "missing": pd.array([1, None, -3], "Int64"),
        "liked": [True, False, True],
        "perhaps": pd.array([True, None, False], "boolean"),
        "called": np.array(["2026-01-05 14:30:00.123456", "NaT", "1815-12-10"], "datetime64[us]"),
        "zoned": pd.to_datetime(["2026-01-05T14:30Z"] * 3).tz_convert("Europe/Berlin"),
        "": ["no", "header", "here"],
    }
    log = log_of(["a", "b", "c"], **extras)
    again = fa.read_log(fa.write_log(log, tmp_path / f"extras{ending}"))
    assert_same(log, again)
    assert np.signbit(again.applications["share"][1])


# Without halves of characters, and those that XML forbids.
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")


@settings(max_examples=40)
@given(
    texts=st.lists(st.text(CHARACTERS, min_size=1), max_size=4),
    header=st.text(CHARACTERS),
    numbers=st.lists(st.floats(allow_nan=False), min_size=4, max_size=4),
    ending=st.sampled_from(["", ".xlsx"]),
)
def test_whatever_stands_in_a_log_comes_back(tmp_path_factory, texts, header, numbers, ending):
    extras = {f"x{header}": numbers[: len(texts)], f"{header} ": texts}
    log = log_of(texts, **extras)
    folder = tmp_path_factory.mktemp("any")
    assert_same(log, fa.read_log(fa.write_log(log, folder / f"log{ending}")))


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_log_without_a_day_comes_back(tmp_path, ending):
    log = fa.JobSearchLog(pd.DataFrame({"application_id": ["a"]}), pd.DataFrame({"kind": []}))
    assert pd.isna(log.as_of)
    again = fa.read_log(fa.write_log(log, tmp_path / f"undated{ending}"))
    assert pd.isna(again.as_of)
    assert again.notes == log.notes
    assert_frame_equal(again.events, log.events)


def test_no_cell_of_a_csv_file_begins_a_formula(tmp_path):
    folder = fa.write_log(log_of(FORMULAS, **{"=1+1": FORMULAS}), tmp_path / "log")
    for path in folder.glob("*.csv"):
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
        assert not [cell for row in rows for cell in row if cell.strip()[:1] in {*"=+-@＝"}]
    text = (folder / "applications.csv").read_text("utf-8-sig")
    assert "'=cmd|' /C calc'!A0" in text
    assert ",'=1+1" in text


def test_what_the_csv_files_hold_can_be_read_by_anybody(tmp_path):
    log = seven_applications()
    folder = fa.write_log(log, tmp_path / "log")
    plain = pd.read_csv(folder / "events.csv", parse_dates=["date"])
    assert plain["date"].astype("datetime64[us]").tolist() == log.events["date"].tolist()
    assert plain["kind"].tolist() == log.events["kind"].tolist()


def test_no_cell_of_a_workbook_is_a_formula(tmp_path):
    import openpyxl

    path = fa.write_log(log_of(FORMULAS, **{"=1+1": FORMULAS}), tmp_path / "log.xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["applications", "events", "ratings", "log"]
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "b", "d"}
    assert sum(str(cell.value).startswith("=") for cell in cells) >= 4
    assert all(cell.quotePrefix for cell in cells if str(cell.value).startswith("="))
    sheets = zipfile.ZipFile(path)
    assert not [name for name in sheets.namelist() if b"<f>" in sheets.read(name)]


@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_is_overwritten_unasked(tmp_path, ending):
    path = tmp_path / f"log{ending}"
    first, second = log_of(["first"]), log_of(["second", "third"])
    fa.write_log(first, path)
    with pytest.raises(fa.FollowupError, match=r"is there already: .*overwrite=True"):
        fa.write_log(second, path)
    assert_same(first, load_written(path))
    fa.write_log(second, path, overwrite=True)
    assert_same(second, load_written(path))
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_an_empty_target_is_free(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "log.xlsx").touch()
    for name in ("folder", "log.xlsx"):
        assert load_written(fa.write_log(log_of(["a"]), tmp_path / name)) is not None


def test_a_folder_that_holds_other_things_is_never_replaced(tmp_path):
    (tmp_path / "thesis.odt").write_text("years of work")
    with pytest.raises(fa.FollowupError, match=r"holds other things, such as 'thesis.odt'"):
        fa.write_log(log_of(["a"]), tmp_path, overwrite=True)
    assert os.listdir(tmp_path) == ["thesis.odt"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("log.csv", r"more than one table.*name a folder \('log'\), or a workbook \('log.xlsx'\)"),
        ("nowhere/log", "There is no folder '.*nowhere': make it first"),
        ("folder.xlsx", "is a folder already: choose another path"),
        ("file", "is a file already: choose another path"),
    ],
)
def test_a_target_that_cannot_be_is_refused(tmp_path, name, message):
    (tmp_path / "folder.xlsx").mkdir()
    (tmp_path / "file").write_text("something")
    with pytest.raises(fa.FollowupError, match=message):
        fa.write_log(log_of(["a"]), tmp_path / name)


def test_what_a_workbook_cannot_hold_is_said(tmp_path):
    log = log_of(["a" * 40_000])
    with pytest.raises(fa.FollowupError, match=r"applications with a text of 40,000 characters"):
        fa.write_log(log, tmp_path / "log.xlsx")
    assert_same(log, load_written(fa.write_log(log, tmp_path / "log")))
    assert os.listdir(tmp_path) == ["log"]
    with pytest.raises(fa.FollowupError, match=r"events with a text that is not all characters"):
        log = log_of(["a"])
        events = log.events.assign(detail="\ufffe")
        fa.write_log(log.replace(events=events), tmp_path / "log.xlsx")


def test_two_columns_of_one_name_are_refused(tmp_path):
    table = pd.DataFrame([["a", 1, 2]], columns=["application_id", "x", "x"])
    log = fa.JobSearchLog(table, pd.DataFrame({"application_id": [], "kind": []}))
    with pytest.raises(fa.FollowupError, match="applications has two columns 'x': rename one"):
        fa.write_log(log, tmp_path / "log")


@pytest.mark.parametrize(("ending", "extra"), [(".xlsx", "excel"), (".parquet", "scale")])
def test_a_missing_library_is_named(tmp_path, monkeypatch, ending, extra):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(fa.FollowupError, match=rf'pip install "followup-analysis\[{extra}\]"'):
        fa.write_log(log_of(["a"]), tmp_path / f"log{ending}")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_broken_disk_leaves_the_old_log(tmp_path, monkeypatch, ending):
    path = fa.write_log(log_of(["first"]), tmp_path / f"log{ending}")

    def fail(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(fa.FollowupError, match="cannot be written: no space left on device"):
        fa.write_log(log_of(["second"]), path, overwrite=True)
    assert load_written(path).applications["company"].tolist() == ["first"]
    assert os.listdir(tmp_path) == [path.name]


def test_what_was_changed_by_hand_is_left_to_the_reader(tmp_path):
    folder = fa.write_log(log_of(["Acme", "Umbra"]), tmp_path / "log")
    path = folder / "applications.csv"
    path.write_text(path.read_text("utf-8-sig").replace("Umbra", "Umbria"), "utf-8-sig")
    assert load_written(folder) is None


def test_what_was_changed_in_a_file_of_commas_is_read_without_the_apostrophes(tmp_path):
    folder = fa.write_log(log_of(["=Acme", "'tis", "Umbra"], **{"=x": ["-1", "b", "'c"]}), tmp_path)
    path = folder / "applications.csv"
    path.write_text(path.read_text("utf-8-sig").replace("Umbra", "Umbria"), "utf-8-sig")
    applications = fa.read_log(folder).applications
    assert applications["company"].tolist() == ["=Acme", "'tis", "Umbria"]
    assert applications["=x"].tolist() == ["-1", "b", "'c"]
    path.write_text(path.read_text("utf-8-sig").replace("''tis", "'tis"), "utf-8-sig")
    assert fa.read_log(folder).applications["company"].tolist() == ["=Acme", "'tis", "Umbria"]


def test_what_was_changed_in_a_workbook_is_read_from_its_tables(tmp_path):
    import openpyxl

    path = fa.write_log(log_of(["Acme", "Umbra"]), tmp_path / "log.xlsx")
    book = openpyxl.load_workbook(path)
    header = [cell.value for cell in book["applications"][1]]
    book["applications"].cell(3, header.index("company") + 1).value = "Umbria"
    book.save(path)
    log = fa.read_log(path)
    assert log.applications["company"].tolist() == ["Acme", "Umbria"]
    assert log.events["kind"].tolist() == ["interview", "interview"]
    assert log.n_records == 4  # applications and events: nothing of the sheet beside them


def test_what_is_said_of_a_written_log_counts(tmp_path):
    log = fa.JobSearchLog(*(getattr(log_of(["Acme"]), n) for n in ("applications", "events")))
    assert [note for note in log.notes if "taken to be 2026-03-02" in note]
    path = fa.write_log(log, tmp_path / "log")
    again = fa.read_log(path, as_of="2026-04-30")
    assert again.as_of == pd.Timestamp("2026-04-30")
    assert again.notes == ()
    path = fa.write_log(fa.load_sample(), tmp_path / "sample")
    with pytest.raises(fa.LogError, match="problems in the log"):
        fa.read_log(path, strict=True)


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"written_by": "followup_analysis"}'])
def test_what_only_looks_like_a_written_log_is_left_to_the_reader(tmp_path, content):
    (tmp_path / "log.meta").write_bytes(content)
    (tmp_path / "log.xlsx").write_bytes(content)
    assert load_written(tmp_path) is None
    assert load_written(tmp_path / "log.xlsx") is None
    assert load_written(tmp_path / "nothing.xlsx") is None
