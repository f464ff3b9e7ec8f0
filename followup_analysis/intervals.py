"""Counts -> intervals. All broadcast; nothing is rounded; an empty cell gets an interval too.

The convention owned here: `level` is the whole probability inside the interval (0.95), and limits
are clipped to what is possible. Wald's interval is absent on purpose: with 0 of 10 it claims
certainty.
"""

from __future__ import annotations

from numbers import Integral, Real
from statistics import NormalDist
from typing import Any

import numpy as np

from .beta import beta_quantile, log_beta
from .errors import FollowupError

# What numpy broadcasts: a number, a list, an array or a Series.
Numbers = Any


def wilson(n_event: Numbers, n: Numbers, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's score interval for a proportion.

    Parameters
    ----------
    n_event, n : array_like
        Events and trials; `n` of 0 gives (0, 1).
    level : float
        Probability inside the interval.

    Returns
    -------
    conf_low, conf_high : numpy.ndarray

    Raises
    ------
    FollowupError
        When there are more events than trials, negative counts, or `level` is not within (0, 1).

    References
    ----------
    Wilson (1927), JASA 22, 209-212.

    Examples
    --------
    >>> low, high = wilson(0, 10)
    >>> print(f"{low:.4f} {high:.4f}")
    0.0000 0.2775
    """
    x, n = _counts(n_event, n)
    z2 = normal_quantile(level) ** 2
    centre = x + z2 / 2
    half = np.sqrt(z2 * (x * (n - x) / np.where(n > 0, n, 1) + z2 / 4))
    low = np.where(x == 0, 0.0, (centre - half) / (n + z2))
    high = np.where(x == n, 1.0, (centre + half) / (n + z2))
    return low[()], high[()]


def jeffreys(n_event: Numbers, n: Numbers, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Jeffreys' interval: equal tails of Beta(x + 1/2, n - x + 1/2).

    The lower limit is 0 when nothing happened and the upper limit 1 when everything did. The
    counts need not be whole, so that it also serves effective counts.

    Parameters
    ----------
    n_event, n : array_like
        Events and trials.
    level : float
        Probability inside the interval.

    Returns
    -------
    conf_low, conf_high : numpy.ndarray

    Raises
    ------
    FollowupError
        As `wilson`.

    References
    ----------
    Brown, Cai and DasGupta (2001), Statistical Science 16, 101-133.

    Examples
    --------
    >>> low, high = jeffreys(0, 10)
    >>> print(f"{low:.4f} {high:.4f}")
    0.0000 0.2172
    """
    x, n = _counts(n_event, n)
    low, high = _beta(x + 0.5, n - x + 0.5, level)
    return np.where(x == 0, 0.0, low)[()], np.where(x == n, 1.0, high)[()]


def clopper_pearson(
    n_event: Numbers, n: Numbers, level: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Clopper and Pearson's exact interval for a proportion; never too short, often too long.

    Parameters
    ----------
    n_event, n : array_like
        Events and trials.
    level : float
        Probability inside the interval.

    Returns
    -------
    conf_low, conf_high : numpy.ndarray

    Raises
    ------
    FollowupError
        As `wilson`.

    References
    ----------
    Clopper and Pearson (1934), Biometrika 26, 404-413.

    Examples
    --------
    >>> low, high = clopper_pearson(0, 10)
    >>> print(f"{low:.4f} {high:.4f}")
    0.0000 0.3085
    """
    x, n = _counts(n_event, n)
    low, _ = _beta(np.maximum(x, 1), n - x + 1, level)
    _, high = _beta(x + 1, np.maximum(n - x, 1), level)
    return np.where(x == 0, 0.0, low)[()], np.where(x == n, 1.0, high)[()]


def newcombe(
    n_event_1: Numbers,
    n_1: Numbers,
    n_event_0: Numbers,
    n_0: Numbers,
    level: float = 0.95,
) -> tuple[np.ndarray, np.ndarray]:
    """Newcombe's interval for the difference of two proportions, p1 - p0.

    Parameters
    ----------
    n_event_1, n_1, n_event_0, n_0 : array_like
        Events and trials of each group.
    level : float
        Probability inside the interval.

    Returns
    -------
    conf_low, conf_high : numpy.ndarray

    Raises
    ------
    FollowupError
        As `wilson`.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.

    Examples
    --------
    >>> low, high = newcombe(56, 70, 48, 80)
    >>> print(f"{low:.4f} {high:.4f}")
    0.0524 0.3339
    """
    x1, n1 = _counts(n_event_1, n_1)
    x0, n0 = _counts(n_event_0, n_0)
    low1, high1 = wilson(x1, n1, level)
    low0, high0 = wilson(x0, n0, level)
    p1 = x1 / np.where(n1 > 0, n1, 1)
    p0 = x0 / np.where(n0 > 0, n0, 1)
    difference = p1 - p0
    low = difference - np.hypot(p1 - low1, high0 - p0)
    high = difference + np.hypot(high1 - p1, p0 - low0)
    nothing = (n1 == 0) | (n0 == 0)
    return (
        np.where(nothing, -1.0, np.clip(low, -1, 1))[()],
        np.where(nothing, 1.0, np.clip(high, -1, 1))[()],
    )


def log_log(
    estimate: Numbers, std_error: Numbers, n: Numbers, level: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Interval for a point of a curve in [0, 1], symmetric on the log(-log) scale.

    Where the curve is at 0 or 1 the standard error is 0 and says nothing; there Jeffreys' interval
    from `n` is used.

    Parameters
    ----------
    estimate, std_error : array_like
        A point of a curve and its standard error.
    n : array_like
        How many stand behind the point: those whose state on that day is known.
    level : float
        Probability inside the interval.

    Returns
    -------
    conf_low, conf_high : numpy.ndarray
        Missing where the estimate is.

    References
    ----------
    Kalbfleisch and Prentice (2002), The Statistical Analysis of Failure Time Data, section 1.4.
    """
    p, se, n = np.broadcast_arrays(
        *(np.asarray(value, dtype=float) for value in (estimate, std_error, n))
    )
    inside = (se > 0) & (p > 1e-12) & (p < 1 - 1e-12)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_p = np.log(np.where(inside, p, 0.5))
        stretch = np.exp(normal_quantile(level) * np.where(inside, se, 0) / (p * log_p))
        ends = np.exp(log_p * stretch), np.exp(log_p / stretch)
    low, high = np.minimum(*ends), np.maximum(*ends)
    low, high = (np.where(np.isnan(p), np.nan, end) for end in (low, high))
    edge = ~inside & ~np.isnan(p)
    low[edge], high[edge] = jeffreys(np.round(p[edge]) * n[edge], n[edge], level)
    return low, high


def pooled(
    n_event: Numbers, n: Numbers, level: float = 0.95
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Proportions of several groups, each pulled towards the others as far as the data ask for.

    The proportions are taken to come from one Beta(mean * size, (1 - mean) * size). Mean and size
    are integrated over their marginal likelihood rather than fixed at its maximum, which would
    claim certainty whenever the groups look alike.

    Parameters
    ----------
    n_event, n : array_like of shape (groups,)
        Events and trials; they need not be whole.
    level : float
        Probability inside the intervals.

    Returns
    -------
    estimate, conf_low, conf_high : numpy.ndarray of shape (groups,)
        Posterior mean and equal-tailed limits.

    Notes
    -----
    Prior: mean and 1 / sqrt(size) uniform, the size between 1 and 500, on a grid.

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, section 5.3.

    Examples
    --------
    >>> estimate, low, high = pooled([3, 0, 5], [10, 4, 12])
    >>> print(estimate.round(3), low.round(3), high.round(3))
    [0.309 0.194 0.376] [0.104 0.    0.168] [0.559 0.502 0.629]
    """
    x, n = _counts(n_event, n)
    mean, size = np.meshgrid(np.linspace(0.0125, 0.9875, 40), np.geomspace(1, 500, 12))
    a, b = (mean * size).ravel(), ((1 - mean) * size).ravel()
    likelihood = log_beta(a + x[:, None], b + (n - x)[:, None]).sum(axis=0)
    likelihood -= len(x) * log_beta(a, b)
    # The grid is even in log size, where this prior is 1 / sqrt(size).
    likelihood -= np.log(size).ravel() / 2
    weight = np.exp(likelihood - likelihood.max())
    heavy = weight > 1e-3
    weight = weight[heavy] / weight[heavy].sum()
    a, b = a[heavy] + x[:, None], b[heavy] + (n - x)[:, None]
    low, high = beta_quantile(a, b, [_tail(level), 1 - _tail(level)], weight)
    return (a / (a + b)) @ weight, low, high


def normal_quantile(level: float) -> float:
    """Return how many standard errors lie on each side of the middle: 1.96 for 0.95."""
    return NormalDist().inv_cdf(1 - _tail(level))


def _beta(a: np.ndarray, b: np.ndarray, level: float) -> np.ndarray:
    """Limits between which each Beta(a, b) has the probability `level`: (2, ...)."""
    tails = [_tail(level), 1 - _tail(level)]
    return beta_quantile(a.reshape(-1, 1), b.reshape(-1, 1), tails).reshape(2, *a.shape)


def _tail(level: float) -> float:
    if isinstance(level, bool) or not isinstance(level, Real) or not 0 < level < 1:
        raise FollowupError(f"level is a probability such as 0.95, not {level!r}.")
    return (1 - level) / 2


def check_drawn(level: float, n: int, name: str) -> None:
    """Refuse a level, or a number of draws or replicates, of which no interval could be made."""
    _tail(level)
    if isinstance(n, bool) or not isinstance(n, Integral) or n < 1:
        raise FollowupError(f"{name} is a whole number from 1 on, not {n!r}.")


def _counts(n_event: Numbers, n: Numbers) -> tuple[np.ndarray, np.ndarray]:
    x, n = np.broadcast_arrays(np.asarray(n_event, dtype=float), np.asarray(n, dtype=float))
    if np.any(x < 0) or np.any(x > n):
        raise FollowupError("each count of events must lie between 0 and the count of trials.")
    return x, n
