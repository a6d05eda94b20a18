"""How alike two nominals are to the matching model, with what the viewer may see of them, field by field."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from iops.pole.matching.known import Known, known
from iops.pole.matching.model import standard
from iops.pole.models import Birth, Detail, DetailKind, Email, Identifier, Link, Location, Name, Person, Phone
from iops.pole.search.people import scorer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from iops.pole.matching.scoring import Score

STRONG = Decimal("0.9")
"""The probability from which a match is strong: recording a new nominal in spite of it needs a reason."""
LIKELY = Decimal("0.5")
"""The probability from which the duplicate run asks about a pair."""
BITS, SHARE = Decimal("0.001"), Decimal("0.000001")
MODEL_WIDTH = 60


@dataclass(frozen=True)
class Weighed:
    """What the model says of a pair: bits for or against one person, the probability, and why.

    `fields` is the account, field by field: field, level, sentence, bits; it is kept with the decision as it stood.
    """

    weight: Decimal
    probability: Decimal
    model: str
    fields: tuple[dict[str, str], ...]

    @property
    def percent(self) -> str:
        """The probability in words that never claim certainty: "97 %", "over 99 %", "under 1 %"."""
        return percent(self.probability)


def percent(probability: Decimal) -> str:
    """A probability as people read it; neither certain nor impossible is ever claimed."""
    whole = int(probability * 100)
    if whole >= 99:  # noqa: PLR2004
        return "over 99 %"
    return f"{whole} %" if whole else "under 1 %"


def model_version() -> str:
    """Which model answers, as it is kept with a decision."""
    model = standard()
    return f"{model.name} {model.version}"[:MODEL_WIDTH]


def weigh(one_id: int, other_id: int) -> Weighed:
    """What the model says of two nominals, by what the viewer may see of both."""
    people = known_people([one_id, other_id])
    return weighed(scorer().score(people[one_id], people[other_id]))


def weighed(score: Score) -> Weighed:
    """A score of the model as it is shown and kept."""
    return Weighed(
        weight=bits(score.weight),
        probability=Decimal(str(score.probability)).quantize(SHARE),
        model=model_version(),
        fields=tuple(
            {"field": a.field, "level": a.level, "says": a.says[:500], "weight": f"{bits(a.weight):+}"}
            for a in score.agreements
        ),
    )


def bits(weight: float) -> Decimal:
    """A weight in bits, exact to a thousandth and within what is kept."""
    return max(Decimal(-9999), min(Decimal(9999), Decimal(str(weight)))).quantize(BITS)


def known_people(ids: Iterable[int]) -> dict[int, Known]:
    """What is known of each nominal, as the model compares it, from the values that stand and the viewer may see.

    Restricted places are left out even for those who may see them: an account that is kept is read by others later.
    """
    wanted = sorted(set(ids))
    told: dict[int, dict[str, list[Any]]] = {i: defaultdict(list) for i in wanted}
    _names(wanted, told)
    standing: dict[str, Any] = {"person__in": wanted, "withdrawn_at": None}
    for person, one, other in Birth.objects.filter(**standing).values_list("person", "earliest", "latest"):
        told[person]["born"].append((one, other))
    sexes = Detail.objects.filter(**standing, kind=DetailKind.SEX).order_by("recorded_at", "id")
    for person, sex in sexes.values_list("person", "value"):
        told[person]["sex"].append(sex)
    for person, kind, value in Identifier.objects.filter(**standing).values_list("person", "kind", "value"):
        told[person]["identifiers"].append((kind, value))
    _contacts(wanted, told)
    return {i: _known(t) for i, t in told.items()}


def _known(told: dict[str, list[Any]]) -> Known:
    sex = told.pop("sex", [None])[-1]
    return known(sex=sex, **told)


def _names(wanted: Sequence[int], told: dict[int, dict[str, list[Any]]]) -> None:
    rows = Name.objects.filter(person__in=wanted, withdrawn_at=None).order_by("id")
    for person, given, family, full, kind in rows.values_list("person", "given", "family", "full", "kind"):
        told[person]["names"].append((given or ("" if family else full), family, kind))
    for person, name, born in Person.objects.filter(id__in=wanted).values_list("id", "name", "born"):
        if not told[person]["names"]:
            told[person]["names"].append((name, "", "main"))
        if born is not None:
            told[person]["born"].append((born, born))


def _contacts(wanted: Sequence[int], told: dict[int, dict[str, list[Any]]]) -> None:
    links = Link.objects.filter(
        from_kind="person", from_id__in=wanted, to_kind__in=("location", "phone", "email"), withdrawn_at=None
    ).order_by("recorded_at", "id")
    ends = list(links.values_list("from_id", "to_kind", "to_id"))
    places = Location.objects.filter(id__in={i for _, k, i in ends if k == "location"}, restricted=False).in_bulk()
    phones = Phone.objects.filter(id__in={i for _, k, i in ends if k == "phone"}).in_bulk()
    emails = Email.objects.filter(id__in={i for _, k, i in ends if k == "email"}).in_bulk()
    for person, kind, number in ends:
        if kind == "location" and number in places:
            told[person]["addresses"].append(places[number].said)
            told[person]["postcodes"].append(places[number].postcode)
        elif kind == "phone" and number in phones:
            told[person]["phones"].append(phones[number].number or phones[number].said)
        elif kind == "email" and number in emails:
            told[person]["emails"].append(emails[number].address)
