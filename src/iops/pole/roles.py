"""In which role one record may stand to another; read as "from is the <role> of to"."""

from __future__ import annotations

from functools import cache

OTHER = "other"
"""Between any two records, with a note that says what."""

INVOLVED = (
    "victim",
    "suspect",
    "witness",
    "caller",
    "aggrieved",
    "offender",
    "missing person",
    "person at risk",
    "child",
    "third party",
)
"""The roles of a person in an incident, a crime or an assessment."""

ROLES: dict[tuple[str, str], tuple[str, ...]] = {
    ("person", "location"): ("home", "works at", "frequents", "hides at", "stays at", "owner", "found at"),
    ("person", "person"): (
        "partner",
        "ex-partner",
        "spouse",
        "parent",
        "child",
        "sibling",
        "grandparent",
        "carer",
        "relative",
        "associate",
        "co-offender",
        "neighbour",
        "friend",
    ),
    ("person", "vehicle"): ("keeper", "driver", "owner", "passenger", "insured"),
    ("person", "phone"): ("user", "subscriber", "former user"),
    ("person", "email"): ("user", "former user"),
    ("person", "organisation"): ("employee", "director", "member", "pupil", "resident", "client"),
    ("person", "item"): ("owner", "user", "found with"),
    ("organisation", "location"): ("premises", "registered office"),
    ("organisation", "phone"): ("user",),
    ("organisation", "email"): ("user",),
    ("organisation", "vehicle"): ("keeper", "owner"),
    ("vehicle", "location"): ("kept at", "seen at"),
    ("location", "incident"): ("scene", "caller's address", "connected"),
    ("vehicle", "incident"): ("used by suspect", "victim's", "seen", "stolen", "connected"),
    ("phone", "incident"): ("caller's", "connected"),
    ("email", "incident"): ("connected",),
    ("organisation", "incident"): ("victim", "informant", "connected"),
    ("item", "incident"): ("weapon", "stolen", "seized", "exhibit", "connected"),
    ("organisation", "crime"): ("victim", "informant", "connected"),
    ("vehicle", "crime"): ("used by suspect", "victim's", "seen", "stolen", "connected"),
    ("item", "crime"): ("weapon", "stolen", "seized", "exhibit", "connected"),
    ("incident", "incident"): ("same event", "linked", "follows"),
}
EVENTS = frozenset({"incident", "crime", "risk_assessment"})
"""Kinds of record in which a person is involved."""


@cache
def roles_between(start: str, to: str) -> tuple[str, ...]:
    """The roles in which a record of the kind `start` may stand to one of the kind `to`."""
    if start == "person" and to in EVENTS:
        return (*INVOLVED, OTHER)
    return (*ROLES.get((start, to), ()), OTHER)
