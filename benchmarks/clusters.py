"""How often the interval of a curve holds the truth when interviews of one person are alike.

    python benchmarks/clusters.py

The convention owned here: each person has a chance of a yes of their own, with log-odds around 0,
so that half of all interviews end in a yes. All are answered by day 24.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

import followup_analysis as fa

_SPREAD = 1.5  # standard deviation of the log-odds
_WORLDS = [(10, 10), (15, 10), (40, 5), (200, 3)]


def simulate(people: int, each: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the interviews of so many people."""
    person = np.arange(people).repeat(each)
    chance = 1 / (1 + np.exp(-rng.normal(0, _SPREAD, people)))
    is_yes = rng.random(len(person)) < chance[person]
    exit_day = rng.integers(2, 25, len(person))
    ending = np.where(is_yes, "yes", "no")
    return pd.DataFrame({"person": person, "exit_day": exit_day, "ending": ending})


def covers(interviews: pd.DataFrame) -> bool:
    """Tell whether the interval for a yes by day 30 holds one half."""
    table = fa.cumulative_incidence(interviews).table
    row = table[(table["ending"] == "yes") & (table["day"] == 30)].iloc[0]
    return bool(row["conf_low"] <= 0.5 <= row["conf_high"])


def main(logs: int = 1000) -> None:
    """Print the coverage of intervals of 95 %."""
    print(f"| people | interviews each | over people | interview by interview |  ({logs} logs)")
    print("|---|---|---|---|")
    for people, each in _WORLDS:
        rng = np.random.default_rng(1)
        drawn = [simulate(people, each, rng) for _ in range(logs)]
        together = np.mean([covers(log) for log in tqdm(drawn, leave=False)])
        alone = np.mean([covers(log.drop(columns="person")) for log in tqdm(drawn, leave=False)])
        print(f"| {people} | {each} | {together:.3f} | {alone:.3f} |")


if __name__ == "__main__":
    main()
