"""Completeness of a crime by purpose: what is known of it, what was asked in vain, and what is blank."""
