"""The policy table: every policy of every area, gathered from their `policies.py`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module, util
from typing import TYPE_CHECKING, Protocol, cast

from django.apps import apps

from iops.foundation.models import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model

    from iops.foundation.policy.parts import Expression


class PolicyError(Exception):
    """The policy table is incomplete or contradicts itself: a defect of an area, found before anything is installed."""


@dataclass(frozen=True)
class Policy:
    """Who sees the rows of one table, and who may write them (whoever sees them, unless `writes` says otherwise).

    A row that is not seen can be neither read nor changed, and none can be written that its author would not see.
    """

    model: type[Model]
    sees: Expression
    writes: Expression | None = None


class Contributor(Protocol):
    """The shape of an area's `policies` module."""

    POLICIES: tuple[Policy, ...]


@cache
def policies() -> tuple[Policy, ...]:
    """Every policy of every installed area, in layer order. Raises PolicyError when a table has two."""
    found: list[Policy] = []
    for area in apps.get_app_configs():
        name = f"{area.name}.policies"
        if area.name.startswith("iops.") and util.find_spec(name):
            found += cast("Contributor", import_module(name)).POLICIES
    twice = {p.model for p in found if sum(q.model is p.model for q in found) > 1}
    if twice:
        raise PolicyError(f"More than one policy for {', '.join(sorted(m.__name__ for m in twice))}.")
    return tuple(found)


def policy_of(model: type[Model]) -> Policy | None:
    """The policy of a table; None when everybody may see all of it."""
    return next((p for p in policies() if p.model is model), None)


@cache
def record_models() -> dict[str, type[Model]]:
    """The table of each kind of record: by its own word, or the fact whose own id is the subject of that name."""
    facts = [m for m in apps.get_models() if issubclass(m, Fact)]
    subjects: dict[str, type[Model]] = {s.subject: model for model in facts for s in model.settles if s.column == "id"}
    subjects.update({model.record_kind: model for model in facts if model.record_kind})
    return subjects


def unprotected(models: Iterable[type[Model]] | None = None) -> list[str]:
    """Tables that point to a table with a policy and have none themselves: a way round the wall ("LogEntry.incident").

    Tables of accounts (`foundation`) are pointed to from everywhere and hide nothing.
    """
    walled = {p.model for p in policies()}
    return [
        f"{model.__name__}.{field.name}"
        for model in (apps.get_models() if models is None else models)
        if model not in walled
        for field in model._meta.get_fields()
        if field.many_to_one and field.concrete and field.related_model in walled
    ]
