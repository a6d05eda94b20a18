"""What suspects put on the page of a crime: where each stands, and every step with them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from iops.crime.justice import forms, selectors, services
from iops.crime.justice.services import BailTerms, ChargeTerms, Disposal
from iops.crime.sections import Act, Section, register
from iops.foundation.errors import InvalidError
from iops.web.words import LONDON

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.crime.models import Crime
    from iops.foundation.models import User

PLACE = 25


def _suspects(crime: Crime, _: User) -> Mapping[str, object]:
    found = selectors.suspects_of(crime)
    standing = {one.standing for one in found}
    arrested = any(step.words == "in custody" for one in found for step in one.steps)
    return {
        "suspects": found,
        "arrested": arrested,
        "bailed": any(one.bail for one in found),
        "released": "released under investigation" in standing,
        "charged": any(one.charge for one in found),
    }


def _who(form: Any) -> int:
    """The suspect chosen on the page."""
    typed = str(form.data.get("person", ""))
    if not (typed.isascii() and typed.isdigit() and len(typed) < 19):  # noqa: PLR2004 - digits of an id
        raise InvalidError("Which suspect? Link one to the crime first.")
    return int(typed)


def end_of(day: dt.date) -> dt.datetime:
    """The midnight, in London, at which a day ends."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), LONDON)


def _want(crime: Crime, form: Any, by: User) -> str:
    services.want(crime.id, _who(form), form.cleaned_data["reason"], by)
    return "They are on the wanted list."


def _arrest(crime: Crime, form: Any, by: User) -> str:
    typed = form.cleaned_data
    services.arrest(crime.id, _who(form), typed["place"], typed["necessity"], by, how=typed["how"])
    return "Arrest saved."


def _interview(crime: Crime, form: Any, by: User) -> str:
    services.interview(crime.id, _who(form), form.cleaned_data["place"], form.cleaned_data["reason"], by)
    return "Interview saved."


def _bail(crime: Crime, form: Any, by: User) -> str:
    typed = form.cleaned_data
    terms = BailTerms(
        until=end_of(typed["until"]),
        reason=typed["reason"],
        views=typed["views"],
        conditions=typed["conditions"],
        authority=typed["authority"],
        authority_words=typed["authority_words"],
    )
    services.bail(crime.id, _who(form), terms, by)
    return f"On bail until the end of {typed['until']:%d/%m/%Y}."


def _end_bail(crime: Crime, form: Any, by: User) -> str:
    services.end_bail(crime.id, _who(form), form.cleaned_data["how"], form.cleaned_data["reason"], by)
    return "The bail has ended."


def _release(crime: Crime, form: Any, by: User) -> str:
    services.release_under_investigation(crime.id, _who(form), form.cleaned_data["reason"], by)
    return "Released under investigation. A supervisor reviews it every 28 days."


def _review_release(crime: Crime, form: Any, by: User) -> str:
    services.review_release(crime.id, _who(form), form.cleaned_data["findings"], by)
    return "Review of the release saved."


def _no_action(crime: Crime, form: Any, by: User) -> str:
    services.take_no_further_action(crime.id, _who(form), form.cleaned_data["reason"], by)
    return "No further action against them. The crime is open until it has an outcome."


def _charge(crime: Crime, form: Any, by: User) -> str:
    typed = form.cleaned_data
    terms = ChargeTerms(typed["offences"], typed["decided_by"], typed["authority_words"], typed["remanded"])
    services.charge(crime.id, _who(form), terms, by)
    return "Charge saved."


def _hearing(crime: Crime, form: Any, by: User) -> str:
    typed = form.cleaned_data
    services.set_hearing(crime.id, _who(form), typed["court"], typed["held_on"], by)
    return "Hearing saved."


def _dispose(crime: Crime, form: Any, by: User) -> str:
    typed = form.cleaned_data
    given = Disposal(typed["kind"], typed["reason"], typed["views"], typed["admitted"], typed["conditions"])
    made = services.dispose(crime.id, _who(form), given, by)
    return f"{made.get_kind_display().capitalize()} saved."


ACTS: dict[str, Act] = {
    "want": (forms.WantForm, _want),
    "arrest": (forms.ArrestForm, _arrest),
    "interview": (forms.InterviewForm, _interview),
    "bail": (forms.BailForm, _bail),
    "end-bail": (forms.EndBailForm, _end_bail),
    "release": (forms.ReleaseForm, _release),
    "review-release": (forms.ReleaseReviewForm, _review_release),
    "no-action": (forms.NoActionForm, _no_action),
    "charge": (forms.ChargeForm, _charge),
    "hearing": (forms.HearingForm, _hearing),
    "dispose": (forms.DisposalForm, _dispose),
}


def ready() -> None:
    """Put the section on the page."""
    register(ACTS, Section(PLACE, "crime/suspects_section.html", _suspects))
