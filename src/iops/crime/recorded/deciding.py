"""The decisions about a crime that the rulebook judges: another class, an outcome, a removal; and opening it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iops.control.classing.people import known_of
from iops.control.closing.report import age_of
from iops.crime.models import (
    ClassingGround,
    Crime,
    CrimeCancellation,
    CrimeClassing,
    CrimeOutcome,
    Designation,
    DesignationKind,
    Hearing,
    Removal,
    Reopening,
    ToldOf,
)
from iops.crime.outcomes.grounds import lacking, wished
from iops.crime.recorded.finding import asked_of_database, class_of, ending_of, find, open_crime
from iops.crime.recorded.recording import check_class, code_for
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import User
from iops.foundation.roles import LADDER, Role
from iops.obligations.services import text, writing
from iops.rulebook.classes import register, tidy_code
from iops.rulebook.library import class_lists
from iops.rulebook.outcomes import framework
from iops.rulebook.recording import decide

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from iops.rulebook.decision import Decision

GROUNDS = {
    Removal.C1: "other_force",
    Removal.C2: "verified_no_crime",
    Removal.C3: "duplicate",
    Removal.C4: "error",
    Removal.C5: "self_defence",
}
DERIVED = frozenset({"suspect_named", "suspect_age", "victim_told", "authorised_by", "indictable_only"})
"""Facts of an outcome that are on record, so that nobody types them."""


class RulesForbidError(ConflictError):
    """The rules do not allow the step on these facts: `details["reasons"]` says why."""

    code = "rules-forbid"


class MoreToSayError(InvalidError):
    """The rules ask for more before they allow the step: `details["questions"]` names it."""

    code = "more-to-say"


def judged(decision: Decision, wanted: str, step: str) -> None:
    """Refuse what the rulebook does not come to, with what it says."""
    if decision.kind == wanted:
        return
    if decision.kind == "undecided":
        asked = [{"name": n.fact, "question": n.question, "choices": list(n.choices)} for n in decision.needs]
        first = f" {asked[0]['question']}" if asked else ""
        raise MoreToSayError(f"{step} needs more.{first}", details={"questions": asked})
    reasons = [*decision.breaches] or [s.says for s in decision.steps]
    raise RulesForbidError(f"{step} is not allowed: {' '.join(reasons)}", details={"reasons": reasons})


# --- class -----------------------------------------------------------------------------------------------------------


@verb
def reclassify(crime_id: int, crime_class: str, ground: str, reason: str, by: User, *, code: str = "") -> CrimeClassing:
    """Give a crime another class: the registrar or a designated decision maker, on new information or for an error.

    Raises RulesForbidError for others and for other grounds, ClassNotInForceError, UnknownClassError.
    """
    crime = open_crime(crime_id)
    if ground not in ClassingGround.values:
        raise InvalidError("A lesser or different charge is no reason to reclassify.", details={"field": "ground"})
    name = register().get(crime_class).code
    chosen = code_for(name, "", tidy_code(code) if code else "", crime.committed_from)
    if (name, chosen) == (class_of(crime).name, class_of(crime).code):
        raise ConflictError(f"Crime {crime.reference} is of that class.")
    check_class(name, chosen, recorded=crime.recorded_at.date(), committed=crime.committed_from)
    facts = {"change_ground": ground, "decider": decider_of(by), "rape_to_n100": "no"}
    check = {"crime": class_of(crime).name, "facts": facts}
    judged(decide({"reported": clock.today(), "reclassification": check}), "reclassify", "Another class")
    with writing(by, reason="reclassified"):
        made = CrimeClassing.objects.create(
            crime=crime,
            crime_class=name,
            code=chosen,
            ground=ground,
            reason=text(reason, "Reason"),
            at=clock.now(),
            by=by,
        )
        made.refresh_from_db()
    return made


def decider_of(by: User) -> str:
    """What somebody is to the recording rules today: registrar, designated decision maker, supervisor, investigator."""
    return str(asked_of_database("crime_decider", by.id, clock.today()))


@verb
def designate(
    user_id: int, kind: str, since: dt.date, reason: str, by: User, *, until: dt.date | None = None
) -> Designation:
    """Designate somebody to decide on classes and removals, from and until local days. The registrar does."""
    if not by.holds((Role.REGISTRAR,)):
        raise NotAllowedError("Decision makers are designated by the registrar.")
    if kind not in DesignationKind.values:
        raise InvalidError("That is not a designation.", details={"field": "kind"})
    if until is not None and until < since:
        raise InvalidError("It ends before it begins.", details={"field": "until"})
    if not User.objects.filter(id=user_id, is_active=True).exists():
        raise NotFoundError("There is no such person.")
    with writing(by, reason="designated"):
        return Designation.objects.create(
            user_id=user_id,
            kind=kind,
            since=since,
            until=until,
            reason=text(reason, "Reason"),
            by=by,
            at=clock.now(),
        )


# --- outcome ---------------------------------------------------------------------------------------------------------


@verb
def give_outcome(crime_id: int, code: str, facts: Mapping[str, str], reason: str, by: User) -> CrimeOutcome:
    """End a crime in an outcome, 1 to 24, if the rules allow it on what is known and told; `by` authorises it.

    What is on record is not asked: whether a suspect is named and how old, whether the victim was told of the outcome,
    who authorises. `facts` answers the rest by the names of the outcomes framework. Raises MoreToSayError with the
    questions left, RulesForbidError with the reasons, UnknownOutcomeError.
    """
    crime = open_crime(crime_id)
    told = outcome_facts(crime, code, facts, by)
    if lacks := lacking(crime.id, code, by):
        raise RulesForbidError(" ".join(one.says for one in lacks), details={"reasons": [one.says for one in lacks]})
    judged(decide(_outcome(crime, code, told)), "outcome", f"Outcome {code[:3]}")
    with writing(by, reason=f"outcome {code[:3]}"):
        made = CrimeOutcome.objects.create(
            crime=crime, code=code.upper(), facts=told, reason=text(reason, "Reason"), at=clock.now(), by=by
        )
        made.refresh_from_db()
    return made


def _outcome(crime: Crime, code: str | None, facts: Mapping[str, Any]) -> dict[str, Any]:
    check: dict[str, Any] = {"crime": class_of(crime).name, "facts": dict(facts)}
    if code is not None:
        check["chosen"] = code
    return {"reported": clock.today(), "outcome": check}


def outcome_facts(crime: Crime, code: str, given: Mapping[str, str], by: User) -> dict[str, Any]:
    """The facts of an outcome: those on record, and of the rest what was told."""
    rules = framework().facts
    told: dict[str, Any] = {
        name: int(value) if name in rules and not rules[name].values and value.isdigit() else value
        for name, value in given.items()
        if name not in DERIVED and value != ""
    }
    told["suspect_named"] = _yes(asked_of_database("crime_suspect_named", crime.id))
    told["indictable_only"] = _yes(class_of(crime).listed.indictable_only)
    told["authorised_by"] = authority(by, code)
    if crime.victim_told.filter(about=ToldOf.OUTCOME).exists():
        told["victim_told"] = "yes"
    if Hearing.objects.filter(crime=crime).exists():
        told["court_date"] = "yes"
    if (age := suspect_age(crime)) is not None:
        told["suspect_age"] = age
    elif str(given.get("suspect_age", "")).isdigit():
        told["suspect_age"] = int(given["suspect_age"])
    if class_of(crime).name in class_lists()["rape"].classes:
        told["rape_or_high_risk_abuse"] = "yes"
    if crime.incident.domestic or _abuse_or_hate(crime):
        told["abuse_or_hate"] = "yes"
    return told | wished(crime.id)


def _yes(value: object) -> str:
    return "yes" if value else "no"


def _abuse_or_hate(crime: Crime) -> bool:
    names = crime.flags.filter(removed_at=None).values_list("flag", flat=True)
    return any(name.startswith(("hate", "domestic")) for name in names)


def suspect_age(crime: Crime) -> int | None:
    """The age of the suspect on the day of the report, when there is one and it is known for sure."""
    known = known_of(crime.incident)
    suspects = [p for p in known.told.people if p.roles & {"suspect", "offender"}]
    return age_of(suspects[0], known.told) if len(suspects) == 1 else None


def authority(by: User, code: str) -> str:
    """As whom somebody authorises an outcome: of what they are, what the outcome accepts; else the highest."""
    decider = decider_of(by)
    held = []
    if decider in ("registrar", "accredited_registrar"):
        held.append("registrar")
    if by.holds((Role.INSPECTOR,)):
        held.append("inspector")
    if decider == "designated_decision_maker":
        held.append("decision_maker")
    if by.holds(LADDER):
        held.append("sergeant")
    one = framework().outcomes.get(code)
    wanted = {v for t in (one.tests if one else ()) if t.fact == "authorised_by" for v in t.accepts}
    return next((h for h in held if h in wanted), held[0] if held else "constable")


# --- removal ---------------------------------------------------------------------------------------------------------


@verb
def cancel(
    crime_id: int,
    category: str,
    reason: str,
    by: User,
    *,
    facts: Mapping[str, str] | None = None,
    avi: str = "",
    other_reference: str = "",
    other_id: int | None = None,
) -> CrimeCancellation:
    """Remove a recorded crime, C1 to C5, if the rules allow it and `by` may (CRR2026 pp25-26).

    `facts` answers what the ground asks (additional, verifiable, shows_no_crime, coerced for C2; genuine_error for C4).
    `avi` is needed for C2, the other force's number for C1, the live crime for C3. The victim is told first.
    Raises MoreToSayError, RulesForbidError, InvalidError, ConflictError.
    """
    crime = open_crime(crime_id)
    if category not in GROUNDS:
        raise InvalidError("That is not a category of removal.", details={"field": "category"})
    other = find(other_id) if other_id is not None else None
    told = _removal_facts(crime, Removal(category), facts or {}, other_reference, other, by)
    decision = decide({"reported": clock.today(), "removal": _removal(crime, category, told)})
    judged(decision, "cancel", f"Removal {category}")
    if decision.removal != category:
        raise RulesForbidError(f"On these facts it would be {decision.removal}.", details={"reasons": []})
    with writing(by, reason=f"removed {category}"):
        made = CrimeCancellation.objects.create(
            crime=crime,
            category=category,
            facts=told,
            reason=text(reason, "Reason"),
            avi=text(avi, "Additional verifiable information", needed=category == Removal.C2),
            other_reference=text(other_reference, "Number of the other force", needed=category == Removal.C1)[:40],
            other=other,
            at=clock.now(),
            by=by,
        )
        made.refresh_from_db()
    return made


def _removal(crime: Crime, category: str, facts: Mapping[str, str]) -> dict[str, Any]:
    now = class_of(crime)
    check: dict[str, Any] = {"crime": now.name, "chosen": category, "facts": dict(facts)}
    return check | ({"code": now.code} if now.code else {})


def _removal_facts(
    crime: Crime, category: Removal, given: Mapping[str, str], number: str, other: Crime | None, by: User
) -> dict[str, str]:
    derived = {"ground": GROUNDS[category], "decider": decider_of(by)}
    derived["independent"] = _yes(not asked_of_database("crime_took_part", crime.id, by.id))
    waits = asked_of_database("crime_has_victim", crime.id)
    derived["victim_told"] = _yes(not waits or crime.victim_told.filter(about=ToldOf.REMOVAL).exists())
    if category == Removal.C1:
        derived["other_force_number"] = "crime" if number.strip() else "none"
    if category == Removal.C3:
        if other is None or other.id == crime.id:
            raise InvalidError("Which live crime is it part of?", details={"field": "other"})
        ended = ending_of(other)
        derived["other_record_live"] = _yes(ended is None or ended.cancellation is None)
    return {k: v for k, v in given.items() if v != ""} | derived


@verb
def reopen(crime_id: int, reason: str, by: User) -> Reopening:
    """Open an ended crime again, with a reason: a supervisor an outcome, the registrar's desk a removal."""
    crime = find(crime_id)
    ending = ending_of(crime)
    if ending is None:
        raise ConflictError(f"Crime {crime.reference} is open.")
    desk = decider_of(by) in ("registrar", "accredited_registrar", "designated_decision_maker")
    if not desk and (ending.cancellation is not None or not by.holds(LADDER)):
        raise NotAllowedError(
            "A crime with an outcome is reopened by a supervisor, a removed one by the registrar's desk."
        )
    with writing(by, reason=reason):
        return Reopening.objects.create(
            crime=crime,
            outcome=ending.outcome,
            cancellation=ending.cancellation,
            reason=text(reason, "Reason"),
            at=clock.now(),
            by=by,
        )
