"""A supervisor's structured review of how an incident was handled, and the feedback it yields (safeguarding.md D1)."""
