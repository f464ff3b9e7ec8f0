"""Counts by day -> how much faster answers come: Cox's model with exposures that change.

The convention owned here: a row is a group of episodes that are alike on each day, and whoever is
open when a day begins is at risk on it. Only the order of the days matters, not their distance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from .errors import FollowupError

Ties = Literal["breslow", "efron"]

_MOST_STEPS = 40
_LONGEST_STEP = 2.0
_ADDED_UP = 30


@dataclass(frozen=True)
class CoxFit:
    """Log hazard ratios.

    Parameters
    ----------
    coef : numpy.ndarray of shape (terms,)
        One for each term; missing where `finite` is false.
    std_error : numpy.ndarray of shape (terms,)
        From the observed information.
    finite : numpy.ndarray of bool, shape (terms,)
        Whether the data bound the coefficient: they do not if, say, no follow-up came before any
        of the answers.
    """

    coef: np.ndarray
    std_error: np.ndarray
    finite: np.ndarray


def fit_cox(
    values: np.ndarray, n_risk: np.ndarray, n_event: np.ndarray, *, ties: Ties = "breslow"
) -> CoxFit:
    """Fit Cox's model to counts.

    Parameters
    ----------
    values : numpy.ndarray of shape (rows, days, terms)
        The terms, which may change from day to day.
    n_risk, n_event : numpy.ndarray of shape (rows, days)
        Open when the day begins, and answered on it.
    ties : {"breslow", "efron"}
        What to do with answers on one day. Efron's way needs whole numbers of answers.

    Returns
    -------
    CoxFit

    Raises
    ------
    FollowupError
        When two terms say the same.

    References
    ----------
    Cox (1972), JRSS B 34, 187-220; Breslow (1974), Biometrics 30, 89-99; Efron (1977), JASA 72,
    557-565.

    Examples
    --------
    One who wrote and one who did not; the first is answered on day 0, the other on day 1, beside
    a third who wrote. The ratio r maximises r / (2 r + 1) * 1 / (r + 1).

    >>> values = np.array([[[1.0], [1.0]], [[0.0], [0.0]]])
    >>> fit = fit_cox(values, np.array([[2, 1], [1, 1]]), np.array([[1, 0], [0, 1]]))
    >>> print(f"{np.exp(fit.coef[0]):.4f}")
    0.7071
    """
    some = n_event.sum(axis=0) > 0
    problem = _Problem(values[:, some], n_risk[:, some], n_event[:, some], ties)
    coef = np.zeros(values.shape[2])
    value, score, information = problem.at(coef)
    if np.linalg.matrix_rank(information) < len(coef):
        raise FollowupError(
            "two of the terms say the same wherever there was an answer, so their effects cannot "
            "be told apart. Leave one of them out."
        )
    step, at_start = np.zeros_like(coef), np.diag(np.linalg.inv(information))
    for _ in range(_MOST_STEPS):
        step = np.linalg.solve(information, score)
        step *= min(1, _LONGEST_STEP / max(np.abs(step).max(initial=0), 1e-300))
        before = value
        coef, value, score, information = problem.improve(coef, step, value)
        # Nothing more to gain: an infinite coefficient still runs on, by about 1 at each step.
        if np.abs(step).max(initial=0) < 1e-10 or value - before < 1e-12 * (1 + abs(value)):
            break
    variance = np.diag(np.linalg.inv(information))
    finite = (np.abs(step) < 1e-3) & (variance > 0) & (variance < 1e8 * at_start)
    spread = np.sqrt(np.where(finite, variance, np.nan))
    return CoxFit(np.where(finite, coef, np.nan), spread, finite)


class _Problem:
    """The partial likelihood of one set of counts."""

    def __init__(
        self, values: np.ndarray, n_risk: np.ndarray, n_event: np.ndarray, ties: str
    ) -> None:
        self.values, self.n_risk, self.n_event = values, n_risk, n_event
        self.n, self.ties = n_event.sum(axis=0), ties

    def at(self, coef: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Logarithm of the likelihood, its slope and its curvature."""
        x, n_event = self.values, self.n_event
        eta = x @ coef
        eta = eta - eta.max(axis=0, initial=-np.inf, where=self.n_risk > 0)
        ratio = np.exp(np.minimum(eta, 0))  # rows with nobody at risk count for nothing
        risk, event = (self._sums(counts * ratio) for counts in (self.n_risk, n_event))
        sums = self._over_answers(risk[0], event[0])
        value = float((n_event * eta).sum() - sums[0].sum())
        once, gone_once = sums[1:3]
        both, mixed, gone_twice = (weight[:, None] for weight in sums[3:])
        score = np.einsum("rd,rdt->t", n_event, x) - once @ risk[1] + gone_once @ event[1]
        square = np.tensordot(once, risk[2], 1) - np.tensordot(gone_once, event[2], 1)
        cross = (mixed * risk[1]).T @ event[1]
        of_means = (both * risk[1]).T @ risk[1] - cross - cross.T
        of_means += (gone_twice * event[1]).T @ event[1]
        return value, score, square - of_means

    def _over_answers(self, risk: np.ndarray, event: np.ndarray) -> tuple[np.ndarray, ...]:
        """By day, sums over its answers: log left, 1/left, gone/left, 1, gone and gone^2/left^2.

        An answer after another on the same day: how much of the answered is gone from those at
        risk by then is nothing (Breslow), or one part more each time (Efron).
        """
        n, none = self.n, np.zeros(len(risk))
        if self.ties == "breslow":
            return n * np.log(risk), n / risk, none, n / np.square(risk), none, none
        # What is left is the same step below each time, from `risk` down to just above the rest.
        step = event / n
        log_left, once, twice = _ladder(risk / step - n + 1, n)
        log_left, once, twice = log_left + n * np.log(step), once / step, twice / np.square(step)
        gone = (risk * once - n) / event
        mixed = (risk * twice - once) / event
        gone_twice = (np.square(risk) * twice - 2 * risk * once + n) / np.square(event)
        return log_left, once, gone, twice, mixed, gone_twice

    def _sums(self, weight: np.ndarray) -> list[np.ndarray]:
        """By day, of the ratios, of the terms, and of their products."""
        x = self.values
        weighted = weight[..., None] * x
        return [weight.sum(axis=0), weighted.sum(axis=0), np.einsum("rdt,rdu->dtu", weighted, x)]

    def improve(
        self, coef: np.ndarray, step: np.ndarray, value: float
    ) -> tuple[np.ndarray, float, np.ndarray, np.ndarray]:
        """Go along the step, by half of it again where that would make things worse."""
        for _ in range(12):
            new = self.at(coef + step)
            if new[0] >= value - 1e-9 * abs(value) - 1e-12:
                break
            step = step / 2
        return coef + step, *new


def _ladder(low: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sums of log z, 1/z and 1/z^2 over n numbers z = low, low + 1, ..., as fast for many.

    The lowest are added up; for the others these are differences of the logarithm of the gamma
    function and of its derivatives, by their series (Abramowitz and Stegun 1964, section 6).
    """
    steps = np.arange(_ADDED_UP)[:, None]
    z = low + steps
    there = steps < n
    sums = [np.where(there, f, 0).sum(axis=0) for f in (np.log(z), 1 / z, 1 / np.square(z))]
    more = np.maximum(n - _ADDED_UP, 0)
    low = low + _ADDED_UP
    high = low + more

    def between(power: int) -> np.ndarray:
        return high ** -float(power) - low ** -float(power)

    log_ratio = np.log1p(more / low)
    log_gamma = (low - 0.5) * log_ratio + more * np.log(high) - more
    log_gamma += between(1) / 12 - between(3) / 360 + between(5) / 1260
    digamma = log_ratio - between(1) / 2 - between(2) / 12 + between(4) / 120 - between(6) / 252
    trigamma = between(1) + between(2) / 2 + between(3) / 6 - between(5) / 30 + between(7) / 42
    return sums[0] + log_gamma, sums[1] + digamma, sums[2] - trigamma
