"""Errors that people make when they say, hear and type names, dates, addresses and telephone numbers.

Each kind is a named function and a rate. The kinds are those that studies of record linkage and of typing name again
and again: slips at the keyboard (about 80 % of spelling slips are one letter left out, doubled, wrong, or swapped with
its neighbour: Damerau 1964), spelling by ear, short forms and changes of name, day and month in the other order, single
wrong or swapped digits, old addresses. Rates are estimates of ours for what gets into a police system. They were set
before any matcher was tried on them and are not fitted to one.
"""

from iops.synthetic.people.errors.catalogue import DATE_ERRORS, KINDS, NAME_ERRORS, TEXT_ERRORS, Kind, rate_of

__all__ = ["DATE_ERRORS", "KINDS", "NAME_ERRORS", "TEXT_ERRORS", "Kind", "rate_of"]
