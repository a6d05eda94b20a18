"""Django's way to the account behind a session. It signs nobody in: `signing_in.sign_in` is the only door."""

from __future__ import annotations

from django.contrib.auth.backends import BaseBackend

from iops.foundation.models import User


class AccountBackend(BaseBackend):
    """Finds the account of a session; a deactivated one is not found, so its sessions are worth nothing."""

    def get_user(self, user_id: int) -> User | None:
        """The account in use with this id."""
        return User.objects.filter(id=user_id, is_active=True).first()
