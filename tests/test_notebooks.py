"""The notebooks, executed whole: on the sample, on a small log, and on logs of next to nothing."""

from __future__ import annotations

import json
import re
from functools import cache
from html import unescape
from math import exp
from pathlib import Path
from textwrap import dedent

import pytest

nbformat = pytest.importorskip("nbformat", reason="notebooks need the extra 'lab'")
nbclient = pytest.importorskip("nbclient", reason="notebooks need the extra 'lab'")

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LOGS = {
    "five interviews": """\
        Company,Applied,Interview,Followed up on,Status,Status date
        Quillmoor <b>,2026-01-05,2026-01-12,2026-01-13,Rejected,2026-01-20
        Bramble & Sons,2026-01-06,2026-01-14,,Offer,2026-01-16
        Candle,2026-01-08,2026-01-20,2026-01-27,Interviewing,
        Dovecote,2026-01-09,2026-01-21,,Ghosted,2026-02-10
        Elder,2026-01-10,2026-01-22,2026-01-23,Offer,30 February
        """,
    "one interview": "Company,Applied,Interview\nQuillmoor,2026-01-05,2026-01-12\n",
    "no interview": "Company,Applied,Status\nQuillmoor,2026-01-05,Rejected\nElder,2026-01-08,\n",
}
OTHERS = {
    # Two rounds of one day, one on a day that nobody knows, one search given up.
    "rounds": """\
        Company,Applied,Interview 1,Interview 2,Status,Status date
        Quillmoor,2026-01-05,2026-01-12,2026-01-12,Rejected,2026-01-20
        Candle,2026-01-08,2026-01-20,2026-01-32,Interviewing,
        Dovecote,2026-01-09,2026-01-21,,Withdrawn,2026-01-23
        """,
}
EITHER_WAY = "Company,Applied,Interview\nQuillmoor,3/4/2026,5/6/2026\n"


@pytest.fixture(scope="module")
def run(tmp_path_factory, project):
    """Execute a notebook on one of the logs, or on the sample, and return its code cells."""
    from traitlets.config import Config

    folder = tmp_path_factory.mktemp("logs")

    @cache
    def run(path, name=None):
        notebook = nbformat.read(path, as_version=4)
        settings = {
            "timeout": 150,
            "kernel_name": "python3",
            "resources": {"metadata": {"path": str(path.parent)}},
            "config": Config(KernelManager={"transport_encryption": "auto"}),
        }
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PYTHONPATH", str(project))
            patch.setenv("IPYTHONDIR", str(folder / "ipython"))
            # A warning would be shown to the reader: here it fails the test.
            patch.setenv("PYTHONWARNINGS", "default")
            if name:
                log = folder / f"{name}.csv"
                log.write_text(dedent(OTHERS.get(name) or LOGS[name]), "utf-8")
                patch.setenv("FOLLOWUP_LOG", str(log))
            try:
                nbclient.NotebookClient(notebook, **settings).execute()
            except (nbclient.exceptions.CellTimeoutError, RuntimeError):
                # A kernel may lose a message, or another program have taken its port.
                nbclient.NotebookClient(notebook, **settings).execute()
        return [cell for cell in notebook.cells if cell.cell_type == "code"]

    return run


def printed(cell):
    return "".join(o.text for o in cell.outputs if o.get("name") == "stdout")


def alternative_texts(cells):
    """Return the text of each picture; a picture that is not in a figure has none."""
    shown = [output.data for cell in cells for output in cell.outputs if "data" in output]
    assert not [data for data in shown if "image/png" in data or "image/svg+xml" in data]
    html = "".join(data.get("text/html", "") for data in shown)
    images = re.findall(r"<img\b[^>]*>", html)
    return [unescape("".join(re.findall(r'\balt="([^"]*)"', image))) for image in images]


def assert_whole(cells):
    kinds = [output.get("name", output.output_type) for cell in cells for output in cell.outputs]
    assert set(kinds) <= {"stdout", "execute_result", "display_data"}
    assert all(cell.execution_count for cell in cells)
    assert all(re.search(r"\w{4,} \w+ .*[.)]$", text) for text in alternative_texts(cells))
    # It ends in sentences that were computed: what the log says, and what is written down so far.
    assert re.search(r"\w \w+ .*\.\n", printed(cells[-2]))
    assert re.match(r"Interviews so far: \d+\. .*\nfor \d+ .*,\nfor \d+ ", printed(cells[-1]))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_on_the_sample(run, path):
    cells = run(path)
    assert_whole(cells)
    assert len(alternative_texts(cells)) >= 3
    shown = str([output for cell in cells for output in cell.outputs])
    assert "This log is synthetic" in shown


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
@pytest.mark.parametrize("name", LOGS)
def test_on_a_log_with_few_data(run, path, name):
    cells = run(path, name)
    assert_whole(cells)
    shown = str([output for cell in cells for output in cell.outputs])
    assert "synthetic" not in shown
    if name == "no interview":
        assert "here is no interview with a known day in the log." in shown


def test_start_here_tells_what_was_read_and_what_was_set_aside(run):
    cells = run(FOLDER / "00_start_here.ipynb", "five interviews")
    overview = cells[1].outputs[0].data["text/html"]
    (lanes,) = re.findall(r"<figcaption[^>]*>([^<]*)<", cells[2].outputs[-1].data["text/html"])
    assert "5 applications, 5 interviews, 3 follow-ups; 2 yes, 1 no, 2 open" in overview
    assert "1 problem in the file" in overview
    assert "30 February" in overview
    assert "Followed up on &rarr; follow_up_on" in overview
    assert lanes.endswith("1 yes, 1 no, 0 withdrawn, 2 still open.")
    assert alternative_texts(cells)[0].endswith(lanes)


@pytest.mark.parametrize("name", ["00_start_here.ipynb", "10_bring_your_own_log.ipynb"])
def test_the_first_count_of_interviews_is_the_last(run, name):
    cells = run(FOLDER / name, "rounds")
    assert "3 applications, 3 interviews, 0" in cells[1].outputs[-1].data["text/html"]
    *_, last = lines = printed(cells[-1]).splitlines()
    assert lines[0].startswith("Interviews so far: 3. Of these")
    assert last == "Interviews without a known day, which no page can count: 1."


def test_start_here_says_why_more_wait_than_are_silent(run):
    path = FOLDER / "00_start_here.ipynb"
    why = "Withdrawals end the wait in the first count; the second watches them until then only."
    assert printed(run(path, "rounds")[-2]).splitlines()[-1] == why
    assert why not in printed(run(path, "five interviews")[-2])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_every_notebook_takes_the_order_of_the_dates(path, tmp_path, monkeypatch):
    log = tmp_path / "my.csv"
    log.write_text(EITHER_WAY, "utf-8")
    cells = {cell.id: cell.source for cell in nbformat.read(path, 4).cells}
    assert "no file is named" not in str(cells)
    for told, changed, as_of in (
        ({"FOLLOWUP_LOG": str(log), "FOLLOWUP_DAYFIRST": "yes"}, {}, "2026-06-05"),
        ({"FOLLOWUP_LOG": str(log), "FOLLOWUP_DAYFIRST": "no"}, {}, "2026-05-06"),
        ({"FOLLOWUP_LOG": str(log)}, {"DAYFIRST": "True"}, "2026-06-05"),
        ({"FOLLOWUP_DAYFIRST": "yes"}, {"LOG": repr(str(log)), "DAYFIRST": "False"}, "2026-05-06"),
    ):
        lines = cells["which-log"].splitlines()
        for name, value in changed.items():
            lines = [re.sub(f"^{name} = None ", f"{name} = {value} ", line) for line in lines]
        names = {}
        with monkeypatch.context() as patch:
            for variable, value in told.items():
                patch.setenv(variable, value)
            exec("\n".join([*lines, cells["read-log"]]), names)
        assert f"{names['log'].as_of:%Y-%m-%d}" == as_of


def test_bring_your_own_log_asks_mends_and_takes_the_names_out(run):
    cells = run(FOLDER / "10_bring_your_own_log.ipynb", "five interviews")
    _, _, mapping, asked, mended, mined, problems, *_ = cells
    assert "Followed up on" in mapping.outputs[-1].data["text/html"]
    assert "'3/4/2026' is 2026-04-03 or 2026-03-04" in printed(asked)
    assert "dayfirst=True" in printed(asked)
    assert "Nope: Say what it means" in printed(mended)
    assert printed(mended).endswith("After:  interview rejection interview offer\n")
    assert printed(mined) == "Follow-ups read out of the notes: 3; with mine_notes=False: 0\n"
    assert printed(problems) == "Still to mend: 1. Lines left out: 0 of 5.\n"
    assert "30 February" in problems.outputs[-1].data["text/html"]
    written, nameless = cells[-4:-2]
    assert printed(written).count("read again: 5 applications.") == 2
    assert "Company 5" in nameless.outputs[-1].data["text/html"]
    assert "Quillmoor" not in nameless.outputs[-1].data["text/html"]


def test_when_to_follow_up_shows_a_slope_where_following_up_does_nothing(run):
    cells = run(FOLDER / "01_when_to_follow_up.ipynb")
    (simulated,) = [cell for cell in cells if "simulate_log" in cell.source]
    assert printed(simulated) == "What following up by day 2 truly adds here: 0 yes in 100.\n"
    (chart,) = alternative_texts([simulated])
    early, late, never = map(int, re.findall(r"(\d+) in 100 \(", chart))
    assert late < early - 15
    assert never > early
    *_, says, answer = printed(cells[-2]).splitlines()
    assert says.startswith("Whether the day you write on matters, this chart cannot say.")
    assert "the 95 % band around the whole curve covers 0 on every day" in answer


def test_does_it_help_says_what_the_sample_cannot_tell(run):
    cells = run(FOLDER / "02_does_it_help.ipynb")
    effect, methods, _ = alternative_texts(cells)
    assert "Your log cannot tell" in effect
    assert effect.endswith(printed(cells[-2]).splitlines()[-1])
    assert "the truth behind this simulated log is 0." in methods


def test_waits_mislead_where_nothing_is_saved(run):
    cells = run(FOLDER / "03_does_it_speed_things_up.ipynb")
    (simulated,) = [cell for cell in cells if "nothing = fa.simulate_log" in cell.source]
    _, naive, truth = printed(simulated).splitlines()
    assert float(re.search(r"[+-][\d.]+", naive)[0]) > 2
    assert truth == "What writing by day 2 truly saves here: 0.0 days."
    fair, *_ = alternative_texts(cells)
    low, high = map(float, re.search(r"([+-][\d.]+) to ([+-][\d.]+) days saved", fair).groups())
    assert low < 0 < high < 2


def test_competition_is_found_where_it_was_put_and_not_in_a_small_log(run):
    _, _, large, small = alternative_texts(run(FOLDER / "04_competition.ipynb"))
    assert "leans towards a difference: 1 or 2 less 3 or more -" in large
    assert "No visible difference; your log would need about " in small


def test_a_good_interview_makes_a_good_note_and_not_the_other_way_round(run):
    cells = run(FOLDER / "05_what_you_say_and_how.ipynb")
    (invented,) = [cell for cell in cells if "simulate_log" in cell.source]
    specific, generic = map(int, re.findall(r"(\d+)(?: in 100;|\.)", printed(invented)))
    assert specific > generic + 5
    (text,) = alternative_texts([invented])
    low, high = map(int, re.search(r"([+-]\d+) to ([+-]\d+)\)", text).groups())
    assert low < 0 < high
    assert "E-value" in text


def test_the_heart_story_is_told_with_the_reference_numbers(run, project):
    path = FOLDER / "09_how_far_to_trust_this.ipynb"
    told = {cell.id: cell.source for cell in nbformat.read(path, 4).cells}["heart"]
    r = json.loads((project / "tests/reference/heart.json").read_text("utf-8"))
    ratios = [exp(r[f"cox_{name}efron"]["coef"][0]) for name in ("naive_", "")]
    assert re.findall(r"\*\*([\d.]+) times\*\*", told) == [f"{ratio:.2f}" for ratio in ratios]
    names = ("naive_1", "naive_0", "simon_makuch_1", "simon_makuch_0")
    alive = [round(100 * r[name]["estimate"][1]) for name in names]
    assert [int(n) for n in re.findall(r"(\d+) in 100 \|", told)] == alive
    honest, error = (r["cox_efron"][name][0] for name in ("coef", "std_error"))
    limits = [exp(honest + sign * 1.959964 * error) for sign in (-1, 1)]
    assert "(95 % {:.2f} to {:.2f})".format(*limits) in told


def test_how_far_to_trust_shows_the_same_mistake_and_what_stays_hidden(run):
    ratio, _, _, found, hidden, *_ = alternative_texts(
        run(FOLDER / "09_how_far_to_trust_this.ipynb")
    )
    honest, naive = re.search(r"was ([\d.]+) times .* is ([\d.]+)\.$", ratio).groups()
    assert float(naive) < 0.5 < 0.8 < float(honest) < 1.25
    (low, high), truth = limits_and_truth(found)
    assert low < truth < high
    (low, high), truth = limits_and_truth(hidden)
    assert truth == 0 < low  # fooled, as the page says


def limits_and_truth(text):
    model = text[text.index("the day-to-day model") :]
    low, high, truth = re.findall(r"(?:[+-]\d+|\b0)(?= to|\)|\.$)", model)
    return (int(low), int(high)), int(truth)


def test_stress_falls_by_itself_where_writing_does_nothing(run):
    cells = run(FOLDER / "07_sense_of_control.ipynb")
    (simulated,) = [cell for cell in cells if "nothing = fa.simulate_log" in cell.source]
    assert float(re.search(r"less before: ([+-][\d.]+)", printed(simulated))[1]) < -0.4
    fair, own, _ = alternative_texts(cells)
    low, high = map(float, re.search(r"stress is .*? ([+-][\d.]+) to ([+-][\d.]+);", fair).groups())
    assert low <= 0 <= high
    assert "the sense of control is" in own
    assert own.endswith(printed(cells[-2]).strip())


def test_what_is_due_names_the_rule_and_shows_what_a_coin_says(run):
    cells = run(FOLDER / "08_what_is_due.ipynb")
    (invented,) = [cell for cell in cells if "invented =" in cell.source]
    html = invented.outputs[0].data["text/html"]
    assert html.count("the coin: day 0 to 1") == html.count("the coin: day 3 to 4") == 2
    due, _, kept = alternative_texts(cells)
    says = printed(cells[-2]).splitlines()
    assert due.endswith(says[0])
    assert kept.endswith(says[1])
    assert says[2].startswith("No coin has been tossed yet.")
    assert "a first follow-up 1 day after the interview" in str(cells[-2].outputs)


def test_many_logs_find_what_was_put_into_them(run):
    cells = run(FOLDER / "11_many_logs.ipynb")
    effect, _, each, many = alternative_texts(cells)
    assert "5 more in 100 say yes" in effect
    assert each.count("interviews, by day 30") == 3
    low, high = map(float, re.search(r"([+-][\d.]+) to ([+-][\d.]+)\)", many).groups())
    assert 11.1 < low < high < low + 1.2  # above the truth, as the page says
    (made,) = [printed(cell) for cell in cells if "true_effect(**world)" in cell.source]
    assert "truly adds in this world: 11.1 yes in 100." in made
    low, high = map(float, re.search(r"([+-]\d+) to ([+-]\d+);", made).groups())
    assert low < 11.1 < high  # the clones hold it


def test_links_to_the_methods_lead_to_a_section(project):
    methods = (project / "docs" / "methods.md").read_text("utf-8")
    titles = re.findall(r"^#+ (.+)$", methods, flags=re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}
    links = [
        link
        for path in NOTEBOOKS
        for link in re.findall(r"\.\./docs/methods\.md#([\w-]+)", path.read_text("utf-8"))
    ]
    assert len(links) >= 4
    assert set(links) <= anchors


def test_the_first_notebook_leads_to_every_other():
    start, *others = NOTEBOOKS
    links = re.findall(r"\]\((\w+\.ipynb)\)", nbformat.read(start, 4).cells[-1].source)
    assert links == [path.name for path in others]
