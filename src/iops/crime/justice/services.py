"""The verbs on suspects: wanted, arrested, interviewed, bailed, released, charged, dealt with out of court."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from iops.crime.justice.finding import arrest_of, bail_of, charge_of, release_of
from iops.crime.models import (
    Arrest,
    Bail,
    BailAuthority,
    BailEnd,
    BailEnded,
    CameHow,
    Charge,
    ChargedBy,
    DisposalKind,
    Hearing,
    NoFurtherAction,
    OutOfCourtDisposal,
    ReleasedUnderInvestigation,
    ReleaseReview,
    SuspectWanted,
    VoluntaryInterview,
    WantedCancelled,
)
from iops.crime.recorded.finding import find
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotFoundError
from iops.obligations.services import text, writing
from iops.pole.models import Person

if TYPE_CHECKING:
    import datetime as dt

    from iops.foundation.models import User

LONGEST_PLACE = 200


def _of(crime_id: int, person_id: int, by: User, at: dt.datetime | None = None) -> dict[str, Any]:
    """Of which crime and suspect, when and by whom. Raises NotFoundError."""
    person = Person.objects.filter(id=person_id).first()
    if person is None:
        raise NotFoundError("There is no such person.", details={"field": "person"})
    return {"crime": find(crime_id), "person": person, "at": at or clock.now(), "by": by}


def _place(said: str) -> str:
    where = text(said, "Place").strip()
    if len(where) > LONGEST_PLACE:
        raise InvalidError(f"Place: at most {LONGEST_PLACE} characters.", details={"field": "place"})
    return where


# --- wanted ----------------------------------------------------------------------------------------------------------


@verb
def want(crime_id: int, person_id: int, reason: str, by: User) -> SuspectWanted:
    """Put a suspect of the crime on the wanted list, and say why.

    The database refuses who is no suspect of it, and who is wanted for it already. Raises NotFoundError, InvalidError.
    """
    of, why = _of(crime_id, person_id, by), text(reason, "Reason")
    with writing(by, reason="suspect wanted"):
        made = SuspectWanted.objects.create(reason=why, **of)
        made.refresh_from_db()
    return made


@verb
def cancel_wanted(wanted_id: int, reason: str, by: User) -> WantedCancelled:
    """Take a name off the wanted list without an arrest, as an inspector, and say why. ConflictError when done."""
    wanted = SuspectWanted.objects.filter(id=wanted_id).first()
    if wanted is None:
        raise NotFoundError("Nobody is wanted so.")
    if WantedCancelled.objects.filter(wanted=wanted).exists():
        raise ConflictError("That was cancelled already.")
    with writing(by, reason="wanted cancelled"):
        return WantedCancelled.objects.create(
            wanted=wanted, crime_id=wanted.crime_id, reason=text(reason, "Reason"), at=clock.now(), by=by
        )


# --- arrested, interviewed -------------------------------------------------------------------------------------------


@verb
def arrest(
    crime_id: int,
    person_id: int,
    place: str,
    necessity: str,
    by: User,
    *,
    at: dt.datetime | None = None,
    how: str = CameHow.ARRESTED,
) -> Arrest:
    """Keep that a suspect was arrested at a moment (now when left out), where, and why that was necessary (s.24(5)).

    Who surrendered is arrested at the station (`how`). It takes them off the wanted list of this crime, not of others.
    Raises NotFoundError, InvalidError.
    """
    if how not in CameHow.values:
        raise InvalidError("That is not how anybody is arrested.", details={"field": "how"})
    of, where, why = _of(crime_id, person_id, by, at), _place(place), text(necessity, "Necessity")
    with writing(by, reason="suspect arrested"):
        made = Arrest.objects.create(how=how, place=where, necessity=why, recorded_at=clock.now(), **of)
        made.refresh_from_db()
    return made


@verb
def interview(
    crime_id: int, person_id: int, place: str, reason: str, by: User, *, at: dt.datetime | None = None
) -> VoluntaryInterview:
    """Keep that a suspect came of their own will and was interviewed under caution; why no arrest was needed."""
    of, where, why = _of(crime_id, person_id, by, at), _place(place), text(reason, "Reason")
    with writing(by, reason="voluntary interview"):
        return VoluntaryInterview.objects.create(place=where, reason=why, **of)


# --- released --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BailTerms:
    """Bail before charge: until when, on which conditions (empty for none), by whose authority; the victim's views."""

    until: dt.datetime
    reason: str
    views: str
    conditions: str = ""
    authority: str = BailAuthority.CUSTODY_OFFICER
    authority_words: str = ""


@verb
def bail(crime_id: int, person_id: int, terms: BailTerms, by: User) -> Bail:
    """Bail a suspect who was arrested for the crime, or extend or vary the bail they are on (PACE s.47ZB to 47ZG).

    The database refuses a longer time than the authority may give, and whoever does not hold it. Raises InvalidError,
    NotFoundError, ConflictError, NotAllowedError.
    """
    if terms.authority not in BailAuthority.values:
        raise InvalidError("That is not an authority for bail.", details={"field": "authority"})
    if terms.until <= clock.now():
        raise InvalidError("Bail runs until a time to come.", details={"field": "until"})
    beyond = terms.authority in (BailAuthority.SUPERINTENDENT, BailAuthority.COURT)
    of, arrested = _of(crime_id, person_id, by), arrest_of(crime_id, person_id)
    told = {
        "reason": text(terms.reason, "Reason"),
        "views": text(terms.views, "What the victim said"),
        "authority_words": text(terms.authority_words, "Which superintendent or court", needed=beyond).strip()[:200],
    }
    with writing(by, reason="bailed"):
        return Bail.objects.create(
            arrest=arrested,
            before=arrested.bails.filter(after=None).first(),
            until=terms.until,
            conditions=terms.conditions.strip(),
            authority=terms.authority,
            **told,
            **of,
        )


@verb
def end_bail(crime_id: int, person_id: int, how: str, reason: str, by: User) -> BailEnded:
    """End the bail a suspect is on: they answered it, it was cancelled, or they broke it. Raises InvalidError."""
    if how not in BailEnd.values:
        raise InvalidError("That is not how bail ends.", details={"field": "how"})
    last, why = bail_of(crime_id, person_id), text(reason, "Reason")
    with writing(by, reason="bail ended"):
        return BailEnded.objects.create(bail=last, crime_id=last.crime_id, how=how, reason=why, at=clock.now(), by=by)


@verb
def release_under_investigation(crime_id: int, person_id: int, reason: str, by: User) -> ReleasedUnderInvestigation:
    """Release an arrested suspect without bail, with the reason; for domestic abuse only an inspector may."""
    of, arrested = _of(crime_id, person_id, by), arrest_of(crime_id, person_id)
    if ReleasedUnderInvestigation.objects.filter(arrest=arrested).exists():
        raise ConflictError("That release is on record already.")
    with writing(by, reason="released under investigation"):
        return ReleasedUnderInvestigation.objects.create(arrest=arrested, reason=text(reason, "Reason"), **of)


@verb
def review_release(crime_id: int, person_id: int, findings: str, by: User) -> ReleaseReview:
    """Look at a release under investigation as a supervisor: what is still to do, and whether it should be bail."""
    release = release_of(crime_id, person_id)
    with writing(by, reason="release reviewed"):
        return ReleaseReview.objects.create(
            release=release, crime_id=release.crime_id, findings=text(findings, "Findings"), at=clock.now(), by=by
        )


@verb
def take_no_further_action(crime_id: int, person_id: int, reason: str, by: User) -> NoFurtherAction:
    """Take no further action against a suspect, and say why; the crime goes on until it has an outcome."""
    of, why = _of(crime_id, person_id, by), text(reason, "Reason")
    with writing(by, reason="no further action"):
        return NoFurtherAction.objects.create(reason=why, **of)


# --- charged, dealt with ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChargeTerms:
    """With what somebody is charged, who decided it and in which words it can be found, and whether they are kept."""

    offences: str
    decided_by: str
    authority_words: str
    remanded: bool = False


@verb
def charge(crime_id: int, person_id: int, terms: ChargeTerms, by: User) -> Charge:
    """Charge or summons a suspect. Raises InvalidError, NotFoundError, ConflictError."""
    if terms.decided_by not in ChargedBy.values:
        raise InvalidError("Say who decided to charge.", details={"field": "decided_by"})
    of = _of(crime_id, person_id, by)
    offences = text(terms.offences, "Offences")
    words = text(terms.authority_words, "The decision").strip()[:200]
    with writing(by, reason="charged"):
        return Charge.objects.create(
            offences=offences, decided_by=terms.decided_by, authority_words=words, remanded=terms.remanded, **of
        )


@verb
def set_hearing(crime_id: int, person_id: int, court: str, held_on: dt.date, by: User) -> Hearing:
    """Keep at which court, on which local day, a charge is heard; again when that changes. Raises NotFoundError."""
    charged, where = charge_of(crime_id, person_id), text(court, "Court").strip()[:100]
    with writing(by, reason="hearing set"):
        return Hearing.objects.create(
            charge=charged, crime_id=charged.crime_id, court=where, held_on=held_on, at=clock.now(), by=by
        )


@dataclass(frozen=True)
class Disposal:
    """A disposal out of court: of which kind, on which conditions, what the victim said, why it is fitting."""

    kind: str
    reason: str
    views: str
    admitted: bool
    conditions: str = ""


@verb
def dispose(crime_id: int, person_id: int, given: Disposal, by: User) -> OutOfCourtDisposal:
    """Caution a suspect who admits it, or agree a community resolution; for domestic abuse only an inspector may.

    Raises InvalidError naming the field, NotAllowedError, NotFoundError.
    """
    if given.kind not in DisposalKind.values:
        raise InvalidError("That is not a disposal.", details={"field": "kind"})
    if not given.admitted:
        raise InvalidError("Without an admission there is no disposal out of court.", details={"field": "admitted"})
    conditional = given.kind in (DisposalKind.CONDITIONAL_CAUTION, DisposalKind.COMMUNITY_RESOLUTION)
    of = _of(crime_id, person_id, by)
    told = {
        "reason": text(given.reason, "Reason"),
        "views": text(given.views, "What the victim said"),
        "conditions": text(given.conditions, "Conditions", needed=conditional).strip(),
    }
    with writing(by, reason=f"disposal {given.kind}"):
        return OutOfCourtDisposal.objects.create(kind=given.kind, admitted=True, **told, **of)
