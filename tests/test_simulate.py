"""The simulated world does what it says, and its truth is the one that its logs tend to."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from followup_analysis import FollowupError
from followup_analysis.simulate import simulate_episodes, simulate_log
from followup_analysis.world import true_effect

WORLD_B = {"effect_yes": np.log(1.6)}
SEEN_TO_THE_END = {"days_seen": (120, 120)}
MANY = 200_000


def by_day_30(episodes):
    return (episodes["ending"] == "yes") & (episodes["exit_day"] <= 30)


def test_truth_of_a_world_in_which_writing_helps():
    effect = true_effect(**WORLD_B)
    assert effect["risk_difference"] == pytest.approx(0.111, abs=0.0005)
    assert effect["risk_ratio"] == pytest.approx(1.30, abs=0.005)
    assert effect["days_saved"] == pytest.approx(2.08, abs=0.01)
    assert effect["difference_no"] == pytest.approx(-0.035, abs=0.0005)
    assert effect["risk_yes_early"] - effect["risk_yes_never"] == effect["risk_difference"]
    assert sum(effect[f"difference_{word}"] for word in ("no", "silent")) == pytest.approx(
        -effect["risk_difference"]
    )


def test_truth_of_a_pure_speed_up_is_more_of_both_answers():
    effect = true_effect(effect_yes=np.log(1.4), effect_no=np.log(1.4))
    assert effect["risk_difference"] == pytest.approx(0.057, abs=0.0005)
    assert effect["difference_no"] == pytest.approx(0.047, abs=0.0005)
    assert effect["days_saved"] == pytest.approx(2.7, abs=0.05)


def test_truth_is_exactly_nothing_without_effect():
    effect = true_effect(withdrawal=0.01, hidden_selection=1.0)
    assert effect["risk_difference"] == pytest.approx(0, abs=1e-15)
    assert effect["days_saved"] == pytest.approx(0, abs=1e-13)
    assert effect["risk_ratio"] == pytest.approx(1, abs=1e-14)


def test_truth_on_paper():
    # One kind of interview, one chance a day: 0.2 of a yes, odds of 1/4, doubled once written.
    plain = {
        "yes_peak": 0.0, "yes_floor": 0.2, "no_peak": 0.0, "no_floor": 0.0, "frailty_sd": 0.0,
        "rating_shares": (0, 0, 1, 0, 0), "effect_yes": np.log(2),
        "habits": {0: 0.0}, "other_days": -np.inf,
    }  # fmt: skip
    never = 1 - 0.8**2
    written = 1 - (2 / 3) ** 2  # odds of 1/2 are a chance of 1/3
    on_day_0 = true_effect(by_day=0, horizon=2, **plain)
    assert on_day_0["risk_yes_never"] == pytest.approx(never)
    assert on_day_0["risk_yes_early"] == pytest.approx(written)
    assert on_day_0["days_saved"] == pytest.approx((1 + 0.8) - (1 + 2 / 3))
    # By day 1 half have written on day 0; the other half do so after the answers of day 1.
    by_day_1 = true_effect(by_day=1, horizon=2, **plain)
    assert by_day_1["risk_yes_early"] == pytest.approx(0.5 * written + 0.5 * (1 - 0.8 * 2 / 3))


@pytest.mark.parametrize(
    "more",
    [{}, {"hidden_selection": 1.5}, {"hidden_selection": 1.5, "per_person": 5, "person_sd": 1.0}],
)
def test_truth_is_what_simulating_the_strategies_gives(more):
    world = WORLD_B | SEEN_TO_THE_END | {"withdrawal": 0.005} | more
    early = {"habits": {0: -1.25, 1: -0.75, 2: 50.0}, "other_days": -50.0}
    never = {"habits": {}, "other_days": -50.0}
    risks, days = [], []
    for seed, strategy in enumerate((early, never)):
        episodes = simulate_episodes(MANY, seed=seed, **(world | strategy))
        risks.append(by_day_30(episodes).mean())
        days.append(episodes["exit_day"].clip(upper=30).mean())
    effect = true_effect(**world)
    error = 4 * np.sqrt(2 * 0.25 / MANY)
    assert risks[0] == pytest.approx(effect["risk_yes_early"], abs=error)
    assert risks[1] == pytest.approx(effect["risk_yes_never"], abs=error)
    assert days[1] - days[0] == pytest.approx(effect["days_saved"], abs=4 * 12 * np.sqrt(2 / MANY))


def test_late_writers_look_bad_where_writing_does_nothing():
    episodes = simulate_episodes(MANY, seed=3, selection=0.0, **SEEN_TO_THE_END)
    written = episodes["follow_up_day"].fillna(99)
    bins = pd.cut(written, [-1, 0, 1, 3, 7, 14, 30, 99])
    naive = by_day_30(episodes).groupby(bins, observed=True).mean()
    assert naive.to_list() == pytest.approx([0.36, 0.36, 0.35, 0.29, 0.19, 0.08, 0.47], abs=0.01)


def test_naive_numbers_where_good_interviews_are_followed_up():
    episodes = simulate_episodes(MANY, seed=4)
    answered = (episodes["ending"] != "open") & (episodes["exit_day"] <= 30)
    known = episodes[answered | (episodes["exit_day"] >= 30)]
    yes, wrote = by_day_30(known), known["follow_up_day"].fillna(99) <= 30
    assert yes[wrote].mean() - yes[~wrote].mean() == pytest.approx(-0.02, abs=0.008)

    design = np.column_stack([np.ones(len(known)), wrote, known["went_well"]])
    adjusted = np.linalg.lstsq(design, yes.to_numpy(dtype=float), rcond=None)[0][1]
    assert adjusted == pytest.approx(-0.12, abs=0.008)  # adjusting makes it worse

    resolved = episodes[answered]
    yes, wrote = by_day_30(resolved), resolved["follow_up_day"].notna()
    assert yes[wrote].mean() - yes[~wrote].mean() == pytest.approx(0.08, abs=0.008)
    days = resolved["exit_day"]
    assert days[wrote].mean() - days[~wrote].mean() == pytest.approx(3.2, abs=0.1)


def test_episodes_keep_the_order_of_the_days():
    episodes = simulate_episodes(20_000, seed=5, withdrawal=0.01)
    decided = episodes["ending"] != "open"
    assert set(episodes["ending"]) == {"open", "yes", "no", "withdrawn"}
    assert (episodes.loc[~decided, "exit_day"] == episodes.loc[~decided, "days_seen"]).all()
    assert episodes.loc[decided, "exit_day"].between(1, 60).all()
    assert (episodes["exit_day"] <= episodes["days_seen"]).all()
    assert episodes["days_seen"].agg(["min", "max"]).to_list() == [5, 120]
    # Nobody writes once the answer is known, not even on its day.
    wrote = decided & episodes["follow_up_day"].notna()
    assert (episodes.loc[wrote, "follow_up_day"] < episodes.loc[wrote, "exit_day"]).all()
    assert episodes["company"].value_counts().mean() == pytest.approx(1.4, abs=0.02)


def test_interviews_at_one_company_are_alike():
    few = simulate_episodes(MANY, seed=6, frailty_sd=1.0, **SEEN_TO_THE_END)
    yes = by_day_30(few).astype(float)
    pairs = few.assign(yes=yes).groupby("company")["yes"].agg(["size", "sum"])
    pairs = pairs[pairs["size"] == 2]
    # With independent interviews, the variance of the sum would be twice p (1 - p).
    assert pairs["sum"].var() > 1.1 * 2 * yes.mean() * (1 - yes.mean())


def test_interviews_of_one_person_are_alike():
    alike = {"per_person": 2, "person_sd": 1.0, "frailty_sd": 0.0} | SEEN_TO_THE_END
    episodes = simulate_episodes(MANY, seed=6, **alike)
    assert (episodes["person"] == np.arange(MANY) // 2).all()
    yes = by_day_30(episodes).astype(float)
    both = yes.groupby(episodes["person"]).sum()
    assert both.var() > 1.1 * 2 * yes.mean() * (1 - yes.mean())
    apart = by_day_30(simulate_episodes(MANY, seed=6, **(alike | {"person_sd": 0.0})))
    both = apart.astype(float).groupby(episodes["person"]).sum()
    assert both.var() == pytest.approx(2 * apart.mean() * (1 - apart.mean()), rel=0.02)


def test_log_of_several_people_says_whose_interviews_they_are():
    log = simulate_log(25, seed=1, per_person=10, person_sd=0.5)
    sizes = log.applications["person"].value_counts().to_dict()
    assert sizes == {"Person 1": 10, "Person 2": 10, "Person 3": 5}
    assert "25 applications of 3 people" in str(log)
    assert simulate_log(25, seed=1).applications["person"].isna().all()


def test_log_tells_what_became_of_the_episodes():
    world = WORLD_B | {"withdrawal": 0.005}
    episodes = simulate_episodes(500, seed=7, **world)
    log = simulate_log(500, seed=7, as_of="2026-03-31", **world)
    told = log.interviews()
    assert log.true_effect == true_effect(**world)
    assert log.as_of == pd.Timestamp("2026-03-31")
    assert log.applications["company"].nunique() == episodes["company"].nunique()
    assert told["ending"].to_list() == episodes["ending"].to_list()
    assert told["went_well"].to_list() == episodes["went_well"].to_list()
    assert (told["rated_on"] == told["date"]).all()
    assert ((log.as_of - told["date"]).dt.days == episodes["days_seen"]).all()
    exit_day = (told["ended_on"].fillna(log.as_of) - told["date"]).dt.days
    assert exit_day.to_list() == episodes["exit_day"].to_list()
    wrote_on = (told["followed_up_on"] - told["date"]).dt.days.astype("Int64")
    pd.testing.assert_series_equal(wrote_on, episodes["follow_up_day"], check_names=False)
    assert log.events["date"].max() <= log.as_of
    assert (log.applications["applied_on"] < told["date"]).all()
    assert "simulated" in log.notes[0]


def test_seed_decides_everything():
    first, again, other = (simulate_log(50, seed=seed) for seed in (8, 8, 9))
    pd.testing.assert_frame_equal(first.events, again.events)
    pd.testing.assert_frame_equal(first.applications, again.applications)
    assert not first.events["date"].equals(other.events["date"])


def test_log_without_interviews():
    log = simulate_log(0, seed=1)
    assert len(log.events) == 0
    assert log.true_effect["risk_difference"] == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"effect_yess": 1}, "Did you mean 'effect_yes'?"),
        ({"yes_peak": 0.999, "yes_floor": 0.1}, "yes_peak and yes_floor"),
        ({"no_peak_day": 0}, "no_peak_day above 0"),
        ({"rating_shares": (0.5, 0.5)}, "five shares"),
        ({"days_seen": (10, 5)}, "days_seen"),
        ({"withdrawal": 1.5}, "withdrawal"),
        ({"per_person": -1}, "per_person"),
        ({"person_sd": 0.5}, "person_sd, how much people differ, needs it"),
    ],
)
def test_impossible_worlds_are_refused(options, says):
    with pytest.raises(FollowupError, match=says.replace("?", r"\?")):
        simulate_episodes(5, seed=1, **options)


def test_impossible_questions_are_refused():
    with pytest.raises(FollowupError, match="by_day"):
        true_effect(by_day=31, horizon=30)
    with pytest.raises(FollowupError, match="n_interviews"):
        simulate_log(-1, seed=1)
