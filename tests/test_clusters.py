"""The spread over 200 buckets of people is that of drawing the people themselves, row by row."""

import numpy as np
import pandas as pd
import pytest

import followup_analysis as fa

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


def test_curves_say_that_they_know_no_clusters():
    frame = pd.DataFrame({"exit_day": range(1, 41), "ending": "yes", "person": range(40)})
    for curve in (fa.cumulative_incidence, fa.kaplan_meier, fa.restricted_mean, fa.simon_makuch):
        told = [
            any("they are too narrow" in note for note in curve(counts).notes)
            for counts in (fa.tally(frame, cluster="person"), fa.tally(frame))
        ]
        assert told == [True, False]
