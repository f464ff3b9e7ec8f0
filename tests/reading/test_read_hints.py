"""What is not understood is told where it stands, with a remedy that cannot make it worse."""

from __future__ import annotations

import io

import pytest

from followup_analysis import LogError
from followup_analysis.reading import read_log


def read(text, **options):
    return read_log(io.StringIO(text), **options)


def asked(log, *columns):
    return log.problems[list(columns)].to_numpy().tolist()


def test_date_beside_an_unknown_status_is_told():
    log = read(
        "company,applied,status,outcome,decision date\n"
        "Acme,2026-01-05,flabbergasted,,2026-02-09\n"
        "Bolt,2026-01-05,flabbergasted,rejected,2026-02-10\n"
        "Corp,2026-01-05,applied,,2026-02-11\n"
        "Dorn,2026-01-05,flabbergasted,,\n"
    )
    assert asked(log, "line", "column", "value", "code") == [
        [2, "status", "flabbergasted", "unknown_word"],
        [2, "decision date", "2026-02-09", "unused_date"],
        [3, "status", "flabbergasted", "unknown_word"],
        [5, "status", "flabbergasted", "unknown_word"],
    ]
    row = log.problems[log.problems["code"] == "unused_date"].iloc[0]
    assert row["done"] == "kept as text, read as no event"
    assert row["remedy"].startswith("Say what the status of the row means")
    assert log.applications["decision date"][0] == "2026-02-09"
    assert log.events["date"].dt.strftime("%m-%d").tolist() == ["02-10"]


def test_remedy_for_an_unknown_status_picks_no_meaning():
    text = "company,applied,status\nAcme,2026-01-05,Yay!\n"
    [[remedy]] = asked(read(text), "remedy")
    assert "vocabulary={'Yay!': '...'}, with offer, rejected, withdrawn" in remedy
    assert "vocabulary={'Yay!': 'rejected'}" not in remedy
    with pytest.raises(LogError, match=r"'\.\.\.', which is no word of a log"):
        read(text, vocabulary={"Yay!": "..."})  # copied as it stands, it changes nothing


def test_remedy_names_a_word_that_is_spelt_alike():
    log = read("company,applied,status\nAcme,2026-01-05,Rejjectted\n")
    [[remedy, code]] = asked(log, "remedy", "code")
    assert code == "unknown_word"  # two slips: it is asked
    assert remedy.startswith(
        "If it is a slip for 'rejected': vocabulary={'Rejjectted': 'rejected'}."
    )
    log = read("company,applied,status\nAcme,2026-01-05,Yay!\n")
    assert "slip" not in log.problems["remedy"][0]


def test_remedy_for_an_unknown_content_names_contents():
    log = read("company,date,event,content\nAcme,2026-01-12,Follow-up,blorp\n")
    [[code, remedy]] = asked(log, "code", "remedy")
    assert code == "unknown_content"
    assert "one of generic, specific, concern, strengths" in remedy


@pytest.mark.parametrize(
    ("day", "as_of", "code"),
    [("2026-01-10", None, "before_interview"), ("2026-02-20", "2026-02-01", "after_as_of")],
)
def test_problem_names_the_column_in_which_the_date_stands(day, as_of, code):
    log = read(
        "company,applied,interview,status,decision date\n"
        f"Acme,2026-01-05,2026-01-12,Rejected,{day}\n",
        as_of=as_of,
    )
    assert asked(log, "column", "value", "code") == [["decision date", day, code]]


@pytest.mark.parametrize(
    ("header", "value", "note"),
    [
        ("Postion", "Clerk", "columns={'Postion': 'role'}."),
        ("Statsu", "Rejected", "columns={'Statsu': 'status'}."),
        ("Intervew 1 date", "2026-01-12", "columns={'Intervew 1 date': 'interview_on 1'}."),
        ("Decison date", "2026-01-20", "columns={'Decison date': 'status_date'}."),
    ],
)
def test_header_that_is_nearly_known_is_told_not_taken(header, value, note):
    text = f"company,applied,{header}\nAcme,2026-01-05,{value}\n"
    log = read(text)
    assert log.applications[header].tolist() == [value]
    assert log.mapping["field"].isna().tolist() == [False, False, True]
    [told] = [each for each in log.notes if header in each]
    assert told.startswith(f"open file: {header!r} is kept as it is, ")
    assert told.endswith(note)
    name = note.rsplit("'", 2)[1]
    assert read(text, columns={header: name}).mapping["field"].tolist()[2] == name


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Salary", "50000"), ("Location", "Paris"), ("Contract", "permanent"), ("State", "NY"),
        ("Interviewer", "Ann"), ("Interviewed", "yes"), ("Job link", "x"), ("Companny", "Acme"),
    ],
)  # fmt: skip
def test_other_headers_are_let_be(header, value):
    log = read(f"company,applied,{header}\nAcme,2026-01-05,{value}\n")
    assert not any(header in note for note in log.notes)


def test_header_of_the_company_with_a_slip_is_named():
    with pytest.raises(LogError, match=r"columns=\{'Compny': 'company', \.\.\.\}"):
        read("Compny,Salary\nAcme,1\n")


def test_file_with_a_name_spelt_alike_is_named(tmp_path):
    (tmp_path / "job_log.csv").write_text("company,applied\nAcme,2026-01-05\n")
    with pytest.raises(LogError) as caught:
        read_log(tmp_path / "joblog.csv")
    assert str(caught.value).endswith(f"Did you mean {str(tmp_path / 'job_log.csv')!r}?")
    for path in (tmp_path / "wxyz.pdf", tmp_path / "nowhere" / "job_log.csv"):
        with pytest.raises(LogError, match="There is no file") as caught:
            read_log(path)
        assert "Did you mean" not in str(caught.value)
