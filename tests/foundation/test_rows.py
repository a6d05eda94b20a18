"""One row with the rows it points to: the same as Django's own way, without making the statement anew."""

from __future__ import annotations

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from iops.foundation.models import District, Membership, Team, User
from iops.foundation.roles import Role
from iops.foundation.rows import OneRow

pytestmark = pytest.mark.django_db
WITH_TEAM = OneRow(Membership, "team", "team__district", "user", extra="row.role || '!'")


def member(district: District | None) -> Membership:
    team = Team.objects.create(name="Team (made up)", district=district)
    user = User.objects.create(username="a.clark", name="Amy Clark (made up)")
    return Membership.objects.create(user=user, team=team, role=Role.RESPONSE)


def test_it_is_what_select_related_gives_in_one_query() -> None:
    given = member(District.objects.create(code="N", name="North"))
    with CaptureQueriesContext(connection) as asked:
        found = WITH_TEAM.find(given.id)
        assert found is not None
        row, extra = found
        shown = (row, row.team, row.team.district, row.user, row.team.district and row.team.district.name)
    expected = Membership.objects.select_related("team__district", "user").get(id=given.id)
    assert len(asked) == 1
    assert shown == (expected, expected.team, expected.team.district, expected.user, "North")
    for field in Membership._meta.concrete_fields:
        assert getattr(row, field.attname) == getattr(expected, field.attname)
    assert extra == "response!"


def test_a_row_that_is_pointed_to_by_nothing_is_none_and_not_asked_for_again() -> None:
    found = WITH_TEAM.find(member(None).id)
    assert found is not None
    with CaptureQueriesContext(connection) as asked:
        assert found[0].team.district is None
    assert len(asked) == 0


def test_an_id_that_is_nobodys_finds_nothing() -> None:
    assert [WITH_TEAM.find(n) for n in (0, -1, 2**62)] == [None, None, None]


def test_a_field_whose_values_django_converts_is_refused() -> None:
    class Shout(models.CharField):  # type: ignore[type-arg]
        def from_db_value(self, value: str, *_: object) -> str:
            return value.upper()

    class Loud(models.Model):
        said = Shout(max_length=9)

        class Meta:
            app_label = "foundation"
            managed = False

    with pytest.raises(ValueError, match="converted"):
        OneRow(Loud).find(1)
