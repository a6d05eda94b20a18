"""The live stream itself: who may listen, what it says while it lives, and that it never looks live when it is not."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from iops.control.board.changes import Change, Drawn, Picture
from iops.project.stream import PATH, Pace, Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

QUICK = Pace(every=0.01, beat=0.03, stale=0.15, checked=0.1)
HOST = [(b"host", b"board.example:8001")]


def in_a_loop(run: Callable[[], Coroutine[object, object, None]]) -> None:
    """Run it in a loop of its own thread: the browser of other tests may keep one in this."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(run())).result()


def one_row(picture: Picture) -> Change | None:
    """A board on which one incident stands, told once."""
    if picture.number:
        return None
    return picture.keep(Change(0, "", {7: Drawn(1, "k", "<li></li>")}, frozenset(), {}, frozenset(), False))


def broken(_picture: Picture) -> Change | None:
    raise OSError("the database is away")


class Listener:
    """A browser, as the server tells the application of it."""

    def __init__(self, headers: list[tuple[bytes, bytes]] | None = None, path: str = PATH, method: str = "GET") -> None:
        self.scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": headers or HOST}
        self.status = 0
        self.told = b""
        self.left = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.status = message.get("status", self.status)
        self.told += message.get("body", b"")

    async def listens(self, stream: Stream, until: Callable[[], object]) -> bool:
        """Listen until something is so, then leave; whether the server had ended it by then."""
        running = asyncio.create_task(stream(self.scope, self.receive, self.send))
        for _ in range(500):
            if running.done() or until():
                break
            await asyncio.sleep(0.01)
        ended = running.done()
        self.left.set()
        await asyncio.wait_for(running, 5)
        return ended


def known(_cookie: str) -> bool:
    return True


def test_who_listens_gets_the_whole_board_and_then_hears_that_the_stream_lives() -> None:
    async def run() -> None:
        browser = Listener()
        assert not await browser.listens(Stream(one_row, known, QUICK), lambda: b"event: beat" in browser.told)
        assert browser.status == 200
        assert browser.told.startswith(b"event: whole\n")

    in_a_loop(run)


def test_a_board_that_cannot_be_read_is_never_shown_as_live() -> None:
    async def run() -> None:
        away = [False]

        def look(picture: Picture) -> Change | None:
            return broken(picture) if away[0] else one_row(picture)

        stream, browser = Stream(look, known, QUICK), Listener()

        def lost() -> bool:
            away[0] = bool(browser.told)
            return False

        assert await browser.listens(stream, lost)
        assert browser.told.startswith(b"event: whole\n")
        late = Listener()
        assert await late.listens(stream, lambda: False)
        assert late.status == 503

    in_a_loop(run)


def test_who_comes_while_the_database_was_never_there_is_told_so_and_does_not_wait_for_ever() -> None:
    async def run() -> None:
        browser = Listener()
        assert await browser.listens(Stream(broken, known, QUICK), lambda: False)
        assert (browser.status, browser.told) == (503, b"")

    in_a_loop(run)


def test_a_board_that_comes_back_is_live_again() -> None:
    async def run() -> None:
        looks = iter([broken, broken])

        def look(picture: Picture) -> Change | None:
            return next(looks, one_row)(picture)

        stream, browser = Stream(look, known, Pace(every=0.01, beat=0.03, stale=1.5, checked=5)), Listener()
        assert not await browser.listens(stream, lambda: b"event: whole" in browser.told)

    in_a_loop(run)


def test_a_session_that_ends_ends_the_stream() -> None:
    async def run() -> None:
        answers = iter([True, True])
        browser = Listener()
        stream = Stream(one_row, lambda _cookie: next(answers, False), QUICK)
        assert await browser.listens(stream, lambda: False)
        assert browser.status == 200

    in_a_loop(run)


def test_a_browser_too_far_behind_is_let_go_and_others_are_not() -> None:
    from iops.project.stream import MOST_BEHIND, Browser

    async def run() -> None:
        slow, quick = Browser(frozenset()), Browser(frozenset())
        for n in range(MOST_BEHIND + 1):
            slow.tell(b"x")
            quick.tell(b"x")
            assert quick.waiting.get_nowait() == b"x", n
        assert slow.waiting.get_nowait() is None

    in_a_loop(run)


@pytest.mark.parametrize(
    ("headers", "path", "method", "signed_in", "status"),
    [
        ([], PATH, "GET", False, 401),
        ([], "/", "GET", True, 404),
        ([], PATH, "POST", True, 403),
        ([(b"origin", b"http://board.example:8000")], PATH, "GET", False, 401),
        ([(b"origin", b"http://evil.example")], PATH, "GET", True, 403),
        ([(b"origin", b"http://board.example.evil.example")], PATH, "GET", True, 403),
        ([(b"origin", b"null")], PATH, "GET", True, 403),
        ([(b"origin", b"http://[")], PATH, "GET", True, 403),
        ([(b"cookie", b"\xff;=;;\x00")], PATH, "GET", False, 401),
    ],
)
def test_who_may_not_listen_is_refused_and_told_nothing(
    headers: list[tuple[bytes, bytes]], path: str, method: str, signed_in: bool, status: int
) -> None:
    async def run() -> None:
        browser = Listener(HOST + headers, path, method)
        assert await browser.listens(Stream(one_row, lambda _cookie: signed_in, QUICK), lambda: False)
        assert (browser.status, browser.told) == (status, b"")

    in_a_loop(run)


def test_a_look_never_changes_the_board_under_somebody_who_is_being_told() -> None:
    """The board is read by a thread while the loop tells: a deque may not grow while it is gone through."""
    from concurrent.futures import ThreadPoolExecutor

    picture = Picture("e")

    def looks() -> None:
        for n in range(4_000):
            picture.keep(Change(0, "", {n: Drawn(1, "", "")}, frozenset({n - 1}), {}, frozenset(), False))

    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(looks)
        while not running.done():
            last = max(0, picture.number - 300)
            assert picture.since(f"e-{last}", frozenset())
        running.result()
    assert picture.number == 4_000


@pytest.mark.parametrize(("took", "waits"), [(0.0, 0.15), (0.1, 0.05), (0.149, 0.02), (0.2, 0.3), (2.5, 0.3)])
def test_one_slow_look_does_not_hold_back_what_comes_after_it(took: float, waits: float) -> None:
    assert Pace().after(took) == pytest.approx(waits)
