"""Outcomes 14, 15 and 16 without what they rest on are refused by the verbs and by the database."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction

from iops.crime.models import CrimeOutcome, EvidenceLed, Reopening, SafeguardingCheck, VictimWish
from iops.crime.outcomes import services
from iops.crime.outcomes.grounds import lacking, victims, wished
from iops.crime.recorded import deciding, life
from iops.crime.recorded.deciding import RulesForbidError
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, IopsError, NotAllowedError
from iops.foundation.roles import Role
from iops.obligations.services import writing
from iops.pole import services as pole
from iops.pole.models import Link
from tests.crime.outcomes.scene import abuse, considered, detective, ended, grounded, looked_at, wish
from tests.crime.recorded.scene import recorded
from tests.force import Force

if TYPE_CHECKING:
    from iops.foundation.models import User

pytestmark = pytest.mark.django_db
SAID: dict[str, str] = {
    "suspect_named": "yes", "victim_supports": "no", "lost_contact": "no", "rape_or_high_risk_abuse": "no",
    "victim_told": "yes", "authorised_by": "inspector",
}  # fmt: skip


@pytest.fixture
def force() -> Force:
    return Force()


def written(code: str, crime_id: int, by: User, facts: dict[str, str] = SAID) -> CrimeOutcome:
    """An outcome written into the table, past every verb."""
    with writing(by):
        return CrimeOutcome.objects.create(crime_id=crime_id, code=code, facts=facts, reason="x", at=clock.now(), by=by)


def parts(crime_id: int, code: str, by: User) -> set[str]:
    return {one.part for one in lacking(crime_id, code, by)}


def test_outcome_16_is_refused_until_each_of_its_records_is_there(force: Force) -> None:
    crime, sergeant = recorded(force), force.one(Role.SERGEANT)
    assert parts(crime.id, "16", sergeant) == {"wish", "evidence_led", "safeguarding"}
    for step in (wish, considered, looked_at):
        with pytest.raises(RulesForbidError, match="Outcome 16 needs"):
            ended(crime, sergeant)
        with pytest.raises(ConflictError, match="Outcome 16 needs"):
            written("16", crime.id, sergeant)
        step(crime, sergeant)
    assert ended(crime, sergeant).facts["victim_supports"] == "no"


@pytest.mark.parametrize(
    ("code", "wanted", "allowed"),
    [("14", "does_not_support", True), ("14", "lost_contact", True), ("14", "supports", False),
     ("14", "not_asked", False), ("15", "supports", True), ("15", "does_not_support", False),
     ("15", "lost_contact", False), ("15", "not_asked", False), ("16", "does_not_support", True),
     ("16", "lost_contact", False), ("16", "supports", False), ("16", "not_asked", False)],
)  # fmt: skip
def test_each_outcome_takes_only_the_wish_that_fits_it(force: Force, code: str, wanted: str, allowed: bool) -> None:
    crime, sergeant = recorded(force), force.one(Role.SERGEANT)
    grounded(crime, sergeant, wanted)
    assert ("wish" not in parts(crime.id, code, sergeant)) is allowed


def test_a_wish_from_before_the_crime_was_recorded_is_none(force: Force) -> None:
    crime, sergeant = recorded(force), force.one(Role.SERGEANT)
    before = crime.recorded_at - clock.timedelta(minutes=1) if hasattr(clock, "timedelta") else None
    before = crime.recorded_at - dt.timedelta(minutes=1)
    services.record_wish(crime.id, "does_not_support", "telephone", sergeant, words="No", taken_at=before)
    considered(crime, sergeant)
    looked_at(crime, sergeant)
    assert parts(crime.id, "16", sergeant) == {"wish"}
    with pytest.raises(ConflictError):
        written("16", crime.id, sergeant)


def test_every_victim_has_to_have_told_and_the_latest_wish_stands(force: Force) -> None:
    crime, sergeant = recorded(force), force.one(Role.SERGEANT)
    grounded(crime, sergeant)
    wish(crime, sergeant, "supports")
    assert parts(crime.id, "16", sergeant) == {"wish"}
    wish(crime, sergeant)
    other = pole.register_person("Una Bell (made up)", sergeant, born="1985-05-06")
    pole.link(("person", other.id), "victim", ("crime", crime.id), sergeant)
    assert parts(crime.id, "16", sergeant) == {"wish"}
    with pytest.raises(InvalidError, match="Whose"):
        wish(crime, sergeant)
    services.record_wish(crime.id, "does_not_support", "written", sergeant, words="No", victim=("person", other.id))
    assert parts(crime.id, "16", sergeant) == set()
    assert wished(crime.id) == {"victim_supports": "no", "lost_contact": "no"}


def test_a_victim_taken_off_the_crime_does_not_spare_the_question(force: Force) -> None:
    crime, sergeant = recorded(force), force.one(Role.SERGEANT)
    considered(crime, sergeant)
    looked_at(crime, sergeant)
    for one in Link.objects.filter(to_kind="crime", to_id=crime.id, role="victim"):
        pole.withdraw(one, "Not her", sergeant)
    assert victims(crime.id) == ()
    assert parts(crime.id, "16", sergeant) == {"wish"}
    assert parts(crime.id, "15", sergeant) == {"wish"}


def test_a_case_that_can_go_on_without_the_victim_is_not_closed_for_her_wish(force: Force) -> None:
    crime, sergeant = recorded(force), force.one(Role.SERGEANT)
    grounded(crime, sergeant)
    considered(crime, sergeant, goes_on=True)
    with pytest.raises(RulesForbidError, match="without the victim"):
        ended(crime, sergeant)
    with pytest.raises(ConflictError):
        written("16", crime.id, sergeant)


def test_domestic_abuse_needs_an_inspector_who_did_not_investigate(force: Force) -> None:
    crime, investigator, inspector = abuse(force), detective(force), force.one(Role.INSPECTOR)
    grounded(crime, investigator)
    for by in (investigator, force.one(Role.SERGEANT)):
        with pytest.raises(IopsError, match="inspector"):
            ended(crime, by)
        with pytest.raises(NotAllowedError, match="inspector"):
            written("16", crime.id, by)
    life.allocate(crime.id, force.one(Role.SERGEANT), "Short of detectives", user_id=inspector.id)
    with pytest.raises(NotAllowedError, match="inspector"):
        written("16", crime.id, inspector)
    with pytest.raises(NotAllowedError, match="own name"), writing(investigator):
        CrimeOutcome.objects.create(
            crime=crime, code="16", facts=SAID, reason="x", at=clock.now(), by=force.another(Role.INSPECTOR)
        )
    assert ended(crime, force.another(Role.INSPECTOR)).code == "16"


def test_the_flag_of_a_crime_makes_it_domestic_abuse_too(force: Force) -> None:
    crime, sergeant = recorded(force), force.one(Role.SERGEANT)
    grounded(crime, sergeant)
    life.flag(crime.id, "domestic abuse", sergeant)
    assert parts(crime.id, "16", sergeant) == {"authority"}
    assert parts(crime.id, "16", force.one(Role.REGISTRAR)) == set()


def test_rape_needs_an_inspector_by_the_class_it_has_now(force: Force) -> None:
    crime, sergeant = recorded(force), force.one(Role.SERGEANT)
    grounded(crime, sergeant)
    assert parts(crime.id, "16", sergeant) == set()
    registrar = force.one(Role.REGISTRAR)
    deciding.reclassify(crime.id, "19C", "new_information", "She told of a rape", registrar)
    assert parts(crime.id, "16", sergeant) == {"authority"}


def test_other_outcomes_need_none_of_it(force: Force) -> None:
    crime = abuse(force)
    for code in ("1", "13", "17", "18", "20", "1A", ""):
        assert lacking(crime.id, code, force.one(Role.RESPONSE)) == ()


def test_what_was_written_for_the_last_ending_does_not_carry_the_next(force: Force) -> None:
    crime, sergeant = recorded(force), force.one(Role.SERGEANT)
    ended(grounded(crime, sergeant), sergeant)
    outcome = crime.outcomes.get()
    tomorrow = clock.now() + dt.timedelta(days=1)
    with writing(sergeant):
        Reopening.objects.create(crime=crime, outcome=outcome, reason="A witness came", at=tomorrow, by=sergeant)
    assert parts(crime.id, "16", sergeant) == {"evidence_led", "safeguarding"}


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"wish": "maybe"}, "wish"), ({"taken_how": "by pigeon"}, "taken_how"), ({"taken_how": "no_contact"}, "taken_how"),
     ({"words": "", "recording": ""}, "words"), ({"words": "\x00"}, "Words"), ({"words": "x" * 200_000}, "Words"),
     ({"recording": "x" * 101}, "recording")],
)  # fmt: skip
def test_a_wish_that_says_nothing_is_refused_by_its_field(force: Force, typed: dict[str, str], field: str) -> None:
    crime = recorded(force)
    told: dict[str, Any] = {"wish": "supports", "taken_how": "in_person", "words": "Yes", "recording": ""} | typed
    with pytest.raises(InvalidError) as refused:
        services.record_wish(
            crime.id, told["wish"], told["taken_how"], detective(force), words=told["words"],
            recording=told["recording"],
        )  # fmt: skip
    assert refused.value.details["field"] == field


def test_somebody_who_is_no_victim_has_no_wish_here(force: Force) -> None:
    crime, by = recorded(force), detective(force)
    other = pole.register_person("Una Bell (made up)", by, born="1985-05-06")
    with pytest.raises(ConflictError):
        services.record_wish(crime.id, "supports", "written", by, words="Yes", victim=("person", other.id))
    with pytest.raises(ConflictError), writing(by):
        VictimWish.objects.create(
            crime=crime, person=other, wish="supports", taken_how="written", words="x", taken_at=clock.now(),
            at=clock.now(), by=by,
        )  # fmt: skip


@pytest.mark.parametrize("model", [VictimWish, EvidenceLed, SafeguardingCheck])
def test_what_an_outcome_rests_on_is_neither_changed_nor_removed(force: Force, model: Any) -> None:
    grounded(recorded(force), detective(force))
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(crime_id=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all().delete()
    assert model.objects.count() == 1


def test_a_record_cannot_be_dated_otherwise_than_by_the_clock(force: Force) -> None:
    crime, by = recorded(force), detective(force)
    with writing(by):
        made = EvidenceLed.objects.create(
            crime=crime, evidence="x", goes_on=False, reason="x", at=dt.datetime(2999, 1, 1, tzinfo=dt.UTC), by=by
        )
    made.refresh_from_db()
    assert made.at == clock.now()


def test_the_application_cannot_switch_the_refusal_off(force: Force) -> None:
    crime, sergeant = recorded(force), force.one(Role.SERGEANT)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("alter table crime_crimeoutcome disable trigger a_crime_outcome_rests")
    with pytest.raises(IopsError):
        ended(crime, sergeant)
