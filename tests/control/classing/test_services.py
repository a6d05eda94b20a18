"""Classing an incident, and deciding whether it is domestic abuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from iops.control import services as control
from iops.control.classing import selectors, services
from iops.control.models import Classing, DomesticDecision
from iops.foundation import clock
from iops.foundation.errors import BlockedError, ConflictError, InvalidError, NotFoundError
from iops.pole import services as pole
from tests.force import owed
from tests.foundation.acting_as import as_user
from tests.foundation.consulting import assert_consulted

if TYPE_CHECKING:
    from tests.control.classing.conftest import Scene

pytestmark = pytest.mark.django_db


def test_a_classing_says_category_and_qualifiers_and_the_incident_reads_so(scene: Scene) -> None:
    incident = scene.force.incident(what="Drunk man shouting in the street")
    made = services.classify(incident.id, "asb-nuisance", ["alcohol"], scene.handler)
    incident.refresh_from_db()
    assert (made.edition, made.category, made.qualifiers, incident.category) == (
        "nsir-2011",
        "asb-nuisance",
        ["alcohol"],
        "ASB Nuisance",
    )
    assert made.suggestions == [{"code": "alcohol", "because": ["The text speaks of drink. (“Drunk”)"], "taken": True}]


def test_a_pair_that_qualifies_is_owed_a_decision_until_the_incident_is_marked(scene: Scene) -> None:
    incident = scene.force.incident(crime_reported=True)
    assert "da-mark-decide" not in owed(incident)
    scene.couple(incident)
    assert owed(incident)["da-mark-decide"] == "open"
    with pytest.raises(BlockedError):
        control.close(incident.id, "done", scene.handler)
    control.mark_domestic(incident.id, True, "", scene.handler)
    assert owed(incident)["da-mark-decide"] == "met"
    assert DomesticDecision.objects.get().answer == "qualifies"


def test_a_domestic_suggestion_is_taken_or_declined_with_a_reason(scene: Scene) -> None:
    incident = scene.force.incident(what="My husband punched me and left")
    with pytest.raises(InvalidError, match="Domestic abuse is suggested: The text names") as refused:
        services.classify(incident.id, "crime-violence", [], scene.handler, declined="  ")
    assert refused.value.details["field"] == "declined"
    made = services.classify(incident.id, "crime-violence", [], scene.handler, declined="Wrong number, she dreamt it")
    incident.refresh_from_db()
    decided = DomesticDecision.objects.get()
    assert (incident.domestic, made.declined, decided.domestic, decided.reason) == (
        False,
        "Wrong number, she dreamt it",
        False,
        "Wrong number, she dreamt it",
    )
    assert made.suggestions[0]["taken"] is False


def test_a_reason_that_is_not_needed_is_not_kept_as_one(scene: Scene) -> None:
    made = services.classify(scene.force.incident().id, "hoax", [], scene.handler, declined="just in case")
    assert (made.declined, DomesticDecision.objects.count()) == ("", 0)


def test_the_domestic_qualifier_marks_the_incident_and_is_not_taken_away_by_classing(scene: Scene) -> None:
    incident = scene.force.incident()
    services.classify(incident.id, "domestic", ["domestic"], scene.handler)
    incident.refresh_from_db()
    assert incident.domestic
    again = services.classify(incident.id, "domestic", [], scene.handler)
    assert again.qualifiers == ["domestic"]
    assert [d.domestic for d in DomesticDecision.objects.all()] == [True]


def test_classing_again_says_why_and_the_latest_counts(scene: Scene) -> None:
    incident = scene.force.incident()
    services.classify(incident.id, "hoax", [], scene.handler)
    with pytest.raises(InvalidError, match="Reason for another category"):
        services.classify(incident.id, "alarm", [], scene.handler)
    services.classify(incident.id, "hoax", ["youth"], scene.handler)
    services.classify(incident.id, "alarm", [], scene.handler, reason="It was a real alarm")
    incident.refresh_from_db()
    assert (incident.category, Classing.objects.count()) == ("Alarm", 3)
    with as_user(scene.handler), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Classing.objects.update(category="hoax")


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"category": "no such thing"}, "category"),
        ({"category": ""}, "category"),
        ({"category": "x" * 9999}, "category"),
        ({"qualifiers": ["nonsense"]}, "qualifiers"),
        ({"qualifiers": ["olympics"]}, "qualifiers"),
        ({"behaviours": ["rude"]}, "behaviours"),
        ({"reason": "a\x00b"}, "Reason for another category"),
    ],
)
def test_what_no_edition_knows_is_refused_and_says_what_there_is(
    scene: Scene, told: dict[str, object], field: str
) -> None:
    given: dict[str, object] = {"category": "hoax", "qualifiers": []} | told
    with pytest.raises(InvalidError) as refused:
        services.classify(scene.force.incident().id, by=scene.handler, **given)  # type: ignore[arg-type]
    assert refused.value.details["field"] == field


def test_no_classing_of_what_is_closed_or_not_there(scene: Scene) -> None:
    incident = scene.force.incident()
    control.close(incident.id, "done", scene.handler)
    with pytest.raises(ConflictError, match="closed"):
        services.classify(incident.id, "hoax", [], scene.handler)
    with pytest.raises(NotFoundError):
        services.classify(999_999, "hoax", [], scene.handler)
    with pytest.raises(NotFoundError):
        services.decide_not_domestic(999_999, "x", scene.handler)


def test_a_decision_that_it_is_not_domestic_holds_until_the_facts_say_more(scene: Scene) -> None:
    incident = scene.force.incident(crime_reported=True)
    victim, _ = scene.couple(incident, born="")
    assert owed(incident)["da-mark-decide"] == "open"
    with pytest.raises(InvalidError, match="Reason"):
        services.decide_not_domestic(incident.id, " ", scene.handler)
    made = services.decide_not_domestic(incident.id, "A mix-up of names", scene.handler)
    assert (made.answer, owed(incident)["da-mark-decide"]) == ("may", "met")
    pole.add_birth(victim.id, "1/1/1990", scene.handler)
    assert owed(incident)["da-mark-decide"] == "open"
    assert services.decide_not_domestic(incident.id, "Still a mix-up", scene.handler).answer == "qualifies"
    assert owed(incident)["da-mark-decide"] == "met"


def test_the_mark_is_taken_away_by_a_sergeant_and_that_decides_it(scene: Scene) -> None:
    incident = scene.force.incident(crime_reported=True, domestic=True)
    scene.couple(incident)
    assert "da-mark-decide" not in owed(incident)
    with pytest.raises(InvalidError, match="is marked"):
        services.decide_not_domestic(incident.id, "no", scene.handler)
    control.mark_domestic(incident.id, False, "Two strangers of the same name", scene.sergeant)
    assert owed(incident)["da-mark-decide"] == "met"
    control.mark_domestic(incident.id, True, "", scene.handler)
    assert [d.domestic for d in DomesticDecision.objects.order_by("id")] == [False, True]


def test_reopening_brings_back_what_is_owed(scene: Scene) -> None:
    incident = scene.force.incident(what="A quarrel")
    services.classify(incident.id, "domestic", [], scene.handler, declined="Two neighbours")
    assert owed(incident)["da-mark-decide"] == "met"
    control.close(incident.id, "done", scene.handler)
    control.reopen(incident.id, "New facts", scene.handler)
    scene.couple(incident)
    services.classify(incident.id, "domestic", [], scene.handler, behaviours=["physical"], declined="Still neighbours")
    assert owed(incident)["da-mark-decide"] == "met"
    scene.couple(incident, role="spouse")
    assert owed(incident)["da-mark-decide"] == "met"


def test_the_database_keeps_a_decision_said_and_the_list_of_a_restricted_incident(scene: Scene) -> None:
    incident = scene.force.incident()
    services.classify(incident.id, "hoax", [], scene.handler)
    with pytest.raises(IntegrityError, match="says_why"), transaction.atomic():
        DomesticDecision.objects.create(incident=incident, at=clock.now(), domestic=False, answer="may", reason="")
    control.restrict(incident.id, [], [], "sensitive", scene.sergeant)
    with pytest.raises(NotFoundError):
        selectors.incident_class(incident.id, scene.handler)
    with assert_consulted("incident", [incident.id], scene.sergeant):
        assert selectors.incident_class(incident.id, scene.sergeant).classing is not None


def test_the_page_suggests_explains_and_keeps_what_was_typed(scene: Scene) -> None:
    incident = scene.force.incident(what="My husband punched me, he is drunk", crime_reported=True)
    scene.couple(incident)
    client = Client()
    client.force_login(scene.handler)
    page = f"/incidents/{incident.number}/{incident.day:%d%m%Y}/"
    shown = client.get(page).content.decode()
    assert "suggested because: The text speaks of drink. (“drunk”)" in shown
    assert "They are personally connected: ex-partner." in shown
    assert 'href="#act-classify"' in shown
    told = {"category": "crime-violence", "qualifiers": ["alcohol"]}
    refused = client.post(f"{page}classify/", told)
    assert refused.status_code == 422
    assert "say why it is not domestic abuse" in refused.content.decode()
    done = client.post(f"{page}classify/", told | {"qualifiers": ["alcohol", "domestic"]}, follow=True)
    assert "Classed." in done.content.decode()
    incident.refresh_from_db()
    assert incident.domestic


def test_the_number_of_statements_of_a_class_does_not_grow_with_people(scene: Scene) -> None:
    small, large = scene.force.incident(), scene.force.incident()
    scene.couple(small)
    for _ in range(4):
        scene.couple(large)
    counts = []
    for incident in (small, large):
        with CaptureQueriesContext(connection) as asked, as_user(scene.handler):
            selectors.class_on(incident)
        counts.append(len(asked))
    assert counts[0] == counts[1]
