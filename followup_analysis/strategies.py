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
    n_answers, draws, patterns, _, days = answers.shape
    answers = np.ascontiguousarray(np.moveaxis(answers, (4, 3), (0, 1)))  # day by day
    unwritten = np.broadcast_to(weight, (draws, patterns)).copy()
    written = np.zeros_like(unwritten)
    answered = np.zeros((n_answers, draws, days))
    silent = np.zeros((draws, days))
    for day in range(days):
        before, after = answers[day]
        answered[..., day] = (unwritten * before + written * after).sum(axis=-1)
        unwritten = unwritten * np.maximum(1 - before.sum(axis=0), 0)
        written = written * np.maximum(1 - after.sum(axis=0), 0)
        if by_day is not None and day <= by_day:
            moved = unwritten * (1.0 if day == by_day else writing[..., day])
            unwritten, written = unwritten - moved, written + moved
        silent[:, day] = (unwritten + written).sum(axis=-1)
    return Outcome(answered.cumsum(axis=-1), silent)


def join(parts: list[Outcome]) -> Outcome:
    """Put the draws of several outcomes together."""
    return Outcome(
        np.concatenate([part.answered for part in parts], axis=1),
        np.concatenate([part.silent for part in parts]),
    )
