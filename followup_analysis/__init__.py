"""What your own log says about following up after an interview."""

from .effect import follow_up_effect
from .episodes import episodes
from .errors import ColumnError, FollowupError, LogError
from .hazard_ratio import hazard_ratio
from .intervals import clopper_pearson, jeffreys, newcombe, wilson
from .landmark import landmark
from .log import JobSearchLog
from .moving import simon_makuch
from .reading import read_log
from .result import Result
from .samples import load_sample
from .simulate import simulate_log
from .survival import cumulative_incidence, kaplan_meier, restricted_mean
from .tally import Tally, at_risk, tally
from .timeline import timeline
from .timing import timing
from .trust import e_value

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
    "e_value",
    "episodes",
    "follow_up_effect",
    "hazard_ratio",
    "jeffreys",
    "kaplan_meier",
    "landmark",
    "load_sample",
    "newcombe",
    "read_log",
    "restricted_mean",
    "simon_makuch",
    "simulate_log",
    "tally",
    "timeline",
    "timing",
    "wilson",
]
