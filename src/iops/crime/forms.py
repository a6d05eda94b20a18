"""The forms of crime recording."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, ClassVar

from iops.control.selectors import parse_reference
from iops.crime.models import RecordingResult
from iops.crime.questions import in_words
from iops.rulebook.classify import FAMILY, OTHERS, PARTNERS
from iops.rulebook.library import acts, all_tables
from iops.web.forms import DatePartsField, Form, choice, line, text, tick

if TYPE_CHECKING:
    from collections.abc import Mapping

TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.]?([0-5][0-9])")
OFFENCES = (1, 2, 3)
"""How many offences the page takes; more go through the command and the API."""
MOST_DIGITS = 6
MOST_APART = 50
"""How many suspects may act each on their own: each is counted apart."""


SEXES = [("", "Not known"), ("female", "Female"), ("male", "Male")]
ROLES = [
    ("", "Not known"),
    ("public", "A member of the public"),
    ("constable", "A constable"),
    ("emergency_worker", "Another emergency worker"),
]


class Recording(Form):
    """Whether what the incident reports is recorded as a crime."""

    names: ClassVar[Mapping[str, str]] = {"additional verifiable information": "avi"}

    result = choice("Decision", [(k.value, str(k.label).capitalize()) for k in RecordingResult], needs="crime-decision")
    rationale = text("Rationale", needs="crime-decision")
    avi = text(
        "Additional verifiable information",
        required=False,
        hint="Needed to take a crime back: when and from where it came, how it can be checked, what it shows",
    )


class ByTheRules(Form):
    """The decision that the rules come to, taken by somebody who stands for it."""

    names: ClassVar[Mapping[str, str]] = {"additional verifiable information": "avi"}

    committed_from = DatePartsField(label="Committed on, or from", required=False, help_text="When it was another day")
    committed_to = DatePartsField(label="Committed until", required=False, help_text="When it went on, or is not known")
    code = line("Home Office code", longest=6, required=False, hint="Such as 008/06, where the class has several")
    note = text("Add what the record should say", required=False)
    avi = text(
        "Additional verifiable information",
        required=False,
        hint="Needed to take a crime back",
    )


class CopyToIncident(Recording):
    """A decision of the recording rules, copied into an incident by somebody who stands for it."""

    field_order = ("incident", "result", "rationale", "avi")

    incident = line("Incident", longest=40, hint="Its reference, such as 412/05072019", needs="which-record")

    def clean_incident(self) -> tuple[int, dt.date]:
        """The number and the day of the incident."""
        found = parse_reference(self.cleaned_data["incident"])
        if found is None:
            self.add_error("incident", "Incident: write its number and its day, such as 412/05072019.")
        return found or (0, dt.date.min)


def _or_nothing(first: str, values: Any) -> list[tuple[str, str]]:
    return [("", first), *((value, in_words(value)) for value in values)]


def _kinds_of_incident() -> list[tuple[str, str]]:
    return _or_nothing("It is about an offence", all_tables()["incident-category"].facts["about"].values)


class WhatWasReported(Form):
    """What was reported, in the few facts from which the questions follow."""

    reported = DatePartsField(
        label="Day of the report", error_messages={"required": "Day of the report is empty."}, needs="crime-report-day"
    )
    time = line("Time of the report", longest=5, required=False, hint="Such as 03:12; the time limit runs from it")
    happened = DatePartsField(label="Day it happened", required=False, help_text="When it was another day")
    act1 = choice("What was done", [], few=False, required=False)
    class1 = line("or its class or code", longest=20, required=False, hint="Such as 8N or 008/06")
    act2 = choice("What else was done", [], few=False, required=False)
    class2 = line("or the class or code of it", longest=20, required=False)
    act3 = choice("And what else", [], few=False, required=False)
    class3 = line("or the class or code of that", longest=20, required=False)
    about = choice("If there is no offence: what it is about", [], few=False, required=False)
    death = tick("Somebody has died and no homicide is plain")
    victims = line("Victims", longest=MOST_DIGITS, required=False, hint="How many; 0 for none", inputmode="numeric")
    role = choice("The victim is", ROLES, few=False, required=False)
    sex = choice("Sex of the victim", SEXES, few=False, required=False)
    age = line("Age of the victim", longest=3, required=False, inputmode="numeric")
    suspects = line("Suspects", longest=MOST_DIGITS, required=False, hint="How many; 0 for none", inputmode="numeric")
    apart = tick("The suspects acted independently of each other")
    relation = choice("Suspect and victim are", [], few=False, required=False)
    compare = DatePartsField(
        label="Compare with the rules of", required=False, help_text="Another day, to see what would be recorded then"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for at in OFFENCES:
            fields[f"act{at}"].choices = _or_nothing("Choose one", acts())
        fields["about"].choices = _kinds_of_incident()
        fields["relation"].choices = _or_nothing("Not known", sorted(PARTNERS | FAMILY | OTHERS))

    def clean(self) -> dict[str, Any]:
        """Whole numbers for the numbers, a moment for day and time, one name for each offence."""
        given = super().clean() or {}
        for name in ("victims", "suspects", "age"):
            given[name] = self._number(name, given.get(name) or "")
        time = given.get("time") or ""
        if time and TIME.fullmatch(time) is None:
            self.add_error("time", "Time of the report: write it such as 03:12.")
        if given.get("apart") and (given.get("suspects") or 0) > MOST_APART:
            self.add_error("suspects", f"Suspects: at most {MOST_APART} can be counted each on their own here.")
        for at in OFFENCES:
            if given.get(f"act{at}") and given.get(f"class{at}"):
                self.add_error(f"class{at}", "Choose what was done, or give the class or code, not both.")
        return given

    def _number(self, name: str, typed: str) -> int | None:
        if typed and not (typed.isascii() and typed.isdigit()):
            self.add_error(name, f"{self.fields[name].label}: write a whole number.")
            return None
        return int(typed) if typed else None

    def report(self) -> dict[str, Any]:
        """What was reported, as the rulebook reads it (`iops.rulebook.report`), without the answers to questions."""
        given = self.cleaned_data
        told: dict[str, Any] = {
            "reported": self._moment(), "happened": given["happened"], "relation": given["relation"] or None,
            "offences": self._offences(), "victims": self._victims(), "suspects": self._suspects(),
        }  # fmt: skip
        if given["about"]:
            told["incident"] = {"about": given["about"], "details": {}}
        return told | ({"death": True} if given["death"] else {})

    def _moment(self) -> dt.date | dt.datetime:
        day: dt.date = self.cleaned_data["reported"]
        found = TIME.fullmatch(self.cleaned_data["time"])
        if found is None:
            return day
        # Local time of England and Wales, as the rulebook reads every time without an offset.
        return dt.datetime.combine(day, dt.time(int(found[1]), int(found[2])))

    def _offences(self) -> list[dict[str, Any]]:
        given, found = self.cleaned_data, []
        for at in OFFENCES:
            if given[f"act{at}"]:
                found.append({"act": given[f"act{at}"]})
            elif given[f"class{at}"]:
                found.append({"offence": given[f"class{at}"].strip()})
        return found

    def _victims(self) -> list[dict[str, Any]]:
        given = self.cleaned_data
        if not given["victims"]:
            return []
        told = {"age": given["age"], "sex": given["sex"], "role": given["role"]}
        known = {k: v for k, v in told.items() if v not in ("", None)}
        return [{"id": "victim", "count": given["victims"], **known}]

    def _suspects(self) -> list[dict[str, Any]]:
        many = self.cleaned_data["suspects"]
        if not many:
            return []
        if self.cleaned_data["apart"]:
            return [{"id": f"suspect {at}", "group": f"alone {at}"} for at in range(1, many + 1)]
        return [{"id": "suspect", "count": many}]
