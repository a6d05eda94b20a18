"""Whether what is known of an incident meets the definition of domestic abuse in force (`da_qualifying`).

A pure function: no database, no clock. It reads people, their ages, how they are connected and what is told of the
behaviour, and answers for the strongest pair of people, element by element. What is not known is asked, never taken
for no: an unknown age leaves the answer open. More facts never turn "qualifies" into anything else.

The same is computed in the database (`iops.da_answer`, made from the same definitions by `classing.install`), where the
duty to decide follows from it; a test holds the two together.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iops.control.classing.definitions import Definition

SUFFERS = frozenset({"victim", "aggrieved", "person at risk", "caller"})
"""Roles in an incident of whoever a behaviour may be towards."""
DOES = frozenset({"suspect", "offender"})
"""Roles of whoever may behave so."""


class Held(IntEnum):
    """How far one element of the definition is met, weakest first."""

    NO = 0
    NOT_TOLD = 1
    MAYBE = 2
    YES = 3


class Answer(StrEnum):
    """Whether an incident is domestic abuse by the definition, on what is known."""

    QUALIFIES = "qualifies"
    MAY = "may"
    NOT = "not"


RANK = {Answer.NOT: 0, Answer.MAY: 1, Answer.QUALIFIES: 2}


@dataclass(frozen=True)
class Born:
    """One statement of a birth: any day from `earliest` to `latest`."""

    earliest: dt.date
    latest: dt.date


@dataclass(frozen=True)
class Involved:
    """Somebody in an incident: what they are called, in which roles, every statement of when they were born."""

    id: int
    name: str
    roles: frozenset[str]
    births: tuple[Born, ...] = ()


@dataclass(frozen=True)
class Relation:
    """One person stands to another in a role ("one is the parent of other"). Either may not be in the incident."""

    one: int
    role: str
    other: int


@dataclass(frozen=True)
class Told:
    """What is known of an incident on its day.

    `behaviours` are those that somebody named; `between` says that the category is something one person does to
    another, or that a crime is reported; `domestic` that the category is a domestic one.
    """

    day: dt.date
    people: tuple[Involved, ...] = ()
    relations: tuple[Relation, ...] = ()
    behaviours: frozenset[str] = frozenset()
    between: bool = False
    domestic: bool = False


@dataclass(frozen=True)
class Element:
    """One element of the definition: how far it is met, in words, and what must be asked (empty: nothing)."""

    name: str
    held: Held
    says: str
    asks: str = ""


@dataclass(frozen=True)
class Pair:
    """Two people and the elements of the definition between them."""

    one: Involved
    other: Involved
    elements: tuple[Element, ...]

    @property
    def answer(self) -> Answer:
        """All met: qualifies. One not met, or nothing told of it: not. Otherwise it may."""
        weakest = min(e.held for e in self.elements)
        return Answer.QUALIFIES if weakest is Held.YES else Answer.MAY if weakest is Held.MAYBE else Answer.NOT


@dataclass(frozen=True)
class Judgement:
    """The answer for an incident, why, what is missing, and the children who are victims too."""

    answer: Answer
    definition: str
    basis: str
    elements: tuple[Element, ...]
    pair: Pair | None
    children: tuple[Involved, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """What must be asked before the answer is sure."""
        return tuple(e.asks for e in self.elements if e.asks)


def da_qualifying(told: Told, definition: Definition | None) -> Judgement:
    """Whether the incident is domestic abuse by the definition in force on its day, with every element explained."""
    if definition is None:
        none = Element("definition", Held.NOT_TOLD, "No definition was in force on that day.")
        return Judgement(Answer.NOT, "", "", (none,), None)
    pairs = [_pair(one, other, told, definition) for one, other in combinations(told.people, 2)]
    # The strongest pair speaks for the incident; of equal ones the first, so that the answer is always told alike.
    best = max(pairs, key=_strength, default=None)
    answer = best.answer if best else Answer.NOT
    elements = best.elements if best else ()
    if answer is Answer.NOT and told.domestic:
        answer, elements = Answer.MAY, (_by_category(), *elements)
    if not elements:
        elements = (Element("people", Held.NOT_TOLD, "Fewer than two people are linked to the incident."),)
    children = _children(told, definition, pairs) if answer is not Answer.NOT else ()
    return Judgement(answer, definition.title, definition.basis, elements, best, children)


def _strength(pair: Pair) -> tuple[int, int]:
    return RANK[pair.answer], sum(e.held for e in pair.elements)


def _by_category() -> Element:
    return Element(
        "category", Held.MAYBE, "The incident is classed as a domestic one.", "Who did what to whom: link both people."
    )


def _pair(one: Involved, other: Involved, told: Told, definition: Definition) -> Pair:
    elements = (
        _age(one, told.day, definition),
        _age(other, told.day, definition),
        _connected(one, other, told, definition),
        _abusive(one, other, told, definition),
    )
    return Pair(one, other, elements)


# --- age -------------------------------------------------------------------------------------------------------------


def birthday(born: dt.date, years: int) -> dt.date:
    """The day on which somebody reaches an age; who was born on 29 February reaches it on 1 March of a common year."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return dt.date(born.year + years, 3, 1)


def has_reached(births: Iterable[Born], years: int, day: dt.date) -> Held:
    """Whether somebody has reached an age on a day: yes by any statement, no only by every one, else not known.

    A statement that contradicts another therefore never takes a person out of the definition.
    """
    known = tuple(births)
    if any(birthday(b.latest, years) <= day for b in known):
        return Held.YES
    return Held.NO if known and all(birthday(b.earliest, years) > day for b in known) else Held.MAYBE


def _age(person: Involved, day: dt.date, definition: Definition) -> Element:
    held, years = has_reached(person.births, definition.age, day), definition.age
    if held is Held.YES:
        return Element("age", held, f"{person.name} was {years} or over.")
    if held is Held.NO:
        return Element("age", held, f"{person.name} was under {years}: that is abuse of a child, not domestic abuse.")
    return Element("age", held, f"Whether {person.name} was {years} is not known.", f"How old is {person.name}?")


# --- connection ------------------------------------------------------------------------------------------------------


def _connected(one: Involved, other: Involved, told: Told, definition: Definition) -> Element:
    between = [r for r in told.relations if {r.one, r.other} == {one.id, other.id}]
    roles = sorted({r.role for r in between})
    if meant := [r for r in roles if r in definition.relations]:
        return Element("connection", Held.YES, f"They are personally connected: {', '.join(meant)}.")
    if definition.shared_child and _parents_of(one.id, told) & _parents_of(other.id, told):
        return Element("connection", Held.YES, "They are personally connected: parents of the same child.")
    if doubtful := [r for r in roles if r in definition.unsure]:
        return Element("connection", Held.MAYBE, f"They are linked as {', '.join(doubtful)}.", "Which relative?")
    if told.domestic:
        says = "The incident is classed as a domestic one, but how they are connected is not linked."
        return Element("connection", Held.MAYBE, says, f"How are {one.name} and {other.name} connected?")
    if roles:
        return Element("connection", Held.NO, f"They are linked as {', '.join(roles)}, which does not connect them.")
    return Element("connection", Held.NOT_TOLD, "Nothing linked says that they are partners or family.")


def _parents_of(person: int, told: Told) -> set[int]:
    """The children of whom somebody is a parent."""
    own = {r.other for r in told.relations if r.one == person and r.role == "parent"}
    return own | {r.one for r in told.relations if r.other == person and r.role == "child"}


# --- behaviour -------------------------------------------------------------------------------------------------------


def _abusive(one: Involved, other: Involved, told: Told, definition: Definition) -> Element:
    sided = _one_does_to_other(one, other)
    named = [definition.behaviours[b] for b in definition.behaviours if b in told.behaviours]
    if sided and named:
        return Element("behaviour", Held.YES, f"The behaviour is abusive: {'; '.join(named).lower()}.")
    if sided and told.between:
        return Element("behaviour", Held.YES, "What is reported is done by one of them to the other.")
    if named:
        says = f"Abusive behaviour is told ({'; '.join(named).lower()}), but not who did it."
        return Element("behaviour", Held.MAYBE, says, "Which of them is the victim, which the suspect?")
    if sided:
        says = f"{one.name} and {other.name} stand on two sides, but what was done is not told."
        return Element("behaviour", Held.MAYBE, says, "What did one of them do to the other?")
    if told.domestic:
        says = "The incident is classed as a domestic one, but no behaviour is told."
        return Element("behaviour", Held.MAYBE, says, "What did one of them do to the other?")
    return Element("behaviour", Held.NOT_TOLD, "Nothing told says that one of them did something to the other.")


def _one_does_to_other(one: Involved, other: Involved) -> bool:
    return bool((one.roles & DOES and other.roles & SUFFERS) or (one.roles & SUFFERS and other.roles & DOES))


# --- children --------------------------------------------------------------------------------------------------------


def _children(told: Told, definition: Definition, pairs: list[Pair]) -> tuple[Involved, ...]:
    """Children in the incident who are related to either of a pair that qualifies or may (section 3)."""
    if not definition.children:
        return ()
    adults = {p.id for pair in pairs if pair.answer is not Answer.NOT for p in (pair.one, pair.other)}
    return tuple(
        person
        for person in told.people
        if has_reached(person.births, definition.child_until, told.day) is Held.NO
        and any(
            {r.one, r.other} & adults - {person.id} and person.id in (r.one, r.other) and _kin(r, definition)
            for r in told.relations
        )
    )


def _kin(relation: Relation, definition: Definition) -> bool:
    return relation.role in definition.relations | definition.unsure
