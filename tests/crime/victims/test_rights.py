"""A victim's rights: enhanced by default and ended by two people, needs, contact, offers, letters, review."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction

from iops.control import services as control
from iops.crime.models import (
    ContactPlan,
    EnhancedRemoval,
    ReviewAnswer,
    VictimLetter,
    VictimTold,
)
from iops.crime.recorded import deciding, life
from iops.crime.victims import selectors, services, telling
from iops.crime.victims.finding import standing_of
from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.foundation.roles import Role
from iops.obligations.conservation import check_conservation
from iops.obligations.models import Obligation
from tests.crime.victims.scene import abused, duties, not_prosecuted, of_victim, victim_of
from tests.force import Force
from tests.foundation.consulting import assert_consulted

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from iops.crime.models import CrimeVictim

    Clock = Callable[[str], AbstractContextManager[None]]

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> Force:
    return Force()


def ended(force: Force, victim: CrimeVictim) -> None:
    not_prosecuted(victim, force.one(Role.SERGEANT), "He does not wish to go on")


# --- enhanced rights end by two people -------------------------------------------------------------------------------


def test_a_victim_of_domestic_abuse_has_enhanced_rights_until_two_people_agree_that_not(force: Force) -> None:
    victim = abused(force)
    assert (standing_of(victim).enhanced, standing_of(victim).by_nature) == (True, "domestic abuse")
    asked = services.ask_removal(victim.id, "He was never her partner", force.one(Role.RESPONSE))
    assert standing_of(victim).enhanced
    services.decide_removal(asked.id, True, "Seen the papers", force.one(Role.SERGEANT))
    assert not standing_of(victim).enhanced


def test_a_supervisor_may_keep_the_rights(force: Force) -> None:
    victim = abused(force)
    asked = services.ask_removal(victim.id, "She says she needs none", force.one(Role.RESPONSE))
    services.decide_removal(asked.id, False, "That is no reason", force.one(Role.SERGEANT))
    assert standing_of(victim).enhanced
    with pytest.raises(ConflictError, match="decided"):
        services.decide_removal(asked.id, True, "After all", force.one(Role.INSPECTOR))


def test_whoever_asks_does_not_decide_nor_does_a_constable(force: Force) -> None:
    victim, sergeant = abused(force), force.one(Role.SERGEANT)
    asked = services.ask_removal(victim.id, "Not a partner", sergeant)
    with pytest.raises(NotAllowedError, match="Whoever asked"):
        services.decide_removal(asked.id, True, "Mine", sergeant)
    with pytest.raises(NotAllowedError, match="sergeant"):
        services.decide_removal(asked.id, True, "Mine", force.one(Role.RESPONSE))
    with pytest.raises(NotFoundError):
        services.decide_removal(10**9, True, "Mine", force.one(Role.INSPECTOR))
    with pytest.raises(ConflictError, match="asked already"):
        services.ask_removal(victim.id, "Again", force.one(Role.RESPONSE))
    assert standing_of(victim).enhanced


def test_the_database_holds_the_second_person_too(force: Force) -> None:
    victim, sergeant, officer = abused(force), force.one(Role.SERGEANT), force.one(Role.RESPONSE)
    asked = services.ask_removal(victim.id, "Not a partner", sergeant)
    for who, refusal in ((sergeant, "enhanced_removal_second_person"), (officer, "A supervisor decides")):
        with pytest.raises(DatabaseError, match=refusal), transaction.atomic():
            EnhancedRemoval.objects.filter(id=asked.id).update(
                agreed=True, decided_at=clock.now(), decided_by=who, words="x"
            )
    with pytest.raises(DatabaseError, match="asks and decides at once"), transaction.atomic():
        EnhancedRemoval.objects.create(
            victim=victim, crime=victim.crime, reason="x", asked_at=clock.now(), asked_by=officer,
            agreed=True, decided_at=clock.now(), decided_by=sergeant, words="x",
        )  # fmt: skip
    assert standing_of(victim).enhanced


def test_what_was_asked_is_not_reworded_in_the_deciding(force: Force) -> None:
    asked = services.ask_removal(abused(force).id, "Not a partner", force.one(Role.RESPONSE))
    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        EnhancedRemoval.objects.filter(id=asked.id).update(
            reason="other", agreed=True, decided_at=clock.now(), decided_by=force.one(Role.SERGEANT), words="x"
        )


def test_a_later_assessment_gives_the_rights_back(force: Force, on: Clock) -> None:
    with on("2026-11-20 10:00"):
        victim = abused(force)
        asked = services.ask_removal(victim.id, "Not a partner", force.one(Role.RESPONSE))
        services.decide_removal(asked.id, True, "Right", force.one(Role.SERGEANT))
    with on("2026-11-20 12:00"):
        services.assess_needs(victim.id, "Threatened since", force.one(Role.RESPONSE), groups=["intimidated"])
        assert standing_of(victim).enhanced


def test_who_has_no_enhanced_rights_cannot_lose_them(force: Force) -> None:
    with pytest.raises(ConflictError, match="no enhanced rights"):
        services.ask_removal(victim_of(force).id, "x", force.one(Role.RESPONSE))


def test_an_assessment_that_names_no_group_takes_nothing_away(force: Force) -> None:
    victim = abused(force)
    services.assess_needs(victim.id, "Seems calm", force.one(Role.RESPONSE))
    assert standing_of(victim).enhanced


# --- needs and support -----------------------------------------------------------------------------------------------


def test_needs_services_and_contact_are_owed_and_met(force: Force) -> None:
    victim, officer = victim_of(force), force.one(Role.RESPONSE)
    assert of_victim(victim) == dict.fromkeys(
        ("crime-victim-needs", "crime-victim-services", "victim-contact-agreed"), "open"
    )
    services.assess_needs(victim.id, "Spoke to him", officer, needs="None", special_measures="A screen")
    services.offer(victim.id, "services", "declined", officer, note="Not now")
    services.agree_contact(victim.id, "phone", 14, officer)
    assert set(of_victim(victim).values()) == {"met"}
    assert check_conservation().examples == []


def test_what_the_incident_owes_already_is_not_owed_twice_and_is_met_from_the_crime(force: Force) -> None:
    victim, officer = abused(force), force.one(Role.RESPONSE)
    assert set(of_victim(victim)) == {"victim-contact-agreed"}
    incident = Obligation.objects.filter(subject="victim_rights", record_id=victim.crime.incident_id)
    assert {row.met_at for row in incident} == {None}
    services.assess_needs(victim.id, "Spoke to her", officer)
    services.offer(victim.id, "services", "taken", officer)
    services.offer(victim.id, "services", "declined", officer)
    assert {row.met_at is None for row in incident.all()} == {False}
    assert check_conservation().examples == []


@pytest.mark.parametrize(
    "more",
    [{"groups": ["rich"]}, {"needs": "\x00"}, {"special_measures": "x" * 20_001}, {"groups": ["vulnerable", ""]}],
)
def test_an_assessment_is_refused_whole(force: Force, more: dict[str, object]) -> None:
    victim = victim_of(force)
    with pytest.raises(InvalidError):
        services.assess_needs(victim.id, "x", force.one(Role.RESPONSE), **more)  # type: ignore[arg-type]
    assert not victim.assessments.exists()


@pytest.mark.parametrize(("what", "answer"), [("money", "told"), ("vps", "maybe"), ("", "")])
def test_only_known_entitlements_and_answers(force: Force, what: str, answer: str) -> None:
    with pytest.raises(InvalidError):
        services.offer(victim_of(force).id, what, answer, force.one(Role.RESPONSE))


# --- contact ---------------------------------------------------------------------------------------------------------


def contacts(victim: CrimeVictim) -> list[tuple[str, bool]]:
    """Until when each contact owed the next, and whether it came."""
    found = Obligation.objects.filter(rule_id="victim-contact-kept", record_id=victim.crime_id).order_by("subject_id")
    return [(f"{row.due_at:%Y-%m-%d %H:%M}", row.met_at is not None) for row in found]


def test_each_contact_owes_the_next_as_often_as_was_agreed_across_the_change_of_the_clock(
    force: Force, on: Clock
) -> None:
    with on("2026-03-20 10:00"):
        victim, officer = victim_of(force), force.one(Role.RESPONSE)
        services.agree_contact(victim.id, "phone", 14, officer)
        # Ten in the morning in London is nine in UTC once the clocks have gone forward.
        assert contacts(victim) == [("2026-04-03 09:00", False)]
    with on("2026-04-01 12:00"):
        telling.tell(victim.id, [], "by telephone", "We have film", officer)
        assert contacts(victim) == [("2026-04-03 09:00", True), ("2026-04-15 11:00", False)]
        services.agree_contact(victim.id, "phone", 30, officer)
        assert contacts(victim)[-1] == ("2026-05-01 11:00", False)
    with on("2026-04-10 12:00"):
        ended(force, victim)
        assert all(met for _, met in contacts(victim))
    assert check_conservation().examples == []


def test_a_telling_before_anything_was_agreed_owes_no_next_one(force: Force) -> None:
    victim = victim_of(force)
    telling.tell(victim.id, [], "by telephone", "x", force.one(Role.RESPONSE))
    assert contacts(victim) == []


@pytest.mark.parametrize("days", [0, -1, 93, 10**6])
def test_how_often_is_between_a_day_and_three_months(force: Force, days: int) -> None:
    with pytest.raises(InvalidError, match="How often"):
        services.agree_contact(victim_of(force).id, "phone", days, force.one(Role.RESPONSE))


@pytest.mark.parametrize(("channel", "never"), [("pigeon", []), ("phone", ["phone"]), ("phone", ["smoke"])])
def test_the_channel_agreed_is_known_and_safe(force: Force, channel: str, never: list[str]) -> None:
    with pytest.raises(InvalidError):
        services.agree_contact(victim_of(force).id, channel, 7, force.one(Role.RESPONSE), never=never)
    assert not ContactPlan.objects.exists()


def test_the_officer_who_is_in_touch_is_somebody(force: Force) -> None:
    with pytest.raises(NotFoundError):
        services.agree_contact(victim_of(force).id, "phone", 7, force.one(Role.RESPONSE), officer_id=10**9)


# --- letters ---------------------------------------------------------------------------------------------------------


def test_a_letter_is_kept_word_for_word_and_is_the_telling(force: Force) -> None:
    victim, officer = victim_of(force), force.one(Role.RESPONSE)
    news = [victim.news.get().id]
    words = telling.draft_letter(victim.id, "recorded", "letter", news, {}, officer)
    assert victim.crime.reference in words
    assert not VictimTold.objects.exists()
    sent = telling.send_letter(victim.id, "recorded", "letter", news, words + "\n\nPS: your coat is here.", officer)
    sent.refresh_from_db()
    assert sent.text == words + "\n\nPS: your coat is here." == sent.told.words
    assert duties(victim) == {"victim-news": "met"}
    assert (sent.told.about, sent.told.how, sent.told.person_id) == ("recorded", "letter", victim.person_id)


def test_what_is_asked_is_answered_before_there_are_words(force: Force) -> None:
    victim, officer = victim_of(force), force.one(Role.RESPONSE)
    with pytest.raises(InvalidError, match="What was decided"):
        telling.draft_letter(victim.id, "outcome", "letter", [], {}, officer)
    made = telling.draft_letter(victim.id, "outcome", "letter", [], {"result": "{{ 7*7 }} <b>"}, officer)
    assert "{{ 7*7 }} <b>" in made


def test_nothing_is_sent_by_a_channel_that_is_not_safe(force: Force) -> None:
    victim, officer = victim_of(force), force.one(Role.RESPONSE)
    services.agree_contact(victim.id, "phone", 7, officer, never=["letter", "email"])
    for act in (
        lambda: telling.draft_letter(victim.id, "recorded", "letter", [], {}, officer),
        lambda: telling.send_letter(victim.id, "recorded", "email", [], "x", officer),
    ):
        with pytest.raises(ConflictError, match="not safe"):
            act()
    told = VictimTold.objects.get()
    with pytest.raises(DatabaseError, match="not safe"), transaction.atomic():
        VictimLetter.objects.create(
            victim=victim, crime=victim.crime, told=told, template="recorded", channel="letter", text="x",
            at=clock.now(), by=officer,
        )  # fmt: skip
    telling.send_letter(victim.id, "recorded", "text", [], "x", officer)
    services.agree_contact(victim.id, "letter", 7, officer)
    assert telling.send_letter(victim.id, "recorded", "letter", [], "x", officer).id


def test_a_discreet_plan_writes_discreet_words(force: Force) -> None:
    victim, officer = abused(force), force.one(Role.RESPONSE)
    services.agree_contact(victim.id, "text", 7, officer, discreet=True)
    words = telling.draft_letter(victim.id, "recorded", "text", [victim.news.get().id], {}, officer)
    assert victim.crime.reference not in words
    assert "crime" not in words.lower()


@pytest.mark.parametrize(
    ("template", "channel", "words"),
    [("none", "letter", "x"), ("recorded", "phone", "x"), ("recorded", "letter", ""), ("recorded", "text", "x" * 481)],
)
def test_a_letter_is_refused_whole(force: Force, template: str, channel: str, words: str) -> None:
    victim = victim_of(force)
    with pytest.raises(InvalidError):
        telling.send_letter(victim.id, template, channel, [], words, force.one(Role.RESPONSE))
    assert not VictimTold.objects.exists()


# --- the right to review ---------------------------------------------------------------------------------------------


def test_a_decision_not_to_prosecute_is_reviewed_by_somebody_without_a_part_in_it(force: Force) -> None:
    victim, inspector = victim_of(force), force.one(Role.INSPECTOR)
    ended(force, victim)
    asked = services.ask_review(victim.id, "I did want to go on", force.one(Role.RESPONSE))
    row = Obligation.objects.get(subject="victim_review", subject_id=asked.id)
    assert (row.rule_id, row.met_at) == ("victim-review-answer", None)
    with pytest.raises(NotAllowedError, match="had a part"):
        services.answer_review(asked.id, "upheld", "Fine", force.one(Role.SERGEANT))
    with pytest.raises(NotAllowedError, match="sergeant or above"):
        services.answer_review(asked.id, "upheld", "Fine", force.one(Role.RESPONSE))
    services.answer_review(asked.id, "overturned", "He was not asked", inspector)
    row.refresh_from_db()
    assert row.met_at is not None
    with pytest.raises(ConflictError, match="answered"):
        services.answer_review(asked.id, "upheld", "Again", inspector)
    assert check_conservation().examples == []


def test_the_database_refuses_a_review_by_somebody_with_a_part_in_the_case(force: Force) -> None:
    victim, inspector = victim_of(force), force.one(Role.INSPECTOR)
    life.review(victim.crime_id, "Looks thin", inspector)
    ended(force, victim)
    asked = services.ask_review(victim.id, "Look again", force.one(Role.RESPONSE))
    for who in (force.one(Role.SERGEANT), inspector, force.one(Role.RESPONSE)):
        with pytest.raises(DatabaseError, match="had a part"), transaction.atomic():
            ReviewAnswer.objects.create(
                request=asked, crime=victim.crime, result="upheld", reasons="x", at=clock.now(), by=who
            )
    assert services.answer_review(asked.id, "upheld", "Right", force.another(Role.INSPECTOR)).id


def test_only_a_decision_not_to_prosecute_that_stands_is_reviewed_and_once(force: Force) -> None:
    victim, officer = victim_of(force), force.one(Role.RESPONSE)
    with pytest.raises(ConflictError, match="no decision"):
        services.ask_review(victim.id, "Look again", officer)
    ended(force, victim)
    services.ask_review(victim.id, "Look again", officer)
    with pytest.raises(ConflictError, match="already"):
        services.ask_review(victim.id, "Look again", officer)
    deciding.reopen(victim.crime_id, "New footage", force.one(Role.SERGEANT))
    with pytest.raises(ConflictError, match="no decision"):
        services.ask_review(victim.id, "Look again", officer)


# --- what is shown ---------------------------------------------------------------------------------------------------


def met(victim: CrimeVictim, force: Force) -> dict[int, bool | None]:
    return {m.right.number: m.met for m in selectors.one(victim.id, force.one(Role.RESPONSE)).rights}


def test_each_right_shows_whether_it_was_met(force: Force) -> None:
    victim, officer = victim_of(force), force.one(Role.RESPONSE)
    before = met(victim, force)
    assert (before[1], before[2], before[6], before[9], before[11]) == (False, False, False, None, None)
    services.assess_needs(victim.id, "Spoke to him", officer)
    telling.tell(victim.id, [victim.news.get().id], "by telephone", "The number", officer)
    services.agree_contact(victim.id, "phone", 7, officer)
    for what in ("confirmation", "services", "compensation", "vps", "property", "complaint"):
        services.offer(victim.id, what, "told", officer)
    after = met(victim, force)
    assert [number for number, stands in after.items() if stands is False] == []
    assert {number for number, stands in after.items() if stands} == {1, 2, 3, 4, 5, 6, 7, 10, 12}


def test_who_is_owed_news_today_has_the_late_and_not_those_of_tomorrow(force: Force, on: Clock) -> None:
    officer = force.one(Role.RESPONSE)
    with on("2026-11-20 16:00"):
        abuse, theft = abused(force), victim_of(force)
    with on("2026-11-22 12:00"):
        assert rows(force) == []
    with on("2026-11-23 12:00"):
        assert rows(force) == [abuse.id]
    with on("2026-11-27 23:00"):
        assert rows(force) == [abuse.id, theft.id]
        telling.tell(abuse.id, [abuse.news.get().id], "by telephone", "x", officer)
        assert rows(force) == [theft.id]
        assert rows(force, mine=True) == []
        life.allocate(theft.crime_id, officer, "I was there", user_id=officer.id)
        assert rows(force, mine=True) == [theft.id]


def rows(force: Force, *, mine: bool = False) -> list[int]:
    found = selectors.owed_news(force.one(Role.RESPONSE), until=selectors.end_of_today(), mine=mine)
    assert found.total == len(found.rows)
    return [row.news.victim_id for row in found.rows]


def test_a_restricted_crime_hides_its_victims_and_what_they_are_owed(force: Force) -> None:
    victim, listed = abused(force), force.one(Role.SERGEANT)
    control.restrict(victim.crime.incident_id, [listed.id], [], "Officer involved", listed)
    other = force.another(Role.RESPONSE)
    with pytest.raises(NotFoundError):
        selectors.one(victim.id, other)
    assert selectors.owed_news(other).rows == ()
    with pytest.raises(NotFoundError):
        telling.tell(victim.id, [], "by telephone", "x", other)
    assert selectors.owed_news(listed).total == 1


def test_each_look_at_a_victim_is_logged(force: Force) -> None:
    victim = victim_of(force)
    officer = force.one(Role.RESPONSE)
    with assert_consulted("crime", [victim.crime_id], officer):
        selectors.one(victim.id, officer)
    with assert_consulted("crime", [victim.crime_id], officer):
        selectors.owed_news(officer)
