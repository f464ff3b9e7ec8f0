"""Tally -> what writing by a day goes with, against never writing: the honest answer.

The convention owned here: the two strategies are compared as if everybody had followed each of
them; only the first follow-up counts, and nothing is said of later ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from .charts import FEW
from .covariates import Terms, tally_for_model
from .days import NEVER, check_day
from .draws import COLUMNS, Drawn, as_table, draw_log, summarise
from .errors import FollowupError
from .intervals import check_drawn
from .log import count
from .result import Result
from .strategies import Outcome, follow_strategy
from .survival import Source
from .tally import Tally
from .trust import (
    bias_factor,
    check_share,
    detectable,
    e_value,
    give_verdict,
    interviews_needed,
    percent_of,
)
from .waning import if_it_wears_off, with_doubt
from .wording import limits_in_100, more_in_100

_NARROW = 0.03  # three in 100: there what a model leaves out may be more than chance


def follow_up_effect(
    source: Source,
    *,
    by_day: int = 2,
    horizon: int = 30,
    adjust: Sequence[str] | None = None,
    smallest: float = 0.10,
    withdrawn: Literal["compete", "censor"] = "compete",
    level: float = 0.95,
    draws: int = 400,
    seed: int = 0,
) -> Result:
    """Compare writing by a day with never writing, by a day-to-day model and the g-formula.

    Parameters
    ----------
    source : JobSearchLog, pandas.DataFrame or Tally
        As for `tally`; a Tally must have been counted by the columns to adjust for.
    by_day : int, days since the interview
        The last day of writing in the first strategy, for whoever has no answer yet.
    horizon : int, days since the interview
        Answers up to this day count.
    adjust : sequence of str, optional
        Columns known when the episode started, in which interviews are made alike; unless given,
        those of went_well, stage, role_family and deadline_day that the log has.
    smallest : float
        The smallest difference worth finding, as a share: 0.10 is ten in a hundred.
    withdrawn : {"compete", "censor"}
        A withdrawal is a third ending, or the end of what is known of the episode.
    level : float
        Probability inside the intervals.
    draws : int
        Draws from the posterior.
    seed : int
        Seed of the draws.

    Returns
    -------
    Result
        One row per ``quantity``: chances of a yes under each strategy, their difference and
        ratio, the differences in no and in silence, the days saved until a yes or a no, with
        ``estimate`` (at the posterior mode), ``std_error``, ``conf_low``, ``conf_high``,
        ``prob_positive``, ``level``; then what could show: the smallest detectable difference,
        the interviews needed for `smallest`, E-values.

    Raises
    ------
    ColumnError
        When a column of `adjust` is not there.
    FollowupError
        When `by_day` is not between 0 and the horizon.

    Notes
    -----
    The daily chance of each answer depends on the day, on what was known at the start and on
    whether a follow-up was sent on an earlier day, with weak normal priors; see `fit_chances`.
    What the numbers mean as an effect rests on: among interviews alike in what is adjusted for,
    whether you had written by a day was not decided by anything else that sways the answer.

    References
    ----------
    Robins (1986), Mathematical Modelling 7, 1393-1512; Young et al. (2020), Statistics in Medicine
    39, 1199-1236 (competing events).

    Examples
    --------
    >>> import followup_analysis as fa
    >>> result = follow_up_effect(fa.simulate_log(40, seed=1))
    >>> result.sentence.split(": ")[0]
    'Writing by day 2, against never writing'
    >>> result.table["quantity"].tolist()[:3]
    ['yes_if_written', 'yes_if_never', 'difference_yes']
    """
    check_drawn(level, draws, "draws")
    check_days(by_day, horizon)
    check_share(smallest, "smallest")
    counts = tally_for_model(source, adjust, withdrawn, people=True)
    if few := without_contrast(counts, f"Writing by day {by_day}, against never writing"):
        return few
    rng = np.random.default_rng(seed)
    drawn = draw_log(counts, horizon, draws, rng)
    played = drawn.play(by_day, None)
    quantities = _quantities(*played)
    fitted = _quantities(*drawn.play_fit(by_day, None))
    known = summarise(quantities, level, fitted)
    found = float(fitted["difference_yes"][0])
    benchmark = _benchmark(drawn, by_day)
    spread = drawn.spread_without_prior(by_day, rng, played)
    trust = _trust(known["ratio_yes"], counts.n_episodes, spread, smallest, benchmark)
    told = _sentence(known, trust, counts.n_episodes, by_day, horizon, smallest, benchmark)
    worn = if_it_wears_off(drawn)
    return Result(
        with_doubt(told, worn) + _beyond_the_log(counts, horizon),
        as_table(known, trust),
        (
            *assumptions(drawn.chances.terms),
            *not_recorded(counts),
            *_carried_over(counts, by_day),
            *worn,
            *_beyond_chance(known["difference_yes"]),
            *counts.notes,
            *_undated(counts, by_day, horizon, found),
        ),
        chart="effect",
        alt="Dots with intervals: how much more often yes, no and silence follow when writing.",
    )


def _beyond_the_log(counts: Tally, horizon: int) -> str:
    """Say in the sentence where the model goes on alone."""
    last = int(counts.exit_day.max())
    if last >= horizon:
        return ""
    return (
        f" Nobody was watched beyond day {last}: what comes later is the model's guess, and the "
        f"limits may not cover it; horizon={last} leaves it out."
    )


def check_days(by_day: int, horizon: int) -> None:
    """Refuse a day of writing that lies outside what is looked at."""
    if check_day(by_day, "by_day") > check_day(horizon, "horizon"):
        raise FollowupError(f"by_day lies between 0 and the horizon of {horizon}, not {by_day!r}.")


def without_contrast(counts: Tally, what: str) -> Result | None:
    """Return a result that says why there is no estimate, where nothing can be compared."""
    n = counts.n_episodes
    day = counts.follow_up_day
    n_wrote, n_after = (
        int(counts.n[which].sum()) for which in (day != NEVER, (day >= 0) & (day < counts.exit_day))
    )
    if 0 < n_wrote < n and n_after:
        return None
    if not n:
        why = "there is no interview with a known day in the log."
    elif 0 < n_wrote < n:
        why = "no interview was still open on the day after a follow-up."
    else:
        which = "all" if n_wrote else "none"
        why = (
            f"you wrote after {which} of them before the answer "
            f"({count(n, 'interview')}). Both are needed to compare."
        )
    return Result(
        f"{what}: no estimate, because {why}",
        pd.DataFrame(columns=COLUMNS),
        counts.notes,
        chart="effect",
        alt="Nothing to draw yet.",
    )


def _quantities(early: Outcome, never: Outcome) -> dict[str, np.ndarray]:
    return {
        "yes_if_written": early.yes,
        "yes_if_never": never.yes,
        "difference_yes": early.yes - never.yes,
        "ratio_yes": early.yes / never.yes,
        "difference_no": early.no - never.no,
        "difference_silent": early.silent[:, -1] - never.silent[:, -1],
        "days_saved": never.mean_wait - early.mean_wait,
    }


def _undated(counts: Tally, by_day: int, horizon: int, found: float) -> tuple[str, ...]:
    """How far answers without a date, or with a latest date only, could move the difference."""
    notes = []
    lost = sum(counts.undated.values())
    if lost:
        most = 100 * lost / (counts.n_episodes + lost)
        notes.append(
            f"The {count(lost, 'answer')} on an unknown day could move the difference by at most "
            f"{most:.0f} points, wherever put."
        )
    if counts.earliest is not None:
        rng = np.random.default_rng(0)
        written, never = draw_log(counts.earliest, horizon, 2, rng).play_fit(by_day, None)
        sooner = (written.yes - never.yes)[0]
        notes.append(
            "With each yes that is known only from the next interview dated as early as the log "
            f"allows, the difference would be {100 * sooner:+.0f} in 100, not {100 * found:+.0f}."
        )
    return tuple(notes)


def _benchmark(drawn: Drawn, by_day: int) -> float | None:
    """How far confounding as strong as the rating could move the ratio: its outer thirds."""
    counts, person_days = drawn.counts, drawn.person_days
    if "went_well" not in counts.patterns:
        return None
    rating = pd.to_numeric(counts.patterns["went_well"], errors="coerce")
    rating = rating.to_numpy(dtype=float, na_value=np.nan)
    n = person_days.n_start[:, 0] * ~np.isnan(rating)
    if not n.any():
        return None
    ordered = np.argsort(rating, kind="stable")
    share = n[ordered].cumsum() / n.sum()
    worst = rating <= rating[ordered][np.searchsorted(share, 1 / 3)]
    best = rating >= rating[ordered][np.searchsorted(share, 2 / 3)]
    if not (n[worst].any() and n[best].any()) or (worst & best).any():
        return None
    answers, writing = drawn.chances.fitted()

    def of(chosen: np.ndarray) -> tuple[float, float]:
        weight = (n * chosen / (n * chosen).sum())[None]
        wrote = 1 - (weight[0] * np.prod(1 - writing[0, :, : by_day + 1], axis=1)).sum()
        return wrote, follow_strategy(answers, writing, weight, None).yes[0]

    (wrote_best, yes_best), (wrote_worst, yes_worst) = of(best), of(worst)
    return bias_factor(wrote_best / wrote_worst, yes_best / yes_worst)


def _trust(
    ratio: dict[str, Any], n: int, spread: float, smallest: float, benchmark: float | None
) -> dict[str, float]:
    of_estimate, of_limit = e_value(ratio["estimate"], ratio["conf_low"], ratio["conf_high"])
    return {
        "smallest_detectable_difference": detectable(spread),
        "interviews_needed": interviews_needed(n, spread, smallest),
        "e_value": of_estimate,
        "e_value_of_limit": of_limit,
        "benchmark_of_rating": np.nan if benchmark is None else benchmark,
    }


def _sentence(
    found: dict[str, dict[str, Any]],
    trust: dict[str, float],
    n: int,
    by_day: int,
    horizon: int,
    smallest: float,
    benchmark: float | None,
) -> str:
    rd, ratio = found["difference_yes"], found["ratio_yes"]
    limit = ratio["conf_low"] if rd["conf_low"] > 0 else 1 / ratio["conf_high"]
    verdict = give_verdict(
        rd["conf_low"],
        rd["conf_high"],
        rd["prob_positive"],
        smallest=smallest,
        limit_ratio=limit,
        benchmark=benchmark,
    )
    told = (
        f"Writing by day {by_day}, against never writing: {more_in_100(rd)} in 100 say yes by day "
        f"{horizon} ({percent_of(rd['level'])} {limits_in_100(rd)}). "
        f"{verdict.text[:1].upper() + verdict.text[1:]}"
    )
    if rd["conf_low"] > 0 or rd["conf_high"] < 0 or verdict.kind == "none":
        return told + "."
    shown, needed = trust["smallest_detectable_difference"], trust["interviews_needed"]
    return (
        f"{told}: with {count(n, 'interview')} {_shows(shown)}; "
        f"about {_about(needed)} interviews would show one of {round(100 * smallest)} points."
    )


def _shows(difference: float) -> str:
    if difference >= 1:
        return "no effect would show, however large"
    return f"only an effect of {round(100 * difference)} points or more would show"


def _about(n: float) -> str:
    """Two significant digits: more would claim to know."""
    digits = max(0, len(str(int(n))) - 2)
    return f"{round(n, -digits):,.0f}"


def not_recorded(counts: Tally) -> tuple[str, ...]:
    """Of how many interviews something is not recorded, in which they are to be made alike."""
    n = np.bincount(counts.pattern, counts.n, minlength=len(counts.patterns))
    missing = {name: n[column.isna().to_numpy()].sum() for name, column in counts.patterns.items()}
    return tuple(
        f"Of {lost:,.0f} of the {n.sum():,.0f} interviews {name} is not recorded: among these "
        "nothing is made alike in it."
        for name, lost in missing.items()
        if lost > 0 and name != "deadline_day"
    )


def _carried_over(counts: Tally, by_day: int) -> tuple[str, ...]:
    """What the log says of writing by a day by which next to nobody wrote."""
    wrote = counts.follow_up_day >= 0
    all_of_them = int(counts.n[wrote].sum())
    by_then = int(counts.n[wrote & (counts.follow_up_day <= by_day)].sum())
    if by_then >= FEW or 2 * by_then >= all_of_them:
        return ()
    return (
        f"Only {by_then:,} of the {count(all_of_them, 'follow-up')} came by day {by_day}: what is "
        "said of writing by then is carried over from later ones, as if the day did not matter.",
    )


def _beyond_chance(row: dict[str, Any]) -> tuple[str, ...]:
    """What a long log's interval, narrow as it is, does not cover."""
    if row["conf_high"] - row["conf_low"] > _NARROW:
        return ()
    return (
        "So narrow an interval is of chance alone. Where employers or people differ in what no log "
        "records, an effect came out up to a point too large in long simulated logs, and none "
        "where there was none; clone_censor_weight does not model the answers and was closer.",
    )


def assumptions(terms: Terms) -> tuple[str, ...]:
    """What a difference between strategies rests on."""
    alike = ", ".join(terms.alike) or "nothing: the log records nothing that was known before"
    return (
        f"Interviews are made alike in: {alike}. This is the effect of writing only if nothing "
        "else decided both whether you wrote and what the employer said.",
        "Only the first follow-up counts; the strategies say nothing of later ones.",
    )
