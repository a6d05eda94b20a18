"""The pages of property: the list, one exhibit, its label, the stores. No business rule is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from iops.control.selectors import address as incident_address
from iops.crime.exhibits import counting, forms, selectors, services
from iops.crime.exhibits.label import label as made_label
from iops.crime.models import Retention, StockDifference
from iops.crime.recorded.selectors import address as crime_address
from iops.foundation.errors import IopsError, NotFoundError
from iops.foundation.paging import PLACE, page_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from iops.crime.models import Exhibit
    from iops.foundation.models import User
    from iops.web.forms import Form

UNPROCESSABLE = 422


def _viewer(request: HttpRequest) -> User:
    return cast("User", request.user)


def _number(asked: str) -> int | None:
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None  # noqa: PLR2004


@require_GET
def property_list(request: HttpRequest) -> HttpResponse:
    """The property that is held. A number or a seal opens its exhibit at once: that is how a scanner works."""
    asked = request.GET
    words = asked.get("q", "")
    if found := selectors.scanned(words.replace("\x00", "")):
        return redirect(selectors.address(found))
    wanted = selectors.Wanted(
        words=words,
        store_id=_number(asked.get("store", "")),
        holder_id=_viewer(request).id if asked.get("mine") else None,
        due=bool(asked.get("due")),
        page=page_number(asked.get("page", "1")),
        after=asked.get("after", ""),
        before=asked.get("before", ""),
    )
    page = selectors.listed(_viewer(request), wanted)
    kept = asked.copy()
    for name in PLACE:
        kept.pop(name, None)
    context = {
        "page": page,
        "rows": [(row, selectors.address(row.exhibit), selectors.whereabouts(row.now)) for row in page.rows],
        "wanted": wanted,
        "stores": [(row.store.id, row.store.name) for row in selectors.stores()],
        "query": kept.urlencode(),
    }
    return render(request, "crime/property.html", context)


# --- one exhibit -----------------------------------------------------------------------------------------------------


@require_GET
def exhibit(request: HttpRequest, reference: str) -> HttpResponse:
    """The page of one exhibit."""
    return _page(request, selectors.by_reference(reference))


def _page(
    request: HttpRequest, found: Exhibit, failed: tuple[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    shown = selectors.one(found.id, _viewer(request))
    fresh = {name: form(auto_id=f"{name}-%s") for name, (form, _) in ACTS.items()}
    of = found.crime
    context = {
        "one": shown,
        "address": selectors.address(found),
        "of": (of.reference, crime_address(of)) if of else (found.incident.reference, incident_address(found.incident)),
        "chain": [(move, selectors.whereabouts(move)) for move in shown.chain],
        "where": selectors.whereabouts(shown.now),
        "forms": fresh | ({failed[0]: failed[1]} if failed else {}),
        "failed": failed[1] if failed else None,
    }
    return render(request, "crime/exhibit.html", context, status=status)


def _move(found: Exhibit, form: Any, by: User) -> str:
    services.move(found.id, form.going(_number(str(form.data.get("after", "")))), by)
    return "Moved."


def _seal(found: Exhibit, form: Form, by: User) -> str:
    made = services.seal(found.id, form.cleaned_data["seal"], form.cleaned_data["reason"], by)
    return f"Sealed as {made.seal}."


def _keep(found: Exhibit, form: Form, by: User) -> str:
    typed = form.cleaned_data
    services.keep(found.id, typed["reason"], typed["review_on"], by, note=typed["note"])
    return "Saved why it is kept."


def _review(found: Exhibit, form: Form, by: User) -> str:
    number = _number(str(form.data.get("retention", ""))) or 0
    if not Retention.objects.filter(id=number, exhibit=found).exists():
        raise NotFoundError("There is no such retention.")
    services.review_retention(number, form.cleaned_data["reason"], by, keep_until=form.cleaned_data["keep_until"])
    return "Review saved."


ACTS: dict[str, tuple[type[Form], Callable[[Exhibit, Any, User], str]]] = {
    "move": (forms.MoveForm, _move),
    "seal": (forms.SealForm, _seal),
    "keep": (forms.KeepForm, _keep),
    "review": (forms.ReviewRetentionForm, _review),
}


@require_POST
def act(request: HttpRequest, reference: str, what: str) -> HttpResponse:
    """One step on an exhibit; a mistake shows the page again with what was typed."""
    found = selectors.by_reference(reference)
    if what not in ACTS:
        raise NotFoundError("There is no such page.")
    kind, run = ACTS[what]
    form = kind(request.POST, auto_id=f"{what}-%s")
    if not form.is_valid():
        return _page(request, found, (what, form), UNPROCESSABLE)
    try:
        with transaction.atomic():
            said = run(found, form, _viewer(request))
    except IopsError as error:
        form.refuse(error)
        return _page(request, found, (what, form), error.status)
    messages.success(request, said)
    return redirect(selectors.address(found))


@require_GET
def label(request: HttpRequest, reference: str) -> HttpResponse:
    """The label of an exhibit as a PDF."""
    found = selectors.one(selectors.by_reference(reference).id, _viewer(request))
    name = f"PR-{found.exhibit.number}-{found.exhibit.year:%Y}.pdf"
    sent = HttpResponse(made_label(found), content_type="application/pdf")
    sent["Content-Disposition"] = f'inline; filename="{name}"'
    return sent


# --- stores ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def stores(request: HttpRequest) -> HttpResponse:
    """Every store, and how much lies in it; a supervisor opens another."""
    form = forms.StoreForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                made = services.open_store(form.cleaned_data["code"], form.cleaned_data["name"], _viewer(request))
            except IopsError as error:
                form.refuse(error)
                status = error.status
            else:
                messages.success(request, f"{made.name} is open.")
                return redirect("property-stores")
    return render(request, "crime/stores.html", {"stores": selectors.stores(), "form": form}, status=status)


@require_http_methods(["GET", "POST"])
def store(request: HttpRequest, code: str) -> HttpResponse:
    """One store: its last count, what waits for an answer, and a new count."""
    found = selectors.store(code, _viewer(request))
    form: forms.CountForm | forms.AnswerForm = forms.CountForm(auto_id="count-%s")
    answer, status, waiting = forms.AnswerForm(), 200, 0
    if request.method == "POST":
        waiting = _number(request.POST.get("difference", "")) or 0
        try:
            if said := _counted(request, found) if not waiting else _answered(request, found, waiting):
                messages.success(request, said)
                return redirect("property-store", code=found.row.store.code)
        except _RefusedError as refused:
            status = refused.status
            form, answer = (form, refused.form) if waiting else (refused.form, answer)
    context = {"one": found, "form": form, "answer": answer, "waiting": waiting}
    return render(request, "crime/store.html", context, status=status)


class _RefusedError(Exception):
    """A form that was not taken, with what is wrong."""

    def __init__(self, form: Any, status: int) -> None:
        self.form = form
        self.status = status
        super().__init__()


def _counted(request: HttpRequest, found: selectors.StoreOne) -> str:
    form = forms.CountForm(request.POST, auto_id="count-%s")
    if not form.is_valid():
        raise _RefusedError(form, UNPROCESSABLE)
    try:
        made = counting.count_store(found.row.store.id, form.scanned, _viewer(request))
    except IopsError as error:
        form.refuse(error)
        raise _RefusedError(form, error.status) from error
    differs = made.differences.count()
    words = f"{differs} differ and must be answered for." if differs else "Everything agrees."
    return f"Counted {made.scanned} of {made.expected} on record. {words}"


def _answered(request: HttpRequest, found: selectors.StoreOne, number: int) -> str:
    form = forms.AnswerForm(request.POST)
    if not form.is_valid():
        raise _RefusedError(form, UNPROCESSABLE)
    try:
        if not StockDifference.objects.filter(id=number, check_made__store=found.row.store).exists():
            raise NotFoundError("There is no such difference in this store.")
        counting.answer_difference(number, form.cleaned_data["words"], _viewer(request))
    except IopsError as error:
        form.refuse(error)
        raise _RefusedError(form, error.status) from error
    return "Answer saved."
