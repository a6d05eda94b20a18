"""Warning markers: proposed by anybody, shown at once, decided, reviewed and ended by those who answer for them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.obligations.conservation import check_conservation
from iops.obligations.models import Obligation
from iops.pole import services
from iops.pole.models import MarkerReview, Person, WarningMarker
from tests.force import Force
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from iops.foundation.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def officer(force: Force) -> User:
    return force.one(Role.RESPONSE)


@pytest.fixture
def sergeant(force: Force) -> User:
    return force.one(Role.SERGEANT)


@pytest.fixture
def person(officer: User) -> Person:
    return services.register_person("John Smith (made up)", officer)


@pytest.fixture
def marker(person: Person, officer: User) -> WarningMarker:
    return services.propose_marker(
        kind="firearms", severity="grave", grounds="Shotgun seen in the hall", by=officer, person_id=person.id
    )


def owed(marker: WarningMarker) -> dict[str, str]:
    rows = Obligation.objects.filter(subject="warning_marker", subject_id=marker.id)
    return {row.rule_id: "met" if row.met_at else "open" for row in rows}


def test_a_proposed_marker_stands_at_once_and_asks_for_a_decision(marker: WarningMarker) -> None:
    assert (marker.confirmed, marker.ended_at) == (None, None)
    assert owed(marker) == {"marker-decide": "open"}
    decide = Obligation.objects.get(rule_id="marker-decide")
    assert decide.due_at == marker.proposed_at + timedelta(hours=24)
    assert decide.risk == 90


def test_a_confirmed_marker_is_owed_a_review_by_the_end_of_its_day(marker: WarningMarker, sergeant: User) -> None:
    services.decide_marker(marker.id, True, "", sergeant)
    assert owed(marker) == {"marker-decide": "met", "marker-review": "open"}
    review = Obligation.objects.get(rule_id="marker-review")
    assert clock.today() + timedelta(days=366) == (review.due_at + timedelta(hours=2)).date()
    run = check_conservation()
    assert (run.missing, run.surplus) == (0, 0)


def test_an_overdue_review_is_late_by_itself(marker: WarningMarker, sergeant: User) -> None:
    services.decide_marker(marker.id, True, "", sergeant)
    WarningMarker.objects.filter(id=marker.id).update(review_on=clock.today() - timedelta(days=3))
    from iops.obligations.services import settle_now

    settle_now()
    assert Obligation.objects.get(rule_id="marker-review").due_at < clock.now()


def test_a_review_keeps_the_marker_until_a_new_date(marker: WarningMarker, sergeant: User) -> None:
    services.decide_marker(marker.id, True, "", sergeant)
    new = clock.today() + timedelta(days=100)
    review = services.review_marker(
        marker.id, True, "Licence still revoked, threats last month", sergeant, next_review=new
    )
    marker.refresh_from_db()
    assert (marker.review_on, review.next_review, marker.ended_at) == (new, new, None)
    assert owed(marker)["marker-review"] == "open"


def test_a_review_that_ends_the_marker_keeps_it_on_record(marker: WarningMarker, sergeant: User) -> None:
    services.decide_marker(marker.id, True, "", sergeant)
    services.review_marker(marker.id, False, "Guns surrendered", sergeant)
    marker.refresh_from_db()
    assert (marker.ended_reason, marker.ended_by) == ("Guns surrendered", sergeant)
    assert owed(marker) == {"marker-decide": "met", "marker-review": "met"}
    assert MarkerReview.objects.get().kept is False
    with pytest.raises(ConflictError):
        services.review_marker(marker.id, True, "again", sergeant)


def test_a_refusal_needs_a_reason_and_ends_it(marker: WarningMarker, sergeant: User) -> None:
    with pytest.raises(InvalidError):
        services.decide_marker(marker.id, False, "", sergeant)
    assert services.decide_marker(marker.id, False, "Toy gun", sergeant).ended_reason == "Toy gun"
    assert owed(marker) == {"marker-decide": "met"}


def test_nobody_decides_their_own_and_only_supervisors_decide(
    marker: WarningMarker, officer: User, person: Person, sergeant: User
) -> None:
    with pytest.raises(NotAllowedError):
        services.decide_marker(marker.id, True, "", officer)
    own = services.propose_marker(kind="dog", severity="caution", grounds="Bites", by=sergeant, person_id=person.id)
    with pytest.raises(NotAllowedError, match="they proposed"):
        services.decide_marker(own.id, True, "", sergeant)
    with pytest.raises(ConflictError, match="before it is reviewed"):
        services.review_marker(own.id, True, "fine", sergeant)


def test_a_decision_is_made_once(marker: WarningMarker, sergeant: User) -> None:
    services.decide_marker(marker.id, True, "", sergeant)
    with pytest.raises(ConflictError, match="already"):
        services.decide_marker(marker.id, False, "changed my mind", sergeant)


def test_a_marker_that_holds_no_longer_is_ended(marker: WarningMarker, sergeant: User, officer: User) -> None:
    with pytest.raises(NotAllowedError):
        services.end_marker(marker.id, "moved", officer)
    services.end_marker(marker.id, "Moved abroad", sergeant)
    assert owed(marker) == {"marker-decide": "met"}
    with pytest.raises(NotFoundError):
        services.end_marker(999, "x", sergeant)


def test_a_place_can_have_one_and_not_both(person: Person, officer: User) -> None:
    place = services.register_location("1 Mill Lane", officer)
    on_place = services.propose_marker(
        kind="dog", severity="serious", grounds="Two loose", by=officer, location_id=place.id
    )
    assert on_place.location == place
    for both in ({"person_id": person.id, "location_id": place.id}, {}):
        with pytest.raises(InvalidError, match="one person or on one place"):
            services.propose_marker(kind="dog", severity="serious", grounds="x", by=officer, **both)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "bad breath"}, "kind of marker"),
        ({"severity": "extreme"}, "severity"),
        ({"grounds": " "}, "Grounds"),
        ({"grounds": "x" * 20_001}, "Grounds"),
        ({"review_in": 0}, "review_on"),
        ({"review_in": 4 * 365}, "review_on"),
        ({"expires_in": 0}, "expires_on"),
    ],
)
def test_a_marker_without_sound_grounds_and_dates_is_refused(
    person: Person, officer: User, change: dict[str, object], field: str
) -> None:
    told: dict[str, object] = {"kind": "dog", "severity": "serious", "grounds": "Two loose dogs"}
    for name, column in (("review_in", "review_on"), ("expires_in", "expires_on")):
        if name in change:
            change = {column: clock.today() + timedelta(days=int(str(change[name])))}
    with pytest.raises(InvalidError) as refused:
        services.propose_marker(by=officer, person_id=person.id, **(told | change))  # type: ignore[arg-type]
    assert refused.value.details["field"] == field


def test_the_database_refuses_a_marker_on_nobody_or_ended_without_a_reason(marker: WarningMarker) -> None:
    for change in ({"location_id": 1}, {"ended_at": clock.now()}, {"decided_at": clock.now()}, {"grounds": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            WarningMarker.objects.filter(id=marker.id).update(**change)


def test_duties_on_a_warning_follow_the_restriction_of_its_person_and_place(
    marker: WarningMarker, person: Person, officer: User, sergeant: User
) -> None:
    place = services.register_location("The refuge", officer)
    services.propose_marker(kind="dog", severity="caution", grounds="Bites", by=officer, location_id=place.id)
    services.restrict_person(person.id, "Protected witness", sergeant)
    services.restrict_location(place.id, "Refuge", sergeant)
    run = check_conservation()
    assert (run.checked, run.missing, run.surplus) == (2, 0, 0)
    with as_user(officer):
        assert not Obligation.objects.exists()
    with as_user(sergeant):
        assert Obligation.objects.filter(subject="warning_marker", restricted=True).count() == 2
