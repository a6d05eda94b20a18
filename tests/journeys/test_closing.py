"""An unmarked domestic call is found, classed, decided by the rules, closed, drawn and checked, in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.control.models import Closing
from iops.control.selectors import address
from iops.crime.models import RecordingDecision
from iops.foundation.roles import Role
from tests.control.classing.conftest import Scene

if TYPE_CHECKING:
    from tests.force import Force
    from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser


def test_an_unmarked_call_is_found_decided_closed_and_checked(desk: Desk, force: Force) -> None:
    scene = Scene(force)
    incident = force.incident(what="My ex pushed me in the street", crime_reported=True)
    victim, _ = scene.couple(incident)
    scene.involve(incident, victim, "caller")
    page = desk.page
    desk.sign_in(force.one(Role.RESPONSE))
    desk.go(address(incident))

    expect(page.get_by_text("It meets the definition of domestic abuse")).to_be_visible()
    stops = page.locator("section[aria-labelledby=closing]")
    expect(stops.get_by_role("link")).to_have_text(
        ["Decide whether the incident is domestic abuse", "Decide whether to record a crime"], use_inner_text=True
    )
    stops.get_by_role("link", name="Decide whether the incident is domestic abuse").click()
    box = page.locator("#act-classify")
    box.get_by_label("Category", exact=True).select_option(label="Crime reported: Violence")
    box.get_by_label("Why it is not domestic abuse").fill("They have been apart for years.")
    box.get_by_role("button", name="Save what it is").click()
    desk.told("Classed.")

    page.get_by_role("link", name="Work out what must be recorded").click()
    expect(page.get_by_text("Relation: former partner")).to_be_visible()
    expect(page.get_by_text("Who reports it?")).to_have_count(0)
    page.get_by_label("None").check()
    page.get_by_role("button", name="Answer").click()
    assert desk.violations() == []
    page.get_by_role("button", name="Record the crime").click()
    desk.told("Recorded: CR/1/")
    assert RecordingDecision.objects.get().result == "crime"

    desk.go(address(incident))
    desk.act("Close the incident")
    page.get_by_label("Closing note").fill("Crime recorded, victim visited.")
    page.get_by_label("Somebody was arrested").check()
    page.get_by_role("button", name="Close the incident").click()
    desk.told("Closed.")
    expect(page.get_by_text("Drawn for a check by a supervisor.")).to_be_visible()

    desk.sign_in(force.one(Role.SERGEANT))
    desk.go("/closures/")
    page.get_by_role("link", name=incident.reference).click()
    desk.act("Check how it was closed")
    box = page.locator("#act-check-closure")
    box.get_by_label("Reopen").check()
    box.get_by_label("A qualifier is missing or wrong").check()
    box.get_by_label("Note").fill("Former partners: it is domestic.")
    box.get_by_role("button", name="Save the check").click()
    desk.told("The check is saved.")
    expect(page.get_by_text("Open", exact=True)).to_be_visible()
    assert Closing.objects.get().results == ["arrest"]
    assert desk.violations() == []
