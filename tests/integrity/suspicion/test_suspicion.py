"""Closures without a crime that look like one: every sign says why, decisions are kept, nothing hidden is shown."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from iops.control import services as control
from iops.control.record import linking
from iops.crime.models import RecordingDecision
from iops.crime.services import decide_recording
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.integrity.models import SuspicionDecision
from iops.integrity.suspicion import selectors, services
from iops.integrity.suspicion.signs import Sign, score
from iops.pole import services as pole
from iops.safeguarding import services as safeguarding
from iops.safeguarding.models import RiskAssessment
from tests.at_once import at_once
from tests.foundation.acting_as import as_user, visible
from tests.foundation.consulting import assert_consulted
from tests.integrity.conftest import Desk

if TYPE_CHECKING:
    from iops.control.models import Closing
    from iops.foundation.models import User

pytestmark = pytest.mark.django_db


def ended(scene: Desk, what: str = "Noise", **facts: object) -> Closing:
    """An incident that is closed, with its closing."""
    made = scene.closed(what, **facts)
    if made.incident.crime_reported:
        decide_recording(made.incident_id, "not_a_crime", "x", scene.force.one(Role.SERGEANT))
    shut(scene, made)
    return made


def shut(scene: Desk, made: Closing) -> None:
    """The incident of a closing is closed by it."""
    with as_user(scene.handler):
        incident = made.incident
        incident.closed_at = made.at
        incident.save()


def listed(scene: Desk, *, decided: bool = False) -> list[selectors.Suspicion]:
    today = clock.today()
    found = selectors.suspicions(scene.registrar, today - dt.timedelta(days=7), today, decided=decided)
    return list(found.rows)


def codes(scene: Desk) -> list[set[str]]:
    return [{sign.code for sign in row.signs} for row in listed(scene)]


def test_words_make_a_closure_look_like_a_crime_and_say_why(scene: Desk) -> None:
    ended(scene, "An alarm")
    made = ended(scene, "Neighbour says he punched her. No weapons seen, no knife")
    with assert_consulted("incident", [made.incident_id], scene.registrar):
        (row,) = listed(scene)
    assert [(s.why.split(" (")[0], s.undone) for s in row.signs] == [
        ("Force was used against somebody", ""),
        ("A weapon is spoken of", "no"),
    ]
    assert "“punched”" in row.signs[0].found


def test_a_closure_whose_only_words_are_undone_is_not_listed(scene: Desk) -> None:
    ended(scene, "Argument, no assault")
    assert listed(scene) == []


def test_typed_lines_of_the_log_and_the_closing_words_count(scene: Desk) -> None:
    one, other = ended(scene), ended(scene, note="He threatened to kill her, gone on arrival")
    with as_user(scene.handler):
        control.add_log_entry(one.incident_id, "She was strangled", scene.handler)
    assert {row.closing.id for row in listed(scene)} == {one.id, other.id}


def test_facts_make_a_closure_look_like_a_crime(scene: Desk) -> None:
    one = ended(scene, crime_reported=True)
    hurt = scene.closed("Quarrel")
    officer = scene.force.one(Role.RESPONSE)
    safeguarding.assess_risk(hurt.incident_id, {"injury": "yes"}, "high", "Hurt", officer)
    safeguarding.review_assessment(RiskAssessment.objects.get().id, True, "", scene.force.one(Role.SERGEANT))
    shut(scene, hurt)
    linking.link_incidents(hurt.incident_id, ended(scene, where="9 Elm Row").incident_id, "series", "alike", officer)
    found = {row.closing.id: {s.code for s in row.signs} for row in listed(scene)}
    assert "reported" in found[one.id]
    assert {"injury", "linked"} <= found[hurt.id]
    assert listed(scene)[0].closing.id == hurt.id


def test_results_and_categories_of_crime_are_signs(scene: Desk) -> None:
    made = ended(scene)
    with as_user(scene.handler):
        again = type(made).objects.create(
            incident=made.incident, at=made.at + dt.timedelta(minutes=1), by=scene.handler, text="x",
            code="crime-theft", edition="nsir-2011", results=["statement", "advice"],
        )  # fmt: skip
    (row,) = listed(scene)
    assert row.closing == again
    assert {s.why for s in row.signs} >= {"The result of the attendance: A statement was taken"}
    assert any(s.why.startswith("Closed under a category of crime") for s in row.signs)


def test_the_same_victim_and_suspect_again_are_a_pattern_and_calls_to_one_address_repeat(scene: Desk) -> None:
    by = scene.force.one(Role.RESPONSE)
    ann = pole.register_person("Ann Brown (made up)", by, born="1990-02-03")
    bob = pole.register_person("Bob Brown (made up)", by, born="1988-04-05")
    made = [ended(scene, days=days) for days in (3, 2, 1)]
    for closing in made:
        pole.link(("person", ann.id), "victim", ("incident", closing.incident_id), by)
        pole.link(("person", bob.id), "suspect", ("incident", closing.incident_id), by)
    found = {row.closing.id: {s.code: s.why for s in row.signs} for row in listed(scene)}
    assert set(found[made[2].id]) == {"pattern", "repeat"}
    assert found[made[2].id]["pattern"].endswith(": 2")
    assert found[made[1].id]["pattern"].endswith(": 1")
    assert made[0].id not in found


def test_what_was_recorded_as_a_crime_or_transferred_is_not_listed(scene: Desk) -> None:
    for result in ("crime", "transferred", "not_a_crime"):
        made = ended(scene, f"He punched her: {result}")
        decide_recording(made.incident_id, result, "x", scene.handler)
    assert [row.closing.incident.what for row in listed(scene)] == ["He punched her: not_a_crime"]


def test_a_decision_keeps_its_reason_and_the_signs_it_was_made_on(scene: Desk) -> None:
    one, other = ended(scene, "He punched her"), ended(scene, "Found with a knife")
    made = services.decide(one.id, "record", "She said so to the call taker", scene.registrar)
    services.decide(other.id, "no_crime", "A kitchen knife being moved house", scene.registrar)
    with as_user(scene.registrar):
        assert RecordingDecision.objects.get().incident_id == one.incident_id
    assert (made.edition, made.signs[0]["code"]) == ("words-2026", "words")
    assert listed(scene) == []
    assert [row.decision.verdict for row in listed(scene, decided=True) if row.decision] == ["no_crime"]
    with as_user(scene.registrar):
        assert selectors.yields() == (selectors.Yield("words", 2, 1),)
    with pytest.raises(ConflictError, match="decided on already"):
        services.decide(one.id, "no_crime", "x", scene.registrar)


@pytest.mark.parametrize(("verdict", "reason"), [("perhaps", "x"), ("record", " "), ("no_crime", "x\x00")])
def test_a_decision_that_says_nothing_is_refused(scene: Desk, verdict: str, reason: str) -> None:
    made = ended(scene, "He punched her")
    with pytest.raises(InvalidError):
        services.decide(made.id, verdict, reason, scene.registrar)
    with as_user(scene.registrar), pytest.raises(IntegrityError), transaction.atomic():
        SuspicionDecision.objects.create(
            incident=made.incident, closing=made, verdict="record", reason="", signs=[], edition="x", at=clock.now(),
            by=scene.registrar,
        )  # fmt: skip


def test_only_the_registrar_decides_and_never_on_their_own(scene: Desk) -> None:
    made = ended(scene, "He punched her", closed_by=scene.registrar)
    with pytest.raises(NotAllowedError, match="had a part"):
        services.decide(made.id, "no_crime", "x", scene.registrar)
    for who in (scene.one, scene.force.one(Role.INSPECTOR), scene.handler):
        with pytest.raises(NotAllowedError):
            services.decide(made.id, "no_crime", "x", who)
        with pytest.raises(NotAllowedError):
            selectors.suspicions(who, clock.today(), clock.today())
    with pytest.raises(NotFoundError):
        services.decide(999_999, "no_crime", "x", scene.registrar)


def test_what_has_no_sign_is_not_decided_on(scene: Desk) -> None:
    made = ended(scene, "An alarm")
    with pytest.raises(ConflictError, match="does not look like"):
        services.decide(made.id, "no_crime", "x", scene.registrar)


def test_a_restricted_incident_is_listed_for_its_list_alone(scene: Desk) -> None:
    made = ended(scene, "He punched her")
    control.restrict(made.incident_id, [], [], "sensitive", scene.force.one(Role.SERGEANT))
    assert listed(scene) == []
    with pytest.raises(NotFoundError):
        services.decide(made.id, "record", "x", scene.registrar)
    with as_user(scene.registrar):
        assert visible(SuspicionDecision) == set()


@pytest.mark.parametrize("days", [-1, 92, 5_000])
def test_a_period_that_is_none_is_refused(scene: Desk, days: int) -> None:
    until = clock.today()
    with pytest.raises(InvalidError) as refused:
        selectors.suspicions(scene.registrar, until - dt.timedelta(days=days), until)
    assert refused.value.details["field"] == "until"


def test_each_kind_of_sign_weighs_once_and_an_undone_word_nothing() -> None:
    words = Sign("words", "x"), Sign("words", "y"), Sign("words", "z", undone="no")
    assert score(words) == 20
    assert score((*words, Sign("injury", "x"))) == 60
    assert score((Sign("words", "x", undone="no"),)) == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_one_moment_one_is_kept(transactional_db: None) -> None:
    scene = Desk()
    made = ended(scene, "He punched her")
    second = scene.force.another(Role.REGISTRAR)

    def act(who: User) -> object:
        return lambda: services.decide(made.id, "no_crime", "x", who)

    assert sorted(at_once(act(scene.registrar), act(second))) == ["ConflictError", "done"]  # type: ignore[arg-type]
