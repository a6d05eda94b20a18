"""What this part puts on the page of a crime: its acts and its section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.crime import sections
from iops.crime.outcomes import forms, selectors, services

if TYPE_CHECKING:
    from iops.crime.models import Crime
    from iops.foundation.models import User
    from iops.web.forms import Form


def _wish(crime: Crime, form: forms.WishForm, by: User) -> str:
    typed = form.cleaned_data
    services.record_wish(
        crime.id,
        typed["wish"],
        typed["taken_how"],
        by,
        words=typed["words"],
        recording=typed["recording"],
        victim=form.named,
    )
    return "Saved what the victim wants."


def _evidence_led(crime: Crime, form: Form, by: User) -> str:
    typed = form.cleaned_data
    services.consider_evidence_led(crime.id, typed["evidence"], typed["goes_on"] == "yes", typed["reason"], by)
    return "Saved whether the case goes on without the victim."


def _safeguarding(crime: Crime, form: Form, by: User) -> str:
    services.check_safeguarding(crime.id, form.cleaned_data["victim_safety"], form.cleaned_data["child_safety"], by)
    return "Saved that safety was looked at."


def _audit(crime: Crime, form: Form, by: User) -> str:
    made = services.audit_outcome(crime.id, form.cleaned_data["verdict"], form.cleaned_data["reason"], by)
    return f"Audited: {made.get_verdict_display()}."


def ready() -> None:
    """Put them on the page."""
    sections.register(
        {
            "wish": (forms.WishForm, _wish),
            "evidence-led": (forms.EvidenceLedForm, _evidence_led),
            "safeguarding-check": (forms.SafeguardingForm, _safeguarding),
            "audit-outcome": (forms.AuditForm, _audit),
        },
        sections.Section(
            70, "crime/outcome_ground.html", lambda crime, viewer: {"ground": selectors.ground_of(crime, viewer)}
        ),
    )
