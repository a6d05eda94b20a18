"""What a call handler would type to find somebody, with the right answers: the truth that a search is measured by.

The mix of `plan.MIX` is an estimate of ours of how people are asked for; it was set before any search was tried on it.
"""

from iops.synthetic.people.queries.asking import Fields
from iops.synthetic.people.queries.labelled import LabelledQuery, labelled_queries
from iops.synthetic.people.queries.plan import MIX

__all__ = ["MIX", "Fields", "LabelledQuery", "labelled_queries"]
