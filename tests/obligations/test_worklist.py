"""The worklist: what one's roles owe in one's districts, by risk and time; counted whole, withheld never silently."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from iops.control import services as control
from iops.foundation import clock
from iops.foundation.context import acting
from iops.foundation.models import Consultation, District, Membership, Team, User
from iops.foundation.roles import Role
from iops.obligations.selectors import Reach, WorklistFilter, worklist
from tests.force import Force

if TYPE_CHECKING:
    from iops.obligations.selectors import Worklist

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


def seen_by(user: User, **wanted: object) -> Worklist:
    """The worklist as this person gets it: in their name."""
    with acting(user_id=user.id):
        return worklist(User.objects.get(id=user.id), WorklistFilter(**wanted))  # type: ignore[arg-type]


def of_district(force: Force, role: Role, district: District) -> User:
    team = Team.objects.create(name=f"{district} {role}", district=district)
    user = User.objects.create(username=f"{role}-{district.code}", name=f"{role} of {district} (made up)", made_up=True)
    Membership.objects.create(user=user, team=team, role=role)
    return user


def ago(**span: int) -> dt.datetime:
    return clock.now() - dt.timedelta(**span)


def test_a_duty_is_on_the_list_of_the_role_that_owns_it_and_on_no_other(force: Force) -> None:
    incident = force.incident()
    mine = seen_by(force.one(Role.CALL_HANDLER))
    assert [(r.rule, r.record_id, r.mine, r.gone_up) for r in mine.page.rows] == [
        ("grade-incident", incident.id, True, ())
    ]
    assert seen_by(force.one(Role.DISPATCHER)).page.total == 0


def test_a_duty_goes_up_when_its_step_has_passed_and_is_called_escalated_there(force: Force) -> None:
    force.incident(reported_at=ago(minutes=6))
    [row] = seen_by(force.one(Role.SERGEANT)).page.rows
    assert (row.mine, row.gone_up) == (False, ("sergeant",))
    assert seen_by(force.one(Role.SERGEANT), reach=Reach.MINE).page.total == 0
    assert seen_by(force.one(Role.SERGEANT), reach=Reach.ESCALATED).page.total == 1


def test_a_duty_is_not_on_the_supervisors_list_before_its_step(force: Force) -> None:
    force.incident(reported_at=ago(minutes=4))
    assert seen_by(force.one(Role.SERGEANT)).page.total == 0


def test_the_highest_risk_comes_first_and_then_the_earliest_due(force: Force) -> None:
    later = force.incident(reported_at=ago(minutes=1))
    earlier = force.incident(reported_at=ago(minutes=3))
    domestic = force.incident(domestic=True)
    rows = seen_by(force.one(Role.CALL_HANDLER)).page.rows
    assert [r.record_id for r in rows] == [domestic.id, earlier.id, later.id]


def test_a_row_names_the_record_where_it_is_and_what_it_is(force: Force) -> None:
    incident = force.incident(where="3 Canal Side", domestic=True)
    [row] = seen_by(force.one(Role.CALL_HANDLER)).page.rows
    assert row.label is not None
    assert (row.label.reference, row.label.place) == (incident.reference, "3 Canal Side")
    assert row.label.tags == ("Not graded", "Domestic")
    assert row.label.address == f"/incidents/{incident.number}/{incident.day:%d%m%Y}/"


def test_one_sees_the_duties_of_ones_own_districts_only(force: Force) -> None:
    south = District.objects.create(code="S", name="South (made up)")
    here, there = force.incident(), force.incident(district_id=south.id)
    north_handler = of_district(force, Role.CALL_HANDLER, force.district)
    assert [r.record_id for r in seen_by(north_handler).page.rows] == [here.id]
    assert seen_by(north_handler, district_id=south.id).page.total == 0
    force_wide = seen_by(force.one(Role.CALL_HANDLER), district_id=south.id)
    assert [r.record_id for r in force_wide.page.rows] == [there.id]


def test_the_filter_finds_by_record_by_rule_and_by_lateness(force: Force) -> None:
    late, fresh = force.incident(reported_at=ago(minutes=20)), force.incident()
    handler = force.one(Role.CALL_HANDLER)
    assert [r.record_id for r in seen_by(handler, late_only=True).page.rows] == [late.id]
    assert [r.record_id for r in seen_by(handler, record=fresh.reference).page.rows] == [fresh.id]
    assert seen_by(handler, record="99999/01012000").page.total == 0
    assert seen_by(handler, record="'; drop table x; --").page.total == 0
    assert seen_by(handler, rule="no-such-rule").page.total == 0
    assert seen_by(handler, rule="grade-incident").page.total == 2


def test_counts_by_rule_add_up_and_keep_every_rule_when_one_is_chosen(force: Force) -> None:
    incident = force.incident(reported_at=ago(hours=5))
    control.grade(incident.id, 1, "", force.one(Role.CALL_HANDLER))
    force.incident(reported_at=ago(minutes=10))
    found = seen_by(force.one(Role.SERGEANT))
    assert sum(c.total for c in found.counts) == found.page.total
    assert sum(c.late for c in found.counts) == found.late
    chosen = seen_by(force.one(Role.SERGEANT), rule="grade-incident")
    assert (chosen.page.total, {c.rule for c in chosen.counts}) == (1, {c.rule for c in found.counts})


def test_pages_show_every_duty_once_and_say_how_many_there_are(force: Force) -> None:
    made = {force.incident().id for _ in range(53)}
    handler = force.one(Role.CALL_HANDLER)
    first, second, third = (seen_by(handler, page=n).page for n in (1, 2, 3))
    assert (first.total, first.first, first.last, first.pages) == (53, 1, 50, 2)
    assert (second.first, second.last) == (51, 53)
    assert {r.record_id for r in (*first.rows, *second.rows)} == made
    assert (third.rows, third.total, third.first) == ((), 53, 0)


def test_a_met_or_waived_duty_leaves_the_list(force: Force) -> None:
    incident = force.incident()
    control.grade(incident.id, 4, "", force.one(Role.CALL_HANDLER))
    assert seen_by(force.one(Role.CALL_HANDLER)).page.total == 0


def test_what_is_restricted_is_withheld_and_counted_as_withheld(force: Force) -> None:
    secret = force.incident(where="A secret place")
    force.incident()
    control.restrict(secret.id, [], [], "A colleague is involved", force.one(Role.SERGEANT))
    found = seen_by(force.one(Role.CALL_HANDLER))
    assert (found.page.total, found.withheld) == (1, 1)
    assert "A secret place" not in repr(found)
    assert seen_by(force.one(Role.CALL_HANDLER), record=secret.reference).page.total == 0


def test_nothing_is_withheld_from_somebody_on_the_list(force: Force) -> None:
    secret, handler = force.incident(), force.one(Role.CALL_HANDLER)
    control.restrict(secret.id, [handler.id], [], "A colleague is involved", force.one(Role.SERGEANT))
    found = seen_by(handler)
    assert (found.page.total, found.withheld) == (1, 0)
    assert found.page.rows[0].label is not None
    assert "Restricted" in found.page.rows[0].label.tags


def test_somebody_without_a_role_has_an_empty_list(force: Force) -> None:
    force.incident()
    nobody = User.objects.create(username="nobody", name="Nobody (made up)", made_up=True)
    found = seen_by(nobody)
    assert (found.page.total, found.withheld, found.counts) == (0, 0, ())


def test_looking_at_the_list_is_logged_with_the_records_that_were_shown(force: Force) -> None:
    incident, handler = force.incident(), force.one(Role.CALL_HANDLER)
    seen_by(handler)
    with acting(user_id=handler.id):
        look = Consultation.objects.filter(user=handler).latest("id")
    assert (look.kind, look.record_ids) == ("incident", [incident.id])
