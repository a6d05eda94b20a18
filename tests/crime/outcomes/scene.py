"""A crime whose victim does not wish to go on, and what its outcome rests on, for the tests of outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.crime.outcomes import services
from iops.crime.recorded import deciding
from iops.foundation.roles import Role
from tests.crime.recorded.scene import recorded

if TYPE_CHECKING:
    from iops.crime.models import Crime, CrimeOutcome
    from iops.foundation.models import User
    from tests.force import Force

TOLD = {"rape_or_high_risk_abuse": "no", "evidential_difficulty": "yes"}
"""What an outcome asks and no record says."""


def wish(crime: Crime, by: User, wanted: str = "does_not_support") -> None:
    """What the victim wants, by telephone."""
    services.record_wish(crime.id, wanted, "telephone", by, words="I do not want to go to court")


def considered(crime: Crime, by: User, *, goes_on: bool = False) -> None:
    """Whether the case can go on without the victim."""
    services.consider_evidence_led(crime.id, "No footage, no witness", goes_on, "Nothing else shows it", by)


def looked_at(crime: Crime, by: User) -> None:
    """The look at everybody's safety."""
    services.check_safeguarding(crime.id, "She lives elsewhere now", "There are no children", by)


def grounded(crime: Crime, by: User, wanted: str = "does_not_support") -> Crime:
    """The crime with all three."""
    wish(crime, by, wanted)
    considered(crime, by)
    looked_at(crime, by)
    return crime


def abuse(force: Force) -> Crime:
    """A crime of domestic abuse with a named suspect."""
    return recorded(force, domestic=True)


def ended(crime: Crime, by: User, code: str = "16") -> CrimeOutcome:
    """The crime ended in this outcome."""
    return deciding.give_outcome(crime.id, code, TOLD, "She does not wish to go on", by)


def detective(force: Force) -> User:
    """Who investigates."""
    return force.one(Role.DETECTIVE)
