"""The ordering data behind the principal crime rule, read once: ranks, preferences, exceptions and conduct tiers."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.rulebook.classes import ROOT, CrimeClass, register, sources
from iops.rulebook.shapes import Node, citations
from iops.rulebook.strict_yaml import read_file

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "home_office/crime_recording_rules/principal_crime.yaml"
FRAUD = "fraud"


@dataclass(frozen=True, slots=True)
class Rank:
    """One line of the look-up order; a lower number is the graver crime."""

    number: int
    of: str
    classes: frozenset[str]
    codes: tuple[str, ...]
    only_if_stated: bool


@dataclass(frozen=True, slots=True)
class Preference:
    """An ordering that the text of a class states of its own."""

    over: frozenset[str]
    under: frozenset[str]
    over_fraud: bool
    same_victim: bool
    says: str
    cite: tuple[str, ...]
    unsure: str


@dataclass(frozen=True, slots=True)
class Beside:
    """A crime that is counted beside the principal crime rather than weighed against it."""

    id: str
    classes: frozenset[str]
    codes: frozenset[str]
    categories: frozenset[str]
    unless: str
    unless_principal: frozenset[str]
    absorbed_by: frozenset[str]
    unit: str
    says: str
    absorbed: str
    cite: tuple[str, ...]

    def covers(self, one: CrimeClass, code: str | None) -> bool:
        """Whether the exception speaks of this class and code."""
        return one.code in self.classes or one.category in self.categories or (code is not None and code in self.codes)


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier of conduct crimes and what it outranks; `sexual_below` and `from_rank` are explained in the data."""

    number: int
    codes: frozenset[str]
    beats_conduct: frozenset[str]
    from_rank: int
    sexual_below: int
    never: frozenset[str]
    categories: frozenset[str]
    classes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ordering:
    """All of the ordering data."""

    cite: tuple[str, ...]
    unsure: str
    ranks: tuple[Rank, ...]
    preferences: tuple[Preference, ...]
    beside: tuple[Beside, ...]
    tiers: tuple[Tier, ...]
    conduct_cite: tuple[str, ...]
    violence: frozenset[str]
    property: frozenset[str]
    violence_cite: tuple[str, ...]
    fraud_cite: tuple[str, ...]
    fraud_says: str

    def rank_of(self, one: CrimeClass, code: str | None) -> Rank | None:
        """The line of the look-up order for this class and code, if it is listed."""
        for rank in self.ranks:
            if one.code in rank.classes and (not rank.codes or code in rank.codes):
                return rank
        return None

    def tier_of(self, code: str | None) -> Tier | None:
        """The conduct tier of a code, if it is a conduct crime."""
        return next((tier for tier in self.tiers if code in tier.codes), None)

    def beside_for(self, one: CrimeClass, code: str | None) -> Beside | None:
        """The exception that has this crime counted beside the principal crime, if there is one."""
        return next((rule for rule in self.beside if rule.covers(one, code)), None)


def _classes(node: Node) -> frozenset[str]:
    for child in node.each():
        if register().find(child.text()) is None:
            raise child.fail(f'"{child.value}" is not a class of the list', "Mend the class.")
    return frozenset(node.texts())


def _rank(number: int, node: Node) -> Rank:
    node.keys(("of", "classes", "codes", "only_if_stated"), ("of", "classes"))
    codes = node.child("codes").texts()
    return Rank(
        number, node.child("of").text(), _classes(node.child("classes")), codes, bool(node.value.get("only_if_stated"))
    )


def _preference(node: Node, known: Mapping[str, object]) -> Preference:
    node.keys(("over", "under", "same_victim", "cite", "says", "unsure"), ("over", "under", "cite", "says"))
    fraud = node.child("over").value == FRAUD
    return Preference(
        over=frozenset() if fraud else _classes(node.child("over")),
        under=_classes(node.child("under")),
        over_fraud=fraud,
        same_victim=node.value.get("same_victim", True) is True,
        says=node.child("says").text(),
        cite=citations(node.child("cite"), known),
        unsure=node.child("unsure").text(""),
    )


_BESIDE_KEYS = "id classes codes categories unless unless_principal absorbed_by unit cite says absorbed".split()  # noqa: SIM905


def _beside(node: Node, known: Mapping[str, object]) -> Beside:
    node.keys(_BESIDE_KEYS, ("id", "cite", "says"))
    return Beside(
        id=node.child("id").text(),
        classes=_classes(node.child("classes")),
        codes=frozenset(node.child("codes").texts()),
        categories=frozenset(node.child("categories").texts()),
        unless=node.child("unless").text(""),
        unless_principal=_classes(node.child("unless_principal")),
        absorbed_by=frozenset(node.child("absorbed_by").texts()),
        unit=node.child("unit").text(""),
        says=node.child("says").text(),
        absorbed=node.child("absorbed").text(""),
        cite=citations(node.child("cite"), known),
    )


_TIER_KEYS = "tier codes beats_conduct from_rank_of sexual_below_months never categories classes".split()  # noqa: SIM905


def _tier(node: Node, ranks: tuple[Rank, ...]) -> Tier:
    node.keys(_TIER_KEYS, ("tier", "codes", "beats_conduct", "sexual_below_months", "never"))
    line = node.child("from_rank_of").text("")
    start = next((rank.number for rank in ranks if line and line in rank.codes), 0)
    return Tier(
        number=int(node.child("tier").value),
        codes=frozenset(node.child("codes").texts()),
        beats_conduct=frozenset(node.child("beats_conduct").texts()),
        from_rank=start,
        sexual_below=int(node.child("sexual_below_months").value),
        never=frozenset(node.child("never").texts()),
        categories=frozenset(node.child("categories").texts()),
        classes=_classes(node.child("classes")),
    )


@functools.cache
def ordering() -> Ordering:
    """The ordering data. Raises RuleFileError when the file is wrong."""
    value, lines = read_file(ROOT / FILE, shown_as=FILE)
    top = Node(value, lines).keys(("principal_crime", "conduct_crimes"), ("principal_crime", "conduct_crimes"))
    known = sources()
    main = top.child("principal_crime").keys(
        (
            "cite",
            "read_from",
            "unsure",
            "ranks",
            "violence_before_property",
            "preferences",
            "beside",
            "fraud_beside_force",
        )
    )
    conduct = top.child("conduct_crimes").keys(("cite", "note", "tiers", "former_partner_prefers"))
    ranks = tuple(_rank(at, child) for at, child in enumerate(main.child("ranks").each(), start=1))
    groups = main.child("violence_before_property").keys(("cite", "violence", "property"))
    fraud = main.child("fraud_beside_force").keys(("cite", "says"))
    return Ordering(
        cite=citations(main.child("cite"), known),
        unsure=main.child("unsure").text(""),
        ranks=ranks,
        preferences=tuple(_preference(child, known) for child in main.child("preferences").each()),
        beside=tuple(_beside(child, known) for child in main.child("beside").each()),
        tiers=tuple(_tier(child, ranks) for child in conduct.child("tiers").each()),
        conduct_cite=citations(conduct.child("cite"), known),
        violence=frozenset(groups.child("violence").texts()),
        property=frozenset(groups.child("property").texts()),
        violence_cite=citations(groups.child("cite"), known),
        fraud_cite=citations(fraud.child("cite"), known),
        fraud_says=fraud.child("says").text(),
    )
