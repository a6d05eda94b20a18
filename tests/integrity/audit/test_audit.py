"""An audit from the frozen population to its result: nobody chooses, answers are blind, no rate is bare."""

from __future__ import annotations

import datetime as dt
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.control import services as control
from iops.crime.services import decide_recording
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.foundation.seal import seal
from iops.integrity.audit import selectors, services
from iops.integrity.audit.services import Judged
from iops.integrity.models import AuditAnswer, AuditComparison, AuditDraw, AuditFrame, AuditItem
from iops.obligations.conservation import check_conservation
from iops.obligations.models import Obligation
from iops.rulebook.sampling import draw as drawing
from tests.at_once import at_once
from tests.foundation.acting_as import as_user, visible
from tests.foundation.consulting import assert_consulted
from tests.integrity.conftest import MISSED, NO_CRIME, RIGHT, ROOT, Desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.foundation.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_table_is_the_view_after_each_test(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "scene" in request.fixturenames and "transactional_db" not in request.fixturenames:
        run = check_conservation()
        assert (run.missing, run.surplus) == (0, 0), run.examples


def duties(item: AuditItem) -> dict[str, str]:
    rows = Obligation.objects.filter(subject="audit_item", subject_id=item.id)
    return {row.rule_id: "met" if row.met_at else "open" for row in rows}


# --- the population --------------------------------------------------------------------------------------------------


def test_every_closure_of_the_period_is_in_the_population_by_district_and_type(scene: Desk) -> None:
    domestic = scene.closed("Shouting", domestic=True)
    words = scene.closed("She says he punched her")
    later_words = scene.closed("Noise", note="The man was found with a knife")
    reported = scene.closed("A report", crime_reported=True)
    logged = scene.closed("Noise")
    control.add_log_entry(logged.incident_id, "Neighbour: he threatened to kill her", scene.handler)
    other = scene.closed("An alarm")
    too_old = scene.closed("He punched her", days=4)
    frame = scene.frozen(days=2)
    found = {s.kind: s.closings for s in frame.strata.all()}
    assert found == {
        "domestic": [domestic.id],
        "words": sorted([words.id, later_words.id, reported.id, logged.id]),
        "other": [other.id],
    }
    assert (frame.population, frame.words) == (6, "words-2026")
    assert all(too_old.id not in ids for ids in found.values())
    assert frame.fingerprint == drawing.fingerprint({f"N/{kind}": ids for kind, ids in found.items()})


def test_of_an_incident_closed_twice_the_last_closing_counts(scene: Desk) -> None:
    first = scene.closed()
    with as_user(scene.handler):
        second = type(first).objects.create(
            incident=first.incident, at=first.at + dt.timedelta(minutes=5), by=scene.handler, text="again"
        )
    assert scene.frozen(days=2).strata.get().closings == [second.id]


def test_restricted_incidents_are_counted_and_their_items_are_there_for_their_list_alone(scene: Desk) -> None:
    hidden = scene.closed()
    control.restrict(hidden.incident_id, [scene.one.id], [], "sensitive", scene.force.one(Role.SERGEANT))
    (item, *_) = [*scene.drawn(), None]
    assert item is None  # the registrar is not on its list
    with as_user(scene.one):
        assert AuditItem.objects.get().closing_id == hidden.id
    with as_user(scene.other):
        assert not AuditItem.objects.exists()
    frame = AuditFrame.objects.get()
    told = selectors.result(frame.id, scene.registrar)
    assert (frame.population, told.drawn, told.decided, told.strata[0].restricted) == (1, 1, 0, 1)
    assert any("restricted" in words for words in told.not_tested)


@pytest.mark.parametrize(
    ("since", "until", "wanted", "field"),
    [(5, 6, 10, "until"), (1, 0, 10, "until"), (400, 1, 10, "until"), (2, 1, 0, "wanted"), (2, 1, 5001, "wanted"),
     (9, 8, 10, "since")],
)  # fmt: skip
def test_a_period_that_cannot_be_audited_is_refused(
    scene: Desk, since: int, until: int, wanted: int, field: str
) -> None:
    scene.closed()
    today = clock.today()
    with pytest.raises(InvalidError) as refused:
        services.freeze(today - dt.timedelta(days=since), today - dt.timedelta(days=until), wanted, scene.registrar)
    assert refused.value.details["field"] == field
    assert not AuditFrame.objects.exists()


def test_no_day_is_in_two_audits_so_that_nobody_freezes_until_a_draw_suits(scene: Desk) -> None:
    scene.closed()
    frame = scene.frozen()
    with pytest.raises(ConflictError, match="another audit"):
        scene.frozen()
    with as_user(scene.registrar), pytest.raises(IntegrityError, match="audit_periods_apart"), transaction.atomic():
        AuditFrame.objects.create(
            since=frame.since, until=frame.until, wanted=1, population=1, fingerprint="x", words="x",
            frozen_at=clock.now(), by=scene.registrar,
        )  # fmt: skip


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SERGEANT, Role.INSPECTOR, Role.ANALYST])
def test_only_the_registrar_freezes_and_draws(scene: Desk, role: Role) -> None:
    scene.closed()
    frame, who = scene.frozen(), scene.force.another(role)
    with pytest.raises(NotAllowedError):
        services.freeze(frame.since, frame.until, 5, who)
    with pytest.raises(NotAllowedError):
        services.draw(frame.id, who)
    for call in (
        "select * from iops.audit_population('2026-01-01', '2026-01-02', '''x''', '{}')",
        f"select iops.audit_place({frame.id}, '{{}}', '{{}}', '{{}}')",
    ):
        with as_user(who), pytest.raises(DatabaseError, match="registrar"), transaction.atomic():
            connection.cursor().execute(call)


# --- the draw --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def _drawn_once_sealed(frame_id: int, registrar: User) -> AuditDraw:
    """The draw, once no transaction of anybody is older than the population: what is sealed is below the oldest one."""
    for _ in range(100):
        seal()
        with suppress(ConflictError):
            return services.draw(frame_id, registrar)
        time.sleep(0.2)
    raise AssertionError("The population was never sealed.")


def test_the_seal_that_covers_the_population_gives_the_seed_and_the_draw_can_be_made_again(
    transactional_db: None,
) -> None:
    scene = Desk()
    made = [scene.closed() for _ in range(9)]
    frame = scene.frozen(wanted=6)
    with pytest.raises(ConflictError, match="not sealed yet"):
        services.draw(frame.id, scene.registrar)
    drawn = _drawn_once_sealed(frame.id, scene.registrar)
    by_hand = drawing.draw(drawing.seed(frame.fingerprint, drawn.seal_root), {"x": [c.id for c in made]}, {"x": 6})
    with as_user(scene.registrar):
        items = list(AuditItem.objects.order_by("place").values_list("closing_id", flat=True))
        assert selectors.result(frame.id, scene.registrar).verified
    assert items == by_hand["x"]
    with pytest.raises(ConflictError, match="drawn already"):
        services.draw(frame.id, scene.registrar)


def test_an_audit_that_is_not_there_is_not_drawn(scene: Desk) -> None:
    with pytest.raises(NotFoundError):
        services.draw(999_999, scene.registrar)
    with pytest.raises(NotFoundError):
        selectors.result(999_999, scene.registrar)


def test_a_record_that_was_changed_does_not_verify(scene: Desk) -> None:
    for _ in range(8):
        scene.closed()
    scene.drawn(wanted=5)
    frame, draw = AuditFrame.objects.get(), AuditDraw.objects.get()
    with as_user(scene.registrar):
        assert selectors.verified(frame, draw)
        assert not selectors.verified(frame, None)
        draw.seal_root = "00" * 32
        assert not selectors.verified(frame, draw)
        draw.seal_root, frame.fingerprint = ROOT, "0" * 64
        assert not selectors.verified(frame, draw)


def test_what_is_frozen_and_drawn_is_never_changed(scene: Desk) -> None:
    scene.closed()
    item = scene.drawn()[0]
    for table in ("auditframe", "auditstratum", "auditdraw", "audititem"):
        with as_user(scene.registrar), pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(f"update integrity_{table} set id = id")
    with as_user(scene.registrar), pytest.raises(DatabaseError), transaction.atomic():
        AuditItem.objects.create(
            frame=item.frame, stratum=item.stratum, closing=item.closing, incident=item.incident, place=2,
            drawn_at=clock.now(),
        )  # fmt: skip


@given(st.dictionaries(st.text(max_size=4), st.sets(st.integers(1, 10_000)).map(sorted), max_size=5), st.integers(0, 9))
@settings(max_examples=60)
def test_the_draw_follows_from_its_record_alone_and_takes_each_once(strata: dict[str, list[int]], many: int) -> None:
    mark = drawing.fingerprint(strata)
    assert mark == drawing.fingerprint({name: list(reversed(ids)) for name, ids in reversed(strata.items())})
    by_seed = drawing.seed(mark, ROOT)
    drawn = drawing.draw(by_seed, strata, dict.fromkeys(strata, many))
    for name, ids in strata.items():
        assert len(set(drawn[name])) == len(drawn[name]) == min(many, len(ids))
        assert set(drawn[name]) <= set(ids)


def test_every_member_of_a_stratum_is_as_likely_to_be_drawn_as_any_other() -> None:
    times = dict.fromkeys(range(1, 41), 0)
    for n in range(2_000):
        for i in drawing.order(drawing.seed("x", str(n)), times)[:10]:
            times[i] += 1
    # A fair draw of a quarter, 2,000 times: 500 each, within five standard deviations.
    assert all(abs(count - 500) < 97 for count in times.values())


# --- the answers -----------------------------------------------------------------------------------------------------


def test_two_who_agree_settle_an_item_and_its_duty(scene: Desk) -> None:
    scene.closed()
    item = scene.drawn()[0]
    with as_user(scene.one):
        assert duties(item) == {"audit-review": "open"}
    scene.answered(item, RIGHT)
    with as_user(scene.one):
        told = AuditComparison.objects.get()
        assert (told.id, told.agrees, told.differing) == (item.id, True, [])
        assert duties(item) == {"audit-review": "met"}


def test_the_second_reviewer_does_not_see_what_the_first_says(scene: Desk) -> None:
    scene.closed()
    item = scene.drawn()[0]
    services.answer(item.id, RIGHT, scene.one)
    for who in (scene.other, scene.registrar, scene.force.one(Role.INSPECTOR), scene.handler):
        with as_user(who):
            assert not AuditAnswer.objects.exists()
    assert selectors.item(item.id, scene.other).answers == ()
    assert [a.by for a in selectors.item(item.id, scene.one).answers] == [scene.one]
    services.answer(item.id, MISSED, scene.other)
    assert [a.by for a in selectors.item(item.id, scene.one).answers] == [scene.one, scene.other]
    assert selectors.item(item.id, scene.registrar).comparison is not None


def test_disagreement_goes_to_the_registrar_who_says_why(scene: Desk) -> None:
    scene.closed()
    item = scene.drawn()[0]
    with pytest.raises(ConflictError, match="no disagreement"):
        services.adjudicate(item.id, replace(RIGHT, words="x"), scene.registrar)
    scene.answered(item, RIGHT, MISSED)
    with as_user(scene.registrar):
        assert AuditComparison.objects.get().differing == ["recorded", "in_time", "victim_told"]
        assert duties(item) == {"audit-review": "met", "audit-adjudicate": "open"}
    with assert_consulted("incident", [item.incident_id], scene.registrar):
        assert [i.id for i in selectors.disagreed(scene.registrar).rows] == [item.id]
    with pytest.raises(InvalidError, match="Words is empty"):
        services.adjudicate(item.id, MISSED, scene.registrar)
    for who in (scene.one, scene.force.one(Role.INSPECTOR)):
        with pytest.raises(NotAllowedError):
            services.adjudicate(item.id, replace(MISSED, words="x"), who)
    services.adjudicate(item.id, replace(MISSED, words="The log says he hit her"), scene.registrar)
    with as_user(scene.registrar):
        assert duties(item)["audit-adjudicate"] == "met"
    assert selectors.disagreed(scene.registrar).total == 0
    with pytest.raises(ConflictError, match="already"):
        services.adjudicate(item.id, replace(MISSED, words="again"), scene.registrar)


def test_a_registrar_who_reviewed_does_not_adjudicate(scene: Desk) -> None:
    scene.closed()
    item = scene.drawn()[0]
    services.answer(item.id, RIGHT, scene.registrar)
    services.answer(item.id, MISSED, scene.one)
    with pytest.raises(NotAllowedError, match="had a part"):
        services.adjudicate(item.id, replace(RIGHT, words="mine"), scene.registrar)


def test_what_two_people_agree_on_is_not_adjudicated(scene: Desk) -> None:
    scene.closed()
    item = scene.drawn()[0]
    scene.answered(item, NO_CRIME)
    with pytest.raises(ConflictError, match="no disagreement"):
        services.adjudicate(item.id, replace(RIGHT, words="x"), scene.registrar)


def test_nobody_audits_what_they_had_a_part_in(scene: Desk) -> None:
    closed = scene.closed(closed_by=scene.one)
    decide_recording(closed.incident_id, "not_a_crime", "Nothing", scene.other)
    item = scene.drawn()[0]
    for who in (scene.one, scene.other):
        with pytest.raises(NotAllowedError, match="had a part"):
            services.answer(item.id, RIGHT, who)
        assert selectors.item(item.id, who).took_part
        assert selectors.waiting(who).total == 0
    assert [i.id for i in selectors.waiting(scene.registrar).rows] == [item.id]


def test_nobody_answers_twice_nor_a_third_nor_for_somebody_else(scene: Desk) -> None:
    scene.closed()
    item = scene.drawn()[0]
    services.answer(item.id, RIGHT, scene.one)
    with pytest.raises(ConflictError, match="answered this already"):
        services.answer(item.id, RIGHT, scene.one)
    with as_user(scene.other), pytest.raises(DatabaseError), transaction.atomic():
        AuditAnswer.objects.create(item=item, should=False, at=clock.now(), by=scene.registrar)
    services.answer(item.id, RIGHT, scene.other)
    with pytest.raises(ConflictError, match="Both answers"):
        services.answer(item.id, RIGHT, scene.force.another(Role.REVIEWER))


@pytest.mark.parametrize("role", [Role.RESPONSE, Role.SERGEANT, Role.INSPECTOR, Role.CALL_HANDLER])
def test_who_works_on_incidents_does_not_know_what_is_drawn(scene: Desk, role: Role) -> None:
    scene.closed()
    item = scene.drawn()[0]
    who = scene.force.one(role)
    with as_user(who):
        assert visible(AuditItem) == visible(AuditAnswer) == set()
        assert not Obligation.objects.filter(subject="audit_item").exists()
    with pytest.raises((NotAllowedError, NotFoundError)):
        services.answer(item.id, RIGHT, who)
    with pytest.raises(NotFoundError):
        selectors.item(item.id, who)


@pytest.mark.parametrize(
    ("judged", "field"),
    [
        (Judged(True), "offence"),
        (Judged(True, "nonsense", "right", "yes", "yes"), "offence"),
        (Judged(True, "violence", "perhaps", "yes", "yes"), "recorded"),
        (Judged(True, "violence", "right", "", "yes"), "in_time"),
        (Judged(True, "violence", "no", "", ""), "victim_told"),
        (Judged(False, words="x\x00"), "Words"),
        (Judged(False, words="x" * 20_001), "Words"),
    ],
)
def test_an_answer_that_leaves_a_point_open_is_refused(scene: Desk, judged: Judged, field: str) -> None:
    scene.closed()
    item = scene.drawn()[0]
    with pytest.raises(InvalidError) as refused:
        services.answer(item.id, judged, scene.one)
    assert refused.value.details["field"] == field
    with as_user(scene.one), pytest.raises(IntegrityError, match="audit_answer_whole"), transaction.atomic():
        AuditAnswer.objects.create(item=item, should=True, at=clock.now(), by=scene.one)


def test_points_that_do_not_arise_are_left_empty_whatever_was_sent(scene: Desk) -> None:
    scene.closed()
    item = scene.drawn()[0]
    made = services.answer(item.id, replace(RIGHT, should=False, words=" quiet "), scene.one)
    assert (made.offence, made.recorded, made.in_time, made.victim_told, made.words) == ("", "", "", "", "quiet")
    second = services.answer(item.id, replace(MISSED, in_time="yes"), scene.other)
    assert (second.recorded, second.in_time) == ("no", "")


@pytest.mark.django_db(transaction=True)
def test_of_three_who_answer_at_one_moment_two_are_kept_and_compared_once(transactional_db: None) -> None:
    scene = Desk()
    scene.closed()
    item = scene.drawn()[0]
    people: list[User] = [scene.one, scene.other, scene.registrar]

    def act(who: User) -> object:
        return lambda: services.answer(item.id, RIGHT, who)

    said = at_once(*[act(who) for who in people])  # type: ignore[arg-type]
    assert sorted(said) == ["ConflictError", "done", "done"]
    with as_user(scene.registrar):
        assert sorted(AuditAnswer.objects.values_list("place", flat=True)) == [1, 2]
        assert AuditComparison.objects.get().agrees
    run = check_conservation()
    assert (run.missing, run.surplus) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_freeze_one_period_or_adjudicate_at_one_moment_one_is_kept(transactional_db: None) -> None:
    scene = Desk()
    scene.closed()
    second = scene.force.another(Role.REGISTRAR)

    def freeze(who: User) -> object:
        return lambda: services.freeze(scene.yesterday, scene.yesterday, 5, who)

    assert sorted(at_once(freeze(scene.registrar), freeze(second))) == ["ConflictError", "done"]  # type: ignore[arg-type]
    with as_user(scene.registrar):
        services.place(AuditFrame.objects.get(), 1, ROOT, scene.registrar)
        item = AuditItem.objects.get()
    scene.answered(item, RIGHT, MISSED)

    def decide(who: User) -> object:
        return lambda: services.adjudicate(item.id, replace(RIGHT, words="x"), who)

    assert sorted(at_once(decide(scene.registrar), decide(second))) == ["ConflictError", "done"]  # type: ignore[arg-type]


# --- the result ------------------------------------------------------------------------------------------------------


def test_the_result_counts_what_stands_and_says_what_it_does_not_know(scene: Desk) -> None:
    for _ in range(3):
        scene.closed("Quarrel", domestic=True)
    for _ in range(4):
        scene.closed("An alarm")
    items: dict[str, list[AuditItem]] = {kind: [] for kind in ("domestic", "other")}
    for item in scene.drawn(wanted=20):
        items[item.stratum.kind].append(item)
    scene.answered(items["domestic"][0], RIGHT)
    scene.answered(items["domestic"][1], MISSED)
    scene.answered(items["domestic"][2], RIGHT, MISSED)
    services.adjudicate(
        items["domestic"][2].id, Judged(True, "violence", "wrong_class", "no", "unknown", "Class"), scene.registrar
    )
    scene.answered(items["other"][0], NO_CRIME)
    services.answer(items["other"][1].id, RIGHT, scene.one)
    told = selectors.result(items["other"][0].frame_id, scene.registrar)
    recording, timeliness, victim = told.measures
    assert (told.drawn, told.decided, told.complete, told.verified) == (7, 4, False, True)
    assert (recording.whole.should, recording.whole.recorded, recording.whole.per_mille) == (3, 1, 333)
    assert (timeliness.whole.should, timeliness.whole.recorded) == (2, 1)
    assert (victim.whole.should, victim.whole.recorded) == (3, 1)
    by_type = dict(dict(recording.parts)["Type"])
    assert by_type["Domestic"].says.startswith("33.3 % (95 % interval 33.3 to 33.4 %; 3 that should")
    assert by_type["Other"].says.startswith("No rate")
    assert dict(recording.parts)["District"][0][0] == "North (made up)"
    assert told.not_tested[0].startswith("3 drawn closures that are not decided yet")
    assert len(told.not_tested) == 1 + len(selectors.NOT_TESTED)


def test_before_the_draw_everything_is_untested(scene: Desk) -> None:
    scene.closed()
    told = selectors.result(scene.frozen().id, scene.registrar)
    assert (told.drawn, told.complete, told.verified, told.measures[0].whole.per_mille) == (0, False, False, None)
    assert told.not_tested[0].startswith("1 closures in strata of which nothing is decided: North (made up), other")


def test_results_are_read_by_those_who_answer_for_them(scene: Desk) -> None:
    scene.closed()
    frame = scene.frozen()
    for role in (Role.INSPECTOR, Role.PANEL, Role.ANALYST, Role.REVIEWER):
        assert selectors.result(frame.id, scene.force.one(role)).frame == frame
    with pytest.raises(NotAllowedError):
        selectors.result(frame.id, scene.force.one(Role.RESPONSE))
    assert selectors.frames() == [frame]
