"""The short form of a report: counts and class names in place of people and offences written out one by one.

    victims: 2
    suspects: 2 independent
    offences: [8N, 58D]
    same_incident: true
    relation: former partner

It says less than the full form, so what the rules presume (the victim reports it, the points to prove are met) is
written into the report's `presumed` and shown with the decision.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from iops.foundation.errors import InvalidError

Raw = dict[str, Any]

PLACES = {
    "school": ("setting", "school_in_hours"),
    "school_premises_in_hours": ("setting", "school_in_hours"),
    "school_in_hours": ("setting", "school_in_hours"),
    "school_trip": ("setting", "school_trip"),
    "school_transport": ("setting", "school_trip"),
    "abroad": ("nation", "abroad"),
    "overseas": ("nation", "abroad"),
    "outside_uk": ("nation", "abroad"),
    "other_force": ("nation", "other_force_area"),
    "another_force": ("nation", "other_force_area"),
    "other_force_area": ("nation", "other_force_area"),
    "scotland": ("nation", "scotland_or_northern_ireland"),
    "northern_ireland": ("nation", "scotland_or_northern_ireland"),
    "railway": ("nation", "railway"),
    "train": ("nation", "railway"),
    "prison": ("setting", "prison"),
    "flight_inbound": ("nation", "flight_inbound"),
    "flight_outbound": ("nation", "flight_outbound"),
    "flight_within_uk": ("nation", "flight_within_uk"),
}
NOBODY = frozenset({"n/a", "none", "state", "0", ""})
BUSINESS = ("business", "shop", "bank", "company", "lender", "firm", "store")
#: Told about a victim or report but of no weight for the decision (CRR2026 p7, p9).
WITHOUT_WEIGHT = frozenset({"personal_details", "supports_prosecution", "coerced"})


class ShortFormError(InvalidError):
    """The short form says something that cannot be read without guessing."""

    code = "short-form"


def is_short(raw: Mapping[str, Any]) -> bool:
    """Whether a report is written in the short form."""
    counted = any(isinstance(raw.get(name), int | str) for name in ("victims", "suspects"))
    return counted or "same_incident" in raw


def expand(raw: Raw) -> Raw:
    """The report in the full form. Raises ShortFormError."""
    for name in WITHOUT_WEIGHT & raw.keys():
        del raw[name]
    _place(raw)
    short = is_short(raw)
    for name in ("victims", "suspects"):
        if isinstance(raw.get(name), int | str) and not isinstance(raw.get(name), bool):
            raw[name] = _people(name, raw[name])
    if not short:
        return raw
    presumed: list[str] = list(raw.get("presumed", ()))
    _one_person(raw)
    _batches(raw)
    _existing(raw, presumed)
    _charges(raw)
    _presume(raw, presumed)
    raw["presumed"] = presumed
    return raw


def _tidy(text: str) -> str:
    return re.sub(r"[\s-]+", "_", text.strip().lower())


def _place(raw: Raw) -> None:
    place = raw.pop("place", None)
    if place is None:
        return
    known = PLACES.get(_tidy(str(place)))
    if known is None:
        raise ShortFormError(
            f'The place "{place}" is not one the short form knows.',
            mend=f"Use one of: {', '.join(PLACES)}, or `places:`.",
        )
    raw.setdefault(*known)


def _people(name: str, given: int | str) -> list[Raw]:
    kind = name[:-1]
    if isinstance(given, int):
        return [{"id": kind, "count": given}] if given else []
    said = given.strip().lower()
    if said in NOBODY:
        return []
    match = re.fullmatch(r"(\d*)\s*([a-z ]*)", said)
    if match is None:
        raise ShortFormError(
            f'"{name}: {given}" is more than the short form can hold.', mend=f"List the {name} one by one."
        )
    count = int(match[1]) if match[1] else 1
    return _described(kind, count, match[2].strip())


def _described(kind: str, count: int, words: str) -> list[Raw]:
    if kind == "suspect" and words == "independent":
        return [{"id": f"suspect {at}", "group": f"alone {at}"} for at in range(1, count + 1)]
    if kind == "suspect" and "undefined" in words:
        return [{"id": "undefined suspects"}]
    if kind == "victim" and words.startswith("household"):
        return [{"id": "household", "kind": "household", "count": count}]
    if kind == "victim" and words in BUSINESS:
        return [{"id": words, "kind": "business", "count": count}]
    if words in ("", "unknown", "person", "people", "victim", "victims", "suspect", "suspects"):
        return [{"id": kind, "count": count}]
    raise ShortFormError(
        f'"{kind}s: {words}" is more than the short form can hold.', mend=f"List the {kind}s one by one."
    )


def _one_person(raw: Raw) -> None:
    """Ages and roles told beside a count belong to every person counted."""
    for key, people, field in (
        ("victim_age", "victims", "age"), ("suspect_age", "suspects", "age"), ("victim_sex", "victims", "sex"),
        ("victim_role", "victims", "role"), ("suspect_role", "suspects", "role"),
        ("suspect_capacity", "suspects", "has_capacity"),
    ):  # fmt: skip
        value = raw.pop(key, None)
        if value is None:
            continue
        for one in raw.get(people) or []:
            one.setdefault(field, _tidy(value) if isinstance(value, str) else value)


def _batches(raw: Raw) -> None:
    """Offences that are not of one incident reached the police at different times."""
    together = raw.pop("same_incident", True)
    offences = raw.get("offences")
    if together in (True, "yes") or not isinstance(offences, list) or len(offences) <= 1:
        return
    raw["offences"] = [
        {**(one if isinstance(one, Mapping) else {"offence": one}), "batch": at}
        for at, one in enumerate(offences, start=1)
    ]


def _existing(raw: Raw, presumed: list[str]) -> None:
    gap = raw.pop("gap_days", None)
    if gap is None:
        return
    told = dict(raw.get("existing") or {})
    told.setdefault("gap_days", gap)
    if "dealt_with" in raw:
        told.setdefault("dealt_with", raw.pop("dealt_with"))
    if "crime" not in told:
        first = next(
            (one for one in raw.get("offences") or [] if isinstance(one, str) and one in ("8L", "8M", "8Q", "8U")), "8Q"
        )
        told["crime"] = first
        presumed.append(f"a gap since the last incident is told, so a conduct crime ({first}) is on record")
    raw["existing"] = told


def _charges(raw: Raw) -> None:
    supported = raw.pop("charge_supported", None)
    if supported is not None:
        raw["charged"] = [*(raw.get("charged") or []), *supported]


def _presume(raw: Raw, presumed: list[str]) -> None:
    if not raw.get("offences"):
        return
    facts = dict(raw.get("facts") or {})
    if "reporter" not in raw and "reporter" not in facts:
        raw["reporter"] = "victim"
        presumed.append("the short form names no reporter, so the victim is taken to report it")
    if "points_to_prove" not in raw and "points_to_prove" not in facts:
        raw["points_to_prove"] = "clear"
        presumed.append("the short form lists the offence, so the points to prove are taken to be met")
