"""Record a nominal: whoever they may be already is shown first, and to record another in spite of it needs a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from iops.foundation.errors import IopsError
from iops.pole import services
from iops.pole.entry.forms import NewPerson
from iops.pole.entry.selectors import who_could_be
from iops.pole.entry.views import UNPROCESSABLE, viewer
from iops.pole.identity.services import register_despite
from iops.pole.who import Described
from iops.web.services import save_once

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from django.http import HttpRequest, HttpResponse

    from iops.foundation.models import User
    from iops.pole.models import Person
    from iops.pole.who import Likely

CONFLICT = 409


@require_http_methods(["GET", "HEAD", "POST"])
def person_new(request: HttpRequest) -> HttpResponse:
    """The page of a new nominal. It is recorded once however often it is sent."""
    form = NewPerson(request.POST or None, initial={"name": request.GET.get("name", "")[:300]})
    if request.method != "POST":
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=UNPROCESSABLE)
    likely = who_could_be(described(form.cleaned_data), viewer(request))
    strong = [p for p in likely if p.strong]
    if strong and not form.cleaned_data["despite"].strip():
        return _page(request, form, likely, status=CONFLICT)
    try:
        person_id, made = save_once(
            form.cleaned_data["key"], "person", viewer(request), lambda: _recorded(form, strong, viewer(request)).id
        )
    except IopsError as error:
        form.refuse(error)
        return _page(request, form, likely, status=error.status)
    messages.success(request, "Recorded." if made else "This was recorded already.")
    return redirect("pole:person", person_id)


def _page(request: HttpRequest, form: NewPerson, likely: tuple[Likely, ...] = (), status: int = 200) -> HttpResponse:
    return render(request, "pole/person_new.html", {"form": form, "likely": likely}, status=status)


def described(typed: Mapping[str, Any]) -> Described:
    """What was typed of somebody, as the matching is asked about it; a description is no name to match by."""
    name = "" if typed["described"] else typed["name"]
    return Described(name=name, born=typed["born"], sex=typed["sex"], address=typed["address"], phone=typed["phone"])


def _recorded(form: NewPerson, strong: list[Likely], by: User) -> Person:
    typed = form.cleaned_data
    return record(typed, [p.person_id for p in strong], typed["despite"], form.provenance(), by)


def record(
    typed: Mapping[str, Any], strong: list[int], despite: str, provenance: services.Provenance, by: User
) -> Person:
    """A nominal with the address and number given with them; that they are none of `strong` is kept with the reason."""

    def register() -> Person:
        told = {name: typed[name] for name in ("born", "sex", "described")}
        return services.register_person(typed["name"], by, provenance=provenance, **told)

    person = register_despite(register, strong, despite, by)
    if typed["address"].strip():
        place = services.register_location(typed["address"], by)
        services.place_at(person.id, place.id, by, provenance=provenance)
    if typed["phone"].strip():
        phone = services.add_phone(typed["phone"], by)
        services.link(("person", person.id), "user", ("phone", phone.id), by, provenance=provenance)
    return person
