"""Fitted chances against what came soon after a follow-up -> whether its push lasts as assumed.

The convention owned here: soon is within three days of writing. The models let a follow-up count
the same on each day after it; of all that they assume it is what a log can best speak against.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .draws import Drawn
from .history import ENDINGS
from .tally import Tally

_UNLIKE_THE_LOG = (
    "But this takes a follow-up to count the same on each day after it, which your log speaks "
    "against: see the notes before you use it."
)
_SOON = 3
_FAR = 3.0  # standard errors: by chance alone once in 370 logs


def if_it_wears_off(drawn: Drawn) -> tuple[str, ...]:
    """Tell of the yes soon after a follow-up where they are not those of a push that lasts.

    Parameters
    ----------
    drawn : Drawn
        A log with its models.

    Returns
    -------
    tuple of str
        A note, or nothing where the log agrees.
    """
    return not_lasting(drawn.counts, drawn.chances.fitted()[0][0, 0, :, 1])


def not_lasting(
    counts: Tally, chance: np.ndarray, answers: Sequence[str] = ("yes",)
) -> tuple[str, ...]:
    """Tell of the answers soon after a follow-up, given the fitted chances.

    Parameters
    ----------
    counts : Tally
        The log.
    chance : numpy.ndarray of shape (patterns, days)
        The chance of the answer on each day after a follow-up.
    answers : sequence of str
        The endings that the chance is of.

    Returns
    -------
    tuple of str
        A note, or nothing where the log agrees.

    Notes
    -----
    The fit has as many answers on all days after a follow-up as the log, or nearly so. Given their
    sum, what falls on the first days varies by ``V_soon V_late / (V_soon + V_late)``, with V the
    sum of p (1 - p) over the person-days.
    """
    came, expected, spread = _soon_after(counts, chance, [ENDINGS.index(a) for a in answers])
    if not spread or abs(came - expected) < _FAR * np.sqrt(spread):
        return ()
    does = "wears off" if came > expected else "takes its time"
    told = " or ".join(answers)
    return (
        f"Within {_SOON} days of a follow-up came {came:,} {told}, where a follow-up that counts "
        f"the same on each day after it would have {expected:,.0f}: its push {does}, and the "
        "estimate may be far off. timing_curve shows it by day; clone_censor_weight does not "
        "assume it.",
    )


def doubts(notes: Sequence[str]) -> tuple[str, ...]:
    """Such notes, among those of a result."""
    return tuple(note for note in notes if ": its push " in note)


def with_doubt(sentence: str, notes: tuple[str, ...]) -> str:
    """Say in the sentence itself that there is such a note."""
    return f"{sentence} {_UNLIKE_THE_LOG}" if notes else sentence


def _soon_after(
    counts: Tally, chance: np.ndarray, codes: Sequence[int]
) -> tuple[int, float, float]:
    """Answers soon after a follow-up: in the log, as fitted, and the difference's variance."""
    wrote = counts.follow_up_day >= 0
    pattern, first = counts.pattern[wrote], counts.follow_up_day[wrote]
    exits, ending, n = counts.exit_day[wrote], counts.ending[wrote], counts.n[wrote]
    late_by = first + _SOON
    last = chance.shape[1] - 1

    # Sums up to a day of what is expected, and of its variance.
    sums = np.zeros((2, len(chance), last + 2))
    np.cumsum([chance, chance * (1 - chance)], axis=-1, out=sums[..., 1:])
    sums, row = sums.reshape(2, -1), pattern * (last + 2) + 1
    until = (np.minimum(np.minimum(day, exits), last) for day in (first, late_by, exits))
    at_first, by_then, in_all = (sums.take(row + day, axis=1) @ n.astype(float) for day in until)

    (expected, soon), late = by_then - at_first, (in_all - by_then)[1]
    told = np.zeros(len(ENDINGS), dtype=bool)
    told[codes] = True
    came = told[ending] & (exits > first) & (exits <= np.minimum(late_by, last))
    spread = soon * late / (soon + late) if soon and late else 0.0
    return int(n[came].sum()), float(expected), float(spread)
