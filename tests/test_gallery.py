"""The gallery: every chart of the package is in it, and what it shows is drawn as it is told."""

from __future__ import annotations

import importlib.util
import re

import pytest

from followup_analysis import charts

# Not charts; and the coins' chart looks as that of the effect does.
NO_CHARTS = {"COLOURS", "FEW", "Picture", "figure", "picture", "randomised_effect"}


@pytest.fixture(scope="module")
def gallery(project):
    spec = importlib.util.spec_from_file_location("gallery", project / "docs" / "make_gallery.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_chart_is_in_the_gallery(gallery):
    assert set(charts.__all__) - NO_CHARTS - set(gallery.CHARTS) == set()


def test_the_page_shows_each_with_its_text_and_the_line_that_draws_it(gallery, project):
    page = (project / "docs" / "gallery.md").read_text("utf-8")
    shown = re.findall(r"^!\[([^]]{60,})\]\(gallery/(\w+)\.png\)$", page, flags=re.MULTILINE)
    assert [name for _, name in shown] == list(gallery.CHARTS)
    for name, (heading, code) in gallery.CHARTS.items():
        assert f"## {heading}\n" in page
        assert f"`{code}.plot()`" in page
        assert (project / "docs" / "gallery" / f"{name}.png").stat().st_size > 3_000


def test_one_command_makes_it(gallery, tmp_path, monkeypatch):
    chosen = {name: gallery.CHARTS[name] for name in ("activity", "timeline")}
    monkeypatch.setattr(gallery, "CHARTS", chosen)
    gallery.main(tmp_path)
    assert (tmp_path / "docs" / "gallery.md").read_text("utf-8").count("![") == 2
    png = (tmp_path / "docs" / "gallery" / "activity.png").read_bytes()
    assert png.startswith(b"\x89PNG")
    assert b"tIME" not in png
