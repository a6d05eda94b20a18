"""What is known of the people of a crime, on its page: what each purpose lacks, and a form for each person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iops.crime import sections
from iops.crime.complete import forms, selectors, services
from iops.crime.models import StatedFact
from iops.pole.models import Person

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.crime.complete.selectors import OfCrime, Standing
    from iops.crime.models import Crime
    from iops.foundation.models import User
    from iops.web.forms import Form

PLACE = 70
HOW = {"known": "known", "not_known": "not known", "declined": "declined to say", "blank": "blank"}


@dataclass(frozen=True)
class Someone:
    """One victim or suspect: how their facts stand, and the form to say more."""

    id: int
    name: str
    part: str
    facts: tuple[tuple[str, str], ...]
    form: forms.Facts


def load(crime: Crime, viewer: User) -> Mapping[str, object]:  # noqa: ARG001 - everything is read as the viewer
    """What the section needs: the purposes with what they lack, and the people."""
    found = selectors.standings(crime)
    names = dict(Person.objects.filter(id__in=found.people).values_list("id", "name"))
    return {
        "purposes": found.purposes,
        "people": [_someone(found, number, names[number]) for number in found.people if number in names],
        "names": names,
    }


def _someone(found: OfCrime, number: int, name: str) -> Someone:
    theirs = found.of(number)
    parts = sorted({s.part for s in theirs}, reverse=True)
    form = forms.Facts(auto_id=f"facts-{number}-%s", initial={"person": number})
    return Someone(number, name, " and ".join(parts), tuple(_said(s) for s in theirs if s.part == parts[0]), form)


def _said(one: Standing) -> tuple[str, str]:
    return one.words.capitalize(), HOW[one.standing]


def save(crime: Crime, form: Form, by: User) -> str:
    """Save what was said of one person."""
    assert isinstance(form, forms.Facts)  # noqa: S101 - the act is registered with it
    typed = form.cleaned_data
    said = services.state_facts(crime.id, typed["person"], form.told(), by, source=typed["source"] or "unknown")
    return f"Saved: {', '.join(StatedFact(about).label for about in said)}."


def ready() -> None:
    """Put the section and its form on the page of a crime."""
    part = sections.Section(PLACE, "crime/complete/section.html", load)
    sections.register({"facts": (forms.Facts, save)}, part)
