"""Property and exhibits: seized, sealed, moved, kept, counted, released or destroyed, in an unbroken chain."""
