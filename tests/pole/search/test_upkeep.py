"""The search is made anew when what it looks for has changed, only then, and only the part that changed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

import iops
from iops.foundation.context import acting
from tests.conftest import as_owner, worker_database
from tests.pole.search.test_people import make

DIGESTS = "import django; django.setup(); from iops.pole.search import upkeep; print(*map(upkeep.digest, upkeep.PARTS))"


SOURCE = str(Path(iops.__file__).parent.parent)
SETTINGS = {"DJANGO_SETTINGS_MODULE": "iops.project.settings", "PYTHONPATH": SOURCE}


def test_the_fingerprint_of_a_version_is_the_same_in_every_process() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", DIGESTS],
            env={**os.environ, **SETTINGS, "PYTHONHASHSEED": seed},
            check=True, capture_output=True, text=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(said) == 1


UP_TO_DATE = (
    "import django; django.setup(); from iops.pole.search import upkeep;"
    " upkeep.FEW = {few}; print(upkeep.bring_up_to_date())"
)


def started(few: int) -> str:
    """What a start makes anew; above so many nominals it is done by several workers."""
    env = {**SETTINGS, "IOPS_OWNER_DSN": as_owner(worker_database())}
    return subprocess.run(
        [sys.executable, "-c", UP_TO_DATE.format(few=few)],
        env={**os.environ, **env, "IOPS_AS_OWNER": "1"}, check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("few", [0, 2_000], ids=["by workers", "in the database"])
def test_a_start_makes_anew_what_another_version_made_and_nothing_else(few: int) -> None:
    with acting(user_id=0):
        make("Jonathan", "Featherstone")
    with psycopg.connect(as_owner(worker_database()), autocommit=True) as owner:
        started(few)
        assert started(few) == "()"
        owner.execute("update pole_searchperson set keys = '{}'")
        owner.execute("comment on table pole_searchperson is 'an earlier version'")
        assert started(few) == "('people',)"
        row = owner.execute("select count(*) from pole_searchperson where cardinality(keys) > 5").fetchone()
        assert row == (1,)
        assert started(few) == "()"
