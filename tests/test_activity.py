"""The search as a calendar: each day's counts, by hand, and the squares that show them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from seven import APPLICATIONS, EVENTS, seven_applications

import followup_analysis as fa


@pytest.fixture
def result():
    return fa.activity(seven_applications())


def test_every_day_is_counted_and_quiet_days_too(result):
    days = result.table.set_index("date")
    assert len(days) == 40  # 20 February to 31 March
    assert days.loc["2026-02-20", ["applications", "n"]].tolist() == [6, 6]
    # On 4 March B was answered and written to, on the 2nd A and B were interviewed.
    assert days.loc["2026-03-04", ["interviews", "follow_ups", "answers"]].tolist() == [0, 1, 1]
    assert days.loc["2026-03-02", ["interviews", "follow_ups", "answers"]].tolist() == [2, 0, 0]
    assert days.loc["2026-02-21", "n"] == 0
    # "Ghosted" on 25 March is no answer, and what is planned for April has not happened.
    assert days.loc["2026-03-25", "n"] == 0
    assert days["follow_ups"].sum() == 4
    assert days["week"].iloc[[0, 2, 3, -1]].tolist() == [0, 0, 1, 6]
    assert days["weekday"].iloc[:3].tolist() == [4, 5, 6]


def test_the_sentence_counts_and_names_the_longest_pause(result):
    assert result.sentence == (
        "2026-02-20 to 2026-03-31: 7 applications, 7 interviews, 4 follow-ups, 5 answers, "
        "on 14 days of 40; the longest pause was 8 days."
    )
    assert result.notes[0] == "1 entry without a day: in no square."


def test_the_squares_are_the_counts_and_dots_the_interviews(result):
    ax = Figure().add_subplot()
    assert result.plot(ax) is ax
    mesh, dots = ax.collections
    drawn = np.ma.asarray(mesh.get_array()).reshape(7, 7)
    assert drawn.sum() == result.table["n"].sum() == 23
    assert drawn[4, 0] == 6  # Friday of the first week
    assert drawn.mask[0, 0]  # the Monday before the search
    at = {tuple(xy) for xy in np.floor(dots.get_offsets()).astype(int).tolist()}
    held = result.table[result.table["interviews"] > 0]
    assert at == set(zip(held["week"], held["weekday"], strict=True))


def test_a_search_of_years_goes_on_below_and_an_ancient_date_does_not_stretch_it():
    applications = APPLICATIONS.assign(applied_on=["2024-01-08"] * 6 + ["1990-01-01"])
    result = fa.activity(seven_applications(applications=applications))
    ax = Figure().add_subplot()
    result.plot(ax)
    assert len(result.table) == 13_239
    assert np.asarray(ax.collections[0].get_array()).size == 53 * 37
    assert ax.get_xlabel().endswith("the last 212 weeks")


@pytest.mark.parametrize(
    "log",
    [
        fa.JobSearchLog(APPLICATIONS.iloc[:0], EVENTS.iloc[:0]),
        seven_applications(
            applications=APPLICATIONS.assign(applied_on=pd.NaT), events=EVENTS.assign(date=pd.NaT)
        ),
    ],
    ids=["empty", "undated"],
)
def test_without_a_day_there_is_nothing_to_draw(log):
    result = fa.activity(log)
    assert result.sentence == "Nothing in the log has a day."
    assert "nothing to draw" in result.plot(Figure().add_subplot()).texts[0].get_text()


def test_one_day_is_a_search():
    log = fa.JobSearchLog(APPLICATIONS.iloc[:1], EVENTS.iloc[:0], as_of="2026-02-20")
    assert fa.activity(log).sentence == (
        "2026-02-20 to 2026-02-20: 1 application, 0 interviews, 0 follow-ups, 0 answers, "
        "on 1 day of 1."
    )
    fa.activity(log).plot(Figure().add_subplot())
