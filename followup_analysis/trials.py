"""Tally -> a small trial on each day: those who write on it against those who do not.

The convention owned here: days are counted from the evening of the trial's day. Whoever takes part
in several trials counts in each; the bootstrap knows, since it draws companies or people.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Literal

import numpy as np

from .arms import (
    FEWEST_IN_ARM,
    Arm,
    contrast,
    episodes_by_pattern,
    no_estimate,
    replicate,
    run_empty,
    summary_of,
    too_few,
    writing_by_pattern,
)
from .covariates import Terms, tally_for_model, terms_of
from .days import check_day
from .draws import as_table
from .history import ENDINGS
from .intervals import check_drawn
from .persondays import bootstrap_of, count_person_days, sum_by
from .result import Result
from .survival import Source
from .tally import Tally
from .trust import percent_of
from .wording import limits_in_100, more_in_100


def sequential_trials(
    source: Source,
    *,
    last_trial: int = 7,
    horizon: int = 30,
    adjust: Sequence[str] | None = None,
    withdrawn: Literal["compete", "censor"] = "compete",
    level: float = 0.95,
    replicates: int = 500,
    seed: int = 0,
) -> Result:
    """Compare writing today with never writing, over one trial for each day.

    On each day from 0 to `last_trial` those who are open and have not written are eligible. Some
    write that evening; the others leave the trial when they write later.

    Parameters
    ----------
    source : JobSearchLog, pandas.DataFrame or Tally
        As for `follow_up_effect`.
    last_trial : int, days since the interview
        Day of the last trial.
    horizon : int, days since the trial
        Answers up to this many days later count.
    adjust : sequence of str, optional
        As for `follow_up_effect`.
    withdrawn : {"compete", "censor"}
        A withdrawal is a third ending, or the end of what is known of the episode.
    level : float
        Probability inside the intervals.
    replicates : int
        Replicates of the bootstrap, in which companies, or people, are drawn as a whole.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    Result
        As `clone_censor_weight`, averaged over the trials by those eligible, and ``eligible`` and
        ``wrote``: person-trials. Without an estimate below 300 interviews.

    Raises
    ------
    ColumnError
        When a column of `adjust` is not there.
    FollowupError
        When `last_trial` is negative.

    References
    ----------
    Hernan et al. (2008), Epidemiology 19, 766-779; Danaei et al. (2013), Statistical Methods in
    Medical Research 22, 70-96.

    Examples
    --------
    >>> import followup_analysis as fa
    >>> sequential_trials(fa.simulate_log(40, seed=1)).sentence
    'Sequential trials need 300 interviews to be trusted, and the log has 40: no estimate.'
    """
    check_drawn(level, replicates, "replicates")
    for name, day in {"last_trial": last_trial, "horizon": horizon}.items():
        check_day(day, name)
    counts = tally_for_model(source, adjust, withdrawn)
    few = too_few(counts, "sequential_trials", "Sequential trials")
    if few:
        return few
    last = last_trial + horizon
    bootstrap = bootstrap_of(counts, last)
    counts = bootstrap.counts
    terms = terms_of(counts.patterns, episodes_by_pattern(counts), last + 1)

    wrote = _in_trials(counts, last_trial)
    if (n_wrote := counts.n[wrote].sum()) < FEWEST_IN_ARM:
        return no_estimate(
            f"Sequential trials need {FEWEST_IN_ARM} follow-ups by day {last_trial}, and the log "
            f"has {n_wrote:,}: no estimate.",
            counts,
        )
    found, diagnostics = replicate(
        bootstrap, lambda n: _trials(counts, terms, last_trial, horizon, n), replicates, seed
    )
    if np.isnan(found[2, 0]):
        return run_empty(counts, "Sequential trials", horizon)
    known = summary_of(found, level)
    rd = known["difference_yes"]
    return Result(
        f"Trials on days 0 to {last_trial}: writing that day, against never writing, "
        f"{more_in_100(rd)} in 100 say yes within {horizon} days "
        f"({percent_of(level)} {limits_in_100(rd)}), if "
        "nothing else decided both.",
        as_table(known, diagnostics),
        (
            "When people write is modelled from the day and from: "
            f"{', '.join(terms.names) or 'nothing'}.",
            *counts.notes,
        ),
        chart="effect",
        alt="Dots with intervals: how much more often yes, no and silence follow when writing, "
        "over one trial for each day.",
    )


def _in_trials(counts: Tally, last_trial: int) -> np.ndarray:
    """Cells of those who wrote in one of the trials."""
    day = counts.follow_up_day
    return (day >= 0) & (day <= last_trial) & (day <= counts.exit_day)


def _trials(
    counts: Tally, terms: Terms, last_trial: int, horizon: int, n: np.ndarray
) -> tuple[np.ndarray, dict[str, float]]:
    everyone = count_person_days(counts, last_trial + horizon, n)
    chance = writing_by_pattern(everyone, terms)
    written = Arm(*_written(counts, last_trial, horizon, n, chance))
    # Not writing on a trial's day, nor on any day since: up to the day before the one looked at.
    silent = np.cumprod(1 - chance, axis=1)[:, :-1]
    reached = np.concatenate([np.ones_like(chance[:, :1]), silent], axis=1)
    at_risk = everyone.n_risk[:, 0] / reached
    answered = everyone.n_event[:, :, 0] / reached
    risk, event = np.zeros_like(written.n_risk), np.zeros_like(written.n_event)
    for day in range(last_trial + 1):
        later, upto = slice(day, day + horizon + 1), reached[:, day, None]
        risk += (upto * at_risk[:, later]).sum(axis=0)
        event += (upto * answered[:, :, later]).sum(axis=1)
    never = Arm(risk, event)
    for arm in (written, never):  # a trial begins in the evening: nobody leaves before
        arm.n_risk[0], arm.n_event[:, 0] = 1, 0
    days = slice(last_trial + 1)
    diagnostics = {
        "eligible": everyone.n_silent[:, days, 0].sum(),
        "wrote": everyone.n_wrote[:, days, 0].sum(),
    }
    return contrast(written, never), diagnostics


def _written(
    counts: Tally, last_trial: int, horizon: int, n: np.ndarray, chance: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Person-days since the day of writing, each weighted for the chance of writing on it."""
    cells = np.flatnonzero(_in_trials(counts, last_trial))
    pattern, day = counts.pattern[cells], counts.follow_up_day[cells]
    weight = np.zeros(n.shape)
    weight[cells] = n[cells] / chance[pattern, day].clip(1e-6)
    since = np.minimum(counts.exit_day[cells] - day, horizon + 1)
    shape = (len(ENDINGS), horizon + 2)
    key = np.ravel_multi_index((counts.ending[cells], since), shape)
    left = sum_by(key, cells, weight, prod(shape)).reshape(*shape, -1)
    # Summed from the end, so that nobody left is nothing left, whatever the weights.
    n_risk = left.sum(axis=0)[::-1].cumsum(axis=0)[::-1]
    return n_risk[:-1].copy(), left[1:, :-1].copy()
