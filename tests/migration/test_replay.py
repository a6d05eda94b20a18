"""Extracts become contacts and incidents under the same triggers as every other fact; every row is accounted for."""

from __future__ import annotations

import csv
import gzip
from itertools import islice
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from iops.control.models import Contact, Grading, Incident, LogEntry
from iops.control.services import mark_domestic, restrict
from iops.foundation.context import acting
from iops.foundation.errors import ConflictError, InvalidError, NotFoundError
from iops.foundation.models import District
from iops.foundation.roles import Role
from iops.migration import selectors
from iops.migration.mapping_loader import find
from iops.migration.models import Fate, LedgerRow, Load
from iops.migration.services import replay
from iops.obligations.conservation import check_conservation
from iops.obligations.models import Obligation
from tests.force import Force
from tests.migration.extracts import HEADER, extract, mapping, row, shared_calls

if TYPE_CHECKING:
    from pathlib import Path

    from iops.migration.selectors import Reconciliation

pytestmark = pytest.mark.django_db
PART = 12_000


def fates(found: Reconciliation) -> tuple[int, int, int]:
    """Rows loaded, exact duplicates, rejected."""
    return tuple(found.fates[fate].lines for fate in ("loaded", "duplicate", "rejected"))  # type: ignore[return-value]


def agree() -> bool:
    """Whether obligations are exactly what the rules ask of the loaded facts."""
    run = check_conservation()
    return (run.missing, run.surplus) == (0, 0)


def numbers() -> list[int]:
    """The numbers of every day, with the day's first number taken away: 0, 1, 2 ... when none is missing."""
    by_day: dict[object, list[int]] = {}
    for day, number in Incident.objects.order_by("day", "number").values_list("day", "number"):
        by_day.setdefault(day, []).append(number)
    return [number for found in by_day.values() for number in map(lambda n, i: n - i, found, range(1, len(found) + 1))]


def test_a_row_becomes_a_contact_an_incident_a_grade_and_a_line_of_the_log(tmp_path: Path) -> None:
    found = replay(mapping(tmp_path), extract(tmp_path, row(4)))
    assert fates(found) == (1, 0, 0)
    incident = Incident.objects.get()
    contact = incident.contact
    assert (contact.source, contact.source_key, contact.channel) == ("test-calls", "C4", "imported")
    assert (incident.where, incident.what, incident.domestic, incident.number) == (
        "4 Mill Lane",
        "Shouting heard",
        True,
        1,
    )
    assert incident.district == District.objects.get(code="T-2", name="Test area 2")
    assert Grading.objects.get().at == incident.reported_at == contact.at
    assert LogEntry.objects.get().text == "Urgency in the source: soon"
    assert LedgerRow.objects.get().contact_id == contact.id


def test_what_is_loaded_owes_what_the_rules_ask(tmp_path: Path) -> None:
    replay(mapping(tmp_path), extract(tmp_path, *(row(n) for n in range(40))))
    assert set(Obligation.objects.values_list("rule", flat=True)) == {
        "grade-incident", "crime-recording-decision", "attend-grade-1", "attend-grade-2",
        "resource-grade-1", "resource-grade-2", "da-record",
        "da-risk-assessment-unattended",
    }  # fmt: skip
    assert Obligation.objects.filter(rule="crime-recording-decision", met_at=None).count() == 40
    assert agree()


def test_numbers_of_a_day_have_no_gaps_over_batches_and_over_rejected_rows(tmp_path: Path) -> None:
    rows = [row(n, place="" if n % 7 == 0 else "1 Mill Lane") for n in range(200)]
    found = replay(mapping(tmp_path), extract(tmp_path, *rows), at_once=17)
    assert fates(found) == (171, 0, 29)
    assert set(numbers()) == {0}


def test_a_second_run_loads_nothing_and_says_so(tmp_path: Path) -> None:
    path = extract(tmp_path, row(1), row(2), row(2), "broken\n")
    first = replay(mapping(tmp_path), path)
    second = replay(mapping(tmp_path), path)
    assert fates(first) == fates(second) == (2, 1, 1)
    assert (first.source is not None, second.source) == (True, None)
    assert (Incident.objects.count(), LedgerRow.objects.count(), Load.objects.count()) == (2, 4, 1)
    assert second.unexplained == ()


def test_the_same_file_under_another_name_is_the_same_load(tmp_path: Path) -> None:
    path = extract(tmp_path, row(1))
    replay(mapping(tmp_path), path)
    again = replay(mapping(tmp_path), path.rename(tmp_path / "other.csv"))
    assert (again.source, Load.objects.count()) == (None, 1)


class TestDuplicates:
    """Rows that come again: in the same batch, in a later one, in another file."""

    @pytest.mark.parametrize("at_once", [1, 2, 1000])
    def test_an_exact_duplicate_names_the_line_it_repeats(self, tmp_path: Path, at_once: int) -> None:
        path = extract(tmp_path, row(1), row(2), row(1), row(1))
        found = replay(mapping(tmp_path, key="whole row"), path, at_once=at_once)
        assert fates(found) == (2, 2, 0)
        again = LedgerRow.objects.filter(fate=Fate.DUPLICATE).order_by("line")
        assert [(r.line, r.same_as_line, r.reason) for r in again] == [
            (4, 2, "the same row as line 2"),
            (5, 2, "the same row as line 2"),
        ]

    @pytest.mark.parametrize("at_once", [1, 1000])
    def test_a_key_that_comes_again_with_other_content_is_set_aside_and_kept(
        self, tmp_path: Path, at_once: int
    ) -> None:
        path = extract(tmp_path, row(4), row(4, said="Something else"), row(5))
        found = replay(mapping(tmp_path), path, at_once=at_once)
        assert fates(found) == (2, 0, 1)
        aside = LedgerRow.objects.get(fate=Fate.REJECTED)
        assert aside.reason == "the key stands on line 2 with other content"
        assert aside.raw is not None
        assert aside.raw["text"] == row(4, said="Something else").rstrip("\n")
        assert found.unexplained == ()
        assert found.fates["rejected"].domestic == 1

    def test_a_row_of_another_file_that_is_here_already_is_recognised(self, tmp_path: Path) -> None:
        replay(mapping(tmp_path), extract(tmp_path, row(1), row(2), name="may.csv"))
        delta = extract(tmp_path, row(2), row(1, said="Corrected"), row(3), name="june.csv")
        found = replay(mapping(tmp_path), delta)
        assert fates(found) == (1, 1, 1)
        told = dict(LedgerRow.objects.filter(load=found.load).exclude(fate=Fate.LOADED).values_list("line", "reason"))
        assert told == {
            2: "loaded before, from line 3 of may.csv",
            3: "the key was loaded before with other content, from line 2 of may.csv",
        }
        assert Contact.objects.count() == 3
        assert found.unexplained == ()

    def test_a_contact_that_no_ledger_knows_is_not_loaded_over(self, tmp_path: Path) -> None:
        with acting(reason="by another route"):
            at = "2022-05-01T00:00:00Z"
            Contact.objects.create(channel="imported", at=at, source="test-calls", source_key="C1")
        found = replay(mapping(tmp_path), extract(tmp_path, row(1)))
        assert fates(found) == (0, 0, 1)
        assert found.reasons == (("the key is here already, from no load of the ledger", 1),)

    def test_a_row_whose_incident_was_restricted_since_is_recognised_though_it_cannot_be_seen(
        self, tmp_path: Path
    ) -> None:
        replay(mapping(tmp_path), extract(tmp_path, row(1), name="may.csv"))
        restrict(Incident.objects.get().id, [], [], "Staff member", Force().one(Role.INSPECTOR))
        assert Contact.objects.count() == 0
        found = replay(mapping(tmp_path), extract(tmp_path, row(1), row(2), name="june.csv"))
        assert (fates(found), found.unexplained) == ((1, 1, 0), ())

    def test_the_same_key_of_another_source_is_another_row(self, tmp_path: Path) -> None:
        with acting(reason="another source"):
            Contact.objects.create(channel="imported", at="2022-05-01T00:00:00Z", source="else", source_key="C1")
        assert fates(replay(mapping(tmp_path), extract(tmp_path, row(1)))) == (1, 0, 0)


class TestBadRows:
    """What cannot be taken is kept with its reason, and the rest is loaded."""

    def test_every_kind_of_bad_row_stands_in_the_ledger_with_what_it_held(self, tmp_path: Path) -> None:
        huge = row(9, said="x" * 2_000_000)
        bad: list[str | bytes] = [
            "C9,too,few\n",
            row(9, said="a\x00b"),
            b"C9,2022-05-01 12:00,\xff,x,1,no,now\n",
            row(9, said='"unclosed'),
            huge,
            row(9, when="2022-03-13 02:30"),
            "\n",
        ]
        found = replay(mapping(tmp_path), extract(tmp_path, row(1), *bad, row(2)), at_once=3)
        assert fates(found) == (2, 0, len(bad))
        assert found.unexplained == ()
        kept = list(LedgerRow.objects.filter(fate=Fate.REJECTED).order_by("line").values_list("line", "raw"))
        assert [line for line, _ in kept] == list(range(3, 10))
        assert kept[0][1] == {"text": "C9,too,few"}
        assert ["base64" in (raw or {}) for _, raw in kept] == [False, True, True, False, False, False, False]
        assert kept[4][1] == {"text": huge.rstrip("\n")}

    def test_rows_in_any_order_of_time_are_taken(self, tmp_path: Path) -> None:
        days = ("2022-05-09", "1999-12-31", "2022-05-01", "2022-05-09")
        path = extract(tmp_path, *(row(n, when=f"{day} 10:00") for n, day in enumerate(days)))
        assert fates(replay(mapping(tmp_path), path, at_once=2)) == (4, 0, 0)
        assert set(numbers()) == {0}

    @pytest.mark.parametrize(
        "text", ["=cmd|' /C calc'!A0", "<script>alert(1)</script>", "'); drop table x; --", "%s {0}"]
    )
    def test_hostile_text_stands_as_it_was(self, tmp_path: Path, text: str) -> None:
        replay(mapping(tmp_path), extract(tmp_path, row(1, said=text, id=text)))
        assert (Incident.objects.get().what, Contact.objects.get().source_key) == (text, text)

    def test_a_header_alone_is_a_load_of_nothing(self, tmp_path: Path) -> None:
        found = replay(mapping(tmp_path), extract(tmp_path))
        assert (fates(found), found.unexplained, found.load.finished_at is not None) == ((0, 0, 0), (), True)

    @pytest.mark.parametrize("header", ["", "id,when\n", HEADER.replace("said", "place")])
    def test_a_file_that_is_refused_whole_leaves_no_load_behind(self, tmp_path: Path, header: str) -> None:
        with pytest.raises(InvalidError):
            replay(mapping(tmp_path), extract(tmp_path, row(1), header=header))
        assert (Load.objects.count(), Contact.objects.count()) == (0, 0)

    def test_a_truncated_file_loads_what_it_holds_and_is_never_called_whole(self, tmp_path: Path) -> None:
        path = tmp_path / "calls.csv.gz"
        path.write_bytes(gzip.compress((HEADER + "".join(map(row, range(3000)))).encode())[:-2000])
        found = replay(mapping(tmp_path), path)
        assert found.fates["loaded"].lines > 1000
        assert found.fates["rejected"].lines == 1
        assert "could not be read to its end" in found.unexplained[0]
        assert "could not be read to its end" in replay(mapping(tmp_path), path).unexplained[0]

    def test_the_mended_file_adds_only_what_was_missing(self, tmp_path: Path) -> None:
        packed = gzip.compress((HEADER + "".join(map(row, range(3000)))).encode())
        (tmp_path / "torn.gz").write_bytes(packed[:-2000])
        (tmp_path / "whole.gz").write_bytes(packed)
        torn = replay(mapping(tmp_path), tmp_path / "torn.gz")
        whole = replay(mapping(tmp_path), tmp_path / "whole.gz")
        assert whole.fates["duplicate"].lines == torn.fates["loaded"].lines
        assert (Contact.objects.count(), whole.unexplained) == (3000, ())


class TestGoingOn:
    """A load that was stopped."""

    def stopped(self, folder: Path, path: Path, after: int) -> None:
        """Replay until some rows are done, then break off as an error of the network would."""

        def stop(_done: int, _size: int, rows: int) -> None:
            if rows >= after:
                raise ConnectionError

        with pytest.raises(ConnectionError):
            replay(mapping(folder), path, at_once=10, progress=stop)

    def test_it_goes_on_after_the_last_whole_batch_and_ends_as_if_never_stopped(self, tmp_path: Path) -> None:
        rows = [row(n, place="" if n % 13 == 0 else "1 Mill Lane") for n in [*range(90), *range(5)]]
        path = extract(tmp_path, *rows)
        self.stopped(tmp_path, path, 40)
        assert (LedgerRow.objects.count(), Load.objects.get().finished_at) == (40, None)
        found = replay(mapping(tmp_path), path, at_once=10)
        assert fates(found) == (83, 4, 8)
        assert found.unexplained == ()
        assert set(numbers()) == {0}
        assert agree()

    def test_a_changed_mapping_is_not_mixed_in_unless_said_so(self, tmp_path: Path) -> None:
        path = extract(tmp_path, *map(row, range(30)))
        self.stopped(tmp_path, path, 10)
        changed = mapping(tmp_path, what="{parts: [said, place], empty: reject}")
        with pytest.raises(ConflictError, match="--accept-changed-mapping"):
            replay(changed, path)
        found = replay(changed, path, accept_changed_mapping=True)
        assert (fates(found), found.unexplained) == ((30, 0, 0), ())
        assert Incident.objects.filter(what__contains="Mill Lane").count() == 20

    def test_a_batch_without_rows_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidError, match="at least one row"):
            replay(mapping(tmp_path), extract(tmp_path, row(1)), at_once=0)


class TestReconciliation:
    """What is unexplained is told."""

    def test_control_totals_of_source_and_facts_agree_by_fate(self, tmp_path: Path) -> None:
        rows = [*map(row, range(40)), *map(row, range(4)), "broken\n"]
        found = replay(mapping(tmp_path), extract(tmp_path, *rows), at_once=7)
        assert found.source is not None
        assert (found.source.rows, found.source.domestic, found.source.graded) == (45, 11, 30)
        assert [found.fates[f].domestic for f in ("loaded", "duplicate", "rejected")] == [10, 1, 0]
        assert found.unexplained == ()

    def test_a_fact_changed_while_the_load_was_stopped_is_told(self, tmp_path: Path) -> None:
        path = extract(tmp_path, *map(row, range(30)))
        TestGoingOn().stopped(tmp_path, path, 20)
        incident = Incident.objects.filter(domestic=False).first()
        assert incident is not None
        mark_domestic(incident.id, True, "", Force().one(Role.SERGEANT))
        found = replay(mapping(tmp_path), path, at_once=10)
        assert found.unexplained == ("domestic: 8 in the source, 9 here.",)

    def test_a_ledger_row_too_many_is_told(self, tmp_path: Path) -> None:
        found = replay(mapping(tmp_path), extract(tmp_path, row(1)))
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into migration_ledgerrow (load_id, line, row_hash, fate, contact_id, reason)"
                " values (%s, 99, gen_random_uuid(), 'loaded', 999999, '')",
                [found.load.id],
            )
        told = selectors.reconciliation(found.load).unexplained
        assert told == (
            "1 rows were counted while loading, 2 stand in the ledger.",
            "2 rows are loaded, but 1 have their incident.",
        )

    def test_reasons_beyond_the_most_frequent_stand_together(self, tmp_path: Path) -> None:
        rows = [",".join("x" * (n + 8)) + "\n" for n in range(30) for _ in range(1 + (n == 3))]
        found = replay(mapping(tmp_path), extract(tmp_path, *rows))
        assert found.reasons[0] == ("11 fields instead of 7", 2)
        assert (len(found.reasons), found.reasons[-1]) == (21, ("other reasons", 10))
        assert sum(n for _, n in found.reasons) == 31

    def test_the_ledger_is_read_by_fate_and_page(self, tmp_path: Path) -> None:
        found = replay(mapping(tmp_path), extract(tmp_path, *map(row, range(60)), "broken\n"))
        whole = selectors.ledger(found.load.id, page=2)
        assert (whole.total, [r.line for r in whole.rows]) == (61, list(range(52, 63)))
        assert [r.line for r in selectors.ledger(found.load.id, Fate.REJECTED).rows] == [62]

    def test_a_load_that_is_not_there_is_told(self) -> None:
        with pytest.raises(NotFoundError, match="iops replay status"):
            selectors.load(404)


@pytest.mark.shared_data
@pytest.mark.slow
class TestPublicExtracts:
    """Real extracts. All 215,551 rows of Chicago are loaded by `bench.settle`; here its first, counted apart."""

    def test_the_first_rows_of_chicago_2022_are_accounted_for_to_the_row(self, tmp_path: Path) -> None:
        with gzip.open(
            shared_calls() / "chicago_crimes_2022_with_domestic_flag.csv.gz", "rt", encoding="utf-8"
        ) as file:
            head, *rows = islice(file, 1 + PART)
        path = tmp_path / "calls.csv.gz"
        path.write_bytes(gzip.compress("".join((head, *rows)).encode()))
        found = replay(find("chicago-crimes-2022"), path)
        once = set(rows)
        domestic = sum(told["Domestic"] == "true" for told in csv.DictReader([head, *once]))
        assert (fates(found), found.total("lines")) == ((len(once), PART - len(once), 0), PART)
        assert len(once) < PART
        assert found.source is not None
        assert found.source.domestic == domestic > 1_000
        assert found.unexplained == ()
        assert agree()

    def test_san_diego_january_2023_is_accounted_for_to_the_row(self) -> None:
        path = shared_calls() / "san_diego_pd_calls_2023-01.csv.gz"
        found = replay(find("san-diego-calls-2023-01"), path)
        assert (fates(found), found.unexplained) == ((26_595, 0, 0), ())
        assert District.objects.filter(code__startswith="SD-").count() == 10
        assert agree()
