"""Identifiers that sort by time: UUID version 7 (RFC 9562), made here because not every PostgreSQL in use can."""

from __future__ import annotations

import secrets
import time
from uuid import UUID

RANDOM_BITS = 74


def uuid7() -> UUID:
    """A new identifier: 48 bits of Unix milliseconds, version and variant, 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    noise = secrets.randbits(RANDOM_BITS)
    high, low = noise >> 62, noise & ((1 << 62) - 1)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (high << 64) | (0b10 << 62) | low)
