"""What ties incidents: links, transfers to other districts and forces, and major incidents."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from iops.control.models.incidents import Incident
from iops.foundation.models import District, Fact, Settles, User


class LinkKind(models.TextChoices):
    """How one incident stands to another; each reads in one direction, `INVERSE` says the other."""

    SAME_AS = "same_as", "same as"
    DUPLICATE_OF = "duplicate_of", "duplicate of"
    RELATED_TO = "related_to", "related to"
    SERIES = "series", "part of a series with"


INVERSE = {
    LinkKind.SAME_AS: "same as",
    LinkKind.DUPLICATE_OF: "has the duplicate",
    LinkKind.RELATED_TO: "related to",
    LinkKind.SERIES: "part of a series with",
}
"""What the link says on the page of the incident it points to."""


class IncidentLink(Fact):
    """Somebody says, with a reason, that two incidents belong together. It closes nothing and drops nothing.

    A link that was wrong is withdrawn with a reason, and stays to be seen.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="links_from")
    other = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="links_to")
    kind = models.CharField(max_length=12, choices=LinkKind)
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        """Two incidents, a known kind, a reason; the same standing link is there once."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(incident=F("other")), name="incident_link_two"),
            models.CheckConstraint(condition=Q(kind__in=LinkKind.values), name="incident_link_kind_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="incident_link_says_why"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | (Q(withdrawn_at__gte=F("at")) & ~Q(withdrawn_reason="")),
                name="incident_link_withdrawn_whole",
            ),
            models.UniqueConstraint(
                fields=["incident", "other", "kind"], condition=Q(withdrawn_at=None), name="incident_link_once"
            ),
        ]


class Transfer(Fact):
    """An incident is offered to another district of the force, or to another force; it is ours until they accept.

    To a district: `to_district`; the owner changes when somebody there accepts. To another force: `to_force` and the
    `reference` under which that force has it, told with its acceptance; `accepted_name` is who there accepted. Neither
    starts a clock anew, closes anything, or takes a duty away. An answer or a withdrawal ends the offer.
    """

    settles = (Settles("incident_transfer", "id"),)
    follows: ClassVar = {"incident_transfer": ("incident", "incident_id")}

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="transfers")
    from_district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    to_district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    to_force = models.CharField(max_length=120, blank=True)
    reason = models.TextField()
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    accepted = models.BooleanField(null=True, blank=True)
    accepted_name = models.CharField(max_length=120, blank=True, help_text="Who in the other force answered.")
    reference = models.CharField(max_length=60, blank=True, help_text="Its number in the other force.")
    answer = models.TextField(blank=True, help_text="Why it was refused or withdrawn, or what was agreed.")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """To one receiver; answered whole; a refusal says why; one open offer an incident."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(to_district__isnull=False) & Q(to_force=""))
                | (Q(to_district__isnull=True) & ~Q(to_force="")),
                name="transfer_one_receiver",
            ),
            models.CheckConstraint(
                condition=Q(to_district=None) | ~Q(to_district=F("from_district")), name="transfer_goes_elsewhere"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="transfer_says_why"),
            models.CheckConstraint(
                condition=Q(answered_at=None, accepted=None)
                | Q(answered_at__gte=F("offered_at"), accepted__isnull=False, answered_by__isnull=False),
                name="transfer_answered_whole",
            ),
            models.CheckConstraint(condition=~Q(accepted=False) | ~Q(answer=""), name="transfer_refusal_says_why"),
            models.CheckConstraint(
                condition=Q(to_force="") | ~Q(accepted=True) | (~Q(reference="") & ~Q(accepted_name="")),
                name="transfer_force_says_who_and_reference",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None)
                | (Q(answered_at=None, withdrawn_at__gte=F("offered_at")) & ~Q(answer="")),
                name="transfer_withdrawn_unanswered",
            ),
            models.UniqueConstraint(
                fields=["incident"], condition=Q(answered_at=None, withdrawn_at=None), name="transfer_one_open"
            ),
        ]

    @property
    def to(self) -> str:
        """The receiver's name."""
        return self.to_force or str(self.to_district)


class MajorIncident(Fact):
    """A major incident is declared, with a name that everybody uses, until it is stood down with a reason."""

    record_kind: ClassVar[str] = "major_incident"

    name = models.CharField(max_length=120)
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    stood_down_at = models.DateTimeField(null=True, blank=True)
    stood_down_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    stand_down_reason = models.TextField(blank=True)

    class Meta:
        """It has a name; it is stood down whole."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(name=""), name="major_incident_has_name"),
            models.CheckConstraint(
                condition=Q(stood_down_at=None) | (Q(stood_down_at__gte=F("declared_at")) & ~Q(stand_down_reason="")),
                name="major_incident_stood_down_whole",
            ),
            models.UniqueConstraint(fields=["name"], condition=Q(stood_down_at=None), name="major_incident_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Methane(Fact):
    """One METHANE report on a major incident; the latest says how things stand, none is changed.

    The letters: major incident declared, exact location, type, hazards, access, number of casualties, emergency
    services. `casualties` is null while nobody can tell; `casualties_said` is what was said of them.
    """

    append_only: ClassVar[bool] = True

    major = models.ForeignKey(MajorIncident, on_delete=models.PROTECT, related_name="reports")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    declared = models.BooleanField(default=True, help_text="Major incident declared, or standing by.")
    exact_location = models.TextField()
    type = models.TextField()
    hazards = models.TextField(blank=True)
    access = models.TextField(blank=True)
    casualties = models.PositiveIntegerField(null=True, blank=True)
    casualties_said = models.TextField(blank=True)
    emergency_services = models.TextField(blank=True, help_text="There, and needed.")

    class Meta:
        """Where and what are never left out."""

        indexes: ClassVar = [models.Index(fields=["major", "at", "id"], name="methane_in_order")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(exact_location="") & ~Q(type=""), name="methane_says_where_and_what")
        ]


class MajorIncidentPart(Fact):
    """An incident belongs to a major incident; taken off again with a reason when it turns out that it does not."""

    major = models.ForeignKey(MajorIncident, on_delete=models.PROTECT, related_name="parts")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="major_parts")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        """An incident is part of a major incident once."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["major", "incident"], condition=Q(withdrawn_at=None), name="major_part_once"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | (Q(withdrawn_at__gte=F("at")) & ~Q(withdrawn_reason="")),
                name="major_part_withdrawn_whole",
            ),
        ]
