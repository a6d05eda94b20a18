"""Many incidents opened at once are incidents like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connection

from iops.control.bulk import STAGING, open_incidents_in_bulk
from iops.control.models import Contact, Grading, Incident, LogEntry
from iops.foundation.districts import have_districts
from iops.foundation.models import District
from iops.obligations.conservation import check_conservation
from iops.obligations.models import Obligation
from iops.obligations.services import writing
from tests.force import Force

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.django_db

Row = tuple[str, str, int | None]
"""Source key, moment of report, grade."""


def opened(rows: Sequence[Row]) -> int:
    """Stage the rows and open them in one transaction."""
    columns = ", ".join(f'"{name}" {kind}' for name, kind in STAGING.items())
    with writing(None, reason="bulk"), connection.cursor() as cursor:
        cursor.execute(f"create temporary table if not exists staged_by_test ({columns}); truncate staged_by_test")
        for key, at, grade in rows:
            values: list[str | bool | int | None] = [
                key,
                at,
                "1 Mill Lane",
                "Shouting",
                "noise",
                "N",
                True,
                True,
                grade,
                "A line" if grade else "",
            ]
            cursor.execute(f"insert into staged_by_test values ({', '.join(['%s'] * len(values))})", values)
        return open_incidents_in_bulk(cursor, "staged_by_test", "tests")


def test_each_row_is_an_incident_with_contact_grade_log_and_duties() -> None:
    force = Force()
    assert opened([("a", "2022-05-01T10:00Z", 1), ("b", "2022-05-01T11:00Z", None)]) == 2
    graded = Incident.objects.get(contact__source_key="a")
    assert (graded.district, graded.domestic, graded.category) == (force.district, True, "noise")
    assert Grading.objects.get().incident == LogEntry.objects.get().incident == graded
    assert Obligation.objects.filter(rule="grade-incident", met_at=None).count() == 1
    run = check_conservation()
    assert (run.missing, run.surplus) == (0, 0)


def test_numbers_follow_the_time_of_report_and_those_already_given() -> None:
    force = Force()
    from datetime import UTC, datetime

    assert force.incident(reported_at=datetime(2022, 5, 1, 9, tzinfo=UTC)).number == 1
    opened(
        [("late", "2022-05-01T20:00Z", None), ("early", "2022-05-01T08:00Z", None), ("next", "2022-05-02T08:00Z", 1)]
    )
    numbers = dict(Incident.objects.exclude(contact__source="").values_list("contact__source_key", "number"))
    assert numbers == {"early": 2, "late": 3, "next": 1}


def test_an_incident_shortly_before_midnight_utc_in_summer_belongs_to_the_next_day_in_london() -> None:
    Force()
    opened([("a", "2022-07-01T23:30Z", None)])
    assert Incident.objects.get().day.isoformat() == "2022-07-02"


def test_nothing_staged_opens_nothing() -> None:
    Force()
    assert opened([]) == 0
    assert Incident.objects.count() == 0


def test_a_key_that_is_here_already_is_refused_and_takes_no_number() -> None:
    Force()
    opened([("a", "2022-05-01T10:00Z", None)])
    with pytest.raises(IntegrityError, match="contact_source_once"):
        opened([("b", "2022-05-01T10:00Z", None), ("a", "2022-05-01T10:00Z", None)])
    assert (Contact.objects.count(), Incident.objects.count()) == (1, 1)
    opened([("c", "2022-05-01T12:00Z", None)])
    assert sorted(Incident.objects.values_list("number", flat=True)) == [1, 2]


def test_a_district_that_is_there_keeps_its_name() -> None:
    Force()
    with writing(None, reason="districts"):
        assert have_districts({"N": "Another name", "X": "New (made up)"}) == 1
        assert have_districts({"N": "Another name", "X": "New (made up)"}) == 0
        assert have_districts({}) == 0
    assert dict(District.objects.values_list("code", "name")) == {"N": "North (made up)", "X": "New (made up)"}
