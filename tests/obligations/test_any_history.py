"""Whatever happens to incidents, in whatever order, the table holds what the rules ask, and nothing vanishes."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.control import services as control
from iops.crime.services import decide_recording
from iops.foundation.context import acting
from iops.foundation.errors import IopsError
from iops.foundation.roles import Role
from iops.obligations.conservation import check_conservation
from iops.obligations.models import Obligation, Withdrawn
from iops.obligations.services import waive
from iops.safeguarding import services as safeguarding
from tests.force import Force

if TYPE_CHECKING:
    from iops.control.models import Incident

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

STEPS = (
    "grade 1", "grade 2", "grade 3", "domestic", "not domestic", "send", "arrive", "assess", "review", "child",
    "decide on child", "record", "victim", "waive", "close", "reopen", "restrict",
)  # fmt: skip


def step(force: Force, incident: Incident, what: str) -> None:
    """One step in the life of an incident, by whoever may take it. What is refused is refused."""
    inspector, sergeant, officer = force.one(Role.INSPECTOR), force.one(Role.SERGEANT), force.one(Role.RESPONSE)
    match what.split():
        case ["grade", grade]:
            control.grade(incident.id, int(grade), "circumstances changed", officer)
        case ["domestic"]:
            control.mark_domestic(incident.id, True, "partners", officer)
        case ["not", "domestic"]:
            control.mark_domestic(incident.id, False, "strangers after all", sergeant)
        case ["send"]:
            control.assign_unit(incident.id, f"N{incident.deployments.count()}", officer)
        case ["arrive"]:
            for unit in incident.deployments.filter(arrived_at=None):
                control.record_arrival(unit.id, officer)
        case ["assess"]:
            safeguarding.assess_risk(incident.id, {}, "high", "fear", officer)
        case ["review"]:
            for assessment in incident.risk_assessments.all():
                safeguarding.review_assessment(assessment.id, True, "", sergeant)
        case ["child"]:
            safeguarding.link_child(incident.id, "Child (made up)", None, officer)
        case ["decide", *_]:
            for child in incident.children.all():
                safeguarding.decide_on_child(child.id, "refer_now", "", officer)
        case ["record"]:
            decide_recording(incident.id, "crime", "confirmed", officer)
        case ["victim"]:
            force.record_victim(incident)
        case ["waive"]:
            for owed in Obligation.objects.filter(record_id=incident.id, met_at=None, waived_at=None):
                reason = "agreed with the duty superintendent"
                waive(subject=owed.subject, subject_id=owed.subject_id, rule=owed.rule_id, reason=reason, by=inspector)
        case ["close"]:
            control.close(incident.id, "done", officer)
        case ["reopen"]:
            control.reopen(incident.id, "new facts", officer)
        case _:
            control.restrict(incident.id, [officer.id, sergeant.id, inspector.id], [], "sensitive", sergeant)


@settings(max_examples=40)
@given(steps=st.lists(st.tuples(st.integers(0, 1), st.sampled_from(STEPS)), min_size=1, max_size=14))
def test_the_table_is_the_view_after_any_steps(steps: list[tuple[int, str]]) -> None:
    # A restricted incident is there for its list alone: the story is told by somebody who is on it.
    with transaction.atomic():
        force = Force()
        with acting(user_id=force.one(Role.SERGEANT).id):
            live(force, steps)
        transaction.set_rollback(True)


def live(force: Force, steps: list[tuple[int, str]]) -> None:
    """Two incidents go through the steps; after each the table is the view and nothing has vanished."""
    incidents = [force.incident(), force.incident(domestic=True, crime_reported=True)]
    seen: set[tuple[str, int, str]] = set()
    for which, what in steps:
        with suppress(IopsError), transaction.atomic():
            step(force, incidents[which], what)
        incidents[which].refresh_from_db()
        run = check_conservation()
        assert (run.missing, run.surplus) == (0, 0), (what, run.examples)
        seen |= keys(Obligation)
        assert seen <= keys(Obligation) | keys(Withdrawn)


def keys(model: type[Obligation] | type[Withdrawn]) -> set[tuple[str, int, str]]:
    """What a table holds, by subject and rule."""
    field = "rule_id" if model is Obligation else "rule"
    return set(model.objects.values_list("subject", "subject_id", field))


@pytest.mark.django_db
def test_a_closed_incident_owes_nothing_that_blocks(force_of_one: Force) -> None:
    incident = force_of_one.incident(domestic=True)
    for what in ("grade 2", "send", "arrive", "assess", "review", "record", "victim", "close"):
        step(force_of_one, incident, what)
    incident.refresh_from_db()
    assert incident.closed_at is not None
    open_ones = Obligation.objects.filter(record_id=incident.id, met_at=None, waived_at=None)
    assert [o.rule_id for o in open_ones if "close" in o.rule.blocks] == []


@pytest.fixture
def force_of_one() -> Force:
    return Force()
