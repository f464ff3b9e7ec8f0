"""Tally -> how many times as many answers a day after a follow-up: one number, all days alike.

The convention owned here: the follow-up counts from the day after it was sent. The naive ratio
beside it counts whoever ever wrote as having written from day 0, and is given only to show how
far that misleads.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from .covariates import Terms, tally_for_model, terms_of
from .cox import Ties
from .errors import FollowupError
from .intervals import check_drawn, normal_quantile
from .log import count
from .ratios import Days, Model, check_comparable, count_days, fit_days, with_people_drawn
from .result import Result
from .risk import last_day
from .survival import Source, answer_codes
from .tally import Tally
from .trust import percent_of
from .waning import not_lasting, with_doubt
from .wording import decimals


def hazard_ratio(
    source: Source,
    *,
    model: Model = "person-day",
    answer: str | Sequence[str] = "yes",
    horizon: int | None = 30,
    adjust: Sequence[str] | None = None,
    ties: Ties = "breslow",
    level: float = 0.95,
    replicates: int = 200,
    seed: int = 0,
) -> Result:
    """Estimate how many times as many answers come on a day once a follow-up was sent.

    Parameters
    ----------
    source : JobSearchLog, pandas.DataFrame or Tally
        As for `tally`; a Tally must have been counted by the columns to adjust for.
    model : {"person-day", "firth", "cox"}
        A logistic regression on the days of all interviews, with weak priors or with Firth's
        penalty, which give a ratio of odds; or Cox's model, which asks more of the log.
    answer : str or sequence of str
        The endings waited for; any other ends what is known of the episode.
    horizon : int or None
        Last day, in days since the interview; None for the last day seen.
    adjust : sequence of str, optional
        Columns known when the episode started, in which interviews are made alike; as in
        `follow_up_effect`.
    ties : {"breslow", "efron"}
        Of Cox's model: what to do with answers on one day.
    level : float
        Probability inside the intervals.
    replicates : int
        Logs drawn for the standard errors where the log is of 30 people or more.
    seed : int
        Seed of the draws.

    Returns
    -------
    Result
        Per ``method`` and ``term``, the follow-up first, of the time-varying fit, then for the
        naive one the follow-up only: ``coef`` (logarithm of the ratio), ``std_error`` (of
        ``coef``), ``estimate`` (the ratio), ``conf_low``, ``conf_high``, ``prob_positive`` (that
        the ratio is above 1) and ``level``.

    Raises
    ------
    ColumnError
        When a column of `adjust` is not there.
    FollowupError
        When `model`, `answer` or `ties` is something else.

    Notes
    -----
    The priors are those of `fit_chances`: normal with standard deviation 1 on the logarithm of
    the ratio, which puts it between 0.14 and 7.1. With Firth's penalty the chance of an answer
    changes smoothly from day to day, without a term for each; where it does not, the ratio is a
    little too large. The naive fit has the same terms as the other. The interviews of one person
    are not independent: with 30 people or more the standard errors are those of a Poisson
    bootstrap that draws people whole.

    References
    ----------
    Cox (1972), JRSS B 34, 187-220; D'Agostino et al. (1990), Statistics in Medicine 9, 1501-1515
    (regression on pooled days); Suissa (2008), American Journal of Epidemiology 167, 492-499
    (immortal time).

    Examples
    --------
    In this world following up does nothing, and the naive ratio says otherwise.

    >>> from followup_analysis.simulate import simulate_episodes
    >>> result = hazard_ratio(simulate_episodes(3000, seed=1, selection=0.0))
    >>> result.table.query("term.str.contains('followed up')")["estimate"].round(2).tolist()
    [0.91, 0.37]
    """
    check_drawn(level, replicates, "replicates")
    codes = answer_codes(answer)
    _check(model, ties)
    counts = tally_for_model(source, adjust, companies=False)
    last = last_day(counts, horizon)
    n_start = np.bincount(counts.pattern, counts.n, minlength=len(counts.patterns))
    terms = terms_of(counts.patterns, n_start, last + 1)
    honest, naive = count_days(counts, last, codes)
    answers = [answer] if isinstance(answer, str) else list(answer)
    words = " or ".join(answers)
    try:
        check_comparable(honest, words, model)
        both = tuple(np.concatenate(days, axis=-1) for days in zip(honest, naive, strict=True))
        (ours, theirs), chance = fit_days(both, terms, model, ties)
        fits = {"time-varying": ours, "naive": theirs[:1]}
        if counts.cluster is not None and len(np.unique(counts.cluster)) >= _FEWEST_PEOPLE:
            rng = np.random.default_rng(seed)
            fits = with_people_drawn(fits, counts, last, codes, terms, model, replicates, rng)
        table = _table(fits, terms, level)
    except FollowupError as why:
        return _no_estimate(why, counts)
    worn = () if chance is None else not_lasting(counts, chance, answers)
    return Result(
        with_doubt(_sentence(table, words), worn),
        table,
        (*_notes(honest, table, terms, model), *worn, *counts.notes),
        chart="hazard_ratio",
        alt="Two dots with intervals on a logarithmic axis: how many times as likely the answer is "
        "on a day once a follow-up was sent, and the naive ratio of those who ever wrote.",
    )


_COLUMNS = "method term coef std_error estimate conf_low conf_high prob_positive level".split()
_FEWEST_PEOPLE = 30


def _check(model: str, ties: str) -> None:
    if model not in ("person-day", "firth", "cox"):
        raise FollowupError(f"model is 'person-day', 'firth' or 'cox', not {model!r}.")
    if ties not in ("breslow", "efron"):
        raise FollowupError(f"ties is 'breslow' or 'efron', not {ties!r}.")


def _table(fits: dict[str, np.ndarray], terms: Terms, level: float) -> pd.DataFrame:
    names = {"time-varying": ["followed up", *terms.names], "naive": ["ever followed up"]}
    rows = [
        (method, term, *found)
        for method, both in fits.items()
        for term, found in zip(names[method], both, strict=True)
    ]
    methods, told, coef, std_error = (np.array(column) for column in zip(*rows, strict=True))
    if np.isnan(coef[0]):
        raise FollowupError(
            "either none or all of the answers that count came after a follow-up, which Cox's "
            "model takes for an infinite ratio; model='person-day' has an answer"
        )
    reach = normal_quantile(level) * std_error
    estimates = (np.exp(coef + side * reach) for side in (0, -1, 1))
    above_1 = [NormalDist().cdf(z) for z in coef / std_error]
    columns = (methods, told, coef, std_error, *estimates, above_1, level)
    return pd.DataFrame(dict(zip(_COLUMNS, columns, strict=True)))


def _sentence(table: pd.DataFrame, words: str) -> str:
    rows = table.to_numpy(object).tolist()  # to_dict takes ten times as long
    honest, *_, naive = (dict(zip(table, row, strict=True)) for row in rows)
    digits = decimals(honest["conf_low"], honest["conf_high"], 2)
    ratio, low, high = (
        _times(honest[name], digits) for name in ("estimate", "conf_low", "conf_high")
    )
    told = (
        "On any given day, an interview you had written to was "
        f"{ratio} times as likely to be answered with {words} as one alike that you had not "
        f"({percent_of(honest['level'])} {low} to {high}): {_verdict(honest, words)}."
    )
    if np.isnan(naive["estimate"]):
        return told
    return (
        f"{told} The naive ratio, for which whoever ever wrote had done so from the start, is "
        f"{_times(naive['estimate'])}."
    )


def _times(ratio: float, digits: int = 2) -> str:
    return f"{ratio:.{digits}f}" if ratio < 9.995 else f"{ratio:.{digits + 1}g}"


def _verdict(row: dict[str, Any], words: str) -> str:
    up = row["prob_positive"]
    if 0.1 <= up <= 0.9:
        return "your log cannot tell"
    leans = f"your log leans towards {words} {'more' if up > 0.5 else 'less'} often"
    covers_1 = row["conf_low"] <= 1 <= row["conf_high"]
    return leans if covers_1 else f"{leans}, but what you did not record could explain it"


def _notes(days: Days, table: pd.DataFrame, terms: Terms, model: str) -> list[str]:
    after, total = days[1][:, 1].sum(), days[1].sum()
    alike = ", ".join(terms.names) or "nothing: the log records nothing that was known before"
    notes = [
        f"{after:.0f} of the {total:.0f} answers that count came after a follow-up.",
        f"Interviews are made alike in: {alike}. The ratio is due to the follow-up only if nothing "
        "else decided both when you wrote and when the answer came.",
    ]
    if model != "cox":
        notes.append("The ratio is one of odds; on days on which few answers come it is the same.")
    if model != "person-day":
        notes.append(
            "Whether it stays the same from day to day after a follow-up is not looked at here; "
            "model='person-day' looks."
        )
    rows = zip(table["method"], table["term"], table["coef"], strict=True)
    lost = [term for method, term, coef in rows if np.isnan(coef) and method != "naive"]
    if lost:
        notes.append(f"No finite ratio for: {', '.join(lost)}.")
    return notes


def _no_estimate(why: FollowupError, counts: Tally) -> Result:
    n = counts.n_episodes
    return Result(
        f"No ratio from {count(n, 'interview')}: {str(why).rstrip('.')}.",
        pd.DataFrame(columns=_COLUMNS),
        counts.notes,
        chart="hazard_ratio",
        alt="Nothing to draw yet.",
    )
