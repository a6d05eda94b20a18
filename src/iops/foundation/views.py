"""Signing in, signing out, and one's own account with its sessions and password."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from iops.foundation.access import open_to_all, own_transaction
from iops.foundation.accounts import selectors, services
from iops.foundation.accounts.signing_in import SignInRefusedError, check_own_password, sign_in_to
from iops.foundation.errors import InvalidError, IopsError
from iops.foundation.forms import PasswordForm, SignInForm

if TYPE_CHECKING:
    from django.http import HttpRequest

    from iops.foundation.models import User

UNPROCESSABLE = 422


@open_to_all
@own_transaction
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with name and password, then go on to where one was going (within this system only)."""
    if request.user.is_authenticated:
        return redirect(onward(request))
    form = SignInForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _sign_in_page(request, form, None, status=UNPROCESSABLE if form.is_bound else 200)
    try:
        sign_in_to(request, form.cleaned_data["username"], form.cleaned_data["password"])
    except SignInRefusedError as refused:
        return _sign_in_page(request, form, refused, status=refused.status)
    return redirect(onward(request))


def _sign_in_page(request: HttpRequest, form: SignInForm, refused: IopsError | None, *, status: int) -> HttpResponse:
    """The page; what was typed as the name is kept for mending, the password never."""
    shown = {"form": form, "refused": refused, "next": _asked_next(request), "username": form.data.get("username", "")}
    return render(request, "foundation/sign_in.html", shown, status=status)


def onward(request: HttpRequest) -> str:
    """The page somebody was on the way to, if it is one of ours; else the first page."""
    wanted = _asked_next(request)
    return wanted or resolve_url(settings.LOGIN_REDIRECT_URL)


def _asked_next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if ours else ""


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    logout(request)
    return redirect("sign-in")


@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: roles, sessions, and the form for a new password."""
    return _account_page(request, None)


@require_POST
def end_session(request: HttpRequest, session_id: str) -> HttpResponse:
    """End one of one's own sessions."""
    services.end_session(user=_viewer(request), started_id=session_id)
    messages.success(request, "The session has ended.")
    return redirect("account")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End every session of one's own but this one."""
    ended = services.end_sessions(_viewer(request), except_key=request.session.session_key or "")
    messages.success(request, f"{ended} other {'session has' if ended == 1 else 'sessions have'} ended.")
    return redirect("account")


@own_transaction
@sensitive_post_parameters("old", "new", "again")
@require_POST
def change_password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; every other session ends."""
    form = PasswordForm(request.POST)
    try:
        _change(request, form)
    except IopsError as refused:
        return _account_page(request, refused)
    messages.success(request, "Your password has changed. Your other sessions have ended.")
    return redirect("account")


def _change(request: HttpRequest, form: PasswordForm) -> None:
    if not form.is_valid():
        raise InvalidError("Fill in all three fields.", details={"field": "old"})
    if form.cleaned_data["new"] != form.cleaned_data["again"]:
        raise InvalidError("The two new passwords differ.", details={"field": "again"})
    user = _viewer(request)
    check_own_password(user, form.cleaned_data["old"])
    services.set_password(user=user, password=form.cleaned_data["new"], by=user)
    request.session.create()
    update_session_auth_hash(request, user)


def _account_page(request: HttpRequest, refused: IopsError | None) -> HttpResponse:
    user = _viewer(request)
    shown = {
        "person": user,
        "memberships": list(user.memberships.select_related("team").order_by("team__name", "role")),
        "sessions": selectors.sessions_of(user, request.session.session_key),
        "refused": refused,
    }
    return render(request, "foundation/account.html", shown, status=refused.status if refused else 200)


def _viewer(request: HttpRequest) -> User:
    return cast("User", request.user)
