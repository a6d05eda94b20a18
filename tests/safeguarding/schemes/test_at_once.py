"""Two people at once: the two ends of a repeat linked in the same moment, and one disclosure made by two."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction

from iops.foundation.errors import ConflictError
from iops.safeguarding.models import DisclosureStep, MaracCase
from iops.safeguarding.schemes import disclosure, marac
from tests.safeguarding.schemes.conftest import london, uncovered

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.safeguarding.schemes.conftest import Unit

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 20


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run each in a transaction of its own, none ending before all have written; what each gave or was refused with."""
    written = threading.Barrier(len(works))
    found: list[object] = [None] * len(works)

    def run(number: int, work: Callable[[], object]) -> None:
        try:
            with transaction.atomic():
                found[number] = work()
                # The second to come may be waiting for the first: then the first must not wait for it.
                with contextlib.suppress(threading.BrokenBarrierError):
                    written.wait(timeout=1)
        except ConflictError as refused:
            found[number] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return found


def test_two_links_written_at_once_make_one_repeat(unit: Unit) -> None:
    ann, bob = unit.person("Ann"), unit.person("Bob")
    first = unit.between(ann, bob, "2026-03-10 10:00")
    told = {"reasons": "Strangled", "by": unit.officer, "referred_at": london("2026-03-10 10:00")}
    marac.refer_to_marac(first.id, ann.id, [bob.id], "professional_judgement", **told)  # type: ignore[arg-type]
    incident = unit.incident("2026-11-03 10:00")
    at_once(lambda: unit.link(ann, "victim", incident), lambda: unit.link(bob, "suspect", incident))
    assert [(c.incident, c.route) for c in MaracCase.objects.exclude(incident=first)] == [(incident, "repeat")]
    assert uncovered() == (0, 0)


def test_two_people_disclose_once(unit: Unit) -> None:
    incident, one, other = unit.incident("2026-03-10 10:00"), unit.keeper, unit.sergeant
    people = unit.person("Ann").id, unit.person("Bob").id
    asked = disclosure.apply_for_disclosure(incident.id, "right_to_know", *people, unit.officer)
    disclosure.disclosure_step(asked.id, "to_disclose", one, note="x")

    def tell(by: object) -> object:
        return disclosure.disclosure_step(asked.id, "disclosed", by, to_whom="Ann", note="x")  # type: ignore[arg-type]

    found = at_once(lambda: tell(one), lambda: tell(other))
    assert sorted(type(each).__name__ for each in found) == ["ConflictError", "DisclosureStep"]
    assert DisclosureStep.objects.filter(kind="disclosed").count() == 1
