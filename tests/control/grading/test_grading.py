"""Grading: within the scheme in force, kept with THRIVE, and slowed down for nobody vulnerable by one person alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from iops.control import services as control
from iops.control.grading import selectors, services
from iops.control.grading.services import SecondPersonError
from iops.control.models import GradeProposal, Grading, Thrive
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import History
from iops.foundation.roles import Role
from iops.obligations.models import Obligation
from iops.obligations.services import settle_now
from iops.pole import services as pole
from iops.safeguarding import services as safeguarding
from tests.control.grading.conftest import QUIET
from tests.force import owed
from tests.foundation.acting_as import as_user, visible
from tests.foundation.consulting import assert_consulted

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings

    from iops.control.models import Incident
    from iops.foundation.models import User
    from tests.force import Force

pytestmark = pytest.mark.django_db


@pytest.fixture
def handler(force: Force) -> User:
    return force.one(Role.CALL_HANDLER)


@pytest.fixture
def sergeant(force: Force) -> User:
    return force.one(Role.SERGEANT)


@pytest.fixture
def domestic(force: Force, handler: User) -> Incident:
    incident = force.incident(domestic=True)
    control.grade(incident.id, 1, "", handler)
    return incident


def facts(incident: Incident) -> tuple[object, ...]:
    """What rules see of the grade."""
    with connection.cursor() as cursor:
        cursor.execute("select grade, graded_at, grade_since from facts.incident where id = %s", [incident.id])
        return tuple(cursor.fetchone())


# --- grade -----------------------------------------------------------------------------------------------------------


def test_a_grading_keeps_its_scheme_and_the_assessment_it_rests_on(force: Force, handler: User) -> None:
    incident = force.incident()
    assert services.grade(incident.id, 2, "", handler).thrive is None
    thrive = services.assess(incident.id, QUIET | {"threat": ("high", "He has a knife")}, handler)
    graded = services.grade(incident.id, 1, "", handler)
    assert (graded.scheme, graded.thrive, graded.proposal) == ("generic-five", thrive, None)


def test_only_grades_of_the_scheme_in_force_are_given(
    force: Force, handler: User, tmp_path: Path, settings: Settings
) -> None:
    incident = force.incident()
    services.grade(incident.id, 4, "", handler)
    (tmp_path / "force.yaml").write_text("kind: grading-choice\nin_force:\n  - {from: 2022-02-01, scheme: gmp-2022}\n")
    settings.IOPS_FORCE_FOLDER = tmp_path
    with pytest.raises(InvalidError, match="not a grade of the scheme “GMP 2022”") as refused:
        services.grade(incident.id, 4, "", handler)
    assert "C (scheduled)" in refused.value.mend
    assert services.grade(incident.id, 3, "", handler).scheme == "gmp-2022"


@pytest.mark.parametrize("grade", [0, -1, 6, 10**9])
def test_a_number_that_is_no_grade_is_refused(force: Force, handler: User, grade: int) -> None:
    with pytest.raises(InvalidError):
        services.grade(force.incident().id, grade, "", handler)


def test_a_slower_grade_of_an_ordinary_incident_needs_a_reason_alone(force: Force, handler: User) -> None:
    incident = force.incident()
    services.grade(incident.id, 1, "", handler)
    with pytest.raises(InvalidError, match="Rationale"):
        services.grade(incident.id, 3, " ", handler)
    assert services.grade(incident.id, 3, "The alarm was a test", handler).grade == 3


def test_no_grade_for_what_is_closed_or_not_there(force: Force, handler: User) -> None:
    incident = force.incident()
    control.close(incident.id, "done", handler)
    with pytest.raises(ConflictError, match="closed"):
        services.grade(incident.id, 1, "", handler)
    with pytest.raises(NotFoundError):
        services.grade(999_999, 1, "", handler)


# --- the second person -----------------------------------------------------------------------------------------------


def test_nobody_alone_slows_a_domestic_incident_down(domestic: Incident, handler: User, sergeant: User) -> None:
    for who in (handler, sergeant):
        with pytest.raises(SecondPersonError):
            services.grade(domestic.id, 2, "calm now", who)
    assert services.grade(domestic.id, 1, "", handler).grade == 1


def test_a_proposal_changes_nothing_until_somebody_else_confirms_it(
    domestic: Incident, handler: User, sergeant: User
) -> None:
    before, duties = facts(domestic), owed(domestic)
    proposal = services.grade_or_propose(domestic.id, 3, "He has left for good", handler)
    assert isinstance(proposal, GradeProposal)
    assert (proposal.was, proposal.grade, facts(domestic), owed(domestic)) == (
        1,
        3,
        before,
        duties | {"grade-proposal-decide": "open"},
    )
    done = services.decide_proposal(proposal.id, True, "", sergeant)
    graded = Grading.objects.latest("id")
    assert (done.decided_by, graded.grade, graded.proposal, graded.rationale) == (
        sergeant,
        3,
        proposal,
        "He has left for good",
    )
    assert (facts(domestic)[0], owed(domestic)["grade-proposal-decide"]) == (3, "met")
    assert "attend-grade-1" not in owed(domestic)
    with as_user(sergeant):
        reasons = History.objects.filter(table_name="control_gradeproposal").order_by("id")
        assert [h.reason for h in reasons] == ["grade 3 proposed", "slower grade confirmed"]


def test_a_refused_proposal_leaves_the_grade_and_says_why(domestic: Incident, handler: User, sergeant: User) -> None:
    proposal = services.propose_slower(domestic.id, 2, "calm now", handler)
    with pytest.raises(InvalidError, match="Note"):
        services.decide_proposal(proposal.id, False, "", sergeant)
    done = services.decide_proposal(proposal.id, False, "The children are still there", sergeant)
    assert (done.confirmed, Grading.objects.count()) == (False, 1)
    with pytest.raises(ConflictError, match="decided already"):
        services.decide_proposal(proposal.id, True, "", sergeant)


def test_the_second_person_is_another_and_a_supervisor(
    force: Force, domestic: Incident, handler: User, sergeant: User
) -> None:
    own = services.propose_slower(domestic.id, 2, "calm now", sergeant)
    with pytest.raises(NotAllowedError, match="own proposal"):
        services.decide_proposal(own.id, True, "", sergeant)
    with pytest.raises(NotAllowedError, match="sergeant or above"):
        services.decide_proposal(own.id, True, "", handler)
    with pytest.raises(NotFoundError):
        services.decide_proposal(999_999, True, "", sergeant)
    assert services.decide_proposal(own.id, True, "", force.one(Role.INSPECTOR)).confirmed


def test_a_proposal_is_slower_in_the_scheme_said_why_and_one_at_a_time(
    force: Force, domestic: Incident, handler: User
) -> None:
    for grade, reason, said in ((1, "x", "not a slower"), (9, "x", "not a grade"), (3, " ", "Reason")):
        with pytest.raises(InvalidError, match=said):
            services.propose_slower(domestic.id, grade, reason, handler)
    with pytest.raises(InvalidError, match="not a slower"):
        services.propose_slower(force.incident(domestic=True).id, 3, "never graded", handler)
    services.propose_slower(domestic.id, 2, "calm now", handler)
    with pytest.raises(ConflictError, match="proposed already"):
        services.propose_slower(domestic.id, 3, "calm now", handler)
    with pytest.raises(NotFoundError):
        services.propose_slower(999_999, 3, "x", handler)


def test_a_proposal_about_a_grade_that_stands_no_more_is_not_confirmed(
    force: Force, handler: User, sergeant: User
) -> None:
    incident = force.incident(domestic=True)
    services.grade(incident.id, 2, "", handler)
    proposal = services.propose_slower(incident.id, 3, "calm", handler)
    services.grade(incident.id, 1, "", handler)
    with pytest.raises(ConflictError, match="graded anew"):
        services.decide_proposal(proposal.id, True, "", sergeant)
    assert not services.decide_proposal(proposal.id, False, "It got worse", sergeant).confirmed


def test_closing_the_incident_settles_what_was_proposed(force: Force, handler: User, sergeant: User) -> None:
    incident = force.incident()
    services.grade(incident.id, 1, "", handler)
    proposal = services.propose_slower(incident.id, 2, "a test alarm", handler)
    control.close(incident.id, "false alarm", handler)
    assert Obligation.objects.get(rule_id="grade-proposal-decide").met_at is not None
    with pytest.raises(ConflictError, match="closed"):
        services.decide_proposal(proposal.id, True, "", sergeant)


class TestWhoIsProtected:
    """A second person is needed for domestic, child and vulnerable incidents, however that is known."""

    def slower(self, incident: Incident, by: User) -> Grading:
        services.grade(incident.id, 1, "", by)
        return services.grade(incident.id, 3, "calm now", by)

    def test_an_ordinary_incident_is_not(self, force: Force, handler: User) -> None:
        incident = force.incident()
        grown = pole.register_person("John Smith", handler, born="12/3/1985")
        pole.link(("person", grown.id), "victim", ("incident", incident.id), handler)
        assert self.slower(incident, handler).grade == 3

    def test_a_child_that_is_linked(self, force: Force, handler: User) -> None:
        incident = force.incident()
        safeguarding.link_child(incident.id, "Child (made up)", None, handler)
        with pytest.raises(SecondPersonError):
            self.slower(incident, handler)

    @pytest.mark.parametrize(("age", "protected"), [(17, True), (18, False)])
    def test_a_person_under_eighteen(self, force: Force, handler: User, age: int, protected: bool) -> None:
        incident = force.incident()
        today = clock.today()
        born = date(today.year - age, today.month, min(today.day, 28))
        person = pole.register_person("Young Person", handler, born=f"{born:%d/%m/%Y}")
        pole.link(("person", person.id), "witness", ("incident", incident.id), handler)
        if protected:
            with pytest.raises(SecondPersonError):
                self.slower(incident, handler)
        else:
            assert self.slower(incident, handler)

    def test_somebody_once_assessed_as_vulnerable(self, force: Force, handler: User) -> None:
        incident = force.incident()
        services.assess(incident.id, QUIET | {"vulnerability": ("medium", "confused")}, handler)
        services.assess(incident.id, QUIET, handler)
        with pytest.raises(SecondPersonError):
            self.slower(incident, handler)

    def test_somebody_with_a_warning_of_vulnerability_even_when_hidden(
        self, force: Force, handler: User, sergeant: User
    ) -> None:
        incident = force.incident()
        person = pole.register_person("John Smith", sergeant)
        pole.link(("person", person.id), "caller", ("incident", incident.id), sergeant)
        pole.restrict_person(person.id, "protected", sergeant)
        pole.propose_marker(kind="suicidal", severity="grave", grounds="said so", by=sergeant, person_id=person.id)
        with pytest.raises(SecondPersonError):
            self.slower(incident, handler)


def test_a_slower_grade_is_refused_at_a_sql_prompt_too(domestic: Incident, handler: User, sergeant: User) -> None:
    statement = """insert into control_grading (incident_id, grade, at, rationale, proposal_id)
        values (%s, %s, iops.now(), 'x', %s)"""
    with as_user(handler):
        mine = services.propose_slower(domestic.id, 3, "calm", handler)

    def write(grade: int, proposal: int | None) -> None:
        with as_user(handler), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [domestic.id, grade, proposal])

    for grade, proposal in ((2, None), (3, mine.id), (5, None)):
        with pytest.raises(DatabaseError, match="second person"):
            write(grade, proposal)
    services.decide_proposal(mine.id, False, "no", sergeant)
    with pytest.raises(DatabaseError, match="second person"):
        write(3, mine.id)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        GradeProposal.objects.create(
            incident=domestic, was=1, grade=3, reason="x", by=handler, at=clock.now(),
            decided_at=clock.now(), decided_by=handler, confirmed=True,
        )  # fmt: skip


# --- THRIVE ----------------------------------------------------------------------------------------------------------


def test_thrive_is_assessed_again_when_things_change_and_none_is_lost(force: Force, handler: User) -> None:
    incident = force.incident()
    first = services.assess(incident.id, QUIET, handler)
    second = services.assess(incident.id, QUIET | {"harm": ("high", " She bleeds ")}, handler)
    assert (second.harm_level, second.harm, second.by) == ("high", "She bleeds", handler)
    with assert_consulted("incident", [incident.id], handler):
        assert selectors.thrives(incident.id, handler) == [second, first]
    with as_user(handler), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Thrive.objects.update(harm_level="none")


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({}, "threat"),
        ({k: v for k, v in QUIET.items() if k != "risk"}, "risk"),
        (QUIET | {"harm": ("enormous", "x")}, "harm"),
        (QUIET | {"harm": ("high", "  ")}, "Harm"),
        (QUIET | {"harm": ("medium", "")}, "Harm"),
        (QUIET | {"harm": ("low", "a\x00b")}, "Harm"),
        (QUIET | {"harm": ("low", "x" * 20_001)}, "Harm"),
    ],
)
def test_an_assessment_that_leaves_something_out_is_refused(
    force: Force, handler: User, parts: dict[str, tuple[str, str]], field: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        services.assess(force.incident().id, parts, handler)
    assert refused.value.details["field"] == field
    with pytest.raises(InvalidError, match="six parts"):
        services.assess(force.incident().id, QUIET | {"mood": ("low", "")}, handler)


def test_the_database_keeps_levels_known_and_danger_said(force: Force) -> None:
    incident, now = force.incident(), clock.now()
    levels = {f"{part}_level": "none" for part in Thrive.PARTS}
    for wrong in ({"risk_level": "big"}, {"risk_level": "high", "risk": ""}):
        with pytest.raises(IntegrityError, match="thrive_risk"), transaction.atomic():
            Thrive.objects.create(incident=incident, at=now, **(levels | wrong))


def test_the_suggestion_is_explained_and_binds_nobody(force: Force, handler: User) -> None:
    incident = force.incident(domestic=True)
    services.assess(incident.id, QUIET | {"threat": ("high", "knife")}, handler)
    found = selectors.suggested_grade(incident.id, handler)
    assert found is not None
    assert (found.grade, found.title, found.reasons) == (1, "Emergency", ("The threat is high.",))
    assert services.grade(incident.id, 4, "Officer already there", handler).grade == 4
    with pytest.raises(NotFoundError):
        selectors.suggested_grade(999_999, handler)


def test_what_hangs_on_a_restricted_incident_is_there_for_its_list_alone(
    domestic: Incident, force: Force, handler: User, sergeant: User
) -> None:
    services.assess(domestic.id, QUIET, handler)
    services.propose_slower(domestic.id, 2, "calm", handler)
    control.restrict(domestic.id, [], [], "sensitive", sergeant)
    with as_user(handler):
        assert (visible(Thrive), visible(GradeProposal)) == (set(), set())
    assert len(selectors.proposals(domestic.id, sergeant)) == 1
    with pytest.raises(NotFoundError):
        selectors.proposals(domestic.id, handler)
    for who, seen in ((sergeant, 1), (handler, 0)):
        with as_user(who):
            assert Obligation.objects.filter(rule_id="grade-proposal-decide", restricted=True).count() == seen


def test_the_page_of_an_incident_asks_the_second_person(domestic: Incident, handler: User, sergeant: User) -> None:
    page = f"/incidents/{domestic.number}/{domestic.day:%d%m%Y}/"
    first, second = Client(), Client()
    first.force_login(handler)
    second.force_login(sergeant)
    answer = first.post(f"{page}grade/", {"grade": "3", "rationale": "calm now"}, follow=True)
    assert "Grade 3 is proposed" in answer.content.decode()
    assert "act-decide-grade" not in answer.content.decode()
    assert "act-decide-grade" in second.get(page).content.decode()
    assert first.post(f"{page}decide-grade/", {"confirmed": "yes"}).status_code == 403
    assert second.post(f"{page}decide-grade/", {"confirmed": "no", "note": ""}).status_code == 422
    answer = second.post(f"{page}decide-grade/", {"confirmed": "yes"}, follow=True)
    assert "Graded 3." in answer.content.decode()
    assert services.present(domestic) == 3
    assert second.post(f"{page}decide-grade/", {"confirmed": "yes"}).status_code == 404


def test_the_page_offers_the_grades_of_the_scheme_in_force(
    force: Force, handler: User, tmp_path: Path, settings: Settings
) -> None:
    (tmp_path / "force.yaml").write_text("kind: grading-choice\nin_force:\n  - {from: 2022-02-01, scheme: gmp-2022}\n")
    settings.IOPS_FORCE_FOLDER = tmp_path
    incident, client = force.incident(), Client()
    client.force_login(handler)
    page = f"/incidents/{incident.number}/{incident.day:%d%m%Y}/"
    assert "C, scheduled" in client.get(page).content.decode()
    assert client.post(f"{page}grade/", {"grade": "5", "rationale": ""}).status_code == 422


def test_a_faster_grade_is_not_slipped_in_before_a_slower_one_at_a_sql_prompt(force: Force, handler: User) -> None:
    incident = force.incident(domestic=True)
    control.grade(incident.id, 3, "", handler)
    with (
        as_user(handler),
        pytest.raises(DatabaseError, match="second person"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "insert into control_grading (incident_id, grade, at, rationale)"
            " values (%s, 1, iops.now() - interval '1 hour', 'x')",
            [incident.id],
        )


def test_what_an_older_system_decided_is_loaded_as_it_was(force: Force, handler: User) -> None:
    incident = force.incident(domestic=True, channel="imported")
    now = clock.now()
    for minutes, grade in enumerate((1, 3)):
        Grading.objects.create(incident=incident, grade=grade, at=now + timedelta(minutes=minutes))
    assert services.present(incident) == 3
    with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
        Grading.objects.create(incident=incident, grade=4, at=now + timedelta(minutes=5), by=handler)
    settle_now()
