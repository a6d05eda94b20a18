"""The pages and the API of victims' rights, asked over HTTP."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest
from django.test import Client

from iops.control import services as control
from iops.crime.models import CrimeVictim, EnhancedRemoval, VictimLetter, VictimTold
from iops.crime.recorded.selectors import address as crime_address
from iops.crime.victims.selectors import address
from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.pole.models import Link
from tests.crime.victims.scene import abused, duties, not_prosecuted, victim_of
from tests.force import Force

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def client(force: Force) -> Client:
    client = Client()
    client.force_login(force.one(Role.SERGEANT))
    return client


def body(response: Any) -> str:
    return html.unescape(response.content.decode())


def api(victim: CrimeVictim) -> str:
    return f"/api/v1{crime_address(victim.crime)}victims/{victim.id}"


def call(client: Client, place: str, given: object) -> tuple[int, Any]:
    sent = client.post(place, json.dumps(given), content_type="application/json")
    return sent.status_code, json.loads(sent.content)


def test_the_crime_shows_its_victims_and_leads_to_them(force: Force, client: Client) -> None:
    victim = abused(force)
    shown = body(client.get(crime_address(victim.crime)))
    assert "Enhanced rights" in shown
    assert address(victim) in shown
    page = body(client.get(address(victim)))
    assert "Because of: domestic abuse" in page
    assert "To be told by" in page


def test_a_crime_without_a_person_as_victim_says_so(force: Force, client: Client) -> None:
    victim = victim_of(force)
    link = Link.objects.get(to_kind="crime", to_id=victim.crime_id, role="victim")
    pole.withdraw(link, "The wrong person", force.one(Role.RESPONSE))
    assert "No person is linked as a victim" in body(client.get(crime_address(victim.crime)))
    assert "Not a victim any more" in body(client.get(address(victim)))


def test_every_act_of_the_page_is_saved(force: Force, client: Client) -> None:
    victim = abused(force)
    for what, typed in (
        ("needs", {"groups": ["intimidated"], "grounds": "Spoke to her", "special_measures": "A screen"}),
        ("contact", {"channel": "phone", "every_days": "7", "never": ["letter"], "safe_times": "Before three"}),
        ("offer", {"what": "vps", "answer": "later"}),
        ("tell", {"news": [str(victim.news.get().id)], "how": "by telephone", "words": "The number"}),
        ("ask-removal", {"reason": "Not a partner"}),
    ):
        answer = client.post(f"{address(victim)}{what}/", typed, follow=True)
        assert answer.status_code == 200, (what, body(answer))
    page = body(client.get(address(victim)))
    for words in ("Spoke to her", "A screen", "Before three", "Never by letter", "wishes to be asked again",
                  "Told ", "asks that the enhanced rights end"):  # fmt: skip
        assert words in page, words
    answer = client.post(f"{address(victim)}decide-removal/", {"decision": "yes", "words": "Mine"})
    assert answer.status_code == 403
    assert EnhancedRemoval.objects.get().agreed is None
    client.force_login(force.one(Role.INSPECTOR))
    client.post(f"{address(victim)}decide-removal/", {"decision": "no", "words": "They stand"})
    assert EnhancedRemoval.objects.get().agreed is False


def test_what_was_typed_comes_back_when_it_is_refused(force: Force, client: Client) -> None:
    victim = victim_of(force)
    answer = client.post(f"{address(victim)}contact/", {"channel": "phone", "every_days": "many", "details": "0161"})
    assert answer.status_code == 422
    assert "How often: write a number of days" in body(answer)
    assert "0161" in body(answer)
    answer = client.post(f"{address(victim)}tell/", {"news": ["9" * 30], "how": "x", "words": "y"})
    assert answer.status_code == 422
    assert not VictimTold.objects.exists()


def test_a_letter_is_drafted_changed_and_kept_as_it_went_out(force: Force, client: Client) -> None:
    victim = victim_of(force)
    not_prosecuted(victim, force.one(Role.SERGEANT), "He does not wish to")
    news = victim.news.get(kind="not_prosecuted")
    where = f"{address(victim)}write/not_prosecuted/"
    assert "We will not prosecute" in body(client.get(f"{where}?news={news.id}"))
    asked = {"channel": "letter", "news": [str(news.id)]}
    refused = client.post(where, asked)
    assert refused.status_code == 422
    asked["result"] = "<b>You told us</b> that you do not want this to go to court."
    draft = body(client.post(where, asked))
    assert "can be read at about" in draft
    assert "look at this decision again" in draft
    assert not VictimLetter.objects.exists()
    kept = client.post(where, {**asked, "words": "Dear Kay\n\n<b>It has ended.</b>"}, follow=True)
    raw = kept.content.decode()
    assert "&lt;b&gt;It has ended.&lt;/b&gt;" in raw
    assert VictimLetter.objects.get().text.replace("\r\n", "\n") == "Dear Kay\n\n<b>It has ended.</b>"
    assert duties(victim, "not_prosecuted") == {"victim-news": "met"}
    again = client.post(where, {**asked, "words": "Twice"})
    assert again.status_code == 422
    assert VictimLetter.objects.count() == 1


def test_pages_of_nobody_and_of_another_crime_are_not_there(force: Force, client: Client) -> None:
    one, other = victim_of(force), victim_of(force)
    wrong = address(one).replace(f"/{one.id}/", f"/{other.id}/")
    crime = crime_address(one.crime)
    for place in (wrong, f"{wrong}write/recorded/", f"{address(one)}letters/999/", f"{crime}victims/0/",
                  f"{crime}victims/{'9' * 30}/"):  # fmt: skip
        assert client.get(place).status_code == 404, place
    assert client.get(f"{address(one)}write/none/").status_code == 422
    assert client.post(f"{address(one)}none/").status_code == 404
    answer = {"result": "upheld", "reasons": "x", "request": "x"}
    assert client.post(f"{address(one)}answer-review/", answer).status_code == 404


def test_the_list_of_who_is_owed_news(force: Force, client: Client) -> None:
    victim = victim_of(force)
    assert victim.person.name not in body(client.get("/victims/"))
    assert victim.person.name in body(client.get("/victims/?when=ever"))
    assert victim.person.name not in body(client.get("/victims/?when=ever&mine=on"))
    assert client.get("/victims/?page=x&when=never&mine=%F0%9F%98%80").status_code == 200


def test_a_restricted_crime_is_not_on_the_list(force: Force, client: Client) -> None:
    victim, listed = victim_of(force), force.one(Role.INSPECTOR)
    control.restrict(victim.crime.incident_id, [listed.id], [], "Officer involved", listed)
    assert victim.person.name not in body(client.get("/victims/?when=ever"))
    assert client.get(address(victim)).status_code == 404


# --- the API ---------------------------------------------------------------------------------------------------------


def test_the_api_takes_every_step(force: Force, client: Client) -> None:
    victim = abused(force)
    place = api(victim)
    rows = json.loads(client.get(place.rpartition("/")[0]).content)
    assert [(row["victim_id"], row["enhanced"]) for row in rows] == [(victim.id, True)]
    owed = json.loads(client.get("/api/v1/victims?when=ever").content)
    assert [(one["crime"], one["news"]["kind"]) for one in owed["owed"]] == [(victim.crime.reference, "recorded")]
    assert call(client, f"{place}/needs", {"grounds": "Spoke", "groups": ["vulnerable"]})[0] == 201
    plan = {"channel": "phone", "every_days": 7, "never": ["email"], "discreet": True}
    assert call(client, f"{place}/contact-plan", plan)[1]["plan"]["never"] == ["email"]
    assert call(client, f"{place}/offers", {"what": "services", "answer": "taken"})[1]["offers"] == {
        "services": "taken"
    }
    news = [victim.news.get().id]
    drafted = call(client, f"{place}/letters/draft", {"template": "recorded", "channel": "text", "news": news})
    assert drafted[0] == 200
    sent = call(
        client, f"{place}/letters",
        {"template": "recorded", "channel": "text", "news": news, "words": drafted[1]["text"]},
    )  # fmt: skip
    assert sent[1]["letters"][0]["text"] == drafted[1]["text"]
    assert sent[1]["news"][0]["told_at"] is not None
    asked = call(client, f"{place}/enhanced-removal", {"text": "Not a partner"})[1]["removal_asked"]
    refused = call(client, f"{place}/enhanced-removal/{asked}/decision", {"agreed": True, "words": "Mine"})
    assert (refused[0], refused[1]["code"]) == (403, "not-allowed")
    client.force_login(force.one(Role.INSPECTOR))
    decided = call(client, f"{place}/enhanced-removal/{asked}/decision", {"agreed": False, "words": "They stand"})
    assert decided[1]["enhanced"] is True


def test_the_api_takes_a_review_and_its_answer(force: Force, client: Client) -> None:
    victim = victim_of(force)
    place = api(victim)
    assert call(client, f"{place}/reviews", {"text": "Look again"})[0] == 409
    not_prosecuted(victim, force.one(Role.SERGEANT), "He does not wish to")
    asked = call(client, f"{place}/reviews", {"text": "Look again"})[1]["reviews"][0]["id"]
    answer = {"result": "upheld", "reasons": "Right"}
    assert call(client, f"{place}/reviews/{asked}/answer", answer)[0] == 403
    client.force_login(force.one(Role.INSPECTOR))
    assert call(client, f"{place}/reviews/{asked}/answer", answer)[1]["reviews"][0]["result"] == "upheld"
    assert call(client, f"{place}/reviews/{10**6}/answer", answer)[0] == 404


@pytest.mark.parametrize(
    ("what", "given"),
    [
        ("needs", {"grounds": "x", "groups": ["vulnerable"] * 5}),
        ("needs", {"groups": []}),
        ("contact-plan", {"channel": "phone", "every_days": 0}),
        ("contact-plan", {"channel": "phone", "every_days": 7, "never": ["phone"]}),
        ("offers", {"what": "money", "answer": "told"}),
        ("told", {"how": "x", "words": "y", "news": list(range(1, 60))}),
        ("told", {"how": "x", "words": " "}),
        ("letters", {"template": "recorded", "channel": "phone", "words": "x"}),
        ("letters/draft", {"template": "../etc/passwd", "channel": "letter"}),
        ("letters/draft", {"template": "outcome", "channel": "letter", "answers": {"result": " "}}),
    ],
)
def test_the_api_refuses_what_is_wrong_and_keeps_nothing(force: Force, client: Client, what: str, given: Any) -> None:
    victim = victim_of(force)
    status, said = call(client, f"{api(victim)}/{what}", given)
    assert status == 422, said
    assert not VictimTold.objects.exists()
