"""A victim of domestic abuse has enhanced rights by default, and is told of the outcome by a letter made for it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.crime.models import VictimLetter
from iops.crime.recorded.selectors import address
from iops.foundation.roles import Role
from tests.crime.victims.scene import abused, duties, not_prosecuted

if TYPE_CHECKING:
    from tests.force import Force
    from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser


def seen(desk: Desk, name: str) -> None:
    """A picture for whoever asks for one."""
    if folder := os.environ.get("IOPS_PICTURES"):
        desk.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_victim_of_domestic_abuse_is_told_of_the_outcome_by_letter(desk: Desk, force: Force) -> None:
    victim, page = abused(force), desk.page
    not_prosecuted(victim, force.one(Role.INSPECTOR), "She does not wish to go on")
    desk.sign_in(force.one(Role.SERGEANT))
    desk.go(address(victim.crime))
    expect(page.locator("section[aria-labelledby=victims]")).to_contain_text("Enhanced rights")
    seen(desk, "crime")
    page.get_by_role("link", name=re.compile("Ann Brown.*rights as a victim")).click()
    expect(page.get_by_text("Because of: domestic abuse")).to_be_visible()
    desk.act("Agree how to keep in touch")
    page.locator("#contact-channel").select_option("phone")
    page.get_by_label("At least every how many days").fill("7")
    page.get_by_role("group", name="Never by").get_by_label("Text message").check()
    page.get_by_role("button", name="Save the plan").click()
    desk.told("Contact plan saved")
    expect(page.get_by_text("Never by text")).to_be_visible()
    assert desk.violations() == []
    seen(desk, "victim")
    page.get_by_role("link", name=re.compile("Write a letter or text.*not to prosecute")).click()
    page.get_by_label("Letter", exact=True).check()
    page.get_by_label("What was decided, and why").fill("You told us that you do not want this to go to court.")
    page.get_by_role("button", name="Show the words").click()
    words = page.get_by_label("The words as they go out")
    expect(words).to_have_value(re.compile(re.escape(victim.crime.reference)))
    expect(page.locator("#plain")).to_contain_text("can be read at about")
    assert desk.violations() == []
    seen(desk, "letter")
    page.get_by_role("button", name="Save as sent").click()
    desk.told("Its exact words are kept")
    expect(page.locator("#words")).to_contain_text("look at this decision again")
    assert desk.violations() == []
    assert victim.crime.reference in VictimLetter.objects.get().text
    assert duties(victim, "not_prosecuted") == {"victim-news-enhanced": "met"}
    desk.go("/victims/?when=ever")
    expect(page.get_by_role("link", name="Ann Brown (made up)")).to_be_visible()
    expect(page.get_by_text("The crime was recorded")).to_be_visible()
    assert desk.violations() == []
    seen(desk, "owed")
    page.set_viewport_size({"width": 360, "height": 800})
    assert desk.overflow() <= 0
    desk.go(f"{address(victim.crime)}victims/{victim.id}/")
    assert desk.overflow() <= 0
