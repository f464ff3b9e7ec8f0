"""A corpus of the fuzzer -> ``found/TARGET.json``: the inputs that reach what no smaller one does.

Usage: ``python tests/fuzz/keep_found.py TARGET CORPUS``. What counts is the steps from line to
line of the reader.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from reading_targets import FOUND, TARGETS

READER = "followup_analysis/reading"
LARGEST = 2000  # bytes: what is found in larger ones only is not kept


def main(name: str, corpus: str) -> None:
    FOUND.mkdir(exist_ok=True)
    known: set = set()
    kept = []
    inputs = {path.read_bytes() for path in Path(corpus).iterdir()}
    for data in sorted(inputs, key=lambda data: (len(data), data)):
        reached = steps(TARGETS[name], data) if len(data) <= LARGEST else set()
        if reached - known:
            known |= reached
            kept.append(data.decode("latin-1"))
    (FOUND / f"{name}.json").write_text(json.dumps(kept, indent=0) + "\n", "ascii")
    print(f"{name}: {len(kept)} of {len(inputs)} kept, {len(known)} steps")


def steps(target: Callable[[bytes], None], data: bytes) -> set:
    """Return the steps from line to line that a target takes inside the reader."""
    reached: set = set()
    last: dict = {}

    def local(frame, event, _):
        if event == "line":
            key = id(frame)
            reached.add((frame.f_code.co_filename, last.get(key, 0), frame.f_lineno))
            last[key] = frame.f_lineno
        return local

    def entered(frame, *_):
        if READER not in frame.f_code.co_filename.replace("\\", "/"):
            return None
        last.pop(id(frame), None)
        return local

    sys.settrace(entered)
    try:
        target(data)
    finally:
        sys.settrace(None)
    return reached


if __name__ == "__main__":
    main(*sys.argv[1:])
