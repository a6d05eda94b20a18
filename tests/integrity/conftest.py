"""What tests of the registrar's desk share: a force whose closures are audited."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from iops.control.closing.services import close_incident
from iops.control.models import Closing
from iops.foundation import clock
from iops.foundation.roles import Role
from iops.integrity.audit import services
from iops.integrity.audit.services import Judged
from iops.integrity.models import AuditFrame, AuditItem
from tests.force import Force
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from iops.foundation.models import User

ROOT = "5a" * 32
"""Stands for the root of a seal where a test has no sealer."""
NO_CRIME = Judged(should=False)
RIGHT = Judged(True, "violence", "right", "yes", "yes")
MISSED = Judged(True, "violence", "no", "", "no")


@dataclass
class Desk:
    """A registrar, two reviewers, and closures of yesterday's."""

    force: Force = field(default_factory=Force)

    def __post_init__(self) -> None:
        self.registrar = self.force.one(Role.REGISTRAR)
        self.one, self.other = self.force.one(Role.REVIEWER), self.force.another(Role.REVIEWER)
        self.handler = self.force.one(Role.CALL_HANDLER)

    def closed(self, what: str = "Shouting heard", **facts: Any) -> Closing:
        """A closure as of the day before today."""
        by = facts.pop("closed_by", self.handler)
        days = facts.pop("days", 1)
        note = facts.pop("note", "Words of advice")
        incident = self.force.incident(what=what, reported_at=clock.now() - dt.timedelta(days=days + 1), **facts)
        with as_user(by):
            return Closing.objects.create(
                incident=incident, at=clock.now() - dt.timedelta(days=days), by=by, text=note, code="hoax",
                edition="nsir-2011",
            )  # fmt: skip

    @property
    def yesterday(self) -> dt.date:
        return clock.today() - dt.timedelta(days=1)

    def frozen(self, wanted: int = 10, days: int = 1) -> AuditFrame:
        return services.freeze(clock.today() - dt.timedelta(days=days), self.yesterday, wanted, self.registrar)

    def drawn(self, wanted: int = 10) -> list[AuditItem]:
        """The items of an audit of yesterday's closures, drawn by a root that stands for a seal's."""
        frame = self.frozen(wanted)
        with as_user(self.registrar):
            services.place(frame, 1, ROOT, self.registrar)
            return list(AuditItem.objects.filter(frame=frame).order_by("id"))

    def answered(self, item: AuditItem, first: Judged, second: Judged | None = None) -> None:
        """Both reviewers' answers; the second like the first unless given."""
        services.answer(item.id, first, self.one)
        services.answer(item.id, second or first, self.other)


@pytest.fixture
def scene() -> Desk:
    return Desk()


def close(incident_id: int, by: User) -> Closing:
    """Close an incident as people do."""
    return close_incident(incident_id, "done", by, code="hoax")
