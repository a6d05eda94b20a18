"""Who is signed in, in one query a request: the session, the account behind it and the roles it holds.

Nothing of it outlives the request: an account that is closed, a role that is taken away or a session that is ended
counts from the next request on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from iops.foundation.sessions import SessionStore

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest

    from iops.foundation.models import User


class SignedIn(AuthenticationMiddleware):
    """Django's own, but for the account, which is read together with its session."""

    def process_request(self, request: HttpRequest) -> None:
        """Give the request its user, read when it is first asked for."""
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: user_of(request))  # type: ignore[assignment]


def user_of(request: HttpRequest) -> User | AnonymousUser:
    """Whoever has signed in. Whatever is not plainly right is left to Django, which asks again and ends the session."""
    session = request.session
    if isinstance(session, SessionStore) and (user := session.account()) is not None:
        backend, fingerprint = session.get(BACKEND_SESSION_KEY), session.get(HASH_SESSION_KEY)
        if (
            session.get(SESSION_KEY) == str(user.pk)
            and backend in settings.AUTHENTICATION_BACKENDS
            and constant_time_compare(fingerprint or "", user.get_session_auth_hash())
        ):
            return user
    return get_user(request)
