"""No sequence of verbs, and nothing written past them, gives an outcome 14, 15 or 16 without what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.crime.models import Crime, CrimeOutcome, EvidenceLed
from iops.crime.outcomes import services
from iops.crime.recorded import deciding, life
from iops.foundation import clock
from iops.foundation.errors import IopsError
from iops.foundation.roles import Role
from iops.obligations.conservation import check_conservation
from iops.obligations.services import writing
from iops.pole import services as pole
from iops.pole.models import Link
from tests.crime.outcomes.scene import TOLD, considered, looked_at, wish
from tests.crime.recorded.scene import recorded
from tests.force import Force

if TYPE_CHECKING:
    from collections.abc import Callable

    from iops.foundation.models import User

pytestmark = pytest.mark.django_db
FITTING = {"14": {"does_not_support", "lost_contact"}, "15": {"supports"}, "16": {"does_not_support"}}


def past_the_verbs(code: str) -> Callable[[Crime, User], object]:
    """The row as the application could write it by itself, with the facts the rulebook wants."""

    def write(crime: Crime, by: User) -> object:
        facts = {
            "suspect_named": "no" if code == "14" else "yes",
            "victim_supports": "yes" if code == "15" else "no",
            "lost_contact": "no",
            "evidential_difficulty": "yes",
            "rape_or_high_risk_abuse": "no",
            "victim_told": "yes",
        }
        with writing(by):
            return CrimeOutcome.objects.create(crime=crime, code=code, facts=facts, reason="x", at=clock.now(), by=by)

    return write


def by_verb(code: str) -> Callable[[Crime, User], object]:
    """The outcome by its verb."""

    def give(crime: Crime, by: User) -> object:
        return deciding.give_outcome(crime.id, code, TOLD, "x", by)

    return give


def without(role: str) -> Callable[[Crime, User], object]:
    """The crime without whoever is linked in that role."""

    def withdraw(crime: Crime, by: User) -> object:
        return [
            pole.withdraw(link, "Wrong", by)
            for link in Link.objects.filter(to_kind="crime", to_id=crime.id, role=role, withdrawn_at=None)
        ]

    return withdraw


STEPS: dict[str, Callable[[Crime, User], object]] = {
    "does not support": wish,
    "supports": lambda c, by: wish(c, by, "supports"),
    "lost": lambda c, by: wish(c, by, "lost_contact"),
    "cannot go on": considered,
    "goes on": lambda c, by: considered(c, by, goes_on=True),
    "safe": looked_at,
    "abuse": lambda c, by: life.flag(c.id, "domestic abuse", by),
    "mine": lambda c, by: life.allocate(c.id, by, "x", user_id=by.id),
    "rape": lambda c, by: deciding.reclassify(c.id, "19C", "new_information", "x", by),
    "no suspect": without("suspect"),
    "no victim": without("victim"),
    **{code: by_verb(code) for code in FITTING},
    **{f"{code} by hand": past_the_verbs(code) for code in FITTING},
    "audit": lambda c, by: services.audit_outcome(c.id, "not_upheld", "x", by),
    "reopen": lambda c, by: deciding.reopen(c.id, "x", by),
}
ROLES = (Role.DETECTIVE, Role.SERGEANT, Role.INSPECTOR, Role.REGISTRAR)


@settings(max_examples=20)
@given(
    start=st.sampled_from([(), ("does not support", "cannot go on", "safe"), ("supports", "cannot go on", "safe")]),
    history=st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from(ROLES)), max_size=8),
)
def test_no_history_gives_an_outcome_without_what_it_rests_on(
    start: tuple[str, ...], history: list[tuple[str, Role]]
) -> None:
    with transaction.atomic():
        force = Force()
        crime = recorded(force)
        for step, role in [*((s, Role.DETECTIVE) for s in start), *history]:
            seen = crime.outcomes.count()
            try:
                with transaction.atomic():
                    STEPS[step](crime, force.one(role))
            except (IopsError, DatabaseError):
                assert crime.outcomes.count() == seen
            if crime.outcomes.count() > seen:
                _rests(crime, force.one(role))
        assert check_conservation().examples == []
        transaction.set_rollback(True)


def _rests(crime: Crime, by: User) -> None:
    """What this test itself knows of the outcome just given, by reading the records one by one."""
    outcome = crime.outcomes.order_by("-id")[0]
    latest = crime.wishes.order_by("-taken_at", "-id").first()
    victims = Link.objects.filter(to_kind="crime", to_id=crime.id, role="victim", withdrawn_at=None)
    assert victims.exists()
    assert latest is not None
    assert latest.wish in FITTING[outcome.code]
    considered_last = EvidenceLed.objects.filter(crime=crime).order_by("-id")[0]
    assert considered_last.goes_on is False
    assert crime.safeguarding_checks.exists()
    grave = crime.flags.filter(flag="domestic abuse", removed_at=None).exists() or crime.classings.exists()
    if grave:
        assert by.holds((Role.INSPECTOR, Role.REGISTRAR))
        assert not crime.owners.filter(user=by).exists()
    assert outcome.drawn.draw < 1000
