"""Recording people, places and things: what works, what is refused and why, and what is written beside it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.db import IntegrityError, transaction

from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import History
from iops.foundation.roles import Role
from iops.pole import services
from iops.pole.models import Birth, Detail, Email, Link, Location, Name, Person, Phone, Vehicle
from iops.pole.roles import OTHER, roles_between
from iops.pole.services import Parts, Provenance
from iops.safeguarding import services as safeguarding
from tests.conftest import as_owner, worker_database
from tests.force import Force
from tests.foundation.acting_as import as_user, visible

if TYPE_CHECKING:
    from iops.foundation.models import User

pytestmark = pytest.mark.django_db
SAID = Provenance(source="caller", detail="the neighbour", confidence="likely", since=date(2019, 1, 1))


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def officer(force: Force) -> User:
    return force.one(Role.RESPONSE)


@pytest.fixture
def person(officer: User) -> Person:
    return services.register_person("John Smith", officer, born="12/3/1985", sex="male", provenance=SAID)


# --- people ----------------------------------------------------------------------------------------------------------


def test_a_nominal_is_recorded_with_name_birth_and_sex_and_where_each_came_from(person: Person, officer: User) -> None:
    name, birth, detail = Name.objects.get(), Birth.objects.get(), Detail.objects.get()
    assert (name.full, name.given, name.family, name.kind) == ("John Smith", "John", "Smith", "main")
    assert (birth.earliest, birth.latest, birth.precision, birth.said) == (
        date(1985, 3, 12),
        date(1985, 3, 12),
        "full",
        "12/3/1985",
    )
    assert (detail.kind, detail.value) == ("sex", "male")
    assert person.born == date(1985, 3, 12)
    for value in (name, birth, detail):
        assert (value.source, value.source_detail, value.confidence) == ("caller", "the neighbour", "likely")
        assert (value.recorded_by, value.since) == (officer, date(2019, 1, 1))
        assert value.recorded_at is not None


@pytest.mark.parametrize(
    "name",
    [
        "Cher",
        "Оксана Шевченко",
        "محمد",
        "李小龍",
        "🙂",
        "Ng",
        "Unknown male, 30s",
        "X Æ A-12",
        "\u202eevil",
        "Bob'); --",
    ],
)
def test_any_name_in_any_script_is_taken_as_it_is(officer: User, name: str) -> None:
    services.register_person(name, officer)
    assert Name.objects.get().full == name


def test_somebody_without_a_name_is_described(officer: User) -> None:
    who = services.register_person("Unknown male, red coat", officer, born="30s", described=True)
    name = Name.objects.get()
    assert (who.born, who.described, name.kind, name.given, name.family) == (None, True, "description", "", "")
    assert Birth.objects.get().precision == "estimated"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "Name"),
        ({"name": "   "}, "Name"),
        ({"name": "x" * 301}, "Name"),
        ({"name": "x" * 10_000}, "Name"),
        ({"name": "a\x00b"}, "Name"),
        ({"name": "A", "born": "31/2/1985"}, "born"),
        ({"name": "A", "born": "1/1/2200"}, "born"),
        ({"name": "A", "born": "1/1/1800"}, "born"),
        ({"name": "A", "given": "x" * 201}, "Given names"),
        ({"name": "A", "provenance": Provenance(source="gossip")}, "source"),
        ({"name": "A", "provenance": Provenance(confidence="very")}, "confidence"),
        ({"name": "A", "provenance": Provenance(since=date(2019, 2, 1), until=date(2019, 1, 1))}, "until"),
    ],
)
def test_what_cannot_be_recorded_is_refused_by_the_name_of_its_field(
    officer: User, given: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        services.register_person(by=officer, **given)  # type: ignore[arg-type]
    assert refused.value.details["field"] == field
    assert not Person.objects.exists()


def test_a_new_main_name_is_the_one_a_nominal_is_listed_under_and_the_old_one_stays(
    person: Person, officer: User
) -> None:
    services.add_name(person.id, "John Jones", officer, kind="married")
    person.refresh_from_db()
    assert person.name == "John Smith"
    services.add_name(person.id, "John Jones", officer, kind="main")
    person.refresh_from_db()
    assert person.name == "John Jones"
    assert Name.objects.filter(person=person).count() == 3


def test_two_dates_of_birth_stand_side_by_side(person: Person, officer: User) -> None:
    services.add_birth(
        person.id, "3/12/1985", officer, provenance=Provenance(source="document", confidence="confirmed")
    )
    person.refresh_from_db()
    assert person.born == date(1985, 3, 12)
    assert Birth.objects.filter(person=person).count() == 2


def test_ethnicity_said_and_ethnicity_seen_are_two_things(person: Person, officer: User) -> None:
    services.add_detail(person.id, "ethnicity_self", "A2", officer)
    services.add_detail(person.id, "ethnicity_officer", "4", officer)
    assert set(Detail.objects.exclude(kind="sex").values_list("kind", "value")) == {
        ("ethnicity_self", "A2"),
        ("ethnicity_officer", "4"),
    }


@pytest.mark.parametrize(("kind", "value"), [("shoe_size", "9"), ("sex", ""), ("sex", " "), ("sex", "a\x00")])
def test_a_detail_of_no_kind_or_without_words_is_refused(person: Person, officer: User, kind: str, value: str) -> None:
    with pytest.raises(InvalidError):
        services.add_detail(person.id, kind, value, officer)


def test_a_number_of_another_system_is_kept(person: Person, officer: User) -> None:
    kept = services.add_identifier(person.id, "pnc", "85/123456A", officer)
    assert (kept.kind, kept.value) == ("pnc", "85/123456A")
    with pytest.raises(InvalidError):
        services.add_identifier(person.id, "library", "1", officer)


def test_a_value_that_was_wrong_is_withdrawn_with_a_reason_and_stays(person: Person, officer: User) -> None:
    name = services.add_name(person.id, "Jon Smyth", officer)
    gone = services.withdraw(name, "Another man's name", officer)
    assert gone.withdrawn_by == officer
    assert Name.objects.get(id=name.id).withdrawn_reason == "Another man's name"
    with pytest.raises(ConflictError):
        services.withdraw(name, "again", officer)
    other = services.add_name(person.id, "J Smith", officer)
    with pytest.raises(InvalidError):
        services.withdraw(other, "  ", officer)


def test_every_change_is_in_history_with_who_and_why(person: Person, officer: User) -> None:
    written = History.objects.filter(table_name="pole_person", row_id=person.id).get()
    assert (written.actor_id, written.reason, written.op) == (officer.id, "nominal recorded", "I")


def test_of_a_nominal_that_is_not_there_nothing_is_recorded(officer: User) -> None:
    for verb in (
        lambda: services.add_name(99, "A", officer),
        lambda: services.add_birth(99, "1985", officer),
        lambda: services.add_detail(99, "sex", "male", officer),
        lambda: services.add_identifier(99, "pnc", "1", officer),
        lambda: services.restrict_person(99, "because", officer),
    ):
        with pytest.raises((NotFoundError, NotAllowedError)):
            verb()


# --- places and things -----------------------------------------------------------------------------------------------


def test_words_alone_make_a_place_and_a_postcode_in_them_is_read(officer: User) -> None:
    place = services.register_location("flat above the chippy, opposite the Red Lion, m1 1aa", officer)
    assert (place.postcode, place.validated, place.street) == ("M1 1AA", False, "")


def test_a_place_is_recorded_in_its_parts(officer: User, force: Force) -> None:
    parts = Parts(
        number="14", street="Acacia Road", town="Bolton", postcode="bl12ab", easting=371_500, northing=409_200
    )
    place = services.register_location(
        "", officer, parts=parts, district_id=force.district.id, access_notes="Code 1234"
    )
    assert place.said == "14 Acacia Road, Bolton, bl12ab"
    assert (place.postcode, place.access_notes) == ("BL1 2AB", "Code 1234")
    services.set_access_notes(place.id, "Code 9876", officer)
    assert Location.objects.get().access_notes == "Code 9876"


@pytest.mark.parametrize(
    "parts",
    [
        Parts(street="A", postcode="NOT A CODE"),
        Parts(street="A", easting=1),
        Parts(street="A", easting=-1, northing=1),
        Parts(street="A", easting=700_000, northing=1),
        Parts(street="A", uprn=0),
        Parts(street="A", uprn=10**12),
        Parts(street="x" * 121),
        Parts(),
    ],
)
def test_a_place_that_cannot_be_is_refused(officer: User, parts: Parts) -> None:
    with pytest.raises(InvalidError):
        services.register_location("", officer, parts=parts)


def test_one_number_and_one_address_stand_once_however_they_are_written(officer: User) -> None:
    first = services.add_phone("0161 496 0000", officer)
    assert services.add_phone("+44 161 4960000", officer) == first
    assert Phone.objects.get().said == "0161 496 0000"
    assert services.add_email("Jo@Example.org", officer) == services.add_email("jo@example.ORG ", officer)
    assert Email.objects.count() == 1
    assert services.add_phone("payphone by the park", officer).number == ""


def test_a_vehicle_is_known_by_its_mark_or_by_how_it_looked(officer: User) -> None:
    assert services.register_vehicle("ab12 cde", officer).registration_key == "AB12CDE"
    assert str(services.register_vehicle("", officer, colour="red", make="Ford")) == "red Ford"
    with pytest.raises(InvalidError, match="known by something"):
        services.register_vehicle(" ", officer)
    assert Vehicle.objects.count() == 2


def test_organisations_and_objects_need_a_name_or_kind(officer: User) -> None:
    assert str(services.register_organisation("Acme (made up)", officer)) == "Acme (made up)"
    assert str(services.register_item("knife", officer, description="kitchen")) == "knife kitchen"
    for bad in (lambda: services.register_organisation("", officer), lambda: services.register_item("", officer)):
        with pytest.raises(InvalidError):
            bad()


# --- links -----------------------------------------------------------------------------------------------------------


def test_a_person_is_linked_to_an_incident_in_a_role(person: Person, officer: User, force: Force) -> None:
    incident = force.incident()
    made = services.link(("person", person.id), "victim", ("incident", incident.id), officer, provenance=SAID)
    assert (made.role, made.source, made.recorded_by) == ("victim", "caller", officer)
    again = services.link(("person", person.id), "victim", ("incident", incident.id), officer, provenance=SAID)
    assert again == made
    assert Link.objects.count() == 1


def test_a_withdrawn_link_can_be_made_again(person: Person, officer: User, force: Force) -> None:
    end = ("incident", force.incident().id)
    made = services.link(("person", person.id), "suspect", end, officer)
    services.withdraw(made, "Mistaken identity", officer)
    assert services.link(("person", person.id), "suspect", end, officer) != made


@pytest.mark.parametrize(
    ("start", "role", "to"),
    [
        (("person", 1), "best friend for ever", ("person", 2)),
        (("unicorn", 1), "other", ("person", 2)),
        (("person", 1), "keeper", ("person", 2)),
        (("person; drop table", 1), "other", ("person", 2)),
    ],
)
def test_a_link_that_means_nothing_is_refused(
    officer: User, start: tuple[str, int], role: str, to: tuple[str, int]
) -> None:
    people = [services.register_person(n, officer) for n in ("A", "B")]
    start, to = (start[0], people[0].id), (to[0], people[1].id)
    with pytest.raises(InvalidError):
        services.link(start, role, to, officer)


def test_other_needs_a_note_and_nobody_is_linked_to_themselves(person: Person, officer: User) -> None:
    friend = services.register_person("B", officer)
    ends = ("person", person.id), ("person", friend.id)
    with pytest.raises(InvalidError, match="Note"):
        services.link(ends[0], OTHER, ends[1], officer)
    assert services.link(ends[0], OTHER, ends[1], officer, note="shares a van").note == "shares a van"
    with pytest.raises(InvalidError, match="itself"):
        services.link(ends[0], "friend", ends[0], officer)


def test_an_end_that_does_not_exist_is_refused_by_verb_and_by_database(person: Person, officer: User) -> None:
    with pytest.raises(NotFoundError):
        services.link(("person", person.id), "friend", ("person", 999_999), officer)
    # The application meets row-level security; whoever owns the tables (a bulk load) meets the trigger.
    with (
        psycopg.connect(as_owner(worker_database())) as owner,
        pytest.raises(psycopg.DatabaseError, match="no person numbered 999998"),
    ):
        owner.execute(
            "insert into pole_link (from_kind, from_id, to_kind, to_id, role, note, source, source_detail, confidence,"
            " recorded_at, withdrawn_reason) values ('person', 999998, 'person', 999999, 'friend', '', 'unknown', '',"
            " 'likely', now(), '')"
        )


def test_a_period_ends_on_a_day_and_never_before_it_began(person: Person, officer: User) -> None:
    place = services.register_location("1 Mill Lane", officer)
    home = services.place_at(person.id, place.id, officer, provenance=SAID)
    assert services.end_period(home, date(2019, 6, 1), officer).until == date(2019, 6, 1)
    with pytest.raises(InvalidError):
        services.end_period(home, date(2018, 6, 1), officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Link.objects.filter(id=home.id).update(until=date(2018, 1, 1))


def test_every_pair_of_kinds_has_a_role() -> None:
    assert roles_between("person", "incident")[0] == "victim"
    assert roles_between("item", "email") == (OTHER,)


# --- who may see -----------------------------------------------------------------------------------------------------


def test_a_restricted_nominal_is_there_for_its_list_alone_with_all_that_hangs_on_it(
    person: Person, officer: User, force: Force
) -> None:
    sergeant = force.one(Role.SERGEANT)
    place = services.register_location("1 Mill Lane", officer)
    services.place_at(person.id, place.id, officer)
    services.restrict_person(person.id, "Protected witness", sergeant)
    for who, seen in ((sergeant, True), (officer, False)):
        with as_user(who):
            assert [bool(visible(m)) for m in (Person, Name, Birth, Detail, Link)] == [seen] * 5
    with pytest.raises(NotFoundError):
        services.add_name(person.id, "B", officer)


def test_a_restricted_place_hides_who_lives_there(person: Person, officer: User, force: Force) -> None:
    safeguarding_officer = force.one(Role.SAFEGUARDING)
    place = services.register_location("The refuge", officer)
    services.place_at(person.id, place.id, officer)
    services.restrict_location(place.id, "Refuge", safeguarding_officer, team_ids=[])
    with as_user(officer):
        assert (visible(Person), visible(Location), visible(Link)) == ({person.id}, set(), set())
    with as_user(safeguarding_officer):
        assert visible(Link)


def test_not_everybody_restricts_and_not_without_a_reason(person: Person, officer: User, force: Force) -> None:
    with pytest.raises(NotAllowedError):
        services.restrict_person(person.id, "because", officer)
    with pytest.raises(InvalidError):
        services.restrict_person(person.id, " ", force.one(Role.SERGEANT))


def test_a_child_known_only_through_a_restricted_incident_is_as_secret_until_known_otherwise(
    officer: User, force: Force
) -> None:
    from iops.control import services as control

    sergeant = force.one(Role.SERGEANT)
    incident = force.incident(domestic=True)
    child = safeguarding.link_child(incident.id, "Ann (made up)", None, officer).person
    control.restrict(incident.id, [], [], "Officer involved", sergeant)
    with as_user(officer):
        assert not visible(Person)
    services.add_detail(child.id, "language", "Polish", sergeant)
    with as_user(officer):
        assert visible(Person) == {child.id}
