"""The words a policy is written in. Each word says two things: the SQL of itself, and its answer in Python.

In SQL, `row` is the name under which the row stands in the statement. `walled` says whether row-level security holds
for the other tables that are named (it does in a policy; it does not in a function that runs as the owner, which must
therefore spell the parent's policy out).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.foundation.policy import table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model

    from iops.foundation.policy.parts import Expression, Viewer, World
    from iops.foundation.roles import Role

VIEWER = "(select iops.viewer())"
"""Who looks. The sub-select makes PostgreSQL read the setting once a statement and not once a row."""

EACH = " offset 0"
"""Look each parent up by its key. Without it the planner would, for more than a few rows, read every parent there is
into a hash first: a page of 50 of a queue took half a second beside a million incidents. It also plans and starts one
sub-plan where there were two, and a policy over every kind of record has dozens."""
DEFINER = "language sql stable security definer set search_path = pg_catalog, public, iops, pg_temp"


@dataclass(frozen=True)
class Column:
    """A boolean column of the row itself."""

    name: str

    def sql(self, row: str, *, walled: bool = True) -> str:  # noqa: ARG002 - the row alone decides
        """The column."""
        return f"{row}.{self.name}"

    def permits(self, row: object, viewer: Viewer, world: World) -> bool:  # noqa: ARG002 - the row alone decides
        """The value of the column."""
        return bool(getattr(row, self.name))

    def functions(self) -> Iterator[str]:
        """None."""
        yield from ()


@dataclass(frozen=True)
class Missing:
    """A column of the row itself holds nothing."""

    name: str

    def sql(self, row: str, *, walled: bool = True) -> str:  # noqa: ARG002 - the row alone decides
        """The column is null."""
        return f"{row}.{self.name} is null"

    def permits(self, row: object, viewer: Viewer, world: World) -> bool:  # noqa: ARG002 - the row alone decides
        """Whether the column is null."""
        return getattr(row, self.name) is None

    def functions(self) -> Iterator[str]:
        """None."""
        yield from ()


@dataclass(frozen=True)
class Not:
    """The opposite of a condition."""

    of: Expression

    def sql(self, row: str, *, walled: bool = True) -> str:
        """Negation."""
        return f"not {self.of.sql(row, walled=walled)}"

    def permits(self, row: object, viewer: Viewer, world: World) -> bool:
        """Negation."""
        return not self.of.permits(row, viewer, world)

    def functions(self) -> Iterator[str]:
        """Those of the condition."""
        yield from self.of.functions()


class _Joined:
    """Several conditions, asked in the order they are written: the cheap ones first."""

    word = ""

    def __init__(self, *parts: Expression) -> None:
        self.parts = parts

    def sql(self, row: str, *, walled: bool = True) -> str:
        """The conditions, joined."""
        return "(" + f" {self.word} ".join(p.sql(row, walled=walled) for p in self.parts) + ")"

    def functions(self) -> Iterator[str]:
        """Those of every part."""
        for part in self.parts:
            yield from part.functions()


class AnyOf(_Joined):
    """At least one of the conditions."""

    word = "or"

    def permits(self, row: object, viewer: Viewer, world: World) -> bool:
        """Whether any holds."""
        return any(part.permits(row, viewer, world) for part in self.parts)


class AllOf(_Joined):
    """All of the conditions."""

    word = "and"

    def permits(self, row: object, viewer: Viewer, world: World) -> bool:
        """Whether all hold."""
        return all(part.permits(row, viewer, world) for part in self.parts)


@dataclass(frozen=True)
class OnList:
    """The viewer is on the list of this row, by name or as a member of a team.

    `entries` is the table of the list: `record` names its column with the id of the row, `user` and `team` the holder.
    The list is read by a function that runs as the owner (a policy may not ask a table whose policy asks back), once a
    statement, and gives the ids of the rows the viewer is listed for: as many as one person's lists are long.
    """

    entries: type[Model]
    record: str
    user: str = "user_id"
    team: str = "team_id"

    @property
    def _function(self) -> str:
        return f"iops.listed_{self.entries._meta.db_table}"

    def sql(self, row: str, *, walled: bool = True) -> str:  # noqa: ARG002 - the function runs as the owner anyway
        """The id of the row is one of those the viewer is listed for."""
        return f"{row}.id = any ((select {self._function}())::bigint[])"

    def permits(self, row: object, viewer: Viewer, world: World) -> bool:
        """Whether an entry of the row's list names the viewer or one of their teams."""
        listed = world.rows(self.entries, self.record, _number(row, "id"))
        return any(
            (viewer.user_id is not None and getattr(e, self.user) == viewer.user_id)
            or getattr(e, self.team) in viewer.team_ids
            for e in listed
        )

    def functions(self) -> Iterator[str]:
        """The function that gives the viewer's listed ids; nobody, and a deactivated account, is on no list."""
        # Names come from our own models alone.
        yield f"""
create or replace function {self._function}() returns bigint[] {DEFINER} as $listed$
    select coalesce(array_agg(distinct e.{self.record}), '{{}}')
    from {self.entries._meta.db_table} e, foundation_user u
    where u.id = iops.viewer() and u.is_active
      and (e.{self.user} = u.id
           or e.{self.team} in (select m.team_id from foundation_membership m where m.user_id = u.id))
$listed$;
"""  # noqa: S608


@dataclass(frozen=True)
class ThroughParent:
    """The row is seen by whoever sees the row that its column points to."""

    parent: type[Model]
    column: str

    def sql(self, row: str, *, walled: bool = True) -> str:
        """There is such a parent; its own policy, or its spelt-out condition, decides whether it is seen."""
        return _exists(self.parent, f"{row}.{self.column}", row, walled=walled)

    def permits(self, row: object, viewer: Viewer, world: World) -> bool:
        """Whether the parent exists and is seen."""
        return getattr(row, self.column) is not None and _seen(self.parent, _number(row, self.column), viewer, world)

    def functions(self) -> Iterator[str]:
        """None: the parent's policy has its own."""
        yield from ()


@dataclass(frozen=True)
class ThroughRecord:
    """The row is seen by whoever sees the record it names by kind and id.

    The kinds are those that fact tables declare (`Settles(kind, "id")`), so that an area need not know the areas above
    it. A kind that no table stands for is seen by nobody.
    """

    kind: str
    column: str

    def sql(self, row: str, *, walled: bool = True) -> str:
        """One branch for each kind of record there is."""
        branches = " ".join(
            f"when '{kind}' then {_exists(model, f'{row}.{self.column}', row, walled=walled)}"
            for kind, model in sorted(table.record_models().items())
        )
        return f"case {row}.{self.kind} {branches} else false end"

    def permits(self, row: object, viewer: Viewer, world: World) -> bool:
        """Whether the record exists and is seen."""
        model = table.record_models().get(str(getattr(row, self.kind)))
        return model is not None and _seen(model, _number(row, self.column), viewer, world)

    def functions(self) -> Iterator[str]:
        """None: the record's policy has its own."""
        yield from ()


@dataclass(frozen=True)
class NoneHidden:
    """No row of `of` that points here by `column` is hidden from the viewer (a contact and its incidents)."""

    of: type[Model]
    column: str

    @property
    def _function(self) -> str:
        return f"iops.none_hidden_{self.of._meta.db_table}_{self.column}"

    def sql(self, row: str, *, walled: bool = True) -> str:  # noqa: ARG002 - the function runs as the owner anyway
        """Asked of a function that sees the hidden rows too."""
        return f"{self._function}({row}.id)"

    def permits(self, row: object, viewer: Viewer, world: World) -> bool:
        """Whether every row that points here is seen."""
        policy = table.policy_of(self.of)
        return all(
            policy is None or policy.sees.permits(r, viewer, world)
            for r in world.rows(self.of, self.column, _number(row, "id"))
        )

    def functions(self) -> Iterator[str]:
        """The function: true when no row that points here is hidden."""
        policy = table.policy_of(self.of)
        hidden = "false" if policy is None else f"not {policy.sees.sql('x', walled=False)}"
        yield f"""
create or replace function {self._function}(wanted bigint) returns boolean {DEFINER} as $hidden$
    select not exists (select from {self.of._meta.db_table} x where x.{self.column} = wanted and {hidden})
$hidden$;
"""  # noqa: S608


@dataclass(frozen=True)
class Own:
    """The row is the viewer's own; a row of nobody is the system's."""

    column: str = "user_id"

    def sql(self, row: str, *, walled: bool = True) -> str:  # noqa: ARG002 - the row alone decides
        """The column is the viewer, or both are nobody."""
        return f"{row}.{self.column} is not distinct from {VIEWER}"

    def permits(self, row: object, viewer: Viewer, world: World) -> bool:  # noqa: ARG002 - the row alone decides
        """Whether the column is the viewer."""
        return bool(getattr(row, self.column) == viewer.user_id)

    def functions(self) -> Iterator[str]:
        """None."""
        yield from ()


@dataclass(frozen=True)
class Holds:
    """The viewer holds one of these roles in some team."""

    roles: tuple[Role, ...]

    def sql(self, row: str, *, walled: bool = True) -> str:  # noqa: ARG002 - the viewer alone decides
        """Asked once a statement: it does not depend on the row."""
        names = ", ".join(f"'{role.value}'" for role in self.roles)
        return f"(select iops.viewer_holds(array[{names}]))"

    def permits(self, row: object, viewer: Viewer, world: World) -> bool:  # noqa: ARG002 - the viewer alone decides
        """Whether the viewer holds one."""
        return not viewer.roles.isdisjoint(self.roles)

    def functions(self) -> Iterator[str]:
        """None: `iops.viewer_holds` is always there."""
        yield from ()


@dataclass(frozen=True)
class Nobody:
    """No viewer at all: for rows that functions of the owner alone write."""

    def sql(self, row: str, *, walled: bool = True) -> str:  # noqa: ARG002 - it is the same for every row
        """Never."""
        return "false"

    def permits(self, row: object, viewer: Viewer, world: World) -> bool:  # noqa: ARG002 - it is the same for all
        """Never."""
        return False

    def functions(self) -> Iterator[str]:
        """None."""
        yield from ()


def _exists(parent: type[Model], key: str, row: str, *, walled: bool) -> str:
    name = f"{row}_p"
    policy = table.policy_of(parent)
    spelt = "" if walled or policy is None else f" and {policy.sees.sql(name, walled=False)}"
    each = EACH if walled else ""
    return f"exists (select from {parent._meta.db_table} {name} where {name}.id = {key}{spelt}{each})"


def _seen(parent: type[Model], key: int, viewer: Viewer, world: World) -> bool:
    policy = table.policy_of(parent)
    return any(policy is None or policy.sees.permits(r, viewer, world) for r in world.rows(parent, "id", key))


def _number(row: object, column: str) -> int:
    return int(getattr(row, column))
