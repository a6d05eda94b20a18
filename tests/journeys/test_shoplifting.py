"""A shoplifting with a named suspect is recorded in at most twelve interactions (U4), and given to somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.control.selectors import address
from iops.crime.models import Crime
from iops.foundation.roles import Role
from tests.crime.recorded.scene import shoplifting

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.force import Force
    from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser
MOST = 12


class Counted:
    """Every click, choice and field filled is one interaction."""

    def __init__(self) -> None:
        self.made = 0

    def click(self, where: Locator) -> None:
        self.made += 1
        where.click()

    def fill(self, where: Locator, words: str) -> None:
        self.made += 1
        where.fill(words)

    def check(self, where: Locator) -> None:
        self.made += 1
        where.check()


def test_a_shoplifting_with_a_named_suspect_takes_at_most_twelve_interactions(desk: Desk, force: Force) -> None:
    incident, _ = shoplifting(force)
    page, hand = desk.page, Counted()
    desk.sign_in(force.one(Role.SERGEANT))
    desk.go(address(incident))
    hand.click(page.get_by_role("link", name="Work out what must be recorded"))
    hand.fill(page.get_by_label("or its class or code"), "46")
    hand.click(page.get_by_role("button", name="Answer", exact=True))
    hand.check(page.get_by_role("group", name="Who reports it?").get_by_label("Victim", exact=True))
    hand.click(page.get_by_role("button", name="Answer", exact=True))
    assert desk.violations() == []
    hand.click(page.get_by_role("button", name="Record the crime"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Crime CR/1/")
    assert hand.made <= MOST, hand.made
    expect(page.get_by_role("link", name="Tom Reed (made up)").first).to_be_visible()
    assert desk.violations() == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= 360")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_text("Allocate", exact=True).first.click()
    page.get_by_label("Owner", exact=True).select_option(label="response (made up)")
    page.get_by_label("Why to them").fill("Knows the shop")
    page.get_by_role("button", name="Allocate", exact=True).click()
    expect(page.get_by_text("Knows the shop")).to_be_visible()
    assert Crime.objects.get().owners.count() == 1
    desk.go("/crimes/")
    expect(page.get_by_role("link", name=Crime.objects.get().reference)).to_be_visible()
    assert desk.violations() == []
