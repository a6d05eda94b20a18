"""Writes a made-up population to files: `python -m iops.synthetic.people --count 100000 --seed 1 --out DIR`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from iops.foundation.errors import IopsError
from iops.synthetic.people.as_copy import TABLES, columns_of, copy_lines
from iops.synthetic.people.population import Population
from iops.synthetic.people.records import RATE

app = typer.Typer(add_completion=False)


@app.command()
def write(
    out: Annotated[Path, typer.Option(help="Folder for the files; made when it is not there.")],
    count: Annotated[int, typer.Option(help="People.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same people.")] = 1,
    rate: Annotated[float, typer.Option(help="Further records for each person.")] = RATE,
) -> None:
    """Write people.copy, names.copy, contacts.copy and addresses.copy in COPY's text format, nobody in them real."""
    try:
        population = Population(count, seed, rate)
        written = write_files(population, out)
    except IopsError as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(2) from refused
    typer.echo(f"{written} records of made-up people in {out}")


def write_files(population: Population, out: Path) -> int:
    """Write a population's tables as files with a first line of column names; how many person records there are."""
    out.mkdir(parents=True, exist_ok=True)
    written = 0
    files = {table: (out / f"{table}.copy").open("w", encoding="utf-8", newline="\n") for table in TABLES}
    try:
        for table, file in files.items():
            file.write("\t".join(columns_of(table)) + "\n")
        for batch in population:
            written += len(batch)
            for table, file in files.items():
                file.writelines(copy_lines([batch], table))
    finally:
        for file in files.values():
            file.close()
    return written
