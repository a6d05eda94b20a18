"""The verbs of the Domestic Violence Disclosure Scheme: apply, take a step, decide, disclose once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.control.services import find
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotFoundError
from iops.obligations.services import text, writing
from iops.safeguarding.models import DisclosureApplication, DisclosureRoute, DisclosureStep, DisclosureStepKind
from iops.safeguarding.referrals.states import hold
from iops.safeguarding.schemes.common import ACT, DECIDE, line, may, moment, one_of, person

if TYPE_CHECKING:
    import datetime as dt

    from iops.foundation.models import User

LONGEST = 300
DECISIONS = (DisclosureStepKind.TO_DISCLOSE, DisclosureStepKind.NOT_TO_DISCLOSE)


@verb
def apply_for_disclosure(
    incident_id: int,
    route: str,
    at_risk_id: int,
    other_id: int,
    by: User,
    *,
    applicant: str = "",
    received_at: dt.datetime | None = None,
) -> DisclosureApplication:
    """Write down an application: by the right to ask with who asked, by the right to know without.

    Raises InvalidError for what is missing, ConflictError when this pair is applied for under this incident already.
    """
    may(by)
    incident = find(incident_id)
    one_of(route, DisclosureRoute.values, "route")
    at_risk, other = person(at_risk_id, "at risk"), person(other_id, "whose past it is about")
    if at_risk.id == other.id:
        raise InvalidError("A disclosure is about somebody else.", details={"field": "other"})
    who = line(applicant, "Applicant", LONGEST, needed=route == DisclosureRoute.ASK)
    with writing(by, reason="disclosure applied for"):
        if DisclosureApplication.objects.filter(incident=incident, at_risk=at_risk, other=other).exists():
            raise ConflictError("There is an application for these two under this incident.", mend="Go on with it.")
        return DisclosureApplication.objects.create(
            incident=incident,
            route=route,
            at_risk=at_risk,
            other=other,
            applicant=who,
            received_at=moment(received_at, "received_at"),
            by=by,
        )


@verb
def disclosure_step(
    application_id: int, kind: str, by: User, *, at: dt.datetime | None = None, to_whom: str = "", note: str = ""
) -> DisclosureStep:
    """Take a step of an application. A decision has reasons; a disclosure says to whom and what, and is made once.

    Raises NotAllowedError for a decision or disclosure by somebody who does not decide, ConflictError for a step that
    was taken already, a second decision, or a disclosure that was not decided.
    """
    one_of(kind, DisclosureStepKind.values, "kind")
    deciding = kind in (*DECISIONS, DisclosureStepKind.DISCLOSED)
    may(by, DECIDE if deciding else ACT)
    application = _found(application_id)
    disclosed = kind == DisclosureStepKind.DISCLOSED
    if to_whom.strip() and not disclosed:
        raise InvalidError("Only a disclosure is made to somebody.", details={"field": "to_whom"})
    told = line(to_whom, "To whom", LONGEST, needed=disclosed)
    _not_to_the_other(application, told)
    with writing(by, reason=f"disclosure scheme: {kind}"):
        _must_be_new(application, kind)
        return DisclosureStep.objects.create(
            application=application,
            incident_id=application.incident_id,
            kind=kind,
            at=moment(at),
            to_whom=told,
            note=text(note, "Note", needed=deciding).strip(),
            by=by,
        )


def _not_to_the_other(application: DisclosureApplication, told: str) -> None:
    """Whose past it is must never be who is told of the application."""
    if told and application.other.name.casefold() in told.casefold():
        raise InvalidError(
            "That is the person whose past it is about.",
            mend="A disclosure goes to the person at risk or who can protect them.",
            details={"field": "to_whom"},
        )


def _must_be_new(application: DisclosureApplication, kind: str) -> None:
    hold("disclosure", application.id)
    taken = set(DisclosureStep.objects.filter(application=application).values_list("kind", flat=True))
    if kind in taken:
        raise ConflictError("This step was taken already.", mend="What was disclosed is not disclosed twice.")
    if kind in DECISIONS and taken & set(DECISIONS):
        raise ConflictError("It was decided already.", mend="A new application is decided anew.")


def _found(application_id: int) -> DisclosureApplication:
    found = DisclosureApplication.objects.select_related("other").filter(id=application_id).first()
    if found is None:
        raise NotFoundError("There is no such application.")
    return found
