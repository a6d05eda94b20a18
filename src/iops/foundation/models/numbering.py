"""Human references: numbers that people say on the radio."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class NumberSeries(models.Model):
    """The last number given out in a series on a day (incident 412 of 5 July 2019).

    Numbers have no gaps: a number that is missing would be an incident that is missing.
    """

    pk = models.CompositePrimaryKey("series", "day")
    series = models.CharField(max_length=20)
    day = models.DateField()
    last = models.IntegerField()

    class Meta:
        """One counter for each series and day."""

        db_table = "foundation_number_series"
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(last__gte=1), name="number_from_one")]
