"""Restricted means, landmarks and clones with weights, beside the same numbers from rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from curves import DATA, GROUPS, arrays, waits
from effects import HORIZON, INTERVIEWS, LARGE, close, simulated
from measure import Peer, Row, compare

import followup_analysis as fa

LANDMARK, BY_DAY = 2, 2
_HABITS = (0, 1, 2, 7, 14)


def restricted_mean() -> list[Row]:
    """Measure the mean wait for a yes or a no up to day 30, with intervals."""
    import greenwood

    frame = waits()

    def ours() -> pd.DataFrame:
        return fa.restricted_mean(frame, by="role_family", horizon=HORIZON).table

    def with_greenwood() -> Any:
        day, answered, group = arrays(frame)
        response = greenwood.Surv(time=day, event=answered)
        return greenwood.KaplanMeier().fit(response, by=group).rmst(HORIZON, ci=True)

    def agrees(table: pd.DataFrame, other: Any) -> str:
        mine = table.set_index("role_family").loc[list(GROUPS), ["estimate", "conf_low"]]
        theirs = np.array([other[code][:2] for code in range(len(GROUPS))])
        return close(mine.to_numpy(), theirs, 1e-9)

    peer = Peer("greenwood KaplanMeier.rmst", with_greenwood, agrees, times_faster=8)
    return compare(f"restricted mean with intervals, {DATA}", ours, [peer], rounds=5)


def landmark() -> list[Row]:
    """Measure the comparison of those still open on a day, with its bootstrapped interval."""
    import greenwood

    frame = simulated(LARGE).drop(columns="company")

    def ours() -> pd.DataFrame:
        return fa.landmark(frame, days=[LANDMARK], adjust=[], horizon=HORIZON).table

    def with_greenwood() -> Any:
        still = frame[frame["exit_day"] > LANDMARK]
        group = (still["follow_up_day"] <= LANDMARK).fillna(False).to_numpy().astype(int)
        response = greenwood.Surv(time=still["exit_day"].to_numpy(), event=still["ending"])
        return greenwood.AalenJohansen(conf_type="log-log").fit(response, by=group)

    def agrees(table: pd.DataFrame, model: Any) -> str:
        other = model.to_frame(format="pandas")
        last = other[(other["cause"] == "yes") & (other["time"] <= HORIZON)]
        theirs = last.groupby("strata")["estimate"].last().to_numpy()
        return close(table.loc[0, ["yes_not_yet", "yes_followed_up"]].to_numpy(float), theirs, 1e-9)

    peer = Peer("greenwood AalenJohansen on the open rows", with_greenwood, agrees, times_faster=8)
    what = f"landmark on day {LANDMARK}, 400 replicates, {LARGE:,} interviews, rows included"
    return compare(what, ours, [peer], rounds=5)


def clones_by_rows() -> list[Row]:
    """Measure clones with weights against the way of the textbooks: a row per clone and day."""
    frame = simulated(INTERVIEWS).drop(columns="company")

    def ours() -> float:
        table = fa.clone_censor_weight(frame, by_day=BY_DAY, horizon=HORIZON).table
        return float(table.set_index("quantity").loc["difference_yes", "estimate"])

    peer = Peer(
        "rows of person-days in pandas, weights by statsmodels (no interval)",
        lambda: _clones_in_rows(frame),
        lambda mine, theirs: close(mine, theirs, 1e-4),  # ours has Firth's penalty
        times_faster=8,
    )
    what = f"clone_censor_weight, 1 000 replicates, {INTERVIEWS:,} interviews, rows included"
    return compare(what, ours, [peer], rounds=5)


def _clones_in_rows(frame: pd.DataFrame) -> float:
    days = _person_days(frame)
    days["chance"] = _chance_of_writing(days)
    stay = (1 - days["chance"]).groupby(days["who"]).cumprod()
    days["stay"] = 1 / stay.groupby(days["who"]).shift(fill_value=1.0)
    never = days[days["day"] <= days["wrote"]]
    on_time = days.loc[days["day"] == days["wrote"]].set_index("who")["chance"]
    grace = days["day"] <= BY_DAY
    written = days[grace | (days["wrote"] <= BY_DAY)]
    late = (written["wrote"] == BY_DAY) & (written["day"] > BY_DAY)
    weight = np.where(late, 1 / written["who"].map(on_time), 1.0)
    return _incidence(written, weight) - _incidence(never, never["stay"].to_numpy())


def _person_days(frame: pd.DataFrame) -> pd.DataFrame:
    last = frame["exit_day"].clip(upper=HORIZON).to_numpy()
    who = np.repeat(np.arange(len(frame)), last + 1)
    day = np.arange(len(who)) - np.repeat(np.r_[0, np.cumsum(last + 1)[:-1]], last + 1)
    wrote = frame["follow_up_day"].to_numpy(dtype=float, na_value=np.inf)
    exits = frame["exit_day"].to_numpy()[who] == day
    ending = frame["ending"].to_numpy()[who]
    # Writing on the day of the answer or later is not writing before it.
    answered = (frame["ending"] != "open").to_numpy()
    wrote = np.where(answered & (wrote >= frame["exit_day"].to_numpy()), np.inf, wrote)
    columns = {
        "who": who,
        "day": day,
        "wrote": wrote[who],
        "rating": frame["went_well"].to_numpy()[who],
    }
    codes = [
        np.where(exits & (ending == word), code, 0) for code, word in enumerate(("yes", "no"), 1)
    ]
    return pd.DataFrame({**columns, "event": sum(codes)})


def _chance_of_writing(days: pd.DataFrame) -> np.ndarray:
    import statsmodels.api as sm

    day = days["day"].to_numpy()
    habits = [day == each for each in _HABITS]
    design = np.column_stack([np.ones(len(day)), np.log(day + 1), *habits, days["rating"] - 3.0])
    could = ((days["event"] == 0) & (days["day"] <= days["wrote"])).to_numpy()
    writes = (days["wrote"] == days["day"]).to_numpy()
    fit = sm.GLM(writes[could].astype(float), design[could], family=sm.families.Binomial()).fit()
    return np.minimum(fit.predict(design), 0.98)


def _incidence(days: pd.DataFrame, weight: np.ndarray) -> float:
    """Weighted Aalen-Johansen: the chance of a yes by the horizon."""
    n_risk = np.bincount(days["day"], weight)
    yes, no = (np.bincount(days["day"], weight * (days["event"] == code)) for code in (1, 2))
    hazard = (yes + no) / n_risk
    before = np.r_[1.0, np.cumprod(1 - hazard)[:-1]]
    return float((before * yes / n_risk).sum())
