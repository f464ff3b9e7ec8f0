"""The launcher: every failure is a sentence with a remedy, and what is interrupted is mended."""

from __future__ import annotations

import ast
import asyncio
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

LOCK = "anyio==4 \\\n    --hash=sha256:00\n"


@pytest.fixture
def run(project, tmp_path, monkeypatch):
    """Load run.py as if it stood in an empty folder, with an installer that installs nothing."""
    spec = importlib.util.spec_from_file_location("run", project / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", str(tmp_path))
    (tmp_path / "requirements.lock").write_text(LOCK)
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    module.installed, module.started = [], []

    def make_environment():
        python = Path(module.python())
        python.parent.mkdir(parents=True)
        python.touch()

    def hand_over(arguments, environment=None):
        module.started.append((arguments, environment))
        return 0

    monkeypatch.setattr(module, "make_environment", make_environment)
    monkeypatch.setattr(module, "install", lambda words, total=0: module.installed.append(words))
    monkeypatch.setattr(module, "hand_over", hand_over)
    return module


def test_parses_on_python_3_6(project):
    ast.parse((project / "run.py").read_text(encoding="ascii"), feature_version=(3, 6))


@pytest.mark.parametrize(
    ("found", "remedy"),
    [
        ({"python3.12"}, "You have a newer one: python3.12 run.py"),
        (set(), "Install Python 3.13"),
    ],
)
def test_old_python(run, found, remedy):
    with pytest.raises(run.Stop, match="This is Python 3.8, which is too old: 3.11 or newer") as e:
        run.check_python((3, 8, 18), which=lambda name: name if name in found else None)
    assert remedy in str(e.value)
    assert run.check_python((3, 11, 0)) is None


def test_old_python_ends_the_run_before_anything_else(run, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))
    assert run.main(["lab"]) == 2
    assert "This is Python 3.10" in capsys.readouterr().err
    assert run.installed == run.started == []


def test_a_folder_that_write_log_made_is_a_log(run, tmp_path):
    (tmp_path / "applications.csv").touch()
    assert run.find_log(str(tmp_path)) == str(tmp_path)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("my_serch.csv", "Did you mean my_search.csv?"),
        ("quite_else.txt", "Check its name and where it is saved."),
        (".", "is a folder. Name the file in it"),
        ("nowhere/my_search.csv", "There is no folder"),
    ],
)
@pytest.mark.parametrize("command", ["lab", "report"])
def test_missing_log_is_said_before_installing(
    run, tmp_path, monkeypatch, capsys, command, name, sentence
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_search.csv").touch()
    assert run.main([command, name]) == 2
    assert sentence in capsys.readouterr().err
    assert run.installed == run.started == []


def test_two_logs(run, capsys):
    assert run.main(["report", "my", "search.csv"]) == 2
    assert "A name with spaces needs quotes" in capsys.readouterr().err


def test_the_log_reaches_the_notebooks_with_its_whole_path(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my search.csv").touch()
    assert run.main(["report", "my search.csv"]) == 0
    assert run.main(["report"]) == 0
    environments = [environment for _, environment in run.started]
    assert environments == [{"FOLLOWUP_LOG": str(tmp_path / "my search.csv")}, {}]


@pytest.mark.parametrize(("option", "told"), [("--day-first", "yes"), ("--month-first", "no")])
def test_how_the_dates_are_written_reaches_the_notebooks(run, tmp_path, option, told):
    log = tmp_path / "my.csv"
    log.touch()
    for words in (["report", str(log), option], ["lab", option, str(log), "--no-browser"]):
        assert run.main(words) == 0
        arguments, environment = run.started.pop()
        assert environment == {"FOLLOWUP_LOG": str(log), "FOLLOWUP_DAYFIRST": told}
        assert option not in arguments


def test_a_number_after_an_option_of_jupyterlab_is_no_log(run, tmp_path):
    log = tmp_path / "my.csv"
    log.touch()
    assert run.main(["lab", str(log), "--port", "8941"]) == 0
    arguments, environment = run.started.pop()
    assert arguments[-2:] == ["--port", "8941"]
    assert environment == {"FOLLOWUP_LOG": str(log)}


def test_dates_are_written_in_one_way(run, capsys):
    assert run.main(["report", "--day-first", "--month-first"]) == 2
    assert "say one of --day-first, --month-first" in capsys.readouterr().err
    assert run.main(["report", "--dayfirst"]) == 2
    assert "report [LOG] [--day-first or --month-first]" in capsys.readouterr().err
    assert run.started == []


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        ("reprot", "Did you mean 'report'?"),
        ("xyz", "python3 run.py lab [LOG]"),
        ("my_search.csv", "To read a log, say what to do with it: "),
    ],
)
def test_unknown_command(run, tmp_path, monkeypatch, capsys, command, hint):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run, "USAGE", run.USAGE.replace(run.ME, "python3 run.py"))
    (tmp_path / "my_search.csv").touch()
    assert run.main([command]) == 2
    said = capsys.readouterr().err
    assert f"There is no command '{command}'." in said
    assert hint in said


def test_unknown_option_of_report(run, capsys):
    assert run.main(["report", "--open"]) == 2
    assert "report has no option --open" in capsys.readouterr().err


def test_without_words_the_usage(run, capsys):
    assert run.main([]) == 0
    assert capsys.readouterr().out.strip() == run.USAGE


def test_second_run_starts_at_once(run):
    assert run.main(["test", "-k", "tally"]) == 0
    lock, package = run.installed
    assert "--require-hashes" in lock
    assert package[:2] == ["--no-deps", "--no-build-isolation"]
    assert run.main(["test"]) == 0
    assert len(run.installed) == 2
    assert [words for words, _ in run.started] == [
        ["-m", "pytest", "-k", "tally"],
        ["-m", "pytest", "-n", "auto"],
    ]


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_a_changed_project_is_installed_anew(run, tmp_path, name):
    run.main(["test"])
    with open(tmp_path / name, "a") as file:
        file.write("# changed\n")
    run.main(["test"])
    assert len(run.installed) == 4


def test_another_python_is_installed_anew(run, monkeypatch):
    run.main(["test"])
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))
    run.main(["test"])
    assert len(run.installed) == 4


def test_an_interrupted_install_is_mended_by_the_next_run(run, tmp_path, monkeypatch, capsys):
    def interrupt(words, total=0):
        raise KeyboardInterrupt

    complete = run.install
    monkeypatch.setattr(run, "install", interrupt)
    assert run.main(["test"]) == 130
    assert "Run the same command again" in capsys.readouterr().err
    half = tmp_path / ".venv" / "half-written"
    half.touch()
    assert not run.is_ready()

    monkeypatch.setattr(run, "install", complete)
    assert run.main(["test"]) == 0
    assert run.is_ready()
    assert not half.exists()


def test_the_environment_of_somebody_else_is_kept(run, tmp_path, capsys):
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "theirs").touch()
    assert run.main(["test"]) == 0
    assert (tmp_path / ".venv-old-1" / "theirs").exists()
    assert "is kept as .venv-old-1" in capsys.readouterr().out


def test_lab_is_local_quiet_and_keeps_its_token(run, tmp_path, monkeypatch):
    monkeypatch.setattr(run.os, "geteuid", lambda: 0, raising=False)
    assert run.main(["lab", "--no-browser"]) == 0
    [(words, _)] = run.started
    assert words[:2] == ["-m", "jupyterlab"]
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in words
    assert "--ServerApp.ip=127.0.0.1" in words
    assert "--allow-root" in words
    assert words[-1] == "--no-browser"
    assert not any("token" in word or "password" in word for word in words)
    settings = tmp_path / ".venv" / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    news = json.loads(settings.read_text())["@jupyterlab/apputils-extension:notification"]
    assert (news["fetchNews"], news["checkForUpdates"]) == ("false", False)


# --- installing -----------------------------------------------------------------------------------


@pytest.fixture
def real(project):
    """Load run.py with its own installer."""
    spec = importlib.util.spec_from_file_location("run", project / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("<HTTPSConnection>: Failed to establish a new connection: [Errno 111]", "set HTTPS_PROXY"),
        ("ERROR: No matching distribution found for numpy==2", "Python 3.13, 3.12, 3.11 are known"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", "was not installed"),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("ERROR: a thing nobody foresaw", "a thing nobody foresaw\n\nInstalling stopped here"),
    ],
)
def test_what_stops_pip_gets_a_remedy(real, tmp_path, monkeypatch, said, remedy):
    pip = f"print('Collecting numpy'); print({said!r}); raise SystemExit(1)"
    monkeypatch.setattr(real, "ROOT", str(tmp_path))
    monkeypatch.setattr(real, "pip", lambda: [sys.executable, "-c", pip])
    (tmp_path / ".venv").mkdir()
    with pytest.raises(real.Stop) as stopped:
        real.install([])
    assert remedy in str(stopped.value)
    assert said in (tmp_path / ".venv" / "install.log").read_text()


def test_without_ensurepip(real, tmp_path, monkeypatch):
    monkeypatch.setattr(real, "ROOT", str(tmp_path))
    monkeypatch.setattr(real, "has", lambda module: module == "venv")
    with pytest.raises(real.Stop, match="apt install python3-venv"):
        real.make_environment()


def test_without_ensurepip_the_pip_of_python_is_used(real, monkeypatch):
    monkeypatch.setattr(real, "has", lambda module: module in ("venv", "pip"))
    assert real.pip() == [sys.executable, "-m", "pip", "--python", real.python()]


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot replace a program")
def test_a_program_gets_the_log_and_one_thread_unless_told(real, tmp_path, monkeypatch):
    started = []

    def replace_this_program(_, __, environment):
        started.append(environment)
        raise SystemExit

    monkeypatch.setattr(real, "ROOT", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "execve", replace_this_program)
    for threads in (None, "4"):
        monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
        if threads:
            monkeypatch.setenv("OPENBLAS_NUM_THREADS", threads)
        with pytest.raises(SystemExit):
            real.hand_over(["-m", "this"], {"FOLLOWUP_LOG": "my.csv"})
    assert [each["OPENBLAS_NUM_THREADS"] for each in started] == ["1", "4"]
    assert [each["FOLLOWUP_LOG"] for each in started] == ["my.csv", "my.csv"]


def test_progress_counts_each_package_once(real, capsys):
    progress = real.Progress(total=25)
    for number in range(24):
        progress.see(f"Collecting p{number}==1 (from -r requirements.lock (line 1))\n")
        progress.see(f"  Downloading p{number}-1-py3-none-any.whl.metadata (7.7 kB)\n")
        progress.see(f"  Downloading p{number}-1-py3-none-any.whl (1.2 MB)\n")
    assert capsys.readouterr().out == ""
    progress.see("Ignoring colorama: markers 'x' don't match your environment\n")
    progress.see("Installing collected packages: p0\n")
    first, last = capsys.readouterr().out.splitlines()
    assert first.strip() == "25 of 25: colorama"
    assert last.strip() == "All there; unpacking them"


# --- reports --------------------------------------------------------------------------------------

PICTURE = """\
from IPython.display import display
pixel = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5C"
    "YII="
)
html = f'<figure><img alt="One dot" src="data:image/png;base64,{pixel}"></figure>'
display({"image/png": pixel, "text/plain": "dot", "text/html": html}, raw=True)"""


def rendered(project, folder, **environment):
    """Start what writes the pages."""
    script = project / "notebooks" / "_report" / "render.py"
    return subprocess.run(
        [sys.executable, script, folder / "notebooks", folder / "reports"],
        env={**os.environ, "PYTHONPATH": str(project), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def reported(tmp_path_factory, project):
    """Two small notebooks, the second of which fails, as pages."""
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("nbclient")
    new = nbformat.v4
    folder = tmp_path_factory.mktemp("reported")
    whole = [
        new.new_markdown_cell("# First\n\nWhat is *in* it. [On](01_second.ipynb)."),
        new.new_code_cell("import os\nLOG = os.environ['FOLLOWUP_LOG']\nprint('<read>', LOG)"),
        new.new_code_cell(PICTURE),
    ]
    broken = [
        new.new_markdown_cell("# Second"),
        new.new_code_cell("import warnings\nwarnings.warn('careful')"),
        new.new_code_cell("raise ValueError('no <column>')"),
        new.new_code_cell("print('never', 'reached')"),
    ]
    (folder / "notebooks").mkdir()
    for name, cells in [("00_first", whole), ("01_second", broken)]:
        notebook = new.new_notebook(cells=cells)
        nbformat.write(notebook, folder / "notebooks" / f"{name}.ipynb")
    before = {path: path.read_bytes() for path in (folder / "notebooks").iterdir()}
    (folder / "reports").mkdir()
    (folder / "reports" / "01_second.html").write_text("of an earlier log")
    (folder / "my.csv").write_text("Company,Applied\nAcme,2026-01-05\n")
    done = rendered(project, folder, FOLLOWUP_LOG=str(folder / "my.csv"))
    after = {path: path.read_bytes() for path in (folder / "notebooks").iterdir()}
    pages = {path.name: path.read_text("utf-8") for path in (folder / "reports").iterdir()}
    return done, pages, before == after


def test_a_page_shows_prose_outputs_and_pictures_with_their_text(reported):
    _, pages, _ = reported
    page = pages["00_first.html"]
    assert "<title>First</title>" in page
    assert '<a href="01_second.html">On</a>' in page
    assert "&lt;read&gt;" in page
    assert '<img alt="One dot" src="data:image/png;base64,' in page
    assert "<details><summary>The code</summary>" in page


def test_pages_need_no_network_and_run_nothing(reported):
    _, pages, _ = reported
    assert set(pages) == {"index.html", "00_first.html", "01_second.html"}
    for page in pages.values():
        assert "<script" not in page
        assert "://" not in page
        assert "default-src 'none'" in page


def test_a_failing_notebook_is_named_and_the_others_are_written(reported):
    done, pages, _ = reported
    assert done.returncode == 1
    said = done.stderr.splitlines()
    assert "    01_second.ipynb warned in code cell 1: UserWarning: careful" in said
    assert "    01_second.ipynb stopped at code cell 2: ValueError: no <column>" in said
    assert "Traceback" not in done.stderr
    for name in ("index.html", "01_second.html"):
        assert "stopped at code cell 2: ValueError: no &lt;column&gt;" in pages[name]
    assert "of an earlier log" not in pages["01_second.html"]
    assert "never reached" not in pages["01_second.html"]


def test_a_kernel_that_dies_as_it_starts_is_started_again(project, tmp_path):
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("nbclient")
    (tmp_path / "notebooks").mkdir()
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print(6 * 7)")])
    nbformat.write(notebook, tmp_path / "notebooks" / "00_only.ipynb")
    kernel = tmp_path / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    starts = (
        f"import sys; f = open({str(tmp_path / 'starts')!r}, 'a'); f.write('x'); f.close(); "
        f"len(open(f.name).read()) == 1 and sys.exit(1); "
        "from ipykernel.kernelapp import launch_new_instance as go; go()"
    )
    argv = [sys.executable, "-c", starts, "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Python 3", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec), "utf-8")
    done = rendered(project, tmp_path, JUPYTER_PATH=str(tmp_path / "jupyter"))
    assert (done.returncode, (tmp_path / "starts").read_text()) == (0, "xx")
    assert ">42<" in (tmp_path / "reports" / "00_only.html").read_text("utf-8")


def test_a_log_that_asks_is_told_of_once_in_the_words_of_run_py(project, tmp_path):
    pytest.importorskip("nbclient")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "index.html").write_text("of an earlier log")
    log = tmp_path / "my.csv"
    log.write_text("Company,Applied\nAcme,3/4/2026\nBolt,5/6/2026\n")
    asked = rendered(project, tmp_path, FOLLOWUP_LOG=str(log))
    assert asked.returncode == 2
    assert asked.stderr == (
        "The dates in this column can be read both ways: my.csv: 'Applied'. '3/4/2026' is "
        "2026-04-03 or 2026-03-04; '5/6/2026' is 2026-06-05 or 2026-05-06. Say which: --day-first "
        "if the day stands first, --month-first if the month does. As in: run.py report my.csv "
        "--day-first\nNo page was written.\n"
    )
    assert list((tmp_path / "reports").iterdir()) == []
    for order, as_of in (("yes", "2026-06-05"), ("no", "2026-05-06")):
        told = rendered(project, tmp_path, FOLLOWUP_LOG=str(log), FOLLOWUP_DAYFIRST=order)
        assert told.returncode == 0
        assert f"2 applications, 0 interviews, 0 follow-ups; 0 yes, 0 no, 0 open as of {as_of}" in (
            told.stdout
        )


def test_the_index_leads_to_every_page_and_names_the_log(reported):
    _, pages, _ = reported
    assert '<a href="00_first.html">First</a>' in pages["index.html"]
    assert "What is <em>in</em> it." in pages["index.html"]
    assert "From my.csv." in pages["index.html"]


def test_the_notebooks_are_left_as_they_were(reported):
    assert reported[2]


def test_a_kernel_that_goes_silent_is_asked_once_more(project, tmp_path, monkeypatch):
    nbformat = pytest.importorskip("nbformat")
    monkeypatch.syspath_prepend(str(project / "notebooks" / "_report"))
    render = pytest.importorskip("render")
    monkeypatch.setattr(render, "LONGEST", 3)
    code = (
        "import pathlib, time\nseen = pathlib.Path('seen')\nwas_there = seen.exists()\n"
        "seen.touch()\ntime.sleep(0 if was_there else 60)\nprint('answered')"
    )
    cell = nbformat.v4.new_code_cell(code)
    notebook = nbformat.v4.new_notebook(cells=[cell])
    page = render.Page(tmp_path / "00_slow.ipynb", notebook)
    asyncio.run(render._execute(page))
    assert page.trouble == ""
    assert cell.outputs[0].text == "answered\n"
