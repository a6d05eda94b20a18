"""The short form of the risk assessment: topics in our own words, answers kept as given.

The other questionnaires stand beside it in data/questionnaires; this form has the topics that most often change
what an officer does next. Tools and topics: safeguarding literature on DASH-type forms; wording ours.
"""

from __future__ import annotations

from iops.safeguarding.assess.questionnaires import questionnaire

SHORT_FORM = "short-1"

ANSWERS = ("yes", "no", "unknown", "not_asked", "refused")
"""Five answers that are never collapsed: "not asked" is not "no" (invariant I20)."""

FORMS: dict[str, dict[str, str]] = {
    SHORT_FORM: {topic.code: topic.asks for topic in questionnaire(SHORT_FORM).topics},
}
"""The short form's topics in words; every form stands in `assess.questionnaires`."""


def check_answers(form: str, answers: dict[str, str]) -> dict[str, str]:
    """The answers of a form, "not_asked" for topics that were left out.

    Raises InvalidError for a form, a topic or an answer that does not exist.
    """
    return questionnaire(form).checked(answers)
