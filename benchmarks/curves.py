"""Estimators on a million rows in memory: from the rows to curves with intervals."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from measure import Peer, Row, compare

import followup_analysis as fa

_ROUNDS = 15
ROWS, GROUPS = 1_000_000, ("engineering", "sales", "support", "teaching")
DATA = f"{ROWS:,} rows in {len(GROUPS)} groups, rows included"


def kaplan_meier() -> list[Row]:
    """Measure the wait for a yes or a no, with limits symmetric on the log(-log) scale."""
    import greenwood
    from statsmodels.duration.survfunc import SurvfuncRight

    frame = waits()

    def ours() -> pd.DataFrame:
        return fa.kaplan_meier(frame, by="role_family", horizon=None).table

    def with_statsmodels() -> list[SurvfuncRight]:
        day, answered, group = arrays(frame)
        own = [group == code for code in range(len(GROUPS))]
        return [SurvfuncRight(day[rows], answered[rows]) for rows in own]

    def with_greenwood() -> greenwood.KaplanMeier:
        day, answered, group = arrays(frame)
        response = greenwood.Surv(time=day, event=answered)
        return greenwood.KaplanMeier(conf_type="log-log").fit(response, by=group)

    def table(curves: list[SurvfuncRight]) -> pd.DataFrame:
        parts = [curve.summary().reset_index() for curve in curves]
        names = {"Time": "day", "Surv prob": "estimate", "Surv prob SE": "std_error"}
        return pd.concat(parts, keys=GROUPS, names=["role_family"]).rename(columns=names)

    return compare(
        f"Kaplan-Meier with intervals, {DATA}",
        ours,
        [
            Peer(
                "statsmodels SurvfuncRight (no intervals)",
                with_statsmodels,
                _same(table),
                times_faster=8,
            ),
            Peer("greenwood KaplanMeier", with_greenwood, _same(_tidy), times_faster=100),
        ],
        _ROUNDS,
    )


def aalen_johansen() -> list[Row]:
    """Measure the chance of a yes, a no and a withdrawal, with standard errors and limits."""
    import greenwood

    frame = waits()

    def ours() -> pd.DataFrame:
        return fa.cumulative_incidence(frame, by="role_family", horizon=None).table

    def with_greenwood() -> greenwood.AalenJohansen:
        day, _, group = arrays(frame)
        response = greenwood.Surv(time=day, event=frame["ending"])
        return greenwood.AalenJohansen(conf_type="log-log").fit(response, by=group)

    return compare(
        f"Aalen-Johansen with variance and intervals, {DATA}",
        ours,
        [Peer("greenwood AalenJohansen", with_greenwood, _same(_tidy), times_faster=100)],
        _ROUNDS,
    )


@cache
def waits() -> pd.DataFrame:
    """Waits of up to 90 days, some still open: whole days, and categories for the words."""
    rng = np.random.default_rng(20260331)
    group = rng.integers(0, len(GROUPS), ROWS)
    wait = rng.geometric(np.array([0.03, 0.05, 0.06, 0.09])[group])
    watched = rng.integers(10, 91, ROWS)
    answer = np.where(wait <= watched, rng.choice([1, 2, 3], ROWS, p=[0.35, 0.6, 0.05]), 0)
    return pd.DataFrame(
        {
            "exit_day": np.minimum(wait, watched),
            "ending": pd.Categorical.from_codes(answer, ["open", "yes", "no", "withdrawn"]),
            "role_family": pd.Categorical.from_codes(group, GROUPS),
        }
    )


def arrays(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Day, answered with a yes or a no, and number of the group: what the peers take fastest."""
    answered = frame["ending"].isin(["yes", "no"]).to_numpy()
    return frame["exit_day"].to_numpy(), answered, frame["role_family"].cat.codes.to_numpy()


def _tidy(model: Any) -> pd.DataFrame:
    table = model.to_frame(format="pandas").rename(columns={"time": "day", "cause": "ending"})
    return table.assign(role_family=np.take(GROUPS, table["strata"]))


def _same(table: Callable[[Any], pd.DataFrame]) -> Callable[[pd.DataFrame, Any], str]:
    """Compare each number that both have, on the days that the peer has."""

    def agrees(ours: pd.DataFrame, result: Any) -> str:
        other = table(result).reset_index()
        key = [name for name in ("role_family", "ending", "day") if name in other]
        numbers = [
            name for name in ("estimate", "std_error", "conf_low", "conf_high") if name in other
        ]
        mine = other[key].merge(ours, on=key, how="left", validate="one_to_one")
        theirs = other[numbers].to_numpy()
        known = ~np.isnan(theirs)
        apart = np.abs(mine[numbers].to_numpy() - theirs)[known].max()
        if not apart < 1e-9:
            raise SystemExit(f"The numbers differ by {apart:.2g}: {', '.join(numbers)}.")
        return f"{known.sum():,} numbers within {apart:.0e}"

    return agrees
