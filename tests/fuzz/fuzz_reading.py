"""Coverage-guided fuzzing of the reader: ``python tests/fuzz/fuzz_reading.py TARGET CORPUS``.

What follows goes to libFuzzer, as in ``-seed=1 -max_total_time=60 -rss_limit_mb=2000``. Needs
atheris, which is no dependency of the project; docs/fuzzing.md tells what has been tried.
"""

from __future__ import annotations

import sys
import tempfile
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
    from reading_targets import TARGETS, seeds

    warnings.simplefilter("error")
    name, corpus, *options = sys.argv[1:]
    for number, data in enumerate(seeds(name)):
        (Path(corpus) / f"found_{number}").write_bytes(data)
    with tempfile.NamedTemporaryFile("w", suffix=".dict", encoding="ascii") as file:
        file.write("\n".join(map(entry, vocabulary())))
        file.flush()
        atheris.Setup([sys.argv[0], corpus, f"-dict={file.name}", *options], TARGETS[name])
        atheris.Fuzz()


def vocabulary() -> list[str]:
    """What a log is written in; put together by chance, it is not found in a year."""
    from reading_targets import HEADERS

    from followup_analysis.reading import headers, words

    known = [*headers._EXACT, *words.SENSES, *(each for of in words.LISTS.values() for each in of)]
    dates = ["2026-01-05", "1/13/2026", "13.1.2026", "3/4/2026", "8-Jul", "Jan 28", "46031", " & "]
    notes = ["followed up ", "sent a thank-you note ", "to follow up by ", "nachgefasst am ", "✓"]
    return [*dict.fromkeys([*HEADERS, *dates, *notes, *known])]


def entry(word: str) -> str:
    """A word as a dictionary of libFuzzer spells it."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"'


if __name__ == "__main__":
    main()
