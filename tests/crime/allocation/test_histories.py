"""Any history of verbs leaves each open crime standing as it would be made from the facts anew, whoever came first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.control.models import IncidentAccess
from iops.control.services import open_incident
from iops.crime.allocation import selectors, services
from iops.crime.models import AllocationChoice, Crime, CrimeFlag, CrimeOutcome, CrimeOwner, OpenCrime
from iops.crime.recorded import deciding, life
from iops.foundation import clock
from iops.foundation.errors import IopsError
from iops.foundation.models import User
from iops.foundation.roles import Role
from iops.obligations.conservation import check_conservation
from iops.obligations.models import Obligation
from iops.obligations.services import writing
from iops.pole import services as pole
from iops.pole.models import Link
from iops.safeguarding import services as safeguarding
from iops.safeguarding.vulnerability.services import Told, raise_record
from tests.at_once import at_once
from tests.crime.allocation.scene import ASSAULT, crime, detective
from tests.crime.recorded.rows import TWENTY
from tests.force import Force
from tests.foundation.acting_as import as_user

Step = Callable[[Crime, User], object]
ROLES = (Role.RESPONSE, Role.DETECTIVE, Role.SERGEANT, Role.INSPECTOR)


def _unlink(one: Crime, by: User) -> None:
    for link in Link.objects.filter(to_kind="crime", to_id=one.id, role="victim", withdrawn_at=None):
        pole.withdraw(link, "Somebody else", by)


def _unflag(one: Crime, by: User) -> None:
    for flag in CrimeFlag.objects.filter(crime=one, removed_at=None):
        life.remove_flag(flag.id, "Wrong", by)


def _record(one: Crime, by: User) -> None:
    """Of the victim, but out of another incident."""
    told = Told(one.victims.order_by("id")[0].person_id, "adult_care", "medium", "Lives alone", "given")
    other = open_incident(where="2 Mill Lane", what="Fell", district_id=one.incident.district_id, by=by)
    raise_record(other.id, told, by)


def _child(one: Crime, by: User) -> None:
    lee = pole.register_person("Lee Brown (made up)", by, born="2015-02-03")
    pole.link(("person", lee.id), "victim", ("crime", one.id), by)


def _end(one: Crime, by: User) -> None:
    with writing(by):
        CrimeOutcome.objects.create(crime=one, code="20", facts=TWENTY, reason="x", at=clock.now(), by=by)


STEPS: dict[str, Step] = {
    "allocate": lambda c, by: services.allocate(c.id, by, "x", user_id=by.id),
    "assess": lambda c, by: services.assess_solvability(c.id, {"camera": "yes"}, by),
    "screen out": lambda c, by: services.screen(c.id, "out", "x", by),
    "screen in": lambda c, by: services.screen(c.id, "in", "x", by),
    "agree": lambda c, by: services.review_screening(c.id, True, "x", by),
    "do not agree": lambda c, by: services.review_screening(c.id, False, "x", by),
    "end": _end,
    "reopen": lambda c, by: deciding.reopen(c.id, "x", by),
    "flag": lambda c, by: life.flag(c.id, "hate: disability", by),
    "take the flag off": _unflag,
    "high risk": lambda c, by: safeguarding.assess_risk(c.incident_id, {}, "high", "Fear", by),
    "child at home": lambda c, by: safeguarding.link_child(c.incident_id, "Kit (made up)", dt.date(2019, 2, 3), by),
    "child as victim": _child,
    "record": _record,
    "unlink the victims": _unlink,
}


def rows() -> list[tuple[object, ...]]:
    return list(OpenCrime.objects.order_by("crime_id").values_list())


@pytest.mark.django_db
@settings(max_examples=20)
@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from(ROLES)), max_size=9))
def test_what_triggers_keep_is_what_would_be_made_anew(history: list[tuple[str, Role]]) -> None:
    with transaction.atomic():
        force = Force()
        one = crime(force)
        for name, role in history:
            try:
                with transaction.atomic():
                    STEPS[name](one, force.one(role))
            except IopsError:
                continue
        kept = rows()
        with connection.cursor() as cursor:
            cursor.execute("select iops.open_crimes_stand(array[%s])", [one.id])
        assert rows() == kept
        assert check_conservation().examples == []
        transaction.set_rollback(True)


OUT: list[tuple[str, Role]] = [("assess", Role.RESPONSE), ("screen out", Role.DETECTIVE), ("agree", Role.SERGEANT)]


@pytest.mark.django_db
@pytest.mark.parametrize("known", ["record", "child as victim", "flag", "high risk", "child at home"])
def test_what_comes_to_be_known_anywhere_has_a_screened_out_crime_owe_an_owner_again(force: Force, known: str) -> None:
    one = crime(force)
    for name, role in OUT:
        STEPS[name](one, force.one(role))
    owed = Obligation.objects.filter(subject="crime", subject_id=one.id, rule_id="crime-allocated", met_at=None)
    assert not owed.exists()
    STEPS[known](one, force.one(Role.RESPONSE))
    assert owed.exists()
    assert OpenCrime.objects.get(crime=one).waits
    assert check_conservation().examples == []


@pytest.mark.django_db
def test_a_restricted_crime_is_in_no_list_and_its_weight_counts_all_the_same(force: Force) -> None:
    listed, sergeant = force.one(Role.INSPECTOR), force.one(Role.SERGEANT)
    ann = detective("Ann", force.district)
    one = crime(force, ASSAULT, born="2015-02-03")
    services.allocate(crime(force).id, sergeant, "x", user_id=ann.id)
    with as_user(listed):
        IncidentAccess.objects.create(incident=one.incident, user=listed)
        one.incident.restricted = True
        one.incident.save()
    with as_user(sergeant):
        assert [w.row.crime_id for w in selectors.unallocated(sergeant, selectors.Wanted()).rows] == []
        assert not OpenCrime.objects.filter(crime_id=one.id).exists()
    with as_user(listed):
        assert [w.row.crime_id for w in selectors.unallocated(listed, selectors.Wanted()).rows] == [one.id]
        services.allocate(one.id, listed, "On the list", user_id=ann.id)
    other = crime(force)
    with as_user(sergeant):
        found = selectors.of_crime(other).suggestion.of(ann.id)
    assert found is not None
    assert found.officer.held == ((2, 2),)


@pytest.mark.django_db
def test_the_application_writes_no_row_of_what_stands_itself(force: Force) -> None:
    one = crime(force)
    for statement in (
        "delete from crime_opencrime",
        f"update crime_opencrime set waits = false where crime_id = {one.id}",
    ):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db
def test_the_installer_finds_open_crimes_that_have_no_row(force: Force) -> None:
    one = crime(force)
    kept = rows()
    with connection.cursor() as cursor:
        cursor.execute("select iops.open_crimes_stand_all()")
    assert rows() == kept
    assert [row[0] for row in kept] == [one.id]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_allocate_from_the_list_at_once_one_is_told_that_it_has_an_owner(force: Force) -> None:
    ann, bea, one = detective("Ann", force.district), detective("Bea", force.district), crime(force)
    sergeant, inspector = force.one(Role.SERGEANT), force.one(Role.INSPECTOR)
    said = at_once(
        lambda: services.allocate(one.id, sergeant, "x", user_id=ann.id, waiting_only=True),
        lambda: services.allocate(one.id, inspector, "x", user_id=bea.id, waiting_only=True),
    )
    assert sorted(said) == ["ConflictError", "done"]
    assert CrimeOwner.objects.count() == AllocationChoice.objects.count() == 1
    said = at_once(
        lambda: safeguarding.assess_risk(one.incident_id, {}, "high", "Fear", sergeant),
        lambda: safeguarding.link_child(one.incident_id, "Kit (made up)", dt.date(2019, 2, 3), inspector),
    )
    assert said == ["done", "done"]
    assert OpenCrime.objects.get().floors == ["domestic_high", "child_present"]
