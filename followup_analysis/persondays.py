"""Tally -> person-days by pattern, before and after the follow-up, for many columns of counts.

The convention owned here: the last axis is the replicate. The log itself is replicate 0 of one;
bootstrap replicates are other weights on the same cells, never copies of rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from .days import NEVER
from .history import ENDINGS
from .tally import UNDATED, Tally

_FEW = 4  # replicates, up to which a sparse product takes longer than counting each


@dataclass(frozen=True)
class PersonDays:
    """Who was open on each day and what happened to them.

    Parameters
    ----------
    n_risk : numpy.ndarray of shape (patterns, 2, days, replicates)
        Open when the day begins; not followed up yet, and followed up on an earlier day.
    n_event : numpy.ndarray of shape (3, patterns, 2, days, replicates)
        Answers on that day: yes, no, withdrawn.
    n_silent : numpy.ndarray of shape (patterns, days, replicates)
        Still open after the day's answers and not followed up yet: those who could write.
    n_wrote : numpy.ndarray of shape (patterns, days, replicates)
        Those of them who wrote.
    n_start : numpy.ndarray of shape (patterns, replicates)
        Episodes.
    """

    n_risk: np.ndarray
    n_event: np.ndarray
    n_silent: np.ndarray
    n_wrote: np.ndarray
    n_start: np.ndarray

    @property
    def days(self) -> int:
        """Number of days, day 0 included."""
        return self.n_risk.shape[2]


def count_person_days(counts: Tally, horizon: int, n: np.ndarray | None = None) -> PersonDays:
    """Sum a tally to person-days; episodes with a follow-up on an unknown day are left out.

    Parameters
    ----------
    counts : Tally
        The counts.
    horizon : int, days since the interview
        Last day.
    n : numpy.ndarray of shape (cells, replicates), optional
        Other weights for the cells.

    Returns
    -------
    PersonDays
    """
    n = counts.n[:, None].astype(float) if n is None else n
    known = counts.follow_up_day != UNDATED
    ending, wrote = counts.ending, counts.follow_up_day
    exits = np.minimum(counts.exit_day, horizon + 1)
    wrote = np.where((wrote < 0) | (wrote > horizon), horizon + 1, wrote)
    shape = (len(counts.patterns), horizon + 2, n.shape[1])

    def on_day(
        day: np.ndarray, chosen: np.ndarray | bool, *kind: tuple[np.ndarray, int]
    ) -> np.ndarray:
        """Sum the chosen cells by kind, pattern and day."""
        cells = np.flatnonzero(chosen & known)
        keys = [*kind, (counts.pattern, shape[0]), (day, shape[1])]
        parts, sizes = zip(*((part[cells], size) for part, size in keys), strict=True)
        rows = np.atleast_1d(np.ravel_multi_index(parts, sizes))
        return sum_by(rows, cells, n, prod(sizes)).reshape(*sizes, shape[2])

    after = (wrote < exits).astype(np.int8)
    left = on_day(exits, True, (ending, len(ENDINGS)), (after, 2))
    n_left = left.sum(axis=0)
    n_open = _from_day_on(n_left.sum(axis=0))
    # Whoever is censored on a day could still have written on it.
    sent = on_day(wrote, (wrote <= exits) & (wrote <= horizon), (after, 2))
    entered = np.roll(sent[1], 1, axis=1).cumsum(axis=1)  # nobody writes on the last column
    n_after = entered - np.roll(n_left[1].cumsum(axis=1), 1, axis=1) * _not_first(shape[1])
    answers = np.moveaxis(left[1:], 1, 2)
    n_silent = (n_open - n_after) - left[1:, 0].sum(axis=0)
    cut = slice(None, -1)
    return PersonDays(
        np.stack([n_open - n_after, n_after], axis=1)[:, :, cut],
        answers[:, :, :, cut],
        n_silent[:, cut],
        sent.sum(axis=0)[:, cut],
        n_left.sum(axis=(0, 2)),
    )


def sum_by(row: np.ndarray, cells: np.ndarray, n: np.ndarray, rows: int) -> np.ndarray:
    """Sum the weights of some cells by row: (rows, replicates)."""
    if n.shape[1] <= _FEW:
        each = [np.bincount(row, weight, minlength=rows) for weight in n[cells].T]
        return np.stack(each, axis=1)
    from scipy.sparse import coo_array

    return coo_array((np.ones(len(cells)), (row, cells)), shape=(rows, len(n))).tocsr() @ n


def _from_day_on(left: np.ndarray) -> np.ndarray:
    return left[:, ::-1].cumsum(axis=1)[:, ::-1]


def _not_first(days: int) -> np.ndarray:
    return (np.arange(days) > 0)[None, :, None]


@dataclass(frozen=True)
class Bootstrap:
    """A tally without its clusters, and how many episodes of each cell each cluster holds.

    Parameters
    ----------
    counts : Tally
        The tally, cells that differ in nothing but the cluster put together.
    shares : scipy.sparse array of shape (cells, clusters), optional
        Episodes; without clusters each episode is drawn by itself.
    """

    counts: Tally
    shares: Any = None

    def weights(self, replicates: int, rng: np.random.Generator) -> np.ndarray:
        """Weights of a Poisson bootstrap, clusters drawn whole: (cells, replicates)."""
        n = self.counts.n
        if self.shares is None:
            return rng.poisson(n[:, None], (len(n), replicates)).astype(float)
        return self.shares @ rng.poisson(1.0, (self.shares.shape[1], replicates)).astype(float)


def bootstrap_of(counts: Tally, horizon: int) -> Bootstrap:
    """Put the clusters of a tally aside, to be drawn by, and what comes after the horizon."""
    if not len(counts.n):
        return Bootstrap(counts)
    beyond = counts.exit_day > horizon
    wrote = counts.follow_up_day
    parts = (
        counts.pattern,
        np.where(wrote > horizon, NEVER, wrote),
        np.where(beyond, horizon + 1, counts.exit_day),
        np.where(beyond, 0, counts.ending),
    )
    shape = (len(counts.patterns), horizon + 3, horizon + 2, len(ENDINGS))
    days = (parts[0], parts[1] - UNDATED, parts[2], parts[3])
    key = np.ravel_multi_index(tuple(part.astype(np.int64) for part in days), shape)
    _, first, cell = np.unique(key, return_index=True, return_inverse=True)
    shares = None
    if counts.cluster is not None:
        from scipy.sparse import coo_array

        held = (len(first), int(counts.cluster.max()) + 1)
        shares = coo_array((counts.n.astype(float), (cell, counts.cluster)), shape=held).tocsr()
    pattern, wrote, exit_day, ending = (part[first] for part in parts)
    together = replace(
        counts,
        pattern=pattern,
        follow_up_day=wrote,
        exit_day=exit_day,
        ending=ending,
        n=np.bincount(cell, counts.n).round().astype(np.int64),
        cluster=None,
    )
    return Bootstrap(together, shares)
