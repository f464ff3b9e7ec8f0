"""Person-days by level of the follow-up -> its effect in each level, by itself and pulled together.

The convention owned here: each level has a coefficient of its own, normal around a common one. How
far they spread (tau) is not chosen but averaged over, on a grid.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import erf, sqrt

import numpy as np

from .chances import Chances, Design, answer_design, fit_writing, writing_design
from .covariates import Terms
from .draws import MOST_PATTERNS, Drawn, draw_models, stand_for_all
from .persondays import PersonDays
from .strategies import Outcome
from .tally import Tally

FEWEST_YES = 5  # for a level to stand alone
CONSIDERABLE = 0.25  # a spread of the log-odds that would matter
POOL, UNKNOWN, NOT_RECORDED = "other", "unknown", "not recorded"
NAMELESS = (POOL, UNKNOWN, NOT_RECORDED)  # levels that say nothing of what is in them

_SPREAD_OF_TAU = 0.5
# As wide as what is said of a level beforehand when they are pulled together: 1 + E(tau^2).
_BY_ITSELF = sqrt(1 + _SPREAD_OF_TAU**2)
_EDGES = np.array([0, 0.1, CONSIDERABLE, 0.4, 0.55, 0.75, 1.0, 1.5])
_TAUS = (_EDGES[1:] + _EDGES[:-1]) / 2


@dataclass(frozen=True)
class Levels:
    """In which level of the follow-up each pattern is on each day.

    Parameters
    ----------
    names : tuple of str
        The levels.
    codes : numpy.ndarray of shape (patterns, days)
        Position in `names`.
    """

    names: tuple[str, ...]
    codes: np.ndarray

    def sums(self, counts: np.ndarray) -> np.ndarray:
        """Sum counts of shape (patterns, days) by level."""
        return np.bincount(self.codes.ravel(), counts.ravel(), minlength=len(self.names))

    def first_days(self) -> np.ndarray:
        """Whether a day is the first of its pattern in its level: (patterns, days)."""
        out = np.zeros(self.codes.shape, dtype=bool)
        for level in range(len(self.names)):
            here = self.codes == level
            out[here.any(axis=1), here.argmax(axis=1)[here.any(axis=1)]] = True
        return out


def pool_small(levels: Levels, n_yes: np.ndarray) -> tuple[Levels, tuple[str, ...]]:
    """Put levels with few yes together, and say which.

    Parameters
    ----------
    levels : Levels
        The levels as they are recorded.
    n_yes : numpy.ndarray of shape (levels,)
        Yes in each.

    Returns
    -------
    Levels
        Levels with at least five yes each, unless all of them together have fewer; what was put
        together comes last.
    tuple of str
        The levels that were put together.
    """
    pooled = n_yes < FEWEST_YES
    if pooled.any():
        pooled |= np.array(levels.names) == POOL
    named = np.array([name not in NAMELESS for name in levels.names])
    by_size = iter(np.lexsort((n_yes, named)))
    while pooled.any() and n_yes[pooled].sum() < FEWEST_YES and not pooled.all():
        pooled[next(by_size)] = True
    place = np.where(pooled, (~pooled).sum(), np.cumsum(~pooled) - 1)
    kept, gone = (
        tuple(name for name, out in zip(levels.names, pooled, strict=True) if out == which)
        for which in (False, True)
    )
    return Levels((*kept, POOL) if gone else kept, place[levels.codes]), gone


@dataclass(frozen=True)
class Around:
    """Coefficients of the answers and, last, of writing; each level's follow-up at the end.

    Parameters
    ----------
    chances : Chances
        The models.
    centre : list of numpy.ndarray of shape (1, terms)
        What was fitted.
    draws : list of numpy.ndarray of shape (draws, terms)
        Draws around it.
    """

    chances: Chances
    centre: list[np.ndarray]
    draws: list[np.ndarray]

    @property
    def converged(self) -> bool:
        """Whether the fits came to an end."""
        fits = [*self.chances.answers, self.chances.writing]
        return all(bool(fit.converged.all()) for fit in fits)


@dataclass(frozen=True)
class Split:
    """A log whose follow-up is split by levels.

    Parameters
    ----------
    counts : Tally
        The log.
    person_days : PersonDays
        Its person-days.
    terms : Terms
        What to adjust for.
    levels : Levels
        The levels of the follow-up.
    draws, seed : int
        Draws of everything, and their seed.
    """

    counts: Tally
    person_days: PersonDays
    terms: Terms
    levels: Levels
    draws: int
    seed: int

    def fit_apart(self, prior_sd: float = _BY_ITSELF) -> Around:
        """Fit each level's follow-up by itself, with nothing but a prior of this spread."""
        design = self._design(np.full(len(self.levels.names), prior_sd), common=False)
        (chances,) = self._fit([design])
        fits = [*chances.answers, chances.writing]
        return Around(chances, [fit.coef for fit in fits], self._draw(chances))

    def fit_together(self) -> tuple[Around, float]:
        """Fit all levels around a common follow-up, averaged over how far they may spread.

        Returns
        -------
        Around
            The mean over the grid, and draws of the mixture.
        float
            Probability that the log-odds of a yes spread by more than 0.25.

        Notes
        -----
        beta_g ~ N(beta, tau^2), beta ~ N(0, 1), tau ~ half-N(0, 0.5). At each tau of the grid the
        posterior is Laplace's normal, weighted by Laplace's evidence and the prior of its cell.
        Each answer has a tau of its own.

        References
        ----------
        Gelman (2006), Bayesian Analysis 1, 515-534; Tierney and Kadane (1986), Journal of the
        American Statistical Association 81, 82-86.
        """
        n_levels = len(self.levels.names)
        design = self._design(np.ones(1 + n_levels), common=True)
        grid = self._fit([_spread(design, tau, n_levels) for tau in _TAUS])
        drawn = [self._draw(chances) for chances in grid]
        rng = np.random.default_rng(self.seed + 1)
        centre, mixed, weights = [], [], []
        for answer in range(len(grid[0].answers)):
            weight = _weights(grid, self.person_days, answer)
            modes = np.stack([chances.answers[answer].coef[0] for chances in grid])
            coefs = np.stack([each[answer] for each in drawn])
            picked = coefs[_pick(weight, coefs.shape[1], rng), np.arange(coefs.shape[1])]
            centre.append(_add_common(weight[None] @ modes, n_levels))
            mixed.append(_add_common(picked, n_levels))
            weights.append(weight)
        together = Around(grid[0], [*centre, grid[0].writing.coef], [*mixed, drawn[0][-1]])
        return together, float(weights[0][_TAUS > CONSIDERABLE].sum())

    def stage(self, around: Around, chosen: np.ndarray) -> Stage:
        """Choose the patterns for which strategies are played, alike ones put together."""
        values, person = self.terms.values[chosen], self.terms.person
        flat = values.reshape(len(values), -1)
        if person is not None:
            flat = np.concatenate([flat, person[chosen, None]], axis=1)
        _, first, where = np.unique(flat, axis=0, return_index=True, return_inverse=True)
        n = np.bincount(where.ravel(), self.person_days.n_start[chosen, 0])
        patterns = np.flatnonzero(chosen)[first]
        everybody = self._one_term(around.chances).only(patterns)
        some, n_some = everybody, n
        most = MOST_PATTERNS // (1 if chosen.all() else 2)  # a level is but a part of the log
        if len(patterns) > most:
            standing = stand_for_all(around.chances.only(patterns), n, most)
            some, n_some = everybody.only(standing), np.full(len(standing), n.sum() / len(standing))
        weight = np.random.default_rng(self.seed).dirichlet(n_some, len(around.draws[0]))
        of_log = self.counts, self.person_days
        fit = Drawn(*of_log, everybody, around.centre, (n / n.sum())[None])
        return Stage(len(self.levels.names), fit, Drawn(*of_log, some, around.draws, weight))

    def _one_term(self, chances: Chances) -> Chances:
        """Return the models with one term for the follow-up, whatever its level."""
        design = answer_design(self.terms, chances.days, effect=True)
        return replace(chances, answer_design=design)

    def _design(self, spread: np.ndarray, *, common: bool) -> Design:
        """Design of an answer with a term for having written, in each level and in common."""
        base = answer_design(self.terms, self.person_days.days, effect=False)
        written = np.arange(2.0)[None, :, None, None]
        own = self.levels.codes[:, None, :, None] == np.arange(len(self.levels.names))
        if common:
            own = np.concatenate([np.ones_like(own[..., :1]), own], axis=-1)
        rows = np.concatenate([base.rows, (own * written).reshape(len(base.rows), -1)], axis=1)
        mean = np.r_[base.prior_mean, np.zeros(len(spread))]
        return replace(base, rows=rows, prior_mean=mean, prior_sd=np.r_[base.prior_sd, spread])

    def _fit(self, designs: list[Design]) -> list[Chances]:
        """Fit the daily chances with each design of the answers; the habit of writing is one."""
        terms, days = self.terms, self.person_days.days
        writing = writing_design(terms, days)
        habit = fit_writing(self.person_days, writing)
        n = self.person_days.n_risk.reshape(-1, 1)
        kinds = [each.reshape(-1, 1) for each in self.person_days.n_event]
        kinds = kinds if kinds[2].any() else kinds[:2]
        found: list[Chances] = []
        for design in designs:
            # From one point of the grid to the next it is a small step.
            starts = [fit.coef for fit in found[-1].answers] if found else [None] * len(kinds)
            pairs = zip(kinds, starts, strict=True)
            fits = tuple(design.fit(n, events, start=start) for events, start in pairs)
            found.append(Chances(terms, design, writing, fits, habit, days))
        return found

    def _draw(self, chances: Chances) -> list[np.ndarray]:
        """Draw with the same seed at each point of the grid: only tau differs between them."""
        rng = np.random.default_rng(self.seed)
        return draw_models(chances, self.person_days, self.counts, self.draws, rng)


@dataclass(frozen=True)
class Stage:
    """The interviews for which strategies are played.

    Parameters
    ----------
    n_levels : int
        Levels of the follow-up.
    fit, draws : Drawn
        The models with one term for the follow-up, but the coefficients of all levels.
    """

    n_levels: int
    fit: Drawn
    draws: Drawn

    def play(self, level: int, by_day: int) -> tuple[list[Outcome], list[Outcome]]:
        """Play writing by a day, and never writing, with the follow-up of a level.

        The first pair is of the fit, the second of the draws.
        """
        fit, draws = (self._of(level, drawn).play(by_day, None) for drawn in (self.fit, self.draws))
        return fit, draws

    def _of(self, level: int, drawn: Drawn) -> Drawn:
        """Keep one level's follow-up, as if there were no other."""
        parts = [np.split(coef, [-self.n_levels], axis=1) for coef in drawn.coefs[:-1]]
        coefs = [np.concatenate([base, own[:, [level]]], axis=1) for base, own in parts]
        return replace(drawn, coefs=[*coefs, drawn.coefs[-1]])


def prior_of_spread() -> float:
    """Probability, before any data, that the log-odds spread by more than 0.25."""
    return 1 - erf(CONSIDERABLE / _SPREAD_OF_TAU / sqrt(2))


def _spread(design: Design, tau: float, n_levels: int) -> Design:
    """Let the levels spread so far around what they have in common."""
    spread = design.prior_sd.copy()
    spread[-n_levels:] = tau
    return replace(design, prior_sd=spread)


def _weights(grid: list[Chances], person_days: PersonDays, answer: int) -> np.ndarray:
    """Posterior weight of each tau."""
    prior = np.diff([erf(edge / _SPREAD_OF_TAU / sqrt(2)) for edge in (*_EDGES[:-1], np.inf)])
    found = np.array([_evidence(chances, person_days, answer) for chances in grid])
    weight = prior * np.exp(found - found.max())
    return weight / weight.sum()


def _evidence(chances: Chances, person_days: PersonDays, answer: int) -> float:
    """Laplace's logarithm of the probability of the data, up to what does not depend on tau."""
    design, fit = chances.answer_design, chances.answers[answer]
    chance, precision = design.chances(fit.coef)[0], 1 / np.square(design.prior_sd)
    n, n_event = person_days.n_risk.ravel(), person_days.n_event[answer].ravel()
    value = n_event @ np.log(chance) + (n - n_event) @ np.log1p(-chance)
    value -= precision @ np.square(fit.coef[0] - design.prior_mean) / 2
    return float(value + np.log(precision).sum() / 2 + np.linalg.slogdet(fit.covariance[0])[1] / 2)


def _pick(weight: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Point of the grid for each draw, as often as it weighs; both of a pair have the same."""
    half = draws // 2
    points = np.searchsorted(np.cumsum(weight)[:-1], (np.arange(half) + 0.5) / half)
    return np.tile(rng.permutation(points), 2)


def _add_common(coef: np.ndarray, n_levels: int) -> np.ndarray:
    """Add the common coefficient to that of each level."""
    base, common, own = np.split(coef, [-n_levels - 1, -n_levels], axis=1)
    return np.concatenate([base, common + own], axis=1)
