"""Times of response recomputed from published stamps by the system's own facts, held against the published.

    python -m bench.response [--data FOLDER]

London Fire Brigade mobilisation records (`../shared/data/calls`): each unit's stamps (mobilised, mobile, arrived, left)
are loaded as a deployment of an incident with its time of call, read back from the database, and turnout, travel and
attendance are computed by `iops.control.record.times`. Ends with 1 when a span differs from the published one.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import gzip
import io
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bench.harness import console, server, shared_calls

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from iops.control.record.times import Response, Times

Row = dict[str, str]
LONDON = ZoneInfo("Europe/London")
MOBILISATIONS, INCIDENTS = "lfb_mobilisation_sample.csv", "lfb_incident_sample.csv"
FIRES = "lfb_dwelling_fires_2009_response_times.csv.gz"
SPANS = {
    "turnout": ("TurnoutTimeSeconds", "DateAndTimeMobilised", "DateAndTimeMobile"),
    "travel": ("TravelTimeSeconds", "DateAndTimeMobile", "DateAndTimeArrived"),
    "attendance": ("AttendanceTimeSeconds", "DateAndTimeMobilised", "DateAndTimeArrived"),
}
"""Each of our spans: the column that publishes it, and the stamps it goes from and to."""


@dataclass
class Tally:
    """What was found of one span: how many were equal, which were not, and why the others cannot be compared."""

    equal: int = 0
    unequal: list[str] = field(default_factory=list)
    unusable: Counter[str] = field(default_factory=Counter)

    def compare(self, name: str, ours: dt.timedelta | None, published: str, missing: str) -> None:
        """Hold one span against the published one; `missing` names the stamp that is not there, if any."""
        if not published.strip():
            self.unusable["not published" + (f", and no stamp: {missing}" if missing else "")] += 1
        elif ours is None:
            self.unusable[f"no stamp: {missing}"] += 1
        elif ours == dt.timedelta(seconds=whole(published)):
            self.equal += 1
        else:
            self.unequal.append(f"{name}: {ours.total_seconds():.0f} s by us, {published} s published")


def whole(seconds: str) -> int:
    """Published seconds ("319.0") as a whole number. Raises ValueError for a part of a second: none is rounded away."""
    number = float(seconds)
    if number != int(number):
        raise ValueError(f"{seconds} is not a whole number of seconds")
    return int(number)


def moment(said: str, form: str) -> dt.datetime | None:
    """A stamp in local time; None when there is none."""
    return dt.datetime.strptime(said.strip(), form).replace(tzinfo=LONDON) if said.strip() else None


def stamp(said: str) -> dt.datetime | None:
    """A stamp of a mobilisation."""
    return moment(said, "%d/%m/%Y %H:%M:%S")


def rows(path: Path) -> list[Row]:
    """The rows of a CSV file, compressed or not."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def load(mobilised: Iterable[Row], calls: Mapping[str, Row]) -> tuple[dict[str, int], Counter[str]]:
    """Every incident with its units into the system's own tables; our ids by the brigade's number, and what was not."""
    from django.db import transaction

    from iops.control.models import Deployment

    loaded: dict[str, int] = {}
    refused: Counter[str] = Counter()
    with transaction.atomic():
        for row in mobilised:
            number, sent = row["IncidentNumber"], stamp(row["DateAndTimeMobilised"])
            if number not in calls:
                refused["the incident is not in the file of incidents"] += 1
            elif sent is None:
                refused["no stamp: mobilised"] += 1
            else:
                loaded.setdefault(number, 0)
                loaded[number] = loaded[number] or _incident(calls[number])
                Deployment.objects.create(
                    incident_id=loaded[number],
                    unit=row["Resource_Code"],
                    assigned_at=sent,
                    en_route_at=stamp(row["DateAndTimeMobile"]),
                    arrived_at=stamp(row["DateAndTimeArrived"]),
                    stood_down_at=stamp(row["DateAndTimeLeft"]) or stamp(row["DateAndTimeReturned"]),
                )
    return loaded, refused


def _incident(row: Row) -> int:
    """An incident of another system, as a load makes it: reported when the call was taken."""
    from iops.control.models import Contact, Incident
    from iops.control.services import next_number
    from iops.foundation.districts import have_districts
    from iops.foundation.models import District

    called = moment(f"{row['DateOfCall']} {row['TimeOfCall']}", "%d %b %Y %H:%M:%S")
    if called is None:
        raise ValueError(f"{row['IncidentNumber']} has no time of call")
    have_districts({"LFB": "London Fire Brigade (published records)"})
    contact = Contact.objects.create(
        channel="imported", at=called, source="lfb-sample", source_key=row["IncidentNumber"]
    )
    day, number = next_number(called)
    made = Incident.objects.create(
        day=day,
        number=number,
        contact=contact,
        reported_at=called,
        where=row.get("ProperCase") or "London",
        what=row.get("StopCodeDescription") or "Incident",
        district=District.objects.get(code="LFB"),
    )
    return made.id


def compare(mobilised: Iterable[Row], calls: Mapping[str, Row], loaded: Mapping[str, int]) -> dict[str, Tally]:
    """Each unit's spans and each incident's first and second attendance, read back and held against the published."""
    found = {name: Tally() for name in (*SPANS, "first unit at the incident", "second unit at the incident")}
    responses = {number: _response(incident) for number, incident in loaded.items()}
    units = {(number, unit.unit): spans for number, r in responses.items() for unit, spans in r.units}
    for row in mobilised:
        spans = units.get((row["IncidentNumber"], row["Resource_Code"]))
        for name, (published, *stamps) in SPANS.items():
            missing = " and ".join(s.removeprefix("DateAndTime").lower() for s in stamps if not row[s].strip())
            ours: dt.timedelta | None = getattr(spans, name) if spans else None
            said = f"{row['IncidentNumber']} {row['Resource_Code']}"
            found[name].compare(said, ours, row[published], missing or ("" if spans else "not loaded"))
    for number, row in calls.items():
        for place, word in enumerate(("First", "Second")):
            ours = _attendance(responses.get(number), place)
            tally = found[f"{word.lower()} unit at the incident"]
            tally.compare(
                number, ours, row[f"{word}PumpArriving_AttendanceTime"], "no such unit in the file" * (not ours)
            )
    return found


def _response(incident_id: int) -> Response:
    from iops.control.models import Deployment
    from iops.control.record.times import of_units

    return of_units(Deployment.objects.filter(incident_id=incident_id).select_related("incident"))


def _attendance(found: Response | None, place: int) -> dt.timedelta | None:
    """The attendance of the unit that arrived first (0) or second (1)."""
    arrived: list[Times] = [spans for unit, spans in found.units if unit.arrived_at] if found else []
    return arrived[place].attendance if len(arrived) > place else None


def held_together(folder: Path) -> tuple[dict[str, Tally], Counter[str]]:
    """Load the samples and compare: by span what was equal, unequal and unusable; and which rows were not loaded."""
    mobilised = rows(folder / MOBILISATIONS)
    calls = {row["IncidentNumber"]: row for row in rows(folder / INCIDENTS)}
    loaded, refused = load(mobilised, calls)
    return compare(mobilised, calls, loaded), refused


def main() -> int:
    """Load, compare and print; 1 when a span differs from the published one."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=shared_calls())
    folder = options.parse_args().data
    if folder is None or not (folder / MOBILISATIONS).is_file():
        console.print("The published records (../shared/data/calls) are not here.")
        return 1
    with server():
        import django

        django.setup()
        found, refused = held_together(folder)
    for name, tally in found.items():
        console.print(
            f"{name}: {tally.equal} equal, {len(tally.unequal)} unequal, {tally.unusable.total()} unusable "
            f"{dict(tally.unusable) or ''}"
        )
        for line in tally.unequal:
            console.print(f"  UNEQUAL {line}", style="bold red")
    console.print(f"rows not loaded: {dict(refused) or 'none'}")
    if (folder / FIRES).is_file():
        many = len(rows(folder / FIRES))
        console.print(f"{FIRES}: {many:,} rows unusable: times are published, the stamps they come from are not")
    return 1 if any(tally.unequal for tally in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
