"""The steps on the page of a contact: each is a small form that calls one service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from iops.control import selectors as incidents
from iops.control.contact import forms, services
from iops.control.models import Outcome
from iops.foundation.errors import InvalidError

if TYPE_CHECKING:
    from collections.abc import Callable

    from iops.control.contact.selectors import ContactDetail
    from iops.foundation.models import User
    from iops.web.forms import Form

    Act = Callable[[int, dict[str, Any], User], str]
    Offered = Callable[[ContactDetail], bool]


@dataclass(frozen=True)
class Step:
    """One step: its words, its form, what it does, and when it is offered at all."""

    title: str
    form: type[Form]
    act: Act
    button: str
    offered: Offered


def _answer(contact_id: int, typed: dict[str, Any], by: User) -> str:  # noqa: ARG001 - needs no words
    services.answer(contact_id, by)
    return "Answered."


def _end(contact_id: int, typed: dict[str, Any], by: User) -> str:  # noqa: ARG001 - needs no words
    services.end(contact_id, by)
    return "The call has ended."


def _gone(contact_id: int, typed: dict[str, Any], by: User) -> str:  # noqa: ARG001 - needs no words
    services.abandon(contact_id, by)
    return "The caller is gone."


def _silent(contact_id: int, typed: dict[str, Any], by: User) -> str:
    services.note_silent(contact_id, by=by, **typed)
    return "The steps of the silent call are kept."


def _place(contact_id: int, typed: dict[str, Any], by: User) -> str:
    services.place_caller(contact_id, by=by, **typed)
    return "Where the caller is, is kept."


def _caller(contact_id: int, typed: dict[str, Any], by: User) -> str:
    services.name_caller(contact_id, by=by, **typed)
    return "The caller is named."


def _promise(contact_id: int, typed: dict[str, Any], by: User) -> str:
    services.promise_call_back(contact_id, typed["within"], by)
    return "A call back is owed."


def _call_back(contact_id: int, typed: dict[str, Any], by: User) -> str:
    services.call_back(contact_id, typed["result"], by, note=typed["note"])
    return "The attempt is kept."


def _link(contact_id: int, typed: dict[str, Any], by: User) -> str:
    named = incidents.parse_reference(typed["reference"])
    if named is None:
        raise InvalidError("That is not the number of an incident.", details={"field": "reference"})
    incident = incidents.by_reference(*named)
    services.link_to_incident(contact_id, incident.id, by)
    return f"Linked to incident {incident.reference}."


def _conclude(contact_id: int, typed: dict[str, Any], by: User) -> str:
    services.conclude(contact_id, typed["outcome"], typed["words"], by)
    return f"Outcome: {Outcome(typed['outcome']).label}."


def _take_back(contact_id: int, typed: dict[str, Any], by: User) -> str:
    services.take_back_outcome(contact_id, typed["reason"], by)
    return "The outcome is taken back."


def _without_outcome(detail: ContactDetail) -> bool:
    return detail.contact.outcome is None and not detail.incidents


def _on_the_line(detail: ContactDetail) -> bool:
    return detail.contact.answered_at is not None and detail.contact.ended_at is None


def _may_be_gone(detail: ContactDetail) -> bool:
    return _without_outcome(detail) and detail.contact.abandoned_at is None


def _mistaken(detail: ContactDetail) -> bool:
    return detail.contact.outcome not in {None, Outcome.INCIDENT}


def _always(detail: ContactDetail) -> bool:  # noqa: ARG001 - at any time
    return True


STEPS: dict[str, Step] = {
    "answer": Step("Answer", forms.Step, _answer, "Answer", lambda d: d.ringing),
    "link": Step("Link to an open incident", forms.LinkTo, _link, "Link", _without_outcome),
    "conclude": Step("Say what became of it", forms.Conclude, _conclude, "Save the outcome", _without_outcome),
    "gone": Step("The caller is gone", forms.Step, _gone, "The caller is gone", _may_be_gone),
    "call-back": Step("Call back", forms.CallBack, _call_back, "Save the attempt", _always),
    "promise": Step("Promise a call back", forms.Promise, _promise, "Promise", _always),
    "silent": Step("Nobody speaks", forms.Silent, _silent, "Save the steps", _without_outcome),
    "place": Step("Where the caller is", forms.Place, _place, "Save the place", _always),
    "caller": Step("Who the caller is", forms.Caller, _caller, "Save the caller", _always),
    "end": Step("The call has ended", forms.Step, _end, "The call has ended", _on_the_line),
    "take-back": Step("Take the outcome back", forms.TakeBack, _take_back, "Take it back", _mistaken),
}
