"""`iops account ...`: accounts from the command line of the machine, by whoever administers it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from iops.foundation.errors import InvalidError, NotFoundError
from iops.foundation.roles import Role  # noqa: TC001 - typer reads it

if TYPE_CHECKING:
    from iops.foundation.models import Team, User

top_level = typer.Typer()
account = typer.Typer(help="Accounts: make one, set a password, give a role, take out of use.", no_args_is_help=True)
top_level.add_typer(account, name="account")

Username = Annotated[str, typer.Argument(help="Sign-in name.")]
Reason = Annotated[str, typer.Option(help="Why; kept in history.")]


@account.command()
def create(username: Username, name: Annotated[str, typer.Argument(help="The person's name.")]) -> None:
    """Make an account; the password is asked for, or read from standard input."""
    from iops.foundation.accounts import services

    services.create_user(username=username, name=name, password=_password(), by=None)
    typer.echo(f"The account {username} is made. Give it a role: iops account role {username} TEAM ROLE")


@account.command()
def password(username: Username) -> None:
    """Set a new password, and lift any lock; every session of the account ends."""
    from iops.foundation.accounts import services

    services.set_password(user=_user(username), password=_password(), by=None)
    typer.echo("The password is set. Every session of the account has ended.")


@account.command()
def role(username: Username, team: Annotated[str, typer.Argument(help="Name of the team.")], role: Role) -> None:
    """Give somebody a role in a team."""
    from iops.foundation.accounts import services

    services.add_membership(user=_user(username), team=_team(team), role=role, by=None)
    typer.echo(f"{username} is {role.label} in {team}.")


@account.command()
def deactivate(username: Username, reason: Reason) -> None:
    """Take an account out of use: every session ends at once."""
    from iops.foundation.accounts import services

    services.deactivate(user=_user(username), reason=reason, by=None)
    typer.echo(f"The account {username} is out of use.")


@account.command()
def unlock(username: Username, reason: Reason) -> None:
    """Lift the lock that failed sign-ins put on an account."""
    from iops.foundation.accounts import services

    services.unlock(user=_user(username), reason=reason, by=None)
    typer.echo(f"The account {username} is not locked.")


def _password() -> str:
    """The password, never from the command line, where others on the machine could read it."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return first


def _user(username: str) -> User:
    from iops.foundation.accounts import selectors

    user = selectors.by_username(username)
    if user is None:
        raise NotFoundError(f"There is no account {username}.")
    return user


def _team(name: str) -> Team:
    from iops.foundation.models import Team

    team = Team.objects.filter(name=name).first()
    if team is None:
        known = ", ".join(Team.objects.order_by("name").values_list("name", flat=True)[:20])
        raise InvalidError(f"There is no team {name}.", mend=f"There are: {known}.")
    return team
