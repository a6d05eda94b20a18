"""The duplicate run: every nominal compared with every other it shares a key with, by the one scorer of the system.

It runs in chunks, each its own transaction, so that it can be stopped at any moment and resumed where it was; what is
decided already is never asked about again. It acts as the system: hidden nominals are compared too, and what is found
of them is there for those who may see both.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import orjson
from django.db import connection

from iops.foundation.context import acting
from iops.foundation.identifiers import uuid7
from iops.pole.identity.weighing import LIKELY, model_version, weighed
from iops.pole.models import DuplicateRun
from iops.pole.search.people import scorer, stored

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from iops.pole.matching.known import Known

CHUNK = 200
"""Nominals compared in one transaction, each with all it shares a key with."""
LEAST = float(LIKELY)


@dataclass(frozen=True)
class Progress:
    """How far a run has come: the nominal reached, the last one, pairs compared and proposed so far."""

    reached: int
    last: int
    compared: int
    proposed: int
    finished: bool


def find_duplicates(
    progress: Callable[[Progress], object] = lambda _: None, *, chunk: int = CHUNK, most_chunks: int | None = None
) -> Progress:
    """Run, or go on with the run that was stopped, to its end or for `most_chunks` chunks; tells progress."""
    run_id = _begin()
    done = 0
    while most_chunks is None or done < most_chunks:
        so_far = _chunk(run_id, chunk)
        progress(so_far)
        if so_far.finished:
            return so_far
        done += 1
    return _so_far(run_id)


def _begin() -> int:
    with _as_the_system(), connection.cursor() as cursor:
        cursor.execute("select iops.duplicates_begin(%s)", [model_version()])
        run_id: int = cursor.fetchone()[0]
        return run_id


def _chunk(run_id: int, many: int) -> Progress:
    with _as_the_system(), connection.cursor() as cursor:
        cursor.execute("select * from iops.duplicates_next(%s, %s)", [run_id, many])
        reached, ones, others = cursor.fetchone()
        if reached is None:
            cursor.execute("select iops.duplicates_end(%s)", [run_id])
            return _so_far(run_id)
        pairs = list(zip(ones or (), others or (), strict=True))
        found = _scored(pairs, _known(pairs))
        cursor.execute(
            "select iops.duplicates_keep(%s, %s::jsonb, %s, %s)",
            [run_id, orjson.dumps(found).decode(), reached, len(pairs)],
        )
        return _so_far(run_id)


def _known(pairs: Sequence[tuple[int, int]]) -> dict[int, Known]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select person_id, known::text from iops.duplicates_known(%s)",
            [sorted({i for pair in pairs for i in pair})],
        )
        return {person_id: stored(known) for person_id, known in cursor.fetchall()}


def _scored(pairs: Sequence[tuple[int, int]], people: dict[int, Known]) -> list[dict[str, object]]:
    """The pairs that are likely enough to be asked about, as they are kept."""
    found: list[dict[str, object]] = []
    for one, other in pairs:
        if one not in people or other not in people:
            continue
        score = scorer().score(people[one], people[other])
        if score.probability < LEAST:
            continue
        said = weighed(score)
        told = {"weight": said.weight, "probability": min(said.probability, Decimal(1)), "explanation": said.fields}
        found.append({"one": one, "other": other} | {k: v if k == "explanation" else str(v) for k, v in told.items()})
    return found


def _so_far(run_id: int) -> Progress:
    run = DuplicateRun.objects.get(id=run_id)
    return Progress(run.reached, run.last, run.compared, run.proposed, run.finished_at is not None)


def _as_the_system() -> AbstractContextManager[object]:
    return acting(request_id=str(uuid7()), reason="duplicate run")
