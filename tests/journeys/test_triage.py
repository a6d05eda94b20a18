"""The hub finds who needs a person now, sees why and what is owed until when, and goes there by the keyboard."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.foundation import clock
from iops.foundation.models import District
from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.safeguarding import services as safeguarding
from iops.safeguarding.jobs import rank_waiting
from iops.safeguarding.models import RankingCheck
from iops.safeguarding.ranking.check import Followed, measured
from iops.safeguarding.ranking.scorer import upper_quartile

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


def known(force: Force, suspect: int, **facts: object) -> Incident:
    """A domestic incident of that suspect, with a victim of its own."""
    by = force.one(Role.RESPONSE)
    incident = force.incident(domestic=True, **facts)
    pole.link(("person", suspect), "suspect", ("incident", incident.id), by)
    pole.link(("person", pole.register_person("Vera Made-Up", by).id), "victim", ("incident", incident.id), by)
    return incident


def test_the_queue_says_who_needs_a_person_now_why_and_until_when(desk: Desk, force: Force) -> None:
    by, page = force.one(Role.RESPONSE), desk.page
    south = District.objects.create(code="S", name="South (made up)")
    suspect = pole.register_person("Alex Made-Up", by).id
    grave, calm = known(force, suspect), force.incident(domestic=True, district_id=south.id)
    safeguarding.assess_risk(grave.id, {"strangulation": "yes"}, "high", "A hand on her throat", by)
    known(force, suspect)
    desk.sign_in(force.one(Role.SAFEGUARDING))
    desk.go("/hub/triage/")
    expect(page.get_by_text("1 waits to be ranked anew")).to_be_visible()
    rank_waiting()
    desk.go("/hub/triage/")
    expect(page.get_by_text("to be ranked anew")).to_have_count(0)
    row = page.locator("li").filter(has=page.get_by_role("link", name=grave.reference, exact=True))
    expect(row.get_by_text("Pressure on the neck")).to_be_visible()
    expect(row.get_by_text("owed by").first).to_be_visible()
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        desk.go("/hub/triage/")
        sound(desk)
        shot(page, f"triage-{width}")
    page.get_by_label("District").select_option("North (made up)")
    page.get_by_role("button", name="Show").press("Enter")
    expect(page.get_by_text("1 more is hidden by the filter")).to_be_visible()
    expect(page.get_by_role("link", name=calm.reference)).to_have_count(0)
    page.get_by_role("link", name=grave.reference, exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(grave.reference)


def test_how_well_the_ranking_does_is_told_in_tables(desk: Desk, force: Force) -> None:
    rows = [
        Followed(900 - n, True, n % 3 == 0, n % 9 == 0, ("female", "male")[n % 2], n % 90, "W1") for n in range(600)
    ]
    span = {"since": "2025-01-01", "until": "2025-12-31", "days": 90, "most": 20_000}
    RankingCheck.objects.create(at=clock.now(), edition="default-1", page=measured(rows, upper_quartile) | span)
    desk.sign_in(force.one(Role.SAFEGUARDING))
    for width in (360, 1280):
        desk.page.set_viewport_size({"width": width, "height": 740})
        desk.go("/hub/ranking/")
        sound(desk)
        shot(desk.page, f"ranking-{width}")
    expect(desk.page.get_by_role("table", name="Capture")).to_be_visible()
