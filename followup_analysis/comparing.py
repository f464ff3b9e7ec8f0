"""A follow-up split by levels -> the effect in each of them, and whether they differ.

The convention owned here: a difference between levels is looked for in the coefficients that were
pulled together, never by a test for each; what could show is set beside the main effect.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd

from .covariates import terms_of
from .draws import as_table, draw_log, summarise
from .effect import assumptions, without_contrast
from .intervals import check_drawn
from .levels import (
    FEWEST_YES,
    NAMELESS,
    Around,
    Levels,
    Split,
    pool_small,
    prior_of_spread,
)
from .persondays import PersonDays, count_person_days
from .result import Result
from .strategies import Outcome
from .tally import Tally, tally
from .telling import notes_of, sentence_of
from .trust import detectable, e_value
from .waning import if_it_wears_off, with_doubt

CHART = "forest_of_levels"
_COLUMNS = [
    "quantity", "group", "kind", "n", "n_followed_up", "n_yes",
    "estimate", "std_error", "conf_low", "conf_high", "prob_positive", "level",
]  # fmt: skip
_FEW_INTERVIEWS, _MANY_INTERVIEWS = 30, 300  # the prior tells much, and next to nothing
_DIFFUSE = 10.0
_MOST_NAMED = 6

Pair = list[Outcome]


@dataclass(frozen=True)
class Asked:
    """What is asked of every level.

    Parameters
    ----------
    by_day, horizon : int, days since the interview
        The last day of writing, and of the answers that count.
    level : float
        Probability inside the intervals.
    smallest : float
        The smallest difference worth finding.
    draws, seed : int
        Draws, and their seed.
    """

    by_day: int
    horizon: int
    level: float
    smallest: float
    draws: int
    seed: int

    def __post_init__(self) -> None:
        check_drawn(self.level, self.draws, "draws")


@dataclass(frozen=True)
class Played:
    """The two strategies, through the fit and through each draw, for every level."""

    fit: list[Pair]
    draws: list[Pair]

    def summary(self, place: int, level: float) -> pd.DataFrame:
        """The difference in yes and its ratio, in the standard columns."""
        drawn, fit = (_quantities(pairs[place]) for pairs in (self.draws, self.fit))
        return as_table(summarise(drawn, level, fit))

    def between(self, one: int, other: int, level: float) -> pd.DataFrame:
        """How much more yes the first level's follow-up brings, and how many times as much."""
        drawn, fit = (_between(pairs[one], pairs[other]) for pairs in (self.draws, self.fit))
        return as_table(summarise(drawn, level, fit))


def compare_levels(
    counts: Tally, alike: list[str], levels: Levels, what: str, asked: Asked, *, sent: bool
) -> Result:
    """Estimate the effect in each level, by itself and pulled together, and compare them.

    Parameters
    ----------
    counts : Tally
        The log.
    alike : list of str
        Columns of its patterns to adjust for.
    levels : Levels
        The levels as they are recorded.
    what : str
        What the sentence starts with.
    asked : Asked
        Strategies, interval and draws.
    sent : bool
        Whether the levels are of what was sent, so that each is compared over all interviews.

    Returns
    -------
    Result
    """
    days = count_person_days(counts, asked.horizon)
    n_yes = days.n_event[0, :, 1, :, 0] if sent else days.n_event[0, ..., 0].sum(axis=1)
    recorded = levels
    levels, pooled = pool_small(levels, levels.sums(n_yes))
    sizes = _sizes(days, levels, n_yes, sent=sent)
    if set(levels.names) <= set(NAMELESS) or len(levels.names) < (1 if sent else 2):
        return _too_few(counts, what, recorded, recorded.sums(n_yes))
    terms = terms_of(counts.patterns[alike], days.n_start[:, 0], days.days, people=True)
    split = Split(counts, days, terms, levels, asked.draws, asked.seed)
    together, prob = split.fit_together()
    kinds = {"raw": split.fit_apart(), "shrunken": together}
    played = {kind: _play(split, around, asked, sent=sent) for kind, around in kinds.items()}
    main, worn = _main(counts, alike, asked, sizes)
    parts = [_rows_of_levels(played, levels, sizes, asked.level), main]
    if sent:
        parts.append(_ratios(played["shrunken"], levels, asked.level))
    parts.append(_pairs(played["shrunken"], levels, asked.level, sent=sent))
    found = float(main["estimate"].iloc[0])
    parts.append(_trust(split, prob, sizes, found, asked, played["raw"], sent=sent))
    table = pd.concat([part for part in parts if len(part)], ignore_index=True)
    table = table.astype(dict.fromkeys(["n", "n_followed_up", "n_yes"], "Int64")).reindex(
        columns=_COLUMNS
    )
    notes = (*assumptions(terms), *worn, *notes_of(table, pooled, sent=sent), *counts.notes)
    told = with_doubt(sentence_of(table, what, asked.horizon, asked.smallest), worn)
    return Result(told, table, notes, chart=CHART, alt=_ALT)


def nothing_to_compare(counts: Tally, what: str) -> Result | None:
    """Return a result that says why there is no estimate, where all wrote, or nobody did."""
    few = without_contrast(counts, what)
    return few and replace(few, table=pd.DataFrame(columns=_COLUMNS), chart=CHART)


_ALT = (
    "A line for each group: how much more often yes follows when writing, by itself (hollow) and "
    "pulled together (solid), with intervals."
)


def _sizes(
    days: PersonDays, levels: Levels, n_yes: np.ndarray, *, sent: bool
) -> dict[str, np.ndarray]:
    wrote = levels.sums(days.n_wrote[..., 0])
    n = wrote if sent else levels.sums(days.n_risk[..., 0].sum(axis=1) * levels.first_days())
    sizes = {"n": n, "n_followed_up": wrote, "n_yes": levels.sums(n_yes)}
    return {name: values.round().astype(int) for name, values in sizes.items()}


def _too_few(counts: Tally, what: str, levels: Levels, n_yes: np.ndarray) -> Result:
    each = [f"{name} {n:.0f}" for name, n in zip(levels.names, n_yes, strict=True)]
    if set(levels.names) <= set(NAMELESS):
        why = "nothing is written down that would tell groups apart"
    elif len(each) == 1:
        why = f"there is one group only, {levels.names[0]}"
    else:
        more = f", and {len(each) - _MOST_NAMED} more" if len(each) > _MOST_NAMED else ""
        told = ", ".join(each[:_MOST_NAMED]) + more
        why = f"a group needs {FEWEST_YES} yes to be shown, and there are too few ({told})"
    sentence = f"{what}: no estimate, because {why}."
    return Result(sentence, pd.DataFrame(columns=_COLUMNS), counts.notes, CHART, "Nothing to draw.")


def _play(
    split: Split, around: Around, asked: Asked, *, sent: bool, only: tuple[int, ...] = ()
) -> Played:
    """Play the strategies in each level: for its own interviews, or for all where it was sent."""
    codes = split.levels.codes
    stage, played = None, Played([], [])
    for place in only or range(len(split.levels.names)):
        if stage is None or not sent:
            chosen = np.ones(len(codes), dtype=bool) if sent else (codes == place).any(axis=1)
            stage = split.stage(around, chosen)
        for pairs, pair in zip(
            (played.fit, played.draws), stage.play(place, asked.by_day), strict=True
        ):
            pairs.append(pair)
    return played


def _main(
    counts: Tally, alike: list[str], asked: Asked, sizes: dict
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Estimate one effect for all, as the headline does; tell if its push wears off."""
    counts, rng = tally(counts, by=alike), np.random.default_rng(asked.seed)
    drawn = draw_log(counts, asked.horizon, asked.draws, rng)
    strategies = (asked.by_day, None)
    played = Played([drawn.play_fit(*strategies)], [drawn.play(*strategies)])
    days = drawn.person_days
    n, yes = (int(counts.sum().round()) for counts in (days.n_start, days.n_event[0]))
    wrote = int(sizes["n_followed_up"].sum())
    row = played.summary(0, asked.level).head(1)
    row = row.assign(group="all", kind="main", n=n, n_followed_up=wrote, n_yes=yes)
    return row, if_it_wears_off(drawn)


def _quantities(pair: list[Outcome]) -> dict[str, np.ndarray]:
    written, never = pair
    return {"difference_yes": written.yes - never.yes, "ratio_yes": written.yes / never.yes}


def _between(one: list[Outcome], other: list[Outcome]) -> dict[str, np.ndarray]:
    differences = [_quantities(pair)["difference_yes"] for pair in (one, other)]
    ratio = one[0].yes / other[0].yes
    return {"difference_between": differences[0] - differences[1], "ratio_between": ratio}


def _rows_of_levels(
    played: dict[str, Played], levels: Levels, sizes: dict[str, np.ndarray], level: float
) -> pd.DataFrame:
    rows = []
    for place, name in enumerate(levels.names):
        n = {column: values[place] for column, values in sizes.items()}
        for kind, each in played.items():
            rows.append(each.summary(place, level).head(1).assign(group=name, kind=kind, **n))
    return pd.concat(rows)


def _ratios(played: Played, levels: Levels, level: float) -> pd.DataFrame:
    """How many times as often yes follows each, and what could explain it away."""
    rows = []
    for place, name in enumerate(levels.names):
        ratio = played.summary(place, level).tail(1)
        rows.append(with_e_values(ratio).assign(group=name, kind="shrunken"))
    return pd.concat(rows)


def with_e_values(ratio: pd.DataFrame) -> pd.DataFrame:
    """Put the E-values of a ratio and of its limit below it."""
    values = e_value(*ratio[["estimate", "conf_low", "conf_high"]].iloc[0])
    below = pd.DataFrame({"quantity": ["e_value", "e_value_of_limit"], "estimate": values})
    return pd.concat([ratio, below])


def _pairs(played: Played, levels: Levels, level: float, *, sent: bool) -> pd.DataFrame:
    rows = []
    for one, other in combinations(range(len(levels.names)), 2):
        name = f"{levels.names[one]} less {levels.names[other]}"
        row = played.between(one, other, level).head(2 if sent else 1)
        rows.append(row.assign(group=name, kind="shrunken"))
    return pd.concat(rows) if rows else pd.DataFrame()


def _trust(
    split: Split,
    prob: float,
    sizes: dict[str, np.ndarray],
    main: float,
    asked: Asked,
    raw: Played,
    *,
    sent: bool,
) -> pd.DataFrame:
    """Whether the levels spread, and how much more it would take to see that they do."""
    rows: list[tuple[str, str | None, float]] = [
        ("prob_spread", None, prob),
        ("prob_spread_before", None, prior_of_spread()),
    ]
    if len(split.levels.names) > 1:
        one, other = _best_known(split.levels.names, sizes["n_yes"])
        if min(sizes["n"][one], sizes["n"][other]) >= _MANY_INTERVIEWS:
            spread = float(raw.between(one, other, asked.level)["std_error"].iloc[0])
        else:
            spread = _spread_without_prior(split, one, other, sizes["n"], asked, sent=sent)
        names = f"{split.levels.names[one]} less {split.levels.names[other]}"
        for quantity, size in (("times_the_interviews", main), ("times_smallest", asked.smallest)):
            rows.append((quantity, names, (detectable(spread) / max(abs(size), 1e-9)) ** 2))
    return pd.DataFrame(rows, columns=["quantity", "group", "estimate"])


def _best_known(names: tuple[str, ...], n_yes: np.ndarray) -> tuple[int, int]:
    """Choose the two levels with most yes, if possible two that have a name of their own."""
    named = np.array([name not in NAMELESS for name in names])
    one, other = np.lexsort((-n_yes, ~named))[:2]
    return min(one, other), max(one, other)


def _spread_without_prior(
    split: Split, one: int, other: int, n: np.ndarray, asked: Asked, *, sent: bool
) -> float:
    """Standard error of the difference between two levels when no prior says anything of it."""
    floor = float(np.sqrt(1 / n[one] + 1 / n[other]))
    around = split.fit_apart(_DIFFUSE)
    if not around.converged:
        return floor
    played = _play(split, around, asked, sent=sent, only=(one, other))
    spread = float(played.between(0, 1, asked.level)["std_error"].iloc[0])
    return max(spread, floor if min(n[one], n[other]) < _FEW_INTERVIEWS else 0.0)
