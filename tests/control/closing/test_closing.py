"""Closing with a code and a result, the draw of closures for a check, and the check itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from iops.control import services as control
from iops.control.classing import services as classing
from iops.control.closing import selectors, services
from iops.control.closing.checks import checks
from iops.control.models import Classing, Closing, ClosureCheck, DomesticDecision, Incident
from iops.crime.services import decide_recording
from iops.foundation import clock
from iops.foundation.errors import BlockedError, ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.obligations.models import Obligation
from iops.obligations.services import settle_now
from tests.conftest import as_owner, worker_database
from tests.force import owed
from tests.foundation.acting_as import as_user
from tests.foundation.consulting import assert_consulted

if TYPE_CHECKING:
    from iops.foundation.models import User
    from tests.control.classing.conftest import Scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def inspector(scene: Scene) -> User:
    return scene.force.one(Role.INSPECTOR)


def drawn(scene: Scene, *, many: int = 1) -> list[Closing]:
    """Closures that are drawn whatever the key: the domestic mark was refused."""
    made = []
    for _ in range(many):
        incident = scene.force.incident(what="A quarrel")
        classing.classify(incident.id, "domestic", [], scene.handler, declined="Two neighbours")
        made.append(services.close_incident(incident.id, "Words of advice", scene.handler))
    return made


# --- close -----------------------------------------------------------------------------------------------------------


def test_a_closing_keeps_code_qualifiers_results_and_words(scene: Scene) -> None:
    incident = scene.force.incident()
    made = services.close_incident(
        incident.id, "Reset by the keyholder", scene.handler, code="alarm", qualifiers=["good-intent"],
        results=["false-alarm", "no-police", "false-alarm"],
    )  # fmt: skip
    incident.refresh_from_db()
    assert (made.code, made.qualifiers, made.results, made.edition) == (
        "alarm",
        ["good-intent"],
        ["false-alarm", "no-police"],
        "nsir-2011",
    )
    assert (incident.closed_at, incident.closing_note) == (made.at, "Reset by the keyholder")
    assert Classing.objects.get().reason == "on what was known at the end"
    assert Closing.objects.count() == 1


def test_what_was_classed_stands_when_no_code_is_given_and_nothing_is_written_twice(scene: Scene) -> None:
    incident = scene.force.incident()
    with pytest.raises(InvalidError, match="no closing code") as refused:
        services.close_incident(incident.id, "done", scene.handler)
    assert refused.value.details == {"field": "code"}
    classing.classify(incident.id, "hoax", ["youth"], scene.handler)
    made = services.close_incident(incident.id, "done", scene.handler)
    assert (made.code, made.qualifiers, Classing.objects.count()) == ("hoax", ["youth"], 1)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"note": " "}, "Closing note"),
        ({"code": "nonsense"}, "category"),
        ({"results": ["nonsense"]}, "results"),
        ({"qualifiers": ["nonsense"]}, "qualifiers"),
        ({"note": "x\x00"}, "Closing note"),
    ],
)
def test_a_closing_that_cannot_be_is_refused_whole(scene: Scene, told: dict[str, object], field: str) -> None:
    incident = scene.force.incident()
    given: dict[str, object] = {"note": "done", "code": "hoax"} | told
    with pytest.raises(InvalidError) as refused:
        services.close_incident(incident.id, by=scene.handler, **given)  # type: ignore[arg-type]
    assert refused.value.details["field"] == field
    incident.refresh_from_db()
    assert (incident.closed_at, Closing.objects.count(), Classing.objects.count()) == (None, 0, 0)


def test_what_is_owed_stops_closing_and_nothing_of_it_is_kept(scene: Scene) -> None:
    incident = scene.force.incident(crime_reported=True)
    with pytest.raises(BlockedError) as refused:
        services.close_incident(incident.id, "done", scene.handler, code="crime-theft")
    obligations: Any = refused.value.details["obligations"]
    assert [d["rule"] for d in obligations] == ["crime-recording-decision"]
    assert (Closing.objects.count(), Classing.objects.count()) == (0, 0)


def test_words_that_came_after_the_classing_are_answered_before_closing(scene: Scene) -> None:
    incident = scene.force.incident(what="Shouting")
    classing.classify(incident.id, "asb-nuisance", [], scene.handler)
    control.add_log_entry(incident.id, "Neighbour says the husband hit her", scene.handler)
    with pytest.raises(InvalidError, match="Domestic abuse is suggested"):
        services.close_incident(incident.id, "All quiet", scene.handler)
    services.close_incident(incident.id, "All quiet", scene.handler, declined="She was rehearsing a play")
    assert DomesticDecision.objects.get().reason == "She was rehearsing a play"


def test_no_closing_of_what_is_closed_or_not_there(scene: Scene) -> None:
    incident = scene.force.incident()
    services.close_incident(incident.id, "done", scene.handler, code="hoax")
    with pytest.raises(ConflictError):
        services.close_incident(incident.id, "done", scene.handler, code="hoax")
    with pytest.raises(NotFoundError):
        services.close_incident(999_999, "done", scene.handler, code="hoax")


# --- the draw --------------------------------------------------------------------------------------------------------


def test_closing_by_any_route_leaves_a_closing_that_may_be_drawn(scene: Scene) -> None:
    by_verb, by_hand = scene.force.incident(), scene.force.incident()
    control.close(by_verb.id, "done", scene.handler)
    with as_user(scene.handler), connection.cursor() as cursor:
        cursor.execute("update control_incident set closed_at = iops.now() where id = %s", [by_hand.id])
    settle_now()
    kept = Closing.objects.order_by("id")
    assert [(c.incident_id, c.code, c.text) for c in kept] == [
        (by_verb.id, "", "done"),
        (by_hand.id, "", "Closed without words."),
    ]
    assert {tuple(c.strata) for c in kept} == {("quick",)}


def test_the_same_incident_gets_the_same_draw_however_often_it_is_closed(scene: Scene) -> None:
    incident = scene.force.incident()
    first = services.close_incident(incident.id, "done", scene.handler, code="hoax")
    control.reopen(incident.id, "again", scene.handler)
    second = services.close_incident(incident.id, "other words", scene.sergeant, code="alarm")
    assert (first.draw, second.draw >= 0, first.id == second.id) == (second.draw, True, False)


def test_nobody_writes_the_draw_nor_reads_its_key(scene: Scene) -> None:
    incident = scene.force.incident()
    with as_user(scene.handler), connection.cursor() as cursor:
        cursor.execute(
            """insert into control_closing (incident_id, at, edition, code, qualifiers, results, text, draw, strata,
                                            share, sampled)
               values (%s, iops.now(), '', '', '[]', '[]', 'x', 999, '["none"]', 0, true) returning draw, strata""",
            [incident.id],
        )
        draw, strata = cursor.fetchone()
        assert strata != '["none"]'
    again = Closing.objects.create(incident=incident, at=clock.now() + timedelta(seconds=1), text="x", draw=1)
    again.refresh_from_db()
    assert again.draw == draw
    for statement in ("select key from control_drawkey", "select iops.closing_draws()"):
        with as_user(scene.handler), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_draws_spread_evenly_and_follow_the_key(scene: Scene) -> None:
    incident = scene.force.incident()
    statement = """
        with many as (select n as incident_id from generate_series(1, 4000) n)
        select count(*) filter (where d < 200), count(*) filter (where d < 20), min(d), max(d)
        from many m, lateral (
            select ('x' || substr(encode(sha256(convert_to(k.key || 'outer', 'UTF8')
                    || sha256(convert_to(k.key || 'inner' || m.incident_id, 'UTF8'))), 'hex'), 1, 15))::bit(60)::bigint
                   % 1000 as d from control_drawkey k) x"""
    with psycopg.connect(as_owner(worker_database())) as owner:
        fifth, fiftieth, low, high = owner.execute(statement).fetchone() or (0, 0, 0, 0)
    assert incident
    # Six standard deviations of a fair draw.
    assert abs(fifth - 800) < 6 * 26
    assert abs(fiftieth - 80) < 6 * 9
    # Each single number is missed once in 55 times; that all ten at an end are missed, never.
    assert 0 <= low < 10
    assert 990 <= high <= 999


@pytest.mark.parametrize(
    ("kinds", "share"),
    [(["other"], 20), (["quick", "other"], 100), (["domestic", "mark-refused"], 1000), ([], 0), (["unheard of"], 0)],
)
def test_the_largest_share_of_its_kinds_draws_a_closure(kinds: list[str], share: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select iops.closure_share(%s, date '2026-05-01')", [kinds])
        assert cursor.fetchone() == (share,)


def test_a_closure_is_of_every_kind_that_fits(scene: Scene) -> None:
    incident = scene.force.incident(crime_reported=True, reported_at=clock.now() - timedelta(hours=2))
    control.grade(incident.id, 1, "", scene.handler)
    control.grade(incident.id, 3, "A test alarm", scene.handler)
    decide_recording(incident.id, "not_a_crime", "A test alarm", scene.handler)
    made = services.close_incident(incident.id, "done", scene.handler, code="crime-theft")
    assert set(made.strata) == {"downgraded", "no-crime"}
    decided = scene.force.incident(crime_reported=True, reported_at=clock.now() - timedelta(hours=2))
    decide_recording(decided.id, "not_a_crime", "x", scene.handler)
    decide_recording(decided.id, "crime", "It was one", scene.handler)
    assert services.close_incident(decided.id, "done", scene.handler, code="crime-theft").strata == ["other"]
    assert set(checks().strata) >= set(made.strata)


# --- the check -------------------------------------------------------------------------------------------------------


def test_a_drawn_closure_is_owed_a_check_by_a_supervisor(scene: Scene, inspector: User) -> None:
    (made,) = drawn(scene)
    assert (made.sampled, made.share) == (True, 1000)
    assert owed(made.incident)["closure-check"] == "open"
    with assert_consulted("incident", [made.incident_id], scene.sergeant):
        assert [r.closing for r in selectors.waiting(scene.sergeant).rows] == [made]
    done = services.check_closure(made.id, "advise", scene.sergeant, findings=["words", "grade"], note="Say who")
    assert (done.findings, owed(made.incident)["closure-check"]) == (["grade", "words"], "met")
    assert selectors.waiting(scene.sergeant).total == 0
    with pytest.raises(ConflictError, match="checked already"):
        services.check_closure(made.id, "agree", inspector)


def test_reopening_by_the_check_opens_the_incident_with_its_reason(scene: Scene) -> None:
    (made,) = drawn(scene)
    services.check_closure(made.id, "reopen", scene.sergeant, findings=["risk"], note="Nobody asked about the child")
    incident = Incident.objects.get()
    assert (incident.closed_at, owed(incident)["closure-check"]) == (None, "met")
    again = services.close_incident(incident.id, "Asked", scene.handler)
    assert (again.draw, again.sampled, Obligation.objects.filter(rule_id="closure-check").count()) == (
        made.draw,
        True,
        2,
    )


def test_a_closure_that_is_opened_again_owes_no_check_until_it_is_closed_again(scene: Scene) -> None:
    (made,) = drawn(scene)
    control.reopen(made.incident_id, "More came in", scene.handler)
    assert "closure-check" not in owed(made.incident)
    with pytest.raises(ConflictError, match="opened again"):
        services.check_closure(made.id, "agree", scene.sergeant)
    services.close_incident(made.incident_id, "Done again", scene.handler)
    assert owed(made.incident)["closure-check"] == "open"


def test_the_checker_is_a_supervisor_and_never_who_closed_it(scene: Scene) -> None:
    incident = scene.force.incident()
    made = services.close_incident(incident.id, "done", scene.sergeant, code="hoax")
    with pytest.raises(NotAllowedError, match="sergeant or above"):
        services.check_closure(made.id, "agree", scene.handler)
    with pytest.raises(NotAllowedError, match="their own"):
        services.check_closure(made.id, "agree", scene.sergeant)
    with as_user(scene.sergeant), pytest.raises(DatabaseError, match="did not make"), transaction.atomic():
        ClosureCheck.objects.create(closing=made, at=clock.now(), by=scene.sergeant, verdict="agree")
    with pytest.raises(NotFoundError):
        services.check_closure(999_999, "agree", scene.sergeant)


@pytest.mark.parametrize(
    ("verdict", "findings", "note", "said"),
    [
        ("perhaps", [], "", "not a verdict"),
        ("agree", ["risk"], "", "not simply agreed"),
        ("advise", ["nonsense"], "x", "not a finding"),
        ("advise", [], " ", "Note is empty"),
        ("reopen", [], "", "Note is empty"),
    ],
)
def test_a_check_that_says_nothing_is_refused(
    scene: Scene, verdict: str, findings: list[str], note: str, said: str
) -> None:
    (made,) = drawn(scene)
    with pytest.raises(InvalidError, match=said):
        services.check_closure(made.id, verdict, scene.sergeant, findings=findings, note=note)
    with pytest.raises(IntegrityError, match="closure_check"), transaction.atomic():
        ClosureCheck.objects.create(closing=made, at=clock.now(), by=scene.sergeant, verdict="reopen", note="")


def test_the_counts_say_how_many_and_how_sure(scene: Scene) -> None:
    first, second, third = drawn(scene, many=3)
    services.check_closure(first.id, "agree", scene.sergeant)
    services.check_closure(second.id, "advise", scene.sergeant, findings=["words"], note="Say more")
    found = {c.code: c for c in selectors.closure_counts(scene.sergeant)}
    refused = found["mark-refused"]
    assert (refused.closed, refused.drawn, refused.checked, refused.agreed.met) == (3, 3, 2, 1)
    assert refused.agreed.says == "50.0 % of 2 (9.5 to 90.5 %)"
    assert (found["other"].closed, found["other"].agreed.says) == (0, "none checked")
    assert third.sampled


def test_what_another_kind_drew_does_not_lean_the_rate_of_a_kind(scene: Scene) -> None:
    made = drawn(scene, many=6)
    for closing in made:
        services.check_closure(closing.id, "agree", scene.sergeant)
    found = {c.code: c for c in selectors.closure_counts(scene.sergeant)}
    quick = sum(c.draw < checks().in_force[0].per_thousand["quick"] for c in made)
    assert (found["quick"].closed, found["quick"].drawn, found["quick"].checked) == (6, quick, quick)


def test_closures_of_a_restricted_incident_are_there_for_its_list_alone(scene: Scene, inspector: User) -> None:
    (made,) = drawn(scene)
    control.restrict(made.incident_id, [], [], "sensitive", scene.sergeant)
    assert (selectors.waiting(inspector).total, selectors.waiting(scene.sergeant).total) == (0, 1)
    with pytest.raises(NotFoundError):
        services.check_closure(made.id, "agree", inspector)
    with pytest.raises(NotFoundError):
        selectors.closures(made.incident_id, inspector)
    settle_now()


def test_the_pages_close_check_and_count(scene: Scene) -> None:
    incident = scene.force.incident(what="A quarrel", crime_reported=True)
    handler, sergeant = Client(), Client()
    handler.force_login(scene.handler)
    sergeant.force_login(scene.sergeant)
    page = f"/incidents/{incident.number}/{incident.day:%d%m%Y}/"
    assert "It cannot be closed before" in handler.get(page).content.decode()
    decide_recording(incident.id, "not_a_crime", "No crime", scene.handler)
    told = {"code": "domestic", "results": ["advice"], "note": "Words of advice"}
    refused = handler.post(f"{page}close/", told)
    assert refused.status_code == 422
    assert "Domestic abuse is suggested" in refused.content.decode()
    done = handler.post(f"{page}close/", told | {"declined": "Two neighbours"}, follow=True).content.decode()
    assert "Drawn for a check by a supervisor." in done
    assert 'id="act-check-closure"' not in done
    listed = sergeant.get("/closures/").content.decode()
    assert f"{page}#closing" in listed
    made = Closing.objects.get()
    wrong = sergeant.post(f"{page}check-closure/", {"target": made.id, "verdict": "reopen"})
    assert wrong.status_code == 422
    checked = sergeant.post(f"{page}check-closure/", {"target": made.id, "verdict": "agree"}, follow=True)
    assert "The check is saved." in checked.content.decode()
    assert "100.0 % of 1" in sergeant.get("/closures/").content.decode()
    other = scene.force.incident()
    elsewhere = f"/incidents/{other.number}/{other.day:%d%m%Y}/check-closure/"
    assert sergeant.post(elsewhere, {"target": made.id, "verdict": "agree"}).status_code == 404
