"""Weighted lists of names: enough of them, uneven as real ones, and clean."""

from __future__ import annotations

import re

import numpy as np
import pytest

from iops.foundation.errors import InvalidError
from iops.synthetic.people.communities import BOROUGHS, COMMUNITIES, TRADITIONS, household_steps
from iops.synthetic.people.name_lists import _weights_of, family_pool, given_pool, in_latin, tidy
from iops.synthetic.people.nicknames import long_forms, nicknames
from iops.synthetic.people.traditions import SOURCES


def test_every_tradition_has_its_sources() -> None:
    assert set(TRADITIONS) == set(SOURCES)


@pytest.mark.parametrize("tradition", TRADITIONS)
@pytest.mark.parametrize("sex", ["M", "F"])
def test_every_tradition_has_names_for_both_sexes_and_all_eras(tradition: str, sex: str) -> None:
    for pool in (family_pool(tradition, sex), *(given_pool(tradition, sex, era) for era in range(3))):
        assert len(pool.latin) >= 10
        assert pool.steps[-1] == 1.0
        assert (np.diff(pool.steps) >= 0).all()
        assert all(len(name) > 1 and re.fullmatch(r"'?[^\W\d_]['’ʻʼ\w -]*", name) for name in pool.latin)


def test_distinct_family_names_number_tens_of_thousands() -> None:
    everything = {name for tradition in TRADITIONS for sex in "MF" for name in family_pool(tradition, sex).latin}
    assert len(everything) > 20_000


def test_smith_is_the_most_common_english_name_and_most_names_are_rare() -> None:
    pool = family_pool("english", "M")
    weights = np.diff(pool.steps, prepend=0)
    assert pool.latin[weights.argmax()] == "Smith"
    assert 0.008 < weights.max() < 0.02
    assert np.median(weights) < 0.0001


def test_given_names_go_in_and_out_of_fashion() -> None:
    old, young = (given_pool("english", "F", era) for era in (0, 2))
    shares = [dict(zip(p.latin, np.diff(p.steps, prepend=0), strict=True)) for p in (old, young)]
    changed = [name for name in shares[0] if shares[0][name] > 3 * shares[1].get(name, 0.0)]
    assert len(changed) > 50


@pytest.mark.parametrize(
    ("name", "latin", "script"),
    [
        ("Шевченко", "Shevchenko", "Шевченко"),
        ("محمد", "Mohammed", "محمد"),
        ("Nowak", "Nowak", ""),
        ("Łoś", "Łoś", ""),
        ("王", "Wang", "王"),
    ],
)
def test_names_in_other_scripts_are_written_in_latin_letters_too(name: str, latin: str, script: str) -> None:
    assert in_latin(name) == (latin, script)


def test_a_listed_name_is_tidied() -> None:
    assert tidy("  O’Neill (2)  ") == "O'Neill"


def test_a_list_that_the_package_lacks_is_named() -> None:
    with pytest.raises(InvalidError, match="pl_PL"):
        _weights_of("pl_PL", ["names_of_horses"])


def test_the_shares_of_communities_follow_the_borough() -> None:
    steps, pairs = household_steps()
    assert steps.shape == (len(BOROUGHS), len(pairs))
    assert (steps[:, -1] == 1.0).all()
    bangladeshi = next(i for i, c in enumerate(COMMUNITIES) if c.name == "Bangladeshi")
    column = next(i for i, (community, _) in enumerate(pairs) if community == bangladeshi)
    shares = np.diff(steps, axis=1, prepend=0)[:, column]
    assert BOROUGHS[int(shares.argmax())].name == "Oldham"


def test_short_forms_and_full_names_answer_each_other() -> None:
    assert "Bill" in nicknames("William")
    assert "William" in long_forms("Bill")
    assert nicknames("Zbigniew") == ()
