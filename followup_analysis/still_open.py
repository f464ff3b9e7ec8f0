"""Tally -> those still open at the end of a day, written to or not, in the log and in logs like it.

The convention owned here: a drawn log is the log with Poisson counts, clusters drawn whole. Whoever
followed up on an unknown day is in none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .tally import UNDATED, Tally


@dataclass(frozen=True)
class StillOpen:
    """Those still open at the end of a day.

    `n` has the shape (1 + replicates, patterns, 2, days, 4): the log itself and those drawn from
    it; not yet written to, and written to; by days from the landmark to the exit, those who stay
    beyond the horizon last; by ending. `n_writing_later` are those not yet written to who will be.
    """

    day: int
    horizon: int
    n: np.ndarray
    n_writing_later: float

    @property
    def sizes(self) -> np.ndarray:
        """Episodes per replicate, pattern and group."""
        return self.n.sum(axis=(-1, -2))


def count_open(counts: Tally, day: int, horizon: int, replicates: int, seed: int) -> StillOpen:
    """Count those still open at the end of a day, and draw logs like them.

    Parameters
    ----------
    counts : Tally
        The counts; its clusters, if any, are drawn whole.
    day, horizon : int, days since the interview
        The landmark, and the last day that is looked at.
    replicates : int
        Logs to draw.
    seed : int
        Seed of the draws.

    Returns
    -------
    StillOpen
    """
    wrote, exits = counts.follow_up_day, counts.exit_day.astype(np.int64)
    still = (exits > day) & (wrote != UNDATED)
    left = np.minimum(exits, horizon + 1) - day - 1
    ending = np.where(exits > horizon, 0, counts.ending)
    already = (wrote >= 0) & (wrote <= day)
    shape = (len(counts.patterns), 2, horizon - day + 1, 4)
    place = (counts.pattern, already.astype(np.int64), left, ending)
    key = np.ravel_multi_index(tuple(part[still] for part in place), shape)
    n = counts.n[still].astype(float)
    observed = np.bincount(key, n, minlength=int(np.prod(shape)))
    cluster = None if counts.cluster is None else counts.cluster[still]
    rng = np.random.default_rng([seed, day])
    drawn = _draw(observed, key, n, cluster, replicates, rng)
    later = still & (wrote > day) & (wrote <= horizon)
    everyone = np.concatenate([observed[None], drawn.T])
    return StillOpen(
        day, horizon, everyone.reshape(len(everyone), *shape), float(counts.n[later].sum())
    )


def _draw(
    observed: np.ndarray,
    key: np.ndarray,
    n: np.ndarray,
    cluster: np.ndarray | None,
    replicates: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Poisson bootstrap of the counts, clusters drawn whole: (states, replicates)."""
    if cluster is None:
        return rng.poisson(observed[:, None], (len(observed), replicates)).astype(float)
    from scipy.sparse import coo_array

    times = rng.poisson(1.0, (int(cluster.max(initial=0)) + 1, replicates)).astype(float)
    return coo_array((n, (key, cluster)), shape=(len(observed), len(times))) @ times
