"""The partner's own page: no account, one link, three answers. To open it changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from iops.foundation.access import open_to_all, own_transaction
from iops.foundation.errors import ConflictError, InvalidError, IopsError
from iops.safeguarding.referrals import partner

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

HEADERS = {
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    # Not "no-referrer": browsers would then send no origin with the answer, and it would be refused.
    "Referrer-Policy": "same-origin",
}


@open_to_all
@own_transaction
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Show the referral of a link, or take the partner's answer."""
    who = request.META.get("REMOTE_ADDR", "")
    try:
        partner.misses.check(who)
        if request.method == "POST":
            return _answered(request, token)
        return _shown(request, token)
    except InvalidError as error:
        return _shown(request, token, error)
    except IopsError as error:
        if error.status == 404:  # noqa: PLR2004 - a link that leads nowhere
            partner.misses.note(who)
        return _render(request, {"refused": error, "opened": None}, error.status)


def _answered(request: HttpRequest, token: str) -> HttpResponse:
    given = request.POST
    state = given.get("answer", "")
    left = partner.answer(token, state, given.get("name", ""), given.get("reason", "") if state == "rejected" else "")
    if left is not None:
        return _with_headers(redirect("partner", token=token))
    return _render(request, {"opened": None, "done": state, "refused": None}, 200)


def _shown(request: HttpRequest, token: str, refused: IopsError | None = None) -> HttpResponse:
    try:
        opened = partner.opened(token)
    except ConflictError as error:
        return _render(request, {"refused": error, "opened": None}, error.status)
    context: dict[str, object] = {"opened": opened, "refused": refused, "token": token, "typed": request.POST}
    return _render(request, context, refused.status if refused else 200)


def _render(request: HttpRequest, context: dict[str, object], status: int) -> HttpResponse:
    # Whoever happens to be signed in here is the partner all the same: the page shows no navigation.
    return _with_headers(render(request, "safeguarding/partner.html", context, status=status))


def _with_headers(response: HttpResponse) -> HttpResponse:
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response
