"""Estimators of the effect: rows, or a tally, to estimate with interval."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from measure import Peer, Row, compare, within

import followup_analysis as fa
from followup_analysis.hazard import fit_logistic
from followup_analysis.persondays import count_person_days
from followup_analysis.simulate import simulate_episodes

PATIENTS, INTERVIEWS, LARGE = 1_000_000, 100_000, 1_000_000
HORIZON = 30


def headline() -> list[Row]:
    """Measure the headline of a personal log, with the draws behind its interval."""
    frame = simulate_episodes(500, seed=1)
    return [
        within(
            "follow_up_effect, 500 interviews, 400 draws", lambda: fa.follow_up_effect(frame), 0.3
        )
    ]


def methods() -> list[Row]:
    """Measure all methods of a log side by side."""
    log = fa.simulate_log(500, seed=1)
    return [within("compare_methods, 500 interviews", lambda: fa.compare_methods(log), 5)]


def clones() -> list[Row]:
    """Measure the bootstrap of clones with weights, from tallies of different sizes."""
    rows = []
    for n in (1_000, LARGE):
        counts = fa.tally(simulate_episodes(n, seed=1), by="went_well", cluster="company")
        rows.append(
            within(
                f"clone_censor_weight, 1 000 replicates, tally of {n:,} interviews",
                lambda counts=counts: fa.clone_censor_weight(counts, replicates=1000),
                2,
            )
        )
    return rows


def cox() -> list[Row]:
    """Measure Cox's model with an exposure that changes, Breslow's ties."""
    import greenwood

    frame = simulated(PATIENTS)
    start, stop, event, exposed = intervals(frame)

    def ours() -> float:
        table = fa.hazard_ratio(frame, model="cox", adjust=[], horizon=None).table
        return float(np.log(table.loc[table["method"] == "time-varying", "estimate"].iloc[0]))

    def with_greenwood() -> Any:
        response = greenwood.Surv(start, stop, event)
        return greenwood.CoxPH(ties="breslow").fit(response, exposed[:, None])

    return compare(
        f"time-varying Cox, Breslow, {PATIENTS:,} interviews, rows included",
        ours,
        [
            Peer(
                "greenwood CoxPH on intervals made before",
                with_greenwood,
                lambda mine, model: close(mine, _coefficient(model), 1e-6),
                times_faster=200,
            )
        ],
        rounds=5,
    )


def simon_makuch() -> list[Row]:
    """Measure the curves between which an interview moves when it is followed up."""
    import greenwood

    frame = simulated(PATIENTS)
    start, stop, event, exposed = intervals(frame)

    def ours() -> pd.DataFrame:
        return fa.simon_makuch(frame, answer="yes", horizon=None).table

    def with_greenwood() -> Any:
        response = greenwood.Surv(start, stop, event)
        return greenwood.KaplanMeier(conf_type="log-log").fit(response, by=exposed)

    def agrees(table: pd.DataFrame, model: Any) -> str:
        other = model.to_frame(format="pandas")
        apart = []
        for group, part in other.groupby("strata"):
            own = table[table["followed_up"] == bool(float(group))].set_index("day")
            apart.append(own.loc[part["time"] - 1, "estimate"].to_numpy() - part["estimate"])
        return close(np.concatenate(apart), 0, 1e-9)

    return compare(
        f"Simon-Makuch with intervals, {PATIENTS:,} interviews, rows included",
        ours,
        [
            Peer(
                "greenwood KaplanMeier on intervals made before",
                with_greenwood,
                agrees,
                times_faster=8,
            )
        ],
        rounds=5,
    )


def pooled_logistic() -> list[Row]:
    """Measure the person-day logistic model, by maximum likelihood, to the same numbers."""
    import statsmodels.api as sm

    frame = simulated(INTERVIEWS)
    design, answered = _written_out(frame)

    def ours() -> np.ndarray:
        counts = fa.tally(frame, by="went_well")
        days = count_person_days(counts, HORIZON)
        rating = counts.patterns["went_well"].to_numpy(dtype=float) - 3
        rows = _rows(rating, days.days)
        n, n_event = days.n_risk.reshape(len(rows), 1), days.n_event[0].reshape(len(rows), 1)
        seen = n[:, 0] > 0
        flat = np.full(rows.shape[1], 1e6)  # priors so wide that they say nothing
        return fit_logistic(rows[seen], n[seen], n_event[seen], prior_sd=flat).coef[0]

    def with_statsmodels() -> np.ndarray:
        return sm.GLM(answered, design, family=sm.families.Binomial()).fit(tol=1e-12).params

    return compare(
        f"person-day logistic, {INTERVIEWS:,} interviews, rows included",
        ours,
        [
            Peer(
                f"statsmodels GLM on {len(design):,} person-days made before",
                with_statsmodels,
                lambda mine, other: close(mine, other, 1e-6),
                times_faster=500,
            )
        ],
        rounds=5,
    )


@cache
def simulated(n: int) -> pd.DataFrame:
    frame = simulate_episodes(n, seed=1, effect_yes=0.47)
    return frame.astype({"ending": pd.CategoricalDtype(["open", "yes", "no", "withdrawn"])})


def intervals(frame: pd.DataFrame) -> tuple[np.ndarray, ...]:
    """Rows of start, stop, event and exposure, as peers want them: day 0 is (0, 1]."""
    stop = frame["exit_day"].to_numpy(dtype=float) + 1
    yes = (frame["ending"] == "yes").to_numpy()
    wrote = frame["follow_up_day"].to_numpy(dtype=float, na_value=np.inf) + 1
    split = wrote < stop
    first = (np.zeros(len(stop)), np.where(split, wrote, stop), yes & ~split)
    second = (wrote[split], stop[split], yes[split])
    start, stop, event = (np.r_[a, b] for a, b in zip(first, second, strict=True))
    return start, stop, event, np.r_[np.zeros(len(frame)), np.ones(split.sum())]


def _rows(rating: np.ndarray, days: int) -> np.ndarray:
    """Design by pattern, not yet written and written, and day."""
    day = np.arange(days)
    shape = (len(rating), 2, days)
    columns = [np.ones(shape), np.log(day + 1), day / 10, rating[:, None, None]]
    columns.append(np.arange(2.0)[None, :, None])
    return np.stack([np.broadcast_to(c, shape) for c in columns], axis=-1).reshape(-1, 5)


def _written_out(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """One row per interview and day at risk."""
    last = frame["exit_day"].clip(upper=HORIZON).to_numpy()
    who = np.repeat(np.arange(len(frame)), last + 1)
    day = np.arange(len(who)) - np.repeat(np.r_[0, np.cumsum(last + 1)[:-1]], last + 1)
    wrote = frame["follow_up_day"].to_numpy(dtype=float, na_value=np.inf)[who]
    rating = frame["went_well"].to_numpy()[who] - 3.0
    design = np.column_stack([np.ones(len(who)), np.log(day + 1), day / 10, rating, wrote < day])
    yes = (frame["ending"] == "yes").to_numpy()[who] & (frame["exit_day"].to_numpy()[who] == day)
    return design, yes.astype(float)


def _coefficient(model: Any) -> float:
    return float(model.to_frame(format="pandas")["estimate"].iloc[0])


def close(mine: Any, other: Any, tolerance: float) -> str:
    apart = float(np.max(np.abs(np.asarray(mine) - np.asarray(other))))
    if not apart < tolerance:
        raise AssertionError(f"the numbers differ by {apart:.2g}")
    return f"{apart:.1g} apart"
