"""Whole processes: what it takes to import the package, and to get from a file to a picture."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
from measure import Peer, Row, compare

import followup_analysis as fa

_ROOT = Path(__file__).parents[1]
_LINES, _ROUNDS = 500, 11


def import_package() -> list[Row]:
    """Measure what the package adds to pandas, which it cannot do without."""
    peer = Peer(
        "python -c 'import pandas'",
        lambda: _python("import pandas"),
        lambda _ours, _theirs: "both only import",
        times_its_time=1.2,
    )
    ours = "import followup_analysis"
    return compare(f"python -c '{ours}'", lambda: _python(ours), [peer], _ROUNDS)


def picture() -> list[Row]:
    """Measure the way from a CSV of 500 lines to the timing chart on disk."""
    with tempfile.TemporaryDirectory() as folder:
        log, ours, theirs = (Path(folder, name) for name in ("log.csv", "ours.png", "theirs.png"))
        _write_log(log)
        draw = f"""
            import followup_analysis as fa
            fa.timing(fa.read_log({str(log)!r})).picture().save({str(ours)!r})
        """
        read_only = f"""
            import pandas
            from matplotlib.figure import Figure
            pandas.read_csv({str(log)!r})
            Figure().savefig({str(theirs)!r})
        """
        peer = Peer(
            "pandas.read_csv, then an empty matplotlib Figure saved",
            lambda: _python(read_only),
            lambda _ours, _theirs: _all_read(log, ours, theirs),
            times_its_time=1.3,
        )
        what = f"a process from a CSV of {_LINES} lines to the timing picture on disk"
        return compare(what, lambda: _python(draw), [peer], _ROUNDS)


def _python(code: str) -> None:
    lines = "\n".join(line.strip() for line in code.splitlines())
    path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    # The first run writes the bytecode of both sides, as every installed package has it.
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": ""}
    subprocess.run([sys.executable, "-c", lines], check=True, env=environment)


def _write_log(path: Path) -> None:
    """One line per interview with a column for each date, as people keep it."""
    log = fa.simulate_log(_LINES, seed=1)
    held = log.interviews().merge(log.applications, on="application_id")
    words = {"yes": "Offer", "no": "Rejected", "withdrawn": "Withdrawn", "open": "Waiting"}
    columns = {
        "Application ID": held["application_id"],
        "Company": held["company"],
        "Interview date": held["date"],
        "Interview type": held["stage"],
        "Follow-up date": held["followed_up_on"],
        "Follow-up channel": held["channel"],
        "Status": held["ending"].map(words),
        "Status date": held["ended_on"],
    }
    pd.DataFrame(columns).to_csv(path, index=False)


def _all_read(log: Path, *pictures: Path) -> str:
    n_read = len(fa.read_log(log).interviews())
    if n_read != _LINES or not all(path.stat().st_size for path in pictures):
        raise SystemExit(f"{n_read} of {_LINES} interviews were read.")
    return f"{n_read} interviews read, two pictures written"
