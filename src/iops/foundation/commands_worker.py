"""`iops worker`: background work."""

from __future__ import annotations

import typer

top_level = typer.Typer()


@top_level.command()
def worker() -> None:
    """Run schedules and background jobs, and seal the history, until stopped."""
    import django

    django.setup()
    from iops.foundation.worker import run_worker

    run_worker()
