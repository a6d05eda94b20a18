"""The facts of POLE: people, objects, locations, and how they hang together with each other and with events."""

from iops.pole.models.base import AccessList, Confidence, Restrictable, Source, Sourced
from iops.pole.models.duplicates import DuplicateBlock, DuplicatePair, DuplicateRun
from iops.pole.models.identity import Identity, IdentityDecision, Verdict
from iops.pole.models.links import Link
from iops.pole.models.markers import MarkerKind, MarkerReview, Severity, WarningMarker
from iops.pole.models.people import (
    Birth,
    Detail,
    DetailKind,
    Identifier,
    IdentifierKind,
    Name,
    NameKind,
    Person,
    PersonAccess,
    Precision,
)
from iops.pole.models.places import Location, LocationAccess
from iops.pole.models.search import SearchPerson, SearchText, SearchWithheld, SearchWord
from iops.pole.models.things import Email, Item, Organisation, Phone, Vehicle

__all__ = [
    "AccessList",
    "Birth",
    "Confidence",
    "Detail",
    "DetailKind",
    "DuplicateBlock",
    "DuplicatePair",
    "DuplicateRun",
    "Email",
    "Identifier",
    "IdentifierKind",
    "Identity",
    "IdentityDecision",
    "Item",
    "Link",
    "Location",
    "LocationAccess",
    "MarkerKind",
    "MarkerReview",
    "Name",
    "NameKind",
    "Organisation",
    "Person",
    "PersonAccess",
    "Phone",
    "Precision",
    "Restrictable",
    "SearchPerson",
    "SearchText",
    "SearchWithheld",
    "SearchWord",
    "Severity",
    "Source",
    "Sourced",
    "Vehicle",
    "Verdict",
    "WarningMarker",
]
