"""The facts of children on incidents: who is linked, and what is decided for each."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from iops.control.models import Incident
from iops.foundation.models import Fact, Settles, User
from iops.pole.models import Person


class FoundHow(models.TextChoices):
    """How a child comes to be on an incident (invariant I05)."""

    ADDRESS = "address", "at the address"
    RELATIONSHIP = "relationship", "in the relationship"
    NAMED = "named", "named by somebody"
    UNKNOWN = "unknown", "not recorded"


class SchoolKnown(models.TextChoices):
    """Whether the school of a child is known: "unknown" is an answer that leaves work, never a blank."""

    KNOWN = "known", "known"
    UNKNOWN = "unknown", "not known yet"
    NONE = "none", "not at school"


class Seen(models.TextChoices):
    """Whether the child was seen and spoken to."""

    SPOKEN = "spoken", "seen and spoken to"
    SEEN = "seen", "seen, not spoken to"
    NOT_SEEN = "not_seen", "not seen"
    UNKNOWN = "unknown", "not recorded"


class IncidentChild(Fact):
    """A child linked to an incident: at the address, in the relationship, or named (invariant I05).

    `known_at` is when both the school and the date of birth were first known or said not to apply; null until then.
    `voice` is what the child said or showed, `seen_words` why it was not seen or spoken to.
    """

    settles = (Settles("incident_child", "id"), Settles("incident", "incident_id"))
    follows: ClassVar = {"incident_child": ("incident", "incident_id")}

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="children")
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    linked_at = models.DateTimeField()
    linked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)
    found_how = models.CharField(max_length=12, choices=FoundHow, default=FoundHow.UNKNOWN)
    school_known = models.CharField(max_length=8, choices=SchoolKnown, default=SchoolKnown.UNKNOWN)
    school = models.CharField(max_length=200, blank=True)
    seen = models.CharField(max_length=10, choices=Seen, default=Seen.UNKNOWN)
    seen_words = models.TextField(blank=True)
    voice = models.TextField(blank=True)
    known_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A child is linked to an incident once; a school that is known has a name."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["incident", "person"], name="child_linked_once"),
            models.CheckConstraint(
                condition=Q(found_how__in=FoundHow.values, school_known__in=SchoolKnown.values, seen__in=Seen.values),
                name="child_words_known",
            ),
            models.CheckConstraint(
                condition=Q(school_known="known") & ~Q(school="") | ~Q(school_known="known") & Q(school=""),
                name="child_school_has_name",
            ),
        ]


class ChildDecisionKind(models.TextChoices):
    """What is decided for a child (invariant I05)."""

    REFER_NOW = "refer_now", "refer now"
    REFER_ROUTINE = "refer_routine", "refer, routine"
    EARLY_HELP = "early_help", "early help"
    NO_REFERRAL = "no_referral", "no referral"


class NoReferralProposal(Fact):
    """A proposal that a child need not be referred, until a second person decides on it (invariant I05).

    Until it is confirmed the child stands as before: without a decision, or with the one it had.
    """

    settles = (Settles("incident_child", "child_id"),)

    child = models.ForeignKey(IncidentChild, on_delete=models.PROTECT, related_name="no_referral_proposals")
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed = models.BooleanField(null=True, blank=True)
    decision_note = models.TextField(blank=True)

    class Meta:
        """One open proposal a child, with a reason; decided whole, later, and by somebody else."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["child"], condition=Q(decided_at=None), name="no_referral_one_open"),
            models.CheckConstraint(condition=~Q(reason=""), name="no_referral_proposal_says_why"),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, confirmed=None)
                | Q(decided_at__gte=F("at"), decided_by__isnull=False, confirmed__isnull=False),
                name="no_referral_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("by")), name="no_referral_second_person"
            ),
        ]


class ChildDecision(Fact):
    """The decision on one child in one incident. A later one replaces it by name; the one that none replaces stands.

    So there is exactly one that stands (I05), which the database holds. "No referral" names the proposal that a second
    person has confirmed; rows older than that rule name none.
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("incident_child", "child_id"),)

    child = models.ForeignKey(IncidentChild, on_delete=models.PROTECT, related_name="decisions")
    decision = models.CharField(max_length=16, choices=ChildDecisionKind)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    proposal = models.OneToOneField(NoReferralProposal, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        """A child who is not referred has a reason on record; one first decision a child, each replaced once."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(decision__in=ChildDecisionKind.values), name="child_decision_known"),
            models.CheckConstraint(condition=~Q(decision="no_referral") | ~Q(reason=""), name="no_referral_has_reason"),
            models.UniqueConstraint(fields=["child"], condition=Q(replaces=None), name="child_decision_one_first"),
        ]
