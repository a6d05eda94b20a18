"""The questionnaires that come with the system, a force's own beside them, and files that are wrong."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.test import override_settings

from iops.control.configuration import open_node
from iops.foundation.errors import InvalidError, IopsError
from iops.safeguarding.assess.questionnaires import (
    NOT_SAID,
    in_force,
    questionnaire,
    questionnaires,
    read_questionnaire,
    tally,
)

if TYPE_CHECKING:
    from pathlib import Path


GOOD = """kind: questionnaire
code: own-1
title: Own form
from: 2026-01-01
answers: yes_no
use: main
basis: {instrument: "Force", clause: "own"}
topics:
  - {code: fear, asks: "Afraid?", concept: fear}
"""


def test_the_forms_have_the_topics_that_the_field_counts() -> None:
    counts = {code: len(form.topics) for code, form in questionnaires().items()}
    assert counts == {
        "frequency-1": 17,
        "honour-1": 10,
        "long-1": 27,
        "partner-24-1": 24,
        "short-1": 12,
        "stalking-1": 11,
    }


def test_the_partner_form_is_the_long_form_without_three_topics_on_children() -> None:
    long = {t.code for t in questionnaire("long-1").topics}
    partner = {t.code for t in questionnaire("partner-24-1").topics}
    assert long - partner == {"stepchildren_dependants", "children_hurt", "children_threatened"}
    assert partner < long


def test_a_form_is_in_force_from_its_day_on() -> None:
    assert "frequency-1" not in {q.code for q in in_force(dt.date(2022, 10, 31))}
    assert "frequency-1" in {q.code for q in in_force(dt.date(2022, 11, 1))}


def test_a_force_adds_a_version_of_its_own_by_a_file(tmp_path: Path) -> None:
    (tmp_path / "questionnaires").mkdir()
    (tmp_path / "questionnaires" / "own.yaml").write_text(GOOD, encoding="utf-8")
    with override_settings(IOPS_FORCE_FOLDER=tmp_path):
        assert questionnaire("own-1").topics[0].concept == "fear"
        assert questionnaire("long-1").title


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("concept: fear", "concept: dread", "dread"),
        ("concept: fear", "opens: long-9, kind: x", "kind"),
        ("code: own-1", 'code: "own\'); drop"', "not a code"),
        ("code: own-1", 'code: "OWN"', "not a code"),
        ("answers: yes_no", "answers: maybe", "maybe"),
        ("use: main", "use: other", "other"),
        ("from: 2026-01-01", "from: soon", "soon"),
        ("from: 2026-01-01", "from: 2026-01-01\nuntil: 2025-01-01", "forward"),
        ("concept: fear}", "high_risk: perhaps}", "perhaps"),
        ("concept: fear}", 'concept: fear}\n  - {code: fear, asks: "Again?"}', "once"),
        ("title: Own form\n", "", "title"),
    ],
)
def test_a_file_that_is_wrong_is_named_with_what_is_wrong(tmp_path: Path, good: str, bad: str, said: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(GOOD.replace(good, bad), encoding="utf-8")
    with pytest.raises(IopsError, match=said):
        read_questionnaire(open_node(path))


def test_a_set_that_is_opened_must_be_a_supplement(tmp_path: Path) -> None:
    (tmp_path / "questionnaires").mkdir()
    wrong = GOOD.replace("concept: fear", "opens: long-1")
    (tmp_path / "questionnaires" / "own.yaml").write_text(wrong, encoding="utf-8")
    with override_settings(IOPS_FORCE_FOLDER=tmp_path), pytest.raises(IopsError, match="supplementary"):
        questionnaires()


def test_a_set_has_no_topic_of_the_form_that_opens_it(tmp_path: Path) -> None:
    (tmp_path / "questionnaires").mkdir()
    topic = questionnaire("stalking-1").topics[0].code
    wrong = GOOD.replace("code: fear,", f"code: {topic}, opens: stalking-1,")
    (tmp_path / "questionnaires" / "own.yaml").write_text(wrong, encoding="utf-8")
    with override_settings(IOPS_FORCE_FOLDER=tmp_path), pytest.raises(IopsError, match="of its set"):
        questionnaires()


@pytest.mark.parametrize("answer", NOT_SAID)
def test_what_is_not_said_is_never_a_tick_and_never_complete(answer: str) -> None:
    form = questionnaire("long-1")
    counted = tally(form, dict.fromkeys((t.code for t in form.topics), answer))
    assert (counted.ticks, counted.answered, counted.topics) == (0, 0, 27)


def test_a_topic_left_out_was_not_asked_and_an_answer_of_another_scale_is_refused() -> None:
    form = questionnaire("frequency-1")
    assert set(form.checked({}).values()) == {"not_asked"}
    with pytest.raises(InvalidError):
        form.checked({"weapon": "yes"})
    with pytest.raises(InvalidError):
        form.checked({"no such": "often"})
