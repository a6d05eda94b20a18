"""Classing: what kind of incident it is (NSIR), its qualifiers, and whether it meets a definition of domestic abuse."""
