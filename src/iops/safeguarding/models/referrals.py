"""The facts of referrals: agencies, referrals and the states they went through, and who must not receive."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from iops.control.models import Incident
from iops.foundation.models import District, Fact, Settles, User
from iops.pole.models import Person
from iops.safeguarding.models.children import IncidentChild


class AgencyKind(models.TextChoices):
    """What kind of partner it is; the default content of a package depends on it (data/sharing.yaml)."""

    CHILDREN_SERVICES = "children_services", "children's services"
    ADULT_SERVICES = "adult_services", "adult services"
    MARAC = "marac", "MARAC"
    IDVA = "idva", "IDVA service"
    VICTIMS_SERVICES = "victims_services", "victims' services"
    SCHOOL = "school", "school"
    HEALTH = "health", "health"
    PROBATION = "probation", "probation"
    OTHER = "other", "other"


class Channel(models.TextChoices):
    """How a package reaches an agency: a folder that its gateway empties, or e-mail."""

    FOLDER = "folder", "folder drop"
    SMTP = "smtp", "e-mail"


class Agency(Fact):
    """A partner that referrals are sent to; it serves one district, or the whole force when it has none.

    `address` is an e-mail address for `smtp` and the name of a folder for `folder`.
    """

    record_kind: ClassVar[str] = "agency"

    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=20, choices=AgencyKind)
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, blank=True)
    channel = models.CharField(max_length=10, choices=Channel)
    address = models.CharField(max_length=254)
    active = models.BooleanField(default=True)
    made_up = models.BooleanField(default=False)

    class Meta:
        """An agency has a name, a kind and an address."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=AgencyKind.values), name="agency_kind_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="agency_channel_known"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(address=""), name="agency_can_be_reached"),
        ]

    def __str__(self) -> str:
        return self.name


class Strand(models.TextChoices):
    """What the referral is about (safeguarding.md A6)."""

    CHILD = "child", "child"
    DA_ADULT = "da_adult", "adult, domestic abuse"
    ADULT_CARE = "adult_care", "adult with care needs"
    MENTAL_HEALTH = "mental_health", "mental health"
    MISSING = "missing", "missing"
    EXPLOITATION = "exploitation", "exploitation"
    STALKING = "stalking", "stalking"
    HONOUR_BASED = "honour_based", "honour-based abuse"
    HATE = "hate", "hate"
    PREVENT = "prevent", "Prevent"


class Urgency(models.TextChoices):
    """How fast it must go: at once, or within a day (T08)."""

    IMMEDIATE = "immediate", "immediate"
    ROUTINE = "routine", "routine"


class Referral(Fact):
    """One referral of one person out of one incident to one agency, as it was drafted.

    Its state is not here: it is its latest step, so that there is one truth about it. `sections` is a list of
    {"block", "why"}: what the package shows beyond the default of the agency's kind has a why. `attention` names the
    professional it is meant for, if any. `child` is the child's link when it follows a decision on a child;
    `after_rejection` the rejected referral that it replaces.
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("referral", "id"), Settles("incident", "incident_id"))
    follows: ClassVar = {"referral": ("incident", "incident_id")}

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="referrals")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    child = models.ForeignKey(IncidentChild, on_delete=models.PROTECT, null=True, blank=True, related_name="referrals")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="referrals")
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    strand = models.CharField(max_length=16, choices=Strand)
    urgency = models.CharField(max_length=10, choices=Urgency)
    summary = models.TextField(help_text="Why this person is referred, in the officer's words.")
    voice = models.TextField(blank=True, help_text="What the person says and wants.")
    basis = models.CharField(max_length=40, help_text="Consent, or the coded ground on which it is shared without.")
    grounds = models.TextField(blank=True)
    sections = models.JSONField(default=list)
    attention = models.CharField(max_length=200, blank=True)
    after_rejection = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    unsearched: ClassVar[dict[str, str]] = {"basis": "a word from a fixed list"}

    class Meta:
        """Listed by agency and by district; says why and on what ground."""

        indexes: ClassVar = [models.Index(fields=["-drafted_at", "-id"], name="referral_newest")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(strand__in=Strand.values), name="referral_strand_known"),
            models.CheckConstraint(condition=Q(urgency__in=Urgency.values), name="referral_urgency_known"),
            models.CheckConstraint(condition=~Q(summary="") & ~Q(basis=""), name="referral_says_why"),
            models.CheckConstraint(condition=Q(basis="consent") | ~Q(grounds=""), name="referral_override_has_grounds"),
        ]


class ReferralState(models.TextChoices):
    """The states of a referral, alike for every partner. Sent is not received (I07)."""

    DRAFTED = "drafted", "drafted"
    SENT = "sent", "sent"
    RECEIVED = "received", "received"
    ACCEPTED = "accepted", "accepted"
    REJECTED = "rejected", "rejected"
    DONE = "done", "done"
    REVOKED = "revoked", "revoked"


class ReferralStep(Fact):
    """One step of a referral into a state: who took it, when, and why. Which may follow which, a trigger holds.

    `by` is null when the partner took it on its own page (then `said_by` is the name given there) or the system.
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("incident", "incident_id"),)

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="steps")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ReferralState)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    said_by = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        """A state is reached once; a rejection and a revocation say why."""

        indexes: ClassVar = [models.Index(fields=["at", "state"], name="referral_step_by_day")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ReferralState.values), name="referral_state_known"),
            models.UniqueConstraint(fields=["referral", "state"], name="referral_state_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["rejected", "revoked"]) | ~Q(reason=""), name="referral_ends_with_reason"
            ),
        ]


class Follow(models.TextChoices):
    """What follows a rejection."""

    ELSEWHERE = "elsewhere", "refer elsewhere"
    ESCALATE = "escalate", "escalate to the partner's manager"
    NOTHING = "nothing", "nothing further"


class RejectionDecision(Fact):
    """What follows a rejected referral: somebody decides, with a reason."""

    append_only: ClassVar[bool] = True
    settles = (Settles("incident", "incident_id"),)

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="rejection_decision")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    follow = models.CharField(max_length=10, choices=Follow)
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """One of three, with a reason."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(follow__in=Follow.values) & ~Q(reason=""), name="rejection_decided")
        ]


class BarKind(models.TextChoices):
    """What a must-not-receive entry bars: somebody as a recipient, or words from every package."""

    RECIPIENT = "recipient", "must not receive"
    CONTENT = "content", "must not be told"


class SharingBar(Fact):
    """One entry of an incident's must-not-receive list: a name, e-mail address or domain, or words such as an address.

    An entry is lifted with a reason and never removed.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="sharing_bars")
    kind = models.CharField(max_length=10, choices=BarKind)
    value = models.CharField(max_length=300)
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lifted_reason = models.TextField(blank=True)

    class Meta:
        """Says what and why; lifted with a reason."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=BarKind.values), name="bar_kind_known"),
            models.CheckConstraint(condition=~Q(value="") & ~Q(reason=""), name="bar_says_what_and_why"),
            models.CheckConstraint(condition=Q(lifted_at=None) | ~Q(lifted_reason=""), name="bar_lifted_with_reason"),
        ]
