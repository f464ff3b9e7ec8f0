"""Worlds that the models do not expect: what cannot be told is not told, and what is doubted is."""

import numpy as np
import pandas as pd
import pytest

import followup_analysis as fa


def draw(n, seed, *, write, push=lambda since: 0.0, withdraw=0.0):
    """Interviews whose chances of a yes and a no are .06 a day, in log-odds changed by the push.

    `write` gives the chance of a follow-up on a day, `push` the log-odds that it adds so many days
    later, `withdraw` the chance to withdraw on each day after it.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(n):
        wrote, ending = None, "open"
        for day in range(61):
            since = 0 if wrote is None else day - wrote
            yes = 1 / (1 + np.exp(2.75 - (push(since) if since else 0.0)))
            chances = np.cumsum([yes, 0.06, withdraw if since else 0.0])
            came = int((rng.random() > chances).sum())
            if came < 3:
                ending = ("yes", "no", "withdrawn")[came]
                break
            if wrote is None and rng.random() < write(day):
                wrote = day
        rows.append((wrote, day, ending))
    frame = pd.DataFrame(rows, columns=["follow_up_day", "exit_day", "ending"])
    return frame.astype({"follow_up_day": "Int64"})


def on_a_week(day):
    return {7: 0.5, 14: 0.5}.get(day, 0.0)


def any_day(day):
    return 0.12


@pytest.fixture(scope="module")
def written_weekly():
    return draw(300, 0, write=on_a_week)


def test_clones_say_nothing_of_a_day_by_which_nobody_wrote(written_weekly):
    result = fa.clone_censor_weight(written_weekly, by_day=2)
    assert result.table.empty
    assert result.sentence == (
        "Clones with weights need 5 interviews that had been followed up by day 2 and were still "
        "open then, and the log has 0: no estimate."
    )
    found = fa.clone_censor_weight(written_weekly, by_day=7, replicates=60).table.iloc[2]
    assert found["conf_low"] < 0 < found["conf_high"]


def test_the_comparison_keeps_the_other_methods_and_tells_why(written_weekly):
    result = fa.compare_methods(written_weekly)
    table = result.table.set_index("method")["estimate"]
    assert np.isnan(table["clones with weights"])
    assert table.drop(["clones with weights", "open on day 2, weighted"]).notna().all()
    assert any(note.startswith("Clones with weights need 5") for note in result.notes)


def test_the_headline_says_that_it_carries_over(written_weekly):
    notes = fa.follow_up_effect(written_weekly, by_day=2).notes
    assert any("Only 0 of the" in note and "carried over" in note for note in notes)
    notes = fa.follow_up_effect(written_weekly, by_day=7).notes
    assert not any("carried over" in note for note in notes)


def test_clones_stop_where_their_arm_has_run_empty():
    """Those who wrote were all looked at for 20 days at most, and some had no answer by then."""
    frame = draw(200, 1, write=any_day)
    wrote = frame["follow_up_day"].notna()
    late = wrote & (frame["exit_day"] > 20)
    frame.loc[late, ["exit_day", "ending"]] = [20, "open"]
    result = fa.clone_censor_weight(frame, by_day=5, replicates=10)
    assert result.table.empty
    assert "nobody was watched without an answer up to day 30" in result.sentence
    short = fa.clone_censor_weight(frame, by_day=5, horizon=15, replicates=10)
    assert short.table["estimate"].notna().all()


def test_clones_where_everybody_writes_at_once_or_soon():
    """After a week nobody is silent, and no term can tell the days of writing apart."""
    frame = draw(300, 2, write=lambda day: 0.7)
    result = fa.clone_censor_weight(frame, by_day=0, replicates=10)
    assert "nobody was watched without an answer up to day 30" in result.sentence
    early = fa.clone_censor_weight(frame, by_day=0, horizon=3, replicates=60).table.iloc[2]
    assert early["conf_low"] < 0 < early["conf_high"]
    table = fa.compare_methods(frame).table.set_index("method")["estimate"]
    assert table[["ever written against never", "day-to-day model"]].notna().all()


def test_a_naive_row_of_few_alike_has_an_interval_with_a_width():
    frame = draw(8, 3, write=any_day)
    frame["ending"] = np.where(frame["follow_up_day"].notna(), "yes", "no")
    frame["exit_day"] = 20
    row = fa.compare_methods(frame).table.set_index("method").loc["the same, made alike"]
    assert row["estimate"] == pytest.approx(1)
    assert row["conf_low"] < 0.9


@pytest.fixture(scope="module")
def wears_off():
    return draw(1500, 4, write=any_day, push=lambda since: 1.2 if since <= 3 else 0.0)


@pytest.mark.parametrize("method", [fa.follow_up_effect, fa.timing_curve, fa.speed_up])
def test_a_push_that_wears_off_is_told(wears_off, method):
    result = method(wears_off, draws=50)
    assert result.sentence.endswith("see the notes before you use it.")
    assert any("its push wears off" in note for note in result.notes)
    lasting = method(draw(1500, 5, write=any_day, push=lambda since: 0.5), draws=50)
    assert "see the notes" not in lasting.sentence


def test_one_ratio_for_all_days_is_doubted_where_the_push_wears_off(wears_off):
    ratio = fa.hazard_ratio(wears_off)
    (note,) = (note for note in ratio.notes if "its push wears off" in note)
    (same,) = (n for n in fa.follow_up_effect(wears_off, draws=2).notes if "its push" in n)
    assert note == same  # both are of the same days and the same model
    assert ratio.sentence.endswith("see the notes before you use it.")
    # It pushed the yes alone.
    assert "see the notes" not in fa.hazard_ratio(wears_off, answer="no").sentence
    for model in ("cox", "firth"):
        notes = fa.hazard_ratio(wears_off, model=model).notes
        assert any("model='person-day' looks" in note for note in notes)


def test_groups_are_doubted_where_the_push_wears_off(wears_off):
    groups = ["one", "other"] * (len(wears_off) // 2)
    result = fa.effect_by(wears_off.assign(group=groups), "group", draws=20)
    assert any("its push wears off" in note for note in result.notes)
    assert result.sentence.endswith("see the notes before you use it.")


def test_what_came_soon_by_hand(wears_off):
    """The yes within three days of a follow-up, counted row by row."""
    (note,) = (n for n in fa.follow_up_effect(wears_off, draws=2).notes if "its push" in n)
    since = wears_off["exit_day"] - wears_off["follow_up_day"]
    n_yes = (wears_off["ending"].eq("yes") & since.between(1, 3)).sum()
    assert note.startswith(f"Within 3 days of a follow-up came {n_yes:,} yes, where")


def test_a_withdrawal_is_no_answer():
    """Whoever writes withdraws sooner, and the employer knows nothing of it."""
    frame = draw(1500, 6, write=any_day, withdraw=0.08)
    result = fa.speed_up(frame, draws=100)
    table = result.table.set_index("quantity")["estimate"]
    assert table["days_saved"] == pytest.approx(table["days_saved_yes"] + table["days_saved_no"])
    assert table["days_saved"] < -1
    assert any(note.endswith("so the wait goes on to the horizon.") for note in result.notes)
    for method in (fa.follow_up_effect, fa.clone_censor_weight):
        days = method(frame).table.set_index("quantity").loc["days_saved", "estimate"]
        assert days == pytest.approx(table["days_saved"], abs=1)


@pytest.fixture(scope="module")
def many_groups():
    return draw(300, 7, write=any_day).assign(field=[f"field {at % 20:02}" for at in range(300)])


@pytest.mark.parametrize(
    ("curve", "drawn"),
    [(fa.cumulative_incidence, 6), (fa.kaplan_meier, 6), (fa.restricted_mean, 12)],
)
def test_of_many_groups_the_first_are_told_and_the_largest_drawn(many_groups, curve, drawn):
    result = curve(many_groups, by="field")
    assert result.sentence.count("Field ") == 6
    assert result.sentence.endswith("14 more groups are in the table.")
    assert result.table["field"].nunique() == 20
    assert result.plot().get_title(loc="left") == (
        f"{drawn} of 20 groups, those with the most interviews"
    )


def test_a_mean_of_few_has_the_limits_of_student_and_one_of_equals_none():
    frame = pd.DataFrame({"exit_day": [2, 4, 9, 7, 7, 7], "ending": "yes", "field": list("aaabbb")})
    result = fa.restricted_mean(frame, by="field")
    few, equals = result.table.iloc[0], result.table.iloc[1]
    # The mean of 2, 4 and 9 is 5 and its error sqrt((9 + 1 + 16) / 3 / 3); t of 2 degrees is 4.303
    assert few["estimate"] == pytest.approx(5)
    assert few["std_error"] == pytest.approx(np.sqrt(26) / 3)
    assert few["conf_high"] == pytest.approx(5 + 4.302653 * np.sqrt(26) / 3, abs=1e-5)
    assert equals["estimate"] == 7
    assert np.isnan(equals["conf_low"])
    assert "(no interval, since all took as long; 3 interviews)" in result.sentence


def test_missing_ratings_are_counted():
    frame = draw(200, 8, write=any_day)
    frame["went_well"] = pd.array([3, 4, None, 5, 2] * 40, dtype="Int64")
    for method in (fa.follow_up_effect, fa.speed_up, fa.timing_curve):
        assert (
            "Of 40 of the 200 interviews went_well is not recorded: among these nothing is made "
            "alike in it."
        ) in method(frame, draws=4).notes


def test_one_group_is_no_comparison():
    frame = draw(200, 9, write=any_day).assign(role_family="sales")
    told = fa.effect_by(frame, "role_family").sentence
    assert told.endswith("no estimate, because there is one group only, sales.")
