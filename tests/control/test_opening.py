"""Opening an incident: one statement, one truth for page, API and service; numbers without gaps however it goes."""

from __future__ import annotations

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from iops.control import api, services
from iops.control.models import Contact, Grading, Incident
from iops.control.opening import Opened, Told, open_once
from iops.foundation.context import acting, confirming
from iops.foundation.errors import ConflictError, InvalidError
from iops.foundation.models import District
from iops.foundation.roles import Role
from iops.obligations.conservation import check_conservation
from iops.obligations.models import Obligation
from iops.web.models import SavedForm
from tests.force import Force

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pytest_django.fixtures import Settings

    from iops.foundation.models import User

HEARD = Told(where="1 Mill Lane", what="Shouting heard")


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def handler(force: Force) -> User:
    return force.one(Role.CALL_HANDLER)


def at_once(many: int, work: Callable[[int], Any]) -> list[Any]:
    """Run the same thing in many threads that all begin together, each on a connection of its own."""
    gate = Barrier(many)

    def run(n: int) -> Any:
        try:
            gate.wait(30)
            return work(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(run, range(many)))


def numbers() -> list[int]:
    return sorted(Incident.objects.values_list("number", flat=True))


def history(table: str, row_id: int) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select op, actor_id, request_id, reason from foundation_history where table_name = %s and row_id = %s",
            [table, row_id],
        )
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return rows


def post(client: Client, given: dict[str, object]) -> Any:
    return client.post("/api/v1/incidents", json.dumps(given, default=str), content_type="application/json")


@pytest.mark.django_db(transaction=True)
class TestManyAtOnce:
    def test_twenty_calls_at_once_get_the_numbers_one_to_twenty(self, handler: User) -> None:
        def call(n: int) -> Opened:
            opened = open_once(HEARD, handler, confirmed_later=n % 2 == 0)
            with confirming(user_id=handler.id, request_id=f"call {n}"):
                return opened

        opened = at_once(20, call)
        assert all(o.made for o in opened)
        assert numbers() == list(range(1, 21))
        assert (check_conservation().missing, check_conservation().surplus) == (0, 0)

    def test_the_same_form_sent_ten_times_at_once_is_one_incident(self, handler: User) -> None:
        key = uuid4()
        opened = at_once(10, lambda _: open_once(HEARD, handler, key=key, confirmed_later=True))
        assert sum(o.made for o in opened) == 1
        assert len({o.incident_id for o in opened}) == 1
        assert numbers() == [1]
        assert SavedForm.objects.get().record_id == opened[0].incident_id

    def test_refusals_and_failures_between_them_leave_no_gap(self, handler: User) -> None:
        def call(n: int) -> None:
            try:
                with transaction.atomic():
                    bad = {1: Told(where="x", what="y", district_id=2**40), 2: Told(where="x", what="y", grade=9)}
                    open_once(bad.get(n % 4, HEARD), handler)
                    if n % 4 == 3:
                        raise RuntimeError("the power fails")
            except (InvalidError, RuntimeError):
                pass

        at_once(16, call)
        assert numbers() == [1, 2, 3, 4]

    def test_days_are_counted_apart(self, handler: User) -> None:
        long_ago = dt.datetime(2019, 7, 4, 23, 30, tzinfo=dt.UTC)
        told = [HEARD, Told(where="2 Mill Lane", what="Written up later", reported_at=long_ago)]
        at_once(8, lambda n: open_once(told[n % 2], handler))
        assert numbers() == [1, 1, 2, 2, 3, 3, 4, 4]
        assert set(Incident.objects.filter(reported_at=long_ago).values_list("day", flat=True)) == {dt.date(2019, 7, 5)}


@pytest.mark.django_db(transaction=True)
class TestTheDisk:
    def test_when_the_answer_is_given_the_save_is_on_the_disk(self, handler: User) -> None:
        with connection.cursor() as cursor:
            cursor.execute("set synchronous_commit = on")
            opened = open_once(HEARD, handler, confirmed_later=True)
            cursor.execute("select pg_current_wal_insert_lsn()")
            saved_at = cursor.fetchone()[0]
            with confirming(user_id=handler.id, request_id="r"):
                pass
            cursor.execute("select pg_current_wal_flush_lsn() >= %s::pg_lsn", [saved_at])
            assert cursor.fetchone() == (True,)
        assert opened.made

    def test_only_the_commit_of_the_save_itself_does_not_wait(self, handler: User) -> None:
        with connection.cursor() as cursor:
            cursor.execute("set synchronous_commit = on")
            open_once(HEARD, handler, confirmed_later=True)
            cursor.execute("show synchronous_commit")
            assert cursor.fetchone() == ("on",)

    def test_inside_a_transaction_of_the_callers_the_commit_waits_as_ever(self, handler: User) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("set local synchronous_commit = on")
            open_once(HEARD, handler, confirmed_later=True)
            cursor.execute("show synchronous_commit")
            assert cursor.fetchone() == ("on",)


@pytest.mark.django_db
class TestWhatIsWritten:
    def test_the_service_answers_with_the_incident_as_it_stands(self, force: Force, handler: User) -> None:
        opened = services.open_incident(
            where="1 Mill Lane",
            what="Shouting",
            by=handler,
            district_id=force.district.id,
            call_back="07700 900123",
            caller_name="Ann (made up)",
            channel="101",
            domestic=True,
            category="Disturbance",
            grade=2,
        )
        stored = Incident.objects.get(id=opened.id)
        for field in Incident._meta.concrete_fields:
            assert getattr(opened, field.attname) == getattr(stored, field.attname), field.name
        contact = Contact.objects.get(id=opened.contact_id)
        assert (contact.channel, contact.call_back, contact.caller_name) == ("101", "07700 900123", "Ann (made up)")
        assert contact.taken_by == handler
        assert list(Grading.objects.values_list("incident_id", "grade", "by_id")) == [(opened.id, 2, handler.id)]

    def test_an_opened_incident_can_be_changed_and_saved_like_one_that_was_read(self, handler: User) -> None:
        opened = services.open_incident(where="1 Mill Lane", what="Shouting", by=handler)
        with acting(user_id=handler.id, reason="said so"):
            opened.category = "Noise"
            opened.save(update_fields=["category"])
        assert Incident.objects.get().category == "Noise"

    def test_history_says_who_in_which_request_and_why(self, handler: User) -> None:
        opened = open_once(Told(where="x", what="y", grade=1), handler, request_id="request 7").incident
        assert opened
        assert history("control_incident", opened.id) == [("I", handler.id, "request 7", "incident opened")]
        assert history("control_contact", opened.contact_id) == [("I", handler.id, "request 7", "incident opened")]
        assert history("control_grading", Grading.objects.get().id) == [("I", handler.id, "request 7", "graded 1")]

    def test_what_is_owed_stands_there_at_once(self, handler: User) -> None:
        opened = open_once(Told(where="x", what="y", grade=1, domestic=True), handler)
        owed = dict(Obligation.objects.filter(record_id=opened.incident_id).values_list("rule", "met_at"))
        assert owed["grade-incident"] is not None
        assert owed["attend-grade-1"] is None
        assert owed["crime-recording-decision"] is None

    def test_an_unknown_district_never_holds_a_call_up(self, handler: User) -> None:
        for _ in range(2):
            open_once(HEARD, handler)
        assert District.objects.filter(code="?").count() == 1
        assert set(Incident.objects.values_list("district__code", flat=True)) == {"?"}

    def test_who_acted_before_acts_again_afterwards(self, force: Force, handler: User) -> None:
        sergeant = force.one(Role.SERGEANT)
        with acting(user_id=sergeant.id, request_id="outer", reason="tidying up"), connection.cursor() as cursor:
            open_once(HEARD, handler)
            names = ["iops.user_id", "iops.request_id", "iops.reason"]
            cursor.execute("select array(select current_setting(x) from unnest(%s::text[]) x)", [names])
            assert cursor.fetchone()[0] == [str(sergeant.id), "outer", "tidying up"]


@pytest.mark.django_db
class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("told", "field"),
        [
            (Told(where=" ", what="y"), "Where"),
            (Told(where="x", what=""), "What"),
            (Told(where="x\x00", what="y"), "Where"),
            (Told(where="x", what="y" * 20_001), "What"),
            (Told(where="x", what="y", channel="pigeon"), "channel"),
            (Told(where="x", what="y", district_id=2**62), "district"),
            (Told(where="x", what="y", district_id=-1), "district"),
            (Told(where="x", what="y", grade=0), "grade"),
            (Told(where="x", what="y", grade=6), "grade"),
            (Told(where="x", what="y", grade=10**12), "grade"),
            (Told(where="x", what="y", reported_at=dt.datetime(2199, 1, 1, tzinfo=dt.UTC)), "reported_at"),
        ],
    )
    def test_it_is_refused_by_name_and_nothing_is_written(self, handler: User, told: Told, field: str) -> None:
        with pytest.raises(InvalidError) as refused:
            open_once(told, handler, key=uuid4())
        assert refused.value.details["field"] == field
        assert (Contact.objects.count(), SavedForm.objects.count()) == (0, 0)
        opened = open_once(HEARD, handler).incident
        assert opened is not None
        assert opened.number == 1

    def test_the_grade_must_stand_in_the_scheme_in_force_today(
        self, handler: User, tmp_path: Path, settings: Settings
    ) -> None:
        (tmp_path / "force.yaml").write_text(
            "kind: grading-choice\nin_force:\n  - {from: 2020-01-01, scheme: generic-five}\n"
            "  - {from: 2022-02-01, scheme: gmp-2022}\n  - {from: 2999-01-01, scheme: generic-five}\n"
        )
        settings.IOPS_FORCE_FOLDER = tmp_path
        with pytest.raises(InvalidError, match="Grade 5 is not a grade") as refused:
            open_once(Told(where="x", what="y", grade=5), handler)
        assert refused.value.details == {"field": "grade"}
        open_once(Told(where="x", what="y", grade=3), handler)
        assert Grading.objects.get().scheme == "gmp-2022"

    def test_the_key_of_somebody_elses_form_opens_nothing(self, force: Force, handler: User) -> None:
        key = uuid4()
        open_once(HEARD, force.one(Role.SERGEANT), key=key)
        with pytest.raises(ConflictError, match="used before"):
            open_once(HEARD, handler, key=key)
        assert Incident.objects.count() == 1

    def test_the_key_of_another_kind_of_form_opens_nothing(self, handler: User) -> None:
        key = uuid4()
        SavedForm.objects.create(key=key, user_id=handler.id, kind="location", record_id=1, at=dt.datetime.now(dt.UTC))
        with pytest.raises(ConflictError):
            open_once(HEARD, handler, key=key)

    def test_hostile_text_is_text(self, handler: User) -> None:
        hostile = "'); drop table control_incident; --\\ \u202e %s {0} $1"
        open_once(Told(where=hostile, what=hostile, call_back=hostile, caller_name=hostile), handler)
        assert Incident.objects.get().where == hostile

    @pytest.mark.parametrize("function", ["open_incident", "form_saved", "district_or_unknown", "scheme_with"])
    def test_the_statement_runs_with_the_rights_of_who_sends_it(self, function: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select bool_or(prosecdef) from pg_proc where proname = %s", [function])
            assert cursor.fetchone() == (False,)


@pytest.mark.django_db(transaction=True)
class TestOverHttp:
    @pytest.fixture
    def client(self, handler: User) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(handler)
        return client

    def test_a_save_is_eight_statements_of_which_one_writes_the_incident(self, force: Force, client: Client) -> None:
        given: dict[str, object] = {"where": "x", "what": "y", "district_id": force.district.id, "key": uuid4()}
        with CaptureQueriesContext(connection) as sent:
            assert post(client, given).status_code == 201
        texts = [" ".join(query["sql"].split()) for query in sent.captured_queries]
        begun = [
            "select s.session_data",
            "select * from iops.open_incident(",
            "BEGIN",
            "select set_config('iops.user_id'",
            "select array[exists (select from control_grading",
            "insert into foundation_consultation",
            "select o.subject, o.subject_id, o.rule",
            "COMMIT",
        ]
        assert len(texts) == len(begun), texts
        assert all(text.startswith(start) for text, start in zip(texts, begun, strict=True)), texts

    def test_when_the_answer_fails_the_save_stays_and_the_same_key_gets_it(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        given: dict[str, object] = {"where": "x", "what": "y", "key": uuid4()}

        def broken(*_: object) -> None:
            raise RuntimeError("the answer cannot be composed")

        with monkeypatch.context() as patch:
            patch.setattr(api, "shown_by_id", broken)
            assert post(client, given).status_code == 500
        saved = Incident.objects.get()
        again = post(client, given)
        assert (again.status_code, again.json()["id"]) == (200, saved.id)
        assert Incident.objects.count() == 1

    def test_the_save_and_the_look_bear_the_number_of_the_request(self, handler: User, client: Client) -> None:
        answer = post(client, {"where": "x", "what": "y"})
        number = answer.headers["X-Request-Id"]
        assert history("control_incident", answer.json()["id"])[0][2] == number
        with acting(user_id=handler.id), connection.cursor() as cursor:
            cursor.execute("select request_id from foundation_consultation where kind = 'incident'")
            assert cursor.fetchall() == [(number,)]

    def test_a_refusal_bears_it_too(self, client: Client) -> None:
        answer = post(client, {"where": "x", "what": "y", "district_id": 2**40})
        told = answer.json()
        assert (answer.status_code, told["code"], told["details"]) == (422, "invalid", {"field": "district"})
        assert told["request_id"] == answer.headers["X-Request-Id"]

    def test_the_page_saves_once_and_leads_to_the_incident(self, force: Force, client: Client) -> None:
        form = {"where": "x", "what": "y", "channel": "999", "district": force.district.id, "grade": "2"}
        form |= {"key": str(uuid4())}
        first, second = (client.post("/incidents/new/", form) for _ in range(2))
        saved = Incident.objects.get()
        assert (first.status_code, second.status_code) == (302, 302)
        assert first.headers["Location"] == second.headers["Location"]
        assert str(saved.number) in first.headers["Location"]
        assert Grading.objects.get().grade == 2

    def test_a_page_that_is_refused_by_the_database_keeps_what_was_typed(self, client: Client) -> None:
        ahead = {"day_0": "1", "day_1": "1", "day_2": "2199", "time": "03:12"}
        form = {"where": "At the old mill", "what": "y", "channel": "999", "key": str(uuid4())} | ahead
        answer = client.post("/incidents/new/", form)
        assert answer.status_code == 422
        assert "At the old mill" in answer.content.decode()
        assert not Incident.objects.exists()

    def test_reading_the_list_is_still_one_transaction_in_somebodys_name(self, client: Client) -> None:
        with CaptureQueriesContext(connection) as sent:
            assert client.get("/api/v1/incidents").status_code == 200
        texts = [query["sql"] for query in sent.captured_queries]
        assert texts.count("BEGIN") == 1
        assert "iops.user_id" in texts[texts.index("BEGIN") + 1]


@pytest.mark.django_db(transaction=True)
def test_whoever_waits_for_a_key_learns_of_the_incident_and_not_of_an_error(handler: User) -> None:
    """The first sending is still under way, in a session of its own, when the second arrives."""
    key = UUID(int=7)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first = open_once(HEARD, handler, key=key)
            waiting = pool.submit(at_once, 1, lambda _: open_once(HEARD, handler, key=key))
            with pytest.raises(TimeoutError):
                waiting.result(0.3)
        second = waiting.result(30)[0]
    assert (second.incident_id, second.made) == (first.incident_id, False)


@pytest.mark.django_db
def test_after_a_refusal_the_transaction_of_the_caller_goes_on(handler: User) -> None:
    with acting(user_id=handler.id, reason="a longer piece of work"):
        with pytest.raises(InvalidError):
            open_once(Told(where="x", what="y", district_id=2**40), handler)
        assert open_once(HEARD, handler).made


def test_the_mark_of_an_own_transaction_is_for_the_two_saves_alone() -> None:
    from iops.foundation.access import keeps_own_transactions
    from iops.project.api import routes

    marked = {
        (str(pattern.pattern), method)
        for pattern in routes()[0]
        for method in ("GET", "POST")
        if keeps_own_transactions(pattern.callback, method)  # type: ignore[arg-type]
    }
    assert marked == {("incidents", "POST"), ("inbound/incidents", "POST")}
