"""Landmarks: by hand, invariances, truth in simulated worlds, and what few interviews get."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import followup_analysis as fa
from followup_analysis.simulate import simulate_episodes


def row(result, day, method="crude"):
    table = result.table
    return table[(table["day"] == day) & (table["method"] == method)].iloc[0]


@pytest.fixture
def by_hand():
    """Open at the end of day 2: of ten written to six yes, of ten not yet three; all observed."""
    groups = [
        # good, follow_up_day, yes, no
        (True, 1, 5, 2),
        (False, 1, 1, 2),
        (True, None, 2, 2),
        (False, None, 1, 5),
    ]
    rows = [
        (good, wrote, 9, ending)
        for good, wrote, *counts in groups
        for ending, n in zip(("yes", "no"), counts, strict=True)
        for _ in range(n)
    ]
    frame = pd.DataFrame(rows, columns=["good", "follow_up_day", "exit_day", "ending"])
    return frame.astype({"follow_up_day": "Int64"})


def test_the_crude_difference_by_hand(by_hand):
    found = row(fa.landmark(by_hand, days=[2], adjust=["good"]), 2)
    assert (found["n_followed_up"], found["n_not_yet"]) == (10, 10)
    assert found["estimate"] == pytest.approx(0.6 - 0.3)
    # 7 of 10 and 4 of 10 went well: 0.3 apart, by a standard deviation of sqrt((.21 + .24) / 2).
    assert found["largest_difference"] == pytest.approx(0.3 / np.sqrt(0.225))
    assert found["writing_later"] == 0


def test_the_weighted_difference_by_hand(by_hand):
    """Firth's chance of x of n in a group of its own is (x + 1/2) / (n + 1)."""
    found = row(fa.landmark(by_hand, days=[2], adjust=["good"]), 2, "weighted")
    good, bad = 7.5 / 12, 3.5 / 10
    written = (5 / good + 1 / bad) / (7 / good + 3 / bad)
    not_yet = (2 / (1 - good) + 1 / (1 - bad)) / (4 / (1 - good) + 6 / (1 - bad))
    assert found["yes_followed_up"] == pytest.approx(written, abs=1e-8)
    assert found["yes_not_yet"] == pytest.approx(not_yet, abs=1e-8)
    assert found["estimate"] == pytest.approx(written - not_yet, abs=1e-8)
    assert found["largest_difference"] < 0.1


def test_who_was_answered_by_then_is_not_in_it(by_hand):
    fast = pd.DataFrame({"good": True, "exit_day": [1, 2] * 9, "ending": "yes"})
    before = fa.landmark(by_hand, days=[2], adjust=["good"]).table
    after = fa.landmark(pd.concat([by_hand, fast]), days=[2], adjust=["good"]).table
    pd.testing.assert_frame_equal(before, after)


def test_writing_later_moves_nobody(by_hand):
    later = by_hand.assign(follow_up_day=by_hand["follow_up_day"].fillna(5))
    before, after = (row(fa.landmark(frame, days=[2]), 2) for frame in (by_hand, later))
    assert after["estimate"] == before["estimate"]
    assert (before["writing_later"], after["writing_later"]) == (0, 1)


def test_open_episodes_count_until_they_leave():
    """Six of each; of those written to two yes on day 4, two leave on day 5, one yes on day 6."""
    exits = [4, 4, 5, 5, 6, 40]
    frame = pd.DataFrame(
        {
            "follow_up_day": pd.array([0] * 6 + [None] * 6, "Int64"),
            "exit_day": [*exits, *[40] * 6],
            "ending": ["yes", "yes", "open", "open", "yes", "no"] + ["open"] * 6,
        }
    )
    found = row(fa.landmark(frame, days=[1]), 1)
    assert found["yes_followed_up"] == pytest.approx(1 / 3 + 2 / 3 / 2)
    assert found["yes_not_yet"] == 0


def test_the_truth_is_found_in_large_logs():
    """Without an effect none is seen; the crude difference is that of those who write."""
    null = fa.landmark(simulate_episodes(60_000, seed=8), replicates=20)
    for day in (1, 2, 3, 7, 14):
        assert row(null, day, "weighted")["estimate"] == pytest.approx(0, abs=0.02)
    assert row(null, 2)["estimate"] > 0.04
    world = simulate_episodes(60_000, seed=8, effect_yes=np.log(1.6))
    found = row(fa.landmark(world, days=[2], replicates=20), 2, "weighted")
    # Less than the 0.111 of writing by day 2 against never: many of the others write later.
    assert found["estimate"] == pytest.approx(0.064, abs=0.02)
    assert found["writing_later"] > 0.3
    assert found["largest_difference"] < 0.02


def test_intervals_cover_no_effect():
    """Thirty logs of 100: fewer than 24 hits would be far below 95 %."""
    logs = (simulate_episodes(100, seed=seed) for seed in range(30))
    rows = [row(fa.landmark(log, days=[2], replicates=200), 2, "weighted") for log in logs]
    assert sum(found["conf_low"] <= 0 <= found["conf_high"] for found in rows) >= 24


def test_clusters_are_drawn_whole():
    alone = simulate_episodes(150, seed=2).drop(columns="company")
    copies = pd.concat([alone.assign(company=range(150))] * 9)
    one, many = (
        row(fa.landmark(frame, days=[2]), 2, "weighted")["std_error"] for frame in (alone, copies)
    )
    assert many == pytest.approx(one, rel=0.2)
    apart = row(fa.landmark(copies.drop(columns="company"), days=[2]), 2, "weighted")["std_error"]
    assert apart == pytest.approx(one / 3, rel=0.2)


def test_a_log_and_its_tally_give_the_same():
    frame = simulate_episodes(300, seed=2)
    counts = fa.tally(frame, by="went_well", cluster="company")
    tables = [fa.landmark(each, replicates=50).table for each in (frame, counts)]
    pd.testing.assert_frame_equal(*tables, rtol=1e-9)


def test_the_same_seed_gives_the_same_answer():
    frame = simulate_episodes(100, seed=2)
    same = [fa.landmark(frame, days=[2], replicates=50).table for _ in range(2)]
    pd.testing.assert_frame_equal(*same)
    other = fa.landmark(frame, days=[2], replicates=50, seed=1).table
    assert other["conf_low"].iloc[0] != same[0]["conf_low"].iloc[0]
    assert other["estimate"].iloc[0] == same[0]["estimate"].iloc[0]


def test_few_interviews_get_a_reason_and_no_number():
    result = fa.landmark(simulate_episodes(12, seed=1), days=(1, 14))
    assert row(result, 14)[["estimate", "conf_low"]].isna().all()
    assert any(
        note.startswith("No estimate for day 14: ") and "at least 5 of each" in note
        for note in result.notes
    )


def test_without_any_estimate_the_sentence_says_why():
    result = fa.landmark(pd.DataFrame({"exit_day": [5], "ending": ["yes"]}))
    assert result.sentence.startswith("No estimate from 1 interview: ")
    plt.close(result.plot().figure)


def test_a_horizon_that_nobody_reached_gives_no_number(by_hand):
    open_ones = by_hand.assign(ending="open")
    result = fa.landmark(open_ones, days=[2], horizon=20)
    assert np.isnan(row(result, 2)["estimate"])
    assert any("nobody in one of the groups was observed up to day 20" in n for n in result.notes)


def test_many_terms_of_a_small_log_are_weighted_and_their_imbalance_is_told():
    result = fa.landmark(fa.load_sample(), replicates=100)
    assert result.table["conf_low"].notna().all()
    (told,) = [note for note in result.notes if "still differ by" in note]
    worst = result.table.query("method == 'weighted'").nlargest(1, "largest_difference").iloc[0]
    assert told.startswith(f"On day {worst['day']} ")
    assert f"by {worst['largest_difference']:.2f} standard deviations" in told


def test_terms_that_say_the_same_leave_the_crude_difference(by_hand):
    twice = by_hand.assign(again=by_hand["good"].map({True: "a", False: "b"}))
    result = fa.landmark(twice, days=[2], adjust=["good", "again"])
    assert not np.isnan(row(result, 2)["estimate"])
    assert np.isnan(row(result, 2, "weighted")["estimate"])
    assert any(note.startswith("No weighted estimate for day 2: ") for note in result.notes)


def test_the_sentence_gives_who_estimate_interval_and_verdict():
    result = fa.landmark(fa.simulate_log(80, seed=3), replicates=100)
    found = row(result, 2, "weighted")
    open_still = found["n_followed_up"] + found["n_not_yet"]
    assert result.sentence.startswith(f"Among the {open_still} interviews still open at the end of")
    assert f"{abs(round(100 * found['estimate']))} in 100" in result.sentence
    assert "(95 % " in result.sentence
    assert "our log " in result.sentence
    assert "whoever was answered sooner is left out" in result.notes[1]


@pytest.mark.parametrize("days", [[30], [-1]])
def test_landmarks_lie_before_the_horizon(days):
    with pytest.raises(fa.FollowupError, match="from day 0 to before 30"):
        fa.landmark(simulate_episodes(30, seed=1), days=days)


def test_the_chart_draws_both_with_their_intervals():
    result = fa.landmark(simulate_episodes(150, seed=4), replicates=50)
    ax = result.plot()
    crude, weighted = ax.containers
    for drawn, method in ((crude, "crude"), (weighted, "weighted")):
        rows = result.table[result.table["method"] == method]
        np.testing.assert_allclose(drawn.lines[0].get_xydata()[:, 1], rows["estimate"])
        limits = [segment[:, 1] for segment in drawn.lines[2][0].get_segments()]
        np.testing.assert_allclose(limits, rows[["conf_low", "conf_high"]])
    assert crude.lines[0].get_markerfacecolor() == "none"
    first = row(result, 1)
    label = f"day 1\n{first['n_followed_up']} : {first['n_not_yet']}"
    assert ax.get_xticklabels()[0].get_text() == label
    plt.close(ax.figure)


def few_written_to(n_yes, n=5):
    """So many of five written to have a yes, and 40 of 100 not written to; all seen to the end."""
    ending = ["yes"] * n_yes + ["no"] * (n - n_yes) + ["yes"] * 40 + ["no"] * 60
    wrote = pd.array([1] * n + [None] * 100, dtype="Int64")
    return pd.DataFrame({"follow_up_day": wrote, "exit_day": 8, "ending": ending})


@pytest.mark.parametrize("n_yes", [0, 1, 5])
def test_a_few_alike_have_the_interval_of_newcombe(n_yes):
    row = fa.landmark(few_written_to(n_yes), days=[2], replicates=200).table.iloc[0]
    low, high = fa.newcombe(n_yes, 5, 40, 100)
    assert (row["conf_low"], row["conf_high"]) == pytest.approx((low, high), abs=0.03)


def test_no_interview_at_all_has_no_estimate():
    frame = pd.DataFrame({"exit_day": [3], "ending": ["yes"], "went_well": [4]}).iloc[:0]
    sentence = fa.landmark(frame, adjust=["went_well"]).sentence
    assert sentence.startswith("No estimate from 0 interviews")
