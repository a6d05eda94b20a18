"""Which columns of which tables the search reads, and under which record each row is shown: read off the models.

A record type of a later part is findable because it is a Fact with text: nothing has to be registered.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models

from iops.foundation.models import Fact
from iops.foundation.policy.table import record_models

if TYPE_CHECKING:
    from collections.abc import Iterator

FROM_LIST = "a word from a fixed list"
TYPE_CODE = "names a kind of record"
ROLE = "says how two records stand to one another: either of them is what is asked for"
LOG = "the log of who looked at what is not itself searched"

UNSEARCHED: dict[str, dict[str, str]] = {
    "foundation_user": {"password": "a secret"},
    "foundation_consultation": {"request_id": LOG, "kind": LOG, "purpose": LOG},
    "obligations_waiver": {"subject": TYPE_CODE, "role": "a word from a fixed list"},
    "pole_identitydecision": {"model": "the version of the model"},
    "pole_link": {"from_kind": TYPE_CODE, "to_kind": TYPE_CODE, "role": ROLE},
    "migration_load": {"mapping_hash": "a fingerprint", "file_hash": "a fingerprint"},
}
"""Text columns left out, beside those that a model names itself (`Fact.unsearched`) and those with a list."""

UNDER: dict[str, tuple[str, ...]] = {"pole_warningmarker": ("person", "location")}
"""Records that are shown under another record: a warning under whom or what it warns of."""

CODES = frozenset({"registration", "postcode", "vin", "number", "serial", "value", "uprn", "unit", "collar_number"})
"""Columns of marks and numbers that people write with blanks or without: found both ways."""

MOMENTS = ("at", "recorded_at", "reported_at", "proposed_at", "assigned_at", "linked_at")
"""Columns that say when a row's matter happened, the first that a table has."""


@dataclass(frozen=True)
class Searched:
    """One table as the search reads it: its text columns, and those of them that are marks or numbers."""

    model: type[Fact]
    columns: tuple[str, ...]
    codes: tuple[str, ...]

    @property
    def table(self) -> str:
        """The table."""
        return self.model._meta.db_table

    @property
    def moment(self) -> str | None:
        """The column with the row's own moment."""
        names = {f.column for f in self.model._meta.concrete_fields}
        return next((name for name in MOMENTS if name in names), None)


@cache
def facts() -> tuple[type[Fact], ...]:
    """Every fact table, in layer order. Which there are is settled when the system starts."""
    return tuple(model for model in apps.get_models() if issubclass(model, Fact))


@dataclass(frozen=True)
class TextColumn:
    """One column of text, and whether its words are from a list of choices."""

    column: str
    choices: bool


def texts(model: type[Fact]) -> Iterator[TextColumn]:
    """The columns of a model that hold text."""
    for field in model._meta.concrete_fields:
        if isinstance(field, (models.CharField, models.TextField)):
            yield TextColumn(field.attname, bool(field.choices))


def unsearched(model: type[Fact]) -> dict[str, str]:
    """The text columns of a model that the search leaves out, each with the reason."""
    named = UNSEARCHED.get(model._meta.db_table, {}) | model.unsearched
    chosen = {f.column: FROM_LIST for f in texts(model) if f.choices}
    return chosen | {f.column: named[f.column] for f in texts(model) if f.column in named}


@cache
def searched() -> tuple[Searched, ...]:
    """Every table that has something to search, in layer order."""
    found = []
    for model in facts():
        left_out = unsearched(model)
        columns = tuple(f.column for f in texts(model) if f.column not in left_out)
        if columns or model.numbered:
            found.append(Searched(model, columns, tuple(c for c in columns if c in CODES)))
    return tuple(found)


@dataclass(frozen=True)
class Shown:
    """The record a row is shown under, as SQL over the row: its kind, its id, and the joins that lead there."""

    kind: str
    id: str
    joins: str = ""


def shown_under(model: type[Fact], row: str = "n") -> Shown:
    """Where a row is shown: a record under itself, any other row under the record it points to, directly or not.

    What leads to no record (an account, a contact) is shown as its own kind.
    """
    table = model._meta.db_table
    kinds = {m: kind for kind, m in record_models().items()}
    own = kinds.get(model)
    if own and table not in UNDER and own not in model.follows:
        return Shown(f"'{own}'", f"{row}.id")
    names = {f.column for f in model._meta.concrete_fields}
    if {"from_kind", "from_id"} <= names:
        return Shown(f"{row}.from_kind", f"{row}.from_id")
    return _through(model, row) or Shown(f"'{own or model._meta.model_name}'", f"{row}.id")


def _through(model: type[Fact], row: str) -> Shown | None:
    """By way of the first foreign keys that lead to a record: two of them when a row has one or the other."""
    kinds = {m: kind for kind, m in record_models().items()}
    wanted = UNDER.get(model._meta.db_table)
    direct = [
        (kinds[parent], f"{row}.{field.column}")
        for field in model._meta.concrete_fields
        if field.many_to_one and (parent := field.related_model) in kinds and parent is not model
    ]
    if wanted:
        direct = [pair for pair in direct if pair[0] in wanted]
        branches = " ".join(f"when {column} is not null then '{kind}'" for kind, column in direct)
        return Shown(f"(case {branches} end)", f"coalesce({', '.join(column for _, column in direct)})")
    for field in model._meta.concrete_fields:
        parent = field.related_model
        if not field.many_to_one or not isinstance(parent, type) or not issubclass(parent, Fact) or parent is model:
            continue
        if parent not in kinds:
            continue
        beyond = shown_under(parent, f"{row}p")
        if beyond.kind == f"'{kinds[parent]}'" and not beyond.joins:
            return Shown(beyond.kind, f"{row}.{field.column}")
        join = f" left join {parent._meta.db_table} {row}p on {row}p.id = {row}.{field.column}"
        # Foreign keys are checked at commit: the parent may not be there yet, and then the row stands for itself.
        own = f"'{model._meta.model_name}'", f"{row}.id"
        kind, record = (
            f"(case when {beyond.id} is null then {o} else {b} end)"
            for o, b in zip(own, (beyond.kind, beyond.id), strict=True)
        )
        return Shown(kind, record, join + beyond.joins)
    return None
