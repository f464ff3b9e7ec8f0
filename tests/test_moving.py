"""Curves that interviews move between: by hand, written out, and in a world without an effect."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from seven import seven_applications
from test_tally import EPISODES, frame_of

import followup_analysis as fa
from followup_analysis.simulate import simulate_episodes


def curve(result, followed_up):
    table = result.table
    return table[table["followed_up"] == followed_up].set_index("day")


def test_the_seven_applications():
    """A and C wrote on day 1 and are answered on day 4; B is answered on day 2, D withdraws."""
    result = fa.simon_makuch(seven_applications(), horizon=15)
    not_yet, after = curve(result, False), curve(result, True)
    assert not_yet["n_risk"].tolist()[:9] == [6, 6, 4, 2, 2, 2, 2, 2, 1]
    assert after["n_risk"].tolist()[:9] == [0, 0, 2, 2, 2, 0, 0, 0, 1]
    assert not_yet["estimate"].tolist() == [1, 1] + [0.75] * 14
    # Greenwood: S^2 / (4 * 3)
    assert not_yet.loc[2, "std_error"] == pytest.approx(0.75 / np.sqrt(12))
    assert after["estimate"].isna().tolist()[:3] == [True, True, False]
    assert after["estimate"].tolist()[2:5] == [1, 1, 0]


def test_the_test_on_the_seven_applications():
    """One of six answered on day 2, two of them followed up; two of four on day 4, again two."""
    result = fa.simon_makuch(seven_applications(), horizon=15)
    assert curve(result, True)["n_expected"].sum() == pytest.approx(4 / 3)
    assert curve(result, True)["n_event"].sum() == 2
    # Variance: 1/3 * 2/3 + 2 * 1/4 * 2/3 = 5/9
    assert result.table["chi2"].unique().tolist() == pytest.approx([4 / 5])
    assert result.table["p_value"].unique().tolist() == pytest.approx([0.371093], abs=1e-6)
    assert "After a follow-up 2 answers came, where 1.3 would have" in result.sentence
    assert result.sentence.endswith(
        "(Mantel-Byar test, p = 0.37): too few answers to tell, whatever p is."
    )


def test_one_answer_tells_nothing_however_small_its_p():
    """One of five open was followed up, and is answered: a chance of one in five."""
    frame = pd.DataFrame({"exit_day": [5, 40, 40, 40, 40], "ending": ["yes"] + ["open"] * 4})
    frame["follow_up_day"] = pd.array([1] + [None] * 4, dtype="Int64")
    result = fa.simon_makuch(frame)
    assert result.table["p_value"].iloc[0] < 0.05
    assert "too few answers to tell" in result.sentence


def test_the_notes_say_what_the_curves_are_not():
    notes = fa.simon_makuch(seven_applications(), horizon=15).notes
    assert notes[0].startswith("Not the effect of following up")
    assert "fewer than 5 were open" in notes[1]
    assert notes[2].startswith("The curve of those followed up is at 0 from day 4")
    assert notes[2].endswith("up to 1 at a time.")


@given(EPISODES)
def test_it_equals_the_product_and_the_test_written_out(rows):
    result = fa.simon_makuch(frame_of(rows), horizon=12, answer="yes")
    observed = expected = variance = 0.0
    left = [1.0, 1.0]
    for day in range(13):
        n, d = [0, 0], [0, 0]
        for _, wrote, exit_day, ending in rows:
            if wrote is not None and ending != "open" and wrote >= exit_day:
                wrote = None
            if exit_day >= day:
                after = wrote is not None and wrote < day
                n[after] += 1
                d[after] += exit_day == day and ending == "yes"
        for after in (0, 1):
            left[after] *= 1 - d[after] / n[after] if n[after] else 1
            found = curve(result, bool(after)).loc[day]
            assert (found["n_risk"], found["n_event"]) == (n[after], d[after])
            if not np.isnan(found["estimate"]):
                assert found["estimate"] == pytest.approx(left[after], abs=1e-12)
        both, events = sum(n), sum(d)
        if both:
            observed, expected = observed + d[1], expected + events * n[1] / both
        if both > 1:
            variance += events * n[0] * n[1] * (both - events) / both**2 / (both - 1)
    chi2 = result.table["chi2"].iloc[0]
    if variance:
        assert chi2 == pytest.approx((observed - expected) ** 2 / variance, abs=1e-9)
    else:
        assert np.isnan(chi2)


def test_without_an_effect_the_curves_agree_and_the_naive_ones_do_not():
    frame = simulate_episodes(20_000, seed=3, selection=0.0)
    result = fa.simon_makuch(frame)
    gap = curve(result, True)["estimate"] - curve(result, False)["estimate"]
    # Few have been followed up for more than a day on the first days: from the fifth on.
    assert gap.loc[5:].abs().max() < 0.03
    assert result.table["p_value"].iloc[0] > 0.05
    ever = frame.assign(ever=frame["follow_up_day"] < frame["exit_day"]).fillna({"ever": False})
    waiting = fa.kaplan_meier(ever, by="ever").table.pivot(
        index="day", columns="ever", values="estimate"
    )
    assert (waiting[True] - waiting[False]).loc[7] > 0.2


def test_an_effect_is_seen():
    result = fa.simon_makuch(simulate_episodes(5_000, seed=3, effect_yes=0.5, effect_no=0.5))
    assert result.table["p_value"].iloc[0] < 1e-6
    assert "answers came faster to those followed up" in result.sentence


def test_a_log_and_its_tally_give_the_same():
    log = fa.simulate_log(200, seed=2)
    tables = [fa.simon_makuch(each).table for each in (log, fa.tally(log, by="went_well"))]
    pd.testing.assert_frame_equal(*tables, rtol=1e-9)


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        ({"exit_day": [], "ending": []}, "no interview with a known day"),
        ({"exit_day": [5, 6], "ending": ["yes", "no"]}, "nothing can be compared"),
    ],
)
def test_with_nothing_to_compare_it_says_so(frame, says):
    result = fa.simon_makuch(pd.DataFrame(frame))
    assert says in result.sentence
    plt.close(result.plot().figure)


def test_the_answer_is_checked():
    with pytest.raises(fa.FollowupError, match="answer is one of"):
        fa.simon_makuch(seven_applications(), answer="ghosted")


def test_the_chart_draws_colour_only_where_five_are_open():
    result = fa.simon_makuch(fa.simulate_log(60, seed=4))
    ax = result.plot()
    guess, not_yet = ax.lines[0], ax.lines[1]
    rows = curve(result, False)
    if np.asarray(not_yet.get_color()).item() != "#0072B2":
        guess, not_yet = ax.lines[2], ax.lines[3]
    np.testing.assert_allclose(guess.get_ydata(), rows["estimate"])
    assert guess.get_linestyle() == "--"
    expected = rows["estimate"].where(rows["n_risk"] >= 5)
    assert 0 < expected.isna().sum() < len(rows)
    np.testing.assert_allclose(not_yet.get_ydata(), expected)
    labels = [label.get_text() for label in ax.get_xticklabels()]
    after = curve(result, True)["n_risk"]
    assert labels[-1] == f"30\n{rows.loc[30, 'n_risk']} before\n{after[30]} after"
    plt.close(ax.figure)
