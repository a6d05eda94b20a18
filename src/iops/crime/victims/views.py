"""The pages of victims' rights: one victim, a letter, who is owed news. No business rule is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from iops.crime.models import VictimLetter
from iops.crime.recorded.selectors import address as crime_address
from iops.crime.recorded.selectors import by_reference
from iops.crime.victims import forms, selectors, services, telling
from iops.crime.victims.finding import find_victim
from iops.crime.victims.letters import letters
from iops.crime.victims.plain import plainness
from iops.foundation import clock
from iops.foundation.errors import IopsError, NotFoundError
from iops.foundation.paging import page_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponse, QueryDict

    from iops.crime.models import CrimeVictim
    from iops.crime.victims.letters import Template
    from iops.foundation.models import User
    from iops.web.forms import Form

UNPROCESSABLE = 422
Typed = dict[str, Any]


def _viewer(request: HttpRequest) -> User:
    return cast("User", request.user)


def _found(reference: str, victim: int) -> CrimeVictim:
    return find_victim(victim, crime_id=by_reference(reference).id)


# --- who is owed news -------------------------------------------------------------------------------------------------


@require_GET
def owed(request: HttpRequest) -> HttpResponse:
    """Who is owed news: today (late ones too), or ever."""
    asked = request.GET
    ever, mine = asked.get("when") == "ever", bool(asked.get("mine"))
    until = None if ever else selectors.end_of_today()
    page = selectors.owed_news(_viewer(request), until=until, mine=mine, page=page_number(asked.get("page", "1")))
    kept = asked.copy()
    kept.pop("page", None)
    context = {
        "page": page,
        "rows": [(row, selectors.address(row.news.victim), crime_address(row.news.crime)) for row in page.rows],
        "now": clock.now(),
        "ever": ever,
        "mine": mine,
        "query": kept.urlencode(),
    }
    return render(request, "crime/victims.html", context)


# --- one victim -------------------------------------------------------------------------------------------------------


@require_GET
def victim(request: HttpRequest, reference: str, victim: int) -> HttpResponse:
    """The page of one victim of a crime."""
    return _page(request, _found(reference, victim))


def _page(
    request: HttpRequest, found: CrimeVictim, failed: tuple[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    shown = selectors.one(found.id, _viewer(request))
    fresh = {name: _form(name, None, shown.owed) for name in ACTS}
    context = {
        "one": shown,
        "address": selectors.address(found),
        "crime_address": crime_address(found.crime),
        "forms": fresh | ({failed[0]: failed[1]} if failed else {}),
        "failed": failed[1] if failed else None,
        "now": clock.now(),
        "covering": {one.news.id: letters().covering(one.news.kind).name for one in shown.owed},
        "reviewable": any(one.news.kind == "not_prosecuted" for one in shown.news),
    }
    return render(request, "crime/victim.html", context, status=status)


def _form(name: str, typed: QueryDict | None, owed: Any) -> Form:
    kind, more = ACTS[name][0], {"owed": owed} if ACTS[name][0] is forms.Tell else {}
    return kind(typed, auto_id=f"{name}-%s", **more)


def _needs(found: CrimeVictim, typed: Typed, _: QueryDict, by: User) -> str:
    services.assess_needs(found.id, typed.pop("grounds"), by, **typed)
    return "Needs saved."


def _ask_removal(found: CrimeVictim, typed: Typed, _: QueryDict, by: User) -> str:
    services.ask_removal(found.id, typed["reason"], by)
    return "Asked. A supervisor decides."


def _decide_removal(found: CrimeVictim, typed: Typed, _: QueryDict, by: User) -> str:
    asked = found.removals.filter(decided_at=None).first()
    services.decide_removal(asked.id if asked else 0, typed["decision"] == "yes", typed["words"], by)
    return "Decided."


def _contact(found: CrimeVictim, typed: Typed, _: QueryDict, by: User) -> str:
    officer, channel, days = typed.pop("officer"), typed.pop("channel"), typed.pop("every_days")
    services.agree_contact(found.id, channel, days, by, officer_id=int(officer) if officer else None, **typed)
    return "Contact plan saved."


def _offer(found: CrimeVictim, typed: Typed, _: QueryDict, by: User) -> str:
    services.offer(found.id, typed["what"], typed["answer"], by, note=typed["note"])
    return "Offer saved."


def _tell(found: CrimeVictim, typed: Typed, _: QueryDict, by: User) -> str:
    telling.tell(found.id, [int(n) for n in typed.get("news", [])], typed["how"], typed["words"], by)
    return "Saved: the victim was told."


def _ask_review(found: CrimeVictim, typed: Typed, _: QueryDict, by: User) -> str:
    services.ask_review(found.id, typed["words"], by)
    return "Request saved. Its clock runs."


def _answer_review(found: CrimeVictim, typed: Typed, data: QueryDict, by: User) -> str:
    number = str(data.get("request", ""))
    asked = found.reviews.filter(id=int(number[:18]) if number.isascii() and number.isdigit() else 0).first()
    services.answer_review(asked.id if asked else 0, typed["result"], typed["reasons"], by)
    return "Answer saved. Tell the victim."


ACTS: dict[str, tuple[type[Form], Callable[[CrimeVictim, Typed, QueryDict, User], str]]] = {
    "needs": (forms.Needs, _needs),
    "ask-removal": (forms.AskRemoval, _ask_removal),
    "decide-removal": (forms.DecideRemoval, _decide_removal),
    "contact": (forms.Contact, _contact),
    "offer": (forms.Offer, _offer),
    "tell": (forms.Tell, _tell),
    "ask-review": (forms.AskReview, _ask_review),
    "answer-review": (forms.AnswerReview, _answer_review),
}
"""What the page of a victim can do: the form and what it calls."""


@require_POST
def act(request: HttpRequest, reference: str, victim: int, what: str) -> HttpResponse:
    """Do one thing for a victim; when it is refused, the page comes back with what was typed."""
    if what not in ACTS:
        raise NotFoundError("There is no such action.")
    found = _found(reference, victim)
    owed = selectors.one(found.id, _viewer(request)).owed
    form = _form(what, request.POST, owed)
    if not form.is_valid():
        return _page(request, found, (what, form), UNPROCESSABLE)
    try:
        with transaction.atomic():
            done = ACTS[what][1](found, dict(form.cleaned_data), request.POST, _viewer(request))
    except IopsError as error:
        form.refuse(error)
        return _page(request, found, (what, form), error.status)
    messages.success(request, done)
    return redirect(selectors.address(found))


# --- letters ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, reference: str, victim: int, template: str) -> HttpResponse:
    """Write a letter: fill in what is asked, read the words as they would go out, send them."""
    found, chosen = _found(reference, victim), letters().named(template)
    owed = selectors.one(found.id, _viewer(request)).owed
    sending = "words" in request.POST
    kind = forms.Send if sending else forms.Letter
    given = request.POST if request.method == "POST" else None
    form = kind(given, template=chosen, owed=owed, initial={"news": request.GET.getlist("news")})
    if request.method != "POST":
        return _letter(request, found, chosen, form)
    if not form.is_valid():
        return _letter(request, found, chosen, form, UNPROCESSABLE)
    return _send(request, found, chosen, form) if sending else _draft(request, found, chosen, form, owed)


def _draft(
    request: HttpRequest, found: CrimeVictim, template: Template, form: forms.Letter, owed: object
) -> HttpResponse:
    typed = form.cleaned_data
    news = [int(n) for n in typed.get("news", [])]
    try:
        words = telling.draft_letter(found.id, template.name, typed["channel"], news, typed, _viewer(request))
    except IopsError as error:
        form.refuse(error)
        return _letter(request, found, template, form, error.status)
    more = request.POST.copy()
    more["words"] = words
    return _letter(request, found, template, forms.Send(more, template=template, owed=cast("Any", owed)))


def _send(request: HttpRequest, found: CrimeVictim, template: Template, form: forms.Letter) -> HttpResponse:
    typed = form.cleaned_data
    news = [int(n) for n in typed.get("news", [])]
    try:
        with transaction.atomic():
            sent = telling.send_letter(
                found.id, template.name, typed["channel"], news, typed["words"], _viewer(request)
            )
    except IopsError as error:
        form.refuse(error)
        return _letter(request, found, template, form, error.status)
    messages.success(request, "Saved as sent. Its exact words are kept.")
    return redirect("victim-letter", letter=sent.id, victim=found.id, reference=reference_of(request))


def reference_of(request: HttpRequest) -> str:
    """The number of the crime in the address of the page."""
    match = request.resolver_match
    return str(match.kwargs["reference"]) if match else ""


def _letter(
    request: HttpRequest, found: CrimeVictim, template: Template, form: forms.Letter, status: int = 200
) -> HttpResponse:
    context: Mapping[str, Any] = {
        "victim": found,
        "victim_address": selectors.address(found),
        "template": template,
        "form": form,
        "sending": isinstance(form, forms.Send),
        "plain": plainness(str(form.data.get("words", ""))) if isinstance(form, forms.Send) else None,
    }
    return render(request, "crime/letter.html", context, status=status)


@require_GET
def sent_letter(request: HttpRequest, reference: str, victim: int, letter: int) -> HttpResponse:
    """A letter as it went out, to be printed."""
    found = _found(reference, victim)
    kept = VictimLetter.objects.select_related("by").filter(victim=found, id=letter).first()
    if kept is None:
        raise NotFoundError("There is no such letter.")
    selectors.one(found.id, _viewer(request))
    context = {"letter": kept, "victim": found, "victim_address": selectors.address(found)}
    return render(request, "crime/letter_sent.html", context)
