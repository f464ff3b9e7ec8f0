"""Episodes written to a folder, file by file, are those that memory would hold."""

import numpy as np
import pandas as pd
import pytest

import followup_analysis as fa
from followup_analysis import simulate

pytest.importorskip("pyarrow")


@pytest.fixture
def files_of_3000(monkeypatch):
    monkeypatch.setattr(simulate, "_ROWS_PER_FILE", 3000)


def read(folder):
    files = sorted(folder.glob("*.parquet"))
    return pd.concat(map(pd.read_parquet, files), ignore_index=True)


def test_the_tally_of_the_folder_is_that_of_the_same_episodes(files_of_3000, tmp_path):
    pytest.importorskip("duckdb")
    folder = fa.simulate_log(20_000, seed=1, out=tmp_path / "new" / "many", effect_yes=0.3)
    assert folder == tmp_path / "new" / "many"
    assert len(list(folder.iterdir())) == 7
    streams = np.random.default_rng(1).spawn(7)
    sizes = [3000] * 6 + [2000]
    world = {"effect_yes": 0.3, "effect_no": 0.0, "selection": 0.45}
    parts = [
        simulate.simulate_episodes(n, seed=stream, **world)
        for n, stream in zip(sizes, streams, strict=True)
    ]
    here = fa.tally(pd.concat(parts, ignore_index=True), by="went_well").cells
    there = fa.tally(folder, by="went_well").cells
    assert there["n"].sum() == 20_000
    pd.testing.assert_frame_equal(there, here, check_dtype=False)
    # A company is in one file only, so that its interviews are taken for those of one.
    assert read(folder)["company"].nunique() == sum(part["company"].nunique() for part in parts)


def test_people_of_the_folder_are_clusters(files_of_3000, tmp_path):
    pytest.importorskip("duckdb")
    world = {"per_person": 10, "person_sd": 0.5}
    folder = fa.simulate_log(6000, seed=1, out=tmp_path / "many", **world)
    assert (read(folder)["person"].value_counts() == 10).all()
    counts = fa.tally(folder, by="went_well", cluster="person")
    people = pd.Series(counts.n).groupby(counts.cluster).sum()
    assert (len(people), people.sum()) == (600, 6000)
    assert (people == 10).all()


def test_the_same_seed_writes_the_same_episodes(files_of_3000, tmp_path):
    one, again, other = (
        read(fa.simulate_log(4000, seed=seed, out=tmp_path / name))
        for name, seed in [("one", 5), ("again", 5), ("other", 6)]
    )
    pd.testing.assert_frame_equal(one, again)
    assert not one["exit_day"].equals(other["exit_day"])
    assert not one["exit_day"][:1000].equals(one["exit_day"][3000:].reset_index(drop=True))


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_what_is_stopped_leaves_nothing_behind(files_of_3000, tmp_path, monkeypatch, stop):
    draw = simulate.simulate_episodes

    def stopped(n, **options):
        if n < 3000:
            raise stop
        return draw(n, **options)

    monkeypatch.setattr(simulate, "simulate_episodes", stopped)
    with pytest.raises(stop):
        fa.simulate_log(7000, seed=1, out=tmp_path / "many")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_filled_and_another_left_alone(tmp_path):
    (tmp_path / "empty").mkdir()
    folder = fa.simulate_log(0, seed=1, out=str(tmp_path / "empty"))
    assert len(read(folder)) == 0
    before = {path: path.read_bytes() for path in folder.iterdir()}
    for taken in (folder, next(folder.iterdir())):
        with pytest.raises(fa.FollowupError, match="is not an empty folder: name a new one"):
            fa.simulate_log(5, seed=1, out=taken)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("options", "message"),
    [({"effect_yess": 1}, "Did you mean 'effect_yes'"), ({"n_interviews": -1}, "0 or more")],
)
def test_what_is_impossible_is_refused_before_anything_is_written(tmp_path, options, message):
    with pytest.raises(fa.FollowupError, match=message):
        fa.simulate_log(**options, seed=1, out=tmp_path / "many")
    assert list(tmp_path.iterdir()) == []


def test_what_to_install_is_said(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(fa.FollowupError, match=r"pip install 'followup-analysis\[scale\]'"):
        fa.simulate_log(5, seed=1, out=tmp_path / "many")
