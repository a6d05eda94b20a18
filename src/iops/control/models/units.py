"""Units, the duties their crews work, what state each is in, and where it is."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, Q, Value

from iops.foundation.models import District, Fact, User

EAST, NORTH = 700_000, 1_300_000
"""The national grid ends here (metres)."""


class Unit(Fact):
    """A unit that can be sent: a patrol car, a dog van, a foot patrol. Its call sign is its name for ever."""

    record_kind: ClassVar[str] = "unit"

    callsign = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=40, help_text="What it is for, in the force's own list (data/units).")
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="units", help_text="Home district.")
    active = models.BooleanField(default=True)
    made_up = models.BooleanField(default=False)

    class Meta:
        """A call sign is written one way: in capitals, with no blank at either end."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(callsign=""), name="unit_has_callsign"),
            models.CheckConstraint(
                condition=Q(callsign=Func(Func(F("callsign"), function="btrim"), function="upper")),
                name="unit_callsign_in_capitals",
            ),
        ]

    def __str__(self) -> str:
        return self.callsign


class Duty(Fact):
    """One tour of duty of one unit: its crew and vehicle from booking on until booking off.

    `until` is when the tour is planned to end, `ended_at` when it did. `skills` are codes of the force's list: what the
    crew and their equipment can do on this tour.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="duties")
    since = models.DateTimeField()
    until = models.DateTimeField(help_text="Planned end of the tour.")
    ended_at = models.DateTimeField(null=True, blank=True)
    vehicle = models.CharField(max_length=60, blank=True, help_text="Registration or fleet number; blank on foot.")
    skills = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    booked_on_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    booked_off_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """A tour runs forward, and no unit works two at once."""

        verbose_name_plural = "duties"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="duty_planned_forward"),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(ended_at__gte=F("since")), name="duty_ends_later"),
            models.UniqueConstraint(fields=["unit"], condition=Q(ended_at=None), name="duty_one_open"),
            ExclusionConstraint(
                name="duty_one_at_a_time",
                index_type="gist",
                expressions=[
                    (Func(F("unit_id"), F("unit_id"), Value("[]"), function="int8range"), "&&"),
                    (Func(F("since"), F("ended_at"), function="tstzrange"), "&&"),
                ],
            ),
        ]


class CrewMember(Fact):
    """One person in the crew of a unit for one duty; nobody is in two crews at once."""

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="crew")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """In one crew at a time, and out of it after joining."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user"], condition=Q(left_at=None), name="crew_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("joined_at")), name="crew_leaves_later"
            ),
        ]


class UnitStatus(models.TextChoices):
    """What a status code means to the system, whatever number a force has on its radios."""

    EMERGENCY = "emergency", "emergency"
    ON_DUTY = "on_duty", "on duty"
    AVAILABLE = "available", "available"
    MEAL = "meal", "meal break"
    ASSIGNED = "assigned", "assigned"
    EN_ROUTE = "en_route", "en route"
    AT_SCENE = "at_scene", "at scene"
    COMMITTED = "committed", "committed"
    OFF_DUTY = "off_duty", "off duty"


class UnitState(Fact):
    """A unit changed its state. The latest counts; which may follow which is held by a trigger (data/unit_states.yaml).

    `code` is the number on the radio, `status` what it means here. `at` is when it happened, `recorded_at` when the
    system was told. It names no incident, so that everybody may know that a unit is busy, whatever it is busy with.
    """

    append_only: ClassVar[bool] = True

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="states")
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="states")
    code = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=12, choices=UnitStatus)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        """Known states, in order."""

        indexes: ClassVar = [models.Index(fields=["unit", "-id"], name="unit_state_latest")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=UnitStatus.values), name="unit_state_known"),
            models.CheckConstraint(condition=Q(at__lte=F("recorded_at")), name="unit_state_not_ahead"),
        ]


class UnitPosition(Fact):
    """Where a unit was last: metres on the national grid. One row a unit; the positions before it stand in history."""

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="position")
    easting = models.IntegerField()
    northing = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        """On the grid; the nearest are found by a GiST index over the points."""

        indexes: ClassVar = [
            GistIndex(Func(F("easting"), F("northing"), function="point"), name="unit_position_nearest"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(easting__gte=0, easting__lt=EAST, northing__gte=0, northing__lt=NORTH),
                name="unit_position_on_the_grid",
            )
        ]
