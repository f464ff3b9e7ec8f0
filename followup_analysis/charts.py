"""Tables -> Axes. The only place that draws; matplotlib and seaborn are imported in the functions."""

from __future__ import annotations
