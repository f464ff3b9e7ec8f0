"""The log-rank statistic under permutation: every deal written out, and its size."""

from itertools import combinations

import numpy as np
import pytest

import followup_analysis as fa
from followup_analysis.permutation import permutation_p
from followup_analysis.simulate import simulate_episodes

exits = np.array([1, 2, 2, 3, 4, 5, 6])
events = np.array([1, 1, 0, 1, 0, 1, 1])


def counted(members):
    n, n_event = np.zeros((1, 2, 8)), np.zeros((1, 2, 8))
    for row in range(len(exits)):
        group = int(row in members)
        n[0, group, exits[row]] += 1
        n_event[0, group, exits[row]] += events[row]
    return n, n_event


def statistic(members):
    # Events less those expected, day by day: another way to the same number.
    out = 0.0
    for day in np.unique(exits):
        open_then, now = exits >= day, (exits == day) & (events == 1)
        own = [row for row in members if open_then[row]]
        out += now[list(members)].sum() - now.sum() * len(own) / open_then.sum()
    return out


def test_it_comes_near_the_share_of_all_deals():
    members = (0, 1, 3)
    far = abs(statistic(members))
    deals = [abs(statistic(deal)) >= far - 1e-9 for deal in combinations(range(7), 3)]
    p = permutation_p(*counted(members), np.random.default_rng(0))
    # 999 deals: two Monte-Carlo standard errors are about 0.02 here.
    assert p == pytest.approx(np.mean(deals), abs=0.03)


def test_many_episodes_come_out_as_few_do(monkeypatch):
    rng = np.random.default_rng(1)
    n = rng.poisson(12.0, (3, 2, 10))
    n_event = rng.binomial(n, [[[0.3], [0.4]]])
    dealt = permutation_p(n, n_event, np.random.default_rng(0))
    monkeypatch.setattr("followup_analysis.permutation._MANY", 0)
    assert permutation_p(n, n_event, np.random.default_rng(0)) == pytest.approx(dealt, abs=0.03)


def test_a_group_without_members_has_no_p_value():
    assert np.isnan(permutation_p(*counted(()), np.random.default_rng(0)))


def test_the_landmark_is_tested_within_those_alike():
    # The rating drives writing and answers; a follow-up does nothing. Dealt out among all, the
    # groups differ; among those of the same rating they do not.
    frame = simulate_episodes(3000, seed=2, selection=1.2, rating_yes=1.0, frailty_sd=0.0)
    table = fa.landmark(frame, days=[2], replicates=20).table.set_index("method")
    assert table.loc["crude", "p_permutation"] < 1e-6
    assert table.loc["weighted", "p_permutation"] > 0.05
    assert table.loc["crude", "p_permutation"] == pytest.approx(
        table.loc["crude", "p_value"], rel=0.8
    )
