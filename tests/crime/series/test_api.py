"""The API and the pages of series: right, not allowed, malformed, said twice, unknown and hostile."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from iops.crime.models import Series, SeriesCrime
from iops.crime.recorded.selectors import address
from iops.foundation.roles import Role
from tests.crime.recorded.test_api import HOSTILE, Caller
from tests.crime.series.scene import series, theft, thief

if TYPE_CHECKING:
    from tests.force import Force

pytestmark = pytest.mark.django_db


def test_a_series_is_made_filled_led_emptied_and_closed_over_the_api(force: Force) -> None:
    tom = thief(force)
    one, two, three = (theft(force, tom) for _ in range(3))
    sergeant, detective = Caller(force.one(Role.SERGEANT)), force.one(Role.DETECTIVE)
    tied = sergeant.get(f"/crimes/CR-{one.number}-{one.year:%Y}/tied")
    assert {t["reference"] for t in tied} == {two.reference, three.reference}
    body = {"title": "Razor", "common": "Same man", "lead": one.reference, "others": [two.reference]}
    made = sergeant.post("/series", body)
    assert [(c["reference"], c["leads"]) for c in made["crimes"]] == [(one.reference, True), (two.reference, False)]
    assert [t["reference"] for t in made["tied"]] == [three.reference]
    sergeant.post("/series", body, 409)
    here = f"/series/{made['id']}"
    for _ in range(2):
        joined = sergeant.post(f"{here}/crimes", {"crime": three.reference, "reason": "Same coat"})
        assert len(joined["crimes"]) == 3
    given = {"crime": two.reference, "reason": "Best footage", "owner_id": detective.id}
    led = sergeant.post(f"{here}/lead", given, 200)
    assert (led["lead"], led["owner_id"]) == (two.reference, detective.id)
    out = sergeant.post(f"{here}/departures", {"crime": one.reference, "reason": "Another man"}, 200)
    assert out["taken_out"] == [one.reference]
    assert sergeant.post(f"{here}/closing", {"reason": "Charged"}, 200)["state"] == "closed"
    sergeant.post(f"{here}/closing", {"reason": "Charged"}, 409)
    assert [s["title"] for s in sergeant.get("/series", closed="true")["series"]] == ["Razor"]
    assert sergeant.get("/series")["series"] == []


@pytest.mark.parametrize("place", ["crimes", "departures", "lead", "closing"])
@pytest.mark.parametrize("body", ["", "{", "[]", "{}", "null", '{"crime": 4, "reason": {}}', '{"reason": ""}'])
def test_what_is_malformed_is_refused_in_words_and_changes_nothing(force: Force, place: str, body: str) -> None:
    made = series(force, theft(force))
    Caller(force.one(Role.SERGEANT)).post(f"/series/{made.id}/{place}", body, 400 if body == "{" else 422)
    assert SeriesCrime.objects.filter(stands=True).count() == 1


def test_the_stranger_the_unknown_the_huge_and_the_hostile_are_refused(force: Force) -> None:
    one, two = theft(force), theft(force)
    made = series(force, one)
    sergeant = Caller(force.one(Role.SERGEANT))
    right = {"crime": two.reference, "reason": "x"}
    Caller(None).post(f"/series/{made.id}/crimes", right, 401)
    Caller(force.one(Role.RESPONSE)).post(f"/series/{made.id}/crimes", right, 403)
    sergeant.post(f"/series/{made.id + 1}/crimes", right, 404)
    sergeant.post(f"/series/{10**30}/crimes", right, 422)
    sergeant.post(f"/series/{made.id}/crimes", {"crime": HOSTILE, "reason": "x"}, 404)
    many = {"title": "x", "common": "x", "lead": two.reference, "others": [two.reference] * 201}
    sergeant.post("/series", many, 422)
    sergeant.post("/series", {**many, "title": "x" * 301, "others": []}, 422)
    shown = sergeant.post("/series", {"title": HOSTILE, "common": HOSTILE, "lead": two.reference})
    assert shown["title"] == HOSTILE
    client = Client()
    client.force_login(force.one(Role.SERGEANT))
    for place in ("/series/", f"/series/{shown['id']}/", address(two)):
        page = client.get(place).content.decode()
        assert html.escape("<script>alert(1)</script>") in page
        assert "<script>alert(1)" not in page


def body_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_a_refused_act_comes_back_as_it_was_typed(force: Force) -> None:
    one, two = theft(force), theft(force)
    made = series(force, one)
    client = Client()
    client.force_login(force.one(Role.SERGEANT))
    page = f"/series/{made.id}"
    refused = client.post(f"{page}/leave/", {"crime": one.reference, "reason": "Typed with care"})
    assert refused.status_code == 409
    assert "Typed with care" in body_of(refused)
    assert "leads the series" in body_of(refused)
    assert client.post(f"{page}/put/", {"crime": "rubbish", "reason": "x"}).status_code == 404
    assert client.post(f"{page}/put/", {}).status_code == 422
    assert client.post(f"{page}/lead/", {"crime": str(two.id), "owner": "x", "reason": "x"}).status_code == 422
    assert client.post(f"{page}/nothing/", {}).status_code == 404
    assert client.get(f"{page}/put/").status_code == 405
    assert client.get(f"/series/{10**9}/").status_code == 404
    assert client.get("/series/?page=x&closed=on").status_code == 200
    assert Series.objects.count() == 1


def test_on_the_page_of_a_crime_a_series_is_made_with_what_was_ticked(force: Force) -> None:
    tom = thief(force)
    one, two, three = (theft(force, tom) for _ in range(3))
    client = Client()
    client.force_login(force.one(Role.SERGEANT))
    typed = {"title": "Razor", "common": "Same man", "owner": "", "other": [str(two.id), "no number", str(10**25)]}
    assert client.post(f"{address(one)}series-new/", typed).status_code == 302
    made = Series.objects.get()
    assert set(made.members.values_list("crime_id", flat=True)) == {one.id, two.id}
    assert f"/series/{made.id}/" in body_of(client.get(address(one)))
    join = {"series": str(made.id), "reason": "Same coat"}
    assert client.post(f"{address(three)}series-join/", join).status_code == 302
    assert made.members.count() == 3
    again = client.post(f"{address(three)}series-new/", typed)
    assert again.status_code == 409
    assert "A series has this title" in body_of(again)
