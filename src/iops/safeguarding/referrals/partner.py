"""What a partner does on its own page, with a one-time link and without an account.

To open the page changes nothing: scanners of mail open links. Only a button says that the referral was received,
accepted or rejected. A link that is unknown, ended, expired or used is answered alike.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import orjson

from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, IopsError, NotFoundError
from iops.obligations.services import text, writing
from iops.safeguarding.models import PartnerLink, ReferralState
from iops.safeguarding.referrals.content import bars_of, reference
from iops.safeguarding.referrals.drafting import step
from iops.safeguarding.referrals.links import hashed
from iops.safeguarding.referrals.sharing import sharing
from iops.safeguarding.referrals.states import hold, state_of

if TYPE_CHECKING:
    from iops.safeguarding.models import Referral

MINUTE = 60.0
MOST_ADDRESSES = 10_000
NAME = 200
ANSWERS = (ReferralState.RECEIVED, ReferralState.ACCEPTED, ReferralState.REJECTED)


class TooManyError(IopsError):
    """One address has asked with bad links too often within a minute."""

    code = "too-many"
    status = 429


@dataclass(frozen=True)
class Opened:
    """What the page shows: the reference, where the referral stands, and the content of the package."""

    reference: str
    state: str
    content: dict[str, Any]

    @property
    def may_receive(self) -> bool:
        """Whether the partner has not yet said that it has it."""
        return self.state == ReferralState.SENT

    @property
    def may_decide(self) -> bool:
        """Whether it waits for the partner's decision."""
        return self.state in {ReferralState.SENT, ReferralState.RECEIVED}


def opened(token: str) -> Opened:
    """The page of a link; nothing is changed by it. Raises NotFoundError for a link that is good no more."""
    with writing(None, reason="partner's page opened"):
        return _shown(_live(token).referral)


def answer(token: str, state: str, name: str, reason: str = "") -> Opened | None:
    """Take the partner's word: received, accepted, or rejected with a reason; by whom, as they give their name.

    To say "received" twice says it once. With a decision the link is used up, and None is returned. Raises
    NotFoundError for a link that is good no more, ConflictError when the police have taken the referral back.
    """
    if state not in ANSWERS:
        raise InvalidError("That is not one of the answers.", details={"field": "state"})
    name = text(name, "Your name").strip()
    if len(name) > NAME:
        raise InvalidError(f"A name has at most {NAME} characters.", details={"field": "name"})
    reason = text(reason, "Reason", needed=state == ReferralState.REJECTED).strip()
    with writing(None, reason=f"partner: {state}"):
        # The referral first, as everybody does: whoever comes second finds the link as the first one left it.
        hold("referral", _live(token).referral_id)
        link = _live(token)
        referral = link.referral
        _must_be_open(state_of(referral.id))
        if state_of(referral.id) == ReferralState.SENT:
            step(referral, ReferralState.RECEIVED, None, said_by=name)
        if state == ReferralState.RECEIVED:
            return _shown(referral)
        step(referral, state, None, said_by=name, reason=reason)
        PartnerLink.objects.filter(id=link.id).update(used_at=clock.now())
        return None


def _must_be_open(state: str) -> None:
    if state not in {ReferralState.SENT, ReferralState.RECEIVED}:
        raise ConflictError("This referral waits for no answer any more.", mend="Ask the police if this is a surprise.")


def _live(token: str) -> PartnerLink:
    found = (
        PartnerLink.objects.select_related("referral__agency")
        .filter(token_hash=hashed(token), revoked_at=None, used_at=None, expires_at__gt=clock.now())
        .first()
    )
    if found is None:
        raise NotFoundError("This link is good no more.", mend="Ask the police for a new one.")
    return found


def _shown(referral: Referral) -> Opened:
    """The content as it was sent, under the must-not-receive list of today."""
    content = cast("dict[str, Any]", orjson.loads(referral.disclosure.content))
    bars = bars_of(referral.incident_id)
    bars.check_recipient(referral.agency.name, referral.agency.address, referral.attention)
    return Opened(reference(referral.id), state_of(referral.id), cast("dict[str, Any]", _cleaned(content, bars.clean)))


def _cleaned(said: object, clean: Any) -> object:
    if isinstance(said, str):
        return clean(said)
    if isinstance(said, dict):
        return {key: _cleaned(value, clean) for key, value in said.items()}
    return [_cleaned(value, clean) for value in said] if isinstance(said, list) else said


class Misses:
    """How often each address has asked with a bad link in the last minute: a brake on guessing, of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[str, deque[float]] = {}

    def check(self, who: str) -> None:
        """Refuse an address that has missed too often. Raises TooManyError."""
        with self._lock:
            if len(self._recent(who)) >= sharing().tries_a_minute:
                raise TooManyError("Too many links that lead nowhere.", mend="Wait a minute and try again.")

    def note(self, who: str) -> None:
        """Count one miss."""
        with self._lock:
            if len(self._seen) >= MOST_ADDRESSES:
                self._seen.clear()
            self._seen.setdefault(who, deque()).append(time.monotonic())

    def _recent(self, who: str) -> deque[float]:
        seen = self._seen.get(who, deque())
        while seen and seen[0] < time.monotonic() - MINUTE:
            seen.popleft()
        return seen


misses = Misses()
"""The misses of this process."""
