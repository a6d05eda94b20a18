"""Who is on duty at a desk, what one shift hands to the next, and escalations told to people."""
