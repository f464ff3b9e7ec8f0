"""Counts at risk and answered by day -> chances by each day, with their errors and limits.

The convention owned here: arrays in, arrays out; days stand last, and groups before them.
"""

from __future__ import annotations

import numpy as np

from .intervals import log_log, normal_quantile
from .jackknife import Clusters, on_curves

_FEW = 30


def incidence_curves(n_risk: np.ndarray, n_event: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cumulative incidence of each cause and what is left, from person-days.

    Parameters
    ----------
    n_risk : numpy.ndarray of shape (..., days)
        At risk on each day.
    n_event : numpy.ndarray of shape (..., causes, days)
        Events by cause.

    Returns
    -------
    incidence : numpy.ndarray of shape (..., causes, days)
    left : numpy.ndarray of shape (..., days)
    """
    hazard = n_event / np.maximum(n_risk, 1)[..., None, :]
    # Chances that add up to 1 may pass it by a rounding.
    left = np.cumprod(np.maximum(1 - hazard.sum(axis=-2), 0), axis=-1)
    incidence = np.cumsum(_before(left)[..., None, :] * hazard, axis=-1)
    return np.minimum(incidence, 1), left


def aalen_johansen(
    n_risk: np.ndarray, n_event: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Cumulative incidence of each cause and what is left, with variances, from person-days.

    Parameters
    ----------
    n_risk, n_event : numpy.ndarray
        As for `incidence_curves`.

    Returns
    -------
    incidence, variance : numpy.ndarray of shape (..., causes, days)
    left, left_variance : numpy.ndarray of shape (..., days)

    Notes
    -----
    The variance of a cause P against the others R is a sum over the days k up to t of a square in
    I(t) - I(k). Written as a polynomial in I(t) it needs one pass instead of one for each t.
    """
    incidence, left = incidence_curves(n_risk, n_event)
    n, before = np.maximum(n_risk, 1)[..., None, :], _before(left)[..., None, :]
    hazard = n_event / n
    total = hazard.sum(axis=-2, keepdims=True)
    stay = 1 - total

    # Where everyone leaves at once nothing can follow, and the term in I(t) - I(k) is 0.
    per_stay = np.divide(1.0, stay, out=np.zeros_like(stay), where=stay > 1e-12)
    other = total - hazard
    own_var, other_var, both = hazard * (1 - hazard), other * (1 - other), hazard * other
    slope = per_stay  # g_P = g0 - slope * I(t), g_R = r0 - slope * I(t)
    g0, r0 = before + incidence * per_stay, incidence * per_stay
    constant = g0**2 * own_var + r0**2 * other_var - 2 * g0 * r0 * both
    linear = -2 * slope * (g0 * own_var + r0 * other_var - (g0 + r0) * both)
    square = slope**2 * (own_var + other_var - 2 * both)
    c0, c1, c2 = (np.cumsum(term / n, axis=-1) for term in (constant, linear, square))
    variance = c0 + c1 * incidence + c2 * incidence**2
    variance[variance < 1e-12 * (c0 + c2 * incidence**2)] = 0  # what is left of equal terms

    left_variance = left**2 * np.cumsum(total * per_stay / n, axis=-1)[..., 0, :]
    return incidence, variance, left, left_variance


def _before(left: np.ndarray) -> np.ndarray:
    """What is left when the day begins."""
    return np.concatenate([np.ones_like(left[..., :1]), left[..., :-1]], axis=-1)


def product_limit(
    n_risk: np.ndarray, n_event: np.ndarray, level: float, clusters: Clusters | None = None
) -> dict[str, np.ndarray | float]:
    """Share still waiting after each day, with its error, as columns of a table.

    Parameters
    ----------
    n_risk, n_event : numpy.ndarray of shape (..., days)
        At risk and answered on each day; who is at risk may come late.
    level : float
        Probability inside the intervals.
    clusters : Clusters, optional
        Whose interviews resemble each other; the error is Greenwood's unless given.

    Returns
    -------
    dict
        ``n_risk``, ``n_event``, ``estimate`` (missing where nobody is at risk), ``std_error``,
        ``conf_low``, ``conf_high`` and ``level``.
    """
    n_event = n_event[..., None, :]
    _, _, left, variance = aalen_johansen(n_risk, n_event)
    if clusters:
        variance = clusters.variance(on_curves(n_risk, n_event, clusters)[:, -1], variance)
    unknown = unobserved(n_risk, left)
    estimate, std_error = np.where(unknown, np.nan, [left, np.sqrt(variance)])
    low, high = log_log(estimate, std_error, known(n_risk, n_event), level)
    return {
        "n_risk": n_risk,
        "n_event": n_event[..., 0, :],
        "estimate": estimate,
        "std_error": std_error,
        "conf_low": low,
        "conf_high": high,
        "level": level,
    }


def shares_by_day(
    n_risk: np.ndarray, n_event: np.ndarray, level: float, clusters: Clusters | None = None
) -> dict[str, np.ndarray | float]:
    """Share answered by each cause, and still silent, by the end of each day: columns of a table.

    Parameters
    ----------
    n_risk : numpy.ndarray of shape (groups, days)
        At risk.
    n_event : numpy.ndarray of shape (groups, causes, days)
        Answers by cause.
    level, clusters
        As for `product_limit`.

    Returns
    -------
    dict
        As of `product_limit`, of shape (groups, causes + 1, days); the last is what is left.
    """
    incidence, variance, left, left_variance = aalen_johansen(n_risk, n_event)
    variance = np.concatenate([variance, left_variance[:, None]], axis=1)
    if clusters:
        variance = clusters.variance(on_curves(n_risk, n_event, clusters), variance)
    unknown = unobserved(n_risk, left)[:, None]
    estimate = np.where(unknown, np.nan, np.concatenate([incidence, left[:, None]], axis=1))
    std_error = np.sqrt(variance)
    low, high = log_log(estimate, std_error, known(n_risk, n_event)[:, None], level)
    return {
        "n_risk": n_risk[:, None],
        "n_event": np.concatenate([n_event, np.zeros_like(n_risk)[:, None]], axis=1),
        "estimate": estimate,
        "std_error": np.where(unknown, np.nan, std_error),
        "conf_low": low,
        "conf_high": high,
        "level": level,
    }


def mean_wait(
    n_risk: np.ndarray, n_event: np.ndarray, level: float, clusters: Clusters | None = None
) -> dict[str, np.ndarray | float]:
    """Mean number of days waited up to the last day, as columns of a table.

    Parameters
    ----------
    n_risk, n_event : numpy.ndarray of shape (groups, days)
        At risk and answered on each day.
    level, clusters
        As for `product_limit`.

    Returns
    -------
    dict
        ``n``, ``horizon``, ``estimate`` (days), ``std_error``, ``conf_low``, ``conf_high`` (of
        fewer than thirty by Student's t; missing where all waited as long) and ``level``, of shape
        (groups,).
    """
    horizon = n_risk.shape[1] - 1
    _, left = incidence_curves(n_risk, n_event[:, None])
    # The area below the curve from each day on.
    area = np.cumsum(np.c_[left[:, :-1], np.zeros(len(left))][:, ::-1], axis=1)[:, ::-1]
    stay = n_risk - n_event
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(stay > 0, area**2 * n_event / (n_risk * stay), 0)
    variance = terms.sum(axis=1)
    if clusters:
        waiting = on_curves(n_risk, n_event[:, None], clusters)[:, -1]
        variance = clusters.variance(waiting[:, :-1].sum(axis=1), variance)
    unknown = unobserved(n_risk, left)[:, -1]
    estimate, std_error = np.where(unknown, np.nan, [area[:, 0], np.sqrt(variance)])
    reach = _quantile(n_risk[:, 0], level) * np.where(std_error > 0, std_error, np.nan)
    return {
        "n": n_risk[:, 0],
        "horizon": horizon,
        "estimate": estimate,
        "std_error": std_error,
        "conf_low": np.clip(estimate - reach, 0, horizon),
        "conf_high": np.clip(estimate + reach, 0, horizon),
        "level": level,
    }


def _quantile(n: np.ndarray, level: float) -> np.ndarray:
    """Normal quantile; Student's for a mean of few, of which the spread is little known."""
    normal = np.full(len(n), normal_quantile(level))
    few = n < _FEW
    if few.any():
        from scipy.special import stdtrit

        normal[few] = stdtrit(np.maximum(n[few] - 1, 1), (1 + level) / 2)
    return normal


def known(n_risk: np.ndarray, n_event: np.ndarray) -> np.ndarray:
    """Episodes whose state at the end of the day is known: answered so far, or still open."""
    answered = n_event.sum(axis=-2)
    return answered.cumsum(axis=-1) + n_risk - answered


def unobserved(n_risk: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Days after the last on which anyone still open was observed."""
    return (n_risk == 0) & (left > 1e-12)
