"""What the page of a new incident shows besides its form: the contact it is opened from, and the draft."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from iops.control import selectors as incidents
from iops.control.contact import services
from iops.control.contact.selectors import contact as contact_page
from iops.control.contact.selectors import is_ringing
from iops.control.contact.typing import Typed
from iops.control.finding import open_one
from iops.foundation.errors import InvalidError, NotFoundError
from iops.web import drafts
from iops.web.services import save_once

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from iops.control.forms import NewIncident
    from iops.control.models import Contact
    from iops.foundation.models import User

DRAFT = "incident-new"
FOLDED = ("caller_name", "district", "grade", "domestic", "crime_reported", "channel", "category", "day", "time")
LONGEST_ID = 18


def contact_of(request: HttpRequest) -> Contact | None:
    """The contact that the page is opened from, if it waits for its outcome; None for one that cannot be opened."""
    asked = request.POST.get("contact") or request.GET.get("contact") or ""
    if not (asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_ID):
        return None
    try:
        found = contact_page(int(asked), _viewer(request)).contact
    except NotFoundError:
        return None
    return None if found.outcome is not None or is_ringing(found) else found


def initial(contact: Contact | None) -> dict[str, object]:
    """What a contact carries over into the form: its number, its caller, and how it came in."""
    if contact is None:
        return {}
    return {
        "contact": contact.id,
        "call_back": contact.call_back or contact.number or "",
        "caller_name": contact.caller_name,
        "channel": contact.channel,
    }


def shown(request: HttpRequest, form: NewIncident) -> dict[str, object]:
    """All that the page needs; the draft comes back unless the form does."""
    viewer = _viewer(request)
    name = draft_name(request)
    kept = None if form.is_bound else drafts.kept(viewer, name)
    return {
        "form": form,
        "draft": name,
        "contact": contact_of(request),
        "kept": json.dumps({**kept.values, "sequence": kept.sequence}) if kept else "",
        "drafts": drafts.others(viewer, name),
        "more": any(form.errors.get(field) for field in FOLDED),
    }


def draft_name(request: HttpRequest) -> str:
    """The name of the draft: each person's own on a shared terminal, and each contact's own."""
    own = f"{DRAFT}-{_viewer(request).id}"
    contact = request.POST.get("contact") or request.GET.get("contact") or ""
    return f"{own}-{contact}" if contact.isascii() and contact.isdigit() and len(contact) <= LONGEST_ID else own


def draft_address(name: str) -> str | None:
    """Where a draft of a new incident is taken up again; None for the draft of another form."""
    if not name.startswith(f"{DRAFT}-"):
        return None
    contact = name.removeprefix(f"{DRAFT}-").partition("-")[2]
    return reverse("incident-new") + (f"?contact={contact}" if contact else "")


def draft_title(values: Mapping[str, str]) -> str:
    """How the draft of a new incident is listed."""
    return ", ".join(values[k] for k in ("where", "what") if values.get(k)) or "nothing but the call"


@require_POST
def link(request: HttpRequest) -> HttpResponse:
    """Link the call that is taken to an open incident, with all that was typed; pressed twice it is linked once."""
    typed, by = request.POST, _viewer(request)
    wanted = typed.get("incident", "")
    key = drafts.key_of(typed.get("key", ""))
    if key is None or not (wanted.isascii() and wanted.isdigit() and len(wanted) <= LONGEST_ID):
        raise InvalidError("It is not said which call or which incident.", mend="Open the page again.")
    incident = open_one(int(wanted))
    told = Typed(typed.get("where", ""), typed.get("what", ""), typed.get("call_back", ""))
    before = contact_of(request)

    def make() -> int:
        return services.link_call(
            incident.id,
            by=by,
            contact_id=before.id if before else None,
            channel=typed.get("channel", "999"),
            caller_name=typed.get("caller_name", ""),
            call_back=told.call_back,
            where=told.where,
            what=told.what,
        ).id

    save_once(key, "contact", by, make)
    name = draft_name(request)
    drafts.forget(by, name)
    messages.success(request, f"The call is linked to incident {incident.reference}.", extra_tags=name)
    return redirect(incidents.address(incident))


def _viewer(request: HttpRequest) -> User:
    return cast("User", request.user)
