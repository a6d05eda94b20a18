"""What is told about identity: who stands together, what was decided, previews, and who may not see it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from iops.foundation.errors import ConflictError, IopsError, NotFoundError
from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.pole.identity import preview, selectors
from iops.pole.identity import services as identity
from iops.pole.models import IdentityDecision
from iops.pole.records import selectors as records
from tests.force import Force
from tests.foundation.acting_as import as_user
from tests.foundation.consulting import assert_consulted

if TYPE_CHECKING:
    from iops.foundation.models import User

pytestmark = pytest.mark.django_db
WHY = "Fingerprints agree"


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def sergeant(force: Force) -> User:
    return force.one(Role.SERGEANT)


@pytest.fixture
def people(sergeant: User) -> list[int]:
    return [pole.register_person(f"John Smith {n}", sergeant, born="12/3/1985").id for n in "abcd"]


def total(person_id: int, viewer: User) -> int:
    """How many events the page of a person shows as a victim."""
    return next(c.ever for c in records.person(person_id, viewer).counts.roles if c.what == "victim")


# --- the golden case ------------------------------------------------------------------------------------------------


def test_a_hundred_incidents_over_four_duplicates_show_as_a_hundred_and_as_25_each_again(
    force: Force, people: list[int], sergeant: User
) -> None:
    for n in range(100):
        incident = force.incident()
        pole.link(("person", people[n % 4]), "victim", ("incident", incident.id), sergeant)
    assert [total(p, sergeant) for p in people] == [25] * 4
    before = preview.merge_preview(people[0], people[1], sergeant)
    assert (before.left.counts.total.ever, before.after.total.ever, before.in_common) == (25, 50, 0)
    identity.merge(people, WHY, sergeant)
    assert [total(p, sergeant) for p in people] == [100] * 4
    shown = preview.unmerge_preview(people[0], sergeant)
    assert shown.before.total.ever == 100
    assert [g.counts.total.ever for g in shown.groups] == [25] * 4
    identity.unmerge(people[0], "Four men", sergeant)
    assert [total(p, sergeant) for p in people] == [25] * 4


def test_an_incident_that_both_are_on_counts_once_after_the_merge(
    force: Force, people: list[int], sergeant: User
) -> None:
    incident = force.incident()
    for person, role in ((people[0], "victim"), (people[1], "victim")):
        pole.link(("person", person), role, ("incident", incident.id), sergeant)
    shown = preview.merge_preview(people[0], people[1], sergeant)
    assert (shown.left.counts.total.ever, shown.right.counts.total.ever) == (1, 1)
    assert (shown.after.total.ever, shown.in_common) == (1, 1)


# --- previews -------------------------------------------------------------------------------------------------------


def test_a_preview_of_a_merge_sets_value_beside_value(people: list[int], sergeant: User) -> None:
    a, b, *_ = people
    pole.add_detail(a, "occupation", "roofer", sergeant)
    pole.add_identifier(a, "pnc", "99/1234A", sergeant)
    pole.add_identifier(b, "pnc", "99/9999Z", sergeant)
    home = pole.register_location("1 Mill Lane, AB1 2CD", sergeant)
    for person in (a, b):
        pole.place_at(person, home.id, sergeant)
    pole.add_phone("0161 496 0000", sergeant)
    shown = preview.merge_preview(a, b, sergeant)
    stands = {row.title: row.stand for row in shown.rows}
    assert stands["Names"] == "different"
    assert stands["Born"] == "the same"
    assert stands["Occupation"] == "only on one side"
    assert stands["Numbers"] == "different"
    assert stands["Addresses and places"] == "the same"
    assert {f["field"] for f in shown.weighed.fields} >= {"given", "born", "address", "identifier"}
    assert not shown.together
    assert shown.against is None


def test_a_preview_shows_the_warnings_that_will_be_seen_on_both(people: list[int], sergeant: User) -> None:
    pole.propose_marker(kind="weapons", severity="grave", grounds="A knife", by=sergeant, person_id=people[1])
    shown = preview.merge_preview(people[0], people[1], sergeant)
    assert [len(side.markers.standing) for side in (shown.left, shown.right)] == [0, 1]


def test_a_preview_names_the_decision_that_speaks_against_a_merge(people: list[int], sergeant: User) -> None:
    made = identity.not_same(people[0], people[1], "Twins", sergeant)
    identity.merge([people[1], people[2]], WHY, sergeant)
    shown = preview.merge_preview(people[0], people[2], sergeant)
    assert shown.against == made
    assert [n.id for n in shown.right.nominals] == [people[2], people[1]]


def test_a_preview_of_an_unmerge_tells_what_was_added_since_and_where(people: list[int], sergeant: User) -> None:
    a, b, c, _ = people
    pole.add_name(a, "Before", sergeant)
    identity.merge([a, b, c], WHY, sergeant)
    pole.add_name(a, "Johnny", sergeant)
    pole.add_birth(b, "30s", sergeant)
    phone = pole.add_phone("0161 496 0000", sergeant)
    pole.link(("person", c), "user", ("phone", phone.id), sergeant)
    pole.link(("person", a), "associate", ("person", b), sergeant)
    pole.propose_marker(kind="dog", severity="caution", grounds="A big dog", by=sergeant, person_id=b)
    shown = preview.unmerge_preview(b, sergeant)
    # All in one transaction: what was recorded before the merge bears the same moment.
    added = {(x.label, x.on, x.movable) for x in shown.added}
    assert {("name", a, True), ("user of", c, True), ("associate of", a, False), ("warning", b, False)} <= added
    assert any(x.label == "date of birth" and x.on == b for x in shown.added)
    assert [[n.id for n in g.nominals] for g in shown.groups] == [[a, c], [b]]
    assert shown.possible


def test_a_nominal_that_is_merged_with_none_has_nothing_to_take_back(people: list[int], sergeant: User) -> None:
    shown = preview.unmerge_preview(people[0], sergeant)
    assert (shown.taken_back, shown.added, shown.possible) == ((), (), False)


def test_a_preview_of_the_same_nominal_twice_says_that_it_is_one(people: list[int], sergeant: User) -> None:
    assert preview.merge_preview(people[0], people[0], sergeant).together


# --- decisions and ratio --------------------------------------------------------------------------------------------


def test_the_history_of_decisions_tells_all_and_which_stands(people: list[int], sergeant: User) -> None:
    a, b, c, _ = people
    identity.merge([a, b], WHY, sergeant)
    identity.unmerge(a, "Two men", sergeant)
    identity.not_same(a, b, "Twins", sergeant)
    identity.merge([b, c], WHY, sergeant)
    found = selectors.decisions(a, sergeant)
    assert [d.verdict for d in found.all] == ["different", "open", "same"]
    assert {d.verdict for d in found.all if d.id in found.standing} == {"different"}
    assert [d.verdict for d in selectors.standing(b, sergeant)] == ["different", "same"]


def test_each_look_is_logged(people: list[int], sergeant: User) -> None:
    a, b, c, _ = people
    identity.merge([a, b], WHY, sergeant)
    with assert_consulted("person", [a, b], sergeant):
        selectors.members(a, sergeant)
    with assert_consulted("person", [a, b], sergeant):
        selectors.decisions(b, sergeant)
    with assert_consulted("person", [a, b, c], sergeant):
        preview.merge_preview(a, c, sergeant)
    with assert_consulted("person", [a, b], sergeant):
        preview.unmerge_preview(a, sergeant)


def test_the_ratio_counts_nominals_and_persons(people: list[int], sergeant: User) -> None:
    with as_user(sergeant):
        before = selectors.duplicate_ratio()
        identity.merge(people[:3], WHY, sergeant)
        after = selectors.duplicate_ratio()
    assert (before.nominals - before.persons, after.nominals - after.persons) == (0, 2)
    assert after.nominals == before.nominals
    assert "not known" in after.text


@pytest.mark.parametrize(
    ("nominals", "persons", "said"),
    [(4, 4, "1"), (1_867_000, 600_000, "3.112"), (3, 2, "1.5"), (1_000_001, 1_000_000, "1.001"), (0, 0, "0")],
)
def test_the_ratio_is_never_rounded_to_look_better(nominals: int, persons: int, said: str) -> None:
    ratio = selectors.Ratio(nominals, persons, 0, 0, None)
    assert ratio.per_person == Decimal(said)
    assert f"{nominals:,} nominals" in ratio.text


# --- hidden nominals ------------------------------------------------------------------------------------------------


@pytest.fixture
def hidden(people: list[int], force: Force, sergeant: User) -> int:
    """A nominal merged with the first two and restricted to the inspector who restricted it."""
    inspector = force.one(Role.INSPECTOR)
    secret = pole.register_person("Secret Witness", sergeant).id
    incident = force.incident()
    pole.link(("person", secret), "victim", ("incident", incident.id), sergeant)
    identity.merge([people[0], secret], WHY, inspector)
    identity.merge([people[0], people[1]], WHY, inspector)
    pole.restrict_person(secret, "Protected witness", inspector, hinted=False)
    return secret


def test_who_is_on_the_list_sees_the_person_whole(people: list[int], hidden: int, force: Force) -> None:
    inspector = force.one(Role.INSPECTOR)
    assert {m.id for m in selectors.members(people[0], inspector)} == {people[0], people[1], hidden}
    assert total(people[0], inspector) == 1


def test_who_is_not_sees_it_without_the_hidden_nominal(people: list[int], hidden: int, sergeant: User) -> None:
    assert {m.id for m in selectors.members(people[0], sergeant)} == {people[0], people[1]}
    assert total(people[0], sergeant) == 0
    assert {i for d in selectors.decisions(people[0], sergeant).all for i in (d.one_id, d.other_id)} == set(people[:2])
    shown = preview.unmerge_preview(people[0], sergeant)
    assert hidden not in set(shown.shown_ids())
    assert shown.before.total.ever == 0
    with as_user(sergeant):
        ratio = selectors.duplicate_ratio()
    assert ratio.nominals - ratio.persons == 1


def test_a_hidden_nominal_answers_like_one_that_is_not_there(people: list[int], hidden: int, sergeant: User) -> None:
    def answers(number: int) -> list[tuple[type, str]]:
        found = []
        for ask in (
            lambda: selectors.members(number, sergeant),
            lambda: selectors.decisions(number, sergeant),
            lambda: selectors.standing(number, sergeant),
            lambda: preview.merge_preview(people[2], number, sergeant),
            lambda: preview.unmerge_preview(number, sergeant),
            lambda: identity.merge([people[2], number], WHY, sergeant),
            lambda: identity.unmerge(number, WHY, sergeant),
            lambda: identity.unmerge([(people[0], number)], WHY, sergeant),
            lambda: identity.not_same(number, people[2], WHY, sergeant),
            lambda: identity.keep_apart(people[3], [number], WHY, sergeant),
        ):
            with pytest.raises(IopsError) as refused:
                ask()
            found.append((type(refused.value), str(refused.value)))
        return found

    hidden_answers = answers(hidden)
    assert hidden_answers == answers(2**40)
    assert {kind for kind, _ in hidden_answers} == {NotFoundError}


def test_a_hidden_decision_is_not_there(hidden: int, force: Force, sergeant: User) -> None:
    with as_user(force.one(Role.INSPECTOR)):
        first = IdentityDecision.objects.get(other=hidden).id
    for number in (first, 2**40):
        with pytest.raises(NotFoundError, match=r"There is no such decision\."):
            identity.take_back(number, WHY, sergeant)


def test_what_a_hidden_nominal_joins_is_not_parted_and_the_refusal_is_that_of_having_no_merge(
    people: list[int], force: Force, sergeant: User
) -> None:
    inspector = force.one(Role.INSPECTOR)
    secret = pole.register_person("Secret Witness", sergeant).id
    identity.merge([secret, people[0], people[1]], WHY, inspector)
    pole.restrict_person(secret, "Protected witness", inspector, hinted=False)
    answers = []
    for person in (people[0], people[3]):
        with pytest.raises(ConflictError) as refused:
            identity.unmerge(person, WHY, sergeant)
        answers.append(str(refused.value))
    assert len(set(answers)) == 1
    assert not preview.unmerge_preview(people[0], sergeant).possible


def test_a_hidden_decision_against_a_merge_stops_it_without_naming_anybody(
    people: list[int], force: Force, sergeant: User
) -> None:
    inspector = force.one(Role.INSPECTOR)
    secret = pole.register_person("Secret Witness", sergeant).id
    identity.merge([people[0], secret], WHY, inspector)
    identity.not_same(secret, people[2], "Twins", inspector)
    pole.restrict_person(secret, "Protected witness", inspector, hinted=False)
    with pytest.raises(ConflictError) as refused:
        identity.merge([people[0], people[2]], WHY, sergeant)
    assert "Secret" not in str(refused.value)
    assert not any(str(number) in str(refused.value) for number in (secret, *people))


def test_a_restricted_place_is_not_told_in_what_is_kept_with_a_decision(
    people: list[int], force: Force, sergeant: User
) -> None:
    inspector = force.one(Role.INSPECTOR)
    refuge = pole.register_location("The Refuge, 9 Hidden Court, AB1 2CD", sergeant)
    for person in people[:2]:
        pole.place_at(person, refuge.id, sergeant)
    pole.restrict_location(refuge.id, "A refuge", inspector)
    (made,) = identity.merge(people[:2], WHY, inspector)
    assert "hidden court" not in str(made.explanation).lower()
    assert "ab12cd" not in str(made.explanation).lower()
