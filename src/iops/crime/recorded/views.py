"""The pages of recorded crimes: one with its life, the list. No business rule is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from iops.control import selectors as control
from iops.control.forms import districts
from iops.crime import sections
from iops.crime.allocation.selectors import tile
from iops.crime.models import Linkage, ToldOf
from iops.crime.recorded import deciding, forms, life, rape, selectors
from iops.foundation.errors import InvalidError, IopsError, NotFoundError
from iops.foundation.paging import PLACE, page_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from iops.crime.models import Crime
    from iops.foundation.models import User
    from iops.web.forms import Form

UNPROCESSABLE = 422


@require_GET
def crimes(request: HttpRequest) -> HttpResponse:
    """The list of crimes, the latest first."""
    asked, viewer = request.GET, cast("User", request.user)
    district = asked.get("district", "")
    wanted = selectors.Wanted(
        crime_class=asked.get("class", "")[:20].strip(),
        state=asked.get("state", "")[:20],
        district_id=int(district) if district.isascii() and district.isdigit() and len(district) < 10 else None,  # noqa: PLR2004
        owner_id=viewer.id if asked.get("mine") else None,
        page=page_number(asked.get("page", "1")),
        after=asked.get("after", ""),
        before=asked.get("before", ""),
    )
    try:
        page, refused = selectors.listed(viewer, wanted), ""
    except InvalidError as error:
        page, refused = selectors.listed(viewer, selectors.Wanted()), str(error)
    kept = asked.copy()
    for name in PLACE:
        kept.pop(name, None)
    context = {
        "page": page,
        "rows": [(row, selectors.address(row.crime)) for row in page.rows],
        "wanted": wanted,
        "refused": refused,
        "mine": bool(asked.get("mine")),
        "states": selectors.STATES,
        "districts": districts(),
        "query": kept.urlencode(),
        "tile": tile(wanted.district_id),
    }
    return render(request, "crime/crimes.html", context, status=UNPROCESSABLE if refused else 200)


@require_GET
def crime(request: HttpRequest, reference: str) -> HttpResponse:
    """The page of one crime."""
    return _page(request, selectors.by_reference(reference))


def _page(
    request: HttpRequest, found: Crime, failed: tuple[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    shown = selectors.one(found.id, cast("User", request.user))
    fresh = {name: form(auto_id=f"{name}-%s") for name, (form, _) in _acts().items()}
    viewer = cast("User", request.user)
    context = {
        "one": shown,
        "address": selectors.address(found),
        "incident_address": control.address(found.incident),
        "linked": [(link, other, selectors.address(other)) for link, other in shown.linked],
        "forms": fresh | ({failed[0]: failed[1]} if failed else {}),
        "is_rape": rape.is_rape(found),
        "failed": failed[1] if failed else None,
        "sections": [(one.template, one.load(found, viewer)) for one in sections.sections()],
    }
    return render(request, "crime/crime.html", context, status=status)


def _allocate(crime: Crime, form: forms.Allocate, by: User) -> str:
    kind, _, number = form.cleaned_data["owner"].partition("-")
    who = {"user_id": int(number)} if kind == "user" else {"team_id": int(number)}
    life.allocate(crime.id, by, form.cleaned_data["reason"], **who)
    return "Allocated."


def _review(crime: Crime, form: Form, by: User) -> str:
    life.review(crime.id, form.cleaned_data["findings"], by)
    return "Review saved."


def _plan(crime: Crime, form: Form, by: User) -> str:
    life.plan_action(crime.id, form.cleaned_data["what"], by, due=form.cleaned_data["due"])
    return "The action is on the plan."


def _result(crime: Crime, form: Form, by: User) -> str:
    number = str(form.data.get("action", ""))
    action = int(number[:18]) if number.isascii() and number.isdigit() else 0
    life.complete_action(action, form.cleaned_data["result"], by, crime_id=crime.id)
    return "Result saved."


def _log(crime: Crime, form: Form, by: User) -> str:
    life.add_log_entry(crime.id, form.cleaned_data["entry"], by)
    return "Written into the log."


def _told(crime: Crime, form: Form, by: User) -> str:
    typed = form.cleaned_data
    life.tell_victim(crime.id, typed["about"], typed["how"], typed["words"], by)
    return f"Saved: the victim was told of {ToldOf(typed['about']).label}."


def _unlink(crime: Crime, form: Form, by: User) -> str:
    number = str(form.data.get("link", ""))
    link = int(number[:18]) if number.isascii() and number.isdigit() else 0
    life.unlink(link, form.cleaned_data["reason"], by, crime_id=crime.id)
    return "The link is withdrawn."


def _flag(crime: Crime, form: Form, by: User) -> str:
    life.flag(crime.id, form.cleaned_data["flag"], by)
    return "Flag saved."


def _link(crime: Crime, form: Form, by: User) -> str:
    typed = form.cleaned_data
    number, year = typed["other"]
    other = selectors.by_reference(f"CR/{number}/{year:%Y}")
    life.link_crimes(crime.id, other.id, Linkage.LINKED, typed["reason"], by)
    return f"Linked to {other.reference}."


def _reclassify(crime: Crime, form: Form, by: User) -> str:
    typed = form.cleaned_data
    made = deciding.reclassify(crime.id, typed["crime_class"], typed["ground"], typed["reason"], by, code=typed["code"])
    return f"It is class {made.crime_class} now."


def _outcome(crime: Crime, form: forms.Outcome, by: User) -> str:
    code = form.cleaned_data["code"]
    deciding.give_outcome(crime.id, code, form.facts, form.cleaned_data["reason"], by)
    return f"Outcome {code} saved."


def _rape_report(crime: Crime, form: Form, by: User) -> str:
    typed = form.cleaned_data
    made = rape.turn_into_report(crime.id, typed["code"], typed["ground"], typed["reason"], by)
    assert made.reported is not None  # noqa: S101 - the database holds it
    return f"It is reported incident {made.reported.code} now."


def _cancel(crime: Crime, form: Form, by: User) -> str:
    typed = form.cleaned_data
    told = ("additional", "verifiable", "shows_no_crime", "coerced", "genuine_error")
    deciding.cancel(
        crime.id,
        typed["category"],
        typed["reason"],
        by,
        facts={name: typed[name] for name in told if typed[name]},
        avi=typed["avi"],
        other_reference=typed["other_reference"],
        other_id=selectors.by_reference(typed["other"]).id if typed["other"] else None,
    )
    return f"Removed: {typed['category']}."


def _reopen(crime: Crime, form: Form, by: User) -> str:
    deciding.reopen(crime.id, form.cleaned_data["reason"], by)
    return "Opened again."


ACTS: dict[str, sections.Act] = {
    "allocate": (forms.Allocate, _allocate),
    "review": (forms.Review, _review),
    "plan": (forms.Plan, _plan),
    "result": (forms.Result, _result),
    "log": (forms.Log, _log),
    "told": (forms.Told, _told),
    "flag": (forms.Flag, _flag),
    "link": (forms.LinkOther, _link),
    "unlink": (forms.Unlink, _unlink),
    "reclassify": (forms.Reclassify, _reclassify),
    "outcome": (forms.Outcome, _outcome),
    "cancel": (forms.Cancel, _cancel),
    "rape-report": (forms.RapeReport, _rape_report),
    "reopen": (forms.Reopen, _reopen),
}
"""What the page itself can do with a crime: the form and what it calls."""


def _acts() -> Mapping[str, sections.Act]:
    return ACTS | dict(sections.acts())


@require_POST
def act(request: HttpRequest, reference: str, what: str) -> HttpResponse:
    """Do one thing with a crime; when it is refused, the page comes back with what was typed."""
    if what not in _acts():
        raise NotFoundError("There is no such action.")
    found = selectors.by_reference(reference)
    kind, run = _acts()[what]
    form = kind(request.POST, auto_id=f"{what}-%s")
    if not form.is_valid():
        return _page(request, found, (what, form), UNPROCESSABLE)
    try:
        with transaction.atomic():
            done = run(found, form, cast("User", request.user))
    except NotFoundError as error:
        form.refuse(error)
        return _page(request, found, (what, form), error.status)
    except IopsError as error:
        form = _asking(form, error)
        form.refuse(error)
        return _page(request, found, (what, form), error.status)
    messages.success(request, done)
    return redirect(selectors.address(found))


def _asking(form: Form, error: IopsError) -> Form:
    """An outcome that needs more comes back with what it asks as fields."""
    if not isinstance(form, forms.Outcome):
        return form
    asked = cast("list[dict[str, str]]", error.details.get("questions", []))
    more = {f"f.{one['name']}": "" for one in asked} | {name: str(form.data[name]) for name in form.data}
    again = forms.Outcome(more, auto_id=form.auto_id)
    again.is_valid()
    return again
