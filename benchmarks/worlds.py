"""Worlds whose truth is known, and the truth of what each estimator claims to estimate.

The convention owned here: a truth comes from a recursion over the days, never from a simulation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from followup_analysis.world import World, make_world, true_effect
from followup_analysis.world import _answers as answers_of
from followup_analysis.world import _kinds_of_interview as kinds_of_interview

HELPS = float(np.log(1.6))
_HABITS = World().habits


@dataclass(frozen=True)
class Setting:
    """A world, what it is there for, and the sizes of log that are drawn from it."""

    what: str
    sizes: tuple[int, ...]
    options: dict[str, Any] = field(default_factory=dict)
    marked: bool = False

    @property
    def logs(self) -> int:
        """How many logs of each size: more where the results are held to marks."""
        return 500 if self.marked else 200

    @property
    def without_effect(self) -> bool:
        """Whether having written changes nothing in it."""
        return not (self.options.get("effect_yes") or self.options.get("effect_no"))


_OTHER_SHAPE = {
    "yes_peak_day": 12.0,
    "no_peak_day": 3.0,
    "habits": {**_HABITS, 10: -1.0},
    "frailty_sd": 1.0,
}

SETTINGS = {
    "A": Setting(
        "Writing does nothing; people write after good interviews.",
        (30, 100, 300, 1000), marked=True,
    ),
    "B": Setting(
        "As A, but having written multiplies the daily odds of a yes by 1.6.",
        (30, 100, 300, 1000), {"effect_yes": HELPS}, marked=True,
    ),
    "C": Setting(
        "Assumptions fail: a no comes soonest on day 3 and a yes on day 12, many write on day 10, "
        "and companies differ twice as much in what no log shows. Writing does nothing.",
        (30, 100, 300, 1000), _OTHER_SHAPE,
    ),
    "D": Setting(
        "As C, but having written multiplies the daily odds of a yes by 1.6.",
        (30, 100, 300, 1000), {**_OTHER_SHAPE, "effect_yes": HELPS},
    ),
    "E": Setting(
        "Hidden confounding: as A, but people also write after interviews of which they know "
        "something good that the log does not. Writing does nothing.",
        (100, 1000), {"hidden_selection": 2.0},
    ),
    "F": Setting(
        "A pure speed-up: having written multiplies the daily odds of a yes and of a no by 1.4.",
        (100, 1000), {"effect_yes": float(np.log(1.4)), "effect_no": float(np.log(1.4))},
    ),
}  # fmt: skip


def truths(world: str, *, by_day: int = 2, horizon: int = 30, last_trial: int = 7) -> dict:
    """Compute what each kind of estimate should be.

    Returns
    -------
    dict of str to float
        ``strategies`` (write by `by_day` against never), ``days_saved`` by the same, ``trials``
        (write today against never, over the trials), ``landmark`` (written by `by_day` against
        not yet, of those open then), and ``nothing``, which is 0 where writing does nothing.
    """
    options = SETTINGS[world].options
    effect = true_effect(by_day=by_day, horizon=horizon, **options)
    made, nothing = make_world(**options), SETTINGS[world].without_effect
    return {
        "strategies": effect["risk_difference"],
        "days_saved": effect["days_saved"],
        "trials": _of_trials(made, last_trial, horizon),
        "landmark": 0.0 if nothing else _of_landmark(made, by_day, horizon),
        "nothing": 0.0 if nothing else np.nan,
    }


class _Kinds:
    """Every rating with every frailty: their shares, open and unwritten or written, by day."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rating, frailty, self.unwritten = kinds_of_interview(world)
        self.written = np.zeros_like(self.unwritten)
        self._times = world.answer_odds(self.rating, frailty)
        self._odds = list(zip(*world.daily_odds(), strict=True))
        self._times_writing = world.writing_odds(self.rating, frailty)

    def answer(self, day: int) -> np.ndarray:
        """Let employers answer; return the share that got a yes."""
        yes, no, _ = self._odds[day]
        said_yes = np.zeros_like(self.unwritten)
        for share, wrote in ((self.unwritten, False), (self.written, True)):
            chances = answers_of(self.world, wrote, yes * self._times[0], no * self._times[1])
            said_yes += share * chances[0]
            share *= 1 - sum(chances)
        return said_yes

    def write(self, day: int) -> None:
        """Let candidates write as they do."""
        odds = self._odds[day][2] * self._times_writing
        moved = self.unwritten * odds / (1 + odds)
        self.unwritten, self.written = self.unwritten - moved, self.written + moved

    def yes_within(
        self, unwritten: np.ndarray, written: np.ndarray, days: range, *, writing: bool = False
    ) -> np.ndarray:
        """Start anew from these shares and return the chance of a yes within the days."""
        self.unwritten, self.written = unwritten.copy(), written.copy()
        said_yes = np.zeros_like(unwritten)
        for day in days:
            said_yes += self.answer(day)
            if writing:
                self.write(day)
        return said_yes


def _lived_until(world: World, day: int) -> _Kinds:
    """Everybody on the evening of a day, before that evening's writing."""
    kinds = _Kinds(world)
    for earlier in range(day):
        if earlier:
            kinds.answer(earlier)
        kinds.write(earlier)
    if day:
        kinds.answer(day)
    return kinds


def _of_trials(world: World, last_trial: int, horizon: int) -> float:
    """Average over the trials by who is eligible: open and not written to that evening."""
    total, difference = 0.0, 0.0
    for day in range(last_trial + 1):
        kinds = _lived_until(world, day)
        eligible, nobody = kinds.unwritten, np.zeros_like(kinds.unwritten)
        days = range(day + 1, min(day + horizon, world.last_day) + 1)
        wrote = kinds.yes_within(nobody, eligible, days)
        difference += float((wrote - kinds.yes_within(eligible, nobody, days)).sum())
        total += float(eligible.sum())
    return difference / total


def _of_landmark(world: World, by_day: int, horizon: int) -> float:
    """Average over the ratings of those open: written to by the day, and not yet."""
    kinds = _lived_until(world, by_day)
    kinds.write(by_day)
    unwritten, written = kinds.unwritten, kinds.written
    nobody, days = np.zeros_like(written), range(by_day + 1, min(horizon, world.last_day) + 1)
    later = kinds.yes_within(unwritten, nobody, days, writing=True)
    sooner = kinds.yes_within(nobody, written, days)

    _, rating = np.unique(kinds.rating, return_inverse=True)

    def by_rating(values: np.ndarray) -> np.ndarray:
        return np.bincount(rating, values)

    weight = by_rating(unwritten + written)
    difference = by_rating(sooner) / by_rating(written) - by_rating(later) / by_rating(unwritten)
    return float(weight @ difference / weight.sum())
