"""The verbs of an investigation: whose it is, plan and log, reviews, flags, linked crimes, what the victim was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.crime.models import (
    CrimeAction,
    CrimeActionResult,
    CrimeFlag,
    CrimeLinked,
    CrimeLogEntry,
    CrimeOwner,
    CrimeReview,
    Linkage,
    RecordingDecision,
    RecordingResult,
    ReporterTold,
    ToldOf,
    VictimTold,
)
from iops.crime.recorded.finding import find, open_crime
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import Team, User
from iops.foundation.roles import LADDER, Role
from iops.obligations.services import text, writing
from iops.pole.models import Person

if TYPE_CHECKING:
    import datetime as dt

LONGEST_HOW = 100
ALLOCATORS = (*LADDER, Role.REGISTRAR)


@verb
def allocate(
    crime_id: int, by: User, reason: str, *, user_id: int | None = None, team_id: int | None = None
) -> CrimeOwner:
    """Allocate a crime to a person or a team, and say why to them. A supervisor does; anybody may take one.

    Raises NotAllowedError, ConflictError for a crime that has ended, InvalidError.
    """
    if (user_id is None) == (team_id is None):
        raise InvalidError("An owner is one person or one team.", details={"field": "owner"})
    if user_id != by.id and not by.holds(ALLOCATORS):
        raise NotAllowedError("A crime is allocated by a supervisor; anybody may take one.")
    people = User.objects.filter(id=user_id or 0, is_active=True)
    if not people.exists() and not Team.objects.filter(id=team_id or 0).exists():
        raise NotFoundError("There is no such person or team.")
    crime = open_crime(crime_id)
    with writing(by, reason="crime allocated"):
        return CrimeOwner.objects.create(
            crime=crime, user_id=user_id, team_id=team_id, reason=text(reason, "Reason"), at=clock.now(), by=by
        )


@verb
def review(crime_id: int, findings: str, by: User) -> CrimeReview:
    """Review an investigation as a supervisor: what was found, and what is to be done. Never one's own crime."""
    crime = open_crime(crime_id)
    if not by.holds(LADDER):
        raise NotAllowedError("An investigation is reviewed by a sergeant or above.")
    owner = crime.owners.order_by("-id").first()
    if owner is not None and owner.user_id == by.id:
        raise NotAllowedError("Nobody reviews a crime of their own.", mend="Ask another supervisor.")
    with writing(by, reason="crime reviewed"):
        return CrimeReview.objects.create(crime=crime, findings=text(findings, "Findings"), at=clock.now(), by=by)


@verb
def plan_action(
    crime_id: int, what: str, by: User, *, owner_id: int | None = None, due: dt.date | None = None
) -> CrimeAction:
    """Put an action on the investigation plan; `due` is a local day."""
    crime = open_crime(crime_id)
    if owner_id is not None and not User.objects.filter(id=owner_id, is_active=True).exists():
        raise NotFoundError("There is no such person.")
    with writing(by, reason="action planned"):
        return CrimeAction.objects.create(
            crime=crime, what=text(what, "Action"), owner_id=owner_id, due=due, at=clock.now(), by=by
        )


@verb
def complete_action(action_id: int, result: str, by: User, *, crime_id: int | None = None) -> CrimeActionResult:
    """Say what came of an action (of the crime `crime_id`, when given). ConflictError when that is said already."""
    action = CrimeAction.objects.filter(id=action_id).first()
    if action is None or crime_id not in (None, action.crime_id):
        raise NotFoundError("There is no such action on this crime.")
    crime = open_crime(action.crime_id)
    if CrimeActionResult.objects.filter(action=action).exists():
        raise ConflictError("That action has its result.", mend="Plan another, or write it into the log.")
    with writing(by, reason="action completed"):
        return CrimeActionResult.objects.create(
            action=action, crime=crime, text=text(result, "Result"), at=clock.now(), by=by
        )


@verb
def add_log_entry(crime_id: int, entry: str, by: User) -> CrimeLogEntry:
    """Write into the investigation log; of a crime that has ended too."""
    crime = find(crime_id)
    with writing(by, reason="investigation log"):
        return CrimeLogEntry.objects.create(crime=crime, text=text(entry, "Entry"), at=clock.now(), by=by)


@verb
def tell_victim(
    crime_id: int, about: str, how: str, words: str, by: User, *, person_id: int | None = None
) -> VictimTold:
    """Keep that the victim (or who acts for them) was told: of what, how, and in which words."""
    crime = find(crime_id)
    if about not in ToldOf.values:
        raise InvalidError("That is not something a victim is told of.", details={"field": "about"})
    if person_id is not None and not Person.objects.filter(id=person_id).exists():
        raise NotFoundError("There is no such person.")
    with writing(by, reason="victim told"):
        return VictimTold.objects.create(
            crime=crime,
            person_id=person_id,
            about=about,
            how=_how(how),
            words=text(words, "Words"),
            at=clock.now(),
            by=by,
        )


def _how(how: str) -> str:
    said = text(how, "How").strip()
    if len(said) > LONGEST_HOW:
        raise InvalidError(f"How: at most {LONGEST_HOW} characters.", details={"field": "how"})
    return said


@verb
def tell_reporter(decision_id: int, how: str, words: str, by: User) -> ReporterTold:
    """Keep that whoever reported it was told that no crime is recorded, and how that may be looked at again."""
    decision = RecordingDecision.objects.filter(id=decision_id).first()
    if decision is None:
        raise NotFoundError("There is no such decision.")
    if decision.result == RecordingResult.CRIME:
        raise ConflictError("A crime is recorded: tell the victim on the crime.")
    if ReporterTold.objects.filter(decision=decision).exists():
        raise ConflictError("That is on record already.")
    with writing(by, reason="reporter told"):
        return ReporterTold.objects.create(
            decision=decision, how=_how(how), words=text(words, "Words"), at=clock.now(), by=by
        )


@verb
def flag(crime_id: int, name: str, by: User) -> CrimeFlag:
    """Put a flag on a crime; the same again gives the one that stands."""
    crime = find(crime_id)
    if name not in FLAGS and not name.startswith(("hate: ", "religion: ")):
        raise InvalidError("That is no flag.", mend=f"Use one of: {', '.join(FLAGS)}.", details={"field": "flag"})
    standing = crime.flags.filter(flag=name, removed_at=None).first()
    if standing is not None:
        return standing
    with writing(by, reason="crime flagged"):
        return CrimeFlag.objects.create(crime=crime, flag=name[:40], at=clock.now(), by=by)


@verb
def remove_flag(flag_id: int, reason: str, by: User) -> CrimeFlag:
    """Take a flag off that was wrong, with a reason."""
    standing = CrimeFlag.objects.select_for_update().filter(id=flag_id).first()
    if standing is None:
        raise NotFoundError("There is no such flag.")
    if standing.removed_at is not None:
        raise ConflictError("That flag was taken off already.")
    with writing(by, reason=reason):
        standing.removed_at, standing.removed_by = clock.now(), by
        standing.removed_reason = text(reason, "Reason")
        standing.save(update_fields=["removed_at", "removed_by", "removed_reason"])
    return standing


@verb
def link_crimes(one_id: int, other_id: int, linkage: str, reason: str, by: User) -> CrimeLinked:
    """Say that two crimes belong together, and why; saying it again gives what stands.

    Raises NotFoundError, InvalidError, also for a series: that has a lead crime and an owner (`crime.series`).
    """
    if one_id == other_id:
        raise InvalidError("A crime is not linked to itself.", details={"field": "other"})
    if linkage == Linkage.SERIES:
        raise InvalidError("A series is not made of pairs.", mend="Put both crimes into one series.")
    if linkage not in Linkage.values:
        raise InvalidError("That is not how crimes are linked.", details={"field": "linkage"})
    first, second = sorted((find(one_id), find(other_id)), key=lambda c: c.id)
    standing = CrimeLinked.objects.filter(crime=first, other=second, linkage=linkage, withdrawn_at=None).first()
    if standing is not None:
        return standing
    with writing(by, reason="crimes linked"):
        return CrimeLinked.objects.create(
            crime=first, other=second, linkage=linkage, reason=text(reason, "Reason"), at=clock.now(), by=by
        )


@verb
def unlink(link_id: int, reason: str, by: User, *, crime_id: int | None = None) -> CrimeLinked:
    """Say that a link between two crimes was wrong (of the crime `crime_id`, when given), and why; it is kept.

    Raises NotFoundError, ConflictError for one that was withdrawn already, InvalidError.
    """
    with writing(by, reason="link withdrawn"):
        standing = CrimeLinked.objects.select_for_update().filter(id=link_id).first()
        if standing is None or crime_id not in (None, standing.crime_id, standing.other_id):
            raise NotFoundError("There is no such link on this crime.")
        if standing.withdrawn_at is not None:
            raise ConflictError("That link was withdrawn already.")
        standing.withdrawn_at, standing.withdrawn_by = clock.now(), by
        standing.withdrawn_reason = text(reason, "Reason")
        standing.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    return standing


FLAGS = (
    "domestic abuse",
    "online",
    "CSA",
    "CSE",
    "alcohol",
    "corrosive",
    "honour-based abuse",
    "spiking",
    "metal theft: infrastructure",
    "metal theft: non-infrastructure",
)
"""The names the rulebook gives flags; hate and religion carry their strand: "hate: disability"."""
