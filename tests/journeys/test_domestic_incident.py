"""A domestic incident from the call to its close, by the people who do it, in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.control.models import Incident
from iops.foundation.roles import Role

if TYPE_CHECKING:
    from tests.force import Force
    from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser


def take_the_call(desk: Desk, force: Force) -> str:
    """The call handler takes the call; returns the address of the incident's page."""
    desk.sign_in(force.one(Role.CALL_HANDLER))
    page = desk.page
    page.get_by_role("link", name="New incident").click()
    page.get_by_label("Where").fill("12 Mill Lane")
    page.get_by_label("What is happening").fill("Caller says her partner has hit her. Two children upstairs.")
    page.get_by_label("Call back (optional)").fill("made-up number")
    page.get_by_text("Everything else").click()
    page.get_by_label("District").select_option("North (made up)")
    page.get_by_label("Grade (optional)").select_option("1, emergency")
    page.get_by_label("Domestic abuse").check()
    page.get_by_label("What is reported would be a crime").check()
    page.get_by_role("button", name="Save the incident").click()
    desk.told("is open.")
    return page.url.removeprefix(desk.base)


def send_a_unit(desk: Desk, force: Force, incident: str) -> None:
    desk.sign_in(force.one(Role.DISPATCHER))
    desk.go(incident)
    desk.act("Assign a unit")
    desk.page.get_by_label("Call sign").fill("ab12")
    desk.page.get_by_role("button", name="Assign", exact=True).click()
    desk.told("AB12 assigned.")
    desk.page.get_by_role("button", name="Arrived: AB12").click()
    desk.told("AB12 has arrived.")


def work_at_the_scene(desk: Desk, force: Force, incident: str) -> None:
    desk.sign_in(force.one(Role.RESPONSE))
    desk.go(incident)
    page = desk.page
    desk.act("Assess the risk to the victim")
    box = page.locator("#act-assess")
    box.get_by_role("group", name="very frightened").get_by_label("Yes").check()
    box.get_by_role("group", name="Grade of risk").get_by_label("High").check()
    box.get_by_label("Rationale").fill("Injury seen; she says it is getting worse.")
    box.get_by_role("button", name="Save").click()
    desk.told("Risk assessed: high.")
    desk.act("Add a child")
    page.get_by_label("Name of the child").fill("A child (made up)")
    page.get_by_role("button", name="Add the child").click()
    desk.told("A decision on referral is now owed.")
    desk.act("Decide whether it is recorded as a crime")
    box = page.locator("#act-recording")
    box.get_by_label("Crime", exact=True).check()
    box.get_by_label("Rationale").fill("Assault reported by the victim.")
    box.get_by_role("button", name="Save the decision").click()
    desk.told("Recording decision saved.")


def try_to_close(desk: Desk) -> None:
    desk.act("Close the incident")
    desk.page.get_by_label("Closing code").select_option(label="Crime reported: Violence")
    desk.page.get_by_label("Closing note").fill("All done at the scene.")
    desk.page.get_by_role("button", name="Close the incident").click()


def test_a_domestic_incident_is_taken_worked_and_closed(desk: Desk, force: Force) -> None:
    incident = take_the_call(desk, force)
    send_a_unit(desk, force, incident)
    work_at_the_scene(desk, force, incident)
    page = desk.page

    try_to_close(desk)
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("This incident cannot be closed yet")
    still_owed = [
        "Review the risk assessment",
        "Record the adult who suffers the domestic abuse",
        "Decide whether to refer the child",
    ]
    expect(summary.get_by_role("link")).to_have_text(still_owed)
    expect(page.get_by_label("Closing note")).to_have_value("All done at the scene.")
    summary.get_by_role("link", name="Review the risk assessment").click()
    expect(page.locator("li:target")).to_contain_text("Review the risk assessment")

    desk.sign_in(force.one(Role.SERGEANT))
    expect(page.get_by_role("heading", name="Review the risk assessment")).to_be_visible()
    page.get_by_role("link", name="Review the risk assessment").first.click()
    desk.act("Review this assessment")
    page.get_by_label("Yes").last.check()
    page.get_by_role("button", name="Save the review").click()
    desk.told("Reviewed.")

    desk.sign_in(force.one(Role.SAFEGUARDING))
    page.get_by_role("link", name="Decide whether to refer the child").first.click()
    desk.act("Decide on A child (made up)")
    page.get_by_label("Refer now").check()
    page.locator("details[id^=act-child-decision]").get_by_role("button", name="Save the decision").click()
    desk.told("Decision on the child saved.")
    force.record_victim(Incident.objects.get())

    try_to_close(desk)
    desk.told("Closed.")
    closed = Incident.objects.get()
    assert closed.closed_at is not None
    assert closed.closing_note == "All done at the scene."
    assert desk.violations() == []


def test_a_call_is_taken_with_the_keyboard_alone(desk: Desk, force: Force) -> None:
    desk.sign_in(force.one(Role.CALL_HANDLER))
    desk.go("/incidents/new/")
    keyboard = desk.page.keyboard
    focused = "document.activeElement.name || document.activeElement.textContent.trim()"
    steps = 0
    while desk.page.evaluate(focused) != "where":
        keyboard.press("Tab")
        steps += 1
        assert steps < 15, "The first field is too far for the keyboard."
    for words in ("3 Chapel Street", "Glass breaking next door", "made-up number"):
        keyboard.type(words)
        keyboard.press("Tab")
    keyboard.press("Control+Enter")
    desk.told("is open.")
    assert Incident.objects.get().where == "3 Chapel Street"


def test_a_draft_survives_a_reload_and_is_gone_once_saved(desk: Desk, force: Force) -> None:
    desk.sign_in(force.one(Role.CALL_HANDLER))
    page = desk.page
    desk.go("/incidents/new/")
    page.get_by_label("Where").fill("Canal Side")
    page.get_by_text("Everything else").click()
    page.get_by_label("Domestic abuse").check()
    page.reload()
    expect(page.get_by_label("Where")).to_have_value("Canal Side")
    expect(page.get_by_label("Domestic abuse")).to_be_checked()
    expect(page.get_by_text("What you typed before")).to_be_visible()
    page.get_by_label("What is happening").fill("Somebody in the water")
    page.get_by_label("District").select_option("North (made up)")
    page.get_by_role("button", name="Save the incident").click()
    desk.told("is open.")
    desk.go("/incidents/new/")
    expect(page.get_by_label("Where")).to_have_value("")


def test_signing_out_leaves_no_draft_on_a_shared_terminal(desk: Desk, force: Force) -> None:
    desk.sign_in(force.one(Role.CALL_HANDLER))
    desk.go("/incidents/new/")
    desk.page.get_by_label("Where").fill("Canal Side")
    desk.page.get_by_role("button", name="Sign out").click()
    desk.page.get_by_role("heading", name="Sign in").wait_for()
    assert desk.page.evaluate("localStorage.length") == 0


def test_a_line_of_the_log_is_added_without_losing_the_page(desk: Desk, force: Force) -> None:
    incident = take_the_call(desk, force)
    desk.page.get_by_label("New line of the log").fill("Neighbour hears shouting again.")
    desk.page.get_by_role("button", name="Add to the log").click()
    expect(desk.page.locator(".iops-log").first).to_contain_text("Neighbour hears shouting again.")
    expect(desk.page.get_by_label("New line of the log")).to_have_value("")
    assert desk.page.url.endswith(incident)


def test_an_empty_line_of_the_log_is_refused_in_its_place(desk: Desk, force: Force) -> None:
    take_the_call(desk, force)
    desk.page.get_by_role("button", name="Add to the log").click()
    expect(desk.page.locator("#log")).to_contain_text("New line of the log is empty.")
