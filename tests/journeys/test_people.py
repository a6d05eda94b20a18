"""People, places and vehicles in a browser: what an officer reads on a telephone on the way to a door."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.control import services as control
from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.pole.services import Provenance
from tests.pole.records.people import a_person, involve, same

if TYPE_CHECKING:
    from iops.pole.models import Location, Person, Vehicle
    from tests.force import Force
    from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser

LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"


def the_tester(force: Force) -> tuple[Person, Location, Vehicle]:
    """A person of two nominals with something in every part of their page, their home, and their car."""
    by, officer = force.one(Role.SERGEANT), force.one(Role.RESPONSE)
    one = a_person(force, "Morag Tester", born="12 March 1985", sex="female")
    two = a_person(force, "Morag Testar", born="30s")
    three = a_person(force, f"Morag {LONG}", born="4 July 1990")
    same(one, two, by)
    same(one, three, by)
    sure = Provenance(source="document", detail="driving licence", confidence="confirmed", since=dt.date(2019, 7, 1))
    pole.add_name(one.id, "Mo", officer, kind="nickname")
    wrong = pole.add_name(one.id, "Moira", officer)
    pole.withdraw(wrong, "That was her sister", by)
    pole.add_detail(two.id, "sex", "male", officer)
    pole.add_detail(one.id, "ethnicity_self", "White: British", officer)
    pole.add_detail(one.id, "ethnicity_officer", "IC1", officer)
    pole.add_identifier(one.id, "pnc", "19/123456A", officer, provenance=sure)
    home = pole.register_location(
        "12 Mill Lane, Ashford, M1 1AA", officer, access_notes="Side door; code 4711.\nDog in the yard.",
        parts=pole.Parts(number="12", street="Mill Lane", town="Ashford", postcode="M1 1AA"), made_up=True,
    )  # fmt: skip
    pole.register_location("14 Mill Lane, Ashford, M1 1AA", officer, made_up=True)
    old = pole.register_location(f"Flat 3, {LONG}", officer, made_up=True)
    pole.place_at(one.id, home.id, officer, provenance=sure)
    pole.place_at(two.id, old.id, officer, provenance=Provenance(until=dt.date(2019, 6, 30)))
    phone = pole.add_phone("0161 496 0000", officer, made_up=True)
    pole.link(("person", two.id), "user", ("phone", phone.id), officer)
    car = pole.register_vehicle("AB12 CDE", officer, make="Vauxhall", model="Astra", colour="blue", made_up=True)
    pole.link(("person", one.id), "keeper", ("vehicle", car.id), officer)
    friend, partner = a_person(force, "Jo Friend"), a_person(force, "Sam Partner", born="1 May 1980")
    pole.link(("person", one.id), "friend", ("person", friend.id), officer)
    pole.link(("person", partner.id), "ex-partner", ("person", two.id), officer)
    pole.place_at(partner.id, home.id, officer)
    for kind, grade, person_id, location_id in (
        ("weapons", "grave", two.id, None), ("dog", "caution", None, home.id), ("violent", "serious", one.id, None),
    ):  # fmt: skip
        marker = pole.propose_marker(
            kind=kind, severity=grade, grounds=f"Seen on a visit: {kind}.", by=officer, person_id=person_id,
            location_id=location_id, made_up=True,
        )  # fmt: skip
        if kind == "dog":
            pole.decide_marker(marker.id, True, "", by)
    ended = pole.propose_marker(
        kind="drugs", severity="caution", grounds="Needles", by=officer, person_id=one.id, made_up=True
    )
    pole.end_marker(ended.id, "Clean for years", by)
    for number in range(30):
        incident = force.incident(where="12 Mill Lane, Ashford", domestic=number == 3)
        involve((one, two, three)[number % 3], incident, ("victim", "caller", "suspect")[number % 3], officer)
        if number == 3:
            control.grade(incident.id, 1, "", officer)
            control.record_arrival(control.assign_unit(incident.id, "AB12", officer).id, officer)
    pole.link(("location", home.id), "scene", ("incident", incident.id), officer)
    pole.link(("vehicle", car.id), "seen", ("incident", incident.id), officer)
    return one, home, car


@pytest.mark.parametrize("width", [1280, 360])
def test_pages_of_people_places_and_vehicles_are_accessible_and_fit(desk: Desk, force: Force, width: int) -> None:
    person, home, car = the_tester(force)
    desk.page.set_viewport_size({"width": width, "height": 740})
    desk.sign_in(force.one(Role.RESPONSE))
    found = {}
    for place in (f"/people/{person.id}/", f"/places/{home.id}/", f"/vehicles/{car.id}/"):
        desk.go(place)
        found[place] = [*desk.violations(), *([] if desk.overflow() <= 0 else [f"{desk.overflow()} px too wide"])]
        desk.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        found[f"{place} opened"] = [
            *desk.violations(),
            *([] if desk.overflow() <= 0 else [f"{desk.overflow()} px too wide"]),
        ]
    assert {place: faults for place, faults in found.items() if faults} == {}


def test_markers_come_first_and_the_gravest_of_them_first(desk: Desk, force: Force) -> None:
    person, _, _ = the_tester(force)
    desk.page.set_viewport_size({"width": 360, "height": 740})
    desk.sign_in(force.one(Role.RESPONSE))
    desk.go(f"/people/{person.id}/")
    headings = desk.page.locator("main h1, main h2").all_inner_texts()
    assert headings[:2] == ["Morag Tester", "Warning markers (3)"]
    shown = desk.page.locator(".iops-marker h3")
    assert [t.strip("▲ \n") for t in shown.all_inner_texts()[:3]] == ["Weapons", "Violent", "Dangerous dog"]
    first = desk.page.locator(".iops-marker").first
    expect(first).to_be_in_viewport()
    expect(first).to_contain_text("proposed, not confirmed")
    ended = desk.page.get_by_text("Clean for years")
    expect(ended.first).not_to_be_visible()
    desk.page.get_by_text("Markers that stand no longer (1)").click()
    expect(ended.first).to_be_visible()


def test_the_chart_is_walked_with_the_keyboard_and_says_what_its_table_says(desk: Desk, force: Force) -> None:
    person, home, _ = the_tester(force)
    page = desk.page
    desk.sign_in(force.one(Role.RESPONSE))
    desk.go(f"/people/{person.id}/")
    nodes = page.locator(".iops-chart--wide a")
    drawn = nodes.count()
    assert drawn == 6 + 14 + 1
    nodes.first.focus()
    walked = []
    for _ in range(drawn):
        walked.append(page.evaluate("document.activeElement.getAttribute('href')"))
        page.keyboard.press("Tab")
    assert walked == [nodes.nth(n).get_attribute("href") for n in range(drawn)]
    names = [nodes.nth(n).locator("title").text_content() or "" for n in range(drawn)]
    expect(nodes.nth(0)).to_have_accessible_name(names[0])
    assert "home 12 Mill Lane, Ashford, M1 1AA, since 1 July 2019" in names
    assert any(name.startswith("victim in incident ") for name in names)
    table = page.locator(".iops-linked tbody")
    targets = set(table.locator("a").evaluate_all("links => links.map(a => a.getAttribute('href'))"))
    assert {w for w in walked if not w.startswith("#")} <= targets
    page.locator(f".iops-chart--wide a[href='/places/{home.id}/']").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("12 Mill Lane, Ashford, M1 1AA")
    assert page.locator(f".iops-chart--wide a[href='/people/{person.id}/']").count() == 1


def test_an_officer_goes_from_what_is_owed_to_the_incident(desk: Desk, force: Force) -> None:
    person, _, _ = the_tester(force)
    desk.sign_in(force.one(Role.RESPONSE))
    desk.go(f"/people/{person.id}/")
    desk.page.locator("section[aria-labelledby=owed] li", has_text="Assess the risk").get_by_role("link").click()
    assert desk.page.get_by_role("heading", level=1).inner_text().startswith("Incident ")


def test_the_timeline_is_read_by_sort_and_by_page(desk: Desk, force: Force) -> None:
    person, _, _ = the_tester(force)
    page = desk.page
    desk.sign_in(force.one(Role.RESPONSE))
    desk.go(f"/people/{person.id}/")
    page.get_by_role("navigation", name="What the timeline shows").get_by_role("link", name="Incidents").click()
    expect(page.locator("section[aria-labelledby=timeline]")).to_contain_text("1 to 25 of 30 entries")
    page.get_by_role("link", name="Next page").click()
    expect(page.locator("section[aria-labelledby=timeline]")).to_contain_text("26 to 30 of 30 entries")
    page.locator(".iops-timeline a").first.click()
    assert "/incidents/" in page.url
