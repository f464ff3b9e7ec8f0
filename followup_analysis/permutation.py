"""Counts of two groups in strata -> the p-value of the log-rank statistic under permutation.

The convention owned here: membership of a group is dealt out anew within each stratum only, among
episodes that were alike when the groups were made.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

_DEALS = 999
_MANY = 2000  # episodes, from which the statistic is as good as normal


def permutation_p(n: np.ndarray, n_event: np.ndarray, rng: np.random.Generator) -> float:
    """Test whether the members of two groups are answered at the same pace.

    Parameters
    ----------
    n : numpy.ndarray of shape (strata, 2, days)
        Whole numbers of episodes of each group by day of the exit, the event or another.
    n_event : numpy.ndarray of shape (strata, 2, days)
        How many of them ended with the event.
    rng : numpy.random.Generator
        Where the deals come from.

    Returns
    -------
    float
        Two-sided; missing where no deal could change anything. From 999 deals, or normal with the
        mean and variance over all deals where there are 2 000 episodes or more.

    Notes
    -----
    The statistic is the sum over one group of log-rank scores: the event less the Nelson-Aalen
    estimate of the stratum on the day of the exit.

    References
    ----------
    Peto and Peto (1972), JRSS A 135, 185-207; Phipson and Smyth (2010), Statistical Applications
    in Genetics and Molecular Biology 9, 39.
    """
    both = n.sum(axis=2).min(axis=1) > 0
    if not both.any():
        return float("nan")
    n, n_event = n[both].astype(np.int64), n_event[both].astype(np.int64)
    score = _scores(n.sum(axis=1), n_event.sum(axis=1))
    states = np.stack([n - n_event, n_event], axis=-1)  # (strata, 2, days, 2)
    flat = states.reshape(*states.shape[:2], -1)
    score = score.reshape(len(score), -1)
    total, size = flat.sum(axis=1), flat[:, 1].sum(axis=1)
    number = total.sum(axis=1)
    mean = (total * score).sum(axis=1) / number
    spread = (total * (score - mean[:, None]) ** 2).sum(axis=1)
    variance = (size * (number - size) / (number * (number - 1)) * spread).sum()
    if not variance > 1e-12:
        return float("nan")
    away = (flat[:, 1] * score).sum() - (size * mean).sum()
    if number.sum() >= _MANY:
        return 2 * NormalDist().cdf(-abs(away) / np.sqrt(variance))
    dealt = -(size * mean).sum()
    for of_stratum, own, members in zip(total, score, size, strict=True):
        deals = rng.multivariate_hypergeometric(of_stratum, members, size=_DEALS)
        dealt = dealt + deals @ own
    as_far = (np.abs(dealt) >= abs(away) - 1e-9).sum()
    return float((1 + as_far) / (1 + _DEALS))


def _scores(n: np.ndarray, n_event: np.ndarray) -> np.ndarray:
    """Log-rank scores by stratum and day, of those without and with the event."""
    n_risk = n[:, ::-1].cumsum(axis=1)[:, ::-1]
    hazard = np.divide(n_event, n_risk, out=np.zeros(n.shape), where=n_risk > 0)
    expected = hazard.cumsum(axis=1)
    return np.stack([-expected, 1 - expected], axis=-1)
