"""A line is corrected, a major incident declared, and a desk handed from one sergeant to the next, in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.control.models import DeskDuty
from iops.control.selectors import address
from iops.foundation.models import Membership, Team, User
from iops.foundation.roles import Role
from tests.journeys.conftest import PASSWORD

if TYPE_CHECKING:
    from tests.force import Force
    from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser


def second_sergeant(force: Force) -> User:
    """Somebody who takes over from the sergeant of the force."""
    force.one(Role.SERGEANT)
    user = User.objects.create(username="relief", name="Relief sergeant (made up)", made_up=True)
    user.set_password(PASSWORD)
    user.save()
    Membership.objects.create(user=user, team=Team.objects.get(name="Everywhere (made up)"), role=Role.SERGEANT)
    return user


def keep_the_log(desk: Desk, incident: str) -> None:
    desk.go(incident)
    log = desk.page.locator("#log")
    log.get_by_label("New line of the log").fill("A red van left")
    log.get_by_role("button", name="Add to the log").click()
    expect(log.locator(".iops-log")).to_contain_text("A red van left")
    desk.go(incident)
    log.get_by_role("link", name="Correct the line").first.click()
    log.get_by_label("What it should say").fill("A blue van left")
    log.get_by_role("button", name="Add the correction").click()
    desk.told("Corrected.")
    expect(log).to_contain_text("A red van left")
    expect(log).to_contain_text("A blue van left")


def declare(desk: Desk, incident: str) -> None:
    desk.go(incident)
    desk.act("Declare a major incident")
    box = desk.page.locator("#act-declare-major")
    box.get_by_label("Name of the major incident").fill("Junction 4")
    box.get_by_label("Exact location").fill("Northbound, at the bridge")
    box.get_by_label("Type").fill("Coach and two cars")
    box.get_by_role("button", name="Declare a major incident").click()
    desk.told("Major incident declared: Junction 4.")
    desk.page.get_by_role("link", name="Junction 4").first.click()
    expect(desk.page.locator("#log")).to_contain_text("A blue van left")


def test_a_shift_keeps_its_log_declares_and_hands_over(desk: Desk, force: Force) -> None:
    incident, relief, page = force.incident(), second_sergeant(force), desk.page
    desk.sign_in(force.one(Role.INSPECTOR))
    keep_the_log(desk, address(incident))
    declare(desk, address(incident))
    desk.sign_in(force.one(Role.SERGEANT))
    page.get_by_role("link", name="Handover").click()
    desk.act("Come on duty")
    page.locator("#act-on").get_by_role("button", name="Come on duty").click()
    desk.told("You are on duty as sergeant.")
    desk.act("Hand over")
    page.locator("#act-hand-over").get_by_label("Note (optional)").fill("Bridge closed until noon")
    page.get_by_role("button", name="Hand over what is outstanding").click()
    desk.told("Handed over.")
    desk.sign_in(relief)
    page.get_by_role("link", name="Handover").click()
    expect(page.get_by_text("Bridge closed until noon")).to_be_visible()
    expect(page.get_by_role("link", name=incident.reference).first).to_be_visible()
    page.get_by_role("button", name="Accept from").click()
    desk.told("Accepted from")
    assert [d.user for d in DeskDuty.objects.filter(ended_at=None)] == [relief]
