"""Property on its pages, on labels, by the API, in counts; and what it owes."""

from __future__ import annotations

import datetime as dt
import html
import json
from dataclasses import replace
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from django.test import Client

from iops.crime.exhibits import counting, services
from iops.crime.exhibits import selectors as property_selectors
from iops.crime.exhibits.label import label
from iops.crime.exhibits.selectors import Wanted, address, listed
from iops.crime.exhibits.services import Going
from iops.crime.models import Exhibit, StockDifference
from iops.crime.recorded.selectors import address as crime_address
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.obligations.conservation import check_conservation
from iops.obligations.models import Obligation
from tests.crime.exhibits.scene import KNIFE, knife, store, stored
from tests.crime.recorded.scene import recorded
from tests.force import Force
from tests.foundation.acting_as import as_user
from tests.foundation.consulting import assert_consulted

pytestmark = pytest.mark.django_db
TYPED = {
    "mark": "JS/1", "kind": "cash", "description": "Notes in a <b>tin</b>", "pounds": "1,250.05", "power": "pace_18",
    "where": "Loft", "seal": "xy 777",
}  # fmt: skip


@pytest.fixture
def force() -> Force:
    return Force()


def signed_in(force: Force, role: Role) -> Client:
    client = Client()
    client.force_login(force.one(role))
    return client


def body(response: Any) -> str:
    return html.unescape(response.content.decode())


def owed(subject: str) -> dict[str, str]:
    """Duties of a subject: rule to met or open."""
    found = Obligation.objects.filter(subject=subject, waived_at=None)
    return {row.rule_id: "met" if row.met_at else "open" for row in found}


# --- pages -----------------------------------------------------------------------------------------------------------


def test_property_is_seized_on_the_page_of_its_crime_and_moved_on_its_own(force: Force) -> None:
    crime, where, client = recorded(force), store(force), signed_in(force, Role.RESPONSE)
    assert client.post(f"{crime_address(crime)}seize/", TYPED).status_code == 302
    one = Exhibit.objects.get()
    assert (one.pence, one.mark, one.crime) == (125_005, "JS/1", crime)
    assert "Notes in a &lt;b&gt;tin" in client.get(crime_address(crime)).content.decode()
    moved = {"movement": "stored", "to_store": str(where.id), "shelf": "B2", "reason": "Booked in", "after": "1"}
    assert client.post(f"{address(one)}move/", moved).status_code == 302
    page = body(client.get(address(one)))
    for words in ("£1250.05", "XY777", "North store (made up), shelf B2", "Booked in", "Chain of custody"):
        assert words in page
    again = client.post(f"{address(one)}move/", {**moved, "reason": "Twice"})
    assert again.status_code == 409
    assert "Twice" in body(again)
    assert "came in between" in body(again)


@pytest.mark.parametrize("changed", [
    {"mark": ""}, {"mark": "x"}, {"kind": "gold"}, {"power": "because"}, {"pounds": "12.5"}, {"pounds": "lots"},
    {"pounds": ""}, {"description": ""}, {"where": "w" * 500}, {"seal": "!"}, {"mark": "JS/1\x00"},
])  # fmt: skip
def test_a_mistake_shows_the_page_again_with_what_was_typed_and_takes_no_number(
    force: Force, changed: dict[str, str]
) -> None:
    crime, client = recorded(force), signed_in(force, Role.RESPONSE)
    answer = client.post(f"{crime_address(crime)}seize/", TYPED | changed)
    assert answer.status_code in {400, 409, 422}
    assert answer.status_code == 400 or "Loft" in body(answer) or "where" in changed
    assert not Exhibit.objects.exists()


def test_a_scanned_number_or_seal_opens_its_exhibit_and_words_find_it(force: Force) -> None:
    one = knife(force, replace(KNIFE, seal="AB12345"))
    client = signed_in(force, Role.DETECTIVE)
    for typed in (one.reference, one.reference.lower(), one.reference.replace("/", "-"), "ab 12345", "AB12345"):
        assert client.get("/property/", {"q": typed}).headers["Location"] == address(one), typed
    assert one.reference in body(client.get("/property/", {"q": "black handle"}))
    for typed in ("", "nothing of the sort", "%", "x" * 5000, "\x00", "'; drop table crime_exhibit"):
        assert client.get("/property/", {"q": typed}).status_code in {200, 400}, typed
    assert one.reference not in body(client.get("/property/", {"q": "nothing of the sort"}))


def test_the_list_is_filtered_by_store_by_hands_and_by_what_is_to_be_looked_at(force: Force) -> None:
    one, where = stored(force)
    officer, viewer = force.one(Role.RESPONSE), force.one(Role.SERGEANT)
    other = services.seize(replace(KNIFE, mark="JS/2"), officer, crime_id=one.crime_id)

    def marks(**wanted: Any) -> list[str]:
        return [row.exhibit.mark for row in listed(viewer, Wanted(**wanted)).rows]

    assert marks() == ["JS/2", "JS/1"]
    assert marks(store_id=where.id) == ["JS/1"]
    assert marks(holder_id=officer.id) == ["JS/2"]
    assert marks(due=True) == []
    services.keep(other.id, "appeal", clock.today() + dt.timedelta(days=1), viewer)
    assert marks(due=True) == []
    assert marks(words="js/2") == ["JS/2"]
    with pytest.raises(InvalidError):
        listed(viewer, Wanted(page=2, after="nonsense"))


def test_a_restricted_incident_hides_its_property_everywhere(force: Force) -> None:
    from iops.control import services as control

    one, where = stored(force)
    inspector, stranger = force.one(Role.INSPECTOR), force.another(Role.SERGEANT)
    control.restrict(one.incident_id, [inspector.id], [], "A colleague is a party", inspector)
    client = Client()
    client.force_login(stranger)
    for path in (address(one), f"{address(one)}label.pdf", "/api/v1/exhibits/PR-1-2026"):
        assert client.get(path).status_code == 404, path
    assert one.description not in body(client.get("/property/"))
    assert one.description not in body(client.get("/property/", {"q": one.reference}))
    assert where.name in body(client.get("/property/stores/"))


def test_looking_at_an_exhibit_is_logged(force: Force) -> None:
    one, viewer = knife(force), force.one(Role.DETECTIVE)
    with assert_consulted("exhibit", [one.id], viewer), as_user(viewer):
        property_selectors.one(one.id, viewer)


# --- labels ----------------------------------------------------------------------------------------------------------


def test_a_label_is_read_back_by_a_scanner_and_says_the_same_in_words(force: Force) -> None:
    hostile = '#import "x": y; $ *bold* ] } \\ " end '
    one = knife(force, replace(KNIFE, seal="AB12345", description=hostile + "x" * 300))
    made = label(property_selectors.one(one.id, force.one(Role.RESPONSE)))
    pages = pypdfium2.PdfDocument(made)
    assert len(pages) == 1
    image = pages[0].render(scale=3, grayscale=True).to_numpy().squeeze()
    assert [code.text for code in zxingcpp.read_barcodes(image)] == [one.reference]
    words = " ".join(pages[0].get_textpage().get_text_range().split())
    for said in (one.reference, "JS/1", "AB12345", one.crime.reference if one.crime else "", '#import "x"'):
        assert said in words


def test_the_label_comes_from_the_page_as_a_pdf(force: Force) -> None:
    one, client = knife(force), signed_in(force, Role.RESPONSE)
    sent = client.get(f"{address(one)}label.pdf")
    assert (sent.status_code, sent["Content-Type"]) == (200, "application/pdf")
    assert sent.content.startswith(b"%PDF")


# --- counts ----------------------------------------------------------------------------------------------------------


def test_a_count_names_what_is_missing_what_is_too_much_and_what_nobody_knows(force: Force) -> None:
    here, where = stored(force)
    officer = force.one(Role.RESPONSE)
    missing = services.seize(replace(KNIFE, mark="JS/2"), officer, crime_id=here.crime_id)
    services.move(missing.id, Going("stored", "x", to_store_id=where.id), officer)
    astray = services.seize(replace(KNIFE, mark="JS/3", seal="AB33333"), officer, crime_id=here.crime_id)
    scanned = [here.reference, f" {here.reference.lower()} ", "ab33333", "ZZ99999", "", "  "]
    made = counting.count_store(where.id, scanned, officer)
    assert (made.expected, made.scanned) == (2, 3)
    found = {(d.difference, d.exhibit_id, d.code) for d in made.differences.all()}
    assert found == {
        ("missing", missing.id, missing.reference),
        ("surplus", astray.id, "AB33333"),
        ("unknown", None, "ZZ99999"),
    }
    assert owed("stock_difference") == {"stock-difference-answer": "open"}
    assert check_conservation().examples == []


def test_a_count_that_agrees_owes_nothing(force: Force) -> None:
    here, where = stored(force)
    made = counting.count_store(where.id, [here.reference], force.one(Role.RESPONSE))
    assert not made.differences.exists()
    assert owed("stock_difference") == {}


def test_a_difference_is_answered_by_a_supervisor_once(force: Force) -> None:
    _, where = stored(force)
    made = counting.count_store(where.id, [], force.one(Role.RESPONSE))
    one = made.differences.get()
    with pytest.raises(NotAllowedError):
        counting.answer_difference(one.id, "Found", force.one(Role.RESPONSE))
    counting.answer_difference(one.id, "Behind the shelf", force.one(Role.SERGEANT))
    with pytest.raises(ConflictError):
        counting.answer_difference(one.id, "Again", force.one(Role.SERGEANT))
    assert owed("stock_difference") == {"stock-difference-answer": "met"}


@pytest.mark.parametrize(("codes", "error"), [(["x"] * (counting.MOST_SCANNED + 1), InvalidError)])
def test_a_count_without_end_is_refused(force: Force, codes: list[str], error: type[Exception]) -> None:
    where = store(force)
    with pytest.raises(error):
        counting.count_store(where.id, codes, force.one(Role.RESPONSE))
    with pytest.raises(NotFoundError):
        counting.count_store(10**9, [], force.one(Role.RESPONSE))


def test_a_store_is_counted_and_answered_for_on_its_page(force: Force) -> None:
    here, where = stored(force)
    client = signed_in(force, Role.SERGEANT)
    page = "/property/stores/NORTH/"
    assert client.post(page, {"codes": ""}).status_code == 422
    assert client.post(page, {"codes": "ZZ1\nZZ1"}).status_code == 302
    shown = body(client.get(page))
    assert here.reference in shown
    assert "ZZ1" in shown
    one = StockDifference.objects.get(difference="missing")
    assert client.post(page, {"difference": str(one.id), "words": ""}).status_code == 422
    assert client.post(page, {"difference": "999999", "words": "x"}).status_code == 404
    assert client.post(page, {"difference": str(one.id), "words": "Found"}).status_code == 302
    assert here.reference not in body(client.get(page))
    assert client.get("/property/stores/NOWHERE/").status_code == 404
    assert client.post("/property/stores/", {"code": "!!", "name": "x"}).status_code == 422
    assert client.post("/property/stores/", {"code": "WEST", "name": "West store (made up)"}).status_code == 302
    assert signed_in(force, Role.RESPONSE).post("/property/stores/", {"code": "E2", "name": "x"}).status_code == 403
    assert where.name in body(client.get("/property/stores/"))


# --- duties ----------------------------------------------------------------------------------------------------------


def test_what_is_carried_about_owes_a_store_and_what_is_kept_owes_a_look(force: Force) -> None:
    one, where = knife(force), store(force)
    assert owed("exhibit") == {"exhibit-stored": "open"}
    services.move(one.id, Going("stored", "x", to_store_id=where.id), force.one(Role.RESPONSE))
    assert owed("exhibit") == {"exhibit-stored": "met"}
    held = services.keep(one.id, "appeal", clock.today() + dt.timedelta(days=30), force.one(Role.SERGEANT))
    assert owed("exhibit_retention") == {"exhibit-retention-review": "open"}
    services.review_retention(held.id, "No appeal was made", force.one(Role.SERGEANT))
    assert owed("exhibit_retention") == {"exhibit-retention-review": "met"}
    assert check_conservation().examples == []


# --- the API ---------------------------------------------------------------------------------------------------------


def call(client: Client, path: str, given: object | None = None) -> tuple[int, Any]:
    """One call of the API: status and answer."""
    sent = client.get(path) if given is None else client.post(path, json.dumps(given), content_type="application/json")
    return sent.status_code, json.loads(sent.content) if sent.content else None


def test_the_whole_life_of_an_exhibit_by_the_api(force: Force) -> None:
    crime, where = recorded(force), store(force)
    client, boss = signed_in(force, Role.RESPONSE), signed_in(force, Role.SERGEANT)
    of = f"/api/v1/crimes/CR-{crime.number}-{crime.year:%Y}/exhibits"
    told = {"mark": "JS/1", "kind": "phone", "description": "Phone (made up)", "power": "pace_32", "where": "Pocket"}
    status, one = call(client, of, told)
    assert (status, one["reference"], one["chain"][0]["movement"]) == (201, f"PR/1/{crime.year:%Y}", "seized")
    it = f"/api/v1/exhibits/{one['reference'].replace('/', '-')}"
    assert call(client, of, told)[0] == 409
    assert call(client, f"{it}/moves", {"movement": "stored", "reason": "x", "to_store_id": where.id})[0] == 201
    assert call(client, f"{it}/seals", {"seal": "AB12345"})[0] == 201
    status, kept = call(boss, f"{it}/retentions", {"reason": "appeal", "review_on": "2999-01-01"})
    assert status == 201
    gone = {"movement": "released", "reason": "x", "to_body": "Owner", "authority_id": force.one(Role.SERGEANT).id}
    assert call(client, f"{it}/moves", gone)[0] == 409
    number = kept["retentions"][0]["id"]
    assert call(boss, f"{it}/retentions/{number}/review", {"reason": "No appeal"})[0] == 200
    assert call(client, f"{it}/moves", gone)[0] == 201
    status, shown = call(client, it)
    assert (status, shown["gone"], [m["step"] for m in shown["chain"]]) == (200, True, [1, 2, 3])
    assert [row["mark"] for row in call(client, of)[1]] == ["JS/1"]


@pytest.mark.parametrize(("path", "given", "status"), [
    ("exhibits/PR-9-2026", None, 404), ("exhibits/nonsense", None, 404), ("exhibits/PR-1-2026/moves", {}, 422),
    ("exhibits/PR-1-2026/moves", {"movement": "eaten", "reason": "x"}, 422),
    ("exhibits/PR-1-2026/moves", {"movement": "handed", "reason": "x", "to_user_id": "me"}, 422),
    ("exhibits/PR-1-2026/seals", {"seal": "y" * 500}, 422), ("exhibits/PR-1-2026/retentions", [], 422),
    ("exhibits/PR-1-2026/retentions/1/review", {"reason": "x"}, 404),
    ("property-stores/NORTH/counts", {"codes": [1, 2]}, 422), ("property-stores/X/counts", {"codes": []}, 404),
    ("property-stores/NORTH/differences/1/answer", {"words": "x"}, 404),
])  # fmt: skip
def test_what_the_api_cannot_take_is_refused_clearly(force: Force, path: str, given: object, status: int) -> None:
    store(force)
    assert call(signed_in(force, Role.SERGEANT), f"/api/v1/{path}", given)[0] == status
    assert call(Client(), f"/api/v1/{path}", given)[0] == 401


def test_the_api_counts_a_store(force: Force) -> None:
    here, _ = stored(force)
    client = signed_in(force, Role.SERGEANT)
    status, made = call(client, "/api/v1/property-stores/north/counts", {"codes": ["ZZ1"]})
    assert (status, made["expected"], made["scanned"]) == (201, 1, 1)
    assert {d["difference"] for d in made["differences"]} == {"missing", "unknown"}
    missed = next(d["id"] for d in made["differences"] if d["exhibit"] == here.reference)
    assert call(client, f"/api/v1/property-stores/NORTH/differences/{missed}/answer", {"words": "Found"})[0] == 201
