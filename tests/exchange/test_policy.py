"""Who sees which row of exchange: what Python permits is what PostgreSQL shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from iops.control import services as control
from iops.exchange.inbound.services import tell_partner
from iops.exchange.models import Delivery, EscalationTold, InboundMessage, PartnerMessage, SharedIncident, Subscription
from iops.foundation.models import Token, TokenCall, TokenUse, User
from iops.foundation.policy import permits, viewer_of
from iops.foundation.policy.table import policies
from iops.foundation.roles import Role
from tests.exchange.conftest import Program, system
from tests.exchange.test_inbound import hand_over, incident_of
from tests.exchange.test_webhooks import subscribe
from tests.foundation.acting_as import as_user, visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model

    from tests.force import Force

pytestmark = pytest.mark.django_db
CHECKED: tuple[type[Model], ...] = (
    Subscription, Delivery, SharedIncident, PartnerMessage, InboundMessage, Token, TokenCall, TokenUse,
)  # fmt: skip


def test_every_table_of_exchange_has_a_policy_that_is_checked() -> None:
    own = {p.model for p in policies() if p.model._meta.app_label == "exchange"}
    assert own == {m for m in CHECKED if m._meta.app_label == "exchange"} | {EscalationTold}


@pytest.mark.parametrize("restricted", [False, True])
def test_what_python_permits_is_what_postgresql_shows(
    force: Force, program: Callable[..., Program], restricted: bool
) -> None:
    ambulance, other = system("ambulance"), system("other")
    subscribe(force, account=ambulance)
    caller = program("inbound", "webhooks", user=ambulance)
    incident = incident_of(hand_over(caller)[1])
    hand_over(caller, message="m-2", reference="held", kind="update")
    hand_over(caller, what="")
    sergeant = force.one(Role.SERGEANT)
    tell_partner(incident.id, "Two units sent", sergeant)
    if restricted:
        control.restrict(incident.id, [], [], "A colleague is involved", sergeant)
        hand_over(caller, message="m-3", what="A secret")
    everybody: list[User | None] = [None, ambulance, other, sergeant, force.one(Role.ADMINISTRATOR)]
    everybody += [force.one(Role.DISPATCHER), force.one(Role.RESPONSE)]
    for model in CHECKED:
        rows = _all(model, everybody)
        assert rows or (restricted and model in {PartnerMessage, Delivery})
        for who in everybody:
            with as_user(who):
                expected = {row.pk for row in rows if permits(row, viewer_of(who))}
                assert visible(model) == expected, (who, model)


def _all(model: type[Model], everybody: list[User | None]) -> list[Model]:
    """Every row that anybody may see: nobody of the application sees all at once."""
    found: dict[object, Model] = {}
    for who in everybody:
        with as_user(who), transaction.atomic():
            found |= {row.pk: row for row in model._base_manager.all()}
    return list(found.values())
