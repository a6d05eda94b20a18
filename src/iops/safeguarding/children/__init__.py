"""Children on incidents: exactly one decision stands for each, and not to refer takes two people (I05)."""
