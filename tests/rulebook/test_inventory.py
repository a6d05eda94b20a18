"""The rules that come with the system: none disappears, each says its ground, and the dictionary is fit to be read."""

from __future__ import annotations

import re
import shutil
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from iops.rulebook.entries import Transition
from iops.rulebook.facts import ColumnType, comments
from iops.rulebook.loader import FACTS, load_rulebook

if TYPE_CHECKING:
    from iops.rulebook.edition import Rulebook

INVENTORY = Path(__file__).parent / "rule_codes.txt"


def test_no_rule_has_disappeared(book: Rulebook) -> None:
    """A rule is ended by a `to`, never deleted: it still applies to what was reported while it was in force."""
    assert [rule.code for rule in book.rules] == INVENTORY.read_text(encoding="utf-8").split()


ANSWERED_NOT_WAIVED = {"transfer-accept", "transfer-acknowledge"}
"""An offer is accepted, refused or withdrawn; nobody waives that an incident belongs to somebody."""
NEVER_WAIVED = {
    "dapn-hearing",
    "dvpn-hearing",
    "notice-hearing-listed",
    "notice-lapsed",
    "strategy-discussion",
    "crime-allocated",
    "crime-screening-review",
    "victim-review-answer",
}
"""A court sits, a lapse is accounted for, a child at risk is talked about, a crime is owned, a victim is
answered: none is waived."""


def test_every_rule_says_its_ground_and_who_may_waive_it(book: Rulebook) -> None:
    for rule in book.rules:
        assert rule.basis.instrument
        assert rule.basis.clause
        assert (rule.waivable_by is None) == (rule.code in ANSWERED_NOT_WAIVED | NEVER_WAIVED)
        assert not rule.title.endswith(".")
        assert Path(rule.file).suffix == ".yaml"


def test_only_what_protects_people_or_the_record_blocks_closing(book: Rulebook) -> None:
    blocking = {rule.code for rule in book.rules if Transition.CLOSE in rule.blocks}
    assert (
        blocking
        == {
            "da-mark-decide",
            "da-risk-assessment",
            "da-risk-assessment-unattended",
            "da-record",
            "da-assessment-review",
            "da-assessment-in-person",
            "child-decision",
            "crime-recording-decision",
        }
        | ANSWERED_NOT_WAIVED
    )


def test_meanings_are_sentences_that_explain_can_use(book: Rulebook) -> None:
    openings = {ColumnType.INSTANT: "When ", ColumnType.BOOLEAN: "Whether "}
    for subject in book.subjects.values():
        for column in subject.columns.values():
            assert column.means.endswith(".")
            assert column.means.startswith(openings.get(column.type, ""))


EXTENDING = ("classing", "crime", "safeguarding", "vulnerability")
"""The areas whose facts of an incident stand beside the control room's own."""


def test_the_subjects_and_their_views(book: Rulebook) -> None:
    assert {name: [view.name for view in subject.views] for name, subject in book.subjects.items()} == {
        "absence_alarm": ["facts.absence_alarm"],
        "audit_item": ["facts.audit_item"],
        "child_protection": ["facts.child_protection"],
        "closing": ["facts.closing"],
        "crime": ["facts.crime", "facts.crime__allocation"],
        "recording_refusal": ["facts.recording_refusal"],
        "disclosure_application": ["facts.disclosure_application"],
        "marac_action": ["facts.marac_action"],
        "marac_case": ["facts.marac_case"],
        "outcome_audit": ["facts.outcome_audit"],
        "exhibit": ["facts.exhibit"],
        "bail": ["facts.bail"],
        "suspect_release": ["facts.suspect_release"],
        "exhibit_retention": ["facts.exhibit_retention"],
        "stock_difference": ["facts.stock_difference"],
        "matac_nomination": ["facts.matac_nomination"],
        "caller_note": ["facts.caller_note"],
        "contact": ["facts.contact"],
        "emergency_press": ["facts.emergency_press"],
        "grade_proposal": ["facts.grade_proposal"],
        "incident": [
            "facts.incident",
            *(f"facts.incident__{x}" for x in ("classing", "crime", "safeguarding", "vulnerability")),
        ],
        "incident_transfer": ["facts.incident_transfer"],
        "queue_alarm": ["facts.queue_alarm"],
        "referral": ["facts.referral"],
        "vulnerability": ["facts.vulnerability"],
        "incident_child": ["facts.incident_child", *(f"facts.incident_child__{x}" for x in ("encompass", "referrals"))],
        "protection_notice": ["facts.protection_notice"],
        "risk_assessment": [f"facts.risk_assessment{x}" for x in ("", "__referrals", "__schemes")],
        "crime_victim": ["facts.crime_victim"],
        "victim_contact": ["facts.victim_contact"],
        "victim_news": ["facts.victim_news"],
        "victim_review": ["facts.victim_review"],
        "victim_rights": ["facts.victim_rights"],
        "warning_marker": ["facts.warning_marker"],
        "welfare_check": ["facts.welfare_check"],
    }
    assert book.subject("incident_child").record == "incident"


def test_the_dictionary_becomes_comments_in_the_database(book: Rulebook) -> None:
    told = list(comments(book.subject("incident")))
    assert "comment on column facts.incident.id is 'The incident.'" in told
    assert "comment on column facts.incident__crime.id is 'The incident.'" in told
    assert told[0].startswith("comment on view facts.incident is 'One report")
    assert len(told) == 5 + 4 + len(book.subject("incident").columns)


def test_the_worked_example_of_the_documentation_is_a_rule(tmp_path: Path) -> None:
    """docs/add-a-rule.md: its column added to the dictionary, its entry is taken as it stands."""
    text = (Path(__file__).parents[2] / "docs" / "add-a-rule.md").read_text(encoding="utf-8")
    column, entry = (textwrap.dedent(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL))
    facts, duties = tmp_path / "facts", tmp_path / "duties"
    shutil.copytree(FACTS, facts)
    duties.mkdir()
    child = facts / "incident_child.yaml"
    added = "  " + column.splitlines()[1].strip()
    child.write_text(f"{child.read_text(encoding='utf-8')}{added}\n", encoding="utf-8")
    (duties / "own.yaml").write_text(f"kind: duties\nrules:\n{entry}", encoding="utf-8")
    rule = load_rulebook([duties], facts=facts).rule("school-notified")
    assert str(rule.editions[0].clock.within) == "1 school day by 09:00"
