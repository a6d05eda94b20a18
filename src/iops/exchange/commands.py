"""`iops token ...`: tokens from the command line of the machine, by whoever administers it."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

top_level = typer.Typer()
token = typer.Typer(help="Tokens of programs: make a system's account, issue, list, revoke.", no_args_is_help=True)
top_level.add_typer(token, name="token")

Username = Annotated[str, typer.Argument(help="The account it acts as.")]


@token.command()
def system(username: Username, name: Annotated[str, typer.Argument(help="What the system is called.")]) -> None:
    """Make the account of a system; nobody can sign in to it."""
    from iops.exchange.access import services

    services.make_system(username=username, name=name, by=None)
    typer.echo(f"The account {username} is made. If its calls need a role: iops account role {username} TEAM ROLE")


@token.command()
def issue(
    username: Username,
    name: Annotated[str, typer.Argument(help="What it is for.")],
    scope: Annotated[list[str], typer.Option(help="What it may do; may be given more than once.")],
    days: Annotated[int, typer.Option(help="How long it lasts.")] = 365,
    per_minute: Annotated[int, typer.Option(help="How often it may call.")] = 300,
) -> None:
    """Issue a token and print it, this once."""
    from iops.exchange.access import services

    issued, secret = services.issue_token(
        username=username, name=name, scopes=scope, by=None, days=days, per_minute=per_minute
    )
    typer.echo(f"Token {issued.id} for {username}, until {issued.expires_at:%d/%m/%Y}. It is shown this once:")
    typer.echo(secret)


@token.command()
def scopes() -> None:
    """List every scope."""
    from iops.exchange.scopes import SCOPES

    made = Table("scope", "what it lets a program do")
    for scope, means in SCOPES.items():
        made.add_row(scope, means)
    Console().print(made)


@token.command(name="list")
def list_tokens() -> None:
    """List tokens: whose, how far they reach, how they stand."""
    from iops.foundation.tokens.selectors import every_token

    made = Table("id", "account", "begins", "for", "scopes", "state", "last used")
    for t in every_token():
        used = f"{t.last_used_at:%d/%m/%Y %H:%M}" if t.last_used_at else "never"
        row = (str(t.token.id), t.account, t.token.hint, t.token.name, " ".join(t.token.scopes), t.state, used)
        made.add_row(*row)
    Console().print(made)


@token.command()
def revoke(
    token_id: Annotated[int, typer.Argument(help="Its number in the list.")],
    reason: Annotated[str, typer.Option(help="Why; kept in history.")],
) -> None:
    """End a token at once."""
    from iops.exchange.access import services

    ended = services.revoke_token(token_id=token_id, reason=reason, by=None)
    typer.echo(f"The token {ended.hint}… is revoked.")
