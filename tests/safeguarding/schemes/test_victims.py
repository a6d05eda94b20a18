"""Victims of domestic abuse have enhanced rights by default, and their first clocks run from the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError
from iops.pole import services as pole
from iops.safeguarding.models import VictimRights
from iops.safeguarding.schemes import victims
from tests.safeguarding.schemes.conftest import Unit, duties

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    Clock = Callable[[str], AbstractContextManager[None]]

pytestmark = pytest.mark.django_db


def rights(unit: Unit, at: str = "2026-11-10 09:00") -> VictimRights:
    incident = unit.incident(at)
    unit.link(unit.person("Ann"), "victim", incident)
    return VictimRights.objects.get(incident=incident)


def test_a_victim_who_is_linked_has_enhanced_rights_and_is_owed_two_things(unit: Unit, on: Clock) -> None:
    with on("2026-11-13 18:00"):
        found = rights(unit, "2026-11-13 18:00")
        owed = duties("victim_rights", found.id)
    assert found.enhanced
    assert {code: duty.due for code, duty in owed.items()} == {
        "victim-needs-assessment": "2026-11-15 18:00",
        "victim-support-contact": "2026-11-15 18:00",
    }


@pytest.mark.parametrize(("day", "owed"), [("2021-03-31", False), ("2021-04-01", True)])
def test_the_code_holds_from_its_day(unit: Unit, day: str, owed: bool) -> None:
    assert bool(duties("victim_rights", rights(unit, f"{day} 12:00").id)) is owed


def test_the_mark_of_domestic_abuse_may_come_after_the_victim(unit: Unit) -> None:
    incident = unit.incident(domestic=False)
    unit.link(unit.person("Ann"), "aggrieved", incident)
    unit.link(unit.person("Bob"), "suspect", incident)
    assert not VictimRights.objects.exists()
    unit.mark_domestic(incident)
    assert VictimRights.objects.get().enhanced


def test_steps_meet_what_is_owed(unit: Unit) -> None:
    found = rights(unit)
    victims.victim_step(found.id, "needs_assessed", "Interpreter; a safe number is kept", unit.officer)
    victims.victim_step(found.id, "support_declined", "Not now", unit.officer)
    assert {d.state for d in duties("victim_rights", found.id).values()} == {"met late"}
    told: dict[str, Any] = {"kind": "needs_assessed", "note": "x", "by": unit.officer}
    for wrong in ({"kind": "ignored"}, {"note": " "}):
        with pytest.raises(InvalidError):
            victims.victim_step(found.id, **(told | wrong))


def test_enhanced_rights_are_removed_by_a_supervisor_with_a_reason_and_can_be_restored(unit: Unit) -> None:
    found = rights(unit)
    with pytest.raises(NotAllowedError):
        victims.remove_enhanced(found.id, "Not a victim", unit.officer)
    with pytest.raises(InvalidError):
        victims.remove_enhanced(found.id, " ", unit.sergeant)
    victims.remove_enhanced(found.id, "A neighbour dispute", unit.sergeant)
    with pytest.raises(ConflictError), transaction.atomic():
        victims.remove_enhanced(found.id, "Again", unit.sergeant)
    assert not VictimRights.objects.get().enhanced
    victims.restore_enhanced(found.id, unit.officer)
    assert VictimRights.objects.get().enhanced
    with pytest.raises(Exception, match="removed_with_reason"), transaction.atomic():
        VictimRights.objects.update(enhanced=False)


def test_a_victim_linked_by_mistake_is_owed_nothing_and_stays_on_record(unit: Unit) -> None:
    incident, ann = unit.incident(), unit.person("Ann")
    link = unit.link(ann, "victim", incident)
    found = VictimRights.objects.get()
    assert duties("victim_rights", found.id)
    pole.withdraw(link, "Another woman", unit.officer)
    assert duties("victim_rights", found.id) == {}
    unit.link(ann, "victim", incident)
    assert duties("victim_rights", found.id)
