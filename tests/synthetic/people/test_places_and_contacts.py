"""Addresses, telephone numbers and e-mail of the made-up people: right in form, inside the borough, and nobody's."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import numpy as np
import phonenumbers
import pytest
from phonenumbers import carrier

from iops.synthetic.people import BATCH, Batch, make_batch
from iops.synthetic.people.communities import BOROUGHS
from iops.synthetic.people.contacts import landlines, mobiles
from iops.synthetic.people.places import DWELLINGS, describe, dwelling_of

POSTCODE = re.compile(r"ZM[1-9][0-9]? [0-9][ABD-HJLNP-UW-Z]{2}")
# The two-letter areas that begin with Z, of all 124: only Shetland's.
REAL_AREAS_WITH_Z = {"ZE"}


def test_postcodes_have_the_form_of_real_ones_in_an_area_that_is_not_allotted(batch: Batch) -> None:
    assert all(POSTCODE.fullmatch(code) for code in batch.addresses.postcode)
    assert not {code[:2] for code in batch.addresses.postcode} & REAL_AREAS_WITH_Z


def test_every_address_lies_inside_its_boroughs_box(batch: Batch) -> None:
    boxes = {borough.name: borough for borough in BOROUGHS}
    places = batch.addresses
    for district, east, north in zip(places.district, places.easting.tolist(), places.northing.tolist(), strict=True):
        box = boxes[district]
        assert box.east[0] <= east <= box.east[1]
        assert box.north[0] <= north <= box.north[1]


def test_boroughs_hold_people_in_the_shares_of_the_census(batch: Batch) -> None:
    here = np.isnat(batch.addresses.until)
    counted = Counter(batch.addresses.district[here].tolist())
    everybody = sum(borough.thousands for borough in BOROUGHS)
    for borough in BOROUGHS:
        assert counted[borough.name] / BATCH == pytest.approx(borough.thousands / everybody, abs=0.02)


def test_no_two_households_get_the_same_dwelling_while_there_are_enough() -> None:
    dwellings = dwelling_of(np.arange(DWELLINGS), 77)
    assert len(np.unique(dwellings)) == DWELLINGS


def test_a_street_has_one_postcode_in_one_borough() -> None:
    places = describe(np.arange(0, DWELLINGS, 50))
    by_postcode = defaultdict(set)
    for postcode, street, district in zip(places.postcode, places.street, places.district, strict=True):
        by_postcode[postcode].add((street, district))
    assert len(by_postcode) == 20_000
    assert all(len(streets) == 1 for streets in by_postcode.values())


def test_the_first_thousand_get_the_numbers_kept_for_drama() -> None:
    first = make_batch(0, 1).contacts
    drama = [value for value in first.value.tolist() if re.fullmatch(r"\+447700900\d{3}|\+44161496\d{4}", value)]
    assert len(drama) > 800
    later = make_batch(1, 1).contacts
    assert not [v for v in later.value.tolist() if v.startswith(("+447700900", "+44161496"))]


def test_all_other_numbers_are_in_ranges_allotted_to_nobody(batch: Batch) -> None:
    made = re.compile(r"\+447700900\d{3}|\+44161496\d{4}|\+4472\d{8}|\+44161[01]\d{6}")
    for kind, value in zip(batch.contacts.kind, batch.contacts.value, strict=True):
        if kind != "email":
            assert made.fullmatch(value)
            assert phonenumbers.is_possible_number(phonenumbers.parse(value))


def test_no_operator_holds_numbers_in_the_made_up_mobile_range() -> None:
    for prefix in range(1000):
        number = phonenumbers.parse(f"+4472{prefix:03d}00000")
        assert carrier.name_for_number(number, "en") == ""


def test_mobile_numbers_are_unique_to_a_person_even_at_force_scale() -> None:
    people = np.arange(1, 300_001)
    numbers = [*mobiles(people, 5).tolist(), *mobiles(people, 5, spare=True).tolist()]
    assert len(set(numbers)) == len(numbers)


def test_landlines_are_unique_to_a_household() -> None:
    households = np.arange(0, 2_000_000, 3)
    assert len(set(landlines(households, 5).tolist())) == len(households)


def test_few_people_share_a_mobile_and_households_share_their_landline(batch: Batch) -> None:
    contacts = batch.contacts
    users = Counter(contacts.value[contacts.kind == "mobile"].tolist())
    assert sum(number > 1 for number in users.values()) / len(users) < 0.06
    household = dict(zip(batch.people.person.tolist(), batch.people.household.tolist(), strict=True))
    at = defaultdict(set)
    for person, kind, value, *_ in contacts.rows():
        if kind == "landline":
            at[value].add(household[person])
    assert all(len(households) == 1 for households in at.values())


def test_email_goes_to_domains_kept_for_examples(batch: Batch) -> None:
    mail = batch.contacts.value[batch.contacts.kind == "email"].tolist()
    assert mail
    assert all(re.fullmatch(r"[a-z0-9]+\.[a-z0-9]+@([a-z]+\.)?example\.(org|com|net)", value) for value in mail)
    assert len(set(mail)) == len(mail)
