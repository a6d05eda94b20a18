"""One row of every table of what outcomes rest on, for the properties that go over all tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from iops.crime.models import EvidenceLed, OutcomeAudit, OutcomeDraw, SafeguardingCheck, VictimWish
from iops.foundation import clock
from iops.foundation.context import acting
from iops.foundation.models import Membership, Team, User
from iops.pole.models import Link, Person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.crime.models import Crime, CrimeOutcome
    from iops.foundation.models import Fact


def link_victim(crime_id: int, person_id: int) -> Link:
    """A person made a victim of a crime."""
    told: dict[str, Any] = {"from_kind": "person", "from_id": person_id, "to_kind": "crime", "to_id": crime_id}
    return Link.objects.create(**told, role="victim", recorded_at=clock.now())


def supervisor(who: User) -> User:
    """Somebody made a sergeant."""
    team, _ = Team.objects.get_or_create(name="Sergeants (made up)")
    Membership.objects.get_or_create(user=who, team=team, role="sergeant")
    return who


def grounds_of(crime: Crime, by: User) -> Iterator[Fact]:
    """A wish, a consideration and a check of one crime."""
    said: dict[str, Any] = {"crime": crime, "at": clock.now(), "by": by}
    victim = Person.objects.create(name="Vi Lane (made up)")
    link_victim(crime.id, victim.id)
    taken: dict[str, Any] = {"wish": "supports", "taken_how": "in_person", "words": "x", "taken_at": clock.now()}
    yield VictimWish.objects.create(person=victim, **taken, **said)
    yield EvidenceLed.objects.create(evidence="x", goes_on=False, reason="x", **said)
    yield SafeguardingCheck.objects.create(victim_safety="x", child_safety="x", **said)


def audit_of(outcome: CrimeOutcome, by: User) -> Iterator[Fact]:
    """The draw of an outcome, and its audit by somebody without a part in it."""
    drawn = OutcomeDraw.objects.get(outcome=outcome)
    yield drawn
    other = supervisor(User.objects.create(username=uuid4().hex, name="Another (made up)", made_up=True))
    with acting(user_id=other.id):
        said: dict[str, Any] = {"verdict": "upheld", "reason": "x", "at": clock.now(), "by": other}
        made = OutcomeAudit.objects.create(drawn=drawn, crime_id=drawn.crime_id, **said)
    yield made
