"""The triage queue: its order, its pages and its screen."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from iops.foundation import clock
from iops.foundation.errors import InvalidError
from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.safeguarding import services
from iops.safeguarding.models import RankedItem
from iops.safeguarding.ranking import queue as queues
from iops.safeguarding.ranking.queue import QueueFilter, queue
from tests.force import Force

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def test_every_incident_stands_on_one_page_once_in_the_order_of_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "PAGE_SIZE", 2)
    force = Force()
    viewer = force.one(Role.SAFEGUARDING)
    found = [force.incident(domestic=True).id for _ in range(5)]
    seen: list[int] = []
    after, page = "", 1
    while True:
        turned = queue(viewer, QueueFilter(after=after, page=page)).page
        seen += [r.item.incident_id for r in turned.rows]
        if not turned.next:
            break
        after, page = turned.next, page + 1
    assert seen == found
    back = queue(viewer, QueueFilter(before=turned.previous, page=2)).page
    assert [r.item.incident_id for r in back.rows] == found[2:4]
    assert turned.total == 5


def test_a_filter_says_how_many_it_hides_and_standard_grades_are_screened_too() -> None:
    force = Force()
    viewer = force.one(Role.SAFEGUARDING)
    standard, child = force.incident(domestic=True), force.incident(domestic=True)
    services.assess_risk(standard.id, {"fear": "no"}, "standard", "Calm", force.one(Role.RESPONSE))
    services.link_child(child.id, "Sam Made-Up", clock.today() - dt.timedelta(days=900), force.one(Role.RESPONSE))
    assert RankedItem.objects.filter(incident=standard).exists()
    shown = queue(viewer, QueueFilter(undecided_children=True))
    assert [r.item.incident_id for r in shown.page.rows] == [child.id]
    assert shown.page.rows[0].undecided_children
    assert shown.hidden == 1


def test_no_volume_of_lower_items_delays_one_that_needs_a_person_now() -> None:
    force = Force()
    by = force.one(Role.RESPONSE)

    def calm() -> int:
        incident = force.incident(domestic=True)
        for role in ("victim", "suspect"):
            person = pole.register_person(f"{role} made up", by)
            pole.link(("person", person.id), role, ("incident", incident.id), by)
        services.assess_risk(incident.id, {"fear": "no"}, "standard", "Calm", by)
        return incident.id

    lower = [calm() for _ in range(2)]
    high = force.incident(domestic=True).id
    lower += [calm() for _ in range(2)]
    shown = [r.item.incident_id for r in queue(force.one(Role.SAFEGUARDING), QueueFilter()).page.rows]
    assert shown == [high, *lower]
    assert not RankedItem.objects.get(incident=lower[0]).floored


def test_a_key_that_no_queue_gave_out_is_refused() -> None:
    with pytest.raises(InvalidError):
        queue(Force().one(Role.SAFEGUARDING), QueueFilter(after="1~2~x", page=2))


def test_the_page_gives_the_reasons_in_words(client: Client) -> None:
    force = Force()
    incident = force.incident(domestic=True)
    client.force_login(force.one(Role.SAFEGUARDING))
    page = client.get("/hub/triage/?district=abc").content.decode()
    assert incident.reference in page
    assert "Nobody has assessed the risk" in page
    assert "history not known" in page
    assert "1 to 1 of 1" in page
