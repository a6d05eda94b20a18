"""The verbs of POLE: record people, places and things, link them, warn of them, restrict them."""

from iops.pole.services.access import restrict_location, restrict_person
from iops.pole.services.common import Provenance
from iops.pole.services.links import end_period, link, place_at, withdraw
from iops.pole.services.markers import decide_marker, end_marker, propose_marker, review_marker
from iops.pole.services.people import add_birth, add_detail, add_identifier, add_name, register_person
from iops.pole.services.places import Parts, register_location, set_access_notes
from iops.pole.services.things import (
    add_email,
    add_phone,
    register_item,
    register_organisation,
    register_vehicle,
)

__all__ = [
    "Parts",
    "Provenance",
    "add_birth",
    "add_detail",
    "add_email",
    "add_identifier",
    "add_name",
    "add_phone",
    "decide_marker",
    "end_marker",
    "end_period",
    "link",
    "place_at",
    "propose_marker",
    "register_item",
    "register_location",
    "register_organisation",
    "register_person",
    "register_vehicle",
    "restrict_location",
    "restrict_person",
    "review_marker",
    "set_access_notes",
    "withdraw",
]
