"""Values: each once, present first, contradictions marked, withdrawn ones apart."""

from __future__ import annotations

import datetime as dt
from itertools import count

from iops.foundation.models import User
from iops.pole.models import Birth, Detail, Identifier, Name
from iops.pole.records import values
from iops.pole.said import birth

TODAY = dt.date(2019, 7, 5)
AT = dt.datetime(2019, 7, 1, 12, tzinfo=dt.UTC)
ids = count(1)
BY = User(id=1, name="A. Recorder")


def name(full: str, kind: str = "main", **told: object) -> Name:
    number = next(ids)
    return Name(**{"id": number, "full": full, "kind": kind, "recorded_at": AT, "recorded_by": BY} | told)


def detail(kind: str, value: str, **told: object) -> Detail:
    return Detail(**{"id": next(ids), "kind": kind, "value": value, "recorded_at": AT} | told)


def born(said: str) -> Birth:
    read = birth(said, TODAY)
    return Birth(
        id=next(ids), precision=read.precision, earliest=read.earliest, latest=read.latest, said=said, recorded_at=AT
    )


def day(year: int) -> dt.date:
    return dt.date(year, 1, 1)


def conflicting(section: values.Section) -> list[str]:
    return [v.text for v in section.standing if v.conflicts]


class TestOnce:
    def test_what_two_nominals_say_is_shown_once_with_both_rows_and_the_surest_of_them(self) -> None:
        section = values.names([name("Jo  Bloggs", confidence="likely"), name("JO BLOGGS")], TODAY)
        assert [(len(v.rows), v.confidence, v.unverified) for v in section.standing] == [(2, "likely", False)]

    def test_two_periods_of_one_value_are_two(self) -> None:
        found = values.names([name("Jo", since=day(2000), until=day(2001)), name("Jo", since=day(2010))], TODAY)
        assert [(v.period, v.present) for v in found.standing] == [
            ("since 1 January 2010", True),
            ("1 January 2000 to 1 January 2001", False),
        ]

    def test_withdrawn_ones_are_apart_and_say_why_and_count_for_nothing(self) -> None:
        wrong = name("Jon", withdrawn_at=AT, withdrawn_reason="Mistyped", withdrawn_by=BY)
        section = values.names([name("Jo"), wrong], TODAY)
        assert [v.text for v in section.withdrawn] == ["Jon"]
        assert "Mistyped" in section.withdrawn[0].withdrawal
        assert values.quality([section]) == values.Quality(1, 1, 0)
        assert conflicting(section) == []

    def test_a_period_that_begins_or_ends_today_holds_today(self) -> None:
        rows = [name("A", since=TODAY), name("B", until=TODAY), name("C", since=TODAY + dt.timedelta(1))]
        assert {v.text: v.present for v in values.names(rows, TODAY).standing} == {"A": True, "B": True, "C": False}

    def test_provenance_says_from_whom_how_sure_by_whom_and_when(self) -> None:
        told = name("Jo", source="document", source_detail="passport", confidence="confirmed")
        assert values.names([told], TODAY).standing[0].provenance == (
            "From a document seen (passport), confirmed. Recorded by A. Recorder at 13:00 on 1 Jul 2019",
        )

    def test_nothing_is_an_empty_section(self) -> None:
        assert values.names([], TODAY).standing == ()
        assert values.details([], TODAY) == ()
        assert values.quality([]) == values.Quality(0, 0, 0)


class TestConflicts:
    def test_two_main_names_at_one_time(self) -> None:
        rows = [name("Jo Bloggs"), name("Joe Bloggs"), name("Joey", kind="nickname")]
        assert sorted(conflicting(values.names(rows, TODAY))) == ["Jo Bloggs", "Joe Bloggs"]

    def test_one_main_name_after_another_is_none(self) -> None:
        rows = [name("Jo Maiden", until=day(2001)), name("Jo Married", since=day(2002))]
        assert conflicting(values.names(rows, TODAY)) == []

    def test_births_that_no_day_satisfies(self) -> None:
        fit = values.births([born("12/3/1985"), born("March 1985"), born("30s")], TODAY)
        assert conflicting(fit) == []
        apart = values.births([born("12/3/1985"), born("April 1985")], TODAY)
        assert len(conflicting(apart)) == 2

    def test_details_of_which_there_is_one(self) -> None:
        found = values.details(
            [
                detail("sex", "male"),
                detail("sex", "Female"),
                detail("language", "Polish"),
                detail("language", "English"),
                detail("ethnicity_self", "White: Irish"),
                detail("ethnicity_officer", "IC4"),
            ],
            TODAY,
        )
        marked = {s.title: conflicting(s) for s in found if conflicting(s)}
        assert {title: sorted(texts) for title, texts in marked.items()} == {"Sex": ["Female", "male"]}
        assert [s.title for s in found if "thnicity" in s.title] == [
            "Ethnicity, self-defined (18+1)",
            "Ethnicity, officer-defined",
        ]

    def test_numbers_of_a_scheme_that_gives_one_however_they_are_written(self) -> None:
        def number(kind: str, value: str) -> Identifier:
            return Identifier(id=next(ids), kind=kind, value=value, recorded_at=AT)

        alike = [number("pnc", "19/123456A"), number("pnc", "19123456a"), number("legacy", "1"), number("legacy", "2")]
        assert conflicting(values.identifiers(alike, TODAY)) == []
        assert len(conflicting(values.identifiers([*alike, number("pnc", "20/1B")], TODAY))) == 2
