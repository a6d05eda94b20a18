"""A supervisor finds the serious crime of a vulnerable victim that nobody has, and allocates it by keyboard alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.crime.models import AllocationChoice
from iops.foundation.roles import Role
from tests.crime.allocation.scene import GRAVE, crime, detective
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from tests.force import Force
    from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser


def look(desk: Desk, name: str) -> None:
    """Sound at both widths; pictures where a folder for them is named."""
    for width in (1280, 360):
        desk.page.set_viewport_size({"width": width, "height": 740})
        assert desk.violations() == []
        assert desk.overflow() <= 0
        if folder := os.environ.get("IOPS_SHOTS"):
            desk.page.screenshot(path=str(Path(folder) / f"{name}-{width}.png"), full_page=True)
    desk.page.set_viewport_size({"width": 1280, "height": 740})


def test_the_crime_nobody_has_is_seen_first_and_allocated_without_a_mouse(desk: Desk, force: Force) -> None:
    page, sergeant = desk.page, force.one(Role.SERGEANT)
    with as_user(force.one(Role.INSPECTOR)):
        ann = detective("Ann", force.district, "pip2", by=force.one(Role.INSPECTOR))
        grave = crime(force, GRAVE, born="2015-02-03")
        crime(force)
    desk.sign_in(sergeant)
    desk.go("/crimes/")
    page.get_by_role("link", name="1 serious crime with a vulnerable victim has no owner").press("Enter")
    expect(page.get_by_role("heading", name=grave.reference)).to_be_visible()
    look(desk, "unallocated")
    page.get_by_role("group", name=f"Owner of {grave.reference}").get_by_role("radio", name="Ann").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    desk.told(f"{grave.reference} is allocated to {ann.name}.")
    expect(page.get_by_text("No serious crime with a vulnerable victim is without an owner")).to_be_visible()
    with as_user(sergeant):
        choice = AllocationChoice.objects.get()
        assert (choice.followed, choice.owner.user_id) == (True, ann.id)
    desk.go(f"/crimes/CR-{grave.number}-{grave.year:%Y}/")
    expect(page.get_by_role("heading", name="Allocation and screening")).to_be_visible()
    expect(page.get_by_text("It is not screened out: its class is a serious one.")).to_be_visible()
    look(desk, "crime-allocation")
    desk.go("/crimes/officers/")
    expect(page.get_by_text("PIP2 accredited, from")).to_be_visible()
    look(desk, "officers")
