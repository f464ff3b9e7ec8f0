"""Drawn models -> how the effect runs with the day of writing, and with the days since.

The convention owned here: a band around a curve holds the whole curve at once, so that the best of
fifteen days is not mistaken for a finding. What a follow-up does may change with the day on which
it is sent, smoothly and not by much unless the log says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from .chances import Chances, Design, answer_design, fit_writing, writing_design
from .covariates import tally_for_model, terms_of
from .draws import Drawn, draw_log, draw_models
from .effect import assumptions, check_days, not_recorded, without_contrast
from .hazard import fit_logistic
from .intervals import check_drawn, normal_quantile
from .persondays import count_person_days
from .result import Result
from .survival import Source
from .tally import Tally
from .trust import percent_of
from .waning import if_it_wears_off, with_doubt
from .wording import decimals, signed

_KNOTS = np.log1p([0, 3, 14])  # days of writing: at once, within the week, after two
_BEND = 0.5  # how far the effect may change from day 0 to day 14 beforehand, in log-odds
_CHANCES_AT_ONCE = 1 << 21
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

    Notes
    -----
    As in `follow_up_effect`, but what a follow-up adds to the log-odds is a restricted cubic
    spline in the logarithm of the day on which it is sent (1 added), with knots at days 0, 3 and
    14 and a normal prior of 0.5 on each of its two terms, which draws it towards one effect for
    all days.

    References
    ----------
    Stone and Koo (1985), Proceedings of the Statistical Computing Section, ASA, 45-48 (the spline);
    Montiel Olea and Plagborg-Moller (2019), Journal of Applied Econometrics 34, 1-17 (the band).

    Examples
    --------
    >>> import followup_analysis as fa
    >>> result = timing_curve(fa.simulate_log(60, seed=1), last_day=3)
    >>> result.table.query("kind == 'by_day'")["day"].tolist()
    [0, 1, 2, 3]
    """
    check_drawn(level, draws, "draws")
    check_days(last_day, horizon)
    counts = tally_for_model(source, adjust, withdrawn, people=True)
    if few := without_contrast(counts, "Writing by each day, against never writing"):
        return few
    rng = np.random.default_rng(seed)
    drawn = draw_log(counts, horizon, draws, rng)
    bent, coefs = _fit_bent(counts, horizon, draws, rng)
    fits = [fit.coef for fit in (*bent.answers, bent.writing)]
    curve = _band(
        _differences(drawn, coefs, last_day), _differences(drawn.fit(), fits, last_day)[:, 0], level
    )
    since = _since_writing(counts, horizon, level)
    worn = if_it_wears_off(drawn)
    return Result(
        with_doubt(_sentence(curve, since, level), worn),
        pd.concat([curve, since], ignore_index=True),
        (*assumptions(drawn.chances.terms), *not_recorded(counts), *worn, *counts.notes),
        chart="timing_curve",
        alt="A curve with a band: how many more in 100 say yes, by the day by which one writes.",
    )


def _fit_bent(
    counts: Tally, horizon: int, draws: int, rng: np.random.Generator
) -> tuple[Chances, list[np.ndarray]]:
    """Fit what a follow-up does as a function of its day; return draws of the coefficients too."""
    # The day of writing becomes part of the pattern; before that day it means nothing.
    days, first, where = np.unique(
        np.stack([counts.pattern, counts.follow_up_day]), axis=1, return_index=True,
        return_inverse=True,
    )  # fmt: skip
    apart = replace(counts, patterns=counts.patterns.iloc[days[0]], pattern=where.ravel())
    person_days = count_person_days(apart, horizon)
    n_start = person_days.n_start[:, 0]
    terms = terms_of(apart.patterns, n_start, person_days.days, people=True)
    design = _bend(answer_design(terms, person_days.days, effect=True), days[1])
    n = person_days.n_risk.reshape(len(design.rows), -1)
    events = [each.reshape(n.shape) for each in person_days.n_event]
    answers = tuple(design.fit(n, kind) for kind in (events if events[2].any() else events[:2]))
    writing = writing_design(terms, person_days.days)
    habit = fit_writing(person_days, writing)
    bent = Chances(terms, design, writing, answers, habit, person_days.days)
    return bent, draw_models(bent, person_days, apart, draws, rng)


def _bend(design: Design, day: np.ndarray) -> Design:
    """Add the spline in the day of writing to a design whose last term is the follow-up."""
    rows = design.rows.reshape(len(day), -1, design.rows.shape[1])
    bent = rows[..., -1:] * _spline(np.maximum(day, 0))[:, None]
    return replace(
        design,
        rows=np.concatenate([rows, bent], axis=-1).reshape(len(design.rows), -1),
        prior_mean=np.r_[design.prior_mean, 0.0, 0.0],
        prior_sd=np.r_[design.prior_sd, _BEND, _BEND],
    )


def _spline(day: np.ndarray | int) -> np.ndarray:
    """Restricted cubic spline: nothing on day 0, 1 in both terms on day 14, a line after it."""

    def terms(x: np.ndarray) -> np.ndarray:
        first, middle, last = _KNOTS
        cubes = [np.maximum(x - knot, 0) ** 3 for knot in _KNOTS]
        bend = cubes[0] - cubes[1] * (last - first) / (last - middle)
        bend += cubes[2] * (middle - first) / (last - middle)
        return np.stack([x, bend], axis=-1)

    return terms(np.log1p(day)) / terms(_KNOTS[-1])


def _differences(drawn: Drawn, coefs: list[np.ndarray], last_day: int) -> np.ndarray:
    """Difference in yes between writing by each day and never: (last_day + 1, draws)."""
    chances = drawn.played
    block = max(1, _CHANCES_AT_ONCE // len(chances.answer_design.rows))
    parts = [
        _play_each_day(
            chances, [c[first : first + block] for c in coefs],
            drawn.weight[first : first + block], last_day,
        )
        for first in range(0, len(drawn.weight), block)
    ]  # fmt: skip
    return np.concatenate(parts, axis=1)


def _play_each_day(
    chances: Chances, coefs: list[np.ndarray], weight: np.ndarray, last_day: int
) -> np.ndarray:
    """Play all strategies at once: up to its last day each of them is like the next."""
    rows = np.arange(len(chances.answer_design.rows)).reshape(len(chances.terms.values), 2, -1)
    habit = chances.write(coefs[-1], days=last_day)

    def answers(day: int, which: np.ndarray) -> np.ndarray:
        """Chances in some rows, for a follow-up sent on that day."""
        design = chances.answer_design.only(which.ravel())
        each = np.stack([design.chances(_at_day(coef, day)) for coef in coefs[:-1]])
        return each.reshape(len(each), len(weight), *which.shape)

    before = answers(0, rows[:, 0])
    still_open, yes_if_never = _forward(before)
    unwritten = weight  # of those open in the morning, the share that has not written by habit
    yes = np.zeros(len(weight))  # to those not yet written to, and to those written to by habit
    out = []
    for day in range(last_day + 1):
        yes = yes + (unwritten * still_open[..., day] * before[0, ..., day]).sum(axis=-1)
        _, yes_after = _forward(answers(day, rows[:, 1, day + 1 :]))
        evening = unwritten * still_open[..., day + 1]
        out.append(yes + (evening * yes_after).sum(axis=-1))
        if day < last_day:
            writes = habit[..., day]
            yes = yes + (evening * writes * yes_after).sum(axis=-1)
            unwritten = unwritten * (1 - writes)
    return np.stack(out) - (weight * yes_if_never).sum(axis=-1)


def _at_day(coef: np.ndarray, day: int) -> np.ndarray:
    """Put the follow-up of one day in the place of the follow-up and its spline."""
    follow_up = coef[:, -3] + coef[:, -2:] @ _spline(day)
    return np.c_[coef[:, :-3], follow_up]


def _forward(answers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return who is still open, before the first day and after each, and the chance of a yes."""
    stays = np.maximum(1 - answers.sum(axis=0), 0)
    still_open = np.concatenate([np.ones_like(stays[..., :1]), stays], axis=-1).cumprod(axis=-1)
    return still_open, (still_open[..., :-1] * answers[0]).sum(axis=-1)


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
    tells = (
        "leaves out 0 on some days: writing goes with the answer, if nothing else decided both"
        if apart
        else "covers 0 on every day: your log cannot tell"
    )
    early, late = since.iloc[0], since.iloc[-1]
    fades = "fades" if early["conf_low"] > late["conf_high"] else "cannot be seen to fade"
    return (
        f"Writing by day 0 to {curve['day'].max()}, against never writing: "
        f"{_lowest_to_highest(curve)}; the {percent_of(level)} band around the whole curve "
        f"{tells}. "
        f"The memory of you {fades} with the days since writing."
    )


def _lowest_to_highest(curve: pd.DataFrame) -> str:
    """Tell between what the curve lies: "+4 to +8 yes in 100"."""
    narrowest = curve.loc[(curve["conf_high"] - curve["conf_low"]).idxmin()]
    digits = decimals(*(100 * narrowest[end] for end in ("conf_low", "conf_high")))
    ends = curve["estimate"].agg(["min", "max"])
    low, high = (signed(100 * end, digits) for end in ends)
    return f"{low} yes in 100 on each day" if low == high else f"{low} to {high} yes in 100"
