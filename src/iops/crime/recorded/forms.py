"""The forms of recorded crimes. A field is compulsory only where the step cannot be judged without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iops.crime.models import ClassingGround, ToldOf
from iops.crime.questions import in_words
from iops.crime.recorded import rape
from iops.crime.recorded.deciding import GROUNDS
from iops.crime.recorded.finding import parse_reference
from iops.crime.recorded.life import FLAGS
from iops.foundation.models import Team, User
from iops.rulebook.outcomes import framework
from iops.web.forms import DatePartsField, Form, choice, line, text

if TYPE_CHECKING:
    import datetime as dt

YES_NO = [("", "Not said"), ("yes", "Yes"), ("no", "No")]
MOST_PEOPLE = 500


def _first_capital(choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(value, f"{words[:1].upper()}{words[1:]}") for value, words in choices]


class Allocate(Form):
    """To whom a crime is allocated, and why."""

    owner = choice("Owner", [], few=False, needs="crime-allocated")
    reason = text("Why to them", hint="Skill, load, what they know of it", needs="crime-allocated")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, kind="person").order_by("name")[:MOST_PEOPLE]
        teams = Team.objects.order_by("name")[:MOST_PEOPLE]
        fields: Any = self.fields
        fields["owner"].choices = [
            ("", "Choose one"),
            *((f"user-{u.id}", f"{u.name} {u.collar_number}".strip()) for u in people),
            *((f"team-{t.id}", f"Team: {t.name}") for t in teams),
        ]


class Review(Form):
    """A supervisor's review."""

    findings = text("What you found, and what is to be done next", needs="crime-review-7")


class Plan(Form):
    """An action for the plan."""

    what = text("What is to be done", needs="crime-plan")
    due = DatePartsField(label="By when", required=False)


class Result(Form):
    """What came of an action."""

    result = text("What came of it", needs="crime-plan")


class Log(Form):
    """An entry of the investigation log."""

    entry = text("Entry", needs="crime-log")


class Told(Form):
    """What the victim was told."""

    about = choice("Told of", _first_capital([(k.value, str(k.label)) for k in ToldOf]), needs="victim-told")
    how = line("How", longest=100, hint="Such as by telephone, in person, by letter", needs="victim-told")
    words = text("What was said", needs="victim-told")


class ReporterTold(Form):
    """How the reporter was told that no crime is recorded."""

    how = line("How", longest=100, hint="Such as by telephone, in person, by letter", needs="reporter-told-of-refusal")
    words = text("What was said", needs="reporter-told-of-refusal")


class Flag(Form):
    """A flag of a crime."""

    flag = choice("Flag", [(f, f[:1].upper() + f[1:]) for f in FLAGS], few=False, needs="crime-flag")


class Unlink(Form):
    """Why a link between two crimes was wrong."""

    reason = text("Why they do not belong together", needs="crime-link")


class LinkOther(Form):
    """Another crime that belongs to this one, not as one of a series."""

    other = line("Crime number", longest=40, hint="Such as CR/412/2026", needs="which-record")
    reason = text("Why", needs="crime-link")

    def clean_other(self) -> tuple[int, dt.date] | None:
        """The number and the year of the crime."""
        found = parse_reference(self.cleaned_data["other"])
        if found is None:
            self.add_error("other", "Crime number: write it such as CR/412/2026.")
        return found


class Reclassify(Form):
    """Another class."""

    crime_class = line("Class", longest=20, hint="Such as 8N", needs="crime-class-change")
    code = line("Home Office code", longest=6, required=False, hint="Such as 008/06")
    ground = choice(
        "Ground", _first_capital([(k.value, str(k.label)) for k in ClassingGround]), needs="crime-class-change"
    )
    reason = text("Reasons", needs="crime-class-change")


class RapeReport(Form):
    """A rape crime turned into a reported incident of rape."""

    code = choice(
        "Reported incident",
        [(code, f"{code}: {says}") for code, says in rape.CODES.items()],
        few=False,
        needs="crime-class-change",
    )
    ground = choice(
        "Ground", _first_capital([(k.value, str(k.label)) for k in ClassingGround]), needs="crime-class-change"
    )
    reason = text("Reasons", needs="crime-class-change")


class Outcome(Form):
    """An outcome, with the facts its tests ask for; what is on record is not asked."""

    code = choice("Outcome", [], few=False, needs="crime-outcome")
    reason = text("Reasons", needs="crime-outcome")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        listed = framework().outcomes.values()
        fields["code"].choices = [("", "Choose one"), *((o.code, f"{o.code} {o.title}") for o in listed)]
        for name in self.data:
            if name.startswith("f.") and (rule := framework().facts.get(name[2:])) is not None:
                answers = [("", "Not said"), *((v, in_words(v)) for v in rule.values)]
                fields[name] = (
                    choice(rule.asks, answers, required=False, few=False)
                    if rule.values
                    else line(rule.asks, longest=3, required=False, inputmode="numeric")
                )

    @property
    def facts(self) -> dict[str, str]:
        """The answers, by the names of the framework."""
        return {name[2:]: str(value) for name, value in self.cleaned_data.items() if name.startswith("f.") and value}


class Cancel(Form):
    """A removal, with what its ground asks."""

    category = choice(
        "Category", [(k.value, f"{k.value}: {k.label}") for k in GROUNDS], few=False, needs="crime-removal"
    )
    reason = text("Reasons", needs="crime-removal")
    avi = text(
        "Additional verifiable information",
        required=False,
        hint="C2: when and from where it came, how it can be checked, what it shows (OUT2026 p28)",
    )
    additional = choice("C2: was it not held when the crime was recorded?", YES_NO, required=False, few=False)
    verifiable = choice("C2: can its origin and reliability be checked?", YES_NO, required=False, few=False)
    shows_no_crime = choice("C2: does it show that no crime happened?", YES_NO, required=False, few=False)
    coerced = choice("C2: does a withdrawal look coerced?", YES_NO, required=False, few=False)
    genuine_error = choice("C4: was it a genuine mistake?", YES_NO, required=False, few=False)
    other_reference = line("C1: number of the other force", longest=40, required=False)
    other = line("C3: the live crime it is part of", longest=40, required=False, hint="Such as CR/412/2026")


class Reopen(Form):
    """Why an ended crime is opened again."""

    reason = text("Why it is opened again", needs="decision-reason")
