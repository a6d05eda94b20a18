"""The configuration of the hub's page (data/hub.yaml; a force's own file goes before it)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from iops.control import configuration
from iops.control.configuration import number, open_node
from iops.foundation.roles import Role
from iops.obligations.install import book

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.rulebook.shapes import Node

NAME = "hub.yaml"
DATA = Path(__file__).parent.parent.parent / "data"
PARTS = ("kind", "from", "basis", "repeat", "serial", "flow", "queues")
QUEUE = ("title", "rules", "unopened_hours")
MOST_MONTHS, MOST_YEARS, MOST_DAYS, MOST_HOURS, MANY = 60, 10, 92, 720, 100


@dataclass(frozen=True)
class Queue:
    """Some duties that are worked through together; `unopened` is how long nobody may look at them (I17)."""

    code: str
    title: str
    rules: tuple[str, ...]
    unopened: dt.timedelta


@dataclass(frozen=True)
class HubSettings:
    """What the hub counts, from `since` on.

    A repeat victim has `repeat_incidents` domestic incidents in `repeat_months` (local definition). A serial
    perpetrator is suspected, at `serial_age` or over, in more than one against `serial_victims` victims in
    `serial_years`. `told` is who is told when more came into a queue in `flow_days` days than was cleared (I16).
    """

    since: dt.date
    repeat_months: int
    repeat_incidents: int
    serial_years: int
    serial_victims: int
    serial_age: int
    flow_days: int
    told: str
    queues: Mapping[str, Queue]


def hub_settings() -> HubSettings:
    """The configuration in force. Raises RuleFileError."""
    return _settings(configuration.folders())


@lru_cache(maxsize=8)
def _settings(folders: tuple[Path, ...]) -> HubSettings:
    own = next((f / NAME for f in folders if (f / NAME).is_file()), DATA / NAME)
    return read_settings(open_node(own))


def read_settings(root: Node) -> HubSettings:
    """The configuration from its file. Raises RuleFileError, naming line and mend."""
    root.keys(PARTS, PARTS).child("kind").choice(("hub",))
    root.child("basis").keys(("instrument", "clause", "unsure"), ("instrument", "clause"))
    since = root.child("from").date()
    if since is None:
        raise root.child("from").fail("it has no first day", "Write a day.")
    repeat, serial, flow = (
        root.child(name).keys(parts, parts)
        for name, parts in (
            ("repeat", ("months", "incidents")),
            ("serial", ("years", "victims", "age")),
            ("flow", ("days", "told")),
        )
    )
    return HubSettings(
        since,
        number(repeat.child("months"), 1, MOST_MONTHS),
        number(repeat.child("incidents"), 2, MANY),
        number(serial.child("years"), 1, MOST_YEARS),
        number(serial.child("victims"), 2, MANY),
        number(serial.child("age"), 0, MANY),
        number(flow.child("days"), 1, MOST_DAYS),
        flow.child("told").choice([role.value for role in Role]),
        {code: _queue(code, node) for code, node in root.child("queues").items()},
    )


def _queue(code: str, node: Node) -> Queue:
    node.keys(QUEUE, QUEUE)
    rules = tuple(_rule(each) for each in node.child("rules").each())
    if not rules or len(set(rules)) != len(rules):
        raise node.child("rules").fail("a queue names its duties once each", "Write such as [child-decision].")
    hours = number(node.child("unopened_hours"), 1, MOST_HOURS)
    return Queue(code, node.child("title").text(), rules, dt.timedelta(hours=hours))


def _rule(node: Node) -> str:
    """A duty that flow is counted of; on incidents these are the domestic ones, which the index of the flow holds."""
    code = node.text()
    subject = next((rule.subject for rule in book().rules if rule.code == code), None)
    if subject is None or (subject == "incident" and not code.startswith("da-")):
        raise node.fail(f'"{code}" is no duty of safeguarding', "Name a duty of the rulebook.")
    return code
