"""The one search: everything stored is findable when it is committed."""
