"""Broken and hostile input: one clear error or a log, in bounded time, and nothing is run."""

from __future__ import annotations

import io
import json
import os
import time

import pandas as pd
import pytest

from followup_analysis import LogError, write_log
from followup_analysis.reading import read_log

HEADER = "company,applied,status,notes\n"
ACME = "Acme,2026-01-05,Applied,"


@pytest.fixture(autouse=True)
def in_bounded_time():
    start = time.process_time()  # of its own: other tests run beside it
    yield
    assert time.process_time() - start < 30


@pytest.mark.parametrize(
    "text",
    [
        HEADER + ACME + "x" * 3_000_000,
        HEADER + "Acme,2026-01-05," + "rejected and " * 200_000 + ",",
        HEADER + "Acme," + "1/" * 1_000_000 + ",,",
        ",".join(["company", "applied", *map(str, range(3000))]) + "\n" + ACME,
        HEADER + "Ac\ud800me,2026-01-05,,",
        HEADER + "=cmd|' /C calc'!A0,2026-01-05,=1+1,",
        "company,applied,interview " + "9" * 5000 + "\nAcme,2026-01-05,2026-01-12",
        "company,applied,interview ⓿\nAcme,2026-01-05,2026-01-12",
    ],
    ids=["cell", "status", "date", "columns", "surrogate", "formula", "number", "no number"],
)
def test_odd_text_is_still_a_log(text):
    log = read_log(io.StringIO(text))
    assert len(log.applications) == log.n_records == 1


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04" + b"junk" * 100,
        b"PK\x05\x06" + bytes(18),
        b"SQLite format 3\0" + b"junk" * 1000,
        b"PAR1" + b"junk" * 1000,
        b"\xd0\xcf\x11\xe0" + b"junk" * 1000,
        b"\x1f\x8b\x08" + bytes(50),
        b"\0\1\2\3" * 500,
        (HEADER + "Ac\0me,2026-01-05,,").encode(),
        b"[" * 100_000,
        b'{"a":' * 3000 + b"1" + b"}" * 3000,
        b"<html><table><tr><td>company</td></tr></table></html>",
        b"\xff\xfea",
    ],
    ids=lambda data: repr(data[:12]),
)
def test_broken_file_is_one_clear_error(data):
    with pytest.raises(LogError):
        read_log(io.BytesIO(data))


@pytest.mark.parametrize("source", [None, {"a": 1}, b"company", 3.5, "a\0b", "a" * 5000])
def test_what_is_no_source_is_one_clear_error(source):
    with pytest.raises(LogError):
        read_log(source)


class Broken:
    def __init__(self, answer):
        self.answer = answer

    def read(self):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize("answer", [OSError("disk"), 5, None])
def test_file_that_cannot_be_read_is_one_clear_error(answer):
    with pytest.raises(LogError, match="open file"):
        read_log(Broken(answer))


def test_closed_file_is_one_clear_error(tmp_path):
    with (tmp_path / "log.csv").open("w+") as file:
        pass
    with pytest.raises(LogError, match="cannot be read"):
        read_log(file)


def test_json_with_odd_elements():
    log = read_log(io.StringIO('[{"company": "A", "applied": 1e999, "status": NaN}, 3, null]'))
    assert log.applications["company"].tolist() == ["A"]
    assert log.set_aside["line"].tolist() == [2]  # null is an empty record
    nested = [{"company": "A", "x": {"y": [{"status": "rejected", "date": "2026-01-06"}]}}, "B"]
    log = read_log(io.StringIO(json.dumps(nested)))
    assert log.events["kind"].tolist() == ["rejection"]
    assert log.set_aside["text"].str.contains("B").all()


def test_odd_columns_of_a_frame():
    frame = pd.DataFrame(
        {
            "company": pd.Categorical(["A", "B"]),
            "applied": pd.to_datetime(["2026-01-05", "2026-01-06"]).tz_localize("UTC"),
            "tags": [["x"], {"y": 1}],
            "n": pd.array([1, None], dtype="Int64"),
            "month": pd.period_range("2026-01", periods=2, freq="M"),
        }
    )
    log = read_log(frame)
    assert log.applications["applied_on"].dt.day.tolist() == [5, 6]
    assert log.applications["tags"].tolist() == ["['x']", "{'y': 1}"]
    twice = pd.DataFrame([["A", "B", "2026-01-05"]], columns=["company", "company", "applied"])
    assert read_log(twice).applications["company"].tolist() == ["A"]
    for empty in (pd.DataFrame(), pd.DataFrame([["A", "2026-01-05"]])):
        with pytest.raises(LogError):
            read_log(empty)


def test_source_is_left_as_it_was(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(HEADER + ACME, encoding="utf-8")
    before = path.read_bytes()
    frame = pd.DataFrame({"company": [" A "], "applied": ["soon"]})
    copy = frame.copy()
    read_log([path, frame])
    assert path.read_bytes() == before
    pd.testing.assert_frame_equal(frame, copy)


def test_half_a_character_becomes_a_question_mark():
    half = "A\ud800"
    row = {"company": half, "applied": "2026-01-05", half: half}
    headers = pd.Index([*row], dtype=object)  # as pandas holds text where pyarrow is not installed
    frame = pd.DataFrame([[*row.values()]], columns=headers, dtype=object)
    for source in (frame, io.StringIO(json.dumps({half: [row]}))):
        log = read_log(source)
        assert log.applications[["company", "A?"]].to_numpy().tolist() == [["A?", "A?"]]


def test_cells_too_many_behind_blank_ones_are_set_aside():
    log = read_log(io.StringIO("company,applied\nAcme,2026-01-05\n,,,two weeks off\n"))
    assert log.set_aside[["line", "text"]].to_numpy().tolist() == [[3, ",,,two weeks off"]]
    assert log.n_records == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_what_has_no_end_is_not_waited_for(tmp_path):
    for name in ("jobs.csv", "jobs.xlsx"):
        os.mkfifo(tmp_path / name)
        with pytest.raises(LogError, match="a pipe or a device"):
            read_log(tmp_path / name)
    with pytest.raises(LogError, match="holds no table"):
        read_log(tmp_path)
    with pytest.raises(LogError, match="a pipe or a device"):
        read_log("/dev/zero")


def test_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "jobs.csv"
    path.write_text(HEADER + ACME, encoding="utf-8")

    def refuse(self):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    with pytest.raises(LogError, match="not allowed to read.*change its permissions"):
        read_log(path)


def test_home_of_nobody():
    with pytest.raises(LogError, match="There is no file"):
        read_log("~nobody-of-this-name/jobs.csv")


@pytest.mark.parametrize(
    "note",
    [
        "to call " + "with a " * 3000,
        "sent a thank you " + "to x " * 3000,
        "followed up 1/1, " * 3000,
        "followed up 1/1" + ", 1/2" * 3000,
        "follow up " * 5000,
    ],
    ids=lambda note: note[:30],
)
def test_long_notes_take_no_time(note):
    start = time.process_time()  # of its own: other tests run beside it
    log = read_log(io.StringIO(HEADER.replace(",", ";") + f"Acme;2026-01-05;;{note}"))
    assert len(log.applications) == 1
    assert time.process_time() - start < 10


def test_ten_thousand_columns_and_a_cell_of_ten_megabytes():
    header = ",".join(["company", "applied", *map(str, range(10_000))])
    log = read_log(io.StringIO(f"{header}\n{ACME}{'x' * 10_000_000}"))
    assert log.applications["1"].str.len().tolist() == [10_000_000]


def test_formulas_stay_text_and_are_written_so_that_none_runs(tmp_path):
    log = read_log(io.StringIO(HEADER + "=cmd|' /C calc'!A0,2026-01-05,,\n"))
    assert log.applications["company"].tolist() == ["=cmd|' /C calc'!A0"]
    written = (write_log(log, tmp_path / "log") / "applications.csv").read_text("utf-8")
    assert ",'=cmd|" in written and ",=cmd|" not in written


@pytest.mark.parametrize(
    "text",
    [
        "as of " * 200_000 + "\n" + HEADER + ACME,
        "|company|applied|\n|--|--|\n|" + "[" * 200_000 + "|2026-01-05|",
        "|company|applied|\n|--|--|\n|" + "[a](" * 100_000 + "|2026-01-05|",
        HEADER + ACME + '"' + "a" * 200_000,
    ],
    ids=["title", "brackets", "links", "quote"],
)
def test_long_texts_take_no_time(text):
    start = time.process_time()  # of its own: other tests run beside it
    log = read_log(io.StringIO(text))
    assert len(log.applications) + len(log.set_aside) == log.n_records == 1
    assert time.process_time() - start < 10


def test_cells_too_many_in_a_long_file_are_not_lost():
    rows = [f"Acme {n},2026-01-05,Applied,\n" for n in range(40_000)]
    rows[30_000] = "Bolt,2026-01-05,Applied,,,lost\n"
    log = read_log(io.StringIO(HEADER + "".join(rows)))
    assert log.set_aside["text"].tolist() == ["Bolt,2026-01-05,Applied,,,lost"]
    assert len(log.applications) == 39_999


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"<html><body><table><tr><td>company</td></tr></table></html>", "is a web page"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html>\n<html>company,applied</html>", "is a web page"),
        (b'{"a": [1, 2', "JSON that is damaged or cut off"),
        (b'[\n  {"company": "A", "applied": "2026-01-05"},\n  {"comp', "damaged or cut off"),
        (b"[Notes],Pay\nnice,45000\n", "has the columns"),
    ],
)
def test_what_is_no_log_is_named(data, told):
    with pytest.raises(LogError, match=told):
        read_log(io.BytesIO(data))


@pytest.mark.parametrize("source", ["https://docs.example/d/1?a=b", "http://docs.example/log.csv"])
def test_an_address_in_the_web_is_to_be_downloaded_first(source):
    with pytest.raises(LogError, match="download the file first, nothing is fetched"):
        read_log(source)
