"""The screens of the control room. No business rule is here: forms judge what may be typed, services what is done."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from iops.control import panels, selectors, services
from iops.control.changes import changes
from iops.control.contact import taking
from iops.control.forms import NewIncident, districts
from iops.control.opening import Told, open_once
from iops.control.record import log
from iops.control.record.selectors import ties_of
from iops.control.selectors import IncidentsFilter, State
from iops.foundation import clock
from iops.foundation.access import own_transaction
from iops.foundation.api import request_id
from iops.foundation.context import acting, confirming
from iops.foundation.errors import IopsError, NotFoundError
from iops.foundation.paging import PLACE, page_number
from iops.obligations.rule_texts import explained
from iops.obligations.selectors import owed_on
from iops.web import drafts

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from iops.control.models import Contact, Incident
    from iops.foundation.models import User
    from iops.obligations.selectors import Duty
    from iops.web.forms import Form

UNPROCESSABLE = 422


@require_GET
def incidents(request: HttpRequest) -> HttpResponse:
    """The list of incidents, newest first."""
    asked = request.GET
    wanted = IncidentsFilter(
        state=State(asked["state"]) if asked.get("state") in set(State) else State.ANY,
        domestic=asked.get("domestic") == "on",
        district_id=_number(asked.get("district")),
        reference=asked.get("reference", "").replace("\x00", "")[:40],
        page=page_number(asked.get("page")),
        after=asked.get("after", ""),
        before=asked.get("before", ""),
    )
    page = selectors.incidents(_viewer(request), wanted)
    rest = asked.copy()
    for name in PLACE:
        rest.pop(name, None)
    shown = {"page": page, "wanted": wanted, "districts": districts(), "query": rest.urlencode()}
    return render(request, "control/incidents.html", shown)


def _number(asked: str | None) -> int | None:
    """A record number from an address; what is none counts as not given."""
    return int(asked) if asked and asked.isascii() and asked.isdigit() and len(asked) < 10 else None  # noqa: PLR2004


def _viewer(request: HttpRequest) -> User:
    return cast("User", request.user)


@own_transaction
@require_http_methods(["GET", "HEAD", "POST"])
def incident_new(request: HttpRequest) -> HttpResponse:
    """Take a contact: one page, keyboard first; saved once however often it is sent.

    It is saved in a transaction of its own, before the answer is composed.
    """
    by, number = _viewer(request), request_id(request)
    with acting(user_id=by.id, request_id=number):
        form = NewIncident(request.POST or None, initial=_usual(by) | taking.initial(_from_contact(request)))
        if request.method != "POST" or not form.is_valid():
            return _new(request, form, UNPROCESSABLE if request.method == "POST" else 200)
    try:
        opened = open_once(_told(form), by, key=form.cleaned_data["key"], request_id=number, confirmed_later=True)
    except IopsError as error:
        form.refuse(error)
        with acting(user_id=by.id, request_id=number):
            return _new(request, form, error.status)
    with confirming(user_id=by.id, request_id=number):
        found = opened.incident or services.find(opened.incident_id)
        said = (
            f"Incident {found.reference} is open." if opened.made else f"Incident {found.reference} was already saved."
        )
        drafts.forget(by, taking.draft_name(request))
        messages.success(request, said, extra_tags=taking.draft_name(request))
        return redirect(selectors.address(found))


def _new(request: HttpRequest, form: NewIncident, status: int) -> HttpResponse:
    """The form of a new incident, with what was typed and what is wrong with it."""
    return render(request, "control/incident_new.html", taking.shown(request, form), status=status)


def _from_contact(request: HttpRequest) -> Contact | None:
    return taking.contact_of(request) if request.method == "GET" else None


def _usual(viewer: User) -> dict[str, object]:
    """What is filled in before anything is typed: the district of somebody who works in one only."""
    own = viewer.district_ids
    return {"district": next(iter(own)) if own is not None and len(own) == 1 else None, "channel": "999"}


def _told(form: Form) -> Told:
    """What was typed, as the opening takes it."""
    typed = form.cleaned_data
    names = {field.name for field in fields(Told)} - {"district_id", "grade", "contact_id"}
    return Told(
        **{name: typed[name] for name in names},
        district_id=int(typed["district"]) if typed["district"] else None,
        grade=int(typed["grade"]) if typed["grade"] else None,
        contact_id=typed["contact"],
    )


@require_GET
def incident(request: HttpRequest, number: int, day: dt.date) -> HttpResponse:
    """The page of one incident."""
    return page(request, selectors.by_reference(number, day))


@require_POST
def act(request: HttpRequest, number: int, day: dt.date, name: str) -> HttpResponse:
    """Do one action of the page; when it is refused, the page comes back with what was typed."""
    found = selectors.by_reference(number, day)
    action = panels.action(name)
    if action is None:
        raise NotFoundError("There is no such action.")
    form = action.form(request.POST, auto_id=_auto_id(name, request.POST.get("target", "")))
    if not form.is_valid():
        return page(request, found, failed=(name, form), status=UNPROCESSABLE)
    try:
        with transaction.atomic():
            done = action.act(found, form.cleaned_data, _viewer(request))
    except IopsError as error:
        form.refuse(error)
        return page(request, found, failed=(name, form), status=error.status, owed=error.details.get("obligations"))
    messages.success(request, done)
    return redirect(f"{selectors.address(found)}")


def _auto_id(name: str, target: str) -> str:
    """Ids of fields on a page with many forms: each form's own."""
    safe = target if target.isascii() and target.isdigit() else ""
    return f"{name}-{safe}-%s" if safe else f"{name}-%s"


def page(
    request: HttpRequest,
    found: Incident,
    *,
    failed: tuple[str, Form] | None = None,
    status: int = 200,
    owed: object = None,
) -> HttpResponse:
    """The page of an incident, with a form that was refused in its place, if there is one."""
    viewer = _viewer(request)
    detail = selectors.incident(found.id, viewer)
    context = {
        "detail": detail,
        "incident": detail.incident,
        "label": selectors.label(detail.incident, detail.grade),
        "now": clock.now(),
        "duties": [_shown(duty, viewer) for duty in owed_on("incident", found.id)],
        "changes": changes(detail),
        "log": log.read(detail.log, log.wanted(request.GET)),
        "ties": ties_of(found.id),
        "screen": Screen(detail.incident, failed),
        "panels": [(p.template, p.context(detail.incident, viewer)) for p in panels.panels()],
        "panel_links": [link for p in panels.panels() for link in p.links],
        "blocking": owed or [],
    }
    return render(request, "control/incident.html", context, status=status)


def _shown(duty: Duty, viewer: User) -> dict[str, Any]:
    """A duty with its explanation, the action that would meet it, and whether this person may waive it."""
    text = explained(duty.rule, duty.edition)
    action = panels.meeting(text.columns) if text else None
    may_waive = duty.is_open and any(role in duty.waiver_roles for role in viewer.roles)
    return {"duty": duty, "text": text, "action": action, "may_waive": may_waive}


class Screen:
    """The forms of the page: fresh ones, and the one that was refused with what was typed in it."""

    def __init__(self, found: Incident, failed: tuple[str, Form] | None) -> None:
        self.incident = found
        self.failed_name = failed[0] if failed else ""
        self.failed = failed[1] if failed else None

    def action(self, name: str) -> panels.Action | None:
        """The action of this name, if the installation has it."""
        return panels.action(name)

    def form(self, name: str, target: int | None = None, **initial: object) -> Form:
        """The form of an action; `target` says on which of several things."""
        action = panels.action(name)
        if action is None:
            raise NotFoundError(f"There is no action {name}.")
        wanted = {"target": target, **initial}
        if self.failed is not None and self.failed_name == name and self._same(self.failed, wanted):
            return self.failed.renew(wanted)
        return action.form(initial=wanted, auto_id=_auto_id(name, str(target or "")))

    def target(self, name: str, asked: str | None) -> int | None:
        """Which of several things an action is about: that of a refused form, otherwise what is asked for."""
        told = self.failed["target"].value() if self.failed is not None and self.failed_name == name else asked
        return _number(str(told)) if told else None

    def address(self, name: str) -> str:
        """Where the form of an action is sent."""
        return f"{selectors.address(self.incident)}{name}/"

    @staticmethod
    def _same(form: Form, wanted: dict[str, object]) -> bool:
        hidden = {f.name: str(f.value()) for f in form.hidden_fields() if f.name not in form.renewed}
        return all(hidden.get(name, "") == str(value) for name, value in wanted.items() if name in hidden)
