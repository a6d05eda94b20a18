"""Who sees what of POLE. The policy of nominals themselves stands with safeguarding, which knows the children."""

from __future__ import annotations

from iops.foundation.policy import AllOf, AnyOf, Column, Not, OnList, Policy, ThroughParent, ThroughRecord
from iops.pole.models import (
    Birth,
    Detail,
    DuplicatePair,
    Identifier,
    Identity,
    IdentityDecision,
    Link,
    Location,
    LocationAccess,
    MarkerReview,
    Name,
    Person,
    PersonAccess,
    WarningMarker,
)

RESTRICTED_PERSON = AnyOf(Not(Column("restricted")), OnList(PersonAccess, "person_id"))
OF_THE_PERSON = ThroughParent(Person, "person_id")

POLICIES = (
    Policy(PersonAccess, sees=OF_THE_PERSON),
    Policy(Name, sees=OF_THE_PERSON),
    Policy(Birth, sees=OF_THE_PERSON),
    Policy(Detail, sees=OF_THE_PERSON),
    Policy(Identifier, sees=OF_THE_PERSON),
    Policy(Location, sees=AnyOf(Not(Column("restricted")), OnList(LocationAccess, "location_id"))),
    Policy(LocationAccess, sees=ThroughParent(Location, "location_id")),
    # A link tells of both its ends: whoever may not see one of them does not see that they are linked.
    Policy(Link, sees=AllOf(ThroughRecord("from_kind", "from_id"), ThroughRecord("to_kind", "to_id"))),
    Policy(WarningMarker, sees=AnyOf(OF_THE_PERSON, ThroughParent(Location, "location_id"))),
    Policy(MarkerReview, sees=ThroughParent(WarningMarker, "marker_id")),
    Policy(IdentityDecision, sees=AllOf(ThroughParent(Person, "one_id"), ThroughParent(Person, "other_id"))),
    Policy(Identity, sees=OF_THE_PERSON),
    Policy(DuplicatePair, sees=AllOf(ThroughParent(Person, "one_id"), ThroughParent(Person, "other_id"))),
)
