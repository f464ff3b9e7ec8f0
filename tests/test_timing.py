"""The naive chart: right as arithmetic, and never without its label."""

import numpy as np
import pandas as pd
import pytest
from seven import seven_applications

import followup_analysis as fa


def yes_of(result):
    return result.table[result.table["ending"] == "yes"].set_index("bin")


def test_seven_applications_by_day_of_follow_up():
    yes = yes_of(fa.timing(seven_applications(), bins=(0, 1, 2, 4), horizon=10))
    assert yes["n"].to_dict() == {"0": 0, "1": 2, "2-3": 0, "4-10": 1, "never": 3}
    # B wrote on the day of the answer: never before it. Of B, C's second and D none is a yes.
    assert yes["raw"].fillna(-1).to_dict() == {"0": -1, "1": 1, "2-3": -1, "4-10": 0, "never": 0}


def test_every_ending_stands_beside_the_yes():
    result = fa.timing(seven_applications(), horizon=10)
    never = result.table[result.table["bin"] == "never"].set_index("ending")["raw"]
    assert never.to_dict() == pytest.approx(
        {"yes": 0, "no": 1 / 3, "withdrawn": 1 / 3, "silent": 1 / 3}
    )


def test_open_interviews_count_as_long_as_they_were_watched():
    # Of four, one yes on day 5, one left open on day 3: 1/3, not 1/4 and not 1/2 of the closed.
    frame = pd.DataFrame({"exit_day": [5, 3, 40, 40], "ending": ["yes", "open", "open", "open"]})
    assert yes_of(fa.timing(frame)).loc["never", "raw"] == pytest.approx(1 / 3)


def test_a_bin_that_nobody_was_watched_in_has_no_share():
    frame = pd.DataFrame(
        {
            "follow_up_day": [1, None, None],
            "exit_day": [12, 40, 3],
            "ending": ["open", "open", "yes"],
        }
    )
    result = fa.timing(frame)
    assert np.isnan(yes_of(result).loc["1", "raw"])
    assert "Nobody was observed up to day 30 in: 1." in result.notes


def test_empty_bins_get_no_estimate():
    yes = yes_of(fa.timing(seven_applications(), horizon=15))
    assert yes["estimate"].isna().to_dict() == {
        "0": True, "1": False, "2-3": True, "4-7": False, "8-14": True, "15": True, "never": False
    }  # fmt: skip


def test_bins_are_pulled_together():
    frame = pd.DataFrame(
        {
            "follow_up_day": [1] * 4 + [5] * 10 + [None] * 20,
            "exit_day": 9,
            "ending": ["yes"] * 4 + ["yes", "no"] * 15,
        }
    )
    yes = yes_of(fa.timing(frame))
    assert yes.loc["1", "raw"] == 1
    assert 0.5 < yes.loc["1", "estimate"] < 0.95
    seen = yes[yes["n"] > 0]
    assert (seen["conf_low"] < seen["estimate"]).all()
    assert (seen["estimate"] < seen["conf_high"]).all()


def test_it_is_labelled_naive_everywhere():
    result = fa.timing(seven_applications(), horizon=10)
    assert result.sentence.startswith("Naive")
    assert result.notes[0].startswith("Naive: not the effect of following up")
    assert result.plot().get_title().startswith("Naive")


def test_a_follow_up_on_an_unknown_day_is_in_no_bin():
    frame = pd.DataFrame(
        {"exit_day": [40, 40], "ending": "open", "follow_up_undated": [True, False]}
    )
    result = fa.timing(frame)
    assert yes_of(result)["n"].sum() == 1
    assert "1 with a follow-up on an unknown day are in no bin." in result.notes


def test_the_slope_comes_from_immortal_time_alone():
    """No effect, nobody selects, everybody is watched: the late bins fall all the same."""
    log = fa.simulate_log(20_000, selection=0, days_seen=(200, 200), seed=4)
    raw = yes_of(fa.timing(log, bins=(0, 1, 2, 4, 8, 15)))["raw"]
    expected = [0.36, 0.36, 0.35, 0.29, 0.19, 0.08, 0.47]
    assert raw.tolist() == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize("bins", [(1, 2), (0, 4, 4), ()])
def test_bins_rise_from_day_0(bins):
    with pytest.raises(fa.FollowupError, match="rising from 0"):
        fa.timing(seven_applications(), bins=bins)


def test_an_empty_log_is_no_error():
    log = seven_applications(events=seven_applications().events.iloc[:0])
    for result in (fa.timing(log), fa.cumulative_incidence(log), fa.kaplan_meier(log),
                   fa.restricted_mean(log), fa.timeline(log)):  # fmt: skip
        assert "no interview with a known day" in result.sentence
        result.plot()
