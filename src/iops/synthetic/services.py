"""The small made-up force that a first start loads, so that every screen has something true to its rules on it.

Nobody in it is real: accounts carry the words "made up" in their names, and every record the mark `made_up`. The large
force with known truth (`launch-2019` and others) is a later part.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password

from iops.control.models import Channel, Contact, Deployment, Grading, Incident, LogEntry, Outcome
from iops.control.services import next_number
from iops.crime.models import RecordingDecision
from iops.foundation import clock
from iops.foundation.context import acting
from iops.foundation.models import District, Membership, Team, User
from iops.foundation.roles import Role
from iops.obligations.selectors import blocking
from iops.obligations.services import settle_now
from iops.pole.services import register_person
from iops.safeguarding.models import AssessmentReview, ChildDecision, IncidentChild, RiskAssessment, RiskGrade
from iops.safeguarding.questions import ANSWERS, FORMS, SHORT_FORM
from iops.synthetic.calls import ring
from iops.synthetic.closures import class_it, close_it, relate
from iops.synthetic.nominals import involve, scene, settle_in, warn
from iops.synthetic.patrols import patrol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iops.synthetic.nominals import Residents

DISTRICTS = (("N", "North district"), ("C", "Central district"), ("S", "South district"))
STREETS = (
    "Mill Lane",
    "Station Road",
    "Chapel Street",
    "Park View",
    "Canal Side",
    "Church Walk",
    "Moor Road",
    "The Crescent",
)
INCIDENTS = 48
NOMINALS = 240
SEED = 2019
UNMARKED = 0.05
"""Of domestic incidents, how many nobody marked as such."""
DAYS = 4
"""The incidents lie in the last four days, so that some duties are met, some late and some not yet due."""


@dataclass(frozen=True)
class Kind:
    """A kind of incident in the made-up force: what is said, and what it is."""

    what: str
    category: str
    grade: int
    code: str
    domestic: bool = False
    crime: bool = True


CHILDREN = ("Alex", "Sam", "Jo", "Robin", "Charlie")
KINDS = (
    Kind(
        "Caller says her partner has hit her and is still in the house.",
        "Domestic abuse",
        1,
        "crime-violence",
        domestic=True,
    ),
    Kind(
        "Neighbours hear shouting and things breaking; a woman is crying.",
        "Domestic abuse",
        1,
        "crime-violence",
        domestic=True,
    ),
    Kind("Former partner keeps turning up and sending messages.", "Domestic abuse", 2, "crime-violence", domestic=True),
    Kind("Son has pushed his mother and taken her phone.", "Domestic abuse", 2, "crime-violence", domestic=True),
    Kind("Shop has detained somebody for theft.", "Theft", 2, "crime-theft"),
    Kind("Garage broken into overnight, bicycle gone.", "Burglary", 3, "crime-burglary"),
    Kind("Car window smashed, bag taken.", "Vehicle crime", 3, "crime-vehicle"),
    Kind("Two people fighting outside a public house.", "Violence", 1, "crime-violence"),
    Kind("Young people on the roof of the empty mill.", "Anti-social behaviour", 3, "asb-nuisance", crime=False),
    Kind("Worried about an older neighbour not seen for two days.", "Concern for safety", 2, "concern", crime=False),
)


def build_small_force(password: str) -> bool:
    """Load the small made-up force into an empty database; False when there is already a force in it.

    `password` is that of every made-up account; it is made for each installation, never the same twice.
    """
    if User.objects.exists() or District.objects.exists():
        return False
    with acting(reason="small made-up force loaded"):
        districts = [District.objects.create(code=code, name=name) for code, name in DISTRICTS]
        people = _accounts(districts, password)
        # Fixed, so that every first start shows the same force.
        chance = random.Random(SEED)  # noqa: S311 - made-up data, not a secret
        now = clock.now()
        residents = settle_in(NOMINALS, SEED, districts, now)
        warn(residents, chance, (people[Role.RESPONSE], people[Role.SERGEANT]), now, timedelta(days=30))
        moments = sorted(now - timedelta(minutes=chance.randrange(20, DAYS * 24 * 60)) for _ in range(INCIDENTS))
        for reported in moments:
            _Story(chance, people, chance.choice(districts), reported, now, residents).tell()
        patrol(districts, people, chance, now)
        ring(districts, people, now)
        settle_now()
    return True


def _accounts(districts: Sequence[District], password: str) -> dict[Role, User]:
    """One account for each role, force-wide so that whoever tries the system sees all of its districts."""
    team = Team.objects.create(name="Force-wide (made up)")
    for district in districts:
        Team.objects.create(name=f"{district.name} response (made up)", district=district)
    people = {}
    # Hashed once: it is the same word for all of them, and hashing is slow by design.
    hashed = make_password(password)
    for role in Role:
        name = f"{role.label.capitalize()} (made up)"
        user = User.objects.create(username=role.value.replace("_", "-"), name=name, password=hashed, made_up=True)
        Membership.objects.create(user=user, team=team, role=role)
        people[role] = user
    return people


@dataclass
class _Story:
    """One made-up incident, told up to the moment chance lets it reach."""

    chance: random.Random
    people: dict[Role, User]
    district: District
    reported: datetime
    now: datetime
    residents: Residents

    def tell(self) -> None:
        self.kind = self.chance.choice(KINDS)
        self.household = self.chance.choice([h for h in self.residents.households.values() if len(h) > 1])
        self.home = self.residents.homes.get(self.household[0].id)
        # Some calls are not recognised: the duty to decide on the mark is what finds them.
        self.marked = self.kind.domestic and self.chance.random() >= UNMARKED
        self.incident = self._open()
        self._involve()
        at = self.reported + self._minutes(1, 4)
        if self._happens(at, 0.95):
            self._grade(at)
            self._attend(at)

    def _minutes(self, least: int, most: int) -> timedelta:
        return timedelta(minutes=self.chance.randint(least, most))

    def _happens(self, at: datetime, chance: float) -> bool:
        return at < self.now and self.chance.random() < chance

    def _open(self) -> Incident:
        handler = self.people[Role.CALL_HANDLER]
        contact = Contact.objects.create(
            channel=self.chance.choice((Channel.EMERGENCY, Channel.NON_EMERGENCY, Channel.ONLINE)),
            at=self.reported,
            call_back="made-up number",
            taken_by=handler,
            made_up=True,
            outcome=Outcome.INCIDENT,
            concluded_at=self.reported,
        )
        day, number = next_number(self.reported)
        incident = Incident.objects.create(
            day=day,
            number=number,
            contact=contact,
            reported_at=self.reported,
            where=self.home.said if self.home else f"{self.chance.randint(1, 180)} {self.chance.choice(STREETS)}",
            what=self.kind.what,
            district=self.district,
            opened_by=handler,
            domestic=self.marked,
            crime_reported=self.kind.crime,
            category=self.kind.category,
            made_up=True,
        )
        LogEntry.objects.create(incident=incident, at=self.reported, author=handler, text=self.kind.what)
        return incident

    def _involve(self) -> None:
        """Who it is about: somebody at home, and another of the household as suspect or witness."""
        first, second = self.household[:2]
        involve(first, "victim" if self.kind.crime else "person at risk", self.incident.id, self.reported)
        if self.kind.domestic:
            involve(second, "suspect", self.incident.id, self.reported)
            relate(second, "partner", first, self.reported)
        else:
            involve(second, "witness", self.incident.id, self.reported)
        if self.home:
            scene(self.home, self.incident.id, self.reported)

    def _grade(self, at: datetime) -> None:
        Grading.objects.create(incident=self.incident, grade=self.kind.grade, at=at, by=self.people[Role.CALL_HANDLER])
        class_it(self.incident, self.kind.code, at, self.people[Role.CALL_HANDLER])
        if self.kind.domestic and self.chance.random() < 0.6:  # noqa: PLR2004
            born = date(self.reported.year - self.chance.randint(1, 15), self.chance.randint(1, 12), 1)
            name = f"{self.chance.choice(CHILDREN)} {self.household[0].name.split()[-1]}"[:300]
            person = register_person(
                name, self.people[Role.CALL_HANDLER], born=born.isoformat(), own_right=False, made_up=True
            )
            self.child: IncidentChild | None = IncidentChild.objects.create(
                incident=self.incident, person=person, linked_at=at
            )
        else:
            self.child = None

    def _attend(self, graded: datetime) -> None:
        sent = graded + self._minutes(1, 12 * self.kind.grade)
        if not self._happens(sent, 0.9):
            return
        unit = Deployment.objects.create(
            incident=self.incident, unit=f"{self.district.code}{self.chance.randint(10, 39)}", assigned_at=sent
        )
        arrived = sent + self._minutes(3, 14 * self.kind.grade)
        if self._happens(arrived, 0.93):
            unit.arrived_at = arrived
            unit.save(update_fields=["arrived_at"])
            self._assess(arrived)
            self._record(arrived)
            self._end(arrived)

    def _assess(self, arrived: datetime) -> None:
        if not self.kind.domestic:
            return
        at = arrived + self._minutes(30, 600)
        if self._happens(at, 0.85):
            assessment = RiskAssessment.objects.create(
                incident=self.incident,
                form=SHORT_FORM,
                answers={topic: self.chance.choice(ANSWERS) for topic in FORMS[SHORT_FORM]},
                grade=self.chance.choices(RiskGrade.values, (62, 30, 8))[0],
                rationale="Made-up rationale.",
                at=at,
                by=self.people[Role.RESPONSE],
            )
            reviewed = at + self._minutes(20, 700)
            if self._happens(reviewed, 0.8):
                AssessmentReview.objects.create(
                    assessment=assessment, at=reviewed, agreed=True, by=self.people[Role.SERGEANT]
                )
        decided = arrived + self._minutes(60, 1500)
        if self.child and self._happens(decided, 0.75):
            ChildDecision.objects.create(
                child=self.child, decision="refer_routine", at=decided, by=self.people[Role.SAFEGUARDING]
            )

    def _record(self, arrived: datetime) -> None:
        at = arrived + self._minutes(20, 1800)
        if (self.kind.crime or self.kind.domestic) and self._happens(at, 0.85):
            RecordingDecision.objects.create(
                incident=self.incident,
                result="crime",
                rationale="Made-up rationale.",
                at=at,
                by=self.people[Role.RESPONSE],
            )

    def _end(self, arrived: datetime) -> None:
        """Close what nobody owes anything on: asked of the engine, as the screen would."""
        at = arrived + self._minutes(600, 2400)
        settle_now()
        if self._happens(at, 0.8) and not blocking("incident", self.incident.id):
            people = self.people
            close_it(self.incident, self.kind.code, at, self.now, people[Role.RESPONSE], people[Role.SERGEANT])
