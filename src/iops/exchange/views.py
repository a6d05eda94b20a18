"""The pages of other systems: what partners sent, webhooks, tokens. They judge nothing: services do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from iops.exchange import forms
from iops.exchange.access import services as access
from iops.exchange.inbound import selectors as inbound_selectors
from iops.exchange.inbound import services as inbound
from iops.exchange.models import DeliveryState
from iops.exchange.policies import CONTROL_ROOM
from iops.exchange.webhooks import selectors, services, signing
from iops.foundation.access import requires
from iops.foundation.accounts.selectors import by_username
from iops.foundation.errors import IopsError, NotFoundError
from iops.foundation.paging import page_number
from iops.foundation.roles import Role
from iops.foundation.tokens import selectors as token_selectors
from iops.web.forms import Form

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from iops.foundation.models import User

UNPROCESSABLE = 422
ID = re.compile(r"[0-9]{1,18}")
ADMINISTRATOR = (Role.ADMINISTRATOR,)


def _viewer(request: HttpRequest) -> User:
    return cast("User", request.user)


def _done(form: Form, act: Callable[[dict[str, Any]], None]) -> int:
    """Do what was asked if the form is fit for it: 0 when done, else the status of the page that shows it again."""
    if not form.is_valid():
        return UNPROCESSABLE
    try:
        with transaction.atomic():
            act(form.cleaned_data)
    except IopsError as error:
        form.refuse(error)
        return error.status
    return 0


# --- what partners sent ----------------------------------------------------------------------------------------------


@requires(*CONTROL_ROOM, *ADMINISTRATOR)
@require_GET
def messages_waiting(request: HttpRequest) -> HttpResponse:
    """Messages of partners that were refused or are held, and how many came."""
    return _messages_page(request)


@requires(*CONTROL_ROOM)
@require_POST
def message_act(request: HttpRequest, message_id: int, name: str) -> HttpResponse:
    """Correct a message, apply a held one, or say how it was dealt with."""
    by = _viewer(request)
    acts: dict[str, tuple[type[Form], Callable[[dict[str, Any]], object], str]] = {
        "correct": (forms.CorrectForm, lambda t: inbound.correct(message_id, t["body"], by), "The message is taken."),
        "apply": (Form, lambda _: inbound.apply_held(message_id, by), "The message is in the log."),
        "settle": (forms.NoteForm, lambda t: inbound.settle(message_id, t["note"], by), "Noted."),
    }
    if name not in acts:
        raise NotFoundError("There is no such action.")
    kind, act, said = acts[name]
    form = kind(request.POST, auto_id=f"{name}-{message_id}-%s")
    if status := _done(form, lambda typed: cast("None", act(typed))):
        return _messages_page(request, failed=(message_id, name, form), status=status)
    messages.success(request, said)
    return redirect("exchange:messages")


def _messages_page(
    request: HttpRequest, *, failed: tuple[int, str, Form] | None = None, status: int = 200
) -> HttpResponse:
    found = inbound_selectors.waiting(_viewer(request), page_number(request.GET.get("page")))
    rows = []
    for message in found.page.rows:
        row: dict[str, object] = {"message": message, "refused": None}
        for name, form in _message_forms(message.id, message.body).items():
            mine = failed is not None and failed[:2] == (message.id, name)
            row[name] = failed[2] if failed and mine else form
        if failed is not None and failed[0] == message.id:
            row["refused"] = failed[2]
        rows.append(row)
    shown = {"found": found, "rows": rows, "counts": inbound_selectors.counts(), "failed": failed and failed[2]}
    may = _viewer(request).holds(CONTROL_ROOM)
    return render(request, "exchange/messages.html", {**shown, "may": may}, status=status)


def _message_forms(message_id: int, body: str) -> dict[str, Form]:
    return {
        "correct": forms.CorrectForm(initial={"body": body}, auto_id=f"correct-{message_id}-%s"),
        "settle": forms.NoteForm(auto_id=f"settle-{message_id}-%s"),
    }


# --- webhooks --------------------------------------------------------------------------------------------------------


@requires(*ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def subscriptions(request: HttpRequest) -> HttpResponse:
    """Every subscription and how its deliveries stand; the form for another."""
    by = _viewer(request)
    form = forms.SubscriptionForm(request.POST or None)
    made: list[int] = []

    def make(typed: dict[str, Any]) -> None:
        account = by_username(typed["username"])
        if account is None:
            raise NotFoundError("There is no such account.", details={"field": "username"})
        districts = [int(d) for d in typed["districts"]]
        kept = {name: typed[name] for name in ("name", "url", "events", "shared_only")}
        made.append(services.subscribe(**kept, districts=districts, account=account, by=by).id)

    status = _done(form, make) if request.method == "POST" else 200
    secret = ""
    if made:
        secret = signing.secret_of(selectors.standing(made[0], by).subscription)
        form = forms.SubscriptionForm()
    shown = {"found": selectors.standings(by), "form": form, "secret": secret}
    return render(request, "exchange/subscriptions.html", shown, status=status or 201)


@requires(*ADMINISTRATOR)
@require_GET
def subscription(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """One subscription: its dead letters, and what can be done with it."""
    return _subscription_page(request, subscription_id)


@requires(*ADMINISTRATOR)
@require_POST
def subscription_act(request: HttpRequest, subscription_id: int, name: str) -> HttpResponse:
    """Pause it, let it go on, sign with a new secret, send dead letters again, or end it."""
    by = _viewer(request)
    if name == "end":
        form = forms.ReasonForm(request.POST)
        if status := _done(form, lambda typed: cast("None", services.end(subscription_id, typed["reason"], by))):
            return _subscription_page(request, subscription_id, form=form, status=status)
        messages.success(request, "The subscription has ended.")
        return redirect("exchange:subscription", subscription_id)
    if name == "secret":
        return _subscription_page(
            request, subscription_id, secret=signing.secret_of(services.new_secret(subscription_id, by))
        )
    messages.success(request, _simple(subscription_id, name, request, by))
    return redirect("exchange:subscription", subscription_id)


def _simple(subscription_id: int, name: str, request: HttpRequest, by: User) -> str:
    if name in {"pause", "go-on"}:
        services.set_paused(subscription_id, name == "pause", by)
        return "Deliveries are kept back." if name == "pause" else "Deliveries go on."
    if name == "send-again":
        asked = [int(word) for word in request.POST.getlist("id") if ID.fullmatch(word)]
        return f"{services.send_again(subscription_id, asked, by)} dead letters wait again."
    raise NotFoundError("There is no such action.")


def _subscription_page(
    request: HttpRequest, subscription_id: int, *, form: Form | None = None, secret: str = "", status: int = 200
) -> HttpResponse:
    by = _viewer(request)
    shown = {
        "standing": selectors.standing(subscription_id, by),
        "dead": selectors.letters(subscription_id, by),
        "waiting": selectors.letters(subscription_id, by, (DeliveryState.WAITING,)),
        "form": form or forms.ReasonForm(),
        "secret": secret,
    }
    return render(request, "exchange/subscription.html", shown, status=status)


# --- tokens ----------------------------------------------------------------------------------------------------------


@requires(*ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """Every token and how it stands; the form for another. A token that was issued now is shown this once."""
    by = _viewer(request)
    form = forms.TokenForm(request.POST or None, initial=forms.TokenForm.usual)
    issued: list[str] = []
    status = 200
    if request.method == "POST":
        status = _done(form, lambda typed: issued.append(access.issue_token(**typed, by=by)[1]))
    if issued:
        form = forms.TokenForm(initial=forms.TokenForm.usual)
    return _tokens_page(request, form=form, secret="".join(issued), status=status or 201)


@requires(*ADMINISTRATOR)
@require_POST
def make_system(request: HttpRequest) -> HttpResponse:
    """Make the account of a system."""
    by = _viewer(request)
    form = forms.SystemForm(request.POST, auto_id="system-%s")

    def make(typed: dict[str, Any]) -> None:
        team = int(typed["team"]) if typed["team"] else None
        access.make_system(username=typed["username"], name=typed["name"], team_id=team, role=typed["role"], by=by)

    if status := _done(form, make):
        return _tokens_page(request, system=form, status=status)
    messages.success(request, "The account is made. Issue it a token.")
    return redirect("exchange:tokens")


@requires(*ADMINISTRATOR)
@require_POST
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """End a token at once."""
    by = _viewer(request)
    form = forms.ReasonForm(request.POST, auto_id=f"revoke-{token_id}-%s")

    def end(typed: dict[str, Any]) -> None:
        access.revoke_token(token_id=token_id, reason=typed["reason"], by=by)

    if status := _done(form, end):
        return _tokens_page(request, failed=(token_id, form), status=status)
    messages.success(request, "The token is revoked.")
    return redirect("exchange:tokens")


def _tokens_page(
    request: HttpRequest,
    *,
    form: Form | None = None,
    system: Form | None = None,
    failed: tuple[int, Form] | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    rows = [
        (t, failed[1] if failed and failed[0] == t.token.id else forms.ReasonForm(auto_id=f"revoke-{t.token.id}-%s"))
        for t in token_selectors.tokens(_viewer(request))
    ]
    shown = {
        "rows": rows,
        "form": form or forms.TokenForm(initial=forms.TokenForm.usual),
        "system": system or forms.SystemForm(auto_id="system-%s"),
        "secret": secret,
    }
    return render(request, "exchange/tokens.html", shown, status=status)
