"""The questions asked of outcomes that can be defended: everything of one crime, and what each outcome still lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.crime.models import EvidenceLed, OutcomeAudit, OutcomeDraw, SafeguardingCheck, VictimWish
from iops.crime.outcomes.grounds import RESTING, Lack, VictimNow, lacking, victims
from iops.foundation.consultation import shows_no_record
from iops.pole.models import Organisation, Person

if TYPE_CHECKING:
    from iops.crime.models import Crime
    from iops.foundation.models import User


@dataclass(frozen=True)
class Victim:
    """A victim by name, with what stands of their wish."""

    now: VictimNow
    name: str


@dataclass(frozen=True)
class Ground:
    """What the outcomes of one crime rest on: the latest first."""

    victims: tuple[Victim, ...]
    wishes: tuple[VictimWish, ...]
    evidence_led: tuple[EvidenceLed, ...]
    safeguarding: tuple[SafeguardingCheck, ...]
    audits: tuple[OutcomeAudit, ...]
    drawn: OutcomeDraw | None
    lacks: dict[str, tuple[Lack, ...]]

    @property
    def awaits_audit(self) -> bool:
        """Whether the outcome that stands was drawn, and nobody has audited it."""
        return self.drawn is not None and self.drawn.sampled and all(a.drawn_id != self.drawn.id for a in self.audits)


@shows_no_record("a part of the crime, whose look is logged")
def ground_of(crime: Crime, viewer: User) -> Ground:
    """Everything outcomes of the crime rest on, and what 14, 15 and 16 still lack if the viewer authorised them."""
    drawn = OutcomeDraw.objects.filter(crime=crime, outcome__reopening=None).order_by("-id").first()
    return Ground(
        victims=named_victims(crime),
        wishes=tuple(crime.wishes.select_related("by", "person", "organisation").order_by("-taken_at", "-id")),
        evidence_led=tuple(crime.evidence_led.select_related("by").order_by("-id")),
        safeguarding=tuple(crime.safeguarding_checks.select_related("by").order_by("-id")),
        audits=tuple(OutcomeAudit.objects.filter(crime=crime).select_related("by").order_by("-id")),
        drawn=drawn,
        # An ended crime lacks nothing.
        lacks={} if drawn else {code: lacking(crime.id, code, viewer) for code in RESTING},
    )


@shows_no_record("a part of the crime, whose look is logged")
def named_victims(crime: Crime) -> tuple[Victim, ...]:
    """The victims of the crime by name; one that the viewer may not see is "a person" or "an organisation"."""
    known = victims(crime.id)
    names: dict[tuple[str, int], str] = {}
    for kind, model in (("person", Person), ("organisation", Organisation)):
        wanted = [one.id for one in known if one.kind == kind]
        names |= {(kind, pk): str(name) for pk, name in model.objects.filter(id__in=wanted).values_list("id", "name")}
    article = {"person": "a person", "organisation": "an organisation"}
    return tuple(Victim(one, names.get((one.kind, one.id), article[one.kind])) for one in known)
