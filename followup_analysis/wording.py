"""Columns of a curve -> the sentence about it.

The convention owned here: numbers are rounded here and nowhere else on their way from the curve.
"""

from __future__ import annotations

from math import ceil, log10
from typing import Any

import numpy as np

from .charts.paper import signed as signed
from .log import count

Columns = dict[str, Any]  # arrays of shape (groups, ...) that broadcast
_NO_NAMES = {"n/a", "na", "nan", "nat", "nil", "none", "null"}


def incidence_sentence(part: Columns, name: str) -> str:
    """Tell the chance of each ending."""
    words, estimate = part["ending"][:, 0].tolist(), part["estimate"]
    day = np.flatnonzero(~np.isnan(estimate[0]))[-1]
    told = count(part["n_risk"][0, 0], "interview")
    head = f"{name[:1].upper() + name[1:]}, {told}" if name else f"Of {told}"
    low, high = (100 * part[end][0, day] for end in ("conf_low", "conf_high"))
    digits = decimals(low, high)
    share = dict(zip(words, 100 * estimate[:, day], strict=True))
    rest = ", ".join(
        f"{value:z.{digits}f} {'silence' if word == 'silent' else word}"
        for word, value in share.items()
        if word != "yes" and (word != "withdrawn" or round(value, digits))
    )
    percent = f"{100 * part['level'][0, 0]:g} %"
    return (
        f"{head}, by day {day}: {share['yes']:.{digits}f} in 100 yes "
        f"({percent} {low:.{digits}f} to {high:.{digits}f}), {rest}."
    )


def waiting_sentence(part: Columns, name: str) -> str:
    """Tell how long half of the answers took."""
    estimate = part["estimate"]
    last = np.flatnonzero(~np.isnan(estimate))[-1]
    half = np.flatnonzero(estimate <= 0.5)
    told = (
        f"half were answered by day {half[0]}"
        if len(half)
        else f"fewer than half were answered within {last} days"
    )
    head = f"{name[:1].upper() + name[1:]}: {told}" if name else told.capitalize()
    share, low, high = (100 * part[name][last] for name in ("estimate", "conf_low", "conf_high"))
    digits = decimals(low, high)
    return (
        f"{head}; after day {last}, {share:.{digits}f} in 100 still wait "
        f"({100 * part['level'][0]:g} % {low:.{digits}f} to {high:.{digits}f}; "
        f"{count(part['n_risk'][0], 'interview')})."
    )


def mean_sentence(row: Columns, name: str) -> str:
    """Tell the average wait."""
    head = f"{name[:1].upper() + name[1:]}: an" if name else "An"
    if np.isnan(row["estimate"]):
        return (
            f"{head} answer cannot be averaged up to day {row['horizon']:.0f}: nobody who still "
            "waits was observed that long. Choose a shorter horizon."
        )
    size = count(int(row["n"]), "interview")
    digits, limits = 1, "no interval, since all took as long"
    if not np.isnan(row["conf_low"]):
        digits = decimals(row["conf_low"], row["conf_high"], 1)
        low, high = (f"{row[end]:.{digits}f}" for end in ("conf_low", "conf_high"))
        limits = f"{100 * row['level']:g} % {low} to {high}"
    if row["n"] == 1:
        limits = "no interval from one"
    return (
        f"{head} answer took {row['estimate']:.{digits}f} days on average, counting waits of up to "
        f"{row['horizon']:.0f} days ({limits}; {size})."
    )


def between_in_100(low: float, high: float) -> tuple[str, str]:
    """Tell two shares so that they read alike only where they are: "28.8", "29.1"."""
    digits = decimals(100 * low, 100 * high)
    return f"{100 * low:z.{digits}f}", f"{100 * high:z.{digits}f}"


def decimals(low: float, high: float, usual: int = 0) -> int:
    """How many decimals an interval deserves: more than the usual where these would hide it."""
    width = abs(high - low)
    if not 0 < width < 10.0**-usual:
        return usual
    return min(ceil(-log10(width)), usual + 6)


def _decimals_in_100(row: Columns) -> int:
    return decimals(100 * row["conf_low"], 100 * row["conf_high"])


def more_in_100(row: Columns, less: str = "fewer") -> str:
    """Tell a difference: "9 more"."""
    told = f"{abs(100 * row['estimate']):.{_decimals_in_100(row)}f}"
    return f"{told} {less if row['estimate'] < 0 and float(told) else 'more'}"


def share_in_100(row: Columns) -> str:
    """Tell a share and, in a bracket that is left open, its limits: "40 in 100 (95 % 31 to 49"."""
    share, low, high = (100 * row[name] for name in ("estimate", "conf_low", "conf_high"))
    digits = decimals(low, high)
    return (
        f"{share:z.{digits}f} in 100 ({100 * row['level']:g} % {low:z.{digits}f} to "
        f"{high:z.{digits}f}"
    )


def points_in_100(row: Columns) -> str:
    """Tell a difference with its sign: "+9"."""
    return signed(100 * row["estimate"], _decimals_in_100(row))


def limits_in_100(row: Columns) -> str:
    """Tell the limits of a difference: "+2 to +16"."""
    low, high = (signed(100 * row[end], _decimals_in_100(row)) for end in ("conf_low", "conf_high"))
    return f"{low} to {high}"


def points_and_limits(row: Columns) -> str:
    """Tell a difference with its interval: "+9 (95 % +2 to +16)"."""
    return f"{points_in_100(row)} ({100 * row['level']:g} % {limits_in_100(row)})"


def points(share: float) -> str:
    """Tell a share that somebody chose: 0.1 is "10 points"."""
    told = f"{100 * share:g}"
    return f"{told} point{'' if told == '1' else 's'}"


def plain_name(name: object) -> str:
    """Write a name, in quotes where it could be taken for the lack of one."""
    told = str(name)
    return f'"{told}"' if told.strip().lower() in _NO_NAMES else told
