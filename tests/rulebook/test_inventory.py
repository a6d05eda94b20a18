"""The rules that come with the system: none disappears, each says its ground, and the dictionary is fit to be read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from iops.rulebook.entries import Transition
from iops.rulebook.facts import ColumnType, comments

if TYPE_CHECKING:
    from iops.rulebook.edition import Rulebook

INVENTORY = Path(__file__).parent / "rule_codes.txt"


def test_no_rule_has_disappeared(book: Rulebook) -> None:
    """A rule is ended by a `to`, never deleted: it still applies to what was reported while it was in force."""
    assert [rule.code for rule in book.rules] == INVENTORY.read_text(encoding="utf-8").split()


def test_every_rule_says_its_ground_and_who_may_waive_it(book: Rulebook) -> None:
    for rule in book.rules:
        assert rule.basis.instrument
        assert rule.basis.clause
        assert rule.waivable_by is not None
        assert not rule.title.endswith(".")
        assert Path(rule.file).suffix == ".yaml"


def test_only_what_protects_people_or_the_record_blocks_closing(book: Rulebook) -> None:
    blocking = {rule.code for rule in book.rules if Transition.CLOSE in rule.blocks}
    assert blocking == {"da-risk-assessment", "da-assessment-review", "child-decision", "crime-recording-decision"}


def test_meanings_are_sentences_that_explain_can_use(book: Rulebook) -> None:
    openings = {ColumnType.INSTANT: "When ", ColumnType.BOOLEAN: "Whether "}
    for subject in book.subjects.values():
        for column in subject.columns.values():
            assert column.means.endswith(".")
            assert column.means.startswith(openings.get(column.type, ""))


def test_the_subjects_and_their_views(book: Rulebook) -> None:
    assert {name: [view.name for view in subject.views] for name, subject in book.subjects.items()} == {
        "incident": ["facts.incident", "facts.incident__crime", "facts.incident__safeguarding"],
        "incident_child": ["facts.incident_child"],
        "risk_assessment": ["facts.risk_assessment"],
    }
    assert book.subject("incident_child").record == "incident"


def test_the_dictionary_becomes_comments_in_the_database(book: Rulebook) -> None:
    told = list(comments(book.subject("incident")))
    assert "comment on column facts.incident.id is 'The incident.'" in told
    assert "comment on column facts.incident__crime.id is 'The incident.'" in told
    assert told[0].startswith("comment on view facts.incident is 'One report")
    assert len(told) == 3 + 2 + len(book.subject("incident").columns)
