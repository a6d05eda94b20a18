"""Links between incidents: both directions, withdrawn and not deleted, and nothing is closed or dropped by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction

from iops.control import services as control
from iops.control.models import IncidentLink, LinkKind
from iops.control.record import linking, selectors
from iops.foundation.errors import ConflictError, InvalidError, NotFoundError
from iops.foundation.roles import Role
from tests.force import owed
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from tests.force import Force

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "here", "there"),
    [
        ("same_as", "same as", "same as"),
        ("duplicate_of", "duplicate of", "has the duplicate"),
        ("related_to", "related to", "related to"),
        ("series", "part of a series with", "part of a series with"),
    ],
)
def test_a_link_is_shown_from_either_end_with_its_reason_and_author(
    force: Force, kind: str, here: str, there: str
) -> None:
    one, other, by = force.incident(), force.incident(), force.one(Role.DISPATCHER)
    linking.link_incidents(one.id, other.id, kind, "Same caller", by)
    seen = [(v.words, v.other, v.link.reason, v.link.by) for v in selectors.ties(one.id, by).links]
    back = [(v.words, v.other, v.link.reason, v.link.by) for v in selectors.ties(other.id, by).links]
    assert seen == [(here, other, "Same caller", by)]
    assert back == [(there, one, "Same caller", by)]


def test_a_link_is_on_the_log_of_both(force: Force) -> None:
    one, other = force.incident(), force.incident()
    linking.link_incidents(one.id, other.id, "duplicate_of", "Same caller", force.one(Role.DISPATCHER))
    assert one.log.get().text == f"Linked, duplicate of incident {other.reference}: Same caller"
    assert other.log.get().text == f"Linked from (duplicate of) incident {one.reference}: Same caller"


def test_the_duties_of_a_duplicate_stand_until_a_person_answers_them(force: Force) -> None:
    one, other, by = force.incident(domestic=True), force.incident(), force.one(Role.DISPATCHER)
    before = owed(one)
    linking.link_incidents(one.id, other.id, "duplicate_of", "Same caller", by)
    one.refresh_from_db()
    assert (
        owed(one)
        == before
        == {
            "grade-incident": "open",
            "crime-recording-decision": "open",
            "da-record": "open",
            "da-risk-assessment-unattended": "open",
        }
    )
    assert one.closed_at is None
    control.grade(other.id, 2, "", by)
    assert owed(one)["grade-incident"] == "open"


def test_a_link_that_was_wrong_is_withdrawn_with_a_reason_and_stays_to_be_seen(force: Force) -> None:
    one, other, by = force.incident(), force.incident(), force.one(Role.DISPATCHER)
    link = linking.link_incidents(one.id, other.id, "same_as", "Same caller", by)
    linking.withdraw_link(link.id, "Two brothers", force.one(Role.SERGEANT))
    (shown,) = selectors.ties(one.id, by).links
    assert (shown.link.withdrawn_reason, shown.link.withdrawn_by) == ("Two brothers", force.one(Role.SERGEANT))
    assert one.log.order_by("-id")[0].text == f"Link withdrawn, same as incident {other.reference}: Two brothers"
    with pytest.raises(ConflictError):
        linking.withdraw_link(link.id, "Again", by)
    assert linking.link_incidents(one.id, other.id, "same_as", "They are one after all", by).id != link.id


@pytest.mark.parametrize("kind", LinkKind.values)
def test_the_same_link_is_not_told_twice_from_either_end(force: Force, kind: str) -> None:
    one, other, by = force.incident(), force.incident(), force.one(Role.DISPATCHER)
    linking.link_incidents(one.id, other.id, kind, "Same caller", by)
    for pair in ((one.id, other.id), (other.id, one.id)):
        with pytest.raises(ConflictError):
            linking.link_incidents(*pair, kind, "Same caller", by)


@pytest.mark.parametrize(
    ("kind", "reason"), [("twin", "x"), ("", "x"), ("same_as", ""), ("same_as", " "), ("same_as", "\x00")]
)
def test_what_is_no_link_is_refused(force: Force, kind: str, reason: str) -> None:
    with pytest.raises(InvalidError):
        linking.link_incidents(force.incident().id, force.incident().id, kind, reason, force.one(Role.DISPATCHER))
    assert not IncidentLink.objects.exists()


def test_an_incident_is_not_linked_to_itself_nor_to_what_is_not_there(force: Force) -> None:
    one, by = force.incident(), force.one(Role.DISPATCHER)
    with pytest.raises(InvalidError):
        linking.link_incidents(one.id, one.id, "same_as", "x", by)
    for pair in ((one.id, 999_999), (999_999, one.id)):
        with pytest.raises(NotFoundError):
            linking.link_incidents(*pair, "same_as", "x", by)
    with pytest.raises(NotFoundError):
        linking.withdraw_link(999_999, "x", by)


def test_who_may_not_see_one_end_sees_neither_the_link_nor_a_line_that_names_it(force: Force) -> None:
    one, secret, sergeant = force.incident(), force.incident(), force.one(Role.SERGEANT)
    control.restrict(secret.id, [], [], "Officer involved", sergeant)
    linking.link_incidents(one.id, secret.id, "related_to", "Same gun", sergeant)
    stranger = force.one(Role.RESPONSE)
    assert selectors.ties(one.id, stranger).links == ()
    with as_user(stranger):
        assert not one.log.filter(text__contains=secret.reference).exists()
    with pytest.raises(NotFoundError):
        linking.link_incidents(one.id, secret.id, "same_as", "x", stranger)
    assert len(selectors.ties(one.id, sergeant).links) == 1


def test_a_link_is_not_deleted(force: Force) -> None:
    linking.link_incidents(force.incident().id, force.incident().id, "same_as", "x", force.one(Role.DISPATCHER))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from control_incidentlink")
