"""A sergeant reviews how an incident was handled; the officer reads the feedback on a telephone and answers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.control.selectors import address
from iops.foundation.roles import Role
from iops.safeguarding import services as safeguarding

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.force import Force
    from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser


def shot(page: Page, name: str) -> None:
    """A picture to look at, where a folder for them is named."""
    if folder := os.environ.get("IOPS_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def sound(desk: Desk) -> None:
    assert desk.violations() == []
    assert desk.overflow() <= 0


def test_a_failed_point_reaches_the_officer_who_answers_it(desk: Desk, force: Force) -> None:
    incident = force.incident(domestic=True)
    safeguarding.assess_risk(incident.id, {}, "medium", "Seen", force.one(Role.RESPONSE))
    page = desk.page
    page.set_viewport_size({"width": 1280, "height": 900})
    desk.sign_in(force.one(Role.SERGEANT))
    desk.go(address(incident))
    page.get_by_role("link", name="How this was handled").click()
    page.get_by_label("response (made up)").check()
    for group in page.locator("fieldset").filter(has=page.get_by_label("Not applicable")).all():
        group.get_by_label("Yes", exact=True).check()
    apart = page.get_by_role("group", name="Were the people involved spoken to apart")
    apart.get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Save the review").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("has no note")
    sound(desk)
    page.locator(".govuk-error-summary a").click()
    page.keyboard.type("Take one of them to the kitchen first")
    shot(page, "review-1280")
    page.get_by_role("button", name="Save the review").click()
    desk.told("Review saved.")
    expect(page.get_by_role("heading", name="19 yes, 1 no, 0 not applicable")).to_be_visible()
    sound(desk)
    officer_reads(desk, force)


def officer_reads(desk: Desk, force: Force) -> None:
    """What the officer does on a telephone."""
    page = desk.page
    page.set_viewport_size({"width": 360, "height": 740})
    desk.sign_in(force.one(Role.RESPONSE))
    desk.go("/feedback/")
    expect(page.get_by_text("Take one of them to the kitchen first")).to_be_visible()
    sound(desk)
    shot(page, "feedback-360")
    page.get_by_label("Reply").fill("Understood")
    page.get_by_role("button", name="I have read this").click()
    desk.told("Acknowledged.")
    expect(page.get_by_role("button", name="I have read this")).to_have_count(0)
    sound(desk)
