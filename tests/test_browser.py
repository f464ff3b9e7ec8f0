"""A real JupyterLab in a real Chromium: every notebook is opened, run and looked at."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TOKEN = "a-token-for-the-test"
FLAGS = (
    "--no-sandbox --disable-dev-shm-usage --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()
NOTEBOOK_SETTINGS = {"windowingMode": "none"}  # every cell is in the page, seen or not
READY = """() => {
    const widget = window.jupyterapp?.shell.currentWidget;
    return widget?.sessionContext?.session?.kernel?.status === "idle";
}"""
PROMPTS = """() => [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")].map(
    (prompt) => prompt.innerText
)"""
DONE = f"""() => {{
    const prompts = ({PROMPTS})().join(" ");
    return /\\d/.test(prompts) && !prompts.includes("*");
}}"""
OUTPUTS = """() => [...document.querySelectorAll(".jp-OutputArea-output")].map(
    (output) => output.dataset.mimeType
)"""
IMAGES = """async () => Promise.all(
    [...document.querySelectorAll(".jp-OutputArea-output img")].map(async (image) => {
        await image.decode();
        return {alt: image.alt, width: image.getBoundingClientRect().width};
    })
)"""


REDRAWN = """(before) => {
    const image = document.querySelector(".widget-interact img");
    return image && image.complete && image.src !== before;
}"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start a JupyterLab that knows nothing of its user's settings; return its address."""
    pytest.importorskip("jupyterlab", reason="JupyterLab needs the extra 'lab'")
    folder = tmp_path_factory.mktemp("lab")
    port = free_port()
    with (folder / "log.txt").open("w") as log:
        server = subprocess.Popen(
            command(folder, port), cwd=folder, env=environment(folder), stdout=log, stderr=log
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(address, server, folder / "log.txt")
            yield address
        finally:
            server.terminate()
            server.wait(30)


@pytest.fixture(scope="module")
def browser(chromium):
    """Start Chromium, without a window."""
    reason = "the browser's tests need playwright"
    sync_api = pytest.importorskip("playwright.sync_api", reason=reason)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_run_all_cells(lab, browser, path, tmp_path):
    page = run_by_the_menu(browser, lab, path)
    kinds, prompts = page.evaluate(OUTPUTS), page.evaluate(PROMPTS)
    images = page.evaluate(IMAGES)
    picture(page, tmp_path / f"{path.stem}.png")

    # What a widget shows has no kind.
    assert [kind for kind in kinds if kind and ("stderr" in kind or "error" in kind)] == []
    assert prompts == [f"[{n}]:" for n in range(1, len(prompts) + 1)]
    assert len(images) >= 3
    assert all(image["width"] > 200 for image in images)
    assert all(len(image["alt"]) > 40 for image in images)
    assert page.locator("dialog, .jp-Dialog, .Toastify__toast").count() == 0
    page.close()


def test_a_moved_slider_draws_anew(lab, browser, project, tmp_path):
    path = project / "notebooks" / "02_does_it_help.ipynb"
    page = run_by_the_menu(browser, lab, path)
    shown = page.locator(".jp-OutputArea-output .widget-interact")
    picture_of = shown.locator("img")
    picture_of.wait_for()
    before = picture_of.get_attribute("src")
    assert shown.locator(".widget-readout").all_inner_texts() == ["2", "30"]
    shown.locator(".noUi-handle").first.click()
    page.keyboard.press("ArrowLeft")
    began = time.monotonic()
    page.wait_for_function(REDRAWN, arg=before)
    print(f"drawn anew after {time.monotonic() - began:.2f} s")
    assert shown.locator(".widget-readout").all_inner_texts() == ["1", "30"]
    assert "by day 1," in picture_of.get_attribute("alt")
    shown.scroll_into_view_if_needed()
    page.screenshot(path=tmp_path / "slider.png")
    page.close()


def run_by_the_menu(browser, lab, path):
    """Open a notebook and run all of it, as its reader would."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(120_000)
    workspace = path.stem.replace("_", "-")
    page.goto(f"{lab}/lab/workspaces/{workspace}/tree/{path.name}?token={TOKEN}&reset")
    page.wait_for_selector("#jupyterlab-splash", state="detached")
    page.wait_for_function(READY)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(DONE)
    return page


def command(folder, port):
    words = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}"]
    words += [
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={ROOT / 'notebooks'}",
        f"--IdentityProvider.token={TOKEN}",
        f"--LabApp.user_settings_dir={folder / 'settings'}",
        f"--LabApp.workspaces_dir={folder / 'workspaces'}",
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        "--KernelManager.transport_encryption=auto",
    ]
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return words + ["--allow-root"] * root


def environment(folder):
    """Return the environment, with folders of the test's own; settings are written into one."""
    settings = {
        "notebook-extension/tracker": NOTEBOOK_SETTINGS,
        "docmanager-extension/plugin": {"autosave": False},
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    }
    for name, values in settings.items():
        file = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values), "utf-8")
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    own = {name: str(folder / name.lower()) for name in folders}
    return os.environ | own | {"PYTHONPATH": str(ROOT), "JUPYTER_PREFER_ENV_PATH": "1"}


def wait_for(address, server, log, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{address}/api?token={TOKEN}", timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def picture(page, path):
    """Keep what was seen, from the first cell to the last, in the folder of the test."""
    panel = page.locator(".jp-WindowedPanel-outer")
    height = int(panel.evaluate("panel => panel.scrollHeight"))
    page.set_viewport_size({"width": 1280, "height": min(height + 150, 12_000)})
    panel.evaluate("panel => panel.scrollTo(0, 0)")
    page.screenshot(path=path)
