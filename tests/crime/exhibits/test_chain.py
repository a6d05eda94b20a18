"""The chain of custody is unbroken: the database takes exactly the movements that a plain model takes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.crime.exhibits import services
from iops.crime.exhibits.services import Going
from iops.crime.models import Exhibit, ExhibitMove, ExhibitSeal
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, IopsError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.obligations.conservation import check_conservation
from iops.obligations.services import writing
from tests.at_once import at_once
from tests.crime.exhibits.scene import KNIFE, knife, store, stored
from tests.force import Force

if TYPE_CHECKING:
    from iops.crime.models import PropertyStore
    from iops.foundation.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


# --- the plain model -------------------------------------------------------------------------------------------------


@dataclass
class Model:
    """What a chain may do, in plain Python: where it is now, what came before, whether it has ended."""

    where: tuple[str, object]
    at: dt.datetime
    kept: bool = False
    ended: bool = False
    chain: list[tuple[str, tuple[str, object]]] = field(default_factory=list)

    def takes(self, step: Written) -> bool:
        """Whether the movement is one that may follow."""
        if self.ended or step.source != self.where or not step.follows_last:
            return False
        if step.at < self.at or step.at > clock.now():
            return False
        goes = {"handed": "user", "stored": "store", "sent": "body", "released": "body", "destroyed": "nobody"}
        if goes.get(step.movement) != step.to[0]:
            return False
        if step.movement in ("released", "destroyed"):
            return not self.kept and step.allowed
        return True

    def moved(self, step: Written) -> None:
        """After a movement that was taken."""
        self.where, self.at = step.to, step.at
        self.ended = step.movement in ("released", "destroyed")
        self.chain.append((step.movement, step.to))


@dataclass(frozen=True)
class Written:
    """A movement as it is written into the table: right or wrong in any of its parts."""

    movement: str
    source: tuple[str, object]
    to: tuple[str, object]
    at: dt.datetime
    follows_last: bool = True
    allowed: bool = True


@dataclass
class People:
    """Who and what the chain goes between; made before the savepoints that are rolled back."""

    users: tuple[User, ...]
    stores: tuple[PropertyStore, ...]
    sergeant: User
    inspector: User

    def place(self, kind: str, number: int) -> tuple[str, object]:
        """One of the places of a kind."""
        if kind == "user":
            return kind, self.users[number % 2].id
        if kind == "store":
            return kind, self.stores[number % 2].id
        return (kind, f"Laboratory {number % 2} (made up)") if kind == "body" else ("nobody", None)


def columns(prefix: str, place: tuple[str, object]) -> dict[str, Any]:
    """A place as the columns of a movement."""
    kind, value = place
    told: dict[str, Any] = {f"{prefix}_user_id": None, f"{prefix}_store_id": None, f"{prefix}_body": ""}
    if kind != "nobody":
        told[f"{prefix}_{kind}" + ("" if kind == "body" else "_id")] = value
    return told


def write(exhibit: Exhibit, step: Written, people: People) -> ExhibitMove:
    """Write a movement past every verb, as somebody with a database prompt would."""
    moves = list(ExhibitMove.objects.filter(exhibit=exhibit).order_by("step"))
    before = moves[-1] if step.follows_last else moves[max(0, len(moves) - 2)]
    with writing(people.users[0]):
        return ExhibitMove.objects.create(
            exhibit=exhibit,
            before=before,
            movement=step.movement,
            **columns("from", step.source),
            **columns("to", step.to),
            reason="x",
            authority=people.sergeant if step.allowed else people.users[1],
            witness=people.inspector,
            at=step.at,
            by=people.users[0],
        )


WHERE = st.tuples(st.sampled_from(["user", "store", "body", "nobody"]), st.integers(0, 1))
WRONG = st.sampled_from(["right", "right", "right", "elsewhere", "early", "late", "branch", "not allowed"])
STEPS = st.lists(
    st.tuples(st.sampled_from(["handed", "stored", "sent", "released", "destroyed", "keep", "review"]), WHERE, WRONG),
    max_size=9,
)
FITTING = {"handed": "user", "stored": "store", "sent": "body", "released": "body", "destroyed": "nobody"}


@settings(max_examples=25)
@given(STEPS, st.booleans())
def test_the_database_takes_exactly_the_chains_that_a_plain_model_takes(
    steps: list[tuple[str, tuple[str, int], str]], fitting: bool
) -> None:
    with transaction.atomic():
        force = Force()
        users = (force.one(Role.RESPONSE), force.one(Role.DETECTIVE))
        people = People(
            users, (store(force), store(force, "SOUTH")), force.one(Role.SERGEANT), force.one(Role.INSPECTOR)
        )
        exhibit = knife(force)
        first = ExhibitMove.objects.get(exhibit=exhibit)
        model = Model(("user", users[0].id), first.at, chain=[("seized", ("user", users[0].id))])
        for name, (kind, number), wrong in steps:
            if name in ("keep", "review"):
                _keep(exhibit, model, name, people)
                continue
            to = people.place(FITTING[name] if fitting else kind, number)
            _tried(exhibit, model, _step(name, to, wrong, model, people), people)
        _agree(exhibit, model)
        assert check_conservation().examples == []
        transaction.set_rollback(True)


def _step(name: str, to: tuple[str, object], wrong: str, model: Model, people: People) -> Written:
    right = Written(name, model.where, to, clock.now())
    if wrong == "elsewhere":
        other = people.place("store", 0)
        return replace(right, source=other if other != model.where else people.place("store", 1))
    if wrong == "early":
        return replace(right, at=model.at - dt.timedelta(hours=1))
    if wrong == "late":
        return replace(right, at=clock.now() + dt.timedelta(hours=1))
    if wrong == "branch":
        return replace(right, follows_last=len(model.chain) == 1)
    return replace(right, allowed=False) if wrong == "not allowed" else right


def _tried(exhibit: Exhibit, model: Model, step: Written, people: People) -> None:
    takes = model.takes(step)
    try:
        with transaction.atomic():
            write(exhibit, step, people)
    except (IopsError, DatabaseError):
        assert not takes, step
    else:
        assert takes, step
        model.moved(step)


def _keep(exhibit: Exhibit, model: Model, name: str, people: People) -> None:
    later = clock.today() + dt.timedelta(days=30)
    if name == "keep" and model.ended:
        with pytest.raises(ConflictError), transaction.atomic():
            services.keep(exhibit.id, "proceedings", later, people.sergeant)
    elif name == "keep":
        services.keep(exhibit.id, "proceedings", later, people.sergeant)
        model.kept = True
    else:
        for one in exhibit.retentions.filter(review=None):
            services.review_retention(one.id, "They are over", people.sergeant)
        model.kept = False


def _agree(exhibit: Exhibit, model: Model) -> None:
    """The chain read back is the model's, each link beginning where the one before ended."""
    moves = list(ExhibitMove.objects.filter(exhibit=exhibit).order_by("step"))
    assert [m.step for m in moves] == list(range(1, len(moves) + 1))
    assert [(m.movement, _to(m)) for m in moves] == model.chain
    for earlier, later in pairwise(moves):
        assert later.before_id == earlier.id
        assert (later.from_user_id, later.from_store_id, later.from_body) == (
            earlier.to_user_id,
            earlier.to_store_id,
            earlier.to_body,
        )
        assert later.at >= earlier.at


def _to(move: ExhibitMove) -> tuple[str, object]:
    if move.to_user_id:
        return "user", move.to_user_id
    if move.to_store_id:
        return "store", move.to_store_id
    return ("body", move.to_body) if move.to_body else ("nobody", None)


# --- by the verbs ----------------------------------------------------------------------------------------------------


def test_a_chain_begins_with_the_seizure_in_the_hands_of_the_officer(force: Force) -> None:
    one = knife(force)
    first = ExhibitMove.objects.get()
    assert (first.movement, first.step, first.to_user, first.at) == (
        "seized",
        1,
        force.one(Role.RESPONSE),
        one.seized_at,
    )
    assert one.reference.startswith("PR/1/")


def test_numbers_run_without_gaps_and_a_mark_is_borne_once_in_an_incident(force: Force) -> None:
    first = knife(force)
    officer = force.one(Role.RESPONSE)
    again = services.seize(replace(KNIFE, mark=" js/2 "), officer, crime_id=first.crime_id)
    assert (first.number, again.number, again.mark) == (1, 2, "JS/2")
    with pytest.raises(ConflictError, match="another exhibit"):
        services.seize(KNIFE, officer, crime_id=first.crime_id)
    assert Exhibit.objects.count() == 2


@pytest.mark.parametrize(("changed", "field"), [
    ({"mark": "JS"}, "mark"), ({"mark": ""}, "mark"), ({"mark": "J" * 5 + "/1"}, "mark"), ({"kind": "x"}, "kind"),
    ({"power": ""}, "power"), ({"kind": "cash"}, "pence"), ({"kind": "cash", "pence": -1}, "pence"),
    ({"pence": 5}, "pence"), ({"seized_at": dt.datetime(2999, 1, 1, tzinfo=dt.UTC)}, "seized_at"),
])  # fmt: skip
def test_what_cannot_be_is_refused_by_its_field_and_takes_no_number(
    force: Force, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        knife(force, replace(KNIFE, **changed))
    assert refused.value.details["field"] == field
    assert not Exhibit.objects.exists()
    assert knife(force).number == 1


@pytest.mark.parametrize("field", ["seized_by_id", "seized_from_id", "owner_id"])
def test_a_person_who_is_not_there_is_refused(force: Force, field: str) -> None:
    with pytest.raises(NotFoundError):
        knife(force, replace(KNIFE, **{field: 10**9}))  # type: ignore[arg-type]


def test_found_property_belongs_to_an_incident_alone(force: Force) -> None:
    incident = force.incident(what="A purse was handed in")
    told = replace(KNIFE, kind="cash", pence=12_050, power="found", description="£120.50 in a purse (made up)")
    one = services.seize(told, force.one(Role.RESPONSE), incident_id=incident.id)
    assert (one.crime, one.incident, one.pence) == (None, incident, 12_050)
    with pytest.raises(NotFoundError):
        services.seize(told, force.one(Role.RESPONSE), incident_id=None)


def test_a_seal_is_borne_once_for_ever_and_a_broken_one_is_explained(force: Force) -> None:
    one, officer = knife(force, replace(KNIFE, seal=" ab 12345 ")), force.one(Role.RESPONSE)
    assert ExhibitSeal.objects.get().seal == "AB12345"
    with pytest.raises(ConflictError, match="used before"):
        services.seal(one.id, "AB12345", "Again", officer)
    with pytest.raises(InvalidError, match="broken"):
        services.seal(one.id, "AB12346", " ", officer)
    services.seal(one.id, "AB12346", "Opened for the laboratory", officer)
    with pytest.raises(InvalidError):
        services.seal(one.id, "A B'; drop", "x", officer)
    assert one.seals.count() == 2


def test_what_is_kept_is_neither_released_nor_destroyed(force: Force) -> None:
    one, _ = stored(force)
    sergeant, officer = force.one(Role.SERGEANT), force.one(Role.RESPONSE)
    held = services.keep(one.id, "proceedings", clock.today() + dt.timedelta(days=30), sergeant)
    going = Going("released", "To its owner", to_body="The owner (made up)", authority_id=sergeant.id)
    with pytest.raises(ConflictError, match="kept: proceedings"):
        services.move(one.id, going, officer)
    services.review_retention(held.id, "The trial is over", force.one(Role.DETECTIVE))
    assert services.move(one.id, going, officer).movement == "released"
    for follows in (Going("stored", "Back", to_store_id=1), Going("handed", "x", to_user_id=officer.id)):
        with pytest.raises((ConflictError, NotFoundError)):
            services.move(one.id, follows, officer)
    with pytest.raises(ConflictError, match="released or destroyed"):
        services.seal(one.id, "AB99999", "x", officer)


def test_a_retention_that_goes_on_gets_its_next_day_and_the_old_one_ends(force: Force) -> None:
    one, _ = stored(force)
    sergeant, day = force.one(Role.SERGEANT), clock.today() + dt.timedelta(days=30)
    held = services.keep(one.id, "sentence", day, sergeant)
    services.review_retention(held.id, "In custody until then", sergeant, keep_until=day + dt.timedelta(days=90))
    assert [(r.reason, r.review_on) for r in one.retentions.filter(review=None)] == [
        ("sentence", day + dt.timedelta(days=90))
    ]
    with pytest.raises(ConflictError, match="reviewed already"):
        services.review_retention(held.id, "x", sergeant)
    with pytest.raises(NotAllowedError):
        services.review_retention(one.retentions.get(review=None).id, "x", force.one(Role.CALL_HANDLER))


@pytest.mark.parametrize(("reason", "days"), [("", 3), ("x", 3), ("appeal", 0), ("appeal", -3)])
def test_a_reason_that_is_none_and_a_day_that_has_passed_are_refused(force: Force, reason: str, days: int) -> None:
    one = knife(force)
    with pytest.raises(InvalidError):
        services.keep(one.id, reason, clock.today() + dt.timedelta(days=days), force.one(Role.SERGEANT))


def test_three_different_people_destroy(force: Force) -> None:
    one, _ = stored(force)
    officer, sergeant, inspector = (force.one(r) for r in (Role.RESPONSE, Role.SERGEANT, Role.INSPECTOR))
    for authority, witness in ((officer, inspector), (sergeant, officer), (sergeant, sergeant)):
        with pytest.raises(NotAllowedError):
            services.move(
                one.id, Going("destroyed", "Burnt", authority_id=authority.id, witness_id=witness.id), officer
            )
    with pytest.raises(InvalidError, match="Who saw"):
        services.move(one.id, Going("destroyed", "Burnt", authority_id=sergeant.id), officer)
    gone = services.move(
        one.id, Going("destroyed", "Burnt", authority_id=sergeant.id, witness_id=inspector.id), officer
    )
    assert (gone.to_user, gone.to_store, gone.to_body) == (None, None, "")


@pytest.mark.parametrize("going", [
    Going("seized", "x"), Going("", "x"), Going("handed", "x"), Going("stored", "x"), Going("sent", "x"),
    Going("sent", " ", to_body="y"), Going("released", "x", to_body="y"), Going("handed", "x", to_user_id=10**9),
])  # fmt: skip
def test_a_movement_to_nowhere_or_without_a_reason_is_refused(force: Force, going: Going) -> None:
    one = knife(force)
    with pytest.raises((InvalidError, NotFoundError)):
        services.move(one.id, going, force.one(Role.RESPONSE))
    assert one.moves.count() == 1


def test_whoever_looked_before_another_moved_it_is_told(force: Force) -> None:
    one, where = stored(force)
    with pytest.raises(ConflictError, match="came in between"):
        services.move(one.id, Going("stored", "x", to_store_id=where.id, after=1), force.one(Role.RESPONSE))


def test_no_link_of_a_chain_is_changed_or_taken_out(force: Force) -> None:
    stored(force)
    for sent in ("update crime_exhibitmove set reason = 'y'", "delete from crime_exhibitmove",
                 "update crime_exhibit set mark = 'XX/1'", "delete from crime_exhibitseal"):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(sent)
    assert ExhibitMove.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_it_at_once_one_is_told(transactional_db: None) -> None:
    force = Force()
    one, where = knife(force), store(force)
    officer = force.one(Role.RESPONSE)
    said = at_once(
        lambda: services.move(one.id, Going("stored", "x", to_store_id=where.id, after=1), officer),
        lambda: services.move(one.id, Going("sent", "x", to_body="Laboratory (made up)", after=1), officer),
    )
    assert sorted(said) == ["ConflictError", "done"]
    assert one.moves.count() == 2
