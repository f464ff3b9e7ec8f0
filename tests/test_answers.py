"""Curve, days saved, methods side by side, open silences and checks: against known truths."""

import numpy as np
import pandas as pd
import pytest
from seven import seven_applications

import followup_analysis as fa
from followup_analysis.simulate import simulate_episodes
from followup_analysis.world import true_effect

WORLD_B = {"effect_yes": np.log(1.6)}


@pytest.fixture(scope="module")
def large():
    frame = simulate_episodes(60_000, seed=9, **WORLD_B)
    return fa.tally(frame, by="went_well")


def rows(result, name="quantity"):
    return result.table.set_index(name)


def test_the_curve_follows_the_truth(large):
    curve = fa.timing_curve(large).table.query("kind == 'by_day'").set_index("day")
    for day in (0, 3, 7, 14):
        truth = true_effect(by_day=day, **WORLD_B)["risk_difference"]
        assert curve.loc[day, "estimate"] == pytest.approx(truth, abs=0.02)


def test_the_band_is_wider_than_the_intervals_of_single_days():
    frame = simulate_episodes(200, seed=3)
    curve = fa.timing_curve(frame).table.query("kind == 'by_day'")
    reach = (curve["conf_high"] - curve["conf_low"]) / 2 / curve["std_error"]
    assert (reach > 1.96).all()


def test_a_constant_effect_does_not_fade(large):
    since = fa.timing_curve(large, last_day=1).table.query("kind == 'since_writing'")
    assert since["day"].tolist() == [1, 3, 6, 11]
    assert since["last_day"].tolist() == [2, 5, 10, 30]
    inside = (since["conf_low"] - 0.1 < np.log(1.6)) & (np.log(1.6) < since["conf_high"] + 0.1)
    assert inside.all()
    assert "cannot be seen to fade" in fa.timing_curve(large, last_day=1).sentence


def test_days_saved_as_in_the_world(large):
    truth = true_effect(**WORLD_B)
    found = rows(fa.speed_up(large))["estimate"]
    assert found["days_saved"] == pytest.approx(truth["days_saved"], abs=0.3)
    assert found["difference_no"] == pytest.approx(truth["difference_no"], abs=0.02)


def test_a_pure_speed_up_leaves_the_odds_of_yes_among_the_answered_alone():
    world = {"effect_yes": np.log(1.4), "effect_no": np.log(1.4)}
    found = rows(fa.speed_up(simulate_episodes(60_000, seed=4, **world)))["estimate"]
    assert found["days_saved"] == pytest.approx(2.69, abs=0.35)
    assert found["odds_ratio_yes_among_answered"] == pytest.approx(1, abs=0.08)


def test_the_answered_only_mislead_and_the_honest_agree():
    log = fa.simulate_log(3_000, seed=5)
    table = rows(fa.compare_methods(log), "method")
    assert table["kind"].tolist() == ["naive"] * 3 + ["honest"] * 4
    # World A at n = 1000: the answered only read +.08, the rating-adjusted -.12.
    assert table["estimate"].iloc[1] == pytest.approx(0.08, abs=0.06)
    assert table["estimate"].iloc[2] == pytest.approx(-0.12, abs=0.06)
    honest = table[table["kind"] == "honest"]
    assert honest["estimate"].abs().max() < 0.06
    assert table["truth"].tolist() == [0.0] * 7
    assert "the truth behind this simulated log is 0." in fa.compare_methods(log).sentence


def test_methods_that_need_more_say_so():
    result = fa.compare_methods(fa.simulate_log(60, seed=5))
    missing = rows(result, "method")["estimate"].isna()
    assert missing["trials on each day"] and missing["clones with weights"]
    drawn = [text.get_text() for text in result.plot().texts]
    assert drawn.count("no estimate: see the notes") == missing.sum()


def test_waiting_by_hand():
    """Ten waits of one stage: answered on days 2, 4, 6, 8, 10; open 1, 3, 5, 7 and 9 days."""
    ids = [str(i) for i in range(10)]
    applications = pd.DataFrame({"application_id": ids, "company": [f"Firm {i}" for i in ids]})
    start = pd.Timestamp("2026-06-30")
    held = [
        (i, start - pd.Timedelta(days=20 if k % 2 == 0 else k), "interview")
        for k, i in enumerate(ids)
    ]
    told = [
        (i, start - pd.Timedelta(days=18 - k), "rejection") for k, i in enumerate(ids) if k % 2 == 0
    ]
    events = pd.DataFrame(held + told, columns=["application_id", "date", "kind"])
    log = fa.JobSearchLog(applications, events.assign(detail="first"), as_of=start)
    table = fa.waiting(log, within=2).table
    assert table["day"].tolist() == [9, 7, 5, 3, 1]
    # Day 5: 2, 4 answered of 9 (one left on day 1) and of 7 (one more on day 3).
    by_day = table.set_index("day")
    assert by_day.loc[5, "still_waiting"] == pytest.approx(8 / 9 * 6 / 7)
    # From day 5 on, within two days: day 6 answers 1 of the 5 then open.
    assert by_day.loc[5, "n_risk"] == 6
    assert by_day.loc[3, "estimate"] == pytest.approx(1 / 7)
    assert np.isnan(by_day.loc[9, "estimate"])  # too few were watched as long


def test_waiting_of_the_seven_applications():
    result = fa.waiting(seven_applications())
    assert result.table["company"].tolist() == ["Cedar", "Elm"]
    assert result.sentence.startswith("2 open: the longest silence is Cedar, 15 days; ")
    assert set(result.table["compared_with"]) == {"all"}


def test_no_open_interview_is_no_silence():
    log = seven_applications(events=seven_applications().events.iloc[:6])
    assert "no silence" in fa.waiting(log).sentence
    fa.waiting(log).plot()


def test_what_could_show_follows_the_size():
    small, large = (
        fa.minimal_detectable_effect(fa.simulate_log(n, seed=1)).table for n in (40, 1000)
    )
    # About 2.8 / sqrt(n): 44 points at 40, 9 at 1 000.
    assert small["estimate"][0] == pytest.approx(2.8 / np.sqrt(40), rel=0.3)
    assert large["estimate"][0] == pytest.approx(2.8 / np.sqrt(1000), rel=0.3)
    assert small["n"].tolist()[1] > small["n"].tolist()[2] > small["n"].tolist()[3]


def test_a_check_finds_what_was_planted():
    """Those who wrote had waited 20 days for their interview, the others 5."""
    ids = [str(i) for i in range(60)]
    day = pd.Timestamp("2026-05-01")
    wrote = np.arange(60) % 2 == 0
    waited = np.where(wrote, 20, 5) + np.arange(60) % 3
    applications = pd.DataFrame(
        {"application_id": ids, "applied_on": day - pd.to_timedelta(waited, unit="D")}
    )
    events = pd.concat(
        [
            pd.DataFrame({"application_id": ids, "date": day, "kind": "interview"}),
            pd.DataFrame({"application_id": ids, "date": day, "kind": "follow_up"})[wrote],
        ]
    )
    log = fa.JobSearchLog(applications, events, as_of="2026-06-30")
    result = fa.negative_controls(log)
    found = rows(result, "check").loc["days_before"]
    assert found["estimate"] == pytest.approx(15, abs=0.1)
    assert result.sentence.startswith("A check finds an effect where there can be none")


def test_plans_that_were_never_kept_show_no_effect_of_their_own():
    log = fa.simulate_log(800, seed=11)
    sent = log.events["kind"] == "follow_up"
    # Half of the follow-ups are turned into plans that were not kept.
    kept = np.arange(len(log.events)) % 2 == 0
    events = log.events.assign(planned=sent & kept)
    result = fa.negative_controls(log.replace(events=events))
    found = rows(result, "check").loc["planned_not_sent"]
    assert found["n"] > 100
    assert found["conf_low"] < 0 < found["conf_high"]


def test_little_data_give_a_sentence():
    result = fa.negative_controls(seven_applications())
    assert result.table["estimate"].isna().any()
    result.plot()
    assert (
        "no estimate"
        in fa.speed_up(seven_applications(events=seven_applications().events[:1])).sentence
    )


def sent_late_by_dice(n, seed):
    """Half have a plan for day 3, sent up to 4 days late unless an answer comes first."""
    rng = np.random.default_rng(seed)
    start = pd.Timestamp("2026-01-05")
    events = []
    for at in range(n):
        answered, planned = int(rng.geometric(0.07)), rng.random() < 0.5
        wrote = 3 + rng.integers(5) if planned else rng.integers(25)
        told = [(0, "interview", False)]
        told += [(3, "follow_up", True)] * int(planned and answered >= 3)
        told += [(wrote, "follow_up", False)] * int(wrote < answered)
        told += [(answered, rng.choice(["offer", "rejection"]), False)]
        events += [(str(at), start + pd.Timedelta(days=int(d)), *rest) for d, *rest in told]
    table = pd.DataFrame(events, columns=["application_id", "date", "kind", "planned"])
    ids = pd.DataFrame({"application_id": [str(at) for at in range(n)]})
    return fa.JobSearchLog(ids, table, as_of="2026-12-31")


def test_plans_sent_late_raise_no_alarm():
    """An answer before a plan is sent is no sign: those who did write are watched until then."""
    found = pd.DataFrame(
        rows(fa.negative_controls(sent_late_by_dice(300, seed)), "check").loc["planned_not_sent"]
        for seed in range(12)
    )
    assert abs(found["estimate"].mean()) < 3 * found["std_error"].mean() / np.sqrt(12)
    assert ((found["conf_low"] > 0) | (found["conf_high"] < 0)).sum() <= 2
    assert (found["n"] > 50).all()
