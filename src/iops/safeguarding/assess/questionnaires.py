"""The questionnaires of risk assessment, as dated files: those that come with the system, and a force's own.

All words are ours; a force that holds a licence adds its wording as a version of its own, a file in
`questionnaires/` of its folder (setting `IOPS_FORCE_FOLDER`), without code (safeguarding.md section 0.4, A1, A5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from iops.control.configuration import folders, open_node
from iops.foundation.errors import InvalidError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from iops.rulebook.shapes import Node

DATA = Path(__file__).parent.parent / "data"
NOT_SAID = ("unknown", "not_asked", "refused")
"""Answers that say neither that a thing is so nor that it is not: none of them ever counts as a no (I20)."""
SCALES = {
    "yes_no": ("yes", "no", *NOT_SAID),
    "frequency": ("never", "occasionally", "often", "all_the_time", *NOT_SAID),
}
TICKS = frozenset({"yes", "occasionally", "often", "all_the_time"})
"""Answers that say a thing is so."""
CONCEPTS = frozenset(
    (
        "injury",
        "fear",
        "separation",
        "escalation",
        "strangulation",
        "weapon",
        "threat_to_kill",
        "control",
        "stalking",
        "suicide",
        "victim_suicidal",
        "perpetrator_suicidal",
        "pregnancy",
        "child_hurt",
        "children",
        "sexual_violence",
        "honour_based",
        "order_breached",
        "animal_harm",
        "money",
        "drugs_alcohol_mh",
        "isolation",
        "child_contact",
    )
)
"""What a topic means, whichever form asks it; floors and ranking read these."""
CODE = re.compile(r"[a-z][a-z0-9_-]{0,29}", re.ASCII)


@dataclass(frozen=True)
class Topic:
    """One topic: its code, our words, its meaning, the set that a yes opens, and whether it marks high risk."""

    code: str
    asks: str
    concept: str | None
    opens: str | None
    high_risk: bool


@dataclass(frozen=True)
class Questionnaire:
    """One version of a form, in force from `since` to before `until` (None: still); `main` or a `supplement`."""

    code: str
    title: str
    since: dt.date
    until: dt.date | None
    scale: str
    use: str
    topics: tuple[Topic, ...]

    @property
    def answers(self) -> tuple[str, ...]:
        """The answers that this form takes."""
        return SCALES[self.scale]

    def checked(self, answers: Mapping[str, str]) -> dict[str, str]:
        """Every topic with its answer; a topic left out was not asked. Raises InvalidError naming what is wrong."""
        known = {topic.code for topic in self.topics}
        for topic, answer in answers.items():
            if topic not in known:
                raise InvalidError(f"The form has no topic “{topic}”.", details={"field": "answers"})
            if answer not in self.answers:
                raise InvalidError(
                    f"“{answer}” is not an answer; it is one of {', '.join(self.answers)}.", details={"field": topic}
                )
        return {topic.code: answers.get(topic.code, "not_asked") for topic in self.topics}


@dataclass(frozen=True)
class Tally:
    """What the answers of one form add up to, shown beside the grade and never setting it (A3, I20).

    `ticks` are topics said to be so, `answered` topics with any answer that settles them, of `topics` in all.
    """

    ticks: int
    high_risk: int
    answered: int
    topics: int


def tally(form: Questionnaire, answers: Mapping[str, str]) -> Tally:
    """Count the answers given to a form; unknown, not asked and refused settle nothing."""
    ticked = [t for t in form.topics if answers.get(t.code) in TICKS]
    settled = sum(answers.get(t.code, "not_asked") not in NOT_SAID for t in form.topics)
    return Tally(len(ticked), sum(t.high_risk for t in ticked), settled, len(form.topics))


def questionnaire(code: str) -> Questionnaire:
    """The form of this code, in force or not. Raises InvalidError."""
    found = questionnaires().get(code)
    if found is None:
        raise InvalidError(f"There is no form “{code}”.", details={"field": "form"})
    return found


def in_force(day: dt.date) -> tuple[Questionnaire, ...]:
    """The forms in force on a local day, by code."""
    return tuple(
        q for _, q in sorted(questionnaires().items()) if q.since <= day and (q.until is None or day < q.until)
    )


def questionnaires() -> dict[str, Questionnaire]:
    """Every form by its code. Raises RuleFileError, naming file and line."""
    return _read_all((DATA, *folders()[:-1]))


@lru_cache(maxsize=8)
def _read_all(within: tuple[Path, ...]) -> dict[str, Questionnaire]:
    found: dict[str, Questionnaire] = {}
    nodes: dict[str, Node] = {}
    for folder in within:
        for path in sorted(folder.glob("questionnaires/*.yaml")):
            node = open_node(path)
            one = read_questionnaire(node)
            if one.code in found:
                raise node.child("code").fail(f'"{one.code}" is a form already', "Give the version a code of its own.")
            found[one.code], nodes[one.code] = one, node
    for code, one in found.items():
        _opens_supplements(one, nodes[code], found)
    return found


def _opens_supplements(one: Questionnaire, node: Node, found: Mapping[str, Questionnaire]) -> None:
    own = {topic.code for topic in one.topics}
    for at, topic in enumerate(one.topics):
        if topic.opens and (topic.opens not in found or found[topic.opens].use != "supplement"):
            raise (
                node.child("topics")
                .child(at)
                .child("opens")
                .fail(f'"{topic.opens}" is not a supplementary set', "Name a form with `use: supplement`.")
            )
        # Words are kept by topic: the same code in both would say two things.
        if topic.opens and (twice := own & {t.code for t in found[topic.opens].topics}):
            raise (
                node.child("topics")
                .child(at)
                .child("opens")
                .fail(f'"{min(twice)}" is a topic of the form and of its set', "Give one of them another code.")
            )


def read_questionnaire(node: Node) -> Questionnaire:
    """One form from its file. Raises RuleFileError."""
    needed = ("kind", "code", "title", "from", "answers", "use", "basis", "topics")
    node.keys((*needed, "until"), needed)
    node.child("kind").choice(("questionnaire",))
    node.child("basis").keys(("instrument", "clause", "unsure"), ("instrument", "clause"))
    since, until = node.child("from").date(), node.child("until").date()
    if since is None or (until is not None and until <= since):
        raise node.child("from").fail("the days in force do not run forward", "Write `from:` before `until:`.")
    topics = tuple(_topic(child) for child in node.child("topics").each())
    codes = [t.code for t in topics]
    if not codes or len(set(codes)) != len(codes):
        raise node.child("topics").fail("a form asks each of its topics once", "Write at least one; each code once.")
    return Questionnaire(
        code=_code(node.child("code")),
        title=node.child("title").text(),
        since=since,
        until=until,
        scale=node.child("answers").choice(tuple(SCALES)),
        use=node.child("use").choice(("main", "supplement")),
        topics=topics,
    )


def _topic(node: Node) -> Topic:
    node.keys(("code", "asks", "concept", "opens", "high_risk"), ("code", "asks"))
    concept, opens, high = node.child("concept"), node.child("opens"), node.child("high_risk")
    if high.value not in (None, True, False):
        raise high.fail(f'"{high.value}" is neither true nor false', "Write `high_risk: true` or leave it out.")
    return Topic(
        code=_code(node.child("code")),
        asks=node.child("asks").text(),
        concept=None if concept.value is None else concept.choice(CONCEPTS),
        opens=None if opens.value is None else opens.text(),
        high_risk=high.value is True,
    )


def _code(node: Node) -> str:
    code = node.text()
    if not CODE.fullmatch(code):
        raise node.fail(f'"{code}" is not a code', "Write small letters, digits, - and _, at most 30.")
    return code
