"""What Python permits of the registrar's desk is what PostgreSQL shows, for everybody, before and after an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction

from iops.control import services as control
from iops.foundation import clock
from iops.foundation.policy import permits, policies, viewer_of
from iops.foundation.roles import Role
from iops.integrity.audit import services
from iops.integrity.models import AuditComparison, AuditItem, SuspicionDecision
from tests.foundation.acting_as import as_user, visible
from tests.foundation.in_memory import InMemory
from tests.integrity.conftest import MISSED, RIGHT, Desk

if TYPE_CHECKING:
    from django.db.models import Model

pytestmark = pytest.mark.django_db
MODELS = [p.model for p in policies() if p.model._meta.app_label == "integrity"]


def a_world(scene: Desk) -> InMemory:
    """Three items: settled, half answered, of a restricted incident; a decision; read by somebody who sees them all."""
    made = [scene.closed() for _ in range(3)]
    items = scene.drawn()
    scene.answered(items[0], RIGHT, MISSED)
    services.answer(items[1].id, RIGHT, scene.one)
    with as_user(scene.registrar):
        SuspicionDecision.objects.create(
            incident_id=items[2].incident_id, closing_id=items[2].closing_id, verdict="record", reason="x", signs=[],
            edition="x", at=clock.now(), by=scene.registrar,
        )  # fmt: skip
        services.adjudicate(items[0].id, services.Judged(False, words="x"), scene.registrar)
    control.restrict(items[2].incident_id, [scene.one.id], [], "sensitive", scene.force.one(Role.SERGEANT))
    assert len(made) == 3
    return _held(scene)


def _held(scene: Desk) -> InMemory:
    """Every row, gathered from all who see any."""
    memory = InMemory()
    seen: set[tuple[type[Model], int]] = set()
    everybody = [scene.registrar, scene.one, scene.other, scene.force.one(Role.SERGEANT)]
    for who in everybody:
        with as_user(who):
            for model in _needed():
                for row in model._base_manager.all():
                    if (model, row.pk) not in seen:
                        seen.add((model, row.pk))
                        memory.keep(row)
    return memory


def _needed() -> list[type[Model]]:
    from iops.control.models import Closing, Incident, IncidentAccess

    return [Incident, IncidentAccess, Closing, *MODELS]


def test_what_python_permits_is_what_postgresql_shows(scene: Desk) -> None:
    memory = a_world(scene)
    people = [scene.registrar, scene.one, scene.other, scene.handler, scene.force.one(Role.INSPECTOR), None]
    for who in people:
        viewer = viewer_of(who)
        for model in MODELS:
            expected = {row.pk for row in memory.held.get(model, []) if permits(row, viewer, memory)}
            with as_user(who):
                assert visible(model) == expected, (who, model)


def test_items_and_comparisons_are_written_by_the_database_alone(scene: Desk) -> None:
    scene.closed()
    item = scene.drawn()[0]
    with as_user(scene.registrar), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        AuditComparison.objects.create(id=item.id, item=item, agrees=True, differing=[], at=clock.now())
    with as_user(scene.registrar), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        AuditItem.objects.create(
            frame=item.frame, stratum=item.stratum, closing=item.closing, incident=item.incident, place=9,
            drawn_at=clock.now(),
        )  # fmt: skip
