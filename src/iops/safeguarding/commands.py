"""The commands of safeguarding."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Safeguarding.", no_args_is_help=True)


@app.callback()
def safeguarding() -> None:
    """Safeguarding."""


@app.command()
def load_school_years(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Take the terms and closed days of schools from a YAML file; what is owed to their children is settled again."""
    from iops.safeguarding.schemes.terms import load_school_years as load

    typer.echo(f"{load(file)} school years loaded.")
