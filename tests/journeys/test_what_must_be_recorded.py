"""From a report to a recording decision on an incident, question by question, in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.control.selectors import address
from iops.crime.models import RecordingDecision
from iops.foundation.roles import Role
from tests.journeys.conftest import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from tests.force import Force
    from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser


def day(page: Page, legend: str, *parts: str) -> None:
    group = page.get_by_role("group", name=legend)
    for label, part in zip(("Day", "Month", "Year"), parts, strict=True):
        group.get_by_label(label).fill(part)


def tell(page: Page) -> None:
    """Tell of an assault on one person and what was done to their door."""
    day(page, "Day of the report", "1", "5", "2026")
    page.get_by_label("Time of the report (optional)").fill("09:30")
    page.get_by_label("What was done (optional)").select_option("Assault")
    page.get_by_label("Suspect and victim are").select_option("Former partner")
    page.get_by_text("More: other offences").click()
    page.get_by_label("What else was done (optional)").select_option("Damage")
    page.get_by_role("button", name="Show what must be recorded").click()


def answer_all(page: Page, *answers: tuple[str, str]) -> int:
    """Answer each open question from what is known, until none is left; returns how many steps it took."""
    steps = 0
    known = dict(answers)
    while page.get_by_role("heading", name="What still matters").count():
        for group in page.locator("section[aria-labelledby=questions] fieldset").all():
            asked = group.locator("legend").inner_text().strip()
            if asked in known:
                group.get_by_label(known[asked], exact=True).check()
        page.get_by_role("button", name="Answer", exact=True).click()
        steps += 1
        assert steps < 10, "The questions never end."
    return steps


ANSWERS = (
    ("Assault: What injury was done?", "Injury"),
    ("Who reports it?", "Third party"),
    ("Damage: What was damaged?", "Residential building"),
    ("What did the victim say when asked?", "Confirms"),
)


def test_a_decision_grows_is_compared_with_another_day_and_is_copied(desk: Desk, force: Force) -> None:
    incident = force.incident(crime_reported=True, what="Pushed over, door kicked in")
    page = desk.page
    desk.sign_in(force.one(Role.RESPONSE))
    desk.go(address(incident))
    page.get_by_role("link", name="Work out what must be recorded").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert desk.violations() == []
    # The page of the incident asks only what its facts leave open; here somebody tells it all.
    desk.go(f"/recording/?incident={incident.reference}")
    assert desk.violations() == []
    tell(page)
    expect(page.get_by_text("Not decided yet")).to_be_visible()
    assert desk.violations() == []
    before = page.locator("section[aria-labelledby=decision] ol li").count()
    assert answer_all(page, *ANSWERS) >= 2
    decision = page.locator("section[aria-labelledby=decision]")
    expect(decision).to_contain_text("Record as crime")
    expect(decision).to_contain_text("8N 008/06")
    expect(decision).to_contain_text("by 09:30 on 2 May 2026")
    assert decision.locator("ol li").count() > before

    page.locator("summary", has_text="The report").click()
    day(page, "Compare with the rules of", "1", "1", "2014")
    page.get_by_role("button", name="Show what must be recorded").click()
    table = page.get_by_role("region", name="Both days side by side")
    expect(table.get_by_role("columnheader")).to_have_text(["Reported on 1 May 2026", "Reported on 1 January 2014"])
    expect(table).to_contain_text("24 hours")
    expect(table).to_contain_text("72 hours")
    assert desk.violations() == []

    expect(page.get_by_label("Incident", exact=True)).to_have_value(incident.reference)
    expect(page.get_by_label("Crime", exact=True)).to_be_checked()
    page.get_by_role("button", name="Save the decision in the incident").click()
    desk.told("Recording decision saved.")
    assert page.url.endswith(address(incident))
    saved = RecordingDecision.objects.get()
    assert (saved.incident_id, saved.result) == (incident.id, "crime")
    assert "CRR2026 p47" in saved.rationale


def test_it_fits_a_small_screen_with_everything_open(desk: Desk, force: Force) -> None:
    desk.page.set_viewport_size({"width": 360, "height": 740})
    desk.sign_in(force.one(Role.RESPONSE))
    desk.go("/recording/")
    assert desk.overflow() <= 0
    tell(desk.page)
    assert desk.overflow() <= 0
    answer_all(desk.page, *ANSWERS)
    desk.go(
        desk.page.url.removeprefix(desk.base).split("#")[0]
        + "&compare-day=1&compare-month=1&compare-year=2014&a.all.duplicate=maybe"
    )
    desk.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    expect(desk.page.get_by_role("alert")).to_contain_text("not one of the answers")
    assert desk.overflow() <= 0
    assert desk.violations() == []


def test_it_is_worked_with_the_keyboard_alone(desk: Desk, force: Force) -> None:
    desk.sign_in(force.one(Role.RESPONSE))
    desk.go(
        "/recording/?reported-day=1&reported-month=5&reported-year=2026&act1=assault&victims=1&suspects=1#questions"
    )
    page = desk.page
    assert page.evaluate("document.querySelector(':target').id") == "questions"
    for key in ("injury", "reporter"):
        page.locator(f"fieldset input[name$='.{key}']").first.focus()
        page.keyboard.press("Space" if key == "reporter" else "ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{key}=*")
    expect(page.locator("section[aria-labelledby=decision]")).to_contain_text("Record as crime")


def test_it_needs_no_scripts(browser: Browser, live_server: LiveServer, force: Force) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_label("Name").fill(force.one(Role.RESPONSE).username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="What must be recorded?").click()
    tell(page)
    answer_all(page, *ANSWERS)
    expect(page.locator("section[aria-labelledby=decision]")).to_contain_text("Record as crime")
    context.close()
