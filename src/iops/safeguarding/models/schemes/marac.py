"""The facts of MARAC: meetings, cases and how they came in, who is heard about, actions."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from iops.control.models import Incident
from iops.foundation.models import District, Fact, Settles, User
from iops.pole.models import Person


class MaracMeeting(Fact):
    """One multi-agency risk assessment conference of a district; an emergency one is held for what cannot wait."""

    record_kind: ClassVar[str] = "marac_meeting"

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    emergency = models.BooleanField(default=False)
    chair = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """A district meets once at a time."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["district", "at"], name="marac_meeting_once")]


class MaracRoute(models.TextChoices):
    """How a case comes to a MARAC (safeguarding.md A4)."""

    VISIBLE_HIGH_RISK = "visible_high_risk", "visible high risk"
    PROFESSIONAL_JUDGEMENT = "professional_judgement", "professional judgement"
    ESCALATION = "escalation", "potential escalation"
    REPEAT = "repeat", "repeat"


class MaracCase(Fact):
    """One referral of a victim to a MARAC out of one incident, until it has been heard.

    A repeat names the case before it (`previous`) and the definition it was found by (`definition`); one that nobody
    made (`by` null) was made by the system when a new incident between the same people was linked (I27), and
    `reasons` says how it was found.
    """

    settles = (Settles("marac_case", "id"), Settles("incident", "incident_id"))
    follows: ClassVar = {"marac_case": ("incident", "incident_id")}
    unsearched: ClassVar[dict[str, str]] = {"definition": "a word of the configuration"}

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="marac_cases")
    victim = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    route = models.CharField(max_length=24, choices=MaracRoute)
    reasons = models.TextField(blank=True)
    emergency = models.BooleanField(default=False)
    referred_at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="repeats")
    definition = models.CharField(max_length=40, blank=True)
    meeting = models.ForeignKey(MaracMeeting, on_delete=models.PROTECT, null=True, blank=True, related_name="cases")
    listed_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    outcome = models.TextField(blank=True)

    class Meta:
        """One case of a victim out of an incident; judgement has reasons; a repeat repeats one; heard at a meeting."""

        indexes: ClassVar = [models.Index(fields=["victim", "-referred_at"], name="marac_case_by_victim")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(route__in=MaracRoute.values), name="marac_route_known"),
            models.UniqueConstraint(fields=["incident", "victim"], name="marac_case_once"),
            models.CheckConstraint(
                condition=Q(route="visible_high_risk") | ~Q(reasons=""), name="marac_judgement_has_reasons"
            ),
            models.CheckConstraint(
                condition=~Q(route="repeat") | (Q(previous__isnull=False) & ~Q(definition="")),
                name="marac_repeat_repeats_one",
            ),
            models.CheckConstraint(
                condition=Q(meeting=None, listed_at=None) | Q(meeting__isnull=False, listed_at__isnull=False),
                name="marac_listed_whole",
            ),
            models.CheckConstraint(
                condition=Q(heard_at=None) | (Q(meeting__isnull=False) & ~Q(outcome="")), name="marac_heard_whole"
            ),
        ]


class MaracPerpetrator(Fact):
    """One person whose abuse of the victim a case is about."""

    append_only: ClassVar[bool] = True

    case = models.ForeignKey(MaracCase, on_delete=models.PROTECT, related_name="perpetrators")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Named once in a case."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "person"], name="marac_perpetrator_once")]


class MaracAction(Fact):
    """What a meeting asked of somebody, by which day."""

    settles = (Settles("marac_action", "id"),)
    follows: ClassVar = {"marac_action": ("incident", "incident_id")}

    case = models.ForeignKey(MaracCase, on_delete=models.PROTECT, related_name="actions")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    owner = models.CharField(max_length=200, help_text="The agency or person that must act.")
    what = models.TextField()
    agreed_at = models.DateTimeField()
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done_note = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """Says who and what; what is done says how."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(owner="") & ~Q(what=""), name="marac_action_says_who_and_what"),
            models.CheckConstraint(condition=Q(done_at=None) | ~Q(done_note=""), name="marac_action_done_how"),
        ]
