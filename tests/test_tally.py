"""Counts and risk sets: worked by hand, and equal to writing every person-day out."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from seven import seven_applications

import followup_analysis as fa

ENDINGS = ["open", "yes", "no", "withdrawn"]
EPISODES = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.none() | st.integers(0, 12),
        st.integers(0, 12),
        st.sampled_from(ENDINGS),
    ),
    max_size=30,
)


def frame_of(rows):
    frame = pd.DataFrame(rows, columns=["group", "follow_up_day", "exit_day", "ending"])
    return frame.astype({"follow_up_day": "Int64", "exit_day": "int64", "group": "str"})


def test_seven_applications_tallied():
    cells = fa.tally(seven_applications()).cells.drop(columns="follow_up_undated")
    cells["follow_up_day"] = cells["follow_up_day"].fillna(-1)
    assert cells.astype({"ending": str}).values.tolist() == [
        [-1, 2, "no", 1],
        [-1, 2, "withdrawn", 1],
        [-1, 15, "open", 1],
        [1, 4, "yes", 2],
        [7, 11, "open", 1],
    ]
    assert fa.tally(seven_applications()).undated == {"no": 1}


def test_seven_applications_at_risk():
    table = fa.at_risk(seven_applications(), horizon=15).set_index(["followed_up", "day"])
    # Open at the start of days 0..15: all six up to day 2, four up to 4, then C and E, then C.
    total = table["n_risk"].groupby("day").sum()
    assert total.tolist() == [6, 6, 6, 4, 4, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1]
    # A and C wrote on day 1, so they count as followed up from day 2; E from day 8.
    assert table.loc[True, "n_risk"].tolist() == [0, 0, 2, 2, 2, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0]
    assert table.loc[(True, 4), "n_yes"] == 2
    assert table.loc[(False, 2), ["n_no", "n_withdrawn"]].tolist() == [1, 1]


@given(EPISODES)
def test_the_tally_sums_to_the_episodes(rows):
    counts = fa.tally(frame_of(rows), by="group")
    assert counts.n_episodes == len(rows)
    assert fa.tally(counts).n_episodes == len(rows)


@given(EPISODES)
def test_risk_sets_equal_the_person_days_written_out(rows):
    horizon = 8
    table = fa.at_risk(frame_of(rows), horizon=horizon)
    for exposed in (False, True):
        risk, events = np.zeros(horizon + 1, int), np.zeros((4, horizon + 1), int)
        for _, wrote, left, ending in rows:
            for day in range(min(left, horizon) + 1):
                if (wrote is not None and wrote < day) == exposed:
                    risk[day] += 1
                    events[ENDINGS.index(ending), day] += day == left
        part = table[table["followed_up"] == exposed]
        assert part["n_risk"].tolist() == risk.tolist()
        assert part[["n_yes", "n_no", "n_withdrawn"]].T.values.tolist() == events[1:].tolist()


@given(EPISODES)
def test_regrouping_a_tally_equals_tallying_anew(rows):
    frame = frame_of(rows)
    through, direct = fa.tally(fa.tally(frame, by="group")).cells, fa.tally(frame).cells
    pd.testing.assert_frame_equal(through, direct)


def test_missing_values_are_a_pattern_of_their_own():
    frame = pd.DataFrame({"stage": ["final", None, "first", None], "exit_day": 1, "ending": "open"})
    counts = fa.tally(frame, by="stage")
    assert counts.patterns["stage"].isna().sum() == 1
    assert counts.n.tolist() == [1, 1, 2]


def test_many_possible_cells_are_counted_all_the_same():
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(
        {"exit_day": rng.integers(0, 4000, 300), "follow_up_day": rng.integers(0, 4000, 300)}
    ).assign(ending="open", person=np.arange(300) % 7)
    counts = fa.tally(frame, by="person")
    again = frame.groupby(["person", "follow_up_day", "exit_day"]).size()
    assert counts.n.tolist() == again.tolist()
    assert counts.exit_day.tolist() == again.index.get_level_values("exit_day").tolist()


@pytest.mark.parametrize("days", [[0, 127], [0, 126], [1000, 1003], [32_767, 0], [9, 3_000_000]])
def test_the_key_holds_every_range_of_days(days):
    frame = pd.DataFrame({"exit_day": days, "ending": ["open", "yes"], "person": [7, 7]})
    cells = fa.tally(pd.concat([frame, frame]), by="person").cells.sort_values("ending")
    assert cells["exit_day"].tolist() == days
    assert cells["n"].tolist() == [2, 2]


def test_columns_with_too_many_values_are_refused():
    measured = {f"x{i}": np.arange(5_000) for i in range(6)}
    frame = pd.DataFrame({"exit_day": 3, "ending": "yes", **measured})
    with pytest.raises(fa.FollowupError, match="too many values to be kept apart"):
        fa.tally(frame, by=list(measured))


def test_nobody_is_at_risk_where_there_is_nobody():
    frame = pd.DataFrame({"exit_day": [3], "ending": ["yes"], "stage": ["final"]})[:0]
    table = fa.at_risk(frame, by="stage")
    assert table.empty
    assert table.columns[:4].tolist() == ["stage", "followed_up", "day", "n_risk"]


def test_several_columns_keep_only_the_combinations_that_occur():
    frame = pd.DataFrame(
        {"stage": ["first", "final", "first"], "person": [2, 1, 2], "exit_day": 3, "ending": "yes"}
    )
    counts = fa.tally(frame, by=["stage", "person"])
    assert counts.patterns.values.tolist() == [["final", 1], ["first", 2]]
    assert counts.n.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"exit_day": -1}, "a day before the interview"),
        ({"exit_day": 1.5}, "whole days"),
        ({"exit_day": float("inf")}, "whole days; it holds inf"),
        ({"exit_day": 20260331}, "holds 20260331 in row 0: centuries after the interview"),
        ({"ending": "ghosted"}, "not 'ghosted'"),
        ({"follow_up_day": -3}, "a day before the interview"),
    ],
)
def test_what_cannot_be_is_refused(change, message):
    frame = pd.DataFrame({"exit_day": [3, 4], "ending": ["yes", "open"]}).assign(**change)
    with pytest.raises(fa.FollowupError, match=message):
        fa.tally(frame)


def test_a_misspelt_column_gets_a_suggestion():
    with pytest.raises(fa.ColumnError, match="Did you mean 'role_family'"):
        fa.tally(seven_applications(), by="role_famly")


def test_what_was_set_aside_is_repeated():
    aside = pd.DataFrame({"file": ["x.csv"], "line": [9], "text": ["?"]})
    log = seven_applications(set_aside=aside, n_records=8)
    for result in (fa.cumulative_incidence(log), fa.timing(log), fa.timeline(log)):
        assert "1 of 8 lines set aside: see log.problems." in result.notes


def test_episodes_taken_by_hand_still_say_what_was_set_aside():
    aside = pd.DataFrame({"file": ["x.csv"], "line": [9], "text": ["?"]})
    log = seven_applications(set_aside=aside, n_records=8)
    waits = fa.episodes(log, since="application")
    result = fa.kaplan_meier(waits[waits["role_family"] == "sales"])
    assert "1 of 8 lines set aside: see log.problems." in result.notes


@pytest.mark.parametrize(("n_people", "used"), [(1, False), (9, False), (10, True)])
def test_too_few_clusters_are_not_used(n_people, used):
    frame = pd.DataFrame({"exit_day": 3, "ending": "yes", "person": np.arange(40) % n_people})
    counts = fa.tally(frame, cluster="person")
    assert (counts.cluster is not None) == used
    told = [note for note in counts.notes if "are too few" in note]
    assert told == [
        f"Interviews count as independent of each other: {n_people} people are too few to tell "
        "how much they differ."
    ] * (not used)


@pytest.mark.parametrize("kind", ["int8", "uint16", "int32", "int64"])
@pytest.mark.parametrize(
    "values", [[0], [1, 2, 5], [-3, 4], [-128, 127], [2020, 2026], [-200, 200], [3, 100_000]]
)
def test_whole_numbers_of_any_size_are_kept_apart(kind, values):
    if not np.iinfo(kind).min <= min(values) <= max(values) <= np.iinfo(kind).max:
        pytest.skip("no such number of that kind")
    rng = np.random.default_rng(0)
    own = {"group": rng.choice(values, 500).astype(kind), "exit_day": rng.integers(1, 5, 500)}
    frame = pd.DataFrame(own | {"ending": rng.choice(["yes", "open"], 500)})
    cells = fa.tally(frame, by="group").cells
    expected = frame.groupby(["group", "exit_day", "ending"]).size()
    assert cells.set_index(expected.index.names)["n"].to_dict() == expected.to_dict()
    assert cells["group"].dtype == kind


def test_two_columns_of_one_name_are_told():
    frame = pd.DataFrame([[1, 2, "yes"]], columns=["exit_day", "exit_day", "ending"])
    with pytest.raises(fa.FollowupError, match="two columns are named 'exit_day'"):
        fa.tally(frame)


def test_missing_days_of_any_kind_are_never():
    frame = pd.DataFrame({"exit_day": [3, 4, 5], "ending": "yes"})
    for missing in (None, pd.NA, float("nan")):
        days = pd.Series([missing, 2, 1], dtype=object)
        assert fa.tally(frame.assign(follow_up_day=days)).follow_up_day.tolist() == [-1, 1, 2]


def test_no_name_is_no_cluster():
    frame = pd.DataFrame({"exit_day": [3], "ending": "yes"})
    with pytest.raises(fa.FollowupError, match="by and cluster name columns"):
        fa.tally(frame, cluster="")
