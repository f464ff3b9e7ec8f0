"""Sentences from logs of any size: as many decimals as the interval deserves, no more."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest

import followup_analysis as fa
from followup_analysis.wording import points, signed

_SMALL = fa.tally(fa.simulate_log(400, seed=1))
_LARGE = replace(_SMALL, n=_SMALL.n * 250_000)  # a hundred million interviews
_ANALYSES = (
    fa.cumulative_incidence,
    fa.kaplan_meier,
    fa.restricted_mean,
    partial(fa.follow_up_effect, draws=50),
    partial(fa.speed_up, draws=50),
    partial(fa.landmark, replicates=50),
    partial(fa.clone_censor_weight, replicates=50),
    partial(fa.sequential_trials, replicates=50),
    fa.hazard_ratio,
)


@pytest.mark.parametrize(
    "analysis", _ANALYSES, ids=lambda call: getattr(call, "func", call).__name__
)
def test_the_limits_of_an_interval_never_read_alike(analysis):
    for counts in (_SMALL, _LARGE):
        (low, high), *_ = re.findall(r"\(95 % (\S+) to ([^\s;)]+)", analysis(counts).sentence)
        assert low != high


@pytest.mark.parametrize(
    "analysis", _ANALYSES, ids=lambda call: getattr(call, "func", call).__name__
)
def test_the_limits_that_are_told_are_those_of_the_table(analysis):
    result = analysis(_LARGE)
    told = re.search(r"\(95 % (\S+) to ([^\s;)]+)", result.sentence)
    limits = result.table[["conf_low", "conf_high"]].dropna()
    near = (limits * 100 - [float(end) for end in told.groups()]).abs().lt(0.01).all(axis=1)
    same = (limits - [float(end) for end in told.groups()]).abs().lt(0.001).all(axis=1)
    assert (near | same).any()


def test_a_small_log_is_told_in_whole_numbers_and_a_large_one_with_commas():
    assert fa.cumulative_incidence(_SMALL).sentence.startswith("Of 400 interviews, by day 30: ")
    assert not re.search(r"\d\.\d", fa.cumulative_incidence(_SMALL).sentence)
    assert fa.cumulative_incidence(_LARGE).sentence.startswith("Of 100,000,000 interviews, ")
    assert "p = 0)" not in fa.simon_makuch(_LARGE).sentence


@pytest.mark.parametrize("times", [2_500, 250_000])  # a million, a hundred million
@pytest.mark.parametrize(
    ("analysis", "by"),
    [
        (fa.timing, []),
        (fa.compare_methods, []),
        (partial(fa.effect_by, by="went_well", adjust=[], draws=50), ["went_well"]),
    ],
    ids=["timing", "compare_methods", "effect_by"],
)
def test_each_of_several_intervals_is_told_however_large_the_log(analysis, by, times):
    counts = fa.tally(fa.simulate_log(400, seed=1), by=by)
    sentence = analysis(replace(counts, n=counts.n * times)).sentence
    told = re.findall(r"\(95 %(?: of such logs)? (\S+) to ([^\s;)]+)", sentence)
    assert len(told) > 1
    assert all(low != high for low, high in told)
    assert not re.search(r"(?<![.\d])\d{4}", sentence)  # thousands have their commas


@pytest.mark.parametrize(("effect", "truth"), [(0.0, "0"), (0.9, "+22")])
def test_a_truth_of_nothing_has_no_sign(effect, truth):
    sentence = fa.compare_methods(fa.simulate_log(200, effect_yes=effect, seed=1)).sentence
    assert sentence.endswith(f"the truth behind this simulated log is {truth}.")


def test_a_curve_is_told_as_finely_as_its_narrowest_band():
    coarse, fine = (fa.timing_curve(counts, draws=60).sentence for counts in (_SMALL, _LARGE))
    assert re.search(r": \+\d to \+\d yes in 100", coarse)
    assert re.search(r": \+\d\.\d\d to \+\d\.\d\d yes in 100", fine)


def test_what_is_rounded_to_nothing_has_no_sign():
    assert [signed(value, 1) for value in (-0.04, 0.04, 0.0, -0.0, 0.06, -1.25)] == [
        "0", "0", "0", "0", "+0.1", "-1.2",
    ]  # fmt: skip
    assert signed(-0.4) == "0"


def test_a_difference_that_was_chosen_is_told_as_it_was():
    assert [points(share) for share in (0.1, 0.07, 0.01, 0.005)] == [
        "10 points", "7 points", "1 point", "0.5 points",
    ]  # fmt: skip
    verdict = fa.follow_up_effect(_LARGE, draws=50, smallest=0.3).sentence
    assert "30 points or more is ruled out" in verdict


def test_a_printed_table_says_how_much_of_it_is_shown():
    result = fa.cumulative_incidence(_SMALL)
    assert "\n(12 of 124 rows; all in .table)" in repr(result)
    assert "112 more rows" in result._repr_html_()
    assert "rows;" not in repr(fa.restricted_mean(_SMALL))


def test_a_printed_table_has_no_zero_below_zero():
    table = pd.DataFrame({"n": [1], "estimate": [-0.0001], "std_error": [np.nan]})
    shown = repr(fa.Result("Nothing.", table))
    assert shown.splitlines()[-1].split() == ["1", "0.0", "NaN"]
    assert "-0.0" not in fa.Result("Nothing.", table)._repr_html_()
    assert table["estimate"].tolist() == [-0.0001]


@pytest.mark.parametrize(
    ("n", "told"),
    [(1, "1 interview: you followed up after 1, 1 time before"), (1_500, "1,500 interviews: you ")],
)
def test_lanes_are_counted_with_commas_and_one_is_one(n, told):
    assert fa.timeline(fa.simulate_log(n, seed=3)).sentence.startswith(told)
