"""Tokens: how a program calls the API in the name of an account, how far each reaches, and every call it made."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from iops.foundation.models.accounts import User
from iops.foundation.models.base import Fact

WORDS = "about a program's access, which its own page lists"
CALLS = "a log of calls, asked by token and by request"


class Token(Fact):
    """One token of an account. Only the SHA-256 of it is kept; `hint` is its beginning, by which people know it again.

    It reaches no further than its scopes, and no further than the account itself: roles and row-level security hold as
    for anybody. Times are true times (`iops.wall_time()`): a set clock neither ends nor prolongs a token.
    """

    unsearched: ClassVar[dict[str, str]] = {"name": WORDS, "hint": WORDS, "revoked_reason": WORDS}

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=100, help_text="What it is for, in the words of whoever issued it.")
    hint = models.CharField(max_length=20)
    fingerprint = models.BinaryField(max_length=32, unique=True)
    scopes = ArrayField(models.CharField(max_length=40))
    per_minute = models.PositiveIntegerField(help_text="Calls a minute; as many may come at once after a pause.")
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revoked_reason = models.TextField(null=True, blank=True)

    class Meta:
        """A token ends, reaches something, and is revoked with a reason."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("issued_at")), name="token_ends_later"),
            models.CheckConstraint(condition=Q(scopes__len__gt=0), name="token_reaches_something"),
            models.CheckConstraint(condition=Q(per_minute__gte=1, per_minute__lte=60_000), name="token_rate"),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | (Q(revoked_reason__isnull=False) & ~Q(revoked_reason="")),
                name="token_revoked_says_why",
            ),
        ]


class TokenCall(Fact):
    """One call by a token: which operation, under which request number, and whether it was let through.

    Written by `iops.use_token` alone, before the call is looked at, so that one that was refused or failed stands here
    too. History and the consultation log bear the same request number: what the call changed and saw is found by it.
    """

    append_only: ClassVar[bool] = True
    unsearched: ClassVar[dict[str, str]] = dict.fromkeys(("request_id", "operation", "scope", "outcome"), CALLS)

    token = models.ForeignKey(Token, on_delete=models.PROTECT, related_name="calls")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    request_id = models.CharField(max_length=64)
    operation = models.CharField(max_length=200)
    scope = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=20)

    class Meta:
        """Asked by token, the newest first, and by request."""

        indexes: ClassVar = [
            models.Index(fields=["token", "-id"], name="token_call_newest"),
            models.Index(fields=["request_id"], name="token_call_of_request"),
        ]


class TokenUse(models.Model):
    """When a token was last used, and when its allowance will be whole again. Written by `iops.use_token` alone.

    `whole_at` is the theoretical arrival time of the generic cell rate algorithm (ITU-T I.371): one moment says all
    about how many calls are left.
    """

    token = models.OneToOneField(Token, on_delete=models.PROTECT, primary_key=True, related_name="use")
    last_used_at = models.DateTimeField()
    whole_at = models.DateTimeField()
