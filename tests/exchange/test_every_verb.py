"""The API is whole: every verb of the control room has an operation, and every operation has an answer to anything."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import pkgutil
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

import iops.control
from iops.exchange.access import services as access
from iops.exchange.inbound import services as inbound
from iops.exchange.webhooks import services as webhooks
from iops.foundation.roles import Role
from tests.exchange.test_tokens import address, operations
from tests.project.test_api import one

if TYPE_CHECKING:
    from types import ModuleType

    from tests.force import Force

SERVED_OTHERWISE = {
    "iops.control.grading.services.grade": "by grade_or_propose, which grades unless a second person must confirm",
    "iops.control.grading.services.propose_grade": "by grade_or_propose",
    "iops.control.services.close": "by closing.services.close_incident, which takes the closing code too",
    "iops.control.closing.services.keep_advice": "kept by the recording decision that it led to",
    "iops.control.contact.services.link_call": "for the screen, with what was typed; a program links a contact it made",
    "iops.control.services.assign_unit": "the same verb as in dispatch.deploying",
}
"""Verbs that no operation calls by their own name, each with the reason."""


def modules(package: ModuleType) -> list[ModuleType]:
    """Every module of an area."""
    names = [m.name for m in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    return [importlib.import_module(name) for name in names if ".migrations" not in name]


def verbs() -> dict[str, str]:
    """Every verb of the control room by its full name: what is marked `@verb` where it is defined."""
    found = {}
    for module in modules(iops.control):
        for name, thing in vars(module).items():
            marked = inspect.isfunction(thing) and hasattr(thing, "__wrapped__") and not hasattr(thing, "consults")
            own = getattr(thing, "__module__", "") == module.__name__ and not name.startswith("_")
            if marked and own and "by" in inspect.signature(thing).parameters:
                found[f"{module.__name__}.{name}"] = name
    return found


def called_by_operations() -> set[str]:
    """The names of everything that the modules of the API call or hand on."""
    from iops.project import api

    sources = [inspect.getsource(m) for m in modules(iops.control) if m.__name__.endswith("api")]
    assert api.api is not None
    names: set[str] = set()
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Attribute):
                names.add(node.attr)
            elif isinstance(node, ast.Name):
                names.add(node.id)
    return names


def test_every_verb_of_the_control_room_is_called_by_an_operation_or_has_a_reason() -> None:
    missing = {full for full, name in verbs().items() if name not in called_by_operations()}
    assert missing - set(SERVED_OTHERWISE) == set()


def test_the_list_of_verbs_is_not_empty_and_every_exception_is_still_one() -> None:
    assert len(verbs()) > 20
    assert all(SERVED_OTHERWISE.values())


@pytest.mark.parametrize("area", [access, inbound, webhooks])
def test_every_verb_of_exchange_is_called_by_an_operation(area: ModuleType) -> None:
    served = inspect.getsource(importlib.import_module(area.__name__.replace(".services", ".api")))
    own = [n for n, f in vars(area).items() if inspect.isfunction(f) and f.__module__ == area.__name__ and n[0] != "_"]
    asked = [n for n in own if n != "read"]
    assert asked
    assert [n for n in asked if f"services.{n}(" not in served] == []


@pytest.mark.django_db
def test_the_description_of_the_api_is_for_who_has_signed_in(force: Force) -> None:
    client = Client()
    assert client.get("/api/v1/openapi.json").status_code == 401
    client.force_login(force.one(Role.RESPONSE))
    described = client.get("/api/v1/openapi.json").json()
    assert {place for _, place in operations()} == set(described["paths"])
    assert all("summary" in operation for methods in described["paths"].values() for operation in methods.values())


words = st.sampled_from(["1", "0", "-1", "x", "", "null", "412/05072019", "é😀", "' or 1=1", str(10**25)])
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=10)
    | words
)


def known_fields() -> list[str]:
    """The names of all fields that bodies of the API have: arbitrary JSON that never names one goes no further."""
    from iops.project.api import api

    parts: dict[str, dict[str, Any]] = api.get_openapi_schema()["components"]["schemas"]
    return sorted({name for part in parts.values() for name in part.get("properties", {})})


FIELDS = st.sampled_from(known_fields())
bodies = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=6), max_leaves=10
)


@pytest.fixture
def administrator(force: Force) -> Client:
    """Somebody who may do everything, so that nothing is turned away at the door."""
    from iops.foundation.models import Membership, Team

    who = force.one(Role.ADMINISTRATOR)
    team = Team.objects.get(name="Everywhere (made up)")
    Membership.objects.bulk_create(
        Membership(user=who, team=team, role=role) for role in Role if role != Role.ADMINISTRATOR
    )
    client = Client(raise_request_exception=False)
    client.force_login(who)
    return client


@pytest.mark.django_db
@given(which=st.lists(st.integers(0, len(operations()) - 1), min_size=4, max_size=4), body=bodies, query=words)
@settings(max_examples=30)
def test_whatever_json_comes_the_answer_is_never_a_fault(
    force: Force, administrator: Client, which: list[int], body: object, query: str
) -> None:
    with transaction.atomic():
        incident = force.incident()
        for number in which:
            method, place = operations()[number]
            path = address(place).replace("incidents/1/05072019", one(incident))
            asked = urlencode({"page": query, "q": query})
            response = administrator.generic(
                method, path, json.dumps(body), content_type="application/json", QUERY_STRING=asked
            )
            assert response.status_code < 500, (method, place, response.content[:500])
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_no_operation_fails_on_an_empty_or_a_strange_body(force: Force, administrator: Client) -> None:
    incident = force.incident()
    faults = []
    for method, place in operations():
        path = address(place).replace("incidents/1/05072019", one(incident))
        for body in ("{}", "[]", "null", "{", '{"ids": [1], "text": "x", "reason": "because", "note": "x"}'):
            with transaction.atomic():
                response = administrator.generic(method, path, body, content_type="application/json")
                transaction.set_rollback(True)
            if response.status_code >= 500:
                faults.append((method, place, body, response.content[:300]))
    assert faults == []
