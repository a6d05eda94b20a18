"""A real browser against a real server: what every journey needs, and what no page may ever do."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from iops.foundation.roles import Role
from tests.force import Force
from tests.journeys.live import Live

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.live_server_helper import LiveServer

    from iops.foundation.models import User

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PASSWORD = "three blind mice of mill lane"
REFUSED = "Failed to load resource: the server responded with a status of 4"
"""What the browser itself says about a page that refuses something, as it should."""


LEFT = ("htmx:afterRequest", "htmx:sendAbort")
"""What htmx says of a part of a page that was still loading when somebody went on to the next page."""


def need(found: object, what: str, mend: str) -> None:
    """Skip where something is missing, except on the integration server, where nothing may be."""
    if not found:
        words = f"{what} is missing: {mend}"
        pytest.fail(words) if os.environ.get("CI") == "true" else pytest.skip(words)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    need(program, "A browser", "install Chromium (Debian: apt-get install chromium)")
    need((settings.ASSETS / "axe.min.js").exists(), "A file of the pages", "run ./iops assets and set IOPS_ASSETS")
    # Playwright runs an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@dataclass
class Desk:
    """Somebody at a browser; notes what a page must never do."""

    page: Page
    base: str
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith((REFUSED, *LEFT)):
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.base, "data:", "about:")):
            self.faults.append(f"another host: {request.url}")

    def go(self, address: str) -> None:
        self.page.goto(self.base + address)

    def sign_in(self, person: User) -> None:
        """Sign in by the form, as everybody does."""
        self.page.context.clear_cookies()
        self.go("/sign-in/")
        self.page.get_by_label("Name").fill(person.username)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_role("heading", name="My worklist").wait_for()

    def told(self, words: str) -> None:
        """Wait until the page says that something is done."""
        expect(self.page.locator(".iops-notice--success")).to_contain_text(words)

    def act(self, title: str) -> None:
        """Open one of the actions of the page."""
        self.page.locator(".iops-action > summary", has_text=title).first.click()

    def violations(self) -> list[str]:
        """What axe-core finds against WCAG 2.2 AA on the page as it stands."""
        self.page.evaluate(Path(settings.ASSETS / "axe.min.js").read_text(encoding="utf-8"))
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        found = self.page.evaluate("tags => axe.run(document, {runOnly: tags})", tags)
        return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found["violations"]]

    def overflow(self) -> int:
        """By how many pixels the page is wider than the screen."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.fixture
def force(transactional_db: None) -> Force:
    """A force in which everybody has a password."""
    force = Force()
    for role in (Role.CALL_HANDLER, Role.DISPATCHER, Role.RESPONSE, Role.SERGEANT, Role.INSPECTOR, Role.SAFEGUARDING):
        person = force.one(role)
        person.set_password(PASSWORD)
        person.save()
    return force


@pytest.fixture
def desk(browser: Browser, live_server: LiveServer, force: Force) -> Iterator[Desk]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", timezone_id="Europe/London")
    context.set_default_timeout(15_000)
    desk = Desk(context.new_page(), live_server.url)
    yield desk
    context.close()
    assert desk.faults == []


@pytest.fixture
def live(settings: object) -> Iterator[Live]:
    """The live stream, on a port of its own."""
    found = Live()
    settings.IOPS_STREAM = f":{found.port}"  # type: ignore[attr-defined]
    try:
        found.start()
        yield found
    finally:
        found.stop()
