"""The structured report: what the police were told, in a form the recording rules can be applied to.

A report names who told the police and when, the victims, the suspects, the offences that the facts (taken as true)
disclose, and any of the facts the decision tables ask for. Nothing is required that no rule needs; what is missing and
matters comes back as a question. `iops.rulebook.reading` turns YAML or JSON into these structures.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - read at run time by msgspec
from typing import Literal

import msgspec

FactValue = str | int
MAXIMUM_PEOPLE = 1_000_000


class Victim(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A victim, or `count` victims alike: a person, household, business or other body.

    `age` is the age in years when it happened. Victims who share a `household` count as one where the unit is a
    household. `role` matters for constables and other emergency workers acting as such.
    """

    id: str
    count: int = 1
    kind: Literal["person", "household", "business", "body"] = "person"
    age: int | None = None
    sex: Literal["female", "male"] | None = None
    role: Literal["public", "constable", "emergency_worker"] | None = None
    household: str | None = None


class Suspect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A suspect, or `count` alike. Suspects of the same `group` acted together; other groups acted independently.

    Age and capacity never stop a crime being recorded (CRR2026 p9).
    """

    id: str
    count: int = 1
    group: str = "together"
    age: int | None = None
    role: Literal["public", "police_on_duty", "police_off_duty"] = "public"
    has_capacity: bool | None = None


class Offence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One kind of offence that the facts disclose, by class or code, or by an act and its details.

    `batch` numbers the reports to the police in order: offences of one batch were reported together (finished incident,
    CRR2026 p12). `units` is how many of the class's counting units are concerned where that is not the number of
    victims (accounts, policies, contracts...). `victims` and `suspects` name whom it concerns; left out, all of them.
    `recorded` marks a crime already on record; `force` is the force area where it happened, if not the report's.
    """

    offence: str | None = None
    act: str | None = None
    code: str | None = None
    details: dict[str, FactValue] = {}
    attempt: bool = False
    victims: tuple[str, ...] | None = None
    suspects: tuple[str, ...] | None = None
    units: int | None = None
    batch: int = 1
    happened: dt.date | None = None
    recorded: bool = False
    force: str | None = None


class Existing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A crime already on record between the same people: a conduct crime that may continue, or an N-code to upgrade."""

    crime: str
    code: str | None = None
    last_incident: dt.date | None = None
    dealt_with: bool | None = None
    gap_days: int | None = None


class Places(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Force areas (or another nation's force) that matter for which force records; leave out what is not known."""

    suspect: str | None = None
    suspect_home: str | None = None
    victim: str | None = None
    victim_home: str | None = None
    business: str | None = None
    departure_airport: str | None = None
    arrival_airport: str | None = None
    first_aware: str | None = None
    other_nation: str | None = None


class Incident(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an incident is about, for its national category; `events` counts separate, finished events."""

    about: str
    details: dict[str, FactValue] = {}
    qualifiers: tuple[str, ...] = ()
    events: int = 1


class Charge(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An offence charged (or supported by the evidence) that differs from the crime it concerns."""

    offence: str
    against: str | None = None
    details: dict[str, FactValue] = {}


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A step to be checked: a removal, a reclassification or an outcome, with the facts its rules ask for."""

    crime: str | None = None
    code: str | None = None
    chosen: str | None = None
    facts: dict[str, FactValue] = {}


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole report. Times are local civil time in England and Wales unless they carry an offset.

    `reported` chooses the edition of the rules; it may be written with a time (kept in `reported_at`), which the time
    limit needs. `happened` chooses the offences that existed. `facts` holds answers to the questions of the decision
    tables; `iops rulebook schema` lists them all.
    """

    reported: dt.date
    reported_at: dt.datetime | None = None
    happened: dt.date | None = None
    recorded: dt.datetime | None = None
    reporter_told: bool | None = None
    force: str | None = None
    victims: tuple[Victim, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    relation: str | None = None
    offences: tuple[Offence, ...] = ()
    incident: Incident | None = None
    death: bool = False
    places: Places | None = None
    existing: Existing | None = None
    charged: tuple[Charge, ...] = ()
    removal: Check | None = None
    reclassification: Check | None = None
    outcome: Check | None = None
    facts: dict[str, FactValue] = {}
    flags: dict[str, FactValue | tuple[str, ...]] = {}
    presumed: tuple[str, ...] = ()

    @property
    def report_day(self) -> dt.date:
        """The day on which it was reported."""
        return self.reported

    @property
    def offence_day(self) -> dt.date:
        """The day on which it happened; the day of the report when nobody said."""
        return self.happened or self.report_day
