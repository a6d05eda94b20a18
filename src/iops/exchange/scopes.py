"""Which scope a token needs for which operation of the API: the one place where the two meet.

The first line that fits counts. An operation that no line fits is reached by no token (it is closed, not open), and a
test names it.
"""

from __future__ import annotations

from dataclasses import dataclass

from iops.foundation.tokens.bearer import ANY

SCOPES: dict[str, str] = {
    "read:incidents": "Read incidents with their log, grades, units and what is owed",
    "write:incidents": "Open, log, grade, mark, restrict, close and reopen incidents",
    "read:contacts": "Read contacts, answer times and notes on callers",
    "write:contacts": "Take contacts from ring to outcome, note callers",
    "handover": "Come on and go off desks, leave messages, hand over and take over",
    "check:closures": "Read and check closures as a supervisor",
    "read:units": "Read units, their states and places, welfare checks and emergencies",
    "write:units": "Register units, book crews on and off, tell states",
    "write:positions": "Tell where units are",
    "dispatch": "Assign, divert and clear units, take their steps, answer emergencies",
    "read:people": "Search, and read people, places, things and warnings",
    "write:people": "Record people, places, things and warnings",
    "identity": "Decide which records are one person",
    "read:safeguarding": "Read risk assessments, children, vulnerability records, referrals and the triage queue",
    "write:safeguarding": "Assess risk, link children, raise concerns, decide, review and refer",
    "read:crime": "Read recorded crimes and their investigations",
    "write:crime": "Record the recording decision and crimes, investigate, allocate, review, class, end and reopen",
    "integrity": "Freeze, draw, judge and read audits of crime recording; decide on suspicions",
    "read:duties": "Read worklists, duties and assurance",
    "write:duties": "Waive duties",
    "read:rules": "Read the rulebook, ask what must be recorded",
    "inbound": "Hand over incidents of a partner control room, and their updates",
    "webhooks": "Subscribe to events, take and acknowledge deliveries",
    "tokens": "Issue, read and revoke tokens",
}
"""Every scope with what it lets a program do."""

API = "/api/v1"


@dataclass(frozen=True)
class Line:
    """Operations whose address begins and ends so need this scope; `*` stands for every method."""

    methods: str
    begins: str
    scope: str
    ends: str = ""

    def fits(self, method: str, place: str) -> bool:
        """Whether the line is about this operation; an address begins with whole parts only."""
        begun = place == self.begins or place.startswith(self.begins.rstrip("/") + "/")
        return begun and place.endswith(self.ends) and (self.methods == "*" or method in self.methods.split())


READ, WRITE = "GET HEAD", "POST PUT PATCH DELETE"
POLE = (
    "people", "places", "vehicles", "phones", "emails", "organisations", "items", "links", "values", "warnings",
)  # fmt: skip
CATALOGUE: tuple[Line, ...] = (
    Line(READ, "/openapi.json", ANY),
    Line("*", "/tokens", "tokens"),
    Line("*", "/accounts/systems", "tokens"),
    Line("*", "/webhooks", "webhooks"),
    Line("*", "/inbound", "inbound"),
    # What hangs on an incident and belongs to another desk.
    Line(WRITE, "/incidents", "write:duties", ends="/waivers"),
    Line(READ, "/incidents", "read:safeguarding", ends="/safeguarding"),
    Line(WRITE, "/incidents", "write:safeguarding", ends="/children"),
    Line(WRITE, "/incidents", "write:safeguarding", ends="/assessments"),
    *(
        Line(READ, f"/{place}", "read:safeguarding")
        for place in ("agencies", "referrals", "referral-counts", "questionnaires")
    ),
    Line(READ, "/review-form", "read:safeguarding"),
    Line(READ, "/feedback", "read:safeguarding"),
    Line(WRITE, "/feedback", "write:safeguarding"),
    Line(READ, "/incidents", "read:safeguarding", ends="/reviews"),
    Line(WRITE, "/incidents", "write:safeguarding", ends="/reviews"),
    Line(READ, "/absence-alarms", "read:safeguarding"),
    Line(WRITE, "/absence-alarms", "write:safeguarding"),
    Line(READ, "/queue-alarms", "read:safeguarding"),
    Line(WRITE, "/queue-alarms", "write:safeguarding"),
    Line(READ, "/vulnerabilities", "read:safeguarding"),
    Line(READ, "/incidents", "read:safeguarding", ends="/vulnerabilities"),
    Line(WRITE, "/vulnerabilities", "write:safeguarding"),
    Line(WRITE, "/incidents", "write:safeguarding", ends="/vulnerabilities"),
    Line(READ, "/safeguarding", "read:safeguarding"),
    Line(WRITE, "/referrals", "write:safeguarding"),
    Line(READ, "/schemes", "read:safeguarding"),
    Line(WRITE, "/schemes", "write:safeguarding"),
    Line(READ, "/incidents", "read:safeguarding", ends="/schemes"),
    Line(WRITE, "/incidents/{number}/{day}/schemes", "write:safeguarding"),
    Line(WRITE, "/incidents", "write:safeguarding", ends="/referrals"),
    Line(WRITE, "/incidents/{number}/{day}/children", "write:safeguarding"),
    Line(WRITE, "/incidents/{number}/{day}/assessments", "write:safeguarding"),
    Line(WRITE, "/incidents", "write:crime", ends="/recording-decisions"),
    Line(WRITE, "/incidents", "write:crime", ends="/crimes"),
    Line(READ, "/incidents", "read:crime", ends="/crimes"),
    Line(READ, "/crimes", "read:crime"),
    Line(READ, "/series", "read:crime"),
    Line(WRITE, "/series", "write:crime"),
    Line(READ, "/victims", "read:crime"),
    Line(READ, "/wanted", "read:crime"),
    Line(WRITE, "/wanted", "write:crime"),
    Line(READ, "/exhibits", "read:crime"),
    Line(WRITE, "/exhibits", "write:crime"),
    Line(WRITE, "/property-stores", "write:crime"),
    Line(WRITE, "/crimes", "write:crime"),
    Line(WRITE, "/recording-decisions", "write:crime"),
    Line(WRITE, "/incidents", "dispatch", ends="/assign"),
    Line(WRITE, "/incidents", "dispatch", ends="/self-assign"),
    Line(WRITE, "/incidents/{number}/{day}/units", "dispatch"),
    Line(READ, "/incidents", "check:closures", ends="/closings"),
    Line(READ, "/incidents", "read:incidents"),
    Line(WRITE, "/incidents", "write:incidents"),
    Line(WRITE, "/incident-links", "write:incidents"),
    Line(WRITE, "/log", "write:incidents"),
    Line(WRITE, "/transfers", "write:incidents"),
    Line(READ, "/major-incidents", "read:incidents"),
    Line(WRITE, "/major-incidents", "write:incidents"),
    Line(READ, "/escalations", "read:duties"),
    *(Line("*", f"/{place}", "handover") for place in ("desks", "desk-duties", "desk-messages", "handovers")),
    *(Line("*", f"/{place}", "integrity") for place in ("audits", "audit-items", "suspicions")),
    Line(READ, "/classing", "read:incidents"),
    Line(READ, "/same-incidents", "read:incidents"),
    Line("*", "/closures", "check:closures"),
    Line(READ, "/contacts", "read:contacts"),
    Line(WRITE, "/contacts", "write:contacts"),
    Line(READ, "/persistent-caller", "read:contacts"),
    Line(READ, "/caller-notes", "read:contacts"),
    Line(WRITE, "/caller-notes", "write:contacts"),
    Line(WRITE, "/grade-proposals", "write:incidents"),
    Line(READ, "/grading", "read:incidents"),
    Line(READ, "/intake-check", "read:people"),
    Line(WRITE, "/units", "write:positions", ends="/position"),
    Line(READ, "/units", "read:units"),
    Line(WRITE, "/units", "write:units"),
    Line(READ, "/welfare-checks", "read:units"),
    Line(WRITE, "/welfare-checks", "dispatch"),
    Line(READ, "/emergencies", "read:units"),
    Line(WRITE, "/emergencies", "dispatch"),
    Line(READ, "/deployments", "read:units"),
    Line(WRITE, "/deployments", "dispatch"),
    Line(WRITE, "/people/merge", "identity"),
    Line(WRITE, "/people/not-same", "identity"),
    Line(WRITE, "/people", "identity", ends="/unmerge"),
    Line(WRITE, "/identity-decisions", "identity"),
    Line(READ, "/duplicates", "read:people"),
    Line(READ, "/search", "read:people"),
    *(Line(READ, f"/{kind}", "read:people") for kind in POLE),
    *(Line(WRITE, f"/{kind}", "write:people") for kind in POLE),
    Line(READ, "/worklist", "read:duties"),
    Line(READ, "/assurance", "read:duties"),
    Line(READ, "/rules", "read:rules"),
    # A question with a body: nothing is written.
    Line("*", "/recording", "read:rules"),
)


def scope_of(method: str, place: str) -> str | None:
    """The scope that an operation needs, by method and pattern of its address ("/api/v1/incidents/{number}/{day}").

    None when no token reaches it: it is no operation of the API, or nobody has given it a scope yet.
    """
    if not place.startswith(f"{API}/"):
        return None
    return next((line.scope for line in CATALOGUE if line.fits(method, place.removeprefix(API))), None)
