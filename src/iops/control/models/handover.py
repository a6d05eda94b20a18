"""Who is on duty at which desk, what one shift hands to the next, and whom an escalation has been told."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from iops.foundation.models import District, Fact, Team, User
from iops.foundation.roles import Role


class DeskDuty(Fact):
    """One person's tour of duty in one role at one desk (a team), from coming on until going off.

    The desk's district is the team's; a team without one is force-wide. Who is on in a role is who an escalation to
    that role is told.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="desk_duties")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="desk_duties")
    role = models.CharField(max_length=20, choices=[(r.value, r.label) for r in Role])
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """On once in a role at a desk; off after coming on."""

        verbose_name_plural = "desk duties"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "team", "role"], condition=Q(ended_at=None), name="desk_duty_one_open"
            ),
            models.CheckConstraint(condition=Q(role__in=[r.value for r in Role]), name="desk_duty_role_known"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("since")), name="desk_duty_ends_later"
            ),
        ]


class DeskMessage(Fact):
    """A message left for a desk. It stands, from shift to shift, until somebody takes it."""

    record_kind: ClassVar[str] = "desk_message"

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="messages")
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """It says something; it is taken whole."""

        indexes: ClassVar = [models.Index(fields=["team"], condition=Q(taken_at=None), name="desk_message_open")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="desk_message_says_something"),
            models.CheckConstraint(
                condition=Q(taken_at=None, taken_by=None) | Q(taken_at__gte=F("at"), taken_by__isnull=False),
                name="desk_message_taken_whole",
            ),
        ]


class Handover(Fact):
    """One shift hands a desk to the next: who handed over what, when, and who accepted it.

    `snapshot` holds the ids and counts of what was outstanding when it was handed over, `accepted_snapshot` the same
    when it was accepted; neither is ever changed, so that afterwards nobody need rely on memory.
    """

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="handovers")
    handed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=[(r.value, r.label) for r in Role])
    handed_at = models.DateTimeField()
    note = models.TextField(blank=True)
    snapshot = models.JSONField()
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_snapshot = models.JSONField(null=True, blank=True)

    class Meta:
        """One open handover a desk and role; accepted by somebody else, later."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["team", "role"], condition=Q(accepted_at=None), name="handover_one_open"),
            models.CheckConstraint(condition=Q(role__in=[r.value for r in Role]), name="handover_role_known"),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__gte=F("handed_at"), accepted_by__isnull=False),
                name="handover_accepted_whole",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by=None) | ~Q(accepted_by=F("handed_by")), name="handover_second_person"
            ),
        ]


class Escalation(Fact):
    """An escalation was raised: an open duty reached a step, and this person of that role was told.

    `due_at` is when the step came due (`arose_at` of the duty and the step's `after`), `raised_at` when it was raised.
    `district` is null where the duty is of none, `told` when nobody was on duty in that role: it is then raised to
    whoever comes on. Never twice to the same person; raised again when nobody who was told is on any more (GMP 2022:
    again at each change of shift).
    """

    append_only: ClassVar[bool] = True
    unsearched: ClassVar[dict[str, str]] = {
        "subject": "a word of the rulebook, not typed by anybody",
        "rule": "a code of the rulebook, not typed by anybody",
        "on_kind": "a word of the system, not typed by anybody",
        "to_role": "a word of the rulebook, not typed by anybody",
    }

    subject = models.TextField()
    subject_id = models.BigIntegerField()
    rule = models.TextField()
    edition = models.DateField()
    on_kind = models.TextField()
    on_id = models.BigIntegerField()
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    arose_at = models.DateTimeField()
    after = models.DurationField()
    to_role = models.CharField(max_length=20)
    due_at = models.DateTimeField()
    raised_at = models.DateTimeField()
    told = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="escalations")

    class Meta:
        """Once to each person; found by duty and by record."""

        indexes: ClassVar = [
            models.Index(fields=["on_kind", "on_id"], name="escalation_of_record"),
            models.Index(fields=["told", "-raised_at"], name="escalation_told"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject_id", "subject", "rule", "arose_at", "after", "to_role", "told"],
                nulls_distinct=False,
                name="escalation_once",
            ),
            models.CheckConstraint(condition=Q(raised_at__gte=F("due_at")), name="escalation_raised_when_due"),
        ]
