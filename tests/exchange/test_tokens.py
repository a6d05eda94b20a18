"""Tokens: how far a program reaches, in whose name, for how long, how often, and what stays of each call."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from iops.control import services as control
from iops.control.models import Incident, LogEntry
from iops.exchange.access import services
from iops.exchange.scopes import CATALOGUE, SCOPES, scope_of
from iops.foundation.accounts import services as accounts
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.models import Consultation, History, Token, TokenCall, User
from iops.foundation.roles import Role
from iops.foundation.tokens import selectors
from iops.foundation.tokens.bearer import ANY, fingerprint
from iops.project.api import api
from tests.exchange.conftest import Program, system
from tests.foundation.acting_as import as_user
from tests.project.test_api import one

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    from tests.force import Force

    Programs = Callable[..., Program]

pytestmark = pytest.mark.django_db
PLACES = {"number": "1", "day": "05072019", "step": "acknowledge", "kind": "name"}


@cache
def operations() -> list[tuple[str, str]]:
    """Every operation of the API: method and pattern of its address. The schema takes a second to make: once."""
    paths: dict[str, dict[str, Any]] = api.get_openapi_schema()["paths"]
    return [(method.upper(), place) for place, methods in paths.items() for method in methods]


def address(place: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda part: PLACES.get(part[1], "1"), place)


class TestTheCatalogue:
    @pytest.mark.parametrize(("method", "place"), operations())
    def test_every_operation_has_a_scope(self, method: str, place: str) -> None:
        assert scope_of(method, place) in SCOPES

    def test_every_scope_reaches_something_and_every_line_names_a_scope(self) -> None:
        assert {scope_of(*operation) for operation in operations()} == set(SCOPES)
        assert {line.scope for line in CATALOGUE} - {ANY} == set(SCOPES)

    @pytest.mark.parametrize("place", ["/api/v1/nowhere", "/", "/incidents/", "/api/v1/incidentsx"])
    def test_what_is_no_operation_is_reached_by_no_token(self, place: str) -> None:
        assert scope_of("POST", place) is None

    def test_a_change_never_needs_a_scope_of_reading_alone(self) -> None:
        changes = {scope_of(m, p) for m, p in operations() if m != "GET" and not p.startswith("/api/v1/recording/")}
        assert not {scope for scope in changes if scope and scope.startswith("read:")}


def test_a_token_without_the_scope_is_refused_by_every_operation_and_told_what_is_missing(program: Programs) -> None:
    wrong = []
    callers: dict[str, Program] = {}
    for method, place in operations():
        needed = scope_of(method, place)
        other = "read:rules" if needed != "read:rules" else "inbound"
        caller = callers.setdefault(other, program(other, per_minute=1000) if other not in callers else callers[other])
        status, said = caller.call(method, address(place), {})
        if (status, said["code"], said["details"].get("needed")) != (403, "scope-missing", needed):
            wrong.append((method, place, status, said))
    assert wrong == []


class TestActing:
    def test_a_program_opens_an_incident_in_the_name_of_its_account_without_any_csrf_token(
        self, program: Programs, force: Force
    ) -> None:
        caller = program("write:incidents", user=system("alarms"))
        status, said = caller.post("incidents", {"where": "1 Mill Lane", "what": "Alarm", "channel": "alarm"})
        assert status == 201
        incident = Incident.objects.get(id=said["id"])
        assert incident.opened_by == User.objects.get(username="alarms")

    def test_row_level_security_holds_as_for_the_account(self, program: Programs, force: Force) -> None:
        secret = force.incident(where="A secret place")
        control.restrict(secret.id, [], [], "A colleague is involved", force.one(Role.SERGEANT))
        caller = program("read:incidents", "write:incidents")
        assert caller.get(one(secret))[0] == 404
        assert caller.post(f"{one(secret)}/log", {"text": "x"})[0] == 404
        assert "A secret place" not in str(caller.get("incidents"))

    def test_a_token_gives_no_role_that_the_account_does_not_hold(self, program: Programs, force: Force) -> None:
        there = force.incident(domestic=True)
        told = {"domestic": False, "reason": "Strangers after all"}
        assert program("write:incidents").post(f"{one(there)}/domestic", told)[0] == 403
        assert program("write:incidents", role=Role.SERGEANT).post(f"{one(there)}/domestic", told)[0] == 200

    def test_every_call_stands_in_the_audit_with_what_it_read_and_wrote(self, program: Programs, force: Force) -> None:
        incident = force.incident()
        caller = program("read:incidents", "write:incidents", user=system("fire"))
        account = User.objects.get(username="fire")
        caller.get(one(incident))
        caller.post(f"{one(incident)}/log", {"text": "Fire is out"})
        caller.post("worklist")
        caller.get("worklist")
        with as_user(account):
            calls = list(TokenCall.objects.order_by("id"))
            assert [(c.operation.split(" ")[0], c.outcome) for c in calls] == [
                ("GET", "let through"),
                ("POST", "let through"),
                ("POST", "scope missing"),
                ("GET", "scope missing"),
            ]
            assert Consultation.objects.filter(request_id=calls[0].request_id, record_ids=[incident.id]).exists()
            entry = LogEntry.objects.get(text="Fire is out")
            change = History.objects.get(table_name="control_logentry", row_id=entry.id)
        assert (change.request_id, change.actor_id) == (calls[1].request_id, account.id)
        assert {c.user_id for c in calls} == {account.id}

    def test_a_refused_call_is_written_down_although_all_it_did_is_taken_back(
        self, program: Programs, force: Force
    ) -> None:
        caller = program("write:incidents")
        assert caller.post("incidents", {"where": ""})[0] == 422
        with as_user(force.one(Role.ADMINISTRATOR)):
            assert TokenCall.objects.get().outcome == "let through"

    def test_a_cookie_that_comes_with_a_token_counts_for_nothing(self, program: Programs, force: Force) -> None:
        caller = program("read:rules")
        caller.client.force_login(force.one(Role.SERGEANT))
        assert caller.get("incidents")[0] == 403
        caller.token = "iops_wrong"
        assert caller.get("incidents")[0] == 401

    def test_a_token_opens_no_page(self, program: Programs) -> None:
        caller = program(*SCOPES)
        for place in ("/", "/account/", "/sign-in/", "/incidents/"):
            assert caller.get(place)[0] == 403

    def test_a_session_still_needs_its_csrf_token(self, force: Force) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(force.one(Role.CALL_HANDLER))
        assert client.post("/api/v1/incidents", "{}", content_type="application/json").status_code == 403

    @pytest.mark.parametrize("header", ["Basic aW9wczp4", "Bearer", "bearer  ", "Token x", "", "Bearer a b c"])
    def test_a_header_that_bears_no_token_lets_nobody_in(self, header: str) -> None:
        assert Client().get("/api/v1/rules", headers={"Authorization": header}).status_code == 401

    def test_the_description_of_the_api_is_for_every_token_and_names_both_ways_in(self, program: Programs) -> None:
        status, described = program("inbound").get("openapi.json")
        assert status == 200
        assert {"Token", "SessionAuth"} <= set(described["components"]["securitySchemes"])
        assert Client().get("/api/v1/openapi.json").status_code == 401


class TestItsLife:
    def test_only_a_fingerprint_is_kept(self, force: Force) -> None:
        system("fire")
        administrator = force.one(Role.ADMINISTRATOR)
        token, secret = services.issue_token(username="fire", name="x", scopes=["inbound"], by=administrator)
        assert bytes(token.fingerprint) == fingerprint(secret)
        with connection.cursor() as cursor, as_user(administrator):
            cursor.execute("select t::text || coalesce(h.before::text, '') from foundation_token t left join"
                           " foundation_history h on h.table_name = 'foundation_token'")  # fmt: skip
            assert not [row for row in cursor.fetchall() if secret in row[0]]
        assert secret.startswith(token.hint)
        assert len(token.hint) < 14

    def test_two_tokens_are_never_alike(self, force: Force) -> None:
        system("fire")
        told: dict[str, Any] = {"username": "fire", "name": "x", "scopes": ["inbound"]}
        made = {services.issue_token(**told, by=force.one(Role.ADMINISTRATOR))[1] for _ in range(20)}
        assert len(made) == 20

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [({"scopes": []}, "scopes"), ({"scopes": ["all"]}, "scopes"), ({"scopes": ["any"]}, "scopes"),
         ({"name": ""}, "name"), ({"name": "a\nb"}, "name"), ({"name": "x" * 101}, "name"), ({"days": 0}, "days"),
         ({"days": 731}, "days"), ({"per_minute": 0}, "per_minute"), ({"per_minute": 10**6}, "per_minute")],
    )  # fmt: skip
    def test_a_token_that_makes_no_sense_is_not_issued(self, force: Force, wrong: dict[str, Any], field: str) -> None:
        system("fire")
        told: dict[str, Any] = {"username": "fire", "name": "x", "scopes": ["inbound"]} | wrong
        with pytest.raises(InvalidError) as refused:
            services.issue_token(**told, by=force.one(Role.ADMINISTRATOR))
        assert refused.value.details["field"] == field
        assert not Token.objects.exists()

    def test_an_administrator_alone_issues_and_revokes(self, force: Force, program: Programs) -> None:
        system("fire")
        sergeant = force.one(Role.SERGEANT)
        with pytest.raises(NotAllowedError):
            services.issue_token(username="fire", name="x", scopes=["inbound"], by=sergeant)
        program("inbound")
        with pytest.raises(NotAllowedError):
            services.revoke_token(token_id=1, reason="no longer needed", by=sergeant)
        with pytest.raises(NotAllowedError):
            services.make_system(username="other", name="Other", by=sergeant)

    def test_nobody_writes_a_token_past_the_services(self, force: Force, program: Programs) -> None:
        program("inbound", user=force.one(Role.SERGEANT))
        with as_user(force.one(Role.SERGEANT)):
            token = Token.objects.get()
            with pytest.raises(DatabaseError), transaction.atomic():
                Token.objects.filter(id=token.id).update(scopes=["tokens"])
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "insert into foundation_tokencall (token_id, user_id, at, request_id, operation, scope, outcome)"
                    " values (%s, %s, iops.wall_time(), '', '', '', '')",
                    [token.id, token.user_id],
                )

    def test_a_stranger_sees_no_token_of_others(self, force: Force, program: Programs) -> None:
        program("inbound")
        with as_user(force.one(Role.SERGEANT)):
            assert not Token.objects.exists()
        assert selectors.tokens(force.one(Role.SERGEANT)) == []
        assert len(selectors.tokens(force.one(Role.ADMINISTRATOR))) == 1

    def test_a_revoked_token_is_refused_from_then_on(self, force: Force, program: Programs) -> None:
        caller = program("read:rules")
        assert caller.get("rules")[0] == 200
        administrator = force.one(Role.ADMINISTRATOR)
        found = selectors.tokens(administrator)[0].token
        services.revoke_token(token_id=found.id, reason="seen in a log", by=administrator)
        status, said = caller.get("rules")
        assert (status, said["code"]) == (401, "token-refused")
        assert "revoked" in said["message"]
        assert caller.last.headers["WWW-Authenticate"].startswith("Bearer")
        with pytest.raises(ConflictError):
            services.revoke_token(token_id=found.id, reason="again", by=administrator)
        with pytest.raises(NotFoundError):
            services.revoke_token(token_id=10**9, reason="again", by=administrator)

    def test_an_expired_token_is_refused(self, force: Force, program: Programs) -> None:
        caller = program("read:rules", days=1)
        with as_user(force.one(Role.ADMINISTRATOR)), connection.cursor() as cursor:
            cursor.execute("update foundation_token set issued_at = issued_at - interval '2 days',"
                           " expires_at = expires_at - interval '2 days'")  # fmt: skip
        assert "expired" in caller.get("rules")[1]["message"]

    def test_a_token_ends_with_its_account(self, force: Force, program: Programs) -> None:
        account = system("fire")
        caller = program("read:rules", user=account)
        accounts.deactivate(user=account, reason="contract ended", by=force.one(Role.ADMINISTRATOR))
        assert caller.get("rules")[0] == 401
        with pytest.raises(ConflictError):
            program("read:rules", user=account)

    def test_the_page_of_an_administrator_is_told_how_it_stands(self, force: Force, program: Programs) -> None:
        caller = program("read:rules")
        caller.get("rules")
        caller.get("incidents")
        shown = selectors.tokens(force.one(Role.ADMINISTRATOR))[0]
        assert (shown.state, shown.let_through, shown.refused, shown.system) == ("in use", 1, 1, True)
        assert shown.last_used_at is not None
        assert [c.outcome for c in selectors.calls(shown.token.id, force.one(Role.ADMINISTRATOR))] == [
            "scope missing",
            "let through",
        ]


class TestTheLimit:
    def test_a_program_that_calls_too_often_is_told_when_to_come_back(self, program: Programs) -> None:
        caller = program("read:rules", per_minute=3)
        # The time stands still inside one transaction, so the allowance of a minute is all there is.
        assert [caller.get("rules")[0] for _ in range(4)] == [200, 200, 200, 429]
        status, said = caller.get("rules")
        assert (status, said["code"], said["details"]["seconds"]) == (429, "too-many-calls", 20)
        assert caller.last.headers["Retry-After"] == "20"

    def test_calls_that_are_refused_count_too(self, program: Programs) -> None:
        caller = program("read:rules", per_minute=2)
        assert [caller.get("incidents")[0] for _ in range(3)] == [403, 403, 429]

    def test_the_limit_of_one_token_is_not_that_of_another(self, program: Programs) -> None:
        first, second = program("read:rules", per_minute=1), program("read:rules", per_minute=1)
        assert [first.get("rules")[0], first.get("rules")[0], second.get("rules")[0]] == [200, 429, 200]

    @pytest.mark.django_db(transaction=True)
    def test_calls_at_once_cannot_pass_the_limit_and_the_allowance_comes_back_with_time(
        self, program: Programs, owner: psycopg.Connection
    ) -> None:
        token = program("read:rules", per_minute=4).token

        def calls(_: int) -> int:
            try:
                return Program(token).get("rules")[0]
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(calls, range(8)))[:5] == [200, 200, 200, 200, 429]
        owner.execute("update foundation_tokenuse set whole_at = whole_at - interval '1 hour'")
        assert [calls(0) for _ in range(5)] == [200, 200, 200, 200, 429]


class TestTheApi:
    def test_an_administrator_issues_by_api_and_the_token_is_shown_once(self, force: Force, program: Programs) -> None:
        caller = program("tokens", user=force.one(Role.ADMINISTRATOR))
        assert caller.post("accounts/systems", {"username": "nwas", "name": "Ambulance (made up)"})[0] == 201
        status, issued = caller.post("tokens", {"username": "nwas", "name": "CAD", "scopes": ["inbound"]})
        assert (status, issued["scopes"], issued["state"]) == (201, ["inbound"], "in use")
        assert Program(issued["token"]).get("openapi.json")[0] == 200
        assert issued["token"] not in str(caller.get("tokens"))
        assert caller.post(f"tokens/{issued['id']}/revoke", {"reason": "Only a test"})[1]["state"] == "revoked"
        assert Program(issued["token"]).get("openapi.json")[0] == 401
        calls = caller.get(f"tokens/{issued['id']}/calls")[1]
        assert [c["outcome"] for c in calls] == ["revoked", "let through"]

    @pytest.mark.parametrize(
        "told",
        [{"username": "x" * 70, "name": "n"}, {"username": "fire", "name": "n", "role": "sergeant"},
         {"username": "fire", "name": "n", "role": "king", "team_id": 1}, {"username": "Fire brigade", "name": "n"},
         {"username": "fire", "name": ""}, {"username": "fire", "name": "n", "role": "sergeant", "team_id": 10**9}],
    )  # fmt: skip
    def test_an_account_that_makes_no_sense_is_not_made(self, force: Force, program: Programs, told: object) -> None:
        caller = program("tokens", user=force.one(Role.ADMINISTRATOR))
        assert caller.post("accounts/systems", told)[0] == 422
        assert not User.objects.filter(username="fire").exists()

    def test_the_scope_for_tokens_alone_makes_no_administrator(self, program: Programs) -> None:
        caller = program("tokens", user=system("fire"))
        assert caller.post("tokens", {"username": "fire", "name": "x", "scopes": ["tokens"]})[0] == 403


class TestSystems:
    def test_nobody_signs_in_to_a_system(self, force: Force) -> None:
        account = system("fire")
        with pytest.raises(InvalidError):
            accounts.set_password(user=account, password="three blind mice of mill lane", by=None)
        with pytest.raises(InvalidError):
            accounts.create_user(
                username="two", name="Two", password="three blind mice of mill", by=None, kind="system"
            )
        with pytest.raises(DatabaseError), transaction.atomic():
            User.objects.filter(id=account.id).update(password="argon2$something")
