"""The calls of the small made-up force: every kind of contact is there, and what is owed is what the rules ask."""

from __future__ import annotations

import pytest
from django.db import connection

from iops.control.contact.figures import answer_times
from iops.control.contact.selectors import ContactsFilter, State, contacts, ringing
from iops.control.models import CallBackAttempt, CallerPlace, Contact, SilentCall
from iops.foundation import clock
from iops.foundation.context import acting
from iops.foundation.models import User
from iops.obligations.conservation import check_conservation
from iops.obligations.models import Obligation
from iops.synthetic.calls import CALLS, LASTS
from iops.synthetic.services import INCIDENTS, build_small_force

pytestmark = pytest.mark.django_db


def test_the_small_force_has_calls_of_every_kind_and_owes_what_the_rules_ask() -> None:
    assert build_small_force("a long word of nobody")
    handler = User.objects.get(username="call-handler")
    now = clock.now()
    with acting(user_id=handler.id):
        assert Contact.objects.count() == INCIDENTS + CALLS + 1
        assert not Contact.objects.exclude(made_up=True).exists()
        assert SilentCall.objects.exists()
        assert CallerPlace.objects.exists()
        assert CallBackAttempt.objects.exists()
        owed = set(Obligation.objects.filter(subject="contact", met_at=None).values_list("rule_id", flat=True))
        assert owed == {"contact-outcome", "contact-abandoned"}
        times = answer_times(now - LASTS * 4, clock.now())
        assert {t.channel for t in times} == {"999", "101"}
        assert all(t.answered and t.mean and t.nine_in_ten for t in times)
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from control_contact where number !~ '^07700 900[0-9]{3}$'")
            assert cursor.fetchone() == (0,)
    assert len(ringing(handler)) == 1
    assert contacts(handler, ContactsFilter(state=State.CALL_BACK)).total > 0
    run = check_conservation()
    assert (run.missing, run.surplus) == (0, 0), run.examples
