"""What safeguarding installs besides its files: which state of a referral may follow which, what a repeat is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.safeguarding.referrals import triggers as referrals
from iops.safeguarding.schemes import definitions

if TYPE_CHECKING:
    from collections.abc import Iterator


def statements() -> Iterator[str]:
    """The SQL made from the configuration."""
    yield from referrals.statements()
    yield from definitions.statements()
