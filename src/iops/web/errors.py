"""Pages for what goes wrong: in the frame, in plain words, never a stack trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from iops.foundation.errors import IopsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

WORDS = {
    400: ("This request cannot be taken", "Go back, check what was typed, and send it again."),
    403: ("You may not do this", "Ask a supervisor if you think that you should."),
    404: ("There is no such page", "Check the address. A restricted record looks the same as one that does not exist."),
    405: ("This address takes no such request", "Go back and use the form of the page."),
    409: ("This cannot be done now", "Look at the record again: it may have changed."),
    422: ("What was given cannot be taken", "Go back, mend it, and send it again."),
    500: (
        "Something went wrong in the system",
        "What you typed may not be saved: go back and look. It has been noted.",
    ),
}


def page(request: HttpRequest, status: int, message: str = "", mend: str = "") -> HttpResponse:
    """The page for a status, with the refusal's own words when there are any."""
    heading, usual = WORDS.get(status, WORDS[400])
    shown = {"heading": heading, "message": message, "mend": mend or usual, "status": status}
    return render(request, "web/error.html", shown, status=status)


class NamedErrors:
    """Middleware: a refusal that no screen has caught becomes a page (or, under /api/, is left to the API)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer an IopsError with its page; anything else goes on to the page for 500."""
        if isinstance(error, IopsError):
            return page(request, error.status, error.message, error.mend)
        return None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's shape
    """Answer 400."""
    return page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's shape
    """Answer 403."""
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's shape
    """Answer 404."""
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500; the page asks nothing of the database, which may be what went wrong."""
    return page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's shape
    """Answer a form that did not come from one of our pages, or came after signing out in another window."""
    words = "The form is too old, or did not come from this system."
    return page(request, 403, words, "Go back, load the page again, and send the form once more.")
