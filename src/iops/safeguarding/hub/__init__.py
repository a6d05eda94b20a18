"""The hub of safeguarding: what is missing that ought to be there, and where each duty stands."""
