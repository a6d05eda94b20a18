"""The verbs of completeness: record facts of somebody in a crime, or that they are not known or were declined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.crime.complete import selectors
from iops.crime.complete.counting import KNOWN
from iops.crime.models import NotStated, StatedFact
from iops.crime.recorded.finding import find
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError
from iops.obligations.services import writing
from iops.pole import services as pole
from iops.pole.models import DetailKind, Source
from iops.web.stated import Stated, Unstated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.crime.complete.selectors import Standing
    from iops.crime.models import Crime
    from iops.foundation.models import User


@verb
def say_not_stated(crime_id: int, person_id: int, about: str, answer: str, by: User) -> NotStated:
    """Record that a fact of a victim or suspect was asked for and is not known, or that they declined to say it.

    Raises ConflictError when a value is on record, InvalidError for another fact, answer or person, NotFoundError.
    """
    crime = find(crime_id)
    if about not in StatedFact.values or answer not in set(Unstated):
        raise InvalidError("That is no answer to a fact of a person.", details={"field": about})
    found = [one for one in _facts(crime, person_id) if one.fact == about]
    if not found:
        raise InvalidError("A wish is a victim's.", details={"field": about})
    if found[0].standing == KNOWN:
        raise ConflictError(
            f"Their {StatedFact(about).label} is on record.", mend="Withdraw it first if it is wrong.",
            details={"field": about},
        )  # fmt: skip
    with writing(by, reason="fact not stated"):
        return NotStated.objects.create(
            crime=crime, person_id=person_id, about=about, answer=answer, at=clock.now(), by=by
        )


@verb
def state_facts(
    crime_id: int, person_id: int, told: Mapping[str, Stated], by: User, *, source: str = Source.UNKNOWN
) -> list[str]:
    """Record what was said of a victim or suspect of a crime, all or nothing; the names of the facts that were said.

    A value goes to the nominal, where every record of them finds it; "not known" and "declined" stay with the crime.
    What is left blank changes nothing. Raises InvalidError naming the field, ConflictError, NotFoundError.
    """
    crime = find(crime_id)
    _facts(crime, person_id)
    if unknown := sorted(set(told) - set(StatedFact.values)):
        raise InvalidError(f"“{unknown[0]}” is no fact of a person.", details={"field": unknown[0]})
    said = {about: one for about, one in told.items() if not one.blank}
    if not said:
        raise InvalidError("Nothing is said.", mend="Write a fact, or say that it is not known or was declined.")
    from_whom = pole.Provenance(source=source, detail=crime.reference)
    with writing(by, reason="facts stated"):
        for about, one in said.items():
            if one.answer:
                say_not_stated(crime.id, person_id, about, one.answer, by)
            else:
                _record(person_id, about, one.value, by, from_whom)
    return list(said)


def _record(person_id: int, about: str, value: str, by: User, source: pole.Provenance) -> None:
    start = ("person", person_id)
    if about == StatedFact.BORN:
        pole.add_birth(person_id, value, by, provenance=source)
    elif about == StatedFact.SEX:
        pole.add_detail(person_id, DetailKind.SEX, value, by, provenance=source)
    elif about == StatedFact.ETHNICITY:
        pole.add_detail(person_id, DetailKind.ETHNICITY_SELF, value, by, provenance=source)
    elif about == StatedFact.ADDRESS:
        pole.link(start, "home", ("location", pole.register_location(value, by).id), by, provenance=source)
    elif about == StatedFact.PHONE:
        pole.link(start, "user", ("phone", pole.add_phone(value, by).id), by, provenance=source)
    else:
        raise InvalidError("What the victim wants is recorded as their wish, not here.", details={"field": about})


def _facts(crime: Crime, person_id: int) -> tuple[Standing, ...]:
    """How the facts of a victim or suspect stand. Raises InvalidError for anybody else."""
    found = selectors.standings(crime).of(person_id)
    if not found:
        raise InvalidError("They are neither victim nor suspect of this crime.", details={"field": "person"})
    return found
