"""The facts of the foundation: people who work here, places of work, calendars, references, history."""

from iops.foundation.models.accounts import District, Membership, Team, User
from iops.foundation.models.base import Fact, Settles
from iops.foundation.models.calendar import CalendarDay, Clock
from iops.foundation.models.ledger import Consultation, History, Seal
from iops.foundation.models.numbering import NumberSeries
from iops.foundation.models.sessions import SignInSession

__all__ = [
    "CalendarDay",
    "Clock",
    "Consultation",
    "District",
    "Fact",
    "History",
    "Membership",
    "NumberSeries",
    "Seal",
    "Settles",
    "SignInSession",
    "Team",
    "User",
]
