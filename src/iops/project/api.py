"""The HTTP API: the verbs and questions of every area under /api/v1/, with one shape for everything that is refused."""

from __future__ import annotations

from inspect import getclosurevars, isfunction
from typing import TYPE_CHECKING, Any, cast

import orjson
from django.core.exceptions import RequestDataTooBig
from django.http import Http404
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.renderers import BaseRenderer
from ninja.responses import NinjaJSONEncoder
from ninja.security import HttpBearer, django_auth

from iops.control.api import router as control
from iops.control.classing.api import router as classing
from iops.control.closing.api import router as closing
from iops.control.contact.api import router as contacts
from iops.control.dispatch.api import router as dispatch
from iops.control.grading.api import router as grading
from iops.control.handover.api import router as handover
from iops.control.intake.api import router as intake
from iops.control.record.api import router as record
from iops.crime.allocation.api import router as allocation
from iops.crime.api import router as crime
from iops.crime.complete.api import router as completeness
from iops.crime.courtfile.api import router as court_files
from iops.crime.exhibits.api import router as exhibits
from iops.crime.justice.api import router as suspects
from iops.crime.outcomes.api import router as outcome_grounds
from iops.crime.recorded.api import router as crimes
from iops.crime.rules_api import router as recording_rules
from iops.crime.series.api import router as series
from iops.crime.victims.api import router as victims
from iops.exchange.api import router as exchange
from iops.foundation.access import keeps_own_transactions
from iops.foundation.api import request_id
from iops.foundation.errors import IopsError
from iops.foundation.tokens.bearer import by_token
from iops.integrity.api import router as integrity
from iops.obligations.api import router as duties
from iops.pole.api import router as pole
from iops.safeguarding.api import router as safeguarding
from iops.safeguarding.hub.api import router as hub
from iops.safeguarding.hub.queues.api import router as queues
from iops.safeguarding.ranking.api import router as ranking
from iops.safeguarding.referrals.api import router as referrals
from iops.safeguarding.reviews.api import router as reviews
from iops.safeguarding.schemes.api import router as schemes
from iops.safeguarding.vulnerability.api import router as vulnerability

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern, URLResolver

MOST_MISTAKES = 20


class Token(HttpBearer):
    """A program that calls by a token; the middleware has judged it already (`foundation.tokens.bearer`)."""

    def authenticate(self, request: HttpRequest, token: str) -> object | None:  # noqa: ARG002 - judged already
        """The account it acts as."""
        return request.user if by_token(request) else None


class Json(BaseRenderer):
    """Answers as JSON. Moments are written as the framework writes them: to the millisecond, UTC as Z."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: object, *, response_status: int) -> bytes:  # noqa: ARG002 - as declared
        """The answer in UTF-8."""
        return orjson.dumps(data, default=OTHERS.default, option=orjson.OPT_PASSTHROUGH_DATETIME)


OTHERS = NinjaJSONEncoder()
api = NinjaAPI(
    title="iOPS", version="1", auth=[Token(), django_auth], docs_url=None, urls_namespace="api", renderer=Json()
)
"""By a token with its scopes, or signed in by session with its CSRF token in the header X-CSRFToken on every POST."""

for router in (
    control,
    duties,
    pole,
    contacts,
    intake,
    dispatch,
    grading,
    classing,
    closing,
    record,
    handover,
    safeguarding,
    hub,
    queues,
    referrals,
    reviews,
    vulnerability,
    ranking,
    schemes,
    crime,
    completeness,
    allocation,
    series,
    crimes,
    outcome_grounds,
    victims,
    exhibits,
    court_files,
    suspects,
    recording_rules,
    integrity,
    exchange,
):
    api.add_router("", router)


def routes() -> tuple[list[URLPattern | URLResolver], str, str]:
    """The addresses of the API; those whose operations keep their own transactions say so to the middleware.

    The framework makes one view of all methods of an address, so the mark names the methods it is for.
    """
    patterns, app_name, namespace = api.urls
    for pattern in patterns:
        view = cast("Any", pattern.callback)
        answers = getclosurevars(view).nonlocals.get("self") if isfunction(view) else None
        own = [o for o in getattr(answers, "operations", ()) if keeps_own_transactions(o.view_func, None)]
        if own:
            view.own_transaction = frozenset(method for operation in own for method in operation.methods)
    return patterns, app_name, namespace


def refused(
    request: HttpRequest, status: int, code: str, message: str, mend: str = "", details: object = None
) -> HttpResponse:
    """What every refusal looks like: code, message, mend, details, and the id of the request to quote."""
    body = {"code": code, "message": message, "mend": mend, "details": details or {}}
    return api.create_response(request, body | {"request_id": request_id(request)}, status=status)


@api.exception_handler(IopsError)
def named(request: HttpRequest, error: IopsError) -> HttpResponse:
    """Answer a named refusal of a service or of the database."""
    return refused(request, error.status, error.code, error.message, error.mend, error.details)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer a body or an address that is not in the described shape; what was typed is not sent back."""
    mistakes = [{"where": list(e.get("loc", ())), "what": str(e.get("msg", ""))} for e in error.errors[:MOST_MISTAKES]]
    return refused(request, 422, "invalid", "The request does not have the right shape.", "", {"mistakes": mistakes})


@api.exception_handler(AuthenticationError)
def signed_out(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Answer somebody who has not signed in."""
    return refused(request, 401, "not-signed-in", "You have not signed in.", "Sign in and try again.")


@api.exception_handler(Http404)
def nowhere(request: HttpRequest, error: Http404) -> HttpResponse:
    """Answer an address that leads nowhere."""
    return refused(request, 404, "not-found", "There is no such address.")


@api.exception_handler(RequestDataTooBig)
def too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    """Answer a body that is larger than any verb takes."""
    return refused(request, 413, "too-big", "The body of the request is too big.", "Send less at once.")


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer what the framework refuses: a body that is not JSON, a missing CSRF token."""
    return refused(request, error.status_code, "refused", str(error))
