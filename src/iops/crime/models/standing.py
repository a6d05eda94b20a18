"""What stands of each crime now, on one narrow row: what lists are read from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from iops.control.models import Incident
from iops.crime.models.crimes import Crime
from iops.foundation.models import District, Team, User


class State(models.TextChoices):
    """Whether a crime is open, or how it ended."""

    OPEN = "open", "open"
    OUTCOME = "outcome", "with an outcome"
    REMOVED = "removed", "removed"


class CrimeStanding(models.Model):
    """The class, the owner and the state of a crime as its facts have them now.

    Derived from the facts by triggers in the transaction that writes them (sql/61_standing.sql); nobody edits it, and
    view `iops.crime_stands_now` says what it must be. `ending` is the outcome or the category of removal, empty while
    the crime is open.
    """

    crime = models.OneToOneField(
        Crime, on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="standing"
    )
    incident = models.ForeignKey(Incident, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    district = models.ForeignKey(
        District, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    crime_class = models.CharField(max_length=20)
    owner = models.ForeignKey(
        User, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, null=True, related_name="+"
    )
    team = models.ForeignKey(
        Team, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, null=True, related_name="+"
    )
    state = models.CharField(max_length=7, choices=State)
    ending = models.CharField(max_length=4)
    recorded_at = models.DateTimeField()

    class Meta:
        """Every list is read from the latest on, by one of its filters."""

        indexes: ClassVar = [
            models.Index(fields=["-recorded_at", "-crime"], name="standing_newest"),
            models.Index(fields=["state", "-recorded_at", "-crime"], name="standing_by_state"),
            models.Index(fields=["crime_class", "-recorded_at", "-crime"], name="standing_by_class"),
            models.Index(fields=["district", "-recorded_at", "-crime"], name="standing_by_district"),
            models.Index(fields=["owner", "-recorded_at", "-crime"], name="standing_by_owner"),
            models.Index(
                fields=["-recorded_at", "-crime"],
                condition=Q(state="open", owner=None, team=None),
                name="standing_unowned",
            ),
        ]
