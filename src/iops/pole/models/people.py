"""Nominals: people, with every name, birth date, detail and identifier they were ever recorded under."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from iops.pole.models.base import AccessList, Restrictable, Sourced, access_list, sourced


class Person(Restrictable):
    """A nominal. Any name is taken: one word, any script, or a description such as "unknown male, 30s".

    `name` and `born` are what the nominal is listed under; all names and births, these included, stand in `Name` and
    `Birth`. `born` is null when no full date of birth is known: unknown is never guessed. `described` says that the
    name is a description of somebody whose name is not known.

    `own_right` is false while the nominal is known only as a child on incidents: whoever may not see one of those
    incidents does not see the child. It becomes true when the nominal is recorded for any other reason.
    """

    record_kind: ClassVar[str] = "person"

    name = models.CharField(max_length=300)
    born = models.DateField(null=True, blank=True)
    described = models.BooleanField(default=False)
    own_right = models.BooleanField(default=True)

    class Meta:
        """A nominal has some name or description."""

        constraints: ClassVar = [models.CheckConstraint(condition=~models.Q(name=""), name="person_has_name")]

    def __str__(self) -> str:
        return self.name


class PersonAccess(AccessList):
    """The list of a restricted nominal."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="access_list")

    class Meta:
        """One entry names one person or one team."""

        constraints: ClassVar = access_list("person_access", "person")


class NameKind(models.TextChoices):
    """What kind of name it is."""

    MAIN = "main", "main name"
    BIRTH = "birth", "name at birth"
    MARRIED = "married", "married name"
    ALIAS = "alias", "alias"
    NICKNAME = "nickname", "nickname"
    PREVIOUS = "previous", "previous name"
    DESCRIPTION = "description", "description"


class Name(Sourced):
    """One name of one nominal, as said, and in its parts where they are known.

    A mononym, and a name whose parts are not known, stands in `full` alone.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="names")
    kind = models.CharField(max_length=12, choices=NameKind, default=NameKind.MAIN)
    full = models.CharField(max_length=300)
    given = models.CharField(max_length=200, blank=True)
    family = models.CharField(max_length=200, blank=True)

    class Meta:
        """A name says something."""

        constraints: ClassVar = [
            *sourced("name"),
            models.CheckConstraint(condition=~models.Q(full=""), name="name_says_something"),
            models.CheckConstraint(condition=models.Q(kind__in=NameKind.values), name="name_kind_known"),
        ]


class Precision(models.TextChoices):
    """How exact a date of birth is."""

    FULL = "full", "full date"
    PARTIAL = "partial", "month or year only"
    ESTIMATED = "estimated", "estimated from age"


class Birth(Sourced):
    """One statement of when a nominal was born: any day from `earliest` to `latest`, both included.

    A full date has both alike; "March 1985" runs over the month; "thirties", said on a day, runs over ten years.
    `said` keeps the words.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="births")
    precision = models.CharField(max_length=10, choices=Precision, default=Precision.FULL)
    earliest = models.DateField()
    latest = models.DateField()
    said = models.CharField(max_length=100, blank=True)

    class Meta:
        """Ranges run forward; a full date is one day."""

        constraints: ClassVar = [
            *sourced("birth"),
            models.CheckConstraint(condition=models.Q(latest__gte=models.F("earliest")), name="birth_forward"),
            models.CheckConstraint(condition=models.Q(precision__in=Precision.values), name="birth_precision_known"),
            models.CheckConstraint(
                condition=~models.Q(precision="full") | models.Q(earliest=models.F("latest")), name="birth_full_one_day"
            ),
        ]


class DetailKind(models.TextChoices):
    """What a detail is about. Self-defined and officer-defined ethnicity are two different things, never merged."""

    SEX = "sex", "sex"
    GENDER = "gender", "gender identity"
    ETHNICITY_SELF = "ethnicity_self", "ethnicity, self-defined (18+1)"
    ETHNICITY_OFFICER = "ethnicity_officer", "ethnicity, officer-defined"
    LANGUAGE = "language", "language"
    INTERPRETER = "interpreter", "interpreter needed"
    NATIONALITY = "nationality", "nationality"
    OCCUPATION = "occupation", "occupation"
    COMMUNICATION = "communication", "communication need"
    DISABILITY = "disability", "disability"
    DESCRIPTION = "description", "physical description"
    DIED = "died", "died"
    NOTE = "note", "note"


class Detail(Sourced):
    """One detail of one nominal, in the words or code it was given in."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="details")
    kind = models.CharField(max_length=20, choices=DetailKind)
    value = models.TextField()

    class Meta:
        """A detail says something."""

        constraints: ClassVar = [
            *sourced("detail"),
            models.CheckConstraint(condition=~models.Q(value=""), name="detail_says_something"),
            models.CheckConstraint(condition=models.Q(kind__in=DetailKind.values), name="detail_kind_known"),
        ]


class IdentifierKind(models.TextChoices):
    """The scheme a person's number belongs to."""

    PNC = "pnc", "PNC ID"
    CRO = "cro", "CRO number"
    NHS = "nhs", "NHS number"
    DRIVER = "driver", "driver number"
    PASSPORT = "passport", "passport"
    NINO = "nino", "National Insurance number"
    PRISON = "prison", "prison number"
    CUSTODY = "custody", "custody reference"
    LEGACY = "legacy", "number in an older system"
    OTHER = "other", "other"


class Identifier(Sourced):
    """One number that somebody gave to a nominal. `source_detail` names the system for legacy numbers."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="identifiers")
    kind = models.CharField(max_length=10, choices=IdentifierKind)
    value = models.CharField(max_length=80)

    class Meta:
        """A number says something."""

        constraints: ClassVar = [
            *sourced("identifier"),
            models.CheckConstraint(condition=~models.Q(value=""), name="identifier_says_something"),
            models.CheckConstraint(condition=models.Q(kind__in=IdentifierKind.values), name="identifier_kind_known"),
        ]
