"""A call from ring to saved log within ten seconds; a draft through a lost connection; a call linked to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.control.contact import services
from iops.control.models import Contact, Incident, LogEntry
from iops.foundation.context import acting
from iops.foundation.roles import Role
from iops.web.models import Draft

if TYPE_CHECKING:
    from tests.force import Force
    from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser

WORDS_A_MINUTE, LETTERS_A_WORD, SECONDS = 60, 5, 10
MOST_KEYS = WORDS_A_MINUTE * LETTERS_A_WORD * SECONDS // 60
"""What a typist at 60 words a minute (5 keystrokes a word, as typing is counted) types in 10 seconds: 50 keystrokes."""


class Keys:
    """A keyboard that counts: a letter, Tab and each key of a chord are one keystroke each."""

    def __init__(self, desk: Desk) -> None:
        self.keyboard, self.count = desk.page.keyboard, 0

    def type(self, words: str) -> None:
        self.keyboard.type(words)
        self.count += len(words)

    def press(self, chord: str) -> None:
        self.keyboard.press(chord)
        self.count += len(chord.split("+"))


def test_a_minimum_log_is_saved_in_three_fields_and_ten_seconds_of_typing(desk: Desk, force: Force) -> None:
    desk.sign_in(force.one(Role.CALL_HANDLER))
    desk.go("/incidents/new/")
    keys = Keys(desk)
    expect(desk.page.get_by_label("Where")).to_be_focused()
    for words in ("3 Mill Lane", "Fight, knife seen", "07700900123"):
        keys.type(words)
        if words != "07700900123":
            keys.press("Tab")
    keys.press("Control+Enter")
    desk.told("is open.")
    incident = Incident.objects.get()
    assert (incident.where, incident.what, incident.contact.call_back) == (
        "3 Mill Lane",
        "Fight, knife seen",
        "07700900123",
    )
    assert keys.count <= MOST_KEYS, (
        f"{keys.count} keystrokes; {MOST_KEYS} are {SECONDS} s at {WORDS_A_MINUTE} words a minute"
    )


def test_a_ringing_call_is_answered_and_carried_over_and_a_draft_lives_through_a_lost_connection(
    desk: Desk, force: Force
) -> None:
    handler, page = force.one(Role.CALL_HANDLER), desk.page
    contact = services.ring(channel="999", by=handler, number="07700 900123")
    desk.sign_in(handler)
    desk.go("/contacts/")
    assert not desk.violations()
    page.get_by_role("button", name=f"Answer contact {contact.id}").click()
    expect(page.get_by_label("Call back")).to_have_value("07700 900123")
    page.get_by_label("Where").press_sequentially("14 Acacia")
    expect(page.locator("#draft-state")).to_be_hidden()

    def kept() -> list[Draft]:
        with acting(user_id=handler.id):
            return list(Draft.objects.all())

    page.wait_for_function("() => true")
    page.wait_for_timeout(900)
    assert [d.values["where"] for d in kept()] == ["14 Acacia"]

    page.context.set_offline(True)
    expect(page.locator("#draft-state")).to_contain_text("There is no connection")
    page.get_by_label("Where").press_sequentially(" Road")
    page.get_by_label("What is happening").press_sequentially("Smoke")
    page.get_by_role("button", name="Save the incident").click()
    expect(page.locator("#draft-state")).to_contain_text("Not saved yet")
    expect(page.locator("#intake-lost")).to_be_visible()
    assert not desk.violations()
    assert not Incident.objects.exists()

    page.context.set_offline(False)
    desk.told("is open.")
    incident = Incident.objects.get()
    assert (incident.where, incident.what, incident.contact_id) == ("14 Acacia Road", "Smoke", contact.id)
    assert kept() == []
    assert Contact.objects.get().outcome == "incident"
    assert page.evaluate("localStorage.length") == 0
    desk.faults.clear()


def test_a_draft_comes_back_on_another_terminal_and_is_thrown_away_only_when_told(desk: Desk, force: Force) -> None:
    desk.sign_in(force.one(Role.CALL_HANDLER))
    page = desk.page
    desk.go("/incidents/new/")
    page.get_by_label("Where").fill("Canal Side")
    with page.expect_response("**/drafts/incident-new-*/"):
        page.get_by_label("What is happening").fill("Somebody in the water")
    page.evaluate("localStorage.clear()")
    desk.go("/drafts/")
    assert not desk.violations()
    page.get_by_role("link", name="Canal Side, Somebody in the water").click()
    expect(page.get_by_label("Where")).to_have_value("Canal Side")
    page.get_by_role("button", name="Throw it away").click()
    expect(page.get_by_label("Where")).to_have_value("")
    desk.go("/drafts/")
    expect(page.locator("main")).to_contain_text("You have no drafts.")


def test_a_second_call_about_one_thing_is_linked_while_it_is_typed(desk: Desk, force: Force) -> None:
    first = force.incident(where="14 Acacia Road, Bolton", what="Two youths setting fire to a wheelie bin")
    desk.sign_in(force.one(Role.CALL_HANDLER))
    page = desk.page
    desk.go("/incidents/new/")
    page.get_by_label("Where").press_sequentially("acasia rd", delay=5)
    page.get_by_label("What is happening").press_sequentially("kids set fire to a bin", delay=5)
    same = page.locator("#intake-same")
    expect(same).to_contain_text("the same words")
    expect(same).to_contain_text("the same street")
    assert not desk.violations()
    page.set_viewport_size({"width": 360, "height": 740})
    assert desk.overflow() <= 0
    page.get_by_role("button", name=f"Link this call to {first.reference}").click()
    desk.told(f"The call is linked to incident {first.reference}.")
    assert Incident.objects.count() == 1
    assert Contact.objects.filter(outcome="linked", incident=first).count() == 1
    assert LogEntry.objects.filter(incident=first, text__contains="kids set fire to a bin").exists()
    first.refresh_from_db()
    assert first.closed_at is None
    contact = Contact.objects.get(outcome="linked")
    for place in (f"/contacts/{contact.id}/", "/contacts/", "/contacts/notes/"):
        desk.go(place)
        assert not desk.violations(), place
        assert desk.overflow() <= 0, place
