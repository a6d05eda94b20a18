"""What the hub counts is a dated file that is read strictly: what makes no sense is refused with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from iops.control.configuration import open_node
from iops.rulebook.strict_yaml import RuleFileError
from iops.safeguarding.hub.page.settings import DATA, NAME, hub_settings, read_settings

if TYPE_CHECKING:
    from pathlib import Path


def test_the_settings_that_come_with_the_system_are_whole() -> None:
    told = hub_settings()
    assert (told.repeat_months, told.serial_years, told.serial_victims, told.serial_age) == (12, 3, 2, 16)
    assert len(told.queues) == len({q.title for q in told.queues.values()})
    rules = [rule for queue in told.queues.values() for rule in queue.rules]
    assert len(rules) == len(set(rules))


@pytest.mark.parametrize(
    ("was", "put"),
    [
        ("kind: hub", "kind: absence"),
        ("from: 2019-07-01", "from: soon"),
        ("months: 12", "months: 0"),
        ("months: 12", "months: 12.5"),
        ("incidents: 3", "incidents: 1"),
        ("victims: 2", "victims: 1"),
        ("age: 16", "age: -1"),
        ("days: 7", "days: 1000"),
        ("told: inspector", "told: somebody"),
        ("rules: [child-decision]", "rules: []"),
        ("rules: [child-decision]", "rules: [child-decision, child-decision]"),
        ("rules: [child-decision]", "rules: [no-such-duty]"),
        ("unopened_hours: 48", "unopened_hours: yes"),
        ("unopened_hours: 48", "surprise: 48"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, was: str, put: str) -> None:
    text = (DATA / NAME).read_text(encoding="utf-8")
    assert was in text
    changed = tmp_path / NAME
    changed.write_text(text.replace(was, put, 1), encoding="utf-8")
    with pytest.raises(RuleFileError):
        read_settings(open_node(changed))
