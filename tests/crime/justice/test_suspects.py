"""A suspect from the arrest to a charge or a disposal: bail in its limits, releases with a clock, news to victims."""

from __future__ import annotations

import datetime as dt
import html
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iops.crime.justice import limits, selectors, services
from iops.crime.justice.services import BailTerms, ChargeTerms, Disposal
from iops.crime.models import Arrest, Bail, BailEnded, CrimeVictim
from iops.crime.recorded.selectors import address
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, IopsError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.obligations.conservation import check_conservation
from iops.obligations.models import Obligation
from iops.obligations.services import writing
from iops.pole.models import Link
from iops.rulebook.continuation import months_after
from tests.crime.recorded.scene import recorded
from tests.crime.victims.scene import abused
from tests.force import Force

if TYPE_CHECKING:
    from collections.abc import Callable

    from iops.crime.models import Crime

    Tick = Callable[[], None]

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
CHARGED = ChargeTerms("Theft from a shop", "prosecutor", "A. Prosecutor (made up), MG3 of today")
RANKS = {"custody_officer": Role.SERGEANT, "inspector": Role.INSPECTOR, "superintendent": Role.INSPECTOR,
         "court": Role.INSPECTOR}  # fmt: skip


@pytest.fixture
def force() -> Force:
    return Force()


def suspect_of(crime: Crime) -> int:
    return Link.objects.get(to_kind="crime", to_id=crime.id, role="suspect").from_id


def arrested(force: Force, crime: Crime, at: dt.datetime | None = None) -> Arrest:
    """The suspect of a crime arrested, now when no moment is given."""
    officer = force.one(Role.RESPONSE)
    return services.arrest(crime.id, suspect_of(crime), "High Street", "Prompt investigation", officer, at=at)


def terms(until: dt.datetime, authority: str = "custody_officer", **told: Any) -> BailTerms:
    """Bail until a moment."""
    words = "Superintendent A (made up)" if authority in ("superintendent", "court") else ""
    given = {"reason": "CCTV is awaited", "views": "She asks that he stay away", "authority_words": words}
    return BailTerms(until=until, authority=authority, **(given | told))


def standing(crime: Crime) -> str:
    return selectors.suspects_of(crime)[0].standing


def owed(subject: str) -> dict[str, str]:
    """Duties of a subject: rule to met or open."""
    found = Obligation.objects.filter(subject=subject, waived_at=None)
    return {row.rule_id: "met" if row.met_at else "open" for row in found}


# --- bail ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("authority", "months"), [("custody_officer", 3), ("inspector", 6), ("superintendent", 9), ("court", None)]
)
def test_each_authority_bails_for_its_months_and_not_a_day_longer(
    force: Force, authority: str, months: int | None
) -> None:
    crime = recorded(force)
    held = arrested(force, crime)
    by = force.one(RANKS[authority])
    if months is None:
        services.bail(crime.id, held.person_id, terms(clock.now() + 400 * DAY, authority), by)
        return
    # The whole of the last day belongs to it: up to the midnight at its end, in London.
    last = months_after(clock.today(), months)
    with connection.cursor() as cursor:
        cursor.execute("select iops.local_midnight(%s)", [last + DAY])
        end = cursor.fetchone()[0]
    with pytest.raises(ConflictError, match=f"for {months} months from the arrest"):
        services.bail(crime.id, held.person_id, terms(end + dt.timedelta(seconds=1), authority), by)
    assert services.bail(crime.id, held.person_id, terms(end, authority), by).until == end


@settings(max_examples=40)
@given(st.sampled_from(["custody_officer", "inspector", "superintendent", "court", "sergeant"]),
       st.dates(dt.date(2015, 1, 1), dt.date(2035, 1, 1)))  # fmt: skip
def test_the_database_knows_the_same_limits_as_the_file(authority: str, day: dt.date) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select iops.bail_months(%s, %s)", [authority, day])
        assert cursor.fetchone()[0] == limits.months_of(authority, day)


@pytest.mark.parametrize(("authority", "role"), [
    ("custody_officer", Role.RESPONSE), ("custody_officer", Role.DETECTIVE), ("inspector", Role.SERGEANT),
    ("superintendent", Role.SERGEANT), ("court", Role.DETECTIVE),
])  # fmt: skip
def test_who_does_not_hold_the_authority_is_refused(force: Force, authority: str, role: Role) -> None:
    crime = recorded(force)
    held = arrested(force, crime)
    with pytest.raises(NotAllowedError):
        services.bail(crime.id, held.person_id, terms(clock.now() + DAY, authority), force.one(role))
    assert standing(crime) == "in custody"


@pytest.mark.parametrize(("told", "field"), [
    ({"authority": "mayor"}, "authority"), ({"reason": " "}, None), ({"views": ""}, None),
    ({"authority": "superintendent", "authority_words": " "}, None),
    ({"until": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, "until"),
])  # fmt: skip
def test_bail_without_what_the_law_asks_is_refused(force: Force, told: dict[str, Any], field: str | None) -> None:
    crime = recorded(force)
    held = arrested(force, crime)
    given: dict[str, Any] = {
        "until": clock.now() + DAY,
        "reason": "x",
        "views": "x",
        "authority": "custody_officer",
    } | told
    with pytest.raises(InvalidError) as refused:
        services.bail(crime.id, held.person_id, BailTerms(**given), force.one(Role.INSPECTOR))
    assert field is None or refused.value.details["field"] == field


def test_nobody_is_bailed_who_was_not_arrested_for_that_crime(force: Force) -> None:
    crime, other = recorded(force), recorded(force)
    arrested(force, other)
    with pytest.raises(ConflictError, match="not arrested"):
        services.bail(crime.id, suspect_of(crime), terms(clock.now() + DAY), force.one(Role.SERGEANT))
    with pytest.raises(ConflictError, match="not arrested"):
        services.release_under_investigation(crime.id, suspect_of(crime), "x", force.one(Role.INSPECTOR))


def test_bail_is_extended_and_varied_in_one_line_and_ends_once(force: Force) -> None:
    crime, sergeant, inspector = recorded(force), force.one(Role.SERGEANT), force.one(Role.INSPECTOR)
    held = arrested(force, crime)
    first = services.bail(crime.id, held.person_id, terms(clock.now() + 20 * DAY), sergeant)
    told = terms(clock.now() + 150 * DAY, "inspector", conditions="Not to enter Mill Lane")
    second = services.bail(crime.id, held.person_id, told, inspector)
    assert second.before == first
    assert standing(crime) == "on bail with conditions"
    with pytest.raises(ConflictError, match="end the last one"), writing(sergeant):
        BailEnded.objects.create(bail=first, crime=crime, how="cancelled", reason="x", at=clock.now(), by=sergeant)
    with pytest.raises(InvalidError):
        services.end_bail(crime.id, held.person_id, "forgotten", "x", sergeant)
    services.end_bail(crime.id, held.person_id, "broken", "Seen in Mill Lane", sergeant)
    assert standing(crime) == "broke bail"
    with pytest.raises(ConflictError, match="not on bail"):
        services.end_bail(crime.id, held.person_id, "cancelled", "x", sergeant)
    with pytest.raises(ConflictError, match="has ended"), writing(sergeant):
        Bail.objects.create(
            crime=crime, person_id=held.person_id, arrest=held, before=second, until=clock.now() + DAY, reason="x",
            views="x", authority="custody_officer", at=clock.now(), by=sergeant,
        )  # fmt: skip


def test_somebody_on_bail_is_decided_on_before_it_runs_out(force: Force) -> None:
    crime = recorded(force)
    held = arrested(force, crime)
    bailed = services.bail(crime.id, held.person_id, terms(clock.now() + 20 * DAY), force.one(Role.SERGEANT))
    assert owed("bail") == {"bail-decision": "open"}
    assert Obligation.objects.get(subject="bail").due_at == bailed.until
    services.charge(crime.id, held.person_id, CHARGED, force.one(Role.DETECTIVE))
    assert owed("bail") == {"bail-decision": "met"}
    assert check_conservation().examples == []


# --- released --------------------------------------------------------------------------------------------------------


def test_a_release_under_investigation_is_reviewed_every_28_days_until_it_ends(force: Force) -> None:
    crime, sergeant = recorded(force), force.one(Role.SERGEANT)
    held = arrested(force, crime)
    services.release_under_investigation(crime.id, held.person_id, "No condition would help", force.one(Role.RESPONSE))
    assert standing(crime) == "released under investigation"
    assert set(owed("suspect_release").values()) == {"open"}
    with pytest.raises(NotAllowedError):
        services.review_release(crime.id, held.person_id, "Nothing new", force.one(Role.DETECTIVE))
    services.review_release(crime.id, held.person_id, "The phone is still at the laboratory", sergeant)
    assert owed("suspect_release") == {
        "release-review-28": "met", "release-review-56": "open", "release-review-84": "open",
    }  # fmt: skip
    services.take_no_further_action(crime.id, held.person_id, "The phone shows another man", sergeant)
    assert set(owed("suspect_release").values()) == {"met"}
    assert standing(crime) == "no further action"
    assert check_conservation().examples == []


# --- charged, dealt with ---------------------------------------------------------------------------------------------


def test_a_charge_names_its_offences_and_its_hearing_follows(force: Force) -> None:
    crime, detective = recorded(force), force.one(Role.DETECTIVE)
    person = suspect_of(crime)
    with pytest.raises(ConflictError, match="not charged"):
        services.set_hearing(crime.id, person, "Magistrates' court", clock.today(), detective)
    for told in (ChargeTerms(" ", "police", "x"), ChargeTerms("x", "mayor", "x"), ChargeTerms("x", "police", " ")):
        with pytest.raises(InvalidError):
            services.charge(crime.id, person, told, detective)
    services.charge(crime.id, person, CHARGED, detective)
    made = services.set_hearing(crime.id, person, "Magistrates' court", clock.today() + 30 * DAY, detective)
    assert (standing(crime), made.crime_id) == ("charged", crime.id)


@pytest.mark.parametrize(("changed", "field"), [
    ({"admitted": False}, "admitted"), ({"kind": "telling off"}, "kind"), ({"views": ""}, None), ({"reason": ""}, None),
    ({"kind": "conditional_caution", "conditions": " "}, None), ({"kind": "community_resolution"}, None),
])  # fmt: skip
def test_no_disposal_without_an_admission_its_conditions_and_the_victims_views(
    force: Force, changed: dict[str, Any], field: str | None
) -> None:
    crime = recorded(force)
    told: dict[str, Any] = {"kind": "simple_caution", "reason": "First offence", "views": "Content", "admitted": True}
    told |= changed
    with pytest.raises(InvalidError) as refused:
        services.dispose(crime.id, suspect_of(crime), Disposal(**told), force.one(Role.SERGEANT))
    assert field is None or refused.value.details["field"] == field
    assert standing(crime) == "named"


def test_for_domestic_abuse_only_an_inspector_disposes_out_of_court(force: Force) -> None:
    crime = recorded(force, domestic=True)
    told = Disposal("simple_caution", "First offence", "She agrees", admitted=True)
    with pytest.raises(NotAllowedError, match="inspector"):
        services.dispose(crime.id, suspect_of(crime), told, force.one(Role.SERGEANT))
    services.dispose(crime.id, suspect_of(crime), told, force.one(Role.INSPECTOR))
    assert standing(crime) == "simple caution"


def test_an_arrest_or_an_interview_begins_the_investigation(force: Force) -> None:
    from iops.crime.recorded import rape

    first, second = recorded(force), recorded(force)
    assert not rape.investigated(first)
    arrested(force, first)
    services.interview(second.id, suspect_of(second), "Station", "They came by themselves", force.one(Role.DETECTIVE))
    assert rape.investigated(first)
    assert rape.investigated(second)
    assert standing(second) == "interviewed, not arrested"


def test_no_step_is_changed_or_taken_out(force: Force) -> None:
    arrested(force, recorded(force))
    for sent in ("update crime_arrest set place = 'y'", "delete from crime_arrest"):
        with pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(sent)


def test_each_step_is_news_to_the_victim(force: Force) -> None:
    victim = abused(force)
    crime, inspector = victim.crime, force.one(Role.INSPECTOR)
    held = arrested(force, crime)
    services.bail(crime.id, held.person_id, terms(clock.now() + 20 * DAY, conditions="Stay away"), inspector)
    services.end_bail(crime.id, held.person_id, "broken", "He came to the door", inspector)
    services.charge(crime.id, held.person_id, CHARGED, inspector)
    services.set_hearing(crime.id, held.person_id, "Magistrates' court", clock.today() + DAY, inspector)
    kinds = set(CrimeVictim.objects.get().news.values_list("kind", flat=True))
    assert kinds == {"recorded", "arrested", "bailed", "conditions_changed", "charged", "court_date"}


STEPS = ("want", "arrest", "bail", "extend", "end bail", "release", "charge", "dispose", "no action", "cancel")


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), max_size=8))
def test_any_history_of_a_suspect_is_wanted_exactly_from_a_wanting_to_an_arrest_or_a_cancellation(
    tick: Tick, steps: list[str]
) -> None:
    with transaction.atomic():
        force = Force()
        crime = recorded(force)
        person, boss = suspect_of(crime), force.one(Role.INSPECTOR)
        wanted = False
        for step in steps:
            tick()
            try:
                with transaction.atomic():
                    _take(step, crime, person, force)
            except IopsError:
                continue
            wanted = step == "want" or (wanted and step not in ("arrest", "cancel"))
            assert (standing(crime) == "wanted") == wanted, step
            assert bool(selectors.wanted(boss).rows) == wanted
        assert check_conservation().examples == []
        transaction.set_rollback(True)


def _take(step: str, crime: Crime, person: int, force: Force) -> None:
    boss = force.one(Role.INSPECTOR)
    of = (crime.id, person)
    if step == "cancel":
        services.cancel_wanted(selectors.wanted(boss).rows[0].id if selectors.wanted(boss).rows else 0, "x", boss)
        return
    run: dict[str, Any] = {
        "want": lambda: services.want(*of, "Left", boss),
        "arrest": lambda: services.arrest(*of, "x", "x", boss),
        "bail": lambda: services.bail(*of, terms(clock.now() + DAY), boss),
        "extend": lambda: services.bail(*of, terms(clock.now() + 2 * DAY, "inspector"), boss),
        "end bail": lambda: services.end_bail(*of, "answered", "x", boss),
        "release": lambda: services.release_under_investigation(*of, "x", boss),
        "charge": lambda: services.charge(*of, CHARGED, boss),
        "dispose": lambda: services.dispose(*of, Disposal("simple_caution", "x", "x", admitted=True), boss),
        "no action": lambda: services.take_no_further_action(*of, "x", boss),
    }
    run[step]()


# --- pages and the API -----------------------------------------------------------------------------------------------


def signed_in(force: Force, role: Role) -> Client:
    client = Client()
    client.force_login(force.one(role))
    return client


def body(response: Any) -> str:
    return html.unescape(response.content.decode())


def test_every_act_of_the_section_works_and_is_shown(force: Force, tick: Tick) -> None:
    crime, client = recorded(force), signed_in(force, Role.INSPECTOR)
    who = {"person": str(suspect_of(crime))}
    later = clock.today() + 20 * DAY
    until = {"until-day": str(later.day), "until-month": str(later.month), "until-year": str(later.year)}
    held = {f"held_on-{p}": until[f"until-{p}"] for p in ("day", "month", "year")}
    for what, typed in (
        ("want", {"reason": "Left <b>before</b> we came"}),
        ("arrest", {"how": "surrendered", "place": "Station", "necessity": "To interview"}),
        ("interview", {"place": "Station", "reason": "Came again"}),
        ("bail", until | {"conditions": "Stay away from the shop", "authority": "custody_officer", "views": "Fine",
                          "reason": "CCTV"}),
        ("end-bail", {"how": "answered", "reason": "Came back"}),
        ("release", {"reason": "Not needed"}),
        ("review-release", {"findings": "Soon done"}),
        ("charge", {"offences": "Theft", "decided_by": "police", "authority_words": "Sgt A (made up)"}),
        ("hearing", held | {"court": "Magistrates' court"}),
        ("dispose", {"kind": "simple_caution", "admitted": "on", "views": "Fine", "reason": "x"}),
        ("no-action", {"reason": "Nothing left"}),
    ):  # fmt: skip
        tick()
        answer = client.post(f"{address(crime)}{what}/", who | typed)
        assert answer.status_code == 302, (what, body(answer)[:3000])
    page = body(client.get(address(crime)))
    for words in ("In custody", "on bail with conditions", "released under investigation", "Magistrates' court"):
        assert words.lower() in page.lower(), words


def test_a_mistake_about_a_suspect_keeps_what_was_typed(force: Force) -> None:
    crime, client = recorded(force), signed_in(force, Role.RESPONSE)
    for person in ("", "x", "9" * 30, str(10**9)):
        answer = client.post(f"{address(crime)}want/", {"person": person, "reason": "Left by the back door"})
        assert answer.status_code in {404, 409, 422}
        assert "Left by the back door" in body(answer)
    assert client.post(f"{address(crime)}want/", {"person": str(suspect_of(crime)), "reason": ""}).status_code == 422
    assert standing(crime) == "named"


def test_the_wanted_list_names_who_and_why_and_an_inspector_cancels(force: Force) -> None:
    theft, abuse = recorded(force), recorded(force, domestic=True)
    for crime in (theft, abuse):
        services.want(crime.id, suspect_of(crime), f"Sought for {crime.reference}", force.one(Role.RESPONSE))
    page = body(signed_in(force, Role.SERGEANT).get("/wanted/"))
    assert page.index(abuse.reference) < page.index(theft.reference), "domestic abuse comes first"
    assert "Cancel:" not in page
    boss = signed_in(force, Role.INSPECTOR)
    number = selectors.suspects_of(theft)[0].wanted_id
    assert boss.post("/wanted/", {"wanted": str(number), "reason": ""}).status_code == 422
    assert boss.post("/wanted/", {"wanted": "x", "reason": "Abroad"}).status_code == 404
    sergeant = signed_in(force, Role.SERGEANT).post("/wanted/", {"wanted": str(number), "reason": "Abroad"})
    assert sergeant.status_code == 403
    assert boss.post("/wanted/", {"wanted": str(number), "reason": "Abroad"}).status_code == 302
    assert theft.reference not in body(boss.get("/wanted/"))
    for query in ({"district": "x"}, {"district": "9" * 9}, {"page": "x"}):
        assert boss.get("/wanted/", query).status_code == 200


def test_a_restricted_crime_has_nobody_on_the_list_of_a_stranger(force: Force) -> None:
    from iops.control import services as control
    from tests.foundation.acting_as import as_user

    crime, inspector = recorded(force), force.one(Role.INSPECTOR)
    services.want(crime.id, suspect_of(crime), "Left", force.one(Role.RESPONSE))
    control.restrict(crime.incident_id, [inspector.id], [], "A colleague is a party", inspector)
    stranger = force.another(Role.SERGEANT)
    with as_user(stranger):
        assert selectors.wanted(stranger).rows == ()


def call(client: Client, path: str, given: object | None = None) -> tuple[int, Any]:
    """One call of the API: status and answer."""
    sent = client.get(path) if given is None else client.post(path, json.dumps(given), content_type="application/json")
    return sent.status_code, json.loads(sent.content) if sent.content else None


def test_the_api_takes_a_suspect_from_the_wanted_list_to_a_charge(force: Force, tick: Tick) -> None:
    crime, client = recorded(force), signed_in(force, Role.INSPECTOR)
    of = f"/api/v1/crimes/CR-{crime.number}-{crime.year:%Y}/suspects"
    one = f"{of}/{suspect_of(crime)}"
    assert call(client, f"{one}/wanted", {"reason": "Left"})[0] == 201
    assert [w["name"] for w in call(client, "/api/v1/wanted")[1]["wanted"]] == ["Tom Reed (made up)"]
    tick()
    assert call(client, f"{one}/arrests", {"how": "arrested", "place": "x", "necessity": "x"})[0] == 201
    assert call(client, "/api/v1/wanted")[1]["wanted"] == []
    until = (clock.now() + 10 * DAY).isoformat()
    told = {"until": until, "reason": "x", "views": "x", "authority": "custody_officer", "conditions": "Stay away"}
    status, found = call(client, f"{one}/bail", told)
    assert (status, found[0]["standing"], found[0]["conditions"]) == (201, "on bail with conditions", "Stay away")
    far = told | {"until": (clock.now() + 200 * DAY).isoformat()}
    assert call(client, f"{one}/bail", far)[0] == 409
    assert call(client, f"{one}/bail-end", {"how": "answered", "reason": "x"})[0] == 201
    assert call(client, f"{one}/releases", {"reason": "x"})[0] == 201
    assert call(client, f"{one}/release-reviews", {"findings": "x"})[0] == 201
    assert call(client, f"{one}/interviews", {"place": "x", "reason": "x"})[0] == 201
    charged = {"offences": "Theft", "decided_by": "police", "authority_words": "x"}
    assert call(client, f"{one}/charges", charged)[0] == 201
    assert call(client, f"{one}/hearings", {"court": "x", "held_on": "2999-01-01"})[0] == 201
    disposal = {"kind": "simple_caution", "reason": "x", "views": "x", "admitted": True}
    assert call(client, f"{one}/disposals", disposal)[0] == 201
    tick()
    assert call(client, f"{one}/no-further-action", {"reason": "x"})[0] == 201
    status, found = call(client, of)
    assert (status, found[0]["standing"], found[0]["charged_with"]) == (200, "no further action", "Theft")


@pytest.mark.parametrize(("path", "given", "status"), [
    ("crimes/CR-9-2026/suspects", None, 404), ("crimes/nonsense/suspects", None, 404),
    ("crimes/CR-9-2026/suspects/1/wanted", {"reason": "x"}, 404), ("crimes/CR-9-2026/suspects/x/wanted", {}, 422),
    ("crimes/CR-9-2026/suspects/1/bail", {"until": "tomorrow"}, 422), ("wanted/1/cancel", {"reason": "x"}, 404),
    ("crimes/CR-9-2026/suspects/1/arrests", {"how": "x", "place": "x", "necessity": "x"}, 422),
    ("crimes/CR-9-2026/suspects/1/charges", [], 422), ("wanted?page=0", None, 422),
])  # fmt: skip
def test_what_the_api_cannot_take_is_refused_clearly(force: Force, path: str, given: object, status: int) -> None:
    assert call(signed_in(force, Role.INSPECTOR), f"/api/v1/{path}", given)[0] == status
    assert call(Client(), f"/api/v1/{path}", given)[0] == 401


def test_a_person_who_is_not_there_is_not_wanted(force: Force) -> None:
    with pytest.raises(NotFoundError):
        services.want(recorded(force).id, 10**9, "x", force.one(Role.RESPONSE))
