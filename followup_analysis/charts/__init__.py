"""Tables -> Axes. The only place that draws; matplotlib is imported inside the functions.

The conventions owned here: every function takes a table and ``ax``, returns the Axes and computes
nothing. A result names the one that draws it.
"""

from .agenda import due, plan_kept, randomised_effect
from .contrasts import (
    compare_methods,
    effect,
    hazard_ratio,
    landmark,
    minimal_detectable_effect,
    negative_controls,
    speed_up,
    timing,
    timing_curve,
)
from .curves import (
    FEW,
    cumulative_incidence,
    restricted_mean,
    simon_makuch,
    waiting,
    waiting_curve,
)
from .flow import sankey
from .groups import forest_of_levels
from .lanes import people, timeline
from .paper import COLOURS, Picture, figure, picture
from .weeks import activity
from .within import sense_of_control

__all__ = [
    "COLOURS",
    "FEW",
    "Picture",
    "activity",
    "compare_methods",
    "cumulative_incidence",
    "due",
    "effect",
    "figure",
    "forest_of_levels",
    "hazard_ratio",
    "landmark",
    "minimal_detectable_effect",
    "negative_controls",
    "people",
    "picture",
    "plan_kept",
    "randomised_effect",
    "restricted_mean",
    "sankey",
    "sense_of_control",
    "simon_makuch",
    "speed_up",
    "timeline",
    "timing",
    "timing_curve",
    "waiting",
    "waiting_curve",
]
