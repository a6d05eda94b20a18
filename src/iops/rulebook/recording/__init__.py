"""The recording decision: from a structured report to what must be recorded, with reasons."""

from iops.rulebook.reading import read_report
from iops.rulebook.recording.decide import decide
from iops.rulebook.report import Report

__all__ = ["Report", "decide", "read_report"]
