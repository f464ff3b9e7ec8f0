"""Quantiles of Beta distributions and of their mixtures, beside scipy's."""

import numpy as np
import pytest
from scipy.special import betainc, betaincinv, betaln

from followup_analysis.beta import beta_quantile, log_beta

TAILS = np.array([0.0005, 0.005, 0.025, 0.5, 0.975, 0.995])


@pytest.mark.parametrize("n", [0, 1, 2, 7, 40, 1_000, 100_000])
def test_quantiles_agree_with_scipy(n):
    x = np.unique(np.r_[0, 1, n // 10, n // 2, n - 1, n].clip(0, n))
    a, b = x + 0.5, n - x + 0.5
    found = beta_quantile(a[:, None], b[:, None], TAILS)
    assert found == pytest.approx(betaincinv(a, b, TAILS[:, None]), abs=1e-10)


@pytest.mark.parametrize("a", [0.0125, 0.1, 0.5, 3])
@pytest.mark.parametrize("b", [0.0125, 0.5, 5, 300])
def test_long_tails_are_not_lost(a, b):
    found = beta_quantile([[a]], [[b]], [0.025, 0.975])[:, 0]
    assert found == pytest.approx(betaincinv(a, b, [0.025, 0.975]), abs=1e-8)


def test_a_mixture_has_the_asked_share_below_its_quantile():
    mean, size = (grid.ravel() for grid in np.meshgrid([0.2, 0.25, 0.4], [1, 8, 60, 500]))
    yes, n = np.array([[0], [3], [30], [999]]), np.array([[2], [10], [100], [1_000]])
    a, b = mean * size + yes, (1 - mean) * size + n - yes
    weight = np.linspace(1, 3, 12) / 24
    for at, quantile in zip(TAILS, beta_quantile(a, b, TAILS, weight), strict=True):
        assert betainc(a, b, quantile[:, None]) @ weight == pytest.approx(at, abs=1e-6)


def test_many_rows_are_the_same_as_one_by_one():
    a = np.linspace(0.5, 40, 5_000)[:, None]
    found = beta_quantile(a, 41 - a, TAILS)
    for row in (0, 2_500, 4_999):
        alone = beta_quantile(a[[row]], 41 - a[[row]], TAILS)[:, 0]
        assert found[:, row] == pytest.approx(alone, abs=1e-12)
    assert beta_quantile(np.empty((0, 1)), np.empty((0, 1)), TAILS).shape == (6, 0)


def test_log_beta_agrees_with_scipy():
    a, b = np.meshgrid(np.geomspace(0.01, 1e6, 25), np.geomspace(0.01, 1e6, 25))
    assert log_beta(a, b) == pytest.approx(betaln(a, b), rel=1e-9, abs=1e-8)
