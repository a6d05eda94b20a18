"""Foundation: settings, embedded database, clock, calendars, references, history, access, jobs."""
