"""Intervals: published figures, another library, and what must hold for any count."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

import followup_analysis as fa
from followup_analysis.intervals import log_log, pooled

ONE_SAMPLE = [(fa.wilson, "wilson"), (fa.jeffreys, "jeffreys"), (fa.clopper_pearson, "beta")]
COUNTS = st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("interval", "upper"),
    [(fa.clopper_pearson, 0.3085), (fa.wilson, 0.2775), (fa.jeffreys, 0.2172)],
)
def test_none_of_ten_is_not_certainty(interval, upper):
    low, high = interval(0, 10)
    assert low == 0
    assert high == pytest.approx(upper, abs=5e-5)


@pytest.mark.parametrize(("interval", "name"), ONE_SAMPLE)
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_one_sample_intervals_agree_with_statsmodels(interval, name, level):
    x, n = np.array([1, 3, 7, 19, 50]), np.array([9, 12, 10, 40, 51])
    expected = proportion_confint(x, n, alpha=1 - level, method=name)
    np.testing.assert_allclose(interval(x, n, level), expected, atol=1e-12)


def test_newcombe_as_published():
    assert np.round(fa.newcombe(56, 70, 48, 80), 4).tolist() == [0.0524, 0.3339]
    assert np.round(fa.newcombe(0, 10, 0, 20), 4).tolist() == [-0.1611, 0.2775]


@pytest.mark.parametrize("counts", [(7, 10, 2, 12), (1, 30, 9, 31), (12, 12, 3, 40)])
def test_newcombe_agrees_with_statsmodels(counts):
    expected = confint_proportions_2indep(*counts, method="newcomb")
    assert fa.newcombe(*counts) == pytest.approx(expected, abs=1e-12)


@given(COUNTS, COUNTS)
def test_newcombe_holds_the_difference_and_stays_possible(one, zero):
    low, high = fa.newcombe(*one, *zero)
    assert -1 <= low < high <= 1
    if one[1] and zero[1]:
        assert low - 1e-12 <= one[0] / one[1] - zero[0] / zero[1] <= high + 1e-12


@pytest.mark.parametrize("interval", [function for function, _ in ONE_SAMPLE])
@given(counts=COUNTS)
def test_intervals_hold_the_proportion_and_are_never_empty(interval, counts):
    x, n = counts
    low, high = interval(x, n)
    assert 0 <= low < high <= 1
    if n:
        assert low - 1e-12 <= x / n <= high + 1e-12
        mirrored = interval(n - x, n)
        assert [1 - mirrored[1], 1 - mirrored[0]] == pytest.approx([low, high], abs=1e-9)


@pytest.mark.parametrize("bad", [(11, 10), (-1, 10)])
def test_impossible_counts_are_refused(bad):
    with pytest.raises(fa.FollowupError, match="between 0 and the count"):
        fa.wilson(*bad)


def test_a_level_is_a_probability():
    with pytest.raises(fa.FollowupError, match="0.95"):
        fa.wilson(1, 10, 95)


def test_the_ends_of_a_curve_get_an_interval():
    low, high = log_log([0, 1, np.nan], [0, 0, np.nan], [10, 10, 10])
    assert (low[0], high[0]) == (0, pytest.approx(0.2172, abs=5e-5))
    assert (low[1], high[1]) == (pytest.approx(1 - 0.2172, abs=5e-5), 1)
    assert np.isnan([low[2], high[2]]).all()


def test_pooled_lies_between_its_own_proportion_and_the_others():
    x, n = np.array([9, 0, 3]), np.array([10, 2, 10])
    estimate, low, high = pooled(x, n)
    together = x.sum() / n.sum()
    assert together < estimate[0] < 0.9
    assert 0 < estimate[1] < together
    assert ((low < estimate) & (estimate < high)).all()


def test_groups_that_look_alike_are_not_certain():
    # Fixing the prior at its most likely value would shrink these intervals to nothing.
    _, low, high = pooled([3, 3, 3, 3], [10, 10, 10, 10])
    assert ((high - low) > 0.2).all()


def test_pooled_intervals_cover():
    rng = np.random.default_rng(11)
    hits = []
    for _ in range(200):
        truth = rng.beta(3, 7, 6)
        n = np.array([3, 5, 8, 12, 20, 40])
        _, low, high = pooled(rng.binomial(n, truth), n)
        hits.append((low <= truth) & (truth <= high))
    # 1 200 intervals at 95 %: three Monte-Carlo standard errors are .019.
    assert 0.93 <= np.mean(hits) <= 0.97


def test_pooled_with_many_trials_is_the_proportion():
    estimate, low, high = pooled([300_000, 400_000], [1_000_000, 1_000_000])
    assert estimate.tolist() == pytest.approx([0.3, 0.4], abs=1e-5)
    assert (high - low).tolist() == pytest.approx([0.001796, 0.00192], abs=1e-5)
