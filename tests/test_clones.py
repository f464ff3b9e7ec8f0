"""Clones with weights and trials on each day: known truths, each other, and too small logs."""

import numpy as np
import pandas as pd
import pytest

import followup_analysis as fa
from followup_analysis.simulate import simulate_episodes
from followup_analysis.world import true_effect

WORLD_B = {"effect_yes": np.log(1.6)}


def row(result, quantity):
    return result.table.set_index("quantity").loc[quantity]


@pytest.fixture(scope="module")
def large():
    """World B, everybody watched for 100 days."""
    frame = simulate_episodes(100_000, seed=6, days_seen=(100, 100), **WORLD_B)
    return fa.tally(frame, by="went_well")


@pytest.mark.parametrize("by_day", [0, 2, 5])
def test_clones_find_the_truth(large, by_day):
    truth = true_effect(by_day=by_day, **WORLD_B)
    result = fa.clone_censor_weight(large, by_day=by_day, replicates=20)
    # The standard error at this size is 1.6 / sqrt(n) = .005.
    assert row(result, "difference_yes")["estimate"] == pytest.approx(
        truth["risk_difference"], abs=0.015
    )
    assert row(result, "difference_no")["estimate"] == pytest.approx(
        truth["difference_no"], abs=0.015
    )
    assert row(result, "days_saved")["estimate"] == pytest.approx(truth["days_saved"], abs=0.3)


def test_a_single_trial_on_day_0_is_the_strategy_of_writing_on_day_0(large):
    clones = fa.clone_censor_weight(large, by_day=0, replicates=10).table.iloc[:6]
    trial = fa.sequential_trials(large, last_trial=0, replicates=10).table.iloc[:6]
    assert trial["estimate"].tolist() == pytest.approx(clones["estimate"].tolist(), abs=2e-3)


def test_trials_find_nothing_where_nothing_is():
    frame = simulate_episodes(60_000, seed=7, days_seen=(100, 100))
    result = fa.sequential_trials(fa.tally(frame, by="went_well"), replicates=10)
    assert row(result, "difference_yes")["estimate"] == pytest.approx(0, abs=0.015)


def test_without_adjusting_selection_shows():
    """People write after good interviews: unless ratings are known, writing seems to help."""
    frame = simulate_episodes(60_000, seed=7, days_seen=(100, 100))
    blind = fa.clone_censor_weight(frame.drop(columns="went_well"), replicates=10)
    assert row(blind, "difference_yes")["estimate"] > 0.05


@pytest.mark.parametrize("method", [fa.clone_censor_weight, fa.sequential_trials])
def test_rows_and_tally_agree(method):
    frame = simulate_episodes(400, seed=1)
    counts = fa.tally(frame, by=["went_well"], cluster="company")
    pd.testing.assert_frame_equal(
        method(frame, replicates=30).table, method(counts, replicates=30).table, rtol=1e-9
    )


def test_companies_are_drawn_as_a_whole():
    """Every interview copied into the same company: nothing was learnt, so nothing narrows."""
    frame = simulate_episodes(300, seed=2)
    frame["company"] = np.arange(300)
    once = fa.clone_censor_weight(frame, replicates=300)
    twice = fa.clone_censor_weight(pd.concat([frame, frame]), replicates=300)
    ratio = row(twice, "difference_yes")["std_error"] / row(once, "difference_yes")["std_error"]
    assert ratio == pytest.approx(1, abs=0.1)


def test_diagnostics_by_hand():
    # Everybody open for 40 days; 50 of 200 write on day 0, no one later.
    frame = pd.DataFrame(
        {
            "follow_up_day": pd.array([0] * 50 + [None] * 150, "Int64"),
            "exit_day": 40,
            "ending": ["yes", "open"] * 100,
        }
    )
    result = fa.clone_censor_weight(frame, by_day=0, replicates=10)
    assert row(result, "share_censored")["estimate"] == pytest.approx(150 / 200)
    # Firth's fit to 50 of 200 is 50.5 of 201; later days add hardly anything to the other arm.
    assert row(result, "largest_weight")["estimate"] == pytest.approx(201 / 50.5, rel=0.05)
    assert row(result, "effective_n_written")["estimate"] == pytest.approx(50)


@pytest.mark.parametrize(
    ("method", "needed"), [(fa.clone_censor_weight, 100), (fa.sequential_trials, 300)]
)
def test_below_its_size_a_method_says_what_it_needs(method, needed):
    result = method(simulate_episodes(needed - 1, seed=1))
    assert f"need {needed} interviews" in result.sentence
    assert result.table.empty
    result.plot()


def test_between_100_and_300_it_is_a_cross_check():
    result = fa.clone_censor_weight(simulate_episodes(150, seed=1), replicates=20)
    assert result.sentence.startswith("Cross-check: ")
    assert "too short" in result.notes[1]


def test_days_that_make_no_sense_are_refused():
    frame = simulate_episodes(100, seed=1)
    with pytest.raises(fa.FollowupError, match="between 0 and the horizon"):
        fa.clone_censor_weight(frame, by_day=31)
    with pytest.raises(fa.FollowupError, match="last_trial"):
        fa.sequential_trials(frame, last_trial=-1)


def test_trials_whose_writers_all_leave_have_no_estimate():
    """Weights are fractions: nobody left must be nothing left all the same."""
    rng = np.random.default_rng(3)
    exit_day, n = rng.integers(1, 20, 300), 300
    frame = pd.DataFrame({"exit_day": exit_day, "ending": rng.choice(["open", "yes", "no"], n)})
    frame["went_well"] = rng.integers(1, 6, n)
    wrote = rng.random(n) < 0.5
    frame["follow_up_day"] = pd.Series(rng.integers(0, 8, n)).where(wrote).astype("Int64")
    frame.loc[~wrote, "exit_day"] += 30  # nobody who wrote is watched beyond day 19
    result = fa.sequential_trials(
        frame, last_trial=5, horizon=25, adjust=["went_well"], replicates=20
    )
    assert "nobody was watched without an answer up to day 25: no estimate" in result.sentence
