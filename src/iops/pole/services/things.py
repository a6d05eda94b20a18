"""Record organisations, vehicles, telephone numbers, e-mail addresses and objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.foundation.context import verb
from iops.foundation.errors import InvalidError
from iops.obligations.services import text, writing
from iops.pole import said
from iops.pole.models import Email, Item, Organisation, Phone, Vehicle
from iops.pole.services.common import line

if TYPE_CHECKING:
    from iops.foundation.models import User


@verb
def register_organisation(
    name: str, by: User, *, also_known_as: str = "", kind: str = "", number: str = "", made_up: bool = False
) -> Organisation:
    """Record a business, charity, school, agency or group."""
    with writing(by, reason="organisation recorded"):
        return Organisation.objects.create(
            name=line(name, "Name", 300),
            also_known_as=line(also_known_as, "Also known as", 300, needed=False),
            kind=line(kind, "Kind", 80, needed=False),
            number=line(number, "Number", 40, needed=False),
            made_up=made_up,
        )


@verb
def register_vehicle(
    registration: str,
    by: User,
    *,
    make: str = "",
    model: str = "",
    colour: str = "",
    vin: str = "",
    description: str = "",
    made_up: bool = False,
) -> Vehicle:
    """Record a vehicle by its mark, or by what it looked like when the mark is not known."""
    if not any(v.strip() for v in (registration, make, model, colour, vin, description)):
        raise InvalidError(
            "A vehicle is known by something.", mend="Give its mark, or say what it looked like.",
            details={"field": "registration"},
        )  # fmt: skip
    with writing(by, reason="vehicle recorded"):
        return Vehicle.objects.create(
            registration=line(registration, "Registration", 20, needed=False),
            registration_key=said.registration(registration)[:20],
            make=line(make, "Make", 60, needed=False),
            model=line(model, "Model", 60, needed=False),
            colour=line(colour, "Colour", 40, needed=False),
            vin=line(vin, "VIN", 40, needed=False),
            description=text(description, "Description", needed=False),
            made_up=made_up,
        )


@verb
def add_phone(number: str, by: User, *, made_up: bool = False) -> Phone:
    """The telephone number, recorded if it was not yet. One that cannot be read as a number is kept as said."""
    kept = line(number, "Telephone", 60)
    read = said.phone(kept)
    with writing(by, reason="telephone recorded"):
        if not read:
            return Phone.objects.create(said=kept, made_up=made_up)
        found, _ = Phone.objects.get_or_create(number=read, defaults={"said": kept, "made_up": made_up})
        return found


@verb
def add_email(address: str, by: User, *, made_up: bool = False) -> Email:
    """The e-mail address or online name, recorded if it was not yet; capitals do not matter."""
    kept = line(address, "E-mail", 320)
    with writing(by, reason="e-mail recorded"):
        known = {"said": kept, "made_up": made_up}
        found, _ = Email.objects.get_or_create(address=kept.casefold()[:320], defaults=known)
        return found


@verb
def register_item(kind: str, by: User, *, description: str = "", serial: str = "", made_up: bool = False) -> Item:
    """Record an object: a handset, a knife, a bicycle, a bank card."""
    with writing(by, reason="object recorded"):
        return Item.objects.create(
            kind=line(kind, "Kind", 80),
            description=text(description, "Description", needed=False),
            serial=line(serial, "Serial number", 80, needed=False),
            made_up=made_up,
        )
