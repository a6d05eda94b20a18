"""The verbs of MARAC: refer, plan a meeting, put a case on its list, hear it, carry out its actions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.control.services import find
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotFoundError
from iops.foundation.models import District
from iops.obligations.services import text, writing
from iops.safeguarding.models import MaracAction, MaracCase, MaracMeeting, MaracPerpetrator, MaracRoute
from iops.safeguarding.schemes.common import ACT, DECIDE, line, may, moment, one_of, person
from iops.safeguarding.schemes.definitions import definition_on
from iops.web.words import LONDON

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from iops.foundation.models import User


@dataclass(frozen=True)
class Asked:
    """An action that a meeting asks for: of whom, what, and by the end of which day."""

    owner: str
    what: str
    due_on: dt.date


@verb
def refer_to_marac(
    incident_id: int,
    victim_id: int,
    perpetrator_ids: Collection[int],
    route: str,
    reasons: str,
    by: User,
    *,
    emergency: bool = False,
    referred_at: dt.datetime | None = None,
) -> MaracCase:
    """Refer a victim to a MARAC by one of its routes (A4). Every route but visible high risk has reasons in words.

    A repeat names the latest case between the same people and the definition in force on its day by itself. Raises
    ConflictError when the victim has a case out of this incident, InvalidError when a repeat has nothing to repeat.
    """
    may(by, ACT)
    incident = find(incident_id)
    one_of(route, MaracRoute.values, "route")
    victim = person(victim_id, "victim")
    people = [person(each, "perpetrator") for each in dict.fromkeys(perpetrator_ids)]
    if not people or victim.id in {p.id for p in people}:
        raise InvalidError(
            "A case names the victim and somebody else as perpetrator.", details={"field": "perpetrator"}
        )
    at = moment(referred_at, "referred_at")
    with writing(by, reason="referred to MARAC"):
        if MaracCase.objects.filter(incident=incident, victim=victim).exists():
            raise ConflictError("This victim has a MARAC case out of this incident.", mend="Look at that one.")
        previous, definition = (
            _repeated(victim.id, [p.id for p in people], at) if route == MaracRoute.REPEAT else (None, "")
        )
        case = MaracCase.objects.create(
            incident=incident,
            victim=victim,
            route=route,
            reasons=text(reasons, "Reasons", needed=route != MaracRoute.VISIBLE_HIGH_RISK).strip(),
            emergency=emergency,
            referred_at=at,
            by=by,
            previous=previous,
            definition=definition,
        )
        MaracPerpetrator.objects.bulk_create(
            MaracPerpetrator(case=case, incident=incident, person=each) for each in people
        )
        return case


def _repeated(victim_id: int, people: list[int], at: dt.datetime) -> tuple[MaracCase, str]:
    found = (
        MaracCase.objects.filter(victim_id=victim_id, perpetrators__person_id__in=people, referred_at__lt=at)
        .order_by("-referred_at", "-id")
        .first()
    )
    definition = definition_on(at.astimezone(LONDON).date())
    if found is None or definition is None:
        raise InvalidError(
            "There is no earlier case between these people.", mend="Take another route.", details={"field": "route"}
        )
    return found, definition.code


@verb
def plan_meeting(
    district_id: int, at: dt.datetime, by: User, *, emergency: bool = False, chair: str = ""
) -> MaracMeeting:
    """Put a meeting of a district on the calendar. Raises ConflictError when it is there already."""
    may(by, DECIDE)
    if at.tzinfo is None:
        raise InvalidError("The time has no time zone.", details={"field": "at"})
    if not District.objects.filter(id=district_id).exists():
        raise NotFoundError("There is no such district.")
    with writing(by, reason="MARAC planned"):
        made, new = MaracMeeting.objects.get_or_create(
            district_id=district_id,
            at=at,
            defaults={"emergency": emergency, "chair": line(chair, "Chair", needed=False), "by": by},
        )
        if not new:
            raise ConflictError("The district meets then already.", mend="Use that meeting.")
        return made


@verb
def put_on_list(case_id: int, meeting_id: int, by: User) -> MaracCase:
    """Put a case on the list of a meeting of its district, or move it to another one while it was not heard."""
    may(by, DECIDE)
    with writing(by, reason="on the list of a MARAC"):
        case = _held(case_id)
        meeting = MaracMeeting.objects.filter(id=meeting_id, district_id=case.incident.district_id).first()
        if meeting is None:
            raise NotFoundError("There is no such meeting of the district of this case.")
        if case.heard_at is not None:
            raise ConflictError("The case was heard already.")
        case.meeting, case.listed_at = meeting, case.listed_at or clock.now()
        case.save()
        return case


@verb
def hear(
    case_id: int, outcome: str, actions: Collection[Asked], by: User, *, heard_at: dt.datetime | None = None
) -> MaracCase:
    """Write down that a case was heard, with its outcome and the actions agreed.

    Raises ConflictError for a case that is on no list, was heard, or whose meeting is still to come, InvalidError for
    an action without owner or day.
    """
    may(by, DECIDE)
    with writing(by, reason="heard at MARAC"):
        case = _held(case_id)
        if case.meeting is None:
            raise ConflictError("The case is on no list.", mend="Put it on the list of a meeting first.")
        if case.heard_at is not None:
            raise ConflictError("The case was heard already.")
        at = moment(heard_at, "heard_at")
        if at.astimezone(LONDON).date() < case.meeting.at.astimezone(LONDON).date():
            raise ConflictError("The meeting is not yet held.", mend="Move the case if it met earlier.")
        case.heard_at, case.outcome = at, text(outcome, "Outcome").strip()
        case.save()
        for asked in actions:
            _ask(case, asked, by)
        return case


@verb
def add_action(case_id: int, asked: Asked, by: User) -> MaracAction:
    """Add an action to a case that was heard. Raises ConflictError when it was not."""
    may(by, DECIDE)
    with writing(by, reason="MARAC action"):
        case = _held(case_id)
        if case.heard_at is None:
            raise ConflictError("Actions are agreed when a case is heard.", mend="Write down that it was heard first.")
        return _ask(case, asked, by)


def _ask(case: MaracCase, asked: Asked, by: User) -> MaracAction:
    agreed = case.heard_at or clock.now()
    if asked.due_on < agreed.astimezone(LONDON).date():
        raise InvalidError("The day of the action is before the meeting.", details={"field": "due_on"})
    return MaracAction.objects.create(
        case=case,
        incident_id=case.incident_id,
        owner=line(asked.owner, "Owner"),
        what=text(asked.what, "What").strip(),
        agreed_at=agreed,
        due_on=asked.due_on,
        by=by,
    )


@verb
def do_action(action_id: int, note: str, by: User, *, done_at: dt.datetime | None = None) -> MaracAction:
    """Write down that an action was carried out, and how. Raises ConflictError when it was already."""
    may(by, ACT)
    with writing(by, reason="MARAC action done"):
        action = MaracAction.objects.select_for_update(no_key=True).filter(id=action_id).first()
        if action is None:
            raise NotFoundError("There is no such action.")
        if action.done_at is not None:
            raise ConflictError("The action was done already.")
        action.done_at, action.done_by, action.done_note = moment(done_at, "done_at"), by, text(note, "Note").strip()
        action.save()
        return action


def _held(case_id: int) -> MaracCase:
    """The case, held until the end of the transaction. Raises NotFoundError."""
    case = (
        MaracCase.objects.select_for_update(no_key=True, of=("self",))
        .select_related("incident", "meeting")
        .filter(id=case_id)
        .first()
    )
    if case is None:
        raise NotFoundError("There is no such MARAC case.")
    return case
