"""What every fact has in common, and how a model declares which subjects a row of it touches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.db import models


@dataclass(frozen=True)
class Settles:
    """A row of this table touches `subject`, whose id stands in `column` of the row.

    The obligations engine makes the triggers from these declarations, so that whoever writes the row, by whatever
    route, has the obligations of that subject settled before commit.

    `closes` names the column that, when it turns from null to a moment, means that the subject passes the transition
    `close`: the engine then refuses the commit while a blocking obligation is open.

    `when` is an SQL condition on the row `r`: rows that do not meet it, before or after the change, are not noted. It
    may leave out only what no rule can ask anything of.
    """

    subject: str
    column: str
    closes: str | None = None
    when: str = ""


class Fact(models.Model):
    """A row that people or machines enter. It is never destroyed; every change of it is kept in history.

    The installer gives each fact table its history triggers, takes DELETE and TRUNCATE away from the application, and
    makes the settling triggers from `settles`. `follows` names a subject whose facts are read from another subject's
    row: ("incident", "incident_id") means "settle me too whenever that incident is settled". `history_omits` names
    columns that must not be copied into history, such as password hashes. `append_only` rows are added and never
    changed: a grading is followed by another grading, an assessment by another assessment. `numbered` names the series
    of numbers that its rows bear without gaps, and the columns of the day and of the number; `number_said` is the SQL
    over a row `n` of how people say the number, by which the search finds it. `record_kind` is the word
    by which other rows point to a row of this table by kind and id (a link, an obligation); a table that settles a
    subject by its own id is known by that subject's name. `unsearched` names the text columns that the search leaves
    out, each with the reason; all others are findable the moment a row is committed.
    """

    settles: ClassVar[tuple[Settles, ...]] = ()
    follows: ClassVar[dict[str, tuple[str, str]]] = {}
    history_omits: ClassVar[tuple[str, ...]] = ()
    append_only: ClassVar[bool] = False
    numbered: ClassVar[tuple[str, str, str] | None] = None
    number_said: ClassVar[str] = ""
    record_kind: ClassVar[str] = ""
    unsearched: ClassVar[dict[str, str]] = {}

    id = models.BigAutoField(primary_key=True)

    class Meta:
        """Abstract: each area's facts are tables of their own."""

        abstract = True
