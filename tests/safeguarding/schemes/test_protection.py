"""Child protection: a strategy discussion within a day, a conference 15 working days after the last one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError
from iops.safeguarding.schemes import protection
from tests.safeguarding.schemes.conftest import Unit, duties, london

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from iops.safeguarding.models import ChildProtection

    Clock = Callable[[str], AbstractContextManager[None]]

pytestmark = pytest.mark.django_db
WHO = "Children's services, health (made up)"


def suspected(unit: Unit, at: str) -> ChildProtection:
    child = unit.child(unit.incident(at))
    return protection.suspect_harm(child.id, "Bruises on both arms", unit.officer, suspected_at=london(at))


def test_a_strategy_discussion_is_owed_within_24_hours(unit: Unit, on: Clock) -> None:
    with on("2026-11-13 18:00"):
        found = duties("child_protection", suspected(unit, "2026-11-13 18:00").id)
    assert {code: duty.due for code, duty in found.items()} == {"strategy-discussion": "2026-11-14 18:00"}


@pytest.mark.parametrize(
    ("held", "due"),
    [
        ("2026-11-02 10:00", "2026-11-24 00:00"),  # a Monday: until the end of Monday three weeks later
        ("2026-12-21 15:00", "2027-01-15 00:00"),  # Christmas, the Boxing Day holiday and New Year's Day are left out
        ("2026-03-25 09:00", "2026-04-18 00:00"),  # Easter, and the clock change
    ],
)
def test_a_conference_is_owed_15_working_days_after_the_discussion(unit: Unit, on: Clock, held: str, due: str) -> None:
    with on(held):
        case = suspected(unit, held)
        protection.hold_discussion(case.id, WHO, "joint", unit.officer, conference=True)
        found = duties("child_protection", case.id)
    assert (found["strategy-discussion"].state, found["protection-conference"].due) == ("met", due)


def test_the_last_of_several_discussions_counts(unit: Unit, on: Clock) -> None:
    with on("2026-11-20 12:00"):
        case = suspected(unit, "2026-11-02 09:00")
        for at in ("2026-11-04 10:00", "2026-11-02 10:00"):
            protection.hold_discussion(case.id, WHO, "joint", unit.officer, conference=True, held_at=london(at))
        assert duties("child_protection", case.id)["protection-conference"].due == "2026-11-26 00:00"
        protection.hold_discussion(case.id, WHO, "no_further", unit.officer, held_at=london("2026-11-06 10:00"))
        assert "protection-conference" not in duties("child_protection", case.id)


def test_what_is_discussed_after_the_conference_starts_no_clock_again(unit: Unit, on: Clock) -> None:
    with on("2026-11-27 12:00"):
        case = suspected(unit, "2026-11-02 09:00")
        told: dict[str, Any] = {"conference": True, "by": unit.officer}
        protection.hold_discussion(case.id, WHO, "joint", held_at=london("2026-11-02 10:00"), **told)
        protection.hold_conference(case.id, True, "Plan made", unit.keeper, held_at=london("2026-11-20 10:00"))
        protection.hold_discussion(case.id, WHO, "joint", held_at=london("2026-11-26 10:00"), **told)
        found = duties("child_protection", case.id)["protection-conference"]
    assert (found.due, found.state) == ("2026-11-24 00:00", "met")


def test_what_cannot_be_is_refused(unit: Unit, on: Clock) -> None:
    with on("2026-11-20 12:00"):
        case = suspected(unit, "2026-11-02 09:00")
        with pytest.raises(ConflictError):
            protection.suspect_harm(case.child_id, "Again", unit.officer)
        with pytest.raises(NotAllowedError):
            protection.suspect_harm(case.child_id, "x", unit.stranger)
        for wrong in (
            {"outcome": "perhaps"},
            {"taking_part": " "},
            {"outcome": "no_further", "conference": True},
            {"held_at": london("2026-11-02 08:59")},
            {"held_at": london("2026-11-20 12:01")},
        ):
            told: dict[str, Any] = {"taking_part": WHO, "outcome": "joint", "by": unit.officer}
            with pytest.raises(InvalidError):
                protection.hold_discussion(case.id, **(told | wrong))
        with pytest.raises(ConflictError, match="No strategy discussion"), transaction.atomic():
            protection.hold_conference(case.id, True, "x", unit.keeper)
        assert not case.discussions.exists()
