"""A long sheet on disk to a log, every check included, beside reading the same file unchecked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
from measure import Row

_DATES = ("Date applied", "Interview date", "Follow-up date", "Status date")
_CITIES = "Berlin Bristol Denver Ghent Lisbon Lyon Malmo Ottawa Porto Prague Turin Utrecht".split()
_FIELDS = "Analytics Biotech Capital Design Energy Foods Games Health Insurance Logistics".split()
_LEVELS = ("Junior", "Associate", "Senior", "Lead", "Principal")
_JOBS = ("Accountant", "Data Analyst", "Software Engineer", "Product Manager", "Nurse", "Teacher")
_SAID = ("nice team", "two hours, three people", "salary is to be discussed", 'asked "why us?"')
_BAD = ("soon", "2026-02-30", "tbc with HR", "next week", "31.4.2026")
_FIRST_DAY, _N_DAYS = np.datetime64("2021-01-04"), 1900
_SHARE_BAD = 0.01
_ROOT = Path(__file__).parents[1]
_OURS = "import followup_analysis as fa; read = fa.read_log"
_PANDAS = "pandas.read_csv(parse_dates=...)"
_THEIRS = {
    _PANDAS: f"""
import pandas as pd, warnings
warnings.simplefilter("ignore")  # that some cells are no dates, and so no column of them is
read = lambda path: pd.read_csv(path, parse_dates={list(_DATES)})
""",
    "polars.read_csv(try_parse_dates=True)": """
import polars
read = lambda path: polars.read_csv(path, try_parse_dates=True, infer_schema_length=10_000)
""",
    "DuckDB into a table": """
import duckdb
connection = duckdb.connect()
connection.execute("SET enable_progress_bar = false")
def read(path):
    connection.execute(f"CREATE TABLE log AS SELECT * FROM read_csv('{path}')")
    return range(connection.execute("SELECT count(*) FROM log").fetchone()[0])
""",
}
_MEASURE = r"""
import json, re, sys, time
if {blocked}: sys.modules["pyarrow"] = None
{code}
start = time.perf_counter(), time.process_time()
table = read({path!r})
seconds, cpu = time.perf_counter() - start[0], time.process_time() - start[1]
# Not ru_maxrss, which begins with what the process held that started this one.
peak = int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) / 1024
print(json.dumps([seconds, cpu, peak, len(getattr(table, "applications", table))]))
"""


@dataclass(frozen=True)
class Marks:
    """At most so many times the time and the peak memory of the peer."""

    time: float
    memory: float


_MARKS = {False: Marks(3, 2), True: Marks(2, 1.5)}  # without and with pyarrow


def read_million() -> list[Row]:
    """Read a million lines, each side in a process of its own."""
    return _read(1_000_000, rounds=3)


def read_ten_million() -> list[Row]:
    """Read ten million lines: the ratios are to stay what they are."""
    return _read(10_000_000, rounds=1)


def _read(n_rows: int, rounds: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "log.csv")
        write_sheet(path, n_rows)
        without = _compare(path, n_rows, rounds, False, _PANDAS)
        return [without, *(_compare(path, n_rows, rounds, True, peer) for peer in _THEIRS)]


def _compare(path: Path, n_rows: int, rounds: int, with_arrow: bool, peer: str) -> Row:
    sides = [partial(_measured, code, path, with_arrow) for code in (_OURS, _THEIRS[peer])]
    taken: list[list[list[float]]] = [[], []]
    for start in range(rounds):
        for place in (start % 2, 1 - start % 2):
            taken[place].append(sides[place]())
    (seconds, cpu, peak, n_read), theirs = (
        [median(each) for each in zip(*side, strict=True)] for side in taken
    )
    if n_read != n_rows:
        raise SystemExit(f"{n_read:.0f} of {n_rows} lines are in the log.")
    marks = _MARKS[with_arrow] if peer == _PANDAS else None
    ratios = [median(a[at] / b[at] for a, b in zip(*taken, strict=True)) for at in (0, 1, 2)]
    return Row(
        f"read_log, {n_rows:,} lines {'with' if with_arrow else 'without'} pyarrow",
        seconds,
        peer,
        theirs[0],
        f"{ratios[0]:.2f} x its time ({ratios[1]:.2f} x of the processor), "
        f"{ratios[2]:.2f} x its peak memory ({peak:.0f} and {theirs[2]:.0f} MB)",
        f"<= {marks.time:g} and <= {marks.memory:g}" if marks else "",
        not marks or (ratios[0] <= marks.time and ratios[2] <= marks.memory),
        "every line is in the log",
    )


def _measured(code: str, path: Path, with_arrow: bool) -> list[float]:
    """Return seconds, seconds of the processor, peak in MB and lines read, of one process."""
    script = _MEASURE.format(blocked=not with_arrow, code=code, path=str(path))
    where = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": where}
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, env=environment, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def write_sheet(path: Path, n_rows: int, seed: int = 20260331) -> None:
    """Write one row per application, as a careers service may export it: 16 columns.

    One cell in a hundred of those that hold a date, a status or a channel cannot be read.
    """
    rng = np.random.default_rng(seed)
    for start in range(0, n_rows, 250_000):
        sheet = _sheet(start, min(250_000, n_rows - start), rng)
        sheet.to_csv(path, mode="a" if start else "w", header=not start, index=False)


def _sheet(start: int, n: int, rng: np.random.Generator) -> pd.DataFrame:
    applied = _FIRST_DAY + rng.integers(0, _N_DAYS, n)
    held = applied + rng.integers(5, 30, n)
    sent = held + rng.integers(0, 12, n)
    ended = held + rng.integers(1, 60, n)
    has_interview = rng.random(n) < 0.6
    wrote, is_open = has_interview & (rng.random(n) < 0.5), rng.random(n) < 0.3
    ending = rng.choice(["Rejected", "Offer", "Withdrawn", "Ghosted"], n, p=[0.6, 0.2, 0.05, 0.15])
    status = np.where(is_open, np.where(has_interview, "Interviewing", "Applied"), ending)
    columns = {
        "Application ID": np.arange(start + 1, start + n + 1) + 1_000_000,
        "Company": _pairs(
            rng, n, [f"{city} {field}" for city in _CITIES for field in _FIELDS], 150
        ),
        "Role": _any(rng, n, [f"{level} {job}" for level in _LEVELS for job in _JOBS]),
        "Location": _any(rng, n, _CITIES),
        "Date applied": applied,
        "Source": _any(rng, n, ["LinkedIn", "Company website", "Referral", "Indeed", "Job fair"]),
        "Referral": _any(rng, n, ["yes", "no", "no", "no"]),
        "Contact": _pairs(rng, n, ["A. Marsh", "B. Okafor", "C. Lindqvist", "D. Moreau"], 2000),
        "Salary": rng.integers(300, 1500, n) * 100,
        "Interview date": np.where(has_interview, held, np.datetime64("NaT")),
        "Interview type": np.where(has_interview, _any(rng, n, ["Phone screen", "Onsite"]), ""),
        "Follow-up date": np.where(wrote, sent, np.datetime64("NaT")),
        "Follow-up channel": np.where(wrote, _any(rng, n, ["Email", "Call", "Letter"]), ""),
        "Status": status,
        "Status date": np.where(is_open, np.datetime64("NaT"), ended),
        "Notes": _notes(rng, n, held),
    }
    sheet = pd.DataFrame({name: _spoilt(name, values, rng) for name, values in columns.items()})
    return sheet


def _any(rng: np.random.Generator, n: int, words: list[str]) -> np.ndarray:
    return np.array(words, dtype=object)[rng.integers(0, len(words), n)]


def _pairs(rng: np.random.Generator, n: int, words: list[str], up_to: int) -> np.ndarray:
    """Return words with a number behind each: many distinct texts."""
    known = [f"{word} {number}" for word in words for number in range(1, up_to + 1)]
    return _any(rng, n, known)


def _notes(rng: np.random.Generator, n: int, held: np.ndarray) -> np.ndarray:
    """Return notes: most empty, some said often, a few of their own, with a follow-up in them."""
    notes = np.where(rng.random(n) < 0.3, _any(rng, n, list(_SAID)), "")
    own = np.flatnonzero(rng.random(n) < 0.03)
    days = held[own] + rng.integers(1, 9, len(own))
    told = [f"Spoke to no. {at}, followed up {day}" for at, day in zip(own, days, strict=True)]
    notes[own] = told
    return notes


def _spoilt(name: str, values: np.ndarray, rng: np.random.Generator) -> pd.Series:
    """Return the column as text, some of its cells spoilt if it is one that is checked."""
    texts = pd.Series(values).astype("str").fillna("").to_numpy(dtype=object)
    if name in (*_DATES, "Status", "Follow-up channel"):
        bad = np.flatnonzero((rng.random(len(texts)) < _SHARE_BAD) & (texts != ""))
        texts[bad] = _any(rng, len(bad), list(_BAD))
    return pd.Series(texts)
