"""An officer refers a child on a telephone, the partner takes it on its own page, in a browser of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from iops.control.selectors import address
from iops.foundation.roles import Role
from iops.safeguarding import services as safeguarding
from iops.safeguarding.models import Referral
from iops.safeguarding.referrals import links, outbox, services
from iops.safeguarding.referrals.states import state_of
from tests.journeys.conftest import Desk as Browsing

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from iops.control.models import Incident
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


def test_an_officer_sends_and_the_partner_accepts_in_a_browser_of_its_own(
    desk: Desk, force: Force, browser: Browser, live_server: LiveServer, settings: Any, tmp_path: Path
) -> None:
    settings.IOPS_OUTBOX = tmp_path
    keeper = force.one(Role.SAFEGUARDING)
    services.register_agency("North children's services (made up)", "children_services", "folder", "north-cs", keeper)
    incident = force.incident(domestic=True, what="Shouting at 12 Oak Road, a boy hid")
    child = safeguarding.link_child(incident.id, "Tom Brown (made up)", None, force.one(Role.RESPONSE))
    safeguarding.decide_on_child(child.id, "refer_now", "He was hit", force.one(Role.RESPONSE))
    draft_and_send(desk, force, incident)
    assert outbox.deliver_due() == 1
    referral = Referral.objects.get()
    partner_accepts(browser, live_server.url, referral)
    page = desk.page
    page.reload()
    expect(page.get_by_text("said by Jo Bell, duty manager on the agency’s page").first).to_be_visible()
    sound(desk)
    shot(page, "referral")
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        desk.go("/referrals/")
        expect(page.get_by_text("1 to 1 of 1")).to_be_visible()
        sound(desk)
        shot(page, f"list-{width}")


def draft_and_send(desk: Desk, force: Force, incident: Incident) -> None:
    """What the officer does on a telephone: keep the address back, draft (first in haste), send."""
    page = desk.page
    page.set_viewport_size({"width": 360, "height": 740})
    desk.sign_in(force.one(Role.RESPONSE))
    desk.go(address(incident))
    desk.act("Keep something back")
    box = page.locator("#act-sharing-bar")
    box.get_by_label("Words that nobody must be told").check()
    box.get_by_label("Name, e-mail address or words").fill("12 Oak Road")
    box.get_by_label("Reason").fill("She hides there")
    box.get_by_role("button", name="Put it on the list").click()
    desk.told("On the must-not-receive list.")
    sound(desk)
    page.get_by_role("link", name="Refer somebody").click()
    page.get_by_role("button", name="Save the draft").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    sound(desk)
    shot(page, "new")
    page.get_by_label("Tom Brown (made up)").check()
    page.get_by_label("To", exact=True).select_option(label="North children's services (made up)")
    page.get_by_label("What it is about").select_option(label="Child")
    page.get_by_label("Immediate").check()
    page.get_by_label("Why this person is referred").fill("He was hit at 12, oak rd.")
    page.get_by_label("On what ground it is shared").select_option(label="Safeguarding a child")
    page.get_by_label("Grounds (optional)").fill("He is five")
    page.get_by_role("button", name="Save the draft").click()
    desk.told("The referral is drafted.")
    page.get_by_role("button", name="Send the referral").click()
    desk.told("Sent. It is not received")
    sound(desk)


def partner_accepts(browser: Browser, base: str, referral: Referral) -> None:
    """What the partner does on its own page: open it, say that it was received, accept it."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="en-GB")
    partner = Browsing(context.new_page(), base)
    partner.go(links.address(referral))
    expect(partner.page.get_by_text("Tom Brown (made up)").first).to_be_visible()
    assert "Oak" not in partner.page.content()
    sound(partner)
    shot(partner.page, "partner")
    assert state_of(referral.id) == "sent"
    partner.page.get_by_label("Your name and role").fill("Jo Bell, duty manager")
    partner.page.get_by_role("button", name="We have received it").click()
    expect(partner.page.get_by_text("You have said that you received it.")).to_be_visible()
    partner.page.get_by_label("Your name and role").fill("Jo Bell, duty manager")
    partner.page.get_by_role("button", name="We accept it").click()
    expect(partner.page.get_by_role("heading", name="Thank you")).to_be_visible()
    sound(partner)
    assert partner.faults == []
    context.close()
