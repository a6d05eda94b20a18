"""What may be typed about people, places and warnings. What it means is for the services to judge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

from django import forms

from iops.foundation.models import Team, User
from iops.pole.models import Confidence, DetailKind, IdentifierKind, MarkerKind, NameKind, Severity, Source
from iops.pole.roles import roles_between
from iops.pole.services import Provenance
from iops.web.forms import Checkboxes, DatePartsField, Form, choice, line, needed, text, tick

if TYPE_CHECKING:
    from collections.abc import Mapping

BORN = "Such as 12/3/1985, March 1985, 1985, 34 or 30s"
SEXES = (("", "Not known"), ("female", "Female"), ("male", "Male"), ("other", "Other"))


def roles(start: str, to: str) -> list[tuple[str, str]]:
    """The roles to choose from between two kinds of record."""
    return [(role, role.capitalize()) for role in roles_between(start, to)]


class WithSource(Form):
    """A value with where it comes from; what is left out is "not said"."""

    source = choice("Source", Source.choices, required=False, few=False)
    source_detail = line("Which source", required=False, hint="Whose words, which document or system")
    confidence = choice("How sure", Confidence.choices, required=False, few=False)
    since = DatePartsField(label="From", required=False)
    until = DatePartsField(label="Until", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].initial = Source.UNKNOWN
        self.fields["confidence"].initial = Confidence.UNCONFIRMED

    def provenance(self) -> Provenance:
        """Where the value comes from, as typed."""
        typed = self.cleaned_data
        return Provenance(
            source=typed["source"] or Source.UNKNOWN,
            detail=typed["source_detail"],
            confidence=typed["confidence"] or Confidence.UNCONFIRMED,
            since=typed["since"],
            until=typed["until"],
        )

    @property
    def own(self) -> list[forms.BoundField]:
        """The fields of the value itself."""
        return [f for f in self if f.name not in WithSource.base_fields]

    @property
    def about(self) -> list[forms.BoundField]:
        """The fields of where it comes from."""
        return [f for f in self if f.name in WithSource.base_fields]


class NewPerson(WithSource):
    """A nominal: a name or a description is enough; all else helps to see whether they are recorded already."""

    names: ClassVar[Mapping[str, str]] = {"given names": "name", "family name": "name", "telephone": "phone"}

    name = line("Name", longest=300, hint="As said: one name, any script, or a description", needs="nominal-name")
    described = tick("The name is not known; this describes the person")
    born = line("Date of birth or age", longest=100, required=False, hint=BORN)
    sex = choice("Sex", SEXES, required=False, few=False)
    address = line("Address", longest=400, required=False, hint="Any part of it")
    phone = line("Telephone", longest=60, required=False, inputmode="tel")
    despite = text("Why this is somebody else", required=False)
    key = needed(forms.UUIDField(widget=forms.HiddenInput(), initial=uuid4), "save-once")


class AddName(WithSource):
    """A further name."""

    full = line("Name", longest=300, needs="value-itself")
    kind = choice("Kind of name", NameKind.choices, few=False, needs="value-itself")
    names: ClassVar[Mapping[str, str]] = {"name": "full"}


class AddBirth(WithSource):
    """A date of birth or an age."""

    born = line("Date of birth or age", longest=100, hint=BORN, needs="value-itself")


class AddDetail(WithSource):
    """A detail."""

    kind = choice("What", DetailKind.choices, few=False, needs="value-itself")
    value = text("In words or as a code", needs="value-itself")


class AddIdentifier(WithSource):
    """A number of another system."""

    kind = choice("Kind of number", IdentifierKind.choices, few=False, needs="value-itself")
    value = line("Number", longest=80, needs="value-itself")
    names: ClassVar[Mapping[str, str]] = {"number": "value"}


class AddAddress(WithSource):
    """A place somebody is linked to."""

    where = line("Address", longest=400, hint="As said; a postcode in it is read", needs="value-itself")
    role = choice("The person and the place", roles("person", "location"), few=False, needs="role-of-link")
    note = line("Note", required=False)


class AddPhone(WithSource):
    """A telephone number."""

    number = line("Telephone", longest=60, inputmode="tel", needs="value-itself")
    role = choice("The person is its", roles("person", "phone"), few=False, needs="role-of-link")
    names: ClassVar[Mapping[str, str]] = {"telephone": "number"}
    note = line("Note", required=False)


class AddEmail(WithSource):
    """An e-mail address or online name."""

    address = line("E-mail or online name", longest=320, needs="value-itself")
    role = choice("The person is its", roles("person", "email"), few=False, needs="role-of-link")
    names: ClassVar[Mapping[str, str]] = {"e-mail": "address"}
    note = line("Note", required=False)


class AddVehicle(WithSource):
    """A vehicle, by its mark or by its looks."""

    registration = line("Registration", longest=20, required=False)
    looks = line("Make, model, colour", required=False)
    role = choice("The person is its", roles("person", "vehicle"), few=False, needs="role-of-link")
    names: ClassVar[Mapping[str, str]] = {"description": "looks"}
    note = line("Note", required=False)


class LinkPerson(WithSource):
    """Another nominal, by the number on their page."""

    number = line(
        "Number of the other nominal",
        longest=19,
        hint="It stands on their page",
        inputmode="numeric",
        needs="which-record",
    )
    role = choice("This person is the other's", roles("person", "person"), few=False, needs="role-of-link")
    note = line("Note", required=False)

    def clean_number(self) -> int:
        """The number."""
        return _whole(self.cleaned_data["number"], "The number of a nominal is written in figures.")


class LinkIncident(WithSource):
    """An incident, by its reference."""

    reference = line("Incident", longest=40, hint="Such as 412/05072019", needs="which-record")
    role = choice("The person is its", roles("person", "incident"), few=False, needs="role-of-link")
    note = line("Note", required=False)


def _whole(typed: str, wrong: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) < 19):  # noqa: PLR2004 - an id has 18 figures at most
        raise forms.ValidationError(wrong)
    return int(typed)


class NewLocation(Form):
    """A place: the words are enough."""

    where = line(
        "Where",
        longest=400,
        hint="Address, place or road, as it is said; a postcode in it is read",
        needs="value-itself",
    )
    access_notes = text("How to get in", required=False)
    key = needed(forms.UUIDField(widget=forms.HiddenInput(), initial=uuid4), "save-once")


class AccessNotes(Form):
    """How to get in."""

    access_notes = text("How to get in", required=False, hint="Codes, dogs, which door")
    names: ClassVar[Mapping[str, str]] = {"access notes": "access_notes"}


class ProposeMarker(Form):
    """A warning: what, how grave, on what grounds, and when it is looked at again."""

    kind = choice("Warning of", MarkerKind.choices, few=False, needs="marker-decide")
    severity = choice("How grave", Severity.choices, needs="marker-decide")
    grounds = text("Grounds", hint="What happened, when, and how it is known", needs="marker-decide")
    review_on = DatePartsField(label="Review on", required=False, help_text="A year from now unless said")
    expires_on = DatePartsField(label="Ends on", required=False, help_text="Only when it must end by itself")
    owner = choice("Team that owns it", [], required=False, few=False)
    names: ClassVar[Mapping[str, str]] = {"kind of marker": "kind"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = [(str(t.id), t.name) for t in Team.objects.order_by("name")]
        self.fields["owner"].choices = [("", "Not said"), *teams]  # type: ignore[attr-defined]


class DecideMarker(Form):
    """A supervisor's decision on a proposed marker."""

    confirmed = choice("Decision", [("yes", "Confirm"), ("no", "Refuse")], needs="marker-decide")
    reason = text("Reason", required=False, hint="Needed to refuse")


class ReviewMarker(Form):
    """A review of a confirmed marker."""

    kept = choice("It holds", [("yes", "Still: keep it"), ("no", "No longer: end it")], needs="marker-review")
    note = text("Why", needs="marker-review")
    next_review = DatePartsField(label="Review again on", required=False, help_text="A year from now unless said")
    names: ClassVar[Mapping[str, str]] = {"review_on": "next_review"}


class Restrict(Form):
    """A list of people and teams, and why."""

    reason = text("Reason", needs="restriction-reason")
    users = forms.MultipleChoiceField(label="People", required=False, widget=Checkboxes())
    teams = forms.MultipleChoiceField(label="Teams", required=False, widget=Checkboxes())
    hinted = tick("Others who search for it are told that one record is withheld")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(u.id), u.name) for u in User.objects.filter(is_active=True).order_by("name")]
        self.fields["users"].choices = people  # type: ignore[attr-defined]
        self.fields["teams"].choices = [(str(t.id), t.name) for t in Team.objects.order_by("name")]  # type: ignore[attr-defined]


class Withdraw(Form):
    """Why a value was wrong."""

    reason = text("Why it was wrong", needs="change-reason")
