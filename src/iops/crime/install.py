"""What crime installs besides its files: which outcome stands on which facts; the key events of victims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.crime.allocation import generated
from iops.crime.justice import limits
from iops.crime.outcomes import shares
from iops.crime.victims import events
from iops.crime.victims.code import victims_code
from iops.rulebook.outcomes import framework

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.rulebook.outcomes import Outcome, OutcomeTest


def statements() -> Iterator[str]:
    """Which outcome stands on which facts, the classes of rape, the shares of re-audit, and what victims are owed."""
    yield outcome_stands()
    yield from shares.statements()
    yield from limits.statements()
    yield most_serious()
    yield from events.statements()
    yield from generated.statements()


def outcome_stands() -> str:
    """`iops.outcome_stands(code, facts, day)`: whether the rulebook accepts an outcome on the facts told."""
    cases = "\n".join(f"        when '{one.code}' then {_stands(one)}" for one in framework().outcomes.values())
    # Every word comes from the rulebook, which was checked when it was read.
    return f"""
create or replace function iops.outcome_stands(code text, facts jsonb, on_day date) returns boolean
language sql immutable parallel safe as $stands$
    select coalesce(case rtrim(code, 'A')
{cases}
        else false end, false)
$stands$;
"""


def most_serious() -> str:
    """`iops.victim_class_most_serious(class)`: whether victims of a class have enhanced rights by the class alone."""
    classes = ", ".join(f"'{name}'" for name in sorted(victims_code().most_serious))
    return f"""
create or replace function iops.victim_class_most_serious(class text) returns boolean
language sql immutable parallel safe as $class$ select class in ({classes}) $class$;
"""


def _stands(one: Outcome) -> str:
    return " and ".join([f"on_day >= '{one.starts}'", *(_test(test) for test in one.tests)])


def _test(test: OutcomeTest) -> str:
    """A test that is not told, or of which it is not told whether it applies, is not passed."""
    passed = f"coalesce({_accepts(test)}, false)"
    if not test.when:
        return passed
    applies = " and ".join(f"facts ->> '{name}' = '{value}'" for name, value in test.when.items())
    return f"(case when ({applies}) is null then false when {applies} then {passed} else true end)"


def _accepts(test: OutcomeTest) -> str:
    if isinstance(test.accepts, range):
        return f"(facts ->> '{test.fact}')::integer between {test.accepts.start} and {test.accepts.stop - 1}"
    values = ", ".join(f"'{value}'" for value in sorted(test.accepts))
    return f"facts ->> '{test.fact}' in ({values})"
