"""The pages of assessing: choose a form, fill it in. What is typed is kept as it is typed; no business rule is here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from iops.control import selectors as control
from iops.control.models import Incident
from iops.foundation import clock
from iops.foundation.errors import IopsError, NotFoundError
from iops.safeguarding import services
from iops.safeguarding.assess.forms import Assessment
from iops.safeguarding.assess.questionnaires import Questionnaire, in_force, questionnaires
from iops.web import drafts
from iops.web.services import save_once

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from iops.foundation.models import User

UNPROCESSABLE = 422
DRAFT = "assess"
LONGEST_ID = 10


def offered() -> tuple[Questionnaire, ...]:
    """The forms in force today that stand on their own."""
    return tuple(form for form in in_force(clock.today()) if form.use == "main")


@require_GET
def choose(request: HttpRequest, number: int, day: dt.date) -> HttpResponse:
    """The forms one may assess with."""
    incident = control.by_reference(number, day)
    context = {"incident": incident, "address": control.address(incident), "forms": offered()}
    return render(request, "safeguarding/assess_choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def assess(request: HttpRequest, number: int, day: dt.date, code: str) -> HttpResponse:
    """Fill in one form on an incident; sent twice it is saved once."""
    incident, by = control.by_reference(number, day), cast("User", request.user)
    chosen = next((form for form in offered() if form.code == code), None)
    if chosen is None:
        raise NotFoundError("There is no such form in force.", mend="Choose another form.")
    form = Assessment(chosen, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, incident, form, UNPROCESSABLE if request.method == "POST" else 200)
    try:
        with transaction.atomic():
            _save(incident, form, by)
    except IopsError as error:
        form.refuse(error)
        return _page(request, incident, form, error.status)
    name = draft_name(incident, by, chosen)
    drafts.forget(by, name)
    messages.success(request, f"Risk assessed: {form.cleaned_data['grade']}.", extra_tags=name)
    return redirect(control.address(incident))


def _save(incident: Incident, form: Assessment, by: User) -> None:
    said = form.cleaned_data

    def make() -> int:
        return services.assess_risk(
            incident.id, form.answers(), said["grade"], said["rationale"], by, form.questionnaire.code, form.told()
        ).id

    save_once(said["key"], "risk_assessment", by, make)


def _page(request: HttpRequest, incident: Incident, form: Assessment, status: int) -> HttpResponse:
    by = cast("User", request.user)
    name = draft_name(incident, by, form.questionnaire)
    kept = None if form.is_bound else drafts.kept(by, name)
    context = {
        "form": form,
        "incident": incident,
        "address": control.address(incident),
        "draft": name,
        "kept": json.dumps({**kept.values, "sequence": kept.sequence}) if kept else "",
    }
    return render(request, "safeguarding/assess.html", context, status=status)


def draft_name(incident: Incident, by: User, form: Questionnaire) -> str:
    """The name of the draft: each person's own on a shared device, each incident's and form's own."""
    return f"{DRAFT}-{incident.id}-{by.id}-{form.code}"


def draft_address(name: str) -> str | None:
    """Where the draft of an assessment is taken up again; None for the draft of another form."""
    kind, _, rest = name.partition("-")
    record, _, rest = rest.partition("-")
    code = rest.partition("-")[2]
    if (
        kind != DRAFT
        or not (record.isascii() and record.isdigit() and len(record) < LONGEST_ID)
        or code not in questionnaires()
    ):
        return None
    incident = Incident.objects.filter(id=int(record)).first()
    if incident is None:
        return None
    return reverse("assess-form", kwargs={"number": incident.number, "day": incident.day, "code": code})


def draft_title(values: Mapping[str, str]) -> str:
    """How the draft of an assessment is listed."""
    answers = sum(bool(value) for name, value in values.items() if name.startswith("topic_"))
    return f"Assessment of risk, {answers} topics answered"
