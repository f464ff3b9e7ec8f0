"""What your own log says about following up after an interview."""

from .errors import ColumnError, FollowupError, LogError
from .log import JobSearchLog

__all__ = ["ColumnError", "FollowupError", "JobSearchLog", "LogError"]
