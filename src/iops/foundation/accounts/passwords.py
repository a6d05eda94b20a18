"""What a password must be. NIST SP 800-63B 5.1.1.2: long, not a common one, no rules of composition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from iops.foundation.errors import InvalidError

if TYPE_CHECKING:
    from iops.foundation.models import User

LONGEST = 256
"""Characters of a password that are taken; more would be work for the hash and no more safety."""


def check_choice(password: str, user: User) -> None:
    """Refuse a password that is too short, too common, too like the person's name, or not storable: InvalidError."""
    if "\x00" in password or len(password) > LONGEST:
        raise InvalidError(f"A password has at most {LONGEST} characters.", details={"field": "password"})
    try:
        validate_password(password, user)
    except ValidationError as refused:
        raise InvalidError(
            " ".join(refused.messages),
            mend="Three or four unrelated words make a good one.",
            details={"field": "password"},
        ) from refused


def is_right(password: str, user: User | None) -> bool:
    """Whether this is the account's password. Always costs one hash, also for nobody and for a hopeless password."""
    hopeless = "\x00" in password or len(password) > LONGEST
    if user is None or hopeless or not user.has_usable_password():
        make_password(password[:LONGEST])
        return False
    return check_password(password, user.password)
