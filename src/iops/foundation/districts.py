"""The verbs of districts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.foundation.models import District

if TYPE_CHECKING:
    from collections.abc import Mapping


def have_districts(names: Mapping[str, str]) -> int:
    """Make the districts of these codes (at most 12 characters) and names that are not there yet; how many were made.

    A district that is there keeps its name. To be called inside a transaction that says who acts and why.
    """
    there = set(District.objects.filter(code__in=list(names)).values_list("code", flat=True))
    wanted = [District(code=code, name=name) for code, name in sorted(names.items()) if code not in there]
    District.objects.bulk_create(wanted, ignore_conflicts=True)
    return len(wanted)
