"""The API of what an outcome rests on, and of its re-audit."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status

from iops.crime.outcomes import selectors, services
from iops.crime.recorded.selectors import by_reference, one
from iops.foundation.api import Id, Line, Text, viewer
from iops.rulebook.needs import Needed

router = Router(tags=["crimes"])
CRIME = "/crimes/{reference}"


class VictimIn(Schema):
    """A victim of the crime."""

    kind: Annotated[Literal["person", "organisation"], Needed("which-record")]
    id: Annotated[Id, Needed("which-record")]


class WishIn(Schema):
    """What a victim wants; `victim` where the crime has several, `taken_at` now when left out."""

    wish: Annotated[Literal["supports", "does_not_support", "lost_contact", "not_asked"], Needed("victim-wish")]
    taken_how: Annotated[
        Literal["in_person", "video", "telephone", "written", "through", "no_contact"], Needed("victim-wish")
    ]
    words: Text = ""
    recording: Line = ""
    taken_at: dt.datetime | None = None
    victim: VictimIn | None = None


class EvidenceLedIn(Schema):
    """Whether the case can go on without the victim."""

    evidence: Annotated[Text, Needed("evidence-led")]
    goes_on: Annotated[bool, Needed("evidence-led")]
    reason: Annotated[Text, Needed("evidence-led")]


class SafeguardingIn(Schema):
    """What was found of the safety of the victim and of children."""

    victim_safety: Annotated[Text, Needed("safety-before-outcome")]
    child_safety: Annotated[Text, Needed("safety-before-outcome")]


class AuditIn(Schema):
    """The answer of a re-audit; `not_upheld` opens the crime again."""

    verdict: Annotated[Literal["upheld", "not_upheld"], Needed("outcome-audit")]
    reason: Annotated[Text, Needed("outcome-audit")]


class WishOut(Schema):
    """One wish as it was taken."""

    wish: str
    taken_how: str
    words: str
    recording: str
    taken_at: dt.datetime
    by: str


class GroundOut(Schema):
    """What an outcome of the crime rests on; `lacks` says by code what 14, 15 and 16 still need if you authorise."""

    wishes: list[WishOut]
    considered: list[EvidenceLedIn]
    safety: list[SafeguardingIn]
    audits: list[AuditIn]
    awaits_audit: bool
    lacks: dict[str, list[str]]


def _shown(request: HttpRequest, reference: str) -> GroundOut:
    found = one(by_reference(reference).id, viewer(request)).crime
    ground = selectors.ground_of(found, viewer(request))
    return GroundOut(
        wishes=[
            WishOut(
                wish=w.wish,
                taken_how=w.taken_how,
                words=w.words,
                recording=w.recording,
                taken_at=w.taken_at,
                by=w.by.name,
            )
            for w in ground.wishes
        ],
        considered=[
            EvidenceLedIn(evidence=e.evidence, goes_on=e.goes_on, reason=e.reason) for e in ground.evidence_led
        ],
        safety=[
            SafeguardingIn(victim_safety=s.victim_safety, child_safety=s.child_safety) for s in ground.safeguarding
        ],
        audits=[AuditIn.model_validate({"verdict": a.verdict, "reason": a.reason}) for a in ground.audits],
        awaits_audit=ground.awaits_audit,
        lacks={code: [x.says for x in lacks] for code, lacks in ground.lacks.items()},
    )


@router.get(f"{CRIME}/outcome-ground", response=GroundOut)
def ground(request: HttpRequest, reference: str) -> GroundOut:
    """What an outcome of the crime rests on, and what is lacking."""
    return _shown(request, reference)


@router.post(f"{CRIME}/wishes", response={201: GroundOut})
def wish(request: HttpRequest, reference: str, given: WishIn) -> Status[GroundOut]:
    """Record what a victim wants."""
    services.record_wish(
        by_reference(reference).id,
        given.wish,
        given.taken_how,
        viewer(request),
        words=given.words,
        recording=given.recording,
        taken_at=given.taken_at,
        victim=(given.victim.kind, given.victim.id) if given.victim else None,
    )
    return Status(201, _shown(request, reference))


@router.post(f"{CRIME}/evidence-led", response={201: GroundOut})
def evidence_led(request: HttpRequest, reference: str, given: EvidenceLedIn) -> Status[GroundOut]:
    """Record whether the case can go on without the victim."""
    found = by_reference(reference)
    services.consider_evidence_led(found.id, given.evidence, given.goes_on, given.reason, viewer(request))
    return Status(201, _shown(request, reference))


@router.post(f"{CRIME}/safeguarding-checks", response={201: GroundOut})
def safeguarding(request: HttpRequest, reference: str, given: SafeguardingIn) -> Status[GroundOut]:
    """Record the look at everybody's safety."""
    services.check_safeguarding(by_reference(reference).id, given.victim_safety, given.child_safety, viewer(request))
    return Status(201, _shown(request, reference))


@router.post(f"{CRIME}/outcome-audit", response={201: GroundOut})
def audit(request: HttpRequest, reference: str, given: AuditIn) -> Status[GroundOut]:
    """Answer the re-audit of the outcome that stands."""
    services.audit_outcome(by_reference(reference).id, given.verdict, given.reason, viewer(request))
    return Status(201, _shown(request, reference))
