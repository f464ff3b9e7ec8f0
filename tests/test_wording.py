"""Sentences from logs of any size: as many decimals as the interval deserves, no more."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import pytest

import followup_analysis as fa

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
