"""A long text is read fast where that is sure to lose nothing, and is the same log as ever."""

from __future__ import annotations

import csv
import io
import sys

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from followup_analysis.reading import read_log

TABLES = ("applications", "events", "ratings", "problems", "set_aside", "mapping")
HEADER = ("company", "applied", "interview date", "status", "notes")
CELLS = st.sampled_from(
    [
        "", "Acme", "Bolt ", "N/A", "2026-01-05", "2026-01-12", "31.4.2026", "rejected", "offer",
        "Rejectd", "soon", "called, nobody there", 'said "no"', "two\nlines", "Zürich", "\t",
        "followed up 2026-01-28", '"',
    ]
)  # fmt: skip
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=7), min_size=1, max_size=6)


@pytest.fixture(params=["with pyarrow", "without pyarrow"])
def fast(request, monkeypatch, tmp_path):
    """Texts of any length are read as long ones, in pieces of a few lines.

    Where pyarrow is installed it holds the words of all columns but the shortest. From a file on
    disk, which is never held as a whole, the log is the same.
    """
    if request.param == "without pyarrow":
        pd.array(["x"], dtype="str").take([0])  # pandas, which found it, loads the rest of it late
        monkeypatch.setitem(sys.modules, "pyarrow", None)
    else:
        pytest.importorskip("pyarrow")

    def read(data):
        with pytest.MonkeyPatch.context() as patch:
            for module in ("containers", "text"):
                patch.setattr(f"followup_analysis.reading.{module}.LONG", 10)
            patch.setattr("followup_analysis.reading.large.PIECE", 300)
            patch.setattr("followup_analysis.reading.large.LEAST", 40)
            patch.setattr("followup_analysis.reading.pieces.MANY", 3)
            log = read_log(io.BytesIO(data))
            path.write_bytes(data)
            assert_same(read_log(path), log)
            return log

    path = tmp_path / "open file"  # as a file without a name is called
    return read


def text_of(rows, end="\n", quoted=True):
    """Return rows as a file, between others enough for the header to be sure."""
    usual = [[f"Company {n}", "2026-01-02", "2026-01-09", "offer", "fine"] for n in range(45)]
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator=end)
    writer.writerows([HEADER, *usual])
    if quoted:
        writer.writerows(rows)
    else:  # as careless programs write
        file.writelines(",".join(row) + end for row in rows)
    writer.writerows(usual[:5])
    return file.getvalue().encode()


def assert_same(one, other):
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    assert (one.as_of, one.n_records, one.notes) == (other.as_of, other.n_records, other.notes)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ROWS, st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_fast_and_slow_give_the_same_log(fast, rows, end, quoted):
    data = text_of(rows, end, quoted)
    assert_same(fast(data), read_log(io.BytesIO(data)))


IDS = {
    "that rise": [str(n) for n in range(95, 145)],
    "that do not": [f"A-{n % 50}" for n in range(77, 127)],
    "in both cases": [*map(str, range(48)), "a1", "A1"],
    "with blanks": [*map(str, range(46)), " 3", "x  y", "X y", ""],
    "not said": [*map(str, range(47)), "N/A", "-", "tbd"],
    "in other letters": [*map(str, range(48)), "Ü", "ü"],
    "twice": [*map(str, range(49)), "7"],
}


@pytest.mark.parametrize("ids", IDS.values(), ids=IDS)
def test_ids_of_any_kind_are_the_same_ids(fast, ids):
    lines = [f"{each},Acme {n},2026-01-05,{n}" for n, each in enumerate(ids)]
    data = "\n".join(["id,company,applied,rank", *lines]).encode()
    assert_same(fast(data), read_log(io.BytesIO(data)))


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""])
@pytest.mark.parametrize("odd", [b"", b"\xff", b"\0", b"\r", b'"', b",,,,,,,", b"{"])
def test_odd_bytes_are_read_as_ever(fast, mark, odd):
    data = mark + text_of([["Acme", "2026-01-05", "", "rejected", "x"]]) + odd
    assert_same(fast(data), read_log(io.BytesIO(data)))


def test_lines_and_cells_too_many_are_told_where_they_stand(fast):
    rows = [["Odd", "2026-01-05", "", "offer", "one", "two"], ["Even", "2026-01-05"]]
    log = fast(text_of(rows))
    assert log.n_records == 52
    assert log.problems[["line", "code"]].to_numpy().tolist()[0] == [47, "broken_row"]
    assert log.applications.set_index("company").loc["Even", "line"] == 48


def test_bar_is_shown_only_where_it_takes_long(monkeypatch, capsys):
    data = text_of([["Acme", "2026-01-05", "", "rejected", "x"]])
    read_log(io.BytesIO(data))
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr("followup_analysis.reading.progress._PATIENCE", 0)
    read_log(io.BytesIO(data))
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "reading the log" in shown.err
