"""What every request passes through, outermost first.

Its number and log line; headers; refusal of what cannot be stored; and at the heart one transaction in the name of
whoever has signed in.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, cast

import orjson
import structlog
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.db import DatabaseError, transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.shortcuts import resolve_url
from django.utils.module_loading import import_string

from iops.foundation.access import keeps_own_transactions
from iops.foundation.context import acting
from iops.foundation.errors import IopsError, NotAllowedError, NotFoundError
from iops.foundation.identifiers import uuid7
from iops.foundation.logs import log
from iops.foundation.refusals import refusal
from iops.foundation.sessions import SessionStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BAD_REQUEST = 400
BROKEN = re.compile("[\x00\ud800-\udfff]")
"""What PostgreSQL cannot hold: NUL, and halves of characters."""
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "microphone",
        "payment",
        "usb",
    )
)


class UnstorableError(IopsError):
    """The request holds text that no record can hold."""

    code = "unstorable-text"
    status = 400


class TooLargeError(IopsError):
    """The request is larger, or has more fields, than any form of the system needs."""

    code = "too-large"
    status = 413


class Numbered:
    """Give each request a number of our own (never the sender's), and log how it went: route, status, milliseconds."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Number the request, let it through, log it."""
        number, began = str(uuid7()), time.monotonic_ns()
        request.request_id = number  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request_id=number):
            response = self.get_response(request)
            response.headers["X-Request-Id"] = number
            log.info(
                "request",
                method=request.method if request.method in METHODS else "OTHER",
                route=_route(request),
                status=response.status_code,
                user_id=_user_id(request),
                milliseconds=(time.monotonic_ns() - began) // 1_000_000,
            )
        return response


class Headers:
    """Headers of every answer; what signed-in people see is not kept by browsers or anything between."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add what the answer does not have yet."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class StorableOnly:
    """Refuse text that PostgreSQL cannot hold wherever it stands in a request, before anything is asked of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let the request through, or answer 400 or 413."""
        try:
            _check(request)
        except IopsError as error:
            return answer(request, error)
        return self.get_response(request)


class SignedInOnly(LoginRequiredMiddleware):
    """Closed by default: whoever has not signed in is sent to sign in (pages) or told so (programs and htmx)."""

    def handle_no_permission(  # type: ignore[override]  # the stubs know of redirects only
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        """Answer somebody who has not signed in."""
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=401, headers={"HX-Redirect": resolve_url(self.get_login_url(view_func))})
        if wants_json(request):
            return _as_json(request, 401, "not-signed-in", "You have not signed in.", "Sign in and try again.", {})
        return super().handle_no_permission(request, view_func)


class OneTransaction:
    """Run the view, and the making of its page, in one transaction in the name of whoever has signed in.

    What goes wrong takes back everything the request did, and is answered by a page or as JSON: never a stack trace.
    It must be the last middleware: it calls the view itself, when all others have let the request through.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let the request through to `process_view`."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Call the view; its answer is the answer."""
        session = None if hasattr(request, "bearer") else getattr(request, "session", None)
        used = not getattr(view, "asked_by_itself", False)
        if used and isinstance(session, SessionStore) and request.user.is_authenticated:
            session.touch()
        try:
            return self._run(request, view, args, kwargs)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is answered and logged here
            return answer(request, error)

    def _run(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase:
        if keeps_own_transactions(view, request.method):
            return _rendered(view(request, *args, **kwargs))
        number = str(getattr(request, "request_id", ""))
        with acting(user_id=_user_id(request), request_id=number):
            response = _rendered(view(request, *args, **kwargs))
            if request.path.startswith("/api/") and response.status_code >= BAD_REQUEST:
                # The API answers refusals itself, without raising: what a refused call wrote is taken back.
                transaction.set_rollback(True)
            return response


def answer(request: HttpRequest, error: Exception) -> HttpResponseBase:
    """The answer to whatever went wrong: a page, or JSON for programs; what nobody expected is logged and numbered."""
    named = _named(error)
    if named is None:
        log.error("unexpected-error", exc_info=error, route=_route(request), user_id=_user_id(request))
        number = getattr(request, "request_id", "")
        words = "Something went wrong in the system."
        return _answer(request, 500, "unexpected", words, f"It has been noted under the number {number}.", {})
    log.info("refused", code=named.code, status=named.status, route=_route(request), user_id=_user_id(request))
    return _answer(request, named.status, named.code, named.message, named.mend, named.details)


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks: under /api/, or by what it accepts."""
    accepted = request.headers.get("Accept", "")
    return request.path.startswith("/api/") or ("application/json" in accepted and "text/html" not in accepted)


def _named(error: Exception) -> IopsError | None:
    """The refusal behind an exception; None for what nobody expected."""
    if isinstance(error, IopsError):
        return error
    if isinstance(error, DatabaseError):
        return refusal(error)
    if isinstance(error, Http404):
        return NotFoundError("There is no such page.", mend="Check the address.")
    if isinstance(error, PermissionDenied):
        return NotAllowedError("You may not do this.")
    if isinstance(error, SuspiciousOperation | UnreadablePostError | MultiPartParserError):
        return UnstorableError("This request cannot be taken.", mend="Go back and send it again.")
    return None


def _answer(
    request: HttpRequest, status: int, code: str, message: str, mend: str, details: dict[str, object]
) -> HttpResponseBase:
    if wants_json(request):
        return _as_json(request, status, code, message, mend, details)
    page = cast("Callable[..., HttpResponseBase]", import_string(settings.IOPS_ERROR_PAGE))
    return page(request, status, message, mend)


def _as_json(
    request: HttpRequest, status: int, code: str, message: str, mend: str, details: dict[str, object]
) -> JsonResponse:
    number = getattr(request, "request_id", "")
    said = {"code": code, "message": message, "mend": mend, "details": details, "request_id": number}
    return JsonResponse(said, status=status)


def _rendered(response: HttpResponseBase) -> HttpResponseBase:
    """Make the page now: what it asks of the database must be asked inside the transaction."""
    render = getattr(response, "render", None)
    return render() if callable(render) else response


def _check(request: HttpRequest) -> None:
    try:
        if any(BROKEN.search(text) for text in _texts(request)):
            raise UnstorableError(
                "This request holds a character that cannot be stored (NUL, or half of a character).",
                mend="Take it out and send it again.",
            )
    except (RequestDataTooBig, TooManyFieldsSent) as error:
        raise TooLargeError("This request is too large.", mend="Send less at once.") from error
    except (UnreadablePostError, MultiPartParserError) as error:
        raise UnstorableError("This request is broken off or malformed.", mend="Send it again.") from error


def _texts(request: HttpRequest) -> Iterator[str]:
    """Every text of a request that could reach the database: address, query, cookies, fields, names of files, JSON."""
    yield request.path_info
    for name, values in request.GET.lists():
        yield name
        yield from values
    for name, value in request.COOKIES.items():
        yield name
        yield value
    if request.content_type == "application/json":
        yield from _json_texts(request.body)
    elif request.method == "POST":
        for name, values in request.POST.lists():
            yield name
            yield from values
        yield from (str(file.name) for _, files in request.FILES.lists() for file in cast("list[Any]", files))


def _json_texts(body: bytes) -> Iterator[str]:
    r"""The texts of a JSON body; only one with a `\u` can hold a NUL. Other malformed JSON is the view's."""
    if b"\\u" not in body and b"\x00" not in body:
        return
    try:
        yield from _leaves(orjson.loads(body))
    except orjson.JSONDecodeError:
        yield "\x00"


def _leaves(value: object) -> Iterator[str]:
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict):
            waiting += [*part.keys(), *part.values()]
        elif isinstance(part, list):
            waiting += part


def _route(request: HttpRequest) -> str:
    """The name of the page or its pattern, never the address itself."""
    match = request.resolver_match
    return "none" if match is None else match.view_name or match.route


def _user_id(request: HttpRequest) -> int | None:
    user = getattr(request, "user", None)
    return cast("int | None", user.pk) if user is not None and user.is_authenticated else None
