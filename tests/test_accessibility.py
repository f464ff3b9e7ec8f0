"""The pages, looked at by axe-core in a real Chromium: wide and narrow, by day and by night.

axe-core comes from npm: ``npm install --no-save axe-core`` in the project's folder, or the folder
that AXE_CORE names.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from seven import APPLICATIONS, seven_applications

import followup_analysis as fa

pytestmark = pytest.mark.browser

LOOKS = [(width, scheme) for width in (1280, 360) for scheme in ("light", "dark")]
OPEN = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"
FOUND = """async () => (await axe.run()).violations.map(
    (rule) => `${rule.id}: ${rule.nodes.length} times, as in ${rule.nodes[0].html.slice(0, 200)}`
)"""


@pytest.fixture(scope="module")
def axe(project):
    folder = Path(os.environ.get("AXE_CORE") or project / "node_modules" / "axe-core")
    file = folder / "axe.min.js"
    if not file.is_file():
        pytest.skip("needs axe-core (npm install --no-save axe-core)")
    return file.read_text("utf-8")


@pytest.fixture(scope="module")
def look(axe, chromium):
    """Return what axe-core finds wrong with a page, and whether it is wider than the screen."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")

    def look(path, width, scheme):
        # The page forbids scripts: the one that looks at it is let in from outside.
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
        )
        page = context.new_page()
        page.goto(path.as_uri())
        page.evaluate(OPEN)
        page.evaluate(axe)
        found = page.evaluate(FOUND)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append("the page is wider than the screen")
        context.close()
        return found

    with sync_api.sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield look
        browser.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory, project):
    """The overviews of one search and of many, and two notebooks' pages with their index."""
    pytest.importorskip("nbclient", reason="notebooks need the extra 'lab'")
    folder = tmp_path_factory.mktemp("pages")
    fa.overview(fa.load_sample()).save(folder / "search.html")
    several = APPLICATIONS.assign(person=list("xxyyzzz"))
    fa.overview(seven_applications(applications=several), by="person").save(folder / "many.html")
    (folder / "notebooks").mkdir()
    for name in ("00_start_here.ipynb", "02_does_it_help.ipynb"):
        shutil.copy(project / "notebooks" / name, folder / "notebooks")
    script = project / "notebooks" / "_report" / "render.py"
    command = [sys.executable, script, folder / "notebooks", folder]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": str(project)}, check=True)
    return sorted(folder.glob("*.html"))


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_no_page_keeps_anybody_out(pages, look, width, scheme):
    assert [page.name for page in pages] == [
        "00_start_here.html", "02_does_it_help.html", "index.html", "many.html", "search.html"
    ]  # fmt: skip
    found = {page.name: look(page, width, scheme) for page in pages}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_it_would_find_what_is_wrong(look, tmp_path):
    page = tmp_path / "wrong.html"
    page.write_text('<html><p style="color:#ccc">pale</p><img src="data:,"></html>', "utf-8")
    found = " ".join(look(page, 1280, "light"))
    assert "color-contrast" in found
    assert "image-alt" in found
    assert "html-has-lang" in found
