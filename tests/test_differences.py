"""Effects in groups, by channel and by content: against known truths, and refused elsewhere."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from seven import seven_applications

import followup_analysis as fa
from followup_analysis.simulate import simulate_episodes
from followup_analysis.world import true_effect


def drawn(effects, n, seed, **world):
    """Interviews of several groups, in each of which writing does something else."""
    rng = np.random.default_rng(seed)
    parts = [
        simulate_episodes(n, seed=rng, effect_yes=effect, **world).assign(role_family=name)
        for name, effect in effects.items()
    ]
    return pd.concat(parts, ignore_index=True).drop(columns="company")


def sent_by(frame, column="channel"):
    """What was a group becomes what was sent: known of those who wrote, and of nobody else."""
    wrote = frame["follow_up_day"].notna()
    return frame.rename(columns={"role_family": column}).assign(
        **{column: frame["role_family"].where(wrote)}
    )


def rows(result, kind="shrunken", quantity="difference_yes"):
    table = result.table
    return table[(table["kind"] == kind) & (table["quantity"] == quantity)].set_index("group")


def one(result, quantity):
    return result.table.set_index("quantity").loc[quantity, "estimate"]


LARGE = {"sales": np.log(2.2), "other roles": 0.0}


@pytest.fixture(scope="module")
def large():
    return fa.effect_by(drawn(LARGE, 25_000, 1), "role_family", draws=100)


@pytest.mark.parametrize("kind", ["raw", "shrunken"])
def test_a_large_log_tells_the_effect_of_each_group(large, kind):
    found = rows(large, kind)
    for name, effect in LARGE.items():
        truth = true_effect(effect_yes=effect)["risk_difference"]
        assert found.loc[name, "estimate"] == pytest.approx(truth, abs=0.025)


def test_a_large_log_tells_that_groups_differ(large):
    assert one(large, "prob_spread") > 0.9
    pair = rows(large, quantity="difference_between").loc["other roles less sales"]
    truth = true_effect(effect_yes=np.log(2.2))["risk_difference"]
    assert pair["estimate"] == pytest.approx(-truth, abs=0.03)
    assert pair["conf_high"] < -0.1
    assert "Your log leans towards a difference: other roles less sales -" in large.sentence


def test_a_large_log_tells_the_effect_of_each_channel():
    effects = {"call": np.log(2.2), "email": 0.0}
    result = fa.effect_of_channel(sent_by(drawn(effects, 25_000, 2)), draws=100)
    for kind in ("raw", "shrunken"):
        found = rows(result, kind)
        for name, effect in effects.items():
            truth = true_effect(effect_yes=effect)["risk_difference"]
            assert found.loc[name, "estimate"] == pytest.approx(truth, abs=0.025)


LOGS = 16


@pytest.fixture(scope="module")
def small_logs():
    """Logs of 120 in three groups; the effect is the same in all of them."""
    found = []
    for seed in range(LOGS):
        frame = drawn(dict.fromkeys(["a", "b", "c"], np.log(1.6)), 40, seed)
        found.append(fa.effect_by(frame, "role_family", draws=100).table.assign(log=seed))
    return pd.concat(found)


@pytest.fixture(scope="module")
def errors(small_logs):
    """How far each estimate is from the truth."""
    truth = true_effect(effect_yes=np.log(1.6))["risk_difference"]
    kept = small_logs[small_logs["group"].isin(["a", "b", "c"])]
    hit = (kept["conf_low"] <= truth) & (truth <= kept["conf_high"])
    return kept[["log", "kind"]].assign(error=kept["estimate"] - truth, hit=hit)


def test_pulled_together_is_nearer_to_the_truth_where_groups_are_alike(errors):
    squared = (errors["error"] ** 2).groupby(errors["kind"]).mean()
    assert squared["shrunken"] < 0.85 * squared["raw"]


@pytest.mark.parametrize("kind", ["raw", "shrunken"])
def test_estimates_tend_to_the_truth_and_their_intervals_hold_it(errors, kind):
    of_logs = errors[errors["kind"] == kind].groupby("log")[["error", "hit"]].mean()
    # Three Monte-Carlo standard errors; .03 is what the prior may cost in groups of 40.
    assert abs(of_logs["error"].mean()) < 3 * of_logs["error"].std() / np.sqrt(LOGS) + 0.03
    assert of_logs["hit"].mean() > 0.95 - 3 * np.sqrt(0.95 * 0.05 / LOGS)


def test_differences_are_seldom_seen_where_there_are_none(small_logs):
    pairs = small_logs[small_logs["quantity"] == "difference_between"]
    seen = (pairs["conf_low"] > 0) | (pairs["conf_high"] < 0)
    assert len(pairs) == 3 * LOGS
    assert seen.groupby(pairs["log"]).any().sum() <= 2


def test_few_data_say_nothing_of_how_far_groups_spread():
    frame = drawn(dict.fromkeys(["a", "b"], 0.0), 30, 1)
    result = fa.effect_by(frame, "role_family")
    assert one(result, "prob_spread_before") == pytest.approx(0.617, abs=0.001)
    assert one(result, "prob_spread") == pytest.approx(0.617, abs=0.1)


def test_all_interviews_together_are_the_headline():
    frame = drawn({"sales": 0.3, "other": 0.3}, 80, 3)
    headline = fa.follow_up_effect(frame).table.set_index("quantity").loc["difference_yes"]
    columns = ["estimate", "conf_low", "conf_high"]
    for result in (fa.effect_by(frame, "role_family"), fa.effect_of_channel(tagged(frame))):
        main = rows(result, "main").loc["all"]
        np.testing.assert_allclose(main[columns].astype(float), headline[columns].astype(float))
        assert main["n"] == 160


def test_several_people_are_made_alike_as_in_the_headline():
    frame = drawn({"sales": 0.3, "other": 0.3}, 60, 3)
    frame["person"] = [f"p{i % 30}" for i in range(120)]
    headline = (
        fa.follow_up_effect(frame, draws=40).table.set_index("quantity").loc["difference_yes"]
    )
    result = fa.effect_by(frame, "role_family", draws=40)
    assert rows(result, "main")["estimate"]["all"] == pytest.approx(headline["estimate"])
    assert "went_well, role_family sales, person." in result.notes[0]


def tagged(frame):
    """Interviews whose follow-ups went by one of two channels in turn."""
    turn = np.where(np.arange(len(frame)) % 2, "email", "call")
    return frame.assign(channel=pd.Series(turn).where(frame["follow_up_day"].notna()))


@pytest.mark.parametrize(
    ("analysis", "by"),
    [
        (lambda source: fa.effect_by(source, "role_family", draws=40), ["role_family"]),
        (lambda source: fa.effect_by(source, "n_finalists", draws=40), ["n_finalists"]),
        (lambda source: fa.effect_by(source, "deadline_day", draws=40), ["deadline_day"]),
        (lambda source: fa.effect_of_channel(source, draws=40), ["channel"]),
    ],
)
def test_rows_and_their_tally_give_the_same_numbers(analysis, by):
    frame = tagged(drawn({"sales": 0.4, "other": 0.0}, 80, 4))
    rng = np.random.default_rng(0)
    frame["n_finalists"] = pd.Series(rng.integers(1, 16, 160), dtype="Int64").mask(frame.index < 30)
    frame["deadline_day"] = pd.Series(rng.integers(3, 12, 160), dtype="Int64").mask(
        frame.index < 40
    )
    frame = frame[["exit_day", "ending", "follow_up_day", "went_well", *by]]
    counts = fa.tally(frame, by=[*by, "went_well"])
    pd.testing.assert_frame_equal(analysis(frame).table, analysis(counts).table, rtol=1e-9)


def test_a_channel_of_those_who_never_wrote_is_none():
    """The channel splits the follow-up: what stands beside an interview without one is ignored."""
    frame = tagged(drawn({"a": 0.3, "b": 0.3}, 80, 5)).drop(columns="role_family")
    never = frame["follow_up_day"].isna()
    assert never.sum() > 20
    odd = frame.assign(channel=frame["channel"].mask(never, "letter"))
    mixed = frame.assign(channel=frame["channel"].mask(never, "call"))
    table = fa.effect_of_channel(frame, draws=40).table
    assert set(table["group"].dropna()) == {"call", "email", "all", "call less email"}
    for other in (odd, mixed):
        found = fa.effect_of_channel(other, draws=40).table
        exact = ["quantity", "group", "kind", "n", "n_yes"]
        pd.testing.assert_frame_equal(found[exact], table[exact])
        # The patterns are others, and so are the draws; the fit is not.
        np.testing.assert_allclose(found["estimate"][:5], table["estimate"][:5], atol=1e-7)


def test_days_before_the_follow_up_are_not_yet_written_for_every_channel():
    """All calls come late: nobody is called a caller on the days before."""
    frame = simulate_episodes(4000, seed=6).drop(columns="company")
    late = frame["follow_up_day"] > 2
    word = pd.Series(np.where(late.fillna(False), "call", "email")).where(
        frame["follow_up_day"].notna()
    )
    result = fa.effect_of_channel(frame.assign(channel=word))
    # Writing does nothing here; a modifier would give the early channel the quick answers.
    for name in ("call", "email"):
        row = rows(result).loc[name]
        assert row["conf_low"] < 0 < row["conf_high"]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("channel", "use fa.effect_of_channel, which sets each channel against never"),
        ("content", "use fa.effect_of_content"),
        ("follow_up_day", "known only after the follow-up or the answer"),
        ("n_follow_ups", "known only after"),
        ("exit_day", "known only after"),
        ("ending", "known only after"),
        ("Status date", "known only after"),
        ("offer_salary", "known only after"),
        ("role_famly", "Did you mean 'role_family'"),
    ],
)
def test_what_was_not_known_before_is_refused(column, message):
    frame = tagged(drawn({"a": 0.0}, 30, 1)).assign(n_follow_ups=1, offer_salary=1)
    frame["Status date"] = "2026-01-01"
    with pytest.raises(fa.FollowupError, match=message):
        fa.effect_by(frame, column)
    with pytest.raises(fa.FollowupError, match=message):
        fa.effect_by(frame, "role_family", adjust=[column])
    with pytest.raises(fa.FollowupError, match=message):
        fa.effect_of_channel(frame, adjust=[column])


def by_hand(**columns):
    """Twelve interviews with six yes before day 30, and six no."""
    frame = pd.DataFrame({"exit_day": [5, 6, 7, 8, 9, 10] * 2, "ending": ["yes"] * 6 + ["no"] * 6})
    frame["follow_up_day"] = pd.array([1, None] * 6, "Int64")
    return pd.concat([frame] * 4, ignore_index=True).assign(**columns)


def test_groups_with_few_yes_are_put_together():
    # Of twelve in a row the first six say yes: 24 yes in four rows.
    words = ["a"] * 12 + ["b"] * 12 + (["c"] * 2 + ["a"] * 4) * 2 + (["d"] * 2 + ["a"] * 4) * 2
    result = fa.effect_by(by_hand(team=words), "team", draws=40)
    found = rows(result)
    # c has two yes and two no, so has d: four together, and b joins them.
    assert found["n"].to_dict() == {"a": 28, "other": 20}
    assert found["n_yes"].to_dict() == {"a": 14, "other": 10}
    assert found["n_followed_up"].to_dict() == {"a": 14, "other": 10}
    assert "other: b, c, d, too few yes (5) to stand alone." in result.notes
    words[:12] = ["c"] * 4 + ["a"] * 8
    found = rows(fa.effect_by(by_hand(team=words), "team", draws=40))
    # Now c has six of its own and stands alone; d has two, and b joins it.
    assert found["n_yes"].to_dict() == {"a": 10, "c": 6, "other": 8}


def test_what_is_not_recorded_joins_what_is_too_small():
    finalists = [1] * 9 + [None] * 9 + [4] * 12 + [None] * 18
    result = fa.effect_by(
        by_hand(n_finalists=pd.array(finalists, "Int64")), "n_finalists", draws=40
    )
    assert rows(result)["n_yes"].to_dict() == {"1 or 2": 6, "3 or more": 6, "not recorded": 12}
    finalists = [1] * 4 + [None] * 8 + [4] * 12 + [None] * 24
    result = fa.effect_by(
        by_hand(n_finalists=pd.array(finalists, "Int64")), "n_finalists", draws=40
    )
    assert rows(result)["n_yes"].to_dict() == {"3 or more": 6, "other": 18}
    assert "other: 1 or 2, not recorded, too few yes (5) to stand alone." in result.notes


def test_a_deadline_divides_days_and_not_interviews():
    # Deadline on day 7: yes on 5, 6, 7 come before it has passed, yes on 8, 9, 10 after.
    result = fa.effect_by(by_hand(deadline_day=7), "deadline_day", draws=40)
    found = rows(result)
    assert found["n_yes"].to_dict() == {"before the deadline": 12, "after the deadline": 12}
    assert found["n"].to_dict() == {"before the deadline": 48, "after the deadline": 24}


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ([True, False], ["extra", "no extra"]),
        ([1, 2], ["1", "2"]),
        ([10, 20, 30, 40, 50, 60], ["up to 30", "above 30"]),
        (["x", "y"], ["x", "y"]),
    ],
)
def test_any_column_known_before_becomes_groups(values, names):
    column = np.repeat(values, 48 // len(values))
    order = np.arange(48).reshape(4, 12).T.ravel()  # each value meets each kind of interview
    frame = by_hand().assign(extra=pd.Series(column).iloc[order].to_numpy())
    assert rows(fa.effect_by(frame, "extra", draws=40)).index.tolist() == names


def test_too_few_give_a_sentence_and_an_empty_picture():
    result = fa.effect_by(seven_applications(), "role_family")
    assert "no estimate, because a group needs 5 yes to be shown" in result.sentence
    assert "(other 1, sales 1)" in result.sentence
    result.plot(Figure().add_subplot())
    one_sided = by_hand(follow_up_day=pd.array([1] * 48, "Int64"), channel="call")
    assert "no estimate, because you wrote after all" in fa.effect_of_channel(one_sided).sentence
    empty = fa.effect_of_content(by_hand(content=None))
    assert "because nothing is written down that would tell groups apart." in empty.sentence
    many = fa.effect_by(by_hand(team=[f"t{i:02}" for i in range(48)]), "team", draws=40)
    assert many.sentence.endswith("(t00 1, t01 1, t02 1, t03 1, t04 1, t05 1, and 42 more).")


@pytest.fixture(scope="module")
def content():
    effects = {"specific": np.log(1.8), "generic": 0.2, "concern": 0.3}
    return fa.effect_of_content(sent_by(drawn(effects, 150, 7), "content"))


def test_specific_against_generic_comes_with_its_e_value(content):
    assert rows(content).index.tolist() == ["specific", "concern", "generic"]
    contrast = content.table[content.table["group"] == "specific less generic"]
    at = contrast.set_index("quantity")
    assert at.loc["difference_between", "estimate"] == pytest.approx(
        rows(content)["estimate"]["specific"] - rows(content)["estimate"]["generic"]
    )
    expected = fa.e_value(*at.loc["ratio_between", ["estimate", "conf_low", "conf_high"]])
    assert tuple(at.loc[["e_value", "e_value_of_limit"], "estimate"]) == expected
    assert f"E-value {expected[0]:.1f}, of the limit {expected[1]:.1f}" in content.sentence
    assert content.sentence.startswith("Writing something specific by day 2, against something")
    assert any("had an interview that gave it" in note for note in content.notes)


def test_without_ratings_contents_are_not_to_be_compared():
    frame = sent_by(drawn({"specific": 0.3, "generic": 0.3}, 60, 8), "content")
    bare = fa.effect_of_content(frame.drop(columns="went_well"), draws=40)
    text = "How well the interviews went is not adjusted for"
    assert any(text in note for note in bare.notes)
    assert not any(text in note for note in fa.effect_of_content(frame, draws=40).notes)


def test_contents_that_are_missing_are_not_compared():
    frame = sent_by(drawn({"specific": 0.3, "strengths": 0.3}, 60, 8), "content")
    sentence = fa.effect_of_content(frame, draws=40).sentence
    assert sentence.endswith(
        "Specific and generic cannot be compared: one of them has fewer than 5 yes."
    )


def test_the_sentence_never_takes_power_from_what_was_found():
    """More of a difference must not make it look easier to see: only size and main effect count."""
    result = fa.effect_by(drawn({"a": 0.0, "b": 0.0}, 60, 9), "role_family")
    at = result.table.set_index("quantity")["estimate"]
    main = rows(result, "main")["estimate"].iloc[0]
    assert at["times_the_interviews"] * main**2 == pytest.approx(at["times_smallest"] * 0.10**2)
    # About 2.8 standard errors of two halves of 120, over a tenth.
    assert at["times_smallest"] == pytest.approx((2.8 * 2 / np.sqrt(120) / 0.10) ** 2, rel=0.5)
    assert "your log would need about " in result.sentence


def test_the_forest_shows_raw_hollow_and_pulled_together_solid():
    ax = Figure().add_subplot()
    result = fa.effect_by(drawn({"sales": 0.4, "$other$": 0.0}, 80, 4), "role_family")
    assert rows(result).index.tolist() == ["$other$", "sales"]
    result.plot(ax)
    drawn_rows = result.table[result.table["quantity"] == "difference_yes"]
    points = [box.lines[0] for box in ax.containers]
    found = [point.get_xdata()[0] for point in points]
    np.testing.assert_allclose(found, drawn_rows["estimate"].astype(float))
    hollow = [point.get_markerfacecolor() == "none" for point in points]
    assert hollow == (drawn_rows["kind"] == "raw").tolist()
    limits = [box.lines[2][0].get_segments()[0][:, 0] for box in ax.containers]
    np.testing.assert_allclose(limits, drawn_rows[["conf_low", "conf_high"]].astype(float))
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[0].startswith(r"\$other\$")
    assert labels[1].startswith("sales\nn = 80, ")
    assert labels[-1].startswith("all\nn = 160, ")
    named = [text.get_text() for text in ax.get_legend().get_texts()]
    assert named == ["each by itself", "pulled together"]
