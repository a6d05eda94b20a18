"""What tests of programmes share: incidents of domestic abuse of days past, and who answers for them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from iops.foundation import clock
from iops.foundation.roles import Role
from iops.review import services
from tests.force import Force

if TYPE_CHECKING:
    from iops.control.models import Incident
    from iops.review.models import Programme


@dataclass
class Backlog:
    """An inspector, a reviewer and incidents of the day before yesterday."""

    force: Force = field(default_factory=Force)

    def __post_init__(self) -> None:
        self.inspector, self.reviewer = self.force.one(Role.INSPECTOR), self.force.one(Role.REVIEWER)

    def incident(self, days: int = 2, **facts: Any) -> Incident:
        told = {"domestic": True, "reported_at": clock.now() - dt.timedelta(days=days)} | facts
        return self.force.incident(**told)

    def frozen(self, title: str = "Backlog") -> Programme:
        today = clock.today()
        return services.freeze(
            title, "To find what was not done", "domestic-2026", today - dt.timedelta(days=4),
            today - dt.timedelta(days=1), self.inspector,
        )  # fmt: skip


@pytest.fixture
def backlog() -> Backlog:
    return Backlog()
