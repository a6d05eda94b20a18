"""The control room: contacts, incidents, the log, grades, units and deployments."""
