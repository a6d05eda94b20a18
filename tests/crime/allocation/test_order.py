"""The order of officers and the rules it goes by, without a database: tables of cases, and what holds for all."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.crime.allocation.rules import FLOORS, SIGNS, editions, read_rules, rules_on
from iops.crime.allocation.suggesting import Officer, order_key, suggest
from iops.foundation.errors import InvalidError
from iops.rulebook.strict_yaml import RuleFileError

if TYPE_CHECKING:
    from pathlib import Path

RULES = rules_on(dt.date(2026, 11, 23))
CODES = sorted(RULES.skills)

officers = st.builds(
    Officer,
    id=st.integers(1, 10**6),
    name=st.just("Ann (made up)"),
    skills=st.frozensets(st.sampled_from(CODES), max_size=4),
    held=st.lists(st.tuples(st.integers(1, 4), st.integers(1, 30)), max_size=4, unique_by=lambda x: x[0]).map(tuple),
    same_people=st.sampled_from([(), ("CR/4/2026",)]),
    in_district=st.booleans(),
    on_shift=st.sampled_from([None, True, False]),
    tie=st.sampled_from(["", "", "", "family"]),
)
needs = st.lists(st.sampled_from(CODES), max_size=3, unique=True).map(lambda codes: [RULES.skills[c] for c in codes])


@given(needs, st.lists(officers, max_size=12, unique_by=lambda o: o.id), st.randoms())
@settings(max_examples=100)
def test_the_order_is_total_and_the_same_whatever_order_they_come_in(needed, people, chance) -> None:  # type: ignore[no-untyped-def]
    first = [s.officer.id for s in suggest(needed, people, RULES).officers]
    chance.shuffle(people)
    assert [s.officer.id for s in suggest(needed, people, RULES).officers] == first
    assert len(set(first)) == len(first)
    keys = [order_key(needed, one, RULES) for one in people]
    assert len(set(keys)) == len(keys)


@given(needs, st.lists(officers, min_size=1, max_size=8, unique_by=lambda o: o.id), st.integers(1, 4), st.data())
@settings(max_examples=100)
def test_more_work_never_brings_anybody_forward(needed, people, grade, data) -> None:  # type: ignore[no-untyped-def]
    one = data.draw(st.sampled_from(people))
    busier = dataclasses.replace(one, held=(*one.held, (grade, 1)))
    before = suggest(needed, people, RULES).of(one.id)
    after = suggest(needed, [busier if o is one else o for o in people], RULES).of(one.id)
    assert (before is None) == (after is None) == bool(one.tie)
    if before and after:
        assert after.place >= before.place


@given(needs, st.lists(officers, max_size=8, unique_by=lambda o: o.id))
@settings(max_examples=50)
def test_nobody_with_a_tie_is_suggested_and_everybody_else_is_with_reasons(needed, people) -> None:  # type: ignore[no-untyped-def]
    found = suggest(needed, people, RULES)
    assert {s.officer.id for s in found.officers} == {o.id for o in people if not o.tie}
    assert found.tied == sum(1 for o in people if o.tie)
    assert all(s.reasons for s in found.officers)
    assert [s.place for s in found.officers] == list(range(1, len(found.officers) + 1))


def test_the_same_person_twice_is_one() -> None:
    assert len(suggest([], [Officer(1, "Ann"), Officer(1, "Ann")], RULES).officers) == 1


NEED = [RULES.skills["rasso"], RULES.skills["pip2"]]
BETTER = [
    Officer(9, "both skills", skills=frozenset({"rasso", "pip2"}), held=((4, 4),)),
    Officer(8, "one skill, linked", skills=frozenset({"rasso"}), same_people=("CR/1/2026",), held=((4, 4),)),
    Officer(7, "one skill, here", skills=frozenset({"pip2"}), in_district=True, held=((4, 4),)),
    Officer(6, "one skill, shift not known", skills=frozenset({"pip2"}), held=((4, 4),)),
    Officer(5, "one skill, off shift", skills=frozenset({"pip2"}), on_shift=False, held=((4, 1),)),
    Officer(4, "one skill, off shift, busier", skills=frozenset({"pip2"}), on_shift=False, held=((4, 2),)),
    Officer(3, "one skill, full and linked", skills=frozenset({"pip2"}), same_people=("CR/1/2026",), held=((4, 5),)),
    Officer(1, "no skill"),
    Officer(2, "no skill either"),
]


@pytest.mark.parametrize(("ahead", "behind"), list(itertools.pairwise(BETTER)), ids=lambda o: o.name)
def test_each_stands_before_the_next(ahead: Officer, behind: Officer) -> None:
    assert [s.officer.id for s in suggest(NEED, [behind, ahead], RULES).officers] == [ahead.id, behind.id]


def test_reasons_are_in_plain_words() -> None:
    busy = Officer(
        1, "Ann", frozenset({"pip2"}), ((1, 2), (4, 5)), ("CR/4/2026", "CR/9/2026"), in_district=True, on_shift=False
    )
    assert suggest(NEED, [busy], RULES).officers[0].said == (
        "PIP2 accredited; not rape and serious sexual offences trained; holds CR/4/2026 and CR/9/2026 of the same"
        " people; works in this district; off shift now; holds 7 open crimes, weight 42, full from 40"
    )
    assert suggest([], [Officer(1, "Bea")], RULES).officers[0].said == "works in another district; holds no open crime"


@pytest.mark.parametrize(
    ("crime_class", "signs", "skills"),
    [
        ("46", (), []),
        ("46", ("domestic",), ["domestic_abuse"]),
        ("8N", ("hate", "domestic"), ["hate", "domestic_abuse"]),
        ("8P", (), ["hate"]),
        ("5D", (), ["pip2"]),
        ("19C", (), ["rasso", "pip2"]),
        ("19D", ("child_abuse",), ["rasso", "child_abuse", "pip2"]),
        ("4/4", (), ["roads", "pip2"]),
        ("NFIB3A", (), ["fraud"]),
        ("53D", (), ["fraud"]),
        ("no such class", (), []),
    ],
)
def test_which_skills_a_crime_asks_for(crime_class: str, signs: tuple[str, ...], skills: list[str]) -> None:
    assert [one.code for one in RULES.needed(crime_class, signs)] == skills


def test_every_rule_has_a_source_or_says_that_it_is_a_default() -> None:
    for rules in editions():
        assert set(FLOORS) <= set(SIGNS)
        assert set(rules.never.signs) <= set(SIGNS)
        assert {need.skill for need in rules.needs} <= set(rules.skills)
        assert rules.points[1] <= rules.points[4]


def test_the_gravest_grade_takes_in_whatever_has_enhanced_rights_by_its_class() -> None:
    from iops.crime.victims.code import victims_code

    assert {name for name in victims_code().most_serious if RULES.seriousness(name) < RULES.serious} <= {"88A"}


def test_there_are_no_rules_before_the_first_edition() -> None:
    with pytest.raises(InvalidError, match="are not held"):
        rules_on(dt.date(1999, 12, 31))


GOOD = """kind: allocation
editions:
  - from: 2026-01-01
    skills: [{code: pip2, title: PIP2, source: College}]
    needs: [{skill: pip2, classes: ["1"]}]
    seriousness: {"4": ["1"]}
    load: {points: {"1": 1, "2": 2, "3": 4, "4": 8}, full: 40}
    floors: {serious: 3}
    factors: {enough: 4, list: [{code: camera, asks: "Footage?", points: 3}]}
    screened_never: {classes: [], seriousness: 3, signs: [hate]}
"""


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("source: College", "", "source or is marked"),
        ("skill: pip2, classes", "skill: flying, classes", "not one of the choices"),
        ('classes: ["1"]', 'classes: ["no class"]', "not a crime class"),
        ('{"4": ["1"]}', '{"4": ["1"], "3": ["1"]}', "two grades"),
        ('"4": 8}', '"4": 0}', "weighs less"),
        ("full: 40", "full: 4.5", "rule files do not use"),
        ("full: 40", "full: -1", "not a whole number"),
        ("signs: [hate]", "signs: [luck]", "not one of the choices"),
        ("from: 2026-01-01", "from: soon", "not a date"),
        ("floors:", "ceilings:", "not a known key"),
    ],
)
def test_a_file_that_is_wrong_says_where(tmp_path: Path, was: str, becomes: str, says: str) -> None:
    path = tmp_path / "allocation.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert read_rules(path)[0].full == 40
    assert was in GOOD
    path.write_text(GOOD.replace(was, becomes).replace(", }", "}"), encoding="utf-8")
    with pytest.raises(RuleFileError, match=says):
        read_rules(path)
