"""What can be recorded on the page of a person or a place: each action has one form and calls one verb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from iops.foundation.errors import InvalidError
from iops.foundation.models import User
from iops.obligations import records
from iops.pole import services
from iops.pole.entry import forms
from iops.pole.models import Location, Person
from iops.web.forms import Form

Run = Callable[[Any, Form, User], str]


@dataclass(frozen=True)
class Entry:
    """One action: its name in addresses, its title, its form, what it does (and says when done), and its button."""

    name: str
    title: str
    form: type[Form]
    run: Run
    button: str


def _name(person: Person, form: Form, by: User) -> str:
    typed = form.cleaned_data
    services.add_name(person.id, typed["full"], by, kind=typed["kind"], provenance=_from(form))
    return "Name recorded."


def _birth(person: Person, form: Form, by: User) -> str:
    services.add_birth(person.id, form.cleaned_data["born"], by, provenance=_from(form))
    return "Date of birth recorded."


def _detail(person: Person, form: Form, by: User) -> str:
    typed = form.cleaned_data
    services.add_detail(person.id, typed["kind"], typed["value"], by, provenance=_from(form))
    return "Detail recorded."


def _identifier(person: Person, form: Form, by: User) -> str:
    typed = form.cleaned_data
    services.add_identifier(person.id, typed["kind"], typed["value"], by, provenance=_from(form))
    return "Number recorded."


def _address(person: Person, form: Form, by: User) -> str:
    place = services.register_location(form.cleaned_data["where"], by, made_up=person.made_up)
    _link(person, form, ("location", place.id), by)
    return "Address recorded."


def _phone(person: Person, form: Form, by: User) -> str:
    found = services.add_phone(form.cleaned_data["number"], by, made_up=person.made_up)
    _link(person, form, ("phone", found.id), by)
    return f"{found} recorded."


def _email(person: Person, form: Form, by: User) -> str:
    found = services.add_email(form.cleaned_data["address"], by, made_up=person.made_up)
    _link(person, form, ("email", found.id), by)
    return "E-mail recorded."


def _vehicle(person: Person, form: Form, by: User) -> str:
    typed = form.cleaned_data
    seen = services.register_vehicle(typed["registration"], by, description=typed["looks"], made_up=person.made_up)
    _link(person, form, ("vehicle", seen.id), by)
    return "Vehicle recorded."


def _other_person(person: Person, form: Form, by: User) -> str:
    _link(person, form, ("person", form.cleaned_data["number"]), by)
    return "Linked."


def _incident(person: Person, form: Form, by: User) -> str:
    found = records.find(form.cleaned_data["reference"])
    if found is None:
        raise InvalidError(
            "There is no such incident.", mend="Check the number and the day.", details={"field": "reference"}
        )
    _link(person, form, found, by)
    return "Linked to the incident."


def _link(person: Person, form: Form, to: tuple[str, int], by: User) -> None:
    typed = form.cleaned_data
    start = ("person", person.id)
    services.link(start, typed["role"], to, by, provenance=_from(form), note=typed["note"])


def _from(form: Form) -> services.Provenance:
    return form.provenance() if isinstance(form, forms.WithSource) else services.Provenance()


def _restrict(record: Person | Location, form: Form, by: User) -> str:
    typed = form.cleaned_data
    given: dict[str, Any] = {
        "user_ids": [int(u) for u in typed["users"]],
        "team_ids": [int(t) for t in typed["teams"]],
        "hinted": typed["hinted"],
    }
    if isinstance(record, Person):
        services.restrict_person(record.id, typed["reason"], by, **given)
    else:
        services.restrict_location(record.id, typed["reason"], by, **given)
    return "Restricted to its list."


def _marker(record: Person | Location, form: Form, by: User) -> str:
    typed = form.cleaned_data
    on = "person_id" if isinstance(record, Person) else "location_id"
    services.propose_marker(
        kind=typed["kind"],
        severity=typed["severity"],
        grounds=typed["grounds"],
        review_on=typed["review_on"],
        expires_on=typed["expires_on"],
        owner_id=int(typed["owner"]) if typed["owner"] else None,
        made_up=record.made_up,
        by=by,
        **{on: record.id},
    )
    return "Warning proposed. It is shown from now on; a supervisor confirms or refuses it."


def _access(place: Location, form: Form, by: User) -> str:
    services.set_access_notes(place.id, form.cleaned_data["access_notes"], by)
    return "Saved."


MARKER = Entry("marker", "Propose a warning", forms.ProposeMarker, _marker, "Propose the warning")
RESTRICT = Entry("restrict", "Restrict to a list", forms.Restrict, _restrict, "Restrict")

OF_PERSON = {
    entry.name: entry
    for entry in (
        Entry("incident", "Link to an incident", forms.LinkIncident, _incident, "Link"),
        Entry("name", "Add a name", forms.AddName, _name, "Add the name"),
        Entry("birth", "Add a date of birth", forms.AddBirth, _birth, "Add the date"),
        Entry("address", "Add an address", forms.AddAddress, _address, "Add the address"),
        Entry("phone", "Add a telephone number", forms.AddPhone, _phone, "Add the number"),
        Entry("email", "Add an e-mail address", forms.AddEmail, _email, "Add the address"),
        Entry("vehicle", "Add a vehicle", forms.AddVehicle, _vehicle, "Add the vehicle"),
        Entry("detail", "Add a detail", forms.AddDetail, _detail, "Add the detail"),
        Entry("identifier", "Add a number of another system", forms.AddIdentifier, _identifier, "Add the number"),
        Entry("person", "Link to another person", forms.LinkPerson, _other_person, "Link"),
        MARKER,
        RESTRICT,
    )
}
OF_LOCATION = {
    entry.name: entry
    for entry in (Entry("access", "Say how to get in", forms.AccessNotes, _access, "Save"), MARKER, RESTRICT)
}


def run(entry: Entry, record: Person | Location, form: Form, by: User) -> str:
    """Do what the form says, all of it or nothing."""
    with transaction.atomic():
        return entry.run(record, form, by)
