"""A knife is seized, bagged, stored, found by its label and missed by a count; and who is wanted is on a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.crime.justice import services as justice
from iops.crime.models import Exhibit
from iops.crime.recorded.selectors import address
from iops.foundation.roles import Role
from iops.pole.models import Link
from tests.crime.exhibits.scene import store
from tests.crime.recorded.scene import recorded
from tests.journeys.test_victim import seen

if TYPE_CHECKING:
    from tests.force import Force
    from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser


def test_an_exhibit_goes_from_the_seizure_to_a_store_that_is_counted(desk: Desk, force: Force) -> None:
    crime, page = recorded(force), desk.page
    store(force)
    desk.sign_in(force.one(Role.SERGEANT))
    desk.go(address(crime))
    desk.act("Put seized property on record")
    form = page.locator("#act-seize")
    form.get_by_label("Identification mark").fill("JS/1")
    form.get_by_label("Sort of property").select_option("weapon")
    form.get_by_label("Description").fill("Kitchen knife, black handle (made up)")
    form.get_by_label("By what power").select_option("pace_32")
    form.get_by_label("Where it was").fill("Hall of 1 Mill Lane")
    form.get_by_label("Number of the bag or tag").fill("ab 12345")
    form.get_by_role("button", name="Save the property").click()
    desk.told("JS/1 is PR/1/")
    assert desk.violations() == []
    page.get_by_role("link", name=Exhibit.objects.get().reference).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("JS/1")
    desk.act("Move it, send it out")
    form = page.locator("#act-move")
    form.get_by_label("What is done").select_option("stored")
    form.get_by_label("Store").select_option(label="North store (made up)")
    form.get_by_label("Shelf").fill("A1")
    form.get_by_label("Why").fill("Booked in")
    form.get_by_role("button", name="Save the movement").click()
    desk.told("Moved.")
    expect(page.locator("section[aria-labelledby=chain]")).to_contain_text("North store (made up), shelf A1")
    assert desk.violations() == []
    seen(desk, "exhibit")
    desk.go("/property/")
    assert desk.violations() == []
    page.get_by_label("Scan or type a number").fill("AB12345")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Exhibit PR/1/")
    desk.go("/property/stores/NORTH/")
    page.get_by_label("Codes").fill("ZZ999")
    page.get_by_role("button", name="Compare with the records").click()
    desk.told("2 differ and must be answered for.")
    assert desk.violations() == []
    seen(desk, "store")
    for path in ("/property/", "/property/stores/", "/property/stores/NORTH/", "/property/PR-1-2026/"):
        page.set_viewport_size({"width": 360, "height": 800})
        desk.go(path.replace("2026", f"{Exhibit.objects.get().year:%Y}"))
        assert desk.overflow() <= 0, path


def test_the_wanted_list_is_read_on_a_telephone_and_an_inspector_cancels_a_name(desk: Desk, force: Force) -> None:
    crime, page = recorded(force, domestic=True), desk.page
    suspect = Link.objects.get(to_kind="crime", to_id=crime.id, role="suspect").from_id
    justice.want(crime.id, suspect, "Left before we came", force.one(Role.RESPONSE))
    desk.sign_in(force.one(Role.INSPECTOR))
    desk.go("/wanted/")
    expect(page.get_by_text("Left before we came")).to_be_visible()
    assert desk.violations() == []
    seen(desk, "wanted")
    page.set_viewport_size({"width": 360, "height": 800})
    assert desk.overflow() <= 0
    page.get_by_text("Cancel: Tom Reed (made up) is no longer wanted").click()
    page.get_by_label("Why they are no longer wanted").fill("Shown to be another man")
    page.get_by_role("button", name="Cancel it").click()
    desk.told("They are no longer wanted")
    expect(page.get_by_text("Left before we came")).to_have_count(0)
