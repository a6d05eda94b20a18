"""A detective finds three thefts of one man tied by facts, makes a series, hands it over, takes one out, closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.crime.models import CrimeStanding, Series
from iops.crime.recorded.selectors import address
from iops.foundation.roles import Role
from tests.crime.series.scene import theft, thief
from tests.foundation.acting_as import as_user
from tests.journeys.test_victim import seen

if TYPE_CHECKING:
    from tests.force import Force
    from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser


def test_a_series_of_shoplifting_is_found_by_facts_owned_by_one_and_closed(desk: Desk, force: Force) -> None:
    page, sergeant, detective = desk.page, force.one(Role.SERGEANT), force.one(Role.DETECTIVE)
    with as_user(force.one(Role.INSPECTOR)):
        tom = thief(force)
        one, two, three = (theft(force, tom) for _ in range(3))
    desk.sign_in(sergeant)
    desk.go(address(one))
    expect(page.get_by_text("The same suspect, the same day").first).to_be_visible()
    page.get_by_text("Make a series with it as lead crime").click()
    page.get_by_label("Name of the series").fill("Razor")
    page.get_by_label("What the crimes have in common").fill("Razor blades, one man in a red coat")
    page.get_by_label(f"{two.reference}: The same suspect").check()
    page.get_by_role("button", name="Make the series").click()
    desk.told("The series Razor is made, of 2 crimes.")
    seen(desk, "crime-in-series")
    page.get_by_role("link", name="Razor", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Series Razor")
    page.get_by_role("button", name="Put it into the series").filter(has_text=three.reference).press("Enter")
    desk.told(f"{three.reference} is in the series.")
    page.get_by_text("Change the lead crime or the owner").click()
    page.locator("#act-lead").get_by_label("Owner of all of it").select_option(str(detective.id))
    page.locator("#act-lead").get_by_label("Why").fill("Knows the man")
    page.locator("#act-lead").get_by_role("button", name="Save").click()
    desk.told(f"{one.reference} leads; {detective.name} owns all of it.")
    assert set(CrimeStanding.objects.values_list("owner_id", flat=True)) == {detective.id}
    page.get_by_text("Take a crime out of it").click()
    page.locator("#act-leave").get_by_label("Crime number").fill(one.reference)
    page.locator("#act-leave").get_by_label("Why").fill("Another man")
    page.get_by_role("button", name="Take it out").click()
    expect(page.locator("#act-leave").get_by_label("Why")).to_have_value("Another man")
    expect(page.get_by_text("The crime leads the series.").first).to_be_visible()
    page.locator("#act-leave").get_by_label("Crime number").fill(two.reference)
    page.get_by_role("button", name="Take it out").click()
    desk.told(f"{two.reference} was taken out.")
    seen(desk, "series")
    page.get_by_text("Close the series", exact=True).first.click()
    page.locator("#act-close").get_by_label("Why it is closed").fill("He was charged")
    page.locator("#act-close").get_by_role("button", name="Close the series").click()
    desk.told("The series is closed.")
    assert Series.objects.get().closed.reason == "He was charged"
    desk.go("/series/?closed=on")
    expect(page.get_by_role("link", name="Razor")).to_be_visible()
    assert desk.violations() == []
