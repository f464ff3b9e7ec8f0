"""Counts of person-days -> daily chances: logistic regression with Firth's penalty or weak priors.

The convention owned here: one design, many columns of counts. All bootstrap replicates are fitted
at once, and a design that cannot be fitted is explained, never returned as if it had been.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass

import numpy as np

from .errors import FollowupError

_MOST_STEPS = 60
_MANY = 10  # columns of counts, from which a fit of their mean is worth its time
_PAIRS_AT_ONCE = 1 << 17  # products of two terms that are held, few enough for the cache
_LONGEST_STEP = 4.0  # on the log-odds scale; longer ones overshoot where events are few


@dataclass(frozen=True)
class Fit:
    """Coefficients of one design for each column of counts.

    Parameters
    ----------
    coef : numpy.ndarray of shape (replicates, terms)
        Log-odds.
    covariance : numpy.ndarray of shape (replicates, terms, terms)
        Inverse of the penalised information at the coefficients.
    converged : numpy.ndarray of shape (replicates,)
        Whether the steps came to an end.
    """

    coef: np.ndarray
    covariance: np.ndarray
    converged: np.ndarray

    @property
    def std_error(self) -> np.ndarray:
        """Standard errors, of the shape of `coef`."""
        return np.sqrt(np.diagonal(self.covariance, axis1=1, axis2=2))

    def parts(self, n: int) -> tuple[Fit, ...]:
        """Split the replicates into so many fits."""
        each = (np.split(part, n) for part in (self.coef, self.covariance, self.converged))
        return tuple(Fit(*parts) for parts in zip(*each, strict=True))


def fit_logistic(
    design: np.ndarray,
    n: np.ndarray,
    n_event: np.ndarray,
    *,
    prior_mean: np.ndarray | float = 0.0,
    prior_sd: np.ndarray | None = None,
    group: np.ndarray | None = None,
    start: np.ndarray | None = None,
) -> Fit:
    """Fit a logistic regression to counts, all columns at once.

    Parameters
    ----------
    design : numpy.ndarray of shape (rows, terms)
        The design, shared by all columns of counts.
    n, n_event : numpy.ndarray of shape (rows,) or (rows, replicates)
        Person-days and events; they need not be whole.
    prior_mean, prior_sd : array_like of shape (terms,)
        Normal priors. Without `prior_sd` the fit uses Firth's penalty instead.
    group : numpy.ndarray of shape (rows,), optional
        Number of a group, such as a person: each gets a term of its own, of which `prior_sd` must
        tell. These terms come before those of the design.
    start : numpy.ndarray of shape (replicates, terms), optional
        Where the steps begin, such as at the coefficients under another prior.

    Returns
    -------
    Fit

    Raises
    ------
    FollowupError
        When two terms of the design say the same and no prior tells them apart.

    References
    ----------
    Firth (1993), Biometrika 80, 27-38; Heinze and Schemper (2002), Statistics in Medicine 21.

    Examples
    --------
    Six of ten against none of five: the odds ratio is infinite, Firth's is not.

    >>> design = np.array([[1.0, 1.0], [1.0, 0.0]])
    >>> fit_logistic(design, np.array([10, 5]), np.array([6, 0])).coef.round(4)
    array([[-2.3979,  2.7656]])
    """
    design = np.asarray(design, dtype=float)
    n, n_event = (_columns(counts, len(design)) for counts in (n, n_event))
    if prior_sd is None:
        _check_rank(design[n.sum(axis=1) > 0])
    groups = 0 if prior_sd is None or group is None else len(prior_sd) - design.shape[1]
    problem = _Problem(_Design(design, group, groups), n, n_event, prior_mean, prior_sd)
    replicates, terms = n.shape[1], groups + design.shape[1]
    if replicates > _MANY and start is None:
        # Replicates lie around their mean: from its fit each of them takes half the steps.
        mean = (counts.mean(axis=1) for counts in (n, n_event))
        start = fit_logistic(
            design, *mean, prior_mean=prior_mean, prior_sd=prior_sd, group=group
        ).coef
    coef = np.zeros((replicates, terms)) + (prior_mean if start is None else start)
    found, converged = coef.copy(), np.zeros(replicates, dtype=bool)
    whole, active = problem, np.arange(replicates)  # those whose steps have not come to an end
    value, length = problem.objective(coef), np.full(replicates, np.inf)
    enough = 1e-9 if problem.firth else 1e-5  # a step of Newton's leaves but the square of it
    for _ in range(_MOST_STEPS):
        step = problem.step(coef)
        before, length = length, np.abs(step).max(axis=1)
        # On a day with very many at risk and no event the steps are as long as each other, and
        # many: then a few are taken at once.
        longer = np.where(length > 0.7 * before, 4.0, 1.0)
        longer = np.minimum(longer, _LONGEST_STEP / length.clip(1e-300))
        coef, value = problem.improve(coef, step * longer[:, None], value)
        found[active] = coef
        done = length < enough
        if done.any():
            converged[active[done]] = True
            active, coef, value, length = (part[~done] for part in (active, coef, value, length))
            if not len(active):
                break
            problem = problem.only(~done)
    return Fit(found, np.linalg.inv(whole.information(found)), converged)


class _Design:
    """The terms of the groups, if any, and then the design as it is given.

    A row belongs to one group, so that the terms of a thousand people are never written out.
    """

    def __init__(self, dense: np.ndarray, group: np.ndarray | None, groups: int) -> None:
        self.dense, self.groups, self.terms = dense, groups, groups + dense.shape[1]
        if groups:
            from scipy.sparse import csr_array

            ones, starts = np.ones(len(dense)), np.arange(len(dense) + 1)
            self.members = csr_array((ones, group, starts), shape=(len(dense), groups))

    def odds(self, coef: np.ndarray) -> np.ndarray:
        """Log-odds of each row: (replicates, rows)."""
        out = coef[:, self.groups :] @ self.dense.T
        return out + (self.members @ coef[:, : self.groups].T).T if self.groups else out

    def sums(self, rows: np.ndarray) -> np.ndarray:
        """Sum of each term over the rows, weighted: (replicates, terms)."""
        out = rows @ self.dense
        return np.concatenate([rows @ self.members, out], axis=1) if self.groups else out

    def products(self, weight: np.ndarray) -> np.ndarray:
        """Sum of the products of the terms, weighted: (replicates, terms, terms)."""
        dense = self._dense_products(weight)
        if not self.groups:
            return dense
        k = self.groups
        out = np.zeros((len(weight), self.terms, self.terms))
        out[:, k:, k:] = dense
        for each, rows in zip(out, weight, strict=True):
            each[:k, k:] = self.members.T @ (self.dense * rows[:, None])
            each[k:, :k] = each[:k, k:].T
            each[range(k), range(k)] = self.members.T @ rows
        return out

    def _dense_products(self, weight: np.ndarray) -> np.ndarray:
        if len(weight) <= _MANY:
            return (self.dense.T * weight[:, None, :]) @ self.dense
        # Many columns of weights share the products of the terms: one multiplication for all.
        first, second = np.triu_indices(self.dense.shape[1])
        packed = sum(weight[:, rows] @ pairs for rows, pairs in self._pairs())
        out = np.empty((len(weight), *2 * self.dense.shape[1:]))
        out[:, first, second] = out[:, second, first] = packed
        return out

    def leverages(self, covariance: np.ndarray) -> np.ndarray:
        """Variance of the log-odds of each row, without groups: (replicates, rows)."""
        first, second = np.triu_indices(self.dense.shape[1])
        packed = covariance[:, first, second] * np.where(first == second, 1, 2)
        return np.concatenate([packed @ pairs.T for _, pairs in self._pairs()], axis=1)

    def _pairs(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Products of each two terms, for so many rows at once as stay in the cache."""
        first, second = np.triu_indices(self.dense.shape[1])
        step = max(_PAIRS_AT_ONCE // len(first), 1)
        for start in range(0, max(len(self.dense), 1), step):
            rows = slice(start, start + step)
            yield rows, self.dense[rows][:, first] * self.dense[rows][:, second]


class _Problem:
    """The penalised likelihood of one design and many columns of counts."""

    def __init__(
        self,
        design: _Design,
        n: np.ndarray,
        n_event: np.ndarray,
        prior_mean: np.ndarray | float,
        prior_sd: np.ndarray | None,
    ) -> None:
        self.design, self.n, self.n_event = design, n.T, n_event.T
        self.firth = prior_sd is None
        self.prior_mean = prior_mean
        spread = np.inf if prior_sd is None else np.asarray(prior_sd, dtype=float)
        self.precision = np.broadcast_to(1 / np.square(spread), design.terms)
        # A hair on the diagonal keeps a replicate in which a level is empty from stopping all.
        self.of_prior = np.diag(self.precision + 1e-10)

    def only(self, which: np.ndarray) -> _Problem:
        """Return the problem of some of the columns of counts."""
        few = copy(self)
        few.n, few.n_event = self.n[which], self.n_event[which]
        return few

    def information(self, coef: np.ndarray) -> np.ndarray:
        p = _expit(self.design.odds(coef))
        return self.design.products(self.n * p * (1 - p)) + self.of_prior

    def objective(self, coef: np.ndarray) -> np.ndarray:
        eta = self.design.odds(coef)
        value = (self.n_event * eta - self.n * np.logaddexp(0, eta)).sum(axis=1)
        value -= (self.precision * np.square(coef - self.prior_mean)).sum(axis=1) / 2
        if self.firth:
            value += np.linalg.slogdet(self.information(coef))[1] / 2
        return value

    def step(self, coef: np.ndarray) -> np.ndarray:
        p = _expit(self.design.odds(coef))
        expected = self.n * p
        weight = expected * (1 - p)
        information = self.design.products(weight) + self.of_prior
        residual = self.n_event - expected
        if self.firth:
            leverage = weight * self.design.leverages(np.linalg.inv(information))
            residual = residual + leverage * (0.5 - p)
        score = self.design.sums(residual) - self.precision * (coef - self.prior_mean)
        return np.linalg.solve(information, score[..., None])[..., 0]

    def improve(
        self, coef: np.ndarray, step: np.ndarray, value: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Go along the step, by half of it again where that would make things worse."""
        share = np.ones(len(coef))
        for _ in range(12):
            new = coef + share[:, None] * step
            new_value = self.objective(new)
            worse = new_value < value - 1e-9 * np.abs(value) - 1e-12
            if not worse.any():
                break
            share[worse] /= 2
        return new, new_value


def _columns(counts: np.ndarray, rows: int) -> np.ndarray:
    counts = np.asarray(counts, dtype=float)
    return counts.reshape(rows, -1 if counts.size else 1)


def _check_rank(design: np.ndarray) -> None:
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise FollowupError(
            "two of the terms say the same in this log (for instance, every sales role was a "
            "final interview), so their effects cannot be told apart. Leave one of them out."
        )


def _expit(log_odds: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(np.minimum(-log_odds, 700)))
