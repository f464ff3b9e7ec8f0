"""One log -> what it could show at all, and whether its own checks raise doubts.

The convention owned here: a check looks for an effect where there can be none. Finding one speaks
against the log, not for following up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .chances import fit_chances
from .covariates import tally_for_model, terms_of
from .draws import draw_log
from .effect import check_days, without_contrast
from .episodes import episodes
from .history import spell_of
from .intervals import normal_quantile
from .log import JobSearchLog, check_log, count
from .persondays import count_person_days
from .result import Result
from .survival import Source
from .tally import tally
from .trust import detectable, interviews_needed, percent_of
from .wording import points

_WORTH_FINDING = (0.05, 0.10, 0.20)


def minimal_detectable_effect(
    source: Source,
    *,
    by_day: int = 2,
    horizon: int = 30,
    adjust: Sequence[str] | None = None,
    seed: int = 0,
) -> Result:
    """Tell the smallest difference that a log of this size can show, and what size others need.

    Parameters
    ----------
    source : JobSearchLog, pandas.DataFrame or Tally
        As for `follow_up_effect`.
    by_day, horizon : int, days since the interview
        As for `follow_up_effect`.
    adjust : sequence of str, optional
        As for `follow_up_effect`.
    seed : int
        Seed of the draws.

    Returns
    -------
    Result
        First row: ``n`` interviews and the difference in the chance of a yes that they show in
        four logs of five (``estimate``); then, for 5, 10 and 20 points, the ``n`` that would.

    Raises
    ------
    ColumnError, FollowupError
        As `follow_up_effect`.

    Notes
    -----
    Never computed from the effect that was observed: that would only say its p-value again.

    References
    ----------
    Hoenig and Heisey (2001), The American Statistician 55, 19-24.

    Examples
    --------
    >>> import followup_analysis as fa
    >>> result = minimal_detectable_effect(fa.simulate_log(60, seed=1))
    >>> result.table["estimate"].round(2).tolist()[1:]
    [0.05, 0.1, 0.2]
    """
    check_days(by_day, horizon)
    counts = tally_for_model(source, adjust)
    n = counts.n_episodes
    few = without_contrast(counts, "The smallest difference that this log can show")
    if n == 0 and few:
        return few
    if few:
        spread = float(1 / np.sqrt(n))
    else:
        rng = np.random.default_rng(seed)
        spread = draw_log(counts, horizon, 400, rng).spread_without_prior(by_day, rng)
    rows = [(n, detectable(spread))]
    rows += [(interviews_needed(n, spread, share), share) for share in _WORTH_FINDING]
    table = pd.DataFrame(rows, columns=["n", "estimate"])
    return Result(
        _size_sentence(table),
        table,
        ("The chance of finding a true difference is set to 80 %.", *counts.notes),
        chart="minimal_detectable_effect",
        alt="A falling curve: the smallest difference that shows, by the number of interviews.",
    )


def _size_sentence(table: pd.DataFrame) -> str:
    n, shown = table.iloc[0]
    needed = f"{table['n'].iloc[2]:,.0f}"
    size = count(int(n), "interview")
    if shown >= 1:
        return f"{size}: too few to show any difference; {needed} would show one of 10 points."
    told = points(round(shown, 2) if shown >= 0.01 else float(f"{shown:.1g}"))
    return (
        f"{size} show{'s' if n == 1 else ''} a difference of {told} in four logs of five, and "
        f"smaller ones less often; {needed} would show one of 10 points."
    )


def negative_controls(
    log: JobSearchLog, *, by_day: int = 2, horizon: int = 30, level: float = 0.95
) -> Result:
    """Look for effects where there can be none.

    Parameters
    ----------
    log : JobSearchLog
        The log.
    by_day : int, days since the interview
        "Wrote early" is a follow-up by this day.
    horizon : int, days since the interview
        Answers up to this day count.
    level : float
        Probability inside the intervals.

    Returns
    -------
    Result
        Two rows of ``check``: ``planned_not_sent``, the log-odds ratio of a yes on days after a
        planned follow-up that was not sent, or not yet, each interview being watched until its
        first follow-up (``n``: how many had such a day); and ``days_before``, the
        difference in days from application to interview between those who wrote early and the
        others. ``estimate``, ``std_error``, ``conf_low``, ``conf_high``, ``n``, ``level``; missing
        where the log holds too little.

    Raises
    ------
    FollowupError
        When `by_day` is not between 0 and the horizon.

    References
    ----------
    Lipsitch, Tchetgen Tchetgen and Cohen (2010), Epidemiology 21, 383-388.

    Examples
    --------
    >>> import followup_analysis as fa
    >>> negative_controls(fa.simulate_log(60, seed=1)).table["check"].tolist()
    ['planned_not_sent', 'days_before']
    """
    check_log(log)
    check_days(by_day, horizon)
    found = episodes(log)
    found = found[(found["quarantine"] == "") & found["exit_day"].notna()]
    rows = [
        ("planned_not_sent", *_planned(log, found, horizon, level)),
        ("days_before", *_days_before(log, found, by_day, level)),
    ]
    columns = ["check", "estimate", "std_error", "conf_low", "conf_high", "n"]
    table = pd.DataFrame(rows, columns=columns).assign(level=level)
    return Result(
        _sentence(table, level),
        table,
        (
            "A check that finds nothing in a small log proves little; one that finds something "
            "says that the interviews differ in more than the log records.",
            *tally(log).notes,
        ),
        chart="negative_controls",
        alt="Two dots with intervals, which should both cover 0.",
    )


Row = tuple[float, float, float, float, int]


def _planned(log: JobSearchLog, found: pd.DataFrame, horizon: int, level: float) -> Row:
    """Treat the day of the plan as if it had been the day of writing.

    Whoever writes is watched until then. To leave them out instead would keep the plans that an
    answer forestalled and drop those that were sent late: it would look ahead.
    """
    silent = found[~found["follow_up_undated"]].reset_index(drop=True)
    wrote = silent["follow_up_day"].notna() & (silent["follow_up_day"] < silent["exit_day"])
    silent["exit_day"] = silent["exit_day"].mask(wrote, silent["follow_up_day"])
    silent["ending"] = silent["ending"].mask(wrote, "open")
    plans = log.events[(log.events["kind"] == "follow_up") & log.events["planned"]]
    plans = plans[plans["date"].notna() & (plans["date"] <= log.as_of)]
    starts = silent.rename(columns={"started_on": "date"})[["application_id", "date"]]
    plans = plans.assign(spell=spell_of(starts, plans))
    first = plans[plans["spell"] >= 0].groupby("spell")["date"].min()
    day = (first - silent["started_on"].reindex(first.index)).dt.days
    silent["follow_up_day"] = day.reindex(silent.index).astype("Int64")
    counts = tally_for_model(silent.drop(columns="implied"), companies=False)
    unsent = (counts.follow_up_day >= 0) & (counts.follow_up_day < counts.exit_day)
    n_planned = int(counts.n[unsent].sum())
    if not 0 < n_planned < counts.n_episodes:
        return np.nan, np.nan, np.nan, np.nan, n_planned
    days = count_person_days(counts, horizon)
    fit = fit_chances(days, terms_of(counts.patterns, days.n_start[:, 0], days.days)).answers[0]
    estimate, std_error = float(fit.coef[0, -1]), float(fit.std_error[0, -1])
    reach = normal_quantile(level) * std_error
    return estimate, std_error, estimate - reach, estimate + reach, n_planned


def _days_before(log: JobSearchLog, found: pd.DataFrame, by_day: int, level: float) -> Row:
    """Writing after an interview cannot have hastened the invitation to it."""
    applied = log.applications.set_index("application_id")["applied_on"]
    before = (found["started_on"] - found["application_id"].map(applied)).dt.days
    known = before.notna() & (before >= 0) & (found["exit_day"] > by_day)
    wrote = (found["follow_up_day"] <= by_day).fillna(False).astype(bool)
    one, zero = (before[known & part].to_numpy(dtype=float) for part in (wrote, ~wrote))
    n = int(known.sum())
    if min(len(one), len(zero)) < 2:
        return np.nan, np.nan, np.nan, np.nan, n
    estimate = float(one.mean() - zero.mean())
    std_error = float(np.sqrt(one.var(ddof=1) / len(one) + zero.var(ddof=1) / len(zero)))
    reach = normal_quantile(level) * std_error
    return estimate, std_error, estimate - reach, estimate + reach, n


def _sentence(table: pd.DataFrame, level: float) -> str:
    known = table[table["estimate"].notna()]
    if known.empty:
        return "The log holds too little for checks: plans that were not kept, dated applications."
    bad = known[(known["conf_low"] > 0) | (known["conf_high"] < 0)]
    if bad.empty:
        return (
            f"{len(known)} check{'s' if len(known) > 1 else ''} where there can be no effect: none "
            f"found at {percent_of(level)}."
        )
    names = " and ".join(bad["check"].str.replace("_", " "))
    return f"A check finds an effect where there can be none ({names}): the interviews differ."
