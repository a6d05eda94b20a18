"""The words that policies are made of: somebody who looks, the world a policy asks about, a condition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import Model

    from iops.foundation.roles import Role


@dataclass(frozen=True)
class Viewer:
    """Somebody who looks: account, teams and roles. The system itself has no account and is on no list."""

    user_id: int | None = None
    team_ids: frozenset[int] = frozenset()
    roles: frozenset[Role] = frozenset()


class World(Protocol):
    """What stands in the tables that a policy asks about."""

    def rows(self, model: type[Model], column: str, value: int) -> Iterable[object]:
        """The rows of a table whose column has this value."""
        ...


class Expression(Protocol):
    """A condition on one row and one viewer."""

    def sql(self, row: str, *, walled: bool = True) -> str:
        """The condition as SQL over the row named `row`."""
        ...

    def permits(self, row: object, viewer: Viewer, world: World) -> bool:
        """The condition in Python; `world` answers what stands in other tables."""
        ...

    def functions(self) -> Iterator[str]:
        """SQL of the functions that the condition calls."""
        ...
