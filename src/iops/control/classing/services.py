"""The verbs of classing: say what kind of incident it is, and decide whether it is domestic abuse."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import connection

from iops.control.classing import editions
from iops.control.classing.definitions import definition_on
from iops.control.classing.domestic import Judgement, da_qualifying
from iops.control.classing.people import Known, known_of
from iops.control.classing.suggesting import Suggestion, signals, suggest
from iops.control.finding import open_one
from iops.control.models import Classing, DomesticDecision, Incident, Level, Thrive
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import InvalidError
from iops.obligations.services import text, writing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from iops.foundation.models import User

GRAVE = (Level.MEDIUM, Level.HIGH)


@verb
def classify(
    incident_id: int,
    category: str,
    qualifiers: Sequence[str],
    by: User,
    *,
    behaviours: Sequence[str] = (),
    declined: str = "",
    reason: str = "",
) -> Classing:
    """Say what kind of incident it is: its category, its qualifiers, and the abusive behaviours that were told.

    A later classing takes the place of this one and says why it differs. The domestic qualifier marks the incident as
    domestic abuse; leaving it out where it is suggested needs `declined`, which then is the decision that it is not
    domestic. A mark that stands is taken away by its own verb only. Raises InvalidError naming the field.
    """
    incident = locked(incident_id)
    known = known_of(incident)
    chosen = known.edition.check_qualifiers(list(qualifiers), known.day)
    if incident.domestic and editions.DOMESTIC not in chosen:
        chosen = known.edition.check_qualifiers([*chosen, editions.DOMESTIC], known.day)
    found = known.edition.category(category)
    named = check_behaviours(list(behaviours), known)
    changed = known.classing is not None and (known.classing.category != found.code)
    why = text(reason, "Reason for another category", needed=changed).strip()
    with writing(by, reason=why or f"classed as {found.title}"):
        offered = suggestions(known, category=found.code, behaviours=frozenset(named))
        refused = [s for s in offered if s.code not in chosen and s.needs_reason]
        said = _declined(declined, refused)
        made = Classing.objects.create(
            incident=incident,
            at=_after(known.classing),
            by=by,
            edition=known.edition.code,
            category=found.code,
            qualifiers=chosen,
            behaviours=named,
            suggestions=[{"code": s.code, "because": list(s.because), "taken": s.code in chosen} for s in offered],
            declined=said if refused else "",
            reason=why,
        )
        _carry_over(incident, found.title, editions.DOMESTIC in chosen, by)
        if refused:
            keep_decision(incident, False, said, by)
    return made


def _declined(declined: str, refused: Sequence[Suggestion]) -> str:
    if not refused:
        return ""
    try:
        return text(declined, "Reason why it is not domestic abuse").strip()
    except InvalidError as empty:
        because = " ".join(s for one in refused for s in one.because)
        raise InvalidError(
            f"Domestic abuse is suggested: {because}",
            mend="Give the qualifier, or say why it is not domestic abuse.",
            details={"field": "declined"},
        ) from empty


def _carry_over(incident: Incident, title: str, domestic: bool, by: User) -> None:
    """The category in the words that lists, advice and search read, and the domestic mark."""
    incident.category = title
    newly = domestic and not incident.domestic
    incident.domestic = incident.domestic or domestic
    incident.save(update_fields=["category", "domestic"])
    if newly:
        keep_decision(incident, True, "", by)


@verb
def decide_not_domestic(incident_id: int, reason: str, by: User) -> DomesticDecision:
    """Decide that an incident which may be domestic abuse is not, and say why.

    An incident that is marked domestic keeps its mark: a sergeant or above takes that away (`mark_domestic`).
    """
    incident = locked(incident_id)
    if incident.domestic:
        raise InvalidError("The incident is marked as domestic abuse.", mend="A sergeant or above may take it away.")
    said = text(reason, "Reason").strip()
    with writing(by, reason=said):
        return keep_decision(incident, False, said, by)


def keep_decision(incident: Incident, domestic: bool, reason: str, by: User) -> DomesticDecision:
    """Keep that somebody decided on the domestic mark, with what the definition said of the facts then.

    The database answers, of everything it holds: who decides may not be able to see a hidden person.
    """
    return DomesticDecision.objects.create(
        incident=incident, at=clock.now(), by=by, domestic=domestic, answer=answer_of(incident.id), reason=reason
    )


def answer_of(incident_id: int) -> str:
    """What the definition in force says of all the facts of an incident, hidden people included."""
    with connection.cursor() as cursor:
        cursor.execute("select a.answer from iops.da_answer(%s) a", [incident_id])
        row = cursor.fetchone()
        return str(row[0]) if row and row[0] else "not"


def check_behaviours(codes: list[str], known: Known) -> list[str]:
    """The behaviours, once each, if the definition in force knows them. Raises InvalidError."""
    definition = definition_on(known.day)
    allowed = definition.behaviours if definition else {}
    for code in codes:
        if code not in allowed:
            raise InvalidError(
                f"“{code[:40]}” is not a behaviour of the definition.",
                mend=f"Take some of: {', '.join(allowed)}.",
                details={"field": "behaviours"},
            )
    return [code for code in allowed if code in codes]


def judged(known: Known) -> Judgement:
    """Whether the incident meets the definition, on what the viewer may see, element by element."""
    return da_qualifying(known.told, definition_on(known.day))


def suggestions(
    known: Known, *, category: str | None = None, behaviours: frozenset[str] | None = None
) -> tuple[Suggestion, ...]:
    """The qualifiers that are suggested; for a category and behaviours about to be given, where they are named."""
    told = known.told
    code = category if category is not None else (known.category.code if known.category else "")
    if category is not None:
        one = known.edition.category(category)
        told = replace(told, between=known.incident.crime_reported or one.between, domestic=one.domestic)
    if behaviours is not None:
        told = replace(told, behaviours=behaviours)
    answer = da_qualifying(told, definition_on(known.day)).answer
    thrive = known.incident.thrives.order_by("-at", "-id").first()
    grave = frozenset(p for p in Thrive.PARTS if thrive is not None and getattr(thrive, f"{p}_level") in GRAVE)
    found = signals(
        told,
        answer=answer,
        category=code,
        items=known.items,
        markers=known.markers,
        thrive=grave,
        text=known.text,
    )
    return suggest(known.edition, known.day, found)


def locked(incident_id: int) -> Incident:
    """The open incident, locked: one judgement of it after the other."""
    list(Incident.objects.select_for_update(no_key=True).filter(id=incident_id))
    return open_one(incident_id)


def _after(last: Classing | None) -> datetime:
    """Now; or the moment of the last classing, when that was made by a transaction that began after ours."""
    now = clock.now()
    return now if last is None else max(now, last.at)
