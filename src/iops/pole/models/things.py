"""Organisations, vehicles, telephones, e-mail addresses and objects."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from iops.foundation.models import Fact


class Organisation(Fact):
    """A business, charity, school, agency or group."""

    record_kind: ClassVar[str] = "organisation"

    name = models.CharField(max_length=300)
    also_known_as = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=80, blank=True)
    number = models.CharField(max_length=40, blank=True, help_text="Company, charity or school number.")
    made_up = models.BooleanField(default=False)

    class Meta:
        """An organisation has a name."""

        constraints: ClassVar = [models.CheckConstraint(condition=~models.Q(name=""), name="organisation_has_name")]

    def __str__(self) -> str:
        return self.name


class Vehicle(Fact):
    """A vehicle, known by its mark or only by what it looked like.

    `registration` is the vehicle registration mark as said; `registration_key` is the same in capitals without blanks.
    """

    record_kind: ClassVar[str] = "vehicle"

    registration = models.CharField(max_length=20, blank=True)
    registration_key = models.CharField(max_length=20, blank=True)
    make = models.CharField(max_length=60, blank=True)
    model = models.CharField(max_length=60, blank=True)
    colour = models.CharField(max_length=40, blank=True)
    vin = models.CharField(max_length=40, blank=True)
    description = models.TextField(blank=True)
    made_up = models.BooleanField(default=False)

    class Meta:
        """A vehicle is known by something."""

        indexes: ClassVar = [models.Index(fields=["registration_key"], name="vehicle_registration")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(registration="", make="", model="", colour="", vin="", description=""),
                name="vehicle_known_by_something",
            )
        ]

    def __str__(self) -> str:
        return self.registration or " ".join(w for w in (self.colour, self.make, self.model) if w) or self.description


class Phone(Fact):
    """A telephone number: as said, and in E.164 when it could be read as a number ("+441614960000")."""

    record_kind: ClassVar[str] = "phone"

    said = models.CharField(max_length=60)
    number = models.CharField(max_length=20, blank=True)
    made_up = models.BooleanField(default=False)

    class Meta:
        """A number that could be read stands once."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(said=""), name="phone_is_said"),
            models.UniqueConstraint(fields=["number"], condition=~models.Q(number=""), name="phone_once"),
        ]

    def __str__(self) -> str:
        return self.number or self.said


class Email(Fact):
    """An e-mail address or a name on an online service: as said, and in small letters."""

    record_kind: ClassVar[str] = "email"

    said = models.CharField(max_length=320)
    address = models.CharField(max_length=320)
    made_up = models.BooleanField(default=False)

    class Meta:
        """An address stands once."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(address=""), name="email_is_said"),
            models.UniqueConstraint(fields=["address"], name="email_once"),
        ]

    def __str__(self) -> str:
        return self.address


class Item(Fact):
    """An object in the sense of POLE: a phone handset, a knife, a bicycle, a bank card, a document."""

    record_kind: ClassVar[str] = "item"

    kind = models.CharField(max_length=80)
    description = models.TextField(blank=True)
    serial = models.CharField(max_length=80, blank=True, help_text="Serial number, IMEI, or mark.")
    made_up = models.BooleanField(default=False)

    class Meta:
        """An object is some kind of thing."""

        constraints: ClassVar = [models.CheckConstraint(condition=~models.Q(kind=""), name="item_has_kind")]

    def __str__(self) -> str:
        return " ".join(w for w in (self.kind, self.description) if w)
