"""Contacts: ring, answer and end; silent and abandoned calls; call backs; outcomes; what else may be the same call."""
