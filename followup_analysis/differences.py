"""Tally -> whether the effect of writing differs between kinds of interview.

The convention owned here: what an interview is grouped by was known before the outcome. What only
those who wrote have, a channel or a content, is no kind of interview.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from .comparing import Asked, compare_levels, nothing_to_compare
from .covariates import tally_for_model
from .effect import check_days
from .episodes import episodes
from .errors import FollowupError
from .levels import NOT_RECORDED, Levels
from .log import JobSearchLog
from .result import Result
from .survival import Source
from .tally import Tally
from .trust import check_share

_MANY_FINALISTS = 3
_FEW_VALUES = 5
_SAID = {
    "role_family": "kind of role",
    "n_finalists": "how many were in the running",
    "deadline_day": "deadline",
}
_DEADLINE = ("before the deadline", "after the deadline", "no deadline known")
_ONLY_IF_WRITTEN = {"channel": "fa.effect_of_channel", "content": "fa.effect_of_content"}
_LATER = re.compile(
    r"(.*[ _])?(follow_?ups?|exit|ending|ended|implied|rated_late|quarantine|status|outcome|"
    r"results?|offers?|reject\w*|decision|decided|answer\w*|response|reply|replied|ghosted|hired|"
    r"withdra\w+)([ _].*)?"
)


def effect_by(
    source: Source,
    by: str,
    *,
    by_day: int = 2,
    horizon: int = 30,
    adjust: Sequence[str] | None = None,
    smallest: float = 0.10,
    level: float = 0.95,
    draws: int = 400,
    seed: int = 0,
) -> Result:
    """Compare the effect of writing by a day between kinds of interview.

    Parameters
    ----------
    source : JobSearchLog, pandas.DataFrame or Tally
        As for `tally`; a Tally must have been counted by `by` and by the columns to adjust for.
    by : str
        A column known before the outcome, such as role_family, stage, n_finalists (up to two in the
        running, you among them, against three or more) or deadline_day (before the stated deadline
        and after it). Other numbers are split at their median if they take many values.
    by_day : int, days since the interview
        The last day of writing in the first strategy, for whoever has no answer yet.
    horizon : int, days since the interview
        Answers up to this day count.
    adjust : sequence of str, optional
        As for `follow_up_effect`; `by` is always among them.
    smallest : float
        The smallest difference worth finding, as a share, where there is no main effect to go by.
    level : float
        Probability inside the intervals.
    draws : int
        Draws from the posterior.
    seed : int
        Seed of the draws.

    Returns
    -------
    Result
        Rows by ``quantity``. ``difference_yes``: for each ``group`` the difference in the chance of
        a yes, written by the day less never written, of ``kind`` raw (its own coefficient under a
        weak prior) and shrunken (pulled together), and for all interviews (main), with ``n``
        interviews, ``n_followed_up`` and ``n_yes``. ``difference_between``: of each pair of groups.
        Then ``prob_spread`` (that the log-odds of a yes spread by more than 0.25) and
        ``prob_spread_before`` any data, and ``times_the_interviews``: how many times as many would
        show a difference as large as the main effect between the two groups with most yes;
        ``times_smallest`` the same of `smallest`.

    Raises
    ------
    ColumnError
        When `by`, or a column of `adjust`, is not there.
    FollowupError
        When a column is known only after the outcome, or `by_day` is out of range.

    Notes
    -----
    Groups with fewer than five yes are put together as "other". There are no p-values for groups:
    their coefficients are normal around a common one, and how far they spread is averaged over.

    References
    ----------
    Gelman, Hill and Yajima (2012), Journal of Research on Educational Effectiveness 5, 189-211.

    Examples
    --------
    >>> import followup_analysis as fa
    >>> result = effect_by(fa.load_sample(), "n_finalists")
    >>> result.table.query("kind == 'shrunken' and quantity == 'difference_yes'")["group"].tolist()
    ['3 or more', 'other']
    """
    check_days(by_day, horizon)
    check_share(smallest, "smallest")
    adjust = [adjust] if isinstance(adjust, str) else adjust
    refuse_later((by, *(adjust or ())))
    counts = count_alike(source, adjust, by)
    group = _SAID.get(by, by.replace("_", " "))
    what = f"Writing by day {by_day}, against never writing, by {group}"
    if few := nothing_to_compare(counts, what):
        return few
    counts, levels = _in_levels(counts, by, horizon + 1)
    asked = Asked(by_day, horizon, level, smallest, draws, seed)
    return compare_levels(counts, list(counts.patterns), levels, what, asked, sent=False)


def refuse_later(names: Sequence[str]) -> None:
    """Refuse columns that are known only after the follow-up or after the outcome."""
    for name in names:
        if name in _ONLY_IF_WRITTEN:
            raise FollowupError(
                f"only those who wrote have a {name}, so it cannot group interviews: use "
                f"{_ONLY_IF_WRITTEN[name]}, which sets each {name} against never writing."
            )
        if _LATER.fullmatch(name.lower()):
            raise FollowupError(
                f"{name!r} is known only after the follow-up or the answer: to split by it "
                "compares those who had time with those who had not. Give a column that was known "
                "when the interview was held, such as role_family, stage or n_finalists."
            )


def count_alike(source: Source, adjust: Sequence[str] | None, besides: str) -> Tally:
    """Count alike episodes, keeping apart one column besides those to adjust for."""
    if isinstance(source, JobSearchLog):
        source = episodes(source)
    if adjust is None:
        adjust = list(tally_for_model(source).patterns)
    if isinstance(source, pd.DataFrame) and besides in source and besides != "deadline_day":
        # As categories, numbers are counted as they are: they are put into levels later.
        source = source.assign(**{besides: source[besides].astype("category")})
    names = [*(name for name in adjust if name != besides), besides]
    return tally_for_model(source, names, people=True)


def _in_levels(counts: Tally, by: str, days: int) -> tuple[Tally, Levels]:
    """Put each pattern into its level on each day; numbers become words."""
    values = counts.patterns[by]
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype)
    if by == "deadline_day":
        deadline = values.fillna(days).to_numpy(dtype=float)
        passed = (np.arange(days) > deadline[:, None]).astype(int)
        codes = np.where(values.isna().to_numpy()[:, None], 2, passed)
        found, codes = np.unique(codes, return_inverse=True)
        return counts, Levels(tuple(_DEADLINE[code] for code in found), codes.reshape(passed.shape))
    n = np.bincount(counts.pattern, counts.n, minlength=len(values))
    words = _in_words(values, n)
    names = [*words.cat.categories, *([NOT_RECORDED] if words.isna().any() else [])]
    codes = words.cat.codes.to_numpy()
    codes = np.where(codes < 0, len(names) - 1, codes)
    known = words.astype("object").where(words.notna(), None).astype("str")
    counts = replace(counts, patterns=counts.patterns.assign(**{by: known}))
    return counts, Levels(tuple(names), np.repeat(codes[:, None], days, axis=1))


def _in_words(values: pd.Series, n: np.ndarray) -> pd.Series:
    """Name the level of each pattern; most interviews first, numbers from low to high."""
    if pd.api.types.is_bool_dtype(values):
        said = str(values.name).replace("_", " ")
        words = values.astype("object").map({True: said, False: f"no {said}"})
        return words.astype(pd.CategoricalDtype([said, f"no {said}"]))
    if pd.api.types.is_numeric_dtype(values):
        return _numbers_in_words(values.astype("Float64"), n)
    words = values.astype("str").mask(values.isna())
    order = pd.Series(n).groupby(words.to_numpy()).sum().sort_values(ascending=False, kind="stable")
    return words.astype(pd.CategoricalDtype(order.index))


def _numbers_in_words(values: pd.Series, n: np.ndarray) -> pd.Series:
    known = np.unique(values.dropna().to_numpy(dtype=float))
    if values.name == "n_finalists":
        words = ["1 or 2", f"{_MANY_FINALISTS} or more"]
        many = values >= _MANY_FINALISTS
    elif len(known) <= _FEW_VALUES:
        coded = pd.Categorical(values.to_numpy(float, na_value=np.nan), categories=known)
        return pd.Series(coded.rename_categories([f"{number:g}" for number in known]))
    else:
        middle = known[np.searchsorted(_share_up_to(values, n, known), 0.5)]
        words = [f"up to {middle:g}", f"above {middle:g}"]
        many = values > middle
    codes = many.astype("Int8").fillna(-1).to_numpy(dtype=int)
    return pd.Series(pd.Categorical.from_codes(codes, words))


def _share_up_to(values: pd.Series, n: np.ndarray, known: np.ndarray) -> np.ndarray:
    sizes = [n[(values == number).fillna(False).to_numpy(dtype=bool)].sum() for number in known]
    return np.cumsum(sizes) / np.sum(sizes)
