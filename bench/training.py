"""Makes the records the standard model is trained on, and trains it.

    python -m bench.training --on 2026-11-23 --out person.yaml

Records are made-up people, further records of some of them, and the same people as they are asked for: half an address,
an initial, a date with a slip. Without the last, the model would know only how records differ from each other, and not
how a question differs from a record.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from iops.synthetic.people import Batch

COLUMNS = ("id", "given_name", "surname", "date_of_birth", "sex", "postcode", "address", "phone", "email")
RATE = 0.15
"""Further records for each person: one in seven."""
Row = tuple[str, ...]


def of_records(people: Iterable[Batch]) -> Iterator[Row]:
    """Each record with its main name, latest address and a telephone."""
    for batch in people:
        names = {row[0]: (f"{row[2]} {row[3]}".strip(), row[4]) for row in batch.names.rows() if row[1] == "main"}
        contacts: dict[object, dict[str, str]] = {}
        for person, kind, value, *_ in batch.contacts.rows():
            contacts.setdefault(person, {})[str(kind)] = str(value)
        homes = {row[0]: (row[7], f"{row[3]} {row[4]}, {row[5]}, {row[6]}") for row in batch.addresses.rows()}
        for person, _, _, _, _, sex, first, last in batch.people.rows():
            given, family = names.get(person, ("", ""))
            postcode, address = homes.get(person, ("", ""))
            told = contacts.get(person, {})
            phone = told.get("mobile") or told.get("landline") or ""
            day = str(first) if first == last else ""
            yield tuple(map(str, (person, given, family, day, sex, postcode, address, phone, told.get("email", ""))))


def of_questions(people: Iterable[Batch], count: int, seed: int) -> Iterator[Row]:
    """So many questions about them, as the search reads them."""
    from iops.pole.search import query
    from iops.synthetic.people import labelled_queries

    for at, question in enumerate(labelled_queries(people, count, seed)):
        asked = query.read(question.text, dt.date(2026, 1, 1))
        if asked.names:
            given, family = asked.names[0]
            day = next((str(first) for first, last in asked.born if first and first == last), "")
            home = asked.addresses[:1] if asked.sure_of_address else []
            told = [next(iter(values), "") for values in (asked.postcodes, home, asked.phones, asked.emails)]
            yield (f"q{at}", given or "", family or "", day, "", *told)


def main() -> int:
    """Write the model, not reviewed by anybody."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=60_000)
    options.add_argument("--questions", type=int, default=12_000)
    options.add_argument("--seed", type=int, default=20_261_123)
    options.add_argument("--on", type=dt.date.fromisoformat, required=True, help="Day of the training, as 2026-11-23.")
    options.add_argument("--out", type=Path, required=True)
    given = options.parse_args()
    from iops.pole.matching.model import dumps
    from iops.pole.matching.reading import read
    from iops.pole.matching.train import train
    from iops.synthetic.people import Population

    population = Population(given.people, given.seed, RATE)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows(of_records(population))
            writer.writerows(of_questions(population, given.questions, given.seed + 1))
        records = read(path, None, "left").records
    words = f"{given.people:,} made-up people, further records of them, and {given.questions:,} questions about them"
    model = train(records, trained_on=f"{words} (seed {given.seed})", at=given.on)
    given.out.write_text(dumps(model))
    return 0


if __name__ == "__main__":
    sys.exit(main())
