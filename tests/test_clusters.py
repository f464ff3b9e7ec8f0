"""The spread over people is that of drawing the people themselves, row by row."""

import numpy as np
import pandas as pd
import pytest

import followup_analysis as fa
from followup_analysis.simulate import simulate_episodes

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


CURVES = (fa.cumulative_incidence, fa.kaplan_meier, fa.restricted_mean, fa.simon_makuch)


@pytest.mark.parametrize("curve", CURVES)
def test_each_interview_a_cluster_is_none(curve):
    frame = simulate_episodes(300, seed=2).assign(alone=range(300))
    single, none = (
        curve(fa.tally(frame, cluster=cluster)).table["std_error"][:31]
        for cluster in ("alone", None)
    )  # of Simon and Makuch the first curve, which all are on
    assert single.max() > 0
    assert (np.sqrt(299 / 300) * single).tolist() == pytest.approx(
        none.tolist(), rel=1e-9, nan_ok=True
    )


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
