"""Drawn models -> how much sooner an answer comes to those who write, and which answer.

The convention owned here: the days of those who still wait count too. The mean of the waits that
ended would make whoever writes look slow, since a long wait is what makes people write.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .covariates import tally_for_model
from .draws import as_table, draw_log, summarise
from .effect import assumptions, check_days, not_recorded, without_contrast
from .history import ENDINGS
from .intervals import check_drawn
from .log import count
from .result import Result
from .strategies import Outcome
from .survival import Source
from .tally import Tally
from .trust import percent_of
from .waning import if_it_wears_off, with_doubt
from .wording import decimals, signed


def speed_up(
    source: Source,
    *,
    by_day: int = 2,
    horizon: int = 30,
    adjust: Sequence[str] | None = None,
    level: float = 0.95,
    draws: int = 400,
    seed: int = 0,
) -> Result:
    """Estimate the days saved until a yes or a no by writing by a day, against never writing.

    Parameters
    ----------
    source : JobSearchLog, pandas.DataFrame or Tally
        As for `follow_up_effect`.
    by_day : int, days since the interview
        The last day of writing.
    horizon : int, days since the interview
        Waits are counted up to this day.
    adjust : sequence of str, optional
        As for `follow_up_effect`.
    level : float
        Probability inside the intervals.
    draws : int
        Draws from the posterior.
    seed : int
        Seed of the draws.

    Returns
    -------
    Result
        One row per ``quantity``: ``days_saved`` (restricted mean wait until a yes or a no; who
        withdraws has none, and waits to the horizon), ``days_saved_yes`` and ``days_saved_no``
        (how much of it is yes come sooner, and no),
        ``difference_yes``, ``difference_no``, and ``odds_ratio_yes_among_answered``: a pure
        speed-up moves both answers and leaves this at 1.

    Raises
    ------
    ColumnError, FollowupError
        As `follow_up_effect`.

    Examples
    --------
    >>> import followup_analysis as fa
    >>> result = speed_up(fa.simulate_log(60, seed=1))
    >>> result.table["quantity"].tolist()[:3]
    ['days_saved', 'days_saved_yes', 'days_saved_no']
    """
    check_drawn(level, draws, "draws")
    check_days(by_day, horizon)
    counts = tally_for_model(source, adjust, people=True)
    if few := without_contrast(counts, f"Days saved by writing by day {by_day}"):
        return few
    drawn = draw_log(counts, horizon, draws, np.random.default_rng(seed))
    quantities = _quantities(*drawn.play(by_day, None))
    known = summarise(quantities, level, _quantities(*drawn.play_fit(by_day, None)))
    days = known["days_saved"]
    word = "sooner" if days["estimate"] >= 0 else "later"
    digits = decimals(days["conf_low"], days["conf_high"], 1)
    low, high = (signed(days[end], digits) for end in ("conf_low", "conf_high"))
    tells = days["conf_low"] > 0 or days["conf_high"] < 0
    told = (
        f"Writing by day {by_day}, against never writing: an answer comes "
        f"{abs(days['estimate']):.{digits}f} days {word}, counting waits of up to {horizon} days "
        f"({percent_of(level)} {low} to {high} days saved). "
        + ("That is more than chance" if tells else "Your log cannot tell")
        + f" ({count(counts.n_episodes, 'interview')})."
    )
    worn = if_it_wears_off(drawn)
    return Result(
        with_doubt(told, worn),
        as_table(known),
        (
            *assumptions(drawn.chances.terms),
            *not_recorded(counts),
            *worn,
            *_withdrawn(counts),
            "More yes by a day can mean sooner, not more: see the odds of yes among the answered.",
            *counts.notes,
        ),
        chart="speed_up",
        alt="Dots with intervals: days saved in all, by a sooner yes and by a sooner no.",
    )


def _withdrawn(counts: Tally) -> tuple[str, ...]:
    n = int(counts.n[counts.ending == ENDINGS.index("withdrawn")].sum())
    if not n:
        return ()
    return (f"{count(n, 'withdrawal')}: no answer came, so the wait goes on to the horizon.",)


def _quantities(early: Outcome, never: Outcome) -> dict[str, np.ndarray]:
    saved = (early.answered - never.answered)[:, :, :-1].sum(axis=-1)
    odds = (early.yes / early.no) / (never.yes / never.no)
    return {
        "days_saved": never.mean_wait - early.mean_wait,
        "days_saved_yes": saved[0],
        "days_saved_no": saved[1],
        "difference_yes": early.yes - never.yes,
        "difference_no": early.no - never.no,
        "odds_ratio_yes_among_answered": odds,
    }
