"""Fitted models -> draws of their coefficients: how far each could be off, and all together.

The convention owned here: draws come in pairs on opposite sides of the fit, so that their middle
is the fit. Where people or companies hold several interviews each, what they have in common widens
the draws.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from .chances import Chances, Design, fit_chances
from .covariates import terms_of
from .hazard import Fit
from .persondays import PersonDays, count_person_days
from .strategies import Outcome, follow_strategy, join
from .tally import Tally

_FEWEST_CLUSTERS = 30
_SMALL, _LARGE = 30, 1000  # interviews: the prior tells much, and next to nothing
MOST_PATTERNS = 400
_CELLS_AT_ONCE = 1 << 22
_CHANCES_AT_ONCE = 1 << 21


COLUMNS = ["quantity", "estimate", "std_error", "conf_low", "conf_high", "prob_positive", "level"]


def summarise(
    drawn: dict[str, np.ndarray], level: float, estimate: dict[str, np.ndarray]
) -> dict[str, dict[str, float]]:
    """Tell of each quantity what the standard columns say of it.

    Parameters
    ----------
    drawn : dict of str to numpy.ndarray
        Draws, or bootstrap replicates; those of a ratio are held against 1, others against 0.
    level : float
        Probability inside the intervals, which are percentiles.
    estimate : dict of str to numpy.ndarray of shape (1,)
        The estimates, which no draw moves.

    Returns
    -------
    dict of str to dict of str to float
        Quantity -> column -> what it says.
    """
    values = np.stack(list(drawn.values()))
    held_against = np.array([1.0 if "ratio" in name else 0.0 for name in drawn])[:, None]
    told = np.full((len(values), 4), np.nan)
    missing = np.isnan(values)  # a ratio to nothing is no number
    whole = ~missing.any(axis=1)
    told[whole] = _told_by(values[whole], held_against[whole], level)
    for row in np.flatnonzero(~whole & ~missing.all(axis=1)):
        known = values[[row]][:, ~missing[row]]
        told[row] = _told_by(known, held_against[[row]], level)
    return {
        name: dict(zip(COLUMNS[1:], (float(estimate[name][0]), *row, level), strict=True))
        for name, row in zip(drawn, told.tolist(), strict=True)
    }


def as_table(
    summary: dict[str, dict[str, float]], more: dict[str, float] | None = None
) -> pd.DataFrame:
    """Put a summary into a table, one row per quantity, and after it those without an interval."""
    more = more or {}
    values = np.full((len(summary) + len(more), len(COLUMNS) - 1), np.nan)
    values[: len(summary)] = [list(told.values()) for told in summary.values()]
    values[len(summary) :, 0] = list(more.values())
    columns = ([*summary, *more], *values.T)
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))


def _told_by(values: np.ndarray, held_against: np.ndarray, level: float) -> np.ndarray:
    """Standard error, limits and share above, of draws of shape (quantities, draws)."""
    limits = np.quantile(values, [(1 - level) / 2, (1 + level) / 2], axis=1)
    above = (values > held_against).mean(axis=1)
    return np.stack([values.std(axis=1), *limits, above], axis=1)


@dataclass(frozen=True)
class Drawn:
    """A log with its models and draws around them.

    Parameters
    ----------
    counts : Tally
        The log.
    person_days : PersonDays
        Its person-days.
    chances : Chances
        The models.
    coefs : list of numpy.ndarray of shape (draws, terms)
        Draws of the answers and, last, of writing.
    weight : numpy.ndarray of shape (draws, patterns)
        Draws of the share of each pattern, or of those that stand for all.
    standing : numpy.ndarray of int, optional
        Which patterns stand for all in the draws.
    """

    counts: Tally
    person_days: PersonDays
    chances: Chances
    coefs: list[np.ndarray]
    weight: np.ndarray
    standing: np.ndarray | None = None

    @property
    def played(self) -> Chances:
        """The models of the patterns that the draws are of."""
        return self.chances if self.standing is None else self.chances.only(self.standing)

    def play(self, *strategies: int | None) -> list[Outcome]:
        """Play strategies (write by that day; None for never) through each draw."""
        chances = self.played
        # In blocks that fit into memory.
        block = max(1, _CHANCES_AT_ONCE // len(chances.answer_design.rows))
        parts = []
        last = max((by_day for by_day in strategies if by_day is not None), default=0)
        for first in range(0, len(self.weight), block):
            part = slice(first, first + block)
            answers = chances.answer([coef[part] for coef in self.coefs[:-1]])
            weight = self.weight[part]
            writing = chances.write(self.coefs[-1][part], days=last)
            parts.append(
                [follow_strategy(answers, writing, weight, by_day) for by_day in strategies]
            )
        return [join(list(outcomes)) for outcomes in zip(*parts, strict=True)]

    def play_fit(self, *strategies: int | None) -> list[Outcome]:
        """Play strategies through the fit itself."""
        return self.fit().play(*strategies)

    def fit(self) -> Drawn:
        """Return the fit itself, as if it were the only draw."""
        n_start = self.person_days.n_start[:, 0]
        fits = [*self.chances.answers, self.chances.writing]
        share = (n_start / n_start.sum())[None]
        return replace(self, coefs=[each.coef for each in fits], weight=share, standing=None)

    def spread_without_prior(
        self, by_day: int, rng: np.random.Generator, played: list[Outcome] | None = None
    ) -> float:
        """Standard error of the difference when the prior says nothing of the follow-up.

        In a small log the weak prior supplies much of the precision: it would promise too much.
        In a large one it is that of the strategies, if they were `played` already.
        """
        if self.counts.n_episodes >= _LARGE:
            early, never = played or self.play(by_day, None)
            return float((early.yes - never.yes).std())
        chances = fit_chances(self.person_days, self.chances.terms, diffuse=True)
        fits = [*chances.answers, chances.writing]
        yes = self.person_days.n_event[0]
        is_undefined = not yes.any() or not self.person_days.n_event[1:].any()
        if is_undefined or not all(fit.converged.all() for fit in fits):
            return float(1 / np.sqrt(self.counts.n_episodes))
        coefs = draw_models(chances, self.person_days, self.counts, len(self.weight), rng)
        early, never = replace(self, chances=chances, coefs=coefs).play(by_day, None)
        # In a handful of interviews what is left of the priors still promises too much.
        floor = 1 / np.sqrt(self.counts.n_episodes) if self.counts.n_episodes < _SMALL else 0.0
        return float(max(floor, (early.yes - never.yes).std()))


def draw_log(counts: Tally, horizon: int, draws: int, rng: np.random.Generator) -> Drawn:
    """Fit the models of a log and draw around them."""
    person_days = count_person_days(counts, horizon)
    n_start = person_days.n_start[:, 0]
    terms = terms_of(counts.patterns, n_start, person_days.days, people=True)
    chances = fit_chances(person_days, terms)
    coefs = draw_models(chances, person_days, counts, draws, rng)
    standing = None
    if len(n_start) > MOST_PATTERNS:
        standing = stand_for_all(chances, n_start)
        n_start = np.full(len(standing), n_start.sum() / len(standing))
    weight = rng.dirichlet(n_start, len(coefs[0]))
    return Drawn(counts, person_days, chances, coefs, weight, standing)


def stand_for_all(chances: Chances, n_start: np.ndarray, most: int = MOST_PATTERNS) -> np.ndarray:
    """Choose patterns at equal steps through all of them, from those least likely to have a yes.

    Where people and deadlines make nearly every episode a pattern of its own, so many tell as
    much about how far the estimate could be off as all of them; the estimate itself is of all.
    """
    answers, _ = chances.fitted()
    yes, no = (each[0, :, 0].mean(axis=-1) for each in answers[:2])
    place = (n_start[np.argsort(yes)].cumsum() / n_start.sum())[np.argsort(np.argsort(yes))]
    order = np.lexsort([no, np.floor(20 * place)])
    upto = n_start[order].cumsum() / n_start.sum()
    steps = (np.arange(most) + 0.5) / most
    return order[np.searchsorted(upto, steps)]


def draw_models(
    chances: Chances,
    person_days: PersonDays,
    counts: Tally,
    draws: int,
    rng: np.random.Generator,
) -> list[np.ndarray]:
    """Draw the coefficients of the answers and, last, of writing.

    Parameters
    ----------
    chances : Chances
        The models, of one replicate.
    person_days : PersonDays
        What they were fitted to.
    counts : Tally
        Where that came from.
    draws : int
        How many; an even number.
    rng : numpy.random.Generator
        Where the chances come from.

    Returns
    -------
    list of numpy.ndarray of shape (draws, terms)

    Notes
    -----
    The covariance is the inverse of the penalised information (Laplace). Where there are 30
    clusters or more that hold two episodes or more on average, what the likelihood contributes to
    the information is replaced by the spread of the clusters' scores, as in the sandwich.

    References
    ----------
    Liang and Zeger (1986), Biometrika 73, 13-22.
    """
    fits = [*chances.answers, chances.writing]
    people = chances.terms.person
    cluster = counts.cluster if people is None else people[counts.pattern]
    n_clusters = 0 if cluster is None else len(np.unique(cluster))
    if n_clusters < _FEWEST_CLUSTERS or counts.n_episodes < 2 * n_clusters:
        return draw_around(fits, draws, rng)
    if people is None:
        scores = _scores(chances, counts, person_days.days - 1, fits)
    else:
        scores = _scores_of_people(chances, person_days, fits)
    spreads = _spreads(chances, scores, fits, n_clusters)
    z = _in_pairs(draws, spreads[0].shape[1], rng)
    return [fit.coef[0] + z @ spread.T for fit, spread in zip(fits, spreads, strict=True)]


def draw_around(fits: list[Fit], draws: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Draw each model by itself from the normal around its fit."""
    return [
        fit.coef[0] + _in_pairs(draws, len(root), rng) @ root.T
        for fit in fits
        for root in [np.linalg.cholesky(fit.covariance[0])]
    ]


def _in_pairs(draws: int, terms: int, rng: np.random.Generator) -> np.ndarray:
    half = rng.standard_normal((max(draws // 2, 1), terms))
    return np.concatenate([half, -half])


def _spreads(
    chances: Chances, scores: list[np.ndarray], fits: list[Fit], n_clusters: int
) -> list[np.ndarray]:
    """Matrices that turn common standard normals into deviations of each model."""
    bread = [fit.covariance[0] for fit in fits]
    priors = [design.prior_sd for design in _designs(chances)]
    sizes = [len(prior) for prior in priors]
    ends = np.cumsum(sizes)
    # Common standard normals: one for each cluster, and one for each prior of each term.
    total = n_clusters + ends[-1]
    inflate = np.sqrt(n_clusters / (n_clusters - 1))
    out = []
    for each, score, prior, end in zip(bread, scores, priors, ends, strict=True):
        root = np.zeros((len(prior), total))
        root[:, :n_clusters] = inflate * score
        start = n_clusters + end - len(prior)
        root[:, start : start + len(prior)] = np.diag(1 / prior)
        out.append(each @ root)
    return out


def _scores(chances: Chances, counts: Tally, horizon: int, fits: list[Fit]) -> list[np.ndarray]:
    """Sum of the scores of each cluster: (terms, clusters), for each model."""
    names, codes = np.unique(np.asarray(counts.cluster), return_inverse=True)
    parts = []
    block = max(1, _CELLS_AT_ONCE // max(len(counts.patterns) * 2 * (horizon + 1), 1))
    for first in range(0, len(names), block):
        inside = (codes >= first) & (codes < first + block)
        parts.append(_block_scores(chances, counts, horizon, fits, inside, codes - first))
    return [np.concatenate(blocks, axis=1) for blocks in zip(*parts, strict=True)]


def _block_scores(
    chances: Chances,
    counts: Tally,
    horizon: int,
    fits: list[Fit],
    inside: np.ndarray,
    codes: np.ndarray,
) -> list[np.ndarray]:
    code = codes[inside]
    own = np.zeros((len(code), int(code.max(initial=0)) + 1))
    own[np.arange(len(code)), code] = counts.n[inside]
    days = count_person_days(counts.only(inside), horizon, own)
    residuals = _residuals(chances, days, fits)
    return [d.rows.T @ rows for d, rows in zip(_designs(chances), residuals, strict=True)]


def _scores_of_people(
    chances: Chances, person_days: PersonDays, fits: list[Fit]
) -> list[np.ndarray]:
    """As `_scores`, where each row of the design belongs to one person."""
    from scipy.sparse import csr_array

    out = []
    residuals = _residuals(chances, person_days, fits)
    for design, residual in zip(_designs(chances), residuals, strict=True):
        n = len(design.rows)
        by_person = csr_array((residual[:, 0], design.person, np.arange(n + 1)))
        of_people = np.diag(np.asarray(by_person.sum(axis=0)).ravel())
        out.append(np.concatenate([of_people, (by_person.T @ design.rows).T]))
    return out


def _residuals(chances: Chances, days: PersonDays, fits: list[Fit]) -> list[np.ndarray]:
    """Events less what was to be expected, by row of the design and replicate."""
    pairs = [(days.n_risk, events) for events in days.n_event[: len(chances.answers)]]
    pairs.append((days.n_silent, days.n_wrote))
    out = []
    for design, fit, (n, n_event) in zip(_designs(chances), fits, pairs, strict=True):
        chance = design.chances(fit.coef)[0][:, None]
        rows = n.reshape(len(chance), -1)
        out.append(n_event.reshape(rows.shape) - rows * chance)
    return out


def _designs(chances: Chances) -> list[Design]:
    return [chances.answer_design] * len(chances.answers) + [chances.writing_design]
