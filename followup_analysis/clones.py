"""Tally -> every interview put under both strategies at once, and weighted for leaving one of them.

The convention owned here: whoever stops following a strategy leaves it at the end of that day, and
those who go on stand for those who left. Nothing is assumed of how the chance of an answer runs
over the days; how people come to write is modelled instead.
"""

from __future__ import annotations

from collections.abc import Sequence
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
from .draws import as_table
from .effect import check_days
from .intervals import check_drawn
from .log import count
from .persondays import PersonDays, bootstrap_of, count_person_days
from .result import Result
from .survival import Source
from .tally import Tally
from .trust import percent_of
from .wording import limits_in_100, more_in_100

_CROSS_CHECK = 300


def clone_censor_weight(
    source: Source,
    *,
    by_day: int = 2,
    horizon: int = 30,
    adjust: Sequence[str] | None = None,
    withdrawn: Literal["compete", "censor"] = "compete",
    level: float = 0.95,
    replicates: int = 500,
    seed: int = 0,
) -> Result:
    """Compare writing by a day with never writing, by clones that are censored and weighted.

    A cross-check of `follow_up_effect` that models when people write instead of when employers
    answer.

    Parameters
    ----------
    source : JobSearchLog, pandas.DataFrame or Tally
        As for `follow_up_effect`.
    by_day : int, days since the interview
        The last day of writing in the first strategy, for whoever has no answer yet.
    horizon : int, days since the interview
        Answers up to this day count.
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
        One row per ``quantity`` as in `follow_up_effect`: ``estimate``, ``std_error``,
        ``conf_low``, ``conf_high`` (percentiles of the bootstrap), ``prob_positive``, ``level``;
        then the diagnostics: ``effective_n_written`` and ``effective_n_never`` (how many
        unweighted interviews would say as much), ``largest_weight``, ``share_censored`` and
        ``smallest_chance_of_writing`` (near 0: some kind of interview is never written to).
        Without an estimate below 100 interviews, where the intervals are known to be too short.

    Raises
    ------
    ColumnError
        When a column of `adjust` is not there.
    FollowupError
        When `by_day` is not between 0 and the horizon.

    References
    ----------
    Hernan (2018), BMJ 360, k182; Cain et al. (2010), International Journal of Biostatistics 6, 18.

    Examples
    --------
    >>> import followup_analysis as fa
    >>> clone_censor_weight(fa.simulate_log(40, seed=1)).sentence
    'Clones with weights need 100 interviews to be trusted, and the log has 40: no estimate.'
    """
    check_drawn(level, replicates, "replicates")
    check_days(by_day, horizon)
    counts = tally_for_model(source, adjust, withdrawn)
    few = too_few(counts, "clone_censor_weight", "Clones with weights")
    few = few or _none_to_follow(counts, by_day)
    if few:
        return few
    bootstrap = bootstrap_of(counts, horizon)
    counts = bootstrap.counts
    terms = terms_of(counts.patterns, episodes_by_pattern(counts), horizon + 1)
    arms, diagnostics = replicate(
        bootstrap, lambda n: _arms(counts, terms, by_day, horizon, n), replicates, seed
    )
    if np.isnan(arms[2, 0]):
        return run_empty(counts, "Clones with weights", horizon)
    known = summary_of(arms, level)
    return Result(
        _sentence(known["difference_yes"], counts.n_episodes, by_day, horizon),
        as_table(known, diagnostics),
        (*_notes(terms, counts.n_episodes), *counts.notes),
        chart="effect",
        alt="Dots with intervals: how much more often yes, no and silence follow when writing, "
        "from weighted clones.",
    )


def _arms(
    counts: Tally, terms: Terms, by_day: int, horizon: int, n: np.ndarray
) -> tuple[np.ndarray, dict[str, float]]:
    everyone = count_person_days(counts, horizon, n)
    chance = writing_by_pattern(everyone, terms)
    stay = _stay_silent(chance)
    never = Arm(
        (stay * everyone.n_risk[:, 0]).sum(axis=0),
        (stay * everyone.n_event[:, :, 0]).sum(axis=1),
    )
    early = _only(counts, horizon, n, counts.follow_up_day < by_day)
    on_time = _only(counts, horizon, n, counts.follow_up_day == by_day)
    weight = 1 / chance[:, by_day].clip(1e-6)
    cap = np.quantile(weight, 0.99, axis=0) if len(weight) > 100 else weight.max(axis=0)
    weight = np.minimum(weight, cap)[:, None]
    grace = np.arange(horizon + 1)[:, None] <= by_day
    written = Arm(
        np.where(
            grace,
            everyone.n_risk.sum(axis=(0, 1)),
            early.n_risk[:, 1].sum(axis=0) + (weight * on_time.n_risk[:, 1]).sum(axis=0),
        ),
        np.where(
            grace,
            everyone.n_event.sum(axis=(1, 2)),
            early.n_event[:, :, 1].sum(axis=1) + (weight * on_time.n_event[:, :, 1]).sum(axis=1),
        ),
    )
    diagnostics = _diagnostics(everyone, early, on_time, stay, weight, chance, by_day)
    return contrast(written, never), diagnostics


def _stay_silent(chance: np.ndarray) -> np.ndarray:
    """Weight of whoever has not written before each day: 1 over the chance of that."""
    not_yet = np.cumprod(1 - chance, axis=1)
    return 1 / np.concatenate([np.ones_like(not_yet[:, :1]), not_yet[:, :-1]], axis=1)


def _only(counts: Tally, horizon: int, n: np.ndarray, chosen: np.ndarray) -> PersonDays:
    wrote = chosen & (counts.follow_up_day >= 0)
    return count_person_days(counts.only(wrote), horizon, n[wrote])


def _diagnostics(
    everyone: PersonDays,
    early: PersonDays,
    on_time: PersonDays,
    stay: np.ndarray,
    weight: np.ndarray,
    chance: np.ndarray,
    by_day: int,
) -> dict[str, float]:
    """Look at the log itself: the first replicate, on the last day."""
    never_n, never_w = everyone.n_risk[:, 0, -1, 0], stay[:, -1, 0]
    early_n, late_n = early.n_risk[:, 1, -1, 0], on_time.n_risk[:, 1, -1, 0]
    late_w = weight[:, 0, 0]
    written = np.r_[early_n, late_n], np.r_[np.ones_like(late_w), late_w]
    used = [never_w[never_n > 0], late_w[late_n > 0], np.ones(1)]
    open_then = everyone.n_silent[:, by_day, 0].sum()
    left = open_then - everyone.n_wrote[:, by_day, 0].sum()
    seen = everyone.n_silent[:, : by_day + 1, 0] > 0
    return {
        "effective_n_written": _effective(*written),
        "effective_n_never": _effective(never_n, never_w),
        "largest_weight": np.concatenate(used).max(),
        "share_censored": left / max(everyone.n_start[:, 0].sum(), 1),
        "smallest_chance_of_writing": chance[:, : by_day + 1, 0][seen].min(initial=1),
    }


def _effective(n: np.ndarray, weight: np.ndarray) -> float:
    """How many unweighted ones would say as much (Kish 1965)."""
    squares = (n * weight**2).sum()
    return float((n * weight).sum() ** 2 / squares) if squares else 0.0


def _none_to_follow(counts: Tally, by_day: int) -> Result | None:
    """Say that next to nobody had written by the day, or had not, and was still open."""
    still = counts.exit_day > by_day
    wrote = (counts.follow_up_day >= 0) & (counts.follow_up_day <= by_day)
    both = {"had": counts.n[still & wrote].sum(), "had not": counts.n[still & ~wrote].sum()}
    for words, n in both.items():
        if n < FEWEST_IN_ARM:
            return no_estimate(
                f"Clones with weights need {FEWEST_IN_ARM} interviews that {words} been followed "
                f"up by day {by_day} and were still open then, and the log has {n:,}: no estimate.",
                counts,
            )
    return None


def _sentence(rd: dict[str, float], n: int, by_day: int, horizon: int) -> str:
    kind = "Cross-check" if n < _CROSS_CHECK else "Clones with weights"
    return (
        f"{kind}: had you written by day {by_day} every time, "
        f"{more_in_100(rd)} in 100 would have said yes by day {horizon} than "
        f"had you never written ({percent_of(rd['level'])} {limits_in_100(rd)}; "
        f"{count(n, 'interview')}), if nothing else decided both."
    )


def _notes(terms: Terms, n: int) -> tuple[str, ...]:
    alike = ", ".join(terms.names) or "nothing"
    notes = [
        f"When people write is modelled from the day and from: {alike}. This is the effect of "
        "writing only if nothing else decided both whether you wrote and what the employer said.",
    ]
    if n < _CROSS_CHECK:
        notes.append(f"Below {_CROSS_CHECK} interviews the interval is a little too short.")
    return tuple(notes)
