"""For every input: records in the log + records set aside = records in the source."""

from __future__ import annotations

import csv
import io
import string

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from followup_analysis import LogError
from followup_analysis.reading import read_log

HEADERS = (
    "company", "role", "person", "id", "applied", "interview date", "interview 2 date", "status",
    "status date", "rejection date", "offer date", "follow-up sent", "follow-up due", "notes",
    "follow-up channel", "went well", "stress", "salary", "date", "event", "type", "stage", "name",
)  # fmt: skip
CELLS = st.one_of(
    st.sampled_from(
        [
            "", "Acme", "Bolt", "N/A", "1", "2", "2026-01-05", "2026-01-12", "13/01/2026",
            "31.4.2026", "3/4/2026", "rejected", "applied", "interview", "Ghosted", "follow-up",
            "offer", "yes", "no", "soon", "saved", "networking", "rating", "7", "call", '"', "a,b",
            "line\nbreak", "'", "interview scheduled",
        ]
    ),
    st.text(string.printable + "é❌日", max_size=8),
)  # fmt: skip


@st.composite
def sheets(draw):
    header = draw(st.lists(st.sampled_from(HEADERS), min_size=2, max_size=9))
    row = st.lists(CELLS, min_size=len(header), max_size=len(header))
    return header, draw(st.lists(row, max_size=12))


@settings(max_examples=150, deadline=None)
@given(sheets(), st.sampled_from([None, "2026-01-10"]))
def test_each_record_ends_in_one_place(sheet, as_of):
    header, rows = sheet
    frame = pd.DataFrame(rows, columns=pd.Index(header, dtype=str), dtype=str)
    try:
        log = read_log(frame, dayfirst=True, as_of=as_of)
    except LogError:
        return
    n_records = sum(any(cell.strip() for cell in row) for row in rows)
    assert log.n_records == n_records
    aside = set(log.set_aside["line"])
    assert len(aside) == len(log.set_aside) <= n_records
    seen = set(log.applications["line"]) | set(log.events["line"])
    assert not seen & aside
    assert set(log.problems.loc[log.problems["done"] == "record set aside", "line"]) == aside
    assert len(log.applications) + len(aside) <= n_records
    assert log.events["application_id"].isin(log.applications["application_id"]).all()
    assert (log.events[["line", "column", "rule"]].notna()).all(axis=None)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), max_size=12),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_text_of_applications_gives_one_application_per_record(rows, delimiter, encoding):
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(["company", "applied", "rejection date", "notes"])
    writer.writerows(rows)
    log = read_log(io.BytesIO(file.getvalue().encode(encoding)), dayfirst=False)
    records = [row for row in rows if any(cell.strip() for cell in row)]
    assert log.n_records == len(records)
    assert len(log.applications) + len(log.set_aside) == len(records)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_anything_else_is_one_clear_error(data):
    try:
        log = read_log(io.BytesIO(data))
    except LogError as error:
        assert str(error)
    else:
        assert len(log.applications) + len(log.set_aside) == log.n_records


def test_nothing_but_records_without_application():
    frame = pd.DataFrame({"company": ["", "N/A"], "status": ["rejected", "interview scheduled"]})
    log = read_log([frame, frame])
    assert (len(log.applications), len(log.events), log.n_records) == (0, 0, 4)
    assert log.set_aside["line"].tolist() == [1, 2, 1, 2]
    assert log.set_aside["sheet"].fillna("").tolist() == ["", "", "2", "2"]
