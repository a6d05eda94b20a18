"""The JSON Schema of a report, made from the same tables that decide it, with examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from iops.rulebook.library import acts, all_tables
from iops.rulebook.outcomes import framework
from iops.rulebook.reading import fact_rules
from iops.rulebook.report import Report

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iops.rulebook.tables import FactRule

DIALECT = "https://json-schema.org/draft/2020-12/schema"

#: Reports that show the ways of writing; each is decided in the tests.
EXAMPLES: tuple[dict[str, Any], ...] = (
    {
        "reported": "2026-04-10T22:15:00",
        "happened": "2026-04-10",
        "facts": {"reporter": "victim"},
        "victims": [{"id": "nurse", "role": "emergency_worker"}],
        "suspects": [{"id": "patient"}],
        "offences": [{"act": "assault", "details": {"injury": "injury"}}],
    },
    {
        "reported": "2026-04-10",
        "facts": {"reporter": "third_party", "victim_response": "untraced", "clear_grounds": "yes", "necessary": "no"},
        "victims": [{"id": "woman"}],
        "suspects": [{"id": "man"}],
        "offences": [{"offence": "105A"}],
    },
    {
        "reported": "2026-04-10",
        "facts": {"reporter": "victim"},
        "relation": "former_partner",
        "victims": [{"id": "v", "age": 30}],
        "suspects": [{"id": "s", "age": 31}],
        "offences": [
            {"act": "conduct", "details": {"conduct": "stalking"}},
            {"act": "breach", "details": {"order": "non_molestation_order"}},
        ],
    },
    {"reported": "2026-04-10", "death": True, "victims": [{"id": "v", "age": 20}], "facts": {"cause": "not_apparent"}},
    {"reported": "2026-04-10", "incident": {"about": "anti_social_behaviour", "details": {"affects": "community"}}},
    {"reported": "2026-04-10", "removal": {"crime": "8N", "code": "008/06", "facts": {"ground": "self_defence"}}},
    {"reported": "2026-04-10", "outcome": {"chosen": "14", "facts": {"suspect_named": "yes"}}},
)


def _property(rules: Iterable[FactRule]) -> dict[str, Any]:
    known = list(rules)
    first = known[0]
    values = list(dict.fromkeys(value for rule in known for value in rule.values))
    shape: dict[str, Any] = {"description": first.asks}
    if values:
        shape["enum"] = values
    else:
        shape |= {"type": "integer", "minimum": first.low, "maximum": first.high}
    presumed = next((rule for rule in known if rule.presume is not None), None)
    if presumed is not None:
        shape["default"] = presumed.presume
        shape["description"] += f" Presumed: {presumed.presume} ({', '.join(presumed.presume_cite)})."
    return shape


def _facts(rules: dict[str, list[FactRule]]) -> dict[str, Any]:
    told = {name: one for name, one in rules.items() if not one[0].is_date}
    properties = {name: _property(one) for name, one in sorted(told.items())}
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _act(name: str) -> dict[str, Any]:
    table = acts()[name]
    details = _facts({fact: [rule] for fact, rule in table.facts.items()})
    details["description"] = table.title
    details["additionalProperties"] = True
    return {
        "if": {"properties": {"act": {"const": name}}, "required": ["act"]},
        "then": {"properties": {"details": details}},
    }


def report_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a report in the full form. The short form is described in docs/recording.md."""
    schema: dict[str, Any] = msgspec.json.schema(Report)
    definitions = schema["$defs"]
    report = definitions["Report"]["properties"]
    report["facts"] = _facts(fact_rules())
    report["reported"]["description"] = "The day, or the day and time, of the first report to the police."
    report["reported"].pop("format", None)
    offence = definitions["Offence"]
    offence["properties"]["act"]["description"] = f"One of: {', '.join(acts())}."
    offence["allOf"] = [_act(name) for name in acts()]
    outcome_facts = _facts({name: [rule] for name, rule in framework().facts.items()})
    definitions["OutcomeFacts"] = outcome_facts
    about = all_tables()["incident-category"].facts["about"]
    definitions["Incident"]["properties"]["about"] |= {"enum": list(about.values), "description": about.asks}
    return {"$schema": DIALECT, "title": "A report to be decided", **schema, "examples": list(EXAMPLES)}
