"""What partner control rooms hand over: opened once, updated, held, refused with reasons, and never lost."""

from __future__ import annotations

import datetime as dt
import json
import threading
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.control import services as control
from iops.control.models import Incident, LogEntry
from iops.exchange.inbound import schemas as shape
from iops.exchange.inbound import selectors, services
from iops.exchange.models import InboundMessage, Outcome, SharedIncident
from iops.exchange.webhooks import sending
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import User
from iops.foundation.roles import Role
from tests.exchange.conftest import system
from tests.exchange.test_webhooks import URL, Subscriber, committed, send_all, subscribe
from tests.foundation.acting_as import as_user, visible
from tests.foundation.consulting import assert_consulted
from tests.project.test_api import one

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.exchange.conftest import Program
    from tests.force import Force

pytestmark = pytest.mark.django_db


def message(**told: Any) -> dict[str, Any]:
    """A whole message; what is given replaces a part, and None leaves it out."""
    whole: dict[str, Any] = {
        "schema": "iops-inbound-incident/1",
        "message": "m-1",
        "kind": "new",
        "from": {"system": "ambulance", "desk": "Desk 4", "telephone": "01632 960000"},
        "reference": "AMB-77",
        "at": "2026-01-05T12:00:00+00:00",
        "where": {"text": "1 Mill Lane", "postcode": "M1 1AA", "easting": 384_000, "northing": 398_000},
        "what": "Man stabbed in the street",
        "category": "assault",
        "contact": {"name": "Crew of A123", "telephone": "01632 960001", "role": "paramedic"},
        "casualties": {"count": 2, "trapped": 1, "words": "one unconscious"},
        "hazards": [{"kind": "weapon", "words": "knife not found"}, {"kind": "dog"}],
        "wanted": {"attendance": True, "words": "hold the cordon"},
    }
    return {name: value for name, value in (whole | told).items() if value is not None}


@pytest.fixture
def ambulance(force: Force, program: Callable[..., Program]) -> Program:
    return program("inbound", user=system("ambulance"))


def hand_over(caller: Program, **told: Any) -> tuple[int, Any]:
    return caller.post("inbound/incidents", message(**told))


def incident_of(said: dict[str, Any]) -> Incident:
    number, day = said["reference"].split("/")
    return Incident.objects.get(number=int(number), day=dt.date(int(day[4:]), int(day[2:4]), int(day[:2])))


def log_of(incident: Incident) -> list[str]:
    return list(LogEntry.objects.filter(incident=incident).order_by("id").values_list("text", flat=True))


class TestTaking:
    def test_a_new_incident_is_opened_with_everything_that_was_told(self, ambulance: Program) -> None:
        status, said = hand_over(ambulance)
        assert (status, said["outcome"], said["repeated"]) == (201, "opened", False)
        incident = incident_of(said)
        assert (incident.where, incident.what, incident.category) == (
            "1 Mill Lane, M1 1AA",
            "Man stabbed in the street",
            "assault",
        )
        contact = incident.contact
        assert (contact.channel, contact.caller_name, contact.call_back) == ("partner", "Crew of A123", "01632 960001")
        (words,) = log_of(incident)
        parts = ("ambulance (made up)", "AMB-77", "384000 398000", "2 hurt, 1 trapped, one unconscious", "paramedic")
        hazards = ("Hazard: weapon (knife not found)", "Hazard: dog", "attendance. hold the cordon", "Desk 4")
        assert [part for part in (*parts, *hazards) if part not in words] == []

    def test_the_least_that_is_needed_is_enough(self, ambulance: Program) -> None:
        least = {"contact": None, "casualties": None, "hazards": None, "wanted": None, "category": None}
        status, said = hand_over(ambulance, **least, where={"text": "Somewhere"}, **{"from": {"system": "ambulance"}})
        assert status == 201
        assert incident_of(said).contact.caller_name == "ambulance (made up)"

    def test_the_clock_of_the_partner_starts_none_of_ours(self, ambulance: Program) -> None:
        incident = incident_of(hand_over(ambulance, at="2020-01-01T00:00:00Z")[1])
        assert incident.reported_at.year != 2020

    def test_the_same_message_again_changes_nothing(self, ambulance: Program) -> None:
        first, second = hand_over(ambulance), hand_over(ambulance)
        assert (first[0], second[0], second[1]["repeated"]) == (201, 201, True)
        assert first[1]["reference"] == second[1]["reference"]
        assert len(log_of(incident_of(first[1]))) == 1

    def test_the_same_reference_in_another_message_is_an_update(self, ambulance: Program) -> None:
        incident = incident_of(hand_over(ambulance)[1])
        status, said = hand_over(ambulance, message="m-2", what="Now two men")
        assert (status, said["outcome"]) == (200, "added")
        assert Incident.objects.get() == incident
        assert "Now two men" in log_of(incident)[1]

    def test_an_update_is_a_line_of_the_log_also_after_the_close(self, ambulance: Program, force: Force) -> None:
        incident = incident_of(hand_over(ambulance)[1])
        Incident.objects.filter(id=incident.id).update(category="")
        status, _ = hand_over(ambulance, message="m-2", kind="update", where=None, what="Patient taken to hospital")
        assert status == 200
        assert log_of(incident)[-1].splitlines()[0].endswith("Patient taken to hospital")

    def test_updates_that_come_before_their_incident_are_held_and_applied_in_their_order(
        self, ambulance: Program
    ) -> None:
        later = {"message": "m-3", "kind": "update", "what": "third", "at": "2026-01-05T12:10:00Z"}
        earlier = {"message": "m-2", "kind": "update", "what": "second", "at": "2026-01-05T12:05:00Z"}
        assert hand_over(ambulance, **later)[0] == 202
        status, said = hand_over(ambulance, **earlier)
        assert (status, said["outcome"], said["reference"]) == (202, "held", None)
        incident = incident_of(hand_over(ambulance, what="first")[1])
        assert [line.splitlines()[0].rsplit(" ", 1)[1] for line in log_of(incident)] == ["first", "second", "third"]
        assert hand_over(ambulance, **later)[1] | {"message_id": 0} == {
            "outcome": "added",
            "repeated": True,
            "reference": incident.reference,
            "their_reference": "AMB-77",
            "message_id": 0,
        }
        assert not InboundMessage.objects.filter(outcome=Outcome.HELD).exists()

    def test_two_partners_may_use_one_reference(self, ambulance: Program, program: Callable[..., Program]) -> None:
        fire = program("inbound", user=system("fire"))
        first = hand_over(ambulance)[1]["reference"]
        second = hand_over(fire, **{"from": {"system": "fire"}})[1]["reference"]
        assert first != second

    def test_a_partner_finds_what_it_handed_over_under_both_references(
        self, ambulance: Program, program: Callable[..., Program]
    ) -> None:
        reference = hand_over(ambulance)[1]["reference"]
        rows = ambulance.get("inbound/incidents?reference=AMB-77")[1]
        assert [(r["reference"], r["their_reference"], r["closed_at"]) for r in rows] == [(reference, "AMB-77", None)]
        assert ambulance.get("inbound/incidents?reference=other")[1] == []
        assert program("inbound", user=system("fire")).get("inbound/incidents")[1] == []

    def test_a_token_without_the_scope_hands_nothing_over(self, program: Callable[..., Program]) -> None:
        assert hand_over(program("write:incidents", user=system("ambulance")))[0] == 403
        assert not InboundMessage.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_one_reference_sent_many_times_at_once_opens_one_incident(self, ambulance: Program) -> None:
        statuses: list[int] = []

        def send(number: int) -> None:
            caller = type(ambulance)(ambulance.token)
            statuses.append(hand_over(caller, message=f"m-{number % 3}")[0])
            connection.close()

        threads = [threading.Thread(target=send, args=(n,)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert Incident.objects.count() == 1
        assert len(log_of(Incident.objects.get())) == 3
        assert set(statuses) <= {200, 201}


BAD: list[tuple[object, str]] = [
    ({}, "schema"),
    ([], "message"),
    ("{", "message"),
    ("", "message"),
    (b"\xff\xfe", "message"),
    ("[" * 5000, "message"),
    ('{"a": ' * 3000, "message"),
    ("null", "message"),
    ('"text"', "message"),
    ("NaN", "message"),
    (message(schema="iops-inbound-incident/2"), "schema"),
    (message(kind="close"), "kind"),
    (message(reference=""), "reference"),
    (message(reference="x" * 81), "reference"),
    (message(reference="a\nb"), "reference"),
    (message(message=7), "message"),
    (message(at="yesterday"), "at"),
    (message(at="2026-01-05T12:00:00"), "at"),
    (message(at=1_700_000_000), "at"),
    (message(at="2150-01-05T12:00:00Z"), "at"),
    (message(at="9999999-01-05T12:00:00Z"), "at"),
    (message(where=None), "message"),
    (message(where={"text": " "}), "where.text"),
    (message(where={"text": "x", "easting": 1}), "where"),
    (message(where={"text": "x", "easting": 10**9, "northing": 1}), "where.easting"),
    (message(where={"text": "x", "easting": 1.5, "northing": 1}), "where.easting"),
    (message(where={"text": "x", "latitude": "91", "longitude": "0"}), "where.latitude"),
    (message(where={"text": "x", "latitude": "NaN", "longitude": "0"}), "where.latitude"),
    (message(what=""), "what"),
    (message(what="x" * 10_001), "what"),
    (message(casualties={"count": -1}), "casualties.count"),
    (message(casualties={"count": "two"}), "casualties.count"),
    (message(casualties={"count": 10**30}), "casualties.count"),
    (message(hazards=[{"kind": "dragon"}]), "hazards.0.kind"),
    (message(hazards=[{"kind": "fire"}] * 11), "hazards"),
    (message(wanted={}), "wanted.attendance"),
    (message(wanted={"attendance": "yes"}), "wanted.attendance"),
    (message(extra="field"), "extra"),
    (message(**{"from": {"system": "fire"}}), "from.system"),
    (message(**{"from": "ambulance"}), "from"),
    ("x" * 70_000, "message"),
    (message(what="x" * 70_000), "message"),
]


class TestRefusing:
    @pytest.mark.parametrize(("body", "field"), BAD, ids=range(len(BAD)))
    def test_what_cannot_be_taken_is_refused_with_a_reason_for_its_field_and_kept(
        self, ambulance: Program, force: Force, body: object, field: str
    ) -> None:
        status, said = ambulance.post("inbound/incidents", body)
        assert (status, said["code"]) == (422, "message-refused")
        assert field in {p["field"] for p in said["details"]["problems"]}
        assert all(p["why"] for p in said["details"]["problems"])
        assert not Incident.objects.exists()
        with as_user(force.one(Role.DISPATCHER)):
            kept = InboundMessage.objects.get()
        assert (kept.id, kept.outcome) == (said["details"]["message_id"], "refused")
        assert len(kept.body) <= 64 * 1024

    def test_what_was_sent_is_not_told_again_in_the_refusal(self, ambulance: Program) -> None:
        _, said = hand_over(ambulance, kind="<script>alert(1)</script>")
        assert "script" not in json.dumps(said)

    def test_what_cannot_be_stored_is_refused_at_the_door(self, ambulance: Program) -> None:
        for body in (json.dumps(message(what="a\x00b")), json.dumps(message(what="\ud800")), "x" * 3_000_000):
            assert ambulance.post("inbound/incidents", body)[0] in {400, 413}

    @pytest.mark.parametrize("what", ["'; drop table control_incident; --", "<img src=x onerror=alert(1)>", "{{ 7*7 }}",
                                      "\u202egnirts", "😀" * 2000, "%s %(x)s"])  # fmt: skip
    def test_hostile_words_are_words(self, ambulance: Program, what: str) -> None:
        assert incident_of(hand_over(ambulance, what=what)[1]).what == what

    def test_a_refused_message_may_be_sent_again_under_its_number(self, ambulance: Program) -> None:
        assert hand_over(ambulance, what="")[0] == 422
        assert hand_over(ambulance)[0] == 201

    def test_refused_messages_are_counted(self, ambulance: Program, force: Force) -> None:
        hand_over(ambulance, what="")
        hand_over(ambulance)
        hand_over(ambulance, message="m-9", reference="other", kind="update")
        (count,) = selectors.counts()
        assert (count.opened, count.added, count.held, count.refused, count.waiting) == (1, 0, 1, 1, 2)
        found = selectors.waiting(force.one(Role.DISPATCHER))
        assert [m.outcome for m in found.page.rows] == ["refused", "held"]
        assert found.withheld == 0

    def test_looking_at_them_is_a_look(self, ambulance: Program, force: Force) -> None:
        kept = hand_over(ambulance, what="")[1]["details"]["message_id"]
        with assert_consulted("inbound_message", [kept], force.one(Role.DISPATCHER)):
            selectors.waiting(force.one(Role.DISPATCHER))


class TestDealingWithIt:
    def test_somebody_corrects_a_refused_message(self, ambulance: Program, force: Force) -> None:
        kept = hand_over(ambulance, casualties={"count": "two"})[1]["details"]["message_id"]
        dispatcher = force.one(Role.DISPATCHER)
        with pytest.raises(InvalidError, match=r"casualties\.count"):
            services.correct(kept, json.dumps(message(casualties={"count": "zwei"})), dispatcher)
        receipt = services.correct(kept, json.dumps(message(casualties={"count": 2})), dispatcher)
        assert receipt.kept.outcome == Outcome.OPENED
        assert receipt.kept.corrects_id == kept
        with as_user(dispatcher):
            before = InboundMessage.objects.get(id=kept)
        assert (before.settled_by, '"two"' in before.body) == (dispatcher, True)
        assert Incident.objects.get().opened_by == dispatcher
        assert SharedIncident.objects.get().account.username == "ambulance"
        assert hand_over(ambulance)[1]["repeated"]
        with pytest.raises(ConflictError):
            services.correct(kept, json.dumps(message()), dispatcher)

    def test_a_held_update_becomes_an_incident_when_somebody_says_so(self, ambulance: Program, force: Force) -> None:
        kept = hand_over(ambulance, kind="update")[1]["message_id"]
        dispatcher = force.one(Role.DISPATCHER)
        with pytest.raises(ConflictError):
            services.apply_held(kept, dispatcher)
        assert services.correct(kept, json.dumps(message()), dispatcher).kept.outcome == Outcome.OPENED
        assert len(log_of(Incident.objects.get())) == 1

    def test_a_message_that_needs_nothing_is_settled_with_a_reason(self, ambulance: Program, force: Force) -> None:
        kept = hand_over(ambulance, what="")[1]["details"]["message_id"]
        with pytest.raises(InvalidError):
            services.settle(kept, " ", force.one(Role.SERGEANT))
        services.settle(kept, "They rang instead", force.one(Role.SERGEANT))
        assert selectors.counts()[0].waiting == 0
        with pytest.raises(ConflictError):
            services.settle(kept, "Again", force.one(Role.SERGEANT))

    def test_the_control_room_alone_deals_with_it(self, ambulance: Program, force: Force) -> None:
        kept = hand_over(ambulance, what="")[1]["details"]["message_id"]
        account = User.objects.get(username="ambulance")
        for by in (force.one(Role.RESPONSE), account):
            with pytest.raises(NotAllowedError):
                services.settle(kept, "nothing", by)
        with pytest.raises(NotFoundError):
            services.settle(10**9, "nothing", force.one(Role.SERGEANT))
        with as_user(force.one(Role.RESPONSE)):
            assert visible(InboundMessage) == set()

    def test_the_desk_does_it_all_over_the_api(
        self, ambulance: Program, force: Force, program: Callable[..., Program]
    ) -> None:
        first = hand_over(ambulance, what="")[1]["details"]["message_id"]
        second = hand_over(ambulance, message="m-2", reference="B", wanted={})[1]["details"]["message_id"]
        desk = program("inbound", user=force.one(Role.DISPATCHER))
        assert [m["id"] for m in desk.get("inbound/messages")[1]["rows"]] == [first, second]
        assert desk.post(f"inbound/messages/{first}/correct", {"body": json.dumps(message())})[1]["outcome"] == "opened"
        assert desk.post(f"inbound/messages/{second}/apply")[0] == 409
        assert desk.post(f"inbound/messages/{second}/settle", {"note": "rang"})[0] == 200
        assert desk.get("inbound/messages")[1]["rows"] == []
        assert desk.get("inbound/counts")[1][0]["refused"] == 2
        assert ambulance.post(f"inbound/messages/{second}/settle", {"note": "rang"})[0] == 403


class TestRestricted:
    def test_an_update_of_an_incident_its_sender_may_not_see_any_more_is_held_for_who_may(
        self, ambulance: Program, force: Force
    ) -> None:
        sergeant, dispatcher = force.one(Role.SERGEANT), force.one(Role.DISPATCHER)
        incident = incident_of(hand_over(ambulance)[1])
        control.restrict(incident.id, [], [], "A colleague is involved", sergeant)
        update = {"message": "m-2", "kind": "update", "what": "A secret"}
        status, said = hand_over(ambulance, **update)
        assert (status, said["outcome"], said["reference"]) == (202, "held", None)
        assert hand_over(ambulance, **update)[1]["repeated"]
        assert hand_over(ambulance, message="m-3", what="Once more")[0] == 202
        seen = selectors.waiting(dispatcher)
        assert (seen.page.rows, seen.withheld) == ((), 2)
        assert ambulance.get("inbound/incidents")[1] == []
        held = selectors.waiting(sergeant).page.rows
        assert len(held) == 2
        assert services.apply_held(held[0].id, sergeant).kept.outcome == Outcome.ADDED
        with as_user(sergeant):
            assert "A secret" in log_of(incident)[-1]
            assert Incident.objects.count() == 1


class TestTellingThem:
    def test_what_the_control_room_says_reaches_the_partner_and_no_other(
        self, ambulance: Program, force: Force, program: Callable[..., Program]
    ) -> None:
        incident = incident_of(hand_over(ambulance)[1])
        account = User.objects.get(username="ambulance")
        subscribe(force, "partner.told", account=account, url=URL)
        subscribe(force, "partner.told", account=system("fire"), url="https://fire.example/")
        desk = program("write:incidents", user=force.one(Role.DISPATCHER))
        assert desk.post(f"{one(incident)}/partners", {"text": "Two units on their way"})[0] == 200
        subscriber = Subscriber()
        send_all(subscriber)
        (told,) = subscriber.got
        assert (told["facts"]["text"], told["facts"]["their_reference"]) == ("Two units on their way", "AMB-77")
        assert log_of(incident)[-1] == "To ambulance (made up): Two units on their way"

    def test_a_partner_may_be_told_only_of_what_it_handed_over(self, ambulance: Program, force: Force) -> None:
        subscribe(force, "incident.graded", account=User.objects.get(username="ambulance"), url=URL, shared_only=True)
        shared, other = incident_of(hand_over(ambulance)[1]), force.incident()
        for incident in (shared, other):
            control.grade(incident.id, 1, "", force.one(Role.SERGEANT))
        committed()
        subscriber = Subscriber()
        sending.send_due(subscriber)
        assert [t["record"]["id"] for t in subscriber.got] == [shared.id]

    def test_nobody_is_told_of_an_incident_of_our_own(self, force: Force, program: Callable[..., Program]) -> None:
        desk = program("write:incidents", user=force.one(Role.DISPATCHER))
        assert desk.post(f"{one(force.incident())}/partners", {"text": "x"})[0] == 404
        with pytest.raises(ConflictError):
            services.tell_partner(force.incident().id, "x", force.one(Role.DISPATCHER))
        with pytest.raises(NotAllowedError):
            services.tell_partner(force.incident().id, "x", force.one(Role.RESPONSE))


class TestTheSchema:
    def test_what_is_published_is_what_is_judged(self) -> None:
        assert shape.published() == json.loads(json.dumps(shape.schema())), (
            "The shape has changed: that is a new version of the schema, with a file of its own."
        )

    def test_it_is_served_to_who_may_hand_over(self, ambulance: Program) -> None:
        assert ambulance.get("inbound/schemas/1") == (200, shape.published())
        assert Client().get("/api/v1/inbound/schemas/1").status_code == 401
        assert ambulance.get("inbound/schemas/2")[0] in {403, 404}

    def test_it_is_a_schema_by_which_a_partner_can_judge(self) -> None:
        judge = jsonschema.Draft202012Validator(shape.published())
        judge.check_schema(shape.published())
        assert list(judge.iter_errors(message())) == []
        for wrong in (message(kind="close"), message(extra=1), message(what=None), message(hazards=[{"kind": "x"}])):
            assert list(judge.iter_errors(wrong))


names = st.sampled_from(sorted(message()))
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(sorted(message())) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(told=st.dictionaries(names, anything, max_size=3))
@settings(max_examples=25)
def test_whatever_is_sent_is_answered_and_kept(ambulance: Program, told: dict[str, Any]) -> None:
    with transaction.atomic():
        before = selectors.counts()
        status, _ = ambulance.call("POST", "inbound/incidents", json.dumps(message() | told))
        assert status in {200, 201, 202, 400, 422}
        if status != 400:
            assert selectors.counts() != before
        transaction.set_rollback(True)
