"""How a subscriber knows that a delivery is ours: HMAC-SHA256 over the moment and the body (RFC 2104).

The secret is made from the key of the installation, so that the database alone gives none away; a new number makes a
new secret. With a new `IOPS_SECRET_KEY` every secret is new.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from iops.exchange.models import Subscription

HEADER = "IOPS-Signature"


def secret_of(subscription: Subscription) -> str:
    """The secret that a subscriber and we share."""
    named = f"iops webhook {subscription.id} {subscription.secret_number}"
    made = hmac.digest(settings.SECRET_KEY.encode(), named.encode(), hashlib.sha256)
    return "iopswh_" + base64.urlsafe_b64encode(made).decode().rstrip("=")


def signature(secret: str, moment: int, body: bytes) -> str:
    """The value of the header: the moment in seconds since 1970 UTC, and the HMAC over "moment.body" in hex."""
    made = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    return f"t={moment},v1={made.hexdigest()}"


def is_right(secret: str, header: str, body: bytes, *, now: int, tolerance: int = 300) -> bool:
    """Whether a signature is right and made within `tolerance` seconds of `now`: what a subscriber must check."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    told = parts.get("t", "")
    if not (told.isascii() and told.isdigit()) or len(told) > 12 or abs(now - int(told)) > tolerance:  # noqa: PLR2004
        return False
    return hmac.compare_digest(signature(secret, int(told), body), f"t={told},v1={parts.get('v1', '')}")
