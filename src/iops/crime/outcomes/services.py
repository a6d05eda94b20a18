"""The verbs of outcomes that can be defended: the victim's wish, going on without the victim, safety, the re-audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.crime.models import (
    AuditVerdict,
    EvidenceLed,
    OutcomeAudit,
    OutcomeDraw,
    SafeguardingCheck,
    VictimWish,
    Wish,
    WishTaken,
)
from iops.crime.outcomes.grounds import victims
from iops.crime.recorded.finding import find, open_crime
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError
from iops.foundation.roles import LADDER
from iops.obligations.services import text, writing

if TYPE_CHECKING:
    import datetime as dt

    from iops.crime.models import Crime
    from iops.crime.outcomes.grounds import VictimNow
    from iops.foundation.models import User

LONGEST_RECORDING = 100
NO_WISH = (Wish.LOST_CONTACT, Wish.NOT_ASKED)


@verb
def record_wish(
    crime_id: int,
    wish: str,
    taken_how: str,
    by: User,
    *,
    words: str = "",
    recording: str = "",
    taken_at: dt.datetime | None = None,
    victim: tuple[str, int] | None = None,
) -> VictimWish:
    """Keep what a victim wants: how and when it was taken, in the victim's words or by the reference of a recording.

    `victim` is kind ("person", "organisation") and id, and may be left out where the crime has one victim; `taken_at`
    is now when left out. A crime that has ended takes it too: a victim may change their mind. Raises InvalidError
    naming the field, ConflictError for whoever is no victim of the crime.
    """
    crime = find(crime_id)
    now = clock.now()
    if taken_at is not None and taken_at > now:
        raise InvalidError("That time has not come yet.", details={"field": "taken_at"})
    _check_wish(wish, taken_how, words, recording)
    who = _victim(crime, victim)
    with writing(by, reason="victim's wish"):
        return VictimWish.objects.create(
            crime=crime,
            person_id=who.id if who.kind == "person" else None,
            organisation_id=who.id if who.kind == "organisation" else None,
            wish=wish,
            taken_how=taken_how,
            words=text(words, "Words", needed=False).strip(),
            recording=text(recording, "Recording", needed=False).strip(),
            taken_at=taken_at or now,
            at=now,
            by=by,
        )


def _check_wish(wish: str, taken_how: str, words: str, recording: str) -> None:
    if wish not in Wish.values:
        raise InvalidError("That is not a wish.", details={"field": "wish"})
    if taken_how not in WishTaken.values:
        raise InvalidError("That is not how a wish is taken.", details={"field": "taken_how"})
    if taken_how == WishTaken.NO_CONTACT and wish not in NO_WISH:
        raise InvalidError(
            "Without contact nobody knows what the victim wants.",
            mend="Say how it was taken, or that contact was lost.",
            details={"field": "taken_how"},
        )
    if not words.strip() and not recording.strip():
        raise InvalidError(
            "A wish is kept in the victim's words or by the reference of a recording.", details={"field": "words"}
        )
    if len(recording) > LONGEST_RECORDING:
        raise InvalidError(f"Recording: at most {LONGEST_RECORDING} characters.", details={"field": "recording"})


def _victim(crime: Crime, named: tuple[str, int] | None) -> VictimNow:
    known = victims(crime.id)
    fitting = [one for one in known if named in (None, (one.kind, one.id))]
    if not fitting:
        raise ConflictError("That is not a victim of this crime.", mend="Link the victim to the crime first.")
    if len(fitting) > 1:
        raise InvalidError("Whose wish is it?", details={"field": "victim"})
    return fitting[0]


@verb
def consider_evidence_led(crime_id: int, evidence: str, goes_on: bool, reason: str, by: User) -> EvidenceLed:
    """Keep whether a case can go on without the victim: what other evidence there is, the decision, the reasons."""
    crime = open_crime(crime_id)
    with writing(by, reason="evidence-led consideration"):
        return EvidenceLed.objects.create(
            crime=crime,
            evidence=text(evidence, "Evidence"),
            goes_on=goes_on,
            reason=text(reason, "Reasons"),
            at=clock.now(),
            by=by,
        )


@verb
def check_safeguarding(crime_id: int, victim_safety: str, child_safety: str, by: User) -> SafeguardingCheck:
    """Keep that the safety of the victim and of children was looked at: what was found and done."""
    crime = open_crime(crime_id)
    with writing(by, reason="safeguarding check"):
        return SafeguardingCheck.objects.create(
            crime=crime,
            victim_safety=text(victim_safety, "Safety of the victim"),
            child_safety=text(child_safety, "Safety of children"),
            at=clock.now(),
            by=by,
        )


@verb
def audit_outcome(crime_id: int, verdict: str, reason: str, by: User) -> OutcomeAudit:
    """Answer the re-audit of the outcome that stands: upheld, or not, which opens the crime again at once.

    A sergeant or above without a part in the crime; the database looks that up itself. An outcome that was not drawn
    may be audited too. Raises ConflictError where no outcome stands or it is audited already, NotAllowedError.
    """
    crime = find(crime_id)
    drawn = OutcomeDraw.objects.filter(crime=crime, outcome__reopening=None).order_by("-id").first()
    if drawn is None:
        raise ConflictError(f"No outcome of crime {crime.reference} stands.")
    if OutcomeAudit.objects.filter(drawn=drawn).exists():
        raise ConflictError("That outcome has been audited.")
    if verdict not in AuditVerdict.values:
        raise InvalidError("That is not a verdict.", mend="Upheld, or not upheld.", details={"field": "verdict"})
    if not by.holds(LADDER):
        raise NotAllowedError("An outcome is audited by a sergeant or above.")
    with writing(by, reason=f"outcome audited: {verdict}"):
        return OutcomeAudit.objects.create(
            drawn=drawn, crime=crime, verdict=verdict, reason=text(reason, "Reasons"), at=clock.now(), by=by
        )
