"""Webhooks: events written in the transaction of the fact, told in order and at least once."""
