"""What the schemes tell is news to the ranking: on the list of a MARAC, a notice served, an order that stands (A9)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from iops.foundation import clock
from iops.safeguarding.jobs import rank_all, rank_waiting
from iops.safeguarding.models import RankedItem, RankingWait
from iops.safeguarding.ranking.weights import in_force
from iops.safeguarding.schemes import marac, notices
from iops.safeguarding.schemes.notices import Notice
from tests.safeguarding.schemes.conftest import london

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from typing import Any

    from iops.control.models import Incident
    from iops.pole.models import Person
    from iops.safeguarding.models import ProtectionNotice
    from tests.safeguarding.schemes.conftest import Unit

    Clock = Callable[[str], AbstractContextManager[None]]

pytestmark = pytest.mark.django_db
BEGIN = "2026-11-10 10:00"


def floors(incident: Incident) -> set[str]:
    return set(RankedItem.objects.get(incident=incident).floors)


def breach(incident: Incident) -> int:
    return int(RankedItem.objects.get(incident=incident).terms["breach"])


@pytest.fixture
def pair(unit: Unit) -> tuple[Person, Person]:
    return unit.person("Ann Brown"), unit.person("Bob Brown", "1980-01-02")


def served(unit: Unit, incident: Incident, pair: tuple[Person, Person]) -> ProtectionNotice:
    victim, suspect = pair
    told = Notice("dapn", victim.id, suspect.id, "Inspector 1234 (made up)", "inspector", "Threats", clock.now())
    return notices.serve_notice(incident.id, told, unit.officer)


def step(notice: ProtectionNotice, kind: str, unit: Unit, **told: Any) -> None:
    notices.notice_step(notice.id, kind, unit.keeper, **told)


def test_a_referral_to_a_marac_needs_a_person_now_on_every_open_incident_of_the_victim_for_twelve_months(
    unit: Unit, pair: tuple[Person, Person], on: Clock
) -> None:
    with on(BEGIN):
        first, other = unit.between(*pair, BEGIN), unit.between(pair[0], unit.person("Carl White"), BEGIN)
        stranger = unit.between(unit.person("Dee Green"), pair[1], BEGIN)
        rank_waiting()
        assert not any("marac" in floors(i) for i in (first, other, stranger))
        marac.refer_to_marac(first.id, pair[0].id, [pair[1].id], "visible_high_risk", "", unit.keeper)
        assert "marac" in floors(first)
        assert other.id in set(RankingWait.objects.values_list("incident_id", flat=True))
        rank_waiting()
        assert "marac" in floors(other)
        assert "marac" not in floors(stranger)
    with on("2027-11-10 10:00"):
        rank_all()
        assert "marac" in floors(other)
    with on("2027-11-11 10:00"):
        rank_all()
        assert "marac" not in floors(other)


def test_a_notice_against_the_suspect_weighs_and_needs_a_person_on_their_other_open_incidents_too(
    unit: Unit, pair: tuple[Person, Person], on: Clock
) -> None:
    with on(BEGIN):
        first, other = unit.between(*pair, BEGIN), unit.between(unit.person("Dee Green"), pair[1], BEGIN)
        rank_waiting()
        assert (breach(first), breach(other)) == (0, 0)
        served(unit, first, pair)
        rank_waiting()
        weight = in_force(clock.today()).breach
        assert weight > 0
        assert (breach(first), breach(other)) == (weight, weight)
        assert all("order_breached" in floors(i) for i in (first, other))


def test_an_order_weighs_to_its_last_day_and_not_beyond(unit: Unit, pair: tuple[Person, Person], on: Clock) -> None:
    with on(BEGIN):
        first = unit.between(*pair, BEGIN)
        notice = served(unit, first, pair)
        step(notice, "listed", unit, listed_for=london("2026-11-11 10:00"))
    with on("2026-11-11 12:00"):
        step(notice, "order_made", unit, ends_on=dt.date(2026, 12, 9))
        assert "order_breached" in floors(first)
    with on("2026-12-09 23:00"):
        rank_all()
        assert "order_breached" in floors(first)
    with on("2026-12-10 01:00"):
        rank_all()
        assert "order_breached" not in floors(first)
        assert breach(first) == 0


@pytest.mark.parametrize("kind", ["refused", "withdrawn"])
def test_what_the_court_refused_or_police_withdrew_weighs_no_more(
    unit: Unit, pair: tuple[Person, Person], on: Clock, kind: str
) -> None:
    with on(BEGIN):
        first = unit.between(*pair, BEGIN)
        notice = served(unit, first, pair)
        step(notice, "listed", unit, listed_for=london("2026-11-11 10:00"))
    with on("2026-11-11 12:00"):
        step(notice, kind, unit, note="Not proportionate")
        assert "order_breached" not in floors(first)


def test_a_notice_that_has_lapsed_weighs_no_more(unit: Unit, pair: tuple[Person, Person], on: Clock) -> None:
    with on(BEGIN):
        first = unit.between(*pair, BEGIN)
        served(unit, first, pair)
    with on("2026-11-13 12:00"):
        assert notices.note_lapses() == 1
        assert "order_breached" not in floors(first)
