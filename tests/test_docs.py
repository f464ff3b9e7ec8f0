"""What is written about the code: public docstrings are whole, and the README's session is true."""

from __future__ import annotations

import doctest
import re

import pytest

import followup_analysis as fa

# What numpydoc asks for and a small package does better without: "See Also" and "Notes" in every
# docstring, a blank line after the opening quotes, a long summary where a short one says it. It
# also takes the s of "Wilson's" for that of a third person.
UNASKED = {"ES01", "GL01", "GL02", "GL03", "SA01", "SS05", "RT02", "RT03", "PR08", "PR09"}
# Users meet classes in the examples of functions, and do not make errors.
UNASKED_OF_CLASSES = {"EX01"}
UNASKED_OF_ERRORS = {"EX01", "PR01"}


@pytest.mark.parametrize("name", fa.__all__)
def test_public_docstrings_are_whole(name):
    validate = pytest.importorskip("numpydoc.validate").validate
    found = validate(f"followup_analysis.{name}")
    unasked = UNASKED | (UNASKED_OF_CLASSES if found["type"] == "type" else set())
    if name.endswith("Error"):
        unasked |= UNASKED_OF_ERRORS
    assert [f"{code}: {text}" for code, text in found["errors"] if code not in unasked] == []


def test_the_readme_s_session_is_true(project):
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    failed, _ = doctest.testfile(
        str(project / "README.md"), module_relative=False, optionflags=flags, encoding="utf-8"
    )
    assert failed == 0


def test_the_readme_s_commands_come_first_and_exist(project):
    readme = (project / "README.md").read_text("utf-8")
    commands = re.findall(r"python3 run\.py (\w+)", readme)
    assert commands[:3] == ["report", "lab", "test"]
    assert set(commands) == {"report", "lab", "test"}
    assert readme.index("python3 run.py report") < 700
