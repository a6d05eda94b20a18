"""The live board in a browser: from the keyboard alone, what comes by itself, and what is said when nothing comes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from iops.control import services as control
from iops.control.dispatch import services as dispatch
from iops.control.models import Deployment, EmergencyPress
from tests.control.dispatch.conftest import Room
from tests.journeys.conftest import PASSWORD

if TYPE_CHECKING:
    from iops.control.models import Incident
    from tests.force import Force
    from tests.journeys.conftest import Desk
    from tests.journeys.live import Live

pytestmark = pytest.mark.browser

SOON = 20_000
"""Milliseconds in which a change must have come even on a busy machine; how soon it does is what the bench measures."""


STEPS = (
    ("Told PC of A1", "warnings read"),
    ("Acknowledged", "has acknowledged"),
    ("En route", "is en route"),
    ("At scene", "is at the scene"),
    ("Clear", "is clear"),
)
"""What the first button of a unit says at each step, and what is said when it was pressed."""


@pytest.fixture
def room(force: Force) -> Room:
    return Room(force)


def graded(room: Room, grade: int, **facts: object) -> Incident:
    incident = room.force.incident(**facts)
    control.grade(incident.id, grade, "", room.dispatcher)
    return incident


def of_the_stream(desk: Desk, live: Live) -> None:
    """The stream stands on another port of the same host, and is lost on purpose: neither is a fault of the page."""
    desk.page.goto("about:blank")  # before the process of the stream is ended
    told = (f":{live.port}/", "net::ERR_")
    desk.faults[:] = [fault for fault in desk.faults if not any(part in fault for part in told)]


def test_a_unit_is_sent_and_followed_to_the_end_without_a_mouse(desk: Desk, room: Room) -> None:
    second, first = graded(room, 3, where="2 Slow Lane"), graded(room, 1, where="1 Fast Lane")
    unit = room.on_duty("A1")
    marker = room.marker(person_id=room.person_on(first).id)
    desk.sign_in(room.dispatcher)
    desk.go("/board/")
    page, keys = desk.page, desk.page.keyboard
    keys.press("?")
    expect(page.locator("#keys")).to_have_attribute("open", "")
    keys.press("j")
    expect(page.locator(":focus")).to_contain_text("1 Fast Lane")
    keys.press("j")
    expect(page.locator(":focus")).to_contain_text("2 Slow Lane")
    keys.press("k")
    keys.press("Enter")
    expect(page.locator("#panel")).to_be_focused()
    expect(page.locator("#panel")).to_contain_text(first.reference)
    keys.press("a")
    expect(page.locator(":focus")).to_have_text("Send A1")
    keys.press("Enter")
    expect(page.locator("#panel")).to_contain_text("A1 assigned.")
    expect(page.locator("#panel")).to_contain_text("must read these before it can acknowledge")
    expect(page.get_by_role("button", name="Acknowledged")).to_have_count(0)
    for says, then in STEPS:
        keys.press("s")
        expect(page.locator(":focus")).to_contain_text(says)
        keys.press("Enter")
        expect(page.locator("#panel")).to_contain_text(then)
    deployment = Deployment.objects.get(incident=first, resource=unit)
    assert deployment.receipts.filter(marker=marker).exists()
    assert None not in (deployment.acknowledged_at, deployment.arrived_at, deployment.stood_down_at)
    keys.press("Escape")
    expect(page.locator(":focus")).to_contain_text(first.reference)
    assert not Deployment.objects.filter(incident=second).exists()


def test_single_keys_can_be_switched_off_and_stay_off(desk: Desk, room: Room) -> None:
    graded(room, 1, where="1 Fast Lane")
    desk.sign_in(room.dispatcher)
    desk.go("/board/")
    page, keys = desk.page, desk.page.keyboard
    keys.press("?")
    page.get_by_label("Switch single keys off").check()
    page.get_by_label("Switch single keys off").blur()
    page.reload()
    keys.press("j")
    keys.press("/")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    page.locator("#keys summary").press("Enter")
    page.get_by_label("Switch single keys off").uncheck()
    page.get_by_label("Switch single keys off").blur()
    keys.press("j")
    expect(page.locator(":focus")).to_contain_text("1 Fast Lane")


def test_what_happens_comes_by_itself_and_a_lost_line_is_said(desk: Desk, room: Room, live: Live) -> None:
    graded(room, 3, where="2 Slow Lane")
    room.on_duty("A1")
    desk.sign_in(room.dispatcher)
    desk.go("/board/?district=" + str(room.force.district.id))
    page = desk.page
    expect(page.locator("#live")).to_contain_text("Live", timeout=SOON)
    graded(room, 1, where="1 New Lane")
    expect(page.locator("#jobs > li").first).to_contain_text("1 New Lane", timeout=SOON)
    expect(page.locator("#count-alone")).to_have_text("2", timeout=SOON)

    dispatch.press_emergency(room.crew("A1"))
    note = page.get_by_label("What was done for A1")
    expect(note).to_be_visible(timeout=SOON)
    page.keyboard.press("e")
    page.keyboard.type("jake sends A")
    room.on_duty("A2")
    dispatch.press_emergency(room.crew("A2"))
    expect(page.get_by_label("What was done for A2")).to_be_visible(timeout=SOON)
    expect(note).to_have_value("jake sends A")
    expect(note).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("What was done for A1")).to_have_count(0)
    assert EmergencyPress.objects.filter(answered_at=None).count() == 1
    assert "district=" in page.url

    live.stop()
    expect(page.locator("#not-live")).to_have_text(re.compile(r"Not live since \d\d:\d\d"), timeout=SOON)
    control.grade(graded(room, 2, where="3 Later Lane").id, 1, "", room.dispatcher)
    live.start()
    expect(page.locator("#not-live")).to_be_hidden(timeout=2 * SOON)
    expect(page.locator("#jobs")).to_contain_text("3 Later Lane", timeout=SOON)
    of_the_stream(desk, live)


def test_nothing_moves_under_somebodys_hands(desk: Desk, room: Room, live: Live) -> None:
    graded(room, 3, where="2 Slow Lane")
    desk.sign_in(room.dispatcher)
    desk.go("/board/")
    expect(desk.page.locator("#live")).to_contain_text("Live", timeout=SOON)
    desk.page.keyboard.press("j")
    graded(room, 1, where="1 New Lane")
    expect(desk.page.locator("#held")).to_contain_text("held while you choose", timeout=SOON)
    expect(desk.page.locator(":focus")).to_contain_text("2 Slow Lane")
    expect(desk.page.locator("#jobs > li")).to_have_count(1)
    desk.page.get_by_role("heading", name="Units").click()
    desk.page.evaluate("document.activeElement.blur()")
    expect(desk.page.locator("#jobs > li")).to_have_count(2, timeout=SOON)
    of_the_stream(desk, live)


def test_somebody_signed_out_is_not_shown_an_empty_board(desk: Desk, room: Room) -> None:
    graded(room, 1, where="1 Fast Lane")
    desk.sign_in(room.dispatcher)
    desk.page.clock.install()
    desk.go("/board/")
    desk.page.context.clear_cookies()
    desk.page.clock.run_for(11_000)
    expect(desk.page.locator("#not-live")).to_contain_text("signed out")
    expect(desk.page.locator("#jobs")).to_contain_text("1 Fast Lane")


@pytest.mark.parametrize("width", [1920, 1280, 360])
def test_board_and_phone_are_accessible_and_fit(desk: Desk, room: Room, width: int) -> None:
    incident = graded(room, 1, where="Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch")
    unit = room.on_duty("A1", crew=["Fox"])
    room.marker(person_id=room.person_on(incident).id)
    room.place_of(incident, at=(384_000, 398_000))
    room.on_duty("A2", at=(385_000, 399_000))
    dispatch.assign(incident.id, [unit.id], room.dispatcher)
    dispatch.press_emergency(room.crew("A2"))
    crew = room.officer("Fox")
    crew.set_password(PASSWORD)
    crew.save()
    desk.page.set_viewport_size({"width": width, "height": 800})
    found: dict[str, list[str]] = {}
    for person, places in ((room.dispatcher, ("/board/", "/board/?wall=1")), (crew, ("/my-job/",))):
        desk.sign_in(person)
        for place in places:
            desk.go(place)
            desk.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            if link := desk.page.locator("[data-job]").all():
                link[0].click()
                expect(desk.page.locator("#panel")).to_contain_text("Whom to send")
            found[place] = [*desk.violations(), *([f"{desk.overflow()} px too wide"] if desk.overflow() > 0 else [])]
    assert {place: faults for place, faults in found.items() if faults} == {}
