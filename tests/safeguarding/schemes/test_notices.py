"""Protection notices: who may authorise one, 48 court hours to the hearing, and a lapse that is never silent."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction

from iops.control.models import LogEntry
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError
from iops.safeguarding.models import NoticeStep, ProtectionNotice
from iops.safeguarding.schemes import notices
from iops.safeguarding.schemes.notices import Notice
from tests.safeguarding.schemes.conftest import Unit, duties, london

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from typing import Any

    Clock = Callable[[str], AbstractContextManager[None]]

pytestmark = pytest.mark.django_db


def served(unit: Unit, at: str, **changed: Any) -> ProtectionNotice:
    """A DAPN served at a wall time, unless told otherwise."""
    incident = changed.pop("incident", None) or unit.incident(at)
    told: dict[str, Any] = {
        "kind": "dapn",
        "victim_id": unit.person("Ann Brown").id,
        "respondent_id": unit.person("Bob Brown", "1980-01-02").id,
        "authoriser": "Inspector 1234 (made up)",
        "authorised_rank": "inspector",
        "grounds": "He has threatened her",
        "served_at": london(at),
    }
    return notices.serve_notice(incident.id, Notice(**(told | changed)), unit.officer)


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2026-11-10 10:00", "2026-11-12 10:00"),  # a Tuesday
        ("2026-11-13 18:00", "2026-11-16 18:00"),  # Friday evening: Saturday counts, Sunday does not
        ("2026-11-15 09:00", "2026-11-18 00:00"),  # served on a Sunday, which does not count
        ("2026-12-24 16:00", "2026-12-30 16:00"),  # no 25, 26 (Boxing Day, a Saturday), 27 (Sunday), 28 (its Monday)
        ("2026-04-02 12:00", "2026-04-07 12:00"),  # Maundy Thursday: Good Friday and Easter Monday are left out
        ("2026-03-27 20:00", "2026-03-30 20:00"),  # over the Sunday on which the clocks go forward
        ("2025-10-24 20:00", "2025-10-27 20:00"),  # over the Sunday on which they go back
    ],
)
def test_the_hearing_is_owed_within_48_court_hours(unit: Unit, on: Clock, at: str, due: str) -> None:
    with on(at):
        found = duties("protection_notice", served(unit, at).id)
    assert (found["dapn-hearing"].due, found["dapn-hearing"].state) == (due, "open")
    assert "dvpn-hearing" not in found


def test_a_dvpn_is_owed_under_the_older_act(unit: Unit, on: Clock) -> None:
    with on("2019-07-05 12:00"):
        notice = served(unit, "2019-07-05 12:00", kind="dvpn", authorised_rank="superintendent")
        found = duties("protection_notice", notice.id)
    assert found["dvpn-hearing"].due == "2019-07-08 12:00"
    assert "dapn-hearing" not in found


@pytest.mark.parametrize(("served_on", "owed"), [("2024-11-26 10:00", False), ("2024-11-27 10:00", True)])
def test_a_dapn_is_owed_a_hearing_from_the_day_its_act_is_in_force(
    unit: Unit, on: Clock, served_on: str, owed: bool
) -> None:
    with on(served_on):
        assert ("dapn-hearing" in duties("protection_notice", served(unit, served_on).id)) is owed


def test_an_inspector_cannot_authorise_a_dvpn(unit: Unit) -> None:
    with pytest.raises(InvalidError, match="superintendent"):
        served(unit, "2026-11-10 10:00", kind="dvpn")


def test_the_database_refuses_an_inspectors_dvpn_too(unit: Unit) -> None:
    notice = served(unit, "2026-11-10 10:00")
    with pytest.raises(Exception, match="notice_rank_is_high_enough"), transaction.atomic():
        ProtectionNotice.objects.create(
            incident=notice.incident,
            kind="dvpn",
            victim=notice.victim,
            respondent=notice.respondent,
            authoriser="x",
            authorised_rank="inspector",
            authorised_at=notice.served_at,
            served_at=london("2026-11-11 10:00"),
            grounds="x",
        )


@pytest.mark.parametrize(("born", "taken"), [("2008-11-10", True), ("2008-11-11", False), ("", True)])
def test_a_notice_is_given_to_an_adult(unit: Unit, born: str, taken: bool) -> None:
    respondent = unit.person("Young One", born).id
    if taken:
        assert served(unit, "2026-11-10 10:00", respondent_id=respondent).respondent_id == respondent
    else:
        with pytest.raises(ConflictError, match="18 or over"):
            served(unit, "2026-11-10 10:00", respondent_id=respondent)


def test_what_cannot_be_is_refused(unit: Unit) -> None:
    ann = unit.person("Ann").id
    for wrong in (
        {"kind": "asbo"},
        {"authorised_rank": "constable"},
        {"grounds": "  "},
        {"authoriser": "x" * 201},
        {"authoriser": ""},
        {"grounds": "x\x00"},
        {"victim_id": ann, "respondent_id": ann},
        {"served_at": london("2999-01-01 10:00")},
        {"served_at": london("2026-11-10 10:00").replace(tzinfo=None)},
        {"authorised_at": london("2026-11-10 10:01")},
    ):
        with pytest.raises(InvalidError):
            served(unit, "2026-11-10 10:00", **wrong)
    assert not ProtectionNotice.objects.exists()


def test_the_same_notice_is_not_written_down_twice(unit: Unit) -> None:
    notice = served(unit, "2026-11-10 10:00")
    again = {"incident": notice.incident, "respondent_id": notice.respondent_id}
    with pytest.raises(ConflictError, match="already"):
        served(unit, "2026-11-10 10:00", **again)


def test_whoever_takes_no_part_gives_no_notice(unit: Unit) -> None:
    told = Notice("dapn", 1, 2, "x", "inspector", "x", london("2026-11-10 10:00"))
    with pytest.raises(NotAllowedError):
        notices.serve_notice(unit.incident().id, told, unit.stranger)


def test_a_hearing_in_time_meets_both_duties(unit: Unit, on: Clock) -> None:
    with on("2026-11-10 12:00"):
        notice = served(unit, "2026-11-10 10:00")
        notices.notice_step(notice.id, "listed", unit.officer, listed_for=london("2026-11-11 14:00"))
        found = duties("protection_notice", notice.id)
        assert (found["notice-hearing-listed"].state, found["dapn-hearing"].state) == ("met", "open")
    with on("2026-11-11 15:00"):
        notices.notice_step(notice.id, "order_made", unit.officer, note="Not to go to her home")
        assert duties("protection_notice", notice.id)["dapn-hearing"].state == "met"
        assert notices.note_lapses() == 0


def test_a_listing_for_too_late_does_not_meet_the_duty_to_list(unit: Unit, on: Clock) -> None:
    with on("2026-11-10 12:00"):
        notice = served(unit, "2026-11-10 10:00")
        notices.notice_step(notice.id, "listed", unit.officer, listed_for=london("2026-11-12 10:01"))
        assert duties("protection_notice", notice.id)["notice-hearing-listed"].state == "open"


def test_an_adjournment_keeps_the_notice_in_force(unit: Unit, on: Clock) -> None:
    with on("2026-11-12 09:00"):
        notice = served(unit, "2026-11-10 10:00")
        notices.notice_step(notice.id, "adjourned", unit.officer, listed_for=london("2026-11-18 10:00"))
    with on("2026-11-16 09:00"):
        assert notices.note_lapses() == 0
        assert duties("protection_notice", notice.id)["dapn-hearing"].state == "met"


def test_a_lapse_is_written_down_told_on_the_log_and_owed_to_an_inspector(unit: Unit, on: Clock) -> None:
    with on("2026-11-10 12:00"):
        notice = served(unit, "2026-11-10 10:00")
    with on("2026-11-12 10:00"):
        assert notices.note_lapses() == 0
    with on("2026-11-12 10:05"):
        assert notices.note_lapses() == 1
        assert notices.note_lapses() == 0
        found = duties("protection_notice", notice.id)
        assert (found["notice-lapsed"].due, found["notice-lapsed"].state) == ("2026-11-12 12:00", "open")
        assert found["dapn-hearing"].state == "open"
        lines = LogEntry.objects.filter(incident=notice.incident, kind="system").values_list("text", flat=True)
        assert [line for line in lines if "lapsed" in line]
        with pytest.raises(NotAllowedError):
            notices.review_lapse(notice.id, "Court was full", unit.sergeant)
        notices.review_lapse(notice.id, "Court was full; she is in a refuge", unit.inspector)
        assert duties("protection_notice", notice.id)["notice-lapsed"].state == "met"


def test_after_a_lapse_a_hearing_counts_only_if_it_was_before(unit: Unit, on: Clock) -> None:
    with on("2026-11-10 12:00"):
        notice = served(unit, "2026-11-10 10:00")
    with on("2026-11-13 10:00"):
        notices.note_lapses()
        with pytest.raises(ConflictError, match="lapsed before"), transaction.atomic():
            notices.notice_step(notice.id, "order_made", unit.officer)
        notices.notice_step(notice.id, "order_made", unit.officer, at=london("2026-11-12 09:30"))
        assert duties("protection_notice", notice.id)["dapn-hearing"].state == "met"


@pytest.mark.parametrize(("ends_on", "taken"), [(None, False), (23, False), (24, True), (38, True), (39, False)])
def test_a_dvpo_runs_for_14_to_28_days(unit: Unit, on: Clock, ends_on: int | None, taken: bool) -> None:
    last = None if ends_on is None else dt.date(2026, 11, 11) + dt.timedelta(days=ends_on - 11)
    with on("2026-11-11 15:00"):
        notice = served(unit, "2026-11-10 10:00", kind="dvpn", authorised_rank="superintendent")
        if taken:
            assert notices.notice_step(notice.id, "order_made", unit.officer, ends_on=last).ends_on == last
        else:
            with pytest.raises(ConflictError, match="14 to 28"):
                notices.notice_step(notice.id, "order_made", unit.officer, ends_on=last)


def test_nothing_follows_the_end_and_only_a_lapse_is_reviewed(unit: Unit, on: Clock) -> None:
    with on("2026-11-11 15:00"):
        notice = served(unit, "2026-11-10 10:00")
        with pytest.raises(ConflictError, match="Only a lapse"), transaction.atomic():
            notices.review_lapse(notice.id, "x", unit.inspector)
        with pytest.raises(ConflictError, match="before it is served"), transaction.atomic():
            notices.notice_step(notice.id, "refused", unit.officer, at=london("2026-11-10 09:59"), note="x")
        notices.notice_step(notice.id, "withdrawn", unit.officer, note="She asked for it")
        for kind in ("order_made", "refused", "withdrawn", "listed"):
            listed_for = london("2026-11-11 16:00") if kind == "listed" else None
            with pytest.raises(ConflictError), transaction.atomic():
                notices.notice_step(notice.id, kind, unit.officer, note="x", listed_for=listed_for)
        assert duties("protection_notice", notice.id) == {}


def test_what_is_missing_in_a_step_is_told(unit: Unit, on: Clock) -> None:
    with on("2026-11-11 15:00"):
        notice = served(unit, "2026-11-10 10:00")
        for wrong in (
            {"kind": "lapsed"},
            {"kind": "reviewed"},
            {"kind": "listed"},
            {"kind": "refused"},
            {"kind": "order_made", "listed_for": london("2026-11-12 10:00")},
            {"kind": "refused", "note": "x", "ends_on": london("2026-11-12 10:00").date()},
            {"kind": "order_made", "at": london("2026-11-11 15:01")},
        ):
            with pytest.raises(InvalidError):
                notices.notice_step(notice.id, by=unit.officer, **wrong)


def test_a_lapse_cannot_be_written_before_it_is_one(unit: Unit) -> None:
    notice = served(unit, "2026-11-21 10:00")
    with pytest.raises(Exception, match="has not lapsed"), transaction.atomic():
        NoticeStep.objects.create(notice=notice, incident=notice.incident, kind="lapsed", at=london("2026-11-23 10:00"))
    with connection.cursor() as cursor, pytest.raises(Exception, match=r"append|denied"):
        cursor.execute("update safeguarding_protectionnotice set served_at = now()")
