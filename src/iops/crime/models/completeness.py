"""That a fact of somebody in a crime was asked for and not had: an answer, which a blank is not."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from iops.crime.models.crimes import Crime
from iops.foundation.models import Fact, User
from iops.pole.models import Person
from iops.web.stated import WORDS, Unstated


class StatedFact(models.TextChoices):
    """Facts of a person of which it matters whether they were asked for (U33, I36)."""

    BORN = "born", "date of birth"
    SEX = "sex", "sex"
    ETHNICITY = "ethnicity", "ethnicity, self-defined"
    ADDRESS = "address", "address"
    PHONE = "phone", "telephone"
    WISH = "wish", "what the victim wants"


class NotStated(Fact):
    """A fact of a person in a crime that was asked for: they declined to say, or it is not known.

    The latest stands, and only while no value is on record: a value is never overwritten by "not known". It holds for
    its own crime, since whoever declined once may say it the next time.
    """

    append_only: ClassVar[bool] = True

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="not_stated")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=12, choices=StatedFact)
    answer = models.CharField(max_length=10, choices=[(code, words.lower()) for code, words in WORDS])
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    unsearched: ClassVar[dict[str, str]] = {"about": "a word from a fixed list", "answer": "a word from a fixed list"}

    class Meta:
        """A known fact and one of two answers; asked by crime, person and fact, the latest first."""

        indexes: ClassVar = [models.Index(fields=["crime", "person", "about", "-id"], name="not_stated_latest")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(about__in=StatedFact.values) & Q(answer__in=[one.value for one in Unstated]),
                name="not_stated_known_words",
            )
        ]
