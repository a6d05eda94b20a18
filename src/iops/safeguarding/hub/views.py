"""The page of the absence alarm: what waits for an answer, and the chart of every series. No business rule is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from iops.foundation.errors import IopsError, NotFoundError
from iops.safeguarding.hub import drawing, selectors, services
from iops.safeguarding.hub.settings import absence as told
from iops.web.forms import Form, text

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from iops.foundation.models import User

UNPROCESSABLE = 422


class Answer(Form):
    """What was found behind an alarm."""

    names = {"what was found": "answer"}  # noqa: RUF012 - as every form has it

    answer = text("What was found, and what is done about it", needs="absence-answer")


@require_GET
def absence(request: HttpRequest) -> HttpResponse:
    """Every alarm and every chart."""
    return _page(request)


@require_POST
def answer(request: HttpRequest, alarm_id: int) -> HttpResponse:
    """Answer an alarm; when it is refused, the page comes back with what was typed."""
    form = Answer(request.POST, auto_id=f"alarm-{alarm_id}-%s")
    if not form.is_valid():
        return _page(request, (alarm_id, form), UNPROCESSABLE)
    try:
        with transaction.atomic():
            services.answer_alarm(alarm_id, form.cleaned_data["answer"], cast("User", request.user))
    except NotFoundError:
        raise
    except IopsError as error:
        form.refuse(error)
        return _page(request, (alarm_id, form), error.status)
    messages.success(request, "The alarm is answered.")
    return redirect("absence")


def _page(request: HttpRequest, failed: tuple[int, Form] | None = None, status: int = 200) -> HttpResponse:
    alarms = selectors.alarms()
    forms = {a.id: Answer(auto_id=f"alarm-{a.id}-%s") for a in alarms if a.answered_at is None}
    context = {
        "alarms": alarms,
        "forms": forms | ({failed[0]: failed[1]} if failed else {}),
        "failed": failed[1] if failed else None,
        "charts": [(chart, drawing.draw(chart)) for chart in selectors.charts()],
        "told": told(),
    }
    return render(request, "safeguarding/absence.html", context, status=status)
