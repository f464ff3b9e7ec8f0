"""Beta distributions and mixtures of them -> quantiles, with numpy alone.

scipy.special knows them too, but takes longer to load than a log of some hundred interviews takes
to read, count and draw. The convention owned here: the last axis of a mixture is its components.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_STIRLING = 1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360
_ROWS_AT_ONCE = 2048


def _gauss_legendre(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of the rule on [0, 1] (Golub and Welsch 1969)."""
    k = np.arange(1, n)
    beside = np.diag(k / np.sqrt(4 * k**2 - 1), 1)
    nodes, vectors = np.linalg.eigh(beside + beside.T)
    return (nodes + 1) / 2, vectors[0] ** 2


_NODES, _WEIGHTS = _gauss_legendre(8)


def beta_quantile(a: Any, b: Any, at: Any, weight: Any = 1.0) -> np.ndarray:
    """Quantiles of each mixture of Beta(a, b).

    Parameters
    ----------
    a, b : array_like of shape (rows, components)
        Parameters of the components, above 0.
    at : array_like of shape (quantiles,)
        Probabilities below them.
    weight : array_like of shape (components,)
        Weights that add up to 1.

    Returns
    -------
    numpy.ndarray of shape (quantiles, rows)

    Notes
    -----
    The density of the log-odds is integrated by Gauss and Legendre's rule over cells that widen
    away from the middle, then Newton's steps are taken within the cell of the quantile.

    Examples
    --------
    >>> beta_quantile([[0.5], [3.5]], [[10.5], [7.5]], [0.975]).round(4)
    array([[0.2172, 0.6058]])
    """
    a, b, at = (np.asarray(values, dtype=float) for values in (a, b, at))
    out = [
        _quantile(a[start : start + _ROWS_AT_ONCE], b[start : start + _ROWS_AT_ONCE], at, weight)
        for start in range(0, len(a), _ROWS_AT_ONCE)
    ]
    return np.concatenate(out, axis=1) if out else np.zeros((len(at), 0))


def log_beta(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Logarithm of the beta function."""
    of_a, of_b, of_both = log_gamma(np.stack([a, b, a + b]))
    return of_a + of_b - of_both


def log_gamma(x: np.ndarray) -> np.ndarray:
    """Logarithm of the gamma function of numbers above 0: Stirling's series for x + 8."""
    steps = x * (x + 1) * (x + 2) * (x + 3) * (x + 4) * (x + 5) * (x + 6) * (x + 7)
    y = x + 8
    series = np.zeros_like(y)
    for term in reversed(_STIRLING):
        series = series / y**2 + term
    return (y - 0.5) * np.log(y) - y + np.log(2 * np.pi) / 2 + series / y - np.log(steps)


def _quantile(a: np.ndarray, b: np.ndarray, at: np.ndarray, weight: Any) -> np.ndarray:
    middle, spread = _log_odds((a, b), weight)
    scale = np.log(weight) - log_beta(a, b)

    def density(t: np.ndarray) -> np.ndarray:
        odds = middle + spread * np.sinh(t)
        below, above = -np.logaddexp(0, -odds), -np.logaddexp(0, odds)
        power = a[..., None] * below[:, None] + b[..., None] * above[:, None] + scale[..., None]
        return np.exp(power).sum(axis=1) * spread * np.cosh(t)

    edges, step = np.linspace(-5, 5, _cells(a, b, middle, spread) + 1, retstep=True)
    shares = density((edges[:-1, None] + step * _NODES).ravel()[None])
    shares = shares.reshape(len(a), -1, len(_NODES)) @ _WEIGHTS * step
    # Only a tail as long as that of a tiny a (or b) can reach beyond the cells.
    beyond = np.where(middle < 0, 1 - shares.sum(axis=1, keepdims=True), 0)
    before = np.cumsum(np.c_[beyond, shares], axis=1)
    cell = (before[..., None] < at).sum(axis=1).clip(1, shares.shape[1]) - 1
    wanted = at - np.take_along_axis(before, cell, axis=1)
    start = edges[cell]
    t = start + step / 2
    for _ in range(8):
        up_to = start[..., None] + (t - start)[..., None] * np.append(_NODES, 1)
        dense = density(up_to.reshape(len(a), -1)).reshape(up_to.shape)
        move = (wanted - dense[..., :-1] @ _WEIGHTS * (t - start)) / dense[..., -1]
        t = np.clip(t + move, start, start + step)
        if (np.abs(move) < 1e-7).all():  # the next step would be about its square
            break
    return np.exp(-np.logaddexp(0, -middle - spread * np.sinh(t))).T


def _log_odds(
    components: tuple[np.ndarray, np.ndarray], weight: Any
) -> tuple[np.ndarray, np.ndarray]:
    """About where the log-odds of each mixture lie, and how wide they spread."""
    a, b = components
    mean = (a / (a + b) * weight).sum(axis=1, keepdims=True)
    square = (a / (a + b) * (a + 1) / (a + b + 1) * weight).sum(axis=1, keepdims=True)
    return np.log(mean) - np.log1p(-mean), np.sqrt(square - mean**2) / (mean * (1 - mean))


def _cells(a: np.ndarray, b: np.ndarray, middle: np.ndarray, spread: np.ndarray) -> int:
    """How many cells it takes for none to be much wider than a component that lies in it."""
    away = np.log(a / b) - middle
    wider = np.hypot(spread, away) / np.sqrt((a + b) / (a * b))
    return int(np.clip(2 * wider.max(), 32, 400))
