"""The suspicion list: incidents that were closed without a crime and look like one, each with why."""
