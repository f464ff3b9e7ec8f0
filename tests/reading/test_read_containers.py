"""The same search in every container gives the same log."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile

import pandas as pd
import pytest

from followup_analysis import LogError
from followup_analysis.reading import read_log

ROWS = [
    {"company": "Acme", "role": "Engineer", "applied": "2026-01-05", "interview": "2026-01-12",
     "rejected": "2026-01-20"},
    {"company": "None", "role": "Clerk", "applied": "2026-01-06", "interview": "", "rejected": ""},
]  # fmt: skip
CSV = pd.DataFrame(ROWS).to_csv(index=False)


def facts(log):
    assert len(log.problems) == 0
    events = log.events[["application_id", "date", "kind"]].astype(object).to_numpy().tolist()
    return log.applications[["company", "role", "applied_on"]].to_numpy().tolist(), events


@pytest.fixture(scope="module")
def plain():
    return facts(read_log(io.StringIO(CSV)))


def markdown():
    frame = pd.DataFrame(ROWS)
    lines = ["# My search", "", "| " + " | ".join(frame) + " |", "|---" * len(frame.columns) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in frame.to_numpy())])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("log.json", json.dumps(ROWS)),
        ("log.json", json.dumps({"version": 3, "data": {"jobs": ROWS}})),
        ("log.json", json.dumps({"a": ROWS[0], "b": ROWS[1]})),
        ("log.jsonl", "\n".join(json.dumps(row) for row in ROWS)),
        ("log.md", markdown()),
        ("picture.png", CSV),
    ],
    ids=["list", "inside", "by key", "lines", "markdown", "a wrong name"],
)
def test_text_containers(plain, tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    companies, events = facts(read_log(path))
    assert companies == plain[0]
    assert [event[1:] for event in events] == [event[1:] for event in plain[1]]


def test_lines_are_those_of_the_file():
    assert read_log(io.StringIO(markdown())).events["line"].tolist() == [5, 5]
    lines = "\n".join(["", *(json.dumps(row) for row in ROWS)])
    assert read_log(io.StringIO(lines)).applications["line"].tolist() == [2, 3]


def test_sqlite(plain, tmp_path):
    path = tmp_path / "log.db"
    with sqlite3.connect(path) as connection:
        pd.DataFrame(ROWS).to_sql("jobs", connection, index=False)
        connection.execute("CREATE TABLE settings (name TEXT, value BLOB)")
        connection.execute("INSERT INTO settings VALUES ('theme', x'00ff')")
    connection.close()
    before = path.read_bytes()
    log = read_log(path)
    assert facts(log.replace(problems=pd.DataFrame())) == plain
    assert log.problems[["sheet", "code"]].to_numpy().tolist() == [["settings", "not_a_log_sheet"]]
    assert path.read_bytes() == before


def test_parquet(plain, tmp_path):
    pytest.importorskip("pyarrow")
    pd.DataFrame(ROWS).to_parquet(tmp_path / "log.parquet")
    assert facts(read_log(tmp_path / "log.parquet")) == plain


def archive(**files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return file.getvalue()


def test_zip_with_other_things_beside_the_log(plain):
    data = archive(**{
        "../../jobs.csv": CSV, "README.md": "# Hello\n\nNothing here.", "empty.csv": "",
        "photo.png": b"\x89PNG", "contacts.csv": "name,email\nAnn,ann@example.com\n",
    })  # fmt: skip
    log = read_log(io.BytesIO(data))
    assert facts(log) == plain
    assert log.n_records == 2
    assert set(log.events["file"]) == {"open file/../../jobs.csv"}
    notes = " ".join(log.notes)
    assert "Nothing of a log was found in open file/contacts.csv" in notes
    assert "Not read: open file/empty.csv is empty" in notes


def test_folder_with_folders_in_it(plain, tmp_path):
    (tmp_path / "2026").mkdir()
    (tmp_path / "2026" / "jobs.csv").write_text(CSV)
    log = read_log(tmp_path)
    assert facts(log) == plain
    assert set(log.events["file"]) == {"2026/jobs.csv"}
    (tmp_path / "2026" / "jobs.csv").unlink()
    with pytest.raises(LogError, match="holds no table"):
        read_log(tmp_path)


def test_archive_that_unpacks_to_far_too_much_is_refused():
    with pytest.raises(LogError, match="would unpack to 300,000,000 bytes"):
        read_log(io.BytesIO(archive(**{"jobs.csv": b"0" * 300_000_000})))
    with pytest.raises(LogError, match="holds 0 tables"):
        read_log(io.BytesIO(archive(**{"photo.png": b"\x89PNG"})))


STATUS_LOG = [
    {"status": "applied", "date": "2026-01-05"},
    {"status": "interview", "date": "2026-01-12"},
    {"status": "rejected", "date": "2026-01-20"},
]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"company": "Acme", "role": "Clerk", "statusLog": STATUS_LOG}),
        json.dumps([{"company": {"name": "Acme"}, "title": "Clerk", "events": STATUS_LOG}]),
        json.dumps([{"id": "x1", "company": "Acme", "role": "Clerk", "statusLog": STATUS_LOG}]),
        f'company,role,history\nAcme,Clerk,"{STATUS_LOG}"\n',
    ],
    ids=["one record", "a list", "with an id", "a cell in Python's notation"],
)
def test_events_inside_a_record(content):
    log = read_log(io.StringIO(content))
    assert log.applications[["company", "role"]].to_numpy().tolist() == [["Acme", "Clerk"]]
    assert log.applications["applied_on"][0] == pd.Timestamp("2026-01-05")
    assert log.events["kind"].tolist() == ["interview", "rejection"]
    assert log.events["date"].dt.day.tolist() == [12, 20]
    assert len(log.problems) == 0


def test_several_sources_are_one_log(tmp_path):
    first = pd.DataFrame(ROWS).drop(columns=["interview", "rejected"])
    second = io.StringIO("company,role,interview date\nAcme,engineer,2026-01-12\n")
    log = read_log([first, second])
    assert len(log.applications) == 2
    assert log.events[["file", "kind", "application_id"]].to_numpy().tolist() == [
        ["open file", "interview", "1"]
    ]
    assert log.n_records == 3
    with pytest.raises(LogError, match="empty"):
        read_log([])


@pytest.mark.parametrize("content", ['{"a": 1}', "[1, 2]", "[]", '{"company": [', "[[[["])
def test_json_without_records_is_one_clear_error(content):
    with pytest.raises(LogError):
        read_log(io.StringIO(content))


def test_database_that_is_open_elsewhere_or_not_whole(tmp_path):
    connection = sqlite3.connect(tmp_path / "jobs.db")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE jobs (company, applied, notes)")
    rows = [(f"Acme {n}", "2026-01-05", "x" * 100) for n in range(100)]
    connection.executemany("INSERT INTO jobs VALUES (?, ?, ?)", rows)
    connection.execute("UPDATE jobs SET company = CAST(x'41e9' AS TEXT) WHERE company = 'Acme 7'")
    connection.commit()
    connection.close()
    log = read_log(tmp_path / "jobs.db")
    assert len(log.applications) == 100
    assert "A\ufffd" in set(log.applications["company"])
    whole = (tmp_path / "jobs.db").read_bytes()
    with pytest.raises(LogError, match="is not whole"):
        read_log(io.BytesIO(whole[: len(whole) // 2]))


def test_parquet_that_stands_for_more_than_memory_holds(tmp_path, monkeypatch):
    pytest.importorskip("pyarrow")
    monkeypatch.setattr("followup_analysis.reading.databases._MOST_CELLS", 7)
    pd.DataFrame({"company": ["Acme"] * 4, "status": "x"}).to_parquet(tmp_path / "log.parquet")
    with pytest.raises(LogError, match="holds 8 cells"):
        read_log(tmp_path / "log.parquet")
