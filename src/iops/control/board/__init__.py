"""The live board of the control room: open incidents by urgency and clock, units by state, and what changes."""
