"""What safeguarding installs besides its files: the topics of the forms, the order of states, the dated weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.safeguarding.assess import install as assess
from iops.safeguarding.ranking import triggers as ranking
from iops.safeguarding.referrals import triggers as referrals
from iops.safeguarding.schemes import definitions

if TYPE_CHECKING:
    from collections.abc import Iterator


def statements() -> Iterator[str]:
    """The SQL made from the configuration."""
    yield from assess.statements()
    yield from referrals.statements()
    yield from ranking.statements()
    yield from definitions.statements()
