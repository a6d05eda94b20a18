"""Who is the same person as whom: merge, un-merge, "not the same", duplicates."""
