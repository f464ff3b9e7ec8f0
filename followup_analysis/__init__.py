"""What your own log says about following up after an interview."""

from .episodes import episodes
from .errors import ColumnError, FollowupError, LogError
from .intervals import clopper_pearson, jeffreys, newcombe, wilson
from .log import JobSearchLog
from .result import Result
from .survival import cumulative_incidence, kaplan_meier, restricted_mean
from .tally import Tally, at_risk, tally
from .timeline import timeline
from .timing import timing

__all__ = [
    "ColumnError",
    "FollowupError",
    "JobSearchLog",
    "LogError",
    "Result",
    "Tally",
    "at_risk",
    "clopper_pearson",
    "cumulative_incidence",
    "episodes",
    "jeffreys",
    "kaplan_meier",
    "newcombe",
    "restricted_mean",
    "tally",
    "timeline",
    "timing",
    "wilson",
]
