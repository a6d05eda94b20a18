"""From a name somebody half remembers to the warning before the door: the search, a new person, the intake screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.pole.models import IdentityDecision, Person

if TYPE_CHECKING:
    from playwright.sync_api import Route

    from tests.force import Force
    from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser


def dangerous(force: Force) -> Person:
    """Somebody with a warning, an address, a number and two incidents."""
    by = force.one(Role.RESPONSE)
    person = pole.register_person("Stephen Mohammed Greene", by, born="12/3/1985", sex="male", made_up=True)
    pole.place_at(person.id, pole.register_location("14 Acacia Road, Bolton BL1 2AB", by).id, by)
    phone = pole.add_phone("0161 496 0123", by)
    pole.link(("person", person.id), "user", ("phone", phone.id), by)
    pole.propose_marker(kind="firearms", severity="grave", grounds="Shotgun", by=by, person_id=person.id, made_up=True)
    for _ in range(2):
        pole.link(("person", person.id), "suspect", ("incident", force.incident().id), by)
    return person


def test_a_misspelt_name_is_found_while_it_is_typed_and_opened_from_the_keyboard(desk: Desk, force: Force) -> None:
    person = dangerous(force)
    desk.sign_in(force.one(Role.RESPONSE))
    desk.go("/")
    desk.page.keyboard.press("/")
    expect(desk.page.locator("[data-find]")).to_be_focused()
    desk.page.keyboard.type("green steven")
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("link", name="Stephen Mohammed Greene")).to_be_visible()
    box = desk.page.locator("#search-q")
    box.fill("")
    box.press_sequentially("steven gree", delay=20)
    hit = desk.page.get_by_role("link", name="Stephen Mohammed Greene")
    expect(hit).to_be_visible()
    expect(desk.page.locator("#hits")).to_contain_text("given name: another form of the same name")
    expect(desk.page.locator("#hits")).to_contain_text("Warning")
    desk.page.keyboard.press("ArrowDown")
    expect(hit).to_be_focused()
    desk.page.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    desk.page.keyboard.press("ArrowDown")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url(f"**/people/{person.id}/")
    expect(desk.page.locator("h1")).to_have_text("Stephen Mohammed Greene")


@pytest.mark.parametrize(
    "asked",
    ["0161 496 0123", "4960123", "BL1 2AB", "acacia", "stephen greene 12/03/1985", "greene 3/12/85", "Shotgun"],
)
def test_the_one_box_takes_numbers_addresses_dates_and_words(asked: str, desk: Desk, force: Force) -> None:
    dangerous(force)
    desk.sign_in(force.one(Role.RESPONSE))
    desk.go(f"/search/?q={asked}")
    assert desk.page.locator("#hits").get_by_role("link").count() > 0


def test_somebody_is_recorded_anew_only_with_a_reason(desk: Desk, force: Force) -> None:
    dangerous(force)
    desk.sign_in(force.one(Role.RESPONSE))
    desk.go("/people/new/")
    desk.page.get_by_label("Name", exact=True).fill("Stephen Greene")
    desk.page.get_by_label("Date of birth or age").fill("12/3/1985")
    desk.page.get_by_role("button", name="Record the person").click()
    expect(desk.page.get_by_role("heading", name="Is this who you mean?")).to_be_visible()
    assert not desk.violations()
    assert desk.overflow() <= 0
    desk.page.get_by_label("Why this is somebody else").fill("Spoke to both of them at the station")
    desk.page.get_by_role("button", name="Record a new person all the same").click()
    desk.page.wait_for_url("**/people/*/")
    assert Person.objects.count() == 2
    assert IdentityDecision.objects.get().verdict == "different"


def test_the_warning_stands_on_the_intake_screen_before_the_call_is_saved(desk: Desk, force: Force) -> None:
    dangerous(force)
    desk.sign_in(force.one(Role.CALL_HANDLER))
    desk.go("/incidents/new/")
    known = desk.page.locator("#intake")
    desk.page.get_by_label("Where").press_sequentially("14 acacia rd", delay=10)
    expect(known).to_contain_text("Firearms")
    expect(known).to_contain_text("Involved 2 times in 12 months, 2 ever")
    desk.page.get_by_label("Where").fill("Somewhere else entirely")
    expect(known).to_contain_text("Asked: nothing found")
    desk.page.get_by_label("Call back").fill("+44 161 496 0123")
    expect(known).to_contain_text("Firearms")
    assert not desk.violations()
    desk.page.get_by_label("Call back").fill("")
    desk.page.get_by_text("Everything else").click()
    desk.page.get_by_label("Name of the caller").fill("Steven Green")
    expect(known).to_contain_text("Firearms")
    desk.page.get_by_label("What is happening").fill("Shouting")
    desk.page.get_by_role("button", name="Save the incident").click()
    desk.told("is open")


def test_when_history_cannot_be_loaded_the_screen_says_so_in_red_and_saving_works(desk: Desk, force: Force) -> None:
    dangerous(force)
    desk.sign_in(force.one(Role.CALL_HANDLER))
    desk.go("/incidents/new/")
    alarm = desk.page.locator("#intake-lost")
    expect(alarm).to_be_hidden()

    def lost(route: Route) -> None:
        route.abort()

    desk.page.route("**/incidents/intake/**", lost)
    desk.page.get_by_label("Where").fill("14 Acacia Road")
    expect(alarm).to_be_visible()
    expect(alarm).to_contain_text("Do not take it that nothing is known")
    assert "none" not in (desk.page.locator("#intake").text_content() or "").lower()
    assert not desk.violations()
    desk.page.unroute("**/incidents/intake/**")
    desk.page.get_by_label("Where").fill("14 Acacia Roa")
    expect(alarm).to_be_hidden()
    expect(desk.page.locator("#intake")).to_contain_text("Firearms")
    desk.faults.clear()


@pytest.mark.parametrize("width", [1280, 360])
def test_the_pages_of_search_and_recording_are_accessible_and_fit(desk: Desk, force: Force, width: int) -> None:
    person = dangerous(force)
    marker = person.markers.get()
    desk.page.set_viewport_size({"width": width, "height": 740})
    desk.sign_in(force.one(Role.SERGEANT))
    name = pole.add_name(person.id, "x" * 200, force.one(Role.SERGEANT))
    wrong: dict[str, list[str]] = {}
    for place in (
        "/search/", "/search/?q=steven+green", "/search/?q=nobody+at+all", "/people/new/", "/places/new/",
        *(f"/people/{person.id}/add/{e}/" for e in ("name", "birth", "address", "marker", "restrict", "incident")),
        f"/warnings/{marker.id}/", f"/values/name/{name.id}/withdraw/", f"/people/{person.id}/", "/incidents/new/",
    ):  # fmt: skip
        desk.go(place)
        found = [*desk.violations(), *([] if desk.overflow() <= 0 else ["too wide"])]
        if found:
            wrong[place] = found
    assert wrong == {}
