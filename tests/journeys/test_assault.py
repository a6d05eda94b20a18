"""A domestic assault: from the incident to the crime, the arrest and bail of a suspect, the charge and the outcome."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.control.selectors import address
from iops.crime.models import Charge, Crime, CrimeOutcome
from iops.crime.recorded.selectors import address as crime_address
from iops.foundation import clock
from iops.foundation.roles import Role
from iops.pole import services as pole
from tests.journeys.test_victim import seen
from tests.journeys.test_what_must_be_recorded import answer_all

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from iops.control.models import Incident
    from tests.force import Force
    from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser


def assault(force: Force) -> Incident:
    """A domestic incident with a victim and a suspect."""
    officer = force.one(Role.RESPONSE)
    incident = force.incident(what="He hit her in the kitchen", crime_reported=True, domestic=True)
    ann = pole.register_person("Ann Brown (made up)", officer, born="1990-02-03")
    bob = pole.register_person("Bob Gray (made up)", officer, born="1988-02-03")
    pole.link(("person", ann.id), "victim", ("incident", incident.id), officer)
    pole.link(("person", bob.id), "suspect", ("incident", incident.id), officer)
    return incident


def day(page: Page, name: str, when: dt.date) -> None:
    """A date in its three boxes."""
    for part, value in (("day", when.day), ("month", when.month), ("year", when.year)):
        page.locator(f"input[name={name}-{part}]").fill(str(value))


def record(desk: Desk, force: Force) -> None:
    """The officer records the crime from the incident."""
    incident = assault(force)
    desk.sign_in(force.one(Role.RESPONSE))
    desk.go(address(incident))
    page = desk.page
    page.get_by_role("link", name="Work out what must be recorded").click()
    page.get_by_label("or its class or code").fill("8N")
    page.get_by_role("button", name="Answer", exact=True).click()
    answer_all(page, ("Who reports it?", "Victim"))
    page.get_by_role("button", name="Record the crime").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Crime CR/1/")
    expect(page.locator("section[aria-labelledby=victims]")).to_contain_text("Enhanced rights")
    assert desk.violations() == []


def arrest(desk: Desk) -> None:
    """The officer arrests the suspect, and cannot let him go without an inspector."""
    page = desk.page
    desk.act("Note an arrest")
    page.get_by_label("Arrested", exact=True).check()
    page.get_by_label("Where they were arrested").fill("12 Mill Lane")
    page.get_by_label("Why the arrest was necessary").fill("To protect her and to interview him")
    page.get_by_role("button", name="Save the arrest").click()
    desk.told("Arrest saved")
    expect(page.locator("section[aria-labelledby=suspects]")).to_contain_text("In custody")
    desk.act("Release under investigation")
    page.get_by_label("Why not bail with conditions").fill("Nothing to add")
    page.get_by_role("button", name="Save the release").click()
    expect(page.get_by_text("For domestic abuse an inspector authorises").first).to_be_visible()
    assert desk.violations() == []


def bail_and_charge(desk: Desk, force: Force) -> None:
    """The custody officer bails him on conditions; he is charged, and the hearing set."""
    page, crime = desk.page, Crime.objects.get()
    desk.sign_in(force.one(Role.SERGEANT))
    desk.go(crime_address(crime))
    desk.act("Bail, or extend or vary it")
    form = page.locator("#act-bail")
    day(page, "until", clock.today() + dt.timedelta(days=20))
    form.get_by_label("Conditions").fill("Not to contact Ann Brown (made up)")
    form.get_by_label("Custody officer").check()
    form.get_by_label("What the victim said of it").fill("She asks for it")
    form.get_by_label("Why bail is necessary and proportionate").fill("The neighbour is still to be heard")
    form.get_by_role("button", name="Save the bail").click()
    desk.told("On bail until the end of")
    expect(page.locator("section[aria-labelledby=suspects]")).to_contain_text("On bail with conditions")
    desk.act("Charge or summons")
    form = page.locator("#act-charge")
    form.get_by_label("Offences").fill("Assault occasioning actual bodily harm")
    form.get_by_label("Crown Prosecution Service").check()
    form.get_by_label("Name and reference of the decision").fill("A. Prosecutor (made up)")
    form.get_by_role("button", name="Save the charge").click()
    desk.told("Charge saved")
    desk.act("Set a hearing")
    day(page, "held_on", clock.today() + dt.timedelta(days=30))
    page.locator("#act-hearing").get_by_label("Court").fill("Magistrates' court")
    page.get_by_role("button", name="Save the hearing").click()
    desk.told("Hearing saved")
    assert Charge.objects.get().hearings.count() == 1
    assert desk.violations() == []
    seen(desk, "suspects")


def end(desk: Desk) -> None:
    """Outcome 1: what is on record is not asked, the rest is."""
    page = desk.page
    form = page.locator("#act-outcome")
    form.locator("summary").click()
    form.get_by_label("Outcome", exact=True).select_option("1")
    form.get_by_label("Reasons").fill("Charged")
    form.get_by_role("button", name="Save the outcome").click()
    for select in form.locator("select").all()[1:]:
        select.select_option("yes")
    form.get_by_role("button", name="Save the outcome").click()
    desk.told("Outcome 1 saved")
    expect(page.locator("section[aria-labelledby=victims]")).to_contain_text("a suspect was charged")
    assert desk.violations() == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert desk.overflow() <= 0


def test_a_domestic_assault_goes_from_the_incident_to_a_charge(desk: Desk, force: Force) -> None:
    record(desk, force)
    arrest(desk)
    bail_and_charge(desk, force)
    end(desk)
    assert CrimeOutcome.objects.get().facts["court_date"] == "yes"
    desk.go("/wanted/")
    assert desk.violations() == []
