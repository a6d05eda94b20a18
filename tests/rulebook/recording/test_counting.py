"""Counting units, the principal crime, finished incidents, and what is counted beside the principal crime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.rulebook.classes import register
from iops.rulebook.counting import compare
from iops.rulebook.recording import decide

if TYPE_CHECKING:
    from iops.rulebook.decision import Decision

BASE: dict[str, Any] = {
    "reported": "2026-05-01",
    "reporter": "victim",
    "points_to_prove": "clear",
    "victims": [{"id": "v", "age": 30, "sex": "female"}],
    "suspects": [{"id": "s", "age": 31}],
}
ABH = {"act": "assault", "injury": "injury"}
KNIFE = {"act": "weapon", "weapon": "blade_or_point"}


def decided(**told: Any) -> Decision:
    return decide({**BASE, **told})


def test_one_attacker_and_three_victims_make_three_crimes() -> None:
    assert decided(victims=[{"id": "v", "count": 3}], offences=[ABH]).number == 3


def test_a_group_against_one_victim_makes_one_crime() -> None:
    assert decided(suspects=[{"id": "s", "count": 5}], offences=[ABH]).number == 1


def test_offenders_who_acted_independently_make_a_crime_each() -> None:
    assert decided(suspects=[{"id": "a", "group": "a"}, {"id": "b", "group": "b"}], offences=[ABH]).number == 2


def test_rape_counts_every_person_who_penetrated() -> None:
    assert decided(suspects=[{"id": "s", "count": 3}], offences=[{"act": "rape"}]).classes == ("19C",) * 3


def test_undefined_rapists_are_one_record_beside_the_defined_ones() -> None:
    people = [{"id": "a"}, {"id": "b"}, {"id": "others"}]
    offences = [
        {"act": "rape", "suspects": ["a", "b"]},
        {"act": "rape", "undefined_offenders": "yes", "suspects": ["others"]},
    ]
    assert sorted(decided(suspects=people, offences=offences).classes) == ["19C", "19C", "19J"]


def test_a_household_owns_its_bicycles_together() -> None:
    people = [{"id": "a", "household": "home"}, {"id": "b", "household": "home"}, {"id": "c"}]
    assert (
        decided(victims=people, offences=[{"act": "theft", "stolen_from": "other", "thing": "pedal_cycle"}]).number == 2
    )


def test_an_exposure_to_several_women_one_by_one_is_one_crime_per_offender() -> None:
    told = {"act": "exposure", "exposure_kind": "exposure", "public_and_two_could_see": "no"}
    assert decided(victims=[{"id": "women", "count": 4}], offences=[told]).number == 1


def test_units_that_are_told_are_counted() -> None:
    assert decided(offences=[{"act": "fraud", "fraud_kind": "insurance", "units": 7}]).number == 7


def test_acts_reported_together_are_one_crime_and_a_later_one_is_new() -> None:
    assert decided(offences=[ABH, ABH]).number == 1
    later = decided(offences=[ABH, {**ABH, "batch": 2}])
    assert later.number == 2
    assert "finished incident" in [step.rule for step in later.steps]


def test_a_crime_already_recorded_is_counted_and_marked() -> None:
    found = decided(offences=[{**ABH, "recorded": True}, {**ABH, "batch": 2}])
    assert [crime.already_recorded for crime in found.crimes] == [True, False]


@pytest.mark.parametrize(("used", "classes"), [("yes", ["8N"]), ("no", ["10D", "8N"])])
def test_a_weapon_is_extra_unless_it_was_used_in_the_counted_crime(used: str, classes: list[str]) -> None:
    assert sorted(decided(offences=[ABH, {**KNIFE, "weapon_used": used}]).classes) == classes


def test_whether_the_weapon_was_used_is_asked_when_it_matters() -> None:
    found = decided(offences=[ABH, KNIFE])
    assert found.kind == "undecided"
    assert [need.fact for need in found.needs] == ["weapon_used"]


def test_violent_disorder_and_an_assault_are_both_recorded() -> None:
    disorder = {"act": "public-order", "order_section": "violent_disorder"}
    assert sorted(decided(offences=[disorder, ABH]).classes) == ["62A", "8N"]


def test_fraud_is_not_weighed_against_a_crime_of_the_force() -> None:
    found = decided(
        offences=[{"act": "theft", "stolen_from": "person"}, {"act": "fraud", "fraud_kind": "card_cheque_or_account"}]
    )
    assert sorted(found.classes) == ["39", "NFIB5A"]


def test_a_class_that_may_be_affray_or_a_breach_needs_its_code() -> None:
    found = decided(offences=["66", ABH])
    assert found.kind == "undecided"
    assert "66" in found.needs[0].fact


def test_what_the_rules_do_not_rank_goes_to_the_registrar() -> None:
    found = decided(offences=["45", "46"])
    assert found.kind == "undecided"
    assert any("registrar" in text for text in found.approve)


def test_codes_that_would_change_the_principal_crime_are_asked_for() -> None:
    found = decided(relation="neighbour", offences=["8Q", "8N"])
    assert found.kind == "undecided"
    assert found.needs[0].fact.startswith("code of")


@pytest.mark.parametrize("turned", [False, True])
def test_a_series_through_two_forces_is_recorded_by_the_force_of_the_latest(turned: bool) -> None:
    theft = {"act": "theft", "stolen_from": "other"}
    series = [{**theft, "force": "A", "happened": "2026-04-01"}, {**theft, "force": "B", "happened": "2026-04-20"}]
    found = decided(offences=series[::-1] if turned else series)
    assert (found.number, found.recording_force) == (1, "B")


def test_a_class_whose_codes_rank_differently_is_not_ranked_without_one() -> None:
    assert decided(offences=["9A", "105A"]).kind == "undecided"
    assert decided(offences=["9A", ABH]).classes == ("8N",)


def test_two_robberies_in_one_shop_are_the_shops_and_the_customers() -> None:
    people = [{"id": "shop", "kind": "business"}, {"id": "customer"}]
    offences = [
        {"act": "robbery", "property": "business", "victims": ["shop"]},
        {"act": "robbery", "property": "personal", "victims": ["customer"]},
    ]
    assert sorted(decided(victims=people, offences=offences).classes) == ["34A", "34B"]


def test_ten_thousand_victims_are_counted_at_once() -> None:
    people = [{"id": f"v{at}"} for at in range(10_000)]
    found = decided(victims=people, offences=["NFIB3A"])
    assert found.number == 10_000
    assert len(found.crimes) == 1


@pytest.mark.parametrize(
    ("first", "second", "winner"),
    [
        (("8M", "008/58"), ("8Q", "008/65"), "first"),
        (("8M", "008/58"), ("8N", "008/01"), "first"),
        (("8M", "008/58"), ("20A", "020/05"), "first"),
        (("8M", "008/58"), ("20B", "020/06"), "second"),
        (("8M", "008/58"), ("34B", "034/01"), "second"),
        (("8Q", "008/65"), ("8U", "008/67"), "first"),
        (("8Q", "008/65"), ("20A", "020/05"), "first"),
        (("8Q", "008/66"), ("5D", "005/01"), "second"),
        (("8L", "008/30"), ("8N", "008/77"), "first"),
        (("8U", "008/67"), ("8L", "195/94"), "first"),
        (("8U", "008/67"), ("8M", "008/56"), "first"),
        (("8U", "008/67"), ("8L", "008/30"), "second"),
        (("8U", "008/67"), ("19C", "019/08"), "second"),
        (("8M", "008/56"), ("8N", "008/01"), "second"),
        (("8M", "008/56"), ("8N", "008/77"), "first"),
        (("8M", "008/56"), ("8N", "008/06"), "first"),
        (("8Q", "195/12"), ("8N", "008/06"), "first"),
        (("8Q", "195/12"), ("8N", "008/77"), "second"),
        (("8Q", "195/12"), ("8R", "005/28"), "second"),
        (("8Q", "195/12"), ("8R", "008/72"), "first"),
        (("8L", "195/94"), ("105A", "105/01"), "first"),
        (("8L", "195/94"), ("58C", "149/00"), "first"),
        (("8L", "195/94"), ("58C", "057/00"), "second"),
        (("29B", "029/00"), ("8N", "008/01"), "second"),
        (("34B", "034/01"), ("5D", "005/01"), "first"),
        (("56B", "056/02"), ("28I", "028/03"), "first"),
    ],
)
def test_the_tiers_and_the_look_up_order_rank_a_pair(
    first: tuple[str, str], second: tuple[str, str], winner: str
) -> None:
    assert compare(*first, *second, "single").winner == winner


def test_from_2018_to_2023_conduct_crimes_are_counted_beside_the_other_crime() -> None:
    assert compare("8Q", "195/12", "5D", "005/01", "additional").winner == "both"
    assert compare("8Q", "195/12", "8L", "195/94", "additional").winner == "first"


PAIRS = st.sampled_from(sorted((one.code, code.code) for one in register().classes.values() for code in one.codes))


@settings(max_examples=400)
@given(PAIRS, PAIRS, st.sampled_from(["ordinary", "additional", "single"]))
def test_the_order_in_which_a_pair_is_told_does_not_matter(a: tuple[str, str], b: tuple[str, str], policy: Any) -> None:
    one, two = compare(*a, *b, policy), compare(*b, *a, policy).turned()
    assert (one.winner, one.cite) == (two.winner, two.cite)


OFFENCES = st.lists(
    st.sampled_from(["8N", "58C", "39", "5D", "34B", "105A", "92E", "3B", "28I"]), min_size=1, max_size=5
)


@settings(max_examples=150)
@given(OFFENCES, st.randoms(use_true_random=False), st.integers(1, 40))
def test_the_order_of_the_offences_does_not_change_the_count(names: list[str], shuffler: Any, victims: int) -> None:
    mixed = list(names)
    shuffler.shuffle(mixed)
    people = [{"id": "v", "count": victims}]
    one, two = decided(victims=people, offences=names), decided(victims=people, offences=mixed)
    assert (one.kind, one.number, sorted(one.classes)) == (two.kind, two.number, sorted(two.classes))


@settings(max_examples=150)
@given(OFFENCES)
def test_every_offence_is_counted_or_said_to_be_part_of_another(names: list[str]) -> None:
    found = decided(offences=names)
    if found.kind == "crime":
        assert {*found.classes, *(one.crime_class for one in found.absorbed)} == set(names)
