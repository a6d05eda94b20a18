"""Link any two records in a role, and withdraw what was found wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotFoundError
from iops.foundation.policy.table import record_models
from iops.obligations.services import text, writing
from iops.pole.models import Link, Person, Sourced
from iops.pole.roles import roles_between
from iops.pole.services.common import NOT_SAID, Provenance

if TYPE_CHECKING:
    from datetime import date

    from iops.foundation.models import User

Value = TypeVar("Value", bound=Sourced)
End = tuple[str, int]
"""A record by its kind and id."""


@verb
def link(start: End, role: str, to: End, by: User, *, provenance: Provenance = NOT_SAID, note: str = "") -> Link:
    """Record that `start` is the <role> of `to`: ("person", 4) is the "victim" of ("incident", 9).

    The roles between two kinds are those of `pole.roles`; "other" is always one, with a note. Saying the same again
    gives the link that stands. Raises NotFoundError when either record is not there for the person linking,
    InvalidError for a role that does not exist between the two.
    """
    for kind, number in (start, to):
        _must_see(kind, number)
    known = roles_between(start[0], to[0])
    if role not in known:
        raise InvalidError(
            f"A {start[0]} is not the “{role[:40]}” of a {to[0]}.",
            mend=f"Take one of: {', '.join(known)}.",
            details={"field": "role"},
        )
    if start == to:
        raise InvalidError("A record is not linked to itself.", details={"field": "to"})
    ends = {"from_kind": start[0], "from_id": start[1], "to_kind": to[0], "to_id": to[1]}
    with writing(by, reason="linked"):
        standing = Link.objects.filter(**ends, role=role, since=provenance.since, withdrawn_at=None).first()
        if standing is not None:
            return standing
        made = Link.objects.create(
            **ends, role=role, note=text(note, "Note", needed=role == "other"), **provenance.columns(by)
        )
        # Whoever is linked to anything is known for more than being a child on an incident.
        people = [number for kind, number in (start, to) if kind == "person"]
        Person.objects.filter(id__in=people, own_right=False).update(own_right=True)
        return made


def _must_see(kind: str, number: int) -> None:
    model = record_models().get(kind)
    if model is None:
        raise InvalidError(f"“{kind[:40]}” is not a kind of record.", details={"field": "kind"})
    if not model._default_manager.filter(pk=number).exists():
        raise NotFoundError(f"There is no such {kind.replace('_', ' ')}.")


@verb
def place_at(person_id: int, location_id: int, by: User, *, provenance: Provenance = NOT_SAID) -> Link:
    """Record that somebody lives at a place: "home", from and until the days of `provenance`."""
    return link(("person", person_id), "home", ("location", location_id), by, provenance=provenance)


@verb
def withdraw(value: Value, reason: str, by: User) -> Value:
    """Withdraw a value that was wrong: it counts no more and stays on record with the reason."""
    with writing(by, reason=reason):
        current = type(value)._default_manager.filter(pk=value.pk).select_for_update().first()
        if current is None:
            raise NotFoundError("There is no such value.")
        if current.withdrawn_at is not None:
            raise ConflictError("It was withdrawn already.")
        current.withdrawn_at, current.withdrawn_by = clock.now(), by
        current.withdrawn_reason = text(reason, "Reason").strip()
        current.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
        return current


@verb
def end_period(value: Value, until: date, by: User) -> Value:
    """Say on which day a value held for the last time: somebody moved out, a number was given up."""
    with writing(by, reason="period ended"):
        current = type(value)._default_manager.filter(pk=value.pk).select_for_update().first()
        if current is None:
            raise NotFoundError("There is no such value.")
        if current.since is not None and until < current.since:
            raise InvalidError("The period ends before it begins.", details={"field": "until"})
        current.until = until
        current.save(update_fields=["until"])
        return current
