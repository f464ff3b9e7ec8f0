"""The null envelope: right on average, rarely wrong without an effect, awake with a large one."""

import numpy as np
import pandas as pd
import pytest

import followup_analysis as fa
from followup_analysis.covariates import tally_for_model
from followup_analysis.envelope import draw_logs
from followup_analysis.simulate import simulate_episodes

BINS = [(0, 0), (1, 1), (2, 3), (4, 7), (8, 14), (15, 30)]


def test_drawn_logs_have_the_size_and_the_endings_of_the_log():
    frame = simulate_episodes(2_000, seed=1)
    counts = tally_for_model(frame)
    n_event, n_lost = draw_logs(counts, BINS, 30, 50, np.random.default_rng(0))
    assert (n_event.sum(axis=(1, 2, 3)) + n_lost.sum(axis=(1, 2))).tolist() == [2_000] * 50
    within = frame[frame["exit_day"] <= 30]["ending"].value_counts()
    drawn = n_event.sum(axis=(1, 3)).mean(axis=0)
    assert drawn[:2].tolist() == pytest.approx([within["yes"], within["no"]], rel=0.06)


def test_nobody_is_written_to_after_the_answer():
    counts = tally_for_model(simulate_episodes(500, seed=1))
    n_event, n_lost = draw_logs(counts, BINS, 30, 20, np.random.default_rng(0))
    for place, (first, _) in enumerate(BINS):
        assert n_event[:, place, :, : first + 1].sum() == 0
        assert n_lost[:, place, :first].sum() == 0


def test_without_an_effect_the_log_is_inside():
    """Forty logs of 300: at 5 % two are outside on average, seven would be a wonder."""
    outside = 0
    for seed in range(40):
        table = fa.timing(simulate_episodes(300, seed=seed)).table
        never = table[(table["bin"] == "never") & (table["ending"] == "yes")].iloc[0]
        outside += never["null_p"] < 0.05
    assert outside <= 6


def test_a_large_effect_is_outside():
    table = fa.timing(simulate_episodes(5_000, seed=2, effect_yes=np.log(3))).table
    yes = table[table["ending"] == "yes"].set_index("bin")
    assert yes.loc["never", "raw"] < yes.loc["never", "null_low"]
    assert yes.loc["0", "raw"] > yes.loc["0", "null_high"]
    assert yes.loc["never", "null_p"] == pytest.approx(0.01)  # the least of 199 logs: 2 / 200


def test_the_sentence_says_how_much_timing_alone_explains():
    sentence = fa.timing(simulate_episodes(300, seed=2)).sentence
    assert "if following up did nothing it would be" in sentence
    assert sentence.endswith("what timing alone explains.")


def test_who_always_writes_on_the_same_day_is_inside_too():
    """Twenty logs: nearly all write on day 3, and nothing comes of it."""
    outside = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        wrote = np.where(rng.random(200) < 0.8, 3, rng.integers(4, 30, 200))
        answered = rng.geometric(0.06, 200)
        frame = pd.DataFrame(
            {
                "exit_day": answered.clip(max=40),
                "ending": np.where(answered > 40, "open", rng.choice(["yes", "no"], 200)),
                "follow_up_day": wrote,
            }
        )
        outside += "outside what" in fa.timing(frame).sentence
    assert outside <= 3
