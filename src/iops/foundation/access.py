"""What a view says about itself: who may open it, and whether it keeps its own transactions."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeAlias, TypeVar, cast

from django.contrib.auth.decorators import login_not_required

from iops.foundation.errors import NotAllowedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

    from iops.foundation.roles import Role


P = ParamSpec("P")
View: TypeAlias = "Callable[Concatenate[HttpRequest, P], HttpResponseBase]"
V = TypeVar("V", bound="Callable[..., HttpResponseBase]")
A = TypeVar("A", bound="Callable[..., object]")


def requires(*roles: Role) -> Callable[[View[P]], View[P]]:
    """Let only people in who hold one of the roles; NotAllowedError names the roles to everybody else."""

    def mark(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated or not request.user.holds(roles):
                wanted = " or ".join(role.label for role in roles)
                raise NotAllowedError(f"This is for the role {wanted}.", mend="Ask somebody in that role.")
            return view(request, *args, **kwargs)

        guarded.__dict__["requires"] = roles
        return cast("View[P]", guarded)

    return mark


def own_transaction(view: A) -> A:
    """Mark a view that keeps its own transactions: the request opens none for it, and no one acts until it says so."""
    view.__dict__["own_transaction"] = True
    return view


def keeps_own_transactions(view: Callable[..., object], method: str | None) -> bool:
    """Whether a view is marked so; a view that answers several methods may be marked for some of them."""
    mark: bool | frozenset[str] = getattr(view, "own_transaction", False)
    return method in mark if isinstance(mark, frozenset) else mark


def asked_by_itself(view: A) -> A:
    """Mark a view that a page asks again and again by itself: nobody is taken to be at the terminal for it."""
    view.__dict__["asked_by_itself"] = True
    return view


def open_to_all(view: V) -> V:
    """Mark a view that people may open who have not signed in. A test holds the list of these views."""
    return login_not_required(view)
