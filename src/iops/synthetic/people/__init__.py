"""Made-up people for the synthetic force: who they are, how they are recorded, and how callers ask for them."""

from iops.synthetic.people.batches import Addresses, Batch, Contacts, Names, People
from iops.synthetic.people.making import AS_AT, BATCH, make_batch, make_people
from iops.synthetic.people.population import Population
from iops.synthetic.people.queries import LabelledQuery, labelled_queries
from iops.synthetic.people.records import make_records

__all__ = [
    "AS_AT",
    "BATCH",
    "Addresses",
    "Batch",
    "Contacts",
    "LabelledQuery",
    "Names",
    "People",
    "Population",
    "labelled_queries",
    "make_batch",
    "make_people",
    "make_records",
]
