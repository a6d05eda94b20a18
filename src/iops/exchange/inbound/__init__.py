"""Incidents that partner control rooms hand over, and their updates."""
