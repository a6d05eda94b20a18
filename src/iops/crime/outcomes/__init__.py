"""Outcomes that can be defended: what 14, 15 and 16 rest on, and the re-audit of a random share of outcomes."""
