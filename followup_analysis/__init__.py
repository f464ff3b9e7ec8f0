"""What your own log says about following up after an interview."""

from .activity import activity
from .anonymous import anonymise
from .clones import clone_censor_weight
from .coins import randomise_timing
from .control import sense_of_control
from .curve import timing_curve
from .differences import effect_by
from .due import due
from .effect import follow_up_effect
from .episodes import episodes
from .errors import ColumnError, FollowupError, LogError
from .experiment import randomised_effect
from .hazard_ratio import hazard_ratio
from .intervals import clopper_pearson, jeffreys, newcombe, wilson
from .landmark import landmark
from .log import JobSearchLog
from .messages import effect_of_channel, effect_of_content
from .methods import compare_methods
from .moving import simon_makuch
from .overview import Overview, overview
from .people import people
from .plans import plan_kept
from .reading import read_log
from .result import Result
from .risk import at_risk
from .samples import load_sample
from .sankey import sankey, sankey_text
from .sensitivity import minimal_detectable_effect, negative_controls
from .simulate import simulate_log
from .sliders import sliders
from .speed import speed_up
from .survival import cumulative_incidence, kaplan_meier, restricted_mean
from .tally import Tally, tally
from .timeline import timeline
from .timing import timing
from .trials import sequential_trials
from .trust import e_value
from .waiting import waiting
from .writing import write_log

__all__ = [
    "ColumnError",
    "FollowupError",
    "JobSearchLog",
    "LogError",
    "Overview",
    "Result",
    "Tally",
    "activity",
    "anonymise",
    "at_risk",
    "clone_censor_weight",
    "clopper_pearson",
    "compare_methods",
    "cumulative_incidence",
    "due",
    "e_value",
    "effect_by",
    "effect_of_channel",
    "effect_of_content",
    "episodes",
    "follow_up_effect",
    "hazard_ratio",
    "jeffreys",
    "kaplan_meier",
    "landmark",
    "load_sample",
    "minimal_detectable_effect",
    "negative_controls",
    "newcombe",
    "overview",
    "people",
    "plan_kept",
    "randomise_timing",
    "randomised_effect",
    "read_log",
    "restricted_mean",
    "sankey",
    "sankey_text",
    "sense_of_control",
    "sequential_trials",
    "simon_makuch",
    "simulate_log",
    "sliders",
    "speed_up",
    "tally",
    "timeline",
    "timing",
    "timing_curve",
    "waiting",
    "wilson",
    "write_log",
]
