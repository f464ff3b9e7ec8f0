"""Calls -> seconds beside those of a peer, all in one run and in turn, once their numbers agree.

The convention owned here: a ratio is the median over the rounds of one round's ratio, so that a
machine that is busy for a while slows both sides of it, and the calls of a round take turns in
being first.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any


@dataclass(frozen=True)
class Peer:
    """Another way to the same thing.

    Parameters
    ----------
    name : str
        Whose, and which call is timed.
    call : callable
        What is timed.
    agrees : callable
        Gets what ours and what the peer returned; says how well they agree, or raises.
    times_faster : float, optional
        The mark: ours is to be at least this many times faster.
    times_its_time : float, optional
        The mark, where ours does more than the peer: at most this many times its time.
    clock : callable, optional
        Makes the call and returns the seconds it took, where another process has to do that.
    """

    name: str
    call: Callable[[], Any]
    agrees: Callable[[Any, Any], str]
    times_faster: float | None = None
    times_its_time: float | None = None
    clock: Callable[[], float] | None = None

    def judge(self, ours: Sequence[float], theirs: Sequence[float]) -> tuple[str, str, bool]:
        """Return the ratio and the mark in words, and whether the mark is met."""
        ratio = median(b / a for a, b in zip(ours, theirs, strict=True))
        if self.times_faster:
            return f"{ratio:.3g} x faster", f">= {self.times_faster:g}", ratio >= self.times_faster
        ratio = median(a / b for a, b in zip(ours, theirs, strict=True))
        mark = self.times_its_time
        return f"{ratio:.2f} x its time", f"<= {mark:g}", ratio <= mark


@dataclass(frozen=True)
class Row:
    """A line of the table of results; times in seconds."""

    what: str
    ours: float
    peer: str
    theirs: float
    ratio: str
    mark: str
    met: bool
    agreement: str


def compare(what: str, ours: Callable[[], Any], peers: list[Peer], rounds: int = 7) -> list[Row]:
    """Check the numbers of a first round, then time each call once per round."""
    mine = ours()
    agreements = [peer.agrees(mine, peer.call()) for peer in peers]
    clocks = [partial(_seconds, ours)]
    clocks += [peer.clock or partial(_seconds, peer.call) for peer in peers]
    seconds: list[list[float]] = [[] for _ in clocks]
    for start in range(rounds):
        for turn in range(len(clocks)):  # each round another begins: what ran before leaves traces
            place = (start + turn) % len(clocks)
            seconds[place].append(clocks[place]())
    own, *others = seconds
    return [
        Row(what, median(own), peer.name, median(taken), *peer.judge(own, taken), agreement)
        for peer, taken, agreement in zip(peers, others, agreements, strict=True)
    ]


def within(what: str, ours: Callable[[], Any], seconds: float, rounds: int = 5) -> Row:
    """Time a call against a fixed bound, after one round that is not counted."""
    ours()
    taken = median(_seconds(ours) for _ in range(rounds))
    return Row(what, taken, "a bound", seconds, "", f"<= {seconds:g} s", taken <= seconds, "")


def _seconds(call: Callable[[], Any]) -> float:
    gc.disable()  # as timeit does
    try:
        started = perf_counter()
        call()
        return perf_counter() - started
    finally:
        gc.enable()
