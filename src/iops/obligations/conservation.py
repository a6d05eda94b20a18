"""The conservation check: what the rules ask of the facts, and what stands in the table, are the same, always."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import connection, transaction

from iops.foundation import clock
from iops.obligations.install import digest, settled_subjects
from iops.obligations.models import ConservationRun, RulebookSettled

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_EXAMPLES = 50
AT_ONCE = 20_000


def check_conservation() -> ConservationRun:
    """Hold the view of all that is owed against the table, in one snapshot, and keep the result (U12, invariant I10).

    `missing` is owed by the rules and not in the table, `surplus` the other way round; a row that differs counts in
    both. Anything but zero is a defect of the system, never of its users.
    """
    started_at, began = clock.now(), time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("select checked, missing, surplus, examples from iops.conservation(%s)", [MOST_EXAMPLES])
        checked, missing, surplus, examples = cursor.fetchone()
    return ConservationRun.objects.create(
        started_at=started_at,
        seconds=Decimal(f"{time.monotonic() - began:.3f}"),
        checked=checked,
        missing=missing,
        surplus=surplus,
        examples=json.loads(examples or "[]"),
    )


def settle_changed_rulebook(progress: Callable[[int, int], None] | None = None) -> int:
    """Settle every subject again when the rulebook differs from the one by which they were last settled.

    Returns how many subjects were settled; 0 when nothing changed. Stopped half way, it starts again next time.
    `progress` is told how many of how many are done. Runs as the owner of the database.
    """
    wanted = digest()
    if RulebookSettled.objects.filter(digest=wanted).exists():
        return 0
    done = 0
    for subject in settled_subjects():
        done += _settle_all(subject, done, progress)
    RulebookSettled.objects.update_or_create(id=1, defaults={"digest": wanted, "at": clock.now()})
    return done


def _settle_all(subject: str, before: int, progress: Callable[[int, int], None] | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select array_agg(id order by id) from facts.{subject}")  # noqa: S608 - a name of the rulebook
        ids: list[int] = cursor.fetchone()[0] or []
        for start in range(0, len(ids), AT_ONCE):
            with transaction.atomic():
                cursor.execute("select set_config('iops.reason', 'the rulebook changed', true)")
                cursor.execute(
                    "insert into obligations_noted (subject, ids, closing) values (%s, %s, false)",
                    [subject, ids[start : start + AT_ONCE]],
                )
            if progress:
                progress(before + min(start + AT_ONCE, len(ids)), before + len(ids))
    return len(ids)
