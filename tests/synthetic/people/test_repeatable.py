"""The same bytes in another process: nothing hangs on the order of a set, the machine's language or what ran before."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest

import iops.synthetic.people as package
from iops.foundation.errors import InvalidError
from iops.synthetic.people import Population, labelled_queries
from iops.synthetic.people.as_copy import TABLES, copy_lines
from iops.synthetic.people.errors import KINDS
from iops.synthetic.people.queries.plan import plan
from iops.synthetic.people.randomness import many, pick, single

COUNT, SEED, QUERIES = 300, 21, 40


def digest() -> str:
    """A digest of a small population with its records and queries."""
    population, found = Population(COUNT, SEED, 0.5), hashlib.sha256()
    for table in TABLES:
        for line in copy_lines(population, table):
            found.update(line.encode())
    for query in labelled_queries(population, QUERIES, SEED):
        found.update(f"{query.text}{query.errors}{query.right}{query.also_right}".encode())
    return found.hexdigest()


@pytest.mark.parametrize("hash_seed", ["0", "4242"])
def test_another_process_makes_the_same_people_records_and_queries(hash_seed: str) -> None:
    here = Path(__file__)
    sources = Path(package.__file__).parents[3]
    program = f"import runpy; print(runpy.run_path({str(here)!r})['digest']())"
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(sources), "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        cwd=here.parents[3],
    )
    assert done.stdout.strip() == digest()


def test_making_something_else_in_between_changes_nothing() -> None:
    before = digest()
    list(Population(50, 99))
    assert digest() == before


def test_draws_of_different_places_are_different() -> None:
    assert many(1, 2).random() != many(1, 3).random()
    assert single(1, 2).random() != single(1, 3).random()
    assert single(1, 2).random() == single(1, 2).random()


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_a_seed_out_of_range_is_refused(seed: int) -> None:
    with pytest.raises(InvalidError):
        many(seed)
    with pytest.raises(InvalidError):
        single(seed)


def test_draws_follow_their_shares() -> None:
    drawn = Counter(pick(many(1), many(1).random(1) * 0 + 1.0, 10).tolist())
    assert drawn == {0: 10}


def test_of_ten_thousand_queries_every_kind_of_error_is_planned_in_at_least_three_hundred() -> None:
    wanted, spare = plan(10_000, Random(1))
    counted = Counter(error for planned in wanted for error in planned.errors)
    assert len(wanted) == 10_000
    assert {kind.name for kind in KINDS} == set(counted)
    assert min(counted.values()) >= 300
    assert {planned.group for planned in wanted} == {planned.group for planned in spare}
