"""People, objects, locations, events. So far: the nominal, thin."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from iops.foundation.models import Fact


class Person(Fact):
    """A nominal. Any name is taken: one word, any script, or a description such as "unknown male, 30s".

    `born` is null when the date of birth is not known: unknown is never guessed.
    """

    name = models.CharField(max_length=300)
    born = models.DateField(null=True, blank=True)
    made_up = models.BooleanField(default=False)

    class Meta:
        """A nominal has some name or description."""

        constraints: ClassVar = [models.CheckConstraint(condition=~models.Q(name=""), name="person_has_name")]

    def __str__(self) -> str:
        return self.name
