"""Logs say what happened and never who it happened to."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from iops.foundation import logs
from iops.foundation.accounts import services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.foundation.models import User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.foundation.pages")]

PERSONAL = "Persephone-Quillfeather"


@pytest.fixture
def lines(capfd: pytest.CaptureFixture[str]) -> Iterator[Lines]:
    """Every line logged so far when read, as JSON; the handlers of the test run are put back after."""
    root = logging.getLogger()
    before = list(root.handlers)
    logs.configure(human=False)
    yield Lines(capfd)
    root.handlers[:] = before


class Lines:
    """The lines of standard error, read when asked for."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self.capfd, self.raw = capfd, ""

    def read(self) -> list[dict[str, object]]:
        self.raw += self.capfd.readouterr().err
        return [json.loads(line) for line in self.raw.splitlines() if line.startswith("{")]


@pytest.fixture
def amy() -> User:
    return services.create_user(username="a.clark", name="Amy Clark (made up)", password=None, by=None)


def test_a_request_is_logged_with_its_number_route_status_and_time(lines: Lines, amy: User) -> None:
    client = Client()
    client.force_login(amy)
    response = client.get("/told/")
    [line] = [entry for entry in lines.read() if entry["event"] == "request"]
    assert line["request_id"] == response.headers["X-Request-Id"]
    assert (line["route"], line["status"], line["method"], line["user_id"]) == ("told", 200, "GET", amy.id)
    assert isinstance(line["milliseconds"], int)
    assert set(line) <= logs.KEYS


def test_nothing_personal_that_passes_through_a_request_is_in_the_logs(lines: Lines, amy: User) -> None:
    client = Client(raise_request_exception=False, headers={"User-Agent": PERSONAL, "Referer": f"/{PERSONAL}"})
    client.force_login(amy)
    client.get(f"/no/{PERSONAL}/", {PERSONAL: PERSONAL})
    client.post("/echo/", {"text": PERSONAL, PERSONAL: PERSONAL})
    client.post("/echo/", json.dumps({"name": PERSONAL}), content_type="application/json")
    client.get(f"/fail/?{PERSONAL}")
    client.get("/late/")
    client.generic(PERSONAL, "/told/")
    client.get("/told/?q=%00" + PERSONAL)
    client.cookies["other"] = PERSONAL
    client.get("/told/")
    client.get("/told/", headers={"Host": f"{PERSONAL}.example"})
    Client().post("/sign-in/", {"username": PERSONAL, "password": PERSONAL})
    logging.getLogger("django.request").error("Failed for %s", PERSONAL, extra={"who": PERSONAL})
    logging.getLogger("somewhere").warning(f"Found {PERSONAL}")  # noqa: G004 - what careless code would do
    entries = lines.read()
    assert len(entries) >= 12
    assert PERSONAL not in lines.raw
    assert "Quillfeather" not in lines.raw
    assert "Jane Personal" not in lines.raw
    assert "Amy" not in lines.raw


def test_an_exception_is_logged_by_class_and_place_without_its_words(lines: Lines, amy: User) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(amy)
    number = client.get("/fail/").headers["X-Request-Id"]
    [line] = [entry for entry in lines.read() if entry["event"] == "unexpected-error"]
    assert (line["error"], line["request_id"], line["route"]) == ("ValueError", number, "fail")
    assert any("write_then_fail" in str(frame) for frame in line["frames"])  # type: ignore[attr-defined]


@pytest.mark.parametrize("key", ["name", "username", "query", "path", "text", "request", "exc"])
def test_a_key_that_is_not_allowed_is_left_out_and_counted(lines: Lines, key: str) -> None:
    logs.log.info("something-happened", **{key: PERSONAL})
    [line] = lines.read()
    assert key not in line
    assert (line["event"], line["count"]) == ("something-happened", 1)


@pytest.mark.parametrize("event", [f"Found {PERSONAL}", "Two words", "", "UPPER", "x\ny", PERSONAL])
def test_an_event_is_a_name_and_not_a_sentence(lines: Lines, event: str) -> None:
    logs.log.warning(event)
    [line] = lines.read()
    assert line["event"] == "unnamed-event"
    assert PERSONAL not in lines.raw


def test_an_allowed_key_takes_harmless_values_only(lines: Lines) -> None:
    logs.log.info("something-happened", route="quotes ' and \n breaks", why=None, count=3)
    [line] = lines.read()
    assert (line["route"], line["why"], line["count"]) == ("left-out", None, 3)


def test_what_a_library_logs_is_reduced_to_its_place(lines: Lines) -> None:
    try:
        raise RuntimeError(PERSONAL)
    except RuntimeError:
        logging.getLogger("library.part").exception("Could not handle %s", PERSONAL)
    [line] = lines.read()
    assert line["event"] == "library-message"
    assert (line["logger"], line["level"], line["error"]) == ("library.part", "error", "RuntimeError")
    assert str(line["place"]).startswith("test_logs:")
    assert PERSONAL not in lines.raw


def test_the_web_servers_words_about_itself_are_kept(lines: Lines) -> None:
    logging.getLogger("_granian").info("Listening at: http://127.0.0.1:8000")
    [line] = lines.read()
    assert line["message"] == "Listening at: http://127.0.0.1:8000"


def test_people_at_a_terminal_get_readable_lines(lines: Lines) -> None:
    logs.configure(human=True)
    logs.log.info("something-happened", count=3, name=PERSONAL)
    lines.read()
    assert "something-happened" in lines.raw
    assert PERSONAL not in lines.raw
