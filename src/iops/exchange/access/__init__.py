"""Tokens and the accounts of systems: their API, page and command."""
