"""The pages and the API of reviews and feedback, with what they must refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.test import Client

from iops.control.selectors import address
from iops.foundation import clock
from iops.foundation.roles import Role
from iops.safeguarding import services as safeguarding
from iops.safeguarding.models import FirstLineReview, ReviewFeedback
from iops.safeguarding.reviews.points import current
from tests.force import Force
from tests.foundation.acting_as import as_user, visible

if TYPE_CHECKING:
    from iops.control.models import Incident
    from iops.foundation.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def incident(force: Force) -> Incident:
    made = force.incident(domestic=True)
    safeguarding.assess_risk(made.id, {}, "standard", "Seen", force.one(Role.RESPONSE))
    return made


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def place(incident: Incident) -> str:
    return f"/reviews/{incident.number}/{incident.day:%d%m%Y}/"


def one(incident: Incident) -> str:
    return f"/api/v1/incidents/{incident.number}/{incident.day:%d%m%Y}/reviews"


def answers(*failed: str) -> dict[str, str]:
    return {p.code: "no" if p.code in failed else "yes" for p in current(clock.today()).points}


def typed(force: Force, *failed: str, **changed: Any) -> dict[str, Any]:
    said = {f"point_{code}": answer for code, answer in answers(*failed).items()}
    words = {f"note_{code}": "Speak to them <apart>" for code in failed}
    return {"key": str(uuid4()), "officer": force.one(Role.RESPONSE).id} | said | words | {"note": ""} | changed


def given(force: Force) -> list[ReviewFeedback]:
    with as_user(force.one(Role.SERGEANT)):
        return list(ReviewFeedback.objects.order_by("id"))


def test_a_sergeant_reviews_and_the_officer_reads_and_acknowledges(force: Force, incident: Incident) -> None:
    sergeant, officer = browser(force.one(Role.SERGEANT)), browser(force.one(Role.RESPONSE))
    assert place(incident) in sergeant.get(address(incident)).content.decode()
    saved = sergeant.post(place(incident), typed(force, "apart"))
    assert (saved.status_code, saved.headers["Location"]) == (302, place(incident))
    waiting = sergeant.get("/feedback/").content.decode()
    assert "Not acknowledged by anybody yet" in waiting
    page = officer.get("/feedback/").content.decode()
    assert "Speak to them &lt;apart&gt;" in page
    assert "out of sight and hearing" in page
    feedback = given(force)[0]
    read = officer.post("/feedback/read/", {"target": feedback.id, "reply": "Understood"})
    assert read.status_code == 302
    assert "Understood" in sergeant.get(place(incident)).content.decode()
    again = officer.post("/feedback/read/", {"target": feedback.id, "reply": "Twice"})
    assert again.status_code == 409
    assert "acknowledged already" in again.content.decode()


def test_a_review_sent_twice_is_saved_once(force: Force, incident: Incident) -> None:
    sergeant, form = browser(force.one(Role.SERGEANT)), typed(force, "apart")
    assert [sergeant.post(place(incident), form).status_code for _ in range(2)] == [302, 302]
    assert len(given(force)) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"officer": ""},
        {"officer": "999999"},
        {"officer": "x"},
        {"point_safer": ""},
        {"point_safer": "maybe"},
        {"point_safer": "no"},
        {"note_safer": "x" * 1001},
        {"key": "x"},
        {"note": "x" * 20_001},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_comes_back(
    force: Force, incident: Incident, changed: dict[str, str]
) -> None:
    refused = browser(force.one(Role.SERGEANT)).post(place(incident), typed(force, "apart", **changed))
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "There is a problem" in page
    assert "Speak to them &lt;apart&gt;" in page
    assert not given(force)


def test_a_missing_note_leads_to_its_field(force: Force, incident: Incident) -> None:
    refused = browser(force.one(Role.SERGEANT)).post(place(incident), typed(force, point_safer="no"))
    assert 'href="#id_note_safer"' in refused.content.decode()


def test_an_officer_sees_their_own_review_and_no_form(force: Force, incident: Incident) -> None:
    browser(force.one(Role.SERGEANT)).post(place(incident), typed(force, "apart"))
    page = browser(force.one(Role.RESPONSE)).get(place(incident)).content.decode()
    assert "Speak to them" in page
    assert "A sergeant or above reviews." in page
    colleague = browser(force.another(Role.RESPONSE)).get(place(incident)).content.decode()
    assert "Speak to them" not in colleague
    assert browser(force.one(Role.RESPONSE)).post(place(incident), typed(force)).status_code in {403, 422}


@pytest.mark.parametrize("target", ["", "x", "0", "-1", "9" * 30])
def test_a_feedback_that_is_none_is_refused(force: Force, target: str) -> None:
    answer = browser(force.one(Role.RESPONSE)).post("/feedback/read/", {"target": target, "reply": ""})
    assert answer.status_code in {404, 422}


def test_a_program_reviews_and_acknowledges_in_the_name_of_people(force: Force, incident: Incident) -> None:
    sergeant, officer = browser(force.one(Role.SERGEANT)), browser(force.one(Role.RESPONSE))
    form = officer.get("/api/v1/review-form").json()
    assert {p["code"] for p in form["points"]} == set(answers())
    told = {"officer_id": force.one(Role.RESPONSE).id, "answers": answers("apart"), "notes": {"apart": "Apart"}}
    made = sergeant.post(one(incident), told, content_type="application/json")
    assert made.status_code == 201, made.content
    assert made.json()[0]["feedback"][0]["words"] == "Apart"
    assert officer.get(one(incident)).json() == made.json()
    waits = officer.get("/api/v1/feedback").json()
    (row,) = waits["rows"]
    assert (row["point"], row["acknowledged_at"]) == ("apart", None)
    read = officer.post(f"/api/v1/feedback/{row['id']}/read", {"reply": "Yes"}, content_type="application/json")
    assert (read.status_code, read.json()["rows"][0]["reply"]) == (200, "Yes")


@pytest.mark.parametrize(
    ("role", "changed", "status"),
    [
        (Role.RESPONSE, {}, 403),
        (Role.SERGEANT, {"answers": {}}, 422),
        (Role.SERGEANT, {"answers": {"safer": "maybe"}}, 422),
        (Role.SERGEANT, {"answers": {str(n): "yes" for n in range(101)}}, 422),
        (Role.SERGEANT, {"notes": {}}, 422),
        (Role.SERGEANT, {"officer_id": 999_999}, 422),
        (Role.SERGEANT, {"notes": {"x" * 41: "y"}}, 422),
    ],
)
def test_the_api_refuses_what_is_wrong(
    force: Force, incident: Incident, role: Role, changed: dict[str, Any], status: int
) -> None:
    told = {"officer_id": force.one(Role.RESPONSE).id, "answers": answers("apart"), "notes": {"apart": "x"}} | changed
    by = force.another(role)
    assert browser(by).post(one(incident), told, content_type="application/json").status_code == status
    with as_user(force.one(Role.SERGEANT)):
        assert not visible(FirstLineReview)
