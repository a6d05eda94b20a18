"""What the pages of recording show: one warning with its reviews, one value that may be withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from iops.foundation.consultation import consults
from iops.foundation.errors import NotFoundError
from iops.pole import who
from iops.pole.models import Birth, Detail, Identifier, Link, Name, WarningMarker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iops.foundation.models import User
    from iops.pole.models import MarkerReview, Sourced
    from iops.pole.who import Described, Likely

VALUES: dict[str, type[Sourced]] = {
    "name": Name,
    "birth": Birth,
    "detail": Detail,
    "identifier": Identifier,
    "link": Link,
}


@dataclass(frozen=True)
class Warned:
    """One warning marker, what it stands on, and its reviews, latest first."""

    marker: WarningMarker
    reviews: tuple[MarkerReview, ...]
    on: str
    back: str


@dataclass(frozen=True)
class Withdrawable:
    """One value, what it says, and the page it belongs to."""

    value: Sourced
    says: str
    back: str
    people: tuple[int, ...]

    def shown_ids(self) -> Iterable[int]:
        """The nominals it says something about."""
        return self.people


def _marker_ids(shown: Warned) -> list[int]:
    return [shown.marker.id]


@consults("warning_marker", ids=_marker_ids)
def marker(marker_id: int, viewer: User) -> Warned:  # noqa: ARG001 - read by `consults`
    """One warning with its reviews. Raises NotFoundError, also for one on a record that is hidden from the viewer."""
    related = WarningMarker.objects.select_related(
        "person", "location", "proposed_by", "decided_by", "ended_by", "owner"
    )
    found = related.filter(id=marker_id).first()
    if found is None:
        raise NotFoundError("There is no such warning marker.")
    return Warned(
        marker=found,
        reviews=tuple(found.reviews.select_related("by").order_by("-at", "-id")),
        on=str(found.person or found.location),
        back=_page_of(found),
    )


def _page_of(found: WarningMarker) -> str:
    if found.person_id is not None:
        return reverse("pole:person", args=[found.person_id])
    return reverse("pole:location", args=[found.location_id])


@consults("person")
def value(kind: str, value_id: int, viewer: User) -> Withdrawable:  # noqa: ARG001 - read by `consults`
    """One value of a nominal or one link. Raises NotFoundError."""
    model = VALUES.get(kind)
    found = model._default_manager.filter(pk=value_id).first() if model else None
    if found is None:
        raise NotFoundError("There is no such value.")
    if isinstance(found, Link):
        ends = ((found.from_kind, found.from_id), (found.to_kind, found.to_id))
        people = tuple(number for kind, number in ends if kind == "person")
        back = _address("person", people[0]) if people else _address(*ends[0])
        return Withdrawable(found, f"{found.role} ({found.from_kind} to {found.to_kind})", back, people)
    person_id: int = found.person_id  # type: ignore[attr-defined]  # every value but a link is a nominal's
    return Withdrawable(found, _says(found), _address("person", person_id), (person_id,))


def _says(found: Sourced) -> str:
    return str(getattr(found, "full", "") or getattr(found, "said", "") or getattr(found, "value", ""))


def _address(kind: str, record_id: int) -> str:
    known = {"person", "location", "vehicle", "phone", "email", "organisation", "item"}
    return reverse(f"pole:{kind}", args=[record_id]) if kind in known else "/"


def _likely_ids(found: tuple[Likely, ...]) -> list[int]:
    return [p.person_id for p in found]


@consults("person", ids=_likely_ids)
def who_could_be(described: Described, viewer: User) -> tuple[Likely, ...]:  # noqa: ARG001 - read by `consults`
    """Whom somebody about to be recorded may be already, the likeliest first; hidden nominals are not among them."""
    return who.could_be(described)
