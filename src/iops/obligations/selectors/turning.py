"""Which duties of a rule in a district may stand on a page of a worklist, as SQL: by number, or on from a key.

A worklist runs by highest risk, earliest due, rule, subject. The index of open duties is by rule, district, risk and
due time, so on from a key it is read in two ranges: the rest of the same risk, then what is less urgent.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from iops.foundation.paging import PAGE_SIZE, Turn, key, read_key

if TYPE_CHECKING:
    from iops.obligations.selectors.worklist import WorklistRow

_ON = ("o.risk desc, o.due_at, o.subject_id, o.subject", "<", ">")
_BACK = ("o.risk, o.due_at desc, o.subject_id desc, o.subject desc", ">", "<")


def key_of(row: WorklistRow) -> str:
    """The key of a duty: what the worklist is ordered by."""
    return key(row.risk, row.due_at, row.rule, row.subject_id, row.subject)


def first_of_each(turn: Turn, conditions: str, known: dict[str, Any]) -> str:
    """The duties `o` under some conditions that may be on the page; those of one rule in one district are asked for.

    Values go into `known`. Raises InvalidError for a key of no worklist.
    """
    order, riskier, later = _BACK if turn.backwards else _ON
    start = f"select o.* from obligations_obligation o where {conditions}"  # noqa: S608 - fixed parts
    if not turn.key:
        known["deep"] = turn.skip + PAGE_SIZE + 1
        return f"{start} order by {order} limit %(deep)s"
    names = ("key_risk", "key_due", "key_rule", "key_id", "key_subject")
    known |= zip(names, read_key(turn.key, int, dt.datetime, str, int, str), strict=True)
    known["deep"] = PAGE_SIZE + 1
    same = f"""o.risk = %(key_risk)s and o.due_at {later}= %(key_due)s and (o.due_at {later} %(key_due)s
               or (o.rule, o.subject_id, o.subject) {later} (%(key_rule)s, %(key_id)s, %(key_subject)s))"""
    return f"""(({start} and {same} order by {order} limit %(deep)s)
        union all ({start} and o.risk {riskier} %(key_risk)s order by {order} limit %(deep)s))"""


def whole_order(turn: Turn) -> str:
    """The order of the page, across rules and districts, in the direction in which it is read."""
    if turn.backwards:
        return "o.risk, o.due_at desc, o.rule desc, o.subject_id desc, o.subject desc"
    return "o.risk desc, o.due_at, o.rule, o.subject_id, o.subject"
