"""The API of the schemes: what stands on an incident, the list of each, and every verb."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from iops.control.api import ONE, Named
from iops.foundation.api import Id, paged, viewer
from iops.safeguarding.actions import own_child
from iops.safeguarding.schemes import (
    disclosure,
    encompass,
    marac,
    notices,
    perpetrators,
    protection,
    selectors,
    victims,
)
from iops.safeguarding.schemes import schemas as s

router = Router(tags=["schemes"])
CREATED = {201: s.ItemOut}


def _item(scheme: str, number: int, request: HttpRequest) -> s.ItemOut:
    (found,) = selectors.one(scheme, number, viewer(request)).rows
    return s.ItemOut.from_orm(found)


def _made(scheme: str, number: int, request: HttpRequest) -> Status[s.ItemOut]:
    return Status(201, _item(scheme, number, request))


@router.get(f"{ONE}/schemes", response=list[s.ItemOut])
def on_incident(request: HttpRequest, named: Named) -> list[s.ItemOut]:
    """Everything of every scheme on one incident."""
    return [s.ItemOut.from_orm(row) for row in selectors.on_incident(named.find().id, viewer(request)).rows]


@router.post(f"{ONE}/schemes/notices", response=CREATED)
def serve(request: HttpRequest, named: Named, given: s.NoticeIn) -> Status[s.ItemOut]:
    """Write down a protection notice that was served."""
    told: dict[str, Any] = given.dict()
    made = notices.serve_notice(named.find().id, notices.Notice(**told), viewer(request))
    return _made("notices", made.id, request)


@router.post(f"{ONE}/schemes/disclosure", response=CREATED)
def apply_for(request: HttpRequest, named: Named, given: s.ApplicationIn) -> Status[s.ItemOut]:
    """Write down an application under the disclosure scheme."""
    made = disclosure.apply_for_disclosure(named.find().id, by=viewer(request), **given.dict())
    return _made("disclosure", made.id, request)


@router.post(f"{ONE}/schemes/marac", response=CREATED)
def refer(request: HttpRequest, named: Named, given: s.CaseIn) -> Status[s.ItemOut]:
    """Refer a victim to MARAC."""
    made = marac.refer_to_marac(named.find().id, by=viewer(request), **given.dict())
    return _made("marac", made.id, request)


@router.post(f"{ONE}/schemes/matac", response=CREATED)
def nominate(request: HttpRequest, named: Named, given: s.NominationIn) -> Status[s.ItemOut]:
    """Nominate a perpetrator for MATAC."""
    made = perpetrators.nominate(named.find().id, by=viewer(request), **given.dict())
    return _made("matac", made.id, request)


@router.post(f"{ONE}/schemes/children/{{child_id}}/school", response=CREATED)
def school_of(request: HttpRequest, named: Named, child_id: Id, given: s.StandingIn) -> Status[s.ItemOut]:
    """Say which school a child of this incident goes to."""
    child = own_child(named.find(), child_id)
    encompass.say_school(child, given.standing, viewer(request), school_id=given.school_id)
    return _made("encompass", child, request)


@router.post(f"{ONE}/schemes/children/{{child_id}}/told", response=CREATED)
def told(request: HttpRequest, named: Named, child_id: Id, given: s.ToldIn) -> Status[s.ItemOut]:
    """Write down who was told of a child of this incident."""
    child = own_child(named.find(), child_id)
    encompass.school_told(child, by=viewer(request), **given.dict())
    return _made("encompass", child, request)


@router.post(f"{ONE}/schemes/children/{{child_id}}/not-told", response=CREATED)
def not_told(request: HttpRequest, named: Named, child_id: Id, given: s.NotToldIn) -> Status[s.ItemOut]:
    """Say by code why no school is told of a child of this incident."""
    child = own_child(named.find(), child_id)
    encompass.school_not_told(child, given.code, given.note, viewer(request))
    return _made("encompass", child, request)


@router.post(f"{ONE}/schemes/children/{{child_id}}/harm", response=CREATED)
def harm(request: HttpRequest, named: Named, child_id: Id, given: s.HarmIn) -> Status[s.ItemOut]:
    """Significant harm to a child of this incident is suspected."""
    child = own_child(named.find(), child_id)
    made = protection.suspect_harm(child, given.grounds, viewer(request), suspected_at=given.suspected_at)
    return _made("child-protection", made.id, request)


@router.get("/schemes/matac/serial", response=list[s.SerialOut])
def serial(request: HttpRequest) -> list[s.SerialOut]:
    """Who is a serial perpetrator today, derived and explained."""
    names = ("incidents", "victims", "incident_ids", "why")
    return [
        s.SerialOut(person_id=row.person.id, **{name: getattr(row, name) for name in names})
        for row in perpetrators.serial_perpetrators(viewer(request)).rows
    ]


@router.get("/schemes/marac/meetings", response=list[s.MeetingOut])
def meetings(request: HttpRequest) -> list[s.MeetingOut]:
    """The meetings of the last week and those to come."""
    return [s.MeetingOut.from_orm(each) for each in selectors.meetings()]


@router.post("/schemes/marac/meetings", response={201: s.MeetingOut})
def plan(request: HttpRequest, given: s.MeetingIn) -> Status[s.MeetingOut]:
    """Put a meeting on the calendar."""
    return Status(201, s.MeetingOut.from_orm(marac.plan_meeting(by=viewer(request), **given.dict())))


@router.get("/schemes/encompass/schools", response=list[s.SchoolOut])
def schools(request: HttpRequest) -> list[s.SchoolOut]:
    """Every school."""
    return [s.SchoolOut.from_orm(each) for each in selectors.schools()]


@router.post("/schemes/encompass/schools", response={201: s.SchoolOut})
def register(request: HttpRequest, given: s.SchoolIn) -> Status[s.SchoolOut]:
    """Register a school."""
    return Status(201, s.SchoolOut.from_orm(encompass.register_school(by=viewer(request), **given.dict())))


@router.get("/schemes/{scheme}", response=s.ListOut)
def listed(request: HttpRequest, scheme: s.Scheme, asked: Query[s.Asked]) -> s.ListOut:
    """One page of a scheme, what is owed first first."""
    page = selectors.listed(scheme, viewer(request), selectors.Wanted(asked.district, asked.ended, asked.page))
    return s.ListOut(page=paged(page), rows=[s.ItemOut.from_orm(row) for row in page.rows])


@router.post("/schemes/notices/{number}/steps", response=CREATED)
def notice_step(request: HttpRequest, number: Id, given: s.NoticeStepIn) -> Status[s.ItemOut]:
    """Write down what the court did."""
    notices.notice_step(number, by=viewer(request), **given.dict())
    return _made("notices", number, request)


@router.post("/schemes/notices/{number}/lapse-review", response=CREATED)
def lapse_review(request: HttpRequest, number: Id, given: s.NoteIn) -> Status[s.ItemOut]:
    """Say why a notice lapsed and what protects the victim now."""
    notices.review_lapse(number, given.note, viewer(request))
    return _made("notices", number, request)


@router.post("/schemes/disclosure/{number}/steps", response=CREATED)
def disclosure_step(request: HttpRequest, number: Id, given: s.DisclosureStepIn) -> Status[s.ItemOut]:
    """Take a step of an application."""
    disclosure.disclosure_step(number, by=viewer(request), **given.dict())
    return _made("disclosure", number, request)


@router.post("/schemes/marac/{number}/listing", response=s.ItemOut)
def listing(request: HttpRequest, number: Id, given: s.ListingIn) -> s.ItemOut:
    """Put a case on the list of a meeting."""
    marac.put_on_list(number, given.meeting_id, viewer(request))
    return _item("marac", number, request)


@router.post("/schemes/marac/{number}/hearing", response=s.ItemOut)
def hearing(request: HttpRequest, number: Id, given: s.HearingIn) -> s.ItemOut:
    """Write down that a case was heard."""
    asked = [marac.Asked(**each.dict()) for each in given.actions]
    marac.hear(number, given.outcome, asked, viewer(request), heard_at=given.heard_at)
    return _item("marac", number, request)


@router.post("/schemes/marac/{number}/actions", response=CREATED)
def action(request: HttpRequest, number: Id, given: s.ActionIn) -> Status[s.ItemOut]:
    """Add an action to a case that was heard."""
    made = marac.add_action(number, marac.Asked(**given.dict()), viewer(request))
    return _made("marac-actions", made.id, request)


@router.post("/schemes/marac-actions/{number}/done", response=s.ItemOut)
def done(request: HttpRequest, number: Id, given: s.NoteIn) -> s.ItemOut:
    """Write down that an action was carried out."""
    marac.do_action(number, given.note, viewer(request))
    return _item("marac-actions", number, request)


@router.post("/schemes/child-protection/{number}/discussions", response=CREATED)
def discussion(request: HttpRequest, number: Id, given: s.DiscussionIn) -> Status[s.ItemOut]:
    """Write down a strategy discussion."""
    protection.hold_discussion(number, by=viewer(request), **given.dict())
    return _made("child-protection", number, request)


@router.post("/schemes/child-protection/{number}/conferences", response=CREATED)
def conference(request: HttpRequest, number: Id, given: s.ConferenceIn) -> Status[s.ItemOut]:
    """Write down the initial child protection conference."""
    protection.hold_conference(number, by=viewer(request), **given.dict())
    return _made("child-protection", number, request)


@router.post("/schemes/matac/{number}/decision", response=s.ItemOut)
def considered(request: HttpRequest, number: Id, given: s.DecisionIn) -> s.ItemOut:
    """Write down what a MATAC meeting decided."""
    perpetrators.consider(number, given.decision, given.plan, viewer(request))
    return _item("matac", number, request)


@router.post("/schemes/victims/{number}/steps", response=CREATED)
def victim_step(request: HttpRequest, number: Id, given: s.VictimStepIn) -> Status[s.ItemOut]:
    """Write down what was done for a victim."""
    victims.victim_step(number, given.kind, given.note, viewer(request))
    return _made("victims", number, request)


@router.post("/schemes/victims/{number}/enhanced", response=s.ItemOut)
def enhanced(request: HttpRequest, number: Id, given: s.EnhancedIn) -> s.ItemOut:
    """Remove a victim's enhanced rights with a reason, or restore them."""
    if given.enhanced:
        victims.restore_enhanced(number, viewer(request))
    else:
        victims.remove_enhanced(number, given.reason, viewer(request))
    return _item("victims", number, request)
