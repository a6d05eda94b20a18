"""The tables of the obligations engine. Only the settling functions in the database write obligations."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from iops.foundation.models import District, Fact, User


class Rule(models.Model):
    """One duty of the installed rulebook, as the database needs it; the full text is in the rulebook's files."""

    code = models.CharField(max_length=60, primary_key=True)
    title = models.CharField(max_length=200)
    subject = models.CharField(max_length=40)
    owner = models.CharField(max_length=20)
    waivable_by = models.CharField(max_length=20)
    waiver_roles = ArrayField(models.CharField(max_length=20))
    blocks = ArrayField(models.CharField(max_length=20))
    withdrawn = models.BooleanField(default=False, help_text="No longer in the rulebook; kept for what it once asked.")


class EscalationStep(models.Model):
    """After how long an open obligation of a rule's edition goes to which role."""

    id = models.BigAutoField(primary_key=True)
    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="steps")
    edition = models.DateField()
    after = models.DurationField()
    to_role = models.CharField(max_length=20)


class Obligation(models.Model):
    """What is owed on a subject under a rule: derived from facts, never typed.

    The table is the view `obligation_due` made durable in the transaction that changed the facts. Open: neither met
    nor waived. Late: met or still open after `due_at`, which is a question asked of the clock, not a state.
    """

    pk = models.CompositePrimaryKey("subject", "subject_id", "rule")
    subject = models.TextField()
    subject_id = models.BigIntegerField()
    rule = models.ForeignKey(Rule, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, db_column="rule")
    edition = models.DateField()
    record_kind = models.TextField()
    record_id = models.BigIntegerField()
    district = models.ForeignKey(District, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    risk = models.IntegerField()
    restricted = models.BooleanField()
    arose_at = models.DateTimeField()
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    waived_at = models.DateTimeField(null=True)

    class Meta:
        """Found by record, and by worklist: open ones of a rule by risk and due time."""

        indexes: ClassVar = [
            models.Index(fields=["record_kind", "record_id"], name="obligation_of_record"),
            models.Index(
                fields=["rule", "district", "-risk", "due_at"],
                condition=Q(met_at=None, waived_at=None),
                name="obligation_open",
            ),
        ]


class Withdrawn(models.Model):
    """An obligation that no longer follows from the facts because a fact was corrected. Nothing owed just vanishes."""

    id = models.BigAutoField(primary_key=True)
    subject = models.TextField()
    subject_id = models.BigIntegerField()
    rule = models.TextField()
    edition = models.DateField()
    record_kind = models.TextField()
    record_id = models.BigIntegerField()
    district_id = models.BigIntegerField()
    arose_at = models.DateTimeField()
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    waived_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    reason = models.TextField(null=True)

    class Meta:
        """Read by record, and counted by rule."""

        indexes: ClassVar = [
            models.Index(fields=["record_kind", "record_id"], name="withdrawn_of_record"),
            models.Index(fields=["rule", "withdrawn_at"], name="withdrawn_by_rule"),
        ]


class Waiver(Fact):
    """Somebody of sufficient rank decides, with a reason, that an obligation need not be met.

    `role` is the role by which they may; the database refuses a role that the rule does not accept or that the person
    does not hold.
    """

    append_only: ClassVar[bool] = True
    subject = models.TextField()
    subject_id = models.BigIntegerField()
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, db_column="rule")
    role = models.CharField(max_length=20)
    by = models.ForeignKey(User, on_delete=models.PROTECT)
    at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        """An obligation is waived once, with a reason of some substance."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "subject_id", "rule"], name="waived_once"),
            models.CheckConstraint(condition=Q(reason__regex=r"\S.{8,}\S"), name="waiver_says_why"),
        ]


class Noted(models.Model):
    """Subjects changed by the running transaction, one row a statement; empty outside transactions."""

    id = models.BigAutoField(primary_key=True)
    subject = models.TextField()
    ids = ArrayField(models.BigIntegerField())
    closing = models.BooleanField()

    class Meta:
        """Made by SQL: unlogged, with the transaction that wrote it."""

        managed = False
        db_table = "obligations_noted"


class ConservationRun(models.Model):
    """One run of the conservation check: what is owed by the rules against what is in the table."""

    id = models.BigAutoField(primary_key=True)
    started_at = models.DateTimeField()
    seconds = models.DecimalField(max_digits=10, decimal_places=3)
    checked = models.BigIntegerField()
    missing = models.BigIntegerField()
    surplus = models.BigIntegerField()
    examples = models.JSONField(default=list)


class RulebookSettled(models.Model):
    """The one row that says by which rulebook all subjects were last settled."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        """There is one installed rulebook."""

        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="rulebook_one_row")]
