"""Obligations: what is owed, by whom and by when, derived from facts by the rulebook."""
