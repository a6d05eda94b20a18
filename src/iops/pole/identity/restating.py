"""Move what was recorded on one nominal to another one: withdrawn there with the reason, recorded here as it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, NotFoundError
from iops.pole.models import Birth, Detail, Identifier, Link, Name, Person
from iops.pole.services import withdraw
from iops.pole.services.common import find_person

if TYPE_CHECKING:
    from collections.abc import Collection

    from iops.foundation.models import User
    from iops.pole.models import Sourced

KINDS: dict[str, type[Sourced]] = {
    "name": Name, "birth": Birth, "detail": Detail, "identifier": Identifier, "link": Link,
}  # fmt: skip
OWN = frozenset(
    {
        "id",
        "recorded_at",
        "recorded_by",
        "withdrawn_at",
        "withdrawn_by",
        "withdrawn_reason",
        "person",
        "from_id",
        "to_id",
    }
)
"""Columns that a restated value does not take over: it is recorded anew, and stands on another nominal."""


@dataclass(frozen=True)
class Restate:
    """One value that was added to one nominal and belongs to another: its kind (name, link ...), its id, and whose."""

    kind: str
    value_id: int
    to_id: int


def restate(one: Restate, among: Collection[int], reason: str, by: User) -> Sourced:
    """Withdraw the value where it stands and record it on the nominal it belongs to; returns what was recorded.

    Both must be among the nominals that stood together. Raises NotFoundError, InvalidError, ConflictError when it was
    withdrawn meanwhile.
    """
    value = _find(one)
    ends = standing_on(value, among)
    if len(ends) != 1 or one.to_id not in among:
        raise InvalidError("That value does not stand between these nominals.", mend="Look at the preview again.")
    if one.to_id in ends:
        raise ConflictError("That value stands there already.")
    find_person(one.to_id)
    if value.withdrawn_at is not None:
        raise ConflictError("That value was withdrawn already.", mend="Look at the preview again.")
    withdraw(value, f"It belongs to nominal {one.to_id}: {reason.strip()}", by)
    return _recorded(value, ends[0], one.to_id, by)


def standing_on(value: Sourced, among: Collection[int]) -> list[int]:
    """On which of these nominals a value stands: one, or both ends of a link between two of them."""
    if isinstance(value, Link):
        ends = ((value.from_kind, value.from_id), (value.to_kind, value.to_id))
        return [number for kind, number in ends if kind == "person" and number in among]
    person_id: int = value.person_id  # type: ignore[attr-defined]  # every other value is of one nominal
    return [person_id] if person_id in among else []


def _find(one: Restate) -> Sourced:
    model = KINDS.get(one.kind)
    found = model._default_manager.filter(pk=one.value_id).first() if model else None
    if found is None:
        raise NotFoundError("There is no such value.")
    return found


def _recorded(value: Sourced, from_id: int, to_id: int, by: User) -> Sourced:
    model = type(value)
    kept = {f.attname: getattr(value, f.attname) for f in model._meta.concrete_fields if f.name not in OWN}
    if isinstance(value, Link):
        mine = (value.from_kind, value.from_id) == ("person", from_id)
        kept |= {"from_id": to_id if mine else value.from_id, "to_id": value.to_id if mine else to_id}
        standing = Link.objects.filter(**{n: kept[n] for n in LINK_ONCE}, withdrawn_at=None).first()
        if standing is not None:
            return standing
    else:
        kept["person_id"] = to_id
    # Whoever a value is recorded of is known for more than being a child on an incident.
    Person.objects.filter(id=to_id, own_right=False).update(own_right=True)
    return model._default_manager.create(**kept, recorded_at=clock.now(), recorded_by=by)


LINK_ONCE = ("from_kind", "from_id", "to_kind", "to_id", "role", "since")
