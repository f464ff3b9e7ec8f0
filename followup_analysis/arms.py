"""Two strategies as weighted person-days -> how much more of each answer the one brings.

The convention owned here: an arm in which nobody is watched any more has no curve from there on,
and the log is its own first replicate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .chances import fit_writing, writing_design
from .covariates import Terms
from .days import NEVER
from .draws import COLUMNS, summarise
from .persondays import Bootstrap, PersonDays
from .result import Result
from .tally import Tally

_FEWEST = {"clone_censor_weight": 100, "sequential_trials": 300}
FEWEST_IN_ARM = 5  # as for the landmark
_CELLS_AT_ONCE = 1 << 22
_MOST_CHANCE = 0.98
QUANTITIES = (
    "yes_if_written",
    "yes_if_never",
    "difference_yes",
    "ratio_yes",
    "difference_no",
    "difference_silent",
    "days_saved",
)


@dataclass(frozen=True)
class Arm:
    """Weighted person-days under one strategy: (days, replicates) and (3, days, replicates).

    Its curves are missing from the day on which it has run empty.
    """

    n_risk: np.ndarray
    n_event: np.ndarray

    def curves(self) -> tuple[np.ndarray, np.ndarray]:
        """Cumulative incidence of each answer, and the share without one, by day."""
        hazard = np.divide(
            self.n_event, self.n_risk, out=np.zeros_like(self.n_event), where=self.n_risk > 0
        )
        left = np.cumprod(np.maximum(1 - hazard.sum(axis=0), 0), axis=0)
        before = np.concatenate([np.ones_like(left[:1]), left[:-1]])
        # Once nobody is watched who could still be answered, nothing more is known.
        lost = np.cumsum((self.n_risk <= 0) & (before > 1e-9), axis=0) > 0
        answered = np.where(lost, np.nan, np.cumsum(before * hazard, axis=1))
        return answered, np.where(lost, np.nan, left)


def contrast(written: Arm, never: Arm) -> np.ndarray:
    """The quantities of the table from two arms: (quantities, replicates)."""
    (answered, silent), (answered_0, silent_0) = written.curves(), never.curves()
    yes, yes_0 = answered[0, -1], answered_0[0, -1]
    ratio = np.divide(yes, yes_0, out=np.full_like(yes, np.nan), where=yes_0 > 0)
    return np.stack(
        [
            yes,
            yes_0,
            yes - yes_0,
            ratio,
            answered[1, -1] - answered_0[1, -1],
            silent[-1] - silent_0[-1],
            (answered[:2] - answered_0[:2]).sum(axis=0)[:-1].sum(axis=0),
        ]
    )


def summary_of(found: np.ndarray, level: float) -> dict[str, dict[str, float]]:
    """Summarise estimates, each with its bootstrap replicates behind it."""
    of_log, drawn = (
        dict(zip(QUANTITIES, part, strict=True)) for part in (found[:, :1], found[:, 1:])
    )
    return summarise(drawn, level, of_log)


def writing_by_pattern(days: PersonDays, terms: Terms) -> np.ndarray:
    """Chance of writing on each day by Firth's fit: (patterns, days, replicates)."""
    design = writing_design(terms, days.days)
    fit = fit_writing(days, design, firth=True)
    chance = design.chances(fit.coef).reshape(-1, *days.n_silent.shape[:2])
    return np.minimum(np.moveaxis(chance, 0, -1), _MOST_CHANCE)


def replicate(
    bootstrap: Bootstrap,
    estimate: Callable[[np.ndarray], tuple[np.ndarray, dict[str, float]]],
    replicates: int,
    seed: int,
) -> tuple[np.ndarray, dict[str, float]]:
    """Estimate in the log itself and on bootstrap weights, in blocks that fit into memory.

    Returns the quantities, (quantities, 1 + replicates), and the diagnostics of the log.
    """
    rng, n = np.random.default_rng(seed), bootstrap.counts.n
    block = int(np.clip(_CELLS_AT_ONCE // max(len(n), 1), 10, replicates))
    parts = []
    for first in range(0, replicates, block):
        weights = bootstrap.weights(min(block, replicates - first), rng)
        parts.append(estimate(weights if first else np.column_stack([n, weights])))
    return np.concatenate([found for found, _ in parts], axis=1), parts[0][1]


def episodes_by_pattern(counts: Tally) -> np.ndarray:
    """Count the episodes of each pattern."""
    return np.bincount(counts.pattern, counts.n, minlength=len(counts.patterns))


def too_few(counts: Tally, method: str, name: str) -> Result | None:
    """Return a result that says why there is no estimate, in a log below the method's size."""
    n, needed = counts.n_episodes, _FEWEST[method]
    n_wrote = int(counts.n[counts.follow_up_day != NEVER].sum())
    if n >= needed and 0 < n_wrote < n:
        return None
    why = (
        f"{name} need {needed} interviews to be trusted, and the log has {n}: no estimate."
        if n < needed
        else f"{name} need interviews with and without a follow-up: no estimate."
    )
    return no_estimate(why, counts)


def run_empty(counts: Tally, name: str, horizon: int) -> Result:
    """Say that one of the two groups that are compared was not watched up to the horizon."""
    return no_estimate(
        f"{name}: of those who wrote, or of those who did not, nobody was watched without an "
        f"answer up to day {horizon}: no estimate. A shorter horizon may have one.",
        counts,
    )


def no_estimate(why: str, counts: Tally) -> Result:
    """Return a result that says why there is nothing to compare."""
    return Result(why, pd.DataFrame(columns=COLUMNS), counts.notes, "effect", "Nothing to draw.")
