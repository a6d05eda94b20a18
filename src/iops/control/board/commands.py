"""`iops boundaries`: load outlines of areas for the map of the board."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

top_level = typer.Typer()


@top_level.command()
def boundaries(
    files: Annotated[list[Path], typer.Argument(help="GeoJSON files of districts, wards or beats.")],
) -> None:
    """Check boundary files and keep them for the map of the board; what cannot be drawn is told."""
    from iops.control.board.outlines import keep

    for path in files:
        found = keep(path)
        typer.echo(f"{path.name}: {len(found.areas):,} areas, {len(found.refused):,} refused.")
        for why in found.refused:
            typer.echo(f"    {why}")
