"""A victim of a recorded crime, and short words for what they are owed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from iops.crime.models import CrimeVictim
from iops.crime.outcomes import services
from iops.crime.outcomes.grounds import victims
from iops.crime.recorded import deciding, life, recording
from iops.foundation.roles import Role
from iops.obligations.models import Obligation
from iops.pole import services as pole
from tests.crime.outcomes.scene import considered, looked_at
from tests.crime.recorded.rows import TWENTY
from tests.crime.recorded.scene import SHOPLIFTING, recorded

if TYPE_CHECKING:
    from iops.foundation.models import User
    from tests.force import Force

LONDON = ZoneInfo("Europe/London")
SIXTEEN = {"rape_or_high_risk_abuse": "no"}
ASSAULT = {"class": "8N", "a.all.reporter": "victim"}


def when(text: str) -> dt.datetime:
    """A moment in London: "2026-11-20 16:00"."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=LONDON)


def victim_of(force: Force, **facts: object) -> CrimeVictim:
    """The victim of a theft from a shop."""
    return CrimeVictim.objects.select_related("crime", "person").get(crime=recorded(force, SHOPLIFTING, **facts))


def abused(force: Force) -> CrimeVictim:
    """The victim of a recorded assault that is domestic abuse."""
    officer = force.one(Role.RESPONSE)
    incident = force.incident(what="He hit her", crime_reported=True, domestic=True)
    ann = pole.register_person("Ann Brown (made up)", officer, born="1990-02-03")
    bob = pole.register_person("Bob Gray (made up)", officer, born="1988-02-03")
    pole.link(("person", ann.id), "victim", ("incident", incident.id), officer)
    pole.link(("person", bob.id), "suspect", ("incident", incident.id), officer)
    made = recording.record_crimes(incident.id, ASSAULT, officer)
    return CrimeVictim.objects.select_related("crime", "person").get(crime=made.crimes[0])


def not_prosecuted(victim: CrimeVictim, by: User, reason: str = "The victim does not wish to go on") -> None:
    """The crime of a victim who does not wish to go on ended in outcome 16, with all that it rests on."""
    for one in victims(victim.crime_id):
        words = "I do not want to go to court"
        services.record_wish(
            victim.crime_id, "does_not_support", "telephone", by, words=words, victim=(one.kind, one.id)
        )
    considered(victim.crime, by)
    looked_at(victim.crime, by)
    deciding.give_outcome(victim.crime_id, "16", SIXTEEN, reason, by)


def taken_on(crime_id: int, by: User) -> None:
    """A crime ended because another body acts (outcome 20), with the victim told before."""
    life.tell_victim(crime_id, "outcome", "in person", "The council acts", by)
    deciding.give_outcome(crime_id, "20", TWENTY, "The council acts", by)


def duties(victim: CrimeVictim, kind: str | None = None) -> dict[str, str]:
    """What is owed on the news of a victim (of one kind): rule and state."""
    news = victim.news.all() if kind is None else victim.news.filter(kind=kind)
    found = Obligation.objects.filter(subject="victim_news", subject_id__in=[n.id for n in news])
    return {row.rule_id: _state(row) for row in found}


def due(victim: CrimeVictim, kind: str) -> dict[str, str]:
    """Until when news of a kind is owed, in London, by rule."""
    news = victim.news.filter(kind=kind).values("id")
    found = Obligation.objects.filter(subject="victim_news", subject_id__in=news)
    return {row.rule_id: f"{row.due_at.astimezone(LONDON):%Y-%m-%d %H:%M}" for row in found}


def of_victim(victim: CrimeVictim) -> dict[str, str]:
    """What is owed to the victim beside news: rule and state."""
    found = Obligation.objects.filter(subject="crime_victim", subject_id=victim.id)
    return {row.rule_id: _state(row) for row in found}


def _state(row: Obligation) -> str:
    if row.met_at is None:
        return "open"
    return "met late" if row.met_at > row.due_at else "met"
