"""The matching model: how likely each level of agreement is among records of one person, and among records of two.

Fellegi and Sunter's model (A theory for record linkage, 1969): each field's level of agreement is evidence of weight
log2(m / u), where m is how often records of one person agree so, and u how often those of two people do. Weights add
up; with the prior they make a probability. The parameters are data: a dated, versioned, reviewed file in `data/`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import cache
from math import log2
from pathlib import Path
from typing import TYPE_CHECKING

from iops.pole.matching.levels import FIELDS, Field
from iops.rulebook.strict_yaml import Lines, read_file, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping

DATA = Path(__file__).parent / "data"
STANDARD = DATA / "person-2026-11-23.yaml"
STARTING = DATA / "starting-values.yaml"
LEAST = Decimal("0.0000001")
"""No level is impossible: smaller values would let one field decide alone."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """One level: its share among pairs of one person (`m`) and among pairs of two people (`u`)."""

    m: Decimal
    u: Decimal

    @property
    def weight(self) -> float:
        """Evidence in bits: above 0 for the same person, below for two."""
        return log2(max(self.m, LEAST) / max(self.u, LEAST))


@dataclass(frozen=True, slots=True)
class Trained:
    """Where the parameters come from."""

    on: str
    records: int
    pairs: int
    at: dt.date
    tool: str


@dataclass(frozen=True, slots=True)
class Model:
    """A matching model as read from its file."""

    name: str
    version: str
    trained: Trained
    reviewed_by: str
    """Who answers for these figures; empty when nobody has looked at them yet."""
    prior: Decimal
    """How likely two records taken at random are of one person."""
    household: Decimal
    """Of the pairs of records that share what a household shares (family name, home, telephone), how many are of one
    person. It bounds what these agreements say together: which household, and no more."""
    comparisons: Mapping[str, tuple[Parameters, ...]]
    """By field, its levels in the order of `levels.FIELDS`."""

    @property
    def is_reviewed(self) -> bool:
        """Whether somebody has put their name to the figures."""
        return bool(self.reviewed_by.strip())

    @property
    def status(self) -> str:
        """One line for people: which model answered, and who reviewed it."""
        reviewed = f"reviewed by {self.reviewed_by}" if self.is_reviewed else "NOT REVIEWED"
        return f"{self.name} {self.version}, trained on {self.trained.on}, {reviewed}"

    def weights(self) -> dict[str, tuple[float, ...]]:
        """Weight of every level, by field. No level outweighs the closest one of its field."""
        found = {}
        for field, levels in self.comparisons.items():
            weights = [level.weight for level in levels]
            found[field] = tuple(min(weight, weights[0]) for weight in weights)
        return found

    def with_parameters(
        self, comparisons: Mapping[str, tuple[Parameters, ...]], prior: Decimal, household: Decimal
    ) -> Model:
        """The same model with other figures."""
        return replace(self, comparisons=comparisons, prior=prior, household=household)


@cache
def standard() -> Model:
    """The model the product ships."""
    return load(STANDARD)


@cache
def starting() -> Model:
    """The values set by hand from which models are fitted to records."""
    return load(STARTING)


def load(path: Path) -> Model:
    """Read a model file. Raises RuleFileError naming the file, the line and the mend when it is not one."""
    return _Reader(*read_file(path)).model()


def loads(text: str, file: str = "model.yaml") -> Model:
    """Read the text of a model file, as `load` does."""
    return _Reader(*read_text(text, file)).model()


def dumps(model: Model) -> str:
    """The text of a model's file."""
    trained = model.trained
    head = [
        "# How likely each level of agreement is among records of one person (m) and of two people (u).",
        "# Written by `iops pole train`; whoever has checked the figures puts their name into reviewed_by.",
        f"model: {model.name}",
        f'version: "{model.version}"',
        f'reviewed_by: "{model.reviewed_by}"',
        "trained:",
        f'  "on": "{trained.on}"',
        f"  records: {trained.records}",
        f"  pairs: {trained.pairs}",
        f"  at: {trained.at.isoformat()}",
        f'  with: "{trained.tool}"',
        f'prior: "{model.prior:f}"',
        f'household: "{model.household:f}"',
        "comparisons:",
    ]
    return "\n".join([*head, *(line for field in FIELDS for line in _dump_field(field, model))]) + "\n"


def _dump_field(field: Field, model: Model) -> list[str]:
    levels = zip(field.levels, model.comparisons[field.name], strict=True)
    return [f"  {field.name}:", *(f'    {level.code}: {{m: "{p.m:f}", u: "{p.u:f}"}}' for level, p in levels)]


class _Reader:
    """Checks what a model file holds, value by value."""

    def __init__(self, told: dict[str, object], lines: Lines) -> None:
        self.told, self.lines = told, lines

    def model(self) -> Model:
        self._only(self.told, (), {"model", "version", "reviewed_by", "trained", "prior", "household", "comparisons"})
        return Model(
            name=self._text(self.told, "model"),
            version=self._text(self.told, "version"),
            trained=self._trained(self._mapping(self.told, (), "trained")),
            reviewed_by=self._text(self.told, "reviewed_by", empty=True),
            prior=self._share(self.told["prior"], ("prior",)),
            household=self._share(self.told["household"], ("household",)),
            comparisons=self._comparisons(self._mapping(self.told, (), "comparisons")),
        )

    def _trained(self, told: dict[str, object]) -> Trained:
        path = ("trained",)
        self._only(told, path, {"on", "records", "pairs", "at", "with"})
        at = told["at"]
        if not isinstance(at, dt.date):
            raise self.lines.error((*path, "at"), "this is not a date", mend="Write the day as 2026-11-22.")
        return Trained(
            on=self._text(told, "on", path),
            records=self._count(told, "records"),
            pairs=self._count(told, "pairs"),
            at=at,
            tool=self._text(told, "with", path),
        )

    def _comparisons(self, told: dict[str, object]) -> dict[str, tuple[Parameters, ...]]:
        self._only(told, ("comparisons",), {field.name for field in FIELDS})
        return {field.name: self._levels(field, self._mapping(told, ("comparisons",), field.name)) for field in FIELDS}

    def _levels(self, field: Field, told: dict[str, object]) -> tuple[Parameters, ...]:
        path = ("comparisons", field.name)
        codes = [level.code for level in field.levels]
        self._only(told, path, set(codes))
        if list(told) != codes:
            raise self.lines.error(path, "the levels are not in order", mend=f"Write them as {', '.join(codes)}.")
        found = tuple(self._parameters(told, (*path, code)) for code in codes)
        sums = {"m": sum((p.m for p in found), Decimal(0)), "u": sum((p.u for p in found), Decimal(0))}
        for name, total in sums.items():
            if abs(total - 1) > Decimal("0.01"):
                raise self.lines.error(path, f"the {name} of all levels add up to {total}", mend="They must make 1.")
        return found

    def _parameters(self, told: dict[str, object], path: tuple[str, ...]) -> Parameters:
        pair = self._mapping(told, path[:-1], path[-1])
        self._only(pair, path, {"m", "u"})
        return Parameters(self._share(pair["m"], (*path, "m")), self._share(pair["u"], (*path, "u")))

    def _only(self, told: dict[str, object], path: tuple[object, ...], names: set[str]) -> None:
        for name in told:
            if name not in names:
                raise self.lines.error((*path, name), f'"{name}" is not known here', mend="Take it out.")
        for name in sorted(names - set(told)):
            raise self.lines.error(path, f'"{name}" is missing', mend=f"Add `{name}:`.")

    def _mapping(self, told: dict[str, object], path: tuple[object, ...], name: str) -> dict[str, object]:
        value = told[name]
        if not isinstance(value, dict):
            raise self.lines.error((*path, name), f'"{name}" holds no names and values', mend="Write `name: value`.")
        return value

    def _text(self, told: dict[str, object], name: str, path: tuple[str, ...] = (), *, empty: bool = False) -> str:
        value = told[name]
        if not isinstance(value, str) or not (value.strip() or empty):
            raise self.lines.error((*path, name), f'"{name}" is not a text', mend="Write it in quotation marks.")
        return value

    def _count(self, told: dict[str, object], name: str) -> int:
        value = told[name]
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.lines.error(("trained", name), f'"{name}" is not a count', mend="Write a whole number.")
        return value

    def _share(self, value: object, path: tuple[object, ...]) -> Decimal:
        mend = 'Write a share between 0 and 1 in quotation marks, as in "0.25".'
        try:
            share = Decimal(value) if isinstance(value, str | int) else Decimal("nan")
        except InvalidOperation:
            share = Decimal("nan")
        if not (share.is_finite() and 0 <= share <= 1):
            raise self.lines.error(path, f'"{value}" is not a share', mend=mend)
        return share
