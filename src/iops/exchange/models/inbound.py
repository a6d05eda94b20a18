"""What partner control rooms hand over: every message as it came, what became of it, and what we said back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from iops.control.models import Incident
from iops.foundation.models import Fact, User


class SharedIncident(Fact):
    """An incident of ours that a partner handed over, under the partner's own reference."""

    append_only: ClassVar[bool] = True

    account = models.ForeignKey(User, on_delete=models.PROTECT, related_name="shared_incidents")
    reference = models.CharField(max_length=80, help_text="The partner's own.")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="shared_with")
    at = models.DateTimeField()

    class Meta:
        """One reference of a partner is one incident, however often it is sent."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "reference"], name="shared_reference_once"),
            models.CheckConstraint(condition=~Q(reference=""), name="shared_reference_said"),
        ]


class Outcome(models.TextChoices):
    """What became of a message."""

    OPENED = "opened", "opened an incident"
    ADDED = "added", "added to the log"
    HELD = "held", "held"
    REFUSED = "refused", "refused"


class InboundMessage(Fact):
    """One message of a partner, as it came. What is refused or held stays here until somebody has dealt with it.

    `problems` says of each field what was wrong. `message` is the partner's own number of the message: the same one
    sent again changes nothing. A message that somebody corrected stays as it came; `corrects` leads from the corrected
    one to it.
    """

    unsearched: ClassVar[dict[str, str]] = dict.fromkeys(
        ("reference", "message", "kind", "body", "settled_note"),
        "told again in the log of the incident, if it became one",
    )

    account = models.ForeignKey(User, on_delete=models.PROTECT, related_name="inbound_messages")
    received_at = models.DateTimeField()
    reference = models.CharField(max_length=80, blank=True, help_text="The partner's own, as far as it could be read.")
    message = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=10, blank=True)
    told_at = models.DateTimeField(null=True, blank=True, help_text="When the partner says it happened.")
    body = models.TextField(help_text="The message as text, at most its first 64 KiB.")
    bytes = models.PositiveIntegerField(help_text="How long it was.")
    outcome = models.CharField(max_length=10, choices=Outcome)
    problems = models.JSONField(default=list, blank=True)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_note = models.TextField(null=True, blank=True)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """A message number counts once; what was opened or added to has its incident."""

        indexes: ClassVar = [
            models.Index(fields=["account", "reference"], name="inbound_by_reference"),
            models.Index(
                fields=["-id"], condition=Q(outcome__in=["held", "refused"], settled_at=None), name="inbound_unsettled"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "reference", "message"],
                condition=~Q(message="") & ~Q(outcome="refused"),
                name="inbound_message_once",
            ),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="inbound_outcome_known"),
            models.CheckConstraint(
                condition=Q(outcome__in=["held", "refused"]) | Q(incident__isnull=False), name="inbound_has_incident"
            ),
        ]


class PartnerMessage(Fact):
    """What we tell a partner about an incident it handed over; subscriptions of its account carry it to them."""

    append_only: ClassVar[bool] = True

    shared = models.ForeignKey(SharedIncident, on_delete=models.PROTECT, related_name="said")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """It says something."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(text=""), name="partner_message_says_something")]
