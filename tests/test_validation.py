"""The estimators in worlds whose truth is known: a reduced run of the validation, and its judge."""

from __future__ import annotations

import importlib
import os
import sys

import numpy as np
import pytest

LOGS = 30


@pytest.fixture(scope="module")
def validation(project):
    """The scripts, imported as when they are run."""
    folder, environment = str(project / "benchmarks"), dict(os.environ)
    sys.path.insert(0, folder)
    yield {name: importlib.import_module(name) for name in ("validate", "report", "worlds")}
    sys.path.remove(folder)
    os.environ.clear()
    os.environ.update(environment)


@pytest.fixture(scope="module")
def summary(validation, tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    run(validation, folder, "--logs", str(LOGS), "--replicates", "40")
    return judge(validation, folder)


def run(validation, folder, *options, cells="A100,B100", estimators="headline,clones,naive"):
    arguments = ["--cells", cells, "--estimators", estimators, "--processes", "1", *options]
    return validation["validate"].main([*arguments, "--out", str(folder)])


def judge(validation, folder):
    (kept,) = folder.iterdir()
    return validation["report"].judge(validation["report"].read_results(kept))


def row(summary, world, method):
    return summary.set_index(["world", "method"]).loc[(world, method)]


@pytest.mark.parametrize("world", ["A", "B"])
@pytest.mark.parametrize("method", ["day-to-day model", "clones with weights"])
def test_estimates_tend_to_the_truth_and_their_intervals_hold_it(summary, world, method):
    found = row(summary, world, method)
    assert found["logs"] == LOGS
    assert found["answered"] >= LOGS - 3  # in a few nobody is watched to the end
    assert found["truth"] == pytest.approx(0.111 if world == "B" else 0, abs=0.001)
    # Three Monte-Carlo standard errors; .02 is what the prior may cost in logs of 100.
    assert abs(found["bias"]) < 3 * found["std_dev"] / np.sqrt(LOGS) + 0.02
    assert found["coverage"] >= 0.92 - 3 * np.sqrt(0.92 * 0.08 / LOGS)


def test_the_model_is_steadier_than_the_clones(summary):
    model, clones = (
        row(summary, "A", name)["std_dev"] for name in ("day-to-day model", "clones with weights")
    )
    assert model < 0.11 < clones < 0.25


def test_a_method_that_is_wrong_is_found_out(summary):
    days, alike = (
        row(summary, "A", f"naive, {what}") for what in ("days saved", "made alike in the rating")
    )
    assert days["bias"] < -2 and days["coverage"] < 0.75
    assert alike["bias"] < -0.08 and alike["coverage"] < 0.8


def test_what_is_done_is_kept_and_what_was_cut_short_is_done_again(validation, tmp_path):
    options = {"cells": "A30", "estimators": "naive"}
    run(validation, tmp_path, "--logs", "5", **options)
    (file,) = tmp_path.glob("*/A30-naive.csv")
    first = file.read_text()
    file.write_text(first[:-9])  # stopped in the middle of a line
    run(validation, tmp_path, "--logs", "7", **options)
    lines = file.read_text().splitlines()
    assert [line.partition(",")[0] for line in lines] == ["0", "1", "2", "3", "4", "5", "6"]
    assert lines[:5] == first.splitlines()


def test_a_cell_or_a_method_that_is_not_there_is_refused(validation, tmp_path, capsys):
    for options in ({"cells": "Z30"}, {"estimators": "guessing"}):
        with pytest.raises(SystemExit):
            run(validation, tmp_path, **options)
    told = capsys.readouterr().err
    assert "'Z30' is no cell" in told and "no estimators guessing" in told


def test_the_report_holds_the_numbers_to_the_marks(validation, tmp_path):
    report = validation["report"]
    model = report.METHODS[0]
    rng = np.random.default_rng(1)

    def judged(off, reach):
        estimate = off + 0.01 * rng.standard_normal(500)
        said = np.c_[estimate, estimate - reach, estimate + reach, np.full(500, np.nan)]
        return report.judge({("A", 300, model): said})

    good, biased, short = judged(0, 0.02), judged(0.015, 0.05), judged(0, 0.01)
    assert good["mark"].tolist() == ["met"]
    assert biased["mark"].tolist() == ["missed: bias > 0.01"]
    assert short["mark"].str.startswith("missed: coverage outside 0.890 to").all()
    assert short["coverage"].iloc[0] == pytest.approx(0.68, abs=0.06)
    assert short["rejects"].iloc[0] == pytest.approx(1 - short["coverage"].iloc[0])
    page, numbers = tmp_path / "page.md", tmp_path / "numbers.csv"
    page.write_text(f"an older page\n\n{report.KEPT}\n\nby another script\n", encoding="utf-8")
    report.write_report(short, page, numbers, seed=7, replicates=80)
    text = page.read_text(encoding="utf-8")
    assert "an older page" not in text
    assert text.endswith(f"\n{report.KEPT}\n\nby another script\n")
    assert "python benchmarks/validate.py --seed 7 --logs 500 --cells A300 --write" in text
    assert "- world A, n = 300, day-to-day model: missed: coverage" in text
    assert numbers.read_text().splitlines()[0].startswith("world,n,method,logs,answered,truth,bias")


def test_truths_on_paper(validation, monkeypatch):
    # A yes comes with 1/5 a day, 1/3 once written; half write on day 0 and, of the others, on 1.
    worlds = validation["worlds"]
    options = {
        "rating_yes": 0.0, "frailty_sd": 0.0, "no_peak": 0.0, "no_floor": 0.0,
        "yes_peak": 0.0, "yes_floor": 0.2, "effect_yes": np.log(2), "selection": 0.0,
        "habits": {0: 0.0, 1: 0.0}, "other_days": -np.inf,
    }  # fmt: skip
    monkeypatch.setitem(worlds.SETTINGS, "Z", worlds.Setting("by hand", (10,), options))
    found = worlds.truths("Z", by_day=0, horizon=2, last_trial=1)
    written, never = 1 - (2 / 3) ** 2, 1 - 0.8**2
    assert found["trials"] == pytest.approx(written - never)
    not_yet = 0.2 + 0.8 * (1 / 3 + 1 / 5) / 2
    assert found["landmark"] == pytest.approx(written - not_yet)


def test_truths_of_the_world_in_which_writing_helps(validation):
    found = validation["worlds"].truths("B")
    assert found["strategies"] == pytest.approx(0.111, abs=0.0005)
    assert found["landmark"] == pytest.approx(0.064, abs=0.001)
    # Writing today and writing within two days do nearly the same, from hazards that nearly agree.
    assert found["trials"] == pytest.approx(found["strategies"], abs=0.005)
