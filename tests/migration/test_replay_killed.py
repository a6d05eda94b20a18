"""A replay that is killed outright at any moment goes on as if nothing had happened; the command tells how it ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from typer.testing import CliRunner

from iops.control.models import Contact, Incident
from iops.foundation.errors import ConflictError
from iops.migration import services
from iops.migration.commands import top_level
from iops.migration.models import Fate, LedgerRow, Load
from iops.obligations.conservation import check_conservation
from tests.conftest import as_owner, worker_database
from tests.migration.extracts import extract, mapping, row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typer.testing import Result

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 1500
CHILD = """
import sys, django
django.setup()
from pathlib import Path
from iops.migration.mapping_loader import find
from iops.migration.services import replay
replay(find(sys.argv[1]), Path(sys.argv[2]), at_once=100, progress=lambda d, s, rows: print(rows, flush=True))
print("finished", flush=True)
"""


def start(folder: Path, path: Path) -> subprocess.Popen[str]:
    """A process of its own that replays the extract and prints each batch when it is committed."""
    dsn = psycopg.conninfo.make_conninfo(os.environ["IOPS_APP_DSN"], dbname=worker_database())
    source = str(Path(__file__).resolve().parents[2] / "src")
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder / "calls.yaml"), str(path)],
        env={
            **os.environ,
            "IOPS_APP_DSN": dsn,
            "DJANGO_SETTINGS_MODULE": "iops.project.settings",
            "PYTHONPATH": source,
        },
        stdout=subprocess.PIPE,
        text=True,
    )


def killed_after(child: subprocess.Popen[str], batches: int) -> bool:
    """Kill -9 once so many batches are committed, in the middle of the next; whether it had finished before."""
    assert child.stdout is not None
    for _ in range(batches):
        if child.stdout.readline().strip() in {"finished", ""}:
            break
    child.send_signal(signal.SIGKILL)
    rest = child.stdout.read()
    child.wait()
    return "finished" in rest


def test_killed_again_and_again_it_ends_in_the_same_state(tmp_path: Path) -> None:
    mapping(tmp_path)
    rows = [row(n % 1400, place="" if n % 50 == 0 else "1 Mill Lane") for n in range(ROWS)]
    path = extract(tmp_path, *rows)
    seen = []
    for batches in (0, 1, 2, 3):
        killed_after(start(tmp_path, path), batches)
        seen.append(LedgerRow.objects.count())
    assert seen == sorted(seen)
    assert 0 < seen[-1] < ROWS
    child = start(tmp_path, path)
    said, _ = child.communicate()
    assert said.endswith("finished\n")
    fates = {fate: LedgerRow.objects.filter(fate=fate).count() for fate in Fate}
    assert fates == {Fate.LOADED: 1372, Fate.DUPLICATE: 98, Fate.REJECTED: 30}
    assert sorted(LedgerRow.objects.values_list("line", flat=True)) == list(range(2, ROWS + 2))
    assert (Contact.objects.count(), Incident.objects.count()) == (1372, 1372)
    assert Load.objects.get().finished_at is not None
    for day in Incident.objects.values_list("day", flat=True).distinct():
        numbers = sorted(Incident.objects.filter(day=day).values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
    run = check_conservation()
    assert (run.missing, run.surplus) == (0, 0)


def test_two_replays_of_one_source_do_not_run_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "PATIENCE", 0.0)
    dsn = psycopg.conninfo.make_conninfo(os.environ["IOPS_APP_DSN"], dbname=worker_database())
    path = extract(tmp_path, row(1))
    with psycopg.connect(dsn, autocommit=True) as other:
        other.execute("select pg_advisory_lock(hashtext('iops.replay'), hashtext('test-calls'))")
        with pytest.raises(ConflictError, match="Another replay of test-calls"):
            services.replay(mapping(tmp_path), path)
    assert services.replay(mapping(tmp_path), path).unexplained == ()


def test_the_history_of_what_is_loaded_says_from_which_file(tmp_path: Path) -> None:
    services.replay(mapping(tmp_path), extract(tmp_path, row(1)))
    with psycopg.connect(as_owner(worker_database())) as owner:
        found = owner.execute(
            "select table_name, actor_id, reason from foundation_history where op = 'I' and reason like 'replay%'"
        ).fetchall()
    assert set(found) >= {
        ("control_contact", None, "replay of calls.csv"),
        ("control_incident", None, "replay of calls.csv"),
        ("control_grading", None, "replay of calls.csv"),
    }


class TestCommand:
    """`iops replay`."""

    def run(self, *words: object) -> Result:
        return CliRunner().invoke(top_level, [str(word) for word in words])

    def test_it_shows_how_every_row_is_accounted_for(self, tmp_path: Path) -> None:
        mapping(tmp_path)
        rows: Sequence[str] = [*map(row, range(8)), row(3), "broken\n"]
        words = (tmp_path / "calls.yaml", extract(tmp_path, *rows))
        first = self.run(*words)
        assert first.exit_code == 0
        assert "Every row of the file is accounted for." in first.output
        assert "rejected 1: 1 fields instead of 7" in first.output
        again = self.run(*words)
        assert (again.exit_code, "Nothing to do: calls.csv was loaded on" in again.output) == (0, True)

    def test_it_ends_with_1_when_something_is_unexplained(self, tmp_path: Path) -> None:
        import gzip

        mapping(tmp_path)
        path = extract(tmp_path, *map(row, range(300)))
        path.write_bytes(gzip.compress(path.read_bytes())[:-100])
        found = self.run(tmp_path / "calls.yaml", path)
        assert found.exit_code == 1
        assert "UNEXPLAINED: The file could not be read to its end" in found.output

    def test_it_lists_mappings_loads_and_rejected_rows(self, tmp_path: Path) -> None:
        mapping(tmp_path)
        self.run(tmp_path / "calls.yaml", extract(tmp_path, row(1), "[red]broken\n"))
        assert "chicago" in self.run("--list").output
        assert "calls.csv" in self.run("status").output
        shown = self.run("--rejected", Load.objects.get().id).output
        assert "[red]broken" in shown
        assert "1 of 1 rejected rows." in shown

    @pytest.mark.parametrize("words", [(), ("chicago-crimes-2022",)])
    def test_it_says_what_it_needs(self, words: tuple[str, ...]) -> None:
        found = self.run(*words)
        assert (found.exit_code, "iops replay MAPPING FILE" in found.output) == (2, True)
