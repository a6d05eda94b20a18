"""What the recording rules answer: the decision, and the reason for every step of it."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - read at run time by msgspec

import msgspec


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step of the reasoning: which rule spoke, what it says, where it is written and whether it is unsure."""

    rule: str
    says: str
    cite: tuple[str, ...] = ()
    unsure: str = ""
    about: str = ""


class Need(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fact that still matters, the question to ask, and the rule that asks it."""

    fact: str
    question: str
    rule: str
    choices: tuple[str, ...] = ()


class Crime(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`count` crimes of one class; `unit` is the counting unit that was used, in words."""

    crime_class: str
    title: str
    count: int
    code: str = ""
    unit: str = ""
    victims: tuple[str, ...] = ()
    group: str = ""
    batch: int = 1
    already_recorded: bool = False
    recording_force: str = ""
    attempt: bool = False


class Absorbed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An offence that is not counted because another is, and the rule that says so."""

    crime_class: str
    into: str
    rule: str
    code: str = ""
    cite: tuple[str, ...] = ()


class ReportedIncident(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Records of a notifiable reported incident (N100, N200, N300); the code is written 100/01."""

    code: str
    count: int = 1

    @property
    def name(self) -> str:
        """The code as the force writes it: N100/01."""
        return f"N{self.code}"


class Later(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a charge leads to: an alternate outcome on the recorded crime, or a crime to be added."""

    charge: str
    against: str
    outcome: str = ""
    added_crime: str = ""
    says: str = ""
    cite: tuple[str, ...] = ()


class TimeLimit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """By when it must be recorded: hours from the first report, the moment, and whether that was kept."""

    hours: int | None = None
    due: dt.datetime | None = None
    timely: bool | None = None


class Decision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The decision on one report, or on one step (removal, reclassification, outcome, flags).

    kind: crime, crime_related_incident, reported_incident, incident, information, intelligence, not_recorded,
    local_case_record_and_report_fraud, add_to_existing, cancel, keep, reclassify, outcome, breach, flags or undecided.
    `number` is how many crime records the rules call for, including any already made; None while undecided.
    """

    kind: str
    number: int | None = None
    crimes: tuple[Crime, ...] = ()
    absorbed: tuple[Absorbed, ...] = ()
    reported_incidents: tuple[ReportedIncident, ...] = ()
    category: str = ""
    qualifiers: tuple[str, ...] = ()
    incident_records: int = 0
    recording_force: str = ""
    transfer_to: str = ""
    recorded_by: str = ""
    removal: str = ""
    outcome: str = ""
    outcomes_possible: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    later: tuple[Later, ...] = ()
    breaches: tuple[str, ...] = ()
    time_limit: TimeLimit | None = None
    approve: tuple[str, ...] = ()
    audit: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    presumed: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    report_date: dt.date | None = None
    offence_date: dt.date | None = None

    @property
    def classes(self) -> tuple[str, ...]:
        """Every crime's class, repeated as often as it is counted."""
        return tuple(crime.crime_class for crime in self.crimes for _ in range(crime.count))

    @property
    def is_crime(self) -> bool:
        """Whether at least one crime is to be recorded (by the force or centrally)."""
        return self.kind in ("crime", "local_case_record_and_report_fraud")
