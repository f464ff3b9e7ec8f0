"""What the fuzzer starts from and has found, replayed: what must hold of each, holds."""

from __future__ import annotations

import io

import pytest
from make_files import FOLDER
from reading_targets import FOUND, TARGETS, seeds, whole_file

from followup_analysis import LogError
from followup_analysis.reading import read_log

FILES = sorted(FOLDER.iterdir())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_seed_file(path):
    if path.suffix == ".parquet":
        pytest.importorskip("pyarrow")
    data = path.read_bytes()
    whole_file(data)
    if path.name.startswith("bad_"):
        with pytest.raises(LogError):
            read_log(io.BytesIO(data))
    else:
        assert len(read_log(path).applications) > 0


@pytest.mark.parametrize("name", TARGETS)
def test_what_was_found(name):
    for data in seeds(name):
        TARGETS[name](data)


def test_found_inputs_are_small():
    assert sum(path.stat().st_size for path in FOUND.iterdir()) < 250_000
