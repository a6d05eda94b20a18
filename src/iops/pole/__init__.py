"""People, objects, locations and events: nominals, warning markers, search, matching."""
