"""The sample logs are what they claim to be, can be remade, and are read as they were lived."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from followup_analysis import FollowupError, log
from followup_analysis.reading import read_log
from followup_analysis.samples import load_sample
from followup_analysis.world import true_effect

ROOT = Path(__file__).parent.parent
DATA = ROOT / "data"
WORDS = (log.KINDS, log.CHANNELS, log.STAGES, log.CONTENTS)


def run(*arguments, path):
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        env=os.environ | {"PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def values(column):
    """Return the values of a column as they can be compared: None where one is missing."""
    return column.astype(object).where(column.notna(), None).tolist()


@pytest.fixture(scope="module")
def job_seeker():
    return load_sample()


@pytest.fixture(scope="module")
def career_centre():
    return load_sample("career_centre")


@pytest.fixture(scope="module")
def make_samples():
    sys.path.insert(0, str(DATA))
    try:
        import make_samples
    finally:
        sys.path.remove(str(DATA))
    return make_samples


def test_one_command_remakes_every_byte(tmp_path):
    run(DATA / "make_samples.py", tmp_path, path=ROOT)
    kept = [path for path in DATA.rglob("*.csv") if "private" not in path.parts]
    assert len(kept) == 5
    for path in kept:
        made = tmp_path / path.relative_to(DATA)
        assert made.read_bytes() == path.read_bytes(), path.name


def test_samples_are_small_enough_to_ship():
    assert sum(path.stat().st_size for path in (DATA / "career_centre").iterdir()) < 1_500_000


def test_loads_from_inside_the_package_as_a_wheel_has_it(tmp_path):
    shutil.copytree(ROOT / "followup_analysis", tmp_path / "followup_analysis")
    shutil.copytree(DATA, tmp_path / "followup_analysis" / "data")
    code = "from followup_analysis.samples import load_sample; print(load_sample())"
    assert run("-c", code, path=tmp_path).startswith("JobSearchLog: 138 applications")


def test_job_seeker_is_a_search_worth_looking_at(job_seeker):
    told, done = job_seeker.interviews(), job_seeker.done
    assert (len(job_seeker.applications), len(told)) == (138, 62)
    assert told["ending"].value_counts().to_dict() == {
        "yes": 23, "open": 19, "no": 18, "withdrawn": 2,
    }  # fmt: skip
    sent = done[done["kind"] == "follow_up"]
    assert set(sent["detail"]) == {"email", "call", "note", "letter"}
    assert set(sent["content"].dropna()) == set(log.CONTENTS)
    assert set(told["stage"]) == set(log.STAGES)
    assert "sales" in set(job_seeker.applications["role_family"])
    due = job_seeker.events[job_seeker.events["planned"]]
    assert set(due["kind"]) == {"follow_up"}
    assert (due["date"] > job_seeker.as_of).sum() == 3
    assert len(job_seeker.ratings) == 176


def test_job_seeker_is_read_as_it_was_lived(job_seeker, make_samples):
    _, lived, as_of = make_samples.job_seeker()
    lived = lived.sort_values(["application_id", "date"], ignore_index=True)
    told = job_seeker.interviews().sort_values(["application_id", "date"], ignore_index=True)
    assert job_seeker.as_of == pd.Timestamp(as_of)
    for column in ("application_id", "date", "stage", "ending", "channel", "content"):
        assert values(told[column]) == values(lived[column]), column
    assert values(told["followed_up_on"]) == values(lived["follow_up_on"])
    # A later round is all that tells of an invitation; two rejections have no day.
    dated = told["ended_on"].notna() & ~told["implied"]
    assert (told["implied"] == (lived["kind"] == "advance")).all()
    assert (told["ended_on"] == lived["ended_on"])[dated].all()
    assert (~dated & (told["ending"] == "no")).sum() == 2
    assert (told["ended_on"] > lived["ended_on"])[told["implied"]].all()
    # One rating, "great", could not be read.
    assert (told["went_well"].isna() & lived["went_well"].notna()).sum() == 1


def test_slips_of_the_sheet_are_found(job_seeker):
    found = job_seeker.problems.set_index("value")["code"].to_dict()
    assert {value: found.get(value) for value in ("8/82025", "2026-02-30", "great")} == {
        "8/82025": "not_a_date", "2026-02-30": "no_such_day", "great": "not_a_number",
    }  # fmt: skip
    assert "next week?" in found
    assert "two weeks off" in job_seeker.set_aside["text"].item()
    assert found["called, nobody there"] == "broken_row"  # a loose comma, which could be mended


def test_last_day_of_the_sheet_stands_in_its_title():
    assert read_log(DATA / "sample_log.csv").as_of == pd.Timestamp("2026-03-31")


def test_career_centre_holds_the_searches_of_300_people(career_centre):
    assert career_centre.applications["person"].nunique() == 300
    assert len(career_centre.applications) == 4303
    assert len(career_centre.problems) == len(career_centre.set_aside) == 0
    assert career_centre.as_of == pd.Timestamp("2026-03-31")
    assert len(career_centre.ratings) > 2000


def test_career_centre_is_read_as_it_was_lived(career_centre, make_samples):
    _, lived, _ = make_samples.career_centre()
    lived = lived.sort_values(["application_id", "date"], ignore_index=True)
    told = career_centre.interviews().sort_values(["application_id", "date"], ignore_index=True)
    same = ["application_id", "date", "stage", "ending", "went_well", "n_finalists"]
    for column in (*same, "rated_on", "stated_deadline"):
        assert values(told[column]) == values(lived[column]), column
    assert values(told["followed_up_on"]) == values(lived["follow_up_on"])
    undated = told["ended_on"].isna() & (told["ending"] != "open")
    assert undated.sum() == 10
    assert (told["ended_on"] == lived["ended_on"])[told["ended_on"].notna()].all()
    assert not told[["implied", "contradiction", "answered_before"]].any(axis=None)


def test_later_rounds_begin_after_the_invitation(make_samples):
    _, lived, _ = make_samples.career_centre()
    rounds = lived.sort_values(["application_id", "date"])
    before = rounds.groupby("application_id")[["ended_on", "kind"]].shift()
    later = rounds["round"] > 1
    assert (rounds["date"] > before["ended_on"])[later].all()
    assert set(before["kind"][later]) == {"advance"}
    assert (rounds["kind"] == "advance").sum() == later.sum()


@pytest.mark.parametrize(
    ("name", "risk_difference"), [("job_seeker", 0), ("career_centre", 0.0576)]
)
def test_truth_is_known_and_told(name, risk_difference):
    sample = load_sample(name)
    assert sample.true_effect["risk_difference"] == pytest.approx(risk_difference, abs=0.0001)
    assert sample.notes[0].startswith("This log is synthetic")
    assert sample.true_effect.keys() == true_effect().keys()


def test_dictionary_tells_the_truth():
    effect = load_sample("career_centre").true_effect
    early, never, gain, no, silent = (
        100 * effect[f"{key}"]
        for key in (
            "risk_yes_early", "risk_yes_never", "risk_difference",
            "difference_no", "difference_silent",
        )
    )  # fmt: skip
    text = (DATA / "README.md").read_text(encoding="utf-8")
    assert f"| {gain:+.1f} in 100 ({early:.1f} against {never:.1f}) |" in text
    assert f"| {no:.1f}; {silent:.1f} in 100 |" in text
    assert f"| {effect['days_saved']:.2f} |" in text


def test_misspelt_sample_is_guessed():
    with pytest.raises(FollowupError, match="Did you mean 'career_centre'"):
        load_sample("career_center")
    with pytest.raises(FollowupError, match="The samples are: job_seeker, career_centre"):
        load_sample("nothing like it")


@pytest.mark.parametrize(
    "table", ["applications", "events", "ratings", "problems", "set_aside", "mapping"]
)
def test_dictionary_explains_every_column(table):
    text = (DATA / "README.md").read_text(encoding="utf-8")
    section = re.search(rf"^### {table}:.*?(?=^##)", text + "\n##", re.MULTILINE | re.DOTALL)[0]
    explained = set()
    for row in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE):
        explained |= set(re.findall(r"`(\w+)`", row))
    columns = getattr(log, f"{table.rstrip('s').upper()}_COLUMNS")
    assert set(columns) <= explained


def test_dictionary_explains_every_word():
    text = (DATA / "README.md").read_text(encoding="utf-8")
    assert [word for words in WORDS for word in words if f"`{word}`" not in text] == []


def test_nobody_real_is_named():
    text = (DATA / "sample_log.csv").read_text(encoding="utf-8")
    addresses = re.findall(r"[\w.]+@[\w.]+", text)
    assert len(addresses) > 20
    assert all(address.endswith("@example.com") for address in addresses)
