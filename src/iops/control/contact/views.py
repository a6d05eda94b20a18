"""The pages of contacts. No business rule is here: they show what the selectors answer and call one service each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from iops.control.contact import forms, selectors, services
from iops.control.contact.actions import STEPS, Step
from iops.control.contact.figures import TARGET_SECONDS, answer_times
from iops.control.contact.notes import WRITERS
from iops.control.contact.selectors import ContactsFilter, State
from iops.control.models import Channel
from iops.foundation import clock
from iops.foundation.access import asked_by_itself
from iops.foundation.errors import IopsError, NotFoundError
from iops.foundation.paging import page_number
from iops.obligations.selectors import owed_on

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from iops.control.contact.selectors import ContactDetail
    from iops.foundation.models import User
    from iops.web.forms import Form

UNPROCESSABLE = 422
LOOKED_BACK = timedelta(hours=24)
STATE_WORDS = (
    (State.ANY, "All"),
    (State.RINGING, "Ringing"),
    (State.TALKING, "On the line"),
    (State.WITHOUT_OUTCOME, "Without an outcome"),
    (State.CALL_BACK, "Call back owed"),
    (State.ABANDONED, "Caller gone"),
    (State.SILENT, "Silent"),
)


def viewer(request: HttpRequest) -> User:
    """Whoever asks."""
    return cast("User", request.user)


@require_GET
def contacts(request: HttpRequest) -> HttpResponse:
    """The list of contacts, the newest first, with those that ring and how fast they are answered."""
    return _list(request, forms.Take())


@asked_by_itself
@require_GET
def ringing(request: HttpRequest) -> HttpResponse:
    """The part of the list that a page asks for every other second: what rings now."""
    shown = {"ringing": selectors.ringing(viewer(request)), "now": clock.now()}
    return render(request, "control/ringing.html", shown)


def _list(request: HttpRequest, take: Form, status: int = 200) -> HttpResponse:
    asked = request.GET
    state, channel = asked.get("state", ""), asked.get("channel", "")
    wanted = ContactsFilter(
        state=State(state) if state in set(State) else State.ANY,
        channel=channel if channel in Channel.values else "",
        number=asked.get("number", "").strip()[:40],
        page=page_number(asked.get("page")),
    )
    rest = asked.copy()
    rest.pop("page", None)
    now = clock.now()
    page = selectors.contacts(viewer(request), wanted)
    shown = {
        "page": page,
        "labels": {c.id: selectors.label(c) for c in page.rows},
        "ringing": selectors.ringing(viewer(request)),
        "wanted": wanted,
        "states": STATE_WORDS,
        "channels": Channel.choices,
        "query": rest.urlencode(),
        "times": answer_times(now - LOOKED_BACK, now),
        "target": TARGET_SECONDS,
        "take": take,
        "now": now,
    }
    return render(request, "control/contacts.html", shown, status=status)


@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take a contact that did not ring."""
    form = forms.Take(request.POST)
    if not form.is_valid():
        return _list(request, form, UNPROCESSABLE)
    try:
        contact = services.take(by=viewer(request), **form.cleaned_data)
    except IopsError as error:
        form.refuse(error)
        return _list(request, form, error.status)
    return redirect(selectors.address(contact.id))


@require_GET
def contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    """The page of one contact."""
    return _page(request, contact_id)


@require_POST
def act(request: HttpRequest, contact_id: int, name: str) -> HttpResponse:
    """Take one step on a contact; answering goes on to the new incident, anything else comes back to the contact."""
    step = STEPS.get(name)
    if step is None:
        raise NotFoundError("There is no such step.")
    form = step.form(request.POST, auto_id=f"{name}-%s")
    if not form.is_valid():
        return _page(request, contact_id, (name, form), UNPROCESSABLE)
    try:
        with transaction.atomic():
            done = step.act(contact_id, form.cleaned_data, viewer(request))
    except NotFoundError:
        if name not in {"link", "caller"}:
            raise
        form.add_error(None, "There is no such record. Check its number.")
        return _page(request, contact_id, (name, form), 404)
    except IopsError as error:
        form.refuse(error)
        return _page(request, contact_id, (name, form), error.status)
    if name == "answer":
        return redirect(f"{reverse('incident-new')}?contact={contact_id}")
    messages.success(request, done)
    return redirect(selectors.address(contact_id))


def _page(
    request: HttpRequest, contact_id: int, failed: tuple[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    detail = selectors.contact(contact_id, viewer(request))
    shown = {
        "detail": detail,
        "c": detail.contact,
        "label": selectors.label(detail.contact),
        "screen": Screen(detail, failed),
        "failed": failed[1] if failed else None,
        "duties": owed_on("contact", contact_id),
        "now": clock.now(),
    }
    return render(request, "control/contact.html", shown, status=status)


class Screen:
    """The steps that are offered on the page, each with a fresh form or the one that was refused."""

    def __init__(self, detail: ContactDetail, failed: tuple[str, Form] | None) -> None:
        self.detail = detail
        self.failed = dict([failed]) if failed else {}

    def offered(self) -> list[str]:
        """The names of the steps that can be taken now, and of one that was refused."""
        return [name for name, step in STEPS.items() if step.offered(self.detail) or name in self.failed]

    def action(self, name: str) -> Step:
        """The step of this name."""
        return STEPS[name]

    def plain(self, name: str) -> bool:
        """Whether the step needs no words: one button."""
        return STEPS[name].form is forms.Step

    def form(self, name: str, target: int | None = None) -> Form:  # noqa: ARG002 - the shape the template asks for
        """The form of a step."""
        return self.failed.get(name) or STEPS[name].form(auto_id=f"{name}-%s")

    def address(self, name: str) -> str:
        """Where the form of a step is sent."""
        return f"{selectors.address(self.detail.contact.id)}{name}/"


@require_http_methods(["GET", "HEAD", "POST"])
def caller_notes(request: HttpRequest) -> HttpResponse:
    """The standing notes on callers, and a form for another one."""
    form = forms.WriteNote(request.POST or None)
    if request.method != "POST":
        return _notes(request, form)
    if not form.is_valid():
        return _notes(request, form, status=UNPROCESSABLE)
    try:
        services.write_caller_note(by=viewer(request), **form.cleaned_data)
    except IopsError as error:
        form.refuse(error)
        return _notes(request, form, status=error.status)
    messages.success(request, "The note stands.")
    return redirect("caller-notes")


@require_POST
def review_note(request: HttpRequest, note_id: int) -> HttpResponse:
    """Review a note: it stays, or it ends."""
    form = forms.ReviewNote(request.POST, auto_id=f"note-{note_id}-%s")
    if not form.is_valid():
        return _notes(request, forms.WriteNote(), (note_id, form), UNPROCESSABLE)
    try:
        services.review_caller_note(note_id, by=viewer(request), **form.cleaned_data)
    except IopsError as error:
        form.refuse(error)
        return _notes(request, forms.WriteNote(), (note_id, form), error.status)
    messages.success(request, "The review is kept.")
    return redirect("caller-notes")


def _notes(
    request: HttpRequest, form: Form, reviewed: tuple[int, Form] | None = None, status: int = 200
) -> HttpResponse:
    notes = selectors.caller_notes(viewer(request))
    refused = dict([reviewed]) if reviewed else {}
    rows = [(n, refused.get(n.id) or forms.ReviewNote(auto_id=f"note-{n.id}-%s")) for n in notes]
    shown = {"rows": rows, "form": form, "may_write": viewer(request).holds(WRITERS), "today": clock.today()}
    shown |= {"failed": reviewed[1] if reviewed else form}
    return render(request, "control/caller_notes.html", shown, status=status)
