"""What is typed to decide about identity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from iops.pole.identity.restating import Restate
from iops.web.forms import Form, choice, line, needed, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iops.pole.identity.preview import UnmergePreview

SAME, DIFFERENT = "same", "different"
VERDICTS = ((SAME, "The same person: merge"), (DIFFERENT, "Not the same person"))
LONGEST_ID = 18
LARGEST = 10**LONGEST_ID - 1


def hidden_number(name: str) -> forms.IntegerField:
    """The id of a record, carried along."""
    return needed(
        forms.IntegerField(label=name, min_value=1, max_value=LARGEST, widget=forms.HiddenInput()), "which-record"
    )


class Decide(Form):
    """Whether two nominals are the same person, and why. `seen` is the token of what was looked at."""

    verdict = choice("Are they the same person?", VERDICTS, needs="identity-reason")
    reason = text(
        "Reason", hint="What shows it: fingerprints, a document seen, their own words.", needs="identity-reason"
    )
    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput())


class DecidePair(Decide):
    """The same, in a list of pairs."""

    one = hidden_number("one")
    other = hidden_number("other")


class Choose(Form):
    """With which other record."""

    other = line("Record number of the other one", longest=LONGEST_ID, hint="It stands beside the name on its page.",
                 inputmode="numeric", needs="which-record")  # fmt: skip

    def clean_other(self) -> int:
        """The id; what is none is no record."""
        typed = str(self.cleaned_data["other"]).strip()
        if not (typed.isascii() and typed.isdigit() and int(typed)):
            raise forms.ValidationError("A record number is made of figures alone, such as 1234.")
        return int(typed)


class Unmerge(Form):
    """Why a merge is taken back, and where what was added since belongs."""

    reason = text("Reason", hint="What shows that they are different people.", needs="identity-reason")
    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput())

    def __init__(self, data: Any, shown: UnmergePreview) -> None:
        """A choice for each value that can be recorded on another of the nominals."""
        super().__init__(data, initial={"seen": shown.token})
        self.movable = [a for a in shown.added if a.movable]
        for added in self.movable:
            others = [(str(n.id), f"Record it on {n.name}, record {n.id}") for n in shown.nominals if n.id != added.on]
            stays = ("", f"Leave it on record {added.on}")
            self.fields[added.field] = choice("Where it belongs", [stays, *others], required=False, few=False)

    def restated(self) -> Iterable[Restate]:
        """What is to be recorded on another nominal."""
        for added in self.movable:
            to = self.cleaned_data.get(added.field)
            if to:
                yield Restate(added.kind, added.value_id, int(to))
