"""Populations made once for the tests of this folder."""

from __future__ import annotations

import pytest

from iops.synthetic.people import Batch, LabelledQuery, Population, labelled_queries, make_batch, make_records

QUERIES = 1000


@pytest.fixture(scope="session")
def batch() -> Batch:
    """The first whole batch of a population."""
    return make_batch(0, 11)


@pytest.fixture(scope="session")
def records() -> Batch:
    """Further records of that batch's people."""
    return next(iter(make_records(25_000, 11)))


@pytest.fixture(scope="session")
def population() -> list[Batch]:
    """A small population with its further records."""
    return list(Population(25_000, 11))


@pytest.fixture(scope="session")
def queries(population: list[Batch]) -> list[LabelledQuery]:
    """Labelled queries for that population."""
    return labelled_queries(population, QUERIES, 5)
