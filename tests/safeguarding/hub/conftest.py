"""A force with districts and agencies, and a history of referrals written in a few statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import psycopg
import pytest

from iops.foundation.models import District
from iops.foundation.roles import Role
from iops.pole.services import register_person
from iops.safeguarding.referrals import services as referrals
from tests.conftest import as_owner, worker_database
from tests.force import Force

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from iops.foundation.models import User
    from iops.safeguarding.models import Agency

TABLES = ("safeguarding_referral", "safeguarding_referralstep")
HISTORY = """
with made as (
    insert into safeguarding_referral (incident_id, person_id, agency_id, district_id, strand, urgency, summary, voice,
                                       basis, grounds, sections, attention, drafted_at)
    select %(incident)s, %(person)s, %(agency)s, %(district)s, 'child', 'routine', 'made up', '',
           'consent', '', '[]', '',
           ((%(first)s::date + d) + time '08:00') at time zone 'Europe/London'
           + (n * 720 / %(count)s) * interval '1 minute'
    from generate_series(0, %(days)s - 1) d, generate_series(0, %(count)s - 1) n
    returning id, incident_id, drafted_at
)
insert into safeguarding_referralstep (referral_id, incident_id, state, at, said_by, reason)
select id, incident_id, 'sent', drafted_at, '', '' from made
"""
"""So many referrals a day, evenly from 8 to 20 hours, sent as soon as they were drafted."""


@dataclass
class Desks:
    """Districts and agencies; every part is made when it is first asked for."""

    force: Force = field(default_factory=Force)
    agencies: dict[str, Agency] = field(default_factory=dict)

    @property
    def keeper(self) -> User:
        return self.force.one(Role.SAFEGUARDING)

    @cached_property
    def incident(self) -> int:
        return self.force.incident(domestic=True).id

    @cached_property
    def person(self) -> int:
        return register_person("Child (made up)", self.keeper).id

    def district(self, name: str) -> District:
        return District.objects.get_or_create(code=name[:8].upper(), defaults={"name": f"{name} (made up)"})[0]

    def agency(self, name: str, kind: str = "children_services") -> Agency:
        if name not in self.agencies:
            folder = name.lower().replace(" ", "-").replace("'", "")
            made = referrals.register_agency(f"{name} (made up)", kind, "folder", folder, self.keeper)
            self.agencies[name] = made
        return self.agencies[name]

    def sent(self, district: str, agency: str, first: dt.date, days: int, count: int) -> None:
        """A history of referrals that were sent, as it stands on record; written the way a load writes."""
        told = {
            "incident": self.incident,
            "person": self.person,
            "agency": self.agency(agency).id,
            "district": self.district(district).id,
            "first": first,
            "days": days,
            "count": count,
        }
        with psycopg.connect(as_owner(worker_database())) as owner:
            owner.execute("set constraints all immediate")
            for table in TABLES:
                owner.execute(f"alter table {table} disable trigger user")
            owner.execute(HISTORY, told)
            for table in TABLES:
                owner.execute(f"alter table {table} enable trigger user")


@pytest.fixture
def desks(transactional_db: None) -> Iterator[Desks]:
    """Districts in a force whose clock can be set, as a training force's."""
    with psycopg.connect(as_owner(worker_database()), autocommit=True) as owner:
        owner.execute("insert into foundation_clock (id, adjustable) values (1, true)")
        yield Desks()
        owner.execute("delete from foundation_clock")
