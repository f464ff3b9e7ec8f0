"""Judge the coin and the ratings where the truth is known: python benchmarks/own.py [OPTIONS].

Prints, for each cell, the bias, how often the interval holds the truth, and how often the test
rejects at 5 %. Every log has a seed of its own.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pandas as pd

import followup_analysis as fa
from followup_analysis.history import ENDINGS
from followup_analysis.world import make_world, play_out

ANSWERS = {"yes": "offer", "no": "rejection"}
# By the coin: on the first day of the arm every other time, on its last day for certain.
HABITS = {"0 to 1": {0: 0.0, 1: 50.0}, "3 to 4": {3: 0.0, 4: 50.0}}
START = np.datetime64("2025-12-31")


def coin_log(n: int, seed: int, *, kept: float = 1.0, **world) -> fa.JobSearchLog:
    """Book interviews, toss a coin for each, and play them out; some arms are not kept to."""
    rng = np.random.default_rng([seed, 7])
    ids = np.arange(n).astype(str)
    dates = START + rng.integers(1, 90, n)
    booked = pd.DataFrame({"application_id": ids, "date": dates, "kind": "interview"})
    applications = pd.DataFrame({"application_id": ids, "company": ids})
    log = fa.JobSearchLog(applications, booked.assign(planned=True), as_of=START)
    log = fa.randomise_timing(log, seed=seed)
    as_of = START + 150
    coins = log.events[log.events["arm"].notna()].set_index("application_id")["arm"]
    arm = coins.loc[ids].to_numpy()
    arm = np.where(rng.random(n) < kept, arm, rng.choice([*HABITS], n))
    went_well = rng.integers(1, 6, n)
    frailty = rng.normal(0, 0.5, n)
    events = [log.events.assign(planned=log.events["kind"] == "follow_up")]
    for name, habits in HABITS.items():
        own = make_world(habits=habits, other_days=-50.0, **world)
        rows = np.flatnonzero(arm == name)
        seen = (as_of - dates[rows]).astype(int)
        lived = play_out(own, rng, went_well=went_well[rows], frailty=frailty[rows], days_seen=seen)
        events += list(_events(ids[rows], dates[rows], lived))
    return log.replace(events=pd.concat(events, ignore_index=True), as_of=as_of)


def _events(ids: np.ndarray, dates: np.ndarray, lived: dict) -> Iterator[pd.DataFrame]:
    wrote = lived["follow_up_day"] >= 0
    sent = (dates + lived["follow_up_day"])[wrote]
    yield pd.DataFrame({"application_id": ids[wrote], "date": sent, "kind": "follow_up"})
    for ending, kind in ANSWERS.items():
        ended = lived["ending"] == ENDINGS.index(ending)
        days = (dates + lived["exit_day"])[ended]
        yield pd.DataFrame({"application_id": ids[ended], "date": days, "kind": kind})


def coin_truth(**world) -> float:
    """Return the difference in yes by day 30, from very many interviews."""
    rng, n, shares = np.random.default_rng(0), 400_000, []
    for habits in HABITS.values():
        own = make_world(habits=habits, other_days=-50.0, **world)
        lived = play_out(
            own, rng, went_well=rng.integers(1, 6, n), frailty=rng.normal(0, 0.5, n),
            days_seen=np.full(n, 40),
        )  # fmt: skip
        shares.append(((lived["ending"] == 1) & (lived["exit_day"] <= 30)).mean())
    return float(shares[0] - shares[1])


def judge_coin(n: int, logs: int, permutations: int = 199, **world) -> dict[str, float]:
    """Ask `randomised_effect` about many logs."""
    truth, rows = coin_truth(**world), []
    for seed in range(logs):
        log = coin_log(n, seed, **world)
        at = fa.randomised_effect(log, permutations=permutations, seed=seed).table
        at = at.set_index("quantity")
        gap = at.loc["difference_yes"]
        covers = gap["conf_low"] <= truth <= gap["conf_high"]
        rows.append((gap["estimate"], covers, at.loc["p_value", "estimate"] < 0.05))
    found = np.array(rows, dtype=float)
    return {
        "n": n, "logs": logs, "truth": truth, "bias": found[:, 0].mean() - truth,
        "bias_error": found[:, 0].std() / np.sqrt(logs), "coverage": found[:, 1].mean(),
        "rejects": found[:, 2].mean(),
    }  # fmt: skip


def rated_log(n: int, seed: int, *, prompted: float = 0.0, **effects) -> fa.JobSearchLog:
    """Let stress fall by itself from day to day, and candidates write, the more so on bad days.

    `prompted` is what each point of stress above the usual adds to the log-odds of writing that
    day; `effects` are what having written on an earlier day adds to each rating.
    """
    rng, last = np.random.default_rng([seed, 11]), START
    ids, ratings, events = np.arange(n).astype(str), [], []
    for one in ids:
        usual, wrote = {"stress": 6.2 + rng.normal(0, 0.8), "control": 4.4 + rng.normal(0, 0.8)}, 99
        exit_day, held = rng.integers(6, 40), last - rng.integers(20, 60)
        for day in range(min(exit_day, int((last - held).astype(int))) + 1):
            odd = dict(zip(usual, rng.normal(0, 1.1, 2), strict=True))
            fall = {"stress": -0.35 * np.sqrt(day), "control": -0.04 * day}
            felt = {
                name: usual[name] + fall[name] + odd[name] + effects.get(name, 0) * (wrote < day)
                for name in usual
            }
            scores = {name: int(np.clip(round(value), 0, 10)) for name, value in felt.items()}
            if day in (0, 1, 2, 4, 6, 9, 12, 16) and rng.random() < 0.9:
                ratings.append({"application_id": one, "date": held + day, **scores})
            odds = np.exp(-1.6 + prompted * odd["stress"])
            if wrote == 99 and day < exit_day and rng.random() < odds / (1 + odds):
                wrote = day
                events.append((one, held + day, "follow_up"))
        events.append((one, held, "interview"))
        if held + exit_day <= last:
            events.append((one, held + exit_day, rng.choice(["offer", "rejection"])))
    return fa.JobSearchLog(
        pd.DataFrame({"application_id": ids, "company": ids}),
        pd.DataFrame(events, columns=["application_id", "date", "kind"]),
        pd.DataFrame(ratings),
        as_of=last,
    )


def judge_ratings(
    n: int, logs: int, permutations: int = 199, *, prompted: float = 0.0, **effects
) -> pd.DataFrame:
    """Ask `sense_of_control` about many logs; a row each for stress and control."""
    rows = []
    for seed in range(logs):
        log = rated_log(n, seed, prompted=prompted, **effects)
        table = fa.sense_of_control(log, permutations=permutations, seed=seed).table
        after = table[table["term"] == "after writing"]
        truth = after["rating"].map(effects).fillna(0.0)
        covers = (after["conf_low"] <= truth) & (truth <= after["conf_high"])
        rows.append(after.assign(off=after["estimate"] - truth, truth=truth, covers=covers))
    every = pd.concat(rows).assign(rejects=lambda found: found["p_value"] < 0.05)
    by_rating = every.groupby("rating", sort=False)
    out = by_rating[["truth", "off", "covers", "rejects"]].mean()
    out["bias_error"] = by_rating["off"].std() / np.sqrt(by_rating.size())
    out = out.rename(columns={"off": "bias", "covers": "coverage"})
    return out.assign(n=n, logs=by_rating.size())


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--logs", type=int, default=200)
    logs = parser.parse_args().logs
    worlds = {"nothing": {}, "early helps": {"effect_yes": 2.0, "yes_peak_day": 3.0}}
    cells = {
        f"coin, {name}": judge_coin(n, logs, **world)
        for name, world in worlds.items()
        for n in (24, 100)
    }
    print(pd.DataFrame(cells).T.round(3).to_string())
    effects = {"stress": -0.5, "control": 0.9}
    worlds = {
        "nothing": {}, "an effect": effects, "nothing, written on bad days": {"prompted": 1.0},
        "an effect, written on bad days": {"prompted": 1.0, **effects},
    }  # fmt: skip
    columns = ["n", "logs", "truth", "bias", "bias_error", "coverage", "rejects"]
    for name, world in worlds.items():
        for n in (15, 40):
            found = judge_ratings(n, logs, **world)[columns].round(3)
            print(f"ratings, {name}", found.to_string(), sep="\n")


if __name__ == "__main__":
    main()
