"""One simulated log -> what each method says of it: estimate, interval or p-value.

The convention owned here: estimates are of a yes by day 30, written by day 2 less never written,
or of days saved; a method that gives no estimate says nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import followup_analysis as fa
from followup_analysis import methods
from followup_analysis.intervals import normal_quantile
from followup_analysis.tally import Tally

HORIZON, LEVEL = 30, 0.95


@dataclass(frozen=True)
class Said:
    """What a method says: an estimate with its interval, or a p-value."""

    estimate: float
    low: float = np.nan
    high: float = np.nan
    p_value: float = np.nan


NOTHING = Said(np.nan)


@dataclass(frozen=True)
class Method:
    """A row of the report: whose estimate, in which group of methods, and of which truth."""

    name: str
    group: str
    truth: str
    smallest: int = 0


METHODS = (
    Method("day-to-day model", "headline", "strategies"),
    Method("day-to-day model, days saved", "headline", "days_saved"),
    Method("clones with weights", "clones", "strategies", 100),
    Method("clones with weights, days saved", "clones", "days_saved", 100),
    Method("trials on each day", "trials", "trials", 300),
    Method("landmark on day 2, weighted", "landmark", "landmark"),
    Method("naive, ever against never", "naive", "strategies"),
    Method("naive, answered only", "naive", "strategies"),
    Method("naive, made alike in the rating", "naive", "strategies"),
    Method("naive, days saved", "naive", "days_saved"),
    Method("null envelope, never written", "envelope", "nothing"),
    Method("null envelope, any bin", "envelope", "nothing"),
)


def ask(group: str, counts: Tally, seed: int, replicates: int) -> dict[str, Said]:
    """Ask the methods of a group."""
    return _GROUPS[group](counts, seed, replicates)


def smallest_of(group: str) -> int:
    """Return the interviews below which the methods of a group say nothing."""
    return min(method.smallest for method in METHODS if method.group == group)


def _headline(counts: Tally, seed: int, _replicates: int) -> dict[str, Said]:
    return _of_result(fa.follow_up_effect(counts, seed=seed), "day-to-day model")


def _clones(counts: Tally, seed: int, replicates: int) -> dict[str, Said]:
    result = fa.clone_censor_weight(counts, replicates=replicates, seed=seed)
    return _of_result(result, "clones with weights")


def _trials(counts: Tally, seed: int, replicates: int) -> dict[str, Said]:
    result = fa.sequential_trials(counts, replicates=replicates, seed=seed)
    said = _of_result(result, "trials on each day")
    return {name: one for name, one in said.items() if name == "trials on each day"}


def _landmark(counts: Tally, seed: int, replicates: int) -> dict[str, Said]:
    table = fa.landmark(counts, days=(2,), replicates=replicates, seed=seed).table
    weighted = table.loc[table["method"] == "weighted", ["estimate", "conf_low", "conf_high"]]
    if weighted.empty:
        return {}
    return {"landmark on day 2, weighted": Said(*weighted.iloc[0])}


def _naive(counts: Tally, _seed: int, _replicates: int) -> dict[str, Said]:
    rows = {
        "naive, ever against never": methods._naive(counts, HORIZON, LEVEL),
        "naive, answered only": methods._answered_only(counts, HORIZON, LEVEL),
        "naive, made alike in the rating": methods._made_alike(counts, HORIZON, LEVEL),
    }
    said = {name: Said(row[0], *row[2:]) for name, row in rows.items()}
    return {**said, "naive, days saved": _naive_days(counts)}


def _naive_days(counts: Tally) -> Said:
    """Mean days to the answers seen, never written less written, with Welch's error."""
    answered = (counts.ending > 0) & (counts.exit_day <= HORIZON)
    means, variances = [], []
    for part in (counts.follow_up_day >= 0, counts.follow_up_day < 0):
        n, days = counts.n[answered & part], counts.exit_day[answered & part].astype(float)
        if n.sum() < 2:
            return NOTHING
        means.append(np.average(days, weights=n))
        variances.append((n * (days - means[-1]) ** 2).sum() / (n.sum() - 1) / n.sum())
    estimate, reach = means[1] - means[0], normal_quantile(LEVEL) * np.sqrt(sum(variances))
    return Said(estimate, estimate - reach, estimate + reach)


def _envelope(counts: Tally, seed: int, _replicates: int) -> dict[str, Said]:
    """Observed less null in the bin of those never written to, and the least p-value of all."""
    # So many that the least p-value, times the bins, can be below .05.
    table = fa.timing(counts, replicates=399, seed=seed).table
    yes = table[(table["ending"] == "yes") & table["null_p"].notna()].set_index("bin")
    if yes.empty:
        return {}
    least = min(1.0, yes["null_p"].min() * len(yes))  # Bonferroni
    said = {"null envelope, any bin": Said(np.nan, p_value=least)}
    if "never" in yes.index:
        never = yes.loc["never"]
        gap = never["raw"] - never["null_mean"]
        said["null envelope, never written"] = Said(gap, p_value=never["null_p"])
    return said


def _of_result(result: fa.Result, name: str) -> dict[str, Said]:
    rows = result.table.set_index("quantity")
    asked = {name: "difference_yes", f"{name}, days saved": "days_saved"}
    return {
        each: Said(*rows.loc[quantity, ["estimate", "conf_low", "conf_high"]])
        for each, quantity in asked.items()
        if quantity in rows.index
    }


_GROUPS: dict[str, Callable[[Tally, int, int], dict[str, Said]]] = {
    "headline": _headline,
    "clones": _clones,
    "trials": _trials,
    "landmark": _landmark,
    "naive": _naive,
    "envelope": _envelope,
}
GROUPS = tuple(_GROUPS)
