"""What happens around every page: a form that was saved keeps no draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from iops.web import drafts

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from iops.foundation.models import User

FORM, SEQUENCE = "iops-draft", "iops-draft-sequence"
"""What a form with a draft sends of it; the script of drafts adds both."""
MOST_DIGITS = 18
SEE_OTHER = (302, 303)


class SavedDrafts:
    """Ends the draft of a form that was saved. A page answers a saved form by sending on to another page.

    A form that is refused comes back itself, and its draft stays.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let the request through, and look at what became of it."""
        answer = self.get_response(request)
        if request.method == "POST" and answer.status_code in SEE_OTHER and request.user.is_authenticated:
            self._end(request)
        return answer

    def _end(self, request: HttpRequest) -> None:
        form, sequence = request.POST.get(FORM, ""), request.POST.get(SEQUENCE, "")
        typed = int(sequence) if sequence.isascii() and sequence.isdigit() and len(sequence) <= MOST_DIGITS else 0
        # A form in which nothing was typed has no draft to end.
        if form and typed and len(form) <= drafts.LONGEST_NAME:
            drafts.saved(cast("User", request.user), form, typed)
