"""A series: one lead crime that is in it, one owner of all of it, no crime in two; refused by the database too."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.control import services as control
from iops.crime.models import CrimeLogEntry, CrimeOwner, CrimeStanding, Series, SeriesClosed, SeriesCrime, SeriesLead
from iops.crime.recorded import life
from iops.crime.series import selectors, services
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, IopsError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.obligations.conservation import check_conservation
from iops.obligations.services import writing
from tests.at_once import at_once
from tests.crime.recorded.standing import standing_otherwise
from tests.crime.series.scene import remove, series, theft, thief
from tests.force import Force
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from iops.crime.models import Crime
    from iops.foundation.models import User

pytestmark = pytest.mark.django_db


def owners(*crimes: Crime) -> set[int | None]:
    return set(CrimeStanding.objects.filter(crime__in=crimes).values_list("owner_id", flat=True))


def test_a_series_has_one_owner_who_is_given_all_of_its_open_crimes(force: Force) -> None:
    one, two, three = theft(force), theft(force), theft(force)
    sergeant, detective = force.one(Role.SERGEANT), force.one(Role.DETECTIVE)
    life.allocate(two.id, sergeant, "Knows the shop", user_id=detective.id)
    made = series(force, one, two)
    assert owners(one, two) == {sergeant.id}
    services.join(made.id, three.id, "Same man on the footage", sergeant)
    services.lead(made.id, two.id, "Best footage", sergeant, owner_id=detective.id)
    assert owners(one, two, three) == {detective.id}
    assert list(CrimeLogEntry.objects.filter(crime=three).values_list("text", flat=True)) == [
        "It was put into the series Razor: Same man on the footage"
    ]
    with pytest.raises(ConflictError, match="has one owner"):
        life.allocate(one.id, sergeant, "Less load", user_id=sergeant.id)
    assert check_conservation().examples == []


def test_a_crime_in_a_series_joins_no_other_until_it_has_left_with_a_reason(force: Force) -> None:
    one, two, three = theft(force), theft(force), theft(force)
    sergeant = force.one(Role.SERGEANT)
    first, second = series(force, one, two), series(force, three, title="Blade")
    with pytest.raises(ConflictError, match="stands in a series"):
        services.join(second.id, two.id, "x", sergeant)
    with pytest.raises(InvalidError):
        services.leave(first.id, two.id, " ", sergeant)
    left = services.leave(first.id, two.id, "Another man", sergeant)
    assert (left.stands, left.left_reason, left.left_by) == (False, "Another man", sergeant)
    services.join(second.id, two.id, "Same coat", sergeant)
    shown = selectors.one(first.id, sergeant)
    assert [m.row.crime for m in shown.members] == [one]
    assert [row.crime for row in shown.left] == [two]
    assert services.join(second.id, two.id, "Again", sergeant).reason == "Same coat"


def test_the_lead_crime_stays_until_another_leads(force: Force) -> None:
    one, two, other = theft(force), theft(force), theft(force)
    sergeant = force.one(Role.SERGEANT)
    made = series(force, one, two)
    with pytest.raises(ConflictError, match="leads the series"):
        services.leave(made.id, one.id, "x", sergeant)
    with pytest.raises(ConflictError, match="one of the series"):
        services.lead(made.id, other.id, "x", sergeant)
    services.lead(made.id, two.id, "Better footage", sergeant)
    services.leave(made.id, one.id, "Another man", sergeant)
    assert selectors.one(made.id, sergeant).lead.crime == two


def test_a_crime_that_is_removed_leaves_its_series_and_the_lead_crime_is_not_removed(force: Force) -> None:
    one, two = theft(force), theft(force)
    sergeant = force.one(Role.SERGEANT)
    made = series(force, one, two)
    remove(force, two)
    gone = SeriesCrime.objects.get(crime=two)
    assert (gone.stands, gone.left_reason) == (False, "Removed: C2")
    with pytest.raises(ConflictError, match="leads the series"):
        remove(force, one)
    with pytest.raises(ConflictError, match="removed belongs to no series"):
        services.join(made.id, two.id, "x", sergeant)


def test_a_closed_series_changes_no_more_and_frees_its_crimes(force: Force) -> None:
    one, two = theft(force), theft(force)
    sergeant, detective = force.one(Role.SERGEANT), force.one(Role.DETECTIVE)
    made = series(force, one)
    services.close(made.id, "He was charged", sergeant)
    for act in (
        lambda: services.close(made.id, "Again", sergeant),
        lambda: services.join(made.id, two.id, "x", sergeant),
        lambda: services.lead(made.id, one.id, "x", sergeant),
        lambda: services.leave(made.id, one.id, "x", sergeant),
    ):
        with pytest.raises(ConflictError, match="closed"):
            act()
    life.allocate(one.id, sergeant, "By itself again", user_id=detective.id)
    again = series(force, one, title="Razor 2")
    assert [m.row.crime for m in selectors.one(again.id, sergeant).members] == [one]
    assert [s.series for s in selectors.series_list(closed=True).rows] == [made]
    assert [(s.series, s.crimes) for s in selectors.series_list().rows] == [(again, 1)]
    assert [m.row.crime for m in selectors.one(made.id, sergeant).members] == [one], "it stays what it was"


@pytest.mark.parametrize("title", ["", " ", "x" * 121, "Razor"])
def test_a_series_without_a_name_of_its_own_is_refused(force: Force, title: str) -> None:
    series(force, theft(force))
    other = theft(force)
    with pytest.raises((InvalidError, ConflictError)):
        series(force, other, title=title)
    assert Series.objects.count() == 1


def test_whoever_may_not_is_refused_and_what_is_not_there_is_not_found(force: Force) -> None:
    one, two = theft(force), theft(force)
    sergeant, officer = force.one(Role.SERGEANT), force.one(Role.RESPONSE)
    with pytest.raises(NotAllowedError):
        services.make_series("x", "x", one.id, officer)
    made = series(force, one)
    for refused in (
        lambda: services.join(made.id, two.id, "x", officer),
        lambda: services.leave(made.id, one.id, "x", officer),
        lambda: services.lead(made.id, one.id, "x", officer),
        lambda: services.close(made.id, "x", officer),
    ):
        with pytest.raises(NotAllowedError):
            refused()
    for lost in (
        lambda: services.join(made.id + 1, two.id, "x", sergeant),
        lambda: services.join(made.id, 10**9, "x", sergeant),
        lambda: services.leave(made.id, two.id, "x", sergeant),
        lambda: services.lead(made.id, one.id, "x", sergeant, owner_id=10**9),
        lambda: selectors.one(10**9, sergeant),
    ):
        with pytest.raises(NotFoundError):
            lost()
    with pytest.raises(NotAllowedError, match="supervisor"):
        services.lead(made.id, one.id, "x", force.one(Role.DETECTIVE), owner_id=force.another(Role.DETECTIVE).id)


def test_a_series_whose_lead_crime_is_restricted_is_seen_by_its_list_alone(force: Force) -> None:
    one, two = theft(force), theft(force)
    sergeant, detective = force.one(Role.SERGEANT), force.one(Role.DETECTIVE)
    made = series(force, one, two)
    control.restrict(one.incident_id, [sergeant.id], [], "Named officer", force.one(Role.INSPECTOR))
    with as_user(detective):
        assert not Series.objects.exists()
        assert not SeriesLead.objects.exists()
        assert not SeriesCrime.objects.exists()
        with pytest.raises(NotFoundError):
            selectors.one(made.id, detective)
    with as_user(sergeant):
        assert Series.objects.get() == made


def test_the_database_refuses_what_the_pages_refuse(force: Force) -> None:
    one, two = theft(force), theft(force)
    sergeant = force.one(Role.SERGEANT)
    made = series(force, one)
    at = clock.now()
    two_in = SeriesCrime(series=made, crime=two, reason="x", at=at, by=sergeant)
    other = series(force, two, title="Other")
    for wrong in (
        two_in,
        SeriesCrime(series=other, crime=one, reason="x", at=at, by=sergeant),
        SeriesCrime(series=made, crime=theft(force), reason="", at=at, by=sergeant),
        SeriesCrime(series=made, crime=theft(force), reason="x", at=at, by=sergeant, stands=False),
        SeriesLead(series=made, crime=two, owner=sergeant, reason="x", at=at, by=sergeant),
        SeriesClosed(series=made, reason="", at=at, by=sergeant),
    ):
        with pytest.raises((DatabaseError, ConflictError)), transaction.atomic(), writing(sergeant, reason="x"):
            wrong.save()
    for sent in (
        "update crime_seriescrime set reason = 'y'",
        "update crime_seriescrime set stands = false",
        "update crime_seriescrime set stands = false, left_at = iops.now(), left_reason = 'x'",
        "update crime_serieslead set reason = 'y'",
        "delete from crime_seriescrime",
        "delete from crime_series",
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(sent)
    with pytest.raises(ConflictError, match="lead crime"), transaction.atomic():
        headless(sergeant)


def headless(by: User) -> None:
    with writing(by, reason="x"):
        Series.objects.create(title="Headless", common="x", at=clock.now(), by=by)
        connection.cursor().execute("set constraints all immediate")


@dataclass(frozen=True)
class World:
    """Three crimes, the series made so far, and which of each a step takes."""

    force: Force
    crimes: list[Crime]
    made: list[Series]
    first: int
    second: int

    @property
    def crime(self) -> Crime:
        return self.crimes[self.first]

    @property
    def series(self) -> int:
        return self.made[self.second % len(self.made)].id if self.made else 0

    def by(self, role: Role = Role.SERGEANT) -> User:
        return self.force.one(role)


STEPS: dict[str, Callable[[World], object]] = {
    "make": lambda w: series(w.force, w.crime, w.crimes[w.second], title=f"S{len(w.made)}"),
    "join": lambda w: services.join(w.series, w.crime.id, "x", w.by()),
    "leave": lambda w: services.leave(w.series, w.crime.id, "x", w.by()),
    "lead": lambda w: services.lead(w.series, w.crime.id, "x", w.by(), owner_id=w.by(Role.DETECTIVE).id),
    "close": lambda w: services.close(w.series, "x", w.by()),
    "allocate": lambda w: life.allocate(w.crime.id, w.by(), "x", user_id=w.by(Role.INSPECTOR).id),
    "remove": lambda w: remove(w.force, w.crime),
}
ROLES = (Role.SERGEANT, Role.DETECTIVE, Role.INSPECTOR, Role.RESPONSE, Role.REGISTRAR)
THREE = st.integers(0, 2)


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), THREE, THREE), max_size=9))
def test_any_history_leaves_each_series_with_its_lead_in_it_and_one_owner(history: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        force = Force()
        for role in ROLES:
            force.one(role)
        crimes = [theft(force) for _ in range(3)]
        for step, i, j in history:
            made = list(Series.objects.order_by("id"))
            with suppress(IopsError), transaction.atomic():
                STEPS[step](World(force, crimes, made, i, j))
        connection.cursor().execute("set constraints all immediate")
        for one in Series.objects.filter(closed=None):
            last = one.leads.order_by("-id")[0]
            inside = CrimeStanding.objects.filter(crime__in_series__series=one, crime__in_series__stands=True)
            assert last.crime_id in set(inside.values_list("crime_id", flat=True))
            assert set(inside.filter(state="open").values_list("owner_id", flat=True)) <= {last.owner_id}
            assert not inside.filter(state="removed").exists()
        assert not SeriesCrime.objects.filter(series__closed__isnull=False, stands=True).exists()
        assert standing_otherwise() == []
        assert check_conservation().examples == []
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_of_two_series_that_take_one_crime_at_once_one_has_it_and_its_owner_owns_it(transactional_db: None) -> None:
    force = Force()
    one, two, shared = theft(force), theft(force), theft(force)
    sergeant, detective = force.one(Role.SERGEANT), force.one(Role.DETECTIVE)
    first = series(force, one)
    second = services.make_series("Blade", "x", two.id, detective)
    said = at_once(
        lambda: services.join(first.id, shared.id, "x", sergeant),
        lambda: services.join(second.id, shared.id, "x", detective),
        lambda: life.allocate(shared.id, sergeant, "x", user_id=force.one(Role.INSPECTOR).id),
    )
    assert sorted(said[:2]) == ["ConflictError", "done"]
    has = SeriesCrime.objects.get(crime=shared, stands=True).series
    assert owners(shared) == {sergeant.id if has == first else detective.id}
    assert CrimeOwner.objects.filter(crime=shared).order_by("-id")[0].user_id in owners(shared)


def test_two_suspects_who_are_one_person_tie_their_crimes(force: Force) -> None:
    tom = thief(force)
    one, two, far = theft(force, tom), theft(force, tom), theft(force, thief(force, "Ann Lee (made up)"))
    offered = selectors.of_crime(one).offered
    assert [(t.crime, t.reasons, t.said) for t in offered] == [(two, ("suspect",), "The same suspect, the same day")]
    assert far not in [t.crime for t in offered]
    series(force, two)
    assert selectors.of_crime(one).offered == (), "what stands in a series is joined, not suggested"
