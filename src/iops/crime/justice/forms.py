"""The forms of suspects. Which suspect is chosen on the page, among those linked to the crime."""

from __future__ import annotations

from iops.crime.models import BailAuthority, BailEnd, CameHow, ChargedBy, DisposalKind
from iops.web.forms import DatePartsField, Form, choice, line, text, tick


def _capital(choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(value, f"{words[:1].upper()}{words[1:]}") for value, words in choices]


class WantForm(Form):
    """Why a suspect is wanted."""

    reason = text("Why they are wanted", needs="suspect-step")


class ArrestForm(Form):
    """An arrest."""

    how = choice("How", _capital(list(CameHow.choices)), needs="suspect-step")
    place = line("Where they were arrested", needs="suspect-step")
    necessity = text("Why the arrest was necessary", needs="arrest-necessity")


class InterviewForm(Form):
    """A voluntary interview."""

    place = line("Where they were interviewed", needs="suspect-step")
    reason = text("Why no arrest was needed", needs="arrest-necessity")


class BailForm(Form):
    """Bail before charge, granted, extended or varied."""

    until = DatePartsField(label="Until the end of", needs="bail-terms")
    conditions = text("Conditions", required=False, hint="Leave it empty for bail without conditions")
    authority = choice("By whose authority", _capital(list(BailAuthority.choices)), needs="bail-terms")
    authority_words = line("Which superintendent, or which court and when", required=False)
    views = text("What the victim said of it", hint="Or how it was sought", needs="bail-terms")
    reason = text("Why bail is necessary and proportionate", needs="bail-terms")


class EndBailForm(Form):
    """The end of bail."""

    how = choice("How it ended", _capital(list(BailEnd.choices)), needs="suspect-step")
    reason = text("What happened", needs="suspect-step")


class ReleaseForm(Form):
    """A release under investigation."""

    reason = text("Why not bail with conditions", needs="release-reason")


class ReleaseReviewForm(Form):
    """A supervisor's look at a release."""

    findings = text("What is still to do, and whether it should be bail", needs="release-review-28")


class NoActionForm(Form):
    """No further action against a suspect."""

    reason = text("Why no further action is taken", needs="suspect-step")


class ChargeForm(Form):
    """A charge or summons."""

    offences = text("Offences", needs="charge-terms")
    decided_by = choice("Who decided", _capital(list(ChargedBy.choices)), needs="charge-terms")
    authority_words = line("Name and reference of the decision", needs="charge-terms")
    remanded = tick("They were kept in custody")


class HearingForm(Form):
    """A hearing."""

    court = line("Court", longest=100, needs="charge-terms")
    held_on = DatePartsField(label="Day of the hearing", needs="charge-terms")


class DisposalForm(Form):
    """A disposal out of court."""

    kind = choice("Disposal", _capital(list(DisposalKind.choices)), few=False, needs="disposal-terms")
    admitted = tick("They admit it and agree")
    conditions = text("Conditions", required=False)
    views = text("What the victim said of it", hint="Or how it was sought", needs="disposal-terms")
    reason = text("Why it is fitting", needs="disposal-terms")


class CancelWantedForm(Form):
    """Why somebody is no longer wanted."""

    reason = text("Why they are no longer wanted", needs="suspect-step")
