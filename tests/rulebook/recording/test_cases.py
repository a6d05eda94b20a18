"""The worked cases: published examples and examples that follow from a printed rule, as reports of our own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from iops.rulebook.recording import decide
from iops.rulebook.strict_yaml import read_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from iops.rulebook.decision import Decision

CASES = Path(__file__).parent / "cases"
SHARED = Path(__file__).parents[4] / "shared" / "examples" / "recording_examples.yaml"


def cases() -> list[dict[str, Any]]:
    found = []
    for path in sorted(CASES.glob("*.yaml")):
        told, _ = read_file(path)
        base = told.get("base", {})
        assert isinstance(base, dict)
        held = told["cases"]
        assert isinstance(held, list)
        found += [{**case, "report": {**base, **case["report"]}} for case in held]
    return found


ALL = cases()
DIFFERING = {case["id"] for case in ALL if "differs" in case}


def spread(classes: list[str]) -> list[str]:
    """ "NFIB1G x5" is five of the class."""
    found: list[str] = []
    for text in classes:
        match = re.fullmatch(r"(.+) x(\d+)", text)
        found += [match[1]] * int(match[2]) if match else [text]
    return sorted(found)


def seen(decision: Decision, name: str) -> object:
    """What the decision says where the case expects `name`."""
    limit = decision.time_limit
    special: dict[str, Callable[[], object]] = {
        "classes": lambda: sorted(decision.classes),
        "absorbed": lambda: sorted(one.crime_class for one in decision.absorbed),
        "reported": lambda: {one.code: one.count for one in decision.reported_incidents},
        "hours": lambda: limit.hours if limit else None,
        "timely": lambda: limit.timely if limit else None,
        "flags": lambda: sorted(decision.flags),
        "qualifiers": lambda: list(decision.qualifiers),
    }
    return special[name]() if name in special else getattr(decision, name)


def wanted(name: str, value: Any) -> object:
    if name == "classes":
        return spread(value)
    return sorted(value) if name in ("absorbed", "flags") else value


@pytest.mark.parametrize("case", [case for case in ALL if case["id"] not in DIFFERING], ids=lambda case: case["id"])
def test_a_worked_case_is_decided_as_its_source_says(case: dict[str, Any]) -> None:
    decision = decide(case["report"])
    expected = dict(case["expect"])
    for later in expected.pop("later", []):
        assert any(all(getattr(one, key) == value for key, value in later.items()) for one in decision.later)
    for code in expected.pop("codes", []):
        assert code in [crime.code for crime in decision.crimes]
    if step := expected.pop("step", None):
        assert step in [one.rule for one in decision.steps]
    for name, value in expected.items():
        assert seen(decision, name) == wanted(name, value), (name, decision)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case["id"])
def test_every_step_of_a_worked_case_says_where_it_is_written(case: dict[str, Any]) -> None:
    decision = decide(case["report"])
    assert all(step.says and step.cite for step in decision.steps)
    assert decision.kind == "flags" or decision.steps or decision.presumed


def test_only_reviewed_cases_of_low_certainty_are_decided_otherwise() -> None:
    assert {case["id"]: case["certainty"] for case in ALL if case["id"] in DIFFERING} == {"old-011": "low"}


def test_every_published_example_has_a_case() -> None:
    if not SHARED.exists():
        pytest.skip("needs ../shared/examples, which is not part of this repository")
    ids = re.findall(r"^- id: (\S+)$", SHARED.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(case["id"] for case in ALL) == sorted(ids)


def test_no_rule_or_module_names_a_case() -> None:
    source = Path(__file__).parents[3] / "src" / "iops" / "rulebook"
    held = [*source.rglob("*.py"), *(source / "data" / "recording").rglob("*.yaml")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in held)
    assert not [case["id"] for case in ALL if re.search(rf"\b{re.escape(case['id'])}\b", text)]
