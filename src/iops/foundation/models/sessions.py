"""The sessions of people who have signed in: whose they are, since when, and when they were last used."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models

from iops.foundation.models.accounts import User


class SignInSession(AbstractBaseSession):
    """One session of one browser. Not a fact: it is deleted when it ends; that somebody signed in stays in history.

    `device` is what the browser calls itself, so that people know their own sessions apart; times are of the machine.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="sessions")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    device = models.CharField(max_length=200, blank=True)

    objects: ClassVar[BaseSessionManager[SignInSession]] = BaseSessionManager()

    class Meta:
        """Listed, and ended, by person; cleaned up by the moment it expires (an index of the base)."""

        db_table = "foundation_session"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(seen_at__gte=models.F("started_at")), name="session_seen_after_start"
            )
        ]
