"""Links between any two records, in a role, for a period, with source and confidence."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from iops.pole.models.base import Sourced, sourced


class Link(Sourced):
    """One record stands to another in a role: a person lives at a location, is the victim of an incident.

    Read it as "from is the <role> of to" ("person 4 is the victim of incident 9", "person 4 is the keeper of vehicle
    2"). The kinds of record are those that fact tables declare; a trigger refuses an end that does not exist, and since
    no fact is ever deleted, an end that existed once exists for ever.
    """

    from_kind = models.CharField(max_length=20)
    from_id = models.BigIntegerField()
    to_kind = models.CharField(max_length=20)
    to_id = models.BigIntegerField()
    role = models.CharField(max_length=40)
    note = models.TextField(blank=True)

    class Meta:
        """Asked from either end; no record is linked to itself, and no two standing links say the same."""

        indexes: ClassVar = [
            models.Index(fields=["from_kind", "from_id"], name="link_from"),
            models.Index(fields=["to_kind", "to_id"], name="link_to"),
        ]
        constraints: ClassVar = [
            *sourced("link"),
            models.CheckConstraint(condition=~models.Q(role=""), name="link_has_role"),
            models.CheckConstraint(
                condition=~(models.Q(from_kind=models.F("to_kind")) & models.Q(from_id=models.F("to_id"))),
                name="link_joins_two",
            ),
            models.UniqueConstraint(
                fields=["from_kind", "from_id", "to_kind", "to_id", "role", "since"],
                condition=models.Q(withdrawn_at=None),
                nulls_distinct=False,
                name="link_once",
            ),
        ]
