"""Charts, read through their artists: what is drawn is what the table says."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from seven import APPLICATIONS, seven_applications

import followup_analysis as fa


@pytest.fixture
def ax():
    return Figure().add_subplot()


def texts(ax):
    return {text.get_text().strip() for text in ax.texts}


def offsets(ax, label):
    """Days and lanes of the marks with that name in the legend."""
    (marks,) = [c for c in ax.collections if c.get_label() == label]
    return np.round(marks.get_offsets(), 6).tolist()


def test_timeline_has_a_lane_per_interview_and_a_mark_per_event(ax):
    fa.timeline(seven_applications()).plot(ax)
    # Longest first: C's second (open, 15), E (open, 11), A, C's first (yes, 4), B (no), D.
    assert offsets(ax, "still open") == [[15, 0], [11, 1]]
    assert offsets(ax, "yes") == [[4, 2], [4, 3]]
    assert offsets(ax, "no") == [[2, 4]]
    assert offsets(ax, "withdrawn") == [[2, 5]]
    assert offsets(ax, "call") == [[7, 0.8]]
    assert offsets(ax, "letter") == [[1, 2.8]]
    assert offsets(ax, "planned") == [[13, 0.8]]
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[:3] == ["Cedar, final", "Elm, first", "Alder, first"]
    lanes = ax.collections[0].get_segments()
    assert [segment[1].tolist() for segment in lanes] == [
        [15, 0], [11, 1], [4, 2], [4, 3], [2, 4], [2, 5]
    ]  # fmt: skip


def test_what_a_file_calls_a_company_is_text(ax):
    log = seven_applications(applications=APPLICATIONS.assign(company="$\\frac{1}$ & <b>Sons</b>"))
    fa.timeline(log).plot(ax)
    ax.figure.savefig("/dev/null", format="png")
    assert ax.get_yticklabels()[0].get_text().startswith(r"\$\frac{1}\$ & <b>Sons</b>")


def test_many_lanes_lose_their_names_but_not_their_count(ax):
    frame = pd.DataFrame({"application_id": [str(i) for i in range(100)], "company": "Q"})
    events = frame[["application_id"]].assign(date="2026-01-01", kind="interview")
    fa.timeline(fa.JobSearchLog(frame, events, as_of="2026-02-01")).plot(ax)
    assert ax.get_ylabel() == "100 interviews, the longest wait on top"


def test_timing_draws_estimates_with_their_limits_and_the_counts_hollow(ax):
    result = fa.timing(seven_applications(), horizon=10)
    yes = result.table[result.table["ending"] == "yes"].reset_index(drop=True)
    result.plot(ax)
    bands, errors = ax.containers
    np.testing.assert_allclose([bar.get_y() for bar in bands], yes["null_low"])
    np.testing.assert_allclose([bar.get_y() + bar.get_height() for bar in bands], yes["null_high"])
    points = errors.lines[0].get_xydata()
    np.testing.assert_allclose(points[:, 1], yes["estimate"])
    segments = errors.lines[2][0].get_segments()
    limits = np.array([segment[:, 1] for segment in segments if len(segment)])
    np.testing.assert_allclose(limits, yes[["conf_low", "conf_high"]].dropna())
    raw = next(line for line in ax.lines if line.get_marker() == "D")
    np.testing.assert_allclose(raw.get_ydata(), yes["raw"])
    assert raw.get_markerfacecolor() == "none"
    labels = [label.get_text() for label in ax.get_xticklabels()]
    counts = {"0": 0, "1": 2, "2-3": 0, "4-7": 1, "8-10": 0, "never": 3}
    assert labels == [f"{name}\nn = {n}" for name, n in counts.items()]


def test_incidence_stacks_to_one_with_limits_and_numbers_open(ax):
    result = fa.cumulative_incidence(seven_applications(), horizon=15)
    result.plot(ax)
    areas = {area.get_label(): area for area in ax.collections}
    top = areas["silent"].get_paths()[0].vertices[:, 1].max()
    assert top == pytest.approx(1)
    assert areas["yes"].get_paths()[0].vertices[:, 1].max() == pytest.approx(1 / 3)
    assert areas["no"].get_hatch() == "///"
    yes = result.table[result.table["ending"] == "yes"]
    np.testing.assert_allclose(ax.lines[0].get_ydata(), yes["estimate"])
    band = ax.collections[-1].get_paths()[0].vertices[:, 1]
    assert band.max() == pytest.approx(yes["conf_high"].max())
    assert {"yes 33 %", "no 17 %", "withdrawn 17 %", "silence 33 %"} <= texts(ax)
    labels = [label.get_text() for label in ax.get_xticklabels()]
    n_open = {0: 6, 3: 4, 6: 2, 9: 2, 12: 1, 15: 1}
    assert labels == [f"{day}\n{n} open" for day, n in n_open.items()]


def test_groups_are_named_beside_their_curves(ax):
    fa.cumulative_incidence(seven_applications(), by="role_family", horizon=15).plot(ax)
    assert texts(ax) == {"other\nn = 3", "sales\nn = 3"}
    first, second = ax.lines
    assert (first.get_linestyle(), second.get_linestyle()) == ("-", "--")
    assert first.get_color() != second.get_color()


def test_the_waiting_curve_shows_its_band(ax):
    result = fa.kaplan_meier(seven_applications(), horizon=15)
    result.plot(ax)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), result.table["estimate"])
    heights = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert heights.min() == pytest.approx(result.table["conf_low"].min())


def test_mean_waits_are_dots_with_intervals(ax):
    result = fa.restricted_mean(seven_applications(), by="role_family", horizon=10)
    result.plot(ax)
    (errors,) = ax.containers
    np.testing.assert_allclose(errors.lines[0].get_xydata()[:, 0], result.table["estimate"])
    limits = np.array([segment[:, 0] for segment in errors.lines[2][0].get_segments()])
    np.testing.assert_allclose(limits, result.table[["conf_low", "conf_high"]])
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels == ["other\nn = 3", "sales\nn = 3"]


def test_without_axes_a_new_figure_is_made_and_nothing_global_changes():
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    before = dict(mpl.rcParams)
    ax = fa.timing(seven_applications(), horizon=10).plot()
    assert ax.figure.number in plt.get_fignums()
    plt.close(ax.figure)
    assert dict(mpl.rcParams) == before


def test_a_picture_carries_its_text_and_leaves_no_figure_open():
    import matplotlib.pyplot as plt

    applications = APPLICATIONS.assign(company='"><script>alert(1)</script>')
    log = seven_applications(applications=applications)
    picture = fa.timeline(log).picture()
    assert picture.png.startswith(b"\x89PNG")
    assert "you followed up after" in picture.alt
    html = picture._repr_mimebundle_()["text/html"]
    assert html.startswith("<figure") and 'alt="A horizontal lane' in html
    assert "<script>" not in html
    assert plt.get_fignums() == []


def test_a_result_escapes_what_came_from_the_file():
    log = seven_applications(
        applications=APPLICATIONS.assign(role_family="<script>alert(1)</script>")
    )
    html = fa.kaplan_meier(log, by="role_family", horizon=10)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "<script>" not in seven_applications(notes=("<script>",))._repr_html_()


def test_a_result_reads_as_sentence_table_and_notes():
    text = repr(fa.restricted_mean(seven_applications(), horizon=10))
    lines = text.splitlines()
    assert lines[0] == (
        "An answer took 6.2 days on average, counting waits of up to 10 days "
        "(95 % 3.3 to 9.0; 6 interviews)."
    )
    assert "estimate" in lines[1]
    assert lines[3].startswith("- 1 answered on an unknown day")
