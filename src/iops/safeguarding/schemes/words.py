"""The words of the schemes on pages: names of the lists, and what codes say."""

from __future__ import annotations

import datetime as dt

from iops.safeguarding.models import (
    DisclosureRoute,
    DisclosureStepKind,
    DiscussionOutcome,
    EncompassKind,
    MaracRoute,
    MatacDecision,
    NoticeKind,
    NoticeStepKind,
    SchoolStanding,
)

SCHEMES = {
    "notices": "Protection notices",
    "disclosure": "Disclosure scheme (Clare's Law)",
    "marac": "MARAC",
    "marac-actions": "MARAC actions",
    "encompass": "Operation Encompass",
    "child-protection": "Child protection",
    "matac": "MATAC",
    "victims": "Victims' rights",
}
"""The lists, by the word in their address."""
MINUTES_WRITTEN = dt.timedelta(days=7)
"""How long after it a meeting is still offered for a case."""
WORDS: dict[str, str] = {
    str(value): str(label)
    for kind in (
        NoticeKind,
        NoticeStepKind,
        DisclosureRoute,
        DisclosureStepKind,
        MaracRoute,
        EncompassKind,
        DiscussionOutcome,
        MatacDecision,
    )
    for value, label in kind.choices
} | {
    SchoolStanding.UNKNOWN.value: "school not known",
    SchoolStanding.NONE.value: "goes to no school",
    "enhanced": "enhanced rights",
    "standard": "enhanced rights removed",
    "emergency": "emergency, not listed",
    "referred": "referred, not listed",
    "listed": "listed",
}
"""What a code says; words that are no code are said as they are."""


def said(code: str) -> str:
    """A code in words, with a capital."""
    found = WORDS.get(code, code)
    return found[:1].upper() + found[1:]
