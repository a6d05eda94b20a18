"""From a report to a decision with its reasons."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, cast

import msgspec

from iops.rulebook.classify import NotNotifiable, classify
from iops.rulebook.continuation import continue_course
from iops.rulebook.counting import Counted, Disclosed, count
from iops.rulebook.decision import Absorbed, Crime, Decision, Later, ReportedIncident, TimeLimit
from iops.rulebook.flags import flags_for
from iops.rulebook.later import after_charges
from iops.rulebook.library import table
from iops.rulebook.nsir import categorise, qualifiers_of
from iops.rulebook.outcomes import decide_outcome
from iops.rulebook.reading import as_at as moved_to
from iops.rulebook.reading import read_report
from iops.rulebook.recording.routes import Verdict, route
from iops.rulebook.removal import decide_reclassification, decide_removal
from iops.rulebook.report import Report
from iops.rulebook.trail import Trail

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.rulebook.counting.principal import Policy
    from iops.rulebook.tables import Fact

ADULT = 18
TOLD = "that the victim or reporter was told of the decision and may appeal"
#: The gravest kind of record first: it names the decision when several offences end differently.
KINDS = (
    "reported_incident", "crime_related_incident", "incident", "information", "intelligence", "not_recorded"
)  # fmt: skip


def decide(report: Report | Mapping[str, Any], *, as_at: dt.date | None = None) -> Decision:
    """What must be recorded for this report, and why.

    `as_at` decides the report as if it had come in on that day (the edition of the rules then in force). Raises
    InvalidError (and its kinds) for a report that cannot be taken as it is; a report that lacks facts that matter gives
    a decision of kind "undecided" with the questions that are left.
    """
    given = report if isinstance(report, Report) else read_report(report)
    if as_at is not None:
        given = moved_to(given, as_at)
    if given.removal is not None:
        return decide_removal(given)
    if given.reclassification is not None:
        return decide_reclassification(given)
    if given.outcome is not None:
        return decide_outcome(given)
    return _Desk(given).decide()


class _Desk:
    """One report on the registrar's desk."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.trail = Trail()
        for text in report.presumed:
            self.trail.presumed[text] = None
        self.facts: dict[str, Fact] = dict(report.facts)
        self.flags = flags_for(report, ())
        self.absorbed: list[Absorbed] = []

    def decide(self) -> Decision:
        """The decision."""
        if not self.report.offences:
            return self._without_offence()
        found = classify(self.report, self.facts, self.trail)
        disclosed = [one for one in found if isinstance(one, Disclosed)]
        none = [one for one in found if isinstance(one, NotNotifiable)]
        self.flags = flags_for(self.report, disclosed)
        if not self.trail.needs and self.report.existing is not None:
            disclosed, added = continue_course(self.report, disclosed, self.trail)
            if added and not disclosed:
                return self._finish("add_to_existing", number=0)
        verdicts = [route(self.report, one, self.facts, self.trail) for one in disclosed]
        return self._conclude(verdicts, none)

    # -- no offence -----------------------------------------------------------------------------------------------

    def _without_offence(self) -> Decision:
        if self.report.death or "cause" in self.facts or "homicide_believed" in self.facts:
            return self._death()
        if self.report.incident is not None:
            return self._incident()
        if self.report.flags:
            return self._finish("flags", number=0)
        if self.facts.get("probable") == "no":
            self.trail.note("recording-test: not-a-crime", "No notifiable offence is disclosed.", ("CRR2026 p7",))
            return self._finish("incident", number=0)
        self.trail.need(
            "offences",
            "Which offences do the facts, taken as true, disclose (or what is the incident about)?",
            "recording-test",
        )
        return self._finish("undecided")

    def _death(self) -> Decision:
        told: dict[str, Fact | None] = dict(self.facts)
        told["reported"] = self.report.report_day.toordinal()
        ages = [victim.age for victim in self.report.victims if victim.age is not None]
        if ages and "under_18" not in told:
            told["under_18"] = "yes" if min(ages) < ADULT else "no"
        hit = self.trail.ask(table("deaths"), told)
        if hit is None:
            return self._finish("undecided")
        if hit.get("kind") == "crime":
            return self._homicide()
        deaths = sum(victim.count for victim in self.report.victims) or 1
        if hit.get("code"):
            record = ReportedIncident(code=hit.get("code"), count=deaths)
            return self._finish("reported_incident", number=0, reported_incidents=(record,))
        return self._finish("incident", number=0, category=hit.get("category"), incident_records=1)

    def _homicide(self) -> Decision:
        self.trail.need("offences", "Which homicide offence do the facts disclose?", "deaths")
        return self._finish("undecided")

    def _incident(self) -> Decision:
        incident = self.report.incident
        assert incident is not None  # noqa: S101
        category = categorise(incident, self.trail)
        if category is None:
            return self._finish("undecided")
        self.trail.audit[TOLD] = None
        return self._finish(
            "incident",
            number=0,
            category=category,
            qualifiers=qualifiers_of(incident),
            transfer_to=self._elsewhere(),
            incident_records=incident.events,
        )

    def _elsewhere(self) -> str:
        """Where an incident that lies in another area is passed to."""
        if self.facts.get("nation") not in ("other_force_area", "scotland_or_northern_ireland"):
            return ""
        self.trail.note(
            "incident elsewhere", "The force that takes the call records it and passes it on.", ("NSIR2011 1.10",)
        )
        return (self.report.places.other_nation if self.report.places else None) or "the force of the area"

    # -- offences -------------------------------------------------------------------------------------------------

    def _conclude(self, verdicts: list[Verdict], none: list[NotNotifiable]) -> Decision:
        if any(verdict.kind == "undecided" for verdict in verdicts) or (self.trail.needs and not verdicts):
            return self._finish("undecided")
        crimes = [v for v in verdicts if v.kind in ("crime", "local_case_record_and_report_fraud")]
        if not crimes:
            return self._no_crime(verdicts, none)
        counted = count([v.offence for v in crimes], dict(self.facts), self._policy(), self.trail)
        if self.trail.needs:
            return self._finish("undecided", absorbed=tuple(counted.absorbed))
        return self._crimes(crimes, counted, verdicts)

    def _policy(self) -> Policy:
        hit = self.trail.ask(table("conduct-policy"), {"reported": self.report.report_day.toordinal()})
        return cast("Policy", hit.get("policy")) if hit else "single"

    def _crimes(self, crimes: list[Verdict], counted: Counted, verdicts: list[Verdict]) -> Decision:
        local = any(v.kind == "local_case_record_and_report_fraud" for v in crimes)
        fraud_only = all(v.offence.one.is_fraud for v in crimes)
        forces = {v.offence.at: v.force for v in crimes}
        placed = tuple(self._with_force(crime, crimes, forces) for crime in counted.crimes)
        later = after_charges(self.report, placed, counted.absorbed, self.trail)
        named = sorted({crime.recording_force for crime in placed if crime.recording_force})
        return self._finish(
            "local_case_record_and_report_fraud" if local and fraud_only else "crime",
            number=counted.number,
            crimes=placed,
            absorbed=tuple(counted.absorbed),
            recorded_by="Report Fraud" if fraud_only else "",
            recording_force=" and ".join(named),
            reported_incidents=_incidents_of(verdicts),
            later=later,
            limited=not any(v.no_time_limit for v in crimes),
        )

    @staticmethod
    def _with_force(crime: Crime, crimes: list[Verdict], forces: dict[int, str]) -> Crime:
        if crime.recording_force:
            return crime
        force = next((forces[v.offence.at] for v in crimes if v.offence.label == crime.crime_class), "")
        return msgspec.structs.replace(crime, recording_force=force) if force else crime

    def _no_crime(self, verdicts: list[Verdict], none: list[NotNotifiable]) -> Decision:
        self.trail.audit[TOLD] = None
        if self.report.reporter_told is False:
            self.trail.note(
                "telling the reporter",
                "Whoever reports must be told of a decision not to record, and may appeal.",
                ("CRR2026 p10",),
            )
            return self._finish("breach", number=0, breaches=("notification missing",))
        kinds = [verdict.kind for verdict in verdicts] or ["incident"]
        kind = min(kinds, key=KINDS.index)
        category = next((v.category for v in verdicts if v.category), "") or next(
            (n.category for n in none if n.category), ""
        )
        if self.report.incident is not None and not category:
            category = categorise(self.report.incident, self.trail) or ""
        elsewhere = sorted({v.force for v in verdicts if v.force})
        return self._finish(
            kind,
            number=0,
            category=category,
            qualifiers=qualifiers_of(self.report.incident) if self.report.incident else (),
            reported_incidents=_incidents_of(verdicts),
            recording_force=" and ".join(elsewhere),
            transfer_to=" and ".join(elsewhere),
        )

    # -- finish ---------------------------------------------------------------------------------------------------

    def _finish(
        self,
        kind: str,
        *,
        number: int | None = None,
        crimes: tuple[Crime, ...] = (),
        absorbed: tuple[Absorbed, ...] = (),
        reported_incidents: tuple[ReportedIncident, ...] = (),
        category: str = "",
        qualifiers: tuple[str, ...] = (),
        incident_records: int = 0,
        recording_force: str = "",
        transfer_to: str = "",
        recorded_by: str = "",
        later: tuple[Later, ...] = (),
        breaches: tuple[str, ...] = (),
        limited: bool = True,
    ) -> Decision:
        limit = self._time_limit(limited=limited) if kind in ("crime", "local_case_record_and_report_fraud") else None
        trail = self.trail
        if kind == "crime":
            trail.audit["class, time of the report and of recording"] = None
        return Decision(
            kind=kind, number=number, crimes=crimes, absorbed=absorbed, reported_incidents=reported_incidents,
            category=category, qualifiers=qualifiers, incident_records=incident_records,
            recording_force=recording_force,
            transfer_to=transfer_to, recorded_by=recorded_by, later=later, breaches=breaches, flags=self.flags,
            time_limit=limit, approve=tuple(trail.approve), audit=tuple(trail.audit),
            needs=tuple(trail.needs.values()) if kind == "undecided" else (),
            presumed=tuple(trail.presumed), unsure=tuple(trail.unsure), steps=tuple(trail.steps),
            report_date=self.report.report_day, offence_date=self.report.offence_day,
        )  # fmt: skip

    def _time_limit(self, *, limited: bool) -> TimeLimit | None:
        told = {"reported": self.report.report_day.toordinal(), "on_duty_police_complaint": "no" if limited else "yes"}
        hit = self.trail.ask(table("time-limits"), told)
        if hit is None or hit.get("hours") == "none":
            return TimeLimit()
        hours = int(hit.get("hours"))
        reported = self.report.reported_at
        if reported is None:
            return TimeLimit(hours=hours)
        due = reported + dt.timedelta(hours=hours)
        timely = None if self.report.recorded is None else self.report.recorded <= due
        if timely is False:
            self.trail.audit["why it was recorded late, and the registrar's oversight"] = None
        return TimeLimit(hours=hours, due=due, timely=timely)


def _incidents_of(verdicts: list[Verdict]) -> tuple[ReportedIncident, ...]:
    """N100 counts each victim and offender pair once, N200 and N300 each victim."""
    found: dict[str, int] = {}
    for verdict in verdicts:
        if verdict.code and verdict.kind == "reported_incident":
            victims = sum(victim.count for victim in verdict.offence.victims) or 1
            pairs = sum(suspect.count for suspect in verdict.offence.suspects) or 1
            many = victims * (pairs if verdict.code.startswith("100/") else 1)
            found[verdict.code] = found.get(verdict.code, 0) + many
    return tuple(ReportedIncident(code=code, count=many) for code, many in found.items())
