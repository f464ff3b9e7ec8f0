"""Coins: tossed once, kept with the log, level in their blocks; and what they show is honest."""

from __future__ import annotations

import importlib
import os
import sys
from itertools import product

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import followup_analysis as fa

LOGS = 10


@pytest.fixture(scope="module")
def own(project):
    """The script that plays coins out in worlds whose truth is known."""
    environment = dict(os.environ)
    sys.path.insert(0, str(project / "benchmarks"))
    yield importlib.import_module("own")
    sys.path.remove(str(project / "benchmarks"))
    os.environ.clear()
    os.environ.update(environment)


def booked(n, start="2026-04-01", people=None):
    """Interviews to come, one a day."""
    ids = [f"A{number:02d}" for number in range(n)]
    applications = pd.DataFrame({"application_id": ids, "company": ids, "person": people})
    dates = pd.date_range(start, periods=n)
    events = pd.DataFrame({"application_id": ids, "date": dates, "kind": "interview"})
    return fa.JobSearchLog(applications, events.assign(planned=True), as_of="2026-03-31")


def coins(log):
    return log.events[log.events["arm"].notna()].reset_index(drop=True)


def held(log, *more, as_of="2026-07-31"):
    """The same log when all booked interviews were held, and what else happened."""
    events = log.events.assign(planned=log.events["kind"] == "follow_up")
    told = pd.DataFrame(more, columns=["application_id", "date", "kind"])
    return log.replace(events=pd.concat([events, told]), as_of=as_of)


def test_each_coming_interview_gets_a_plan_with_its_arm():
    log = fa.randomise_timing(booked(8), seed=3)
    tossed = coins(log)
    assert tossed["application_id"].tolist() == booked(8).events["application_id"].tolist()
    assert tossed["planned"].all()
    assert set(tossed["kind"]) == {"follow_up"}
    assert set(tossed["drawn_on"]) == {pd.Timestamp("2026-03-31")}
    assert set(tossed["rule"]) == {"a coin, seed 3"}
    # Due on the first day of its arm.
    first = tossed["arm"].map({"0 to 1": 0, "3 to 4": 3})
    days = (tossed["date"] - pd.date_range("2026-04-01", periods=8)).dt.days
    assert days.tolist() == first.tolist()
    assert tossed.groupby("block")["arm"].value_counts().tolist() == [2, 2, 2, 2]
    other = coins(fa.randomise_timing(booked(8), seed=3, early=(0, 0), late=(5, 9)))
    assert set(other["arm"]) == {"0 to 0", "5 to 9"}


def test_what_was_tossed_stays_and_blocks_go_on():
    for seed, again in product(range(3), (0, 1)):
        first = fa.randomise_timing(booked(3), seed=seed)
        assert_frame_equal(fa.randomise_timing(first, seed=again).events, first.events)
        more = booked(9)
        events = pd.concat([first.events, more.events.iloc[3:]])
        grown = more.replace(events=events, as_of="2026-03-31")
        tossed = coins(fa.randomise_timing(grown, seed=again))
        assert_frame_equal(tossed.iloc[:3], coins(first))
        assert tossed["block"].tolist() == [1, 1, 1, 1, 2, 2, 2, 2, 3]
        assert tossed["arm"].iloc[:8].tolist().count("0 to 1") == 4
        assert tossed.groupby("block")["arm"].value_counts().max() == 2


def test_seeds_differ_and_any_order_of_a_block_comes_up():
    orders = {tuple(coins(fa.randomise_timing(booked(4), seed=seed))["arm"]) for seed in range(24)}
    assert len(orders) == 6
    again = [coins(fa.randomise_timing(booked(12), seed=5)) for _ in range(2)]
    assert_frame_equal(*again)
    # The blocks of one seed are not all alike.
    arms = again[0]["arm"].to_numpy().reshape(3, 4)
    assert len({tuple(block) for block in arms}) > 1


def test_blocks_are_level_for_each_person():
    people = ["Ada", "Ben", "Ada", "Ben", "Ada", "Ben", "Ada", "Ben"]
    tossed = coins(fa.randomise_timing(booked(8, people=people), seed=1))
    assert tossed["block"].tolist() == [1, 1, 1, 1, 2, 2, 2, 2]
    assert tossed["application_id"].tolist() == [f"A0{n}" for n in (0, 2, 4, 6, 1, 3, 5, 7)]
    assert tossed.groupby("block")["arm"].value_counts().tolist() == [2, 2, 2, 2]


@pytest.mark.parametrize("ending", ["", ".xlsx"])
def test_coins_are_saved_with_the_log(tmp_path, ending):
    log = fa.randomise_timing(booked(5), seed=2)
    again = fa.read_log(fa.write_log(log, tmp_path / f"mine{ending}"))
    assert_frame_equal(again.events, log.events)
    assert_frame_equal(fa.randomise_timing(again, seed=9).events, log.events)


def test_coins_survive_an_edit_by_hand(tmp_path):
    log = fa.randomise_timing(booked(5), seed=2)
    folder = fa.write_log(log, tmp_path / "mine")
    path = folder / "events.csv"
    text = path.read_text("utf-8-sig")
    path.write_text(text.replace("A04,2026-04-05", "A04,2026-04-06"), "utf-8-sig")
    again = fa.read_log(folder, as_of="2026-03-31")
    columns = ["application_id", "arm", "block", "drawn_on", "planned"]
    assert_frame_equal(
        coins(again)[columns].sort_values("application_id", ignore_index=True),
        coins(log)[columns].sort_values("application_id", ignore_index=True),
    )
    assert len(coins(fa.randomise_timing(again, seed=9))) == 5


def test_a_coin_goes_with_its_interview_when_that_is_moved():
    log = fa.randomise_timing(booked(2), seed=1)
    moved = log.events["date"].mask(log.events["kind"] == "interview", pd.Timestamp("2026-04-20"))
    later = held(log.replace(events=log.events.assign(date=moved)))
    assert_frame_equal(
        fa.randomised_effect(later).cases[["application_id", "arm"]],
        coins(log)[["application_id", "arm"]],
    )
    plans = fa.plan_kept(later).cases
    first = plans["arm"].map({"0 to 1": 20, "3 to 4": 23})
    assert plans["planned_on"].dt.day.tolist() == first.tolist()


def test_the_list_of_what_is_due_says_what_the_coin_said(tmp_path):
    log = fa.randomise_timing(booked(1), seed=1)
    (row,) = fa.due(log, on="2026-04-02").table.to_dict("records")
    assert row["rule"] == f"the coin: day {coins(log)['arm'][0]}"
    assert row["due_on"] == coins(log)["date"][0]


@pytest.mark.parametrize("arm", ["<script>alert(1)</script>", "=HYPERLINK(1)", "soon", "0-1"])
def test_an_arm_that_cannot_be_read_is_a_plan_like_any_other(arm):
    log = fa.randomise_timing(booked(2), seed=1)
    events = log.events.assign(arm=log.events["arm"].mask(log.events["arm"].notna(), arm))
    odd = held(log.replace(events=events))
    assert fa.randomised_effect(odd).sentence.startswith("No coin has been tossed yet.")
    assert fa.plan_kept(odd).cases["arm"].isna().all()
    rules = fa.due(odd, on="2026-04-02").table["rule"]
    assert rules.tolist() == ["your own plan"] * len(rules)


def test_arms_that_make_no_sense_are_refused():
    for options in ({"early": (0, 3)}, {"late": (4, 3)}, {"early": (-1, 0)}, {"early": (0.5, 1)}):
        with pytest.raises(fa.FollowupError, match="early before late"):
            fa.randomise_timing(booked(2), seed=1, **options)
    log = fa.randomise_timing(booked(2), seed=1)
    with pytest.raises(fa.FollowupError, match="days 0 to 1 and 3 to 4: go on with these"):
        fa.randomise_timing(log, seed=1, late=(7, 8))
    undated = fa.JobSearchLog(pd.DataFrame({"application_id": ["a"]}), pd.DataFrame({"kind": []}))
    with pytest.raises(fa.FollowupError, match="say its last day"):
        fa.randomise_timing(undated, seed=1)
    assert fa.randomise_timing(fa.load_sample(), seed=1).events["arm"].isna().all()


def test_shares_by_hand():
    """Four interviews on consecutive days; both of the early arm get a yes, none of the late."""
    log = fa.randomise_timing(booked(4), seed=1)
    arm = coins(log).set_index("application_id")["arm"]
    early, late = (arm.index[arm == name].tolist() for name in ("0 to 1", "3 to 4"))
    day = dict(zip(arm.index, pd.date_range("2026-04-01", periods=4), strict=True))
    step = pd.Timedelta(days=1)
    result = fa.randomised_effect(
        held(
            log,
            (early[0], day[early[0]] + step, "follow_up"),  # kept
            (early[0], day[early[0]] + 5 * step, "offer"),
            (early[1], day[early[1]] + 2 * step, "follow_up"),  # a day late: not kept
            (early[1], day[early[1]] + 6 * step, "advance"),
            (late[0], day[late[0]] + 2 * step, "rejection"),  # answered first: neither
        )
    )
    at = result.table.set_index("quantity")
    assert at.loc[["yes_if_early", "yes_if_late", "difference_yes"], "estimate"].tolist() == [
        1,
        0,
        1,
    ]
    assert at.loc["difference_no", "estimate"] == -0.5
    assert at.loc["difference_silent", "estimate"] == -0.5
    # Two of the six ways to toss the block are as far apart.
    assert at.loc["p_value", "estimate"] == pytest.approx(1 / 3, abs=0.04)
    assert at.loc["kept_early", ["n", "estimate"]].tolist() == [2, 0.5]
    assert at.loc["kept_late", ["n", "estimate"]].tolist() == [1, 0]
    # Shares of a half, four interviews: 2.8 * 2 * 0.5 / 0.1 squared, less the four.
    assert at.loc["interviews_still_needed", "estimate"] == 784 - 4
    low, _ = fa.jeffreys(2, 2)  # limits are put together from those of the arms
    assert at.loc["difference_yes", "conf_low"] == pytest.approx(1 - np.hypot(1 - low, 1 - low))
    assert result.sentence.endswith(
        "It cannot tell yet: about 780 more would show a difference of 10 points."
    )
    assert len(result.cases) == 4


def test_coins_are_permuted_within_their_blocks_only():
    """In block 1 all say yes, in block 2 all no: no toss within a block can make a difference."""
    log = fa.randomise_timing(booked(8), seed=1)
    told = [(f"A0{n}", f"2026-04-{n + 4:02d}", "offer" if n < 4 else "rejection") for n in range(8)]
    at = fa.randomised_effect(held(log, *told)).table.set_index("quantity")
    assert at.loc["difference_yes", "estimate"] == 0
    assert at.loc["p_value", "estimate"] == 1


def test_open_interviews_count_as_long_as_they_were_watched():
    log = fa.randomise_timing(booked(8), seed=1)
    few = fa.randomised_effect(held(log, as_of="2026-04-20"))
    assert few.sentence.endswith("because in one arm nobody has been watched for 30 days yet.")
    assert few.plot().texts[0].get_text() == "nothing to draw yet"
    # Yes to three of four early and one of four late, all on days when everybody was watched.
    arm = coins(log).set_index("application_id")["arm"]
    early, late = (arm.index[arm == name].tolist() for name in ("0 to 1", "3 to 4"))
    told = [(one, "2026-04-12", "offer") for one in (early[0], *early[2:], late[3])]
    watched = held(log, *told, as_of="2026-04-30")  # the last for 22 days
    at = fa.randomised_effect(watched, horizon=25).table.set_index("quantity")
    assert at.loc["yes_if_early", "estimate"] == pytest.approx(3 / 4)
    assert at.loc["yes_if_late", "estimate"] == pytest.approx(1 / 4)


def test_too_little_is_said():
    assert fa.randomised_effect(booked(2)).sentence.startswith("No coin has been tossed yet.")
    fine = fa.randomised_effect(booked(2), smallest=0.005).sentence
    assert fine.endswith("about 310,000 interviews would show a difference of 0.5 points.")
    log = fa.randomise_timing(booked(2), seed=1)
    result = fa.randomised_effect(log)
    assert result.sentence.endswith("because of the interviews with a coin, 0 were held so far.")
    assert "2 coins for an interview that was not held yet." in result.notes
    one = fa.randomised_effect(held(fa.randomise_timing(booked(1), seed=1)))
    assert "1 was held so far, all of them" in one.sentence


def test_the_picture_draws_the_differences(own):
    result = fa.randomised_effect(own.coin_log(40, 1))
    ax = result.plot()
    drawn = [container.lines[0].get_xydata()[0, 0] for container in ax.containers]
    at = result.table.set_index("quantity")["estimate"]
    assert drawn == at[["difference_yes", "difference_no", "difference_silent"]].tolist()
    assert "early rather than late" in ax.get_xlabel()


def test_without_effect_the_coin_finds_none(own):
    found = own.judge_coin(40, LOGS, permutations=199)
    assert abs(found["truth"]) < 0.005
    assert abs(found["bias"]) < 3 * found["bias_error"]
    assert found["coverage"] >= 0.8
    assert found["rejects"] <= 0.2  # 5 in 100, and what so few logs leave to chance


def test_an_effect_is_told_without_bias_and_forgetting_only_dilutes_it(own):
    world = {"effect_yes": 2.0, "yes_peak_day": 3.0}
    found = own.judge_coin(60, LOGS, permutations=199, **world)
    assert found["truth"] > 0.07
    assert abs(found["bias"]) < 3 * found["bias_error"]
    assert found["coverage"] >= 0.8
    log = own.coin_log(1_200, 1, kept=0.5, **world)
    at = fa.randomised_effect(log, permutations=19).table.set_index("quantity")
    assert at.loc["kept_early", "estimate"] == pytest.approx(0.75, abs=0.04)
    assert 0 < at.loc["difference_yes", "estimate"] < found["truth"]


def test_the_coin_claims_less_where_interviews_with_a_coin_are_lost():
    log = fa.randomise_timing(booked(40), seed=1)
    tossed = coins(log)
    days = booked(40).events.set_index("application_id")["date"]
    answers = [
        (name, days[name] + pd.Timedelta(days=5), "offer" if arm == "0 to 1" else "rejection")
        for name, arm in zip(tossed["application_id"], tossed["arm"], strict=True)
    ]
    whole = fa.randomised_effect(held(log, *answers)).sentence
    assert "nothing that you left out of the log can explain it" in whole
    undated = [
        (name, None if at < 3 else day, kind) for at, (name, day, kind) in enumerate(answers)
    ]
    some = fa.randomised_effect(held(log, *undated)).sentence
    assert "but 3 interviews with a coin could not be used, and may explain it" in some
