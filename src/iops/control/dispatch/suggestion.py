"""How a unit fits an incident: a pure function from what is known of both to points, with a reason for each.

Points are whole numbers and only put the units in an order; the reasons are what the dispatcher reads. A unit that
cannot be sent is shown with the reason why, after all that can.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from iops.control.models import UnitStatus

if TYPE_CHECKING:
    from iops.control.dispatch.catalogue import Catalogue

READY = frozenset({UnitStatus.AVAILABLE, UnitStatus.ON_DUTY})
STALE_MINUTES = 15
"""A position older than this says little of where a moving car is."""
MINUTES_AN_HOUR = 60

NEAR_POINTS = 60
"""What a unit on the spot gets; one is lost for each minute of the estimated drive."""
NOT_PLACED_POINTS = 20
READY_POINTS = 40
MEAL_POINTS, COMMITTED_POINTS, SENT_POINTS = -20, -30, -50
SKILL_POINTS, NO_SKILL_POINTS = 15, -10
HOME_POINTS = 5
TIRED_POINTS, ENDING_POINTS = -10, -15
LESS_URGENT_POINTS = 30
"""Given back to a unit on a less urgent incident: diverting it is meant to be thought of."""


@dataclass(frozen=True)
class Wanted:
    """What is known of the incident. `grade` is None before it is graded; `skills` maps each wanted skill to why."""

    grade: int | None
    district_id: int
    skills: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Candidate:
    """What is known of one unit on duty. Times are whole minutes; metres are along the straight line.

    `metres` is None when the unit or the incident has no place. `rested` is the time between the tour before and this
    one, None when there was none. `committed_to` names the incident it stands on, when the viewer may see that.
    """

    unit_id: int
    callsign: str
    kind: str
    district_id: int
    status: UnitStatus
    status_title: str
    divertible: bool
    skills: frozenset[str]
    on_duty: int
    left: int
    metres: int | None = None
    position_age: int | None = None
    rested: int | None = None
    committed_to: str = ""
    committed_grade: int | None = None
    deployment_id: int | None = None


@dataclass(frozen=True)
class Reason:
    """One reason for a unit (points above nothing) or against it."""

    points: int
    says: str


@dataclass(frozen=True)
class Suggestion:
    """A unit with its reasons. `must_divert`: it stands on another incident; `possible`: it can be sent."""

    unit: Candidate
    possible: bool
    must_divert: bool
    minutes: int | None
    reasons: tuple[Reason, ...]

    @property
    def points(self) -> int:
        """The sum of the reasons; more is better."""
        return sum(r.points for r in self.reasons)

    @property
    def pros(self) -> tuple[str, ...]:
        """The reasons for it."""
        return tuple(r.says for r in self.reasons if r.points > 0)

    @property
    def cons(self) -> tuple[str, ...]:
        """The reasons against it."""
        return tuple(r.says for r in self.reasons if r.points <= 0)


def suggest(units: list[Candidate], wanted: Wanted, book: Catalogue) -> list[Suggestion]:
    """Every unit with its reasons: those that can be sent first, then by points, then by call sign."""
    judged = [judge(unit, wanted, book) for unit in units]
    return sorted(judged, key=lambda s: (not s.possible, -s.points, s.unit.callsign))


def judge(unit: Candidate, wanted: Wanted, book: Catalogue) -> Suggestion:
    """One unit for one incident."""
    minutes = None if unit.metres is None else book.travel.minutes(unit.metres, wanted.grade)
    state, possible = _state(unit, wanted)
    reasons = (
        *_distance(unit, minutes),
        *state,
        *_skills(unit, wanted, book),
        *_district(unit, wanted),
        *_rest(unit, book),
    )
    return Suggestion(unit, possible, unit.status in _SENT, minutes, reasons)


_SENT = frozenset({UnitStatus.ASSIGNED, UnitStatus.EN_ROUTE, UnitStatus.AT_SCENE})


def _distance(unit: Candidate, minutes: int | None) -> list[Reason]:
    if minutes is None:
        return [Reason(-NOT_PLACED_POINTS, "How far away it is, is not known.")]
    said = f"About {_kilometres(unit.metres or 0)} away in a straight line, perhaps {minutes} minutes."
    found = [Reason(max(NEAR_POINTS - minutes, 0), said)]
    if unit.position_age is not None and unit.position_age > STALE_MINUTES:
        found.append(Reason(-5, f"Its position is {unit.position_age} minutes old."))
    return found


def _kilometres(metres: int) -> str:
    return f"{metres} m" if metres < 1000 else f"{metres // 1000}.{metres % 1000 // 100} km"  # noqa: PLR2004


def _state(unit: Candidate, wanted: Wanted) -> tuple[list[Reason], bool]:
    """What it does now, and whether it can be sent."""
    if unit.status == UnitStatus.EMERGENCY:
        return [Reason(-100, "Its crew has pressed the emergency button.")], False
    if not unit.divertible:
        return [Reason(-100, f"{unit.status_title}.")], False
    if unit.status in READY:
        return [Reason(READY_POINTS, f"{unit.status_title}.")], True
    if unit.status == UnitStatus.MEAL:
        return [Reason(MEAL_POINTS, "On its meal break.")], True
    if unit.status == UnitStatus.COMMITTED and not unit.committed_to:
        return [Reason(COMMITTED_POINTS, f"{unit.status_title}.")], True
    return _sent(unit, wanted)


def _sent(unit: Candidate, wanted: Wanted) -> tuple[list[Reason], bool]:
    if not unit.committed_to:
        # On an incident that is hidden from whoever asks: no more is said, and they cannot divert it.
        return [Reason(-100, f"{unit.status_title}; it cannot be diverted by you.")], False
    grade = f"grade {unit.committed_grade}" if unit.committed_grade else "not graded"
    found = [Reason(SENT_POINTS, f"{unit.status_title}: {unit.committed_to} ({grade}); it would have to be diverted.")]
    if wanted.grade is not None and unit.committed_grade is not None and unit.committed_grade > wanted.grade:
        found.append(Reason(LESS_URGENT_POINTS, "What it is on is less urgent than this."))
    return found, True


def _skills(unit: Candidate, wanted: Wanted, book: Catalogue) -> list[Reason]:
    found = []
    for skill, why in wanted.skills.items():
        named = book.skills.get(skill, skill)
        if skill in unit.skills:
            found.append(Reason(SKILL_POINTS, f"Has {named}. {why}"))
        else:
            found.append(Reason(NO_SKILL_POINTS, f"Has not {named}. {why}"))
    return found


def _district(unit: Candidate, wanted: Wanted) -> list[Reason]:
    if unit.district_id == wanted.district_id:
        return [Reason(HOME_POINTS, "It is the district's own.")]
    return [Reason(0, "It would leave its own district.")]


def _rest(unit: Candidate, book: Catalogue) -> list[Reason]:
    found = []
    if unit.on_duty >= book.hours_on_duty * MINUTES_AN_HOUR:
        found.append(Reason(TIRED_POINTS, f"On duty for {unit.on_duty // MINUTES_AN_HOUR} hours."))
    if unit.rested is not None and unit.rested < book.hours_between * MINUTES_AN_HOUR:
        found.append(Reason(TIRED_POINTS, f"Its crew had {unit.rested // MINUTES_AN_HOUR} hours between tours."))
    if unit.left <= 0:
        found.append(Reason(ENDING_POINTS, "Its tour was to end already."))
    elif unit.left < MINUTES_AN_HOUR:
        found.append(Reason(ENDING_POINTS, f"Its tour ends in {unit.left} minutes."))
    return found
