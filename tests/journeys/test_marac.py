"""From the referral to MARAC on a telephone to its meeting and its actions on a desk; a repeat finds itself."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.control.selectors import address
from iops.foundation import clock
from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.safeguarding.models import MaracAction, MaracCase, MaracMeeting
from iops.safeguarding.schemes.words import SCHEMES

if TYPE_CHECKING:
    from playwright.sync_api import Page

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


def between(force: Force, people: list[int]) -> Incident:
    """A domestic incident between two people."""
    incident = force.incident(domestic=True, what="He pushed her (made up)")
    for person, role in zip(people, ("victim", "suspect"), strict=True):
        pole.link(("person", person), role, ("incident", incident.id), force.one(Role.RESPONSE))
    return incident


def test_a_victim_is_referred_heard_and_protected_and_a_repeat_finds_itself(desk: Desk, force: Force) -> None:
    by = force.one(Role.RESPONSE)
    people = [pole.register_person(f"{name} Brown (made up)", by).id for name in ("Ann", "Bob")]
    incident = between(force, people)
    refer(desk, force, incident)
    hear(desk, force, incident)
    again = between(force, people)
    desk.go(address(again))
    expect(desk.page.get_by_text("Found by the system: abuse between the same people")).to_be_visible()
    for width in (360, 1280):
        desk.page.set_viewport_size({"width": width, "height": 740})
        for scheme in SCHEMES:
            desk.go(f"/hub/{scheme}/?ended=on")
            sound(desk)
            shot(desk.page, f"{scheme}-{width}")


def refer(desk: Desk, force: Force, incident: Incident) -> None:
    """What the officer does on a telephone, in haste first."""
    page = desk.page
    page.set_viewport_size({"width": 360, "height": 740})
    desk.sign_in(force.one(Role.RESPONSE))
    desk.go(address(incident))
    page.get_by_role("link", name="Refer to MARAC").click()
    page.get_by_label("Ann Brown (made up) (victim)").first.check()
    page.get_by_role("group", name="Perpetrator").get_by_label("Bob Brown (made up) (suspect)").check()
    page.get_by_label("Professional judgement").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Reasons is empty").first).to_be_visible()
    sound(desk)
    shot(page, "refer-360")
    page.get_by_label("Reasons").fill("He held her by the neck")
    page.get_by_role("button", name="Save").click()
    desk.told("Referred to MARAC.")
    sound(desk)
    shot(page, "incident-360")


def hear(desk: Desk, force: Force, incident: Incident) -> None:
    """What the safeguarding desk does: plan the meeting, list the case, write what was agreed, see it done."""
    page, today = desk.page, clock.today()
    page.set_viewport_size({"width": 1280, "height": 740})
    desk.sign_in(force.one(Role.SAFEGUARDING))
    desk.go("/hub/marac/")
    page.get_by_text("Plan a meeting").click()
    page.get_by_role("group", name="Day").get_by_label("Day").fill(str(today.day))
    page.get_by_label("Month").fill(str(today.month))
    page.get_by_label("Year").fill(str(today.year))
    page.locator("form").get_by_label("District").last.select_option(label=force.district.name)
    page.get_by_label("Time").fill("00:01")
    page.get_by_role("button", name="Plan it").click()
    desk.told("The meeting is planned.")
    desk.go(address(incident))
    case, meeting = MaracCase.objects.get(), MaracMeeting.objects.get()
    box = page.locator(f"#act-marac-list-{case.id}")
    box.locator("summary").click()
    box.get_by_label("Meeting").select_option(str(meeting.id))
    box.get_by_role("button").click()
    desk.told("On the list of the meeting.")
    box = page.locator(f"#act-marac-hear-{case.id}")
    box.locator("summary").click()
    box.get_by_label("Outcome").fill("High risk: a plan is agreed")
    box.get_by_label("First action").fill("Housing (made up)")
    box.get_by_label("What").fill("Change the locks")
    due = today + dt.timedelta(days=3)
    for part, value in (("Day", due.day), ("Month", due.month), ("Year", due.year)):
        box.get_by_label(part, exact=True).fill(str(value))
    box.get_by_role("button").click()
    desk.told("Heard.")
    action = MaracAction.objects.get()
    box = page.locator(f"#act-marac-done-{action.id}")
    box.locator("summary").click()
    box.get_by_label("Note").fill("Locks changed")
    box.get_by_role("button").click()
    desk.told("Action done.")
    sound(desk)
    shot(page, "incident-1280")
