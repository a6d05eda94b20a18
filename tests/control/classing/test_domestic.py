"""The definition of domestic abuse, as a pure function: every element, every edge, and what more facts may do."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.control.classing.definitions import definition_on
from iops.control.classing.domestic import (
    RANK,
    Answer,
    Born,
    Held,
    Involved,
    Judgement,
    Relation,
    Told,
    birthday,
    da_qualifying,
    has_reached,
)
from iops.pole.roles import INVOLVED, ROLES

DAY = dt.date(2026, 5, 1)
ACT = definition_on(DAY)
OLD = definition_on(dt.date(2019, 7, 5))


def born(day: dt.date) -> tuple[Born, ...]:
    return (Born(day, day),)


ADULT = born(dt.date(1985, 3, 12))
ANN = Involved(1, "Ann", frozenset({"victim"}), ADULT)
BOB = Involved(2, "Bob", frozenset({"suspect"}), ADULT)
COUPLE = Told(DAY, (ANN, BOB), (Relation(2, "ex-partner", 1),), frozenset({"physical"}))


def judge(told: Told) -> Judgement:
    return da_qualifying(told, definition_on(told.day))


def element(found: Judgement, name: str) -> list[Held]:
    return [e.held for e in found.elements if e.name == name]


def test_former_partners_and_violence_qualify_and_every_element_says_why() -> None:
    found = judge(COUPLE)
    assert (found.answer, found.missing) == (Answer.QUALIFIES, ())
    assert [e.says for e in found.elements] == [
        "Ann was 16 or over.",
        "Bob was 16 or over.",
        "They are personally connected: ex-partner.",
        "The behaviour is abusive: hits, pushes, strangles or hurts.",
    ]
    assert found.definition == "Domestic Abuse Act 2021"


@pytest.mark.parametrize("role", ["partner", "ex-partner", "spouse", "parent", "child", "sibling", "grandparent"])
@pytest.mark.parametrize("day", [DAY, dt.date(2019, 7, 5)])
def test_each_relation_counts_whichever_way_it_was_linked(role: str, day: dt.date) -> None:
    for relation in (Relation(1, role, 2), Relation(2, role, 1)):
        assert judge(replace(COUPLE, day=day, relations=(relation,))).answer is Answer.QUALIFIES


@pytest.mark.parametrize("role", ["neighbour", "friend", "associate", "co-offender", "carer"])
def test_other_relations_do_not_connect(role: str) -> None:
    found = judge(replace(COUPLE, relations=(Relation(1, role, 2),)))
    assert (found.answer, element(found, "connection")) == (Answer.NOT, [Held.NO])


def test_strangers_on_paper_are_not_asked_about_but_are_not_called_unconnected() -> None:
    found = judge(replace(COUPLE, relations=()))
    assert (found.answer, element(found, "connection")) == (Answer.NOT, [Held.NOT_TOLD])


def test_parents_of_one_child_are_connected_under_the_act_and_were_not_before() -> None:
    shared = (Relation(1, "parent", 9), Relation(9, "child", 2))
    assert judge(replace(COUPLE, relations=shared)).answer is Answer.QUALIFIES
    assert judge(replace(COUPLE, relations=shared, day=dt.date(2021, 9, 30))).answer is Answer.NOT
    assert judge(replace(COUPLE, relations=shared, day=dt.date(2021, 10, 1))).answer is Answer.QUALIFIES


def test_which_relative_was_a_question_until_the_act() -> None:
    relative = replace(COUPLE, relations=(Relation(1, "relative", 2),))
    assert judge(relative).answer is Answer.QUALIFIES
    before = judge(replace(relative, day=dt.date(2019, 7, 5)))
    assert (before.answer, before.missing) == (Answer.MAY, ("Which relative?",))


@pytest.mark.parametrize(
    ("day_born", "answer"),
    [
        (dt.date(2010, 5, 1), Answer.QUALIFIES),  # sixteen on the very day
        (dt.date(2010, 5, 2), Answer.NOT),  # sixteen tomorrow
        (dt.date(2010, 4, 30), Answer.QUALIFIES),
    ],
)
def test_the_edge_of_sixteen_is_the_birthday_itself(day_born: dt.date, answer: Answer) -> None:
    young = replace(ANN, births=born(day_born))
    found = judge(replace(COUPLE, people=(young, BOB)))
    assert found.answer is answer
    suspect = replace(BOB, births=born(day_born))
    assert judge(replace(COUPLE, people=(ANN, suspect))).answer is answer


@pytest.mark.parametrize(
    ("day", "held"),
    [(dt.date(2025, 2, 28), Held.NO), (dt.date(2025, 3, 1), Held.YES)],
)
def test_who_was_born_on_the_leap_day_is_of_age_on_the_first_of_march(day: dt.date, held: Held) -> None:
    assert has_reached(born(dt.date(2008, 2, 29)), 17, day) is held
    assert birthday(dt.date(2008, 2, 29), 16) == dt.date(2024, 2, 29)


@pytest.mark.parametrize("births", [(), (Born(dt.date(2000, 1, 1), dt.date(2015, 1, 1)),)])
def test_an_unknown_age_is_asked_and_never_taken_for_no(births: tuple[Born, ...]) -> None:
    found = judge(replace(COUPLE, people=(replace(ANN, births=births), BOB)))
    assert (found.answer, found.missing) == (Answer.MAY, ("How old is Ann?",))


def test_statements_that_contradict_each_other_keep_a_person_in() -> None:
    both = (*born(dt.date(2012, 1, 1)), *born(dt.date(2008, 1, 1)))
    assert judge(replace(COUPLE, people=(replace(ANN, births=both), BOB))).answer is Answer.QUALIFIES


def test_a_child_of_the_couple_is_a_victim_too_under_the_act_and_abuse_of_it_is_not_domestic() -> None:
    child = Involved(3, "Cat", frozenset({"child"}), born(dt.date(2018, 1, 1)))
    told = replace(COUPLE, people=(ANN, BOB, child), relations=(*COUPLE.relations, Relation(1, "parent", 3)))
    assert judge(told).children == (child,)
    assert judge(replace(told, day=dt.date(2021, 9, 30))).children == ()
    beaten = replace(child, roles=frozenset({"victim"}))
    only = Told(DAY, (beaten, BOB), (Relation(2, "parent", 3),), frozenset({"physical"}))
    assert judge(only).answer is Answer.NOT
    assert "abuse of a child" in " ".join(e.says for e in judge(only).elements)


def test_what_was_done_is_asked_when_they_stand_on_two_sides() -> None:
    found = judge(replace(COUPLE, behaviours=frozenset()))
    assert (found.answer, found.missing) == (Answer.MAY, ("What did one of them do to the other?",))
    assert judge(replace(COUPLE, behaviours=frozenset(), between=True)).answer is Answer.QUALIFIES


def test_a_behaviour_without_sides_asks_who_did_it() -> None:
    witness = replace(BOB, roles=frozenset({"witness"}))
    found = judge(replace(COUPLE, people=(ANN, witness)))
    assert (found.answer, found.missing) == (Answer.MAY, ("Which of them is the victim, which the suspect?",))


def test_a_couple_that_merely_is_there_is_nothing() -> None:
    people = (replace(ANN, roles=frozenset({"caller"})), replace(BOB, roles=frozenset({"missing person"})))
    assert judge(Told(DAY, people, COUPLE.relations)).answer is Answer.NOT


def test_a_domestic_category_alone_may_be_and_asks_for_the_people() -> None:
    found = judge(Told(DAY, domestic=True))
    assert (found.answer, found.missing) == (Answer.MAY, ("Who did what to whom: link both people.",))
    assert judge(Told(DAY)).answer is Answer.NOT


def test_before_the_first_definition_nothing_is_called_domestic() -> None:
    found = judge(replace(COUPLE, day=dt.date(2013, 3, 30)))
    assert (found.answer, found.elements[0].says) == (Answer.NOT, "No definition was in force on that day.")
    assert judge(replace(COUPLE, day=dt.date(2013, 3, 31))).answer is Answer.QUALIFIES


# --- properties ------------------------------------------------------------------------------------------------------

days = st.dates(dt.date(1940, 1, 1), dt.date(2026, 5, 1))
births = st.builds(lambda a, b: Born(min(a, b), max(a, b)), days, days)
roles = st.frozensets(st.sampled_from(INVOLVED), max_size=3)
relations = st.builds(
    Relation, st.integers(1, 4), st.sampled_from(ROLES[("person", "person")]), st.integers(1, 4)
).filter(lambda r: r.one != r.other)
behaviours = st.frozensets(st.sampled_from(["physical", "emotional", "economic", "unheard of"]), max_size=2)


@st.composite
def tellings(draw: st.DrawFn) -> Told:
    """Anything that may be known of an incident."""
    people = tuple(
        Involved(n, f"P{n}", draw(roles), tuple(draw(st.lists(births, max_size=2))))
        for n in range(1, draw(st.integers(0, 4)) + 1)
    )
    return Told(
        draw(st.dates(dt.date(2012, 1, 1), DAY)),
        people,
        tuple(draw(st.lists(relations, max_size=4))),
        draw(behaviours),
        draw(st.booleans()),
        draw(st.booleans()),
    )


@settings(max_examples=200)
@given(tellings(), st.data())
def test_more_facts_never_take_an_incident_out_of_the_definition(told: Told, data: st.DataObject) -> None:
    grown = replace(
        told,
        people=tuple(
            replace(p, roles=p.roles | data.draw(roles), births=(*p.births, *data.draw(st.lists(births, max_size=1))))
            for p in told.people
        )
        + ((Involved(5, "P5", frozenset({"suspect"}), ADULT),) if data.draw(st.booleans()) else ()),
        relations=(*told.relations, *data.draw(st.lists(relations, max_size=2))),
        behaviours=told.behaviours | data.draw(behaviours),
        between=told.between or data.draw(st.booleans()),
        domestic=told.domestic or data.draw(st.booleans()),
    )
    if judge(told).answer is Answer.QUALIFIES:
        assert judge(grown).answer is Answer.QUALIFIES


@settings(max_examples=200)
@given(tellings())
def test_forgetting_the_ages_never_makes_an_answer_weaker_than_may(told: Told) -> None:
    ageless = replace(told, people=tuple(replace(p, births=()) for p in told.people))
    assert RANK[judge(ageless).answer] >= min(RANK[judge(told).answer], RANK[Answer.MAY])


@settings(max_examples=100)
@given(tellings())
def test_the_order_in_which_people_are_told_does_not_matter(told: Told) -> None:
    turned = replace(told, people=tuple(reversed(told.people)), relations=tuple(reversed(told.relations)))
    assert judge(told).answer is judge(turned).answer
