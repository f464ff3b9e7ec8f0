"""Ways of the applications: what comes to a place leaves it, and all are found again at the end."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from seven import seven_applications

import followup_analysis as fa
from followup_analysis.log import KINDS

LINE = re.compile(r"(Applications|\d+(?:st|nd|rd|th) interview) \[(\d+)\] ([A-Z0-9][A-Za-z0-9 ]+)")
ENDS = {"Offer", "Interview ahead", "Withdrawn", "Rejected", "No answer"}


def log_of(*rows, ids="abc"):
    """A log that ends on 2026-03-31, from (application, day of March or None, kind, detail)."""
    columns = ["application_id", "day", "kind", "detail"]
    events = pd.DataFrame([(*row, None)[:4] for row in rows], columns=columns)
    days = events.pop("day").astype("Int64").astype("str").str.zfill(2)
    events["date"] = ("2026-03-" + days).where(days != "nan")
    applications = pd.DataFrame({"application_id": list(ids), "applied_on": "2026-02-01"})
    return fa.JobSearchLog(applications, events, as_of="2026-03-20")


def steps(log):
    return [tuple(row) for row in fa.sankey(log).table.itertuples(index=False)]


def test_seven_applications_by_hand():
    # A offer, B and F no, C two rounds and silence, D withdrew, G never interviewed; E is invited.
    assert fa.sankey_text(seven_applications()).splitlines() == [
        "Applications [6] 1st interview",
        "Applications [1] Rejected",
        "1st interview [1] 2nd interview",
        "1st interview [1] Offer",
        "1st interview [1] Interview ahead",
        "1st interview [1] Withdrawn",
        "1st interview [2] Rejected",
        "2nd interview [1] No answer",
    ]
    assert fa.sankey(seven_applications()).sentence == (
        "7 applications: 6 led to an interview, 1 to an offer, 1 to an interview that is still "
        "ahead; 3 rejected, 1 withdrawn, 1 without an answer by 2026-03-31."
    )


@pytest.mark.parametrize(
    ("rows", "end"),
    [
        ([], "No answer"),
        ([("a", 3, "response"), ("a", 4, "assessment"), ("a", 9, "ghosted")], "No answer"),
        ([("a", 3, "rejection")], "Rejected"),
        ([("a", None, "closed")], "Rejected"),
        ([("a", 3, "offer"), ("a", 5, "withdrawal")], "Offer"),
        ([("a", 3, "advance")], "Interview ahead"),
        ([("a", None, "advance")], "Interview ahead"),
        ([("a", 3, "advance"), ("a", 5, "rejection")], "Rejected"),
        ([("a", 25, "interview")], "Interview ahead"),
        ([("a", 25, "offer")], "No answer"),
    ],
)
def test_how_an_application_without_an_interview_ends(rows, end):
    assert steps(log_of(*rows, ids="a")) == [("Applications", end, 1)]


@pytest.mark.parametrize(
    ("rows", "end"),
    [
        ([], "No answer"),
        ([("a", 10, "rejection")], "Rejected"),
        ([("a", 9, "rejection")], "No answer"),  # they came back to it, and it waits
        ([("a", 9, "offer")], "Offer"),
        ([("a", None, "rejection")], "Rejected"),
        ([("a", 10, "advance")], "No answer"),  # it led to the interview of that day
        ([("a", None, "advance")], "No answer"),
        ([("a", 12, "advance")], "Interview ahead"),
        ([("a", 12, "withdrawal"), ("a", 11, "rejection")], "Withdrawn"),
        ([("a", 11, "advance"), ("a", 12, "closed")], "Rejected"),
    ],
)
def test_how_an_application_ends_after_its_interview(rows, end):
    log = log_of(("a", 10, "interview"), *rows, ids="a")
    assert steps(log)[1:] == [("1st interview", end, 1)]


def test_rounds_are_days_and_undated_stages():
    log = log_of(
        ("a", 3, "interview", "technical"),
        ("a", 3, "interview", "onsite"),
        ("a", 4, "interview", "onsite"),
        ("b", None, "interview", "screen"),
        ("b", None, "interview", "screen"),
        ("b", None, "interview", "final"),
        ("c", None, "interview"),
    )
    assert steps(log) == [
        ("Applications", "1st interview", 3),
        ("1st interview", "2nd interview", 2),
        ("1st interview", "No answer", 1),
        ("2nd interview", "No answer", 2),
    ]


def test_rounds_have_names():
    log = log_of(*(("a", day, "interview") for day in range(1, 16)), ids="a")
    names = fa.sankey(log).table["source"].tolist()
    assert [name.split()[0] for name in names[1:5]] == ["1st", "2nd", "3rd", "4th"]
    assert [name.split()[0] for name in names[11:14]] == ["11th", "12th", "13th"]


def check_counts(log):
    table = fa.sankey(log).table
    came, left = table.groupby("target")["n"].sum(), table.groupby("source")["n"].sum()
    ends = came[came.index.isin(ENDS)]
    assert ends.sum() == len(log.applications)
    assert left.get("Applications", 0) == len(log.applications)
    rounds = came.drop(ends.index)
    assert rounds.to_dict() == left.drop("Applications", errors="ignore").to_dict()
    assert (table["n"] > 0).all()
    assert set(table["target"]) & set(table["source"]) == set(rounds.index)
    lines = fa.sankey_text(log).splitlines()
    found = [LINE.fullmatch(line).groups() for line in lines]
    assert [(a, int(n), b) for a, n, b in found] == table[["source", "n", "target"]].apply(
        tuple, axis=1
    ).tolist()
    return rounds


@settings(max_examples=15)
@given(st.integers(0, 2**31), st.integers(1, 80))
def test_counts_add_up_on_simulated_logs(seed, n):
    log = fa.simulate_log(n, seed=seed)
    assert check_counts(log).sum() == len(log.interviews()) == n


EVENTS = st.tuples(
    st.sampled_from("abcd"),
    st.one_of(st.none(), st.integers(1, 28)),
    st.sampled_from(KINDS),
    st.sampled_from([None, "first", "final"]),
)


@settings(max_examples=40)
@given(st.lists(EVENTS, max_size=25))
def test_counts_add_up_on_any_log(rows):
    log = log_of(*rows, ids="abcd")
    undated = [row for row in rows if row[1] is None and row[2] == "interview"]
    assert check_counts(log).sum() == len(log.interviews()) + len(
        {(a, d) for a, _, _, d in undated}
    )


@pytest.mark.parametrize("sample", ["job_seeker", "career_centre"])
def test_every_interview_of_the_samples_is_a_step(sample):
    log = fa.load_sample(sample)
    undated = (log.done["kind"] == "interview") & log.done["date"].isna()
    assert not undated.any()
    assert check_counts(log).sum() == len(log.interviews())


def test_nothing_of_the_file_gets_into_the_text():
    log = seven_applications()
    names = log.applications.assign(company="x\n[9] Offer", application_id=list("ABCDEFG"))
    assert fa.sankey_text(log.replace(applications=names)) == fa.sankey_text(log)


def test_an_empty_log_has_no_ways():
    log = fa.JobSearchLog(pd.DataFrame({"application_id": []}), pd.DataFrame({"kind": []}))
    assert fa.sankey_text(log) == ""
    assert fa.sankey(log).sentence == "There is no application in the log."
    ax = fa.sankey(log).plot(Figure().add_subplot())
    assert [text.get_text() for text in ax.texts] == ["nothing to draw yet"]


def test_what_may_not_have_been_applied_for_is_said():
    log = log_of()
    assert not [note for note in fa.sankey(log).notes if "saved" in note]
    unsure = log.applications.assign(applied_on=[None, "2026-02-01", None])
    notes = fa.sankey(log.replace(applications=unsure)).notes
    assert any(note.startswith("2 applications without a day of application") for note in notes)


@pytest.fixture(params=["job_seeker", "career_centre", "seven"])
def drawn(request):
    log = seven_applications() if request.param == "seven" else fa.load_sample(request.param)
    result = fa.sankey(log)
    figure = Figure(figsize=(6.2, 4), dpi=140, layout="constrained")
    ax = result.plot(figure.add_subplot())
    figure.draw_without_rendering()
    return result.table, ax


def test_ribbons_are_as_wide_as_their_counts(drawn):
    table, ax = drawn
    ribbons = {area.get_label(): area.get_paths()[0].vertices for area in ax.collections}
    assert len(ribbons) == len(table)
    bars = {bar.get_label(): bar.patches[0] for bar in ax.containers}
    for step in table.itertuples():
        points = ribbons[f"{step.source} to {step.target}"]
        at_end = points[points[:, 0] == points[:, 0].max(), 1]
        assert np.ptp(at_end) == pytest.approx(step.n)
        target = bars[step.target]
        assert target.get_y() - 1e-6 <= at_end.min()
        assert at_end.max() <= target.get_y() + target.get_height() + 1e-6
    for name, bar in bars.items():
        n = max(table.loc[table[side] == name, "n"].sum() for side in ("source", "target"))
        assert bar.get_height() == n


def test_no_ribbon_hides_behind_a_round_that_it_does_not_reach(drawn):
    table, ax = drawn
    bars = {bar.get_label(): bar.patches[0] for bar in ax.containers}
    for area in ax.collections:
        source, target = area.get_label().split(" to ")
        points = area.get_paths()[0].vertices
        for name in set(table["source"]) - {source, target}:
            bar = bars[name]
            beside = abs(points[:, 0] - bar.get_x() - bar.get_width() / 2) < bar.get_width() / 2
            assert (points[beside, 1] >= bar.get_y() + bar.get_height()).all()


def test_labels_tell_the_counts_and_do_not_overlap(drawn):
    table, ax = drawn
    texts = [text.get_text() for text in ax.texts]
    for end, n in table[table["target"].isin(ENDS)].groupby("target")["n"].sum().items():
        assert f"{end} {n:,}" in texts
    assert f"Applications\n{table.loc[table['source'] == 'Applications', 'n'].sum():,}" in texts
    boxes = [text.get_window_extent() for text in ax.texts]
    pairs = [(i, j) for i in range(len(boxes)) for j in range(i)]
    assert [(texts[i], texts[j]) for i, j in pairs if boxes[i].overlaps(boxes[j])] == []
    edges = ax.figure.bbox
    assert all(edges.x0 <= box.x0 and box.x1 <= edges.x1 for box in boxes)


def test_the_picture_tells_itself_to_those_who_cannot_see_it():
    picture = fa.sankey(seven_applications()).picture()
    assert picture.png.startswith(b"\x89PNG")
    assert "Ribbons" in picture.alt
    assert "7 applications: 6 led to an interview" in picture.alt
