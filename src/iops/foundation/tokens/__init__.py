"""Tokens by which programs call the API, each in the name of an account and within its scopes."""
