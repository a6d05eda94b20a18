"""How incidents were closed, what the recording rules said of them, and the checks of closures by a supervisor."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from iops.control.models.incidents import Incident
from iops.foundation.models import Fact, Settles, User


class Closing(Fact):
    """One closing of an incident: closing code, qualifiers at that moment, results, and the result in words.

    An incident that is reopened and closed again has another. `code` is empty when an incident was closed by a route
    that named none. `draw`, `strata`, `share` and `sampled` are written by the database alone: of which kinds of
    closure it is, how many of a thousand of them are checked, and whether this one is (docs/closing.md).
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("closing", "id"),)
    follows: ClassVar = {"closing": ("incident", "incident_id")}

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="closings")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    edition = models.CharField(max_length=40, blank=True)
    code = models.CharField(max_length=40, blank=True)
    qualifiers = models.JSONField(default=list, blank=True)
    results = models.JSONField(default=list, blank=True)
    text = models.TextField()
    draw = models.PositiveSmallIntegerField(default=0, editable=False)
    strata = models.JSONField(default=list, blank=True, editable=False)
    share = models.PositiveSmallIntegerField(default=0, editable=False)
    sampled = models.BooleanField(default=False, editable=False)

    class Meta:
        """It says what was done; closings are listed from the newest."""

        indexes: ClassVar = [
            models.Index(fields=["incident", "at", "id"], name="closing_in_order"),
            models.Index(fields=["-at"], name="closing_newest"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="closing_says_what"),
            models.CheckConstraint(condition=Q(draw__lt=1000, share__lte=1000), name="closing_per_thousand"),
        ]


class CheckVerdict(models.TextChoices):
    """What a supervisor finds of a closure."""

    AGREE = "agree", "agree"
    ADVISE = "advise", "agree, with advice"
    REOPEN = "reopen", "reopen"


class ClosureCheck(Fact):
    """A supervisor's check of one closure: agree, advise whoever closed it, or reopen; with what was found."""

    append_only: ClassVar[bool] = True
    settles = (Settles("closing", "closing_id"),)

    closing = models.OneToOneField(Closing, on_delete=models.PROTECT, related_name="check_made")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=CheckVerdict)
    findings = models.JSONField(default=list, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        """What is not simply agreed to is said in words."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(verdict__in=CheckVerdict.values), name="closure_check_verdict_known"),
            models.CheckConstraint(condition=Q(verdict="agree") | ~Q(note=""), name="closure_check_says_why"),
            models.CheckConstraint(condition=~Q(verdict="agree") | Q(findings=[]), name="closure_check_agrees_whole"),
        ]


class RecordingAdvice(Fact):
    """What the recording rules said of an incident at a time, and of which facts: kept with the decision it led to.

    `report` is the whole report as the rulebook read it, facts of the incident and answers alike; `kind` the rules'
    decision, `result` what was decided with it, `words` the decision with its reasons.
    """

    append_only: ClassVar[bool] = True
    unsearched: ClassVar[dict[str, str]] = {"words": "the reasons of the rules; the decision is found by its rationale"}

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="recording_advice")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rules_of = models.DateField(help_text="The local day whose rules were asked.")
    report = models.JSONField()
    kind = models.CharField(max_length=40)
    result = models.CharField(max_length=24)
    words = models.TextField()

    class Meta:
        """Read in the order of time."""

        indexes: ClassVar = [models.Index(fields=["incident", "at", "id"], name="recording_advice_order")]
