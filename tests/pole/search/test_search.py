"""The one box: what it finds, in which order, what it says about each hit, and what it logs."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from iops.control import services as control
from iops.foundation import clock
from iops.foundation.context import acting
from iops.foundation.models import Consultation, User
from iops.foundation.roles import Role
from iops.pole.models import (
    IdentityDecision,
    Link,
    Location,
    Organisation,
    Person,
    Phone,
    Vehicle,
    WarningMarker,
)
from iops.pole.search.answer import Filter
from iops.pole.search.selectors import search
from tests.force import Force
from tests.foundation.acting_as import as_user
from tests.pole.search.test_people import make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    with acting(user_id=0):
        made = Force()
        made.one(Role.CALL_HANDLER)
    return made


@pytest.fixture
def viewer(force: Force) -> User:
    return force.one(Role.CALL_HANDLER)


def hits(text: str, viewer: User, **wanted: object) -> list[tuple[str, int]]:
    return [(h.kind, h.id) for h in search(text, viewer, Filter(**wanted)).hits]  # type: ignore[arg-type]


def test_each_kind_of_record_is_found_by_what_people_write(force: Force, viewer: User) -> None:
    with as_user(viewer):
        incident = force.incident(where="The Old Mill, Ancoats", what="Kiln on fire", caller_name="Bo Quill")
        control.add_log_entry(incident.id, "Caller rang from 07700 900123 about a zebra", viewer)
        place = Location.objects.create(said="Flat 3, 14 Mill Lane", postcode="M14 5AB", access_notes="Gate code 7391#")
        car = Vehicle.objects.create(registration="AB12 CDE", make="Skoda")
        phone = Phone.objects.create(said="0161 496 0000", number="+441614960000")
        firm = Organisation.objects.create(name="Quay & Sons Ltd")
        one = "incident", incident.id
        asked = {
            incident.reference: one,
            f"{incident.number}/{incident.day:%d-%m-%Y}": one,
            "zebra": one,
            "bo quill": one,
            "ancoats kiln": one,
            "07700900123": one,
            "900 123": one,
            "m14 5ab": ("location", place.id),
            "M145AB": ("location", place.id),
            "m14": ("location", place.id),
            "7391": ("location", place.id),
            "ab12cde": ("vehicle", car.id),
            "AB12 CDE": ("vehicle", car.id),
            "ab12": ("vehicle", car.id),
            "01614960000": ("phone", phone.id),
            "+44 161 496 0000": ("phone", phone.id),
            "496 0000": ("phone", phone.id),
            "quay sons": ("organisation", firm.id),
        }
        for text, record in asked.items():
            assert record in hits(text, viewer), text


def test_the_score_goes_before_the_risk_and_the_risk_before_the_date(viewer: User) -> None:
    with as_user(viewer):
        plain, risky = make("Ann", "Quarmby"), make("Ann", "Quarmby")
        WarningMarker.objects.create(
            person=risky, kind="violent", severity="grave", grounds="x", proposed_at=clock.now(), review_on="2030-01-01"
        )
        other = make("Anna", "Quarmbey")
        assert hits("ann quarmby", viewer) == [("person", risky.id), ("person", plain.id), ("person", other.id)]


def test_a_hit_says_which_fields_matched_and_how(force: Force, viewer: User) -> None:
    with as_user(viewer):
        make("Jonathan", "Smyth", dt.date(1985, 3, 12))
        incident = force.incident(what="A long story that goes on and on before it mentions an aardvark at the end")
        person = search("jon smith 3/12/1985", viewer).hits[0]
        log = search("aardvark", viewer).hits[0]
    assert {m.field for m in person.matches} == {"given", "family", "born"}
    assert any("day and month swapped" in m.says for m in person.matches)
    assert (log.kind, log.id) == ("incident", incident.id)
    assert any("aardvark" in m.says and m.field.endswith("what") for m in log.matches)


def test_nominals_of_one_person_are_one_hit_under_the_lead(viewer: User) -> None:
    with as_user(viewer):
        lead, other = make("Barbara", "Nwosu"), make("Babs", "Okonkwo")
        IdentityDecision.objects.create(one=lead, other=other, verdict="same", reason="x", at=clock.now())
        found = search("babs okonkwo", viewer).hits
    assert [(h.id, h.matched_id, h.merged, h.also_known_as) for h in found] == [
        (lead.id, other.id, (lead.id, other.id), "Babs Okonkwo")
    ]


def test_filters_keep_to_a_kind_a_district_and_days(force: Force, viewer: User) -> None:
    with as_user(viewer):
        person = make("Zebedee", "Crow")
        place = Location.objects.create(said="Zebedee Court", district=force.district)
        elsewhere = Location.objects.create(said="Zebedee Road")
        incident = force.incident(what="Zebedee was seen")
        today = clock.today()
        assert set(hits("zebedee", viewer)) == {
            ("person", person.id), ("location", place.id), ("location", elsewhere.id), ("incident", incident.id),
        }  # fmt: skip
        assert hits("zebedee", viewer, kind="incident") == [("incident", incident.id)]
        assert set(hits("zebedee", viewer, district_id=force.district.id)) == {
            ("location", place.id), ("incident", incident.id),
        }  # fmt: skip
        # The name was recorded today; the places say no day.
        assert set(hits("zebedee", viewer, since=today, until=today)) == {
            ("incident", incident.id),
            ("person", person.id),
        }
        assert hits("zebedee", viewer, until=today - dt.timedelta(days=1)) == []
        assert hits("caller quill", viewer, kind="incident") == []


def test_what_is_changed_is_found_by_its_new_words_alone(viewer: User) -> None:
    with as_user(viewer):
        firm = Organisation.objects.create(name="Alpha Motors")
        firm.name = "Omega Motors"
        firm.save()
        assert hits("alpha", viewer) == []
        assert hits("omega", viewer) == [("organisation", firm.id)]


def test_a_nominal_number_is_found(viewer: User) -> None:
    with as_user(viewer):
        person = make("Quentin", "Abel")
        assert hits(str(person.id), viewer)[0] == ("person", person.id)
        assert hits(f"nominal {person.id}", viewer)[0] == ("person", person.id)


def test_each_kind_that_is_shown_is_logged_with_the_question(force: Force, viewer: User) -> None:
    with as_user(viewer):
        person, incident = make("Zebedee", "Crow"), force.incident(what="Zebedee was seen")
        search("zebedee", viewer)
        search("nobody of that name", viewer)
        looks = list(Consultation.objects.filter(user=viewer).order_by("id").values_list("kind", "record_ids", "query"))
    assert [(kind, ids) for kind, ids, _ in looks] == [
        ("incident", [incident.id]),
        ("person", [person.id]),
        ("person", []),
    ]
    assert all(query["text"] for _, _, query in looks)


def test_many_hits_are_paged_and_counted(viewer: User) -> None:
    with as_user(viewer):
        for number in range(45):
            Organisation.objects.create(name=f"Tower Block {number}x")
        pages = [search("tower block", viewer, Filter(page=page)) for page in (1, 2, 3, 4)]
    assert [len(page.hits) for page in pages] == [20, 20, 5, 0]
    assert {page.total for page in pages} == {45}
    assert len({h.id for page in pages for h in page.hits}) == 45


HOSTILE = [
    "", " ", "\t", "'",
    "' or 1=1 --", "\\", "%", "_", "a & b | !c:*", "((((", "'a':*", ".*[a-z]+?$", "\u202eabc", "😀😀",
    "x" * 10_000, "ab " * 3_000, "9" * 5_000, "1/1/1800", "1/1/2200 smith", "31/02/1985", "0/0/0000", "99/99/9999",
    "\x01\x02", "\ud800".encode("utf-8", "replace").decode(), "aged 999",
    "90s", "00s", "jan 0001", "N" + "9" * 30, "-1",
    "+", "tel", "م" * 50, "a" + "\u0301" * 200, "smith 12/3/8", "9999999999999999999", "#", "1985-13-45",
    "DOB", "30s aged 20",
]  # fmt: skip


@pytest.mark.parametrize("typing", [False, True])
@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_too_bad_to_be_asked(viewer: User, text: str, typing: bool) -> None:
    with as_user(viewer):
        make("Ann", "Quarmby", dt.date(1985, 3, 12))
        answer = search(text, viewer, Filter(typing=typing))
    assert answer.total >= len(answer.hits) >= 0


def test_the_api_answers_what_the_selector_finds(client: Client, force: Force, viewer: User) -> None:
    with as_user(viewer):
        person = make("Zebedee", "Crow")
        Link.objects.create(
            from_kind="person", from_id=person.id, to_kind="person", to_id=make("Ann", "Crow").id, role="kin",
            recorded_at=clock.now(),
        )  # fmt: skip
        assert Person.objects.filter(id=person.id).exists()
    client.force_login(viewer)
    for address in ("/api/v1/search", "/api/search"):
        body = client.get(address, {"q": "zebedee crow"}, follow=True).json()
        assert (body["total"], body["shown"], body["withheld"]) == (1, 1, 0)
        assert [(h["kind"], h["id"], h["title"]) for h in body["hits"]] == [("person", person.id, "Zebedee Crow")]
        assert body["hits"][0]["matches"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [({"q": "x" * 10_000}, 200), ({"q": "\x01'"}, 200), ({"q": "a", "page": "0"}, 422), ({"q": "a", "page": "x"}, 422),
     ({"q": "a", "kind": "'; drop"}, 422), ({"q": "a", "kind": "nothing"}, 200),
     ({"q": "a", "since": "1800-01-01"}, 200),
     ({"q": "a", "since": "99999-01-01"}, 422), ({"q": "a", "district_id": str(2**70)}, 422), ({}, 200)],
)  # fmt: skip
def test_the_api_answers_bad_input_clearly(client: Client, viewer: User, asked: dict[str, str], status: int) -> None:
    client.force_login(viewer)
    assert client.get("/api/v1/search", asked).status_code == status
