"""Workbooks: typed cells, several sheets, merged cells."""

from __future__ import annotations

import datetime as dt
import zipfile

import openpyxl
import pandas as pd
import pytest

from followup_analysis import LogError
from followup_analysis.reading import read_log


def save(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.replace("_", " "))
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_cells_that_are_dates_need_no_question(tmp_path):
    path = save(
        tmp_path / "log.xlsx",
        Jobs=[
            ["Company", "Date applied", "Interview", "Went well", "Rejected"],
            ["Acme", dt.date(2026, 3, 4), dt.datetime(2026, 3, 9, 14, 30), 4, None],
            ["Bolt", dt.date(2026, 3, 5), dt.datetime(2026, 3, 10, 9, 0), 2.0, "2026-03-12"],
        ],
    )
    log = read_log(path)
    assert log.applications["applied_on"].dt.day.tolist() == [4, 5]
    held = log.events[log.events["kind"] == "interview"]
    assert held["clock"].tolist() == ["14:30", "09:00"]
    assert held["went_well"].tolist() == [4, 2]
    assert held["sheet"].tolist() == ["Jobs", "Jobs"]
    assert held["line"].tolist() == [2, 3]
    assert len(log.problems) == 0


def test_sheets_of_one_search_are_joined(tmp_path):
    path = save(
        tmp_path / "log.xlsx",
        Applications=[
            [],
            ["Company", "Position", "Applied", "Status"],
            ["Acme", "Engineer", "2026-01-05", "Rejected"],
            ["Acme", "Analyst", "2026-01-06", "Applied"],
            ["Bolt", "Engineer", "2026-01-07", "Interviewing"],
        ],
        Interviews=[
            ["Company", "Position", "Date", "Round"],
            ["acme ", "Engineer", "2026-01-12", "Phone screen"],
            ["Bolt", None, "2026-01-13", "Onsite"],
            ["Acme", None, "2026-01-14", "Onsite"],
        ],
        Follow_ups=[["Company", "Date", "Channel"], ["Bolt", "2026-01-15", "Call"]],
        Lists=[["Colours"], ["red"], ["green"]],
    )
    log = read_log(path)
    assert log.events[["application_id", "kind", "detail"]].fillna("").to_numpy().tolist() == [
        ["1", "interview", "screen"],
        ["1", "rejection", ""],
        ["3", "interview", "onsite"],
        ["3", "follow_up", "call"],  # "Interviewing" tells of nothing more
    ]
    assert log.problems[["sheet", "line", "code"]].to_numpy().tolist() == [
        ["Interviews", 4, "ambiguous_join"],
        ["Lists", 2, "not_a_log_sheet"],
    ]
    assert log.n_records == 9
    assert log.set_aside[["sheet", "line"]].to_numpy().tolist() == [
        ["Interviews", 4], ["Lists", 2], ["Lists", 3],
    ]  # fmt: skip


def test_merged_company_counts_for_each_row(tmp_path):
    path = save(
        tmp_path / "log.xlsx",
        Interviews=[
            ["Company", "Interview date", "Stage"],
            ["Acme", "2026-01-12", "Screen"],
            [None, "2026-01-15", "Final"],
        ],
    )
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("A2:A3")
    book.save(path)
    log = read_log(path)
    assert log.applications["company"].tolist() == ["Acme"]
    assert log.events["date"].dt.day.tolist() == [12, 15]


def test_broken_workbook_is_one_clear_error(tmp_path):
    path = save(tmp_path / "log.xlsx", Jobs=[["Company", "Applied"], ["Acme", "2026-01-05"]])
    half = path.read_bytes()[: path.stat().st_size // 2]
    path.write_bytes(half)
    with pytest.raises(LogError, match="log.xlsx is damaged, or not whole"):
        read_log(path)


def test_workbook_of_pandas_is_read(tmp_path):
    frame = pd.DataFrame({"company": ["Acme"], "applied_on": [pd.Timestamp("2026-02-03")]})
    frame.to_excel(tmp_path / "log.xlsx", index=False)
    assert read_log(tmp_path / "log.xlsx").applications["applied_on"][0] == frame["applied_on"][0]


def test_open_document(tmp_path):
    def cell(value):
        if isinstance(value, dt.date):
            day = value.isoformat()
            return f'<table:table-cell office:value-type="date" office:date-value="{day}"/>'
        return (
            '<table:table-cell office:value-type="string">'
            f"<text:p>{value}</text:p></table:table-cell>"
        )

    rows = [["Company", "Applied", "Interview"], ["Acme", dt.date(2026, 3, 4), "2026-03-09"]]
    cells = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{urn}:office:1.0" '
        f'xmlns:table="{urn}:table:1.0" xmlns:text="{urn}:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="Jobs">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "log.ods", "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", content)
        packed.writestr("META-INF/manifest.xml", f'<manifest xmlns="{urn}:manifest:1.0"/>')
    log = read_log(tmp_path / "log.ods")
    assert log.applications["applied_on"][0] == pd.Timestamp("2026-03-04")
    assert log.events[["sheet", "line", "kind"]].to_numpy().tolist() == [["Jobs", 2, "interview"]]
