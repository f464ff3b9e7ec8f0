"""Corpora of the fuzzer -> ``found/TARGET.json``: the smallest inputs that reach what all reach.

Usage: ``python tests/fuzz/keep_found.py TARGET MERGED_CORPUS``, after ``-merge=1`` into it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from reading_targets import FOUND

MOST = 40_000  # characters per target


def main(name: str, folder: str) -> None:
    FOUND.mkdir(exist_ok=True)
    kept, size = [], 0
    inputs = sorted(
        (path.read_bytes() for path in Path(folder).iterdir()), key=lambda d: (len(d), d)
    )
    for data in inputs:
        text = data.decode("latin-1")
        size += len(json.dumps(text)) + 2
        if size > MOST:
            break
        kept.append(text)
    (FOUND / f"{name}.json").write_text(json.dumps(kept, indent=0) + "\n", "ascii")
    print(f"{name}: {len(kept)} of {len(inputs)} kept")


if __name__ == "__main__":
    main(*sys.argv[1:])
