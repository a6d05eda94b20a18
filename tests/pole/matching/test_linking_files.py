"""Files of people as others write them: any column names, any dates, bad rows, two files or one."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from iops.pole.matching.batch import LARGEST_BLOCK, Record, candidates, clusters, find_pairs
from iops.pole.matching.commands import register
from iops.pole.matching.known import known
from iops.pole.matching.model import STANDARD, standard
from iops.pole.matching.reading import ColumnsError, read, read_date
from iops.pole.matching.scoring import Scorer
from iops.pole.matching.truth import judge, read_truth
from iops.rulebook.strict_yaml import RuleFileError
from tests.pole.matching.test_training import made_up

ROOT = Path(__file__).resolve().parents[3]
app = typer.Typer()
register(app)
PEOPLE = """id,First Name,SURNAME,DOB,Post Code,E-mail
1,John,Smith,12/03/1985,M13 9PL,js@example.org
2,Jon,Smyth,1985-12-03,M13 9PL,js@example.org
3,Ngozi,Okonkwo,1 Feb 1990,OL1 1AA,
4,unknown,N/A,,,
5,Peter,Brown,99/99/9999,,p@example.org
5,Petra,Brown,,,
6,too,few
"""


def put(folder: Path, text: str, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_columns_are_known_by_their_names_and_bad_rows_are_kept_with_the_reason(tmp_path: Path) -> None:
    found = read(put(tmp_path, PEOPLE))
    assert [record.id for record in found.records] == ["1", "2", "3", "5"]
    assert [(line, reason) for line, reason, _ in found.rejects] == [
        (5, "it says nothing that could be compared"),
        (7, 'the id "5" was there before'),
        (8, "3 cells where the heading has 6"),
    ]
    assert found.records[0].known.days == ("19850312",)
    assert found.records[3].known.days == ("99999999",)


@pytest.mark.parametrize(
    ("text", "order", "days"),
    [
        ("1985-03-12", "dmy", "1985-03-12"),
        ("19850312", "dmy", "1985-03-12"),
        ("12/03/1985", "dmy", "1985-03-12"),
        ("3/12/1985", "mdy", "1985-03-12"),
        ("12.3.1985", "dmy", "1985-03-12"),
        ("12 March 1985", "dmy", "1985-03-12"),
        ("1985-03-12 00:00:00", "dmy", "1985-03-12"),
    ],
)
def test_a_date_is_read_however_it_is_written(text: str, order: str, days: str) -> None:
    day = dt.date.fromisoformat(days)
    assert read_date(text, order) == ([(day, day)], [])


def test_a_year_is_a_range_an_unreal_date_its_digits_and_nonsense_nothing() -> None:
    assert read_date("1985") == ([(dt.date(1985, 1, 1), dt.date(1985, 12, 31))], [])
    assert read_date("31/02/1985") == ([], ["19850231"])
    assert read_date("sometime in spring") == ([], [])


@given(st.text(max_size=20))
def test_no_text_where_a_date_should_be_is_a_crash(text: str) -> None:
    born, written = read_date(text)
    assert len(born) + len(written) <= 1
    assert all(len(digits) == 8 for digits in written)


@settings(max_examples=60)
@given(st.binary(max_size=300))
def test_any_bytes_after_a_heading_are_records_or_rejects(tmp_path: Path, junk: bytes) -> None:
    path = tmp_path / "junk.csv"
    path.write_bytes(b"id,name,dob\n" + junk)
    found = read(path)
    assert all(reason for _, reason, _ in found.rejects)
    assert len({record.id for record in found.records}) == len(found.records)


def test_a_file_without_people_is_refused_with_its_columns_named(tmp_path: Path) -> None:
    with pytest.raises(ColumnsError, match="colour"):
        read(put(tmp_path, "id,colour\n1,red\n"))
    with pytest.raises(ColumnsError):
        read(put(tmp_path, ""))


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("given: Vorname\n", 'no column "Vorname"'),
        ("forename: First Name\n", '"forename" is no field'),
        ("given: First Name\norder: ymmd\n", "no order of a date"),
        ("given: 7\n", "names no columns"),
        ("left: 7\n", "holds no columns"),
    ],
)
def test_a_slip_in_the_mapping_is_named(tmp_path: Path, mapping: str, said: str) -> None:
    with pytest.raises(RuleFileError, match=said):
        read(put(tmp_path, PEOPLE), put(tmp_path, mapping, "map.yaml"), "left")


def run(*arguments: object) -> str:
    answer = CliRunner().invoke(app, ["link", *map(str, arguments)], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return " ".join(answer.output.split())


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_duplicates_of_one_file_are_written_with_their_explanation_and_rejects(tmp_path: Path) -> None:
    out, people = tmp_path / "pairs.csv", tmp_path / "who.csv"
    said = run(put(tmp_path, PEOPLE), "--out", out, "--people", people, "--model", STANDARD)
    assert "3 rows could not be used" in said
    [heading, pair] = rows(out)
    assert heading == ["left", "right", "probability", "weight", "explanation"]
    assert pair[:2] == ["1", "2"]
    assert "day and month swapped (1985-03-12 / 1985-12-03)" in pair[4]
    assert rows(people) == [["id", "person"], ["1", "1"], ["2", "1"]]
    assert len(rows(tmp_path / "pairs.people.rejects.csv")) == 4


def write(folder: Path, records: list[Record], name: str) -> Path:
    lines = ["key,n,f,d,p"]
    for record in records:
        person = record.known
        lines.append(
            f"{record.id},{person.names[0].given_text},{person.names[0].family_text},{person.days[0]},{person.postcodes[0]}"
        )
    return put(folder, "\n".join(lines), name)


MAP = "id: key\ngiven: n\nfamily: f\nborn: d\npostcode: p\n"


def test_two_files_are_linked_and_judged_against_the_truth_in_either_order(tmp_path: Path) -> None:
    records, true = made_up(300)
    left = write(tmp_path, [r for r in records if r.id.endswith("a")], "a.csv")
    right = write(tmp_path, [r for r in records if r.id.endswith("b")], "b.csv")
    labels = put(tmp_path, "id_a,id_b\n" + "\n".join(f"{b},{a}" for a, b in sorted(true)), "truth.csv")
    mapping = put(tmp_path, MAP, "map.yaml")
    said = run(left, right, "--columns", mapping, "--truth", labels, "--out", tmp_path / "o.csv", "--one-to-one")
    assert "precision 1.0000" in said
    assert "recall 1.0000" in said


def test_truth_is_read_as_pairs_with_labels_or_as_clusters(tmp_path: Path) -> None:
    pairs = "id_l,source_dataset_l,id_r,source_dataset_r,clerical_match_score\n2,x,1,x,1.0\n3,x,4,x,0.1\n1,x,1,x,1\n"
    assert read_truth(put(tmp_path, pairs), two_files=False) == {("1", "2")}
    assert read_truth(put(tmp_path, "id,cluster\n1,a\n2,a\n3,b\n"), two_files=False) == {("1", "2")}
    with pytest.raises(ColumnsError):
        read_truth(put(tmp_path, "id\n1\n"), two_files=False)
    with pytest.raises(ColumnsError):
        read_truth(put(tmp_path, ""), two_files=False)


def test_figures_of_nothing_are_nothing() -> None:
    assert str(judge(set(), set())).startswith("precision 0.0000, recall 0.0000, F1 0.0000")


def test_a_key_that_crowds_share_is_left_out_and_counted() -> None:
    crowd = [Record(str(at), known([("A", "B")]), (7, at % 5 + 100)) for at in range(LARGEST_BLOCK + 1)]
    found, crowded = candidates(crowd)
    assert crowded == 1
    assert all(a % 5 == b % 5 for a, b in found)


@pytest.mark.shared_data
def test_the_duplicates_of_a_public_set_are_found_without_labels(tmp_path: Path) -> None:
    folders = (base / "shared" / "data" / "linkage" for base in (ROOT.parent, ROOT.parent.parent))
    folder = next(filter(Path.is_dir, folders), None)
    if folder is None:
        pytest.skip("the public linkage sets are not beside this repository")
    said = run(
        folder / "splink_fake_1000.csv", "--truth", folder / "splink_fake_1000_labels.csv", "--out", tmp_path / "o.csv"
    )
    figures = [float(word.rstrip(",")) for word in said.split("F1")[1:] for word in word.split()[:1]]
    assert figures[0] > 0.83
    assert figures[1] > 0.93


def test_one_to_one_links_each_record_once() -> None:
    records, _ = made_up(120)
    left = [r for r in records if r.id.endswith("a")]
    outcome = find_pairs(left, records, one_to_one=True, model=standard())
    assert len({pair.left.id for pair in outcome.pairs}) == len(outcome.pairs)
    assert len({pair.right.id for pair in outcome.pairs}) == len(outcome.pairs)


def test_records_that_contradict_each_other_are_not_joined_through_a_third() -> None:
    def person(name: str, given_name: str, born: str, email: str) -> Record:
        day = dt.date.fromisoformat(born)
        told = known([(given_name, "Okonkwo")], [(day, day)], emails=[email], identifiers=[("nino", email)])
        return Record(name, told, (1,))

    father, son = person("1", "Peter", "1950-01-01", "peter@x.uk"), person("3", "Samuel", "1999-10-27", "sam@y.uk")
    bridge = Record("2", known([("", "Okonkwo")], emails=["peter@x.uk", "sam@y.uk"]), (1,))
    outcome = find_pairs([father, bridge, son], model=standard(), threshold=0.01)
    assert {(a.id, b.id) for a, b, _ in outcome.pairs} == {("1", "2"), ("2", "3")}
    groups = clusters(outcome.pairs, Scorer())
    assert max(len(group) for group in groups) == 2
