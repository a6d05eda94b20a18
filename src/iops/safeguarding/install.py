"""What safeguarding installs besides its files: what the topics of the questionnaires mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.safeguarding.assess import install as assess

if TYPE_CHECKING:
    from collections.abc import Iterator


def statements() -> Iterator[str]:
    """The SQL made from the questionnaires."""
    yield from assess.statements()
