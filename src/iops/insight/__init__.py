"""Measures, dashboards, the panel report, returns."""
