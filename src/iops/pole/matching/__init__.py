"""Who is who: spelling, sounds, short forms, blocking keys and one model of sameness (docs/matching.md)."""
