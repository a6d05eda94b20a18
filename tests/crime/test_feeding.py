"""The recording decision of an incident's own facts: nothing typed twice, what is open asked, reasons kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from iops.control.classing import services as classing
from iops.control.closing.report import report_of
from iops.control.models import Incident, RecordingAdvice
from iops.crime import feeding
from iops.crime.models import RecordingDecision
from iops.crime.services import decide_recording
from iops.foundation.errors import InvalidError, NotFoundError
from iops.foundation.roles import Role
from iops.pole import services as pole
from tests.control.classing.conftest import Scene
from tests.force import owed
from tests.foundation.acting_as import as_user
from tests.foundation.consulting import assert_consulted

if TYPE_CHECKING:
    from iops.control.closing.report import Fed

pytestmark = pytest.mark.django_db

ASSAULT = "My ex punched me, I have a black eye"


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture
def assault(scene: Scene) -> Incident:
    """A victim who rang, a suspect, and a category."""
    incident = scene.force.incident(what=ASSAULT, crime_reported=True)
    victim, _ = scene.couple(incident)
    scene.involve(incident, victim, "caller")
    classing.classify(incident.id, "crime-violence", ["domestic"], scene.handler)
    incident.refresh_from_db()
    return incident


def fed(incident: Incident, scene: Scene) -> Fed:
    with as_user(scene.handler):
        return report_of(incident)


def test_the_report_is_made_of_the_incident_and_says_where_each_fact_came_from(assault: Incident, scene: Scene) -> None:
    found = fed(assault, scene)
    report = found.report
    assert [v["age"] for v in report["victims"]] == [v["age"] for v in report["suspects"]]
    assert (report["relation"], report["facts"], report["offences"]) == (
        "former_partner",
        {"reporter": "victim"},
        [{"act": "assault", "details": {"injury": "injury"}}],
    )
    assert {(t.says, t.source) for t in found.taken} >= {
        ("Victim: Ann Lee", "linked as victim"),
        ("Suspect: Bob Roe", "linked as suspect"),
        ("Relation: former partner", "the link between them"),
        ("Reported by: victim", "the caller is linked as victim"),
        ("About: Violence", "the category"),
        ("Injury: injury", "the text says “black eye”"),
    }


def test_a_whole_report_is_decided_at_once_and_kept_with_its_facts_and_reasons(assault: Incident, scene: Scene) -> None:
    assert owed(assault)["crime-recording-decision"] == "open"
    made = feeding.decide_by_rules(assault.id, {}, scene.handler, note="Seen by PC 1")
    kept = RecordingAdvice.objects.get()
    assert (made.result, owed(assault)["crime-recording-decision"]) == ("crime", "met")
    assert made.rationale.startswith("Seen by PC 1\n\nBy the recording rules for a report of ")
    assert (kept.kind, kept.result, kept.report["relation"], kept.at) == ("crime", "crime", "former_partner", made.at)
    assert "Record as crime (1 in all)" in kept.words


def test_what_the_facts_leave_open_is_asked_and_saves_nothing(scene: Scene) -> None:
    incident = scene.force.incident(what="Somebody was hit", crime_reported=True)
    victim = scene.person("Ann Lee")
    scene.involve(incident, victim, "victim")
    classing.classify(incident.id, "crime-violence", [], scene.handler)
    with pytest.raises(feeding.NotDecidedError) as refused:
        feeding.decide_by_rules(incident.id, {}, scene.handler)
    questions: Any = refused.value.details["questions"]
    assert [q["name"] for q in questions] == ["a.assault.injury"]
    assert RecordingDecision.objects.count() == RecordingAdvice.objects.count() == 0
    answers = {"a.assault.injury": "none"}
    with pytest.raises(feeding.NotDecidedError) as refused:
        feeding.decide_by_rules(incident.id, answers, scene.handler)
    questions = refused.value.details["questions"]
    assert [q["name"] for q in questions] == ["a.all.reporter"]
    assert feeding.decide_by_rules(incident.id, answers | {"a.all.reporter": "victim"}, scene.handler).result == "crime"


def test_credible_evidence_to_the_contrary_is_no_crime(assault: Incident, scene: Scene) -> None:
    made = feeding.decide_by_rules(assault.id, {"a.all.contrary_evidence": "credible"}, scene.handler)
    assert (made.result, "evidence to the contrary" in made.rationale) == ("not_a_crime", True)


def test_a_crime_without_an_offence_asks_which_and_takes_an_act_or_a_class(scene: Scene) -> None:
    incident = scene.force.incident(what="It is a long story", crime_reported=True, category="Hoax")
    with as_user(scene.handler):
        found = feeding.desk_of(incident, {})
        assert (found.outcome, found.offence_open, [n.fact for n in found.desk.others]) == ("", True, ["offences"])
        for answers in ({"act": "burglary"}, {"class": "28E"}):
            assert feeding.desk_of(incident, answers).desk.others == []
        assert feeding.desk_of(incident, {"act": "juggling"}).offence_open
    with pytest.raises(InvalidError):
        feeding.decide_by_rules(incident.id, {"class": "no such class"}, scene.handler)


def test_an_incident_that_is_no_crime_is_decided_by_its_category(scene: Scene) -> None:
    incident = scene.force.incident(what="A quarrel over a fence", domestic=True)
    classing.classify(incident.id, "civil-dispute", [], scene.handler)
    made = feeding.decide_by_rules(incident.id, {}, scene.handler)
    assert (made.result, "Civil Disputes" in made.rationale) == ("not_a_crime", True)


@pytest.mark.parametrize(
    ("caller", "reporter"),
    [("victim", "victim"), ("suspect", "suspect"), ("mother", "parent_or_carer"), ("stranger", "third_party")],
)
def test_who_reports_it_follows_from_the_callers_place_among_the_people(
    scene: Scene, caller: str, reporter: str
) -> None:
    incident = scene.force.incident()
    people = {name: scene.person(name.capitalize(), born="1/1/2015" if name == "victim" else "1/1/1980") for name in
              ("victim", "suspect", "mother", "stranger")}  # fmt: skip
    scene.involve(incident, people["victim"], "victim")
    scene.involve(incident, people["suspect"], "suspect")
    scene.relate(people["mother"], "parent", people["victim"])
    scene.involve(incident, people[caller], "caller")
    assert fed(incident, scene).report["facts"] == {"reporter": reporter}


def test_an_age_that_is_not_sure_is_left_out_and_a_company_is_a_victim_too(scene: Scene) -> None:
    incident = scene.force.incident()
    scene.involve(incident, scene.person("Ann", born="30s"), "victim")
    shop = pole.register_organisation("Corner Shop", scene.handler)
    pole.link(("organisation", shop.id), "victim", ("incident", incident.id), scene.handler)
    assert [sorted(v) for v in fed(incident, scene).report["victims"]] == [["id"], ["id", "kind"]]


def test_a_crime_is_taken_back_by_additional_verifiable_information_alone(assault: Incident, scene: Scene) -> None:
    feeding.decide_by_rules(assault.id, {}, scene.handler)
    contrary = {"a.all.contrary_evidence": "credible"}
    with pytest.raises(InvalidError, match="Additional verifiable information is empty"):
        feeding.decide_by_rules(assault.id, contrary, scene.handler)
    with pytest.raises(InvalidError, match="Additional verifiable information"):
        decide_recording(assault.id, "not_a_crime", "changed my mind", scene.handler)
    made = feeding.decide_by_rules(assault.id, contrary, scene.handler, avi="Footage of the shop, seen today")
    assert made.rationale.endswith("Additional verifiable information: Footage of the shop, seen today")
    assert decide_recording(assault.id, "crime", "It was one", scene.handler).result == "crime"


def test_a_hidden_person_is_in_no_report_of_who_may_not_see_them(assault: Incident, scene: Scene) -> None:
    victim = pole.register_person("Secret Name", scene.sergeant)
    pole.link(("person", victim.id), "victim", ("incident", assault.id), scene.sergeant)
    pole.restrict_person(victim.id, "protected", scene.sergeant)
    assert "Secret" not in repr(fed(assault, scene))
    with assert_consulted("incident", [assault.id], scene.handler):
        assert feeding.advice(assault.id, {}, scene.handler).outcome == "crime"
    with pytest.raises(NotFoundError):
        feeding.advice(999_999, {}, scene.handler)


def test_the_page_asks_only_what_is_open_and_saves_the_decision(scene: Scene) -> None:
    incident = scene.force.incident(what="My ex hit me", crime_reported=True)
    victim, _ = scene.couple(incident)
    scene.involve(incident, victim, "caller")
    classing.classify(incident.id, "crime-violence", ["domestic"], scene.handler)
    client = Client()
    client.force_login(scene.handler)
    page = f"/recording/{incident.number}/{incident.day:%d%m%Y}/"
    shown = client.get(page).content.decode()
    assert "What injury was done?" in shown
    assert "Who reports it?" not in shown
    assert client.post(page, {}).status_code == 409
    assert client.get(f"{page}?a.assault.injury=awful").status_code == 422
    done = client.post(f"{page}?a.assault.injury=none", {"note": "Seen"}, follow=True).content.decode()
    assert "Recorded: CR/1/" in done
    assert RecordingDecision.objects.get().result == "crime"
    assert client.get("/recording/999999/01012026/").status_code == 404


def test_class_advice_and_closing_over_the_api(scene: Scene) -> None:
    incident = scene.force.incident(what="My ex hit me, I am bleeding", crime_reported=True)
    victim, _ = scene.couple(incident)
    scene.involve(incident, victim, "caller")
    client = Client()
    client.force_login(scene.handler)
    one = f"/api/v1/incidents/{incident.number}/{incident.day:%d%m%Y}"

    def post(address: str, body: dict[str, Any], status: int) -> Any:
        answer = client.post(address, body, content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json()

    assert {q["code"] for q in client.get("/api/v1/classing/classes").json()["qualifiers"]} >= {"domestic", "alcohol"}
    seen = client.get(f"{one}/class").json()
    assert (seen["domestic"]["answer"], seen["suggested"][0]["code"]) == ("qualifies", "domestic")
    assert post(f"{one}/class", {"category": "crime-violence"}, 422)["details"]["field"] == "declined"
    post(f"{one}/class", {"category": "crime-violence", "qualifiers": ["domestic"]}, 201)
    advice = post(f"{one}/recording-advice", {}, 200)
    assert (advice["outcome"], advice["questions"]) == ("crime", [])
    assert post(f"{one}/close", {"note": "done"}, 409)["details"]["obligations"]
    assert post(f"{one}/recording-decisions/by-rules", {}, 201)[0]["result"] == "crime"
    scene.force.safeguard(incident)
    closed = post(f"{one}/close", {"note": "Arrested", "results": ["arrest"]}, 200)
    assert closed["closed_at"]
    (closing,) = client.get(f"{one}/closings").json()
    assert (closing["code"], closing["results"], closing["check"]) == ("crime-violence", ["arrest"], None)
    client.force_login(scene.force.one(Role.SERGEANT))
    checked = post(f"/api/v1/closures/{closing['id']}/check", {"verdict": "advise", "note": "Well done"}, 201)
    assert checked["check"]["verdict"] == "advise"
    assert client.get("/api/v1/closures").json()["rows"] == []
    assert {c["code"] for c in client.get("/api/v1/closures/counts").json()} >= {"domestic", "other"}
    reopened = scene.force.incident()
    assert post(f"/api/v1/incidents/{reopened.number}/{reopened.day:%d%m%Y}/not-domestic", {"reason": " "}, 422)


def test_a_racial_qualifier_aggravates_the_acts_that_know_it(scene: Scene) -> None:
    incident = scene.force.incident(what="Racist abuse and a punch", crime_reported=True)
    classing.classify(incident.id, "crime-violence", ["prejudice-racial"], scene.handler)
    assert fed(incident, scene).report["offences"] == [{"act": "assault", "details": {"hostility": "yes"}}]
    classing.classify(incident.id, "crime-theft", ["prejudice-racial"], scene.handler, reason="a theft")
    assert fed(incident, scene).report["offences"] == [{"act": "theft", "details": {}}]
