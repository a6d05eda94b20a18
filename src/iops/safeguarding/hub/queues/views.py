"""The page of the queue alarms: what waits for an answer, and what was answered. No business rule is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from iops.foundation.errors import IopsError, NotFoundError
from iops.safeguarding.hub.page.settings import hub_settings
from iops.safeguarding.hub.queues import selectors, services
from iops.safeguarding.hub.views import UNPROCESSABLE, Answer

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from iops.foundation.models import User
    from iops.web.forms import Form


@require_GET
def alarms(request: HttpRequest) -> HttpResponse:
    """Every alarm of a queue."""
    return _page(request)


@require_POST
def answer(request: HttpRequest, alarm_id: int) -> HttpResponse:
    """Answer an alarm; when it is refused, the page comes back with what was typed."""
    form = Answer(request.POST, auto_id=f"alarm-{alarm_id}-%s")
    if not form.is_valid():
        return _page(request, (alarm_id, form), UNPROCESSABLE)
    try:
        with transaction.atomic():
            services.answer_queue_alarm(alarm_id, form.cleaned_data["answer"], cast("User", request.user))
    except NotFoundError:
        raise
    except IopsError as error:
        form.refuse(error)
        return _page(request, (alarm_id, form), error.status)
    messages.success(request, "The alarm is answered.")
    return redirect("queue-alarms")


def _page(request: HttpRequest, failed: tuple[int, Form] | None = None, status: int = 200) -> HttpResponse:
    found = selectors.alarms()
    forms = {a.id: Answer(auto_id=f"alarm-{a.id}-%s") for a in found if a.answered_at is None}
    context = {
        "alarms": found,
        "forms": forms | ({failed[0]: failed[1]} if failed else {}),
        "failed": failed[1] if failed else None,
        "told": hub_settings(),
        "role": services.ANSWERS,
        "may": services.may_answer(cast("User", request.user)),
    }
    return render(request, "safeguarding/queue_alarms.html", context, status=status)
