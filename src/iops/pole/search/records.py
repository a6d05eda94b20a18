"""Reads the rows behind the hits, under row-level security: what it does not give is not shown."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection

from iops.foundation.policy.table import record_models
from iops.obligations.records import labels
from iops.pole.matching.spelling import fold
from iops.pole.search import tokens
from iops.pole.search.answer import Hit, Match
from iops.pole.search.columns import facts, searched

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import Model

    from iops.foundation.models import Fact
    from iops.pole.search.texts import TextHit

AROUND = 60
"""Letters of a text that are shown on each side of what was found."""


@cache
def models() -> Mapping[str, type[Fact]]:
    """The table of each kind of hit: records, and rows that belong to none under their own name."""
    return {m._meta.model_name or "": m for m in facts()} | {k: m for k, m in record_models().items() if m in facts()}


LED_ON = frozenset({"contact"})
"""Records that are shown under the record they led to, when there is one."""


@cache
def owners(kind: str) -> tuple[tuple[str, type[Model], str], ...]:
    """Records that point to a row of a kind that is none itself: an incident to its contact."""
    model = models().get(kind)
    if kind in record_models() and kind not in LED_ON:
        return ()
    return tuple(
        (owner, table, field.attname)
        for owner, table in record_models().items()
        for field in table._meta.concrete_fields
        if field.many_to_one and field.related_model is model
    )


def lifted(hits: Sequence[TextHit]) -> dict[tuple[str, int], tuple[str, int]]:
    """Where hits that belong to no record are shown instead, as far as the viewer may see it.

    A contact is shown under the incident it opened; one that opened none has a page of its own.
    """
    found: dict[tuple[str, int], tuple[str, int]] = {}
    for kind in {hit.kind for hit in hits} - set(record_models()) | LED_ON & {hit.kind for hit in hits}:
        ids = [hit.record_id for hit in hits if hit.kind == kind]
        for owner, table, column in owners(kind):
            for row in table._base_manager.filter(**{f"{column}__in": ids}).order_by("-id").values("id", column):
                found[kind, row[column]] = owner, row["id"]
    return found


@cache
def kinds_beneath(kind: str) -> tuple[str, ...]:
    """The kinds of rows to ask for when hits of one kind are wanted: itself, and those that are shown under it."""
    return (kind, *(k for k in models() if any(owner == kind for owner, _, _ in owners(k))))


def kinds_to_ask(kind: str) -> tuple[str, ...]:
    """The kinds of rows to ask for; none named is all. A kind that does not exist is asked for as it is."""
    if not kind:
        return ()
    return kinds_beneath(kind) if kind in models() else (kind,)


def fill(hits: Sequence[Hit]) -> list[Hit]:
    """Give each hit its title and address; those whose row the viewer may not see are dropped."""
    kinds = {hit.kind for hit in hits}
    rows: dict[tuple[str, int], Any] = {}
    for kind in kinds & set(models()):
        wanted = [hit.id for hit in hits if hit.kind == kind]
        rows |= {(kind, row.pk): row for row in models()[kind]._base_manager.filter(pk__in=wanted)}
    named = labels((hit.kind, hit.id) for hit in hits if (hit.kind, hit.id) in rows)
    return [_filled(hit, rows[hit.kind, hit.id], named) for hit in hits if (hit.kind, hit.id) in rows]


def _filled(hit: Hit, row: Any, named: Mapping[tuple[str, int], Any]) -> Hit:
    label = named.get((hit.kind, hit.id))
    own = "__str__" in vars(type(row))
    hit.title = label.reference if label else str(row) if own else f"{type(row)._meta.verbose_name} {row.pk}"
    hit.address = label.address if label else ""
    hit.details = (label.place, *label.tags) if label else _details(row)
    hit.restricted = bool(getattr(row, "restricted", False))
    return hit


def _details(row: Any) -> tuple[str, ...]:
    born = getattr(row, "born", None)
    return (f"born {born:%d %b %Y}",) if born else ()


def snippets(hits: Sequence[tuple[Hit, TextHit]], text: str) -> None:
    """Say for each hit in which column what was asked was found, with the words around it."""
    wanted = tokens.asked(text)
    for table in {found.table for _, found in hits}:
        known = next((t for t in searched() if t.table == table), None)
        model = next((m for m in apps.get_models() if m._meta.db_table == table), None)
        if known is None or model is None:
            continue
        names = {f.column: (f.name, str(f.verbose_name)) for f in model._meta.concrete_fields}
        ids = [found.row_id for _, found in hits if found.table == table]
        fields = [names[c][0] for c in known.columns]
        rows = {row["id"]: row for row in model._base_manager.filter(id__in=ids).values("id", *fields)}
        for hit, found in hits:
            row = rows.get(found.row_id) if found.table == table else None
            if row is not None:
                hit.matches += _matches({names[c][1]: row[names[c][0]] for c in known.columns}, wanted, known.model)


def _matches(row: Mapping[str, object], wanted: Sequence[str], model: type[Fact]) -> list[Match]:
    """The columns that hold a wanted word; the first one when only a number written otherwise was found."""
    found = []
    of = str(model._meta.verbose_name)
    for column, value in row.items():
        text = str(value or "")
        at = _place(text, wanted)
        if at is not None:
            found.append(Match(f"{of}: {column}", _cut(text, at)))
    filled = [(c, str(v)) for c, v in row.items() if v]
    return found or [Match(f"{of}: {c}", _cut(v, 0)) for c, v in filled[:1]]


def _place(text: str, wanted: Sequence[str]) -> int | None:
    """Where in a text the first wanted word, or a word that begins so, stands."""
    if not any(word in fold(text) for word in wanted[:1]) and not any(w in text for w in wanted[:1]):
        return None
    at = 0
    for piece in tokens.BLANKS.split(text):
        at = text.find(piece, at)
        if any(word.startswith(wanted[0]) for word in (*fold(piece).split(), piece)):
            return at
        at += len(piece)
    return None


def _cut(text: str, at: int) -> str:
    first, last = max(0, at - AROUND), min(len(text), at + AROUND * 2)
    return f"{'…' if first else ''}{text[first:last].strip()}{'…' if last < len(text) else ''}"


def merged(leads: Sequence[int]) -> dict[int, list[int]]:
    """The nominals of each person that the viewer may see, by the lead of the identity."""
    found: dict[int, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select lead_id, person_id from pole_identity where lead_id = any (%s) order by person_id", [list(leads)]
        )
        for lead, person in cursor.fetchall():
            found.setdefault(lead, []).append(person)
    return found
