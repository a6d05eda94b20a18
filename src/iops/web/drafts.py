"""Drafts: what somebody typed and neither saved nor discarded. Nobody else sees them; they are no records.

Every form with free text keeps one (`static/web/drafts.js`): those of areas that say where a draft of theirs is taken
up again (`register`), and all others by themselves. What such a form sends when it is saved ends its draft (`saved`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.urls import Resolver404, resolve
from psycopg.types.json import Jsonb

from iops.foundation.context import acting
from iops.foundation.errors import InvalidError
from iops.web.models import Draft, SavedForm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from django.db.models import QuerySet

    from iops.foundation.models import User

MOST_FIELDS, LONGEST_NAME, MOST_TEXT = 200, 60, 60_000
LATEST = 2**62
KEY = "idempotency"
"""The field of a draft that holds the key of its form: a draft of a form that is saved is not kept again."""
PAGE, TITLE = "draft-page", "draft-title"
"""The fields of a draft of any form that say on which page the form is, and what it is called in the list."""
LONGEST_PAGE = 2000
MOST_NAMES = 100
MARK = "draft-saved"
"""What is left of the draft of a form that was saved holds this and nothing that was typed."""
HOURS_SAVED = 24
"""For so long it is remembered that a form was saved, so that a keystroke that arrives late brings no draft back."""
KEEP = """
    insert into web_draft as d (user_id, form, values, sequence, at) values (%s, %s, %s, %s, iops.now())
    on conflict (user_id, form) do update set (values, sequence, at) = (excluded.values, excluded.sequence, excluded.at)
    where d.sequence <= excluded.sequence
"""
SAVED = """
    insert into web_draft as d (user_id, form, values, sequence, at)
    values (%s, %s, '{"draft-saved": "yes"}', %s, iops.now())
    on conflict (user_id, form) do update
    set (values, sequence, at) = (excluded.values, greatest(d.sequence, excluded.sequence), excluded.at)
"""
LONG_SAVED = """
    delete from web_draft where user_id = %s and values ? 'draft-saved' and at < iops.now() - make_interval(hours => %s)
"""


@dataclass(frozen=True)
class Taker:
    """Where a draft is taken up again, and what it is called: None for a form of another kind."""

    address: Callable[[str], str | None]
    title: Callable[[Mapping[str, str]], str]


@dataclass(frozen=True)
class Unsaved:
    """One draft as its owner sees it in a list. `address` is None when no page takes it up."""

    draft: Draft
    address: str | None
    title: str


_takers: dict[str, Taker] = {}


def register(kind: str, taker: Taker) -> None:
    """An area says how drafts of one kind of form are taken up again (called once, when it is made ready)."""
    _takers[kind] = taker


def keep(by: User, form: str, values: Mapping[str, object], sequence: int) -> bool:
    """Keep what is typed so far; False when the form has been saved, or something newer is kept.

    Raises InvalidError for what is no draft: too many fields, too much text, or values that are no text.
    """
    kept = _checked(form, values, sequence)
    with acting(user_id=by.id), connection.cursor() as cursor:
        key = key_of(str(kept.get(KEY, "")))
        if key is not None and SavedForm.objects.filter(key=key).exists():
            return False
        cursor.execute(KEEP, [by.id, form, Jsonb(kept), sequence])  # type: ignore[list-item]  # the stubs do not know Jsonb
        return bool(cursor.rowcount == 1)


def saved(by: User, form: str, sequence: int) -> None:
    """The form was saved as it stood at that keystroke: its draft ends, and nothing typed before brings it back.

    Raises InvalidError for what is no name of a form or no count of keystrokes.
    """
    _checked(form, {}, sequence + 1)
    with acting(user_id=by.id), connection.cursor() as cursor:
        # One more than what was sent: a draft with the same count is the one that was just saved.
        cursor.execute(SAVED, [by.id, form, sequence + 1])
        cursor.execute(LONG_SAVED, [by.id, HOURS_SAVED])


def of_page(by: User, page: str, forms: Iterable[str] = ()) -> list[Draft]:
    """What is kept of the forms of a page, and of forms named; one with the mark was saved."""
    named = list(forms)[:MOST_NAMES]
    with acting(user_id=by.id):
        mine = Draft.objects.filter(user_id=by.id)
        return list(mine.filter(Q(form__in=named) | Q(**{f"values__{PAGE}": page[:LONGEST_PAGE]})).order_by("id"))


def _checked(form: str, values: Mapping[str, object], sequence: int) -> dict[str, str]:
    kept = {name: value for name, value in values.items() if isinstance(value, str)}
    if len(kept) != len(values) or len(kept) > MOST_FIELDS or len(form) > LONGEST_NAME:
        raise InvalidError("That is no draft.", details={"field": "values"})
    if any("\x00" in part for item in kept.items() for part in item):
        raise InvalidError("A draft holds a character that cannot be stored (NUL).", details={"field": "values"})
    if sum(len(name) + len(value) for name, value in kept.items()) > MOST_TEXT:
        raise InvalidError(f"A draft has at most {MOST_TEXT} characters.", details={"field": "values"})
    if not 0 <= sequence < LATEST:
        raise InvalidError("That is no draft.", details={"field": "sequence"})
    return kept


def kept(by: User, form: str) -> Draft | None:
    """What is kept of one form."""
    with acting(user_id=by.id):
        return _unsaved(by).filter(form=form).first()


def forget(by: User, form: str) -> None:
    """The form is saved, or its draft discarded: nothing of it stays. Twice is once."""
    with acting(user_id=by.id):
        Draft.objects.filter(user_id=by.id, form=form).delete()


def unsaved(by: User) -> list[Unsaved]:
    """Every draft of a person, the newest first."""
    with acting(user_id=by.id):
        return [_listed(d) for d in _unsaved(by).order_by("-at", "-id")]


def others(by: User, form: str) -> int:
    """How many drafts of other forms a person has."""
    with acting(user_id=by.id):
        return _unsaved(by).exclude(form=form).count()


def _unsaved(by: User) -> QuerySet[Draft]:
    return Draft.objects.filter(user_id=by.id).exclude(values__has_key=MARK)


def _listed(draft: Draft) -> Unsaved:
    for taker in _takers.values():
        address = taker.address(draft.form)
        if address is not None:
            return Unsaved(draft, address, taker.title(draft.values))
    return Unsaved(draft, _page(draft.values.get(PAGE, "")), draft.values.get(TITLE) or draft.form)


def _page(said: str) -> str | None:
    """The address of one of our own pages; None for anything else that somebody may have sent."""
    path = said.partition("?")[0]
    if not path.startswith("/") or path.startswith("//") or "\\" in said or len(said) > LONGEST_PAGE:
        return None
    try:
        resolve(path)
    except Resolver404:
        return None
    return said


def key_of(text: str) -> UUID | None:
    """The key of a form as it stands in a page; None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
