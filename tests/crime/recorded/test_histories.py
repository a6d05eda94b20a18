"""Any history of verbs leaves a crime in a state that the rules accept; an ended one has a valid ending."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.crime.install import outcome_stands
from iops.crime.models import Crime
from iops.crime.recorded import deciding, life
from iops.crime.recorded.finding import ending_of
from iops.foundation import clock
from iops.foundation.errors import IopsError
from iops.foundation.models import User
from iops.foundation.roles import Role
from iops.obligations.conservation import check_conservation
from iops.pole import services as pole
from iops.pole.models import Link
from iops.rulebook.outcomes import failures, framework
from iops.rulebook.recording import decide
from tests.crime.outcomes.scene import grounded
from tests.crime.recorded.scene import recorded
from tests.crime.recorded.standing import standing_otherwise
from tests.force import Force

pytestmark = pytest.mark.django_db
AVI = {"additional": "yes", "verifiable": "yes", "shows_no_crime": "yes", "coerced": "no", "genuine_error": "yes"}
TOLD = {"victim_supports": "no", "lost_contact": "no", "rape_or_high_risk_abuse": "no", "investigation_complete": "yes",
        "other_agency_acts": "yes", "transfer": "no"}  # fmt: skip
Step = Callable[[Crime, User], object]


def suspect_withdrawn(crime: Crime, by: User) -> None:
    for link in Link.objects.filter(to_kind="crime", to_id=crime.id, role="suspect", withdrawn_at=None):
        pole.withdraw(link, "It was not him", by)


STEPS: dict[str, Step] = {
    "allocate": lambda c, by: life.allocate(c.id, by, "x", user_id=by.id),
    "review": lambda c, by: life.review(c.id, "x", by),
    "tell of the outcome": lambda c, by: life.tell_victim(c.id, "outcome", "x", "x", by),
    "tell of the removal": lambda c, by: life.tell_victim(c.id, "removal", "x", "x", by),
    "withdraw the suspect": suspect_withdrawn,
    "grounds": grounded,
    "16": lambda c, by: deciding.give_outcome(c.id, "16", TOLD, "x", by),
    "18": lambda c, by: deciding.give_outcome(c.id, "18", TOLD, "x", by),
    "20": lambda c, by: deciding.give_outcome(c.id, "20", TOLD, "x", by),
    "reclassify": lambda c, by: deciding.reclassify(c.id, "49", "new_information", "x", by),
    "C2": lambda c, by: deciding.cancel(c.id, "C2", "x", by, facts=AVI, avi="x"),
    "C4": lambda c, by: deciding.cancel(c.id, "C4", "x", by, facts=AVI),
    "reopen": lambda c, by: deciding.reopen(c.id, "x", by),
}
ROLES = (Role.RESPONSE, Role.SERGEANT, Role.REGISTRAR)


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from(ROLES)), max_size=9))
def test_any_history_leaves_a_crime_that_the_rules_accept(history: list[tuple[str, Role]]) -> None:
    with transaction.atomic():
        force = Force()
        crime = recorded(force)
        for step, role in history:
            was, by = ending_of(crime), force.one(role)
            try:
                with transaction.atomic():
                    STEPS[step](crime, by)
            except IopsError:
                assert ending_of(crime) == was, "what is refused changes nothing"
        _accepted(crime)
        assert check_conservation().examples == []
        assert standing_otherwise() == []
        transaction.set_rollback(True)


def _accepted(crime: Crime) -> None:
    standing = [*crime.outcomes.filter(reopening=None), *crime.cancellations.filter(reopening=None)]
    assert len(standing) <= 1
    ending = ending_of(crime)
    assert (ending is None) == (not standing)
    if ending is not None and ending.outcome is not None:
        outcome = ending.outcome
        check = {"crime": "46", "chosen": outcome.code, "facts": outcome.facts}
        assert decide({"reported": clock.today(), "outcome": check}).kind == "outcome"
    if ending is not None and ending.cancellation is not None:
        assert ending.cancellation.decider == "registrar"
        assert ending.cancellation.by_id not in {o.user_id for o in crime.owners.all()}


VALUES = {
    name: rule.values or tuple(str(n) for n in (0, 9, 10, 17, 18, 40)) for name, rule in framework().facts.items()
}
told = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in VALUES.items()})


@settings(max_examples=60)
@given(code=st.sampled_from(sorted(framework().outcomes)), facts=told)
def test_the_database_accepts_an_outcome_exactly_when_the_rulebook_does(code: str, facts: dict[str, str]) -> None:
    facts = _fitting(code, facts)
    typed = {n: int(v) if not framework().facts[n].values else v for n, v in facts.items()}
    day = clock.today()
    by_rules = decide({"reported": day, "outcome": {"chosen": code, "facts": typed}}).kind == "outcome"
    with connection.cursor() as cursor:
        cursor.execute("select iops.outcome_stands(%s, %s::jsonb, %s)", [code, json.dumps(typed), day])
        assert cursor.fetchone() == (by_rules,), (code, facts, failures(framework().outcomes[code], typed))


def _fitting(code: str, facts: dict[str, str]) -> dict[str, str]:
    """What was drawn, after what the outcome wants: so that both answers come up."""
    wanted = {}
    for test in framework().outcomes[code].tests:
        first = str(test.accepts.start) if isinstance(test.accepts, range) else min(test.accepts)
        wanted[test.fact] = first
    kept = dict(list(facts.items())[: len(facts) // 3])
    return wanted | kept


def test_every_outcome_of_the_framework_is_in_the_database_function() -> None:
    sql = outcome_stands()
    assert all(f"when '{code}' then" in sql for code in framework().outcomes)
