"""What stands of crimes beside what their facts say, for the tests."""

from __future__ import annotations

from django.db import connection

NOW = """select crime_id, incident_id, district_id, crime_class, owner_id, team_id, state, ending, recorded_at
from iops.crime_stands_now"""
KEPT = """select crime_id, incident_id, district_id, crime_class, owner_id, team_id, state, ending, recorded_at
from crime_crimestanding"""


def standing_otherwise() -> list[tuple[object, ...]]:
    """Every row that the table of what stands has and the facts do not say, or the other way round."""
    with connection.cursor() as cursor:
        cursor.execute(f"({NOW} except {KEPT}) union all ({KEPT} except {NOW})")
        return list(cursor.fetchall())
