"""The `iops` command. Each area brings its own commands in `commands.py`; here they are put together."""

from __future__ import annotations

import os
import sys
from importlib import import_module, util
from pathlib import Path
from typing import Annotated

import typer

from iops.foundation.errors import IopsError
from iops.project import up as running
from iops.project.assets import CHECKOUT, install_assets

NESTED = ("obligations", "rulebook", "foundation", "pole", "safeguarding")
"""Areas whose commands stand under their name: `iops obligations check`."""
TOP = (
    "iops.foundation.commands",
    "iops.foundation.commands_worker",
    "iops.foundation.commands_accounts",
    "iops.migration.commands",
    "iops.exchange.commands",
    "iops.control.board.commands",
)
"""Modules whose commands stand on their own: `iops replay`, `iops verify`."""

AS_OWNER = frozenset({"verify", "seal", "foundation", "token"})
"""Commands that read or make what the application's role may not: ledgers, calendars, tokens of nobody's."""

app = typer.Typer(
    help="iOPS: an open Integrated Operational Policing System.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
RUN, DEVELOP = "Run the system", "Develop"

Dsn = Annotated[str | None, typer.Option(envvar="IOPS_DSN", help="Use this PostgreSQL 15+ instead of our own.")]
Var = Annotated[Path, typer.Option(envvar="IOPS_VAR", help="Where data is kept.")]
VAR = CHECKOUT / "var"
LOCAL = "127.0.0.1"


@app.command(rich_help_panel=RUN)
def up(
    dsn: Dsn = None,
    var: Var = VAR,
    port: Annotated[int, typer.Option(help="Port of the pages.", min=1, max=65535)] = 8000,
    host: Annotated[str, typer.Option(help="Address of the pages; only this machine can reach the default.")] = LOCAL,
    empty: Annotated[bool, typer.Option("--empty", help="Do not load the small made-up force.")] = False,
    browser: Annotated[bool, typer.Option(help="Open the first page in a browser.")] = False,
    log_here: Annotated[bool, typer.Option("--log-here", help="Log to this terminal, not to var/iops.log.")] = False,
) -> None:
    """Start everything: database, web, background work. Ctrl-C stops it; data stay."""
    running.up(
        running.Options(dsn=dsn, var=var, port=port, made_up=not empty, host=host, browser=browser, log_here=log_here)
    )


@app.command(rich_help_panel=RUN)
def down(dsn: Dsn = None, var: Var = VAR) -> None:
    """Stop what `up` started, wherever it runs."""
    typer.echo("Stopped." if running.down(running.Options(dsn=dsn, var=var)) else "Nothing was running.")


@app.command(rich_help_panel=RUN)
def status(dsn: Dsn = None, var: Var = VAR) -> None:
    """Say whether the database answers and how much is in it."""
    running.status(running.Options(dsn=dsn, var=var))


@app.command(rich_help_panel=RUN)
def migrate(dsn: Dsn = None, var: Var = VAR) -> None:
    """Bring the database to this version: tables, functions, rules. `up` does it too."""
    options = running.Options(dsn=dsn, var=var, made_up=False)
    with running.database(options):
        running.prepare(options)


@app.command(rich_help_panel=RUN, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def psql(context: typer.Context, dsn: Dsn = None, var: Var = VAR) -> None:
    """A SQL prompt as the application's own role, which owns nothing and may delete no fact."""
    running.psql(running.Options(dsn=dsn, var=var), context.args)


@app.command(rich_help_panel=DEVELOP, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(context: typer.Context) -> None:
    """Run every test (arguments go to pytest): a real PostgreSQL, a real browser."""
    os.environ["IOPS_ASSETS"] = str(VAR / "assets")
    install_assets(VAR / "assets")
    arguments = context.args or ["-n", "2", "--dist", "loadgroup"]
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])


@app.command(rich_help_panel=DEVELOP)
def check() -> None:
    """Lint, types, layers, proofs, lock files: the quick part."""
    from iops.project.check import check as run_checks

    raise typer.Exit(run_checks())


@app.command(rich_help_panel=DEVELOP)
def assets(var: Var = VAR) -> None:
    """Install the style sheets and scripts of the design systems into var/assets."""
    typer.echo("Installed." if install_assets(var / "assets") else "They are there already.")


@app.command(rich_help_panel=DEVELOP, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def manage(context: typer.Context, dsn: Dsn = None, var: Var = VAR) -> None:
    """Run one of Django's own commands as the owner of the database, such as makemigrations."""
    from django.core.management import execute_from_command_line

    with running.database(running.Options(dsn=dsn, var=var)):
        os.environ["IOPS_AS_OWNER"] = "1"
        execute_from_command_line(["iops", *context.args])


def _add_areas() -> None:
    for area in NESTED:
        name = f"iops.{area}.commands"
        if util.find_spec(name) and hasattr(module := import_module(name), "app"):
            app.add_typer(module.app, name=area)
    for name in TOP:
        if util.find_spec(name) and hasattr(module := import_module(name), "top_level"):
            app.add_typer(module.top_level)


def _needs_database() -> bool:
    """Whether the command is an area's own: those ask the database, the others see to it themselves."""
    own = {command.callback.__name__ for command in app.registered_commands if command.callback}
    words = sys.argv[1:]
    return bool(words) and words[0] not in own and not {"--help", "-h"}.intersection(words) and words[0] != "rulebook"


def _var() -> Path:
    return Path(os.environ.get("IOPS_VAR", VAR))


def main() -> None:
    """Run the command; a refusal is one or two plain lines and exit code 1, never a stack trace."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iops.project.settings")
    _add_areas()
    try:
        if _needs_database():
            if sys.argv[1] in AS_OWNER:
                os.environ["IOPS_AS_OWNER"] = "1"
            with running.database(running.Options(dsn=os.environ.get("IOPS_DSN"), var=_var(), made_up=False)):
                import django

                django.setup()
                app()
        else:
            app()
    except IopsError as error:
        typer.secho(str(error), fg="red", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
