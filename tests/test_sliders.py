"""Sliders over a picture: what they begin at, that moving one redraws, and what is said if not."""

from __future__ import annotations

import sys

import pytest
from seven import seven_applications

import followup_analysis as fa


@pytest.fixture
def shown():
    pytest.importorskip("ipywidgets", reason="sliders need the extra 'lab'")
    return fa.sliders(
        fa.follow_up_effect, seven_applications(), by_day=(0, 14), horizon=(10, 60), draws=20
    )


def test_sliders_begin_at_what_the_analysis_takes_unless_told(shown):
    by_day, horizon = shown.children[:-1]
    assert (by_day.min, by_day.value, by_day.max) == (0, 2, 14)
    assert (horizon.min, horizon.value, horizon.max) == (10, 30, 60)
    assert by_day.description == "by day"
    assert not by_day.continuous_update


def test_moving_a_slider_draws_anew(shown):
    by_day = shown.children[0]
    before = shown.result
    by_day.value = 5
    assert "by day 5" in shown.result.alt
    assert "by day 2" in before.alt
    assert before.png != shown.result.png


def test_what_cannot_be_is_said(shown, capsys):
    by_day, horizon = shown.children[:-1]
    horizon.value, by_day.value = 10, 14
    assert shown.result is None
    said = capsys.readouterr().out + str([output["text"] for output in shown.out.outputs])
    assert "by_day lies between 0 and the horizon of 10, not 14." in said


def test_without_ipywidgets_the_remedy_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with pytest.raises(fa.FollowupError, match="pip install ipywidgets"):
        fa.sliders(fa.follow_up_effect, seven_applications(), by_day=(0, 14))
