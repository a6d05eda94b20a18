"""Who looks, what stands in other tables, and the Python check made of the two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.foundation.policy.parts import Viewer
from iops.foundation.policy.table import policy_of
from iops.foundation.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model

    from iops.foundation.models import User
    from iops.foundation.policy.parts import World


def viewer_of(user: User | None) -> Viewer:
    """The viewer behind an account. A deactivated account has no teams and no roles, and is on no list."""
    if user is None or not user.is_active:
        return Viewer()
    held = list(user.memberships.all())
    return Viewer(user.id, frozenset(m.team_id for m in held), frozenset(Role(m.role) for m in held))


class Stored:
    """The world as it stands in the database. Whoever asks must themselves see the rows: hidden ones are not there."""

    def rows(self, model: type[Model], column: str, value: int) -> Iterable[object]:
        """The rows, read."""
        return model._base_manager.filter(**{column: value})


def permits(row: Model, viewer: Viewer, world: World | None = None) -> bool:
    """Whether the viewer may see the row, by the policy of its table; true for tables without one."""
    policy = policy_of(type(row))
    return policy is None or policy.sees.permits(row, viewer, world or Stored())
