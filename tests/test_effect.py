"""The headline: its parts by hand and by brute force, its truth in simulated worlds."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from test_tally import ENDINGS, EPISODES, frame_of

import followup_analysis as fa
from followup_analysis.persondays import count_person_days
from followup_analysis.simulate import simulate_episodes
from followup_analysis.strategies import follow_strategy
from followup_analysis.trust import (
    bias_factor,
    detectable,
    e_value,
    give_verdict,
    interviews_needed,
)
from followup_analysis.world import true_effect


def row(result, quantity):
    return result.table.set_index("quantity").loc[quantity]


@given(EPISODES)
def test_person_days_equal_those_written_out(rows):
    horizon = 8
    counts = fa.tally(frame_of(rows), by="group")
    found = count_person_days(counts, horizon)
    place = {name: i for i, name in enumerate(counts.patterns["group"])}
    n_risk = np.zeros((len(place), 2, horizon + 1))
    n_event = np.zeros((4, *n_risk.shape))
    n_silent, n_wrote = np.zeros((2, len(place), horizon + 1))
    for group, wrote, left, ending in rows:
        at = place[group]
        if wrote is not None and ending != "open" and wrote >= left:
            wrote = None
        for day in range(min(left, horizon) + 1):
            after = int(wrote is not None and wrote < day)
            n_risk[at, after, day] += 1
            if day == left and ending != "open":
                n_event[ENDINGS.index(ending), at, after, day] += 1
            elif not after:
                n_silent[at, day] += 1
                n_wrote[at, day] += wrote == day
    assert found.n_risk[..., 0].tolist() == n_risk.tolist()
    assert found.n_event[..., 0].tolist() == n_event[1:].tolist()
    assert found.n_silent[..., 0].tolist() == n_silent.tolist()
    assert found.n_wrote[..., 0].tolist() == n_wrote.tolist()


def test_a_strategy_by_hand():
    # Two days. Yes: 1/2 a day after writing, 1/4 before; no answer otherwise.
    answers = np.zeros((1, 1, 1, 2, 3))
    answers[0, 0, 0, 0], answers[0, 0, 0, 1] = 0.25, 0.5
    writing, weight = np.full((1, 1, 3), 0.5), np.ones((1, 1))
    never = follow_strategy(answers, writing, weight, None)
    assert never.yes[0] == pytest.approx(1 - 0.75**3)
    assert never.mean_wait[0] == pytest.approx(0.75 + 0.75**2)
    # By day 0: day 0 itself comes before the writing.
    assert follow_strategy(answers, writing, weight, 0).yes[0] == pytest.approx(1 - 0.75 * 0.25)
    # By day 1: half write on day 0, the rest on day 1.
    by_1 = 1 - 0.75 * (0.5 * 0.5 + 0.5 * 0.75) * 0.5
    assert follow_strategy(answers, writing, weight, 1).yes[0] == pytest.approx(by_1)


@pytest.mark.parametrize("world", [{}, {"effect_yes": np.log(1.6)}])
def test_the_truth_is_found_in_a_large_log(world):
    """Three standard errors are .013; what no log records about companies adds at most .007."""
    result = fa.follow_up_effect(simulate_episodes(60_000, seed=8, **world))
    truth = true_effect(**world)
    found = row(result, "difference_yes")["estimate"]
    assert found == pytest.approx(truth["risk_difference"], abs=0.02)
    assert row(result, "days_saved")["estimate"] == pytest.approx(truth["days_saved"], abs=0.3)
    assert row(result, "ratio_yes")["estimate"] == pytest.approx(truth["risk_ratio"], abs=0.06)


def test_a_pure_speed_up_moves_yes_and_no_alike():
    world = {"effect_yes": np.log(1.4), "effect_no": np.log(1.4)}
    result = fa.follow_up_effect(simulate_episodes(60_000, seed=9, **world))
    assert row(result, "difference_yes")["estimate"] > 0.03
    assert row(result, "difference_no")["estimate"] > 0.03
    assert row(result, "difference_silent")["estimate"] < -0.06


def test_it_covers_the_truth_in_small_logs():
    """Forty logs of 100: fewer than 34 hits would be below 95 % by far more than chance."""
    hits = 0
    for seed in range(40):
        found = row(fa.follow_up_effect(simulate_episodes(100, seed=seed)), "difference_yes")
        hits += found["conf_low"] <= 0 <= found["conf_high"]
    assert hits >= 34


def test_the_same_seed_gives_the_same_answer():
    frame = simulate_episodes(60, seed=1)
    pd.testing.assert_frame_equal(
        fa.follow_up_effect(frame).table, fa.follow_up_effect(frame).table
    )


def test_a_log_and_its_tally_give_the_same_answer():
    log = fa.simulate_log(200, seed=2)
    counts = fa.tally(log, by=["went_well"], cluster="company")
    pd.testing.assert_frame_equal(
        fa.follow_up_effect(log).table, fa.follow_up_effect(counts).table, rtol=1e-9
    )


def test_the_sentence_gives_estimate_interval_verdict_and_what_could_show():
    sentence = fa.follow_up_effect(fa.simulate_log(30, seed=3)).sentence
    assert sentence.startswith("Writing by day 2, against never writing: ")
    assert "in 100 say yes by day 30 (95 % " in sentence
    assert "our log cannot tell: with 30 interviews only an effect of " in sentence
    assert "interviews would show one of 10 points." in sentence


@pytest.mark.parametrize(
    ("follow_up_day", "why"), [([None] * 4, "after none of them"), ([0] * 4, "after all of them")]
)
def test_without_both_kinds_there_is_no_estimate(follow_up_day, why):
    frame = pd.DataFrame({"exit_day": [5, 6, 7, 8], "ending": ["yes", "no", "open", "yes"]})
    result = fa.follow_up_effect(frame.assign(follow_up_day=pd.array(follow_up_day, "Int64")))
    assert why in result.sentence
    assert result.table.empty
    result.plot()


def test_an_answer_always_stands_on_its_assumption():
    notes = fa.follow_up_effect(fa.simulate_log(60, seed=3)).notes
    assert notes[0].startswith("Interviews are made alike in: went_well.")
    assert "only if nothing else decided both" in notes[0]


def test_missing_ratings_are_a_level_of_their_own():
    frame = simulate_episodes(200, seed=4)
    frame["went_well"] = frame["went_well"].astype("Int64").mask(np.arange(200) % 3 == 0)
    note = fa.follow_up_effect(frame).notes[0]
    assert "went_well, went_well not recorded" in note


def test_withdrawals_can_compete_or_censor():
    frame = simulate_episodes(400, seed=5, withdrawal=0.01)
    compete = fa.follow_up_effect(frame)
    censor = fa.follow_up_effect(frame, withdrawn="censor")
    # If nobody withdrew, more would hear a yes.
    assert row(censor, "yes_if_never")["estimate"] > row(compete, "yes_if_never")["estimate"] + 0.01


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by_day": 40}, "between 0 and the horizon"),
        ({"withdrawn": "drop"}, "'compete' or 'censor'"),
        ({"adjust": ["wnet_well"]}, "Did you mean 'went_well'"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, message):
    with pytest.raises(fa.FollowupError, match=message):
        fa.follow_up_effect(simulate_episodes(30, seed=1), **options)


def test_e_values_as_published():
    assert [round(value, 2) for value in e_value(3.9, 1.8, 8.7)] == [7.26, 3.0]
    below = e_value(1 / 3.9, 1 / 8.7, 1 / 1.8)
    assert [round(value, 2) for value in below] == [7.26, 3.0]
    assert e_value(1.5, 0.8, 2.9)[1] == 1
    assert e_value(0.7, 0.4, 1.2)[1] == 1
    with pytest.raises(fa.FollowupError, match="above 0"):
        e_value(-1)
    for no_number in (None, "3.9", [3.9], fa.follow_up_effect(simulate_episodes(30, seed=1))):
        with pytest.raises(fa.FollowupError, match="numbers are needed"):
            e_value(no_number)


def test_bias_factor_takes_either_direction():
    assert bias_factor(2, 3) == pytest.approx(1.5)
    assert bias_factor(0.5, 3) == pytest.approx(1.5)


def test_power_never_looks_at_the_observed_effect():
    assert detectable(0.1) == pytest.approx(0.28)
    assert interviews_needed(100, 0.1, 0.1) == 784
    assert interviews_needed(100, 0.1, 0.05) == 3136


@pytest.mark.parametrize(
    ("low", "high", "prob", "ratio", "benchmark", "kind"),
    [
        (-0.05, 0.08, 0.7, 1.0, 1.2, "none"),
        (0.02, 0.30, 0.99, 1.5, 1.2, "yes"),
        (-0.30, -0.02, 0.01, 1.5, 1.2, "no"),
        (0.02, 0.30, 0.99, 1.1, 1.2, "leans"),
        (0.02, 0.30, 0.99, 9.0, None, "leans"),
        (-0.02, 0.30, 0.93, 1.0, 1.2, "leans"),
        (-0.30, 0.20, 0.40, 1.0, 1.2, "cannot tell"),
    ],
)
def test_the_first_verdict_that_fits(low, high, prob, ratio, benchmark, kind):
    verdict = give_verdict(low, high, prob, smallest=0.10, limit_ratio=ratio, benchmark=benchmark)
    assert verdict.kind == kind


def test_answers_dated_late_or_not_at_all_are_bounded():
    frame = simulate_episodes(200, seed=6)
    frame["implied"] = (frame["ending"] == "yes") & (np.arange(200) % 3 == 0)
    frame["earliest_exit_day"] = frame["exit_day"].mask(frame["implied"], 0)
    frame["exit_day"] = frame["exit_day"].astype("Int64").mask(frame["ending"] == "no", None)
    frame.loc[frame.index[frame["exit_day"].isna()][4:], "exit_day"] = 9
    notes = fa.follow_up_effect(frame).notes
    assert (
        "The 4 answers on an unknown day could move the difference by at most "
        "2 points, wherever put." in notes
    )
    assert any(note.startswith("With each yes that is known only") for note in notes)


def test_people_who_do_well_and_write_more_are_not_an_effect():
    # Each of 50 people has about ten interviews; those who please write more, and it does nothing.
    frame = simulate_episodes(
        500, seed=3, more_per_company=9.0, frailty_sd=0.7, hidden_selection=1.0
    )
    by_person = frame.rename(columns={"company": "person"})
    naive = row(fa.follow_up_effect(frame), "difference_yes")["estimate"]
    result = fa.follow_up_effect(by_person)
    assert naive > 0.1
    assert row(result, "difference_yes")["estimate"] < 0.75 * naive
    assert "went_well, person." in result.notes[0]
    counts = fa.tally(by_person, by=["went_well", "person"], cluster="person")
    assert row(fa.follow_up_effect(counts), "difference_yes").tolist() == pytest.approx(
        row(result, "difference_yes").tolist(), abs=1e-9
    )


def test_some_patterns_stand_for_all_of_many():
    frame = simulate_episodes(1500, seed=2).assign(person=np.arange(1500) // 3)
    few = fa.follow_up_effect(frame).table.iloc[:7]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("followup_analysis.draws.MOST_PATTERNS", 10_000)
        every = fa.follow_up_effect(frame).table.iloc[:7]
    assert few["estimate"].tolist() == every["estimate"].tolist()
    widths = [t["conf_high"] - t["conf_low"] for t in (few, every)]
    assert widths[0].tolist() == pytest.approx(widths[1].tolist(), rel=0.2)


def test_what_is_measured_finely_is_cut_into_groups():
    frame = simulate_episodes(200, seed=1)
    frame["minutes"] = np.random.default_rng(0).gamma(4.0, 15.0, 200)
    result = fa.follow_up_effect(frame, adjust=["minutes"])
    assert any("minutes was cut into groups of about equal size" in n for n in result.notes)
    assert "minutes" in result.notes[0]


def test_without_a_bend_the_curve_is_that_of_one_effect(monkeypatch):
    monkeypatch.setattr("followup_analysis.curve._BEND", 1e-6)
    frame = simulate_episodes(300, seed=4, effect_yes=0.47)
    curve = fa.timing_curve(frame, last_day=7).table.query("kind == 'by_day'")
    for day in (0, 3, 7):
        alone = row(fa.follow_up_effect(frame, by_day=day), "difference_yes")["estimate"]
        assert curve["estimate"].iloc[day] == pytest.approx(alone, abs=1e-6)


def test_the_curve_bends_where_only_the_first_day_counts():
    # Up to the evening of day 0 both worlds are one and the same.
    helps, does_nothing = (simulate_episodes(3000, seed=5, effect_yes=e) for e in (1.2, 0.0))
    at_once = (helps["follow_up_day"] == 0).fillna(False)
    assert at_once.tolist() == (does_nothing["follow_up_day"] == 0).fillna(False).tolist()
    frame = pd.concat([helps[at_once], does_nothing[~at_once]])
    curve = fa.timing_curve(frame).table.query("kind == 'by_day'")
    truth = true_effect(effect_yes=1.2, by_day=0)["risk_difference"]
    assert curve["conf_low"].iloc[0] < truth < curve["conf_high"].iloc[0]
    assert curve["estimate"].iloc[0] > curve["estimate"].iloc[7] + 0.1


def test_a_narrow_interval_says_what_it_leaves_out():
    small = fa.tally(fa.simulate_log(500, seed=1), by="went_well")
    large = replace(small, n=small.n * 100_000)
    told = [
        any("So narrow an interval is of chance alone" in note for note in result.notes)
        for result in (fa.follow_up_effect(counts, draws=50) for counts in (small, large))
    ]
    assert told == [False, True]


def test_what_no_interview_tells_is_left_out():
    frame = simulate_episodes(200, seed=1).assign(n_finalists=pd.array([None] * 200, dtype="Int64"))
    alone = fa.follow_up_effect(frame, adjust=["went_well"], draws=50)
    both = fa.follow_up_effect(frame, adjust=["went_well", "n_finalists"], draws=50)
    assert both.sentence == alone.sentence
    assert any(
        "200 of the 200 interviews n_finalists is not recorded" in note for note in both.notes
    )


def test_what_nobody_was_watched_for_is_the_model_s_guess():
    frame = simulate_episodes(400, seed=1)
    early = frame.assign(
        ending=frame["ending"].where(frame["exit_day"] <= 12, "open"),
        exit_day=frame["exit_day"].clip(upper=12),
    )
    assert "Nobody was watched beyond day 12" in fa.follow_up_effect(early, draws=50).sentence
    for source, horizon in ((early, 12), (frame, 30)):
        sentence = fa.follow_up_effect(source, horizon=horizon, draws=50).sentence
        assert "Nobody was watched" not in sentence


def test_follow_ups_after_which_nobody_was_watched_are_no_contrast():
    frame = pd.DataFrame(
        {
            "exit_day": [0] * 95 + [1] * 5,
            "ending": ["yes"] * 50 + ["no"] * 45 + ["open"] * 5,
            "follow_up_day": pd.array([pd.NA] * 95 + [1] * 5, dtype="Int64"),
        }
    )
    for analysis in (fa.follow_up_effect, fa.speed_up, fa.timing_curve):
        assert "no interview was still open on the day after a" in analysis(frame).sentence


def test_a_log_without_a_yes_promises_what_its_size_does():
    frame = simulate_episodes(150, seed=4)
    frame["ending"] = frame["ending"].replace({"yes": "no"})
    found = fa.minimal_detectable_effect(frame).table.iloc[0]
    assert found["estimate"] == pytest.approx(2.8 / np.sqrt(150))


def test_the_comparison_doubts_the_day_to_day_model_where_the_headline_does():
    frame = simulate_episodes(2_000, seed=1)
    soon = (frame["exit_day"] - frame["follow_up_day"]).between(1, 2).fillna(False)
    frame.loc[soon.to_numpy(dtype=bool), "ending"] = "yes"
    assert "your log speaks against" in fa.follow_up_effect(frame).sentence
    assert "your log speaks against" in fa.compare_methods(frame).sentence
