"""A world of known chances -> a log whose true effect of following up is known.

The convention owned here: an interview is an application of its own, and its log ends a random
number of days after it.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pandas as pd

from .errors import FollowupError
from .history import ENDINGS
from .log import JobSearchLog, the_day
from .sources import import_engine
from .world import NO, OPEN, WITHDRAWN, YES, World, make_world, play_out, true_effect

__all__ = ["simulate_episodes", "simulate_log", "true_effect"]

_ANSWER_KINDS = {YES: "offer", NO: "rejection", WITHDRAWN: "withdrawal"}
# Mean on the day of the interview, and change with each day of itself; people differ, and so do
# the mornings of one person (standard deviations).
_FEELINGS = {"stress": (6.2, -0.12), "control": (4.4, -0.04)}
_BETWEEN, _WITHIN = 0.8, 1.1
_RATING_DAYS = np.array([0, 1, 3, 6, 10, 15])
_ROWS_PER_FILE = 1_000_000
_CHANNEL_SHARES = {"email": 0.6, "note": 0.15, "call": 0.15, "letter": 0.1}


def simulate_log(
    n_interviews: int = 300,
    *,
    effect_yes: float = 0.0,
    effect_no: float = 0.0,
    selection: float = 0.45,
    seed: int | np.random.Generator,
    as_of: str | pd.Timestamp = "2026-06-30",
    out: str | os.PathLike | None = None,
    **world: Any,
) -> Any:
    """Make a log whose true effect of following up is known.

    Parameters
    ----------
    n_interviews : int
        Interviews, each an application of its own, at companies that may have several.
    effect_yes, effect_no : float
        What having written adds to the daily log-odds of a yes, and of a no.
    selection : float
        What each point of `went_well` adds to the daily log-odds of writing.
    seed : int or numpy.random.Generator
        The same seed gives the same log.
    as_of : date-like
        The last day of the log.
    out : path, optional
        A folder, new or empty, for as many interviews as the disk holds: their episodes are
        written there in Parquet files of a million (the extra ``scale``), for `tally` to count.
        They are in days, so `as_of` plays no part.
    **world
        Any other field of `followup_analysis.world.World`.

    Returns
    -------
    JobSearchLog, or pathlib.Path
        Its `true_effect` is that of writing by day 2: see `true_effect`. With `out`, the folder.

    Raises
    ------
    FollowupError
        When the world has no such field, or one of its values is impossible; when `out` is a file
        or holds something.

    Examples
    --------
    >>> import followup_analysis as fa
    >>> log = fa.simulate_log(200, effect_yes=0.47, seed=1)
    >>> round(log.true_effect["risk_difference"], 3)
    0.111
    """
    world |= {"effect_yes": effect_yes, "effect_no": effect_no, "selection": selection}
    if out is not None:
        return _write_episodes(n_interviews, Path(out), seed, world)
    rng = np.random.default_rng(seed)
    made = make_world(**world)
    episodes = _episodes(made, n_interviews, rng)
    last = np.datetime64(the_day(as_of), "D")
    return JobSearchLog(
        applications=_applications(episodes, last, rng),
        events=_events(episodes, last, rng),
        ratings=_ratings(made, episodes, last, rng),
        as_of=pd.Timestamp(last),
        notes=("This log is simulated: the true effect is known.",),
        true_effect=true_effect(**world),
    )


def simulate_episodes(
    n_interviews: int, *, seed: int | np.random.Generator, **world: Any
) -> pd.DataFrame:
    """Draw what becomes of interviews, without writing a log about them.

    Parameters
    ----------
    n_interviews : int
        Number of interviews.
    seed : int or numpy.random.Generator
        The same seed gives the same episodes, and those of `simulate_log`.
    **world
        Fields of `followup_analysis.world.World`.

    Returns
    -------
    pandas.DataFrame
        ``person``, if each has so many, ``company``, ``went_well``, ``days_seen``,
        ``follow_up_day`` (missing: never), ``exit_day`` and ``ending``. Days are counted from the
        interview; what is open leaves on the last day of the log, ``days_seen``.

    Raises
    ------
    FollowupError
        When the world has no such field, or one of its values is impossible.

    Examples
    --------
    >>> from followup_analysis.simulate import simulate_episodes
    >>> simulate_episodes(1000, seed=1)["ending"].value_counts().to_dict()
    {'no': 387, 'yes': 370, 'open': 243}
    """
    episodes = _episodes(make_world(**world), n_interviews, np.random.default_rng(seed))
    wrote = episodes.pop("follow_up_day")
    ending = episodes.pop("ending")
    out = pd.DataFrame(episodes)
    at = out.columns.get_loc("exit_day")
    out.insert(at, "follow_up_day", pd.Series(wrote, dtype="Int64").mask(wrote < 0))
    out["ending"] = pd.Series(np.array(ENDINGS, dtype=object)[ending], dtype="str")
    return out


def _write_episodes(
    n: int, out: Path, seed: int | np.random.Generator, world: dict[str, Any]
) -> Path:
    """Write episodes file by file into a folder, which is there whole or not at all."""
    import_engine("pyarrow", "scale")
    from tqdm.auto import tqdm

    _check_number(n)
    make_world(**world)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FollowupError(f"{str(out)!r} is not an empty folder: name a new one.")
    sizes = [min(_ROWS_PER_FILE, n - start) for start in range(0, n, _ROWS_PER_FILE)] or [0]
    # A stream of chances for each file: which is made first makes no difference.
    streams = np.random.default_rng(seed).spawn(len(sizes))
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(mkdtemp(prefix=".unfinished-", dir=out.parent))
    try:
        alone = len(sizes) == 1  # a bar of one step says nothing
        for at, size in enumerate(tqdm(sizes, desc="million interviews", delay=1, disable=alone)):
            made = simulate_episodes(size, seed=streams[at], **world)
            running = [name for name in ("company", "person") if name in made]
            made[running] += at * _ROWS_PER_FILE
            made.to_parquet(
                unfinished / f"episodes-{at:05}.parquet",
                index=False,
                # Numbers that rise are short, and soon read, as steps from one to the next.
                use_dictionary=[name for name in made if name not in running],
                column_encoding=dict.fromkeys(running, "DELTA_BINARY_PACKED"),
            )
        unfinished.chmod(0o755)  # mkdtemp makes it for its owner alone
        if out.exists():
            out.rmdir()
        unfinished.rename(out)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return out


def _check_number(n: int) -> None:
    if n < 0:
        raise FollowupError(f"n_interviews must be 0 or more, not {n}.")


def _episodes(world: World, n: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Draw companies, people, ratings and last days, and play them out."""
    _check_number(n)
    sizes = 1 + rng.poisson(world.more_per_company, n)  # at most n companies are needed
    company = np.repeat(np.arange(n), sizes)[:n]
    frailty = rng.normal(0, world.frailty_sd, n)[company]
    went_well = rng.choice(np.arange(1, 6), n, p=world.rating_shares)
    days_seen = rng.integers(*world.days_seen, n, endpoint=True)
    people = {}
    if world.per_person:
        people["person"] = np.arange(n) // world.per_person
        frailty += rng.normal(0, world.person_sd, n)[people["person"]]
    lived = play_out(world, rng, went_well=went_well, frailty=frailty, days_seen=days_seen)
    return people | {"company": company, "went_well": went_well, "days_seen": days_seen, **lived}


def _applications(
    episodes: dict[str, np.ndarray], last: np.datetime64, rng: np.random.Generator
) -> pd.DataFrame:
    company = episodes["company"]
    days_before = 1 + rng.exponential(12.0, len(company)).astype(int)
    out = pd.DataFrame(
        {
            "application_id": _ids(np.arange(len(company))),
            "company": "Company " + _ids(company),
            "applied_on": last - episodes["days_seen"] - days_before,
        }
    )
    if "person" in episodes:
        out["person"] = "Person " + _ids(episodes["person"])
    return out


def _events(
    episodes: dict[str, np.ndarray], last: np.datetime64, rng: np.random.Generator
) -> pd.DataFrame:
    interview_on = last - episodes["days_seen"]
    held = pd.DataFrame(
        {
            "application_id": _ids(np.arange(len(interview_on))),
            "date": interview_on,
            "kind": "interview",
            "detail": "first",
            "went_well": episodes["went_well"],
            "rated_on": interview_on,
        }
    )
    wrote = np.flatnonzero(episodes["follow_up_day"] >= 0)
    channels = rng.choice(list(_CHANNEL_SHARES), len(wrote), p=list(_CHANNEL_SHARES.values()))
    sent = held.loc[wrote, ["application_id"]].assign(
        date=(interview_on + episodes["follow_up_day"])[wrote], kind="follow_up", detail=channels
    )
    ended = np.flatnonzero(episodes["ending"] != OPEN)
    kinds = pd.Series(episodes["ending"][ended]).map(_ANSWER_KINDS)
    answered = held.loc[ended, ["application_id"]].assign(
        date=(interview_on + episodes["exit_day"])[ended], kind=kinds.to_numpy()
    )
    return pd.concat([held, sent, answered]).sort_index(kind="stable")


def _ratings(
    world: World, episodes: dict[str, np.ndarray], last: np.datetime64, rng: np.random.Generator
) -> pd.DataFrame:
    """Rate some mornings up to the answer; what was written before that day counts."""
    n = len(episodes["exit_day"])
    if not world.rated or not n:
        return pd.DataFrame()
    rated = rng.random(n) < world.rated
    own = {name: rng.normal(0, _BETWEEN, n) for name in _FEELINGS}
    row, at = np.nonzero(
        rated[:, None] & (episodes["exit_day"][:, None] >= _RATING_DAYS)
        & (rng.random((n, len(_RATING_DAYS))) >= 0.15)
    )  # fmt: skip
    day, wrote = _RATING_DAYS[at], episodes["follow_up_day"][row]
    sent = (wrote >= 0) & (wrote < day)
    out = {"application_id": _ids(row), "date": last - episodes["days_seen"][row] + day}
    for name, (mean, by_day) in _FEELINGS.items():
        effect = getattr(world, f"{name}_effect")
        felt = mean + by_day * day + effect * sent + own[name][row]
        out[name] = np.clip((felt + rng.normal(0, _WITHIN, len(row))).round(), 0, 10).astype(int)
    return pd.DataFrame(out)


def _ids(numbers: np.ndarray) -> pd.Series:
    return pd.Series(numbers + 1).astype("str")
