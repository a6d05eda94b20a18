"""Finding duplicates, comparing two records, merging them and taking the merge apart: by keyboard, on a phone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.pole.identity import clusters
from iops.pole.identity import services as identity
from iops.pole.identity.run import find_duplicates
from iops.pole.models import Name
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from tests.force import Force
    from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser

LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"


@pytest.fixture
def people(force: Force) -> list[int]:
    """Two spellings of one man with something on each, a sister, and somebody with the longest of names."""
    by = force.one(Role.SERGEANT)
    made = [
        pole.register_person(name, by, born="12/3/1985", sex=sex, made_up=True).id
        for name, sex in (
            ("Jonathan Featherstone", "male"),
            ("Jon Fetherstone", "male"),
            ("Joan Featherstone", "female"),
            (f"{LONG} {LONG}", "male"),
        )
    ]
    home = pole.register_location("1 Mill Lane, AB1 2CD", by)
    for person in made:
        pole.place_at(person, home.id, by)
    phone = pole.add_phone("0161 496 0001", by)
    for person in made[:2]:
        pole.link(("person", person), "user", ("phone", phone.id), by)
        for _ in range(2):
            pole.link(("person", person), "victim", ("incident", force.incident().id), by)
    pole.propose_marker(kind="weapons", severity="grave", grounds="A knife in the hall", by=by, person_id=made[1])
    pole.add_detail(made[0], "occupation", f"roofer at {LONG}", by)
    with as_user(None):
        find_duplicates()
    return made


def picture(desk: Desk, name: str) -> None:
    """Keep a picture of the page where somebody wants to look at it."""
    folder = os.environ.get("IOPS_PICTURES")
    if folder:
        desk.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("width", [1280, 360])
def test_every_page_on_who_is_whom_is_accessible_and_fits(
    desk: Desk, force: Force, people: list[int], width: int
) -> None:
    a, b, c, d = people
    desk.page.set_viewport_size({"width": width, "height": 740})
    desk.sign_in(force.one(Role.SERGEANT))
    identity.merge([c, d], f"They share {LONG}", force.one(Role.SERGEANT))
    pole.add_name(c, LONG, force.one(Role.SERGEANT), kind="nickname")
    found: dict[str, list[str]] = {}
    places = {
        "duplicates": "/people/duplicates/",
        "choose": f"/people/{a}/merge/",
        "compare": f"/people/{a}/merge/{b}/",
        "compare-merged": f"/people/{c}/merge/{d}/",
        "unmerge": f"/people/{c}/unmerge/",
        "unmerge-nothing": f"/people/{a}/unmerge/",
        "decisions": f"/people/{c}/decisions/",
    }
    for name, place in places.items():
        desk.go(place)
        desk.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        picture(desk, f"{name}-{width}")
        found[name] = [*desk.violations(), *([] if desk.overflow() <= 0 else [f"{desk.overflow()} px too wide"])]
    assert {place: faults for place, faults in found.items() if faults} == {}


def test_a_pair_is_compared_merged_and_taken_apart_again(desk: Desk, force: Force, people: list[int]) -> None:
    a, b, *_ = people
    page = desk.page
    desk.sign_in(force.one(Role.SERGEANT))
    desk.go("/people/duplicates/")
    expect(page.locator("#ratio")).to_contain_text("wait for a decision")
    page.locator(f"a[href='/people/{a}/merge/{b}/']").click()
    expect(page.locator("#after + ul")).to_contain_text("4 ever")
    expect(page.locator("#after + ul")).to_contain_text("weapons (grave)")
    page.get_by_label("The same person: merge").check()
    page.get_by_role("button", name="Save the decision").click()
    page.get_by_role("alert").wait_for()
    assert desk.violations() == []
    assert page.get_by_label("The same person: merge").is_checked()
    page.get_by_label("Reason").fill("Fingerprints agree")
    page.get_by_role("button", name="Save the decision").click()
    desk.told("are one person")
    expect(page.get_by_role("heading", name="Jonathan Featherstone")).to_be_visible()

    name = pole.add_name(a, "Johnny the Fish", force.one(Role.RESPONSE))
    desk.go(f"/people/{a}/unmerge/")
    expect(page.locator("#stand ~ ol")).to_contain_text("2 ever")
    page.locator(f"[name=name-{name.id}]").select_option(str(b))
    page.get_by_label("Reason").fill("Two cousins")
    page.get_by_role("button", name="Take the merge apart").click()
    desk.told("stands on its own again")
    with as_user(force.one(Role.SERGEANT)):
        assert clusters.together(a) == [a]
        assert Name.objects.get(full="Johnny the Fish", withdrawn_at=None).person_id == b


def test_a_pair_is_decided_by_the_keyboard_alone(desk: Desk, force: Force, people: list[int]) -> None:
    a, b, *_ = people
    page = desk.page
    desk.page.set_viewport_size({"width": 360, "height": 740})
    desk.sign_in(force.one(Role.SERGEANT))
    desk.go("/people/duplicates/")
    first = page.locator("ol.iops-owed > li").first
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert first.get_by_label("Not the same person").is_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("Cousins: both were seen together")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    desk.told("It is not asked again")
    with as_user(force.one(Role.SERGEANT)):
        latest = clusters.latest(a, b)
        assert latest is not None
        assert (latest.verdict, latest.reason) == ("different", "Cousins: both were seen together")


def test_a_pair_is_skipped_by_a_link(desk: Desk, force: Force, people: list[int]) -> None:
    desk.sign_in(force.one(Role.SERGEANT))
    desk.go("/people/duplicates/")
    second = desk.page.locator("ol.iops-owed > li").nth(1).get_attribute("id")
    desk.page.get_by_role("link", name="Skip to the next pair").first.click()
    assert desk.page.url.endswith(f"#{second}")


def test_what_was_decided_meanwhile_is_looked_at_again(desk: Desk, force: Force, people: list[int]) -> None:
    a, b, c, _ = people
    page = desk.page
    desk.sign_in(force.one(Role.SERGEANT))
    desk.go(f"/people/{a}/merge/{b}/")
    identity.merge([b, c], "meanwhile", force.one(Role.INSPECTOR))
    page.get_by_label("The same person: merge").check()
    page.get_by_label("Reason").fill("Fingerprints agree")
    page.get_by_role("button", name="Save the decision").click()
    expect(page.get_by_role("alert")).to_contain_text("Another decision about these people was made meanwhile")
    expect(page.locator(".iops-compare-head")).to_contain_text("Joan Featherstone")
    page.get_by_role("button", name="Save the decision").click()
    desk.told("are one person")


def test_who_does_not_decide_is_told_who_does(desk: Desk, force: Force, people: list[int]) -> None:
    a, b, *_ = people
    desk.sign_in(force.one(Role.RESPONSE))
    for place in ("/people/duplicates/", f"/people/{a}/merge/{b}/"):
        desk.go(place)
        expect(desk.page.get_by_text("Who is the same person is decided by: sergeant")).to_be_visible()
        assert desk.page.get_by_role("button", name="Save the decision").count() == 0
