"""Facts of the people of crimes: known, not known, declined, blank; counted by purpose and district."""

from __future__ import annotations

import datetime as dt
import html
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from iops.crime.complete import selectors, services
from iops.crime.models import NotStated, StatedFact
from iops.crime.recorded.selectors import address
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.pole import services as pole
from iops.pole.models import Birth, Detail, Link
from iops.web.stated import BLANK, Stated
from tests.crime.recorded.scene import recorded
from tests.force import Force
from tests.foundation.acting_as import as_user

if TYPE_CHECKING:
    from iops.crime.models import Crime

pytestmark = pytest.mark.django_db
UNKNOWN, DECLINED = Stated(answer="not_known"), Stated(answer="declined")


@pytest.fixture
def force() -> Force:
    return Force()


@pytest.fixture
def crime(force: Force) -> Crime:
    return recorded(force)


def people(crime: Crime) -> dict[str, int]:
    links = Link.objects.filter(to_kind="crime", to_id=crime.id, from_kind="person")
    return dict(links.values_list("role", "from_id"))


def standing(crime: Crime, force: Force) -> dict[tuple[str, str], str]:
    found = selectors.of_crime(crime.id, force.one(Role.SERGEANT))
    return {(s.part, s.fact): s.standing for s in found.standings}


def test_a_fact_is_known_blank_not_known_or_declined(crime: Crime, force: Force) -> None:
    victim, officer = people(crime)["victim"], force.one(Role.RESPONSE)
    services.state_facts(
        crime.id, victim, {"ethnicity": DECLINED, "address": UNKNOWN, "phone": Stated("0161 496 0123")}, officer
    )
    found = standing(crime, force)
    assert found["victim", "born"] == "known"
    assert found["victim", "ethnicity"] == "declined"
    assert found["victim", "address"] == "not_known"
    assert found["victim", "phone"] == "known"
    assert found["victim", "sex"] == "blank"
    assert found["suspect", "phone"] == "blank"
    assert ("suspect", "wish") not in found


def test_a_value_goes_to_the_nominal_and_stays_known_whatever_is_answered_later(crime: Crime, force: Force) -> None:
    victim, officer = people(crime)["victim"], force.one(Role.RESPONSE)
    services.state_facts(crime.id, victim, {"ethnicity": UNKNOWN}, officer)
    told = {"ethnicity": Stated("W1"), "sex": Stated("female"), "address": Stated("1 Mill Lane, M1 1AA")}
    assert services.state_facts(crime.id, victim, told, officer, source="subject") == ["ethnicity", "sex", "address"]
    assert standing(crime, force)["victim", "ethnicity"] == "known"
    with pytest.raises(ConflictError, match="on record"):
        services.say_not_stated(crime.id, victim, "ethnicity", "declined", officer)
    kept = Detail.objects.get(person_id=victim, kind="ethnicity_self")
    assert (kept.value, kept.source, kept.source_detail) == ("W1", "subject", crime.reference)


def test_a_value_that_is_withdrawn_is_known_no_more_and_the_answer_stands_again(crime: Crime, force: Force) -> None:
    victim, officer = people(crime)["victim"], force.one(Role.RESPONSE)
    services.say_not_stated(crime.id, victim, "sex", "not_known", officer)
    services.state_facts(crime.id, victim, {"sex": Stated("female")}, officer)
    with as_user(officer):
        value = Detail.objects.get(person_id=victim, kind="sex")
    pole.withdraw(value, "somebody else", officer)
    assert standing(crime, force)["victim", "sex"] == "not_known"


def test_the_latest_answer_stands_and_every_earlier_one_stays_on_record(crime: Crime, force: Force) -> None:
    victim, officer = people(crime)["victim"], force.one(Role.RESPONSE)
    for answer in ("declined", "not_known", "declined"):
        services.say_not_stated(crime.id, victim, "phone", answer, officer)
    assert standing(crime, force)["victim", "phone"] == "declined"
    assert NotStated.objects.count() == 3
    with pytest.raises(DatabaseError), transaction.atomic():
        NotStated.objects.update(answer="not_known")


def test_an_age_is_no_date_of_birth(crime: Crime, force: Force) -> None:
    officer = force.one(Role.RESPONSE)
    witness = pole.register_person("Ann Lee (made up)", officer, born="30s")
    pole.link(("person", witness.id), "victim", ("crime", crime.id), officer)
    found = selectors.of_crime(crime.id, officer)
    assert {s.standing for s in found.standings if (s.person_id, s.fact) == (witness.id, "born")} == {"blank"}
    services.state_facts(crime.id, witness.id, {"born": Stated("12/3/1985")}, officer)
    assert Birth.objects.filter(person_id=witness.id, precision="full").exists()


def test_all_of_what_is_said_is_saved_or_nothing(crime: Crime, force: Force) -> None:
    victim, officer = people(crime)["victim"], force.one(Role.RESPONSE)
    with pytest.raises(InvalidError):
        services.state_facts(crime.id, victim, {"sex": Stated("female"), "born": Stated("no date")}, officer)
    assert not Detail.objects.filter(person_id=victim, kind="sex").exists()


def test_what_is_no_fact_no_answer_or_nobody_in_the_crime_is_refused(crime: Crime, force: Force) -> None:
    inside, officer = people(crime), force.one(Role.RESPONSE)
    stranger = pole.register_person("Somebody else (made up)", officer)
    refused: list[tuple[int, dict[str, Stated]]] = [
        (stranger.id, {"sex": UNKNOWN}),
        (inside["victim"], {}),
        (inside["victim"], {"sex": BLANK}),
        (inside["victim"], {"shoe-size": Stated("9")}),
        (inside["victim"], {"sex": Stated(answer="perhaps")}),
        (inside["victim"], {"wish": Stated("to be left alone")}),
        (inside["suspect"], {"wish": DECLINED}),
        (2**60, {"sex": UNKNOWN}),
    ]
    for person, told in refused:
        with pytest.raises(InvalidError):
            services.state_facts(crime.id, person, told, officer)
    with pytest.raises(NotFoundError):
        services.state_facts(crime.id + 99, inside["victim"], {"sex": UNKNOWN}, officer)
    assert not NotStated.objects.exists()


def test_the_database_takes_no_other_fact_or_answer(crime: Crime) -> None:
    victim = people(crime)["victim"]
    for about, answer in (("shoe-size", "declined"), ("sex", "perhaps"), ("sex", "")):
        with pytest.raises(DatabaseError), transaction.atomic():
            NotStated.objects.create(crime=crime, person_id=victim, about=about, answer=answer, at=clock.now())


def test_two_nominals_decided_to_be_one_know_what_either_knows(crime: Crime, force: Force) -> None:
    from iops.pole.identity import services as identity

    victim, officer = people(crime)["victim"], force.one(Role.RESPONSE)
    twin = pole.register_person("Kay Shah (made up)", officer)
    pole.add_detail(twin.id, "ethnicity_self", "A2", officer)
    assert standing(crime, force)["victim", "ethnicity"] == "blank"
    identity.merge([victim, twin.id], "same passport", force.one(Role.SERGEANT))
    assert standing(crime, force)["victim", "ethnicity"] == "known"


def test_the_counts_of_a_period_are_whole_by_fact_and_add_up_by_district(crime: Crime, force: Force) -> None:
    other = recorded(force)
    victim, officer = people(crime)["victim"], force.one(Role.RESPONSE)
    services.state_facts(crime.id, victim, {"ethnicity": DECLINED, "sex": Stated("female")}, officer)
    found = selectors.report(force.one(Role.ANALYST))
    assert found.crimes == 2
    statistics = next(m for m in found.measured if m.purpose.code == "statistics")
    by_fact = {(f.part, f.fact): f.share for f in statistics.facts}
    assert (by_fact["victim", "ethnicity"].declined, by_fact["victim", "ethnicity"].blank) == (1, 1)
    assert by_fact["victim", "sex"].known == 1
    assert by_fact["suspect", "born"].known == 2
    for m in found.measured:
        assert m.share.total == sum(f.share.total for f in m.facts) == sum(d.share.total for d in m.districts)
        assert m.crimes == sum(d.crimes for d in m.districts) == 2
        assert m.crimes_whole == sum(d.crimes_whole for d in m.districts) <= m.crimes
    assert other.id != crime.id


def test_a_crime_becomes_whole_for_a_purpose_when_the_last_blank_is_answered(crime: Crime, force: Force) -> None:
    inside, officer = people(crime), force.one(Role.RESPONSE)

    def whole() -> int:
        found = selectors.report(force.one(Role.ANALYST))
        return next(m.crimes_whole for m in found.measured if m.purpose.code == "victim-contact")

    assert whole() == 0
    services.state_facts(crime.id, inside["victim"], {"address": UNKNOWN, "phone": DECLINED, "wish": DECLINED}, officer)
    assert whole() == 1


def test_the_counts_do_not_depend_on_who_asks_and_name_no_record(crime: Crime, force: Force) -> None:
    from iops.control import services as control

    control.restrict(crime.incident_id, [], [], "somebody known", force.one(Role.INSPECTOR))
    assert selectors.report(force.one(Role.ANALYST)).crimes == 1


def test_a_period_holds_its_first_and_last_local_day_and_no_more(crime: Crime, force: Force) -> None:
    by = force.one(Role.ANALYST)
    today = clock.today()
    assert selectors.report(by, today, today).crimes == 1
    assert selectors.report(by, today - dt.timedelta(days=9), today - dt.timedelta(days=1)).crimes == 0
    assert selectors.report(by, today + dt.timedelta(days=1), today + dt.timedelta(days=9)).crimes == 0
    for since, until in ((today, today - dt.timedelta(days=1)), (today - dt.timedelta(days=366), today)):
        with pytest.raises(InvalidError):
            selectors.report(by, since, until)
    with pytest.raises(NotAllowedError):
        selectors.report(force.one(Role.RESPONSE))


def body(response: Any) -> str:
    return html.unescape(response.content.decode())


def signed_in(force: Force, role: Role) -> Client:
    client = Client()
    client.force_login(force.one(role))
    return client


def test_the_page_of_a_crime_says_what_is_blank_and_takes_what_is_said(crime: Crime, force: Force) -> None:
    client, victim = signed_in(force, Role.SERGEANT), people(crime)["victim"]
    assert "blank</strong>" in body(client.get(address(crime)))
    place = f"{address(crime)}facts/"
    both = {"person": victim, "phone": "0161 496 0123", "phone-answer": "declined"}
    refused = client.post(place, both)
    assert refused.status_code == 422
    assert "not both" in body(refused)
    assert 'value="0161 496 0123"' in body(refused)
    saved = client.post(place, {"person": victim, "phone-answer": "declined", "sex": "female"}, follow=True)
    assert "Saved: telephone, sex." in body(saved) or "Saved: sex, telephone." in body(saved)
    assert "Telephone: declined to say" in body(saved)
    for wrong in ("", "x", "0", "9" * 30, str(2**62)):
        assert client.post(place, {"person": wrong, "phone-answer": "declined"}).status_code in {409, 422}


def test_the_page_of_completeness_tells_population_and_source(crime: Crime, force: Force) -> None:
    client = signed_in(force, Role.SERGEANT)
    shown = body(client.get("/crimes/completeness/"))
    assert "1 crime</strong> recorded" in shown
    assert "nothing is estimated" in shown
    assert "Annual Data Requirement" in shown
    wrong = client.get("/crimes/completeness/", {"since-day": "31", "since-month": "2", "since-year": "2026"})
    assert wrong.status_code == 422
    long_ago = {f"since-{part}": n for part, n in (("day", "1"), ("month", "1"), ("year", "2001"))}
    assert "At most 366 days" in body(client.get("/crimes/completeness/", long_ago))
    assert signed_in(force, Role.RESPONSE).get("/crimes/completeness/").status_code == 403


def test_the_api_tells_and_takes_the_same(crime: Crime, force: Force) -> None:
    client, victim = signed_in(force, Role.SERGEANT), people(crime)["victim"]
    place = f"/api/v1/crimes/CR-{crime.number}-{crime.year:%Y}"

    def post(what: str, given: object) -> Any:
        return client.post(f"{place}/{what}", json.dumps(given), content_type="application/json")

    told = post("facts", {"person_id": victim, "facts": {"sex": {"value": "female"}, "phone": {"answer": "declined"}}})
    assert told.status_code == 201
    assert {(x["fact"], x["standing"]) for x in told.json() if x["person_id"] == victim} >= {
        ("sex", "known"),
        ("phone", "declined"),
    }
    assert post("not-stated", {"person_id": victim, "about": "born", "answer": "declined"}).status_code == 409
    assert post("not-stated", {"person_id": victim, "about": "address", "answer": "not_known"}).status_code == 201
    assert post("not-stated", {"person_id": victim, "about": "address", "answer": "perhaps"}).status_code == 422
    counted = client.get("/api/v1/crimes/completeness").json()
    assert counted["crimes"] == 1
    assert {p["code"] for p in counted["purposes"]} >= {"statistics", "court-file"}


def test_the_words_of_the_view_are_those_of_the_model(crime: Crime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select distinct fact from iops.crime_fact where person_id is not null")
        found = {row[0] for row in cursor.fetchall()}
    assert found == set(StatedFact.values)
