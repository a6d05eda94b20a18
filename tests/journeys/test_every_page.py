"""What holds of every page: WCAG 2.2 AA, 360 pixels, no other host, no fault in the console, no need of scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from iops.control import services as control
from iops.control.handover import services as handover
from iops.control.models import Incident, LogEntry, MajorIncident
from iops.control.record import linking, major, transfers
from iops.control.selectors import address
from iops.foundation.models import Team
from iops.foundation.roles import Role
from iops.safeguarding import services as safeguarding
from tests.journeys.conftest import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django.live_server_helper import LiveServer

    from tests.force import Force
    from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser

LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 3


def busy_incident(force: Force) -> Incident:
    """An incident with something in every part of its page, and words too long for a small screen."""
    by = force.one(Role.SERGEANT)
    incident = force.incident(where=LONG, what=f"{LONG}\n<script>alert(1)</script>", domestic=True, crime_reported=True)
    control.grade(incident.id, 2, LONG, by)
    control.record_arrival(control.assign_unit(incident.id, "AB12", by).id, by)
    safeguarding.link_child(incident.id, LONG, None, by)
    safeguarding.assess_risk(incident.id, {"fear": "yes"}, "high", LONG, by)
    control.add_log_entry(incident.id, LONG, by)
    control.mark_domestic(incident.id, False, "Not domestic after all", by)
    control.mark_domestic(incident.id, True, "", by)
    line = control.add_log_entry(incident.id, "A red van", by)
    control.correct_log_entry(line.id, LONG, by)
    link = linking.link_incidents(incident.id, force.incident(where=LONG).id, "duplicate_of", LONG, by)
    linking.withdraw_link(link.id, LONG, by)
    linking.link_incidents(incident.id, force.incident().id, "series", LONG, by)
    transfers.offer_to_force(incident.id, LONG[:120], LONG, by)
    major.declare_major(incident.id, LONG[:100], major.Report(LONG, LONG), force.one(Role.INSPECTOR))
    team = Team.objects.get(name="Everywhere (made up)")
    handover.come_on(team.id, "sergeant", by)
    handover.leave_message(team.id, LONG, by)
    handover.hand_over(team.id, "sergeant", LONG, by)
    return incident


def pages(incident: Incident) -> list[str]:
    """The address of every kind of page."""
    return [
        "/",
        "/?late=on&reach=escalated",
        "/?record=1/01012000",
        "/incidents/",
        "/incidents/new/",
        "/contacts/",
        "/contacts/notes/",
        "/drafts/",
        address(incident),
        f"{address(incident)}?log=system&order=recorded",
        f"{address(incident)}?correct={LogEntry.objects.filter(text='A red van').get().id}",
        "/major-incidents/",
        f"/major-incidents/{MajorIncident.objects.get().id}/",
        "/handover/",
        "/recording/",
        "/feedback/",
        address(incident).replace("/incidents/", "/reviews/"),
        address(incident).replace("/incidents/", "/recording/"),
        "/closures/",
        "/recording/?reported-day=1&reported-month=5&reported-year=2026&act1=assault&a.assault.injury=injury",
        "/rulebook/",
        "/rulebook/?as_at=1990-01-01",
        "/rulebook/da-risk-assessment/",
        "/assurance/",
        "/assurance/invariants/",
        "/assurance/invariants/I01/",
        "/hub/triage/",
        "/hub/ranking/",
        "/account/",
        "/no-such-page/",
    ]


@pytest.mark.parametrize("width", [1280, 360])
def test_every_page_is_accessible_and_fits(desk: Desk, force: Force, width: int) -> None:
    incident = busy_incident(force)
    desk.page.set_viewport_size({"width": width, "height": 740})
    desk.go("/sign-in/")
    found = {"sign in": [*desk.violations(), *([] if desk.overflow() <= 0 else ["too wide"])]}
    desk.sign_in(force.one(Role.SERGEANT))
    for place in pages(incident):
        desk.go(place)
        found[place] = [*desk.violations(), *([] if desk.overflow() <= 0 else [f"{desk.overflow()} px too wide"])]
    assert {place: faults for place, faults in found.items() if faults} == {}


@pytest.mark.parametrize("width", [1280, 360])
def test_the_page_of_an_incident_is_accessible_with_everything_on_it_open(desk: Desk, force: Force, width: int) -> None:
    incident = busy_incident(force)
    desk.page.set_viewport_size({"width": width, "height": 740})
    desk.sign_in(force.one(Role.SERGEANT))
    desk.go(address(incident))
    desk.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert desk.violations() == []
    assert desk.overflow() <= 0


def test_a_refused_form_is_accessible_and_keeps_what_was_typed(desk: Desk, force: Force) -> None:
    desk.sign_in(force.one(Role.CALL_HANDLER))
    desk.go("/incidents/new/")
    desk.page.get_by_label("Where").fill("Moor Road")
    desk.page.get_by_role("button", name="Save the incident").click()
    desk.page.get_by_role("alert").wait_for()
    assert desk.page.title().startswith("Error: ")
    assert desk.page.get_by_label("Where").input_value() == "Moor Road"
    assert desk.violations() == []
    desk.page.get_by_role("alert").get_by_role("link", name="What is happening").click()
    assert desk.page.evaluate("document.activeElement.name") == "what"


def test_what_people_type_is_never_run(desk: Desk, force: Force) -> None:
    incident = busy_incident(force)
    desk.sign_in(force.one(Role.SERGEANT))
    desk.go(address(incident))
    assert desk.page.get_by_text("<script>alert(1)</script>").first.is_visible()


def test_a_call_is_taken_and_logged_without_scripts(browser: Browser, live_server: LiveServer, force: Force) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_label("Name").fill(force.one(Role.CALL_HANDLER).username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="New incident").click()
    page.get_by_label("Where").fill("Park View")
    page.get_by_label("What is happening").fill("Shouting")
    page.get_by_text("Everything else").click()
    page.get_by_label("District").select_option("North (made up)")
    page.get_by_role("button", name="Save the incident").click()
    page.get_by_label("New line of the log").fill("Quiet now.")
    page.get_by_role("button", name="Add to the log").click()
    assert page.get_by_text("Quiet now.").is_visible()
    context.close()
    assert Incident.objects.get().log.get().text == "Quiet now."
