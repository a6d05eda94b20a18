"""The live stream of the board: one process reads the board some times a second and tells every browser what changed.

A small ASGI application of its own, beside the web server, so that hundreds of open streams hold no thread of it. It
takes the session of the page and asks again every half a minute whether that still stands.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import django

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from iops.control.board.changes import Change, Picture

    Send = Callable[[dict[str, Any]], Awaitable[None]]
    Receive = Callable[[], Awaitable[dict[str, Any]]]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iops.project.settings")
django.setup(set_prefix=False)

MOST_BEHIND = 100
"""Events a browser may be behind before it is let go: it comes back and gets the whole board."""
MOST_STREAMS = 2_000
PATH = "/board/events"
BEAT = b"event: beat\ndata: {}\n\n"
"""Said while nothing changes. An event and no comment: a page cannot hear comments, and must know that it is live."""


@dataclass(frozen=True)
class Pace:
    """How often things are done, in seconds."""

    every: float = 0.15
    """Between two looks at the board."""
    rest: float = 0.3
    """The longest pause after a slow look, which rests twice its own length: one that took seconds, as the first does,
    would else hold back every change for seconds more."""
    beat: float = 5.0
    """After which a stream with nothing to tell says that it lives."""
    stale: float = 10.0
    """Without one look that succeeded, after which no stream stays open: an old board must not pass for a live one."""
    checked: float = 30.0
    """After which a session is looked at again."""

    def after(self, took: float) -> float:
        """How long to wait after a look that took so long."""
        return max(self.every - took, min(took * 2, self.rest) if took > self.every else 0.02)


@dataclass(eq=False)
class Browser:
    """One open stream: which districts it shows, and what it has still to be told."""

    districts: frozenset[int]
    waiting: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(MOST_BEHIND))

    def tell(self, event: bytes) -> None:
        """Queue one event; a browser too far behind is let go."""
        try:
            self.waiting.put_nowait(event)
        except asyncio.QueueFull:
            self.let_go()

    def let_go(self) -> None:
        """End the stream, whatever was still to be told."""
        while not self.waiting.empty():
            self.waiting.get_nowait()
        self.waiting.put_nowait(None)


class Stream:
    """The application: looks at the board while anybody watches, and tells them."""

    def __init__(
        self,
        look: Callable[[Picture], Change | None] | None = None,
        known: Callable[[str], bool] | None = None,
        pace: Pace | None = None,
    ) -> None:
        from iops.control.board.changes import Picture

        self.look, self.known, self.pace = look or _looked, known or _has_session, pace or Pace()
        self.seen = 0.0
        self.picture: Picture = Picture(epoch=secrets.token_hex(4))
        self.browsers: set[Browser] = set()
        self.looking: asyncio.Task[None] | None = None
        self.looked = asyncio.Event()
        # The board and the sessions are read by a thread each, with a connection of its own.
        self.reader, self.porter = ThreadPoolExecutor(1), ThreadPoolExecutor(2)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        allowed = _origin(headers)
        if scope["path"] != PATH or scope["method"] != "GET" or allowed is None:
            await _refuse(send, 404 if scope["path"] != PATH else 403)
        elif len(self.browsers) >= MOST_STREAMS:
            await _refuse(send, 503)
        elif not await self._signed_in(headers):
            await _refuse(send, 401, allowed)
        else:
            await self._serve(scope, headers, allowed, receive, send)

    async def _signed_in(self, headers: dict[str, str]) -> bool:
        return await asyncio.get_running_loop().run_in_executor(self.porter, self.known, headers.get("cookie", ""))

    async def _serve(
        self, scope: dict[str, Any], headers: dict[str, str], allowed: str, receive: Receive, send: Send
    ) -> None:
        from iops.control.board.changes import chosen

        query = parse_qs(scope["query_string"].decode("latin-1"))
        browser = Browser(chosen(query.get("district", [])))
        if self.looking is None or self.looking.done():
            self.looking = asyncio.create_task(self._look())
        if not await self._is_read():
            await _refuse(send, 503, allowed)
            return
        for event in self.picture.since(headers.get("last-event-id", ""), browser.districts):
            browser.tell(event)
        self.browsers.add(browser)
        gone = asyncio.create_task(_gone(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _headers(allowed)})
            await self._tell(browser, headers, gone, send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except (OSError, RuntimeError):
            pass  # the browser went away while it was being told
        finally:
            self.browsers.discard(browser)
            gone.cancel()

    async def _tell(self, browser: Browser, headers: dict[str, str], gone: asyncio.Task[None], send: Send) -> None:
        checked = time.monotonic()
        while not gone.done():
            waiting = asyncio.create_task(browser.waiting.get())
            await asyncio.wait({waiting, gone}, timeout=self.pace.beat, return_when=asyncio.FIRST_COMPLETED)
            event: bytes | None = BEAT
            if waiting.done():
                event = waiting.result()
            else:
                waiting.cancel()
            if event is None or gone.done() or self._is_stale():
                return
            if time.monotonic() - checked >= self.pace.checked:
                if not await self._signed_in(headers):
                    return
                checked = time.monotonic()
            await send({"type": "http.response.body", "body": event, "more_body": True})

    def _is_stale(self) -> bool:
        return time.monotonic() - self.seen > self.pace.stale

    async def _is_read(self) -> bool:
        """Whether the board can be read now; waits for the first look, but not for ever."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.looked.wait(), self.pace.stale)
        return self.looked.is_set() and not self._is_stale()

    async def _look(self) -> None:
        """Look at the board for as long as anybody watches."""
        loop = asyncio.get_running_loop()
        idle = time.monotonic()
        while self.browsers or time.monotonic() - idle < self.pace.checked:
            began = time.monotonic()
            idle = began if self.browsers else idle
            try:
                change = await loop.run_in_executor(self.reader, self.look, self.picture)
            except Exception:  # noqa: BLE001 - the database is away for a moment: streams end when it lasts
                await asyncio.sleep(min(1.0, self.pace.stale / 3))
                continue
            self.seen = time.monotonic()
            self.looked.set()
            if change is not None:
                drawn: dict[frozenset[int], bytes] = {}
                for browser in list(self.browsers):
                    if browser.districts not in drawn:
                        drawn[browser.districts] = self.picture.event(change, browser.districts)
                    browser.tell(drawn[browser.districts])
            await asyncio.sleep(self.pace.after(time.monotonic() - began))
        self.looked.clear()


def _looked(picture: Picture) -> Any:
    """One look, as nobody: what is restricted is not seen."""
    from django.db import close_old_connections

    from iops.control.board.selectors import read, warnings_of
    from iops.foundation.context import acting

    close_old_connections()
    with acting(user_id=0, reason="board"):
        return picture.look(picture.counted(read(warnings=picture.warnings), warnings_of))


def _has_session(cookie: str) -> bool:
    """Whether the cookies of a request belong to somebody who is signed in."""
    from django.conf import settings
    from django.db import close_old_connections
    from django.http import HttpRequest

    from iops.foundation.sessions import SessionStore
    from iops.foundation.signed_in import user_of

    cookies: SimpleCookie = SimpleCookie()
    with suppress(CookieError):
        cookies.load(cookie)
    found = cookies.get(settings.SESSION_COOKIE_NAME)
    if found is None:
        return False
    close_old_connections()
    request = HttpRequest()
    request.session = SessionStore(found.value)
    return bool(user_of(request).is_authenticated)


def _origin(headers: dict[str, str]) -> str | None:
    """The page that may read the stream: of this very host, whatever its port; None for any other's."""
    origin = headers.get("origin", "")
    if not origin:
        return ""
    with suppress(ValueError):  # a browser sends no such thing; whoever does is refused like any other host
        if urlsplit(origin).hostname == urlsplit(f"//{headers.get('host', '')}").hostname is not None:
            return origin
    return None


def _headers(origin: str) -> list[tuple[bytes, bytes]]:
    told = {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
        "x-content-type-options": "nosniff",
    }
    if origin:
        told |= {"access-control-allow-origin": origin, "access-control-allow-credentials": "true", "vary": "Origin"}
    return [(name.encode(), value.encode("latin-1")) for name, value in told.items()]


async def _refuse(send: Send, status: int, origin: str = "") -> None:
    await send({"type": "http.response.start", "status": status, "headers": _headers(origin)})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


application = Stream()
