"""Judge the estimators in worlds whose truth is known: python benchmarks/validate.py [OPTIONS].

Every log has a seed of its own, so that the results do not depend on the order or on the number of
processes. What is done is kept: the same command goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from dataclasses import astuple
from multiprocessing import get_context
from pathlib import Path

# Before numpy: the processors share out the logs, not the algebra of one.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from estimators import GROUPS, METHODS, NOTHING, ask, smallest_of
from report import judge, read_results, results_file, write_report
from worlds import SETTINGS

from followup_analysis.covariates import tally_for_model
from followup_analysis.simulate import simulate_episodes

_HERE = Path(__file__).resolve().parent

Cell = tuple[str, int]
Task = tuple[str, int, int, tuple[str, ...], int, int]
Answer = tuple[str, int, int, dict[str, list[str]]]


def main(arguments: list[str] | None = None) -> int:
    """Run what is not done yet, then write the report; status 1 when a mark is missed."""
    options = _options(arguments)
    folder = Path(options.out) / f"seed-{options.seed}-{_version()}"
    folder.mkdir(parents=True, exist_ok=True)
    tasks = list(_tasks(folder, options))
    _run(folder, tasks, options.processes)
    summary = judge(read_results(folder))
    if options.write:
        page, numbers = _HERE.parent / "docs" / "validation.md", _HERE / "validation.csv"
        write_report(summary, page, numbers, seed=options.seed, replicates=options.replicates)
    print(summary.drop(columns="truth").round(3).to_string(index=False))
    return int(summary["mark"].str.startswith("missed").any())


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    say = parser.add_argument
    say("--logs", type=int, help="logs in each cell (500 in A and B, 200 in the others)")
    say("--cells", default=",".join(SETTINGS), help="worlds or single cells, as in A,B30; else all")
    say("--estimators", default=",".join(GROUPS), help=f"some of {','.join(GROUPS)}; else all")
    say("--replicates", type=int, default=200, help="replicates of each bootstrap (200)")
    say("--seed", type=int, default=1, help="of the whole run (1)")
    say("--out", default=str(_HERE / "results"), help="where the answers are kept")
    say("--processes", type=int, default=os.cpu_count())
    say("--write", action="store_true", help="write docs/validation.md and validation.csv")
    options = parser.parse_args(arguments)
    try:
        options.cells = [cell for word in options.cells.split(",") for cell in _cells(word)]
    except ValueError as error:
        parser.error(str(error))
    options.estimators = tuple(options.estimators.split(","))
    if unknown := set(options.estimators) - set(GROUPS):
        parser.error(f"no estimators {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}")
    return options


def _cells(word: str) -> list[Cell]:
    world, size = word[:1], word[1:]
    if world not in SETTINGS or (size and not size.isdecimal()):
        raise ValueError(f"{word!r} is no cell; give a world, {', '.join(SETTINGS)}, or as in A30")
    return [(world, int(size))] if size else [(world, n) for n in SETTINGS[world].sizes]


def _version() -> str:
    """Digest of the package's statistics: results of other code are never mixed with these."""
    digest = hashlib.sha256()
    for name in sorted(sys.modules):
        file = getattr(sys.modules[name], "__file__", None)
        if name.startswith("followup_analysis.") and file:
            digest.update(Path(file).read_bytes())
    digest.update((_HERE / "estimators.py").read_bytes())
    return digest.hexdigest()[:8]


def _tasks(folder: Path, options: argparse.Namespace) -> Iterator[Task]:
    """Every log with the groups of methods that have not been asked about it yet."""
    for world, n in options.cells:
        groups = [group for group in options.estimators if n >= smallest_of(group)]
        done = {group: _done(results_file(folder, world, n, group)) for group in groups}
        for log in range(options.logs or SETTINGS[world].logs):
            if missing := tuple(group for group in groups if log not in done[group]):
                yield world, n, log, missing, options.seed, options.replicates


def _done(file: Path) -> set[int]:
    """Logs in a file; a last line that was cut short is taken off."""
    if not file.exists():
        return set()
    lines = file.read_text().splitlines(keepends=True)
    whole = [line for line in lines if line.endswith("\n")]
    if len(whole) < len(lines):
        file.write_text("".join(whole))
    return {int(line.partition(",")[0]) for line in whole}


def _run(folder: Path, tasks: list[Task], processes: int) -> None:
    if processes == 1:
        return _keep(folder, map(_ask, tasks), len(tasks))
    with get_context("spawn").Pool(processes, _leave_interrupts_to_the_parent) as pool:
        _keep(folder, pool.imap_unordered(_ask, tasks, chunksize=4), len(tasks))


def _keep(folder: Path, answers: Iterable[Answer], total: int) -> None:
    """Append each answer to its file at once: a run can be stopped at any time."""
    from tqdm.auto import tqdm

    for world, n, log, lines in tqdm(answers, total=total, unit="log", disable=not total):
        for group, values in lines.items():
            with results_file(folder, world, n, group).open("a", newline="") as file:
                csv.writer(file, lineterminator="\n").writerow([log, *values])


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _ask(task: Task) -> Answer:
    """Draw a log, ask the groups about it, and give a line for each."""
    world, n, log, groups, seed, replicates = task
    rng = np.random.default_rng([seed, ord(world), n, log])
    counts = tally_for_model(simulate_episodes(n, seed=rng, **SETTINGS[world].options))
    lines = {}
    for group in groups:
        try:
            said = ask(group, counts, log, replicates)
        except Exception as error:
            error.add_note(f"{group} was asked about log {log} of {world}{n}, seed {seed}")
            raise
        ours = [method.name for method in METHODS if method.group == group]
        values = [value for name in ours for value in astuple(said.get(name, NOTHING))]
        lines[group] = [f"{value:.6g}" for value in values]
    return world, n, log, lines


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nStopped. The same command goes on from here.")
