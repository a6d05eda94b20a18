"""Webhooks: who wants to be told of which events, and each telling until it is acknowledged."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from iops.foundation.models import District, Fact, User

WORDS = "about a connection to another system, which its own page lists"


class Subscription(Fact):
    """One system wants to be told of some events, at an address of its own (push) or by asking for them (pull).

    It is told what its account may see and nothing else. `districts` empty means every district; `shared_only` narrows
    it to the incidents that this very account handed over. The secret is not here: it is made from the key of the
    installation and `secret_number` (webhooks.signing).
    """

    unsearched: ClassVar[dict[str, str]] = dict.fromkeys(("name", "url", "ended_reason"), WORDS)

    account = models.ForeignKey(User, on_delete=models.PROTECT, related_name="subscriptions")
    name = models.CharField(max_length=100)
    url = models.CharField(max_length=500, blank=True, help_text="Blank: it asks for its deliveries itself.")
    events = ArrayField(models.CharField(max_length=40))
    districts = ArrayField(models.BigIntegerField(), default=list, blank=True)
    shared_only = models.BooleanField(default=False)
    secret_number = models.PositiveIntegerField(default=1)
    paused = models.BooleanField(default=False, help_text="Deliveries are kept and not sent.")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.TextField(null=True, blank=True)

    class Meta:
        """An address is of https; a subscription is to something, and ends with a reason."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(url="") | Q(url__startswith="https://"), name="subscription_https"),
            models.CheckConstraint(condition=Q(events__len__gt=0), name="subscription_to_something"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | (Q(ended_reason__isnull=False) & ~Q(ended_reason="")),
                name="subscription_ended_says_why",
            ),
        ]

    @property
    def pulls(self) -> bool:
        """Whether it asks for its deliveries itself."""
        return self.url == ""


class DeliveryState(models.TextChoices):
    """How one telling stands."""

    WAITING = "waiting", "waiting"
    ACKNOWLEDGED = "acknowledged", "acknowledged"
    WITHHELD = "withheld", "withheld"
    DEAD = "dead", "dead letter"


class Delivery(models.Model):
    """One event for one subscription: written by triggers in the transaction of the fact, so that none is lost.

    `seq` is given when that transaction commits, under a lock on the record, so that it grows in the order in which a
    record's changes were committed. `facts` are small: no free text but what is addressed to this very system. Times
    are true times but for `at`, the moment of the event. Not a fact but a queue: what is changed here is how far the
    telling got. Written by functions of the owner alone (sql/50_outbox.sql).
    """

    id = models.BigAutoField(primary_key=True)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    account = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    event = models.CharField(max_length=40)
    record_kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    facts = models.JSONField()
    at = models.DateTimeField()
    tx = models.BigIntegerField()
    seq = models.BigIntegerField(null=True)
    state = models.CharField(max_length=12, choices=DeliveryState, default=DeliveryState.WAITING, db_default="waiting")
    attempts = models.PositiveIntegerField(default=0, db_default=0)
    first_tried_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True, default="", db_default="", help_text="What came of it last.")
    resent = models.BooleanField(default=False, db_default=False)

    class Meta:
        """Found by what is due, in order within a record, and as dead letters."""

        verbose_name_plural = "deliveries"
        indexes: ClassVar = [
            models.Index(
                fields=["subscription", "record_kind", "record_id", "seq"],
                condition=Q(state="waiting"),
                name="delivery_in_order",
            ),
            models.Index(fields=["subscription", "next_at", "seq"], condition=Q(state="waiting"), name="delivery_due"),
            models.Index(fields=["tx"], condition=Q(seq=None), name="delivery_without_place"),
            models.Index(fields=["subscription", "state", "-id"], name="delivery_by_state"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_known")
        ]


class EscalationTold(models.Model):
    """A duty has gone up to a role, and subscribers were told: once, however often the clock is looked at."""

    pk = models.CompositePrimaryKey("subscription", "subject", "subject_id", "rule", "arose_at", "to_role")
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="+")
    subject = models.TextField()
    subject_id = models.BigIntegerField()
    rule = models.TextField()
    arose_at = models.DateTimeField()
    to_role = models.CharField(max_length=20)
