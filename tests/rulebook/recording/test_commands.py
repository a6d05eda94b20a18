"""`iops rulebook`: decide, schema, diff, load-offences, prove."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from iops.rulebook.commands import app
from iops.rulebook.recording import decide
from iops.rulebook.schema import EXAMPLES, report_schema

if TYPE_CHECKING:
    from pathlib import Path

REPORT = """
reported: 2026-05-01 23:50
recorded: 2026-05-02 23:55
reporter: victim
victims: [{id: v}]
offences:
  - {act: burglary, building: home}
"""


def run(*words: str, given: str | None = None) -> Any:
    return CliRunner().invoke(app, list(words), input=given)


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "report.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_decide_says_what_and_why(tmp_path: Path) -> None:
    found = run("decide", written(tmp_path, REPORT))
    assert found.exit_code == 0
    assert "Record as crime (1 in all)" in found.output
    assert "1 x 28I 028/03" in found.output
    assert "recorded late" in found.output
    assert "CRR2026 p73" in found.output


def test_decide_as_at_another_day_and_in_json(tmp_path: Path) -> None:
    found = run("decide", written(tmp_path, REPORT), "--as-at", "2018-05-01", "--json")
    told = json.loads(found.output)
    assert [crime["crime_class"] for crime in told["crimes"]] == ["28E"]


def test_decide_reads_json_from_standard_input() -> None:
    found = run(
        "decide",
        "-",
        given='{"reported": "2026-05-01", "reporter": "victim", "victims": [{"id": "v"}], "offences": ["39"]}',
    )
    assert "1 x 39" in found.output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("reported: 2026-05-01\nreported: 2026-05-02\n", "given twice"),
        ("offences: [8N]\n", "does not say when"),
        ("{", "Expecting"),
        ("- x", "not a mapping"),
    ],
)
def test_a_bad_report_is_refused_in_words(tmp_path: Path, text: str, said: str) -> None:
    found = run("decide", written(tmp_path, text))
    assert found.exit_code == 2
    assert said in found.output


def test_a_missing_file_or_a_bad_day_is_refused_in_words(tmp_path: Path) -> None:
    assert run("decide", str(tmp_path / "nothing.yaml")).exit_code == 2
    assert "not a date" in run("decide", written(tmp_path, REPORT), "--as-at", "tomorrow").output
    assert "not a date" in run("diff", "2020-01-01", "soon").output


def test_diff_tells_what_changed() -> None:
    found = run("diff", "2023-04-30", "2023-05-01")
    assert "Section 5" in found.output
    assert json.loads(run("diff", "2023-04-30", "2023-05-01", "--json").output)


def test_prove_proves_every_table() -> None:
    found = run("prove")
    assert found.exit_code == 0
    assert "proven" in found.output


def test_load_offences_refuses_what_is_no_list(tmp_path: Path) -> None:
    assert run("load-offences", written(tmp_path, REPORT)).exit_code == 2


def test_the_schema_names_every_act_and_fact() -> None:
    schema = json.loads(run("schema").output)
    assert schema == json.loads(json.dumps(report_schema()))
    facts = schema["$defs"]["Report"]["properties"]["facts"]["properties"]
    assert facts["reporter"]["enum"][0] == "victim"
    assert len(schema["$defs"]["Offence"]["allOf"]) > 15


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_the_examples_of_the_schema_are_decided(example: dict[str, Any]) -> None:
    assert decide(example).kind != "breach" or "outcome" in example
    assert decide(example).kind != "undecided" or "breach" in example or example is EXAMPLES[2]


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_the_examples_keep_to_the_schema(example: dict[str, Any]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.validate(example, report_schema())
