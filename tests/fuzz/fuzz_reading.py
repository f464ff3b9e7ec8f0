"""Coverage-guided fuzzing of the reader: ``python tests/fuzz/fuzz_reading.py TARGET CORPUS``.

What follows goes to libFuzzer, as in ``-seed=1 -max_total_time=60 -rss_limit_mb=2000``. Needs
atheris, which is no dependency of the project; docs/fuzzing.md tells what has been tried.
"""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from pathlib import Path

PARTS = ("archives", "databases", "markdown", "read", "records", "workbook")


def main() -> None:
    import atheris

    sys.path.insert(0, str(Path(__file__).parents[2]))
    with atheris.instrument_imports(include=["followup_analysis.reading"]):
        for part in PARTS:
            import_module(f"followup_analysis.reading.{part}")
    from reading_targets import TARGETS

    warnings.simplefilter("error")
    name, *options = sys.argv[1:]
    atheris.Setup([sys.argv[0], *options], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
