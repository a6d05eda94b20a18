"""The consultation log: who was shown which records, when, and what they had asked for (DPA 2018 section 62).

One row a look, written in the transaction of the look: what could not be logged is not shown. The application may add
rows in the name of whoever acts, and can neither change nor delete one.

A selector that shows records is marked `@consults("incident")`: it takes a `viewer`, runs in the viewer's name (so that
row-level security and the log speak of the same person), and what it returns is logged. One that shows none says why:
`@shows_no_record("counts only")`. A test walks every `selectors` module for a function with neither.
"""

from __future__ import annotations

import inspect
from contextlib import nullcontext
from dataclasses import asdict, is_dataclass
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar, cast, runtime_checkable

from django.db import connection
from django.db.models import Model
from psycopg.types.json import Jsonb

from iops.foundation.context import acting, current
from iops.foundation.errors import NotAllowedError
from iops.foundation.models import Consultation
from iops.foundation.roles import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from contextlib import AbstractContextManager

    from django.db.models import QuerySet

    from iops.foundation.models import User

P = ParamSpec("P")
R = TypeVar("R")

READERS = (Role.ADMINISTRATOR, Role.INSPECTOR)
"""Who may ask who looked at what. The policy of the table holds the same roles."""
MOST_TEXT = 500
MOST_LOOKS = 500

LOOK = """
    insert into foundation_consultation (at, user_id, request_id, kind, record_ids, shown, query, purpose)
    values (iops.now(), %s, %s, %s, %s::bigint[], %s, %s, %s)
"""


@runtime_checkable
class Shows(Protocol):
    """An answer that knows which records it shows."""

    def shown_ids(self) -> Iterable[int]:
        """The ids of the records in it."""
        ...


def consulted(
    kind: str, ids: Iterable[int], viewer: User, query: Mapping[str, object] | None = None, *, purpose: str = ""
) -> None:
    """Keep that `viewer` was shown the records `ids` of a kind, and what they had asked for.

    A question that found nothing is kept too: looking for somebody is a look. Texts of the question are kept to
    500 characters.
    """
    shown = sorted(set(ids))
    asked = {key: storable(value) for key, value in (query or {}).items()}
    with _as(viewer), connection.cursor() as cursor:
        values = [viewer.id, current().request_id, kind, shown, len(shown), Jsonb(asked), str(storable(purpose))]
        cursor.execute(LOOK, values)


def consults(
    kind: str, *, ids: Callable[[R], Iterable[int]] | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a selector that shows records of a kind, and log each look.

    The ids are found in the answer: a row, rows, or something with `shown_ids()`; `ids` says how when it is none of
    these. Raises TypeError, when the module is read, for a selector without a `viewer`.
    """

    def mark(selector: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(selector)
        if "viewer" not in signature.parameters:
            raise TypeError(f"{selector.__qualname__} shows records and does not say to whom: it takes no viewer.")

        @wraps(selector)
        def logged(*args: P.args, **kwargs: P.kwargs) -> R:
            asked = signature.bind(*args, **kwargs).arguments
            viewer = cast("User", asked["viewer"])
            purpose = str(asked.get("purpose", ""))
            with _as(viewer):
                answer = selector(*args, **kwargs)
                found = ids_of(answer) if ids is None else ids(answer)
                question = {k: v for k, v in asked.items() if k not in {"viewer", "purpose"}}
                consulted(kind, found, viewer, question, purpose=purpose)
            return answer

        logged.__dict__["consults"] = kind
        return logged

    return mark


def shows_no_record(why: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a selector that shows nobody's record, and say why that is so."""

    def mark(selector: Callable[P, R]) -> Callable[P, R]:
        selector.__dict__["shows_no_record"] = why
        return selector

    return mark


def ids_of(answer: object) -> list[int]:
    """The ids of the records in an answer. Raises TypeError for an answer that does not tell."""
    if answer is None:
        return []
    if isinstance(answer, Shows):
        return list(answer.shown_ids())
    if isinstance(answer, Model):
        return [cast("int", answer.pk)]
    if isinstance(answer, (str, bytes, dict)) or not hasattr(answer, "__iter__"):
        raise TypeError(f"{type(answer).__name__} does not tell which records it shows: give it shown_ids().")
    return [found for part in answer for found in ids_of(part)]


def storable(value: object) -> object:
    """A part of a question as JSON can hold it: without NUL and broken characters, and of bounded length."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {k: storable(v) for k, v in asdict(value).items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [storable(part) for part in list(value)[:MOST_TEXT]]
    text = str(value).replace("\x00", "\ufffd")[:MOST_TEXT]
    return text.encode("utf-8", "replace").decode("utf-8")


def looks_at(kind: str, record_id: int, viewer: User) -> list[Consultation]:
    """Who was shown one record, the newest look first. Raises NotAllowedError for who may not ask."""
    _may_ask(viewer)
    with _as(viewer), connection.cursor() as cursor:
        cursor.execute("select iops.looks_at(%s, %s)", [kind, record_id])
        found = [row[0] for row in cursor.fetchall()]
        return list(_newest().filter(id__in=found)[:MOST_LOOKS])


def looks_by(user: User, viewer: User) -> list[Consultation]:
    """What one person was shown, the newest look first; everybody may ask about themselves."""
    if user.id != viewer.id:
        _may_ask(viewer)
    with _as(viewer):
        return list(_newest().filter(user=user)[:MOST_LOOKS])


def _newest() -> QuerySet[Consultation]:
    return Consultation.objects.select_related("user").order_by("-at", "-id")


def _may_ask(viewer: User) -> None:
    if not viewer.holds(READERS):
        raise NotAllowedError(
            "Who looked at what is shown to an inspector or an administrator.", mend="Ask one of them."
        )


def _as(viewer: User) -> AbstractContextManager[object]:
    return nullcontext() if current().user_id == viewer.id else acting(user_id=viewer.id)
