"""Any job-search log -> JobSearchLog; `read.py` names the steps in their order."""

from .read import read_log

__all__ = ["read_log"]
