"""Accounts: who may sign in, with which roles, and how signing in goes."""
