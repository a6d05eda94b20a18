"""The word of a policy for rows that the system itself handles: the outbox and the partner's page have no account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.foundation.policy.expressions import VIEWER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.foundation.policy import Viewer
    from iops.foundation.policy.parts import World


@dataclass(frozen=True)
class TheSystem:
    """Nobody looks: a background job, or the page that a partner opens with its one-time link."""

    def sql(self, row: str, *, walled: bool = True) -> str:  # noqa: ARG002 - who looks alone decides
        """Nobody, or account 0, which nobody has, is named as looking."""
        return f"coalesce({VIEWER}, 0) = 0"

    def permits(self, row: object, viewer: Viewer, world: World) -> bool:  # noqa: ARG002 - who looks alone decides
        """Whether nobody is named as looking."""
        return viewer.user_id is None

    def functions(self) -> Iterator[str]:
        """None: `iops.viewer` is always there."""
        yield from ()
