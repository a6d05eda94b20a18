"""The record of an incident: its log, what ties it to others, transfers, major incidents."""
