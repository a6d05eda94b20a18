"""The frame of every page: base templates, components, navigation."""
