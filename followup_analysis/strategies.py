"""Daily chances -> what would come of writing by day k, and of never writing (the g-formula).

The convention owned here: within a day the answer comes first. "Write by day k" means writing on
the days before k as people do, and on day k for certain if no answer has come.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Outcome:
    """What a strategy leads to by the horizon.

    Parameters
    ----------
    answered : numpy.ndarray of shape (answers, draws, days)
        Chance of a yes, a no and a withdrawal by each day.
    silent : numpy.ndarray of shape (draws, days)
        Chance of no answer by the end of each day.
    """

    answered: np.ndarray
    silent: np.ndarray

    @property
    def yes(self) -> np.ndarray:
        """Chance of a yes by the horizon, per draw."""
        return self.answered[0, :, -1]

    @property
    def no(self) -> np.ndarray:
        """Chance of a no by the horizon, per draw."""
        return self.answered[1, :, -1]

    @property
    def mean_wait(self) -> np.ndarray:
        """Mean days without a yes or a no up to the horizon, per draw.

        Who withdraws has no answer, and waits to the horizon.
        """
        return (1 - self.answered[:2].sum(axis=0))[:, :-1].sum(axis=-1)


def follow_strategy(
    answers: np.ndarray, writing: np.ndarray, weight: np.ndarray, by_day: int | None
) -> Outcome:
    """Play a strategy through, day by day, with chances instead of dice.

    Parameters
    ----------
    answers : numpy.ndarray of shape (answers, draws, patterns, 2, days)
        Daily chances, not yet written and written.
    writing : numpy.ndarray of shape (draws, patterns, days)
        Daily chances of writing, for the days before `by_day`.
    weight : numpy.ndarray of shape (draws, patterns)
        Share of each pattern.
    by_day : int or None, days since the interview
        Last day of writing; None for never.

    Returns
    -------
    Outcome

    References
    ----------
    Robins (1986), Mathematical Modelling 7, 1393-1512.
    """
    days = answers.shape[-1]
    stays = np.maximum(1 - answers.sum(axis=0), 0)
    at_risk = np.zeros_like(stays)  # when the day begins: (draws, patterns, 2, days)
    unwritten, written = np.broadcast_to(weight, stays.shape[:2]), np.zeros(stays.shape[:2])
    so_far = 0 if by_day is None else min(by_day + 1, days)
    for day in range(so_far):
        at_risk[..., day] = np.stack([unwritten, written], axis=-1)
        still = unwritten * stays[..., 0, day]
        moved = still * (1.0 if day == by_day else writing[..., day])
        unwritten, written = still - moved, written * stays[..., 1, day] + moved
    # From then on nobody begins to write.
    at_risk[..., so_far:] = np.stack([unwritten, written], axis=-1)[..., None]
    at_risk[..., so_far + 1 :] *= stays[..., so_far:-1].cumprod(axis=-1)
    answered = np.einsum("adpwt,dpwt->adt", answers, at_risk)
    silent = np.einsum("dpwt,dpwt->dt", stays, at_risk)
    return Outcome(answered.cumsum(axis=-1), silent)


def join(parts: list[Outcome]) -> Outcome:
    """Put the draws of several outcomes together."""
    return Outcome(
        np.concatenate([part.answered for part in parts], axis=1),
        np.concatenate([part.silent for part in parts]),
    )
