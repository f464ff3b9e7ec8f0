"""The documentation: built without a warning, read without a network, and its code is true."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

import followup_analysis as fa

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted(DOCS.glob("*.md"))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("furo", reason="the site needs Sphinx, myst-parser and furo")
    pytest.importorskip("myst_parser")
    folder = tmp_path_factory.mktemp("site")
    # As CONTRIBUTING.md has it, but for where it goes.
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-n", "-E", "-d", folder / "cache"]
    done = subprocess.run(
        [*command, DOCS, folder / "html"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "html"


def test_every_page_is_built_and_reached_from_the_first(site):
    first = (site / "index.html").read_text("utf-8")
    assert "data-theme" in first
    for page in PAGES:
        assert (site / f"{page.stem}.html").is_file()
        assert page.stem == "index" or f'href="{page.stem}.html"' in first


def test_the_site_needs_no_network(site):
    fetched = r"""(?:src=|@import |url\(|<link[^>]+href=)["']?(?:https?:)?//"""
    files = [*site.glob("*.html"), *site.rglob("*.css")]
    assert len(files) > len(PAGES)
    assert [file.name for file in files if re.search(fetched, file.read_text("utf-8"))] == []


def test_every_public_name_is_explained(site):
    page = (site / "api.html").read_text("utf-8")
    assert [name for name in fa.__all__ if f'id="followup_analysis.{name}"' not in page] == []


def test_the_first_notebook_leads_to_all_others(project):
    first, *others = sorted((project / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    source = first.read_text("utf-8")
    assert [path.name for path in others if f"]({path.name})" not in source] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_code_of_the_pages_is_true(page):
    if page.stem == "many_logs":
        pytest.importorskip("duckdb")
    text = page.read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert all(block.startswith(">>> ") for block in blocks)
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    failed, tried = doctest.testfile(
        str(page), module_relative=False, optionflags=flags, encoding="utf-8"
    )
    assert failed == 0
    assert (tried > 0) == bool(blocks)
