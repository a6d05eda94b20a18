"""The facts of delivery: what was disclosed to whom, the outbox, its attempts, and the partner's one-time links."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from iops.control.models import Incident
from iops.foundation.models import Fact, Settles, User
from iops.safeguarding.models.referrals import Channel, Referral

FINGERPRINT = "a fingerprint"
COPY = "a sealed copy of what other records say"


class Disclosure(Fact):
    """What was shared: with whom, on what basis, and the SHA-256 of the content (I31). Never changed.

    `content` is the package as JSON, `pdf` the same to read, `manifest` their hashes, and `signature` its HMAC.
    """

    append_only: ClassVar[bool] = True
    unsearched: ClassVar[dict[str, str]] = {
        "content_hash": FINGERPRINT,
        "signature": FINGERPRINT,
        "content": COPY,
        "manifest": COPY,
        "basis": "a word from a fixed list",
    }

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="disclosure")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    recipient = models.CharField(max_length=500)
    basis = models.CharField(max_length=40)
    grounds = models.TextField(blank=True)
    content_hash = models.CharField(max_length=64)
    content = models.TextField()
    pdf = models.BinaryField()
    manifest = models.TextField()
    signature = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """A hash is a whole SHA-256."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(content_hash__regex=r"^[0-9a-f]{64}$"), name="disclosure_hash_whole"),
            models.CheckConstraint(condition=~Q(recipient="") & ~Q(basis=""), name="disclosure_says_to_whom_and_why"),
        ]


class Delivery(Fact):
    """One package in the outbox. A failed delivery is a state of the delivery, never of the referral.

    It waits until `next_at`, is `delivered_at`, or `dead_at`: given up, shown, and owed to somebody until it is
    settled (queued again, or the referral revoked). `stopped_at`: the referral was revoked before it went.
    """

    settles = (Settles("incident", "incident_id"),)
    unsearched: ClassVar[dict[str, str]] = {"last_error": "what a machine said"}

    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="deliveries")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel)
    address = models.CharField(max_length=254)
    queued_at = models.DateTimeField()
    next_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True, help_text="When somebody dealt with a dead letter.")
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """Ends one way only; one open delivery of a disclosure; the worker asks by the moment it is due."""

        indexes: ClassVar = [
            models.Index(
                fields=["next_at"],
                condition=Q(delivered_at=None, dead_at=None, stopped_at=None),
                name="delivery_waiting",
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="delivery_channel_known"),
            models.CheckConstraint(
                condition=Q(delivered_at=None, dead_at=None)
                | Q(delivered_at=None, stopped_at=None)
                | Q(dead_at=None, stopped_at=None),
                name="delivery_ends_one_way",
            ),
            models.UniqueConstraint(
                fields=["disclosure"],
                condition=Q(delivered_at=None, dead_at=None, stopped_at=None),
                name="delivery_one_open",
            ),
        ]


class DeliveryAttempt(Fact):
    """One attempt to deliver, noted before it is made: one that never ended was cut off, and is made again.

    `receipt` is what the channel answered (the name of the file, the e-mail's message number).
    """

    unsearched: ClassVar[dict[str, str]] = {"receipt": "what a machine said", "error": "what a machine said"}

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    delivered = models.BooleanField(null=True, blank=True)
    receipt = models.CharField(max_length=300, blank=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        """Numbered from one; ended whole."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["delivery", "number"], name="attempt_numbered"),
            models.CheckConstraint(
                condition=Q(ended_at=None, delivered=None) | Q(ended_at__isnull=False, delivered__isnull=False),
                name="attempt_ended_whole",
            ),
        ]


class PartnerLink(Fact):
    """A one-time link to the partner's page. Only the hash of its token is stored; it ends, and it can be revoked.

    `nonce` makes the token together with a key that is not in the database, so that a second delivery after a crash
    bears the same link. `used_at`: the partner has answered with a decision, and the link answers no more.
    """

    unsearched: ClassVar[dict[str, str]] = {"token_hash": FINGERPRINT, "nonce": "made by chance"}

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    nonce = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A link ends after it was made."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("made_at")), name="partner_link_ends")
        ]
