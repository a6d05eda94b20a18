"""What the control room installs besides its files: who is protected from a slower grade, which state follows which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.control.classing import install as classing
from iops.control.closing import install as closing
from iops.control.dispatch import triggers
from iops.control.grading import protection
from iops.control.handover import closing as handover
from iops.control.record import lines

if TYPE_CHECKING:
    from collections.abc import Iterator


def statements() -> Iterator[str]:
    """The SQL made from what areas register and from the configuration."""
    yield protection.function()
    yield from triggers.statements()
    yield from classing.statements()
    yield from lines.statements()
    yield from handover.statements()
    yield from closing.statements()
