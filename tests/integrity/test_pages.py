"""The pages and the API of the registrar's desk; and that no page prints a rate without its interval."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from iops.foundation.roles import Role
from iops.integrity import api
from iops.integrity.audit import selectors
from iops.integrity.models import AuditAnswer, AuditFrame, AuditItem
from tests.foundation.acting_as import as_user
from tests.integrity.conftest import MISSED, RIGHT, Desk

pytestmark = pytest.mark.django_db
TEMPLATES = Path(api.__file__).parent / "templates"
RATE = re.compile(r"<span data-rate>(.*?)</span>", re.DOTALL)
WHOLE = re.compile(
    r"[0-9]+\.[0-9] % \(95 % interval [0-9]+\.[0-9] to [0-9]+\.[0-9] %;"
    r" [0-9]+ (?:that should have been recorded|whose crime was recorded),"
    r" in [0-9]+ decided of [0-9]+ closures\)|No rate: there is nothing to judge \(.*\)\."
)


def at(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def an_audit(scene: Desk) -> AuditFrame:
    for n in range(4):
        scene.closed("Quarrel", domestic=bool(n % 2))
    items = scene.drawn()
    scene.answered(items[0], RIGHT)
    scene.answered(items[1], MISSED)
    return items[0].frame


def test_no_template_prints_a_rate_but_by_the_macro_that_says_its_interval() -> None:
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        bare = re.findall(r"per_mille|\.low\b|\.high\b|[}\d]\s*%(?![}\w])|per cent|percent", text)
        assert not bare, (path.name, bare)
        if path.name != "parts.html":
            assert ".says" not in text, path.name


def test_every_per_cent_on_the_page_stands_in_a_rate_with_interval_number_and_population(scene: Desk) -> None:
    page = at(scene.registrar).get(f"/registrar/audits/{an_audit(scene).id}/").content.decode()
    rates = RATE.findall(page)
    assert len(rates) == 3 * (1 + 1 + 2)
    assert all(WHOLE.fullmatch(rate) for rate in rates), rates
    rest = RATE.sub("", page)
    assert re.findall(r"([0-9.]+) ?%", rest) == ["95"]  # the method's
    assert "What was not tested" in page
    assert "2 drawn closures that are not decided yet" in page
    assert "The same closures: the record holds together." in page


def test_every_rate_of_the_api_comes_with_interval_numbers_method_and_what_was_not_tested(scene: Desk) -> None:
    frame = an_audit(scene)
    told = at(scene.registrar).get(f"/api/v1/audits/{frame.id}").json()
    assert told["not_tested"]
    assert (told["drawn"], told["decided"], told["complete"], told["verified"]) == (4, 2, False, True)
    seen = 0

    def walk(value: object) -> None:
        nonlocal seen
        if isinstance(value, dict):
            if "per_mille" in value:
                seen += 1
                assert {"low", "high", "population", "decided", "should", "recorded", "method"} <= set(value)
                assert value["method"]
            for part in value.values():
                walk(part)
        if isinstance(value, list):
            for part in value:
                walk(part)

    walk(told)
    assert seen == 12


def test_a_registrar_freezes_draws_and_reads_on_the_pages(scene: Desk) -> None:
    scene.closed()
    client, day = at(scene.registrar), scene.yesterday
    wrong = client.post("/registrar/", {"since-day": "31", "since-month": "2", "since-year": "2026", "wanted": "x"})
    assert wrong.status_code == 422
    told = {
        f"{name}-{part}": getattr(day, part) for name in ("since", "until") for part in ("day", "month", "year")
    } | {"wanted": 5}
    made = client.post("/registrar/", told)
    frame = AuditFrame.objects.get()
    assert made.headers["Location"] == f"/registrar/audits/{frame.id}/"
    assert client.post("/registrar/", told).status_code == 409
    not_yet = client.post(f"/registrar/audits/{frame.id}/draw/", follow=True).content.decode()
    assert "not sealed yet" in not_yet
    assert client.get("/registrar/audits/999999/").status_code == 404


def test_two_reviewers_answer_and_the_registrar_adjudicates_on_the_pages(scene: Desk) -> None:
    scene.closed()
    item = scene.drawn()[0]
    page = f"/registrar/items/{item.id}/"
    right = {"should": "yes", "offence": "violence", "recorded": "right", "in_time": "yes", "victim_told": "yes"}
    assert at(scene.one).post(page, {"should": "yes"}).status_code == 422
    assert at(scene.one).post(page, right).status_code == 302
    assert "The other answer is not given yet" in at(scene.one).get(page).content.decode()
    blind = at(scene.other).get(page).content.decode()
    assert scene.one.name not in blind.split("<main")[1].replace(scene.other.name, "")
    assert "Answer of" not in blind
    assert at(scene.other).post(page, {"should": "no"}).status_code == 302
    desk = at(scene.registrar).get("/registrar/").content.decode()
    assert "1 to 1 of 1</strong> closures to adjudicate" in desk
    assert at(scene.registrar).post(page, right).status_code == 422
    assert at(scene.registrar).post(page, right | {"words": "The log says so"}).status_code == 302
    assert "Adjudicated by" in at(scene.one).get(page).content.decode()
    assert at(scene.one).post(page, right | {"words": "x"}).status_code == 403
    assert at(scene.handler).get(page).status_code == 403


def test_suspicions_are_shown_with_why_and_decided_on_the_page(scene: Desk) -> None:
    made = scene.closed("She says he <b>punched</b> her")
    with as_user(scene.handler):
        made.incident.closed_at = made.at
        made.incident.save()
    client = at(scene.registrar)
    page = client.get("/registrar/suspicions/").content.decode()
    assert "Force was used against somebody" in page
    assert "<b>punched" not in page
    day = scene.yesterday
    asked = "&".join(f"{n}-{p}={getattr(day, p)}" for n in ("since", "until") for p in ("day", "month", "year"))
    assert client.get(f"/registrar/suspicions/?{asked}&page=nonsense").status_code == 200
    long_ago = asked.replace(f"since-year={day.year}", "since-year=1999")
    assert client.get(f"/registrar/suspicions/?{long_ago}").status_code == 422
    assert client.post("/registrar/suspicions/", {"closing": made.id, "verdict": "record"}).status_code == 422
    done = client.post("/registrar/suspicions/", {"closing": made.id, "verdict": "no_crime", "reason": "A play"})
    assert done.status_code == 302
    assert "A play" in client.get("/registrar/suspicions/?decided=on").content.decode()
    assert "What each sign was worth" in client.get("/registrar/suspicions/").content.decode()


@pytest.mark.parametrize("role", [Role.RESPONSE, Role.CALL_HANDLER, Role.SERGEANT])
def test_the_desk_is_for_those_who_answer_for_recording(scene: Desk, role: Role) -> None:
    client = at(scene.force.one(role))
    for page in ("/registrar/", "/registrar/suspicions/", "/registrar/items/1/", "/registrar/audits/1/"):
        assert client.get(page).status_code == 403
    assert "Registrar" not in client.get("/").content.decode().split("<main")[0]


def test_the_api_does_what_the_pages_do(scene: Desk) -> None:
    suspect = scene.closed("She was strangled")
    with as_user(scene.handler):
        suspect.incident.closed_at = suspect.at
        suspect.incident.save()
    client, day = at(scene.registrar), str(scene.yesterday)
    json: dict[str, Any] = {"content_type": "application/json"}
    asked = {"since": day, "until": day}
    (row,) = client.get("/api/v1/suspicions", asked).json()["rows"]
    assert (row["closing_id"], row["verdict"], row["signs"][0]["code"]) == (suspect.id, None, "words")
    kept = client.post(f"/api/v1/suspicions/{suspect.id}/decision", {"verdict": "record", "reason": "It is"}, **json)
    assert (kept.status_code, kept.json()["edition"]) == (201, "words-2026")
    scene.closed()
    made = client.post("/api/v1/audits", asked | {"wanted": 5}, **json)
    assert (made.status_code, made.json()["population"]) == (201, 2)
    assert client.post("/api/v1/audits", asked | {"wanted": 5}, **json).json()["code"] == "conflict"
    assert client.post("/api/v1/audits", {"since": "x"}, **json).status_code == 422
    assert client.post(f"/api/v1/audits/{made.json()['id']}/draw", {}, **json).status_code == 409
    assert [a["id"] for a in client.get("/api/v1/audits").json()] == [made.json()["id"]]
    from iops.integrity.audit.services import place

    with as_user(scene.registrar):
        place(AuditFrame.objects.get(), 1, "5a" * 32, scene.registrar)
        item = AuditItem.objects.exclude(closing=suspect).get()
    one, other = at(scene.one), at(scene.other)
    assert item.id in [r["id"] for r in one.get("/api/v1/audit-items").json()["rows"]]
    right = {"should": True, "offence": "violence", "recorded": "right", "in_time": "yes", "victim_told": "yes"}
    answer = f"/api/v1/audit-items/{item.id}/answer"
    assert one.post(answer, {"should": True}, **json).status_code == 422
    assert one.post(answer, right, **json).status_code == 201
    assert one.post(answer, right, **json).status_code == 409
    assert other.post(answer, {"should": False}, **json).status_code == 201
    assert [r["id"] for r in client.get("/api/v1/audit-items/disagreed").json()["rows"]] == [item.id]
    decided = client.post(f"/api/v1/audit-items/{item.id}/adjudicate", right | {"words": "It is"}, **json)
    assert decided.status_code == 201
    with as_user(scene.registrar):
        assert AuditAnswer.objects.count() == 2
        assert selectors.result(made.json()["id"], scene.registrar).decided == 1
    assert dt.date.fromisoformat(day) == scene.yesterday
