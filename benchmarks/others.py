"""Peers that cannot live in our environment: lifelines, comprisk and R's survival.

The convention owned here: such a peer is a process that has read its table before, times its own
calls and hands their numbers back as CSV. What is not to be had here is left out, and said.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from curves import DATA, GROUPS, arrays, waits
from effects import HORIZON, PATIENTS, intervals, simulated
from measure import Peer, Row, compare

import followup_analysis as fa

_HERE = Path(__file__).parent
_LIFELINES, _COMPRISK = "lifelines 0.30.3", "comprisk 0.8.0"
_MARK = 8  # times as fast, each of them
_ENDINGS = ("open", "yes", "no", "withdrawn")
_KEY = ["role_family", "ending", "day", "method"]
_LIMITS = ("estimate", "conf_low", "conf_high")
_SMALL = 100_000


@dataclass(frozen=True)
class Program:
    """What starts a peer's process; no command where it is not to be had."""

    command: tuple[str, ...]
    version: str = ""


@dataclass(frozen=True)
class Other:
    """A call in such a process, and how far its numbers may be from ours."""

    program: Program
    call: str
    name: str
    within: dict[float, tuple[str, ...]]


def others() -> list[Row]:
    """Measure what each of them can do on the same rows."""
    with TemporaryDirectory() as folder:
        python, survival = _environment(Path(folder)), _survival()
        measures = (_kaplan_meier, _aalen_johansen, _with_variance, _restricted_mean, _cox)
        return [row for measure in measures for row in measure(python, survival)]


def _kaplan_meier(python: Program, survival: Program) -> list[Row]:
    frame = waits()
    peers = [
        Other(python, "kaplan_meier", f"{_LIFELINES} KaplanMeierFitter", {1e-9: _LIMITS}),
        Other(survival, "kaplan_meier", f"{survival.version} survfit", {1e-9: _LIMITS}),
    ]

    def ours() -> pd.DataFrame:
        return fa.kaplan_meier(frame, by="role_family", horizon=None).table

    return _beside(f"Kaplan-Meier with intervals, {DATA}", ours, _coded(frame), peers)


def _aalen_johansen(python: Program, survival: Program) -> list[Row]:
    frame = waits()
    same = {1e-9: (*_LIMITS, "std_error")}
    close = {1e-9: ("estimate",), 5e-5: ("std_error",)}  # its variance takes ties another way
    peers = [
        Other(python, "comprisk", f"{_COMPRISK} CumulativeIncidence (no intervals)", close),
        Other(survival, "aalen_johansen", f"{survival.version} survfit", same),
    ]
    what = f"Aalen-Johansen with variance and intervals, {DATA}"
    return _beside(what, _incidence(frame), _coded(frame), peers)


def _with_variance(python: Program, _: Program) -> list[Row]:
    """Measure lifelines on fewer rows: it moves tied answers apart, and looks at each of them."""
    frame = waits().head(_SMALL)
    close = {1e-2: ("estimate",), 1e-3: ("std_error",)}
    name = f"{_LIFELINES} AalenJohansenFitter, ties moved apart at random"
    what = f"Aalen-Johansen with variance and intervals, {_SMALL:,} rows in {len(GROUPS)} groups"
    peers = [Other(python, "aalen_johansen", name, close)]
    return _beside(f"{what}, rows included", _incidence(frame), _coded(frame), peers, rounds=5)


def _restricted_mean(python: Program, survival: Program) -> list[Row]:
    frame = waits()
    mean, both = {1e-9: ("estimate",)}, {1e-9: ("estimate", "std_error")}
    name = f"{_LIFELINES} restricted_mean_survival_time (no intervals)"
    peers = [
        Other(python, "restricted_mean", name, mean),
        Other(survival, "restricted_mean", f"{survival.version} survfit, rmean", both),
    ]

    def ours() -> pd.DataFrame:
        return fa.restricted_mean(frame, by="role_family", horizon=HORIZON).table

    return _beside(f"restricted mean with intervals, {DATA}", ours, _coded(frame), peers)


def _cox(python: Program, survival: Program) -> list[Row]:
    """Measure each beside ours with its way of dealing with ties; lifelines has Efron's only."""
    frame = simulated(PATIENTS)
    columns = ("start", "stop", "event", "exposed")
    table = pd.DataFrame(dict(zip(columns, intervals(frame), strict=True))).astype(int)
    close = {1e-6: ("coef", "std_error")}
    peers = {
        "breslow": Other(survival, "cox", f"{survival.version} coxph", close),
        "efron": Other(python, "cox", f"{_LIFELINES} CoxTimeVaryingFitter", close),
    }
    rows = []
    for ties, peer in peers.items():

        def ours(ties: str = ties) -> pd.DataFrame:
            return fa.hazard_ratio(frame, model="cox", adjust=[], horizon=None, ties=ties).table

        what = f"time-varying Cox, {ties.title()}, {PATIENTS:,} interviews, rows included"
        rows += _beside(what, ours, table, [peer], rounds=3 if ties == "efron" else 5)
    return rows


def _incidence(frame: pd.DataFrame) -> Callable[[], pd.DataFrame]:
    return lambda: fa.cumulative_incidence(frame, by="role_family", horizon=None).table


def _coded(frame: pd.DataFrame) -> pd.DataFrame:
    day, answered, group = arrays(frame)
    cause = frame["ending"].cat.codes
    return pd.DataFrame({"day": day, "answered": answered * 1, "cause": cause, "group": group})


def _beside(
    what: str,
    ours: Callable[[], pd.DataFrame],
    table: pd.DataFrame,
    others: list[Other],
    rounds: int = 5,
) -> list[Row]:
    here = [other for other in others if other.program.command]
    with ExitStack() as running:
        peers = [running.enter_context(_started(other, table)) for other in here]
        return compare(what, ours, peers, rounds) if peers else []


@contextmanager
def _started(other: Other, table: pd.DataFrame) -> Iterator[Peer]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "table.csv")
        table.to_csv(path, index=False)
        pipe = subprocess.PIPE
        command = [*other.program.command, str(path)]
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
            clock = partial(_ask, process, other.call)

            def numbers() -> pd.DataFrame:
                clock()
                return pd.read_csv(path.with_name("numbers.csv"))

            agrees = partial(_agreement, other.within)
            yield Peer(other.name, numbers, agrees, times_faster=_MARK, clock=clock)


def _ask(process: subprocess.Popen, call: str) -> float:
    print(call, file=process.stdin, flush=True)
    answer = process.stdout.readline()
    if not answer:
        raise SystemExit(f"The process of a peer ended in {call}; what it said stands above.")
    return float(answer)


def _agreement(
    within: dict[float, tuple[str, ...]], ours: pd.DataFrame, theirs: pd.DataFrame
) -> str:
    """Compare each number that the peer gives, and say how far off it may be."""
    key = _label(theirs)
    mine = theirs[key].merge(ours, on=key, how="left", validate="one_to_one")
    told = []
    for most, names in within.items():
        numbers = theirs[list(names)].to_numpy()
        known = ~np.isnan(numbers)
        apart = np.abs(mine[list(names)].to_numpy() - numbers)[known].max()
        if not apart <= most:
            raise SystemExit(f"The numbers differ by {apart:.2g}: {', '.join(names)}.")
        told.append(f"{', '.join(names)}: {known.sum():,} within {apart:.0e} (allowed {most:g})")
    return "; ".join(told)


def _label(theirs: pd.DataFrame) -> list[str]:
    """Name what is coded; return the columns that say which number is which."""
    words = {"group": ("role_family", GROUPS), "cause": ("ending", _ENDINGS)}
    for code, (name, labels) in words.items():
        if code in theirs:
            theirs[name] = np.take(labels, theirs[code])
    if "coef" in theirs:
        theirs["method"] = "time-varying"
    return [name for name in _KEY if name in theirs]


def _environment(folder: Path) -> Program:
    """Make an environment, as lifelines needs another pandas than ours."""
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    packages = [name.replace(" ", "==") for name in (_LIFELINES, _COMPRISK)]
    install = [str(python), "-m", "pip", "install", "-q", *packages, "pandas<3"]
    for command in ([sys.executable, "-m", "venv", str(folder)], install):
        if subprocess.run(command, stdout=sys.stderr, check=False).returncode:
            return _left_out(f"{_LIFELINES} and {_COMPRISK} cannot be installed")
    return Program((str(python), str(_HERE / "others_call.py")))


def _survival() -> Program:
    rscript = shutil.which("Rscript")
    if rscript is None:
        return _left_out("there is no Rscript")
    ask = "cat('R', format(getRversion()), 'survival', format(packageVersion('survival')))"
    told = subprocess.run([rscript, "-e", ask], capture_output=True, text=True, check=False)
    if told.returncode:
        return _left_out("R has no package survival")
    return Program((rscript, str(_HERE / "others_call.R")), told.stdout)


def _left_out(why: str) -> Program:
    print(f"Left out: {why}.", file=sys.stderr)
    return Program(())
