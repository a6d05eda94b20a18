"""The small made-up force shows classing and closing as they are."""

from __future__ import annotations

import pytest

from iops.control.models import Classing, Closing, Incident
from iops.obligations.conservation import check_conservation
from iops.obligations.models import Obligation
from iops.synthetic.services import build_small_force

pytestmark = pytest.mark.django_db


def test_the_small_force_has_classings_closings_and_duties_to_decide() -> None:
    assert build_small_force("a long enough word for made-up people")
    assert Classing.objects.count() > Incident.objects.count() // 2
    assert 0 < Closing.objects.count() == Incident.objects.exclude(closed_at=None).count()
    assert Obligation.objects.filter(rule_id="da-mark-decide", met_at__isnull=False).exists()
    run = check_conservation()
    assert (run.missing, run.surplus) == (0, 0), run.examples
