"""Queues of the hub that fill or lie unopened: who is told, and what they answer."""
