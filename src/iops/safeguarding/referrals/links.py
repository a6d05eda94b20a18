"""One-time links to the partner's page: made of a nonce and a key that the database does not hold; only hashes stay."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.crypto import salted_hmac

from iops.foundation import clock
from iops.safeguarding.models import PartnerLink
from iops.safeguarding.referrals.sharing import sharing

if TYPE_CHECKING:
    from iops.safeguarding.models import Referral

SALT = "iops.referrals.link"
NONCE_BYTES = 24


def make(referral: Referral) -> PartnerLink:
    """A new link for the partner, good until it is answered, ended or the days of the configuration are over."""
    nonce = secrets.token_hex(NONCE_BYTES)
    at = clock.now()
    return PartnerLink.objects.create(
        referral=referral,
        nonce=nonce,
        token_hash=hashed(_token(nonce)),
        made_at=at,
        expires_at=at + timedelta(days=sharing().link_days),
    )


def end(referral: Referral) -> None:
    """End every link of a referral."""
    PartnerLink.objects.filter(referral=referral, revoked_at=None).update(revoked_at=clock.now())


def hashed(token: str) -> str:
    """What is stored of a token: its SHA-256. A token has 256 bits, so that no slower hash is needed."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def address(referral: Referral) -> str:
    """The address to send to the partner: the latest link that has not ended; "" when there is none."""
    link = PartnerLink.objects.filter(referral=referral, revoked_at=None).order_by("-id").first()
    return f"{settings.IOPS_PARTNER_URL}/partner/{_token(link.nonce)}/" if link else ""


def _token(nonce: str) -> str:
    return salted_hmac(SALT, nonce, algorithm="sha256").hexdigest()
