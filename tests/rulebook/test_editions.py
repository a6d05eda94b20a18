"""Editions: each rule says what it said on the day, and the day of a change belongs to the new edition."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from iops.foundation.errors import NotFoundError
from iops.rulebook.loader import load_rulebook

if TYPE_CHECKING:
    from pathlib import Path

    from iops.rulebook.edition import Rulebook

DAY = dt.timedelta(days=1)

GAP = """kind: duties
rules:
  - code: came-and-went
    title: A duty with a gap
    subject: incident
    basis: {instrument: Some Act, clause: section 1}
    owner: response
    in_force:
      - from: 2010-04-01
        to: 2012-03-31
        arises: domestic
        clock: {starts: reported_at, within: 1 hour}
        met: {when: closed_at is not null, at: closed_at}
      - from: 2014-10-26
        arises: domestic
        clock: {starts: reported_at, within: 2 hours}
        met: {when: closed_at is not null, at: closed_at}
      - from: 2019-03-31
        to: 2019-03-31
        arises: domestic
        clock: {starts: reported_at, within: 3 hours}
        met: {when: closed_at is not null, at: closed_at}
"""


@pytest.fixture
def gap(tmp_path: Path) -> Rulebook:
    (tmp_path / "gap.yaml").write_text(GAP, encoding="utf-8")
    return load_rulebook([tmp_path])


@pytest.mark.parametrize(
    ("day", "within"),
    [
        (dt.date(2010, 3, 31), None),
        (dt.date(2010, 4, 1), "1 hour"),
        (dt.date(2010, 4, 2), "1 hour"),
        (dt.date(2012, 3, 31), "1 hour"),
        (dt.date(2012, 4, 1), None),
        (dt.date(2014, 10, 25), None),
        (dt.date(2014, 10, 26), "2 hours"),
        (dt.date(2019, 3, 30), "2 hours"),
        (dt.date(2019, 3, 31), "3 hours"),
        (dt.date(2019, 4, 1), None),
    ],
)
def test_a_rule_says_what_it_said_on_that_day(gap: Rulebook, day: dt.date, within: str | None) -> None:
    edition = gap.rule("came-and-went").edition_on(day)
    assert (str(edition.clock.within) if edition else None) == within
    assert ("came-and-went" in gap.at(day)) is (within is not None)


def test_the_instants_of_an_edition_are_london_midnights(gap: Rulebook) -> None:
    first, second, third = gap.rule("came-and-went").editions
    assert first.starts_at == dt.datetime(2010, 3, 31, 23, tzinfo=dt.UTC)
    assert first.ends_at == dt.datetime(2012, 3, 31, 23, tzinfo=dt.UTC)
    # The clocks go back on 26 October 2014 and forward on 31 March 2019: both days begin at the old offset.
    assert second.starts_at == dt.datetime(2014, 10, 25, 23, tzinfo=dt.UTC)
    assert second.ends_at == third.starts_at == dt.datetime(2019, 3, 31, 0, tzinfo=dt.UTC)
    assert third.ends_at == dt.datetime(2019, 3, 31, 23, tzinfo=dt.UTC)


def test_the_limit_for_recording_a_crime_is_24_hours_from_april_2015(book: Rulebook) -> None:
    change = dt.date(2015, 4, 1)
    within = [
        str(book.at(day).edition("crime-recording-decision").clock.within)
        for day in (change - DAY, change, change + DAY)
    ]
    assert within == ["72 hours", "24 hours", "24 hours"]


def test_every_change_of_every_rule_is_exact_to_the_day(book: Rulebook) -> None:
    for rule in book.rules:
        for before, after in pairwise(rule.editions):
            assert before.end is not None
            assert before.end < after.start
            assert rule.edition_on(after.start) is after
            assert rule.edition_on(after.start + DAY) is after
            assert rule.edition_on(before.end) is before
        assert rule.edition_on(rule.editions[0].start - DAY) is None


def test_asking_for_a_rule_that_is_not_in_force_is_an_error_not_a_guess(book: Rulebook) -> None:
    with pytest.raises(NotFoundError, match="31 March 2002"):
        book.at(dt.date(2002, 3, 31)).edition("crime-recording-decision")
    with pytest.raises(NotFoundError):
        book.rule("no-such-rule")
    with pytest.raises(NotFoundError):
        book.rules_of("no-such-subject")


def test_the_rulebook_as_at_a_day_lists_what_is_in_force(book: Rulebook) -> None:
    now, before = book.at(dt.date(2026, 4, 1)), book.at(dt.date(1999, 12, 31))
    assert len(now) == len(book.rules)
    assert {rule.code for rule in book.rules} - {rule.code for rule, _ in book.at(dt.date(2026, 3, 31))} == {
        "reporter-told-of-refusal"
    }
    assert len(before) == 0
    assert {rule.code for rule, edition in now if edition.covers(now.day)} == {rule.code for rule in book.rules}
