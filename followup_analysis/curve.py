"""Drawn models -> how the effect runs with the day of writing, and with the days since.

The convention owned here: a band around a curve holds the whole curve at once, so that the best of
fifteen days is not mistaken for a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from .chances import answer_design, tally_for_model, terms_of
from .draws import draw_log
from .effect import assumptions, check_days, without_contrast
from .hazard import fit_logistic
from .intervals import normal_quantile
from .persondays import count_person_days
from .result import Result
from .survival import Source
from .tally import Tally
from .trust import percent_of

_PIECES = ((1, 2), (3, 5), (6, 10), (11, None))  # days since writing


def timing_curve(
    source: Source,
    *,
    last_day: int = 14,
    horizon: int = 30,
    adjust: Sequence[str] | None = None,
    withdrawn: Literal["compete", "censor"] = "compete",
    level: float = 0.95,
    draws: int = 400,
    seed: int = 0,
) -> Result:
    """Follow the effect of writing over the day by which it is done, and over the days since.

    Parameters
    ----------
    source : JobSearchLog, pandas.DataFrame or Tally
        As for `follow_up_effect`.
    last_day : int, days since the interview
        The curve runs over writing by day 0, 1, ... to this day.
    horizon : int, days since the interview
        Answers up to this day count.
    adjust : sequence of str, optional
        As for `follow_up_effect`.
    withdrawn : {"compete", "censor"}
        A withdrawal is a third ending, or the end of what is known of the episode.
    level : float
        Probability that the band holds the whole curve.
    draws : int
        Draws from the posterior.
    seed : int
        Seed of the draws.

    Returns
    -------
    Result
        Rows of ``kind`` "by_day": the difference in the chance of a yes between writing by
        ``day`` and never writing, with a simultaneous band. Rows of ``kind`` "since_writing": the
        log-odds ratio of a yes ``day`` to ``last_day`` days after writing, against days without,
        each with an interval of its own. They tell whether the memory of you fades.

    Raises
    ------
    ColumnError
        When a column of `adjust` is not there.
    FollowupError
        When `last_day` is not between 0 and the horizon.

    References
    ----------
    Montiel Olea and Plagborg-Moller (2019), Journal of Applied Econometrics 34, 1-17 (the band).

    Examples
    --------
    >>> import followup_analysis as fa
    >>> result = timing_curve(fa.simulate_log(60, seed=1), last_day=3)
    >>> result.table.query("kind == 'by_day'")["day"].tolist()
    [0, 1, 2, 3]
    """
    check_days(last_day, horizon)
    counts = tally_for_model(source, adjust, withdrawn, people=True)
    if few := without_contrast(counts, "Writing by each day, against never writing"):
        return few
    drawn = draw_log(counts, horizon, draws, np.random.default_rng(seed))
    never, *written = drawn.play(None, *range(last_day + 1))
    effects = np.stack([outcome.yes - never.yes for outcome in written])
    at_never, *at_fit = drawn.play_fit(None, *range(last_day + 1))
    curve = _band(effects, np.array([(o.yes - at_never.yes)[0] for o in at_fit]), level)
    since = _since_writing(counts, horizon, level)
    return Result(
        _sentence(curve, since, level),
        pd.concat([curve, since], ignore_index=True),
        (*assumptions(drawn.chances.terms), *counts.notes),
        chart="timing_curve",
        alt="A curve with a band: how many more in 100 say yes, by the day by which one writes.",
    )


def _band(effects: np.ndarray, middle: np.ndarray, level: float) -> pd.DataFrame:
    """Hold the whole curve: the largest deviation over the days, draw by draw."""
    spread = effects.std(axis=1)
    furthest = (np.abs(effects - middle[:, None]) / spread[:, None].clip(1e-12)).max(axis=0)
    reach = np.quantile(furthest, level) * spread
    return pd.DataFrame(
        {
            "kind": "by_day",
            "day": np.arange(len(effects)),
            "last_day": np.arange(len(effects)),
            "estimate": middle,
            "std_error": spread,
            "conf_low": np.clip(middle - reach, -1, 1),
            "conf_high": np.clip(middle + reach, -1, 1),
            "level": level,
        }
    )


def _since_writing(counts: Tally, horizon: int, level: float) -> pd.DataFrame:
    """Replace the one term of the follow-up by one for each stretch of days since."""
    person_days = count_person_days(counts, horizon)
    terms = terms_of(counts.patterns, person_days.n_start[:, 0], person_days.days)
    before = answer_design(terms, person_days.days, effect=False)
    half = len(before.rows) // 2
    unwritten = before.rows.reshape(len(counts.patterns), 2, person_days.days, -1)[:, 0]
    n, n_event = [person_days.n_risk[:, 0, :, 0]], [person_days.n_event[0, :, 0, :, 0]]
    for piece in _PIECES:
        in_piece = _days_since(counts, horizon, *piece)
        n.append(in_piece[0])
        n_event.append(in_piece[1])
    k = len(_PIECES)
    blocks = [
        np.c_[unwritten.reshape(half, -1), np.tile(np.eye(k + 1)[row, 1:], (half, 1))]
        for row in range(k + 1)
    ]
    mean, spread = np.r_[before.prior_mean, np.zeros(k)], np.r_[before.prior_sd, np.ones(k)]
    rows, counted = np.concatenate(blocks), np.concatenate([part.ravel() for part in n])
    fit = fit_logistic(
        rows[counted > 0],
        counted[counted > 0],
        np.concatenate([part.ravel() for part in n_event])[counted > 0],
        prior_mean=mean,
        prior_sd=spread,
    )
    estimate, std_error = fit.coef[0, -k:], fit.std_error[0, -k:]
    reach = normal_quantile(level) * std_error
    return pd.DataFrame(
        {
            "kind": "since_writing",
            "day": [first for first, _ in _PIECES],
            "last_day": [horizon if last is None else last for _, last in _PIECES],
            "estimate": estimate,
            "std_error": std_error,
            "conf_low": estimate - reach,
            "conf_high": estimate + reach,
            "level": level,
        }
    )


def _days_since(
    counts: Tally, horizon: int, first: int, last: int | None
) -> tuple[np.ndarray, np.ndarray]:
    """Person-days and yes so many days after writing: (patterns, days)."""
    shape = (len(counts.patterns), horizon + 1)
    n, n_event = np.zeros(shape), np.zeros(shape)
    for wrote in np.unique(counts.follow_up_day[counts.follow_up_day >= 0]):
        days = count_person_days(
            counts, horizon, (counts.n * (counts.follow_up_day == wrote))[:, None].astype(float)
        )
        stretch = slice(wrote + first, None if last is None else wrote + last + 1)
        n[:, stretch] += days.n_risk[:, 1, stretch, 0]
        n_event[:, stretch] += days.n_event[0, :, 1, stretch, 0]
    return n, n_event


def _sentence(curve: pd.DataFrame, since: pd.DataFrame, level: float) -> str:
    apart = bool(((curve["conf_low"] > 0) | (curve["conf_high"] < 0)).any())
    low, high = 100 * curve["estimate"].min(), 100 * curve["estimate"].max()
    tells = (
        "leaves out 0 on some days: writing goes with the answer, if nothing else decided both"
        if apart
        else "covers 0 on every day: your log cannot tell"
    )
    early, late = since.iloc[0], since.iloc[-1]
    fades = "fades" if early["conf_low"] > late["conf_high"] else "cannot be seen to fade"
    return (
        f"Writing by day 0 to {curve['day'].max()}, against never writing: {low:+.0f} to "
        f"{high:+.0f} yes in 100; the {percent_of(level)} band around the whole curve {tells}. "
        f"The memory of you {fades} with the days since writing."
    )
