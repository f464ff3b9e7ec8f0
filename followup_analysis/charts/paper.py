"""What all charts share: colours, the picture that carries its own text, and small marks.

The convention owned here: no global setting is changed, and each colour has a second cue.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..errors import FollowupError

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

# Okabe and Ito's colours: told apart with every kind of colour vision.
COLOURS = {
    "yes": "#009E73",
    "no": "#D55E00",
    "withdrawn": "#CC79A7",
    "silent": "#BBBBBB",
    "open": "#56B4E9",
}
INK, MUTED, LANE, BAND = "#222222", "#666666", "#C9C9C9", "#DDDDDD"
GROUP_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#222222")
GROUP_LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))
WIDTH = 5.4  # inches: letters of 10 points can still be read where a telephone shows it
MOST_LANES_NAMED, MOST_BARS = 80, 30
LONGEST_NAME = 36  # letters
BLOCK, BLOCKS = 53, 4  # weeks side by side in a calendar, and how often below each other


@dataclass(frozen=True)
class Picture:
    """A drawn chart that shows itself in a notebook with its alternative text.

    Parameters
    ----------
    png : bytes
        The picture.
    alt : str
        What it shows, for those who cannot see it.
    caption : str
        What stands below it, for those who can; `alt` says it too.
    """

    png: bytes
    alt: str
    caption: str = ""

    def save(self, path: str | Path) -> None:
        """Write the picture as a PNG file; another ending would promise another kind of file."""
        from pathlib import Path

        path = Path(path)
        if path.suffix.lower() != ".png":
            raise FollowupError(
                f"The picture needs a name that ends in .png, not {path.name!r}. For another kind "
                "of file: axes = result.plot(), then axes.figure.savefig('picture.pdf') or .svg."
            )
        if not path.parent.is_dir():
            raise FollowupError(f"There is no folder {str(path.parent)!r}: make it first.")
        path.write_bytes(self.png)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        # The text of image/png is lost on the way to JupyterLab and to a page: hence the figure.
        return {"text/html": self._repr_html_(), "text/plain": self.alt}

    def _repr_html_(self, *, caption: bool = True) -> str:
        from base64 import b64encode

        data = b64encode(self.png).decode()
        text = escape(self.alt, quote=True)
        below = f'<figcaption aria-hidden="true">{escape(self.caption)}</figcaption>' * caption
        return (
            f'<figure style="margin:0"><img style="max-width:100%;background:#fff" alt="{text}" '
            f'src="data:image/png;base64,{data}">{below}</figure>'
        )

    def __repr__(self) -> str:
        return f"Picture: {self.alt}"


def figure(draw: Callable[[Axes], object], table: pd.DataFrame) -> Figure:
    """Draw on a figure of its own, apart from pyplot."""
    from matplotlib.figure import Figure

    drawn = Figure(figsize=size(table), dpi=120, layout="constrained")
    draw(drawn.add_subplot())
    return drawn


def picture(
    draw: Callable[[Axes], object], table: pd.DataFrame, *, alt: str, caption: str
) -> Picture:
    """Draw on a figure of its own and keep the picture with its text."""
    from io import BytesIO

    from matplotlib.backends.backend_agg import FigureCanvasAgg

    buffer = BytesIO()
    # Not by savefig, which draws everything twice. Without the version of matplotlib, which would
    # make equal pictures differ.
    canvas = FigureCanvasAgg(figure(draw, table))
    canvas.print_png(buffer, metadata={"Software": None}, pil_kwargs={"compress_level": 1})
    return Picture(buffer.getvalue(), f"{alt} {caption}".strip(), caption)


def reach(table: pd.DataFrame) -> np.ndarray:
    """How far the limits lie from the estimates, as matplotlib wants it."""
    low, high = table["estimate"] - table["conf_low"], table["conf_high"] - table["estimate"]
    return np.maximum(np.stack([low, high]), 0)


def say(
    ax: Axes, x: float, y: float, text: str, colour: str, shift: tuple[int, int], align: str
) -> None:
    """Write a small text near a point, legible over what is drawn there."""
    from matplotlib.patheffects import withStroke

    ax.annotate(
        text,
        (x, y),
        xytext=shift,
        textcoords="offset points",
        color=colour,
        ha=align,
        fontsize="small",
        path_effects=[withStroke(linewidth=2.5, foreground="white")],
    )


def plain(name: object) -> str:
    """What a file calls something is text, never a formula, and never as wide as the picture."""
    text = " ".join(str(name).split())
    text = text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"
    return text.replace("$", r"\$")


def signed(number: float, digits: int = 0) -> str:
    """Write a difference: +5, -5 or 0."""
    rounded = round(number, digits)
    return f"{rounded:+.{digits}f}" if rounded else "0"


def spread(heights: list[float], gap: float) -> list[float]:
    """Move labels apart, so that each is clear of the one below and the middle stays."""
    moved, floor = np.zeros(len(heights)), -np.inf
    for place in np.argsort(heights, kind="stable"):
        moved[place] = floor = max(heights[place], floor + gap)
    shift = (moved - heights).mean() if len(heights) else 0
    return list(moved - shift)


def in_100(axis: Axis) -> None:
    """Write the ticks of a difference between shares as +5, -5 or 0 in 100."""
    differences(axis, scale=100)


def differences(axis: Axis, scale: float = 1) -> None:
    """Set ticks at round numbers and write them as they are: +0.5 is never rounded to +0."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10]))
    axis.set_major_formatter(lambda value, _: _as_it_is(scale * value))


def percent(ax: Axes) -> None:
    """Write the ticks of the upright axis in per cent."""
    ax.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")


def nothing(ax: Axes) -> Axes:
    """Say that there is nothing to draw yet."""
    ax.text(0.5, 0.5, "nothing to draw yet", ha="center", va="center", transform=ax.transAxes)
    ax.set_axis_off()
    return ax


def tidy(ax: Axes, grid: str = "") -> Axes:
    """Take away what does not help to read, and lay a faint grid below the rest."""
    ax.spines[["top", "right"]].set_visible(False)
    if grid:
        ax.grid(axis=grid, color="#EEEEEE", zorder=0)  # type: ignore[arg-type]
        ax.set_axisbelow(True)
    return ax


def new_axes(table: pd.DataFrame) -> Axes:
    """Open a figure of pyplot, so that notebooks show it."""
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=size(table), layout="constrained")[1]


def size(table: pd.DataFrame) -> tuple[float, float]:
    """Width and height in inches: what has rows or years grows with them."""
    if "week" in table and len(table):
        weeks = min(table["week"].max() + 1, BLOCK * BLOCKS)
        side = 0.88 * WIDTH / max(20, min(weeks, BLOCK))  # of the square of a day
        return WIDTH, 1.1 + 10 * side * -(-weeks // BLOCK)
    if "longest_silence" in table:
        return WIDTH, 1.2 + 0.2 * min(len(table), MOST_BARS)
    lanes = min(table["lane"].nunique(), MOST_LANES_NAMED) if "lane" in table else 0
    return WIDTH, max(3.6, 1 + 0.15 * lanes)


def named(word: str) -> str:
    """Say an ending as one would."""
    return {"open": "still open", "silent": "silence"}.get(word, word)


def _as_it_is(number: float) -> str:
    rounded = round(number, 6)  # 0.30000000000000004 is 0.3, and what is left of nothing is 0
    return f"{rounded:+g}" if rounded else "0"
