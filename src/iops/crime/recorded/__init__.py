"""Recorded crimes: recording them from the decision, their life, the decisions of the registrar's desk."""
