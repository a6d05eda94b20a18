"""What happens in the simulated days: incidents and what is done about them, people who come on and go off.

Everything is drawn from one seed beforehand, in simulated time (UTC); nothing of the system is asked here.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BEGIN = dt.datetime(2026, 3, 2, 6, 0, tzinfo=dt.UTC)
DISTRICTS = ("N", "E", "S", "W")
SHIFT = dt.timedelta(hours=8)
FIRST_CHANGE = dt.timedelta(hours=1)
PEOPLE_A_DESK = 4


@dataclass(frozen=True, order=True)
class Act:
    """One thing that happens at a moment. `of` is the number of the incident, or of the desk for a change of people.

    Acts of one moment follow `order`; no two have the same.
    """

    at: dt.datetime
    order: int
    kind: str = field(compare=False)
    of: int = field(compare=False)
    told: dict[str, object] = field(compare=False, default_factory=dict)


@dataclass(frozen=True)
class Desk:
    """A desk with one role: of a district, or (None) of the whole force; its people by name, who take turns."""

    number: int
    district: str | None
    role: str
    people: tuple[str, ...]


def desks() -> tuple[Desk, ...]:
    """A sergeants' desk for each district and an inspectors' desk for the force."""
    found = [(code, "sergeant") for code in DISTRICTS] + [(None, "inspector")]
    return tuple(
        Desk(n, code, role, tuple(f"{role}-{code or 'force'}-{p}".lower() for p in range(PEOPLE_A_DESK)))
        for n, (code, role) in enumerate(found)
    )


def minutes(many: float) -> dt.timedelta:
    """So many minutes, to the second."""
    return dt.timedelta(seconds=round(many * 60))


class Plan:
    """All acts of the simulated hours, in order."""

    def __init__(self, incidents: int, hours: int, seed: int) -> None:
        self.hours, self.incidents = hours, incidents
        self.end = BEGIN + dt.timedelta(hours=hours)
        self._chance = random.Random(seed)  # noqa: S311 - a simulation
        self._order = 0
        self.acts = sorted(
            act
            for acts in (self._changes(), *(self._incident(n) for n in range(incidents)))
            for act in acts
            if act.at < self.end
        )

    def _act(self, at: dt.datetime, kind: str, of: int, **told: object) -> Act:
        self._order += 1
        return Act(at, self._order, kind, of, told)

    # --- people ------------------------------------------------------------------------------------------------------

    def _changes(self) -> Iterator[Act]:
        """At each change of shift each desk changes in one of the ways that happen: see `_change`."""
        for desk in desks():
            on = [desk.people[0]]
            # Not on a full minute, when a round runs, and no two desks at the same moment.
            yield self._act(BEGIN + dt.timedelta(seconds=30, microseconds=desk.number), "on", desk.number, who=on[0])
            when, turn = BEGIN + FIRST_CHANGE, 0
            while when < self.end:
                turn += 1
                # Who is on does not come on: two who shared a shift both go home after it.
                rested = [p for p in desk.people if p not in on]
                following = rested[turn % len(rested)]
                moment = when + dt.timedelta(seconds=30, microseconds=desk.number)
                acts, on = self._change(desk, moment, on, following)
                yield from acts
                when += SHIFT

    def _change(self, desk: Desk, at: dt.datetime, on: list[str], following: str) -> tuple[list[Act], list[str]]:
        """Handed over and accepted; overlapping; with a gap in which nobody is on; or two for one shift."""
        way = self._chance.choices(("handover", "overlap", "gap", "two"), (6, 2, 1, 1))[0]
        gone = [self._act(at + dt.timedelta(minutes=5 + n), "off", desk.number, who=w) for n, w in enumerate(on)]
        if way == "handover":
            rest = [a for a in gone if a.told["who"] != on[0]]
            return [self._act(at, "handover", desk.number, who=on[0], to=following), *rest], [following]
        if way == "gap":
            back = at + minutes(self._chance.randint(15, 90))
            gone = [self._act(at + dt.timedelta(seconds=n), "off", desk.number, who=w) for n, w in enumerate(on)]
            return [*gone, self._act(back, "on", desk.number, who=following)], [following]
        come = [self._act(at, "on", desk.number, who=following)]
        if way == "two":
            second = next(p for p in desk.people if p not in {*on, following})
            come.append(self._act(at + dt.timedelta(minutes=2), "on", desk.number, who=second))
            return [*come, *gone], [following, second]
        return [*come, *gone], [following]

    # --- incidents ---------------------------------------------------------------------------------------------------

    def _incident(self, n: int) -> Iterator[Act]:
        """One incident: reported, graded (late, again, or never), resourced, attended, and what follows."""
        chance = self._chance
        # Between full minutes and off the second of changes of shift.
        at = BEGIN + minutes(chance.uniform(0, self.hours * 60 - 1))
        at = at.replace(second=chance.choice([*range(1, 29), *range(31, 60)]), microsecond=1000 + n % 900_000)
        written_late = minutes(chance.choice((0, 0, 0, 0, 0, 3, 12)))
        domestic, crime = chance.random() < 0.3, chance.random() < 0.4
        yield self._act(
            at, "open", n, reported=at - written_late, district=chance.choice(DISTRICTS), domestic=domestic, crime=crime
        )
        yield from self._after_opening(n, at, domestic=domestic, crime=crime)

    def _after_opening(self, n: int, at: dt.datetime, *, domestic: bool, crime: bool) -> Iterator[Act]:
        chance = self._chance
        grade = chance.choices((1, 2, 3, 4), (15, 35, 35, 15))[0]
        graded = at + self._later(0.2, 4)
        if chance.random() < 0.97:
            yield self._act(graded, "grade", n, grade=grade)
        yield from self._graded_again(n, graded, grade, slower=not domestic)
        if not domestic and chance.random() < 0.05:
            yield self._act(at + self._later(20, 300), "domestic", n)
        if chance.random() < 0.9:
            yield from self._attended(n, graded, grade, domestic=domestic)
        if (crime or domestic) and chance.random() < 0.9:
            yield self._act(at + self._later(30, 700), "record", n)
        if chance.random() < 0.06:
            yield from self._transferred(n, at)
        if chance.random() < 0.05:
            rule = chance.choice((f"attend-grade-{min(grade, 3)}", "crime-recording-decision", "grade-incident"))
            yield self._act(at + self._later(5, 120), "waive", n, rule=rule)

    def _later(self, least: float, usual: float) -> dt.timedelta:
        """A while: seldom much longer than usual. Never a whole minute after, so that no act meets a round."""
        seconds = round(60 * (least + self._chance.expovariate(1 / usual)))
        return dt.timedelta(seconds=max(seconds, 5) // 60 * 60, microseconds=self._chance.randint(1, 90_000))

    def _graded_again(self, n: int, graded: dt.datetime, grade: int, *, slower: bool) -> Iterator[Act]:
        at = graded
        while self._chance.random() < 0.12:
            at += self._later(6, 60)
            grade = self._chance.choice([g for g in (1, 2, 3, 4) if g < grade or (slower and g > grade)] or [grade])
            yield self._act(at, "grade", n, grade=grade)

    def _attended(self, n: int, graded: dt.datetime, grade: int, *, domestic: bool) -> Iterator[Act]:
        chance = self._chance
        sent = graded + self._later(1, 8 * grade * grade)
        yield self._act(sent, "assign", n)
        arrived = sent + self._later(4, 7 * grade)
        if chance.random() < 0.93:
            # Some arrivals are told long after they happened: what they met was met in time.
            told = arrived + (self._later(15, 60) if chance.random() < 0.1 else dt.timedelta())
            yield self._act(told, "arrive", n, happened=arrived)
            if chance.random() < 0.08:
                linked = told + self._later(5, 20)
                yield self._act(linked, "child", n)
                if chance.random() < 0.8:
                    yield self._act(linked + self._later(60, 700), "decide-child", n)
            if domestic and chance.random() < 0.85:
                assessed = told + self._later(40, 180)
                yield self._act(assessed, "assess", n)
                if chance.random() < 0.8:
                    yield self._act(assessed + self._later(30, 300), "review", n)

    def _transferred(self, n: int, at: dt.datetime) -> Iterator[Act]:
        chance = self._chance
        offered = at + self._later(5, 60)
        to = None if chance.random() < 0.3 else chance.choice(DISTRICTS)
        yield self._act(offered, "offer", n, to=to)
        if chance.random() < 0.85:
            yield self._act(offered + self._later(2, 15), "answer", n, accepted=chance.random() < 0.75)
