"""Logistic regression from counts: closed forms, another library, and batches."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

import followup_analysis as fa
from followup_analysis.hazard import fit_logistic

TABLE = np.array([[1.0, 1.0], [1.0, 0.0]])


def some_counts(seed=0, rows=60, terms=4):
    rng = np.random.default_rng(seed)
    design = np.c_[np.ones(rows), rng.normal(size=(rows, terms - 1))]
    n = rng.integers(1, 30, rows)
    return design, n, rng.binomial(n, 1 / (1 + np.exp(1 - 0.5 * design[:, 1])))


def test_firth_on_a_table_with_an_empty_cell():
    # A saturated Firth fit adds one half to each cell: 6/4 against 0/5.
    coef = fit_logistic(TABLE, np.array([10, 5]), np.array([6, 0])).coef[0]
    assert coef.tolist() == pytest.approx([np.log(0.5 / 5.5), 2.7656201], abs=1e-7)
    assert coef.sum() == pytest.approx(0.3677248, abs=1e-7)


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_firth_on_any_table_adds_one_half(a, b, c, d):
    if a + b and c + d:
        fit = fit_logistic(TABLE, np.array([a + b, c + d]), np.array([a, c]))
        odds = np.log([(c + 0.5) / (d + 0.5), (a + 0.5) / (b + 0.5)])
        assert fit.converged.all()
        assert fit.coef[0].tolist() == pytest.approx([odds[0], odds[1] - odds[0]], abs=1e-6)


def test_wide_priors_give_maximum_likelihood():
    design, n, x = some_counts()
    fit = fit_logistic(design, n, x, prior_sd=np.full(4, 1e6))
    expected = sm.GLM(np.c_[x, n - x], design, family=sm.families.Binomial()).fit(tol=1e-12)
    assert fit.coef[0].tolist() == pytest.approx(expected.params.tolist(), abs=1e-8)
    assert fit.std_error[0].tolist() == pytest.approx(expected.bse.tolist(), abs=1e-8)


def test_priors_are_normal_densities():
    design, n, x = some_counts(1)
    mean, spread = np.array([-1, 0, 0.5, 0]), np.array([2.5, 1, 0.3, 1])

    def minus_log_posterior(coef):
        eta = design @ coef
        penalty = (((coef - mean) / spread) ** 2).sum() / 2
        return penalty - (x * eta - n * np.logaddexp(0, eta)).sum()

    expected = minimize(minus_log_posterior, np.zeros(4), tol=1e-12).x
    fit = fit_logistic(design, n, x, prior_mean=mean, prior_sd=spread)
    assert fit.coef[0].tolist() == pytest.approx(expected.tolist(), abs=1e-5)


@pytest.mark.parametrize("options", [{}, {"prior_sd": np.ones(4)}])
def test_a_batch_equals_its_columns_one_by_one(options):
    design, n, _ = some_counts(2)
    rng = np.random.default_rng(3)
    counts = rng.poisson(n[:, None], (len(n), 7)).astype(float)
    events = rng.binomial(counts.astype(int), 0.1)
    batch = fit_logistic(design, counts, events, **options)
    for column in range(7):
        alone = fit_logistic(design, counts[:, column], events[:, column], **options)
        assert batch.coef[column].tolist() == pytest.approx(alone.coef[0].tolist(), abs=1e-8)


def test_splitting_a_row_changes_nothing():
    design, n, x = some_counts(4)
    twice = fit_logistic(np.r_[design, design], np.r_[n - 1, np.ones_like(n)],
                         np.r_[np.maximum(x - 1, 0), np.minimum(x, 1)])  # fmt: skip
    assert twice.coef[0].tolist() == pytest.approx(
        fit_logistic(design, n, x).coef[0].tolist(), abs=1e-8
    )


def test_separation_stays_finite_with_a_prior():
    fit = fit_logistic(TABLE, np.array([10, 10]), np.array([10, 0]), prior_sd=np.array([2.5, 1]))
    assert fit.converged.all()
    assert np.abs(fit.coef).max() < 5


def test_terms_that_say_the_same_are_explained():
    design = np.c_[np.ones(6), np.arange(6.0), np.arange(6.0)]
    with pytest.raises(fa.FollowupError, match="say the same"):
        fit_logistic(design, np.full(6, 5), np.full(6, 1))


def test_terms_of_groups_equal_columns_of_their_own():
    design, n, x = some_counts(5)
    group = np.arange(len(n)) % 7
    spread = np.r_[np.full(7, 0.5), np.full(design.shape[1], 2.5)]
    grouped = fit_logistic(design, n, x, prior_sd=spread, group=group)
    written_out = fit_logistic(np.c_[np.eye(7)[group], design], n, x, prior_sd=spread)
    assert grouped.coef[0].tolist() == pytest.approx(written_out.coef[0].tolist(), abs=1e-9)
    assert grouped.covariance[0].ravel().tolist() == pytest.approx(
        written_out.covariance[0].ravel().tolist(), abs=1e-9
    )


def test_where_the_steps_begin_changes_nothing():
    design, n, x = some_counts(6)
    spread = np.full(design.shape[1], 2.5)
    usual = fit_logistic(design, n, x, prior_sd=spread).coef[0]
    elsewhere = fit_logistic(design, n, x, prior_sd=spread, start=usual[None] + 2)
    assert elsewhere.converged.all()
    assert elsewhere.coef[0].tolist() == pytest.approx(usual.tolist(), abs=1e-9)
