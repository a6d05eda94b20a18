"""The facts of the foundation: people who work here, places of work, calendars, references, history."""

from iops.foundation.models.accounts import AccountKind, District, Membership, Team, User
from iops.foundation.models.base import Fact, Settles
from iops.foundation.models.calendar import CalendarDay, Clock
from iops.foundation.models.ledger import Consultation, History, Seal
from iops.foundation.models.numbering import NumberSeries
from iops.foundation.models.sessions import SignInSession
from iops.foundation.models.tokens import Token, TokenCall, TokenUse

__all__ = [
    "AccountKind",
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
    "Token",
    "TokenCall",
    "TokenUse",
    "User",
]
