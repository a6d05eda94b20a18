"""Nothing typed is lost: a review, an entry of a crime and an answer come back, here and on another machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.control.selectors import address as incident_address
from iops.crime.recorded.selectors import address
from iops.foundation.roles import Role
from iops.safeguarding import services as safeguarding
from iops.web import drafts
from tests.crime.recorded.scene import recorded

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from iops.foundation.models import User
    from tests.force import Force
    from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser
BACK = "What you typed before and did not save is back."


def shot(page: Page, name: str) -> None:
    """A picture to look at, where a folder for them is named."""
    if folder := os.environ.get("IOPS_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def sound(desk: Desk, name: str) -> None:
    """Accessible and not too wide, on a desk and on a telephone."""
    for width in (1280, 360):
        desk.page.set_viewport_size({"width": width, "height": 800})
        assert desk.violations() == []
        assert desk.overflow() <= 0
        shot(desk.page, f"{name}-{width}")
    desk.page.set_viewport_size({"width": 1280, "height": 800})


def kept_on_server(desk: Desk, who: User) -> None:
    """Wait until the server has what was typed."""
    for _ in range(50):
        if drafts.unsaved(who):
            return
        desk.page.wait_for_timeout(100)
    pytest.fail("The server keeps no draft.")


def test_a_review_comes_back_after_a_reload_and_on_another_machine_until_it_is_saved(desk: Desk, force: Force) -> None:
    incident = force.incident(domestic=True)
    safeguarding.assess_risk(incident.id, {}, "medium", "Seen", force.one(Role.RESPONSE))
    sergeant, page = force.one(Role.SERGEANT), desk.page
    desk.sign_in(sergeant)
    desk.go(incident_address(incident))
    page.get_by_role("link", name="How this was handled").click()
    place = page.url.removeprefix(desk.base)
    page.get_by_label("response (made up)").check()
    page.get_by_label("Anything else").or_(page.locator("textarea")).first.fill("Speak to them apart next time")
    kept_on_server(desk, sergeant)
    page.evaluate("localStorage.clear()")
    desk.go("/drafts/")
    page.get_by_role("link", name="Review of incident").click()
    expect(page.get_by_text(BACK)).to_be_visible()
    expect(page.locator("textarea").first).to_have_value("Speak to them apart next time")
    expect(page.get_by_label("response (made up)")).to_be_checked()
    sound(desk, "draft-review")
    page.get_by_role("button", name="Throw it away").click()
    page.wait_for_load_state()
    expect(page.locator("textarea").first).to_have_value("")
    assert drafts.unsaved(sergeant) == []
    # Refused, it comes back with what was typed; saved, nothing of it stays.
    page.locator("textarea").first.fill("Well done")
    page.get_by_role("button", name="Save the review").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Needed because")
    expect(page.locator("textarea").first).to_have_value("Well done")
    page.get_by_label("response (made up)").check()
    for group in page.locator("fieldset").filter(has=page.get_by_label("Not applicable")).all():
        group.get_by_label("Yes", exact=True).check()
    page.get_by_role("button", name="Save the review").click()
    desk.told("Review saved.")
    desk.go(place)
    expect(page.get_by_role("heading", name="20 yes")).to_be_visible()
    page.wait_for_timeout(300)
    expect(page.get_by_text(BACK)).to_have_count(1)
    expect(page.get_by_text(BACK)).to_be_hidden()
    assert drafts.unsaved(sergeant) == []


def test_what_is_typed_into_a_crime_stays_and_what_nobody_knows_is_no_blank(desk: Desk, force: Force) -> None:
    crime = recorded(force)
    sergeant, page = force.one(Role.SERGEANT), desk.page
    desk.sign_in(sergeant)
    desk.go(address(crime))
    desk.act("Write into the log")
    page.get_by_label("Entry").fill("CCTV asked for")
    desk.act("Say what is known of Kay Shah")
    known = page.locator("details", has_text="Say what is known of Kay Shah")
    known.get_by_label("Telephone", exact=True).fill("0161 496 0123")
    known.get_by_role("group", name="Ethnicity").first.get_by_label("Declined to say").check()
    kept_on_server(desk, sergeant)
    page.reload()
    expect(page.get_by_label("Entry")).to_have_value("CCTV asked for")
    expect(known.get_by_label("Telephone", exact=True)).to_have_value("0161 496 0123")
    sound(desk, "crime-known")
    known.get_by_role("button", name="Save what is known").click()
    desk.told("telephone")
    expect(page.get_by_text("Ethnicity, self-defined: declined to say").first).to_be_visible()
    # The other form of the page was not saved, and is still there.
    expect(page.get_by_label("Entry")).to_have_value("CCTV asked for")
    page.locator("#act-log").get_by_role("button", name="Save").click()
    desk.told("Written into the log.")
    expect(page.get_by_text("CCTV asked for").first).to_be_visible()
    expect(page.get_by_label("Entry")).to_have_value("")
    desk.go("/crimes/")
    page.get_by_role("link", name="How complete they are, by purpose").click()
    expect(page.get_by_text("1 crime recorded from")).to_be_visible()
    sound(desk, "completeness")
