"""One row of every table of victims' rights, for the properties that go over all tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.crime.models import (
    ContactPlan,
    CrimeOutcome,
    CrimeVictim,
    EnhancedRemoval,
    EntitlementOffer,
    NeedsAssessment,
    ReviewAnswer,
    ReviewRequest,
    VictimLetter,
    VictimNews,
    VictimNewsTold,
    VictimTold,
)
from iops.foundation import clock
from iops.foundation.models import User
from iops.pole import services as pole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.crime.models import Crime
    from iops.foundation.models import Fact
    from iops.pole.models import Person


def rights_of(outcome: CrimeOutcome, person: Person, by: User) -> Iterator[Fact]:
    """Everything that can hang on one victim of a crime that had an outcome."""
    crime: Crime = outcome.crime
    now = clock.now()
    pole.link(("person", person.id), "victim", ("crime", crime.id), by)
    victim = CrimeVictim.objects.get(crime=crime, person=person)
    yield from CrimeVictim.objects.filter(crime=crime)
    yield from VictimNews.objects.filter(victim__crime=crime)
    yield NeedsAssessment.objects.create(victim=victim, crime=crime, grounds="x", at=now, by=by)
    yield EnhancedRemoval.objects.create(victim=victim, crime=crime, reason="x", asked_at=now, asked_by=by)
    yield ContactPlan.objects.create(victim=victim, crime=crime, channel="phone", every_days=7, at=now, by=by)
    yield EntitlementOffer.objects.create(victim=victim, crime=crime, what="vps", answer="told", at=now, by=by)
    told = VictimTold.objects.create(crime=crime, person=person, about="recorded", how="x", words="x", at=now, by=by)
    yield told
    yield from VictimNewsTold.objects.filter(crime=crime)
    yield VictimLetter.objects.create(
        victim=victim, crime=crime, told=told, template="recorded", channel="letter", text="x", at=now, by=by
    )
    asked = ReviewRequest.objects.create(victim=victim, crime=crime, outcome=outcome, words="x", asked_at=now, by=by)
    yield asked
    other, _ = User.objects.get_or_create(username="reviewer-of-review", defaults={"name": "R (made up)"})
    yield ReviewAnswer.objects.create(request=asked, crime=crime, result="upheld", reasons="x", at=now, by=other)
