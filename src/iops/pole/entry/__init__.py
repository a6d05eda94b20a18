"""The pages on which people, places and warnings are recorded."""
