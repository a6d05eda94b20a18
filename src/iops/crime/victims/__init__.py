"""Victims' rights on a crime: needs, contact, entitlements, the news owed to each victim, letters, right to review."""
