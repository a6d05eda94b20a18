"""A domestic 999 call, from the ring to the unit at the scene, by keyboard alone, with the keystrokes counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.control.contact import services as contacts
from iops.control.models import Incident
from iops.foundation.roles import Role
from tests.control.dispatch.conftest import Room
from tests.journeys.conftest import Desk

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.force import Force
    from tests.journeys.live import Live

pytestmark = pytest.mark.browser

MOST_KEYS = 40
"""Keystrokes beyond free text that the whole call may take, of everybody who works on it."""
SOON = 20_000
RADIO = (("Acknowledged", "has acknowledged"), ("En route", "is en route"), ("At scene", "is at the scene"))
"""What the crew says on the radio and the dispatcher presses: the first button of the unit, and what is told then."""


class Keys:
    """A keyboard that counts what is pressed and lets free text go uncounted."""

    count = 0

    def __init__(self, desk: Desk) -> None:
        self.keyboard = desk.page.keyboard

    def say(self, words: str) -> None:
        """Free text: what the caller says."""
        self.keyboard.type(words)

    def press(self, *chords: str) -> None:
        for chord in chords:
            self.keyboard.press(chord)
            Keys.count += len(chord.split("+"))


def no_mouse(desk: Desk) -> None:
    """Whatever points is counted by the page itself: there must be none of it."""
    desk.page.add_init_script(
        "addEventListener('pointerdown', () => { localStorage.setItem('pointed', 'yes'); }, true)"
    )


def take_the_call(desk: Desk, force: Force) -> Incident:
    page, keys = desk.page, Keys(desk)
    expect(page.get_by_role("heading", name="Ringing (1)")).to_be_visible(timeout=SOON)
    keys.press("Alt+a")
    expect(page.get_by_label("Where")).to_be_focused()
    keys.say("14 Acacia Road")
    keys.press("Tab")
    keys.say("He has hit me and he is still here")
    keys.press("Tab", "Tab", "Enter", "Tab")
    expect(page.get_by_label("Name of the caller")).to_be_focused()
    keys.say("Ruth Made-Up")
    keys.press("Tab", force.district.name[0])
    keys.press("Tab", "1")
    keys.press("Tab", "Space")
    keys.press("Control+Enter")
    desk.told("is open.")
    return Incident.objects.get()


def send_a_unit(dispatcher: Desk, incident: Incident) -> None:
    page, keys = dispatcher.page, Keys(dispatcher)
    job = page.locator("#jobs > li").first
    expect(job).to_contain_text("14 Acacia Road", timeout=SOON)
    keys.press("j", "Enter")
    expect(page.locator("#panel")).to_contain_text(incident.reference)
    keys.press("a")
    expect(page.locator(":focus")).to_have_text("Send A1")
    keys.press("Enter")
    expect(page.locator("#panel")).to_contain_text("A1 assigned.")
    for says, then in RADIO:
        keys.press("s")
        expect(page.locator(":focus")).to_contain_text(says)
        keys.press("Enter")
        expect(page.locator("#panel")).to_contain_text(then)


def test_a_domestic_call_goes_from_the_ring_to_the_unit_at_the_scene_in_forty_keystrokes_and_no_mouse(
    desk: Desk, browser: Browser, force: Force, live: Live
) -> None:
    Keys.count = 0
    room = Room(force)
    unit = room.on_duty("A1")
    beside = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="en-GB", timezone_id="Europe/London")
    dispatcher = Desk(beside.new_page(), desk.base)
    no_mouse(desk)
    no_mouse(dispatcher)
    handler = force.one(Role.CALL_HANDLER)
    desk.sign_in(handler)
    desk.go("/contacts/")
    dispatcher.sign_in(room.dispatcher)
    dispatcher.go("/board/")
    expect(dispatcher.page.locator("#live")).to_contain_text("Live", timeout=SOON)
    for one in (desk, dispatcher):
        # Signing in and opening the screens is before the call: from here on nothing may be pointed at.
        one.page.evaluate("localStorage.removeItem('pointed')")

    contacts.ring(channel="999", by=handler, number="07700 900123")
    incident = take_the_call(desk, force)
    send_a_unit(dispatcher, incident)

    sent = incident.deployments.get()
    assert (incident.where, incident.domestic, incident.district) == ("14 Acacia Road", True, force.district)
    assert (incident.gradings.get().grade, sent.resource) == (1, unit)
    assert sent.arrived_at is not None
    assert incident.contact.answered_at is not None
    assert incident.contact.call_back == "07700 900123"
    for one in (desk, dispatcher):
        assert one.page.evaluate("localStorage.getItem('pointed')") is None
    assert Keys.count <= MOST_KEYS, f"{Keys.count} keystrokes beyond free text; {MOST_KEYS} are the most"
    dispatcher.page.goto("about:blank")
    assert [f for f in dispatcher.faults if f":{live.port}/" not in f] == []
    beside.close()
