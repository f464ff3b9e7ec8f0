"""From a thousand interviews to a billion: time and peak memory, each side in a process.

The convention owned here: what is timed begins once what it needs is imported. The interviews take
minutes to simulate and are kept in the folder for temporary files. Memory is as Linux tells it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
from measure import Row

import followup_analysis as fa

_ROOT = Path(__file__).parents[1]
_LARGEST = 100_000_000
_MEASURE = r"""
import json, re, time
{before}
began = time.perf_counter()
{call}
seconds = time.perf_counter() - began
# Not ru_maxrss, which begins with what the process held that started this one.
peak = int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) / 1024
print(json.dumps([seconds, peak, {told}]))
"""
OURS = "import duckdb\nimport followup_analysis as fa"
DUCKDB = """
import duckdb
connection = duckdb.connect()
connection.execute("SET enable_progress_bar = false")
"""
CELLS = "[len(cells), sum(row[-1] for row in cells)]"
TALLY = "[len(counts.n), int(counts.n.sum())]"
_TOTAL = "int(counts.n.sum())"
_COUNT = "SELECT went_well, follow_up_day, exit_day, ending, count(*) FROM {} GROUP BY ALL"
_BUCKET = "((((company & 2147483647) * 2654435761) & 4294967295) * 200) >> 32"
_KEYS = ["went_well", "follow_up_day", "exit_day", "ending"]
_DATES = ["applied_on", "started_on", "followed_up_on", "ended_on"]

Side = tuple[str, str, str]  # what is done before, what is timed, what it tells to be compared


def growth() -> list[Row]:
    """Measure the tally of Parquet files of a thousand to a billion interviews."""
    rows, taken = [], []
    sizes = [10**power for power in range(3, 10)]
    for n in sizes:
        files = str(many(n) / "episodes-*.parquet")
        ours = (OURS, f"counts = fa.tally({files!r}, by='went_well')", TALLY)
        sql = _COUNT.format(f"read_parquet('{files}')")
        theirs = (DUCKDB, f"cells = connection.execute({sql!r}).fetchall()", CELLS)
        limits = (1.25, 250) if n >= _LARGEST else (None, None)
        rounds = 5 if n <= _LARGEST else 3
        what = f"tally of {n:,} in Parquet"
        row = in_turn(what, ours, "DuckDB SQL by hand", theirs, *limits, rounds)
        rows.append(row)
        taken.append(row.ours)
    slope = float(np.polyfit(np.log(sizes[2:]), np.log(taken[2:]), 1)[0])
    what = "growth of that time with the number, from 100,000 on"
    rows.append(Row(what, 0, "", 0, f"exponent {slope:.2f}", "<= 1.05", slope <= 1.05, ""))
    return rows


def by_frames() -> list[Row]:
    """Measure the tally of Parquet files beside what other readers of them take by hand."""
    peers = {
        ("Polars by hand, streaming", _LARGEST): (
            "import polars",
            f"""cells = (polars.scan_parquet({{files!r}}).group_by({_KEYS}).len()
                .collect(engine="streaming").rows())""",
        ),
        ("pandas by hand", _LARGEST // 10): (
            "import pandas, glob",
            f"""table = pandas.concat(map(
    lambda file: pandas.read_parquet(file, columns={_KEYS}), glob.glob({{files!r}})))
cells = table.groupby({_KEYS}, dropna=False).size().reset_index().to_numpy().tolist()""",
        ),
    }
    rows = []
    for (peer, n), (before, call) in peers.items():
        files = str(many(n) / "episodes-*.parquet")
        ours = (OURS, f"counts = fa.tally({files!r}, by='went_well')", TALLY)
        theirs = (before, call.format(files=files), CELLS)
        rows.append(in_turn(f"tally of {n:,} in Parquet", ours, peer, theirs, 1.25))
    return rows


def largest() -> list[Row]:
    """Measure what more than the tally costs, with a hundred million interviews on the disk."""
    files = str(many(_LARGEST) / "episodes-*.parquet")
    tally = (OURS, f"counts = fa.tally({files!r})", _TOTAL)
    split = (OURS, f"counts = fa.tally({files!r}, cluster='company')", _TOTAL)
    # A small one first, so that all it needs is imported.
    known = f"{OURS}\nfa.follow_up_effect(fa.simulate_log(50, seed=1))"
    headline = (known, f"counts = fa.tally({files!r}); fa.follow_up_effect(counts)", _TOTAL)
    there = f"from {_LARGEST:,} in Parquet"
    counted = f"follow_up_day, exit_day, ending, {_BUCKET}, count(*) AS n"
    sql = f"SELECT {counted} FROM read_parquet('{files}') GROUP BY ALL"
    count = f"n = connection.execute({sql!r}).fetchnumpy()['n']"
    by_hand = (DUCKDB, count, "[len(n), int(n.sum())]")
    return [
        in_turn(f"the headline {there}", headline, "the tally alone", tally, 1.5),
        in_turn(f"the tally by 200 buckets {there}", split, "the tally without", tally, 2.5),
        in_turn(
            f"the tally by 200 buckets {there}", (*split[:2], TALLY), "the same by hand", by_hand
        ),
    ]


def by_names() -> list[Row]:
    """Measure what buckets cost where companies are named otherwise than by running numbers."""
    names = {"numbers at random": "CAST(hash(company) >> 2 AS BIGINT)", "texts": "'C' || company"}
    rows = []
    for kind, name in names.items():
        path = written(
            many(_LARGEST) / "named" / f"{kind}.parquet",
            f"SELECT * EXCLUDE (company), {name} AS company "
            f"FROM read_parquet('{many(_LARGEST)}/episodes-*.parquet')",
        )
        split, tally = (
            (OURS, f"counts = fa.tally({str(path)!r}{cluster})", _TOTAL)
            for cluster in (", cluster='company'", "")
        )
        what = f"the tally by 200 buckets of companies named by {kind}, {_LARGEST:,} in Parquet"
        mark = None if kind == "texts" else 2.5
        rows.append(in_turn(what, split, "the tally without", tally, mark))
    return rows


def estimators() -> list[Row]:
    """Measure each estimator from the tally of a hundred million interviews.

    Those that draw logs or coefficients for their intervals are measured with two draws against the
    same bound, a landmark on one day, and then with all draws, on five days.
    """
    from measure import within

    counts = fa.tally(str(many(_LARGEST) / "episodes-*.parquet"))
    exact = [
        fa.kaplan_meier, fa.cumulative_incidence, fa.restricted_mean, fa.simon_makuch,
        fa.hazard_ratio,
    ]  # fmt: skip
    with_two = {
        fa.follow_up_effect: {"draws": 2},
        fa.speed_up: {"draws": 2},
        fa.landmark: {"replicates": 2, "days": [2]},
        fa.clone_censor_weight: {"replicates": 2},
        fa.sequential_trials: {"replicates": 2},
    }
    there = f"{_LARGEST:,}"
    rows = [
        within(f"{call.__name__}, {there}", lambda c=call: c(counts), 5e-3, 25) for call in exact
    ]
    for call, options in with_two.items():
        two, drawn = partial(call, counts, **options), next(iter(options))
        rows.append(within(f"{call.__name__}, {there}, 2 {drawn}", two, 5e-3, 25))
    for call in (*with_two, fa.timing_curve):
        rows.append(within(f"{call.__name__}, {there}", lambda c=call: c(counts), 0.3))
    return rows


def from_csv(n: int = 10_000_000) -> list[Row]:
    """Measure the tally of a CSV file of 16 columns, beside what pandas takes to read it."""
    day = "DATE '2025-01-01' + CAST(company % 500 AS INTEGER)"
    columns = f"""'A' || company AS application_id, 'Company ' || company AS company,
        'Data analyst' AS role, 'Lisbon' AS location, 'first' AS stage, went_well, ending,
        {day} - 9 AS applied_on, 'Company website' AS source, 'no' AS referral,
        'A. Marsh ' || company % 977 AS contact, 300 * (company % 300) AS salary,
        {day} AS started_on, {day} + CAST(follow_up_day AS INTEGER) AS followed_up_on,
        {day} + CAST(exit_day AS INTEGER) AS ended_on, 'nice team' AS notes"""
    source = f"read_parquet('{many(n)}/episodes-*.parquet')"
    path = written(many(n) / "dated" / "log.csv", f"SELECT {columns} FROM {source}")
    ours = (OURS, f"counts = fa.tally({str(path)!r}, by='went_well')", _TOTAL)
    read = f"frame = pandas.read_csv({str(path)!r}, parse_dates={_DATES})"
    theirs = ("import pandas", read, "len(frame)")
    return [
        in_turn(
            f"tally of {n:,} in CSV", ours, "pandas.read_csv(parse_dates=...)", theirs, 0.5, 400
        )
    ]


def many(n: int) -> Path:
    """Return the folder of so many simulated interviews; made once.

    More than the largest number are its files several times over, by links: they are read as often.
    """
    folder = Path(tempfile.gettempdir(), "followup_analysis_benchmarks", str(n))
    if folder.exists():
        return folder
    if n <= _LARGEST:
        return fa.simulate_log(n, seed=1, out=folder)
    files = sorted(many(_LARGEST).glob("episodes-*.parquet"))
    folder.mkdir()
    for copy in range(n // _LARGEST):
        for file in files:
            (folder / f"episodes-{copy}-{file.name}").hardlink_to(file)
    return folder


def written(path: Path, sql: str) -> Path:
    """Return the path of what DuckDB selects; written once."""
    if not path.exists():
        import duckdb

        path.parent.mkdir(exist_ok=True)
        duckdb.execute("SET enable_progress_bar = false")
        duckdb.execute(f"COPY ({sql}) TO '{path}'")
    return path


def in_turn(
    what: str,
    ours: Side,
    peer: str,
    theirs: Side,
    most_times: float | None = None,
    most_memory: float | None = None,
    rounds: int = 5,
) -> Row:
    """Run both sides in processes of their own, by turns; marks for the time and for the MB."""
    taken: tuple[list, list] = ([], [])
    for start in range(rounds):
        for place in (start % 2, 1 - start % 2):
            taken[place].append(_measured((ours, theirs)[place]))
    told = [side[0][2] for side in taken]
    if told[0] != told[1]:
        raise SystemExit(f"{what}: ours tells {told[0]}, {peer} {told[1]}.")
    (seconds, peak), (other_seconds, other_peak) = (
        [median(run[at] for run in side) for at in (0, 1)] for side in taken
    )
    ratio = median(a[0] / b[0] for a, b in zip(*taken, strict=True))
    marks = [f"<= {most_times:g}"] if most_times else []
    marks += [f"<= {most_memory:g} MB"] if most_memory else []
    return Row(
        what,
        seconds,
        peer,
        other_seconds,
        f"{ratio:.2f} x its time ({peak:.0f} and {other_peak:.0f} MB)",
        " and ".join(marks),
        (not most_times or ratio <= most_times) and (not most_memory or peak <= most_memory),
        f"both count {told[0]}",
    )


def _measured(side: Side) -> tuple[float, float, object]:
    before, call, told = side
    script = _MEASURE.format(before=before, call=call, told=told)
    where = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        env={**os.environ, "PYTHONPATH": where},
        capture_output=True,
        text=True,
    )
    return tuple(json.loads(done.stdout.splitlines()[-1]))
