"""The README's pictures: one command makes them, and their texts say what they show."""

from __future__ import annotations

import importlib.util
import re

import pytest


@pytest.fixture
def made(project, tmp_path):
    """Make the pictures again, for a copy of the README."""
    spec = importlib.util.spec_from_file_location("made", project / "docs" / "make_pictures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "README.md").write_bytes((project / "README.md").read_bytes())
    module.main(tmp_path)
    return tmp_path


def test_the_readme_shows_them_and_says_what_they_show(made, project):
    readme = (project / "README.md").read_text("utf-8")
    shown = re.findall(r"!\[([^]]+)\]\((docs/pictures/\w+\.png)\)", readme)
    assert len(shown) == 2
    assert all((project / path).is_file() and (made / path).is_file() for _, path in shown)
    assert "synthetic" in readme[: readme.index("![")]
    assert (made / "README.md").read_text("utf-8") == readme, (
        "the texts of the pictures are not those of today: run docs/make_pictures.py"
    )


def test_they_hold_neither_a_time_nor_a_version(made, project):
    paths = [*project.glob("docs/pictures/*.png"), *made.glob("docs/pictures/*.png")]
    assert len(paths) == 4
    for path in paths:
        png = path.read_bytes()
        assert len(png) > 10_000
        assert not [chunk for chunk in (b"tIME", b"tEXt", b"iTXt") if chunk in png]
