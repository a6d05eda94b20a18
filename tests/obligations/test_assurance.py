"""Assurance: every duty that arose stands in exactly one column, at any moment."""

from __future__ import annotations

import datetime as dt

import pytest

from iops.control import services as control
from iops.foundation import clock
from iops.foundation.models import District
from iops.foundation.roles import Role
from iops.obligations.conservation import check_conservation
from iops.obligations.models import Obligation, Rule
from iops.obligations.selectors import AssuranceFilter, DutyCounts, assurance, rule_numbers
from iops.obligations.selectors.assurance import total
from iops.obligations.services import waive
from tests.force import Force

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


def ago(**span: int) -> dt.datetime:
    return clock.now() - dt.timedelta(**span)


def test_an_empty_force_has_nothing_to_count_and_names_every_rule() -> None:
    counted = assurance(AssuranceFilter())
    assert counted.total == DutyCounts()
    assert counted.total.accounted
    assert len(counted.rows) == Rule.objects.filter(withdrawn=False).count()
    assert counted.check is None


def test_each_state_is_counted_in_its_own_column(force: Force) -> None:
    handler, sergeant = force.one(Role.CALL_HANDLER), force.one(Role.SERGEANT)
    force.incident()
    force.incident(reported_at=ago(hours=1))
    control.grade(force.incident().id, 4, "", handler)
    control.grade(force.incident(reported_at=ago(hours=1)).id, 4, "", handler)
    waived = force.incident()
    waive(subject="incident", subject_id=waived.id, rule="grade-incident", reason="Opened by mistake", by=sergeant)
    counts = rule_numbers()["grade-incident"]
    assert counts == DutyCounts(
        opened=5, met_in_time=1, met_late=1, waived=1, withdrawn=0, open=2, open_late=1, ages=(2, 0, 0, 0, 0)
    )
    assert counts.accounted


def test_a_duty_that_no_longer_follows_is_counted_as_withdrawn(force: Force) -> None:
    handler = force.one(Role.CALL_HANDLER)
    incident = force.incident()
    control.grade(incident.id, 1, "", handler)
    control.grade(incident.id, 3, "Nobody is in danger", handler)
    counts = rule_numbers()["attend-grade-1"]
    assert (counts.opened, counts.withdrawn, counts.open) == (1, 1, 0)
    assert assurance(AssuranceFilter()).total.accounted


@pytest.mark.parametrize(
    ("hours", "band"), [(0, 0), (23, 0), (25, 1), (71, 1), (73, 2), (167, 2), (169, 3), (671, 3), (673, 4), (9000, 4)]
)
def test_open_duties_are_counted_by_age(force: Force, hours: int, band: int) -> None:
    force.incident(reported_at=ago(hours=hours))
    ages = rule_numbers()["grade-incident"].ages
    assert ages.index(1) == band
    assert sum(ages) == 1


def test_a_moment_in_the_past_is_counted_as_it_was(force: Force) -> None:
    incident = force.incident(reported_at=ago(days=2))
    control.grade(incident.id, 4, "", force.one(Role.CALL_HANDLER))
    then = assurance(AssuranceFilter(as_at=ago(days=1))).total
    assert (then.opened, then.open, then.open_late, then.met_late) == (1, 1, 1, 0)
    assert assurance(AssuranceFilter(as_at=ago(days=3))).total.opened == 0


def test_districts_and_age_of_the_duty_narrow_the_count(force: Force) -> None:
    south = District.objects.create(code="S", name="South (made up)")
    force.incident(reported_at=ago(days=10))
    force.incident(district_id=south.id)
    assert assurance(AssuranceFilter(district_id=south.id)).total.opened == 1
    assert assurance(AssuranceFilter(arose_within=7)).total.opened == 1
    assert assurance(AssuranceFilter(district_id=force.district.id, arose_within=7)).total.opened == 0
    assert assurance(AssuranceFilter(district_id=10**15)).total.opened == 0


def test_restricted_records_are_counted_whoever_asks(force: Force) -> None:
    secret = force.incident()
    control.restrict(secret.id, [], [], "A colleague is involved", force.one(Role.SERGEANT))
    assert rule_numbers()["grade-incident"].opened == 1


def test_the_latest_conservation_check_is_shown(force: Force) -> None:
    force.incident()
    check_conservation()
    latest = check_conservation()
    check = assurance(AssuranceFilter()).check
    assert check is not None
    assert (check.id, check.checked, check.missing, check.surplus) == (latest.id, Obligation.objects.count(), 0, 0)


def test_counts_that_leave_a_duty_out_do_not_pass_as_accounted_for() -> None:
    assert not DutyCounts(opened=2, met_in_time=1).accounted
    assert not DutyCounts(opened=1, open=1).accounted
    assert total([DutyCounts(opened=1, waived=1), DutyCounts(opened=2, withdrawn=2)]).accounted
