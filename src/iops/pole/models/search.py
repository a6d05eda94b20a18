"""The tables of the one search: derived from the facts by triggers, in the transaction that writes the facts.

They stand outside row-level security, since its conditions would keep their indexes from being used, and the
application is granted nothing on them: functions that run as the owner ask them, and give only what the viewer may see.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class SearchText(models.Model):
    """The words of one row of one fact table, and the record that the row is shown under.

    A row of very many words stands in several parts. `at` is the row's own moment, null for what has none.
    """

    table_name = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    part = models.PositiveSmallIntegerField(default=0)
    record_kind = models.CharField(max_length=20)
    record_id = models.BigIntegerField()
    words = SearchVectorField()
    at = models.DateTimeField(null=True)

    class Meta:
        """Asked by words; written by row."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["row_id", "table_name", "part"], name="searchtext_once")
        ]
        indexes: ClassVar = [GinIndex(fields=["words"], name="searchtext_words", gin_pending_list_limit=512)]


class SearchPerson(models.Model):
    """One nominal as the search compares it: keys to find it by, and what is known to score it by.

    `keys` are those of `iops.person_keys`, with every word of every name besides; `known` holds names, births and
    contacts as the scorer takes them. `risk` is 3, 2 or 1 for a grave, serious or cautionary marker that stands, else
    0. `walled` says that not everybody may see the nominal, `hinted` that those who may not are told one was withheld.
    """

    person_id = models.BigIntegerField(primary_key=True)
    keys = ArrayField(models.IntegerField())
    known = models.JSONField()
    risk = models.SmallIntegerField(default=0)
    seen_at = models.DateTimeField(null=True)
    walled = models.BooleanField(default=False)
    hinted = models.BooleanField(default=False)

    class Meta:
        """Asked by keys."""

        indexes: ClassVar = [
            GinIndex(fields=["keys"], name="searchperson_keys", opclasses=["gin__int_ops"], gin_pending_list_limit=512),
            GinIndex(
                fields=["keys"],
                name="searchperson_walled",
                opclasses=["gin__int_ops"],
                gin_pending_list_limit=512,
                condition=models.Q(walled=True),
            ),
        ]


class SearchWord(models.Model):
    """One word of the names of nominals whom everybody may see, and how many bear it.

    By it a half-typed name is completed. A word is added when somebody first bears it; the counts are brought up to
    date by the nightly job.
    """

    word = models.CharField(max_length=60, primary_key=True, db_collation="C")
    sound = models.CharField(max_length=60, db_collation="C")
    borne = models.IntegerField(default=1)

    class Meta:
        """Asked by its beginning, and by sound."""

        indexes: ClassVar = [models.Index(fields=["sound"], name="searchword_sound")]


class SearchWithheld(models.Model):
    """A search that met records its asker may not see: which, and what was asked.

    Read by those who may see the records, never by the asker: it would tell them that the records are there.
    """

    at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    record_kind = models.CharField(max_length=20)
    record_ids = ArrayField(models.BigIntegerField())
    asked = models.TextField()

    class Meta:
        """Asked by record."""

        indexes: ClassVar = [GinIndex(fields=["record_ids"], name="searchwithheld_records")]
