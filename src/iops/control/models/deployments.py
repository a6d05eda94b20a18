"""Units sent to incidents, and the proof that a crew was told of the warnings before they went."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest

from iops.control.models.incidents import Incident
from iops.control.models.units import Duty, Unit
from iops.foundation.models import Fact, Settles, User
from iops.pole.models import WarningMarker


class Deployment(Fact):
    """One unit sent to one incident, with the time of every step. A step once stamped is never stamped anew.

    `unit` is the call sign as it was said. `resource` is the registered unit and `duty` the tour it was on; both are
    null for what came from other systems or was typed for a unit that is not booked on. `stood_down_at` is when the
    unit was cleared. A unit that is diverted leaves with `diverted_at` here and stands on the other incident as a new
    deployment, whose `diverted_from` and `divert_reason` say whence and why.
    """

    settles = (Settles("incident", "incident_id"),)

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="deployments")
    unit = models.CharField(max_length=20, help_text="Call sign.")
    assigned_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True, blank=True)
    stood_down_at = models.DateTimeField(null=True, blank=True)
    assigned_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)
    resource = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="deployments")
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, null=True, blank=True, related_name="deployments")
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    en_route_at = models.DateTimeField(null=True, blank=True)
    self_assigned = models.BooleanField(null=True, blank=True)
    diverted_at = models.DateTimeField(null=True, blank=True, help_text="When the unit was taken off for another job.")
    diverted_from = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    divert_reason = models.TextField(null=True, blank=True)
    result = models.TextField(null=True, blank=True, help_text="What the unit did, in a line, when it cleared.")

    class Meta:
        """Steps follow one another; a unit is at an incident once, and at one incident, at a time."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(arrived_at=None) | Q(arrived_at__gte=F("assigned_at")),
                name="deployment_arrives_after_assigned",
            ),
            models.UniqueConstraint(
                fields=["incident", "unit"], condition=Q(stood_down_at=None), name="unit_once_at_incident"
            ),
            models.UniqueConstraint(
                fields=["resource"],
                condition=Q(stood_down_at=None, resource__isnull=False),
                name="resource_one_incident_at_a_time",
            ),
            # greatest() passes over what is not stamped: a step that was left out holds nothing up.
            models.CheckConstraint(
                condition=Q(acknowledged_at=None) | Q(acknowledged_at__gte=F("assigned_at")),
                name="deployment_acknowledged_in_order",
            ),
            models.CheckConstraint(
                condition=Q(en_route_at=None) | Q(en_route_at__gte=Greatest("assigned_at", "acknowledged_at")),
                name="deployment_en_route_in_order",
            ),
            models.CheckConstraint(
                condition=Q(arrived_at=None)
                | Q(arrived_at__gte=Greatest("assigned_at", "acknowledged_at", "en_route_at")),
                name="deployment_arrives_in_order",
            ),
            models.CheckConstraint(
                condition=Q(resource=None)
                | Q(stood_down_at=None)
                | Q(stood_down_at__gte=Greatest("assigned_at", "acknowledged_at", "en_route_at", "arrived_at")),
                name="deployment_cleared_in_order",
            ),
            models.CheckConstraint(
                condition=Q(en_route_at=None) | Q(resource=None) | Q(acknowledged_at__isnull=False),
                name="deployment_acknowledged_before_en_route",
            ),
            models.CheckConstraint(
                condition=Q(diverted_from=None) | (Q(divert_reason__isnull=False) & ~Q(divert_reason="")),
                name="deployment_divert_says_why",
            ),
            models.CheckConstraint(
                condition=Q(diverted_at=None) | Q(stood_down_at=F("diverted_at")), name="deployment_diverted_is_cleared"
            ),
        ]


class MarkerReceipt(Fact):
    """One warning marker was shown to, or read by, one member of the crew for one deployment (U20).

    `read` rows are the crew member's own word, on screen or spoken over the radio and noted by `by`. A deployment is
    acknowledged only when every standing marker of its people and places has a read receipt: a trigger holds it.
    """

    append_only: ClassVar[bool] = True

    deployment = models.ForeignKey(Deployment, on_delete=models.PROTECT, related_name="receipts")
    marker = models.ForeignKey(WarningMarker, on_delete=models.PROTECT, related_name="receipts")
    reader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    read = models.BooleanField(help_text="False: it was put on their screen. True: they said that they read it.")
    spoken = models.BooleanField(default=False, help_text="Told over the radio instead of on a screen.")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """Told once to each person in each way."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["deployment", "marker", "reader", "read"], name="receipt_once")
        ]
