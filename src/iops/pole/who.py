"""Is this who you mean? The nominals that somebody described in a few fields may be, and why (U1, U9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.foundation import clock
from iops.foundation.errors import InvalidError
from iops.pole import said
from iops.pole.records.labels import Named, named
from iops.pole.search import people
from iops.pole.search.query import Asked

if TYPE_CHECKING:
    from datetime import date

    from iops.pole.search.people import Meant

STRONG = 0.9
"""From this probability on, recording the person anew needs a reason."""
MOST = 8


@dataclass(frozen=True)
class Described:
    """What is said of somebody: any of it may be missing. `born` is a date or an age as said."""

    name: str = ""
    given: str = ""
    family: str = ""
    born: str = ""
    sex: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Likely:
    """One nominal that may be meant: how probable, and field by field why."""

    person_id: int
    lead_id: int
    named: Named
    probability: float
    weight: float
    says: tuple[str, ...]
    risk: int

    @property
    def strong(self) -> bool:
        """Whether it is so likely that recording somebody new needs a reason."""
        return self.probability >= STRONG

    @property
    def percent(self) -> str:
        """The probability in words: never "100 %", since nothing is certain."""
        return "over 99 %" if self.probability > 0.99 else f"{int(self.probability * 100)} %"  # noqa: PLR2004


def could_be(described: Described, most: int = MOST) -> tuple[Likely, ...]:
    """The nominals that are likeliest meant, one for each person, the likeliest first.

    It is run in the name of whoever asks, who must log the look (`consulted`); hidden nominals are not among them.
    """
    asked = _asked(described, clock.today())
    if not asked.about_people:
        return ()
    met = people.find(asked, year=clock.today().year)
    best: dict[int, Meant] = {}
    for meant in met.meant:
        best.setdefault(meant.candidate.lead_id or meant.candidate.person_id, meant)
    chosen = list(best.values())[:most]
    names = named([("person", m.candidate.person_id) for m in chosen])
    return tuple(_likely(m, names[key]) for m in chosen if (key := ("person", m.candidate.person_id)) in names)


def _likely(meant: Meant, name: Named) -> Likely:
    found = meant.candidate
    says = tuple(a.says for a in meant.score.agreements)
    return Likely(
        found.person_id,
        found.lead_id or found.person_id,
        name,
        meant.score.probability,
        meant.score.weight,
        says,
        found.risk,
    )


def _asked(described: Described, today: date) -> Asked:
    full = described.name.strip() or f"{described.given} {described.family}".strip()
    given, family = described.given, described.family
    if not (given.strip() or family.strip()):
        given, family = said.split_name(full)
    asked = Asked(" ".join(p for p in (full, described.born, described.phone, described.address) if p.strip()))
    if full:
        asked.names += _ways(full, given.strip(), family.strip())
    if described.born.strip():
        try:
            born = said.birth(described.born, today)
            asked.born.append((born.earliest, born.latest))
        except InvalidError:
            # What cannot be read as a date is refused when it is saved; it must not stop the question.
            pass
    if code := said.postcode(described.address):
        asked.postcodes.append(code)
    if described.address.strip():
        asked.addresses.append(described.address.strip())
        asked.sure_of_address = True
    asked.sex = described.sex.strip()
    if described.phone.strip():
        asked.phones.append(described.phone.strip())
    if described.email.strip():
        asked.emails.append(described.email.strip())
    return asked


def _ways(full: str, given: str, family: str) -> list[tuple[str | None, str | None]]:
    """A name as said, the other way round, and with a middle name in the place of the first."""
    if not family:
        return [(full, None)]
    return [(given, family), (family, given)] if given else [(None, family)]
