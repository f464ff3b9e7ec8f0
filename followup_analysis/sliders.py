"""An analysis -> its picture with a slider for each choice, in a notebook.

The convention owned here: a picture is drawn anew when a slider is let go, not on the way; and what
cannot be computed is said in its place.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from inspect import signature
from typing import Any

from .charts import Picture
from .errors import FollowupError
from .result import Result


def sliders(analysis: Callable[..., Result], source: object, **choices: Any) -> Any:
    """Show the picture of an analysis, with sliders for what one might choose differently.

    Parameters
    ----------
    analysis : callable
        One of the functions that return a `Result`, such as `follow_up_effect`.
    source : JobSearchLog, pandas.DataFrame or Tally
        As for the analysis.
    **choices : tuple of int, or anything
        Parameters of the analysis. A pair of whole numbers is a slider from the one to the other,
        which begins at what the analysis takes unless told; everything else is handed on.

    Returns
    -------
    ipywidgets.interactive
        The sliders over the picture. Reports leave it out: draw the picture outside it too.

    Raises
    ------
    FollowupError
        When ipywidgets is not installed.

    Examples
    --------
    >>> import followup_analysis as fa
    >>> log = fa.load_sample()
    >>> fa.sliders(fa.follow_up_effect, log, by_day=(0, 14))  # doctest: +SKIP
    """
    try:
        widgets, show = import_module("ipywidgets"), import_module("IPython.display").display
    except ImportError:
        raise FollowupError("Sliders need ipywidgets: pip install ipywidgets.") from None
    pairs = {name: choice for name, choice in choices.items() if isinstance(choice, tuple)}
    rest = {name: choice for name, choice in choices.items() if name not in pairs}
    usual = signature(analysis).parameters

    def redraw(**chosen: int) -> Picture | None:
        try:
            picture = analysis(source, **chosen, **rest).picture()
        except FollowupError as error:
            print(error)
            return None
        show(picture)
        return picture

    return widgets.interactive(
        redraw,
        **{
            name: widgets.IntSlider(
                min=low,
                max=high,
                value=usual[name].default,
                description=name.replace("_", " "),
                continuous_update=False,
            )
            for name, (low, high) in pairs.items()
        },
    )
