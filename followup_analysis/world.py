"""How employers decide and candidates write, day by day: what becomes of interviews, and why.

The convention owned here: day 0 is the interview; on each later day the employer may decide first,
knowing what had been sent by the end of the day before, and then the candidate may write.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import Any

import numpy as np

from .errors import FollowupError
from .history import ENDINGS

OPEN, YES, NO, WITHDRAWN = (ENDINGS.index(word) for word in ("open", "yes", "no", "withdrawn"))
_QUADRATURE_NODES = 40


@dataclass(frozen=True, kw_only=True)
class World:
    """How employers decide and when candidates write, in log-odds and whole days.

    The daily chance of an answer rises to a peak and falls again: on day d it is
    ``peak * (d / peak_day) * exp(1 - d / peak_day) + floor``, for an interview that went as usual
    (3 of 5) and after which nothing was sent.

    Parameters
    ----------
    effect_yes, effect_no : float
        What having written adds to the daily log-odds of a yes, and of a no.
    selection : float
        What each point of `went_well` adds to the daily log-odds of writing.
    hidden_selection : float
        What each unit of frailty, which no log shows, adds to them.
    yes_peak, yes_peak_day, yes_floor : float
        The daily chance of a yes.
    no_peak, no_peak_day, no_floor : float
        The daily chance of a no.
    rating_yes, rating_no : float
        What each point of `went_well` adds to the daily log-odds of a yes, and of a no.
    rating_shares : tuple of float
        Shares of the ratings 1, 2, 3, 4 and 5.
    frailty_sd : float
        Standard deviation, over companies, of the frailty: normal, added to the log-odds of a
        yes and taken from those of a no.
    more_per_company : float
        Mean number of interviews at a company beyond the first; Poisson.
    per_person : int
        Interviews of each person; with 0, all are of one.
    person_sd : float
        Standard deviation, over people, of what each adds to the frailty of all their companies:
        some interview well.
    withdrawal : float
        Daily chance that the candidate withdraws.
    habits : mapping of int to float
        Day -> log-odds of writing on that day.
    other_days : float
        Log-odds of writing on a day that `habits` does not name.
    last_day : int, days since the interview
        Nobody decides or writes after it.
    days_seen : tuple of int, days since the interview
        The log ends so many days after an interview: uniform from the first to the second.
    rated : float
        Share of the interviews for which stress and the sense of control are written down.
    stress_effect, control_effect : float
        What having written on an earlier day adds to each, on their scale from 0 to 10.
    """

    effect_yes: float = 0.0
    effect_no: float = 0.0
    selection: float = 0.45
    hidden_selection: float = 0.0
    yes_peak: float = 0.026
    yes_peak_day: float = 6.0
    yes_floor: float = 0.003
    no_peak: float = 0.020
    no_peak_day: float = 9.0
    no_floor: float = 0.005
    rating_yes: float = 0.45
    rating_no: float = -0.35
    rating_shares: tuple[float, ...] = (0.10, 0.20, 0.35, 0.25, 0.10)
    frailty_sd: float = 0.5
    more_per_company: float = 0.4
    per_person: int = 0
    person_sd: float = 0.0
    withdrawal: float = 0.0
    habits: Mapping[int, float] = field(
        default_factory=lambda: (
            {0: -1.25, 1: -0.75, 2: -1.7}
            | dict.fromkeys(range(3, 7), -2.6)
            | {7: -1.5, 14: -2.0, 21: -2.6}
        )
    )
    other_days: float = -3.4
    last_day: int = 60
    days_seen: tuple[int, int] = (5, 120)
    rated: float = 0.0
    stress_effect: float = 0.0
    control_effect: float = 0.0

    def answer_odds(self, rating: np.ndarray, frailty: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return what multiplies the odds of a yes and of a no, per interview."""
        yes = np.exp(self.rating_yes * (rating - 3) + frailty)
        return yes, np.exp(self.rating_no * (rating - 3) - frailty)

    def writing_odds(self, rating: np.ndarray, frailty: np.ndarray) -> np.ndarray:
        """Return what multiplies the odds of writing, per interview."""
        return np.exp(self.selection * (rating - 3) + self.hidden_selection * frailty)

    def daily_odds(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the odds of a yes, of a no and of writing, per day from 0 to `last_day`."""
        days = np.arange(self.last_day + 1)
        yes = _rise_and_fall(days, self.yes_peak, self.yes_peak_day, self.yes_floor)
        no = _rise_and_fall(days, self.no_peak, self.no_peak_day, self.no_floor)
        writing = np.exp([self.habits.get(int(day), self.other_days) for day in days])
        return yes / (1 - yes), no / (1 - no), writing


def make_world(**options: Any) -> World:
    """Make a world of the options, or say what is wrong with one of them."""
    known = [option.name for option in fields(World)]
    for name in options:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise FollowupError(
                f"a simulated world has no {name!r}.{hint} It has: {', '.join(known)}."
            )
    world = World(**options)
    _check(world)
    return world


def play_out(
    world: World,
    rng: np.random.Generator,
    *,
    went_well: np.ndarray,
    frailty: np.ndarray,
    days_seen: np.ndarray,
) -> dict[str, np.ndarray]:
    """Live through interviews day by day, until their answer or the last day seen.

    Parameters
    ----------
    world : World
        How employers decide and when candidates write.
    rng : numpy.random.Generator
        Where the chances come from.
    went_well, frailty, days_seen : numpy.ndarray
        One value per interview.

    Returns
    -------
    dict of str to numpy.ndarray
        ``follow_up_day`` (-1: never), ``exit_day`` and ``ending`` (place in ``ENDINGS``).
    """
    wrote_on = np.full(len(went_well), -1)
    exit_day = days_seen.copy()
    ending = np.full(len(went_well), OPEN)
    times_yes, times_no = world.answer_odds(went_well, frailty)
    times_writing = world.writing_odds(went_well, frailty)
    waiting = np.arange(len(went_well))
    for day, (yes, no, writing) in enumerate(zip(*world.daily_odds(), strict=True)):
        waiting = waiting[days_seen[waiting] >= day]
        if day > 0:
            wrote = wrote_on[waiting] >= 0
            chances = _answers(world, wrote, yes * times_yes[waiting], no * times_no[waiting])
            answer = _draw(rng, chances)
            decided = answer != OPEN
            ending[waiting[decided]] = answer[decided]
            exit_day[waiting[decided]] = day
            waiting = waiting[~decided]
        silent = waiting[wrote_on[waiting] < 0]
        odds = writing * times_writing[silent]
        wrote_on[silent[rng.random(len(silent)) < odds / (1 + odds)]] = day
    return {"follow_up_day": wrote_on, "exit_day": exit_day, "ending": ending}


def true_effect(*, by_day: int = 2, horizon: int = 30, **world: Any) -> dict[str, float]:
    """Compute, without simulating, what writing by a day does in a world.

    The first strategy is to write by `by_day` if no answer has come: by the world's own habits
    before that day, and on that day for certain. The second is never to write.

    Parameters
    ----------
    by_day : int, days since the interview
        The last day on which the first strategy writes.
    horizon : int, days since the interview
        Answers up to this day count.
    **world
        Fields of `World`.

    Returns
    -------
    dict of str to float
        ``risk_yes_early``, ``risk_yes_never``, ``risk_difference`` and ``risk_ratio`` of a yes
        by the horizon; ``difference_no`` and ``difference_silent`` (no answer by then);
        ``restricted_mean_early`` and ``restricted_mean_never``, the mean number of days without
        an answer up to the horizon, and ``days_saved``, the second less the first.

    Raises
    ------
    FollowupError
        When the world has no such field, or one of its values is impossible.

    Examples
    --------
    >>> from followup_analysis.world import true_effect
    >>> effect = true_effect(effect_yes=0.47)
    >>> round(effect["risk_ratio"], 2), round(effect["days_saved"], 1)
    (1.3, 2.1)
    """
    made = make_world(**world)
    if not 0 <= by_day <= horizon:
        raise FollowupError(f"by_day must be from 0 to the horizon of {horizon} days.")
    yes_early, no_early, open_early, mean_early = _strategy(made, by_day, horizon)
    yes_never, no_never, open_never, mean_never = _strategy(made, None, horizon)
    return {
        "risk_yes_early": yes_early,
        "risk_yes_never": yes_never,
        "risk_difference": yes_early - yes_never,
        "risk_ratio": yes_early / yes_never if yes_never else math.nan,
        "difference_no": no_early - no_never,
        "difference_silent": open_early - open_never,
        "restricted_mean_early": mean_early,
        "restricted_mean_never": mean_never,
        "days_saved": mean_never - mean_early,
    }


def _check(world: World) -> None:
    for kind in ("yes", "no"):
        parts = ("peak", "peak_day", "floor")
        peak, day, floor = (getattr(world, f"{kind}_{part}") for part in parts)
        if min(peak, floor) < 0 or peak + floor >= 1 or day <= 0:
            raise FollowupError(
                f"{kind}_peak and {kind}_floor are daily chances: give values from 0 that "
                f"together stay below 1, and a {kind}_peak_day above 0."
            )
    if len(world.rating_shares) != 5 or abs(sum(world.rating_shares) - 1) > 1e-9:
        raise FollowupError("rating_shares must be five shares, for 1 to 5, that add up to 1.")
    if not 0 <= world.days_seen[0] <= world.days_seen[1]:
        raise FollowupError("days_seen must be the fewest and the most days, such as (5, 120).")
    if not 0 <= world.withdrawal < 1 or world.frailty_sd < 0 or world.more_per_company < 0:
        raise FollowupError(
            "withdrawal must be a daily chance below 1; frailty_sd and more_per_company "
            "cannot be negative."
        )
    if world.per_person < 0 or world.person_sd < 0 or (world.person_sd and not world.per_person):
        raise FollowupError(
            "per_person is how many interviews each person has, such as 10; person_sd, how much "
            "people differ, needs it. Neither can be negative."
        )
    if not 0 <= world.rated <= 1:
        raise FollowupError("rated must be a share of the interviews, from 0 to 1.")


def _rise_and_fall(days: np.ndarray, peak: float, peak_day: float, floor: float) -> np.ndarray:
    return peak * (days / peak_day) * np.exp(1 - days / peak_day) + floor


def _answers(
    world: World, wrote: np.ndarray | bool, yes: np.ndarray, no: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Turn the odds of one day into chances, scaled where they add up to more than 1."""
    yes = yes * np.where(wrote, np.exp(world.effect_yes), 1.0)
    no = no * np.where(wrote, np.exp(world.effect_no), 1.0)
    chances = yes / (1 + yes), no / (1 + no), np.full(len(yes), world.withdrawal)
    scale = np.maximum(1.0, chances[0] + chances[1] + chances[2])
    return tuple(chance / scale for chance in chances)


def _draw(rng: np.random.Generator, chances: tuple[np.ndarray, ...]) -> np.ndarray:
    yes, no, withdrawn = chances
    chance = rng.random(len(yes))
    bounds = [chance < yes, chance < yes + no, chance < yes + no + withdrawn]
    return np.select(bounds, [YES, NO, WITHDRAWN], OPEN)


def _strategy(world: World, by_day: int | None, horizon: int) -> tuple[float, float, float, float]:
    """Chances of a yes, a no and no answer by the horizon, and mean days without an answer.

    A recursion over the days, for every rating and every node of a Gauss-Hermite rule over the
    frailty. The share that is open moves from unwritten to written as the strategy says.
    """
    rating, frailty, weight = _kinds_of_interview(world)
    times_yes, times_no = world.answer_odds(rating, frailty)
    times_writing = world.writing_odds(rating, frailty)
    unwritten, written = np.ones(len(weight)), np.zeros(len(weight))
    said_yes, said_no = np.zeros(len(weight)), np.zeros(len(weight))
    mean_days = 0.0
    odds = list(zip(*world.daily_odds(), strict=True))
    for day in range(horizon + 1):
        yes, no, writing = odds[day] if day < len(odds) else (0.0, 0.0, 0.0)
        if day > 0:
            mean_days += float(weight @ (unwritten + written))  # the survival of the day before
        if 0 < day < len(odds):
            for share, wrote in ((unwritten, False), (written, True)):
                chances = _answers(world, wrote, yes * times_yes, no * times_no)
                said_yes += share * chances[0]
                said_no += share * chances[1]
                share *= 1 - sum(chances)
        if by_day is not None and day <= by_day:
            habit = writing * times_writing
            moved = unwritten * (1.0 if day == by_day else habit / (1 + habit))
            unwritten, written = unwritten - moved, written + moved
    still = weight @ (unwritten + written)
    return float(weight @ said_yes), float(weight @ said_no), float(still), float(mean_days)


def _kinds_of_interview(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every rating with every node of the frailty, and the share of each."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(_QUADRATURE_NODES)
    rating = np.repeat(np.arange(1, 6), len(nodes))
    frailty = np.tile(math.hypot(world.frailty_sd, world.person_sd) * nodes, 5)
    return rating, frailty, np.outer(world.rating_shares, weights / weights.sum()).ravel()
