"""What the force knows of a caller, an address, a number and what is around, while the call is taken (U1, U10, U20)."""
