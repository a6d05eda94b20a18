"""What the API of the schemes takes and gives."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import AwareDatetime, Field

from iops.foundation.api import Id, Line, PageNumber, PageOut, Text
from iops.rulebook.needs import Needed

MOST_PEOPLE = 20
MOST_ACTIONS = 50
Scheme = Literal["notices", "disclosure", "marac", "marac-actions", "encompass", "child-protection", "matac", "victims"]


class ItemOut(Schema):
    """One thing of a scheme: who it is about, where it stands, by when its next step is owed (UTC)."""

    scheme: str
    id: int
    incident_id: int
    person_id: int
    other_id: int | None
    what: str
    state: str
    at: dt.datetime
    due_at: dt.datetime | None
    ended: bool
    note: str
    part_of: int | None


class ListOut(Schema):
    """One page of a scheme."""

    page: PageOut
    rows: list[ItemOut]


class Asked(Schema):
    """Which things of a scheme."""

    district: Id | None = None
    ended: bool = False
    page: PageNumber = 1


class NoticeIn(Schema):
    """A protection notice as it was served."""

    kind: Annotated[Literal["dvpn", "dapn"], Needed("protection-notice")]
    victim_id: Annotated[Id, Needed("protection-notice")]
    respondent_id: Annotated[Id, Needed("protection-notice")]
    authoriser: Annotated[Line, Needed("protection-notice")]
    authorised_rank: Annotated[Line, Needed("protection-notice")]
    grounds: Annotated[Text, Needed("protection-notice")]
    served_at: Annotated[AwareDatetime, Needed("dvpn-hearing")]
    authorised_at: AwareDatetime | None = None


class NoticeStepIn(Schema):
    """What the court did; a listing and an adjournment say for when."""

    kind: Annotated[
        Literal["listed", "adjourned", "order_made", "refused", "withdrawn"], Needed("notice-hearing-listed")
    ]
    at: AwareDatetime | None = None
    listed_for: AwareDatetime | None = None
    ends_on: dt.date | None = None
    note: Text = ""


class NoteIn(Schema):
    """A step that needs words."""

    note: Annotated[Text, Needed("marac-action")]


class ApplicationIn(Schema):
    """An application under the disclosure scheme."""

    route: Annotated[Literal["right_to_ask", "right_to_know"], Needed("dvds-checks")]
    at_risk_id: Annotated[Id, Needed("dvds-checks")]
    other_id: Annotated[Id, Needed("dvds-checks")]
    applicant: Line = ""
    received_at: AwareDatetime | None = None


class DisclosureStepIn(Schema):
    """A step of an application; only a disclosure is made to somebody."""

    kind: Annotated[Literal["checked", "met", "to_disclose", "not_to_disclose", "disclosed"], Needed("dvds-disclosure")]
    at: AwareDatetime | None = None
    to_whom: Line = ""
    note: Text = ""


class CaseIn(Schema):
    """A referral to MARAC; every route but visible high risk has reasons."""

    victim_id: Annotated[Id, Needed("marac-list")]
    perpetrator_ids: Annotated[list[Id], Field(max_length=MOST_PEOPLE), Needed("marac-list")]
    route: Annotated[
        Literal["visible_high_risk", "professional_judgement", "escalation", "repeat"], Needed("marac-list")
    ]
    reasons: Text = ""
    emergency: bool = False
    referred_at: AwareDatetime | None = None


class MeetingIn(Schema):
    """A meeting of a district."""

    district_id: Annotated[Id, Needed("marac-list")]
    at: Annotated[AwareDatetime, Needed("marac-list")]
    emergency: bool = False
    chair: Line = ""


class MeetingOut(Schema):
    """A meeting of a district."""

    id: int
    district_id: int
    at: dt.datetime
    emergency: bool
    chair: str


class ListingIn(Schema):
    """The meeting on whose list a case is put."""

    meeting_id: Annotated[Id, Needed("marac-list")]


class ActionIn(Schema):
    """What is asked of whom, by the end of which day."""

    owner: Annotated[Line, Needed("marac-action")]
    what: Annotated[Text, Needed("marac-action")]
    due_on: Annotated[dt.date, Needed("marac-action")]


class HearingIn(Schema):
    """That a case was heard, and what was agreed."""

    outcome: Annotated[Text, Needed("marac-hear")]
    actions: Annotated[list[ActionIn], Field(max_length=MOST_ACTIONS)] = []
    heard_at: AwareDatetime | None = None


class NominationIn(Schema):
    """A perpetrator nominated for MATAC, and by whom."""

    person_id: Annotated[Id, Needed("matac-consider")]
    source: Annotated[Line, Needed("matac-consider")]
    reasons: Annotated[Text, Needed("matac-consider")]


class DecisionIn(Schema):
    """What a MATAC meeting decided."""

    decision: Annotated[Literal["adopted", "not_adopted"], Needed("matac-consider")]
    plan: Annotated[Text, Needed("matac-consider")]


class SerialOut(Schema):
    """A serial perpetrator, with the reason."""

    person_id: int
    incidents: int
    victims: int
    incident_ids: list[int]
    why: str


class SchoolIn(Schema):
    """A school by its number in the national register; `opens` is local time."""

    code: Annotated[Line, Needed("child-school-known")]
    name: Annotated[Line, Needed("child-school-known")]
    district_id: Id | None = None
    opens: dt.time = dt.time(9)
    contact: Line = ""


class SchoolOut(Schema):
    """A school."""

    id: int
    code: str
    name: str
    opens: dt.time


class StandingIn(Schema):
    """Which school a child goes to."""

    standing: Annotated[Literal["known", "unknown", "none"], Needed("child-school-known")]
    school_id: Id | None = None


class ToldIn(Schema):
    """Who was told of a child; `agencies`: others than the school, it being closed."""

    recipient: Annotated[Line, Needed("encompass-notification")]
    agencies: bool = False
    note: Text = ""
    at: AwareDatetime | None = None


class NotToldIn(Schema):
    """Why no school is told, by code."""

    code: Annotated[Line, Needed("encompass-notification")]
    note: Text = ""


class HarmIn(Schema):
    """Significant harm is suspected."""

    grounds: Annotated[Text, Needed("strategy-discussion")]
    suspected_at: AwareDatetime | None = None


class DiscussionIn(Schema):
    """A strategy discussion."""

    taking_part: Annotated[Text, Needed("strategy-discussion")]
    outcome: Annotated[Literal["no_further", "single_agency", "joint"], Needed("strategy-discussion")]
    conference: bool = False
    held_at: AwareDatetime | None = None
    note: Text = ""


class ConferenceIn(Schema):
    """The initial child protection conference."""

    plan: Annotated[bool, Needed("protection-conference")]
    note: Annotated[Text, Needed("protection-conference")]
    held_at: AwareDatetime | None = None


class VictimStepIn(Schema):
    """A step for a victim."""

    kind: Annotated[Literal["needs_assessed", "support_contact", "support_declined"], Needed("victim-needs-assessment")]
    note: Annotated[Text, Needed("victim-needs-assessment")]


class EnhancedIn(Schema):
    """Whether a victim has enhanced rights; to remove them needs a reason."""

    enhanced: Annotated[bool, Needed("victim-needs-assessment")]
    reason: Text = ""
