"""Scores of two records: symmetric, explained to the last bit, and right about every kind of variation."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings

from iops.pole.matching.known import Known, known
from iops.pole.matching.model import standard
from iops.pole.matching.scoring import Frequencies, Score, Scorer
from tests.pole.matching.people import PEOPLE, one

COMMON = Frequencies(
    {
        "given": {"john": 400, "mohammed": 300, "jonathan": 50, "aloysius": 1, "wei": 20},
        "family": {"smith": 700, "khan": 500, "jones": 600, "featherstone": 2},
    }
)
SCORERS = [Scorer(), Scorer(frequencies=COMMON)]
MANY = settings(max_examples=150)


@pytest.mark.parametrize("scorer", SCORERS)
@MANY
@given(PEOPLE, PEOPLE)
def test_the_order_of_two_records_changes_nothing(scorer: Scorer, a: Known, b: Known) -> None:
    there, back = scorer.score(a, b), scorer.score(b, a)
    assert there.weight == pytest.approx(back.weight)
    assert [(x.field, x.level) for x in there.agreements] == [(x.field, x.level) for x in back.agreements]


@pytest.mark.parametrize("scorer", SCORERS)
@MANY
@given(PEOPLE, PEOPLE)
def test_the_weights_of_the_explanation_add_up_to_the_score(scorer: Scorer, a: Known, b: Known) -> None:
    score = scorer.score(a, b)
    assert sum(agreement.weight for agreement in score.agreements) == pytest.approx(score.weight)
    assert 0.0 <= score.probability <= 1.0
    assert all(agreement.says for agreement in score.agreements)


@pytest.mark.parametrize("scorer", SCORERS)
@MANY
@given(PEOPLE, PEOPLE)
def test_nobody_scores_higher_than_ones_own_record(scorer: Scorer, asked: Known, other: Known) -> None:
    assert scorer.score(asked, asked).weight >= scorer.score(asked, other).weight - 1e-9


def test_nothing_known_is_no_evidence() -> None:
    score = Scorer().score(known(), one("John", "Smith", "1985-03-12"))
    assert score == Score(0.0, score.probability, ())
    assert score.probability == pytest.approx(float(Scorer().model.prior))


def levels(a: Known, b: Known) -> dict[str, str]:
    return {agreement.field: agreement.level for agreement in Scorer().score(a, b).agreements}


@pytest.mark.parametrize(
    ("asked", "stored", "given_level", "family_level"),
    [
        (("John", "Smith"), ("JOHN", "smith"), "exact", "exact"),
        (("John", "Smith"), ("John Paul", "Smith"), "first", "exact"),
        (("Mary Jane", "Smith"), ("Maryjane", "Smith"), "exact", "exact"),
        (("Bill", "Smith"), ("William", "Smith"), "form", "exact"),
        (("Kate", "Smith"), ("Katherine", "Smith"), "form", "exact"),
        (("Mohd", "Khan"), ("Muhammad", "Khan"), "form", "exact"),
        (("محمد", "Khan"), ("Mohammed", "Khan"), "form", "exact"),
        (("Oleksandr", "Kovalenko"), ("Sasha", "Kovalenko"), "form", "exact"),
        (("Siobhan", "Reilly"), ("Shivaun", "Riley"), "form", "sound"),
        (("Niamh", "Byrne"), ("Neve", "Byrne"), "form", "exact"),
        (("Piotr", "Nowak"), ("Peter", "Novak"), "form", "typo"),
        (("Jonh", "Smith"), ("John", "Smith"), "typo", "exact"),
        (("Alison", "Smith"), ("Alisen", "Smyth"), "typo", "typo"),
        (("Geoffery", "Hughes"), ("Jeffrey", "Hews"), "sound", "sound"),
        (("Smith", "John"), ("John", "Smith"), "swapped", ""),
        (("Wang", "Wei"), ("Wei", "Wang"), "swapped", ""),
        (("张", "伟"), ("Wei", "Zhang"), "swapped", ""),
        (("John", "Smith"), ("John", "Smith-Jones"), "exact", "half"),
        (("John", "Jones"), ("John", "Smith Jones"), "exact", "half"),
        (("Ahmed", "Hassan"), ("Ahmed", "Al-Hassan"), "exact", "half"),
        (("Paul", "Smith"), ("John Paul", "Smith"), "shared", "exact"),
        (("J", "Smith"), ("John", "Smith"), "initial", "exact"),
        (("Jane", "Smith"), ("Jane", "Okonkwo"), "exact", "other"),
        (("Xiu", "Wong"), ("Xiu", "Huang"), "exact", "sound"),
        (("José", "O’Neil"), ("Jose", "ONeil"), "exact", "exact"),
        (("Peter", "Smith"), ("Sandra", "Smith"), "other", "exact"),
    ],
)
def test_every_kind_of_variation_in_a_name_is_known_for_what_it_is(
    asked: tuple[str, str], stored: tuple[str, str], given_level: str, family_level: str
) -> None:
    found = levels(one(*asked), one(*stored))
    assert found.get("given", "") == given_level
    assert found.get("family", "") == family_level


@pytest.mark.parametrize(
    ("asked", "stored", "level"),
    [
        ("1985-03-12", "1985-03-12", "exact"),
        ("1985-03-12", "1985-12-03", "swapped"),
        ("1985-03-12", "1985-03-17", "digit"),
        ("1985-03-12", "1975-03-12", "digit"),
        ("1985-03-12", "1985-03-21", "turned"),
        ("1985-03-12", "1958-03-12", "turned"),
        ("1985-03-31", "1985-04-01", "near"),
        ("1989-09-30", "1989-10-30", "near"),
        ("1989-09-12", "1990-09-12", "near"),
        ("1985-03-12", "1985-10-27", "year"),
        ("1985-03-12", "1999-10-27", "other"),
        ("1800-01-01", "2200-12-31", "other"),
    ],
)
def test_every_slip_in_a_date_is_known_for_what_it_is(asked: str, stored: str, level: str) -> None:
    assert levels(one("", "", asked), one("", "", stored)) == {"born": level}


def test_a_year_agrees_with_a_date_in_it_and_not_with_one_outside() -> None:
    year = known(born=[(dt.date(1985, 1, 1), dt.date(1985, 12, 31))])
    assert levels(year, one("", "", "1985-06-01")) == {"born": "year"}
    assert levels(year, one("", "", "1995-06-01")) == {"born": "other"}


def test_a_wide_estimate_that_fits_says_nothing() -> None:
    thirties = known(born=[(dt.date(1985, 1, 1), dt.date(1994, 12, 31))])
    assert levels(thirties, one("", "", "1990-06-01")) == {}
    assert levels(thirties, one("", "", "1950-06-01")) == {"born": "other"}


def test_the_best_of_several_names_and_addresses_counts() -> None:
    asked = known([("Jane", "Okonkwo")], postcodes=["OL1 1AA"])
    stored = known([("Jane", "Smith", "maiden"), ("Jane", "Okonkwo", "married")], postcodes=["M13 9PL", "OL1 1AA"])
    found = levels(asked, stored)
    found.pop("household", None)
    assert found == {"given": "exact", "family": "exact", "postcode": "exact"}


def test_the_explanation_reads_like_a_sentence() -> None:
    score = Scorer().score(one("Jon", "Hughes", "1985-03-12"), one("Jonathan", "Hews", "1985-12-03"))
    assert [agreement.says for agreement in score.agreements] == [
        "given name: another form of the same name (jon / jonathan)",
        "family name: sounds alike (hughes / hews)",
        "date of birth: day and month swapped (1985-03-12 / 1985-12-03)",
    ]


def test_agreeing_on_a_rare_name_weighs_more_than_on_a_common_one() -> None:
    scorer = Scorer(frequencies=COMMON)
    rare, common = one("Aloysius", "Featherstone"), one("John", "Smith")
    assert scorer.score(rare, rare).weight > scorer.score(common, common).weight


def test_ranking_puts_the_person_meant_before_namesakes() -> None:
    asked = one("Jon", "Smyth", "1985-03-12", postcodes=["M13 9PL"])
    many = [
        one("John", "Smith", "1951-07-30"),
        one("Jonathan", "Smith", "1985-12-03", postcodes=["M13 9PL"]),
        one("Peter", "Brown", "1985-03-12"),
    ]
    ranked = Scorer().rank(asked, many)
    assert ranked[0][0] == 1
    assert len(Scorer().rank(asked, many, most=2)) == 2


def test_a_phone_is_the_same_however_it_is_written() -> None:
    found = levels(known(phones=["+447700900123"]), known(phones=["07700 900 123"]))
    assert found["phone"] == "exact"


def test_a_shared_telephone_alone_is_a_household_and_no_proof_of_one_person() -> None:
    shared = [("phone", {"phones": ["07700 900123"]}), ("postcode", {"postcodes": ["M13 9PL"]})]
    for _, told in shared:
        assert Scorer().score(known(**told), known(**told)).probability < 0.1  # type: ignore[arg-type]


def test_identifiers_of_different_kinds_are_not_compared() -> None:
    assert levels(known(identifiers=[("nino", "QQ123456C")]), known(identifiers=[("passport", "QQ123456C")])) == {}
    assert levels(known(identifiers=[("nino", "QQ123456C")]), known(identifiers=[("nino", "qq 12 34 65 c")])) == {
        "identifier": "typo"
    }


# --- households ------------------------------------------------------------------------------------------------------

HOME = {"postcodes": ["BL1 2AB"], "addresses": ["14 Acacia Road, Bolton"], "phones": ["0161 496 0123"]}


def _of(given: str, born: str, **more: object) -> Known:
    day = dt.date.fromisoformat(born)
    return known([(given, "Featherstone", "main")], [(day, day)], **(HOME | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "born"), [("Barbara", "1961-11-30"), ("Kevin", "1990-02-02"), ("Abdul", "1985-08-25")]
)
def test_who_shares_name_home_and_telephone_and_nothing_of_their_own_is_somebody_else(given: str, born: str) -> None:
    score = Scorer().score(_of("Stephen", "1985-03-12"), _of(given, born))
    assert score.probability < 0.05
    assert any(a.field == "household" and a.weight < 0 for a in score.agreements)


def test_a_father_and_son_of_one_name_at_one_address_are_less_likely_one_than_the_same_without_a_birth() -> None:
    father, son = _of("Stephen", "1958-11-02"), _of("Stephen", "1985-03-12")
    undated = replace(father, days=())
    assert Scorer().score(father, son).weight < Scorer().score(undated, son).weight - 4


def test_the_same_person_at_home_is_not_doubted() -> None:
    one = _of("Stephen", "1985-03-12")
    assert Scorer().score(one, _of("Steven", "1985-12-03")).probability > 0.95
    assert Scorer().score(one, one).probability > 0.999


def test_the_explanation_adds_up_with_the_household_counted_once() -> None:
    score = Scorer().score(_of("Stephen", "1985-03-12"), _of("Barbara", "1961-11-30"))
    assert sum(a.weight for a in score.agreements) == pytest.approx(score.weight)


def test_a_file_that_names_each_person_apart_has_no_households_to_correct_for() -> None:
    apart = Scorer(replace(standard(), household=Decimal("0.95")))
    score = apart.score(_of("Stephen", "1985-03-12"), _of("Stephen", "1985-03-12"))
    assert all(a.field != "household" for a in score.agreements)
