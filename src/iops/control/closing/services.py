"""The verbs of closing: close with a code and a result, keep what the recording rules said, check a closure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iops.control import services as control
from iops.control.classing.people import known_of
from iops.control.classing.services import classify, locked, suggestions
from iops.control.closing.checks import checks
from iops.control.finding import find
from iops.control.models import CheckVerdict, Closing, ClosureCheck, Incident, RecordingAdvice
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import LADDER
from iops.obligations.services import text, writing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from iops.control.classing.people import Known
    from iops.foundation.models import User


@verb
def close_incident(
    incident_id: int,
    note: str,
    by: User,
    *,
    code: str = "",
    qualifiers: Sequence[str] | None = None,
    results: Sequence[str] = (),
    declined: str = "",
    reason: str = "",
) -> Closing:
    """Close an incident with its closing code, its qualifiers, the results of what was done, and the result in words.

    The code is the category on what is known at the end: where it or the qualifiers differ from the last classing, the
    incident is classed anew first, with all that asks for. Left out, what was classed stands; an incident that nobody
    classed needs a code. Raises InvalidError naming the field, ConflictError, and BlockedError with what is still owed.
    """
    incident = locked(incident_id)
    known = known_of(incident)
    chosen = code or (known.classing.category if known.classing else "")
    if not chosen:
        raise InvalidError(
            "The incident has no closing code.", mend="Say what it was in the end.", details={"field": "code"}
        )
    said = text(note, "Closing note")
    done = known.edition.check_results(list(results))
    given = list(qualifiers) if qualifiers is not None else (known.classing.qualifiers if known.classing else [])
    with writing(by, reason="closed"):
        classing = known.classing
        if classing is None or (chosen, given) != (classing.category, classing.qualifiers) or _undecided(known, given):
            told = classing.behaviours if classing else ()
            why = reason or "on what was known at the end"
            classing = classify(incident_id, chosen, given, by, behaviours=told, declined=declined, reason=why)
        made = Closing.objects.create(
            incident=incident,
            at=clock.now(),
            by=by,
            edition=classing.edition,
            code=classing.category,
            qualifiers=classing.qualifiers,
            results=done,
            text=said,
        )
        control.close(incident_id, said, by)
        made.refresh_from_db()
    return made


def _undecided(known: Known, given: Sequence[str]) -> bool:
    """Whether domestic abuse has come to be suggested since the last classing, and nobody has decided on it."""
    if known.incident.domestic or known.incident.domestic_decisions.exists():
        return False
    return any(s.needs_reason and s.code not in given for s in suggestions(known))


@verb
def keep_advice(
    incident_id: int, by: User, *, report: dict[str, Any], rules_of: dt.date, kind: str, result: str, words: str
) -> RecordingAdvice:
    """Keep what the recording rules said of an incident and of which facts, with the decision that was made by it."""
    incident = find(incident_id)
    with writing(by, reason="recording decision"):
        return RecordingAdvice.objects.create(
            incident=incident,
            at=clock.now(),
            by=by,
            rules_of=rules_of,
            report=report,
            kind=kind,
            result=result,
            words=words,
        )


@verb
def check_closure(
    closing_id: int, verdict: str, by: User, *, findings: Sequence[str] = (), note: str = ""
) -> ClosureCheck:
    """Check how an incident was closed: agree, agree with advice, or reopen it. A sergeant or above, never one's own.

    A closure that was not drawn may be checked too. What is not simply agreed to is said in words; reopening opens the
    incident with those words as the reason. Raises ConflictError for a closure that is checked or no longer stands.
    """
    closing = Closing.objects.filter(id=closing_id).first()
    if closing is None:
        raise NotFoundError("There is no such closure.")
    _may_check(closing, by)
    if verdict not in CheckVerdict.values:
        raise InvalidError("That is not a verdict.", mend="Agree, advise or reopen.", details={"field": "verdict"})
    found = checks().check_findings(list(findings))
    agreed = verdict == CheckVerdict.AGREE
    if agreed and found:
        raise InvalidError(
            "Something was found, so it is not simply agreed to.",
            mend="Advise or reopen.",
            details={"field": "verdict"},
        )
    said = text(note, "Note", needed=not agreed).strip()
    with writing(by, reason=f"closure checked: {verdict}"):
        _must_stand(closing)
        made = ClosureCheck.objects.create(
            closing=closing, at=clock.now(), by=by, verdict=verdict, findings=found, note=said
        )
    if verdict == CheckVerdict.REOPEN:
        control.reopen(closing.incident_id, said, by)
    return made


def _may_check(closing: Closing, by: User) -> None:
    if not by.holds(LADDER):
        raise NotAllowedError("A closure is checked by a sergeant or above.")
    if closing.by_id == by.id:
        raise NotAllowedError("Nobody checks a closure of their own.", mend="Ask another supervisor.")


def _must_stand(closing: Closing) -> None:
    list(Incident.objects.select_for_update(no_key=True).filter(id=closing.incident_id))
    if ClosureCheck.objects.filter(closing=closing).exists():
        raise ConflictError("This closure has been checked already.")
    incident = find(closing.incident_id)
    later = Closing.objects.filter(incident=incident, at__gt=closing.at).exists()
    if incident.closed_at is None or later:
        raise ConflictError("The incident was opened again since.", mend="Check its next closure.")
