"""A rape report: an N100 while the victim is not found, the crime when she tells, and who may turn it back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.control.selectors import address
from iops.crime.models import Crime, CrimeCancellation, DesignationKind
from iops.crime.recorded import deciding
from iops.crime.recorded.selectors import address as crime_address
from iops.foundation import clock
from iops.foundation.roles import Role
from iops.pole import services as pole
from tests.journeys.conftest import PASSWORD
from tests.journeys.test_what_must_be_recorded import answer_all

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.force import Force
    from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser
NOT_FOUND = (
    ("Who reports it?", "Third party"),
    ("What did the victim say when asked?", "Untraced"),
    ("Are there clear grounds to say that a crime against an identifiable victim happened?", "Yes"),
    (
        "Is recording necessary or appropriate (investigation, arrest, public interest, risk or vulnerability)?",
        "No",
    ),
)


def work_out(desk: Desk, where: str) -> Page:
    """Say on the page of the incident what was done."""
    desk.go(where)
    desk.page.get_by_role("link", name="Work out what must be recorded").click()
    desk.page.get_by_label("or its class or code").fill("19C")
    desk.page.get_by_role("button", name="Answer", exact=True).click()
    return desk.page


def turn(page: Page) -> None:
    """Ask for the crime to be a reported incident."""
    form = page.locator("#act-rape-report")
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    form.get_by_label("Reported incident").select_option("N100/02")
    form.get_by_role("group", name="Ground").locator("input[value=error_in_first_class]").check()
    form.get_by_label("Reasons").fill("The recording of the call has other words")
    form.get_by_role("button", name="Turn it into a reported incident").click()


def test_a_rape_report_is_an_n100_and_becomes_a_crime_which_only_an_accredited_registrar_turns_back(
    desk: Desk, force: Force
) -> None:
    officer, registrar = force.one(Role.RESPONSE), force.one(Role.REGISTRAR)
    registrar.set_password(PASSWORD)
    registrar.save()
    incident = force.incident(what="A friend says that she was raped", crime_reported=True)
    victim = pole.register_person("Ida Cole (made up)", officer, born="1990-01-01")
    pole.link(("person", victim.id), "victim", ("incident", incident.id), officer)
    desk.sign_in(officer)
    page = work_out(desk, address(incident))
    answer_all(page, *NOT_FOUND)
    expect(page.locator("section[aria-labelledby=decision]")).to_contain_text("N100/01")
    assert desk.violations() == []
    page.get_by_role("button", name="Save this decision").click()
    expect(page.locator("section[aria-labelledby=recording]")).to_contain_text("Reported incident N100/01")
    assert not Crime.objects.exists()

    answer_all(work_out(desk, address(incident)), ("Who reports it?", "Victim"))
    page.get_by_role("button", name="Record the crime").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Crime CR/1/")
    expect(page.get_by_text("Upgraded from")).to_be_visible()
    assert desk.violations() == []

    desk.sign_in(registrar)
    desk.go(crime_address(Crime.objects.get()))
    turn(page)
    expect(page.get_by_text("Only an accredited registrar").first).to_be_visible()
    assert desk.violations() == []
    assert not CrimeCancellation.objects.exists()
    since = clock.today() - dt.timedelta(days=1)
    deciding.designate(registrar.id, DesignationKind.ACCREDITED_REGISTRAR, since, "On the register", registrar)
    turn(page)
    desk.told("It is reported incident N100/02 now.")
    expect(page.get_by_text("Turned into a reported incident of rape").first).to_be_visible()
    assert desk.violations() == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert desk.overflow() <= 0
