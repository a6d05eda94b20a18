"""The forms of what outcomes rest on. Each field is one the outcome's rule asks for (OUT2026 pp17-19)."""

from __future__ import annotations

from iops.crime.models import AuditVerdict, Wish, WishTaken
from iops.web.forms import Form, choice, line, text


def _capital(choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(value, f"{words[:1].upper()}{words[1:]}") for value, words in choices]


class WishForm(Form):
    """What a victim wants."""

    victim = line(
        "Victim",
        longest=40,
        required=False,
        hint="Only where there are several: person or organisation and its number, such as person-12",
    )
    wish = choice("What the victim wants", _capital([(k.value, str(k.label)) for k in Wish]), needs="victim-wish")
    taken_how = choice(
        "How it was taken", _capital([(k.value, str(k.label)) for k in WishTaken]), few=False, needs="victim-wish"
    )
    words = text(
        "In the victim's own words",
        required=False,
        hint="Or give the recording. Where contact was lost, say what was tried.",
    )
    recording = line("Reference of the recording", longest=100, required=False)

    @property
    def named(self) -> tuple[str, int] | None:
        """The victim as kind and id; None when none was named."""
        kind, _, number = self.cleaned_data["victim"].strip().lower().partition("-")
        if not kind:
            return None
        return kind, int(number[:18]) if number.isascii() and number.isdigit() else 0


class EvidenceLedForm(Form):
    """Whether the case can go on without the victim."""

    evidence = text(
        "What other evidence there is", hint="Or that there is none, and what was looked for", needs="evidence-led"
    )
    goes_on = choice(
        "Does the case go on without the victim?",
        [("yes", "Yes, it goes on"), ("no", "No, it cannot")],
        needs="evidence-led",
    )
    reason = text("Reasons", needs="evidence-led")


class SafeguardingForm(Form):
    """That everybody's safety was looked at."""

    victim_safety = text(
        "Safety of the victim", hint="What you found, and what was done", needs="safety-before-outcome"
    )
    child_safety = text(
        "Safety of children", hint="Or that there are none, and how you know", needs="safety-before-outcome"
    )


class AuditForm(Form):
    """The answer of a re-audit."""

    verdict = choice("The outcome is", _capital([(k.value, str(k.label)) for k in AuditVerdict]), needs="outcome-audit")
    reason = text("Reasons", needs="outcome-audit")
