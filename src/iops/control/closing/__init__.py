"""Closing: the closing code and result, what the recording rules say of the incident, and the check of closures."""
