"""Tally -> what the naive chart would show if following up did nothing.

The convention owned here: without an effect the day of the follow-up and the day of the answer
know of each other only through what was known at the start. Their chances are therefore multiplied,
and whole logs are drawn from the products.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .chances import fit_chances
from .covariates import terms_of
from .persondays import count_person_days
from .tally import Tally


def draw_logs(
    counts: Tally,
    bins: Sequence[tuple[int, int]],
    horizon: int,
    replicates: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw logs like this one, but in which following up does nothing.

    Parameters
    ----------
    counts : Tally
        The log, by what is to be adjusted for.
    bins : sequence of (int, int)
        First and last day of the follow-up, for each bin; "never" is added after the last.
    horizon : int, days since the interview
        Last day.
    replicates : int
        How many logs.
    rng : numpy.random.Generator
        Where the chances come from.

    Returns
    -------
    n_event : numpy.ndarray of shape (replicates, bins + 1, 3, horizon + 1)
        Yes, no and withdrawn by day of the answer.
    n_lost : numpy.ndarray of shape (replicates, bins + 1, horizon + 1)
        Open on the last day of the log; on the last of the days also those open after it.
    """
    person_days = count_person_days(counts, horizon)
    n_start = person_days.n_start[:, 0]
    terms = terms_of(counts.patterns, n_start, person_days.days)
    chances = fit_chances(person_days, terms, effect=False)
    answers, writing = chances.fitted()
    exits = _exit_chances(answers[:, 0, :, 0], _chance_of_loss(counts, horizon))
    writes = _writing_days(writing[0])
    joint = _joint(exits, writes, bins)
    share = np.einsum("p,pbet->bet", n_start / n_start.sum(), joint)
    n = rng.multinomial(round(n_start.sum()), share.ravel(), size=replicates)
    n = n.reshape(replicates, *share.shape)
    return n[:, :, 1:], n[:, :, 0]


def _chance_of_loss(counts: Tally, horizon: int) -> np.ndarray:
    """Daily chance that the log ends for an episode that is still open that evening."""
    days = horizon + 1
    exits = np.minimum(counts.exit_day, days)
    left = np.bincount(exits, counts.n, minlength=days + 1)
    lost = np.bincount(exits, counts.n * (counts.ending == 0), minlength=days + 1)[:days]
    still = left[::-1].cumsum()[::-1][:days] - (left[:days] - lost)
    return np.divide(lost, still, out=np.zeros(days), where=still > 0)


def _exit_chances(answers: np.ndarray, lost: np.ndarray) -> np.ndarray:
    """Chance of each ending on each day: (patterns, open + 3 answers, days)."""
    stays = np.maximum(1 - answers.sum(axis=0), 0)
    evening = np.cumprod(stays * (1 - lost), axis=-1)
    morning = np.concatenate([np.ones((len(stays), 1)), evening[:, :-1]], axis=-1)
    out = np.zeros((len(stays), 4, len(lost)))
    out[:, 0] = morning * stays * lost
    out[:, 0, -1] += evening[:, -1]  # watched throughout and open after the last day
    out[:, 1 : 1 + len(answers)] = (morning * answers).swapaxes(0, 1)
    return out / out.sum(axis=(1, 2), keepdims=True)


def _writing_days(writing: np.ndarray) -> np.ndarray:
    """Chance that the follow-up, if no answer comes, falls on each day: (patterns, days)."""
    not_yet = np.cumprod(1 - writing, axis=-1)
    return writing * np.concatenate([np.ones((len(writing), 1)), not_yet[:, :-1]], axis=-1)


def _joint(exits: np.ndarray, writes: np.ndarray, bins: Sequence[tuple[int, int]]) -> np.ndarray:
    """Chance of each bin, ending and day: (patterns, bins + 1, 4, days)."""
    patterns, endings, days = exits.shape
    out = np.zeros((patterns, len(bins) + 1, endings, days))
    for place, (first, last) in enumerate(bins):
        inside = np.where((np.arange(days) >= first) & (np.arange(days) <= last), writes, 0)
        by_evening = inside.cumsum(axis=-1)
        by_morning = by_evening - inside
        # Whoever is answered on a day cannot have written on it before; whoever is open could.
        out[:, place, 0] = by_evening * exits[:, 0]
        out[:, place, 1:] = by_morning[:, None] * exits[:, 1:]
    out[:, -1] = exits - out[:, :-1].sum(axis=1)
    return np.maximum(out, 0)
