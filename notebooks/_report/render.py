"""Executes the notebooks and writes each as one page that reads without a network.

The convention owned here: nothing is written beside the notebooks. They are executed in memory,
in their own folder, so that a file named in one is found as in JupyterLab.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import jinja2
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbconvert.filters import markdown2html
from traitlets.config import Config

import followup_analysis as fa

AT_ONCE = 2  # notebooks executed side by side
LONGEST = 300  # seconds of one cell: now and then a kernel loses a message, and would wait for ever
MIME_TYPES = ("text/html", "image/svg+xml", "image/png", "text/markdown", "text/plain")
# What is asked of somebody who writes Python, as whoever starts run.py can answer it.
ANSWERS = {"dayfirst=True": "--day-first", "dayfirst=False": "--month-first"}
# ipykernel warns of unencrypted sockets unless told that "auto" is wanted.
CONFIG = Config(KernelManager={"transport_encryption": "auto"})


@dataclass
class Page:
    """One notebook on its way to a page."""

    source: Path
    notebook: nbformat.NotebookNode
    trouble: str = ""  # the sentence that says why the page is not whole
    remark: str = ""  # the sentence that says what the notebook warned of

    @property
    def file(self) -> str:
        """Name of the page."""
        return f"{self.source.stem}.html"

    @property
    def title(self) -> str:
        """First heading of the notebook, or its name."""
        return next(_markdown(self.notebook, r"^#\s+(.+)$"), self.source.stem)

    @property
    def lead(self) -> str:
        """First paragraph after the heading, as HTML."""
        text = next(_markdown(self.notebook, r"^(?![#\s<>|-])((?:.+\n?)+)"), "")
        return _prose(text)


def main(notebooks: Path, reports: Path) -> int:
    """Write a page per notebook and an index; return 1 if a notebook stopped, 2 for no log."""
    sys.stdout.reconfigure(errors="replace")  # a console that lacks a letter of the log's name
    paths = sorted(notebooks.glob("[0-9][0-9]_*.ipynb"))
    reports.mkdir(parents=True, exist_ok=True)
    pages = [Page(path, nbformat.read(path, as_version=4)) for path in paths]
    for name in ["index.html", *(page.file for page in pages)]:
        (reports / name).unlink(missing_ok=True)  # that of an earlier log is not of this one
    log = os.environ.get("FOLLOWUP_LOG")
    if log and not _can_be_read(log):
        return 2
    print(f"Running {len(pages)} notebooks" + (f" on {log}" if log else ""), flush=True)
    # Jupyter's sockets want this kind of loop, which is not the usual one on Windows.
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(_execute_all(pages, reports))
    _write(reports / "index.html", "index.html", pages=pages, log=Path(log).name if log else None)
    print(f"Open in a browser: {reports / 'index.html'}")
    return 1 if any(page.trouble for page in pages) else 0


def _can_be_read(log: str) -> bool:
    """Say what the log is, or why no page needs to be tried."""
    dayfirst = {"yes": True, "no": False}.get(os.environ.get("FOLLOWUP_DAYFIRST", ""))
    try:
        print(fa.read_log(log, dayfirst=dayfirst), flush=True)
    except fa.FollowupError as error:
        message = str(error)
        for python, option in ANSWERS.items():
            message = message.replace(python, option)
        if message != str(error):
            message += f" As in: run.py report {Path(log).name} --day-first"
        print(f"{message}\nNo page was written.", file=sys.stderr)
        return False
    return True


async def _execute_all(pages: list[Page], reports: Path) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(page: Page) -> None:
        async with gate:
            began = time.monotonic()
            await _execute(page)
            _write(reports / page.file, "page.html", page=page, **_neighbours(page, pages))
            print(f"  {page.file} ({time.monotonic() - began:.0f} s)", flush=True)
            for sentence in filter(None, (page.remark, page.trouble)):
                print(f"    {sentence}", file=sys.stderr, flush=True)

    await asyncio.gather(*(one(page) for page in pages))


def _client(page: Page) -> NotebookClient:
    return NotebookClient(
        page.notebook,
        timeout=LONGEST,
        kernel_name="python3",
        resources={"metadata": {"path": str(page.source.parent)}},
        config=CONFIG,
    )


async def _execute(page: Page) -> None:
    name = page.source.name
    try:
        try:
            await _client(page).async_execute()
        except (CellTimeoutError, RuntimeError):
            # A kernel may lose a message, or another program have taken its port as it started.
            await _client(page).async_execute()
    except CellExecutionError as error:
        number = next(n for n, output in _outputs(page.notebook) if output.output_type == "error")
        page.trouble = f"{name} stopped at code cell {number}: {_said(error.ename, error.evalue)}"
    except Exception as error:  # a kernel that died or did not start: the other pages go on
        page.trouble = f"{name} could not be run: {_said(type(error).__name__, str(error))}"
    for number, output in _outputs(page.notebook):
        if output.get("name") == "stderr":
            # Python says "file:line: kind: message", then repeats the line of code.
            first = re.sub(r"^.*?:\d+: ", "", output.text.strip().partition("\n")[0])
            page.remark = page.remark or f"{name} warned in code cell {number}: {first}"


def _said(kind: str, message: str) -> str:
    return f"{kind}: {message.strip()}" if message.strip() else kind


def _outputs(notebook: nbformat.NotebookNode) -> Iterator[tuple[int, nbformat.NotebookNode]]:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, start=1):
        for output in cell.outputs:
            yield number, output


def _markdown(notebook: nbformat.NotebookNode, pattern: str) -> Iterator[str]:
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield from re.findall(pattern, cell.source, flags=re.MULTILINE)


def _neighbours(page: Page, pages: list[Page]) -> dict[str, Page | None]:
    at = pages.index(page)
    return {
        "before": pages[at - 1] if at else None,
        "after": pages[at + 1] if at + 1 < len(pages) else None,
    }


def _write(path: Path, template: str, **values: object) -> None:
    folder = Path(__file__).parent
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(folder), autoescape=True)
    environment.filters.update(prose=_prose, shown=_shown, accessible=_accessible)
    style = files("followup_analysis").joinpath("page.css").read_text(encoding="utf-8")
    html = environment.get_template(template).render(style=style, **values)
    path.write_text(html, encoding="utf-8")


def _prose(markdown: str) -> str:
    """Turn Markdown into HTML; links from notebook to notebook lead from page to page."""
    html = markdown2html(markdown)
    html = re.sub(r'<a class="anchor-link".*?</a>', "", html)
    html = re.sub(r'href="(?:\./)?(\d\d_\w+)\.ipynb', r'href="\1.html', html)
    return _accessible(html)


def _accessible(html: str) -> str:
    """Let keys scroll what is wider than the page; a corner without words heads nothing."""
    html = re.sub(r"<th\b[^>]*>(?:\s|&nbsp;)*</th>", "<td></td>", html)
    return html.replace("<pre>", '<pre tabindex="0">')


def _shown(output: nbformat.NotebookNode) -> tuple[str, str]:
    """Return the MIME type that the page shows of an output and its text; widgets have none."""
    if output.output_type == "stream":
        return ("text/plain", output.text) if output.name == "stdout" else ("", "")
    data = output.get("data", {})
    if any("widget" in kind for kind in data):
        return "", ""
    kind = next((kind for kind in MIME_TYPES if kind in data), "")
    return kind, data.get(kind, "")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
