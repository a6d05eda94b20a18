"""Outcome 16 of domestic abuse: refused until the victim was heard, then allowed to an inspector alone (U5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.crime.models import CrimeOutcome
from iops.crime.recorded.selectors import address
from iops.foundation.roles import Role
from tests.crime.outcomes.scene import abuse
from tests.journeys.conftest import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.force import Force
    from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser


def ask_for_sixteen(page: Page) -> None:
    """Ask for outcome 16, and answer what it asks."""
    form = page.locator("#act-outcome")
    if form.get_attribute("open") is None:  # what was typed and refused is there still
        form.locator("summary").click()
    form.get_by_label("Outcome", exact=True).select_option("16")
    form.get_by_label("Reasons").fill("She does not wish to go on")
    form.get_by_role("button", name="Save the outcome").click()


def test_outcome_sixteen_is_refused_and_then_allowed_to_an_inspector(desk: Desk, force: Force) -> None:
    crime, page = abuse(force), desk.page
    investigator = force.one(Role.DETECTIVE)
    investigator.set_password(PASSWORD)
    investigator.save()
    desk.sign_in(investigator)
    desk.go(address(crime))
    ask_for_sixteen(page)
    expect(page.get_by_text("lost contact is not that").first).to_be_visible()
    assert desk.violations() == []
    desk.act("Record what the victim wants")
    page.get_by_label("Does not support action").check()
    page.get_by_label("How it was taken").select_option("video")
    page.get_by_label("In the victim's own words").fill("I do not want him to go to prison")
    page.get_by_label("Reference of the recording").fill("BWV-12 (made up)")
    page.get_by_role("button", name="Save what the victim wants").click()
    desk.told("what the victim wants")
    desk.act("Consider an evidence-led case")
    page.get_by_label("What other evidence there is").fill("No witness, no footage; the neighbours were asked")
    page.get_by_label("No, it cannot").check()
    page.locator("#act-evidence-led").get_by_label("Reasons").fill("Nothing but her account shows it")
    page.get_by_role("button", name="Save the consideration").click()
    desk.act("Note the look at everybody's safety")
    page.get_by_label("Safety of the victim").fill("She has moved to her sister; the locks were changed")
    page.get_by_label("Safety of children").fill("No children; the school register was looked at")
    page.get_by_role("button", name="Save the look at safety").click()
    desk.told("safety was looked at")
    ask_for_sixteen(page)
    expect(page.get_by_text("authorised by an inspector").first).to_be_visible()
    assert not CrimeOutcome.objects.exists()
    assert desk.violations() == []

    desk.sign_in(force.one(Role.INSPECTOR))
    desk.go(address(crime))
    ask_for_sixteen(page)
    page.get_by_label(re.compile("rape|high.risk", re.IGNORECASE)).select_option("no")
    page.get_by_role("button", name="Save the outcome").click()
    desk.told("Outcome 16 saved")
    expect(page.get_by_text("I do not want him to go to prison")).to_be_visible()
    assert desk.violations() == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert desk.overflow() == 0
    assert desk.faults == []
    assert CrimeOutcome.objects.get().by == force.one(Role.INSPECTOR)
