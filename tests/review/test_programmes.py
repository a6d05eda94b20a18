"""A programme: its population is frozen and proved, all of it is screened, and nothing leaves but by a decision."""

from __future__ import annotations

import datetime as dt
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from django.db import Error, connection, transaction

from iops.control import services as control
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, IopsError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.review import services
from iops.review.models import Frozen, ItemLeft, Programme, ProgrammeItem
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from iops.foundation.models import User
    from tests.review.conftest import Backlog

pytestmark = pytest.mark.django_db


def items(programme: Programme, by: User) -> dict[int, ProgrammeItem]:
    with as_user(by):
        return {item.incident_id: item for item in ProgrammeItem.objects.filter(programme=programme)}


def totals(programme: Programme, by: User) -> Frozen:
    with as_user(by):
        return Frozen.objects.get(programme=programme)


def assessed(backlog: Backlog) -> int:
    incident = backlog.incident()
    backlog.force.safeguard(incident)
    return incident.id


def test_the_population_is_what_the_frame_holds_in_the_period_with_its_hash_and_its_totals(backlog: Backlog) -> None:
    one, two = backlog.incident(), backlog.incident()
    backlog.incident(domestic=False)
    backlog.incident(days=9)
    programme = backlog.frozen()
    told = totals(programme, backlog.reviewer)
    assert (told.in_period, told.population, told.outside) == (3, 2, 1)
    assert told.fingerprint == sha256(f"{one.id},{two.id}".encode()).hexdigest()
    assert set(items(programme, backlog.reviewer)) == {one.id, two.id}


def test_who_freezes_does_not_change_the_population_and_a_restricted_incident_is_counted_and_hidden(
    backlog: Backlog,
) -> None:
    plain, secret = backlog.incident(), backlog.incident()
    control.restrict(secret.id, [], [], "Officer involved", backlog.inspector)
    programme = backlog.frozen()
    assert totals(programme, backlog.reviewer).population == 2
    assert set(items(programme, backlog.reviewer)) == {plain.id}
    assert items(programme, backlog.force.one(Role.CALL_HANDLER)) == {}


def test_an_incident_that_nobody_came_to_or_assessed_is_to_be_acted_on_today_with_every_reason(
    backlog: Backlog,
) -> None:
    bad = backlog.incident().id
    item = items(backlog.frozen(), backlog.reviewer)[bad]
    assert (item.band, item.floor, item.late) == ("A", True, False)
    assert {"nobody-attended-nor-assessed", "no-assessment"} <= set(item.reasons)
    assert item.rank >= 150


def test_an_assessed_incident_without_a_decision_on_recording_is_no_floor_and_ranks_below(backlog: Backlog) -> None:
    bad, better = backlog.incident().id, assessed(backlog)
    found = items(backlog.frozen(), backlog.reviewer)
    assert found[better].band in ("B", "C")
    assert not found[better].floor
    assert found[better].rank < found[bad].rank
    assert "no-recording-decision" in found[better].reasons


def test_what_is_found_later_is_added_with_its_date_and_the_frozen_population_stays(backlog: Backlog) -> None:
    first = backlog.incident()
    programme = backlog.frozen()
    before = totals(programme, backlog.reviewer).fingerprint
    later = backlog.incident()
    assert services.add_late(programme.id, backlog.inspector) == 1
    assert services.add_late(programme.id, backlog.inspector) == 0
    found = items(programme, backlog.reviewer)
    assert (found[first.id].late, found[later.id].late) == (False, True)
    assert found[later.id].found_at >= found[first.id].found_at
    assert totals(programme, backlog.reviewer).fingerprint == before


def test_an_incident_that_is_no_longer_domestic_stays_in_the_population(backlog: Backlog) -> None:
    incident = backlog.incident()
    programme = backlog.frozen()
    with connection.cursor() as cursor:
        cursor.execute("update control_incident set domestic = false where id = %s", [incident.id])
    services.add_late(programme.id, backlog.inspector)
    assert set(items(programme, backlog.reviewer)) == {incident.id}


@pytest.mark.parametrize(
    "sql",
    [
        "delete from review_programmeitem",
        "update review_programmeitem set band = 'C'",
        "update review_frozen set population = 0",
        "delete from review_programme",
        "select iops.review_totals(p, 1) from review_programme p",
        "insert into review_frozen select * from review_frozen",
    ],
)
def test_the_application_can_neither_take_anything_out_nor_change_it(backlog: Backlog, sql: str) -> None:
    backlog.incident()
    backlog.frozen()
    with as_user(backlog.inspector), pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_nobody_puts_an_item_in_by_hand(backlog: Backlog) -> None:
    incident = backlog.incident(days=9)
    backlog.incident()
    programme = backlog.frozen()
    with as_user(backlog.inspector), pytest.raises(Error), transaction.atomic():
        ProgrammeItem.objects.create(
            programme=programme, incident=incident, found_at=clock.now(), late=True, band="D", rank=0, floor=False,
            reasons=[],
        )  # fmt: skip


def test_an_item_leaves_by_an_inspectors_decision_alone_once_and_with_a_reason(backlog: Backlog) -> None:
    incident = assessed(backlog)
    programme = backlog.frozen()
    item = items(programme, backlog.reviewer)[incident]
    with pytest.raises(NotAllowedError):
        services.leave(item.id, "Same log twice", backlog.reviewer)
    with pytest.raises(InvalidError):
        services.leave(item.id, " ", backlog.inspector)
    assert services.leave(item.id, "Same log twice", backlog.inspector).reason == "Same log twice"
    with pytest.raises(ConflictError):
        services.leave(item.id, "Again", backlog.inspector)
    assert incident in items(programme, backlog.reviewer)


def test_nothing_with_a_floor_leaves_whoever_decides(backlog: Backlog) -> None:
    incident = backlog.incident().id
    item = items(backlog.frozen(), backlog.reviewer)[incident]
    with pytest.raises((IopsError, Error), match="floor"), transaction.atomic():
        services.leave(item.id, "Old", backlog.inspector)
    with as_user(backlog.inspector):
        assert not ItemLeft.objects.filter(item=item).exists()


def test_a_programme_is_begun_by_who_answers_for_it_over_a_past_period_that_holds_something(backlog: Backlog) -> None:
    today = clock.today()
    past = today - dt.timedelta(days=3)

    def begin(**other: object) -> Programme:
        told = {
            "title": "T", "purpose": "P", "screen": "domestic-2026", "since": past, "until": past,
            "by": backlog.inspector,
        }  # fmt: skip
        with transaction.atomic():
            return services.freeze(**(told | other))  # type: ignore[arg-type]

    with pytest.raises(NotAllowedError):
        begin(by=backlog.reviewer)
    for other in ({"screen": "x'); drop table y"}, {"until": today}, {"since": today}, {"title": ""}, {"purpose": ""}):
        with pytest.raises(InvalidError):
            begin(**other)
    with pytest.raises((IopsError, Error), match="frame"):
        begin()
    with as_user(backlog.inspector):
        assert not Programme.objects.exists()
    backlog.incident()
    backlog.frozen("Same")
    with pytest.raises(ConflictError):
        backlog.frozen("Same")


def test_what_does_not_exist_is_said_so(backlog: Backlog) -> None:
    with pytest.raises(NotFoundError):
        services.add_late(0, backlog.inspector)
    with pytest.raises(NotFoundError):
        services.leave(0, "Gone", backlog.inspector)


def test_the_function_of_the_database_asks_for_the_role_too(backlog: Backlog) -> None:
    backlog.incident()
    programme = backlog.frozen()
    with as_user(backlog.reviewer), pytest.raises(Error, match="inspector"), transaction.atomic():
        services._place(programme.id)
