"""Pages for tests of what every request passes through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import include, path

from iops.foundation.access import open_to_all, own_transaction, requires
from iops.foundation.context import current
from iops.foundation.errors import BlockedError
from iops.foundation.models import District
from iops.foundation.roles import Role
from iops.project.urls import handler400, handler403, handler404, handler500

if TYPE_CHECKING:
    from django.http import HttpRequest

__all__ = ["handler400", "handler403", "handler404", "handler500"]


def told(request: HttpRequest) -> JsonResponse:
    """What the database was told about who acts."""
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('iops.user_id', true), current_setting('iops.request_id', true)")
        user, number = cursor.fetchone()
    return JsonResponse({"user": user, "request": number, "python": current().user_id})


def write_then_fail(request: HttpRequest) -> HttpResponse:
    District.objects.create(code="HALF", name="half done")
    if request.GET.get("how") == "named":
        raise BlockedError("This cannot close yet.", mend="Do what is owed.", details={"obligations": []})
    raise ValueError("Jane Personal of 1 Secret Street")


def fail_late(request: HttpRequest) -> TemplateResponse:
    """A page whose template fails after the view has returned."""
    District.objects.create(code="LATE", name="half done")
    return TemplateResponse(request, "no/such/template.html", {})


def refused_by_an_api(request: HttpRequest) -> JsonResponse:
    """An API that answers a refusal itself, after it has written something."""
    District.objects.create(code="API", name="half done")
    return JsonResponse({"code": "conflict"}, status=int(request.GET["status"]))


@requires(Role.ADMINISTRATOR)
def for_administrators(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


@open_to_all
@own_transaction
def outside(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"in_transaction": connection.in_atomic_block, "user": current().user_id})


@open_to_all
def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.POST.get("text", ""), content_type="text/plain")


urlpatterns = [
    path("told/", told, name="told"),
    path("fail/", write_then_fail, name="fail"),
    path("late/", fail_late, name="late"),
    path("administrators/", for_administrators, name="administrators"),
    path("outside/", outside, name="outside"),
    path("echo/", echo, name="echo"),
    path("api/refused/", refused_by_an_api, name="refused-by-an-api"),
    path("", include("iops.project.urls")),
]
