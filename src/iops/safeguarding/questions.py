"""The short form of the risk assessment: topics in our own words, answers kept as given.

The full dated questionnaires (27 topics and others) are a later part; this form has the topics that most often change
what an officer does next. Tools and topics: safeguarding literature on DASH-type forms; wording ours.
"""

from __future__ import annotations

from iops.foundation.errors import InvalidError

SHORT_FORM = "short-1"

ANSWERS = ("yes", "no", "unknown", "not_asked", "refused")
"""Five answers that are never collapsed: "not asked" is not "no" (invariant I20)."""

FORMS: dict[str, dict[str, str]] = {
    SHORT_FORM: {
        "injury": "Was anybody hurt this time?",
        "fear": "Is the victim very frightened?",
        "separation": "Have they separated, or tried to, in the past year?",
        "escalation": "Is it happening more often, or getting worse?",
        "strangulation": "Has there ever been pressure on the neck, choking or suffocation?",
        "weapon": "Has a weapon or an object been used?",
        "threat_to_kill": "Has anybody threatened to kill, and was it believed?",
        "control": "Does one of them control what the other does, spends or whom they see?",
        "stalking": "Is there following, waiting, or unwanted contact?",
        "suicide": "Has either of them talked of suicide or self-harm?",
        "pregnancy": "Is the victim pregnant, or with a baby under eighteen months?",
        "children": "Have children been hurt or threatened, or did they see or hear it?",
    }
}


def check_answers(form: str, answers: dict[str, str]) -> dict[str, str]:
    """The answers of a form, "not_asked" for topics that were left out.

    Raises InvalidError for a form, a topic or an answer that does not exist.
    """
    topics = FORMS.get(form)
    if topics is None:
        raise InvalidError(f"There is no form “{form}”.", details={"field": "form"})
    for topic, answer in answers.items():
        if topic not in topics:
            raise InvalidError(f"The form has no topic “{topic}”.", details={"field": "answers"})
        if answer not in ANSWERS:
            raise InvalidError(
                f"“{answer}” is not an answer; it is one of {', '.join(ANSWERS)}.", details={"field": topic}
            )
    return {topic: answers.get(topic, "not_asked") for topic in topics}
