"""Loads made-up people straight into the tables of POLE by COPY, triggers off, for measurements of search."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import psycopg

from iops.synthetic.people import make_people

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from iops.synthetic.people import Batch

NOW = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
KINDS = {"main": "main", "alias": "alias", "maiden": "birth", "nickname": "nickname", "own_script": "main"}
PROVENANCE = "source, source_detail, confidence, recorded_at, withdrawn_reason"
PROVED = ("imported", "", "likely")
COLUMNS = {
    "pole_person": "id, name, born, described, own_right, restricted, hinted, made_up",
    "pole_name": f'person_id, kind, "full", given, family, {PROVENANCE}',
    "pole_birth": f"person_id, precision, earliest, latest, said, {PROVENANCE}",
    "pole_location": "id, said, flat, building, number, street, locality, town, postcode, easting, northing, ward,"
    " beat, access_notes, validated, restricted, hinted, made_up",
    "pole_phone": "id, said, number, made_up",
    "pole_email": "id, said, address, made_up",
    "pole_link": f"from_kind, from_id, to_kind, to_id, role, note, since, until, {PROVENANCE}",
}


class Loader:
    """Turns batches into rows; places, phones and addresses that people share become one row."""

    def __init__(self) -> None:
        self.ids: dict[str, dict[object, int]] = {"location": {}, "phone": {}, "email": {}}
        self.next: dict[str, int] = dict.fromkeys(self.ids, 0)

    def rows(self, batch: Batch) -> dict[str, list[tuple[Any, ...]]]:
        """The rows of one batch, by table."""
        found: dict[str, list[tuple[Any, ...]]] = {table: [] for table in COLUMNS}
        main = {row[0]: row[-1] for row in batch.names.rows() if row[1] == "main"}
        for person, *_, first, last in batch.people.rows():
            exact = first == last
            found["pole_person"].append(
                (person, main[person], first if exact else None, False, True, False, False, True)
            )
            precision = "full" if exact else "partial"
            found["pole_birth"].append((person, precision, first, last, "", *PROVED, NOW, ""))
        for person, kind, given, middle, family, full in batch.names.rows():
            both = f"{given} {middle}".strip()
            found["pole_name"].append((person, KINDS[str(kind)], full, both, family, *PROVED, NOW, ""))
        self._contacts(batch, found)
        self._addresses(batch, found)
        return found

    def _contacts(self, batch: Batch, found: dict[str, list[tuple[Any, ...]]]) -> None:
        for person, kind, value, since, until in batch.contacts.rows():
            record = "email" if kind == "email" else "phone"
            number, new = self._number(record, value)
            if new:
                found[f"pole_{record}"].append((number, value, value, True))
            found["pole_link"].append(self._link(person, record, number, "uses", since, until))

    def _addresses(self, batch: Batch, found: dict[str, list[tuple[Any, ...]]]) -> None:
        for person, since, until, house, street, area, town, postcode, east, north in batch.addresses.rows():
            number = str(house)
            at, new = self._number("location", (number, street, postcode))
            if new:
                said = f"{number} {street}, {area}, {town}"
                found["pole_location"].append(
                    (
                        at,
                        said,
                        "",
                        "" if len(number) <= 20 else number,
                        number if len(number) <= 20 else "",
                        street,
                        area,
                        town,
                        postcode,
                        east,
                        north,
                        "",
                        "",
                        "",
                        True,
                        False,
                        False,
                        True,
                    )
                )
            found["pole_link"].append(self._link(person, "location", at, "lives at", since, until))

    def _number(self, kind: str, value: object) -> tuple[int, bool]:
        known = self.ids[kind]
        if value in known:
            return known[value], False
        self.next[kind] += 1
        known[value] = self.next[kind]
        return self.next[kind], True

    def _link(self, person: object, kind: str, number: int, role: str, since: Any, until: Any) -> tuple[Any, ...]:
        heard = dt.datetime.combine(until or since, dt.time(12), dt.UTC) if since else NOW
        return ("person", person, kind, number, role, "", since, until, *PROVED, heard, "")


def load(superuser_dsn: str, people: int, seed: int) -> int:
    """Load so many people; how many rows of all tables there are then."""
    loader, rows = Loader(), 0
    with psycopg.connect(superuser_dsn) as session:
        session.execute("set session_replication_role = replica")
        for batch in make_people(people, seed):
            for table, found in loader.rows(batch).items():
                rows += len(found)
                _copy(session, table, found)
            session.commit()
        for table in COLUMNS:
            session.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), (select max(id) from {table}))")
        session.commit()
        session.autocommit = True
        for table in COLUMNS:
            session.execute(f"analyze {table}")
    return rows


def _copy(session: psycopg.Connection, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with session.cursor().copy(f"copy {table} ({COLUMNS[table]}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)


def names_of(batches: Iterable[Batch]) -> Iterator[tuple[int, str]]:
    """Number and main name of each person."""
    for batch in batches:
        yield from ((int(str(row[0])), str(row[-1])) for row in batch.names.rows() if row[1] == "main")
