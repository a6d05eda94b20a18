"""Crimes: the recording decision, classification, investigation, outcomes."""
