"""What the blocks of a package say, read from the records as whoever sends sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from iops.control.models import Incident
from iops.foundation import clock
from iops.rulebook.clocks import LONDON
from iops.safeguarding.models import IncidentChild, RiskAssessment, SharingBar
from iops.safeguarding.questions import FORMS
from iops.safeguarding.referrals.guard import Bars
from iops.safeguarding.referrals.package import Package, Section, made
from iops.safeguarding.referrals.sharing import sharing

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from iops.pole.models import Person
    from iops.safeguarding.models import Referral

NOTHING = ("Nothing is recorded.",)


def reference(referral_id: int) -> str:
    """The reference of a referral as partners know it: "R000123". It tells nothing of the incident or the person."""
    return f"R{referral_id:06d}"


def render(referral: Referral) -> Package:
    """The package of a referral under the must-not-receive list in force now. Raises BarredError."""
    bars = bars_of(referral.incident_id)
    agency = referral.agency
    bars.check_recipient(agency.name, agency.address, referral.attention)
    return made(
        reference(referral.id), _head(referral), [_section(referral, s["block"]) for s in referral.sections], bars
    )


def bars_of(incident_id: int) -> Bars:
    """The must-not-receive list of an incident, with what is known of its suspects, restricted ones too."""
    entries = SharingBar.objects.filter(incident_id=incident_id, lifted_at=None).values_list("kind", "value")
    with connection.cursor() as cursor:
        cursor.execute("select told from iops.sharing_suspects(%s)", [incident_id])
        suspects = tuple(str(row[0]) for row in cursor.fetchall())
    by_kind = {kind: tuple(value for of, value in entries if of == kind) for kind in ("recipient", "content")}
    return Bars(by_kind["recipient"], by_kind["content"], suspects)


def _head(referral: Referral) -> dict[str, str]:
    basis = sharing().bases.get(referral.basis)
    return {
        "to": referral.agency.name,
        "for the attention of": referral.attention,
        "about": str(referral.get_strand_display()),
        "urgency": str(referral.get_urgency_display()),
        "shared on the ground of": basis.title if basis else referral.basis,
        "why referred": referral.summary,
        "made at": f"{clock.now().astimezone(LONDON):%d %B %Y %H:%M}",
    }


def _section(referral: Referral, block: str) -> Section:
    return Section(block, sharing().blocks[block].title, BLOCKS[block](referral) or NOTHING)


def _persons(referral: Referral) -> tuple[str, ...]:
    return (_named(referral.person),)


def _named(person: Person) -> str:
    return f"{person.name}, born {_day(person.born)}"


def _day(day: date | None) -> str:
    return f"{day:%d %B %Y}" if day else "on a day not known"


def _narrative(referral: Referral) -> tuple[str, ...]:
    incident = Incident.objects.get(id=referral.incident_id)
    reported = f"Reported {incident.reported_at.astimezone(LONDON):%d %B %Y %H:%M} at {incident.where}"
    return reported, incident.what


def _grade(referral: Referral) -> tuple[str, ...]:
    latest = RiskAssessment.objects.filter(incident_id=referral.incident_id).order_by("-at", "-id").first()
    if latest is None:
        return ("The risk has not been assessed yet.",)
    topics = FORMS.get(latest.form, {})
    yes = tuple(f"Yes: {topics.get(topic, topic)}" for topic, answer in latest.answers.items() if answer == "yes")
    return (f"Grade: {latest.grade}", *yes)


def _children(referral: Referral) -> tuple[str, ...]:
    linked = IncidentChild.objects.filter(incident_id=referral.incident_id).select_related("person").order_by("id")
    return tuple(_named(child.person) for child in linked)


def _voice(referral: Referral) -> tuple[str, ...]:
    return (referral.voice,) if referral.voice else ()


def _history(referral: Referral) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(distinct record_id) from iops.involvement"
            " where person_id = %s and record_kind = 'incident' and record_id <> %s",
            [referral.person_id, referral.incident_id],
        )
        return (f"Other incidents on record with this person: {cursor.fetchone()[0]}",)


BLOCKS: dict[str, Callable[[Referral], tuple[str, ...]]] = {
    "persons": _persons,
    "narrative": _narrative,
    "grade": _grade,
    "children": _children,
    "voice": _voice,
    "history": _history,
}
"""How each block is filled. A block of the configuration without one is refused when a referral is drafted."""
