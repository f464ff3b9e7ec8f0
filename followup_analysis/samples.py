"""The name of a sample -> its log: two synthetic searches that come with the package.

The convention owned here: in which world each sample was made. ``data/make_samples.py`` makes
the files from it, and so the true effect in each is known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any

from .errors import FollowupError
from .log import JobSearchLog
from .reading import read_log
from .world import true_effect


@dataclass(frozen=True)
class Sample:
    """One sample: its files, its last day, and the world that its interviews lived in."""

    paths: tuple[str, ...]
    as_of: str
    world: Mapping[str, Any]
    note: str


SAMPLES = {
    "job_seeker": Sample(
        paths=("sample_log.csv", "sample_ratings.csv"),
        as_of="2026-03-31",
        # Nothing that is written moves an employer here, and many never answer.
        world={
            "effect_yes": 0.0,
            "yes_peak": 0.021,
            "no_peak": 0.014,
            "no_floor": 0.003,
            "withdrawal": 0.001,
        },
        note=(
            "This log is synthetic: its job seeker, people and companies do not exist, and "
            "following up changes no answer in it."
        ),
    ),
    "career_centre": Sample(
        paths=tuple(
            f"career_centre/{table}.csv" for table in ("applications", "events", "ratings")
        ),
        as_of="2026-03-31",
        world={"effect_yes": math.log(1.3), "yes_peak": 0.021, "withdrawal": 0.001},
        note=(
            "This log is synthetic: its people and companies do not exist; having followed up "
            "multiplies the daily odds of a yes by 1.3 in it."
        ),
    ),
}


def load_sample(name: str = "job_seeker") -> JobSearchLog:
    """Load one of the synthetic logs that come with the package.

    Parameters
    ----------
    name : {"job_seeker", "career_centre"}
        The untidy sheet of one job seeker, or the tidy tables of a career centre's 300 people.

    Returns
    -------
    JobSearchLog
        Its `true_effect` is that of the world in which it was made.

    Raises
    ------
    FollowupError
        When there is no such sample.

    Examples
    --------
    >>> import followup_analysis as fa
    >>> log = fa.load_sample()
    >>> log.as_of
    Timestamp('2026-03-31 00:00:00')
    """
    sample = _sample(name)
    log = read_log([_folder() / path for path in sample.paths], as_of=sample.as_of)
    return log.replace(notes=(sample.note, *log.notes), true_effect=true_effect(**sample.world))


def _sample(name: str) -> Sample:
    if name not in SAMPLES:
        close = get_close_matches(str(name), SAMPLES, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise FollowupError(
            f"there is no sample {name!r}.{hint} The samples are: {', '.join(SAMPLES)}."
        )
    return SAMPLES[name]


def _folder() -> Path:
    """Return where the sample files stand: in the installed package, or beside it."""
    package = Path(str(files("followup_analysis")))
    for folder in (package / "data", package.parent / "data"):
        if (folder / "sample_log.csv").exists():
            return folder
    raise FollowupError(
        "the sample logs are not where they belong, in followup_analysis/data: install the "
        "package again, or run python data/make_samples.py in a checkout."
    )
