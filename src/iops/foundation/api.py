"""What the APIs of all areas share: the texts they take, and how a list is paged."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, TypeVar, cast

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from iops.foundation.paging import LAST_PAGE

if TYPE_CHECKING:
    from django.http import HttpRequest

    from iops.foundation.models import User
    from iops.foundation.paging import Page

MOST_TEXT = 20_000
EARLIEST, LATEST = dt.datetime(1900, 1, 1, tzinfo=dt.UTC), dt.datetime(2200, 1, 1, tzinfo=dt.UTC)
LARGEST_ID = 2**63 - 1


def _without_nul(value: str) -> str:
    if "\x00" in value:
        raise ValueError("holds a character that cannot be stored (NUL)")
    return value


Text = Annotated[str, Field(max_length=MOST_TEXT), AfterValidator(_without_nul)]
"""Text of any length that a service may take."""
Line = Annotated[str, Field(max_length=300), AfterValidator(_without_nul)]
"""One line of text."""
Moment = Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST)]
"""A moment with its offset, within the centuries the system may be asked about."""
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
"""The id of a record."""
PageNumber = Annotated[int, Field(ge=1, le=LAST_PAGE)]
"""A page, from 1."""


PageKey = Annotated[str, Field(max_length=200), AfterValidator(_without_nul)]
"""A key of a page, as an answer gave it."""


class Answer(BaseModel):
    """What an operation answers, read from the attributes of what it shows.

    Checked once, where it is made. (ninja's own `Schema` is checked a second time on the way out, field by field, which
    took a tenth of the processor's time of a save.)
    """

    model_config = ConfigDict(from_attributes=True)


class PageOut(Answer):
    """Which rows of how many are in the answer; `total` counts the rows this person may see.

    `at_least`: there are more than `total`. `next` and `previous` are keys: sent back as `after` or `before`
    with the number of the page, they turn the pages of a long list at the cost of the first; empty where there is none.
    """

    page: int
    pages: int
    first: int
    last: int
    total: int
    at_least: bool = False
    next: str = ""
    previous: str = ""


Row = TypeVar("Row")


def paged(page: Page[Row]) -> PageOut:
    """The paging part of an answer."""
    names = PageOut.model_fields
    return PageOut(**{name: getattr(page, name) for name in names})


def viewer(request: HttpRequest) -> User:
    """Whoever asks."""
    return cast("User", request.user)


def request_id(request: HttpRequest) -> str:
    """The number of the request, for views that keep their own transactions."""
    return str(getattr(request, "request_id", ""))
