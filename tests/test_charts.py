"""Charts, read through their artists: what is drawn is what the table says."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from seven import APPLICATIONS, seven_applications

import followup_analysis as fa
from followup_analysis import charts


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


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lanes.xyz", r"ends in \.png, not 'lanes\.xyz'\. For another .*savefig\('picture\.pdf'\)"),
        ("lanes", r"ends in \.png, not 'lanes'"),
        ("away/lanes.png", r"There is no folder '.*away': make it first"),
    ],
)
def test_a_picture_is_saved_as_what_its_name_says_or_not_at_all(tmp_path, name, said):
    picture = fa.timeline(seven_applications()).picture()
    with pytest.raises(fa.FollowupError, match=said):
        picture.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []
    picture.save(str(tmp_path / "lanes.PNG"))
    assert (tmp_path / "lanes.PNG").read_bytes() == picture.png


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
        "(95 % 2.4 to 9.9; 6 interviews)."
    )
    assert "estimate" in lines[1]
    assert lines[3].startswith("- 1 answered on an unknown day")


def laid_out(name, table):
    """The axes of a chart as a picture shows them, once everything has found its place."""
    drawn = charts.figure(lambda ax: getattr(charts, name)(table, ax=ax), table)
    drawn.draw_without_rendering()
    return drawn.axes[0]


def inside(artist, ax):
    """Whether all of it lies within the picture."""
    box, edge = artist.get_window_extent(), ax.figure.bbox
    return box.x0 >= 0 and box.y0 >= 0 and box.x1 <= edge.x1 and box.y1 <= edge.y1


def contrasts(estimates, low=-0.05, high=0.05, **columns):
    return pd.DataFrame({"estimate": estimates, "conf_low": low, "conf_high": high, **columns})


def lanes(*rows):
    frame = pd.DataFrame(rows, columns=["lane", "day", "mark", "detail"])
    return frame.assign(label="Quillmoor")


def test_the_legend_of_a_timeline_covers_no_lane():
    channels = ["call", "email", "in_person", "letter", "message", "not recorded", "note"]
    endings = [(lane, 9, "ending", word) for lane, word in enumerate(["open", "yes", "no"])]
    ax = laid_out("timeline", lanes(*endings, *((0, 3, "follow_up", word) for word in channels)))
    legend = ax.get_legend()
    assert len(legend.get_texts()) == len(endings) + len(channels)
    assert legend.get_window_extent().y0 >= ax.get_window_extent().y1
    assert inside(legend, ax)


def test_a_way_that_is_not_recorded_is_a_star_as_large_as_the_rest():
    marks = [(0, 2, "follow_up", "call"), (0, 3, "follow_up", "not recorded")]
    ax = laid_out("timeline", lanes((0, 9, "ending", "yes"), *marks))
    call, star = (
        next(marks for marks in ax.collections if marks.get_label() == name)
        for name in ("call", "not recorded")
    )
    assert star.get_sizes()[0] == pytest.approx(2.5 * call.get_sizes()[0])
    handles = dict(zip(["yes", "call", "star"], ax.get_legend().legend_handles, strict=True))
    assert handles["star"].get_sizes()[0] > 2 * handles["call"].get_sizes()[0]


def test_a_lane_that_is_cut_says_how_long_it_is():
    days = [267, 31, 30, 12]
    ax = laid_out(
        "timeline", lanes(*((lane, day, "ending", "open") for lane, day in enumerate(days)))
    )
    assert [text.get_text() for text in ax.texts] == ["267 days", "31 days"]
    for text in ax.texts:
        assert inside(text, ax)
        assert text.get_window_extent().x0 >= ax.get_window_extent().x1


def test_many_lanes_say_below_how_far_they_go_on():
    ends = [(lane, 267 - lane, "ending", "open") for lane in range(100)]
    ax = laid_out("timeline", lanes(*ends))
    assert ax.get_xlabel() == "days since the interview; 100 go on, to 267"
    assert not ax.texts


@pytest.mark.parametrize(("n", "shown"), [(60, 6), (2_000, 4), (2_000_000, 3)])
def test_the_numbers_below_the_days_do_not_run_into_each_other(n, shown):
    days = np.arange(31)
    alone = pd.DataFrame({"day": days, "n_risk": n, "estimate": 0.4})
    alone = alone.assign(conf_low=0.3, conf_high=0.5)
    both = pd.concat([alone.assign(followed_up=word) for word in (False, True)])
    for name, table, row in (
        ("simon_makuch", both, f"{n:,} before"),
        ("waiting_curve", alone, f"{n:,} open"),
    ):
        ax = laid_out(name, table)
        labels = ax.get_xticklabels()
        assert {label.get_text().split("\n")[1] for label in labels} == {row}
        assert (ax.get_xticks()[0], ax.get_xticks()[-1]) == (0, 30)
        boxes = [label.get_window_extent() for label in labels]
        assert all(a.x1 + 2 < b.x0 for a, b in zip(boxes, boxes[1:], strict=False)), name
        if name == "simon_makuch":
            assert len(labels) == shown


def test_the_axis_of_kept_plans_is_named_within_the_picture():
    table = contrasts([0.5] * 6, 0.2, 0.8, late=[0, 1, 2, 3, 7, 14], n_event=4, n_risk=8)
    ax = laid_out("plan_kept", table)
    assert ax.get_xlabel().endswith("how many were done")
    assert inside(ax.xaxis.label, ax)


def test_a_plan_beyond_the_edge_says_how_far_it_is():
    table = pd.DataFrame({"lane": [0, 1, 2], "days_late": [45, -30, -90], "company": "Quillmoor"})
    ax = laid_out("due", table.assign(status=["due", "coming", "coming"], still_waiting=np.nan))
    assert [text.get_text() for text in ax.texts] == ["-45", "+90"]
    assert all(inside(text, ax) for text in ax.texts)


@pytest.mark.parametrize("widest", [0.002, 0.01, 0.04, 0.09, 0.11, 0.13, 0.3, 0.9])
@pytest.mark.parametrize("name", ["effect", "compare_methods", "timing_curve", "forest_of_levels"])
def test_ticks_of_differences_stand_where_their_numbers_say(name, widest):
    table = contrasts([0.3 * widest] * 3, -0.7 * widest, widest, level=0.95, day=[1, 2, 3])
    quantities = ["difference_yes", "difference_no", "difference_silent"]
    if name == "forest_of_levels":
        quantities = ["difference_yes"] * 3
        table = table.assign(group=["a", "b", "all"], n=9, n_yes=3)
    kinds = ["raw", "shrunken", "main"] if name == "forest_of_levels" else "naive"
    kinds = "by_day" if name == "timing_curve" else kinds
    ax = laid_out(name, table.assign(quantity=quantities, method="a", kind=kinds))
    axis = ax.yaxis if name == "timing_curve" else ax.xaxis
    labels = [label.get_text() for label in axis.get_ticklabels()]
    np.testing.assert_allclose([float(label) for label in labels], 100 * axis.get_ticklocs(),
                               atol=1e-9)  # fmt: skip
    assert "0" in labels
    assert len(set(labels)) == len(labels) >= 3
    if widest >= 0.09:
        assert all("." not in label for label in labels)


def test_a_method_without_an_interval_says_so_and_is_clear_of_the_line():
    table = contrasts([0.2, 0.0, np.nan], [-0.1, 0, np.nan], [0.6, 0, np.nan])
    ax = laid_out("compare_methods", table.assign(method=["a", "b", "c"], kind="naive"))
    said = {text.get_text(): text for text in ax.texts}
    assert set(said) == {"+20", "0 (too few for an interval)", "no estimate: see the notes"}
    assert all(inside(text, ax) for text in ax.texts)
    short = said["no estimate: see the notes"]
    assert short.get_bbox_patch().get_facecolor() == (1, 1, 1, 1)
    assert short.get_zorder() > max(line.get_zorder() for line in ax.lines[:1])
    assert (
        said["0 (too few for an interval)"].get_window_extent().x0
        > ax.transData.transform((0, 0))[0]
    )


def test_what_rounds_to_nothing_is_a_plain_zero():
    groups = contrasts([-0.001, 0.002], group=["a", "all"], kind=["shrunken", "main"])
    groups = groups.assign(quantity="difference_yes", n=9, n_yes=3)
    assert texts(laid_out("forest_of_levels", groups)) == {"0"}
    effects = contrasts([-0.04, 0.01], [-0.3, -0.04], [0.04, 0.3], rating=["stress", "control"])
    cases = pd.DataFrame(columns=["change", "from_writing", "rating", "process"], dtype=float)
    ax = Figure().add_subplot()
    charts.sense_of_control(effects.assign(term="after writing"), cases, ax=ax)
    ax.figure.draw_without_rendering()
    stress, control = ax.child_axes
    assert texts(stress) == {"but for the wait:\n0 (-0.3 to 0)"}
    assert texts(control) == {"but for the wait:\n0 (0 to +0.3)"}
    ticks = [label.get_text() for label in stress.get_yticklabels()]
    assert {"-1", "-0.5", "0", "+0.5", "+1"} == set(ticks)
