"""Columns of a curve -> the sentence about it.

The convention owned here: numbers are rounded here and nowhere else on their way from the curve.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .log import count

Columns = dict[str, Any]  # arrays of shape (groups, ...) that broadcast


def incidence_sentence(part: Columns, name: str) -> str:
    """Tell the chance of each ending."""
    words, estimate = part["ending"][:, 0].tolist(), part["estimate"]
    day = np.flatnonzero(~np.isnan(estimate[0]))[-1]
    n = part["n_risk"][0, 0]
    head = f"{name[:1].upper() + name[1:]}, {n}" if name else f"Of {n}"
    share = {word: hundred(value) for word, value in zip(words, estimate[:, day], strict=True)}
    low, high = (hundred(part[end][0, day]) for end in ("conf_low", "conf_high"))
    rest = ", ".join(
        f"{value} {'silence' if word == 'silent' else word}"
        for word, value in share.items()
        if word != "yes" and (word != "withdrawn" or value)
    )
    percent = f"{100 * part['level'][0, 0]:g} %"
    return (
        f"{head} interview{'s' if n != 1 else ''}, by day {day}: {share['yes']} in 100 yes "
        f"({percent} {low} to {high}), {rest}."
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
    low, high = (hundred(part[end][last]) for end in ("conf_low", "conf_high"))
    return (
        f"{head}; after day {last}, {hundred(estimate[last])} in 100 still wait "
        f"({100 * part['level'][0]:g} % {low} to {high}; {count(part['n_risk'][0], 'interview')})."
    )


def mean_sentence(row: Columns, name: str) -> str:
    """Tell the average wait."""
    head = f"{name[:1].upper() + name[1:]}: an" if name else "An"
    if np.isnan(row["estimate"]):
        return (
            f"{head} answer cannot be averaged up to day {row['horizon']:.0f}: nobody who still "
            "waits was observed that long. Choose a shorter horizon."
        )
    return (
        f"{head} answer took {row['estimate']:.1f} days on average, counting waits of up to "
        f"{row['horizon']:.0f} days ({100 * row['level']:g} % {row['conf_low']:.1f} to "
        f"{row['conf_high']:.1f}; {count(int(row['n']), 'interview')})."
    )


def hundred(share: float) -> int:
    """Whole number in 100, for sentences only."""
    return round(100 * share)
