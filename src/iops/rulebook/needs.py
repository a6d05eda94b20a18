"""Why a field is compulsory: the rule, section or dated local decision that a step cannot do without it.

A field is compulsory only at the step whose rule needs it, and names that rule: by the code of a duty of the rulebook,
or by the code of an entry of `data/needs/<year>.yaml`. A need that no source states says that it is our own decision.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from iops.foundation.errors import NotFoundError
from iops.rulebook.loader import standard
from iops.rulebook.shapes import Node
from iops.rulebook.strict_yaml import read_file

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

DATA: Final = Path(__file__).parent / "data" / "needs"
_KEYS: Final = ("code", "because", "cite", "from", "fields")


@dataclass(frozen=True, slots=True)
class Need:
    """One reason for which a field is compulsory: in plain words, from where, and since which day.

    `fields` are those that cannot name it themselves ("module.Class.field"): they lie below the rulebook, or the shape
    they are published in is fixed.
    """

    code: str
    because: str
    cite: str
    since: dt.date | None
    fields: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """As a person reads it: "Needed because ... (source)."."""
        return f"Needed because {self.because} ({self.cite})."


class UnknownNeedError(NotFoundError):
    """A field cites what is neither a rule nor a known need."""

    code = "unknown-need"


@dataclass(frozen=True, slots=True)
class Needed:
    """What a compulsory field of the API cites: `Annotated[Text, Needed("decision-reason")]`.

    The description of the API tells it.
    """

    code: str

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> dict[str, Any]:
        """The schema of the field, with the reason for which it is compulsory."""
        return {**handler(core), "description": need(self.code).said}


def read_needs(folder: Path = DATA) -> dict[str, Need]:
    """Every need of the YAML files of a folder, by its code. Raises RuleFileError, with file, line and mend."""
    found: dict[str, Need] = {}
    for path in sorted(folder.glob("*.yaml")):
        value, lines = read_file(path, shown_as=path.name)
        node = Node(value, lines).keys(("kind", "needs"), ("kind", "needs"))
        node.child("kind").choice(("needs",))
        for entry in node.child("needs").each():
            one = _read(entry)
            if one.code in found:
                raise entry.child("code").fail(f'"{one.code}" is given twice', "Keep one of them.")
            found[one.code] = one
    return found


def _read(entry: Node) -> Need:
    entry.keys(_KEYS, ("code", "because", "cite", "from"))
    return Need(
        code=entry.child("code").text(),
        because=entry.child("because").text(),
        cite=entry.child("cite").text(),
        since=entry.child("from").date(),
        fields=entry.child("fields").texts(),
    )


@functools.cache
def needs() -> Mapping[str, Need]:
    """Every need that comes with the system."""
    return read_needs()


@functools.cache
def _duties() -> Mapping[str, Need]:
    return {
        rule.code: Need(
            code=rule.code,
            because=f"it answers the duty “{rule.title}”",
            cite=f"rule {rule.code}: {rule.basis}",
            since=min(edition.start for edition in rule.editions),
        )
        for rule in standard().rules
    }


def need(code: str) -> Need:
    """The need of a code: of a duty of the rulebook, or of the list. Raises UnknownNeedError."""
    found = needs().get(code) or _duties().get(code)
    if found is None:
        raise UnknownNeedError(
            f'No rule and no need is called "{code}".',
            mend="Cite the code of a duty, or add the need with its source to rulebook/data/needs.",
        )
    return found


@functools.cache
def cited_for() -> Mapping[str, str]:
    """The code by "module.Class.field", for fields that cannot name it themselves."""
    return {name: one.code for one in needs().values() for name in one.fields}
