"""Referrals to partners: one state machine, lawful basis, packages, the outbox, the partner's own page."""
