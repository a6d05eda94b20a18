"""The API of the triage queue."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest
from ninja import Router, Schema

from iops.foundation.api import Id, PageKey, PageNumber, PageOut, paged, viewer
from iops.safeguarding.ranking.queue import QueueFilter, QueueRow, queue

router = Router(tags=["safeguarding"])


class ShareOut(Schema):
    """One term's share of a score, in words, in thousandths of a point."""

    words: str
    thousandths: int


class OwedOut(Schema):
    """One duty that is open on the incident, the role that owes it and when it is due."""

    rule: str
    title: str
    owner: str
    due_at: dt.datetime


class TriageRowOut(Schema):
    """One open domestic incident with why it stands where it does. `waits`: new facts are not in its rank yet."""

    incident_id: int
    reference: str
    place: str
    needs_a_person: bool
    floors: list[str]
    floors_in_words: list[str]
    score: int
    shares: list[ShareOut]
    history_known: bool
    weights: str
    reported_at: dt.datetime
    ranked_at: dt.datetime
    undecided_children: bool
    waits: bool
    owed: list[OwedOut]


class TriageOut(Schema):
    """A page of the triage queue; `hidden` says how many items the filter hides, or that they are more than that."""

    at: dt.datetime
    page: PageOut
    hidden: int
    hidden_at_least: bool
    waiting: int
    rows: list[TriageRowOut]


def _row(row: QueueRow) -> TriageRowOut:
    item = row.item
    return TriageRowOut(
        incident_id=item.incident_id,
        reference=row.label.reference if row.label else "",
        place=row.label.place if row.label else "",
        needs_a_person=item.floored,
        floors=item.floors,
        floors_in_words=list(row.floors),
        score=item.score,
        shares=[ShareOut(words=words, thousandths=share) for words, share in row.shares],
        history_known=item.known,
        weights=item.edition,
        reported_at=item.reported_at,
        ranked_at=item.ranked_at,
        undecided_children=row.undecided_children,
        waits=row.waits,
        owed=[OwedOut(rule=d.rule_id, title=d.rule.title, owner=d.rule.owner, due_at=d.due_at) for d in row.owed],
    )


@router.get("/safeguarding/triage", response=TriageOut)
def triage(
    request: HttpRequest,
    district_id: Id | None = None,
    floored_only: bool = False,
    undecided_children: bool = False,
    page: PageNumber = 1,
    after: PageKey = "",
    before: PageKey = "",
) -> TriageOut:
    """Open domestic incidents in the order in which a person should look at them; 50 a page, turned by key."""
    found = queue(viewer(request), QueueFilter(district_id, floored_only, undecided_children, after, before, page))
    return TriageOut(
        at=found.at,
        page=paged(found.page),
        hidden=found.hidden,
        hidden_at_least=found.hidden_at_least,
        waiting=found.waiting,
        rows=[_row(row) for row in found.page.rows],
    )
