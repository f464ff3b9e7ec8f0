"""Measure the package against its peers: python benchmarks/run.py [SECTION ...].

Prints a table in Markdown; ends with status 1 when a mark is missed or numbers do not agree.
"""

from __future__ import annotations

import argparse
import platform
import sys
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import curves
import effects
import events
import others
import processes
import reading
import routes
import scale
import tallies
from measure import Row

SECTIONS = {
    "import": processes.import_package,
    "picture": processes.picture,
    "reading": reading.read_million,
    "reading_more": reading.read_ten_million,
    "tally_parquet": tallies.tally_parquet,
    "growth": scale.growth,
    "frames": scale.by_frames,
    "largest": scale.largest,
    "names": scale.by_names,
    "estimators": scale.estimators,
    "csv": scale.from_csv,
    "events": events.events,
    "spark": events.spark,
    "tally_in_memory": tallies.tally_in_memory,
    "kaplan_meier": curves.kaplan_meier,
    "aalen_johansen": curves.aalen_johansen,
    "restricted_mean": routes.restricted_mean,
    "simon_makuch": effects.simon_makuch,
    "cox": effects.cox,
    "pooled_logistic": effects.pooled_logistic,
    "headline": effects.headline,
    "landmark": routes.landmark,
    "clones": effects.clones,
    "clones_by_rows": routes.clones_by_rows,
    "methods": effects.methods,
    "others": others.others,
}
# Minutes each, or gigabytes: run when they are named.
ONLY_NAMED = {
    "reading_more", "growth", "frames", "largest", "names", "estimators", "csv", "events", "spark",
    "others",
}  # fmt: skip
PACKAGES = ("numpy", "pandas", "matplotlib", "scipy", "statsmodels", "greenwood")


def main() -> int:
    """Run the sections named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("section", nargs="*", help=f"some of {', '.join(SECTIONS)}; else most")
    wanted = parser.parse_args().section or [name for name in SECTIONS if name not in ONLY_NAMED]
    unknown = set(wanted) - set(SECTIONS)
    if unknown:
        parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    print(f"Python {platform.python_version()},", ", ".join(f"{p} {version(p)}" for p in PACKAGES))
    print("\n| what | ours | peer | theirs | ratio | mark | agreement |")
    print("|---|---:|---|---:|---:|---:|---|")
    met = [_print(row) for name in wanted for row in SECTIONS[name]()]
    return 0 if all(met) else 1


def _print(row: Row) -> bool:
    print(
        f"| {row.what} | {_time(row.ours)} | {row.peer} | {_time(row.theirs)} | {row.ratio} "
        f"| {row.mark}{'' if row.met else ', MISSED'} | {row.agreement} |",
        flush=True,
    )
    return row.met


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{1000 * seconds:.3g} ms"


if __name__ == "__main__":
    sys.exit(main())
