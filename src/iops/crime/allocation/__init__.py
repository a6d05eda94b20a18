"""To whom a crime goes and whether it is investigated further: suggestions with reasons, what waits, screening."""
