"""The invariants of safeguarding (safeguarding.md C3): what each says, by what it is held, and what breaks it now."""
