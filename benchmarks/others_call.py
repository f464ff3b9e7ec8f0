"""The calls of lifelines and comprisk, in an environment of theirs: python others_call.py TABLE.

Each line of input names a call; its numbers are written beside the table, its seconds printed.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from timeit import timeit
from typing import Any

import numpy as np
import pandas as pd
from comprisk import CumulativeIncidence
from lifelines import AalenJohansenFitter, CoxTimeVaryingFitter, KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time

CAUSES, HORIZON = (1, 2, 3), 30


def main() -> None:
    """Answer until the input ends."""
    warnings.simplefilter("ignore")  # of lifelines: that it moves tied answers apart
    path = Path(sys.argv[1])
    table = pd.read_csv(path)
    for line in sys.stdin:
        call, numbers = CALLS[line.strip()]
        kept: list[Any] = []
        seconds = timeit(lambda call=call, kept=kept: kept.append(call(table)), number=1)
        pd.concat(numbers(kept[0])).to_csv(path.with_name("numbers.csv"), index=False)
        print(seconds, flush=True)


def kaplan_meier(table: pd.DataFrame) -> list[KaplanMeierFitter]:
    return [KaplanMeierFitter().fit(day, sure) for day, sure in _groups(table, "answered")]


def restricted_mean(table: pd.DataFrame) -> list[float]:
    return [restricted_mean_survival_time(curve, t=HORIZON) for curve in kaplan_meier(table)]


def comprisk(table: pd.DataFrame) -> list[CumulativeIncidence]:
    """Group by group: a third of the time of its own ``group=``."""
    return [CumulativeIncidence().fit(day, cause) for day, cause in _groups(table, "cause")]


def aalen_johansen(table: pd.DataFrame) -> list[list[AalenJohansenFitter]]:
    return [
        [AalenJohansenFitter(seed=1).fit(day, cause, event_of_interest=own) for own in CAUSES]
        for day, cause in _groups(table, "cause")
    ]


def cox(table: pd.DataFrame) -> CoxTimeVaryingFitter:
    return CoxTimeVaryingFitter().fit(table, event_col="event", start_col="start", stop_col="stop")


def _groups(table: pd.DataFrame, ending: str) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    day, code, group = (table[name].to_numpy() for name in ("day", ending, "group"))
    for own in range(group.max() + 1):
        yield day[group == own], code[group == own]


def _curves(fitted: list[KaplanMeierFitter]) -> Iterator[pd.DataFrame]:
    for group, curve in enumerate(fitted):
        table = pd.concat([curve.survival_function_, curve.confidence_interval_], axis=1)
        table.columns = ["estimate", "conf_low", "conf_high"]
        # At 0 its limits are 0 as well, where others have none.
        answers = table[(curve.event_table["observed"] > 0) & (table["estimate"] > 0)]
        yield answers.rename_axis("day").reset_index().assign(group=group)


def _means(means: list[float]) -> Iterator[pd.DataFrame]:
    yield pd.DataFrame({"group": range(len(means)), "estimate": means})


def _incidences(fitted: list[CumulativeIncidence]) -> Iterator[pd.DataFrame]:
    for group, model in enumerate(fitted):
        days = np.unique(np.concatenate([curve.times for curve in model.curves_.values()]))
        estimate, variance = model.timepoints(days)
        for cause, own, spread in zip(CAUSES, estimate, variance, strict=True):
            yield _incidence(group, cause, days, own, spread)


def _fitted_incidences(fitted: list[list[AalenJohansenFitter]]) -> Iterator[pd.DataFrame]:
    for group, models in enumerate(fitted):
        for cause, model in zip(CAUSES, models, strict=True):
            days = np.arange(1, round(model.timeline.max()) + 1)
            last = np.searchsorted(model.timeline, days + 0.5) - 1  # the answers were moved apart
            estimate = model.cumulative_density_.to_numpy()[last, 0]
            yield _incidence(group, cause, days, estimate, model.variance_.to_numpy()[last])


def _incidence(group: int, cause: int, day: Any, estimate: Any, variance: Any) -> pd.DataFrame:
    columns = {"day": day, "estimate": estimate, "std_error": np.sqrt(variance)}
    return pd.DataFrame(columns).query("estimate > 0").assign(group=group, cause=cause)


def _coefficient(model: CoxTimeVaryingFitter) -> Iterator[pd.DataFrame]:
    yield pd.DataFrame({"coef": model.params_, "std_error": model.standard_errors_})


CALLS = {
    "kaplan_meier": (kaplan_meier, _curves),
    "restricted_mean": (restricted_mean, _means),
    "comprisk": (comprisk, _incidences),
    "aalen_johansen": (aalen_johansen, _fitted_incidences),
    "cox": (cox, _coefficient),
}

if __name__ == "__main__":
    main()
