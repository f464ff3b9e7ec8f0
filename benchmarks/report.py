"""Results of many simulated logs -> how far off each method is, beside what it is held to.

The convention owned here: coverage and rejection are shares of the logs in which the method gave
an interval or a p-value. Marks are for worlds A and B; elsewhere methods are shown as they are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from estimators import METHODS, Method
from worlds import SETTINGS, truths

_COVERAGE = (0.92, 0.99)
_ERRORS = 2.5  # Monte-Carlo standard errors by which a coverage may lie outside
_BIAS = {30: 0.03, 300: 0.01, 1000: 0.01}
_FALSE_ALARMS = 0.06
_MARKED = ("headline", "clones", "envelope")
KEPT = "## Differences between groups and between channels"  # written by differences.py
_TEXT = """\
# How far off each method is, where the truth is known

Logs are simulated in worlds whose true effect is computed, not estimated, and every method is
asked about each of them. The same numbers, unrounded, are in `benchmarks/validation.csv`.

```
{commands}
```

draws them anew, with {replicates} replicates in each bootstrap. Logs of n interviews in each cell:
{logs}.

Each field reads: **bias / standard deviation / coverage / rejects**. Bias is the mean estimate less
the truth; the standard deviation is that of the estimates; coverage is how often the 95 % interval
holds the truth; rejects is how often it leaves out 0 (for the envelope: how often its p-value is
below .05). Differences are of the chance of a yes by day 30, written by day 2 less never written;
"days saved" are days. Coverage from 500 logs has a standard error of about .01.

## The marks

Held to them, in worlds A and B: coverage of the day-to-day model and of the clones within 2.5
standard errors of .92 to .99; bias of the day-to-day model at most .03 at n = 30 and .01 from
n = 300; the null envelope rejects in at most 6 % of logs without an effect. {verdict}

## What to take from it

- The usual counts are wrong, in either direction, and adjusting them for the rating does not mend
  them: in A and B it makes them worse. More interviews make them surer, not truer.
- With 30 interviews the prior pulls the day-to-day model towards no effect. Up to 100 it is a point
  or two too high where writing does nothing. Its intervals hold the truth all the same, and seldom
  leave out 0: a small log cannot tell.
- The null envelope rejects less often than it may. It is a lens on the naive chart; where writing
  does help, the model finds it far sooner.
- Where something hidden decides both whether people write and what the employer says (world E),
  the model finds an effect that is not there, and is surer of it with more interviews. That is the
  assumption which each result names, and which no log can check. A naive count that comes near the
  truth there does so because its errors happen to cancel.
"""


def results_file(folder: Path, world: str, n: int, group: str) -> Path:
    """Name the file of one cell and group: a line per log, four numbers per method."""
    return folder / f"{world}{n}-{group}.csv"


def read_results(folder: Path) -> dict[tuple[str, int, Method], np.ndarray]:
    """Read estimate, low, high and p-value, per world, size and method: (logs, 4)."""
    results = {}
    for world in SETTINGS:
        sizes = {int(file.stem.split("-")[0][1:]) for file in folder.glob(f"{world}[0-9]*-*.csv")}
        for n in sorted(sizes):
            for group in dict.fromkeys(method.group for method in METHODS):
                file = results_file(folder, world, n, group)
                if not file.exists():
                    continue
                ours = [method for method in METHODS if method.group == group]
                rows = np.loadtxt(file, delimiter=",", ndmin=2)[:, 1:]
                for method, said in zip(ours, np.split(rows, len(ours), axis=1), strict=True):
                    results[world, n, method] = said
    return results


def judge(results: dict[tuple[str, int, Method], np.ndarray]) -> pd.DataFrame:
    """Compute bias, standard deviation, coverage and rejections, and hold them to the marks.

    Returns
    -------
    pandas.DataFrame
        Per world, ``n`` and ``method``: ``logs``, those with an answer as ``answered``, ``truth``,
        ``bias``, ``std_dev``, ``coverage``, ``rejects`` (the interval leaves out 0, or the p-value
        is below .05), and the ``mark``: empty, met, or what is missed.
    """
    truth = {world: truths(world) for world in {world for world, _, _ in results}}
    rows = []
    for (world, n, method), said in results.items():
        row = {"world": world, "n": n, "method": method.name}
        row |= _measure(said, truth[world][method.truth])
        rows.append(row | {"mark": _mark(world, n, method, row)})
    return pd.DataFrame(rows)


def _measure(said: np.ndarray, truth: float) -> dict[str, float]:
    estimate, low, high, p_value = said.T
    bounded, tested = ~np.isnan(low), ~np.isnan(p_value)
    some = ~np.isnan(estimate)
    hit = (low <= truth) & (truth <= high) if np.isfinite(truth) else np.full(len(said), np.nan)
    rejects = np.where(tested, p_value < 0.05, (low > 0) | (high < 0))
    return {
        "logs": len(said),
        "answered": int((bounded | tested).sum()),
        "truth": truth,
        "bias": estimate[some].mean() - truth if some.any() else np.nan,
        "std_dev": estimate[some].std(ddof=1) if some.sum() > 1 else np.nan,
        "coverage": hit[bounded].mean() if bounded.any() else np.nan,
        "rejects": rejects[bounded | tested].mean() if (bounded | tested).any() else np.nan,
    }


def _mark(world: str, n: int, method: Method, row: dict) -> str:
    if not SETTINGS[world].marked or method.group not in _MARKED:
        return ""
    if method.group == "envelope":
        if not SETTINGS[world].without_effect:
            return ""
        return "met" if row["rejects"] <= _FALSE_ALARMS else f"missed: rejects > {_FALSE_ALARMS}"
    low, high = (
        edge + side * _ERRORS * np.sqrt(edge * (1 - edge) / row["answered"])
        for edge, side in zip(_COVERAGE, (-1, 1), strict=True)
    )
    missed = []
    if not low <= row["coverage"] <= high:
        missed.append(f"coverage outside {low:.3f} to {high:.3f}")
    if method == METHODS[0] and abs(row["bias"]) > _BIAS.get(n, np.inf):
        missed.append(f"bias > {_BIAS[n]}")
    return f"missed: {', '.join(missed)}" if missed else "met"


def write_report(
    summary: pd.DataFrame, page: Path, numbers: Path, *, seed: int, replicates: int
) -> None:
    """Write the tables as a page in Markdown, and all numbers as CSV."""
    summary.to_csv(numbers, index=False, float_format="%.5g", lineterminator="\n")
    commands, logs = _runs(summary, seed)
    text = _TEXT.format(
        commands=commands, replicates=replicates, logs=logs, verdict=_verdict(summary)
    )
    parts = [_world(world, rows) for world, rows in summary.groupby("world")]
    _, heading, rest = (page.read_text("utf-8") if page.exists() else "").partition(KEPT)
    kept = [f"{heading}{rest}"] if heading else []
    page.write_text("\n".join([text, *parts, *kept]), encoding="utf-8", newline="\n")


def _runs(summary: pd.DataFrame, seed: int) -> tuple[str, str]:
    """Commands that make these results, and the numbers of logs in words."""
    group = summary["method"].map({method.name: method.group for method in METHODS})
    usual = summary.groupby(["world", "n"])["logs"].transform("min")
    runs = [(logs, _cells(rows), "") for logs, rows in summary.groupby(usual)]
    more = summary[summary["logs"] > usual]
    runs += [(logs, _cells(rows), name) for (logs, name), rows in more.groupby(["logs", group])]
    script = f"python benchmarks/validate.py --seed {seed} --logs"
    commands = [
        f"{script} {logs} --cells {cells}" + (f" --estimators {name}" if name else "")
        for logs, cells, name in runs
    ]
    told = [f"{logs} in {cells}" + (f" ({name})" if name else "") for logs, cells, name in runs]
    return "\n".join(commands) + " --write", "; ".join(told)


def _cells(rows: pd.DataFrame) -> str:
    """Name the cells, and a world by its letter alone where all its sizes are there."""
    names = []
    for world, own in rows.groupby("world"):
        sizes = sorted(own["n"].unique())
        every = sizes == sorted(SETTINGS[world].sizes)
        names += [world] if every else [f"{world}{n}" for n in sizes]
    return ",".join(names)


def _verdict(summary: pd.DataFrame) -> str:
    held = summary[summary["mark"] != ""]
    missed = held[held["mark"] != "met"]
    if missed.empty:
        return f"All {len(held)} are met."
    lines = [
        f"- world {row.world}, n = {row.n}, {row.method}: {row.mark} (bias {row.bias:+.3f}, "
        f"coverage {row.coverage:.3f}, rejects {row.rejects:.3f})"
        for row in missed.itertuples()
    ]
    return f"{len(held) - len(missed)} of {len(held)} are met; not these:\n\n" + "\n".join(lines)


def _world(world: str, rows: pd.DataFrame) -> str:
    sizes = sorted(rows["n"].unique())
    table = [
        f"| | truth | {' | '.join(f'n = {n}' for n in sizes)} |",
        "|---|---:|" + "---|" * len(sizes),
    ]
    for method, own in rows.groupby("method", sort=False):
        fields = {row.n: _field(row) for row in own.itertuples()}
        truth = own["truth"].iloc[0]
        told = "" if np.isnan(truth) else f"{truth:.3f}"
        table.append(f"| {method} | {told} | {' | '.join(fields.get(n, '') for n in sizes)} |")
    return f"## World {world}\n\n{SETTINGS[world].what}\n\n" + "\n".join(table) + "\n"


def _field(row: Any) -> str:
    digits = 1 if "days" in row.method else 3
    parts = (
        f"{row.bias:+.{digits}f}", f"{row.std_dev:.{digits}f}", f"{row.coverage:.3f}",
        f"{row.rejects:.3f}",
    )  # fmt: skip
    few = f" ({row.answered} of {row.logs} logs)" if row.answered < 0.99 * row.logs else ""
    return " / ".join("–" if "nan" in part else part for part in parts) + few
