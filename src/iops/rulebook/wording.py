"""A decision in plain words, for a page, a printout or the log of an incident."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.rulebook.decision import Crime, Decision

KINDS = {
    "crime": "Record as crime",
    "crime_related_incident": "Crime-related incident: no crime is recorded",
    "reported_incident": "Notifiable reported incident: no crime is recorded",
    "incident": "Incident: no crime is recorded",
    "information": "Information report: no crime is recorded",
    "intelligence": "Intelligence only: no crime is recorded",
    "not_recorded": "Not recorded here",
    "local_case_record_and_report_fraud": "Local case record, and a report to Report Fraud",
    "add_to_existing": "Add to the existing crime",
    "cancel": "The crime may be removed",
    "keep": "The crime stays as it is",
    "reclassify": "The class may be changed",
    "outcome": "Outcome",
    "breach": "A rule is broken",
    "flags": "Flags",
    "undecided": "Not decided yet: more must be known",
}


def in_words(decision: Decision) -> str:
    """The whole decision as lines of text: what, why, what must be noted and what is unsure."""
    return "\n".join(_lines(decision))


def _lines(decision: Decision) -> Iterator[str]:
    yield KINDS.get(decision.kind, decision.kind) + (f" ({decision.number} in all)" if decision.is_crime else "")
    yield from (f"  {line}" for line in _results(decision))
    for title, texts in (
        ("Still needed", tuple(_need(need.question, need.choices) for need in decision.needs)),
        ("Why", tuple(_step(step.says, step.cite, step.about) for step in decision.steps)),
        ("Must be approved by", decision.approve),
        ("The record must hold", decision.audit),
        ("Presumed, because nobody said otherwise", decision.presumed),
        ("Unsure in the sources", decision.unsure),
    ):
        if texts:
            yield f"{title}:"
            yield from (f"  - {text}" for text in texts)


def _results(decision: Decision) -> Iterator[str]:
    for crime in decision.crimes:
        yield _crime(crime)
    for gone in decision.absorbed:
        yield f"not counted: {gone.crime_class}, part of {gone.into}"
    for record in decision.reported_incidents:
        yield f"{record.count} x {record.name}"
    for name, value in (
        ("category", decision.category), ("recorded by", decision.recorded_by or decision.recording_force),
        ("removal", decision.removal), ("outcome", decision.outcome or ", ".join(decision.outcomes_possible)),
        ("flags", ", ".join(decision.flags)),
        ("pass to", decision.transfer_to), ("broken", " ".join(decision.breaches)),
    ):  # fmt: skip
        if value:
            yield f"{name}: {value}"
    for later in decision.later:
        added = f"; add {later.added_crime}" if later.added_crime else ""
        yield f"charge {later.charge}: {later.outcome}{added}"
    if decision.time_limit is not None and decision.time_limit.hours is not None:
        due = f", by {decision.time_limit.due:%d %B %Y %H:%M}" if decision.time_limit.due else ""
        late = " - recorded late" if decision.time_limit.timely is False else ""
        yield f"time limit: {decision.time_limit.hours} hours{due}{late}"


def _crime(crime: Crime) -> str:
    code = f" {crime.code}" if crime.code else ""
    unit = f" ({crime.unit})" if crime.unit else ""
    known = ", already recorded" if crime.already_recorded else ""
    return f"{crime.count} x {crime.crime_class}{code} {crime.title}{unit}{known}"


def _need(question: str, choices: tuple[str, ...]) -> str:
    return f"{question} ({' / '.join(choices)})" if choices else question


def _step(says: str, cite: tuple[str, ...], about: str) -> str:
    where = f" [{', '.join(cite)}]" if cite else ""
    return f"{f'{about}: ' if about else ''}{says}{where}"
