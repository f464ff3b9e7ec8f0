"""Work in steps -> a bar on the error stream, or in the notebook.

The convention owned here: when a bar is shown. Once the work has lasted beyond a second, and not
before; until then nothing is loaded that could draw one.
"""

from __future__ import annotations

from time import perf_counter
from types import TracebackType
from typing import Any

_PATIENCE = 1.0  # seconds


class Progress:
    """Shows how much of some work is done, if it takes long.

    Parameters
    ----------
    what : str
        What is done.
    total : int
        Steps, or bytes.
    """

    def __init__(self, what: str, total: int) -> None:
        self.what, self.total, self.done = what, total, 0
        self.begun = perf_counter()
        self.bar: Any = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.bar is not None:
            self.bar.close()

    def step(self, size: int = 1) -> None:
        """Tell that so much more is done."""
        self.done += size
        if self.bar is not None:
            self.bar.update(size)
        elif perf_counter() - self.begun > _PATIENCE and self.done < self.total:
            from tqdm.auto import tqdm

            self.bar = tqdm(total=self.total, initial=self.done, desc=self.what, leave=False)
