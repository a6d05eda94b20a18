"""A contact from the ring to its outcome: times, silence, call backs, links; what is owed until it has an outcome."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction

from iops.control import services as control
from iops.control.contact import selectors, services
from iops.control.contact.common import line_of
from iops.control.contact.figures import answer_times
from iops.control.contact.selectors import ContactsFilter, State
from iops.control.models import CallerNote, Contact, LogEntry
from iops.foundation import clock
from iops.foundation.context import acting
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.obligations.models import Obligation
from iops.obligations.selectors import WorklistFilter, worklist
from iops.pole import services as pole
from tests.foundation.acting_as import as_user
from tests.foundation.consulting import assert_consulted

if TYPE_CHECKING:
    from iops.foundation.models import User
    from tests.force import Force

pytestmark = pytest.mark.django_db
NUMBER = "07700 900123"


def owed(contact: Contact) -> dict[str, str]:
    rows = Obligation.objects.filter(subject="contact", subject_id=contact.id)
    return {row.rule_id: "met" if row.met_at else "open" for row in rows}


@pytest.fixture
def ringing(force: Force, handler: User) -> Contact:
    return services.ring(channel="999", by=handler, number=NUMBER, at=clock.now() - timedelta(seconds=30))


@pytest.fixture
def answered(ringing: Contact, handler: User) -> Contact:
    return services.answer(ringing.id, handler, at=clock.now() - timedelta(seconds=22))


def test_a_contact_that_rings_is_owed_an_outcome_until_it_has_one(ringing: Contact, handler: User) -> None:
    assert owed(ringing) == {"contact-outcome": "open"}
    services.answer(ringing.id, handler)
    services.end(ringing.id, handler)
    assert owed(ringing) == {"contact-outcome": "open"}
    services.conclude(ringing.id, "advice", "Told how to report lost property", handler)
    assert owed(ringing) == {"contact-outcome": "met"}


def test_the_duty_stands_on_the_worklist_of_whoever_takes_calls(ringing: Contact, handler: User) -> None:
    (row,) = worklist(handler, WorklistFilter()).page.rows
    assert (row.rule, row.record_id) == ("contact-outcome", ringing.id)
    assert row.label is not None
    assert row.label.reference == f"Contact {ringing.id}"


def test_an_incident_opened_from_a_contact_is_its_outcome_and_starts_when_it_was_answered(
    answered: Contact, handler: User
) -> None:
    incident = control.open_incident(
        where="1 Mill Lane", what="Shouting", call_back="", caller_name="Ann", by=handler, contact_id=answered.id
    )
    answered.refresh_from_db()
    assert (answered.outcome, answered.incident, incident.contact) == ("incident", incident, answered)
    assert incident.reported_at == answered.answered_at
    assert (answered.caller_name, answered.number) == ("Ann", NUMBER)
    assert owed(answered) == {"contact-outcome": "met"}
    assert Contact.objects.count() == 1


def test_a_contact_that_opens_its_incident_at_once_owes_nothing_of_its_own(force: Force) -> None:
    incident = force.incident(call_back=NUMBER)
    assert owed(incident.contact) == {}
    assert incident.contact.outcome == "incident"


def test_a_contact_written_past_the_services_is_owed_an_outcome_until_an_incident_points_to_it(
    force: Force, handler: User
) -> None:
    with acting(user_id=handler.id):
        contact = Contact.objects.create(channel="101", at=clock.now())
        with connection.cursor() as cursor:
            cursor.execute("select iops.settle_now()")
        assert owed(contact) == {"contact-outcome": "open"}
        incident = force.incident()
        incident.contact = contact
        incident.save()
        with connection.cursor() as cursor:
            cursor.execute("select iops.settle_now()")
    assert owed(contact) == {}


def test_two_incidents_are_not_opened_from_one_contact(answered: Contact, handler: User) -> None:
    control.open_incident(where="1 Mill Lane", what="Shouting", by=handler, contact_id=answered.id)
    with pytest.raises(ConflictError, match="outcome already"):
        control.open_incident(where="1 Mill Lane", what="Shouting", by=handler, contact_id=answered.id)


def test_the_exchange_tells_a_call_twice_and_it_is_one_contact(force: Force, handler: User) -> None:
    first = services.ring(channel="999", by=handler, call_id="BT-1")
    assert services.ring(channel="999", by=handler, call_id="BT-1") == first
    assert services.ring(channel="999", by=handler, call_id="BT-2") != first


def test_one_person_answers(ringing: Contact, handler: User, other: User) -> None:
    once = services.answer(ringing.id, handler)
    assert services.answer(ringing.id, handler).answered_at == once.answered_at
    with pytest.raises(ConflictError, match="has answered"):
        services.answer(ringing.id, other)


@pytest.mark.parametrize("verb", [services.answer, services.end, services.abandon])
def test_a_contact_that_is_not_there_is_not_found(verb: object, force: Force, handler: User) -> None:
    with pytest.raises(NotFoundError):
        verb(9_999_999, handler)  # type: ignore[operator]


def test_steps_out_of_order_are_refused(ringing: Contact, handler: User) -> None:
    with pytest.raises(InvalidError, match="before"):
        services.answer(ringing.id, handler, at=clock.now() - timedelta(hours=1))
    with pytest.raises(InvalidError, match="ahead"):
        services.answer(ringing.id, handler, at=clock.now() + timedelta(hours=1))
    with pytest.raises(ConflictError, match="Nobody has answered"):
        services.end(ringing.id, handler)
    services.abandon(ringing.id, handler)
    with pytest.raises(ConflictError, match="gone"):
        services.answer(ringing.id, handler)
    with pytest.raises(ConflictError):
        services.abandon(ringing.id, handler)
    with pytest.raises(ConflictError):
        services.end(ringing.id, handler)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("answered_at", "2001-01-01 00:00Z"),
        ("abandoned_at", "2001-01-01 00:00Z"),
        ("outcome", "advice"),
        ("channel", "pigeon"),
        ("call_back_by", "2030-01-01 00:00Z"),
    ],
)
def test_the_database_refuses_what_a_contact_cannot_be(column: str, value: str, ringing: Contact) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update control_contact set {column} = %s where id = %s", [value, ringing.id])


def test_a_999_caller_who_is_gone_must_be_called_back_and_one_attempt_keeps_the_duty(
    ringing: Contact, handler: User
) -> None:
    services.abandon(ringing.id, handler)
    assert owed(ringing) == {"contact-outcome": "open", "contact-abandoned": "open"}
    services.call_back(ringing.id, "no_answer", handler)
    assert owed(ringing) == {"contact-outcome": "open", "contact-abandoned": "met"}
    duty = Obligation.objects.get(rule_id="contact-abandoned")
    ringing.refresh_from_db()
    assert ringing.abandoned_at is not None
    assert duty.due_at - ringing.abandoned_at == timedelta(minutes=5)


def test_a_101_caller_who_is_gone_owes_an_outcome_alone(force: Force, handler: User) -> None:
    contact = services.ring(channel="101", by=handler)
    services.abandon(contact.id, handler)
    assert owed(contact) == {"contact-outcome": "open"}


def test_a_promise_is_kept_by_reaching_the_caller_and_not_by_trying(answered: Contact, handler: User) -> None:
    due = clock.now() + timedelta(hours=2)
    services.promise_call_back(answered.id, due, handler)
    assert Obligation.objects.get(rule_id="contact-call-back").due_at == due + timedelta(minutes=1)
    services.call_back(answered.id, "voicemail", handler)
    assert owed(answered)["contact-call-back"] == "open"
    services.call_back(answered.id, "reached", handler)
    assert owed(answered)["contact-call-back"] == "met"


def test_a_call_back_is_owed_of_a_contact_that_opened_its_incident_at_once(force: Force, handler: User) -> None:
    incident = force.incident()
    services.promise_call_back(incident.contact_id, clock.now() + timedelta(hours=1), handler)
    assert owed(incident.contact) == {"contact-call-back": "open", "contact-outcome": "met"}
    assert Contact.objects.get().incident == incident


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(seconds=-1), timedelta(days=29)])
def test_a_promise_is_for_a_time_to_come(ahead: timedelta, answered: Contact, handler: User) -> None:
    with pytest.raises(InvalidError):
        services.promise_call_back(answered.id, clock.now() + ahead, handler)


def test_not_ringing_a_caller_in_danger_is_a_decision_with_words(ringing: Contact, handler: User) -> None:
    services.abandon(ringing.id, handler)
    with pytest.raises(InvalidError):
        services.call_back(ringing.id, "unsafe", handler)
    services.call_back(ringing.id, "unsafe", handler, note="Her partner answers this telephone")
    assert owed(ringing)["contact-abandoned"] == "met"


def test_the_steps_of_a_silent_call_are_kept(answered: Contact, handler: User) -> None:
    services.note_silent(answered.id, by=handler, line="mobile", heard="distress", responded=False, pressed="yes")
    detail = selectors.contact(answered.id, handler)
    (silence,) = detail.silences
    assert (silence.heard, silence.responded, silence.pressed) == ("distress", False, "yes")
    assert [c.id for c in selectors.contacts(handler, ContactsFilter(state=State.SILENT)).rows] == [answered.id]
    with pytest.raises(InvalidError, match="mobiles"):
        services.note_silent(answered.id, by=handler, line="landline", pressed="yes")
    with pytest.raises(InvalidError, match="heard"):
        services.note_silent(answered.id, by=handler, heard="music")


def test_where_the_caller_is_is_told_more_than_once_and_the_latest_holds(answered: Contact, handler: User) -> None:
    services.place_caller(answered.id, by=handler, easting=371_500, northing=409_200, accuracy=35, source="network")
    services.place_caller(answered.id, by=handler, said="Behind the mill")
    detail = selectors.contact(answered.id, handler)
    assert len(detail.places) == 2
    assert detail.place is not None
    assert detail.place.said == "Behind the mill"


@pytest.mark.parametrize(
    "where",
    [
        {},
        {"said": "x" * 301},
        {"said": "a\x00b"},
        {"easting": 1},
        {"said": "x", "accuracy": 5},
        {"easting": 700_000, "northing": 1},
        {"easting": -1, "northing": 1},
        {"said": "x", "source": "crystal ball"},
    ],
)
def test_a_place_that_is_none_is_refused(where: dict[str, object], answered: Contact, handler: User) -> None:
    with pytest.raises(InvalidError):
        services.place_caller(answered.id, by=handler, **where)  # type: ignore[arg-type]


def test_the_nominal_of_a_caller_is_kept_when_it_is_known(answered: Contact, handler: User) -> None:
    person = pole.register_person("Ann Other", handler)
    services.name_caller(answered.id, by=handler, caller_name="Ann", person_id=person.id)
    services.name_caller(answered.id, by=handler, call_back="0161 496 0123")
    kept = selectors.contact(answered.id, handler).contact
    assert (kept.person, kept.caller_name, kept.call_back) == (person, "Ann", "0161 496 0123")
    with pytest.raises(NotFoundError):
        services.name_caller(answered.id, by=handler, person_id=9_999_999)


def test_linking_writes_a_line_on_the_incident_and_closes_nothing(
    answered: Contact, force: Force, handler: User
) -> None:
    incident = force.incident()
    services.name_caller(answered.id, by=handler, caller_name="Ann")
    services.place_caller(answered.id, by=handler, said="Across the road")
    linked = services.link_to_incident(answered.id, incident.id, handler)
    assert (linked.outcome, linked.incident) == ("linked", incident)
    line = LogEntry.objects.get(incident=incident).text
    assert f"contact {answered.id}" in line
    assert "Caller: Ann. Call back: 07700 900123. Where the caller is: Across the road." in line
    incident.refresh_from_db()
    assert incident.closed_at is None
    assert owed(answered) == {"contact-outcome": "met"}
    assert answered.id in {c.id for c in selectors.contacts_of(incident.id, handler)}
    with pytest.raises(ConflictError):
        services.link_to_incident(answered.id, incident.id, handler)


def test_a_contact_is_not_linked_to_a_closed_incident(answered: Contact, force: Force, handler: User) -> None:
    incident = force.incident()
    control.close(incident.id, "x", handler)
    with pytest.raises(ConflictError, match="closed"):
        services.link_to_incident(answered.id, incident.id, handler)
    assert owed(answered) == {"contact-outcome": "open"}


def test_a_wrong_link_is_taken_back_and_the_outcome_is_owed_again(
    answered: Contact, force: Force, handler: User
) -> None:
    incident = force.incident()
    services.link_to_incident(answered.id, incident.id, handler)
    services.take_back_outcome(answered.id, "Another street of the same name", handler)
    assert owed(answered) == {"contact-outcome": "open"}
    assert LogEntry.objects.filter(incident=incident).count() == 2
    with pytest.raises(ConflictError, match="no outcome"):
        services.take_back_outcome(answered.id, "again", handler)


def test_an_opened_incident_is_not_unsaid(answered: Contact, handler: User) -> None:
    control.open_incident(where="x", what="y", by=handler, contact_id=answered.id)
    with pytest.raises(ConflictError, match="incident was opened"):
        services.take_back_outcome(answered.id, "mistake", handler)


@pytest.mark.parametrize("outcome", ["incident", "linked", "", "nothing", "no trace"])
def test_a_contact_is_concluded_by_an_outcome_of_the_list_with_words(
    outcome: str, answered: Contact, handler: User
) -> None:
    with pytest.raises(InvalidError):
        services.conclude(answered.id, outcome, "words", handler)
    with pytest.raises(InvalidError):
        services.conclude(answered.id, "no_trace", "  ", handler)
    assert owed(answered) == {"contact-outcome": "open"}


def test_the_contact_of_a_restricted_incident_is_as_hidden_as_the_incident(
    answered: Contact, force: Force, handler: User
) -> None:
    incident = force.incident()
    services.link_to_incident(answered.id, incident.id, handler)
    sergeant = force.one(Role.SERGEANT)
    control.restrict(incident.id, [], [], "Officer's family", sergeant)
    with as_user(sergeant):
        assert Obligation.objects.filter(subject="contact").count() == 1
    with as_user(handler):
        assert not Obligation.objects.filter(subject="contact").exists()
    with pytest.raises(NotFoundError):
        selectors.contact(answered.id, handler)
    assert selectors.contacts(handler, ContactsFilter()).rows == ()
    assert selectors.contact(answered.id, sergeant).contact == answered


def test_each_look_is_kept(answered: Contact, handler: User) -> None:
    with assert_consulted("contact", [answered.id], handler):
        selectors.contact(answered.id, handler)
    with assert_consulted("contact", [answered.id], handler):
        selectors.contacts(handler, ContactsFilter(number="+447700900123"))


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("07700 900123", "7700900123"),
        ("+44 7700 900123", "7700900123"),
        ("0044 7700 900123", "7700900123"),
        ("(0161) 496-0123", "1614960123"),
        ("Flat 3, ring 0161 496 0123 after six", "1614960123"),
        ("+33 1 23 45 67 89", "33123456789"),
        ("not known", ""),
        ("12 Mill Lane", ""),
        ("", ""),
    ],
)
def test_a_number_is_the_same_line_however_it_is_written_in_python_as_in_sql(written: str, line: str) -> None:
    assert line_of(written) == line
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(iops.line_of(%s), '')", [written])
        assert cursor.fetchone() == (line,)


def test_contacts_are_listed_by_where_they_stand(force: Force, handler: User) -> None:
    ringing = services.ring(channel="999", by=handler, number="0161 496 0001")
    gone = services.ring(channel="999", by=handler)
    services.abandon(gone.id, handler)
    talking = services.ring(channel="101", by=handler, number="0161 496 0002")
    services.answer(talking.id, handler)
    at_once = force.incident(call_back="0161 496 0001").contact

    def listed(**wanted: object) -> set[int]:
        return {c.id for c in selectors.contacts(handler, ContactsFilter(**wanted)).rows}  # type: ignore[arg-type]

    assert listed() == {ringing.id, gone.id, talking.id, at_once.id}
    assert listed(state=State.RINGING) == {ringing.id}
    assert listed(state=State.TALKING) == {talking.id}
    assert listed(state=State.WITHOUT_OUTCOME) == {ringing.id, gone.id, talking.id}
    assert listed(state=State.CALL_BACK) == listed(state=State.ABANDONED) == {gone.id}
    services.call_back(gone.id, "no_number", handler)
    assert listed(state=State.CALL_BACK) == set()
    assert listed(number="+441614960001") == {ringing.id, at_once.id}
    assert listed(number="nobody") == set()
    assert listed(channel="101") == {talking.id}
    assert [c.id for c in selectors.ringing(handler)] == [ringing.id]


def test_answer_times_are_counted_by_channel(force: Force, handler: User) -> None:
    now = clock.now()
    for seconds in (2, 4, 10, 11, 40):
        rang = now - timedelta(minutes=5)
        contact = services.ring(channel="999", by=handler, at=rang)
        services.answer(contact.id, handler, at=rang + timedelta(seconds=seconds))
    gone = services.ring(channel="999", by=handler, at=now - timedelta(minutes=4))
    services.abandon(gone.id, handler)
    services.ring(channel="101", by=handler, at=now - timedelta(minutes=3))
    with acting(user_id=handler.id):
        emergency, other = answer_times(now - timedelta(hours=1), clock.now())
        assert answer_times(now - timedelta(hours=2), now - timedelta(hours=1)) == ()
    assert (emergency.rang, emergency.answered, emergency.gone) == (6, 5, 1)
    assert (emergency.mean, emergency.median, emergency.nine_in_ten) == (13_400, 10_000, 40_000)
    assert (emergency.in_target, emergency.target_percent) == (3, 60)
    assert (other.channel, other.rang, other.answered, other.mean, other.target_percent) == ("101", 1, 0, None, None)


def test_a_note_on_a_caller_has_grounds_and_is_reviewed(force: Force, handler: User) -> None:
    sergeant = force.one(Role.SERGEANT)
    day = clock.today() + timedelta(days=90)

    def write(number: str, by: User) -> CallerNote:
        words = "Forty calls in May", "Ask for her daughter"
        return services.write_caller_note(number=number, grounds=words[0], handling=words[1], review_on=day, by=by)

    with pytest.raises(NotAllowedError):
        write(NUMBER, handler)
    note = write(NUMBER, sergeant)
    assert [n.id for n in selectors.caller_notes(handler, "+44 7700 900123")] == [note.id]
    assert selectors.caller_notes(handler, "0161 496 0123") == []
    assert Obligation.objects.get(rule_id="caller-note-review").met_at is None
    with pytest.raises(ConflictError, match="stands already"):
        write("+447700900123", sergeant)
    later = day + timedelta(days=30)
    services.review_caller_note(note.id, keep=True, words="Still so", by=sergeant, next_review=later)
    services.review_caller_note(note.id, keep=False, words="Calls have stopped", by=sergeant)
    assert Obligation.objects.get(rule_id="caller-note-review").met_at is not None
    assert selectors.caller_notes(handler, NUMBER) == []
    with pytest.raises(ConflictError, match="ended"):
        services.review_caller_note(note.id, keep=False, words="again", by=sergeant)


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": ""},
        {"number": "no number"},
        {"number": "0" * 41},
        {"grounds": " "},
        {"handling": ""},
        {"review_on": None},
        {"review_on": timedelta(days=0)},
        {"review_on": timedelta(days=366)},
    ],
)
def test_a_note_that_cannot_stand_is_refused(wrong: dict[str, object], force: Force) -> None:
    day = clock.today()
    told: dict[str, object] = {
        "number": NUMBER,
        "grounds": "x",
        "handling": "y",
        "review_on": timedelta(days=9),
    } | wrong
    ahead = told["review_on"]
    told["review_on"] = day + ahead if isinstance(ahead, timedelta) else None
    with pytest.raises(InvalidError):
        services.write_caller_note(by=force.one(Role.SERGEANT), **told)  # type: ignore[arg-type]
