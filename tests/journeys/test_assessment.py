"""An officer assesses the risk on a telephone while the connection goes and comes; two supervisors lower the grade."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.control.selectors import address
from iops.foundation.roles import Role
from iops.safeguarding.assess.services import effective
from iops.safeguarding.models import RiskAssessment

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


def answer(page: Page, topic: str, words: str) -> None:
    """Answer one topic of the form as a thumb does."""
    page.get_by_role("group", name=topic).get_by_label(words, exact=True).check()


def test_an_assessment_survives_a_lost_connection_and_is_lowered_by_two(desk: Desk, force: Force) -> None:
    incident = force.incident(domestic=True)
    page = desk.page
    page.set_viewport_size({"width": 360, "height": 740})
    desk.sign_in(force.one(Role.RESPONSE))
    desk.go(address(incident))
    page.get_by_role("link", name="Assess with a longer form").click()
    sound(desk)
    page.get_by_role("link", name="Long form of 27 topics").click()
    sound(desk)
    page.get_by_label("The victim", exact=True).check()
    page.get_by_label("In person").check()
    answer(page, "Was anybody hurt this time", "Yes")
    page.context.set_offline(True)
    answer(page, "Is there following, waiting", "Yes")
    expect(page.locator("#set-stalking-1")).to_have_attribute("open", "")
    answer(page, "Is the victim very frightened?", "Refused")
    expect(page.locator("#tally")).to_contain_text("2 of 27 topics answered, 2 of them so")
    page.get_by_role("radio", name="High").check()
    page.get_by_label("Rationale").press_sequentially("He waits outside")
    page.get_by_role("button", name="Save the assessment").click()
    expect(page.locator("#draft-state")).to_contain_text("Not saved yet")
    shot(page, "assess-360")
    sound(desk)
    assert not RiskAssessment.objects.exists()
    page.context.set_offline(False)
    desk.told("Risk assessed: high.")
    desk.faults.clear()
    made = RiskAssessment.objects.get()
    given = made.answers
    assert (given["injury_now"], given["very_frightened"], given["weapon"]) == ("yes", "refused", "not_asked")
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('iops-draft')).length") == 0
    lower(desk, force, made)


def lower(desk: Desk, force: Force, made: RiskAssessment) -> None:
    """What two supervisors do at a desk."""
    page = desk.page
    page.set_viewport_size({"width": 1280, "height": 900})
    desk.sign_in(force.one(Role.SERGEANT))
    desk.go(address(made.incident))
    expect(page.get_by_text("2 of 27 topics answered, 2 so")).to_be_visible()
    desk.act("Propose a lower grade than high")
    box = page.locator(f"#act-risk-lower-{made.id}")
    box.get_by_label("Supervisor").check()
    box.get_by_label("Medium").check()
    box.get_by_label("Reason").fill("He is in prison")
    box.get_by_role("button", name="Propose it").click()
    desk.told("The grade stands until somebody more senior confirms")
    assert effective(made.id) == "high"
    desk.sign_in(force.one(Role.INSPECTOR))
    desk.go(address(made.incident))
    desk.act("Decide on the lower grade: medium")
    page.get_by_label("Yes, lower it").check()
    shot(page, "lower-1280")
    sound(desk)
    page.get_by_role("button", name="Save", exact=True).last.click()
    desk.told("The lower grade stands.")
    assert effective(made.id) == "medium"
    sound(desk)


def test_a_child_is_not_referred_when_two_people_say_so(desk: Desk, force: Force) -> None:
    incident = force.incident(domestic=True)
    page = desk.page
    page.set_viewport_size({"width": 360, "height": 740})
    desk.sign_in(force.one(Role.RESPONSE))
    desk.go(address(incident))
    desk.act("Add a child")
    box = page.locator("#act-child")
    box.get_by_label("Name of the child").fill("Tom Brown (made up)")
    box.get_by_label("At the address").check()
    box.get_by_label("Not seen", exact=True).check()
    box.get_by_role("button", name="Add the child").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Why")
    box.get_by_label("Why not").fill("At his aunt's since Monday")
    box.get_by_role("button", name="Add the child").click()
    desk.told("Child linked.")
    desk.act("Decide on Tom Brown (made up)")
    choose = page.locator("details[id^=act-child-decision]")
    choose.get_by_label("No referral").check()
    choose.get_by_label("Reason").fill("He was away all week")
    choose.get_by_role("button", name="Save the decision").click()
    desk.told("It takes effect when a second person confirms it.")
    sound(desk)
    shot(page, "child-360")
    expect(page.get_by_role("heading", name="Decide whether to refer the child")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    desk.sign_in(force.one(Role.SERGEANT))
    desk.go(address(incident))
    desk.act("Answer as the second person on Tom Brown (made up)")
    page.get_by_label("Yes, no referral").check()
    sound(desk)
    page.locator("details[id^=act-no-referral]").get_by_role("button", name="Save").click()
    desk.told("Confirmed: no referral.")
    expect(page.get_by_role("heading", name="Decide whether to refer the child")).to_have_count(0)
