"""The questions asked of obligations: worklists, what is owed on a record, and the counts of assurance."""

from iops.obligations.selectors.assurance import (
    AGES,
    Assurance,
    AssuranceFilter,
    DutyCounts,
    assurance,
    rule_numbers,
)
from iops.obligations.selectors.owed import Duty, Step, WaiverGiven, blocking, open_on, owed_on
from iops.obligations.selectors.worklist import Reach, Worklist, WorklistFilter, WorklistRow, worklist

__all__ = [
    "AGES",
    "Assurance",
    "AssuranceFilter",
    "Duty",
    "DutyCounts",
    "Reach",
    "Step",
    "WaiverGiven",
    "Worklist",
    "WorklistFilter",
    "WorklistRow",
    "assurance",
    "blocking",
    "open_on",
    "owed_on",
    "rule_numbers",
    "worklist",
]
