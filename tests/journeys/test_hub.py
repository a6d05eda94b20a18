"""The hub on a desk and on a telephone: a keeper sees what waits, opens a queue, and reads who comes up again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.control import services as control
from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.safeguarding import services as safeguarding

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


def busy(force: Force) -> None:
    """Two victims of one suspect, one of them three times; a child; one not assessed, the rest high."""
    by = force.one(Role.RESPONSE)
    ann, cat = (pole.register_person(f"{name} (made up)", by, born="1990-02-03") for name in ("Ann Brown", "Cat Green"))
    bob = pole.register_person("Bob Brown (made up)", by, born="1988-04-05")
    for victim, grade in ((ann, "high"), (ann, "high"), (ann, ""), (cat, "high")):
        incident = force.incident(domestic=True)
        pole.link(("person", victim.id), "victim", ("incident", incident.id), by)
        pole.link(("person", bob.id), "suspect", ("incident", incident.id), by)
        control.record_arrival(control.assign_unit(incident.id, "AB12", by).id, by)
        if grade:
            safeguarding.assess_risk(incident.id, {"fear": "yes"}, grade, "She is afraid", by)
    safeguarding.link_child(incident.id, "Tom Brown (made up)", None, by)


def test_a_keeper_reads_the_hub_and_opens_a_queue(desk: Desk, force: Force) -> None:
    busy(force)
    page = desk.page
    page.set_viewport_size({"width": 1280, "height": 740})
    desk.sign_in(force.one(Role.SAFEGUARDING))
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 740})
        desk.go("/hub/")
        expect(page.get_by_role("link", name="Incidents without a risk assessment: 1")).to_be_visible()
        expect(page.get_by_role("link", name="High-risk pairs: 2")).to_be_visible()
        expect(page.get_by_role("link", name="Repeat victims: 1")).to_be_visible()
        sound(desk)
        shot(page, f"hub-{width}")
        page.get_by_role("link", name="Incidents without a risk assessment: 1").press("Enter")
        expect(page.get_by_text("1 to 1 of 1")).to_be_visible()
        sound(desk)
        shot(page, f"hub-queue-{width}")
        desk.go("/hub/")
        page.get_by_role("link", name="Serial perpetrators: 1").press("Enter")
        expect(page.get_by_text("Suspected in 4 incidents against 2 victims")).to_be_visible()
        sound(desk)
        shot(page, f"hub-serial-{width}")
