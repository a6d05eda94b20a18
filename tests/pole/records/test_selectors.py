"""What the pages of people, places and things ask, on a real database, as somebody in particular."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from iops.control import services as control
from iops.foundation import clock
from iops.foundation.context import acting
from iops.foundation.errors import NotFoundError
from iops.foundation.models import Consultation
from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.pole.models import Verdict
from iops.pole.records import selectors
from iops.pole.records.timeline import Sort, TimelineFilter
from iops.safeguarding import services as safeguarding
from tests.conftest import as_owner, worker_database
from tests.force import Force
from tests.foundation.acting_as import as_user
from tests.pole.records.people import a_person, involve, same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.models import Model

    from iops.foundation.models import User
    from iops.pole.models import WarningMarker

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def training() -> Iterator[None]:
    """The clock of this force may be set."""
    with psycopg.connect(as_owner(worker_database()), autocommit=True) as owner:
        owner.execute("insert into foundation_clock (id, adjustable) values (1, true)")
        yield
        owner.execute("delete from foundation_clock")


THINGS: dict[str, Callable[[User], Model]] = {
    "vehicle": lambda by: pole.register_vehicle("AB12 CDE", by),
    "phone": lambda by: pole.add_phone("0161 496 0000", by),
    "email": lambda by: pole.add_email("a@example.org", by),
    "organisation": lambda by: pole.register_organisation("Made Up Ltd", by),
    "item": lambda by: pole.register_item("Knife", by),
}


def by_role(file: selectors.File) -> dict[str, tuple[int, int]]:
    return {c.what: (c.year, c.ever) for c in file.counts.roles if c.ever}


class TestOneHundredIncidents:
    """A victim of 100 incidents who stood in the index four times, under four spellings."""

    def test_over_four_merged_nominals_are_one_hundred(self, force: Force) -> None:
        by = force.one(Role.SERGEANT)
        four = [a_person(force, n) for n in ("Morag Tester", "Morag Testar", "M Tester", "Morag Tester-Jones")]
        for number in range(100):
            incident = force.incident()
            involve(four[number % 4], incident, "victim", by)
            if number % 10 == 0:  # linked twice, under two of the nominals
                involve(four[(number + 1) % 4], incident, "victim", by)
            if number % 20 == 0:
                involve(four[(number + 2) % 4], incident, "caller", by)
        for other in four[1:]:
            same(four[0], other, by)
        for nominal in four:
            file = selectors.person(nominal.id, force.one(Role.RESPONSE))
            assert (file.counts.total.year, file.counts.total.ever) == (100, 100)
            assert by_role(file) == {"victim": (100, 100), "caller": (5, 5)}
            assert [(c.what, c.ever) for c in file.counts.kinds] == [("incident", 100)]

    def test_that_some_may_not_see_are_not_counted_for_them(self, force: Force) -> None:
        by = force.one(Role.SERGEANT)
        one, other = a_person(force), a_person(force, "Morag Testar")
        found = [force.incident() for _ in range(4)]
        for incident, nominal in zip(found, (one, other, one, other), strict=True):
            involve(nominal, incident, "victim", by)
        same(one, other, by)
        control.restrict(found[0].id, [], [], "A colleague is involved", by)
        assert selectors.person(other.id, force.one(Role.RESPONSE)).counts.total.ever == 3
        assert selectors.person(other.id, by).counts.total.ever == 4

    def test_of_a_merged_nominal_that_is_restricted_are_not_shown(self, force: Force) -> None:
        by, viewer = force.one(Role.SERGEANT), force.one(Role.RESPONSE)
        one, hidden = a_person(force), a_person(force, "Secret Name")
        involve(one, force.incident(), "victim", by)
        involve(hidden, force.incident(), "suspect", by)
        same(one, hidden, by)
        pole.restrict_person(hidden.id, "Witness protection", by)
        file = selectors.person(one.id, viewer)
        assert [n.id for n in file.nominals] == [one.id]
        assert by_role(file) == {"victim": (1, 1)}
        assert "Secret Name" not in str(vars(file))
        with pytest.raises(NotFoundError):
            selectors.person(hidden.id, viewer)

    def test_are_again_apart_when_the_merge_is_taken_back(self, force: Force) -> None:
        by = force.one(Role.SERGEANT)
        one, other = a_person(force), a_person(force)
        involve(one, force.incident(), "victim", by)
        involve(other, force.incident(), "victim", by)
        same(one, other, by)
        assert selectors.person(one.id, by).counts.total.ever == 2
        same(one, other, by, Verdict.OPEN)
        assert selectors.person(one.id, by).counts.total.ever == 1

    def test_count_a_withdrawn_link_no_more(self, force: Force) -> None:
        by = force.one(Role.SERGEANT)
        person = a_person(force)
        pole.withdraw(involve(person, force.incident(), "suspect", by), "Wrong person", by)
        assert selectors.person(person.id, by).counts.total.ever == 0

    def test_take_few_queries(self, force: Force) -> None:
        by = force.one(Role.SERGEANT)
        one, other = a_person(force), a_person(force)
        for number in range(100):
            involve((one, other)[number % 2], force.incident(), "victim", by)
        same(one, other, by)
        force.one(Role.RESPONSE)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            selectors.person(one.id, force.one(Role.RESPONSE))
        few = len(asked)
        assert few <= 25, "\n".join(q["sql"][:150] for q in asked.captured_queries)


@pytest.mark.usefixtures("training")
class TestTwelveMonths:
    """They begin at local midnight at the start of the same day a year ago."""

    def count(self, force: Force, now: dt.datetime, reported: dt.datetime) -> tuple[int, int]:
        by = force.one(Role.SERGEANT)
        person = a_person(force)
        incident = force.incident(reported_at=reported)
        involve(person, incident, "victim", by)
        with clock.at(now):
            total = selectors.person(person.id, by).counts.total
        return total.year, total.ever

    @pytest.mark.parametrize(
        ("now", "edge"),
        [
            (dt.datetime(2019, 7, 5, 0, 30, tzinfo=LONDON), dt.datetime(2018, 7, 5, tzinfo=LONDON)),
            (dt.datetime(2019, 7, 5, 23, 59, tzinfo=LONDON), dt.datetime(2018, 7, 5, tzinfo=LONDON)),
            (dt.datetime(2019, 12, 31, 12, tzinfo=LONDON), dt.datetime(2018, 12, 31, tzinfo=LONDON)),
            (dt.datetime(2020, 2, 29, 12, tzinfo=LONDON), dt.datetime(2019, 2, 28, tzinfo=LONDON)),
        ],
    )
    def test_an_incident_at_the_edge(self, force: Force, now: dt.datetime, edge: dt.datetime) -> None:
        assert self.count(force, now, edge) == (1, 1)
        assert self.count(force, now, edge - dt.timedelta(seconds=1)) == (0, 1)


class TestRoles:
    def test_the_usual_roles_are_there_at_nought(self, force: Force) -> None:
        file = selectors.person(a_person(force).id, force.one(Role.RESPONSE))
        assert [(c.what, c.ever) for c in file.counts.roles] == [
            (r, 0) for r in ("victim", "suspect", "witness", "caller", "child")
        ]

    def test_a_child_on_an_incident_is_counted_as_one(self, force: Force) -> None:
        by = force.one(Role.RESPONSE)
        child = safeguarding.link_child(force.incident(domestic=True).id, "Little Tester", dt.date(2020, 1, 1), by)
        assert by_role(selectors.person(child.person_id, by)) == {"child": (1, 1)}

    def test_a_person_in_two_roles_of_one_incident_counts_once_in_all(self, force: Force) -> None:
        by, person, incident = force.one(Role.RESPONSE), a_person(force), force.incident()
        involve(person, incident, "caller", by)
        involve(person, incident, "missing person", by)
        file = selectors.person(person.id, by)
        assert file.counts.total.ever == 1
        assert by_role(file) == {"caller": (1, 1), "missing person": (1, 1)}


class TestLooks:
    def test_at_a_person_are_logged_with_every_nominal_shown(self, force: Force) -> None:
        by, viewer = force.one(Role.SERGEANT), force.one(Role.RESPONSE)
        one, other, friend, incident = a_person(force), a_person(force), a_person(force, "A Friend"), force.incident()
        same(one, other, by)
        pole.link(("person", one.id), "friend", ("person", friend.id), by)
        involve(other, incident, "witness", by)
        selectors.person(one.id, viewer)
        with as_user(viewer):
            looks = [(k.kind, k.record_ids) for k in Consultation.objects.filter(user=viewer).order_by("kind", "id")]
        assert ("person", [one.id, other.id]) in looks
        assert ("incident", [incident.id]) in looks
        assert ("person", sorted([other.id, friend.id])) in looks or ("person", [friend.id]) in looks

    @pytest.mark.parametrize("kind", THINGS)
    def test_at_a_thing_are_logged_under_its_kind(self, force: Force, kind: str) -> None:
        by, viewer = force.one(Role.SERGEANT), force.one(Role.RESPONSE)
        thing = THINGS[kind](by)
        assert selectors.thing(kind, thing.pk, viewer).record == thing
        with as_user(viewer):
            assert [(k.kind, k.record_ids) for k in Consultation.objects.filter(user=viewer)] == [(kind, [thing.pk])]

    @pytest.mark.parametrize("ask", [selectors.person, selectors.location])
    def test_at_what_is_not_there_find_nothing(self, force: Force, ask: object) -> None:
        with pytest.raises(NotFoundError):
            ask(987_654_321, force.one(Role.RESPONSE))  # type: ignore[operator]


class TestOwed:
    def test_what_is_open_on_markers_and_incidents_comes_blocking_first(self, force: Force) -> None:
        by, person = force.one(Role.RESPONSE), a_person(force)
        pole.propose_marker(kind="weapons", severity="grave", grounds="Knife seen", by=by, person_id=person.id)
        incident = force.incident(domestic=True)
        control.grade(incident.id, 1, "", by)
        control.record_arrival(control.assign_unit(incident.id, "AB12", by).id, by)
        involve(person, incident, "suspect", by)
        owed = selectors.person(person.id, by).owed
        assert {(o.record.kind, o.duty.rule) for o in owed} >= {
            ("warning_marker", "marker-decide"),
            ("incident", "da-risk-assessment"),
        }
        blocks = [bool(o.duty.blocks) for o in owed]
        assert blocks == sorted(blocks, reverse=True)
        assert blocks[0]
        assert all(o.record.address for o in owed)


class TestTimeline:
    def test_tells_what_happened_in_words_newest_first(self, force: Force) -> None:
        by, person = force.one(Role.SERGEANT), a_person(force, born="34")
        home = pole.register_location("1 Mill Lane", by)
        since = dt.date(2019, 1, 1)
        pole.place_at(person.id, home.id, by, provenance=pole.Provenance(since=since, until=dt.date(2019, 6, 1)))
        incident = force.incident()
        involve(person, incident, "victim", by)
        involve(person, incident, "caller", by)
        marker = pole.propose_marker(
            kind="dog", severity="caution", grounds="Big dog", by=force.one(Role.RESPONSE), person_id=person.id
        )
        pole.decide_marker(marker.id, True, "", by)
        alias = pole.add_name(person.id, "Mo", by)
        pole.withdraw(alias, "Somebody else's", by)
        page = selectors.person(person.id, by).timeline
        said = {h.text: h for h in page.rows}
        assert {
            f"Caller, victim in incident {incident.reference}",
            "Home 1 Mill Lane",
            "Home 1 Mill Lane (ended)",
            "Warning marker proposed: dangerous dog, caution",
            "Warning marker confirmed: dangerous dog, caution",
            "Alias recorded: Mo",
            "Alias withdrawn: Mo",
            "Main name recorded: Morag Tester",
            "Date of birth or age recorded: 34",
        } <= set(said), sorted(said)
        assert [h.at for h in page.rows] == sorted((h.at for h in page.rows), reverse=True)
        assert not said["Home 1 Mill Lane"].exact
        assert said["Home 1 Mill Lane"].at.astimezone(LONDON) == dt.datetime(2019, 1, 1, tzinfo=LONDON)
        assert said["Alias withdrawn: Mo"].note == "Somebody else's"
        assert page.total == len(page.rows)

    def test_is_read_a_page_and_a_sort_at_a_time(self, force: Force) -> None:
        by, person = force.one(Role.SERGEANT), a_person(force)
        for _ in range(30):
            involve(person, force.incident(), "victim", by)
        first = selectors.person(person.id, by, TimelineFilter(Sort.INVOLVEMENT)).timeline
        second = selectors.person(person.id, by, TimelineFilter(Sort.INVOLVEMENT, 2)).timeline
        assert (first.total, len(first.rows), len(second.rows)) == (30, 25, 5)
        assert len({h.text for p in (first, second) for h in p.rows}) == 30
        assert {h.sort for h in first.rows} == {Sort.INVOLVEMENT}

    def test_tells_of_merges_and_of_whom_they_were_with(self, force: Force) -> None:
        by = force.one(Role.SERGEANT)
        one, other = a_person(force), a_person(force, "Morag Testar")
        same(one, other, by)
        rows = selectors.person(one.id, by, TimelineFilter(Sort.IDENTITY)).timeline.rows
        assert [(h.text, h.note) for h in rows] == [("Merged with Morag Testar", "Same photograph")]


class TestPlaces:
    def test_tell_who_lives_and_lived_there_and_what_warns_of_them(self, force: Force) -> None:
        by = force.one(Role.SERGEANT)
        home = pole.register_location("1 Mill Lane, M1 1AA", by, access_notes="Side door")
        near, far = pole.register_location("2 Mill Lane, M1 1AA", by), pole.register_location("1 Moor Road, M2 2BB", by)
        here, gone, twin = a_person(force, "Here Now"), a_person(force, "Gone Long"), a_person(force, "Hear Now")
        pole.place_at(here.id, home.id, by)
        pole.place_at(gone.id, home.id, by, provenance=pole.Provenance(until=dt.date(2001, 1, 1)))
        same(here, twin, by)
        for person in (twin, gone):
            pole.propose_marker(kind="violent", severity="serious", grounds="Fights", by=by, person_id=person.id)
        scene = force.incident()
        pole.link(("location", home.id), "scene", ("incident", scene.id), by)
        file = selectors.location(home.id, force.one(Role.RESPONSE))
        people = file.links.of("person")[0].standing
        assert [(v.text, v.present) for v in people] == [("Here Now", True), ("Gone Long", False)]
        assert [m.marker.person_id for m in file.markers.standing] == [twin.id]
        assert [n.id for n in file.nearby] == [near.id]
        assert far.id not in [n.id for n in file.nearby]
        assert (file.counts.total.ever, [c.what for c in file.counts.roles]) == (1, ["scene"])

    def test_a_restricted_place_is_not_there_nor_on_the_page_of_who_lives_there(self, force: Force) -> None:
        by, viewer = force.one(Role.SERGEANT), force.one(Role.RESPONSE)
        refuge, person = pole.register_location("The Refuge", by), a_person(force)
        pole.place_at(person.id, refuge.id, by)
        pole.propose_marker(kind="dog", severity="grave", grounds="Dog at refuge", by=by, location_id=refuge.id)
        pole.restrict_location(refuge.id, "In hiding", by)
        with pytest.raises(NotFoundError):
            selectors.location(refuge.id, viewer)
        hidden = selectors.person(person.id, viewer)
        assert not hidden.links.sections
        assert not hidden.markers.standing
        assert [h for h in hidden.timeline.rows if h.sort != Sort.VALUE] == []
        assert selectors.person(person.id, by).markers.standing

    def test_never_tell_how_many_hidden_records_there_are(self, force: Force) -> None:
        by, viewer = force.one(Role.SERGEANT), force.one(Role.RESPONSE)
        home, seen, hidden = pole.register_location("1 Mill Lane", by), a_person(force), a_person(force, "In Hiding")
        pole.place_at(seen.id, home.id, by)
        same(seen, hidden, by)
        marker = pole.propose_marker(kind="dog", severity="grave", grounds="Dog", by=by, person_id=hidden.id)
        pole.restrict_person(hidden.id, "In hiding", by)
        assert selectors.location(home.id, viewer).markers.people == 1
        assert [m.marker.id for m in selectors.location(home.id, by).markers.standing] == [marker.id]


class TestMarkers:
    def test_on_any_nominal_and_any_address_are_shown_the_gravest_first(self, force: Force) -> None:
        by, viewer = force.one(Role.SERGEANT), force.one(Role.RESPONSE)
        one, twin, home, old = (
            a_person(force), a_person(force, "Morag Testar"), pole.register_location("1 Mill Lane", by),
            pole.register_location("2 Moor Road", by),
        )  # fmt: skip
        same(one, twin, by)
        pole.place_at(twin.id, home.id, by)
        pole.link(("person", twin.id), "stays at", ("location", home.id), by)
        pole.place_at(one.id, old.id, by, provenance=pole.Provenance(until=dt.date(2001, 1, 1)))
        warn(by, "dog", "caution", location_id=home.id)
        warn(by, "structure", "grave", location_id=old.id)
        warn(by, "violent", "serious", person_id=twin.id)
        warn(by, "weapons", "grave", person_id=one.id)
        shown = selectors.person(one.id, viewer).markers
        assert [m.kind for m in shown.standing] == ["weapons", "violent", "dangerous dog", "dangerous building or site"]
        assert [m.elsewhere for m in shown.standing] == [False, True, False, False]
        assert [m.at and (m.at.roles, m.at.present) for m in shown.standing[2:]] == [
            (("home", "stays at"), True), (("home",), False),
        ]  # fmt: skip
        assert all(m.proposed_only and not m.overdue for m in shown.standing)
        assert (shown.known, shown.people, shown.places) == (True, 2, 2)

    def test_that_were_refused_ended_or_have_expired_stand_no_longer(self, force: Force) -> None:
        by, person = force.one(Role.SERGEANT), a_person(force)
        refused, ended, expired, last_day = (
            warn(force.one(Role.RESPONSE), "drugs", "caution", person_id=person.id) for _ in range(4)
        )
        pole.decide_marker(refused.id, False, "No grounds", by)
        pole.end_marker(ended.id, "Clean", by)
        today = clock.today()
        for marker, day in ((expired, today - dt.timedelta(days=1)), (last_day, today)):
            marker.expires_on = day
            with acting(user_id=by.id):
                marker.save()
        shown = selectors.person(person.id, by).markers
        assert [m.marker.id for m in shown.standing] == [last_day.id]
        assert {m.marker.id: m.end for m in shown.ended} == {
            refused.id: "refused", ended.id: "ended", expired.id: "expired",
        }  # fmt: skip

    def test_are_overdue_from_the_day_after_their_review_date(self, force: Force) -> None:
        by, person = force.one(Role.SERGEANT), a_person(force)
        marker, today = warn(by, "drugs", "caution", person_id=person.id), clock.today()
        for day, overdue in ((today, False), (today - dt.timedelta(days=1), True)):
            marker.review_on = day
            with acting(user_id=by.id):
                marker.save()
            assert selectors.person(person.id, by).markers.standing[0].overdue is overdue

    def test_on_an_address_that_was_linked_wrongly_are_not_this_persons(self, force: Force) -> None:
        by, person = force.one(Role.SERGEANT), a_person(force)
        home = pole.register_location("1 Mill Lane", by)
        warn(by, "dog", "grave", location_id=home.id)
        pole.withdraw(pole.place_at(person.id, home.id, by), "Another Tester", by)
        shown = selectors.person(person.id, by).markers
        assert (shown.known, shown.standing) == (True, ())


def warn(by: User, kind: str, severity: str, **on: int) -> WarningMarker:
    """Propose a marker."""
    return pole.propose_marker(kind=kind, severity=severity, grounds="Seen", by=by, **on)  # type: ignore[arg-type]


class TestVehicles:
    def test_tell_of_keepers_drivers_and_incidents(self, force: Force) -> None:
        by, car = force.one(Role.RESPONSE), pole.register_vehicle("ab12 cde", force.one(Role.RESPONSE), colour="blue")
        keeper, driver = a_person(force, "Kay Keeper"), a_person(force, "Dee Driver")
        pole.link(("person", keeper.id), "keeper", ("vehicle", car.id), by)
        pole.link(("person", driver.id), "driver", ("vehicle", car.id), by)
        pole.link(("vehicle", car.id), "seen", ("incident", force.incident().id), by)
        pole.propose_marker(kind="firearms", severity="grave", grounds="Gun", by=by, person_id=keeper.id)
        file = selectors.thing("vehicle", car.id, by)
        assert {(v.label, v.text) for v in file.links.standing} == {
            ("keeper:", "Kay Keeper"),
            ("driver:", "Dee Driver"),
        }
        assert [m.kind for m in file.markers.standing] == ["firearms"]
        assert file.counts.total.ever == 1


def test_nothing_is_seen_by_the_view_that_the_viewer_may_not_see(force: Force) -> None:
    by, person, incident = force.one(Role.SERGEANT), a_person(force), force.incident()
    involve(person, incident, "victim", by)
    control.restrict(incident.id, [], [], "A colleague is involved", by)
    for viewer, seen in ((by, 1), (force.one(Role.RESPONSE), 0)):
        with acting(user_id=viewer.id), connection.cursor() as cursor:
            cursor.execute("select count(*) from iops.involvement where person_id = %s", [person.id])
            assert cursor.fetchone()[0] == seen
