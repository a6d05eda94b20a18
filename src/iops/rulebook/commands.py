"""`iops rulebook ...`: decide a report, show the schema, compare two days, load the offence list, prove the tables."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from iops.foundation.errors import InvalidError, IopsError
from iops.rulebook.differences import differences
from iops.rulebook.library import all_tables
from iops.rulebook.offence_list import OffenceList, load_offences
from iops.rulebook.recording import decide as decide_report
from iops.rulebook.schema import report_schema
from iops.rulebook.strict_yaml import read_text
from iops.rulebook.wording import in_words

app = typer.Typer(help="The rulebook: what must be recorded, and why.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
SHOWN = 40


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as wrong:
        raise InvalidError(f'"{text}" is not a date.', mend="Write dates as 2026-04-01.") from wrong


def _read(path: Path) -> dict[str, Any]:
    """The report in a YAML or JSON file, or on standard input for "-"."""
    text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    if text.lstrip().startswith("{"):
        found = json.loads(text)
        return dict(found)
    return read_text(text, path.name)[0]


def _refuse(wrong: Exception) -> None:
    typer.echo(str(wrong), err=True)
    raise typer.Exit(2)


@app.command()
def decide(
    report: Annotated[Path, typer.Argument(help="A report in YAML or JSON; - for standard input.")],
    as_at: Annotated[str | None, typer.Option(help="Decide as if it had come in on this day.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what must be recorded for a report, and why."""
    try:
        decision = decide_report(_read(report), as_at=_date(as_at) if as_at else None)
    except (IopsError, OSError, ValueError) as wrong:
        _refuse(wrong)
        return
    typer.echo(msgspec.json.format(msgspec.json.encode(decision)).decode() if as_json else in_words(decision))


@app.command()
def schema() -> None:
    """Print the JSON Schema of a report, with examples."""
    typer.echo(json.dumps(report_schema(), indent=2))


@app.command()
def diff(first: str, second: str, as_json: AsJson = False) -> None:
    """Say what changed in the recording rules between two days."""
    try:
        found = differences(_date(first), _date(second))
    except IopsError as wrong:
        _refuse(wrong)
        return
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found)).decode())
        return
    for one in found:
        typer.echo(str(one))
    typer.echo(f"{len(found)} differences.")


@app.command("load-offences")
def load(file: Path, as_json: AsJson = False) -> None:
    """Read the published notifiable offence list and say what is odd in it."""
    try:
        loaded = load_offences(file)
    except IopsError as wrong:
        _refuse(wrong)
        return
    typer.echo(msgspec.json.encode(loaded).decode() if as_json else _said(loaded))


def _said(loaded: OffenceList) -> str:
    counts = ", ".join(f"{name} {count:,}" for name, count in loaded.summary().items())
    lines = [f"{counts}; reported incidents {len(loaded.reported)}; odd {len(loaded.oddities)}."]
    lines += [f"  row {odd.row}: {odd.what}: {odd.value}" for odd in loaded.oddities[:SHOWN]]
    if len(loaded.oddities) > SHOWN:
        lines.append(f"  and {len(loaded.oddities) - SHOWN} more")
    return "\n".join(lines)


@app.command("prove")
def prove_tables() -> None:
    """Prove every decision table total and free of conflict; print a report that shows each fault."""
    # The prover takes a moment to load, which no other command should pay for.
    from iops.rulebook.proof import prove_all

    faults = prove_all()
    for fault in faults:
        typer.echo(str(fault))
    rows = sum(len(table.rows) for table in all_tables().values())
    typer.echo(f"{len(all_tables())} tables, {rows} rows: {f'{len(faults)} faults' if faults else 'proven'}.")
    if faults:
        raise typer.Exit(1)
