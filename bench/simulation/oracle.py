"""What must have been escalated, by plain arithmetic: from what the system was told and the rulebook's durations.

Nothing of the engine is used here: no rule's condition, no SQL, no view. The files of the rulebook are read as YAML for
their durations alone; when a duty arises, when its clock starts and what ends it is written out in Python once more.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

UNITS = {"minute": dt.timedelta(minutes=1), "hour": dt.timedelta(hours=1), "day": dt.timedelta(days=1)}
Present = list[tuple[str, str, str | None]]
"""Who is on, as what, and for which district (None: the whole force)."""
Key = tuple[str, int, str, dt.datetime, dt.timedelta, str]
"""One step of one duty: subject, its id, rule, when the clock started, after how long, to which role."""
Duties = dict[tuple[str, int, str], "Standing"]


@dataclass(frozen=True)
class Step:
    """After so long, an open duty goes up to people of this role."""

    after: dt.timedelta
    role: str


@dataclass(frozen=True)
class Raised:
    """One escalation told to one person (None: to the role, nobody was on), at a moment."""

    subject: str
    subject_id: int
    rule: str
    arose: dt.datetime
    after: dt.timedelta
    role: str
    told: str | None
    at: dt.datetime


@dataclass(frozen=True)
class Told:
    """One thing the system was told: when, of which incident, what, with the ids that the system gave."""

    at: dt.datetime
    incident: int
    kind: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """How a duty stands by what is known: since when its clock runs, when it ended (None: open), whose it is."""

    arose: dt.datetime
    ended: dt.datetime | None
    district: str


def durations(folder: Path, day: dt.date) -> dict[str, tuple[Step, ...]]:
    """The steps of every rule in force on a day, read from the YAML of the rulebook."""
    found = {}
    for path in sorted(folder.rglob("*.yaml")):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
            editions = [e for e in rule["in_force"] if e["from"] <= day]
            if editions:
                latest = max(editions, key=lambda e: e["from"])
                found[rule["code"]] = tuple(Step(span(s["after"]), s["to"]) for s in latest.get("escalate", []))
    return found


def span(said: str) -> dt.timedelta:
    """A length of time as the rulebook writes it, such as 40 minutes."""
    many, unit = said.split()
    return int(many) * UNITS[unit.removesuffix("s")]


@dataclass
class Facts:
    """What is known of one incident, and the duties that follow."""

    incident: int
    reported: dt.datetime
    district: str
    domestic: bool
    crime: bool
    gradings: list[tuple[dt.datetime, int]] = field(default_factory=list)
    assigned: list[dt.datetime] = field(default_factory=list)
    arrived: list[dt.datetime] = field(default_factory=list)
    recorded: list[dt.datetime] = field(default_factory=list)
    assessed: dict[int, dt.datetime] = field(default_factory=dict)
    reviewed: dict[int, dt.datetime] = field(default_factory=dict)
    children: dict[int, dt.datetime] = field(default_factory=dict)
    decided: dict[int, dt.datetime] = field(default_factory=dict)
    offers: dict[int, tuple[dt.datetime, str | None]] = field(default_factory=dict)
    answered: dict[int, dt.datetime] = field(default_factory=dict)
    waived: dict[str, dt.datetime] = field(default_factory=dict)

    def learn(self, told: Told) -> None:
        """Take in one thing that was told."""
        v, at = told.values, told.at
        by_id = {
            "assess": self.assessed,
            "review": self.reviewed,
            "child": self.children,
            "decide-child": self.decided,
            "answer": self.answered,
        }
        moments = {"assign": self.assigned, "record": self.recorded}
        if told.kind in by_id:
            by_id[told.kind][v["id"]] = at
        elif told.kind in moments:
            moments[told.kind].append(at)
        else:
            self._learn_more(told)
        if told.kind == "answer" and v["accepted"]:
            self.district = self.offers[v["id"]][1] or self.district

    def _learn_more(self, told: Told) -> None:
        v, at = told.values, told.at
        match told.kind:
            case "grade":
                self.gradings.append((at, v["grade"]))
            case "arrive":
                self.arrived.append(v["happened"])
            case "domestic":
                self.domestic = True
            case "offer":
                self.offers[v["id"]] = (at, v["to"])
            case "waive":
                self.waived[v["rule"]] = at
            case unknown:
                raise ValueError(unknown)

    def duties(self) -> Duties:
        """Every duty by subject and rule, as it stands by what is known."""
        found = {("incident", self.incident, rule): s for rule, s in self._of_the_incident()}
        for n, at in self.assessed.items():
            found["risk_assessment", n, "da-assessment-review"] = Standing(at, self.reviewed.get(n), self.district)
            # Every risk is graded medium, and no specialist looks at it within these days.
            found["risk_assessment", n, "da-secondary-medium"] = Standing(at, None, self.district)
        for n, at in self.children.items():
            found["incident_child", n, "child-decision"] = Standing(at, self.decided.get(n), self.district)
            # Nobody learns the school or the date of birth of any child.
            found["incident_child", n, "child-school-known"] = Standing(at, None, self.district)
            if self.domestic:
                # The days are school days in term, nobody's age is known, and nobody tells a school.
                found["incident_child", n, "encompass-notification"] = Standing(at, None, self.district)
        for n, at in self.decided.items():
            # Every child is decided to be referred at once, and nobody sends a referral.
            found["incident_child", n, "child-referral-now"] = Standing(at, None, self.district)
        for n, (at, to) in self.offers.items():
            rule = "transfer-accept" if to else "transfer-acknowledge"
            found["incident_transfer", n, rule] = Standing(at, self.answered.get(n), to or self.district)
        return found

    def _of_the_incident(self) -> Iterator[tuple[str, Standing]]:
        for rule, arose, met in self._clocks():
            ends = [at for at in (met, self.waived.get(rule)) if at is not None]
            yield rule, Standing(arose, min(ends, default=None), self.district)

    def _clocks(self) -> Iterator[tuple[str, dt.datetime, dt.datetime | None]]:
        """Rule, when its clock started, and when it was met."""
        yield "grade-incident", self.reported, min((at for at, _ in self.gradings), default=None)
        attended, resourced = min(self.arrived, default=None), min(self.assigned, default=None)
        if self.gradings:
            grade = self.gradings[-1][1]
            since = self._since(grade)
            if grade <= 3:
                yield f"attend-grade-{grade}", since, attended
            if grade <= 2:
                yield f"resource-grade-{grade}", since, resourced
        if self.crime or self.domestic:
            yield "crime-recording-decision", self.reported, min(self.recorded, default=None)
        if self.domestic:
            # Nobody raises a vulnerability record.
            yield "da-record", self.reported, None
            assessed = min(self.assessed.values(), default=None)
            if attended is None:
                yield "da-risk-assessment-unattended", self.reported, assessed
            else:
                yield "da-risk-assessment", attended, assessed

    def _since(self, grade: int) -> dt.datetime:
        """When it reached this grade, or a more urgent one, and has not been less urgent since."""
        since = self.gradings[-1][0]
        for at, given in reversed(self.gradings):
            if given > grade:
                break
            since = at
        return since


class People:
    """Who is on duty at which moment, and when rounds run: every so often, and whenever somebody comes or goes."""

    def __init__(self, rounds: Iterable[dt.datetime], changes: Iterable[tuple[dt.datetime, Present]]) -> None:
        self.changes: list[dt.datetime] = []
        self._on: list[frozenset[tuple[str, str, str | None]]] = [frozenset()]
        for at, present in changes:
            self.changes.append(at)
            self._on.append(frozenset(present))
        self.rounds = sorted([*rounds, *self.changes])

    def on(self, role: str, district: str, at: dt.datetime) -> frozenset[str]:
        """Who is on in a role for a district, at its own desk or one of the whole force, from this moment on."""
        present = self._on[bisect_right(self.changes, at)]
        return frozenset(who for who, as_, where in present if as_ == role and where in (None, district))

    def rounds_in(self, since: dt.datetime, until: dt.datetime) -> Iterator[dt.datetime]:
        """The first round from `since` on, and every change of people after it, before `until`."""
        first = bisect_left(self.rounds, since)
        if first == len(self.rounds) or self.rounds[first] >= until:
            return
        yield self.rounds[first]
        begin = bisect_right(self.changes, self.rounds[first])
        yield from self.changes[begin : bisect_left(self.changes, until)]


class Oracle:
    """Says everything that must have been raised, to whom, and when."""

    def __init__(self, steps: Mapping[str, tuple[Step, ...]], people: People, end: dt.datetime) -> None:
        self.steps, self.people, self.end = steps, people, end

    def expected(self, journal: Iterable[Told]) -> set[Raised]:
        """All escalations due, from all that was told, incident by incident."""
        stories: dict[int, list[Told]] = defaultdict(list)
        for told in journal:
            stories[told.incident].append(told)
        return {raised for story in stories.values() for raised in Telling(self, story).raised}


class Telling:
    """The escalations of one incident, from the first that was told of it to the end."""

    def __init__(self, oracle: Oracle, story: list[Told]) -> None:
        self.steps, self.people = oracle.steps, oracle.people
        self.raised: list[Raised] = []
        self._told: dict[Key, set[str | None]] = defaultdict(set)
        opened, *rest = story
        facts, since = Facts(opened.incident, **opened.values), opened.at
        for news in rest:
            standing = facts.duties()
            self._rounds(standing, since, news.at)
            facts.learn(news)
            self._closing(standing, facts.duties(), news.at)
            since = news.at
        self._rounds(facts.duties(), since, oracle.end)

    def _rounds(self, standing: Duties, since: dt.datetime, until: dt.datetime) -> None:
        """Rounds tell what open duties have reached, and at a change of shift again."""
        for (subject, n, rule), duty in standing.items():
            for step in self.steps[rule] if duty.ended is None else ():
                key = (subject, n, rule, duty.arose, step.after, step.role)
                for at in self.people.rounds_in(max(since, duty.arose + step.after), until):
                    on = self.people.on(step.role, duty.district, at)
                    if not self._told[key] or (on and not self._told[key] & on):
                        self._tell(key, on, at)

    def _closing(self, before: Duties, after: Duties, at: dt.datetime) -> None:
        """A duty that ends, or gets another clock, tells first what it had reached."""
        for (subject, n, rule), duty in before.items():
            now = after.get((subject, n, rule))
            if duty.ended is not None or (now and now.ended is None and now.arose == duty.arose):
                continue
            ended = now.ended if now and now.ended is not None else at
            for step in self.steps[rule]:
                key = (subject, n, rule, duty.arose, step.after, step.role)
                reached = duty.arose + step.after
                if reached < ended and reached <= at and not self._told[key]:
                    self._tell(key, self.people.on(step.role, duty.district, at), at)

    def _tell(self, key: Key, on: frozenset[str], at: dt.datetime) -> None:
        for who in on or {None}:
            self._told[key].add(who)
            self.raised.append(Raised(*key, told=who, at=at))
