"""To whom a crime goes and whether it is investigated further: suggestions with reasons, the list of what waits, screening."""
