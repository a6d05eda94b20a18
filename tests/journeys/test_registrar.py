"""The crime registrar's desk: a suspicion is decided on, an audit drawn, answered by two, adjudicated, and read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.foundation.roles import Role
from iops.integrity.audit import services
from iops.integrity.models import AuditFrame, AuditItem
from tests.foundation.acting_as import as_user
from tests.integrity.conftest import MISSED, RIGHT, ROOT
from tests.integrity.conftest import Desk as Scene
from tests.journeys.conftest import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.force import Force
    from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser


def look(desk: Desk, name: str) -> None:
    """Sound at both widths; pictures where a folder for them is named."""
    page: Page = desk.page
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 740})
        assert desk.violations() == []
        assert desk.overflow() <= 0
        if folder := os.environ.get("IOPS_SHOTS"):
            page.screenshot(path=str(Path(folder) / f"{name}-{width}.png"), full_page=True)
    page.set_viewport_size({"width": 1280, "height": 740})


def test_a_registrar_decides_draws_adjudicates_and_reads_a_rate_with_its_interval(desk: Desk, force: Force) -> None:
    scene, page = Scene(force), desk.page
    scene.registrar.set_password(PASSWORD)
    scene.registrar.save()
    suspect = scene.closed("Neighbour says he punched her. No weapons, no knife")
    with as_user(scene.handler):
        suspect.incident.closed_at = suspect.at
        suspect.incident.save()
    for n in range(6):
        scene.closed("Quarrel", domestic=bool(n % 2))
    desk.sign_in(scene.registrar)
    desk.go("/registrar/suspicions/")
    look(desk, "suspicions")
    page.get_by_text("Decide on").first.click() if page.get_by_text("Decide on").count() else desk.act("Decide")
    page.get_by_label("Not a crime").check()
    page.get_by_label("Why").fill("A play was rehearsed")
    page.get_by_role("button", name="Save the decision").click()
    desk.told("The decision is saved.")
    desk.go("/registrar/")
    for name in ("First day", "Last day"):
        group = page.get_by_role("group", name=name)
        for part in ("day", "month", "year"):
            group.get_by_label(part.capitalize()).fill(str(getattr(scene.yesterday, part)))
    page.get_by_label("How many closures to draw").fill("20")
    page.get_by_role("button", name="Freeze the population").click()
    desk.told("The population is frozen.")
    with as_user(scene.registrar):
        services.place(AuditFrame.objects.get(), 1, ROOT, scene.registrar)
        items = list(AuditItem.objects.order_by("id"))
    for item in items[:4]:
        scene.answered(item, RIGHT)
    scene.answered(items[4], RIGHT, MISSED)
    desk.go("/registrar/")
    look(desk, "desk")
    page.get_by_role("region", name="Two reviewers").or_(page.locator("section", has_text="do not agree")).get_by_role(
        "link"
    ).first.click()
    look(desk, "item")
    page.get_by_role("group", name="Is there a crime").get_by_label("Yes").check()
    page.get_by_label("which offence").select_option("violence")
    page.get_by_role("group", name="Was it recorded?").get_by_label("No", exact=True).check()
    page.get_by_role("group", name="Was the victim told?").get_by_label("No", exact=True).check()
    page.get_by_label("Why").fill("The log names him")
    page.get_by_role("button", name="Save").click()
    desk.told("Adjudicated.")
    desk.go(f"/registrar/audits/{items[0].frame_id}/")
    expect(page.get_by_text("95 % interval").first).to_be_visible()
    expect(page.get_by_role("heading", name="What was not tested")).to_be_visible()
    look(desk, "audit")
    assert scene.force.one(Role.REGISTRAR) == scene.registrar
