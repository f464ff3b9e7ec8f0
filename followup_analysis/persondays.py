"""Tally -> person-days by pattern, before and after the follow-up, for many columns of counts.

The convention owned here: the last axis is the replicate. The log itself is replicate 0 of one;
bootstrap replicates are other weights on the same cells, never copies of rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .tally import UNDATED, Tally


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
    known = counts.follow_up_day != UNDATED
    n = (counts.n[:, None] if n is None else n)[known]
    pattern, ending = counts.pattern[known], counts.ending[known]
    exits = np.minimum(counts.exit_day[known], horizon + 1)
    wrote = counts.follow_up_day[known]
    wrote = np.where((wrote < 0) | (wrote > horizon), horizon + 1, wrote)
    shape = (len(counts.patterns), horizon + 2, n.shape[1])

    def on_day(day: np.ndarray, which: np.ndarray) -> np.ndarray:
        return _sum_by(pattern[which] * shape[1] + day[which], n[which], shape)

    everyone = np.ones(len(pattern), dtype=bool)
    after = wrote < exits
    left = {False: on_day(exits, ~after), True: on_day(exits, after)}
    written = on_day(wrote, after)
    n_open = _from_day_on(left[False] + left[True])
    entered = np.roll(written, 1, axis=1).cumsum(axis=1)  # nobody writes on the last column
    n_after = entered - np.roll(left[True].cumsum(axis=1), 1, axis=1) * _not_first(shape[1])
    answers = [
        np.stack([on_day(exits, (ending == code) & (after == a)) for a in (False, True)], axis=1)
        for code in (1, 2, 3)
    ]
    answered = np.sum(answers, axis=0)
    # Whoever is censored on a day could still have written on it.
    writes = on_day(wrote, (wrote <= exits) & (wrote <= horizon))
    n_silent = (n_open - n_after) - answered[:, 0]
    cut = slice(None, -1)
    return PersonDays(
        np.stack([n_open - n_after, n_after], axis=1)[:, :, cut],
        np.stack(answers)[:, :, :, cut],
        n_silent[:, cut],
        writes[:, cut],
        on_day(np.zeros_like(exits), everyone)[:, 0],
    )


def _sum_by(key: np.ndarray, n: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    out = np.zeros((shape[0] * shape[1], shape[2]))
    if len(key):
        order = np.argsort(key, kind="stable")
        rows, starts = np.unique(key[order], return_index=True)
        out[rows] = np.add.reduceat(n[order], starts, axis=0)
    return out.reshape(shape)


def _from_day_on(left: np.ndarray) -> np.ndarray:
    return left[:, ::-1].cumsum(axis=1)[:, ::-1]


def _not_first(days: int) -> np.ndarray:
    return (np.arange(days) > 0)[None, :, None]


def bootstrap_weights(counts: Tally, replicates: int, rng: np.random.Generator) -> np.ndarray:
    """Weights of a Poisson bootstrap: (cells, replicates).

    Whole clusters are drawn together; without clusters each episode is drawn by itself.
    """
    if counts.cluster is None:
        return rng.poisson(counts.n[:, None], (len(counts.n), replicates)).astype(float)
    drawn = rng.poisson(1.0, (int(counts.cluster.max(initial=0)) + 1, replicates))
    return counts.n[:, None] * drawn[counts.cluster].astype(float)
