"""Reports that cannot be taken as they are: a named error, or the questions that are left; never a guess."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iops.foundation.errors import InvalidError
from iops.rulebook.classes import ClassNotInForceError, UnknownClassError
from iops.rulebook.reading import BadReportError, read_report
from iops.rulebook.recording import decide
from iops.rulebook.short_form import ShortFormError
from iops.rulebook.tables import ContradictoryFactsError, UnknownFactError

GOOD: dict[str, Any] = {
    "reported": "2026-05-01",
    "facts": {"reporter": "victim"},
    "victims": [{"id": "v"}],
    "suspects": [{"id": "s"}],
    "offences": ["8N"],
}


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"reported": None}, BadReportError, "does not say when"),
        ({"reported": "2026-02-30"}, BadReportError, "not a real date"),
        ({"reported": "1066-10-14"}, BadReportError, "cannot be of"),
        ({"happened": "2026-05-02"}, BadReportError, "after it was reported"),
        ({"happened": "0001-01-01"}, BadReportError, "cannot have happened"),
        ({"reported": "2026-05-01 12:00", "recorded": "2026-05-01 11:00"}, BadReportError, "before it is reported"),
        ({"reported": "2026-05-01 12:00+01:00", "recorded": "2026-05-01 13:00"}, BadReportError, "offset"),
        ({"recorded": dt.date(2026, 5, 1)}, BadReportError, "needs a time"),
        ({"offences": ["8ZZ"]}, UnknownClassError, "not a crime class"),
        ({"offences": ["8NN"]}, UnknownClassError, "not a crime class"),
        ({"offences": [{"act": "burglery", "building": "home"}]}, BadReportError, "not a kind of act"),
        ({"offences": [{}]}, BadReportError, "An offence is"),
        ({"offences": [{"offence": "8N", "act": "assault"}]}, BadReportError, "either a class"),
        ({"offences": [{"offence": "8N", "code": "034/01"}]}, UnknownClassError, "not in class 8N"),
        ({"offences": "8N"}, BadReportError, "not written as it should be"),
        ({"offences": [{"act": "assault", "injury": "slight"}]}, UnknownFactError, "cannot be"),
        ({"offences": [{"act": "assault", "hurt": "yes"}]}, UnknownFactError, "not a fact"),
        ({"offences": [{"offence": "8N", "victims": ["w"]}]}, BadReportError, "not listed"),
        ({"offences": [{"offence": "8N", "suspects": ["t"]}]}, BadReportError, "not listed"),
        ({"offences": [{"offence": "8N", "batch": 0}]}, BadReportError, "whole numbers from 1"),
        ({"offences": [{"offence": "8N", "units": -1}]}, BadReportError, "whole numbers from 1"),
        ({"offences": [{"offence": "28E"}]}, ClassNotInForceError, "was in use until 2023-03-31"),
        (
            {"offences": [{"offence": "8N", "code": "008/77"}], "happened": "2020-01-01"},
            ClassNotInForceError,
            "began on",
        ),
        ({"victims": [{"id": "v"}, {"id": "v"}]}, BadReportError, "listed twice"),
        ({"victims": [{"id": "v", "count": 0}]}, BadReportError, "count of 0"),
        ({"victims": [{"id": "v", "count": 10**9}]}, BadReportError, "count of"),
        ({"victims": [{"id": "v", "age": 200}]}, BadReportError, "years old"),
        (
            {"victims": [{"id": "v", "age": 14, "sex": "female"}], "offences": ["19C"]},
            ContradictoryFactsError,
            "does not fit",
        ),
        ({"victims": [{"id": "v", "shoe": 9}]}, BadReportError, "not written as it should be"),
        ({"victims": ["v", 3]}, BadReportError, "not written as it should be"),
        ({"relation": "arch enemy"}, BadReportError, "relation"),
        ({"facts": {"reporter": "martian"}}, UnknownFactError, "cannot be"),
        ({"facts": {"repporter": "victim"}}, UnknownFactError, "Did you mean reporter"),
        ({"facts": ["victim"]}, BadReportError, "not written as it should be"),
        (
            {"facts": {"reporter": "victim", "victim_response": "denies"}},
            ContradictoryFactsError,
            "cannot be true together",
        ),
        ({"flags": {"hate": ["height"]}}, UnknownFactError, "not a hate strand"),
        ({"flags": {"hate": ["religion"], "targeted_religion": "jedi"}}, UnknownFactError, "not one of the religions"),
        ({"offences": [], "incident": {"about": "dragons"}}, UnknownFactError, "cannot be"),
        (
            {"offences": [], "incident": {"about": "alarm", "qualifiers": ["Dragons"]}},
            UnknownFactError,
            "not a qualifier",
        ),
        ({"outcome": {"chosen": "99"}}, InvalidError, "not an outcome"),
        ({"victims": "two men and a dog; a cat"}, ShortFormError, "more than the short form"),
        ({"place": "narnia"}, ShortFormError, "not one the short form knows"),
    ],
)
def test_a_report_that_cannot_be_taken_is_refused_by_name(
    change: dict[str, Any], error: type[InvalidError], said: str
) -> None:
    with pytest.raises(error) as caught:
        decide({**GOOD, **change})
    assert said in str(caught.value)
    assert caught.value.mend


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ({"facts": {}}, "reporter"),
        ({"facts": {"reporter": "third_party"}}, "victim_response"),
        ({"facts": {"reporter": "third_party", "victim_response": "untraced"}}, "clear_grounds"),
        ({"facts": {"reporter": "suspect"}}, "supported"),
        ({"offences": [{"act": "assault"}]}, "injury"),
        ({"offences": [{"act": "rape"}]}, "sex"),
        ({"offences": [{"act": "drugs", "drug_act": "possession", "drug": "other"}]}, "points_to_prove"),
        ({"offences": ["106"]}, "exploited_in"),
        ({"offences": [{"offence": "4/4", "code": "004/04"}]}, "driving_proved"),
        ({"offences": []}, "offences"),
        ({"offences": [], "death": True, "victims": [{"id": "v", "age": 40}]}, "cause"),
    ],
)
def test_what_is_missing_and_matters_is_asked(change: dict[str, Any], asked: str) -> None:
    found = decide({**GOOD, **change})
    assert found.kind == "undecided"
    assert found.number is None
    need = next(need for need in found.needs if need.fact == asked)
    assert need.question.endswith("?") or "?" in need.question


def test_a_fact_that_does_not_matter_is_not_asked() -> None:
    told = {"reporter": "third_party", "victim_response": "untraced", "necessary": "no"}
    found = decide({**GOOD, "facts": told})
    assert found.kind == "crime_related_incident"


@pytest.mark.parametrize(
    "hostile", ["<script>", "'; drop table crime; --", "a\x00b", "\u202e", "x" * 100_000, "{{7*7}}"]
)
def test_hostile_words_are_data_or_a_named_error(hostile: str) -> None:
    found = decide({**GOOD, "victims": [{"id": hostile}]})
    assert found.number == 1
    with pytest.raises(InvalidError):
        decide({**GOOD, "offences": [hostile]})


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2030) | st.text(max_size=12) | st.dates().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["reported", "happened", "victims", "suspects", "offences", "facts", "incident", "places", "existing", "charged",
     "removal", "reclassification", "outcome", "flags", "relation", "recorded", "same_incident", "place",
     "gap_days", "reporter"]
)  # fmt: skip


@settings(max_examples=400)
@given(st.dictionaries(FIELDS, ANYTHING, max_size=5))
def test_whatever_is_sent_ends_in_a_decision_or_a_named_error(told: dict[str, Any]) -> None:
    with contextlib.suppress(InvalidError):
        assert decide({**GOOD, **told}).kind


def test_a_mapping_is_needed() -> None:
    with pytest.raises(BadReportError, match="mapping"):
        read_report([])  # type: ignore[arg-type]


def test_plain_words_for_the_same_thing_are_taken() -> None:
    told = {**GOOD, "facts": {}, "Reporter": "third-party other", "victim confirms": False, "risk": "ordinary"}
    report = read_report(told)
    assert report.facts == {"reporter": "third_party", "victim_response": "denies", "necessary": "no"}


def test_parts_may_go_by_their_usual_other_names() -> None:
    told = {"report date": "2026-05-01", "offence date": "2026-04-30", "reporter": "mother", "relationship": "cousin"}
    report = read_report({**told, "victim": 1, "offence": ["8N"]})
    assert (str(report.reported), str(report.happened), report.relation) == ("2026-05-01", "2026-04-30", "relative")
    assert report.facts["reporter"] == "parent_or_carer"


def test_one_part_under_two_names_is_refused() -> None:
    with pytest.raises(BadReportError, match="twice"):
        read_report({**GOOD, "offence_date": "2026-04-30", "occurred": "2026-04-29"})


def test_a_report_survives_json() -> None:
    text = json.dumps(GOOD)
    assert decide(json.loads(text)) == decide(GOOD)


def test_the_short_form_says_what_it_presumes() -> None:
    found = decide(
        {"reported": "2026-05-01", "victims": 2, "suspects": 1, "offences": ["8N", "58D"], "same_incident": True}
    )
    assert (found.number, found.classes) == (2, ("8N", "8N"))
    assert any("names no reporter" in text for text in found.presumed)


@pytest.mark.parametrize(("suspects", "number"), [("2 independent", 2), (2, 1), ("1", 1)])
def test_the_short_form_knows_independent_offenders(suspects: object, number: int) -> None:
    assert decide({"reported": "2026-05-01", "victims": 1, "suspects": suspects, "offences": ["8N"]}).number == number


def test_offences_of_different_incidents_are_counted_apart_in_the_short_form() -> None:
    told = {"reported": "2026-05-01", "victims": 1, "suspects": 1, "offences": ["NFIB50A", "NFIB5D"]}
    assert decide({**told, "same_incident": True}).number == 1
    assert decide({**told, "same_incident": False}).number == 2
