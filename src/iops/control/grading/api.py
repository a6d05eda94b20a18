"""The API of grading: THRIVE, the suggested grade, proposals of a slower one, and the scheme in force."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Status

from iops.control.api import Named
from iops.control.grading import schemas, selectors, services
from iops.control.grading.schemas import AdviceOut, PartIn, ProposalOut, SchemeOut, ThriveOut
from iops.control.grading.schemes import Target
from iops.control.models import Thrive
from iops.foundation.api import Id, viewer

router = Router(tags=["grading"])
INCIDENT = "/incidents/{number}/{day}"


@router.get("/grading/scheme", response=SchemeOut)
def scheme(request: HttpRequest) -> SchemeOut:
    """The scheme of grades in force today."""
    found = selectors.present_scheme()
    grades = [
        schemas.GradeRuleOut(
            grade=g.grade, said=g.said, title=g.title, attend=_within(g.attend), assign=_within(g.assign)
        )
        for g in found.grades
    ]
    return SchemeOut(code=found.code, title=found.title, grades=grades)


def _within(target: Target | None) -> str | None:
    return str(target.within) if target else None


@router.get(f"{INCIDENT}/thrive", response=list[ThriveOut])
def thrives(request: HttpRequest, named: Named) -> list[ThriveOut]:
    """Every THRIVE assessment of an incident, the latest first."""
    return [_thrive(t) for t in selectors.thrives(named.find().id, viewer(request))]


@router.post(f"{INCIDENT}/thrive", response={201: ThriveOut})
def assess(request: HttpRequest, named: Named, given: schemas.ThriveIn) -> Status[ThriveOut]:
    """Record a THRIVE assessment."""
    parts = {name: (getattr(given, name).level, getattr(given, name).text) for name in Thrive.PARTS}
    return Status(201, _thrive(services.assess(named.find().id, parts, viewer(request))))


def _thrive(thrive: Thrive) -> ThriveOut:
    parts = {p: PartIn(level=getattr(thrive, f"{p}_level"), text=getattr(thrive, p)) for p in Thrive.PARTS}
    return ThriveOut(id=thrive.id, at=thrive.at, parts=parts)


@router.get(f"{INCIDENT}/suggested-grade", response=AdviceOut | None)
def suggested_grade(request: HttpRequest, named: Named) -> AdviceOut | None:
    """The grade that the scheme advises, with every reason; it binds nobody."""
    found = selectors.suggested_grade(named.find().id, viewer(request))
    return AdviceOut.from_orm(found) if found else None


@router.get(f"{INCIDENT}/grade-proposals", response=list[ProposalOut])
def proposals(request: HttpRequest, named: Named) -> list[ProposalOut]:
    """Every proposal of a slower grade, the latest first."""
    return [ProposalOut.from_orm(p) for p in selectors.proposals(named.find().id, viewer(request))]


@router.post(f"{INCIDENT}/grade-proposals", response={201: ProposalOut})
def propose(request: HttpRequest, named: Named, given: schemas.ProposeIn) -> Status[ProposalOut]:
    """Propose a slower grade; the one that stands goes on standing until a second person confirms it."""
    made = services.propose_slower(named.find().id, given.grade, given.reason, viewer(request))
    return Status(201, ProposalOut.from_orm(made))


@router.post("/grade-proposals/{proposal_id}/decide", response=ProposalOut)
def decide(request: HttpRequest, proposal_id: Id, given: schemas.DecideIn) -> ProposalOut:
    """Confirm or refuse a proposal, as the second person."""
    return ProposalOut.from_orm(services.decide_proposal(proposal_id, given.confirmed, given.note, viewer(request)))
