"""Webhooks: what is told to whom, in which order, how often, and that nothing is lost."""

from __future__ import annotations

import datetime as dt
import hmac
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction

from iops.control import services as control
from iops.exchange.jobs import clear_deliveries
from iops.exchange.models import Delivery, Subscription
from iops.exchange.webhooks import selectors, sending, services, signing
from iops.exchange.webhooks.calling import Answer
from iops.exchange.webhooks.sources import EVENTS, SOURCES
from iops.foundation import clock
from iops.foundation.context import acting
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import Consultation, District, User
from iops.foundation.roles import Role
from iops.obligations.models import Obligation
from iops.obligations.services import waive
from tests.exchange.conftest import system
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    from tests.exchange.conftest import Program
    from tests.force import Force

pytestmark = pytest.mark.django_db
YES = Answer(acknowledged=True, words="answered 200")
NO = Answer(acknowledged=False, words="answered 503")


@dataclass
class Subscriber:
    """A system at the other end of the wire: it keeps what it is sent and answers as it is told to."""

    answers: list[Answer] = field(default_factory=list)
    got: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        self.got.append(json.loads(body))
        self.headers.append(headers)
        return self.answers.pop(0) if self.answers else YES

    @property
    def events(self) -> list[str]:
        return [one["event"] for one in self.got]


def subscribe(force: Force, *events: str, account: User | None = None, url: str = "", **more: Any) -> Subscription:
    """A subscription made by an administrator; the address is set past the guard, which has tests of its own."""
    account = account or User.objects.filter(username="partner").first() or system("partner")
    by = force.one(Role.ADMINISTRATOR)
    made = services.subscribe(account=account, name="test", events=events or list(EVENTS), by=by, **more)
    if url:
        with acting(user_id=by.id):
            Subscription.objects.filter(id=made.id).update(url=url)
    return made


def committed() -> None:
    """What happens at the commit that tests of one transaction never reach: places are given."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


def send(subscriber: Subscriber) -> int:
    committed()
    return sending.send_due(subscriber)


def send_all(subscriber: Subscriber) -> None:
    while send(subscriber):
        pass


URL = "https://partner.example/hook"


class TestEvents:
    def test_every_step_of_an_incident_is_told_in_order(self, force: Force) -> None:
        subscribe(force, url=URL)
        by = force.one(Role.SERGEANT)
        incident = force.incident()
        control.grade(incident.id, 1, "", by)
        control.add_log_entry(incident.id, "A secret line", by)
        unit = control.assign_unit(incident.id, "AB1", by)
        control.record_arrival(unit.id, by)
        control.stand_down(unit.id, by)
        subscriber = Subscriber()
        send_all(subscriber)
        told = [e for e in subscriber.events if not e.startswith("duty.")]
        assert told == [
            "incident.opened",
            "incident.graded",
            "incident.logged",
            "deployment.assigned",
            "deployment.arrived",
            "deployment.cleared",
        ]
        assert "duty.raised" in subscriber.events
        assert "duty.met" in subscriber.events
        assert {one["record"]["reference"] for one in subscriber.got} == {incident.reference}
        assert "A secret line" not in str(subscriber.got)

    def test_a_delivery_says_what_when_where_and_on_which_record(self, force: Force) -> None:
        subscribe(force, "incident.graded", url=URL)
        incident = force.incident()
        grading = control.grade(incident.id, 2, "Because", force.one(Role.SERGEANT))
        subscriber = Subscriber()
        send_all(subscriber)
        told = subscriber.got[0]
        assert told["record"] == {"kind": "incident", "id": incident.id, "reference": incident.reference}
        assert (told["district"], told["facts"]["grade"], told["sent_again"]) == ("N", 2, False)
        assert set(told) == {"delivery", "event", "at", "sequence", "record", "district", "facts", "sent_again"}
        assert grading is not None

    def test_nothing_is_written_when_nobody_listens(self, force: Force) -> None:
        subscribe(force, "unit.state", url=URL)
        force.incident()
        with as_user(force.one(Role.ADMINISTRATOR)):
            assert not Delivery.objects.exists()

    def test_what_was_before_the_subscription_is_not_told(self, force: Force) -> None:
        incident = force.incident()
        subscribe(force, "incident.opened", "incident.graded", url=URL)
        control.grade(incident.id, 1, "", force.one(Role.SERGEANT))
        subscriber = Subscriber()
        send_all(subscriber)
        assert subscriber.events == ["incident.graded"]

    def test_a_district_is_told_its_own(self, force: Force) -> None:
        other = District.objects.create(code="S", name="South (made up)")
        subscribe(force, "incident.opened", url=URL, districts=[other.id])
        force.incident()
        there = force.incident(district_id=other.id)
        subscriber = Subscriber()
        send_all(subscriber)
        assert [one["record"]["id"] for one in subscriber.got] == [there.id]

    def test_what_is_rolled_back_is_not_told(self, force: Force) -> None:
        subscribe(force, "incident.opened", url=URL)
        with transaction.atomic():
            force.incident()
            transaction.set_rollback(True)
        assert send(Subscriber()) == 0

    def test_an_incident_that_closes_and_reopens_is_told(self, force: Force) -> None:
        subscribe(force, "incident.closed", "incident.reopened", "incident.district", url=URL)
        by = force.one(Role.SERGEANT)
        incident = force.incident()
        _close(incident.id, by)
        control.reopen(incident.id, "New facts", by)
        subscriber = Subscriber()
        send_all(subscriber)
        assert subscriber.events == ["incident.closed", "incident.reopened"]
        assert subscriber.got[0]["facts"]["closed_at"] == subscriber.got[1]["facts"]["was_closed_at"]

    @pytest.mark.usefixtures("own_clock")
    def test_a_duty_that_goes_up_is_told_once(self, force: Force) -> None:
        subscribe(force, "duty.escalated", url=URL)
        incident = force.incident()
        control.grade(incident.id, 1, "", force.one(Role.SERGEANT))
        at_once = sending.tell_escalations()
        assert sending.tell_escalations() == 0
        with clock.at(clock.now() + dt.timedelta(hours=1)):
            later = sending.tell_escalations()
            assert later > 0
            assert sending.tell_escalations() == 0
        subscriber = Subscriber()
        send_all(subscriber)
        assert subscriber.events == ["duty.escalated"] * (at_once + later)
        assert "inspector" in {one["facts"]["to_role"] for one in subscriber.got}

    def test_every_event_has_a_source_or_a_clock(self) -> None:
        assert len(EVENTS) == len({s.event for s in SOURCES}) + 1
        assert all(says[0].isupper() for says in EVENTS.values())


def _close(incident_id: int, by: User) -> None:
    """Close it whatever is owed: that is another test's matter."""
    for owed in Obligation.objects.filter(record_id=incident_id, met_at=None, waived_at=None, rule__blocks__len__gt=0):
        named = {"subject": owed.subject, "subject_id": owed.subject_id, "rule": owed.rule_id}
        waive(**named, reason="agreed for this test", by=by)  # type: ignore[arg-type]
    control.close(incident_id, "Done", by)


class TestAtLeastOnce:
    def test_what_is_not_acknowledged_is_sent_again_under_its_number_and_later_ones_of_its_record_wait(
        self, force: Force, let_time_pass: Callable[[], None]
    ) -> None:
        subscribe(force, "incident.opened", "incident.logged", url=URL)
        incident = force.incident()
        other = force.incident()
        control.add_log_entry(incident.id, "one", force.one(Role.SERGEANT))
        subscriber = Subscriber(answers=[NO])
        assert send(subscriber) == 2
        assert send(subscriber) == 0
        let_time_pass()
        send_all(subscriber)
        of_first = [(one["event"], one["delivery"]) for one in subscriber.got if one["record"]["id"] == incident.id]
        assert [event for event, _ in of_first] == ["incident.opened", "incident.opened", "incident.logged"]
        assert of_first[0] == of_first[1]
        assert len([one for one in subscriber.got if one["record"]["id"] == other.id]) == 1
        attempts = [h["IOPS-Attempt"] for h, one in zip(subscriber.headers, subscriber.got, strict=True)
                    if one["record"]["id"] == incident.id]  # fmt: skip
        assert attempts == ["1", "2", "1"]

    def test_what_was_claimed_by_somebody_who_died_is_sent_when_the_lease_is_over(
        self, force: Force, let_time_pass: Callable[[], None]
    ) -> None:
        subscribe(force, "incident.opened", url=URL)
        force.incident()
        committed()
        assert len(sending._claim()) == 1
        subscriber = Subscriber()
        assert send(subscriber) == 0
        let_time_pass()
        assert send(subscriber) == 1
        assert subscriber.headers[0]["IOPS-Attempt"] == "2"

    def test_after_days_without_an_acknowledgement_it_is_a_dead_letter_and_what_waited_behind_it_goes(
        self, force: Force, settings: Any
    ) -> None:
        settings.IOPS_WEBHOOK_DAYS = 0
        made = subscribe(force, "incident.opened", "incident.logged", url=URL)
        incident = force.incident()
        control.add_log_entry(incident.id, "one", force.one(Role.SERGEANT))
        subscriber = Subscriber(answers=[NO])
        send_all(subscriber)
        assert subscriber.events == ["incident.opened", "incident.logged"]
        administrator = force.one(Role.ADMINISTRATOR)
        dead = selectors.letters(made.id, administrator)
        assert [(x.delivery.event, x.reference, x.delivery.answer) for x in dead.shown] == [
            ("incident.opened", incident.reference, "answered 503")
        ]
        assert services.send_again(made.id, [x.delivery.id for x in dead.shown], administrator) == 1
        send_all(subscriber)
        assert (subscriber.events[-1], subscriber.got[-1]["sent_again"]) == ("incident.opened", True)
        assert selectors.letters(made.id, administrator).total == 0
        assert services.send_again(made.id, [dead.shown[0].delivery.id], administrator) == 0

    def test_the_pause_doubles_up_to_an_hour_and_half_of_it_is_chance(self) -> None:
        least = [sending.pause_after(n, chance=lambda _: 0) for n in range(1, 15)]
        most = [sending.pause_after(n, chance=lambda choices: choices - 1) for n in range(1, 15)]
        assert least[:4] == [5, 10, 20, 40]
        assert most[:4] == [10, 20, 40, 80]
        assert (least[-1], most[-1]) == (1800, 3600)
        assert sending.pause_after(10**6, chance=lambda _: 0) == 1800
        assert len({sending.pause_after(9) for _ in range(50)}) > 10

    def test_a_paused_subscription_keeps_what_happens_and_goes_on_with_it(self, force: Force) -> None:
        made = subscribe(force, "incident.opened", url=URL)
        administrator = force.one(Role.ADMINISTRATOR)
        services.set_paused(made.id, True, administrator)
        force.incident()
        subscriber = Subscriber()
        assert send(subscriber) == 0
        services.set_paused(made.id, False, administrator)
        assert send(subscriber) == 1

    def test_an_ended_subscription_is_told_nothing(self, force: Force) -> None:
        made = subscribe(force, "incident.opened", url=URL)
        administrator = force.one(Role.ADMINISTRATOR)
        services.end(made.id, "contract ended", administrator)
        force.incident()
        assert send(Subscriber()) == 0
        with pytest.raises(ConflictError):
            services.set_paused(made.id, False, administrator)

    def test_two_subscriptions_are_told_each_for_itself(self, force: Force, let_time_pass: Callable[[], None]) -> None:
        subscribe(force, "incident.opened", url=URL)
        subscribe(force, "incident.opened", account=system("other"), url="https://other.example/")
        force.incident()
        subscriber = Subscriber(answers=[NO, YES])
        assert send(subscriber) == 2
        let_time_pass()
        assert send(subscriber) == 1

    def test_old_deliveries_that_ended_well_are_cleared_away(self, force: Force, owner: psycopg.Connection) -> None:
        subscribe(force, "incident.opened", url=URL)
        force.incident()
        send_all(Subscriber())
        assert clear_deliveries() == 0


class TestWhatMayBeSeen:
    def test_a_restricted_record_is_not_told_to_who_may_not_see_it(self, force: Force) -> None:
        made = subscribe(force, "incident.opened", "incident.logged", url=URL)
        by = force.one(Role.SERGEANT)
        incident = force.incident()
        control.restrict(incident.id, [], [], "A colleague is involved", by)
        control.add_log_entry(incident.id, "more", by)
        subscriber = Subscriber()
        send_all(subscriber)
        assert subscriber.got == []
        counts = selectors.standing(made.id, force.one(Role.ADMINISTRATOR)).counts
        assert counts == {"waiting": 0, "acknowledged": 0, "withheld": 2, "dead": 0}

    def test_it_is_told_to_an_account_on_its_list(self, force: Force) -> None:
        account = system("partner")
        subscribe(force, "incident.opened", account=account, url=URL)
        incident = force.incident()
        control.restrict(incident.id, [account.id], [], "A colleague is involved", force.one(Role.SERGEANT))
        subscriber = Subscriber()
        send_all(subscriber)
        assert subscriber.events == ["incident.opened"]

    def test_an_administrator_sees_how_many_and_not_which(self, force: Force, settings: Any) -> None:
        settings.IOPS_WEBHOOK_DAYS = 0
        account = system("partner")
        made = subscribe(force, "incident.opened", account=account, url=URL)
        incident = force.incident()
        control.restrict(incident.id, [account.id], [], "A colleague is involved", force.one(Role.SERGEANT))
        send_all(Subscriber(answers=[NO]))
        dead = selectors.letters(made.id, force.one(Role.ADMINISTRATOR))
        assert (dead.shown, dead.total, dead.withheld) == ((), 1, 1)

    def test_a_delivery_stands_in_the_consultation_log_once(
        self, force: Force, let_time_pass: Callable[[], None]
    ) -> None:
        subscribe(force, "incident.opened", url=URL)
        incident = force.incident()
        subscriber = Subscriber(answers=[NO])
        send_all(subscriber)
        let_time_pass()
        send_all(subscriber)
        account = User.objects.get(username="partner")
        with as_user(account):
            looks = Consultation.objects.filter(user=account, purpose="webhook")
            assert [(x.kind, x.record_ids) for x in looks] == [("incident", [incident.id])]

    def test_a_deactivated_account_is_told_nothing(self, force: Force) -> None:
        account = system("partner")
        subscribe(force, "incident.opened", account=account, url=URL)
        force.incident()
        User.objects.filter(id=account.id).update(is_active=False)
        subscriber = Subscriber()
        send_all(subscriber)
        assert subscriber.got == []

    def test_nobody_writes_deliveries_past_the_outbox(self, force: Force) -> None:
        account = system("partner")
        subscribe(force, "incident.opened", account=account, url=URL)
        force.incident()
        for statement in ("update exchange_delivery set state = 'acknowledged'", "delete from exchange_delivery"):
            with as_user(account), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


class TestSubscribing:
    @pytest.mark.parametrize(
        ("wrong", "field"),
        [({"events": []}, "events"), ({"events": ["incident.vanished"]}, "events"), ({"name": " "}, "name"),
         ({"name": "x" * 101}, "name"), ({"districts": [10**9]}, "districts"),
         ({"url": "http://partner.example"}, "url"), ({"url": "https://127.0.0.1/"}, "url")],
    )  # fmt: skip
    def test_what_makes_no_sense_is_refused(self, force: Force, wrong: dict[str, Any], field: str) -> None:
        told: dict[str, Any] = {"account": system("partner"), "name": "x", "events": ["incident.opened"]} | wrong
        with pytest.raises(InvalidError) as refused:
            services.subscribe(**told, by=force.one(Role.ADMINISTRATOR))
        assert refused.value.details["field"] == field

    def test_an_account_subscribes_for_itself_alone(self, force: Force) -> None:
        first, second = system("first"), system("second")
        with pytest.raises(NotAllowedError):
            services.subscribe(account=second, name="x", events=["incident.opened"], by=first)
        made = services.subscribe(account=second, name="x", events=["incident.opened"], by=second)
        for act in (
            lambda: services.take(made.id, first),
            lambda: services.end(made.id, "because", first),
            lambda: services.acknowledge(made.id, [1], first),
            lambda: selectors.standing(made.id, first),
        ):
            with pytest.raises(NotFoundError):
                act()

    def test_a_new_secret_is_another(self, force: Force) -> None:
        made = subscribe(force, "incident.opened", url=URL)
        before = signing.secret_of(made)
        assert signing.secret_of(services.new_secret(made.id, force.one(Role.ADMINISTRATOR))) != before
        assert signing.secret_of(subscribe(force, "incident.opened", url=URL)) != before


class TestPulling:
    def test_a_system_that_asks_gets_what_waits_in_order_until_it_acknowledges(
        self, force: Force, program: Callable[..., Program]
    ) -> None:
        caller = program("webhooks", user=system("partner"))
        status, made = caller.post("webhooks", {"name": "pull", "events": ["incident.opened", "incident.graded"]})
        assert status == 201
        one = f"webhooks/{made['id']}"
        incident = force.incident()
        control.grade(incident.id, 2, "", force.one(Role.SERGEANT))
        committed()
        taken = caller.post(f"{one}/take")[1]
        assert [x["event"] for x in taken] == ["incident.opened", "incident.graded"]
        assert caller.post(f"{one}/take")[1] == taken
        assert caller.post(f"{one}/acknowledge", {"ids": [taken[0]["delivery"]]})[1] == {"done": 1}
        assert caller.post(f"{one}/acknowledge", {"ids": [taken[0]["delivery"], 10**9]})[1] == {"done": 0}
        assert caller.post(f"{one}/take")[1] == taken[1:]
        assert caller.get(one)[1]["acknowledged"] == 1

    def test_what_it_may_not_see_is_withheld(self, force: Force, program: Callable[..., Program]) -> None:
        caller = program("webhooks", user=system("partner"))
        made = caller.post("webhooks", {"name": "pull", "events": ["incident.opened"]})[1]
        incident = force.incident()
        control.restrict(incident.id, [], [], "A colleague is involved", force.one(Role.SERGEANT))
        committed()
        assert caller.post(f"webhooks/{made['id']}/take")[1] == []
        assert caller.get(f"webhooks/{made['id']}")[1]["withheld"] == 1

    def test_a_subscription_that_is_pushed_to_is_not_pulled(self, force: Force) -> None:
        made = subscribe(force, "incident.opened", url=URL)
        with pytest.raises(ConflictError):
            services.take(made.id, User.objects.get(username="partner"))
        with pytest.raises(NotAllowedError):
            services.take(made.id, force.one(Role.ADMINISTRATOR))

    def test_the_whole_life_of_a_subscription_over_the_api(self, force: Force, program: Callable[..., Program]) -> None:
        caller = program("webhooks", user=force.one(Role.ADMINISTRATOR))
        system("partner")
        assert {e["event"] for e in caller.get("webhooks/events")[1]} == set(EVENTS)
        told = {"name": "x", "events": ["incident.opened"], "account": "partner"}
        made = caller.post("webhooks", told)[1]
        one = f"webhooks/{made['id']}"
        assert made["secret"].startswith("iopswh_")
        assert caller.post("webhooks", told | {"account": "nobody"})[0] == 404
        assert caller.post(f"{one}/secret")[1]["secret"] != made["secret"]
        assert caller.post(f"{one}/paused", {"paused": True})[1]["state"] == "paused"
        assert caller.post(f"{one}/address", {"url": "https://partner.example/"})[0] == 409
        assert caller.get(f"{one}/deliveries?state=waiting")[1] == {"total": 0, "withheld": 0, "rows": []}
        assert caller.post(f"{one}/send-again", {"ids": []})[1] == {"done": 0}
        assert caller.post(f"{one}/end", {"reason": "no longer"})[1]["state"] == "ended"
        assert "secret" not in caller.get("webhooks")[1][0]


class TestSigning:
    def test_a_subscriber_can_tell_that_it_is_ours(self, force: Force) -> None:
        made = subscribe(force, "incident.opened", url=URL)
        force.incident()
        seen: list[tuple[bytes, str]] = []

        def hook(_: str, body: bytes, headers: dict[str, str]) -> Answer:
            seen.append((body, headers[signing.HEADER]))
            return YES

        committed()
        sending.send_due(hook)
        body, header = seen[0]
        now = int(header.split(",")[0].removeprefix("t="))
        secret = signing.secret_of(made)
        assert signing.is_right(secret, header, body, now=now)
        assert not signing.is_right(secret, header, body + b" ", now=now)
        assert not signing.is_right(secret + "x", header, body, now=now)
        assert not signing.is_right(secret, header, body, now=now + 301)

    @pytest.mark.parametrize("header", ["", "t=,v1=", "t=1", "v1=00", "t=x,v1=y", f"t={10**14},v1=0", ",,,=", "t=١"])
    def test_a_signature_that_is_none_is_not_right(self, header: str) -> None:
        assert not signing.is_right("secret", header, b"", now=1)

    def test_it_is_the_published_construction(self) -> None:
        made = hmac.new(b"s", b"1700000000.{}", "sha256").hexdigest()
        assert signing.signature("s", 1_700_000_000, b"{}") == f"t=1700000000,v1={made}"
