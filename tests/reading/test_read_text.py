"""Delimited text in every usual shape is the same log."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from followup_analysis import LogError
from followup_analysis.reading import read_log

SHEET = """\
Company,Role,Applied,Interview date,Rejected,Notes
Acme,Engineer,2026-01-05,2026-01-12,2026-01-20,"said ""soon"", twice"
Böhm & Söhne,Analyst,2026-01-06,,,
None,NA,2026-01-07,2026-01-14,,0012
"""


def read(text, **options):
    return read_log(io.BytesIO(text.encode() if isinstance(text, str) else text), **options)


def facts(log):
    events = log.events[["application_id", "date", "kind"]].astype(object).to_numpy().tolist()
    return log.applications["company"].tolist(), events


@pytest.fixture(scope="module")
def plain():
    return facts(read(SHEET))


def test_reads_what_stands_there(plain):
    companies, events = plain
    assert companies == ["Acme", "Böhm & Söhne", "None"]
    assert events == [
        ["1", pd.Timestamp("2026-01-12"), "interview"],
        ["1", pd.Timestamp("2026-01-20"), "rejection"],
        ["3", pd.Timestamp("2026-01-14"), "interview"],
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encoding_is_found(plain, encoding):
    assert facts(read(SHEET.encode(encoding))) == plain


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_line_ends_do_not_matter(plain, end):
    log = read(SHEET.replace("\n", end))
    assert facts(log) == plain
    assert log.events["line"].tolist() == [2, 2, 4]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(plain, delimiter):
    frame = pd.read_csv(io.StringIO(SHEET), dtype=str, keep_default_na=False)
    assert facts(read(frame.to_csv(sep=delimiter, index=False))) == plain


def test_data_frame_is_the_same_log(plain):
    frame = pd.read_csv(io.StringIO(SHEET), dtype=str, keep_default_na=False)
    frame["Applied"] = pd.to_datetime(frame["Applied"])
    log = read_log(frame)
    assert facts(log) == plain
    assert log.applications["applied_on"].tolist() == frame["Applied"].tolist()
    assert log.events["line"].tolist() == [1, 1, 3]


def test_path_and_open_files_are_the_same_log(plain, tmp_path):
    path = tmp_path / "search.txt"
    path.write_text(SHEET, encoding="utf-8")
    assert facts(read_log(path)) == facts(read_log(str(path))) == plain
    with path.open(encoding="utf-8") as file:
        log = read_log(file)
    assert facts(log) == plain
    assert set(log.events["file"]) == {"search.txt"}


def test_text_stays_text():
    log = read(SHEET)
    assert log.applications["role"].isna().tolist() == [False, False, True]
    assert log.applications["notes"].tolist()[2] == "0012"
    assert log.applications["notes"].tolist()[0] == 'said "soon", twice'


def test_preamble_blank_rows_and_blank_columns_are_no_records(plain):
    lines = [f"{line},," for line in SHEET.splitlines()]
    text = "\n".join(["My search,,", "", *lines, ",,,,,,,", "", ",,"])
    log = read(text)
    assert facts(log) == plain
    assert log.events["line"].tolist() == [4, 4, 6]
    assert log.n_records == 3
    assert len(log.problems) == len(log.set_aside) == 0


def test_lines_are_true_after_a_cell_of_several_lines():
    text = 'company,applied,notes\nAcme,2026-01-05,"one\ntwo\nthree"\nBolt,soon,\n'
    assert read(text).problems["line"].tolist() == [5]


def test_short_rows_are_filled_up():
    log = read("company,applied,rejected\nAcme\nBolt,2026-01-05\n")
    assert log.applications["company"].tolist() == ["Acme", "Bolt"]
    assert len(log.problems) == 0


@pytest.mark.parametrize(
    "data",
    [b"", b"  \n\n", b"\x89PNG\r\n\x1a\n" + bytes(200), b"%PDF-1.7 ...", bytes(5000)],
    ids=["nothing", "blanks", "picture", "pdf", "zeros"],
)
def test_what_is_no_text_is_one_clear_error(data):
    with pytest.raises(LogError):
        read(data)


@pytest.mark.parametrize(
    "text",
    [
        "Date,Description,Amount,Balance\n2026-01-05,Groceries,12.50,100\n",
        "First Name,Company,Position,Connected On\nAda,Acme,Engineer,2026-01-05\n",
        "just a sentence about nothing at all",
    ],
    ids=["bank statement", "address book", "prose"],
)
def test_what_is_no_log_says_what_was_looked_for(text):
    with pytest.raises(LogError, match="company.*application_id.*date.*not found") as caught:
        read(text)
    assert text.split(",")[0] in str(caught.value)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(LogError, match=r"no file '.*nothing\.csv'"):
        read_log(tmp_path / "nothing.csv")
    with pytest.raises(LogError, match="path, an open file, a DataFrame"):
        read_log(12)


def test_comma_without_quotes_is_mended_where_only_one_way_fits():
    log = read(
        "company,role,applied,status,status date,notes\n"
        "Acme,Clerk,2026-01-05,Rejected,2026-01-20,called, nobody there\n"
        "Bolt,Clerk, junior,2026-01-06,Applied,,\n"
        "Corp,Clerk,8/82026,Applied,,,\n"
    )
    assert log.applications["notes"].tolist()[0] == "called, nobody there"
    assert log.applications["role"].tolist() == ["Clerk", "Clerk, junior", "Clerk"]
    assert log.applications["applied_on"].dt.day.tolist()[:2] == [5, 6]
    assert log.problems[["line", "column", "value", "code"]].to_numpy().tolist() == [
        [2, "notes", "called, nobody there", "broken_row"],
        [3, "role", "Clerk, junior", "broken_row"],
        [4, "applied", "8/82026", "not_a_date"],
    ]


def test_row_that_can_be_mended_in_several_ways_goes_aside_as_it_is():
    log = read("company,role,applied\nAcme,Bolt,Clerk,2026-01-05\nCorp,Clerk,2026-01-06\n")
    assert log.applications["company"].tolist() == ["Corp"]
    assert log.set_aside["text"].tolist() == ["Acme,Bolt,Clerk,2026-01-05"]
    assert log.problems["code"].tolist() == ["broken_row"]


def test_quote_that_is_never_closed_costs_no_line():
    log = read(
        'company,applied,notes\nAcme,2026-01-05,"oops\nBolt,2026-01-06,"fine\nhere"\nCorp,,\n'
    )
    assert log.applications["company"].tolist() == ["Acme", "Bolt", "Corp"]
    log = read('company,applied,notes\nAcme,2026-01-05,\nBolt,2026-01-06,"oops\nCorp,2026-01-07,\n')
    assert log.applications["company"].tolist() == ["Acme", "Bolt", "Corp"]
    assert log.applications["line"].tolist() == [2, 3, 4]
    assert any("line 3: a quote is never closed" in note for note in log.notes)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "odd", ["", 'Odd,2026-01-05,"two\nlines"', "Odd,2026-01-05,one,two", "", "Odd"]
)
def test_long_text_is_read_like_a_short_one(monkeypatch, end, odd):
    lines = ["My search", "", "company,applied,notes"]
    lines += [f'Company {n},2026-01-{n % 28 + 1:02d},"said ""{n}"""' for n in range(40)]
    text = end.join([*lines[:20], odd, *lines[20:], ""])
    short = read(text)
    monkeypatch.setattr("followup_analysis.reading.text.LONG", 10)
    long = read(text)
    for name in ("applications", "events", "problems", "set_aside", "mapping"):
        pd.testing.assert_frame_equal(getattr(short, name), getattr(long, name))
    assert short.n_records == long.n_records == 40 + odd.startswith("Odd")
