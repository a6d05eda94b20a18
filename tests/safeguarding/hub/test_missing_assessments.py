"""The 686 of 2019: assessments that nobody made are all on the list, the riskiest and oldest first, none closable.

With IOPS_DA_INCIDENTS=35000 among as many domestic incidents as the force had that year; among fewer by default.
"""

from __future__ import annotations

import datetime as dt
import os
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from iops.control import services as control
from iops.control.models import Contact, Deployment, Grading, Incident
from iops.foundation import clock
from iops.foundation.errors import IopsError
from iops.foundation.models import District
from iops.foundation.paging import PAGE_SIZE
from iops.foundation.roles import Role
from iops.obligations.models import Obligation
from iops.obligations.selectors import WorklistFilter, worklist
from iops.obligations.services import writing
from iops.safeguarding.hub.page import selectors
from iops.safeguarding.models import RiskAssessment
from tests.force import Force

if TYPE_CHECKING:
    from iops.foundation.models import User

MISSING = 686
MANY = int(os.environ.get("IOPS_DA_INCIDENTS", "1400"))
RULE = "da-risk-assessment"
LONDON = ZoneInfo("Europe/London")
BATCH = 5_000


@dataclass
class Backlog:
    """Domestic incidents of four months in four districts, all attended, of which some were never assessed."""

    force: Force = field(default_factory=Force)
    missing: set[int] = field(default_factory=set)

    @property
    def keeper(self) -> User:
        return self.force.one(Role.SAFEGUARDING)

    def load(self) -> Backlog:
        """Put the facts in set by set; the duties follow from them by themselves."""
        with writing(self.force.one(Role.CALL_HANDLER), reason="loaded"):
            incidents = Incident.objects.bulk_create(self._incidents(), BATCH)
            numbered = list(enumerate(incidents))
            Grading.objects.bulk_create(
                [Grading(incident=i, grade=1 + n % 3, at=i.reported_at) for n, i in numbered], BATCH
            )
            Deployment.objects.bulk_create([_attended(i) for i in incidents], BATCH)
            without = {i.id for i in random.Random(2019).sample(incidents, MISSING)}
            made = [_assessed(i) for i in incidents if i.id not in without]
            RiskAssessment.objects.bulk_create(made, BATCH)
        self.missing = without
        return self

    def _incidents(self) -> list[Incident]:
        others = [District.objects.create(code=c, name=f"{c} district (made up)") for c in ("E", "S", "W")]
        districts = [self.force.district, *others]
        end, span = clock.now() - dt.timedelta(days=1), dt.timedelta(days=120)
        contact = Contact.objects.create(channel="999", at=end - span, outcome="incident", concluded_at=end - span)
        made, numbers = [], dict[dt.date, int]()
        for n in range(MANY):
            at = end - span + span * n / MANY
            day = at.astimezone(LONDON).date()
            numbers[day] = numbers.get(day, 0) + 1
            made.append(
                Incident(
                    day=day,
                    number=numbers[day],
                    contact=contact,
                    reported_at=at,
                    where="1 Mill Lane",
                    what="Shouting heard",
                    district=districts[n % 4],
                    domestic=True,
                )
            )
        return made


def _attended(incident: Incident) -> Deployment:
    at = incident.reported_at + dt.timedelta(minutes=12)
    return Deployment(incident=incident, unit="AB12", assigned_at=incident.reported_at, arrived_at=at)


def _assessed(incident: Incident) -> RiskAssessment:
    at = incident.reported_at + dt.timedelta(hours=1)
    return RiskAssessment(incident=incident, form="short-1", answers={}, grade="standard", rationale="x", at=at)


@pytest.mark.django_db
def test_all_686_missing_assessments_are_listed_in_order_and_none_can_be_closed() -> None:
    backlog = Backlog().load()
    listed = walked(backlog.keeper)
    assert len(listed) == MISSING
    assert {row.record_id for row in listed} == backlog.missing
    order = [(-row.risk, row.due_at) for row in listed]
    assert order == sorted(order)
    assert len({row.risk for row in listed}) == 3
    on_the_hub_and_the_worklist(backlog)
    none_closes(backlog)


def walked(viewer: User) -> list[selectors.Owed]:
    """The whole queue, page by page, as somebody would turn them."""
    pages = -(-MISSING // PAGE_SIZE)
    return [row for page in range(1, pages + 2) for row in selectors.queue("assessments", page, viewer)[2].rows]


def on_the_hub_and_the_worklist(backlog: Backlog) -> None:
    """The number stands on the hub with its oldest and its owner, and on the worklist of those who owe it."""
    standing = next(s for s in selectors.hub(backlog.keeper).queues if s.queue.code == "assessments")
    oldest = Incident.objects.filter(id__in=backlog.missing).order_by("reported_at").first()
    assert (standing.open, standing.late, standing.owners) == (MISSING, MISSING, ("response",))
    assert oldest is not None
    assert standing.oldest == oldest.reported_at + dt.timedelta(minutes=12)
    owed = worklist(backlog.force.one(Role.RESPONSE), WorklistFilter(rule=RULE))
    assert (owed.page.total, owed.late) == (MISSING, MISSING)


def none_closes(backlog: Backlog) -> None:
    """The verb refuses each of a sample, and a duty that blocks the close stands open on every one of them."""
    closer = backlog.force.one(Role.DISPATCHER)
    for incident_id in random.Random(2020).sample(sorted(backlog.missing), 20):
        with pytest.raises(IopsError) as refused, transaction.atomic():
            control.close(incident_id, "Done", closer)
        assert refused.value.code == "blocked"
    blocking = Obligation.objects.filter(
        rule=RULE, rule__blocks__contains=["close"], met_at=None, waived_at=None, record_id__in=backlog.missing
    )
    assert blocking.values("record_id").distinct().count() == MISSING
    assert not Incident.objects.filter(id__in=backlog.missing).exclude(closed_at=None).exists()
