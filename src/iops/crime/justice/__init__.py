"""Suspects and justice: who is wanted, who was arrested, who was released and how."""
